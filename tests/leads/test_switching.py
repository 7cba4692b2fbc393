"""A stage that is switched off while leads are in it: said before, done after, and nobody's place in a count lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads import lifecycle, switching
from leads.enums import RESTAGE_ROUTES, SWITCHABLE_STAGES, OpportunityStage, Stage, Transition
from leads.models import Lead, Milestone, Opportunity, StageChange, StageSetting
from leads.signals import stage_changed
from tests import factories

pytestmark = pytest.mark.django_db


def switch_off(*stages: Stage) -> None:
    for stage in stages:
        StageSetting.objects.update_or_create(stage=stage, defaults={"in_use": False})


def reached(lead: Lead) -> set[str]:
    return set(Milestone.objects.filter(lead=lead).values_list("stage", flat=True))


@pytest.mark.parametrize(
    ("off", "stage", "target"),
    [
        ([Stage.PREQUALIFIED], Stage.PREQUALIFIED, Stage.IDENTIFIED),
        ([Stage.SALES_ACCEPTED], Stage.SALES_ACCEPTED, Stage.MARKETING_QUALIFIED),
        ([Stage.SALES_QUALIFIED], Stage.SALES_QUALIFIED, Stage.SALES_ACCEPTED),
        ([Stage.SALES_ACCEPTED, Stage.SALES_QUALIFIED], Stage.SALES_QUALIFIED, Stage.MARKETING_QUALIFIED),
    ],
)
def test_leads_go_back_to_the_nearest_stage_that_is_in_use(
    now: datetime, off: list[Stage], stage: Stage, target: Stage
) -> None:
    leads = factories.LeadFactory.create_batch(3, stage=stage)
    switch_off(*off)

    planned = switching.plan_for_switched_off(stage)
    result = switching.move_out_of(stage, by=None, now=now)

    assert (planned.target, planned.leads) == (target, 3)
    assert result.moved == [lead.pk for lead in leads]
    assert set(Lead.objects.values_list("stage", "stage_entered_at")) == {(target.value, now)}
    changes = StageChange.objects.values_list("transition", "from_stage", "to_stage", "actor", "note")
    assert set(changes) == {
        ("restage", stage.value, target.value, None, f"The stage “{stage.label}” was switched off.")
    }


def test_the_plan_can_be_read_before_anything_is_switched_off() -> None:
    factories.LeadFactory.create_batch(2, stage=Stage.SALES_QUALIFIED)
    factories.LeadFactory(stage=Stage.SALES_ACCEPTED)

    with CaptureQueriesContext(connection) as queries:
        plans = switching.plans_for(
            [Stage.SALES_ACCEPTED, Stage.SALES_QUALIFIED, Stage.PREQUALIFIED, Stage.ANONYMOUS]
        )

    assert [plan.sentence for plan in plans] == [
        "No lead is in “Marketing anonymous lead” now, so none has to move.",
        "No lead is in “Pre-qualified lead” now, so none has to move.",
        "1 lead in “Sales accepted lead” goes back to “Marketing qualified lead” "
        "and keeps every stage reached so far in all figures.",
        "2 leads in “Sales qualified lead” go back to “Marketing qualified lead” "
        "and keep every stage reached so far in all figures.",
    ]
    assert len(queries) == 2
    assert not StageChange.objects.exists()


def test_the_plan_of_a_draft_counts_with_the_stages_that_the_draft_uses() -> None:
    switch_off(Stage.SALES_ACCEPTED)
    factories.LeadFactory(stage=Stage.SALES_QUALIFIED)
    drafted = [stage for stage in Stage if stage != Stage.SALES_QUALIFIED]  # SAL is switched on again

    plan = switching.plan_for_switched_off(Stage.SALES_QUALIFIED, in_use=drafted)

    assert plan.target == Stage.SALES_ACCEPTED


def test_an_anonymous_visitor_stays_and_can_still_say_who_it_is(now: datetime) -> None:
    visitor = factories.LeadFactory(anonymous=True)
    named = factories.LeadFactory(stage=Stage.ANONYMOUS)
    asked = factories.ActivityTypeFactory(demo_request=True)
    factories.ActivityFactory(lead=named, type=asked, at=now - timedelta(hours=1))
    switch_off(Stage.ANONYMOUS)

    plan = switching.plan_for_switched_off(Stage.ANONYMOUS)
    result = switching.move_out_of(Stage.ANONYMOUS, by=None, now=now)
    lifecycle.move(lead=named, transition=Transition.IDENTIFY, by=None, now=now)

    assert plan.sentence == (
        "2 leads in “Marketing anonymous lead” stay there until somebody knows who it is: "
        "no stage comes before it, and nobody new gets in."
    )
    assert result.sentences() == [
        ("There is no stage in use before this one, so the lead stays where it is.", 2)
    ]
    visitor.refresh_from_db()
    named.refresh_from_db()
    assert (visitor.stage, named.stage) == (Stage.ANONYMOUS, Stage.IDENTIFIED)


def test_nobody_loses_a_milestone_and_nobody_is_given_one(now: datetime) -> None:
    """A lead of the short path was never an MQL, and does not become one because the company changed its stages."""
    by_mql = factories.LeadFactory(stage=Stage.SALES_ACCEPTED)
    Milestone.objects.create(lead=by_mql, stage=Stage.MARKETING_QUALIFIED, at=now - timedelta(days=9))
    short = factories.LeadFactory(stage=Stage.SALES_QUALIFIED)
    switch_off(Stage.SALES_ACCEPTED, Stage.SALES_QUALIFIED)

    done = switching.move_out_of_all(by=None, now=now)

    assert {stage: len(moved.moved) for stage, moved in done.items()} == {
        Stage.SALES_QUALIFIED: 1,
        Stage.SALES_ACCEPTED: 1,
    }
    assert reached(by_mql) == {"marketing_qualified", "sales_accepted"}
    assert reached(short) == {"sales_qualified"}
    assert set(Lead.objects.values_list("stage", flat=True)) == {"marketing_qualified"}
    assert Milestone.objects.get(lead=by_mql, stage="marketing_qualified").at == now - timedelta(days=9)


def test_owner_and_opportunity_stay_and_the_sale_goes_on(now: datetime) -> None:
    team = factories.TeamFactory()
    rep = factories.UserFactory(role="sales_rep", team=team)
    lead = factories.LeadFactory(stage=Stage.SALES_QUALIFIED, team=team, owner=rep)
    sale = Opportunity.objects.create(lead=lead, name="Northwind", stage=OpportunityStage.WON)
    switch_off(Stage.SALES_QUALIFIED)

    switching.move_out_of(Stage.SALES_QUALIFIED, by=None, now=now)
    lead.refresh_from_db()
    held = (lead.stage, lead.owner, Opportunity.objects.get().stage)
    lifecycle.win(lead=lead, by=rep, now=now + timedelta(days=1))

    assert held == (Stage.SALES_ACCEPTED, rep, OpportunityStage.WON)
    assert lead.stage == Stage.CUSTOMER
    assert Opportunity.objects.get() == sale


def test_nobody_is_moved_out_of_a_stage_that_is_in_use(now: datetime) -> None:
    lead = factories.LeadFactory(stage=Stage.PREQUALIFIED)

    with pytest.raises(lifecycle.StepRefused, match=r"“Pre-qualified lead” is in use.* Switch it off first"):
        switching.move_out_of(Stage.PREQUALIFIED, by=None, now=now)

    lead.refresh_from_db()
    assert lead.stage == Stage.PREQUALIFIED


@pytest.mark.parametrize("role", ["administrator", "revops", "sales_rep", "marketing", None])
def test_it_is_no_step_of_a_person_nor_of_a_task(now: datetime, role: str | None) -> None:
    team = factories.TeamFactory()
    person = factories.UserFactory(role=role, team=team) if role else None
    lead = factories.LeadFactory(stage=Stage.PREQUALIFIED, team=team)
    switch_off(Stage.PREQUALIFIED)

    for door in (
        lambda: lifecycle.move(lead=lead, transition=Transition.RESTAGE, by=person, now=now),
        lambda: lifecycle.move_many(
            leads=Lead.objects.all(), transition=Transition.RESTAGE, by=person, now=now
        ),
    ):
        with pytest.raises(lifecycle.NotYours, match="Only LeadOps takes this step"):
            door()

    lead.refresh_from_db()
    assert lead.stage == Stage.PREQUALIFIED
    if person is not None:
        offered = lifecycle.steps(lead=lead, user=person, now=now)
        assert Transition.RESTAGE not in [step.transition for step in offered]


def test_there_is_no_page_for_it(client: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.PREQUALIFIED)
    client.force_login(factories.UserFactory(role="revops"))

    answer = client.post(
        reverse("admin:leads_lead_step", args=[lead.pk, "restage"]), {"seen": "prequalified"}
    )

    assert answer.status_code == 404


def test_a_thousand_leads_cost_no_more_statements_than_one(now: datetime) -> None:
    contacts = factories.ContactFactory.create_batch(40)
    source = factories.SourceFactory()
    Lead.objects.bulk_create(
        Lead(contact=contact, source=source, stage=Stage.PREQUALIFIED) for contact in contacts
    )
    switch_off(Stage.PREQUALIFIED)

    with CaptureQueriesContext(connection) as queries:
        result = switching.move_out_of(Stage.PREQUALIFIED, by=None, now=now)

    assert len(result.moved) == 40
    assert len(queries) < 15


def test_others_are_told_so_that_unowned_leads_are_dealt_out(
    now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[Any] = []

    def listen(**kwargs: Any) -> None:
        told.append((kwargs["transition"], kwargs["to_stage"], kwargs["lead_ids"]))

    lead = factories.LeadFactory(stage=Stage.SALES_ACCEPTED)
    switch_off(Stage.SALES_ACCEPTED)
    stage_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            switching.move_out_of(Stage.SALES_ACCEPTED, by=None, now=now)
    finally:
        stage_changed.disconnect(listen)

    assert told == [(Transition.RESTAGE, Stage.MARKETING_QUALIFIED, [lead.pk])]


def test_every_stage_that_can_be_switched_off_has_a_way_out() -> None:
    ends = {
        stage: [way for way in ways if way not in SWITCHABLE_STAGES] for stage, ways in RESTAGE_ROUTES.items()
    }

    assert set(SWITCHABLE_STAGES) - set(RESTAGE_ROUTES) == {Stage.ANONYMOUS}
    assert all(len(always) == 1 for always in ends.values())  # the last way is always open
