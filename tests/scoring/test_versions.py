"""A change of the scoring is a new version, and a run over all leads."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from leadops.jobs import JobState
from leads.conditions import FIELDS
from leads.models import Definition
from scoring import sections, versions
from scoring.models import MAX_RULES, RescoringRun, Rule, ScoringModel
from terminology import blueprints
from tests.factories import UserFactory
from tests.scoring import make

pytestmark = pytest.mark.django_db

Model = Callable[..., ScoringModel]
TERMS = versions.Terms("Interest", 50, 70, 50, 20)


def anything(name: str = "Anything", points: int = 5) -> Rule:
    return make.rule(name, points, activity_types=["any"])


def test_the_version_before_is_kept_as_it_was(now: datetime) -> None:
    first = make.model(anything("First"), now=now, name="First")
    user = UserFactory()
    later = now + timedelta(hours=1)

    second = versions.bring_into_force(terms=TERMS, rules=[anything("Second", 9)], by=user, now=later)

    first.refresh_from_db()
    assert (first.name, first.version, first.superseded_at) == ("First", 1, later)
    assert list(first.rules.values_list("name", flat=True)) == ["First"]
    assert (second.version, second.in_force_from, second.created_by) == (2, later, user)
    assert ScoringModel.objects.in_force().get() == second
    assert str(second) == "Interest v2"


def test_a_change_asks_for_one_run_over_all_leads_and_cancels_the_run_of_the_version_before(
    now: datetime,
) -> None:
    user = UserFactory()
    versions.bring_into_force(terms=TERMS, rules=[anything()], by=user, now=now)
    before = make.newest_run()

    model = versions.bring_into_force(terms=TERMS, rules=[anything()], by=user, now=now)

    before.refresh_from_db()
    after = make.newest_run()
    assert before.state == JobState.CANCELLED
    assert (after.state, after.scoring_model, after.requested_by) == (JobState.QUEUED, model, user)
    assert RescoringRun.jobs.count() == 2


def test_refuses_grades_that_do_not_descend_and_leaves_no_trace(now: datetime) -> None:
    kept = make.model(anything(), now=now)

    with pytest.raises(versions.ModelRefused) as refusal:
        versions.bring_into_force(
            terms=versions.Terms("Flat", 5, 10, 20, 30), rules=[anything()], by=None, now=now
        )

    assert str(refusal.value) == "The grades must descend: A needs more points than B, and B more than C."
    assert ScoringModel.objects.in_force().get() == kept
    assert RescoringRun.jobs.count() == 1


def test_refuses_too_many_rules_and_two_of_one_name(now: datetime) -> None:
    with pytest.raises(versions.ModelRefused) as many:
        versions.bring_into_force(
            terms=TERMS, rules=[anything(f"Rule {n}") for n in range(MAX_RULES + 1)], by=None, now=now
        )
    with pytest.raises(versions.ModelRefused) as twins:
        versions.bring_into_force(terms=TERMS, rules=[anything("Twin"), anything("Twin")], by=None, now=now)

    assert str(many.value) == "A scoring model holds at most 200 rules, and these are 201. Leave some out."
    assert str(twins.value) == "Two rules are called “Twin”. Give one of them another name."
    assert not ScoringModel.objects.exists()


@pytest.mark.parametrize("name", ["lead-genius", "hubspot-intent", "suspect-to-sql", "mal-to-sql", "c-suite"])
def test_every_blueprint_brings_its_scoring_into_force(name: str, now: datetime) -> None:
    counts = blueprints.use_blueprint(name=name, by=None, now=now)

    model = ScoringModel.objects.in_force().get()
    assert counts["scoring"] == model.rules.count() >= 10
    assert {rule.rule_kind.value for rule in model.rules.all()} == {"fit", "engagement", "negative"}
    assert (model.version, model.in_force_from) == (1, now)
    assert make.newest_run().scoring_model == model


def test_a_second_blueprint_is_the_next_version(now: datetime) -> None:
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now)
    blueprints.use_blueprint(name="suspect-to-sql", by=None, now=now + timedelta(minutes=1))

    newest = ScoringModel.objects.in_force().get()

    assert (newest.version, newest.name, newest.threshold) == (2, "Engagement several times over", 50)
    assert Definition.objects.in_force(now=now + timedelta(minutes=2)).exists()


def test_refuses_a_blueprint_whose_rule_contradicts_its_kind(now: datetime) -> None:
    make.kind("webinar")
    condition = {"kind": "activity", "activity_types": ["webinar"], "count": "times", "at_least": 1}
    section = {
        "name": "Odd",
        "threshold": 60,
        "grades": {"A": 80, "B": 60, "C": 30},
        "rules": [{"name": "Webinar", "points": 5, "kind": "fit", "max_times": 1, "condition": condition}],
    }

    with pytest.raises(versions.ModelRefused) as refusal:
        sections.scoring_from_blueprint(section)

    assert str(refusal.value) == (
        "The rule “Webinar” is called Fit, but its condition and points make it Engagement. Correct one of the two."
    )


def test_refuses_a_blueprint_whose_rule_names_an_unknown_activity(now: datetime) -> None:
    condition = {"kind": "activity", "activity_types": ["teleport"], "count": "times", "at_least": 1}
    section = {
        "name": "Odd",
        "threshold": 60,
        "grades": {"A": 80, "B": 60, "C": 30},
        "rules": [{"name": "Beamed", "points": 5, "kind": "engagement", "condition": condition}],
    }

    parts = sections.scoring_from_blueprint(section)

    with pytest.raises(versions.ModelRefused) as refusal:
        sections.check_scoring(parts, lambda key: {})

    assert str(refusal.value) == (
        "The rule “Beamed” can't be used. "
        "There is no activity type “teleport”. Add it to the catalogue or correct it."
    )


def test_the_score_may_be_asked_about_in_conditions() -> None:
    assert {name for name in FIELDS if name.startswith("score.")} == {
        "score.total",
        "score.fit",
        "score.engagement",
    }
    assert FIELDS["score.total"].path == "score__total"
