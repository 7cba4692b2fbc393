"""What all editors of a draft share: who may, what is closed, who was faster, and how a draft is opened."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from leadops.roles import ROLES
from leads.enums import Stage
from terminology import agreements, blueprints, sections
from terminology.draft_editing import editor_page, in_order, positions
from terminology.models import Agreement, AgreementState
from tests.drafting import Editor, opened
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

MQL = Stage.MARKETING_QUALIFIED.value
EDITORS = [
    ("definitions", MQL),
    ("stages", ""),
    ("checklist", ""),
    ("scoring", ""),
    ("sla", ""),
    ("routing", ""),
]
PROPOSE = "terminology:propose_change"


@pytest.fixture
def revops() -> User:
    return UserFactory(role="revops", first_name="Rita", last_name="Sol")


@pytest.fixture
def draft(revops: User, now: datetime) -> Agreement:
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now - timedelta(days=30))
    return opened(revops, now)


@pytest.fixture
def editor(draft: Agreement, client: Client, revops: User) -> Editor:
    client.force_login(revops)
    return Editor(client, draft, "definitions", MQL)


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_who_may_propose_may_edit(role: str, draft: Agreement, client: Client) -> None:
    client.force_login(UserFactory(role=role))
    may = role in ("revops", "marketing", "sales_manager", "administrator")

    for section, part in EDITORS:
        path = editor_page(draft.pk, section=section, part=part)
        answers = [client.get(path).status_code, client.post(path).status_code]
        assert answers == ([200, 200] if may else [403, 403]), section

    draft.refresh_from_db()
    assert draft.changes == {}


def test_strangers_are_sent_to_the_login(draft: Agreement, client: Client) -> None:
    answer = client.get(editor_page(draft.pk, section="stages"))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("pk", [0, 987654, 10**30])
def test_there_is_no_editor_of_an_agreement_that_does_not_exist(editor: Editor, pk: int) -> None:
    assert editor.client.get(editor_page(pk, section="stages")).status_code == 404


# --- What is closed, and who was faster -----------------------------------------------------------


@pytest.mark.parametrize(("section", "part"), EDITORS)
def test_what_is_closed_stands_as_it_is(
    editor: Editor, revops: User, now: datetime, section: str, part: str
) -> None:
    one = Editor(editor.client, editor.agreement, section, part)
    sent = one.filled()
    agreements.withdraw(agreement=editor.agreement, by=revops, now=now)

    shown = editor.client.get(one.path, follow=True)
    saved = editor.client.post(one.path, sent)

    for answer in (shown, saved):
        assert "It is “Withdrawn” and stands as it is. Open a new draft to change something." in answer.text
    assert shown.redirect_chain


def test_the_second_who_saves_reads_what_changed_and_loses_nothing(
    editor: Editor, client: Client, now: datetime
) -> None:
    sent = editor.filled(text="My own words, typed for an hour.")
    other = Editor(Client(), editor.agreement, "definitions", MQL)
    other.client.force_login(UserFactory(role="marketing", first_name="Marco", last_name="Feld"))
    other.save(other.filled(**{"criteria-row-0-value": "80"}))

    answer = editor.save(sent)

    assert "It was changed since you opened the page, so nothing was saved. Marco Feld," in answer.text
    assert "MQL: Score is at least 60 → 80" in answer.text
    assert "My own words, typed for an hour." in answer.text
    assert "Open it as it is now in a second tab" in answer.text
    assert "Marco Feld" in editor.save(sent).text  # the old page stays an old page
    assert editor.told() == ["MQL: Score is at least 60 → 80"]


def test_a_proposal_that_is_changed_says_that_it_is_a_draft_again(
    editor: Editor, revops: User, now: datetime
) -> None:
    editor.save(editor.filled(**{"criteria-row-0-value": "80"}))
    editor.agreement.refresh_from_db()
    agreements.propose(agreement=editor.agreement, by=revops, revision=editor.agreement.revision, now=now)

    warned = editor.page()
    answer = editor.save(editor.filled(**{"criteria-row-0-value": "90"}))

    assert "Saving makes it a draft again and takes its signatures away." in warned.text
    assert "It is a draft again, without signatures." in answer.text
    editor.agreement.refresh_from_db()
    assert editor.agreement.state == AgreementState.DRAFT


# --- Hostile input --------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE leads_lead; --",
    "\x00",
    "9" * 400,
    "-1",
    "x" * 5_000,
    "\u202e{{7*7}}%s",
    "🙂" * 50,
    "__prefix__",
    "",
]


@pytest.mark.parametrize(("section", "part"), EDITORS)
def test_no_input_breaks_an_editor(editor: Editor, section: str, part: str) -> None:
    one = Editor(editor.client, editor.agreement, section, part)
    as_it_is = one.filled()
    names = [name for name in as_it_is if name != "csrfmiddlewaretoken"]

    for number, evil in enumerate(HOSTILE):
        one.agreement.refresh_from_db()
        # All boxes at once, then every tenth of them alone, so that the others get as far as being saved.
        everywhere = dict.fromkeys(names, evil)
        single = as_it_is | {"revision": str(one.agreement.revision)}
        single |= {name: evil for name in names[number::10] if name != "revision"}
        for sent in (everywhere, single, everywhere | {"add": evil}, single | {"compare": evil or "1"}):
            answer = one.client.post(one.path, sent, follow=True)
            assert answer.status_code == 200, (evil[:20], sent)
            assert "<script>alert(1)" not in answer.text


@pytest.mark.parametrize(("section", "part"), EDITORS)
def test_pages_cost_a_bounded_number_of_queries(
    editor: Editor, section: str, part: str, django_assert_max_num_queries: Any
) -> None:
    path = editor_page(editor.agreement.pk, section=section, part=part)
    editor.client.get(path)

    with django_assert_max_num_queries(16):
        editor.client.get(path)


# --- Opening a draft from what is in force --------------------------------------------------------


def test_a_new_draft_is_opened_and_leads_to_the_editor(editor: Editor) -> None:
    answer = editor.client.post(reverse(PROPOSE), {"section": "definitions", "part": MQL})

    made = Agreement.objects.latest("pk")
    assert (made.title, made.state) == ("Change of MQL", AgreementState.DRAFT)
    assert answer["Location"] == editor_page(made.pk, section="definitions", part=MQL)


def test_a_chosen_draft_takes_the_change(editor: Editor) -> None:
    sent = {"section": "routing", "agreement": str(editor.agreement.pk)}

    answer = editor.client.post(reverse(PROPOSE), sent)

    assert answer["Location"] == editor_page(editor.agreement.pk, section="routing")
    assert Agreement.objects.latest("pk") == editor.agreement


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 404),
        ({"section": "waltz"}, 404),
        ({"section": "reasons"}, 404),
        ({"section": "definitions"}, 404),
        ({"section": "definitions", "part": "../../x"}, 404),
        ({"section": "definitions", "part": "waltz"}, 404),
        ({"section": "stages", "agreement": "x"}, 302),
        ({"section": "stages", "agreement": "9" * 40}, 302),
    ],
)
def test_what_cannot_be_proposed_opens_nothing(editor: Editor, sent: dict[str, str], status: int) -> None:
    before = Agreement.objects.count()

    answer = editor.client.post(reverse(PROPOSE), sent)

    assert answer.status_code == status
    assert Agreement.objects.count() == before


def test_a_draft_that_is_gone_is_a_sentence(editor: Editor) -> None:
    answer = editor.client.post(reverse(PROPOSE), {"section": "stages", "agreement": "987654"}, follow=True)

    assert "This draft is gone. Choose another one, or a new draft." in answer.text


@pytest.mark.parametrize(
    "model",
    [
        "leads_definition",
        "leads_stagesetting",
        "leads_qualificationquestion",
        "scoring_scoringmodel",
        "handoff_routingrule",
        "handoff_servicelevel",
    ],
)
def test_what_is_in_force_is_read_and_offers_a_change(editor: Editor, model: str) -> None:
    path = reverse(f"admin:{model}_changelist")

    listed = editor.client.get(path).text
    first = editor.client.get(path).context["cl"].result_list[0]
    shown = editor.client.get(reverse(f"admin:{model}_change", args=[first.pk])).text

    for page in (listed, shown):
        assert reverse(PROPOSE) in page
        assert "Propose a change" in page
        assert "Change of something" in page  # the draft that is open
        assert 'name="_save"' not in page
    assert editor.client.get(reverse(f"admin:{model}_add")).status_code == 403


def test_who_may_only_read_is_offered_no_change(draft: Agreement, client: Client) -> None:
    client.force_login(UserFactory(role="sales_rep"))

    assert reverse(PROPOSE) not in client.get(reverse("admin:leads_definition_changelist")).text
    assert client.post(reverse(PROPOSE), {"section": "stages"}).status_code == 403


# --- Places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ([("a", 1, 1), ("b", 2, 2), ("c", 3, 3)], "abc"),
        ([("a", 1, 1), ("b", 2, 2), ("c", 1, 3)], "cab"),
        ([("a", 3, 1), ("b", 2, 2), ("c", 3, 3)], "bca"),
        ([("a", 1, 1), ("b", None, 2), ("c", 3, 3)], "acb"),
        ([("a", 1, 1), ("b", 2, 2), ("new", 2, None)], "anewb"),
    ],
)
def test_rows_stand_where_people_put_them(rows: list[tuple[str, int | None, int | None]], order: str) -> None:
    found = in_order(list(rows), place=lambda row: row[1], was=lambda row: row[2])

    assert "".join(row[0] for row in found) == order


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([0, 1, 2], [0, 1, 2]),
        ([0, 2, 3], [0, 2, 3]),
        ([2, 0, 1], [2, 3, 4]),
        ([0, None, 1], [0, 1, 2]),
        ([None, 1, 10], [0, 1, 10]),
        ([10, None, 20], [10, 11, 20]),
        ([32_000, None], [0, 1]),
        ([None], [0]),
        ([], []),
    ],
)
def test_positions_change_as_little_as_they_can(before: list[int | None], after: list[int]) -> None:
    assert positions(before) == after


@pytest.mark.parametrize("name", [one.name for one in blueprints.available()])
def test_saving_what_nobody_touched_drafts_nothing(client: Client, now: datetime, name: str) -> None:
    blueprints.use_blueprint(name=name, by=None, now=now)
    revops = UserFactory(role="revops")
    client.force_login(revops)
    draft = agreements.draft(title="Only looking", by=revops, now=now)
    places = [(key, "") for key in ("stages", "checklist", "scoring", "routing", "sla")]
    places += [("definitions", stage) for stage in sections.section("definitions").read()]

    for section, part in places:
        editor = Editor(client, draft, section, part)
        editor.save(editor.filled())

    draft.refresh_from_db()
    assert draft.changes == {}
