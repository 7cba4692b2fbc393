"""The scoring engine: all rules of a model for many leads, in one statement that writes only what changed.

Rules about fields become expressions on Lead; rules about activities become conditional counts over Activity,
grouped by lead *first*, since a join of leads with their activities would group millions of wide rows. Both
are compiled by the ORM and meet in one statement:

    WITH fit AS (… leads …), engagement AS (… activities GROUP BY lead_id)
    INSERT INTO scoring_leadscore SELECT … WHERE the score differs ON CONFLICT DO UPDATE

What is scored is said by *chosen*: a list of lead ids, or a `range` of primary keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Least

from leads.conditions import ANY_ACTIVITY, ENGAGEMENT, HAND_RAISER, Kind, split_values
from leads.conditions import Count as Counted
from leads.criteria import compile_condition
from leads.models import Activity, ActivityType, Lead
from scoring.models import LeadScore, Rule, ScoringModel

Chosen = Sequence[int] | range


@dataclass(frozen=True, slots=True)
class Compiled:
    """The rules of a model as expressions, for one moment. Build it once for many chunks."""

    scoring_model: ScoringModel
    now: datetime
    rules: list[Rule]
    # By the id of the rule: how many times it counts, as an expression on Lead or on Activity grouped by lead.
    fit: dict[int, Combinable]
    engagement: dict[int, Combinable]
    # Which activities any rule can count at all.
    activities: Q


def rules_of(scoring_model: ScoringModel) -> list[Rule]:
    """The rules in use of the model, in order."""
    return list(scoring_model.rules.filter(is_active=True))


def compile_model(scoring_model: ScoringModel, *, now: datetime) -> Compiled:
    """The rules of the model ready for `write_scores` and `count_times`. Two queries: rules and activity types."""
    return compile_rules(scoring_model, rules_of(scoring_model), now=now)


def compile_rules(scoring_model: ScoringModel, rules: list[Rule], *, now: datetime) -> Compiled:
    """As `compile_model`, with these rules instead of the model's own. Each needs a primary key, saved or not."""
    types = list(ActivityType.objects.all()) if any(rule.kind == Kind.ACTIVITY for rule in rules) else []
    counted = {
        rule: keys for rule in rules if rule.kind == Kind.ACTIVITY and (keys := _type_ids(rule, types)) != []
    }
    return Compiled(
        scoring_model=scoring_model,
        now=now,
        rules=rules,
        fit={rule.pk: _met(rule, now=now) for rule in rules if rule.kind != Kind.ACTIVITY},
        engagement={rule.pk: _times(rule, keys, now=now) for rule, keys in counted.items()},
        activities=_any_counted(counted, now=now),
    )


def write_scores(compiled: Compiled, *, chosen: Chosen) -> int:
    """Score the chosen leads and return how many rows were written: those that changed, and those that had none.

    One statement. The caller holds the scoring model's lock, so that no older score overwrites a newer one.
    """
    if not len(chosen):
        return 0
    parts = {"fit (lead_id, points)": _fit_rows(compiled, chosen)}
    earned, joined = "0", ""
    if compiled.engagement:
        parts["engagement (lead_id, points)"] = _engagement_rows(compiled, chosen)
        earned, joined = (
            "COALESCE(engagement.points, 0)",
            "LEFT JOIN engagement ON engagement.lead_id = fit.lead_id",
        )
    parts["present (lead_id, fit, engagement, model_id)"] = _present_rows(chosen)
    texts: list[str] = []
    params: list[Any] = []
    for name, rows in parts.items():
        sql, values = rows.query.sql_with_params()
        texts.append(f"{name} AS ({sql})")
        params += values
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE.format(with_parts=",\n".join(texts), earned=earned, joined=joined, **_names()),
            params + _verdict(compiled),
        )
        return max(cursor.rowcount, 0)


def count_times(compiled: Compiled, *, lead: Lead) -> dict[int, int]:
    """How many times each rule counts for one lead, by the id of the rule: the summands of its score. Two queries."""
    times = dict.fromkeys((rule.pk for rule in compiled.rules), 0)
    rows = [
        (compiled.fit, Lead.objects.filter(pk=lead.pk).order_by()),
        (compiled.engagement, _counted_activities(compiled, [lead.pk]).values("lead")),
    ]
    for expressions, row in rows:
        asked = {f"rule_{pk}": expression for pk, expression in expressions.items()}
        if asked:
            # Without a row (no activity that counts) every rule stays at nought.
            for found in row.annotate(**asked).values_list(*asked):
                times |= dict(zip(expressions, found, strict=True))
    return times


def with_what_if_scores(leads: QuerySet[Lead], compiled: Compiled) -> QuerySet[Lead]:
    """`leads` annotated with what they would score: `what_if_fit`, `what_if_engagement`, `what_if_total`."""
    engagement: Combinable = Value(0, output_field=IntegerField())
    if compiled.engagement:
        earned = (
            Activity.objects.filter(compiled.activities, lead=OuterRef("pk"))
            .order_by()
            .values("lead")
            .annotate(points=_points(compiled, compiled.engagement))
            .values("points")
        )
        engagement = Coalesce(Subquery(earned, output_field=IntegerField()), 0)
    return leads.annotate(
        what_if_fit=_points(compiled, compiled.fit), what_if_engagement=engagement
    ).annotate(what_if_total=F("what_if_fit") + F("what_if_engagement"))


# --- One rule -----------------------------------------------------------------------------------------------


def _met(rule: Rule, *, now: datetime) -> Combinable:
    """1 for a lead that meets the condition, else 0."""
    return Case(
        When(compile_condition(rule, now=now), then=Value(1)), default=Value(0), output_field=IntegerField()
    )


def _times(rule: Rule, type_ids: list[int] | None, *, now: datetime) -> Combinable:
    """How often the rule counts for a group of activities: their number through `at_least`, at most `max_times`."""
    matching = Q()
    if type_ids is not None:
        matching &= Q(type__in=type_ids)
    if rule.within_days:
        matching &= Q(at__gte=_window_start(rule, now=now))
    counted = (
        Count("type", distinct=True, filter=matching)
        if rule.count == Counted.DISTINCT
        else Count("pk", filter=matching)
    )
    enough = counted / Value(rule.at_least) if rule.at_least > 1 else counted
    return Least(enough, Value(rule.max_times), output_field=IntegerField())


def _type_ids(rule: Rule, types: Sequence[ActivityType]) -> list[int] | None:
    """The ids of the types that the rule counts, None for all: by id, activities are counted without a join."""
    keys = split_values(rule.activity_types)
    if keys == [ANY_ACTIVITY]:
        return None
    if keys == [HAND_RAISER]:
        return [kind.pk for kind in types if kind.is_hand_raiser]
    if keys == [ENGAGEMENT]:
        return [kind.pk for kind in types if kind.is_engagement]
    return [kind.pk for kind in types if kind.key in keys]


def _window_start(rule: Rule, *, now: datetime) -> datetime:
    assert rule.within_days
    return now - timedelta(days=rule.within_days)


def _any_counted(counted: dict[Rule, list[int] | None], *, now: datetime) -> Q:
    """What all activities have in common that at least one rule counts: the outer bounds of types and time."""
    bounds = Q(at__lte=now)
    if counted and all(rule.within_days for rule in counted):
        bounds &= Q(at__gte=min(_window_start(rule, now=now) for rule in counted))
    if all(type_ids is not None for type_ids in counted.values()):
        bounds &= Q(type__in=sorted({pk for type_ids in counted.values() for pk in type_ids or []}))
    return bounds


# --- All rules, as two queries ------------------------------------------------------------------------------


def _fit_rows(compiled: Compiled, chosen: Chosen) -> QuerySet[Any]:
    """(lead, points) of every chosen lead."""
    total = _points(compiled, compiled.fit)
    return (
        Lead.objects.filter(within("pk", chosen))
        .annotate(points=total)
        .order_by()
        .values_list("pk", "points")
    )


def _engagement_rows(compiled: Compiled, chosen: Chosen) -> QuerySet[Any]:
    """(lead, points) of the chosen leads that did something."""
    total = _points(compiled, compiled.engagement)
    rows = _counted_activities(compiled, chosen).values("lead").annotate(points=total)
    return rows.values_list("lead", "points")


def _present_rows(chosen: Chosen) -> QuerySet[Any]:
    """The scores that the chosen leads have; without its own bounds a database would read all scores for each chunk."""
    rows = LeadScore.objects.filter(within("pk", chosen)).order_by()
    return rows.values_list("pk", "fit", "engagement", "scoring_model_id")


def _counted_activities(compiled: Compiled, chosen: Chosen) -> QuerySet[Activity]:
    return Activity.objects.filter(within("lead", chosen), compiled.activities).order_by()


def within(path: str, chosen: Chosen) -> Q:
    """The filter for the chosen leads, whose key stands at `path`."""
    if isinstance(chosen, range):
        return Q(**{f"{path}__gte": chosen.start, f"{path}__lt": chosen.stop})
    return Q(**{f"{path}__in": list(chosen)})


def _points(compiled: Compiled, times: dict[int, Combinable]) -> Combinable:
    """The points of all these rules together."""
    points = {rule.pk: rule.points for rule in compiled.rules}
    return _sum([expression * Value(points[pk]) for pk, expression in times.items()])


def _sum(parts: list[Combinable]) -> Combinable:
    """The sum as a balanced tree: databases limit the depth of an expression, and rules in a row are deep."""
    if not parts:
        return Value(0, output_field=IntegerField())
    while len(parts) > 1:
        pairs = [parts[place] + parts[place + 1] for place in range(0, len(parts) - 1, 2)]
        parts = pairs + parts[len(pairs) * 2 :]
    return parts[0]


# --- Writing ------------------------------------------------------------------------------------------------

# Total and grade are made in the statement too, so that fit, engagement, total and grade of a row always
# belong together; they follow from the rest and the version of the model, so they need no comparison of their
# own. Rows are written in the order of their keys. The statement begins with INSERT, since Python's sqlite3
# counts no rows for one that begins with WITH.
_WRITE: Final = """INSERT INTO {scores} (lead_id, fit, engagement, total, grade, scoring_model_id, computed_at)
WITH {with_parts},
added (lead_id, fit, engagement, total) AS (
    SELECT fit.lead_id, fit.points, {earned}, fit.points + {earned} FROM fit {joined}
),
verdict (grade_a, grade_b, grade_c, model_id, computed_at) AS (SELECT {casts}),
graded (lead_id, fit, engagement, total, grade, model_id, computed_at) AS (
    SELECT lead_id, fit, engagement, total,
        CASE WHEN total >= grade_a THEN 'A' WHEN total >= grade_b THEN 'B'
            WHEN total >= grade_c THEN 'C' ELSE 'D' END,
        model_id, computed_at
    FROM added CROSS JOIN verdict
)
SELECT graded.* FROM graded LEFT JOIN present ON present.lead_id = graded.lead_id
WHERE present.lead_id IS NULL OR present.fit <> graded.fit OR present.engagement <> graded.engagement
    OR present.model_id IS NULL OR present.model_id <> graded.model_id
ORDER BY graded.lead_id
ON CONFLICT (lead_id) DO UPDATE SET
    fit = excluded.fit, engagement = excluded.engagement, total = excluded.total, grade = excluded.grade,
    scoring_model_id = excluded.scoring_model_id, computed_at = excluded.computed_at
"""


def _names() -> dict[str, str]:
    types = ("integer", "integer", "integer", "bigint", "timestamp with time zone")
    if connection.vendor == "sqlite":
        types = ("integer", "integer", "integer", "integer", "text")
    return {
        "scores": connection.ops.quote_name(LeadScore._meta.db_table),
        "casts": ", ".join(f"CAST(%s AS {name})" for name in types),
    }


def _verdict(compiled: Compiled) -> list[Any]:
    model = compiled.scoring_model
    moment = connection.ops.adapt_datetimefield_value(compiled.now)
    return [model.grade_a, model.grade_b, model.grade_c, model.pk, moment]
