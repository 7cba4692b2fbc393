"""What a rule may be, and what the database itself keeps true of models and scores."""

from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from scoring.models import LeadScore, Rule, RuleKind, ScoringModel
from tests.factories import LeadFactory
from tests.scoring import make

pytestmark = pytest.mark.django_db

SENIOR: dict[str, Any] = {"field": "contact.seniority", "operator": "is", "value": "vp"}
ACTED: dict[str, Any] = {"activity_types": ["any"]}


@pytest.mark.parametrize(
    ("points", "condition", "expected"),
    [
        (10, SENIOR, RuleKind.FIT),
        (10, ACTED, RuleKind.ENGAGEMENT),
        (-10, SENIOR, RuleKind.NEGATIVE),
        (-10, ACTED, RuleKind.NEGATIVE),
    ],
)
def test_a_rule_is_named_for_its_condition_and_its_sign(
    points: int, condition: dict[str, Any], expected: RuleKind
) -> None:
    assert make.rule("Rule", points, **condition).rule_kind == expected


@pytest.mark.parametrize(
    ("rule", "field", "sentence"),
    [
        ({"points": 0, **SENIOR}, "points", "Give points from 1 to 1000, or from -1 to -1000."),
        ({"points": 1001, **SENIOR}, "points", "Give points from 1 to 1000, or from -1 to -1000."),
        ({"max_times": 2, **SENIOR}, "max_times", "Only activities can count several times; type 1."),
        ({"max_times": 0, **ACTED}, "max_times", "Type a number from 1 to 1000."),
        (
            {"kind": "score", "field": "score.total", "operator": "gte", "value": "5"},
            "field",
            "A rule makes the score, so it can't ask about it. Ask about a field or an activity.",
        ),
        (
            {"field": "score.fit", "operator": "gte", "value": "5"},
            "field",
            "A rule makes the score, so it can't ask about it. Ask about a field or an activity.",
        ),
        (
            {"activity_types": ["no_such_thing"]},
            "activity_types",
            "There is no activity type “no_such_thing”. Add it to the catalogue or correct it.",
        ),
    ],
)
def test_refuses_a_rule_that_makes_no_sense_and_says_where(
    rule: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        make.rule("Rule", **rule)

    assert refusal.value.message_dict == {field: [sentence]}


def test_only_one_model_is_in_force(now: datetime) -> None:
    ScoringModel.objects.create(name="One", version=1)
    ScoringModel.objects.create(name="Old", version=2, superseded_at=now)
    ScoringModel.objects.create(name="Older", version=3, superseded_at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        ScoringModel.objects.create(name="Two", version=4)
    with pytest.raises(ValidationError) as refusal:
        ScoringModel(name="Two", version=4).full_clean()

    assert refusal.value.messages == ["There is already a scoring model in force. Change that one."]


@pytest.mark.parametrize(("a", "b", "c"), [(60, 60, 30), (80, 20, 30), (10, 20, 30)])
def test_grades_descend(a: int, b: int, c: int) -> None:
    model = ScoringModel(name="Flat", version=1, grade_a=a, grade_b=b, grade_c=c)

    with pytest.raises(ValidationError) as refusal:
        model.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        model.save()

    assert refusal.value.messages == [
        "The grades must descend: A needs more points than B, and B more than C."
    ]


@pytest.mark.parametrize(
    ("total", "grade"),
    [(80, "A"), (79, "B"), (60, "B"), (59, "C"), (30, "C"), (29, "D"), (-5, "D")],
)
def test_a_grade_begins_with_its_own_number_of_points(total: int, grade: str) -> None:
    assert ScoringModel(grade_a=80, grade_b=60, grade_c=30).grade_of(total) == grade


def test_a_score_is_the_sum_of_its_parts_or_is_refused_by_the_database() -> None:
    lead = LeadFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        LeadScore.objects.create(lead=lead, fit=10, engagement=5, total=16)

    assert LeadScore.objects.create(lead=lead, fit=10, engagement=-15, total=-5).total == -5


def test_two_rules_of_a_model_do_not_share_a_name(now: datetime) -> None:
    model = make.model(make.rule("Senior", 10, **SENIOR), now=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.create(
            scoring_model=model, name="Senior", points=5, kind="activity", activity_types="any"
        )
