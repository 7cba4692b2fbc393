"""Who may open what: six roles, every admin page, every address under /admin/ (A12 of the reliability scenarios).

A new model admin or a new address without a line here fails `test_every_address_has_a_line`. The rows of the company in
`tests/company.py` are such as every role may see; `leads/test_visibility.py` has those that a person may not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from leadops.roles import ADMINISTRATOR, ROLES
from leads.enums import Stage, Transition
from leads.models import Lead, StageChange
from terminology.models import Agreement
from tests import company
from tests.company import Company

pytestmark = pytest.mark.django_db

# In each line a letter stands for a role, in this order.
assert ROLES == ("sales_rep", "sales_manager", "marketing", "revops", "administrator", "read_only")


@dataclass(frozen=True)
class Pages:
    """The pages of a model admin: y shown, c shown and may be saved, v shown only, r leads elsewhere, - forbidden."""

    changelist: str
    add: str
    change: str
    delete: str
    history: str


ALL, NONE = "yyyyyy", "------"
# What RevOps and administrators keep, and everybody may read.
CATALOGUE: Final = Pages(ALL, "---yy-", "vvvccv", "---yy-", ALL)
# What people write in, and nobody but an administrator takes away.
PEOPLE: Final = Pages(ALL, "yyyyy-", "cccccv", "----y-", ALL)
# What is in force: read here, changed by agreements. Who drafts them is in the second line.
AGREED: Final = Pages(ALL, NONE, "vvvvvv", NONE, ALL)
PROPOSERS: Final = "-yyyy-"
# What is written once.
TRACE: Final = Pages(ALL, NONE, "vvvvvv", NONE, ALL)
ONLY_ADMINISTRATOR: Final = Pages("----y-", "----y-", "----c-", "----y-", "----y-")

MODELS: Final[dict[str, Pages]] = {
    "leads.lead": Pages(ALL, NONE, "cccccv", NONE, ALL),
    "leads.contact": PEOPLE,
    "leads.account": PEOPLE,
    "leads.opportunity": Pages(ALL, NONE, "ccvccv", NONE, ALL),
    "leads.activity": TRACE,
    "leads.stagechange": TRACE,
    "leads.source": Pages(ALL, "--yyy-", "vvcccv", NONE, ALL),
    "leads.team": CATALOGUE,
    "leads.suppression": Pages("--yyy-", "--yyy-", "--ccc-", NONE, "--yyy-"),  # lifted by its own address
    "leads.liftedentry": Pages("--yyy-", NONE, "--vvv-", NONE, "--yyy-"),
    "leads.definition": AGREED,
    "leads.criteriaset": AGREED,
    "leads.stagesetting": AGREED,
    "leads.substatus": CATALOGUE,
    "leads.activitytype": CATALOGUE,
    "leads.reason": CATALOGUE,
    "leads.nurtureprogramme": CATALOGUE,
    "leads.qualificationquestion": AGREED,
    "leads.opportunitystagesetting": CATALOGUE,
    "leads.challenge": TRACE,  # raised from a lead, ruled on by its own address
    "leads.definitionexample": Pages(ALL, "-yyyy-", "vccccv", "-yyyy-", ALL),
    "leads.calltoaction": Pages(ALL, "--yyy-", "vvcccv", "--yyy-", ALL),
    "scoring.scoringmodel": AGREED,
    "scoring.rescoringrun": Pages("---yy-", NONE, "---vv-", NONE, "---yy-"),
    "imports.mappingpreset": Pages("--yyy-", NONE, "--ccc-", "--yyy-", "--yyy-"),
    "imports.importbatch": Pages("--yyy-", NONE, "--rrr-", NONE, "rryyyr"),
    "intake.apitoken": Pages("---yy-", "---yy-", "---cc-", NONE, "---yy-"),
    "intake.receivedevent": Pages("---yy-", NONE, "---vv-", NONE, "---yy-"),
    "handoff.routingrule": Pages("-yyyy-", NONE, "-vvvv-", NONE, "-yyyy-"),
    "handoff.servicelevel": Pages("-yyyy-", NONE, "-vvvv-", NONE, "-yyyy-"),
    "handoff.assignment": Pages("-yyyy-", NONE, "-vvvv-", NONE, "-yyyy-"),
    "auth.user": ONLY_ADMINISTRATOR,
    "auth.group": ONLY_ADMINISTRATOR,
}
# Its pages are all in the table below.
WITHOUT_ADMIN_PAGES: Final = {"terminology.termoverride", "terminology.agreement"}


# Beside deleting, which goes with the page that deletes.
ACTIONS: Final[dict[str, dict[str, str]]] = {
    "leads.lead": {"export_as_csv": "-yyyy-", "export_as_excel": "-yyyy-", "take_step": "yyyyy-"},
    "leads.contact": {"export_as_csv": "-yyyy-", "export_as_excel": "-yyyy-"},
    "scoring.scoringmodel": {"bring_back": PROPOSERS},
    "intake.apitoken": {"revoke_chosen": "---yy-"},
}


@dataclass(frozen=True)
class Page:
    """An address: what GET and an empty POST answer, and what stands in it.

    y 200, r 302, - 403, 0 404, x 405 (the method is not taken).
    """

    get: str
    post: str
    args: Callable[[Company, str], list[Any]] = lambda company, role: []


NEVER: Final = "xxxxxx"  # the method is refused whoever asks
SALES, IMPORTERS = "yy-yy-", "--yyy-"
DECIDERS = (
    "-yyyy-"  # about duplicates; of the pair and the merge of the company a manager sees the merge only
)

PAGES: Final[dict[str, Page]] = {
    # The lead and the opportunity
    "admin:leads_lead_step": Page(
        ALL, ALL, lambda company, role: [company.lead.pk, "accept"]
    ),  # who may not take it reads why
    "admin:leads_lead_log": Page(NEVER, "rrrrr-", lambda company, role: [company.lead.pk]),
    "admin:leads_opportunity_move": Page(ALL, ALL, lambda company, role: [company.opportunity.pk]),
    "admin:leads_contact_simple_history": Page(
        ALL, NEVER, lambda company, role: [company.lead.contact_id, _version(company.lead.contact)]
    ),
    "admin:leads_account_simple_history": Page(
        ALL,
        NEVER,
        lambda company, role: [company.rows["leads.account"].pk, _version(company.rows["leads.account"])],
    ),
    "admin:leads_opportunity_simple_history": Page(
        ALL, NEVER, lambda company, role: [company.opportunity.pk, _version(company.opportunity)]
    ),
    # The list as a thing; who may not hand it back or take it up reads why
    "admin:leads_source_list": Page("-yyyy-", NEVER, lambda company, role: [company.rows["leads.source"].pk]),
    "admin:leads_source_hand_back": Page(
        "-y-yy-", "-y-yy-", lambda company, role: [company.rows["leads.source"].pk]
    ),  # without a reason it is shown again
    "admin:leads_source_take_up": Page(
        NEVER, "--rrr-", lambda company, role: [company.rows["leads.source"].pk]
    ),
    "admin:leads_source_notice": Page(
        NEVER, "--rrr-", lambda company, role: [company.rows["leads.source"].pk]
    ),
    # The do-not-contact list
    "admin:leads_suppression_upload": Page("--yyy-", "--yyy-"),
    "admin:leads_suppression_lift": Page(
        "---yy-", "---yy-", lambda company, role: [company.rows["leads.suppression"].pk]
    ),
    "admin:leads_contact_lift": Page("---yy-", "---yy-", lambda company, role: [company.lead.contact_id]),
    "admin:leads_contact_erase": Page(
        "---yy-", "---yy-", lambda company, role: [company.lead.contact_id]
    ),  # without a reason it is shown again
    # Disputes and the review; who may not rule or draft reads why, or is not offered it
    "admin:leads_challenge_raise": Page("yyyyy-", "yyyyy-", lambda company, role: [company.lead.pk]),
    "admin:leads_challenge_rule": Page(
        NEVER, "rrrrrr", lambda company, role: [company.rows["leads.challenge"].pk]
    ),
    "admin:leads_challenge_agenda": Page(ALL, NEVER),
    "admin:leads_challenge_draft": Page(NEVER, "-rrrr-"),
    # The words
    "admin:terminology_termoverride_changelist": Page(ALL, "-rrrr-"),
    "admin:terminology_term": Page(ALL, ALL, lambda company, role: ["leads.contact.title"]),
    "admin:terminology_label_history": Page(ALL, ALL),
    "admin:terminology_undo_labels": Page(NEVER, "-rrrr-"),
    "admin:terminology_signing_policy": Page(NEVER, "---rr-"),
    "admin:terminology_draft_terms": Page(
        ALL, "-rrrr-", lambda company, role: [Agreement.objects.get_or_create(title="Words of spring")[0].pk]
    ),
    # Agreements
    "admin:terminology_agreement_changelist": Page(ALL, ALL),
    "admin:terminology_agreement_add": Page("-yyyy-", "-yyyy-"),
    "admin:terminology_agreement_in_force": Page(ALL, ALL),
    "admin:terminology_agreement_change": Page(ALL, ALL, lambda company, role: [_proposed(company)]),
    "admin:terminology_agreement_history": Page(
        "rrrrrr", "rrrrrr", lambda company, role: [_proposed(company)]
    ),
    "admin:terminology_agreement_describe": Page(
        NEVER, "-yyyy-", lambda company, role: [_proposed(company)]
    ),  # without a title it is shown again
    "admin:terminology_agreement_propose": Page(
        NEVER, "-yyyy-", lambda company, role: [_proposed(company)]
    ),  # it is proposed already
    "admin:terminology_agreement_sign": Page(
        NEVER, "000000", lambda company, role: [_proposed(company)]
    ),  # for no side
    "admin:terminology_agreement_comment": Page(
        NEVER, "yyyyy-", lambda company, role: [_proposed(company)]
    ),  # it is empty
    "admin:terminology_agreement_withdraw": Page(NEVER, "-rrrr-", lambda company, role: [_proposed(company)]),
    "admin:terminology_agreement_roll_back": Page(
        NEVER, "-rrrr-", lambda company, role: [company.rows["agreement in force"].pk]
    ),
    "admin:terminology_agreement_document": Page(
        ALL, ALL, lambda company, role: [company.rows["agreement in force"].pk]
    ),
    "admin:terminology_agreement_download": Page(
        ALL, ALL, lambda company, role: [company.rows["agreement in force"].pk, "json"]
    ),
    "admin:terminology_blueprints": Page("---yy-", "---yy-"),
    "admin:terminology_use_blueprint": Page(NEVER, "---rr-"),
    "terminology:propose_change": Page(NEVER, "-0000-"),
    "leads:edit_stages": Page(PROPOSERS, PROPOSERS, lambda company, role: [_proposed(company)]),
    "leads:edit_checklist": Page(PROPOSERS, PROPOSERS, lambda company, role: [_proposed(company)]),
    "leads:edit_definition": Page(
        PROPOSERS, PROPOSERS, lambda company, role: [_proposed(company), "marketing_qualified"]
    ),
    "scoring:edit_scoring": Page(PROPOSERS, PROPOSERS, lambda company, role: [_proposed(company)]),
    "handoff:edit_service_levels": Page(PROPOSERS, PROPOSERS, lambda company, role: [_proposed(company)]),
    "handoff:edit_routing": Page(PROPOSERS, PROPOSERS, lambda company, role: [_proposed(company)]),
    # Scoring
    "admin:scoring_rescore_all": Page(NEVER, "---rr-"),
    # Lists
    "imports:upload": Page(IMPORTERS, IMPORTERS),
    "imports:batch": Page(IMPORTERS, "--xxx-", lambda company, role: [company.batch.pk]),
    "imports:columns": Page(IMPORTERS, IMPORTERS, lambda company, role: [company.draft.pk]),
    "imports:preview": Page(IMPORTERS, "--xxx-", lambda company, role: [company.draft.pk]),
    "imports:confirm": Page("--xxx-", "--rrr-", lambda company, role: [company.batch.pk]),
    "imports:cancel_preview": Page("--xxx-", "--rrr-", lambda company, role: [company.draft.pk]),
    "imports:undo": Page(IMPORTERS, "--rrr-", lambda company, role: [company.batch.pk]),
    "imports:pause": Page("--xxx-", "--rrr-", lambda company, role: [company.batch.pk]),
    "imports:resume": Page("--xxx-", "--rrr-", lambda company, role: [company.batch.pk]),
    "imports:progress": Page(IMPORTERS, "--xxx-", lambda company, role: [company.batch.pk]),
    "imports:review": Page(IMPORTERS, "--rrr-"),
    "imports:result": Page(IMPORTERS, "--xxx-", lambda company, role: [company.batch.pk, "rejected", "csv"]),
    "imports:duplicates": Page(DECIDERS, "-rrrr-"),
    "imports:duplicate": Page("-0yyy-", "-0rrr-", lambda company, role: [company.rows["pair"].pk]),
    "imports:take_back": Page("-xxxx-", "-0rrr-", lambda company, role: [company.rows["pair"].pk]),
    "imports:search_duplicates": Page("--xxx-", "--rrr-"),
    "imports:search_progress": Page(IMPORTERS, "--xxx-", lambda company, role: [company.rows["search"].pk]),
    "imports:merging_progress": Page("-0yyy-", "-xxxx-", lambda company, role: [company.rows["merging"].pk]),
    "imports:stop_merging": Page("-xxxx-", "-0rrr-", lambda company, role: [company.rows["merging"].pk]),
    "imports:merges": Page(DECIDERS, "-xxxx-"),
    "imports:undo_merge": Page("-xxxx-", "-rrrr-", lambda company, role: [company.rows["merge"].pk]),
    "imports:stop": Page("--xxx-", "--rrr-", lambda company, role: [company.batch.pk]),
    "imports:start_again": Page("--xxx-", "--rrr-", lambda company, role: [company.batch.pk]),
    # The hand-off
    "handoff:my_queue": Page(SALES, NEVER),
    "handoff:take": Page(NEVER, "rr-rr-", lambda company, role: [company.lead.pk]),
    "handoff:give": Page(NEVER, "-r-rr-", lambda company, role: [company.lead.pk]),
    "handoff:my_team": Page("-y-yy-", NEVER),
    "handoff:switch": Page(NEVER, "-r-rr-", lambda company, role: [company.team.members.first().pk]),
    "handoff:notices": Page("yyyyy-", NEVER),
    "handoff:read_notices": Page(NEVER, "rrrrr-"),
    "handoff:open_notice": Page(NEVER, "rrrrr-", lambda company, role: [company.notice_of(role).pk]),
    # Reports and search
    "reports:funnel": Page(ALL, NEVER),
    "reports:mql_to_sql": Page(ALL, NEVER),
    "reports:delta": Page(ALL, NEVER),
    "reports:search": Page(ALL, NEVER),
    "admin:search": Page(ALL, NEVER),  # the same address: ours stands before Unfold's
    # Django's own
    "admin:index": Page(ALL, ALL),
    "admin:login": Page("rrrrrr", ALL),  # GET sends those who are in to the first page
    "admin:password_change": Page(ALL, ALL),
    "admin:password_change_done": Page(ALL, NEVER),
    "admin:autocomplete": Page(NONE, NEVER),  # forbidden without the names of a field
    "admin:jsi18n": Page(ALL, NEVER),
    "admin:view_on_site": Page("000000", "000000", lambda company, role: [1, 1]),  # nothing has a public page
    "admin:auth_user_password_change": Page(
        "----y-", "----y-", lambda company, role: [company.users["read_only"].pk]
    ),
    "admin:app_list": Page("yyyyyy", "yyyyyy", lambda company, role: ["leads"]),
    "admin:logout": Page(NEVER, ALL),
}
STATUS: Final = {"y": 200, "c": 200, "v": 200, "r": 302, "-": 403, "0": 404, "x": 405}


def _proposed(company: Company) -> int:
    """The agreement that is proposed and not signed."""
    pk: int = company.rows["terminology.agreement"].pk
    return pk


def _version(row: Any) -> int:
    return row.history.latest().pk


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Company:
    settings.MEDIA_ROOT = tmp_path / "media"
    return company.found(now=timezone.now())


@pytest.fixture
def client_of(here: Company) -> Callable[[str], Client]:
    def log_in(role: str, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(here.users[role])
        return client

    return log_in


def addresses(here: Company, role: str) -> Iterator[tuple[str, str]]:
    """Name and path of every page in the tables."""
    for label in MODELS:
        name = f"admin:{label.replace('.', '_')}"
        row = here.rows[label]
        yield f"{name}_changelist", reverse(f"{name}_changelist")
        yield f"{name}_add", reverse(f"{name}_add")
        for page in ("change", "delete", "history"):
            yield f"{name}_{page}", reverse(f"{name}_{page}", args=[row.pk])
    for name, known in PAGES.items():
        yield name, reverse(name, args=known.args(here, role))


@pytest.mark.parametrize("place", range(len(ROLES)), ids=ROLES)
def test_opens_to_a_role_what_the_table_says(
    here: Company, client_of: Callable[[str], Client], place: int
) -> None:
    role = ROLES[place]
    wanted = {
        f"admin:{label.replace('.', '_')}_{page}": getattr(pages, page)[place]
        for label, pages in MODELS.items()
        for page in ("changelist", "add", "change", "delete", "history")
    } | {name: page.get[place] for name, page in PAGES.items()}
    client = client_of(role)

    answers = {name: client.get(path).status_code for name, path in addresses(here, role)}

    assert answers == {name: STATUS[letter] for name, letter in wanted.items()}


@pytest.mark.pages
@pytest.mark.parametrize("place", range(len(ROLES)), ids=ROLES)
def test_takes_from_a_role_what_the_table_says(
    here: Company, client_of: Callable[[str], Client], place: int
) -> None:
    role = ROLES[place]
    client = client_of(role)
    wanted: dict[str, bool | int] = {}
    answers: dict[str, bool | int] = {}

    for label, pages in MODELS.items():
        name = f"admin:{label.replace('.', '_')}"
        row = here.rows[label]
        for page, letters, args in (
            ("add", pages.add, []),
            ("change", pages.change, [row.pk]),
            ("delete", pages.delete, [row.pk]),
        ):
            if letters[place] == "r":
                continue
            # An empty form: whoever may save is told what is missing, or saves nothing.
            wanted[f"{name}_{page}"] = letters[place] in "yc"
            answers[f"{name}_{page}"] = client.post(reverse(f"{name}_{page}", args=args)).status_code != 403
    for name, known in PAGES.items():
        wanted[name] = STATUS[known.post[place]]
        answers[name] = client.post(reverse(name, args=known.args(here, role))).status_code

    assert answers == wanted


@pytest.mark.parametrize("place", range(len(ROLES)), ids=ROLES)
def test_offers_a_role_the_actions_of_the_table(here: Company, rf: RequestFactory, place: int) -> None:
    request = rf.get("/")
    request.user = here.users[ROLES[place]]
    offered, wanted = {}, {}

    for model, page in admin.site._registry.items():
        label = model._meta.label_lower
        if label in WITHOUT_ADMIN_PAGES:
            continue
        offered[label] = set(page.get_actions(request))
        wanted[label] = {name for name, letters in ACTIONS.get(label, {}).items() if letters[place] == "y"}
        wanted[label] |= {"delete_selected"} if MODELS[label].delete[place] == "y" else set()

    assert offered == wanted


@pytest.mark.parametrize("role", ["sales_rep", "read_only"])
@pytest.mark.parametrize("label", ["leads.lead", "leads.contact"])
def test_an_action_that_is_not_offered_is_not_taken(
    here: Company, client_of: Callable[[str], Client], label: str, role: str
) -> None:
    path = reverse(f"admin:{label.replace('.', '_')}_changelist")

    for action in ("export_as_csv", "export_as_excel", "delete_selected"):
        answer = client_of(role).post(
            path, {"action": action, "_selected_action": [here.rows[label].pk], "post": "yes"}
        )
        assert answer.status_code in (200, 302)
        assert "Content-Disposition" not in answer.headers

    assert type(here.rows[label]).objects.filter(pk=here.rows[label].pk).exists()


def test_sends_strangers_to_the_login(here: Company) -> None:
    client = Client()
    elsewhere = {}

    for name, path in addresses(here, ADMINISTRATOR):
        if name == "admin:login":
            continue
        for answer in (client.get(path), client.post(path)):
            to = answer.get("Location", "")
            if not to.startswith(reverse("admin:login")):
                elsewhere[name] = (answer.status_code, to)

    # There is nobody to log out: the first page then asks who it is.
    assert elsewhere == {"admin:logout": (302, reverse("admin:index"))}
    assert client.get(reverse("admin:login")).status_code == 200


def test_takes_nothing_without_the_token_of_a_page(here: Company, client_of: Callable[..., Client]) -> None:
    client = client_of(ADMINISTRATOR, enforce_csrf_checks=True)
    taken = {}

    for name, path in addresses(here, ADMINISTRATOR):
        answer = client.post(path, {"post": "yes"})
        if answer.status_code != 403 or b"What you sent was not taken" not in answer.content:
            taken[name] = answer.status_code

    assert taken == {}


@pytest.mark.parametrize("role", ["read_only", "marketing"])
def test_a_step_that_a_role_may_not_take_changes_nothing(
    here: Company, client_of: Callable[[str], Client], role: str
) -> None:
    path = reverse("admin:leads_lead_step", args=[here.lead.pk, Transition.ACCEPT.value])
    criteria = [row.pk for row in here.rows["leads.criteriaset"].criteria.all()]

    page = client_of(role).get(path).content.decode()
    answer = client_of(role).post(path, {"seen": Stage.MARKETING_QUALIFIED, "confirmed": criteria})

    sentence = "Your role does not allow the step “Accept”. Ask your manager to take it."
    assert sentence in page
    assert sentence in answer.content.decode()
    assert Lead.objects.get(pk=here.lead.pk).stage == Stage.MARKETING_QUALIFIED
    assert not StageChange.objects.filter(lead=here.lead).exists()


def test_an_opportunity_that_a_role_may_not_move_stays(
    here: Company, client_of: Callable[[str], Client]
) -> None:
    path = reverse("admin:leads_opportunity_move", args=[here.opportunity.pk])

    answer = client_of("marketing").post(path, {"seen": "discovery", "stage": "demo_scheduled"})

    assert "This opportunity is not yours to move. Go back to your queue." in answer.content.decode()
    here.opportunity.refresh_from_db()
    assert here.opportunity.stage == "discovery"


@pytest.mark.parametrize("role", ["read_only", "administrator"])
def test_nobody_brings_former_values_back_past_the_forms(
    here: Company, client_of: Callable[[str], Client], role: str
) -> None:
    contact = here.lead.contact
    former = contact.history.latest().pk
    contact.title = "Chief of everything"
    contact.save()
    path = reverse("admin:leads_contact_simple_history", args=[contact.pk, former])
    client = client_of(role)

    page = client.get(path).content.decode()
    client.post(path, {"first_name": "Eve", "seniority": "other", "function": "other"})

    contact.refresh_from_db()
    assert (contact.title, contact.first_name) == ("Chief of everything", "Kiesel")
    assert "Revert" not in page


def test_every_address_has_a_line(now: datetime) -> None:
    missing = []
    for path, name in every_address(get_resolver()):
        if not path.startswith("admin/") or name in PAGES or _is_model_page(name):
            continue
        # The admin's redirect of an address without a page's name, and its answer to unknown addresses.
        if path.endswith(("<path:object_id>/", "/(?P<url>.*)$")) and name.endswith("None"):
            continue
        missing.append(f"{path} ({name})")

    assert missing == []


def test_every_model_admin_has_a_line() -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}

    assert registered == set(MODELS) | WITHOUT_ADMIN_PAGES
    for label in WITHOUT_ADMIN_PAGES:
        for page in ("add", "history"):
            name = f"admin:{label.replace('.', '_')}_{page}"
            if name not in PAGES:
                with pytest.raises(NoReverseMatch):
                    reverse(name)


def _is_model_page(name: str) -> bool:
    return name in {
        f"admin:{label.replace('.', '_')}_{page}"
        for label in MODELS
        for page in ("changelist", "add", "change", "delete", "history")
    }


def every_address(resolver: URLResolver, *, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Path and qualified name of every pattern."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield path, f"{space}{pattern.name}"
        else:
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from every_address(pattern, prefix=path, space=inner)
