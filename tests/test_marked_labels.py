"""Every term gets a label that no text has by chance; then nothing that people read shows a default any more.

A new page comes in by its line in `tests/test_roles.py`. What a page may show although a term has the same default
stands in `ALLOWED`, with the reason.
"""

import ast
import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from celery import shared_task
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from handoff import delivery
from handoff.models import Notice
from imports.results import Result, result_file
from intake import tokens
from intake.models import ApiToken
from leadops.jobs import JobState
from leadops.roles import ADMINISTRATOR, ROLES
from leads.enums import Transition
from leads.models import Contact, Lead
from scoring.explaining import explain
from terminology import labels
from terminology.editing import rename_terms
from tests import company, factories
from tests.company import Company
from tests.imports.lists import csv_file
from tests.marking import MARK, Defaults, Reader, mark_all, texts_in
from tests.test_pages import shown_to

pytestmark = pytest.mark.pages

ROOT: Final = Path(__file__).resolve().parent.parent

# Texts that are no label where they stand, though some term has the same default: pages, texts, reason.
ALLOWED: Final[list[tuple[str, tuple[str, ...], str]]] = [
    (
        "admin:(leads_(contact|account|opportunity)|auth_user)_.*history",
        ("Comment", "Changed by", "Changes", "Changed", "Created", "Deleted", "entries", "entry"),
        "the headings of Django's and django-simple-history's own lists of changes",
    ),
    (
        "admin:.*_history",
        ("entries", "entry", "User"),
        "Django counts the rows of its log, and heads their columns",
    ),
    (
        "admin:(auth_|password_change|login)",
        ("Password", "Permissions", "hash"),
        "Django's own form and headings of a person's account",
    ),
    (
        "admin:(auth_|leads_team|imports_importbatch)",
        ROLES,
        "the names of the test's people and of Django's groups",
    ),
    ("admin:leads_criteriaset_", ("engagement",), "the key that somebody typed into a criterion"),
    (
        "admin:.*_changelist",
        ("Yes", "No"),
        "what Django's signs for yes and no are called for those who hear them",
    ),
    ("admin:.*_(add|change)", ("Remove",), "the theme's button on a row of an inline"),
    (
        "admin:terminology_(termoverride_changelist|draft_terms)",
        ("Stages", "Home", "Reports", "Routing", "Colour", "Where it is seen", "Definition", "a new draft"),
        "the editor's own headings stand still, so that a term is found again whatever it is called now",
    ),
    ("(leads|handoff|scoring):edit_", ("A", "B", "C", "D"), "the letters of groups of criteria"),
    (
        "imports:(search_)?progress",
        ("done", "running", "finishing"),
        "state and phase, for the page's script",
    ),
    ("imports:(duplicate|review)", ("d",), "the key that is pressed"),
    ("admin:intake_receivedevent_", ("outcome",), "the answer as it was sent, with the API's neutral names"),
]

# Parts of pages that show defaults because that is what they are for: pages, class of the element, reason.
DEFAULTS_SHOWN: Final[list[tuple[str, str, str]]] = [
    (
        "admin:terminology_(termoverride_changelist|draft_terms)",
        "lo-term-rows",
        "the editor shows each default beside the company's own label",
    ),
    (
        "admin:terminology_(term|label_history)$",
        "lo-terms",
        "the story of a label: its default, and what it was called",
    ),
    ("admin:terminology_blueprints", "lo-vocabulary", "a blueprint speaks in the words of its source"),
    (
        "admin:terminology_agreement_change",
        "lo-entry-text",
        "the story of an agreement quotes what was written on the day",
    ),
]


def allowed_on(page: str) -> set[str]:
    return {text for pages, texts, _ in ALLOWED if re.match(pages, page) for text in texts}


# The lists of a company have headers of their own; these are known to no term.
HEADERS: Final = ("Vorname", "Nachname", "Mailadresse", "Telefonnummer", "Berufsbezeichnung", "Firmenname")


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """The company, which then gives every term a mark."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(company, "csv_file", partial(csv_file, headers=HEADERS))
    found = company.found(now=timezone.now())
    _write_in_the_log(found)
    mark_all(by=found.users[ADMINISTRATOR], now=timezone.now())
    return found


def _write_in_the_log(found: Company) -> None:
    """What Django writes down of a changed form, before the labels were changed."""
    client = Client()
    client.force_login(found.users[ADMINISTRATOR])
    contact = found.lead.contact
    answer = client.post(
        reverse("admin:leads_contact_change", args=[contact.pk]),
        {"first_name": "Ines", "last_name": "Roth", "email": contact.email, "title": "Buyer", "seniority": "vp",
         "function": "sales", "phone": "", "country": "DE", "city": "Ulm"},
    )  # fmt: skip
    assert answer.status_code == 302
    assert LogEntry.objects.filter(object_id=str(contact.pk), action_flag=CHANGE).exists()


@pytest.fixture
def defaults() -> Defaults:
    return Defaults(labels.REGISTRY)


@pytest.fixture
def log_in(client: Client, here: Company) -> Callable[[str], Client]:
    def as_role(role: str) -> Client:
        client.force_login(here.users[role])
        return client

    return as_role


def read(answer: Any, page: str = "") -> list[str]:
    """What a person reads of an answer."""
    content = b"".join(answer).decode()
    kind = answer.headers["Content-Type"]
    if kind.startswith("text/html"):
        without = {name for pages, name, _ in DEFAULTS_SHOWN if re.match(pages, page)}
        return Reader(content, without=frozenset(without)).texts
    if kind.startswith("application/json"):
        return list(texts_in(json.loads(content)))
    return [cell for row in csv.reader(StringIO(content)) for cell in row]


# --- The detector ---------------------------------------------------------------------------------


SAMPLE: Final = {
    "stage.marketing_qualified": "Marketing qualified lead",
    "stage.marketing_qualified.short": "MQL",
    "leads.contact.title": "job title",
    "leads.contact.country": "country",
    "transition.pass_back": "Pass back",
    "page.who": "Who",
}


@pytest.mark.parametrize(
    "html",
    [
        "<h2>Who</h2>",
        "<label> Country: <span>*</span></label>",
        "<dt>COUNTRY</dt>",
        "<a href='/'>3 × Country</a>",
        "<p>Tell us the <b>job title</b> first.</p>",
        "<p>What the column “Job title” is</p>",
        "<p>It is no marketing qualified lead yet.</p>",
        "<p>12 MQLs of this month</p>",
        "<p>Take this lead</p>",
        '<button title="Pass back">↩</button>',
        '<input placeholder="country">',
        '<input type="submit" value="Pass back">',
        '<img alt="Country">',
        '<th data-label="Country"></th>',
        '<a aria-label="Country"></a>',
        "<select><option>Country</option></select>",
        """<canvas data-value='{"labels": ["MQL"]}'></canvas>""",
        "<title>Country | LeadOps</title><p>Country</p>",
    ],
)
def test_a_default_would_be_found_here(html: str) -> None:
    assert Defaults(SAMPLE).left_in(Reader(html).texts)


@pytest.mark.parametrize(
    "html",
    [
        "<p>Whoever asks, asks in another country.</p>",
        "<span class='material-symbols-outlined'>country</span>",
        "<script src='/who.js'>Who</script><style>.who {}</style>",
        "<textarea>Country</textarea>",
        "<input name='country' value='country' type='text'>",
        "<code>country</code>",
        "<p>A job of that title</p>",
        "<p>Zq14x</p>",
        "<p>misleading</p>",
    ],
)
def test_nothing_is_found_here(html: str) -> None:
    assert Defaults(SAMPLE).left_in(Reader(html).texts) == {}


def test_what_is_allowed_is_the_whole_text_and_nothing_more() -> None:
    defaults = Defaults(SAMPLE)

    assert defaults.left_in(["Country", "job title:"], but_not=["Country", "Job title"]) == {}
    assert defaults.left_in(["Who", "MQL"], but_not=["Country"]).keys() == {"Who", "MQL"}


def test_each_mark_stands_for_itself(db: None, now: Any) -> None:
    marks = mark_all(by=None, now=now)

    assert len(set(marks.values())) == len(marks) == len(labels.REGISTRY)
    assert all(MARK.match(labels.current(key)) for key in labels.REGISTRY)


# --- Terms are known from the start ---------------------------------------------------------------


APPS: Final = (
    "leadops",
    "terminology",
    "leads",
    "scoring",
    "imports",
    "intake",
    "handoff",
    "reports",
    "demo",
)


def _terms_made_late(path: Path) -> Iterator[str]:
    """Calls of `term` in functions, which make a term only when somebody opens the page."""

    def within(node: ast.AST, function: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                for decorator in child.decorator_list:
                    yield from within(decorator, function)
                for statement in child.body:
                    yield from within(statement, child.name)
                    yield from found(statement, child.name)
            else:
                yield from found(child, function)
                yield from within(child, function)

    def found(node: ast.AST, function: str) -> Iterator[str]:
        if (
            function
            and isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "term"
            # What an app registers when it starts is there from the start too.
            and not function.lstrip("_").startswith(("register", "ready", "askable"))
        ):
            yield f"{path.relative_to(ROOT)}:{node.lineno}"

    yield from within(ast.parse(path.read_text(encoding="utf-8")), "")


def test_terms_are_made_where_modules_begin_not_when_a_page_is_opened() -> None:
    """Else the term editor of one process would not know what another one shows."""
    late = {
        place
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if path != ROOT / "terminology" / "labels.py"
        for place in _terms_made_late(path)
    }

    assert late == set()


def test_pages_ask_for_words_that_there_are() -> None:
    asked = {
        (path.name, key)
        for path in (ROOT / "templates").rglob("*.*")
        for key in re.findall(r"""["']([\w.]+)["']\|word\b""", path.read_text(encoding="utf-8"))
    }

    assert len(asked) > 50
    assert {(page, key) for page, key in asked if key not in labels.REGISTRY} == set()


def test_every_process_knows_all_terms_as_soon_as_it_has_started() -> None:
    """A worker, a command and a web process alike: the addresses are loaded by the first request only."""
    program = """
import django
django.setup()
from terminology.labels import REGISTRY
known = set(REGISTRY)
from django.urls import get_resolver
get_resolver().url_patterns
import intake.api, reports.views, imports.urls, handoff.views
print(sorted(set(REGISTRY) - known))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout.strip() == "[]"


# --- Pages ----------------------------------------------------------------------------------------


def everything_of(role: str, here: Company) -> dict[str, str]:
    """The pages of the tables, and those of leads in other stages, of other steps and of filtered lists."""
    found = shown_to(role, here)
    user = here.users[role]
    for lead in Lead.objects.visible_to(user):
        found[f"lead {lead.pk} {lead.stage}"] = reverse("admin:leads_lead_change", args=[lead.pk])
        for transition in Transition:
            if transition != Transition.WIN:
                found[f"{transition} of {lead.stage}"] = reverse(
                    "admin:leads_lead_step", args=[lead.pk, transition.value]
                )
    found["nobody found"] = f"{reverse('admin:leads_lead_changelist')}?q=nobody-of-this-name"
    found["filtered"] = f"{reverse('admin:leads_lead_changelist')}?stage__exact=suspect&whose=mine"
    found["no period"] = f"{reverse('reports:mql_to_sql')}?period=30"
    found["palette"] = f"{reverse('reports:search')}?s=Kiesel&extended=1"
    found["palette of pages"] = f"{reverse('reports:search')}?s=Zq&extended=1"
    return found


def only_its_own(role: str, pages: dict[str, str]) -> dict[str, str]:
    """Of the pages of a role those that read otherwise than the administrator's."""
    if role == ADMINISTRATOR:
        return pages
    return {
        name: path
        for name, path in pages.items()
        if not name.endswith(("_add", "_delete", "_history", "_changelist"))
        or name.startswith(("admin:leads_lead_", "admin:scoring_", "admin:leads_definition"))
    }


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_default(
    here: Company, log_in: Callable[[str], Client], defaults: Defaults, role: str
) -> None:
    client = log_in(role)
    left: dict[str, dict[str, str]] = {}
    marks: set[str] = set()

    for name, path in only_its_own(role, everything_of(role, here)).items():
        answer = client.get(path)
        if answer.status_code != 200 or answer.headers["Content-Type"].startswith("text/javascript"):
            continue
        texts = read(answer, name)
        marks |= {number for text in texts for number in MARK.findall(text)}
        if found := defaults.left_in(texts, but_not=allowed_on(name)):
            left[name] = found

    assert left == {}
    assert len(marks) > 150


@pytest.mark.parametrize("role", ["sales_rep", ADMINISTRATOR])
def test_forms_that_come_back_and_their_messages_show_no_default(
    here: Company, log_in: Callable[[str], Client], defaults: Defaults, role: str
) -> None:
    """An empty form is told what is missing; a step that can't be taken, why."""
    client = log_in(role)
    left: dict[str, dict[str, str]] = {}
    pages = only_its_own(role, everything_of(role, here))

    for name, path in pages.items():
        if name in ("admin:logout", "admin:login") or name.endswith("_delete") or "?" in path:
            continue
        answer = client.post(path, follow=True)
        if answer.status_code == 200 and (
            found := defaults.left_in(read(answer, name), but_not=allowed_on(name))
        ):
            left[name] = found

    assert left == {}


def test_the_e_mail_shows_no_default_though_it_was_asked_for_before(
    here: Company, defaults: Defaults
) -> None:
    now = timezone.now()
    for notice in Notice.objects.with_subjects().select_related("user"):
        letter = delivery.letter([notice], now=now)

        assert defaults.left_in([letter.subject, *letter.text.splitlines()]) == {}
        assert defaults.left_in(Reader(letter.html).texts) == {}
        assert MARK.search(letter.text)


# --- Files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["leads.lead", "leads.contact"])
@pytest.mark.parametrize("kind", ["csv", "excel"])
def test_no_export_holds_a_default(
    here: Company, log_in: Callable[[str], Client], defaults: Defaults, label: str, kind: str
) -> None:
    client = log_in(ADMINISTRATOR)
    Contact.objects.update(seniority="vp", function="sales")

    answer = client.post(
        reverse(f"admin:{label.replace('.', '_')}_changelist"),
        {
            "action": f"export_as_{kind}",
            "_selected_action": [
                lead.pk for lead in (Lead if label == "leads.lead" else Contact).objects.all()
            ],
        },
    )

    assert "attachment" in answer["Content-Disposition"]
    rows = _rows(answer, kind)
    headers = rows[0]
    assert all(MARK.fullmatch(header) for header in headers), headers
    assert len(set(headers)) == len(headers) > 15
    by_header = [dict(zip(headers, row, strict=True)) for row in rows[1:]]
    seniorities = {row[labels.current("leads.contact.seniority")] for row in by_header}
    # An anonymous lead has no person and so no seniority.
    assert seniorities - {"", None} == {labels.current("seniority.vp")}
    cells = [str(cell) for row in rows for cell in row if isinstance(cell, str)]
    assert defaults.left_in(cells, but_not=["Buyer"]) == {}


def _rows(answer: Any, kind: str) -> list[list[Any]]:
    content = b"".join(answer.streaming_content)
    if kind == "csv":
        return list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    sheet = load_workbook(BytesIO(content)).active
    assert MARK.fullmatch(sheet.title)
    return [list(row) for row in sheet.values]


def test_the_rejected_rows_show_no_default(here: Company, defaults: Defaults) -> None:
    text = b"".join(result_file(here.batch, which=Result.REJECTED, extension="csv")).decode()
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))

    assert rows[0] == [*HEADERS, labels.current("imports.importrow.number"), labels.current("import.wrong")]
    assert defaults.left_in(cell for row in rows for cell in row) == {}


@pytest.mark.parametrize("kind", ["md", "json"])
def test_the_agreement_in_force_shows_no_default(here: Company, defaults: Defaults, kind: str) -> None:
    out = StringIO()
    call_command("export_agreement", format=kind, stdout=out)
    written = out.getvalue()
    texts = written.splitlines() if kind == "md" else list(texts_in(json.loads(written)))

    assert MARK.search(written)
    assert defaults.left_in(texts) == {}


# --- What other programs and reports read ---------------------------------------------------------


def test_the_labels_of_the_api_are_all_marks(here: Company, client: Client) -> None:
    token = ApiToken(name="reader", source=here.rows["leads.source"])
    text = tokens.issue(token=token, by=here.users[ADMINISTRATOR], now=timezone.now())

    answer = client.get("/api/v1/labels", headers={"Authorization": f"Bearer {text}"})

    found = {key: item["label"] for key, item in answer.json()["labels"].items()}
    assert len(found) > 400
    assert [key for key, label in found.items() if not MARK.search(label)] == []


def test_the_charts_are_drawn_with_marks(here: Company, log_in: Callable[[str], Client]) -> None:
    client = log_in(ADMINISTRATOR)
    charts = {}
    for name in ("reports:funnel", "reports:mql_to_sql"):
        html = client.get(reverse(name)).content.decode()
        found = re.search(r'data-value="([^"]+)"', html)
        assert found, name
        charts[name] = json.loads(found[1].replace("&quot;", '"'))

    funnel = charts["reports:funnel"]
    assert all(MARK.fullmatch(label) for label in funnel["labels"])
    assert all(MARK.fullmatch(line["label"]) for chart in charts.values() for line in chart["datasets"])


def test_the_palette_finds_pages_by_their_marks(here: Company, log_in: Callable[[str], Client]) -> None:
    client = log_in(ADMINISTRATOR)
    word = labels.current("menu.my_queue")

    found = client.get(reverse("reports:search"), {"s": word, "extended": "1"}).content.decode()
    former = client.get(reverse("reports:search"), {"s": "My queue", "extended": "1"}).content.decode()

    assert reverse("handoff:my_queue") in found
    assert word in found
    # Also by what it was called before, of which the palette says so.
    assert word in former


def test_the_log_names_fields_as_they_are_called_now(here: Company, log_in: Callable[[str], Client]) -> None:
    """It was written before the labels were changed, and keeps the names of the code."""
    reason = here.rows["leads.reason"]
    LogEntry.objects.create(
        user=here.users[ADMINISTRATOR],
        content_type=ContentType.objects.get_for_model(reason),
        object_id=str(reason.pk),
        object_repr=str(reason),
        action_flag=CHANGE,
        change_message=json.dumps([{"changed": {"fields": ["Needs a note", "No field any more"]}}]),
    )
    team = here.team
    LogEntry.objects.create(
        user=here.users[ADMINISTRATOR],
        content_type=ContentType.objects.get_for_model(team),
        object_id=str(team.pk),
        object_repr=str(team),
        action_flag=CHANGE,
        change_message=json.dumps(
            [{"changed": {"name": "team member", "object": "Ines Roth", "fields": ["Receives leads"]}}]
        ),
    )
    client = log_in(ADMINISTRATOR)

    of_reason = client.get(reverse("admin:leads_reason_history", args=[reason.pk])).content.decode()
    of_team = client.get(reverse("admin:leads_team_history", args=[team.pk])).content.decode()

    assert f"Changed {labels.current('leads.reason.needs_note')} and No field any more." in of_reason
    member, receives = labels.current("leads.teammember"), labels.current("leads.teammember.receives_leads")
    assert f"Changed {receives} for {member} “Ines Roth”." in of_team


def test_the_history_shows_former_values_as_people_read_them(
    here: Company, log_in: Callable[[str], Client]
) -> None:
    contact = here.lead.contact
    page = log_in(ADMINISTRATOR).get(reverse("admin:leads_contact_history", args=[contact.pk]))
    texts = [text.strip() for text in Reader(page.content.decode()).texts]

    assert labels.current("seniority.vp") in texts
    assert labels.current("function.sales") in texts
    assert "vp" not in texts


def test_a_badge_keeps_its_colour_whatever_it_is_called(
    here: Company, log_in: Callable[[str], Client]
) -> None:
    page = log_in(ADMINISTRATOR).get(reverse("admin:leads_lead_changelist")).content.decode()
    badges = set(re.findall(r'<span class="lo-badge lo-(\w+)"[^>]*>([^<]+)</span>', page))

    assert {
        ("amber", labels.current("stage.marketing_qualified.short")),
        ("indigo", labels.current("stage.sales_qualified.short")),
    } <= badges


def test_the_explanation_of_a_score_shows_no_default(here: Company, defaults: Defaults) -> None:
    explained = explain(here.lead, now=timezone.now())
    texts = [reason.because for reason in explained.reasons] + [item.text for item in explained.missing]

    assert texts
    assert defaults.left_in(texts) == {}


# --- Other processes ------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(db: None) -> Callable[..., None]:
    """Another process renames terms: what this one has read stays as it was until it looks again."""

    def rename(**texts: str) -> None:
        labels.refresh()
        mine = {name: getattr(labels, name) for name in ("_snapshot", "_tables", "_version")}
        rename_terms(
            texts={key.replace("__", "."): text for key, text in texts.items()}, by=None, now=timezone.now()
        )
        for name, value in mine.items():
            setattr(labels, name, value)

    return rename


def test_a_worker_that_slept_uses_the_new_word_in_its_next_task(elsewhere: Callable[..., None]) -> None:
    said = []

    @shared_task(name="tests.say_the_word")
    def say() -> None:
        said.append(labels.current("stage.suspect"))

    elsewhere(stage__suspect="Cold name")
    before = labels.current("stage.suspect")
    say.apply()

    assert before == "Suspect"
    assert said == ["Cold name"]


def test_a_web_process_uses_the_new_word_on_its_next_page(
    elsewhere: Callable[..., None], client: Client
) -> None:
    client.force_login(factories.UserFactory(role=ADMINISTRATOR))
    client.get(reverse("admin:leads_lead_changelist"))

    elsewhere(leads__lead__plural="enquiries", menu__section__work="Daily bread", job_state__done="Ready")
    before = labels.current("menu.section.work")
    page = client.get(reverse("admin:leads_lead_changelist")).content.decode()

    assert before == "Work"
    assert "Enquiries" in page
    assert "Daily bread" in page
    assert str(JobState.DONE.label) == "Ready"
