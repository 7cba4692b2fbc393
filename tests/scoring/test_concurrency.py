"""People act, two workers rescore and a full run walks, all at once: afterwards every score is right."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from leads import activities
from leads.models import Activity
from scoring import engine, rescoring, versions
from scoring.models import DirtyLead, LeadScore, ScoringModel
from tests.factories import AccountFactory, LeadFactory
from tests.scoring import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

ROUNDS = 4
LEADS = 40


def all_at_once(*works: Callable[[], None]) -> list[BaseException]:
    """Run each work in a thread of its own; returns what went wrong."""

    def in_a_thread(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(works)) as pool:
        futures = [pool.submit(in_a_thread, work) for work in works]
    return [fault for future in futures if (fault := future.exception()) is not None]


@pytest.mark.serial
def test_no_activity_is_lost_and_nobody_is_locked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescoring, "BATCH", 7)
    monkeypatch.setattr(rescoring, "CHUNK", 11)
    kind = make.kind("webinar")
    rules = [make.rule("Webinars", 1, 1000, activity_types=["webinar"])]
    make.model(*rules, now=timezone.now())
    leads = LeadFactory.create_batch(LEADS, contact__account=AccountFactory())
    rescoring.give_scores(lead_ids=[lead.pk for lead in leads], now=timezone.now())
    over = threading.Event()

    def act() -> None:
        try:
            for place in range(ROUNDS * LEADS):
                moment = timezone.now()
                # Each activity touches its lead and, in reverse order, a few others: the recipe for a deadlock.
                activities.record(
                    lead=leads[place % LEADS], type=kind, at=moment - timedelta(seconds=1), now=moment
                )
                rescoring.mark_dirty(
                    lead_ids=[lead.pk for lead in reversed(leads[place % 5 :: 5])], now=moment
                )
        finally:
            over.set()

    def rescore_marked() -> None:
        while not over.is_set():
            rescoring.rescore_dirty(now=timezone.now())

    def rescore_all() -> None:
        while not over.is_set():
            run = rescoring.request_rescoring(by=None, now=timezone.now())
            run.perform(now=timezone.now())

    def change_the_rules() -> None:
        terms = versions.Terms("Again", 60, 80, 60, 30)
        while not over.wait(timeout=0.2):
            versions.bring_into_force(terms=terms, rules=rules, by=None, now=timezone.now())

    assert all_at_once(act, rescore_marked, rescore_marked, rescore_all, change_the_rules) == []
    while rescoring.rescore_dirty(now=timezone.now()).leads:
        pass
    rescoring.rescore_all(by=None, now=timezone.now())

    assert Activity.objects.count() == ROUNDS * LEADS
    assert set(LeadScore.objects.values_list("total", flat=True)) == {ROUNDS}
    assert not DirtyLead.objects.exists()
    assert set(LeadScore.objects.values_list("scoring_model", flat=True)) == {
        ScoringModel.objects.in_force().get().pk
    }


@pytest.mark.serial
def test_a_slow_run_does_not_put_an_older_score_over_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = make.kind("webinar")
    make.model(make.rule("Webinars", 5, 1000, activity_types=["webinar"]), now=timezone.now())
    lead = LeadFactory()
    LeadScore.objects.create(lead=lead, fit=99, total=99)  # so that the slow run has something to write
    quick = engine._WRITE
    slow = quick.replace("(SELECT {casts})", "(SELECT {casts} FROM pg_sleep(1))", 1)
    assert slow != quick
    monkeypatch.setattr(engine, "_WRITE", slow)

    def run_slowly() -> None:
        rescoring.rescore([lead.pk], now=timezone.now())

    def act_meanwhile() -> None:
        time.sleep(0.4)  # the slow statement has begun and sees nothing of what follows
        monkeypatch.setattr(engine, "_WRITE", quick)
        moment = timezone.now()
        activities.record(lead=lead, type=kind, at=moment - timedelta(hours=1), now=moment)
        rescoring.rescore_dirty(now=timezone.now())

    assert all_at_once(run_slowly, act_meanwhile) == []
    while DirtyLead.objects.exists():
        rescoring.rescore_dirty(now=timezone.now())

    assert make.scored(lead).total == 5
