"""The editors of definitions, stages and the checklist in a draft."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from leads.enums import Stage
from leads.models import Definition, QualificationQuestion
from terminology import agreements, blueprints, sections
from tests.drafting import Editor, opened, with_row
from tests.factories import ActivityTypeFactory, UserFactory

pytestmark = pytest.mark.django_db

MQL = Stage.MARKETING_QUALIFIED.value
PRESENT = "The score that marketing and sales built together is at least 60."


@pytest.fixture
def revops() -> User:
    return UserFactory(role="revops", first_name="Rita", last_name="Sol")


@pytest.fixture
def _vocabulary(now: datetime) -> None:
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now - timedelta(days=30))


@pytest.fixture
def editor(_vocabulary: None, client: Client, revops: User, now: datetime) -> Callable[..., Editor]:
    client.force_login(revops)
    draft = opened(revops, now)

    def of(section: str, part: str = "") -> Editor:
        return Editor(client, draft, section, part)

    return of


# --- Definitions ----------------------------------------------------------------------------------


def test_shows_the_text_beside_the_rule_in_words(editor: Callable[..., Editor]) -> None:
    page = editor("definitions", MQL).page()

    assert page.status_code == 200
    assert sections.section("definitions").read()[MQL]["text"][:40] in page.text
    assert "Score is at least 60" in page.text
    assert "Nothing yet." in page.text


def test_what_nobody_touched_leaves_the_draft_empty(editor: Callable[..., Editor]) -> None:
    for section, part in (
        *(("definitions", stage) for stage in sections.section("definitions").read()),
        *(("stages", ""), ("checklist", "")),
    ):
        one = editor(section, part)
        answer = one.save(one.filled())
        assert "Nothing was changed." in answer.text, (section, part)

    assert editor("stages").told() == []


def test_text_and_rule_change_together(editor: Callable[..., Editor]) -> None:
    one = editor("definitions", MQL)
    sent = one.filled(
        text="At least 70 points,\r\nor a hand raised.",
        kpi="MQLs a month",
        kpi_measure="count",
        criteria__match="any",
        **{"criteria-row-0-value": "70"},
    )
    sent = with_row(
        sent,
        "criteria-row",
        kind="activity",
        activity_types=["demo_request", "contact_us"],
        count="times",
        at_least="",
        within_days="30",
    )

    answer = one.save(sent)

    told = one.told()
    assert "MQL: it now reads “At least 70 points,\nor a hand raised.”" in told[1]
    assert told[0].startswith("MQL: all of → any of; Score is at least 60 → 70; new:")
    assert one.parts()[MQL]["criteria"] == {
        "match": "any",
        "conditions": [
            {"kind": "score", "field": "score.total", "operator": "gte", "value": "70"},
            {
                "kind": "activity",
                "activity_types": "contact_us, demo_request",
                "count": "times",
                "at_least": 1,
                "within_days": 30,
            },
        ],
    }
    assert "In the draft “Change of something”: MQL: all of → any of" in answer.text
    assert Definition.objects.get(stage=MQL, superseded_at=None).version == 1


def test_looking_at_the_differences_saves_nothing(editor: Callable[..., Editor]) -> None:
    one = editor("definitions", MQL)

    answer = one.compare(one.filled(text="Whoever has 75 points.", **{"criteria-row-0-value": "75"}))

    assert "MQL: Score is at least 60 → 75" in answer.text
    assert "It is not saved yet." in answer.text
    assert "Whoever has 75 points." in answer.text
    assert one.told() == []


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"criteria-row-0-value": "75"}, "The criteria change and the text stays."),
        ({"text": "Whoever has 75 points."}, "The text changes and the criteria stay."),
        ({"text": "Whoever has 75 points.", "criteria-row-0-value": "75"}, ""),
        ({"kpi": "MQLs a month"}, ""),
    ],
)
def test_asks_to_look_again_where_text_and_rule_change_apart(
    editor: Callable[..., Editor], changes: dict[str, str], doubt: str
) -> None:
    one = editor("definitions", MQL)

    answers = [one.compare(one.filled() | changes), one.save(one.filled() | changes), one.page()]

    for answer in answers:
        for sentence in (
            "The criteria change and the text stays.",
            "The text changes and the criteria stay.",
        ):
            assert (sentence in answer.text) == (sentence == doubt)


def test_choices_are_named_by_their_labels_or_keys(editor: Callable[..., Editor]) -> None:
    one = editor("definitions", MQL)
    condition = {
        "kind": "field",
        "field": "contact.seniority",
        "operator": "in",
        "value": "c-suite, vp,Director",
    }

    one.save(with_row(one.filled(), "criteria-row", **condition))

    assert one.parts()[MQL]["criteria"]["conditions"][-1]["value"] == "c_suite, vp, director"
    assert 'value="C-suite, VP, Director"' in one.page().text


def test_conditions_with_the_same_letter_are_one(editor: Callable[..., Editor]) -> None:
    one = editor("definitions", MQL)
    sent = one.filled()
    for country in ("DE", "AT"):
        row = {"kind": "field", "field": "account.country", "operator": "is", "value": country, "group": "B"}
        sent = with_row(sent, "criteria-row", **row)

    one.save(sent)

    group = one.parts()[MQL]["criteria"]["conditions"][-1]
    assert (group["match"], [row["value"] for row in group["conditions"]]) == ("any", ["DE", "AT"])
    again = one.filled()
    assert [again[f"criteria-row-{number}-group"] for number in range(3)] == [[""], ["A"], ["A"]]
    assert "Nothing was changed." in one.save(again).text


def test_a_removed_and_a_blank_row_are_no_conditions(editor: Callable[..., Editor]) -> None:
    one = editor("definitions", MQL)
    blank = {"kind": "field", "field": "", "operator": "", "value": "", "count": "times", "at_least": ""}
    sent = with_row(one.filled(), "criteria-row", **blank) | {"criteria-row-0-DELETE": "on"}

    one.save(sent)

    assert one.parts()[MQL]["criteria"] is None
    assert one.told() == ["MQL: no criteria any more"]
    assert "None that is tested: people decide." in one.page().text


def test_a_row_is_added_without_a_script_and_what_was_typed_stays(editor: Callable[..., Editor]) -> None:
    one = editor("definitions", MQL)

    answer = one.client.post(one.path, {**one.filled(text="", kpi="Typed"), "add": "criteria-row"})

    assert 'name="criteria-row-1-kind"' in answer.text
    assert 'value="Typed"' in answer.text
    assert "lo-error" not in answer.text
    assert one.told() == []


FIELD = {"kind": "field", "field": "contact.seniority", "operator": "in", "value": "VP"}
ACTIVITY = {"kind": "activity", "activity_types": ["demo_request"], "count": "times", "at_least": "1"}


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (FIELD | {"field": ""}, "Choose what is asked about."),
        (FIELD | {"field": "x.y"}, "x.y is not one of the available choices."),
        (FIELD | {"operator": ""}, "Choose how it is asked about."),
        (FIELD | {"operator": "gte"}, "“Seniority” can be asked with: is, is not, is one of"),
        (FIELD | {"value": ""}, "Type a value."),
        (FIELD | {"value": "boss"}, "“boss” is not a value of “Seniority”. Choose from: C-suite, VP"),
        (
            FIELD | {"operator": "is", "value": "VP, Director"},
            "“is” takes one value. For several choose “is one of”.",
        ),
        (
            {"kind": "field", "field": "account.employees", "operator": "gte", "value": "many"},
            "“many” is not a number.",
        ),
        (
            {"kind": "field", "field": "contact.has_phone", "operator": "is", "value": "perhaps"},
            "“perhaps” is not a value of “Telephone number”. Choose from: yes, no.",
        ),
        (ACTIVITY | {"activity_types": []}, "Choose at least one activity."),
        (
            ACTIVITY | {"activity_types": ["waltz"]},
            "There is no activity type “waltz”. Choose from the list.",
        ),
        (
            ACTIVITY | {"activity_types": ["hand_raiser", "demo_request"]},
            "“any hand-raiser” stands alone. Take the other ticks away.",
        ),
        (ACTIVITY | {"at_least": "0"}, "Type a number from 1 to 32,767."),
        (ACTIVITY | {"at_least": "99999999999999999999"}, "Type a number from 1 to 32,767."),
        (ACTIVITY | {"within_days": "-1"}, "Type a number from 1 to 32,767."),
        (
            ACTIVITY | {"count": "distinct", "at_least": "2"},
            "Only 1 different activities are named, so 2 can't be met.",
        ),
        ({"kind": "waltz"}, "waltz is not one of the available choices."),
    ],
)
def test_says_at_the_row_what_is_wrong_and_keeps_what_was_typed(
    editor: Callable[..., Editor], row: dict[str, Any], sentence: str
) -> None:
    one = editor("definitions", MQL)

    answer = one.save(with_row(one.filled(kpi="Typed"), "criteria-row", **row))

    assert answer.status_code == 200
    assert "Nothing was saved yet. Correct what is marked below." in answer.text
    assert sentence in answer.text.replace("&#x27;", "'").replace("&quot;", '"')
    assert 'value="Typed"' in answer.text
    assert one.told() == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "  "}, "Write what people shall read wherever the word is used."),
        ({"text": "x" * 4001}, "Ensure this value has at most 4000 characters"),
        ({"owner_team": "the board"}, "the board is not one of the available choices."),
        ({"kpi": "x" * 201}, "Ensure this value has at most 200 characters"),
        ({"criteria-row-TOTAL_FORMS": "x"}, "Part of the page did not arrive, so nothing was saved."),
        ({"criteria-row-TOTAL_FORMS": "1000000"}, "Leave some out."),
        ({"criteria-match": "most"}, "most is not one of the available choices."),
        ({"revision": ""}, "Part of the page did not arrive, so nothing was saved. Load the page again."),
    ],
)
def test_says_what_is_wrong_with_the_rest(
    editor: Callable[..., Editor], changes: dict[str, str], sentence: str
) -> None:
    one = editor("definitions", MQL)

    answer = one.save(one.filled() | changes)

    assert answer.status_code == 200
    assert sentence in answer.text
    assert one.told() == []


def test_a_stage_without_a_definition_gets_its_first(editor: Callable[..., Editor]) -> None:
    part = Stage.ANONYMOUS.value
    one = editor("definitions", part)

    one.save(one.filled(text="Somebody is there, and we do not know who.", owner_team="marketing"))

    assert one.told() == ["MAL: “Somebody is there, and we do not know who.”"]


def test_there_is_no_editor_of_a_stage_that_does_not_exist(editor: Callable[..., Editor]) -> None:
    assert editor("definitions", "waltz").page().status_code == 404


def test_an_activity_that_left_the_catalogue_is_shown_and_refused(editor: Callable[..., Editor]) -> None:
    gone = ActivityTypeFactory(key="waltz_danced", name="Waltz")
    one = editor("definitions", MQL)
    one.save(with_row(one.filled(), "criteria-row", **ACTIVITY | {"activity_types": [gone.key]}))
    gone.is_active = False
    gone.save()

    sent = one.filled()
    answer = one.save(sent | {"kpi": "Typed"})

    assert sent["criteria-row-1-activity_types"] == ["waltz_danced"]
    assert "There is no activity type “waltz_danced”. Add it to the catalogue or correct it." in answer.text


# --- Stages ---------------------------------------------------------------------------------------


def test_a_stage_is_switched_off_and_coloured(editor: Callable[..., Editor]) -> None:
    one = editor("stages")
    sent = one.filled(marketing_qualified__colour="rose", customer__equivalent_to="sales_qualified")
    del sent["sales_accepted-in_use"]

    one.save(sent)

    assert "Sales accepted lead: switched off; leads step over it" in one.told()
    assert "Marketing qualified lead: colour amber → rose" in one.told()
    assert "Closed business: equivalent to Sales qualified lead" in one.told()


def test_a_stage_that_carries_the_lifecycle_stays_on(editor: Callable[..., Editor]) -> None:
    one = editor("stages")

    page = one.page()
    answer = one.save(one.filled(marketing_qualified__in_use=""))

    assert 'name="marketing_qualified-in_use"' not in page.text
    assert "always in use" in page.text
    assert "Nothing was changed." in answer.text


@pytest.mark.parametrize("name", ["customer-colour", "customer-equivalent_to"])
def test_an_unknown_colour_or_stage_is_refused(editor: Callable[..., Editor], name: str) -> None:
    one = editor("stages")

    answer = one.save(one.filled() | {name: "<script>"})

    assert "is not one of the available choices." in answer.text
    assert "<script>is not" not in answer.text
    assert one.told() == []


# --- The checklist --------------------------------------------------------------------------------


def questions(one: Editor) -> list[str]:
    rows = sorted(one.parts().values(), key=lambda row: row["position"])
    return [row["question"] for row in rows]


def test_questions_are_added_changed_and_removed(editor: Callable[..., Editor]) -> None:
    one = editor("checklist")
    before = questions(one)
    sent = with_row(
        one.filled(**{"question-1-question": "Who signs?"}), "question", question="What for?", help=""
    )

    one.save(sent | {"question-0-DELETE": "on"})

    assert questions(one) == ["Who signs?", *before[2:], "What for?"]
    assert one.told() == [
        f"Checklist: no longer “{before[0]}”",
        f"Checklist: “{before[1]}” → “Who signs?”",
        "Checklist: new question “What for?”",
    ]
    assert "what-for" in one.parts()


def test_a_question_moves_to_the_place_that_was_typed(editor: Callable[..., Editor]) -> None:
    one = editor("checklist")
    before = questions(one)

    one.save(one.filled(**{"question-2-place": "1"}))

    assert questions(one) == [before[2], *before[:2], *before[3:]]


def test_a_question_that_was_asked_before_keeps_its_answers(editor: Callable[..., Editor]) -> None:
    QualificationQuestion.objects.create(key="old-one", question="What for?", is_active=False)
    QualificationQuestion.objects.create(key="how-much", question="How much in all?", is_active=False)
    one = editor("checklist")
    sent = with_row(one.filled(), "question", question="How much", help="")

    one.save(with_row(sent, "question", question="What for?", help=""))

    assert {"how-much-2", "what-for"} <= set(one.parts())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"question-0-question": ""}, "Type the question, or remove the row."),
        ({"question-0-question": "x" * 201}, "Ensure this value has at most 200 characters"),
        ({"question-0-place": "0"}, "Ensure this value is greater than or equal to 1."),
        (
            {"question-1-key": "budget", "question-0-key": "budget"},
            "stands there twice. Remove one of the two.",
        ),
    ],
)
def test_says_what_is_wrong_with_a_question(
    editor: Callable[..., Editor], changes: dict[str, str], sentence: str
) -> None:
    one = editor("checklist")
    assert "budget" in one.parts()

    answer = one.save(one.filled() | changes)

    assert sentence in answer.text
    assert one.told() == []


def test_what_is_signed_comes_into_force_as_it_was_typed(
    editor: Callable[..., Editor], revops: User, now: datetime
) -> None:
    one = editor("definitions", MQL)
    one.save(one.filled(text="Whoever has 75 points.", **{"criteria-row-0-value": "75"}))
    one.agreement.refresh_from_db()

    agreements.bring_in_unsigned(
        title="All of it",
        changes={"definitions": {MQL: one.parts()[MQL]}},
        why="",
        by=revops,
        now=now,
    )

    found = Definition.objects.get(stage=MQL, superseded_at=None)
    assert (found.text, found.criteria.criteria.get().value) == ("Whoever has 75 points.", "75")
