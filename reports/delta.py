"""Why a number moved: how much of a rise or fall comes from what people did, how much from another definition.

Each stage change is stamped with the definition and the agreement under which it happened. Where the definition was
changed between two periods, the leads that were not counted before are judged by both definitions, each as of the end
of the later period: the difference is what the redefinition made of the same people, the rest is behaviour. Fields
are known only as they are today, so the split is an estimate; the two totals are facts.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from leads import criteria
from leads.enums import Stage
from leads.models import Definition, Lead, Milestone, StageChange
from reports.funnel import Period, Reader


@dataclass(frozen=True, slots=True)
class VersionRow:
    """How many first reached the stage under one version of its definition."""

    definition: Definition | None
    earlier: int
    later: int


@dataclass(frozen=True, slots=True)
class Split:
    """The difference between two periods, cut in two. `behaviour + redefinition` is the whole difference."""

    behaviour: int
    redefinition: int
    old: Definition | None
    new: Definition | None
    under_old: int  # leads that were not counted before and would meet the old definition
    under_new: int


@dataclass(frozen=True, slots=True)
class Delta:
    """One stage in two periods of the same length."""

    stage: Stage
    earlier: int
    later: int
    versions: list[VersionRow]
    split: Split | None  # None where the same definition was in force at both ends

    @property
    def difference(self) -> int:
        return self.later - self.earlier

    @property
    def share(self) -> float | None:
        """The difference as a part of the earlier number; None where that was nought."""
        return self.difference / self.earlier if self.earlier else None


def delta(*, reader: Reader, stage: Stage, since: datetime, middle: datetime, until: datetime) -> Delta:
    """How many of the reader's leads first reached `stage` in `[since, middle)` and `[middle, until)`, and why."""
    visible = Lead.objects.visible_to(reader)
    reached = Milestone.objects.filter(stage=stage, lead__in=visible.values("pk"))
    earlier, later = (
        reached.filter(period.within("at")).count()
        for period in (Period(since, middle), Period(middle, until))
    )
    return Delta(
        stage=stage,
        earlier=earlier,
        later=later,
        versions=_versions(visible, stage, since, middle, until),
        split=_split(visible, stage, later - earlier, since, middle, until),
    )


def _versions(
    visible: Any, stage: Stage, since: datetime, middle: datetime, until: datetime
) -> list[VersionRow]:
    first_time = Milestone.objects.filter(lead=OuterRef("lead"), stage=stage, at=OuterRef("at"))
    changes = StageChange.objects.filter(
        Exists(first_time), Period(since, until).within("at"), to_stage=stage, lead__in=visible.values("pk")
    )
    counted = (
        changes.order_by()
        .values("definition")
        .annotate(earlier=Count("pk", filter=Q(at__lt=middle)), later=Count("pk", filter=Q(at__gte=middle)))
    )
    known = Definition.objects.select_related("agreement").in_bulk([row["definition"] for row in counted])
    rows = [VersionRow(known.get(row["definition"]), row["earlier"], row["later"]) for row in counted]
    return sorted(rows, key=lambda row: row.definition.version if row.definition else 0)


def _split(
    visible: Any, stage: Stage, difference: int, since: datetime, middle: datetime, until: datetime
) -> Split | None:
    old, new = (_definition_at(stage, moment) for moment in (since, until))
    if old is None:
        # Before the first definition everybody was judged by none; the first one in the earlier period stands for it.
        old = Definition.objects.filter(stage=stage, in_force_from__lt=middle).order_by("version").first()
    if old is None or new is None or old.pk == new.pk or _same_rule(old, new):
        return None
    counted_before = Milestone.objects.filter(lead=OuterRef("pk"), stage=stage, at__lt=middle)
    judged = visible.filter(~Exists(counted_before), created_at__lt=until)
    under_old, under_new = (
        judged.filter(criteria.compile_set(one.criteria, now=until)).count() if one.criteria else 0
        for one in (old, new)
    )
    redefinition = under_new - under_old
    return Split(
        behaviour=difference - redefinition,
        redefinition=redefinition,
        old=old,
        new=new,
        under_old=under_old,
        under_new=under_new,
    )


def _definition_at(stage: Stage, moment: datetime) -> Definition | None:
    found: Definition | None = (
        Definition.objects.in_force(now=moment).filter(stage=stage).select_related("criteria").first()
    )
    return found


def _same_rule(old: Definition, new: Definition) -> bool:
    """Whether only the text, the owner or the figures changed."""
    contents = [criteria.as_content(one.criteria) if one.criteria else None for one in (old, new)]
    return contents[0] == contents[1]
