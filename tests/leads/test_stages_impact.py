"""A stage that an agreement switches off: where its leads go is said before and done after."""

from datetime import datetime

import pytest

from leads.enums import Stage, Transition
from leads.models import Milestone, StageChange
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
