from datetime import datetime, timedelta
from typing import Any

import pytest

from handoff import clocks
from handoff.models import ServiceLevel
from leads.enums import Channel, Stage
from leads.models import Lead
from tests import factories
from tests.handoff import make


def span(**parts: float) -> timedelta:
    return timedelta(**parts)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (span(seconds=-5), "less than a minute"),
        (span(seconds=59), "less than a minute"),
        (span(minutes=1), "1 min"),
        (span(minutes=59, seconds=59), "59 min"),
        (span(hours=1), "1 h"),
        (span(hours=3, minutes=20), "3 h 20 min"),
        (span(hours=24), "1 day"),
        (span(days=1, hours=4, minutes=50), "1 day 4 h"),
        (span(days=2, hours=23), "2 days 23 h"),
        (span(days=3, hours=5), "3 days"),
        (span(days=120), "120 days"),
    ],
)
def test_says_a_span_as_people_do(length: timedelta, text: str) -> None:
    assert clocks.spoken(length) == text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours_ago", "text", "is_overdue", "is_soon"),
    [
        (1.0, "due in 3 h", False, False),
        (3.5, "due in 30 min", False, True),
        (4.0, "due in less than a minute", False, True),
        (6.0, "2 h late", True, False),
    ],
)
def test_counts_down_to_the_agreed_hours(
    now: datetime, hours_ago: float, text: str, is_overdue: bool, is_soon: bool
) -> None:
    ServiceLevel.objects.create(stage=Stage.MARKETING_QUALIFIED, first_response_hours=4)
    lead = make.handed_over(now, hours_ago=hours_ago)

    clock = clock_of(lead, now)

    assert (clock.text, clock.is_overdue, clock.is_soon) == (text, is_overdue, is_soon)


@pytest.mark.django_db
def test_only_waits_where_nothing_is_agreed(now: datetime) -> None:
    lead = make.handed_over(now, hours_ago=50)

    clock = clock_of(lead, now)

    assert (clock.text, clock.due_at, clock.is_overdue) == ("waiting for 2 days 2 h", None, False)


@pytest.mark.django_db
def test_stops_when_a_person_reaches_out(now: datetime, team: Any) -> None:
    ServiceLevel.objects.create(stage=Stage.MARKETING_QUALIFIED, first_response_hours=4)
    rep = make.rep(team)
    lead = make.handed_over(now, hours_ago=8)
    call = factories.ActivityTypeFactory(attempt=True)
    note = factories.ActivityTypeFactory(key="note", channel=Channel.OTHER)
    # A call before the hand-over, a note to colleagues and what the person did are no response.
    factories.ActivityFactory(lead=lead, type=call, by=rep, at=now - span(hours=9))
    factories.ActivityFactory(lead=lead, type=note, by=rep, at=now - span(hours=7.5))
    factories.ActivityFactory(
        lead=lead, type=factories.ActivityTypeFactory(demo_request=True), at=now - span(hours=7)
    )

    waiting = clock_of(lead, now)
    factories.ActivityFactory(lead=lead, type=call, by=rep, at=now - span(hours=5))
    factories.ActivityFactory(lead=lead, type=call, by=rep, at=now - span(hours=2))
    reached = clock_of(lead, now)

    assert waiting.text == "4 h late"
    assert (reached.text, reached.is_overdue) == ("reached out after 3 h", False)


def clock_of(lead: Lead, now: datetime) -> clocks.Clock:
    timed = clocks.with_response(Lead.objects.filter(pk=lead.pk)).get()
    return clocks.clock(timed, hours=clocks.hours_by_stage(), now=now)
