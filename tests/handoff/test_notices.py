from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from handoff import notices, routing, tasks
from handoff.models import Notice, NoticeKind, ServiceLevel
from imports.models import ImportBatch, ImportKind
from leadops.jobs import JobState
from leads import lifecycle
from leads.enums import PassBackPoint, Stage, Transition
from leads.models import Lead
from scoring.models import RescoringRun
from terminology import labels
from terminology.editing import rename_terms
from tests import factories
from tests.handoff import make

pytestmark = pytest.mark.django_db


def sentence(notice: Notice, now: datetime) -> str:
    (shown,) = notices.in_words(Notice.objects.filter(pk=notice.pk).with_subjects(), now=now)
    return shown.text


def test_tells_a_person_of_one_fact_once(now: datetime, team: Any) -> None:
    rep = make.rep(team)

    first = notices.notify(user=rep, kind=NoticeKind.JOB_ENDED, dedupe_key="run:1", now=now)
    second = notices.notify(
        user=rep, kind=NoticeKind.JOB_ENDED, dedupe_key="run:1", now=now + timedelta(hours=1)
    )

    assert first == second
    assert Notice.objects.count() == 1
    assert (first.created_at, first.state) == (now, JobState.QUEUED)


def test_counts_only_the_unread_ones_of_the_person(now: datetime, team: Any) -> None:
    rep = make.rep(team)
    make.notice(rep, now=now)
    make.notice(rep, now=now, read_at=now)
    make.notice(make.rep(team), now=now)
    make.notice(rep, now=now, lead=make.handed_over(now, owner=make.rep(team), team=team))

    assert notices.unread(rep) == 1
    assert notices.unread(AnonymousUser()) == 0


def test_marking_read_keeps_the_first_moment(now: datetime, team: Any) -> None:
    rep = make.rep(team)
    make.notice(rep, now=now)

    assert notices.mark_read(user=rep, now=now) == 1
    assert notices.mark_read(user=rep, now=now + timedelta(hours=1)) == 0

    assert Notice.objects.get().read_at == now


def test_says_who_it_is_and_by_when_to_reach_out(now: datetime, team: Any) -> None:
    ServiceLevel.objects.create(stage=Stage.MARKETING_QUALIFIED, first_response_hours=4)
    make.rep(team)
    make.rule(team)
    contact = factories.ContactFactory(
        first_name="Ada", last_name="Keller", title="COO", account__name="Northwind"
    )
    routing.route(lead=make.handed_over(now, contact=contact), now=now)
    notice = Notice.objects.get()

    in_time = sentence(notice, now)
    late = sentence(notice, now + timedelta(hours=5))

    assert in_time == (
        "Ada Keller (COO, Northwind): “Marketing qualified lead”, now with you. Reach out by Thu 12 Mar, 12:30."
    )
    assert late.endswith("A first response is 2 h late.")


def test_is_put_into_the_words_of_the_day_when_it_is_read(now: datetime, team: Any) -> None:
    rep = make.rep(team)
    contact = factories.ContactFactory(first_name="Ada", last_name="Keller", title="", account=None)
    notice = make.notice(rep, now=now, lead=make.handed_over(now, owner=rep, contact=contact))

    rename_terms(texts={"stage.marketing_qualified": "Hot enquiry"}, by=None, now=now)
    labels.refresh()

    assert sentence(notice, now) == "Ada Keller: “Hot enquiry”, now with you."
    assert "Hot" not in str(notice.facts)


# --- Who is told of what ----------------------------------------------------------------------------------------------


def test_tells_everybody_in_marketing_which_lead_came_back_and_why(now: datetime, team: Any) -> None:
    rep = make.rep(team, first_name="Dana", last_name="Reyes")
    marketers = [factories.UserFactory(role="marketing") for _ in range(2)]
    factories.UserFactory(role="marketing", is_active=False)
    factories.UserFactory(role="revops")
    contact = factories.ContactFactory(
        first_name="Ada", last_name="Keller", title="Intern", account__name="Northwind"
    )
    lead = make.handed_over(now, owner=rep, team=team, contact=contact)
    reason = factories.ReasonFactory(text="Not a decision maker")

    lifecycle.pass_back(
        lead=lead, by=rep, now=now, reason=reason, point=PassBackPoint.ON_SIGHT, note="Asked for her boss."
    )
    notices.catch_up(now=now)
    notices.catch_up(now=now + timedelta(minutes=1))

    assert sorted(notice.user.pk for notice in Notice.objects.all()) == sorted(user.pk for user in marketers)
    assert sentence(Notice.objects.all()[0], now) == (
        "Dana Reyes passed back Ada Keller (Intern, Northwind) on sight: Not a decision maker. “Asked for her boss.”"
    )


def test_tells_an_owner_that_the_own_lead_was_handed_over_and_leaves_it_there(
    now: datetime, team: Any
) -> None:
    owner = make.rep(team)
    make.rep(team)
    make.rule(team)
    lead = make.handed_over(now, owner=owner, team=team)
    make.change(lead, Transition.QUALIFY_MARKETING, at=now - timedelta(minutes=1))

    routing.route_waiting(now=now)
    notices.catch_up(now=now)
    notices.catch_up(now=now)

    assert Lead.objects.get(pk=lead.pk).owner == owner
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (owner, NoticeKind.LEAD_HANDED_OVER)
    assert "and you have it already" in sentence(notice, now)


def test_whoever_is_dealt_a_lead_is_told_once(now: datetime, team: Any) -> None:
    make.rep(team)
    make.rule(team)
    lead = make.handed_over(now)
    make.change(lead, Transition.QUALIFY_MARKETING, at=now - timedelta(minutes=1))

    for _ in range(2):
        routing.route_waiting(now=now)
        notices.catch_up(now=now)

    assert [notice.kind for notice in Notice.objects.all()] == [NoticeKind.LEAD_ASSIGNED]


def test_does_not_dig_up_what_happened_long_ago(now: datetime, team: Any) -> None:
    factories.UserFactory(role="marketing")
    lead = factories.LeadFactory(stage=Stage.IDENTIFIED)
    make.change(lead, Transition.PASS_BACK, at=now - timedelta(days=8), reason=factories.ReasonFactory())

    notices.catch_up(now=now)

    assert not Notice.objects.exists()


def test_tells_who_started_a_job_that_it_has_ended(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    marketer = factories.UserFactory(role="marketing")
    monkeypatch.setattr(
        RescoringRun,
        "announcement",
        lambda run: {
            "user_id": run.requested_by_id,
            "kind": NoticeKind.IMPORT_FINISHED,
            "url": "/admin/",
            "facts": {"name": "“fair.csv”", "counts": {"rows_done": 1200, "changed": 1100, "qualified": 0}},
        },
        raising=False,
    )
    RescoringRun.jobs.create(state=JobState.DONE, requested_by=marketer, started_at=now, finished_at=now)
    RescoringRun.jobs.create(state=JobState.RUNNING, requested_by=marketer, started_at=now)
    RescoringRun.jobs.create(state=JobState.DONE, started_at=now, finished_at=now)

    notices.catch_up(now=now)
    notices.catch_up(now=now)

    notice = Notice.objects.get()
    assert (notice.user, notice.url) == (marketer, "/admin/")
    assert sentence(notice, now) == "“fair.csv”: done, 1,200 rows done, 1,100 scores changed."


def test_the_task_deals_and_tells_in_one_go(team: Any) -> None:
    from django.utils import timezone

    now = timezone.now()
    rep, owner = make.rep(team), make.rep(team)
    make.rule(team)
    make.handed_over(now)
    own = make.handed_over(now, owner=owner)
    make.change(own, Transition.QUALIFY_MARKETING, at=now - timedelta(minutes=1))

    tasks.route_waiting()

    assert {(notice.user, notice.kind) for notice in Notice.objects.all()} == {
        (rep, NoticeKind.LEAD_ASSIGNED),
        (owner, NoticeKind.LEAD_HANDED_OVER),
    }


def test_marketing_is_told_when_a_list_is_loaded(now: datetime) -> None:
    marketer = factories.UserFactory(role="marketing")
    batch = ImportBatch.objects.create(
        kind=ImportKind.EVENT,
        source_name="Energy Expo",
        original_name="badges.csv",
        created_by=marketer,
        state=JobState.DONE,
        rows_total=12,
        rows_done=12,
        created=9,
        rejected=3,
        started_at=now,
        finished_at=now,
    )

    notices.catch_up(now=now)
    rename_terms(texts={"imports.importbatch.rejected": "turned away"}, by=None, now=now)
    labels.refresh()

    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (marketer, NoticeKind.IMPORT_FINISHED)
    assert notice.url == f"/admin/imports/list/{batch.pk}/"
    assert sentence(notice, now) == "Energy Expo (badges.csv): done, 9 new, 3 turned away."
