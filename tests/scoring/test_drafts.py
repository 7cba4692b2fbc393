"""The editor of the scoring model in a draft, and bringing back a former version."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from leadops.jobs import JobState
from scoring.models import ScoringModel
from scoring.sections import RULE, read_scoring
from terminology import agreements
from terminology.models import Agreement
from tests.drafting import Editor, opened, with_row
from tests.factories import UserFactory
from tests.scoring import make

pytestmark = pytest.mark.django_db

LIST = "admin:scoring_scoringmodel_changelist"
BIG = {
    "name": "Big",
    "points": "20",
    "kind": "field",
    "field": "account.employees",
    "operator": "gte",
    "value": "500",
    "count": "times",
}


@pytest.fixture
def revops() -> User:
    return UserFactory(role="revops")


@pytest.fixture
def scoring_model(now: datetime) -> ScoringModel:
    make.kind("webinar", name="Webinar")
    return make.model(
        make.rule("Webinars", 10, 3, activity_types=["webinar"], within_days=30),
        make.rule("VP", 15, field="contact.seniority", operator="is", value="vp"),
        now=now,
    )


@pytest.fixture
def editor(scoring_model: ScoringModel, client: Client, revops: User, now: datetime) -> Editor:
    client.force_login(revops)
    return Editor(client, opened(revops, now), "scoring")


def rules(editor: Editor) -> list[str]:
    """The names of the rules as the draft has them, in their order."""
    found = {name: value for name, value in editor.parts().items() if name.startswith(RULE)}
    return [name.removeprefix(RULE) for name in sorted(found, key=lambda name: found[name]["position"])]


def test_what_nobody_touched_leaves_the_draft_empty(editor: Editor) -> None:
    answer = editor.save(editor.filled())

    assert "Nothing was changed." in answer.text
    assert editor.told() == []


def test_threshold_grades_and_points_change_in_the_draft_alone(editor: Editor) -> None:
    sent = editor.filled(model__threshold="70", model__grade_a="95", **{"rule-1-points": "-25"})

    editor.save(sent)

    assert editor.told() == [
        "Scoring: threshold 60 → 70",
        "Scoring: grade A from 80 → 95",
        "Rule “VP”: points +15 → -25",
    ]
    assert ScoringModel.objects.get().threshold == 60


def test_a_rule_is_added_moved_renamed_and_removed(editor: Editor) -> None:
    sent = with_row(editor.filled(), "rule", **BIG, place="1", at_least="", max_times="")

    editor.save(sent)
    added = rules(editor)
    editor.save(editor.filled(**{"rule-1-DELETE": "on", "rule-2-name": "Vice presidents"}))

    assert added == ["Big", "Webinars", "VP"]
    assert rules(editor) == ["Big", "Vice presidents"]
    assert editor.told() == [
        "Rule “Webinars”: no longer counts (+10)",
        "Rule “VP”: no longer counts (+15)",
        "Rule “Big”: new, +20: Employees is at least 500",
        "Rule “Vice presidents”: new, +15: Seniority is VP",
    ]


def test_what_a_rule_does_not_ask_about_is_put_back_when_its_kind_changes(editor: Editor) -> None:
    as_activity = {
        "kind": "activity",
        "activity_types": ["any"],
        "at_least": "2",
        "max_times": "2",
        "count": "times",
    }
    as_field = {"kind": "field", "field": "account.employees", "operator": "gte", "value": "50"}
    changes = {f"rule-0-{name}": value for name, value in as_field.items()}
    changes |= {f"rule-1-{name}": value for name, value in as_activity.items()}

    editor.save(editor.filled() | changes)

    first, second = editor.parts()[f"{RULE}Webinars"], editor.parts()[f"{RULE}VP"]
    assert first["max_times"] == 1
    assert first["condition"] == {
        "kind": "field",
        "field": "account.employees",
        "operator": "gte",
        "value": "50",
    }
    assert second["max_times"] == 2
    assert second["condition"]["activity_types"] == "any"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"model-grade_b": "95"},
            "The grades must descend: A needs more points than B, and B more than C.",
        ),
        ({"model-name": ""}, "Give the model a name."),
        ({"model-threshold": ""}, "Type a number."),
        ({"model-threshold": "9" * 30}, "Ensure this value is less than or equal to 1000000."),
        ({"rule-0-name": ""}, "Give the rule a name."),
        ({"rule-0-name": "VP"}, "Two rules are called “VP”. Give one of them another name."),
        ({"rule-0-points": ""}, "Type how many points it gives or takes."),
        ({"rule-0-points": "0"}, "Give points from 1 to 1000, or from -1 to -1000."),
        ({"rule-0-points": "9" * 30}, "Give points from 1 to 1000, or from -1 to -1000."),
        ({"rule-0-max_times": "0"}, "Type a number from 1 to 1000."),
        ({"rule-0-max_times": "1001"}, "Type a number from 1 to 1000."),
        ({"rule-0-activity_types": []}, "Choose at least one activity."),
        ({"rule-0-activity_types": ["teleport"]}, "There is no activity type “teleport”."),
        ({"rule-1-value": "boss"}, "“boss” is not a value of “Seniority”."),
        ({"rule-1-field": "score.total"}, "score.total is not one of the available choices."),
        ({"rule-1-kind": "score"}, "score is not one of the available choices."),
        ({"rule-TOTAL_FORMS": "201"}, "Leave some out."),
    ],
)
def test_a_mistake_is_named_and_nothing_changes(
    editor: Editor, changes: dict[str, Any], sentence: str
) -> None:
    answer = editor.save(editor.filled() | changes)

    assert answer.status_code == 200
    assert sentence in answer.text
    assert editor.told() == []


def test_a_rule_without_a_name_is_named_before_it_is_checked(editor: Editor) -> None:
    answer = editor.save(with_row(editor.filled(), "rule", **BIG | {"name": "", "points": ""}))

    assert "Give the rule a name." in answer.text
    assert "Type how many points it gives or takes." in answer.text


def test_the_first_model_is_drafted_too(client: Client, revops: User, now: datetime) -> None:
    client.force_login(revops)
    editor = Editor(client, opened(revops, now), "scoring")

    editor.save(with_row(editor.filled(model__name="Ours"), "rule", **BIG))

    assert editor.told() == [
        "New scoring model “Ours” with the threshold 60",
        "Rule “Big”: new, +20: Employees is at least 500",
    ]


def test_twenty_rules_cost_as_many_queries_as_two(editor: Editor, django_assert_max_num_queries: Any) -> None:
    sent = editor.filled()
    for number in range(20):
        sent = with_row(sent, "rule", **BIG | {"name": f"Big {number}"})

    with django_assert_max_num_queries(25):
        editor.compare(sent)
    editor.save(sent)
    with django_assert_max_num_queries(20):
        editor.page()


def test_what_comes_into_force_is_the_next_version_and_rescores_all(
    editor: Editor, scoring_model: ScoringModel, revops: User, now: datetime
) -> None:
    editor.save(editor.filled(model__grade_a="90", **{"rule-1-points": "25", "rule-0-DELETE": "on"}))
    changes = {"scoring": dict.fromkeys(read_scoring()) | editor.parts()}

    agreements.bring_in_unsigned(title="As drafted", changes=changes, why="", by=revops, now=now)

    newest = ScoringModel.objects.in_force().get()
    assert (newest.version, newest.grade_a) == (2, 90)
    assert list(newest.rules.values_list("name", "points")) == [("VP", 25)]
    assert list(scoring_model.rules.values_list("name", "points")) == [("Webinars", 10), ("VP", 15)]
    assert (make.newest_run().scoring_model, make.newest_run().state) == (newest, JobState.QUEUED)


# --- From what is in force ------------------------------------------------------------------------


def test_a_former_version_is_proposed_again(
    editor: Editor, scoring_model: ScoringModel, now: datetime
) -> None:
    make.model(make.rule("Other", 5, activity_types=["any"]), now=now, threshold=90)

    chosen = {"action": "bring_back", "_selected_action": scoring_model.pk}
    answer = editor.client.post(reverse(LIST), chosen, follow=True)

    made = Agreement.objects.latest("pk")
    told = dict(agreements.prose(made.changes))["Scoring"]
    assert made.title == "Scoring model: back to Profile and interest v1"
    assert "Scoring: threshold 90 → 60" in told
    assert "Rule “Other”: no longer counts (+5)" in told
    assert answer.redirect_chain[-1][0] == reverse("scoring:edit_scoring", args=[made.pk])
    assert ScoringModel.objects.in_force().get().version == 2


def test_only_one_former_version_is_proposed(
    editor: Editor, scoring_model: ScoringModel, now: datetime
) -> None:
    chosen = {"action": "bring_back", "_selected_action": scoring_model.pk}

    answer = editor.client.post(reverse(LIST), chosen, follow=True)

    assert "Choose one former version to propose it again." in answer.text
    assert Agreement.objects.count() == 1


def test_a_former_version_that_says_the_same_is_not_proposed(
    editor: Editor, scoring_model: ScoringModel, now: datetime
) -> None:
    make.model(*(rule.copy() for rule in scoring_model.rules.all()), now=now)

    chosen = {"action": "bring_back", "_selected_action": scoring_model.pk}
    answer = editor.client.post(reverse(LIST), chosen, follow=True)

    assert "says the same as what is in force, so there is nothing to propose." in answer.text
    assert Agreement.objects.count() == 1
