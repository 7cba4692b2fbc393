"""What becomes of the leads of a stage that the company switches off: shown before, done when it comes into force.

They go back to the nearest stage before it that is in use, keep their milestones and are given none. The step is
`lifecycle.restage`, which nobody can take by hand. An anonymous visitor has no stage to go back to and
stays until the person is known.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q

from leads import lifecycle, recording
from leads.enums import STAGE_ORDER, SWITCHABLE_STAGES, OpportunityStage, Stage
from leads.models import Lead
from leads.words import LEAD, LEADS, OPPORTUNITY


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """Where the leads of one stage go once it is switched off; `target` is None where they stay."""

    stage: Stage
    target: Stage | None
    leads: int

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """The plan in a sentence with today's words."""
        if not self.leads:
            return f"No {LEAD} is in “{self.stage.label}” now, so none has to move."
        who = f"1 {LEAD}" if self.leads == 1 else f"{self.leads:,} {LEADS}"
        if self.target is None:
            stay = "stays" if self.leads == 1 else "stay"
            return (
                f"{who} in “{self.stage.label}” {stay} there until somebody knows who it is: "
                "no stage comes before it, and nobody new gets in."
            )
        go, keep = ("goes", "keeps") if self.leads == 1 else ("go", "keep")
        return (
            f"{who} in “{self.stage.label}” {go} back to “{self.target.label}” "
            f"and {keep} every stage reached so far in all figures."
        )


def plan_for_switched_off(stage: Stage, *, in_use: Collection[Stage] | None = None) -> SwitchedOff:
    """Where the leads of `stage` go when it is switched off, and how many they are now. One query, or two.

    `in_use` are the stages that will be used then; without it, those of today without `stage`.
    """
    (plan,) = plans_for([stage], in_use=in_use)
    return plan


def plans_for(stages: Iterable[Stage], *, in_use: Collection[Stage] | None = None) -> list[SwitchedOff]:
    """The same for several stages that are switched off together, in the order of the path."""
    gone = set(stages)
    left = set(lifecycle.stages_in_use() if in_use is None else in_use) - gone
    numbers = dict(Lead.objects.in_stage(*gone).order_by().values_list("stage").annotate(number=Count("pk")))
    kept = [stage for stage in STAGE_ORDER if stage in left]
    return [
        SwitchedOff(stage, lifecycle.way_back(stage, in_use=kept), numbers.get(stage.value, 0))
        for stage in STAGE_ORDER
        if stage in gone
    ]


def move_out_of(stage: Stage, *, by: User | None, now: datetime) -> lifecycle.Moved:
    """Move the leads out of a stage that has just been switched off. Raises `StepRefused` while it is in use."""
    return lifecycle.restage(stage=stage, by=by, now=now)


def move_out_of_all(*, by: User | None, now: datetime) -> dict[Stage, lifecycle.Moved]:
    """Move the leads out of every stage that is switched off; for stages where somebody was, what became of them.

    The last stage first, so that nobody is moved twice.
    """
    in_use = lifecycle.stages_in_use()
    done = {}
    for stage in reversed(SWITCHABLE_STAGES):
        if stage not in in_use and lifecycle.way_back(stage, in_use=in_use):
            moved = lifecycle.restage(stage=stage, by=by, now=now)
            if moved.moved or moved.refused:
                done[stage] = moved
    return done


# --- Opportunities, where the stage at which they are born is another one -------------------------


def _without_opportunity(*stages: Stage) -> Any:
    """The leads of `stages` with no opportunity that runs: none at all, or one that was lost before they came back."""
    none_runs = Q(opportunity=None) | Q(opportunity__stage=OpportunityStage.LOST)
    return Lead.objects.in_stage(*stages).filter(none_runs)


def sentence_on_opportunities(target: Stage, *, plans: Iterable[SwitchedOff]) -> str:
    """How many leads get an opportunity once `plans` are done and it is born at `target`; "" for none. One query."""
    arriving = [plan.stage for plan in plans if plan.target == target]
    number = _without_opportunity(target, *arriving).count()
    if not number:
        return ""
    who, get = (f"1 {LEAD}", "has") if number == 1 else (f"{number:,} {LEADS}", "have")
    return (
        f"{who} in “{target.label}” {get} no running {OPPORTUNITY} and will be given one, "
        "because that stage is where it begins from then on."
    )


def open_missing_opportunities(*, now: datetime) -> int:
    """Give each lead of the stage at which opportunities are born one, where none runs; returns how many.

    Whoever was there before that stage became the one would otherwise never get any, and nothing could be won.
    """
    target = lifecycle.opportunity_stage(in_use=lifecycle.stages_in_use())
    ids = list(_without_opportunity(target).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), lifecycle.CHUNK):
        with transaction.atomic():
            locked = Lead.objects.in_stage(target).select_for_update()
            held = locked.filter(pk__in=ids[start : start + lifecycle.CHUNK]).order_by("pk")
            recording.open_opportunities(ids=list(held.values_list("pk", flat=True)), now=now)
    return len(ids)
