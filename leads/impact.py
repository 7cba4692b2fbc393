"""What an agreement does to leads beside what they are judged by.

Those of a stage that is switched off are moved, and where opportunities begin at another stage its leads get theirs.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from leads import lifecycle, switching
from leads.enums import Stage
from terminology import impact
from terminology.impact import Impact
from terminology.sections import Parts
from terminology.signals import came_into_force


def register() -> None:
    """Show it before an agreement is signed, and do it once it is in force."""
    impact.register(stages_impact)
    came_into_force.connect(on_agreement_in_force, dispatch_uid="leads.agreement")


def stages_impact(
    before: Mapping[str, Parts], after: Mapping[str, Parts], *, changed: set[str], **reader: Any
) -> list[Impact]:
    """Where the leads go whose stage would not be used any more, and how many get an opportunity."""
    if "stages" not in changed:
        return []
    was, will = (_in_use(side["stages"]) for side in (before, after))
    plans = switching.plans_for(was - will, in_use=will)
    found = [Impact(title=str(plan.stage.label), sentences=[plan.sentence]) for plan in plans]
    target = lifecycle.opportunity_stage(in_use=[*will])
    if born := switching.sentence_on_opportunities(target, plans=plans):
        found.append(Impact(title=str(target.label), sentences=[born]))
    return found


def _in_use(stages: Parts) -> set[Stage]:
    return {stage for stage in Stage if stages.get(stage.value, {"in_use": True})["in_use"]}


def on_agreement_in_force(*, sections: set[str], by: User | None, now: datetime, **kwargs: Any) -> None:
    """Do what `stages_impact` said, in the transaction of the agreement."""
    if "stages" in sections:
        switching.move_out_of_all(by=by, now=now)
        switching.open_missing_opportunities(now=now)
