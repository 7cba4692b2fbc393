"""Rules and models for the tests of scoring."""

from datetime import datetime
from typing import Any

from leads.models import ActivityType, Lead
from scoring import versions
from scoring.models import LeadScore, RescoringRun, Rule, ScoringModel
from tests.factories import ActivityTypeFactory


def rule(name: str = "", points: int = 10, max_times: int = 1, **condition: Any) -> Rule:
    """An unsaved rule: `rule("C-suite", 25, field="contact.seniority", operator="is", value="c_suite")`."""
    kind = "activity" if "activity_types" in condition else "field"
    made = Rule.from_dict(
        {"kind": kind, **condition}, name=name or f"{points} points", points=points, max_times=max_times
    )
    assert isinstance(made, Rule)
    return made


def model(*rules: Rule | dict[str, Any], now: datetime, **terms: Any) -> ScoringModel:
    """A scoring model in force with these rules."""
    made = [row if isinstance(row, Rule) else rule(**row) for row in rules]
    wanted: dict[str, Any] = {
        "name": "Profile and interest",
        "threshold": 60,
        "grade_a": 80,
        "grade_b": 60,
        "grade_c": 30,
    }
    return versions.bring_into_force(terms=versions.Terms(**(wanted | terms)), rules=made, by=None, now=now)


def kind(key: str, **fields: Any) -> ActivityType:
    """The activity type `key`."""
    return ActivityTypeFactory(key=key, **fields)


def scored(lead: Lead) -> LeadScore:
    """The score of the lead as the database has it."""
    return LeadScore.objects.get(lead=lead)


def newest_run() -> RescoringRun:
    run = RescoringRun.jobs.order_by("-pk").first()
    assert run is not None
    return run
