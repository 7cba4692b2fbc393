"""A stage that an agreement switches off: where its leads go is said before and done after."""

from datetime import datetime

import pytest

from leads import lifecycle
from leads.enums import OpportunityStage, Stage, Transition
from leads.models import Milestone, Opportunity, StageChange
from terminology import agreements, sections
from terminology.impact import impact_of
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

OFF = {"in_use": False, "colour": "", "equivalent_to": Stage.MARKETING_QUALIFIED.value}


def test_says_before_and_does_after_where_the_leads_go(now: datetime) -> None:
    revops = UserFactory(role="revops")
    lead = factories.LeadFactory(stage=Stage.SALES_ACCEPTED)
    changes = {"stages": {Stage.SALES_ACCEPTED.value: OFF}}
    draft = agreements.draft(title="No acceptance", by=revops, now=now)
    draft = agreements.put_all(agreement=draft, changes=changes, by=revops, revision=draft.revision, now=now)

    (told,) = impact_of(draft, user=revops, now=now)
    made = agreements.bring_in_unsigned(title="Now", changes=changes, why="", by=revops, now=now)

    lead.refresh_from_db()
    change = StageChange.objects.get(lead=lead)
    assert "1 lead in “Sales accepted lead” goes back to “Marketing qualified lead”" in told.sentences[0]
    assert lead.stage == Stage.MARKETING_QUALIFIED
    assert (change.transition, change.agreement) == (Transition.RESTAGE, made)
    assert Milestone.objects.filter(lead=lead, stage=Stage.SALES_ACCEPTED).exists()


def test_refuses_to_switch_off_what_carries_the_lifecycle(now: datetime) -> None:
    revops = UserFactory(role="revops")
    draft = agreements.draft(title="No MQL", by=revops, now=now)

    with pytest.raises(agreements.LeadOpsError, match="carries the lifecycle and can't be switched off"):
        agreements.put(
            agreement=draft,
            section="stages",
            parts={Stage.MARKETING_QUALIFIED.value: OFF},
            by=revops,
            revision=draft.revision,
            now=now,
        )

    assert sections.section("stages").read() == {}


def test_who_is_already_where_opportunities_begin_from_now_on_gets_one(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "CHUNK", 2)
    revops = UserFactory(role="revops")
    waiting = factories.LeadFactory.create_batch(3, stage=Stage.SALES_ACCEPTED)
    again, running = factories.LeadFactory.create_batch(2, stage=Stage.SALES_ACCEPTED)
    factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED)
    Opportunity.objects.create(lead=again, name="Northwind", stage=OpportunityStage.LOST, lost_at=now)
    kept = Opportunity.objects.create(lead=running, name="Contoso", stage=OpportunityStage.CONTRACT_SENT)
    changes = {"stages": {Stage.SALES_QUALIFIED.value: {**OFF, "equivalent_to": ""}}}
    draft = agreements.draft(title="No qualification", by=revops, now=now)
    draft = agreements.put_all(agreement=draft, changes=changes, by=revops, revision=draft.revision, now=now)

    told = impact_of(draft, user=revops, now=now)
    agreements.bring_in_unsigned(title="Now", changes=changes, why="", by=revops, now=now)

    assert "4 leads in “Sales accepted lead” have no running opportunity" in told[-1].sentences[0]
    stages = dict(Opportunity.objects.values_list("lead", "stage"))
    assert stages == {
        **{lead.pk: OpportunityStage.DISCOVERY for lead in [*waiting, again]},
        running.pk: OpportunityStage.CONTRACT_SENT,
    }
    assert Opportunity.objects.get(lead=running) == kept
    assert impact_of(draft, user=revops, now=now) == []


def test_who_goes_back_without_an_opportunity_is_counted_and_gets_one(now: datetime) -> None:
    revops = UserFactory(role="revops")
    lead = factories.LeadFactory(stage=Stage.SALES_QUALIFIED)
    changes = {"stages": {Stage.SALES_QUALIFIED.value: {**OFF, "equivalent_to": ""}}}
    draft = agreements.draft(title="No qualification", by=revops, now=now)
    draft = agreements.put_all(agreement=draft, changes=changes, by=revops, revision=draft.revision, now=now)

    told = impact_of(draft, user=revops, now=now)
    agreements.bring_in_unsigned(title="Now", changes=changes, why="", by=revops, now=now)

    lead.refresh_from_db()
    assert "1 lead in “Sales accepted lead” has no running opportunity" in told[-1].sentences[0]
    assert (lead.stage, lead.opportunity.stage) == (Stage.SALES_ACCEPTED, OpportunityStage.DISCOVERY)
