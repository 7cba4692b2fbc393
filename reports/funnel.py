"""The funnel: how many ever reached each stage, how many are there now, and what share went on.

*Ever reached* is counted from milestones, which nothing takes away; *now in* from the stage. A lead that took the short
path (a first appointment before any MQL) counts in the stages that it reached, and is shown beside the MQL path.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from leads import lifecycle
from leads.enums import NOT_COUNTED_STAGES, STAGE_SHORT, Stage, Transition
from leads.models import Lead, Milestone, Source, StageChange

Reader = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to, but not with, `until`. Either may be open."""

    since: datetime | None = None
    until: datetime | None = None

    def within(self, field: str) -> Q:
        """The filter on a moment."""
        wanted = Q()
        if self.since is not None:
            wanted &= Q(**{f"{field}__gte": self.since})
        if self.until is not None:
            wanted &= Q(**{f"{field}__lt": self.until})
        return wanted


@dataclass(frozen=True, slots=True)
class Row:
    """One stage of the funnel."""

    stage: Stage
    label: Any
    short: Any
    is_counted: bool  # anonymous visitors and suspects are shown, but are no leads
    reached: int  # leads born in the period that ever reached the stage
    now_in: int
    went_on: int  # of those that reached it, how many reached a later stage in use
    share: float | None  # went_on / reached, 0 to 1; None where nobody reached it or nothing comes after


@dataclass(frozen=True, slots=True)
class Funnel:
    """The whole picture for one reader and period."""

    rows: list[Row]
    disqualified: int
    fast_tracked: int  # reached sales qualified by the short path
    passed_back: int  # leads passed back at least once
    leads: int  # leads in the sense of the agreement: ever reached more than anonymous and suspect


def funnel(*, reader: Reader, period: Period) -> Funnel:
    """The funnel of the leads that `reader` may see and that were born in `period`. Six queries."""
    in_use = [stage for stage in lifecycle.stages_in_use() if stage != Stage.DISQUALIFIED]
    born = Lead.objects.visible_to(reader).filter(period.within("created_at"))
    ids = born.values("pk")
    reached = _counts(Milestone.objects.filter(lead__in=ids), "stage", distinct="lead")
    now_in = _counts(born, "stage")
    beyond = _went_on(ids, in_use)
    changes = StageChange.objects.filter(lead__in=ids)
    counted = [stage for stage in in_use if stage not in NOT_COUNTED_STAGES]
    return Funnel(
        rows=[
            Row(
                stage=stage,
                label=stage.label,
                short=STAGE_SHORT[stage],
                is_counted=stage not in NOT_COUNTED_STAGES,
                reached=reached.get(stage, 0),
                now_in=now_in.get(stage, 0),
                went_on=beyond.get(stage, 0),
                share=_share(beyond.get(stage, 0), reached.get(stage, 0)) if stage != in_use[-1] else None,
            )
            for stage in in_use
        ],
        disqualified=now_in.get(Stage.DISQUALIFIED, 0),
        fast_tracked=changes.filter(transition=Transition.FAST_TRACK).values("lead").distinct().count(),
        passed_back=changes.filter(transition=Transition.PASS_BACK).values("lead").distinct().count(),
        leads=Milestone.objects.filter(lead__in=ids, stage__in=counted).values("lead").distinct().count(),
    )


def _counts(rows: QuerySet[Any], field: str, *, distinct: str = "") -> dict[str, int]:
    counted = Count(distinct, distinct=True) if distinct else Count("pk")
    return dict(rows.order_by().values_list(field).annotate(number=counted))


def _went_on(ids: QuerySet[Any], in_use: Sequence[Stage]) -> dict[Stage, int]:
    """For each stage, how many leads that reached it also reached a later one. One query."""
    asked = {}
    for place, stage in enumerate(in_use[:-1]):
        here = Milestone.objects.filter(lead=OuterRef("pk"), stage=stage)
        later = Milestone.objects.filter(lead=OuterRef("pk"), stage__in=in_use[place + 1 :])
        asked[stage.value] = Count("pk", filter=Q(Exists(here)) & Q(Exists(later)))
    numbers = Lead.objects.filter(pk__in=ids).aggregate(**asked)
    return {stage: numbers[stage.value] for stage in in_use[:-1]}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What became of the MQLs of one source."""

    source: Source
    born: int
    mql: int
    sql: int  # of these MQLs
    won: int  # of these MQLs
    passed_back: int  # of these MQLs, at least once
    disqualified: int  # of these MQLs, now
    bypass: int  # sales qualified without ever having been MQL
    share: float | None  # sql / mql
    cost_per_sql: float | None  # the list's price by all its SQLs, in its currency


def mql_to_sql(*, reader: Reader, period: Period) -> list[SourceRow]:
    """MQL to SQL by root source, for leads born in `period`, most MQLs first. Two queries.

    Where the company has no SQL stage, the stage at which opportunities are born stands for it.
    """
    target = lifecycle.opportunity_stage(in_use=lifecycle.stages_in_use())
    mql, sql = _reached(Stage.MARKETING_QUALIFIED), _reached(target)
    passed = Q(Exists(StageChange.objects.filter(lead=OuterRef("pk"), transition=Transition.PASS_BACK)))
    rows = (
        Lead.objects.visible_to(reader)
        .filter(period.within("created_at"))
        .order_by()
        .values("source")
        .annotate(
            born=Count("pk"),
            mql=Count("pk", filter=mql),
            sql=Count("pk", filter=mql & sql),
            won=Count("pk", filter=mql & _reached(Stage.CUSTOMER)),
            passed_back=Count("pk", filter=mql & passed),
            disqualified=Count("pk", filter=mql & Q(stage=Stage.DISQUALIFIED)),
            bypass=Count("pk", filter=sql & ~mql),
        )
    )
    sources = {source.pk: source for source in Source.objects.visible_to(reader)}
    found = [_source_row(sources[row["source"]], row) for row in rows]
    return sorted(found, key=lambda row: (-row.mql, -row.born, row.source.name))


def _source_row(source: Source, row: dict[str, Any]) -> SourceRow:
    numbers = {
        name: row[name] for name in ("born", "mql", "sql", "won", "passed_back", "disqualified", "bypass")
    }
    all_sql = row["sql"] + row["bypass"]
    return SourceRow(
        source=source,
        **numbers,
        share=_share(row["sql"], row["mql"]),
        cost_per_sql=float(source.cost) / all_sql if source.cost is not None and all_sql else None,
    )


def _reached(stage: Stage) -> Q:
    return Q(Exists(Milestone.objects.filter(lead=OuterRef("pk"), stage=stage)))
