"""Marks, batches, full runs, and the automatic steps."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadops.jobs import JobState
from leads import activities, lifecycle, people
from leads.enums import PassBackPoint, Stage
from leads.models import Lead, StageChange, StageSetting
from scoring import engine, rescoring, tasks
from scoring.models import DirtyLead, LeadScore, RescoringRun, ScoringModel
from tests.factories import (
    ActivityFactory,
    ContactFactory,
    LeadFactory,
    ReasonFactory,
    SourceFactory,
    TeamFactory,
    UserFactory,
    define,
)
from tests.scoring import make

pytestmark = pytest.mark.django_db

Model = Callable[..., ScoringModel]
WARM: dict[str, Any] = {"kind": "score", "field": "score.total", "operator": "gte", "value": "60"}
SENIOR: dict[str, Any] = {
    "kind": "field",
    "field": "contact.seniority",
    "operator": "in",
    "value": "c_suite, vp",
}


def marked() -> set[int]:
    return set(DirtyLead.objects.values_list("lead_id", flat=True))


def stage_of(lead: Lead) -> str:
    return Lead.objects.get(pk=lead.pk).stage


@pytest.fixture
def demo_model(model: Model) -> ScoringModel:
    """Sixty points for a demo request, ten for a webinar, ten for the C-suite."""
    make.kind("demo_request", is_hand_raiser=True, is_two_way=True, is_engagement=True)
    make.kind("webinar", is_engagement=True)
    make.kind("call_attempt", is_engagement=False)
    return model(
        make.rule("Demo", 60, activity_types=["demo_request"], within_days=30),
        make.rule("Webinars", 10, 3, activity_types=["webinar"], within_days=30),
        make.rule("C-suite", 10, field="contact.seniority", operator="is", value="c_suite"),
    )


# --- Birth and marks ----------------------------------------------------------------------------------------


def test_a_lead_has_a_score_from_its_birth_on_and_is_marked(now: datetime) -> None:
    person = people.clean({"last_name": "Keller", "email": "k.keller@northwind-works.example"}, country="DE")

    lead = people.receive(person=person, source=SourceFactory(), by=None, now=now).lead

    assert lead is not None
    row = make.scored(lead)
    assert (row.fit, row.engagement, row.total, row.grade, row.scoring_model) == (0, 0, 0, "", None)
    assert marked() == {lead.pk}


def test_what_a_lead_did_marks_it(demo_model: ScoringModel, now: datetime) -> None:
    lead = LeadFactory()
    assert marked() == set()

    activities.record(lead=lead, type=make.kind("webinar"), at=now, now=now)

    assert marked() == {lead.pk}


def test_births_and_marks_take_one_statement_each_whatever_the_number(now: datetime) -> None:
    ids = [lead.pk for lead in LeadFactory.create_batch(300, contact=None, stage=Stage.ANONYMOUS)]

    with CaptureQueriesContext(connection) as born:
        rescoring.give_scores(lead_ids=ids, now=now)
    with CaptureQueriesContext(connection) as touched:
        rescoring.mark_dirty(lead_ids=[*ids, *ids, 10**9], now=now)

    assert (len(born), len(touched)) == (1, 1)
    assert LeadScore.objects.count() == 300
    assert marked() == set(ids)


def test_marking_again_moves_the_moment_of_the_mark(now: datetime) -> None:
    lead = LeadFactory()
    rescoring.mark_dirty(lead_ids=[lead.pk], now=now)

    rescoring.mark_dirty(lead_ids=[lead.pk], now=now + timedelta(seconds=1))

    assert DirtyLead.objects.get().marked_at == now + timedelta(seconds=1)


def test_what_somebody_corrects_by_hand_marks_the_leads_that_it_concerns(now: datetime) -> None:
    lead, colleague, stranger = LeadFactory(), LeadFactory(), LeadFactory()
    colleague.contact.account = lead.contact.account
    colleague.contact.save()
    assert marked() == {colleague.pk}
    DirtyLead.objects.all().delete()

    lead.contact.title = "VP Sales"
    lead.contact.save()
    assert marked() == {lead.pk}
    lead.contact.account.employees = 9000
    lead.contact.account.save()
    assert marked() == {lead.pk, colleague.pk}
    stranger.source.kind = "referral"
    stranger.source.save()

    assert marked() == {lead.pk, colleague.pk, stranger.pk}


def test_a_changed_activity_type_rescores_every_lead(demo_model: ScoringModel) -> None:
    RescoringRun.jobs.all().delete()
    kind = make.kind("webinar")
    assert not RescoringRun.jobs.exists()

    kind.is_engagement = False
    kind.save()

    assert make.newest_run().scoring_model == demo_model


# --- Marked leads -------------------------------------------------------------------------------------------


def test_marked_leads_are_scored_once_and_lose_their_mark(demo_model: ScoringModel, now: datetime) -> None:
    lead = LeadFactory(contact__seniority="c_suite")
    other = LeadFactory(contact__seniority="c_suite")
    rescoring.mark_dirty(lead_ids=[lead.pk], now=now)

    first = rescoring.rescore_dirty(now=now)
    second = rescoring.rescore_dirty(now=now)

    assert first == rescoring.Rescored(leads=1, changed=1, qualified=0)
    assert second == rescoring.Rescored()
    assert (make.scored(lead).total, marked()) == (10, set())
    assert not LeadScore.objects.filter(lead=other).exists()


def test_a_task_takes_what_is_marked(demo_model: ScoringModel, now: datetime) -> None:
    lead = LeadFactory(contact__seniority="c_suite")
    rescoring.mark_dirty(lead_ids=[lead.pk], now=now)

    tasks.rescore_dirty()

    assert (make.scored(lead).total, marked()) == (10, set())


def test_a_mark_that_is_set_again_while_the_score_is_computed_stays(
    demo_model: ScoringModel, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads = LeadFactory.create_batch(3)
    rescoring.mark_dirty(lead_ids=[lead.pk for lead in leads], now=now)
    write_scores = engine.write_scores

    def write_while_somebody_acts(*args: Any, **kwargs: Any) -> int:
        written = write_scores(*args, **kwargs)
        ActivityFactory(lead=leads[1], type=make.kind("webinar"), at=now)
        rescoring.mark_dirty(lead_ids=[leads[1].pk], now=now + timedelta(milliseconds=1))
        return written

    with monkeypatch.context() as patched:
        patched.setattr(engine, "write_scores", write_while_somebody_acts)
        rescoring.rescore_dirty(now=now)

    assert marked() == {leads[1].pk}
    rescoring.rescore_dirty(now=now)
    assert (make.scored(leads[1]).engagement, marked()) == (10, set())


def test_a_worker_that_dies_between_batches_leaves_the_rest_marked(
    demo_model: ScoringModel, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescoring, "BATCH", 2)
    leads = sorted(LeadFactory.create_batch(5, contact__seniority="c_suite"), key=lambda lead: lead.pk)
    rescoring.mark_dirty(lead_ids=[lead.pk for lead in leads], now=now)
    advance, calls = rescoring.advance, []

    def die_in_the_second_batch(*args: Any, **kwargs: Any) -> int:
        calls.append(args)
        if len(calls) == 2:
            raise SystemExit
        return advance(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(rescoring, "advance", die_in_the_second_batch)
        with pytest.raises(SystemExit):
            rescoring.rescore_dirty(now=now)

    assert marked() == {lead.pk for lead in leads[2:]}
    assert set(LeadScore.objects.values_list("lead_id", flat=True)) == {lead.pk for lead in leads[:2]}
    assert rescoring.rescore_dirty(now=now) == rescoring.Rescored(leads=3, changed=3)
    assert marked() == set()


def test_a_pass_ends_and_leaves_what_is_beyond_its_bound(
    demo_model: ScoringModel, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescoring, "BATCH", 2)
    leads = LeadFactory.create_batch(5)
    rescoring.mark_dirty(lead_ids=[lead.pk for lead in leads], now=now)

    assert rescoring.rescore_dirty(now=now, batches=2).leads == 4
    assert len(marked()) == 1


def test_an_activity_dated_ahead_counts_when_its_moment_has_come(
    demo_model: ScoringModel, now: datetime
) -> None:
    lead = LeadFactory()
    activities.record(lead=lead, type=make.kind("webinar"), at=now + timedelta(minutes=2), now=now)

    rescoring.rescore_dirty(now=now)
    assert (make.scored(lead).engagement, marked()) == (0, {lead.pk})
    rescoring.rescore_dirty(now=now + timedelta(minutes=2))

    assert (make.scored(lead).engagement, marked()) == (10, set())


def test_rescoring_with_a_late_clock_marks_leads_whose_activities_it_could_not_count(
    demo_model: ScoringModel, now: datetime
) -> None:
    lead = ActivityFactory(type=make.kind("webinar"), at=now).lead

    rescoring.rescore([lead.pk], now=now - timedelta(seconds=1))

    assert marked() == {lead.pk}


def test_a_batch_takes_the_same_number_of_statements_for_two_leads_and_for_forty(
    demo_model: ScoringModel, now: datetime
) -> None:
    define(Stage.PREQUALIFIED, SENIOR)
    define(Stage.MARKETING_QUALIFIED, WARM)

    def statements(number: int) -> int:
        ids = [lead.pk for lead in LeadFactory.create_batch(number)]
        rescoring.mark_dirty(lead_ids=ids, now=now)
        with CaptureQueriesContext(connection) as asked:
            rescoring.rescore_dirty(now=now)
        return len(asked)

    statements(1)  # fills caches such as content types
    assert statements(40) == statements(2) <= 40


def test_without_a_model_marks_still_go_and_definitions_without_score_still_count(now: datetime) -> None:
    demo = make.kind("demo_request", is_hand_raiser=True, is_engagement=True)
    define(Stage.MARKETING_QUALIFIED, {"kind": "activity", "activity_types": "hand_raiser"})
    lead = LeadFactory()
    activities.record(lead=lead, type=demo, at=now, now=now)

    done = rescoring.rescore_dirty(now=now)

    assert done == rescoring.Rescored(leads=1, changed=0, qualified=1)
    assert (stage_of(lead), marked()) == (Stage.MARKETING_QUALIFIED, set())


# --- Chosen leads -------------------------------------------------------------------------------------------


def test_rescore_takes_a_queryset_or_ids(demo_model: ScoringModel, now: datetime) -> None:
    leads = LeadFactory.create_batch(3, contact__seniority="c_suite")

    some = rescoring.rescore([leads[0].pk, leads[0].pk], now=now)
    rest = rescoring.rescore(Lead.objects.all(), now=now)

    assert some == rescoring.Rescored(leads=1, changed=1)
    assert rest == rescoring.Rescored(leads=3, changed=2)


# --- Automatic steps ----------------------------------------------------------------------------------------


@pytest.fixture
def agreed(demo_model: ScoringModel) -> ScoringModel:
    """Pre-qualified: C-suite or VP. Marketing qualified: sixty points."""
    define(Stage.PREQUALIFIED, SENIOR)
    define(Stage.MARKETING_QUALIFIED, WARM)
    return demo_model


def test_a_lead_goes_to_sales_when_its_new_score_meets_the_definition(
    agreed: ScoringModel, now: datetime
) -> None:
    lead = LeadFactory(contact__seniority="c_suite")
    activities.record(lead=lead, type=make.kind("demo_request"), at=now, now=now)

    done = rescoring.rescore_dirty(now=now)

    assert done.qualified == 1
    assert stage_of(lead) == Stage.MARKETING_QUALIFIED
    steps = list(
        StageChange.objects.filter(lead=lead).order_by("pk").values_list("transition", "score", "actor")
    )
    assert steps == [("prequalify", 70, None), ("qualify_marketing", 70, None)]


def test_a_suspect_who_answers_takes_every_step_on_the_way(agreed: ScoringModel, now: datetime) -> None:
    lead = LeadFactory(stage=Stage.SUSPECT, contact__seniority="vp")
    activities.record(lead=lead, type=make.kind("demo_request"), at=now, now=now)

    rescoring.rescore_dirty(now=now)

    names = StageChange.objects.filter(lead=lead).order_by("pk").values_list("transition", flat=True)
    assert list(names) == ["identify", "prequalify", "qualify_marketing"]


def test_a_name_from_a_purchased_list_stays_a_suspect_however_well_it_fits(
    model: Model, now: datetime
) -> None:
    model(make.rule("C-suite", 90, field="contact.seniority", operator="is", value="c_suite"))
    define(Stage.PREQUALIFIED, SENIOR)
    define(Stage.MARKETING_QUALIFIED, WARM)
    bought = LeadFactory(purchased=True, contact__seniority="c_suite")
    met = LeadFactory(contact__seniority="c_suite")

    done = rescoring.rescore([bought.pk, met.pk], now=now)

    assert make.scored(bought).total == make.scored(met).total == 90
    assert done.qualified == 1
    assert (stage_of(bought), stage_of(met)) == (Stage.SUSPECT, Stage.MARKETING_QUALIFIED)


def test_a_call_attempt_by_a_rep_is_no_sign_of_interest_of_a_purchased_name(
    model: Model, now: datetime
) -> None:
    attempt = make.kind("call_attempt", is_engagement=False)
    webinar = make.kind("webinar", is_engagement=True)
    model(make.rule("C-suite", 90, field="contact.seniority", operator="is", value="c_suite"))
    define(Stage.MARKETING_QUALIFIED, WARM)
    bought = LeadFactory(purchased=True, contact__seniority="c_suite")

    activities.record(lead=bought, type=attempt, at=now, now=now)
    rescoring.rescore_dirty(now=now)
    assert stage_of(bought) == Stage.SUSPECT
    activities.record(lead=bought, type=webinar, at=now, now=now)
    rescoring.rescore_dirty(now=now)

    assert stage_of(bought) == Stage.MARKETING_QUALIFIED


def test_a_lead_that_sales_passed_back_waits_for_a_new_sign_of_interest(
    agreed: ScoringModel, now: datetime
) -> None:
    team = TeamFactory()
    rep = UserFactory(role="sales_rep", team=team)
    lead = LeadFactory(team=team, contact__seniority="c_suite")
    demo = make.kind("demo_request")
    activities.record(lead=lead, type=demo, at=now - timedelta(days=1), now=now)
    rescoring.rescore_dirty(now=now)
    lifecycle.pass_back(
        lead=Lead.objects.get(pk=lead.pk),
        by=rep,
        now=now,
        reason=ReasonFactory(),
        point=PassBackPoint.ON_SIGHT,
    )

    rescoring.rescore([lead.pk], now=now + timedelta(minutes=1))
    assert (stage_of(lead), make.scored(lead).total) == (Stage.IDENTIFIED, 70)
    later = now + timedelta(minutes=2)
    activities.record(lead=lead, type=demo, at=later, now=later)
    done = rescoring.rescore_dirty(now=later)

    assert (done.qualified, stage_of(lead)) == (1, Stage.MARKETING_QUALIFIED)


def test_a_person_who_opted_out_is_not_handed_to_sales(agreed: ScoringModel, now: datetime) -> None:
    lead = LeadFactory(contact=ContactFactory(seniority="c_suite", opted_out_at=now))
    activities.record(lead=lead, type=make.kind("demo_request"), at=now, now=now)

    assert rescoring.rescore_dirty(now=now).qualified == 0
    assert stage_of(lead) == Stage.PREQUALIFIED


def test_a_stage_that_the_company_does_not_use_is_stepped_over(agreed: ScoringModel, now: datetime) -> None:
    StageSetting.objects.create(stage=Stage.PREQUALIFIED, in_use=False)
    lead = LeadFactory(contact__seniority="c_suite")
    activities.record(lead=lead, type=make.kind("demo_request"), at=now, now=now)

    rescoring.rescore_dirty(now=now)

    names = StageChange.objects.filter(lead=lead).values_list("transition", flat=True)
    assert (list(names), stage_of(lead)) == (["qualify_marketing"], Stage.MARKETING_QUALIFIED)


def test_leads_of_sales_and_ended_leads_are_scored_but_not_moved(agreed: ScoringModel, now: datetime) -> None:
    stages = [Stage.SALES_ACCEPTED, Stage.SALES_QUALIFIED, Stage.CUSTOMER, Stage.DISQUALIFIED]
    leads = [LeadFactory(stage=stage, contact__seniority="c_suite") for stage in stages]
    for lead in leads:
        activities.record(lead=lead, type=make.kind("demo_request"), at=now, now=now)

    assert rescoring.rescore_dirty(now=now) == rescoring.Rescored(leads=4, changed=4, qualified=0)
    assert [stage_of(lead) for lead in leads] == stages
    assert {make.scored(lead).total for lead in leads} == {70}


# --- All leads ----------------------------------------------------------------------------------------------


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescoring, "CHUNK", 2)


def test_a_run_scores_every_lead_and_counts(agreed: ScoringModel, small_chunks: None, now: datetime) -> None:
    leads = LeadFactory.create_batch(5, contact__seniority="c_suite")
    ActivityFactory(lead=leads[3], type=make.kind("demo_request"), at=now)
    run = make.newest_run()

    assert run.perform(now=now + timedelta(days=1)) is True

    run.refresh_from_db()
    assert (run.state, run.rows_total, run.rows_done, run.percent) == (JobState.DONE, 5, 5, 100)
    assert (run.changed, run.cursor) == (5, max(lead.pk for lead in leads))
    assert LeadScore.objects.filter(scoring_model=agreed).count() == 5


def test_a_run_that_dies_goes_on_where_its_last_chunk_ended(
    agreed: ScoringModel, small_chunks: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads = sorted(LeadFactory.create_batch(5, contact__seniority="c_suite"), key=lambda lead: lead.pk)
    write_scores, seen = engine.write_scores, []

    def die_in_the_second_chunk(compiled: engine.Compiled, *, chosen: engine.Chosen) -> int:
        written = write_scores(compiled, chosen=chosen)
        seen.append(chosen)
        if len(seen) == 2:
            raise MemoryError
        return written

    run = make.newest_run()
    with monkeypatch.context() as patched:
        patched.setattr(engine, "write_scores", die_in_the_second_chunk)
        with pytest.raises(MemoryError):
            run.perform(now=now)
    run.refresh_from_db()
    assert (run.state, run.rows_done, run.cursor) == (JobState.QUEUED, 2, leads[1].pk)
    assert LeadScore.objects.count() == 2

    assert run.perform(now=run.run_after) is True

    run.refresh_from_db()
    assert (run.state, run.rows_done, run.changed) == (JobState.DONE, 5, 5)


def test_a_cancelled_run_ends_with_its_present_chunk_undone(
    agreed: ScoringModel, small_chunks: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    LeadFactory.create_batch(4)
    run = make.newest_run()
    write_scores = engine.write_scores

    def cancel_meanwhile(*args: Any, **kwargs: Any) -> int:
        RescoringRun.jobs.filter(pk=run.pk).update(state=JobState.CANCELLED)
        return write_scores(*args, **kwargs)

    monkeypatch.setattr(engine, "write_scores", cancel_meanwhile)

    assert run.perform(now=now) is False
    assert LeadScore.objects.count() == 0


def test_asking_twice_gives_one_run(agreed: ScoringModel, now: datetime) -> None:
    RescoringRun.jobs.all().delete()
    user = UserFactory()

    first = rescoring.request_rescoring(by=user, now=now)
    second = rescoring.request_rescoring(by=None, now=now)

    assert first == second
    assert (first.requested_by, first.scoring_model, first.state) == (user, agreed, JobState.QUEUED)


def test_every_night_a_run_is_asked_for(agreed: ScoringModel) -> None:
    RescoringRun.jobs.all().delete()

    tasks.rescore_nightly()

    assert make.newest_run().scoring_model == agreed


def test_a_window_that_has_passed_takes_its_points_along(agreed: ScoringModel, now: datetime) -> None:
    lead = ActivityFactory(type=make.kind("webinar"), at=now).lead
    rescoring.rescore([lead.pk], now=now)
    assert make.scored(lead).total > 0

    done = rescoring.rescore([lead.pk], now=now + timedelta(days=30, microseconds=1))

    assert (done.changed, make.scored(lead).engagement) == (1, 0)
