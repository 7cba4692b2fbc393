"""What purchased lists have really cost: price and our own time, for each SQL that came of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count

from leads import lifecycle
from leads.enums import OPEN_STAGES, STAGE_ORDER, STAGE_SHORT, SourceKind, Stage
from leads.models import Lead, Milestone, Source
from leads.words import LEADS

CENT: Final = Decimal("0.01")
REACHED: Final = (Stage.MARKETING_QUALIFIED, Stage.SALES_QUALIFIED, Stage.CUSTOMER)


@dataclass(slots=True)
class Past:
    """What the purchased lists of one currency have cost and brought."""

    currency: str
    spent: Decimal = Decimal(0)
    lists: int = 0
    leads: int = 0
    sqls: int = 0
    without_rate: int = 0  # lists with hours noted, of a currency for which no hourly cost is set

    @property
    def per_sql(self) -> Decimal | None:
        """None while not one has come that far."""
        return (self.spent / self.sqls).quantize(CENT, ROUND_HALF_UP) if self.sqls else None

    def sentence(self, *, sql: str) -> str:
        """The cost of one SQL, which people call `sql`, and on how much it stands."""
        kind = SourceKind.PURCHASED_LIST.label
        stands = f"{self.lists:,} × “{kind}”, {self.leads:,} {LEADS}, {self.sqls:,} {sql}"
        if self.per_sql is not None:
            told = (
                f"“{kind}” has cost us {self.currency} {self.per_sql:,.2f} for each {sql} so far ({stands})."
            )
        else:
            money = f"{self.currency} {self.spent:,.2f}"
            told = f"“{kind}” has cost us {money} so far, and brought not one {sql} ({stands})."
        if self.without_rate:
            told += f" Our own time is not in it, since no hourly cost in {self.currency} is set."
        return told


@dataclass(slots=True)
class Costs:
    """What whoever buys or loads a list should know beforehand."""

    past: list[Past] = field(default_factory=list)
    unpriced: int = 0  # lists without a price, which are in no sum
    sql: str = ""  # what people call an SQL

    @property
    def sentences(self) -> list[str]:
        kind = SourceKind.PURCHASED_LIST.label
        found = [past.sentence(sql=self.sql) for past in self.past]
        if not found:
            found = [
                f"Nothing of the kind “{kind}” has a price yet, so what one {self.sql} of it costs is not known."
            ]
        if self.unpriced:
            found.append(f"Not counted, for want of a price: {self.unpriced:,} × “{kind}”.")
        return found


@dataclass(frozen=True, slots=True)
class Reached:
    """How many leads of a list have ever come to a stage, and what each has cost."""

    stage: Stage
    short: Any
    number: int
    each: Decimal | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What has become of the leads of one list, as one reader sees them."""

    leads: int
    now_in: list[tuple[Any, int]]
    reached: list[Reached]
    spent: Decimal | None
    currency: str


def hourly_costs() -> dict[str, Decimal]:
    """What an hour of our own costs, by currency: the setting `60`, or `EUR=60,USD=65`."""
    text = str(settings.LEADOPS["HOURLY_COST"])
    default = settings.LEADOPS["DEFAULT_CURRENCY"]
    found: dict[str, Decimal] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        currency, _, amount = part.rpartition("=")
        try:
            found[(currency.strip() or default).upper()] = Decimal(amount.strip())
        except InvalidOperation as wrong:
            raise ImproperlyConfigured(
                f"LEADOPS_HOURLY_COST holds “{part}”. Write a number such as 60, or EUR=60,USD=65."
            ) from wrong
    return {currency: cost for currency, cost in found.items() if cost > 0}


def spent_on(source: Source, *, rates: Mapping[str, Decimal]) -> Decimal | None:
    """The price of a list and our own time for it, in its currency; None where no price is noted."""
    if source.cost is None:
        return None
    hours = source.effort_hours or Decimal(0)
    return source.cost + hours * rates.get(currency_of(source), Decimal(0))


def currency_of(source: Source) -> str:
    """The currency of its price; the company's own where none is noted."""
    return source.currency or settings.LEADOPS["DEFAULT_CURRENCY"]


def past_costs() -> Costs:
    """What all purchased lists have cost and brought so far, by currency. Four queries, whatever there is."""
    rates = hourly_costs()
    bought = list(Source.objects.filter(kind=SourceKind.PURCHASED_LIST))
    ids = [source.pk for source in bought]
    leads = _by_source(Lead.objects.filter(source__in=ids).values_list("source").annotate(number=Count("pk")))
    stage = _sql_stage()
    far = Milestone.objects.filter(lead__source__in=ids, stage=stage)
    sqls = _by_source(far.values_list("lead__source").annotate(number=Count("pk")))
    found: dict[str, Past] = {}
    unpriced = 0
    for source in bought:
        spent = spent_on(source, rates=rates)
        if spent is None:
            unpriced += 1
            continue
        currency = currency_of(source)
        past = found.setdefault(currency, Past(currency))
        past.spent += spent
        past.lists += 1
        past.leads += leads.get(source.pk, 0)
        past.sqls += sqls.get(source.pk, 0)
        past.without_rate += bool(source.effort_hours and currency not in rates)
    return Costs([found[currency] for currency in sorted(found)], unpriced, str(STAGE_SHORT[stage]))


def figures(source: Source, *, reader: Any) -> Figures:
    """What has become of a list's leads, of those that `reader` may see. Two queries.

    What each has cost is told to those only who see all of them: half of the leads would seem twice as dear.
    """
    from leads.querysets import sees_everything

    mine = Lead.objects.visible_to(reader).filter(source=source)
    here = dict(mine.order_by().values_list("stage").annotate(number=Count("pk")))
    milestones = Milestone.objects.visible_to(reader).filter(lead__source=source, stage__in=_reached_stages())
    ever = dict(milestones.order_by().values_list("stage").annotate(number=Count("pk")))
    spent = spent_on(source, rates=hourly_costs()) if sees_everything(reader) else None
    return Figures(
        leads=sum(here.values()),
        now_in=[
            (stage.label, here[stage]) for stage in (*STAGE_ORDER, Stage.DISQUALIFIED) if here.get(stage)
        ],
        reached=[
            Reached(
                stage,
                STAGE_SHORT[stage],
                number := ever.get(stage, 0),
                (spent / number).quantize(CENT, ROUND_HALF_UP) if spent and number else None,
            )
            for stage in _reached_stages()
        ],
        spent=spent,
        currency=currency_of(source),
    )


def _by_source(rows: Any) -> dict[int, int]:
    return dict(rows.order_by())


def _sql_stage() -> Stage:
    """Where the company counts SQL: the stage at which opportunities are born."""
    return lifecycle.opportunity_stage(in_use=lifecycle.stages_in_use())


def _reached_stages() -> list[Stage]:
    in_use = lifecycle.stages_in_use()
    return [
        stage for stage in REACHED if stage in in_use and (stage in OPEN_STAGES or stage == Stage.CUSTOMER)
    ]
