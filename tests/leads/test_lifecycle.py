from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_fsm import TransitionNotAllowed

from leadops.records import HistoryIsWrittenOnce
from leads import lifecycle
from leads.enums import ROUTES, OpportunityStage, PassBackPoint, Stage, Transition
from leads.models import Lead, Milestone, Opportunity, StageChange, StageSetting
from leads.signals import stage_changed
from scoring.models import LeadScore
from terminology.models import Agreement
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return factories.TeamFactory()


@pytest.fixture
def rep(team: Any) -> Any:
    return factories.UserFactory(role="sales_rep", team=team, first_name="Dana", last_name="Reyes")


@pytest.fixture
def marketer() -> Any:
    return factories.UserFactory(role="marketing")


@pytest.fixture
def mql_definition() -> Any:
    return factories.define(
        Stage.MARKETING_QUALIFIED,
        {"kind": "field", "field": "contact.seniority", "operator": "in", "value": "c_suite, vp"},
        {"kind": "activity", "activity_types": "engagement", "at_least": 1},
    )


def engaged(lead: Lead, now: datetime, **trait: Any) -> None:
    factories.ActivityFactory(
        lead=lead, type=factories.ActivityTypeFactory(**trait), at=now - timedelta(days=1)
    )


def test_identifies_a_suspect_who_answered_and_writes_it_down(now: datetime, marketer: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.SUSPECT)
    engaged(lead, now, demo_request=True)

    change = lifecycle.move(lead=lead, transition=Transition.IDENTIFY, by=marketer, now=now)

    assert lead.stage == Stage.IDENTIFIED
    assert lead.stage_entered_at == now
    assert (change.from_stage, change.to_stage, change.actor, change.at) == (
        "suspect",
        "identified",
        marketer,
        now,
    )
    assert Milestone.objects.filter(lead=lead, stage=Stage.IDENTIFIED, at=now).exists()


def test_refuses_to_identify_a_name_that_never_answered(now: datetime, marketer: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.SUSPECT)

    with pytest.raises(lifecycle.StepRefused, match="has not answered or given us details"):
        lifecycle.move(lead=lead, transition=Transition.IDENTIFY, by=marketer, now=now)

    lead = Lead.objects.get(pk=lead.pk)
    assert lead.stage == Stage.SUSPECT
    assert not StageChange.objects.filter(lead=lead).exists()


def test_hands_a_lead_to_sales_when_the_definition_is_met(now: datetime, mql_definition: Any) -> None:
    lead = factories.LeadFactory()
    engaged(lead, now)

    change = lifecycle.move(lead=lead, transition=Transition.QUALIFY_MARKETING, by=None, now=now)

    assert lead.stage == Stage.MARKETING_QUALIFIED
    assert change.definition == mql_definition
    assert change.source == lead.source


def test_keeps_a_purchased_name_back_until_it_does_something(now: datetime) -> None:
    factories.define(
        Stage.MARKETING_QUALIFIED,
        {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "c_suite"},
    )
    lead = factories.LeadFactory(purchased=True)

    with pytest.raises(lifecycle.StepRefused, match="only by what the person does"):
        lifecycle.move(lead=lead, transition=Transition.QUALIFY_MARKETING, by=None, now=now)
    lead = Lead.objects.get(pk=lead.pk)
    engaged(lead, now)
    lifecycle.move(lead=lead, transition=Transition.QUALIFY_MARKETING, by=None, now=now)

    assert lead.stage == Stage.MARKETING_QUALIFIED


def test_says_that_a_definition_is_missing(now: datetime, marketer: Any) -> None:
    lead = factories.LeadFactory()

    with pytest.raises(lifecycle.StepRefused, match="No definition of “Pre-qualified” is in force"):
        lifecycle.move(lead=lead, transition=Transition.PREQUALIFY, by=marketer, now=now)


def test_accepting_asks_for_every_criterion_and_gives_the_lead_an_owner(
    now: datetime, rep: Any, team: Any, mql_definition: Any
) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    engaged(lead, now)
    criteria = [row.pk for row in mql_definition.criteria.criteria.all()]

    with pytest.raises(lifecycle.StepRefused, match="Confirm each criterion"):
        lifecycle.accept(lead=lead, by=rep, now=now, confirmed=criteria[:1])
    change = lifecycle.accept(lead=lead, by=rep, now=now, confirmed=criteria)

    assert (lead.stage, lead.owner) == (Stage.SALES_ACCEPTED, rep)
    assert [item["criterion"] for item in change.confirmed] == [
        "Seniority is one of C-suite or VP",
        "Any engagement",
    ]


def test_the_second_of_two_who_accept_is_told_who_was_first(
    now: datetime, rep: Any, team: Any, mql_definition: Any
) -> None:
    other = factories.UserFactory(role="sales_manager", team=team)
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    seen_by_other = Lead.objects.get(pk=lead.pk)

    lifecycle.accept(
        lead=lead, by=rep, now=now, confirmed=[row.pk for row in mql_definition.criteria.criteria.all()]
    )
    with pytest.raises(
        lifecycle.AlreadyMoved, match="Dana Reyes was faster: the lead is now “Sales accepted lead”"
    ):
        lifecycle.move(lead=seen_by_other, transition=Transition.ACCEPT, by=other, now=now)

    assert StageChange.objects.filter(lead=lead).count() == 1


def test_a_second_click_changes_nothing_and_says_so(now: datetime, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    lifecycle.accept(lead=lead, by=rep, now=now, confirmed=[])

    with pytest.raises(lifecycle.AlreadyMoved, match="You have already done this"):
        lifecycle.refuse_stale(lead=lead, seen=Stage.MARKETING_QUALIFIED, by=rep)


def test_passing_back_needs_a_reason_and_enters_nurture(now: datetime, rep: Any, team: Any) -> None:
    programme = factories.NurtureProgrammeFactory()
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)

    with pytest.raises(lifecycle.StepRefused, match="needs a reason from the catalogue"):
        lifecycle.move(lead=lead, transition=Transition.PASS_BACK, by=rep, now=now)
    change = lifecycle.pass_back(
        lead=lead, by=rep, now=now, reason=factories.ReasonFactory(), point=PassBackPoint.ON_SIGHT
    )

    assert (lead.stage, lead.owner, lead.passed_back_at) == (Stage.IDENTIFIED, None, now)
    assert change.pass_back_point == PassBackPoint.ON_SIGHT
    assert lead.nurture.get().programme == programme
    assert Milestone.objects.filter(lead=lead, stage=Stage.MARKETING_QUALIFIED).exists()


def test_a_reason_that_needs_a_note_is_refused_without_one(now: datetime, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    reason = factories.ReasonFactory(key="other", text="Other", needs_note=True)

    with pytest.raises(lifecycle.StepRefused, match="“Other” needs a note"):
        lifecycle.pass_back(lead=lead, by=rep, now=now, reason=reason, point=PassBackPoint.ON_SIGHT)


def test_a_passed_back_lead_returns_only_with_new_interest(
    now: datetime, rep: Any, team: Any, mql_definition: Any
) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)
    engaged(lead, now)
    lifecycle.pass_back(
        lead=lead, by=rep, now=now, reason=factories.ReasonFactory(), point=PassBackPoint.AFTER_CALL
    )

    with pytest.raises(lifecycle.StepRefused, match="nothing has happened since"):
        lifecycle.move(lead=lead, transition=Transition.QUALIFY_MARKETING, by=None, now=now)
    lead = Lead.objects.get(pk=lead.pk)
    engaged(lead, now + timedelta(days=3))
    lifecycle.move(lead=lead, transition=Transition.QUALIFY_MARKETING, by=None, now=now + timedelta(days=3))

    assert lead.stage == Stage.MARKETING_QUALIFIED
    assert not lead.nurture.filter(left_at=None).exists()


def test_sales_qualified_needs_a_talk_and_the_whole_checklist(now: datetime, rep: Any, team: Any) -> None:
    question = factories.QualificationQuestionFactory()
    lead = factories.LeadFactory(stage=Stage.SALES_ACCEPTED, team=team, owner=rep)

    with pytest.raises(lifecycle.StepRefused) as refusal:
        lifecycle.qualify_sales(lead=lead, by=rep, now=now)
    assert "No conversation is logged yet" in str(refusal.value)
    assert "The qualification checklist is not complete" in str(refusal.value)
    lead = Lead.objects.get(pk=lead.pk)
    engaged(lead, now, conversation=True)
    lifecycle.answer(lead=lead, answers={question: "40,000 are set aside"}, by=rep, now=now)
    lifecycle.qualify_sales(lead=lead, by=rep, now=now)

    assert lead.stage == Stage.SALES_QUALIFIED
    assert Opportunity.objects.get(lead=lead).stage == OpportunityStage.DISCOVERY


def test_a_first_appointment_is_a_legal_short_path(now: datetime, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.SUSPECT, team=team, owner=rep)

    with pytest.raises(lifecycle.StepRefused, match="No completed first appointment"):
        lifecycle.fast_track(lead=lead, by=rep, now=now)
    lead = Lead.objects.get(pk=lead.pk)
    engaged(lead, now, appointment=True)
    change = lifecycle.fast_track(lead=lead, by=rep, now=now)

    assert (change.from_stage, change.to_stage) == ("suspect", "sales_qualified")
    assert Opportunity.objects.filter(lead=lead).exists()


def test_nobody_moves_a_lead_that_they_may_not_see(now: datetime, rep: Any) -> None:
    stranger = factories.LeadFactory(
        stage=Stage.MARKETING_QUALIFIED, owner=factories.UserFactory(role="sales_rep")
    )

    with pytest.raises(lifecycle.NotYours, match="not yours any more, or never was"):
        lifecycle.accept(lead=stranger, by=rep, now=now, confirmed=[])

    assert Lead.objects.get(pk=stranger.pk).stage == Stage.MARKETING_QUALIFIED


def test_marketing_can_not_accept_for_sales(now: datetime, marketer: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED)

    with pytest.raises(lifecycle.NotYours, match="Your role does not allow the step “Accept”"):
        lifecycle.move(lead=lead, transition=Transition.ACCEPT, by=marketer, now=now)


def test_disqualifying_loses_the_open_opportunity_with_the_reason(now: datetime, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.SALES_QUALIFIED, team=team, owner=rep)
    Opportunity.objects.create(lead=lead, name="Northwind")
    reason = factories.ReasonFactory(disqualify=True)

    lifecycle.disqualify(lead=lead, by=rep, now=now, reason=reason)

    opportunity = Opportunity.objects.get(lead=lead)
    assert (opportunity.stage, opportunity.loss_reason, opportunity.lost_at) == (
        OpportunityStage.LOST,
        reason,
        now,
    )


def test_a_reopened_lead_keeps_its_milestones(now: datetime, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)
    lifecycle.disqualify(lead=lead, by=rep, now=now, reason=factories.ReasonFactory(disqualify=True))

    lifecycle.reopen(lead=lead, by=rep, now=now, reason=factories.ReasonFactory(reopen=True))

    assert lead.stage == Stage.IDENTIFIED
    assert set(lead.milestones.values_list("stage", flat=True)) == {
        Stage.MARKETING_QUALIFIED,
        Stage.DISQUALIFIED,
        Stage.IDENTIFIED,
    }


def test_a_disqualified_lead_stays_ended_while_the_contact_has_another(
    now: datetime, rep: Any, team: Any
) -> None:
    ended = factories.LeadFactory(stage=Stage.DISQUALIFIED, team=team, owner=rep)
    factories.LeadFactory(contact=ended.contact, team=team, owner=rep)

    with pytest.raises(lifecycle.StepRefused, match="already has another open lead"):
        lifecycle.reopen(lead=ended, by=rep, now=now, reason=factories.ReasonFactory(reopen=True))


def test_steps_over_a_stage_that_is_switched_off(now: datetime, rep: Any, team: Any) -> None:
    StageSetting.objects.create(stage=Stage.SALES_ACCEPTED, in_use=False)
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)
    engaged(lead, now, conversation=True)

    with pytest.raises(lifecycle.StepRefused, match="“Sales accepted lead” is switched off"):
        lifecycle.move(lead=lead, transition=Transition.ACCEPT, by=rep, now=now)
    lead = Lead.objects.get(pk=lead.pk)
    lifecycle.qualify_sales(lead=lead, by=rep, now=now)

    assert lead.stage == Stage.SALES_QUALIFIED


def test_a_company_without_sql_makes_the_opportunity_when_sales_accepts(
    now: datetime, rep: Any, team: Any
) -> None:
    StageSetting.objects.create(stage=Stage.SALES_QUALIFIED, in_use=False)
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)

    lifecycle.accept(lead=lead, by=rep, now=now, confirmed=[])

    assert Opportunity.objects.filter(lead=lead).exists()


def test_the_buttons_say_what_stands_in_the_way(now: datetime, rep: Any, team: Any) -> None:
    factories.QualificationQuestionFactory()
    lead = factories.LeadFactory(stage=Stage.SALES_ACCEPTED, team=team, owner=rep)

    found = {step.transition: step for step in lifecycle.steps(lead=lead, user=rep, now=now)}

    assert set(found) == {Transition.PASS_BACK, Transition.QUALIFY_SALES, Transition.DISQUALIFY}
    assert found[Transition.PASS_BACK].is_open
    assert len(found[Transition.QUALIFY_SALES].obstacles) == 2


def test_the_stage_can_not_be_set_past_the_door() -> None:
    lead = factories.LeadFactory()

    with pytest.raises(AttributeError):
        lead.stage = Stage.CUSTOMER
    with pytest.raises(TransitionNotAllowed):
        lead.win()


def test_refreshing_a_vanished_lead_leaves_the_stage_protected() -> None:
    lead = factories.LeadFactory()
    gone = Lead.objects.get(pk=lead.pk)
    lead.delete()

    with pytest.raises(Lead.DoesNotExist):
        gone.refresh_from_db()

    other = factories.LeadFactory()
    with pytest.raises(AttributeError):
        other.stage = Stage.CUSTOMER


def test_history_is_written_once(now: datetime, marketer: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.SUSPECT)
    engaged(lead, now, demo_request=True)
    change = lifecycle.move(lead=lead, transition=Transition.IDENTIFY, by=marketer, now=now)

    change.note = "rewritten"
    with pytest.raises(HistoryIsWrittenOnce):
        change.save()
    with pytest.raises(HistoryIsWrittenOnce):
        change.delete()


def test_moves_many_with_the_guards_and_records_of_one(now: datetime, mql_definition: Any) -> None:
    ready = factories.LeadFactory.create_batch(3)
    for lead in ready:
        engaged(lead, now)
    quiet = factories.LeadFactory()
    done = factories.LeadFactory(stage=Stage.CUSTOMER)

    result = lifecycle.move_many(
        leads=Lead.objects.all(), transition=Transition.QUALIFY_MARKETING, by=None, now=now
    )

    assert sorted(result.moved) == sorted(lead.pk for lead in ready)
    assert result.refused == {
        quiet.pk: "The agreed definition of “MQL” is not met.",
        done.pk: "A lead in “Customer” can't take the step “Hand to sales”.",
    }
    assert (
        StageChange.objects.filter(to_stage=Stage.MARKETING_QUALIFIED, definition=mql_definition).count() == 3
    )
    assert Milestone.objects.filter(stage=Stage.MARKETING_QUALIFIED).count() == 3


def test_a_set_leaves_the_same_records_as_one_lead_does(now: datetime, rep: Any, team: Any) -> None:
    """Each step once by `move` and once by `move_many`, from the same beginning."""
    factories.NurtureProgrammeFactory()
    definition = factories.define(
        Stage.MARKETING_QUALIFIED, {"kind": "field", "field": "contact.seniority", "operator": "is_set"}
    )
    agreement = Agreement.objects.create(title="As signed", state="in_force", version=1, in_force_at=now)
    common: dict[str, Any] = {"by": rep, "now": now, "note": "By telephone."}
    reason = factories.ReasonFactory()
    ways = [
        (Transition.FAST_TRACK, Stage.IDENTIFIED, {}),
        (Transition.PASS_BACK, Stage.MARKETING_QUALIFIED, {"reason": reason, "point": "on_sight"}),
        (
            Transition.DISQUALIFY,
            Stage.SALES_QUALIFIED,
            {"reason": factories.ReasonFactory(disqualify=True)},
        ),
        (Transition.REOPEN, Stage.DISQUALIFIED, {"reason": factories.ReasonFactory(reopen=True)}),
    ]
    for transition, stage, more in ways:
        one, *many = factories.LeadFactory.create_batch(3, stage=stage, team=team)
        for lead in (one, *many):
            engaged(lead, now, appointment=True)
            if stage == Stage.SALES_QUALIFIED:
                Opportunity.objects.create(lead=lead, name="Northwind")

        lifecycle.move(lead=one, transition=transition, **common, **more)
        lifecycle.move_many(
            leads=Lead.objects.filter(pk__in=[lead.pk for lead in many]),
            transition=transition,
            **common,
            **more,
        )

        assert story_of(many[0]) == story_of(many[1]) == story_of(one), transition
        change = StageChange.objects.get(lead=many[0])
        assert change.agreement == agreement
        assert (change.definition == definition) == (stage == Stage.MARKETING_QUALIFIED)


def story_of(lead: Lead) -> dict[str, Any]:
    """Everything that a step changes or writes, without what tells leads apart."""
    mine = {"id", "lead_id", "source_id", "contact_id", "created_at", "name", "history_date", "history_id"}
    related: dict[str, Any] = {
        "lead": Lead.objects.filter(pk=lead.pk),
        "changes": StageChange.objects.filter(lead=lead),
        "milestones": Milestone.objects.filter(
            lead=lead, stage__in=["sales_qualified", "identified"]
        ).exclude(at=lead.created_at),
        "nurture": lead.nurture.all(),
        "opportunity": Opportunity.objects.filter(lead=lead),
        "history": Opportunity.history.filter(lead=lead).order_by("history_id"),
    }
    return {
        name: [{key: value for key, value in row.items() if key not in mine} for row in rows.values()]
        for name, rows in related.items()
    }


def test_a_set_keeps_what_one_knows_about_each_lead(now: datetime, mql_definition: Any) -> None:
    """Score, source and the stage that each came from are the lead's own."""
    origins = [Stage.SUSPECT, Stage.IDENTIFIED, Stage.PREQUALIFIED]
    leads = [factories.LeadFactory(stage=stage) for stage in origins]
    for points, lead in enumerate(leads):
        engaged(lead, now)
        LeadScore.objects.update_or_create(
            lead=lead, defaults={"fit": points, "engagement": 10, "total": points + 10, "computed_at": now}
        )

    lifecycle.move_many(leads=Lead.objects.all(), transition=Transition.QUALIFY_MARKETING, by=None, now=now)

    changes = StageChange.objects.order_by("pk").values_list("from_stage", "score", "source", "confirmed")
    assert list(changes) == [
        (stage.value, points + 10, lead.source_id, [])
        for points, (stage, lead) in enumerate(zip(origins, leads, strict=True))
    ]


def test_a_hundred_thousand_refusals_share_their_sentences(now: datetime, mql_definition: Any) -> None:
    factories.LeadFactory.create_batch(5)
    factories.LeadFactory.create_batch(2, stage=Stage.CUSTOMER)

    result = lifecycle.move_many(
        leads=Lead.objects.all(), transition=Transition.QUALIFY_MARKETING, by=None, now=now
    )

    assert result.sentences() == [
        ("The agreed definition of “MQL” is not met.", 5),
        ("A lead in “Customer” can't take the step “Hand to sales”.", 2),
    ]
    assert len({id(sentence) for sentence in result.refused.values()}) == 2


def test_moves_many_in_few_statements(now: datetime, mql_definition: Any) -> None:
    for lead in factories.LeadFactory.create_batch(30):
        engaged(lead, now)

    with CaptureQueriesContext(connection) as queries:
        lifecycle.move_many(
            leads=Lead.objects.all(), transition=Transition.QUALIFY_MARKETING, by=None, now=now
        )

    assert len(queries) < 25


def test_many_leads_are_not_accepted_at_once(now: datetime, rep: Any) -> None:
    with pytest.raises(lifecycle.StepRefused, match="accepted one by one"):
        lifecycle.move_many(leads=Lead.objects.all(), transition=Transition.ACCEPT, by=rep, now=now)


def test_others_are_told_once_after_the_commit(
    now: datetime, mql_definition: Any, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[dict[str, Any]] = []

    def listen(**kwargs: Any) -> None:
        told.append(kwargs)

    lead = factories.LeadFactory()
    engaged(lead, now)
    stage_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            lifecycle.move_many(
                leads=Lead.objects.all(), transition=Transition.QUALIFY_MARKETING, by=None, now=now
            )
            assert not told
    finally:
        stage_changed.disconnect(listen)

    assert [(call["transition"], call["lead_ids"]) for call in told] == [("qualify_marketing", [lead.pk])]


@pytest.mark.parametrize("transition", list(ROUTES))
def test_the_state_machine_knows_every_route_of_the_diagram(transition: Transition) -> None:
    field = Lead._meta.get_field("stage")
    routes = {
        (found.source, found.target)
        for found in field.get_all_transitions(Lead)
        if found.name == transition.value
    }

    assert {
        (source.value, ROUTES[transition].target.value) for source in ROUTES[transition].sources
    } <= routes


def test_a_rep_whose_page_is_open_is_told_which_colleague_took_the_lead(
    now: datetime, rep: Any, team: Any
) -> None:
    late = factories.UserFactory(role="sales_rep", team=team)
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    seen_by_late = Lead.objects.get(pk=lead.pk)
    lifecycle.accept(lead=lead, by=rep, now=now, confirmed=[])

    with pytest.raises(
        lifecycle.AlreadyMoved, match="Dana Reyes was faster: the lead is now “Sales accepted"
    ):
        lifecycle.accept(lead=seen_by_late, by=late, now=now + timedelta(seconds=3), confirmed=[])
    with pytest.raises(lifecycle.NotYours, match="not yours any more, or never was"):
        lifecycle.accept(
            lead=seen_by_late, by=late, now=now + lifecycle.OPEN_PAGE + timedelta(seconds=1), confirmed=[]
        )


def test_passing_back_takes_the_opportunity_out_of_the_forecast(now: datetime, rep: Any, team: Any) -> None:
    StageSetting.objects.create(stage=Stage.SALES_QUALIFIED, in_use=False)
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    lifecycle.accept(lead=lead, by=rep, now=now, confirmed=[])
    reason = factories.ReasonFactory()

    lifecycle.pass_back(lead=lead, by=rep, now=now, reason=reason, point=PassBackPoint.AFTER_CALL)

    opportunity = Opportunity.objects.get(lead=lead)
    assert (opportunity.stage, opportunity.lost_at, opportunity.loss_reason) == (
        OpportunityStage.LOST,
        now,
        reason,
    )


def test_of_two_ended_leads_of_one_person_in_a_set_one_is_reopened(
    now: datetime, rep: Any, team: Any
) -> None:
    contact = factories.ContactFactory()
    first, second = factories.LeadFactory.create_batch(
        2, contact=contact, stage=Stage.DISQUALIFIED, team=team, owner=rep
    )

    result = lifecycle.move_many(
        leads=Lead.objects.all(),
        transition=Transition.REOPEN,
        by=rep,
        now=now,
        reason=factories.ReasonFactory(reopen=True),
    )

    assert result.moved == [first.pk]
    assert result.refused == {second.pk: "The contact already has another open lead. Work on that one."}


def test_a_part_of_a_lead_can_be_read_again() -> None:
    lead = factories.LeadFactory(stage=Stage.SUSPECT)
    other = factories.UserFactory()
    Lead.objects.filter(pk=lead.pk).update(owner=other)

    lead.refresh_from_db(fields=["owner"])
    narrow = Lead.objects.only("owner").get(pk=lead.pk)

    assert (lead.owner, lead.stage) == (other, Stage.SUSPECT)
    assert (narrow.owner, narrow.stage) == (other, Stage.SUSPECT)
