"""Many threads at the same leads (C5 to C7 of the reliability scenarios)."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from handoff import routing
from handoff.models import Assignment, Notice
from leads.models import Lead, TeamMember
from tests.handoff import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

THREADS = 30  # connections at a time; a server lets in a hundred


def at_once(call: Callable[[Any], Any], arguments: Iterable[Any], *, threads: int = THREADS) -> list[Any]:
    """Run `call` for each argument in as many threads, and return what came of each: a result or an exception."""

    def run(argument: Any) -> Any:
        try:
            return call(argument)
        except routing.AssignmentRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, arguments))


def test_a_hundred_runs_at_once_deal_each_lead_once_and_fairly(now: datetime, team: Any) -> None:
    reps = [make.rep(team) for _ in range(7)]
    make.rule(team)
    leads = [make.handed_over(now, hours_ago=place % 50) for place in range(300)]

    def deal(number: int) -> None:
        if number % 3:
            routing.route(
                lead=Lead.objects.get(pk=leads[number * 3].pk), now=now + timedelta(seconds=number % 5)
            )
        else:
            routing.route_waiting(now=now + timedelta(seconds=number % 7))

    at_once(deal, range(100))
    routing.route_waiting(now=now)

    counts = Counter(Lead.objects.values_list("owner", flat=True))
    assert sorted(counts) == sorted(rep.pk for rep in reps)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert Counter(Assignment.objects.values_list("lead", flat=True)) == Counter(lead.pk for lead in leads)
    assert dict(Assignment.objects.values_list("lead", "owner")) == dict(
        Lead.objects.values_list("pk", "owner")
    )
    assert Counter(Notice.objects.values_list("lead", flat=True)) == Counter(lead.pk for lead in leads)


@pytest.mark.parametrize("switch", ["receives_leads", "is_active"])
def test_a_rep_who_is_switched_off_while_leads_are_dealt_gets_nothing_afterwards(
    now: datetime, team: Any, switch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, here = make.rep(team), make.rep(team)
    make.rule(team)
    first, second = make.handed_over(now), make.handed_over(now)
    dealing = threading.Event()
    write = routing._write

    def write_slowly(*args: Any, **kwargs: Any) -> Any:
        """Her turn has come, and nothing is committed yet."""
        dealing.set()
        time.sleep(0.7)
        return write(*args, **kwargs)

    def work(lead: Lead | None) -> set[int]:
        if lead is not None:
            routing.route(lead=lead, now=now)
            return set()
        assert dealing.wait(30)
        if switch == "receives_leads":
            TeamMember.objects.filter(user=gone).update(receives_leads=False)
        else:
            get_user_model().objects.filter(pk=gone.pk).update(is_active=False)
        return hers()

    def hers() -> set[int]:
        return set(Assignment.objects.filter(owner=gone).values_list("lead", flat=True))

    monkeypatch.setattr(routing, "_write", write_slowly)
    outcomes = at_once(work, [first, None], threads=2)
    routing.route(lead=second, now=now)

    assert hers() == outcomes[1] == {first.pk}
    assert Lead.objects.get(pk=second.pk).owner == here


def test_of_many_who_take_the_same_lead_one_wins_and_the_others_are_told_who(
    now: datetime, team: Any
) -> None:
    reps = [make.rep(team) for _ in range(6)]
    leads = [make.handed_over(now, team=team) for _ in range(25)]

    def take(pair: tuple[int, Any]) -> Any:
        pk, rep = pair
        return routing.claim(lead=Lead.objects.get(pk=pk), by=rep, now=now)

    for lead in leads:
        outcomes = at_once(take, [(lead.pk, rep) for rep in reps], threads=6)

        owner = Lead.objects.get(pk=lead.pk).owner
        refusals = [str(outcome) for outcome in outcomes if isinstance(outcome, routing.AlreadyTaken)]
        assert len(refusals) == 5
        assert set(refusals) == {
            f"{owner.get_full_name()} was faster and has this lead now. Choose another one."
        }
    assert Assignment.objects.count() == 25


def test_dealing_and_taking_at_once_leave_one_owner_and_one_record(now: datetime, team: Any) -> None:
    reps = [make.rep(team) for _ in range(4)]
    make.rule(team)
    leads = [make.handed_over(now, team=team) for _ in range(40)]

    def work(number: int) -> None:
        lead = Lead.objects.get(pk=leads[number // 2].pk)
        if number % 2:
            routing.claim(lead=lead, by=reps[number % 4], now=now)
        else:
            routing.route(lead=lead, now=now)

    at_once(work, range(80))
    routing.route_waiting(now=now)

    assert Counter(Assignment.objects.values_list("lead", flat=True)) == Counter(lead.pk for lead in leads)
    assert dict(Assignment.objects.values_list("lead", "owner")) == dict(
        Lead.objects.values_list("pk", "owner")
    )
