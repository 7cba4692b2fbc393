"""`rescore` and `explain_score`, as RevOps automates them."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from leadops.jobs import LEASE, JobState
from leads.enums import Stage
from leads.models import Lead
from scoring import rescoring
from scoring.models import RescoringRun
from tests.factories import ActivityFactory, LeadFactory, define
from tests.scoring import make

pytestmark = pytest.mark.django_db


def output(*arguments: Any) -> dict[str, Any]:
    """What the command prints with --json, which must be one object and nothing else."""
    printed = StringIO()
    call_command(*[str(argument) for argument in arguments], "--json", stdout=printed)
    found: dict[str, Any] = json.loads(printed.getvalue())
    return found


@pytest.fixture
def lead() -> Lead:
    """A VP with a demo request, worth seventy-five points."""
    now = timezone.now()
    demo = make.kind("demo_request", name="Demo request", is_hand_raiser=True, is_engagement=True)
    make.model(
        make.rule("Demo", 60, activity_types=["demo_request"], within_days=30),
        make.rule("VP", 15, field="contact.seniority", operator="is", value="vp"),
        now=now - timedelta(days=1),
    )
    define(
        Stage.MARKETING_QUALIFIED, {"kind": "score", "field": "score.total", "operator": "gte", "value": "60"}
    )
    made: Lead = LeadFactory(contact__seniority="vp")
    ActivityFactory(lead=made, type=demo, at=now - timedelta(days=2))
    return made


def test_rescore_takes_the_marked_leads(lead: Lead) -> None:
    LeadFactory()
    rescoring.mark_dirty(lead_ids=[lead.pk], now=timezone.now())

    found = output("rescore")

    assert found == {"leads": 1, "changed": 1, "qualified": 1, "seconds": found["seconds"]}
    assert 0 <= found["seconds"] < 60


def test_rescore_lead_takes_these_leads_only(lead: Lead) -> None:
    other = LeadFactory()
    LeadFactory()

    found = output("rescore", "--lead", lead.pk, "--lead", other.pk)

    assert (found["leads"], found["changed"], found["qualified"]) == (2, 2, 1)
    assert make.scored(lead).total == 75


def test_rescore_all_takes_every_lead_and_leaves_its_run_to_be_read(lead: Lead) -> None:
    LeadFactory.create_batch(2)

    found = output("rescore", "--all")

    assert (found["leads"], found["changed"], found["qualified"]) == (3, 3, 1)
    run = make.newest_run()
    assert (run.state, run.rows_done, run.changed, run.qualified) == (JobState.DONE, 3, 3, 1)


def test_rescore_all_refuses_while_a_worker_is_at_it(lead: Lead) -> None:
    now = timezone.now()
    RescoringRun.jobs.update(state=JobState.RUNNING, lease_until=now + LEASE)

    with pytest.raises(CommandError) as refusal:
        output("rescore", "--all")

    assert refusal.value.returncode == 1
    assert str(refusal.value) == (
        "A run over all leads is under way elsewhere, or this one was cancelled. See the list of rescoring runs."
    )


def test_rescore_says_the_same_to_a_person(lead: Lead) -> None:
    printed = StringIO()

    call_command("rescore", "--lead", str(lead.pk), stdout=printed)

    text = printed.getvalue()
    assert text.startswith("1 leads looked at in 0.")
    assert "1 scores changed, 1 leads handed to sales." in text


@pytest.mark.parametrize("arguments", [["rescore", "--lead", "987654"], ["explain_score", "987654"]])
def test_a_lead_that_is_not_there_is_refused_with_a_sentence(arguments: list[str]) -> None:
    with pytest.raises(CommandError) as refusal:
        output(*arguments)

    assert refusal.value.returncode == 1
    assert str(refusal.value) == "There is no lead 987654. Look its number up in the list of leads."


def test_explain_score_gives_reasons_that_add_up(lead: Lead) -> None:
    day = timezone.now() - timedelta(days=2)

    found = output("explain_score", lead.pk)

    assert found == {
        "total": 75,
        "fit": 15,
        "engagement": 60,
        "grade": "B",
        "reasons": [
            {"rule": "Demo", "points": 60, "because": f"Demo request on {day:%d %b %Y}"},
            {"rule": "VP", "points": 15, "because": "VP"},
        ],
    }


def test_explain_score_says_the_same_to_a_person(lead: Lead) -> None:
    printed = StringIO()

    call_command("explain_score", str(lead.pk), stdout=printed)

    first, *reasons = printed.getvalue().rstrip("\n").split("\n")
    assert first == "75 points, grade B (fit 15, engagement 60)"
    assert [line.split("(")[0] for line in reasons] == ["  +60  Demo ", "  +15  VP "]
