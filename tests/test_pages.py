"""What holds for every page: safe headers, no script in the page, text shown as text, a bounded number of queries."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leadops.roles import ADMINISTRATOR, ROLES
from leads.enums import Stage
from leads.models import Account, Contact
from terminology import labels
from terminology.editing import rename_terms
from tests import company, factories
from tests.company import Company
from tests.test_roles import MODELS, PAGES, addresses

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

NOT_PROGRAMS: Final = {"application/json", "text/template", "text/x-template", "speculationrules"}
# Attributes whose text the page's scripts run as a program.
RUN_AS_PROGRAM: Final = ("x-", "@", ":", "hx-on")
# Breaks out of text, of attributes in either quotes, of scripts, and of a program's text between quotes.
EVIL: Final = "Zed</script></title>'\"><lo-evil onfocus=alert(1)>{{7*7}}'+alert(1)+'"
TAG: Final = "lo-evil"


@dataclass
class Page(HTMLParser):
    """What a browser would make of a page."""

    html: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def attributes(self) -> Iterator[tuple[str, str, str]]:
        for tag, attributes in self.elements:
            for name, value in attributes.items():
                yield tag, name, value

    def faults(self) -> list[str]:
        """What the content security policy would stop, or should not have to."""
        found = [
            f"<script> in the page of the type {attributes.get('type', '')!r}"
            for tag, attributes in self.elements
            if tag == "script" and "src" not in attributes and attributes.get("type") not in NOT_PROGRAMS
        ]
        found += [
            f"<{tag} {name}={value!r}>" for tag, name, value in self.attributes() if name.startswith("on")
        ]
        found += [
            f"<{tag} {name}={value!r}>"
            for tag, name, value in self.attributes()
            if name in {"href", "src", "action", "formaction", "hx-get", "hx-post"}
            and value.strip().lower().startswith(("javascript:", "data:text", "http:", "//"))
        ]
        return found

    def leaks(self) -> list[str]:
        """Where the evil text has become more than text."""
        found = [f"<{tag}>" for tag, _ in self.elements if tag == TAG]
        found += [
            f"{name} of <{tag}>" for tag, name, _ in self.attributes() if "alert" in name or TAG in name
        ]
        found += [
            f"<{tag} {name}={value!r}>"
            for tag, name, value in self.attributes()
            if name.startswith(RUN_AS_PROGRAM) and "alert(1)" in value
        ]
        return found


def assert_safe_headers(answer: Any) -> None:
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    kept = {part.strip() for part in answer.headers["Cache-Control"].split(",")}
    assert {"private", "no-store"} <= kept


@pytest.fixture
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def here(db: None, _own_media: None) -> Company:
    return company.found(now=timezone.now())


@pytest.fixture
def log_in(client: Client) -> Callable[[Company, str], Client]:
    def as_role(found: Company, role: str) -> Client:
        client.force_login(found.users[role])
        return client

    return as_role


def shown_to(role: str, found: Company) -> dict[str, str]:
    """Name and path of the pages that the table of `tests/test_roles.py` shows to the role."""
    place = ROLES.index(role)
    shown = {name for name, page in PAGES.items() if page.get[place] == "y"}
    for label, pages in MODELS.items():
        shown |= {
            f"admin:{label.replace('.', '_')}_{page}"
            for page in ("changelist", "add", "change", "delete", "history")
            if getattr(pages, page)[place] in "ycv"
        }
    return {name: path for name, path in addresses(found, role) if name in shown}


# --- Headers and scripts --------------------------------------------------------------------------


def test_every_page_is_private_and_runs_no_script_of_its_own(
    here: Company, log_in: Callable[[Company, str], Client]
) -> None:
    client = log_in(here, ADMINISTRATOR)
    faults: dict[str, list[str]] = {}
    missing: dict[str, str] = {}

    paths = shown_to(ADMINISTRATOR, here)
    for name, path in paths.items():
        answer = client.get(path)
        assert answer.status_code == 200, name
        if name == "admin:jsi18n":  # a script of translated words, the same for everybody
            continue
        assert_safe_headers(answer)
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = Page(answer.content.decode())
        if found := page.faults():
            faults[name] = found
        for _, attribute, value in page.attributes():
            if attribute in ("src", "href") and value.startswith("/static/"):
                file = value.removeprefix("/static/").partition("?")[0]
                if finders.find(file) is None:
                    missing[file] = name

    assert len(paths) > 120
    assert faults == {}
    assert missing == {}


def test_the_login_is_as_safe(client: Client) -> None:
    answer = client.get(reverse("admin:login"), {"next": EVIL})

    assert_safe_headers(answer)
    page = Page(answer.content.decode())
    assert page.faults() == []
    assert page.leaks() == []


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"])
def test_the_login_leads_nowhere_else(here: Company, client: Client, to: str) -> None:
    answer = client.post(
        f"{reverse('admin:login')}",
        {"username": ADMINISTRATOR, "password": "correct horse battery", "next": to},
    )

    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("admin:index")


def test_an_unknown_host_is_refused(here: Company, client: Client) -> None:
    answer = client.get(reverse("admin:login"), headers={"host": "elsewhere.example"})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [("/admin/leads/lead/987654/step/accept/", 404), ("/admin/auth/user/", 403), ("/admin/nowhere/", 404)],
)
def test_a_page_that_is_refused_is_as_safe(
    here: Company, log_in: Callable[[Company, str], Client], path: str, status: int
) -> None:
    answer = log_in(here, "sales_rep").get(path)

    assert answer.status_code == status
    assert_safe_headers(answer)
    assert Page(answer.content.decode()).faults() == []


# --- Text is text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{EVIL}</p>",
        '<p title="Zed\' onfocus=alert(1) " onfocus=alert(1)>',
        """<div x-data="{ name: 'Zed&#x27;+alert(1)+&#x27;' }">""",
        '<a href=" JavaScript:alert(1)">',
        "<script>alert(1)</script>",
        '<script type="module">alert(1)</script>',
    ],
)
def test_this_page_would_be_found_out(html: str) -> None:
    """The tests below would see such a page."""
    page = Page(html)

    assert page.leaks() + page.faults()


@pytest.fixture
def evil(db: None, _own_media: None) -> Company:
    """The company with a hostile text wherever somebody may write one."""
    found = company.found(now=timezone.now(), word=EVIL)
    Contact.objects.update(linkedin_url="javascript:alert(1)", phone="+4930';alert(1)//")
    Account.objects.update(website="javascript:alert(1)")
    return found


# RevOps and read-only people see no page that none of these sees.
@pytest.mark.parametrize("role", ["sales_rep", "sales_manager", "marketing", ADMINISTRATOR])
def test_what_people_write_is_shown_as_text_on_every_page(
    evil: Company, log_in: Callable[[Company, str], Client], role: str
) -> None:
    client = log_in(evil, role)
    leaks = {}
    shows = set()

    for name, path in shown_to(role, evil).items():
        answer = client.get(path)
        page = Page(b"".join(answer).decode())
        assert answer.status_code == 200, name
        if answer.headers["Content-Type"].startswith("text/html"):
            if found := page.leaks() + page.faults():
                leaks[name] = found
            if EVIL in page.text:
                shows.add(name)

    assert leaks == {}
    # Not left out or mangled, but shown as it was written.
    assert {
        "admin:leads_lead_changelist",
        "admin:leads_lead_change",
        "admin:leads_account_change",
        "admin:leads_activity_changelist",
        "admin:leads_source_changelist",
        "admin:leads_reason_changelist",
        "admin:leads_opportunity_move",
        "admin:leads_contact_history",
        "reports:mql_to_sql",
    } <= shows


def test_the_palette_and_the_first_pages_show_text_as_text(
    evil: Company, log_in: Callable[[Company, str], Client]
) -> None:
    for role in ROLES:
        client = log_in(evil, role)
        for path, query in (
            (reverse("admin:index"), {}),
            (reverse("reports:search"), {"s": "Zed"}),
            (reverse("reports:search"), {"s": "Zed", "extended": "1"}),
            (reverse("reports:search"), {"s": EVIL[:30]}),
            (reverse("admin:leads_lead_changelist"), {"q": EVIL}),
            (reverse("admin:leads_contact_changelist"), {"q": EVIL}),
        ):
            page = Page(client.get(path, query).content.decode())
            assert page.leaks() + page.faults() == [], (role, path, query)
        assert (
            "Zed</script>" in Page(client.get(reverse("reports:search"), {"s": "Zed"}).content.decode()).text
        )


def test_messages_and_forms_that_come_back_show_text_as_text(
    evil: Company, log_in: Callable[[Company, str], Client]
) -> None:
    client = log_in(evil, "sales_rep")
    talk = evil.rows["leads.activitytype"]
    lead = reverse("admin:leads_lead_change", args=[evil.lead.pk])

    for path, typed in (
        (
            reverse("admin:leads_lead_log", args=[evil.lead.pk]),
            {"type": talk.pk, "subject": EVIL, "body": EVIL},
        ),
        (reverse("admin:leads_lead_step", args=[evil.lead.pk, "accept"]), {"seen": EVIL, "note": EVIL}),
        (
            reverse("admin:leads_lead_step", args=[evil.lead.pk, "accept"]),
            {"seen": evil.lead.stage, "confirmed": EVIL, "note": EVIL},
        ),
        (
            reverse("admin:leads_lead_step", args=[evil.lead.pk, "pass_back"]),
            {"seen": evil.lead.stage, "reason": EVIL, "point": EVIL, "note": EVIL},
        ),
        (
            reverse("admin:leads_opportunity_move", args=[evil.opportunity.pk]),
            {"seen": EVIL, "stage": EVIL, "signed_by": EVIL, "loss_reason": EVIL},
        ),
        (
            reverse("admin:leads_contact_change", args=[evil.lead.contact_id]),
            {"email": EVIL, "country": EVIL},
        ),
        (lead, {"sub_status": EVIL}),
    ):
        answer = client.post(path, typed, follow=True)
        page = Page(answer.content.decode())
        assert answer.status_code == 200, path
        assert page.leaks() + page.faults() == [], path


def test_labels_are_shown_as_text_on_every_page(
    here: Company, log_in: Callable[[Company, str], Client]
) -> None:
    short = f"Zed<{TAG} onfocus=alert(1)>'+alert(1)+'\"<"
    texts = {known.key: f"{short}{place}" for place, known in enumerate(labels.terms())}
    rename_terms(texts=texts, by=here.users[ADMINISTRATOR], now=timezone.now())
    labels.refresh()
    client = log_in(here, ADMINISTRATOR)
    leaks = {}
    shows = set()

    for name, path in shown_to(ADMINISTRATOR, here).items():
        answer = client.get(path)
        if answer.headers["Content-Type"].startswith("text/html"):
            page = Page(answer.content.decode())
            if found := page.leaks() + page.faults():
                leaks[name] = found
            if short in page.text:
                shows.add(name)

    assert leaks == {}
    assert shows >= {
        "admin:index",
        "admin:leads_lead_changelist",
        "admin:leads_lead_change",
        "admin:leads_contact_add",
        "admin:leads_lead_history",
        "admin:terminology_termoverride_changelist",
        "handoff:my_queue",
        "reports:funnel",
        "imports:upload",
    }


# --- A bounded number of queries ------------------------------------------------------------------


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def more_leads(found: Company, count: int) -> None:
    """Leads of the rep with all that hangs on them, each of another person of another company."""
    now = timezone.now()
    for place in range(count):
        lead = factories.LeadFactory(
            stage=Stage.MARKETING_QUALIFIED,
            source=factories.SourceFactory(),
            team=found.team,
            owner=found.users["sales_rep"] if place % 2 else None,
            stage_entered_at=now - timedelta(hours=place),
        )
        factories.ActivityFactory(lead=lead, by=found.users["sales_rep"])
        add_copies(found, "leads.opportunity", lead=lead)
        add_copies(found, "leads.stagechange", lead=lead, source=lead.source)
        add_copies(found, "handoff.assignment", lead=lead)
        add_copies(found, "leads.challenge", lead=lead, criterion=f"{place % 3}")
        add_copies(found, "leads.definitionexample", lead=lead)


def add_copies(found: Company, label: str, **fields: Any) -> None:
    """Another row like the company's of this model."""
    row = copy.copy(found.rows[label])
    row.pk = None
    row._state = copy.copy(row._state)
    row._state.adding = True
    for name, value in fields.items():
        setattr(row, name, value)
    type(row)._base_manager.bulk_create([row])


# What is different in each copy of a row, by its place; models that are not named here come with the leads.
COPIES: Final[dict[str, Callable[[Company, int], dict[str, Any]]]] = {
    "leads.suppression": lambda found, place: {"value": f"out-{place}@kiesel-werke.example"},
    "leads.liftedentry": lambda found, place: {"value": f"out-{place}@kiesel-werke.example"},
    "leads.definition": lambda found, place: {"version": place + 100, "superseded_at": timezone.now()},
    "leads.substatus": lambda found, place: {"name": f"Calls {place}"},
    "leads.activitytype": lambda found, place: {"key": f"key-{place}"},
    "leads.reason": lambda found, place: {"key": f"key-{place}"},
    "leads.nurtureprogramme": lambda found, place: {"name": f"Monthly {place}"},
    "leads.qualificationquestion": lambda found, place: {"key": f"key-{place}"},
    "leads.team": lambda found, place: {"name": f"Team {place}"},
    "leads.calltoaction": lambda found, place: {"name": f"Button {place}"},
    "scoring.scoringmodel": lambda found, place: {"version": place + 100, "superseded_at": timezone.now()},
    "scoring.rescoringrun": lambda found, place: {},
    "imports.importbatch": lambda found, place: {},
    "imports.mappingpreset": lambda found, place: {"fingerprint": f"{place:064x}"},
    "intake.apitoken": lambda found, place: {"prefix": f"{place:08x}"},
    "intake.receivedevent": lambda found, place: {"idempotency_key": f"key-{place}"},
    "handoff.routingrule": lambda found, place: {"name": f"Rule {place}"},
}
WITH_THE_LEADS: Final = {
    "leads.lead",
    "leads.contact",
    "leads.account",
    "leads.opportunity",
    "leads.activity",
    "leads.stagechange",
    "leads.source",
    "leads.challenge",
    "leads.definitionexample",
    "handoff.assignment",
}
# One row for each stage at most, or made in its own way.
FEW: Final = {
    "leads.stagesetting",
    "leads.opportunitystagesetting",
    "handoff.servicelevel",
    "auth.group",
    "auth.user",
    "leads.criteriaset",
}


def test_the_lists_below_are_all_lists() -> None:
    assert COPIES.keys() | WITH_THE_LEADS | FEW == MODELS.keys()


@pytest.mark.parametrize("role", ["sales_rep", "sales_manager", ADMINISTRATOR])
def test_pages_of_leads_cost_the_same_for_five_and_for_thirty(
    here: Company, log_in: Callable[[Company, str], Client], role: str
) -> None:
    client = log_in(here, role)
    place = ROLES.index(role)
    paths = {
        label: reverse(f"admin:{label.replace('.', '_')}_changelist")
        for label in WITH_THE_LEADS
        if MODELS[label].changelist[place] == "y"
    } | {
        name: reverse(name)
        for name in (
            *("admin:index", "handoff:my_queue", "handoff:my_team", "handoff:notices"),
            *("reports:funnel", "reports:mql_to_sql", "admin:leads_challenge_agenda"),
        )
        if PAGES[name].get[place] == "y"
    }
    paths["palette"] = f"{reverse('reports:search')}?s=keller&extended=1"

    more_leads(here, 5)
    for path in paths.values():  # what is asked once in a process
        client.get(path)
    few = {name: queries_of(client, path) for name, path in paths.items()}
    more_leads(here, 25)
    many = {name: queries_of(client, path) for name, path in paths.items()}

    assert many == few
    assert max(few.values()) <= 60


@pytest.mark.parametrize("label", sorted(COPIES))
def test_lists_cost_the_same_for_five_rows_and_for_thirty(
    here: Company, log_in: Callable[[Company, str], Client], label: str
) -> None:
    client = log_in(here, ADMINISTRATOR)
    path = reverse(f"admin:{label.replace('.', '_')}_changelist")

    for place in range(5):
        add_copies(here, label, **COPIES[label](here, place))
    client.get(path)
    few = queries_of(client, path)
    for place in range(5, 30):
        add_copies(here, label, **COPIES[label](here, place))
    many = queries_of(client, path)

    assert many == few <= 40


def test_lists_of_people_and_criteria_cost_the_same_for_five_rows_and_for_thirty(
    here: Company, log_in: Callable[[Company, str], Client]
) -> None:
    client = log_in(here, ADMINISTRATOR)
    paths = [reverse("admin:auth_user_changelist"), reverse("admin:leads_criteriaset_changelist")]

    def add(count: int) -> None:
        for _ in range(count):
            factories.UserFactory(role="sales_rep")
            company.create_set(
                name="Another",
                content={
                    "match": "all",
                    "conditions": [
                        {"kind": "field", "field": "contact.country", "operator": "is", "value": "DE"},
                        {"kind": "activity", "activity_types": "engagement", "at_least": 1},
                    ],
                },
            )

    add(5)
    for path in paths:
        client.get(path)
    few = [queries_of(client, path) for path in paths]
    add(25)

    assert [queries_of(client, path) for path in paths] == few


@pytest.mark.parametrize("question", ["kind__exact=%00", "q=%00", "%00=x", "state__exact=done%00"])
def test_a_null_character_in_an_address_is_no_error(client: Client, question: str) -> None:
    client.force_login(factories.UserFactory(role="administrator"))

    for place in ("imports/importbatch", "leads/suppression", "leads/liftedentry"):
        answer = client.get(f"/admin/{place}/?{question}", follow=True)
        assert answer.status_code == 200
        assert answer.redirect_chain == [(f"/admin/{place}/", 302)]
