"""The compiler of conditions: one expression answers "which leads?" for a million and "why this lead?" for one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from math import ceil, floor
from operator import and_, or_
from typing import Any, Final

from django.db.models import Count as CountRows
from django.db.models import Exists, OuterRef, Q, QuerySet

from leadops.per_request import once
from leads.conditions import (
    ANY_ACTIVITY,
    ENGAGEMENT,
    FIELDS,
    HAND_RAISER,
    AskableField,
    Condition,
    Count,
    Kind,
    Operator,
    Shape,
    as_number,
    describe,
    split_values,
)
from leads.models import Activity, ActivityType, CriteriaSet, Criterion, Lead

EVERYTHING: Final = Q(pk__isnull=False)
NOTHING: Final = Q(pk__isnull=True)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whether one lead meets one condition, and what shows it."""

    condition: Condition
    text: str  # the condition as a phrase
    is_met: bool
    because: str  # the value, or the activities with their days


def compile_condition(condition: Condition, *, now: datetime, paths: Mapping[str, str] | None = None) -> Q:
    """The condition as a filter on Lead. `now` is the end of its window of days.

    `paths` says for fields by their names where else to look: at an annotation of what would be.
    """
    if condition.kind == Kind.ACTIVITY:
        return _compile_activity(condition, now=now)
    known = FIELDS.get(condition.field)
    if known is not None and paths and known.name in paths:
        known = replace(known, path=paths[known.name])
    # A field of an app that is no longer installed is met by nobody, rather than by everybody.
    return NOTHING if known is None else _compile_field(condition, known)


def compile_set(criteria: CriteriaSet, *, now: datetime) -> Q:
    """All conditions of the set joined as it says. A set without criteria is met by nobody."""
    return join(criteria, [(row.group, compile_condition(row, now=now)) for row in criteria.criteria.all()])


def compile_content(
    content: Mapping[str, Any], *, now: datetime, paths: Mapping[str, str] | None = None
) -> Q:
    """As `compile_set`, for criteria that are not saved (`as_content`). `paths` is that of `compile_condition`."""
    parts = []
    for place, part in enumerate(content["conditions"]):
        members, group = ([part], "") if "kind" in part else (part["conditions"], f"group {place}")
        parts += [
            (group, compile_condition(Criterion.unchecked(member), now=now, paths=paths))
            for member in members
        ]
    return join(CriteriaSet(match=content["match"]), parts)


def join(criteria: CriteriaSet, parts: Iterable[tuple[str, Q]]) -> Q:
    """Join `(group name, filter)` pairs: groups inside by the other word, then everything by the set's own."""
    outer, inner = (and_, or_) if criteria.match == CriteriaSet.Match.ALL else (or_, and_)
    singles: list[Q] = []
    groups: dict[str, list[Q]] = {}
    for group, part in parts:
        (groups.setdefault(group, []) if group else singles).append(part)
    joined = singles + [reduce(inner, members) for members in groups.values()]
    return reduce(outer, joined) if joined else NOTHING


def matching_activities(condition: Condition, *, now: datetime) -> QuerySet[Activity]:
    """The activities that an activity condition counts, of all leads."""
    keys = split_values(condition.activity_types)
    rows = Activity.objects.filter(at__lte=now)
    if keys == [HAND_RAISER]:
        rows = rows.filter(type__is_hand_raiser=True)
    elif keys == [ENGAGEMENT]:
        rows = rows.filter(type__is_engagement=True)
    elif keys != [ANY_ACTIVITY]:
        rows = rows.filter(type__key__in=keys)
    if condition.within_days:
        rows = rows.filter(at__gte=now - timedelta(days=condition.within_days))
    return rows.order_by()


def _compile_activity(condition: Condition, *, now: datetime) -> Q:
    rows: QuerySet[Any, Any] = matching_activities(condition, now=now).filter(lead=OuterRef("pk"))
    if condition.at_least > 1:
        counted = CountRows("type", distinct=True) if condition.count == Count.DISTINCT else CountRows("pk")
        rows = rows.values("lead").annotate(counted=counted).filter(counted__gte=condition.at_least)
    return Q(Exists(rows))


def _compile_field(condition: Condition, known: AskableField) -> Q:
    values = (
        split_values(condition.value)
        if condition.operator in (Operator.IN, Operator.NOT_IN)
        else [condition.value.strip()]
    )
    match condition.operator:
        case Operator.IS_EMPTY:
            return _is_unknown(known)
        case Operator.IS_SET:
            return ~_is_unknown(known)
        case Operator.IS if known.shape == Shape.YES_NO:
            return ~_is_unknown(known) if values == ["yes"] else _is_unknown(known)
        case Operator.IS | Operator.IN:
            return _equals_any(known, values)
        case Operator.IS_NOT | Operator.NOT_IN:
            return ~_equals_any(known, values)
        case Operator.CONTAINS:
            return Q(**{f"{known.path}__icontains": values[0]})
        case _:
            return Q(**{f"{known.path}__{condition.operator}": _bound(values[0], condition.operator)})


def _equals_any(known: AskableField, values: Sequence[str]) -> Q:
    if known.shape == Shape.TEXT:
        return reduce(or_, (Q(**{f"{known.path}__iexact": value}) for value in values), NOTHING)
    if known.shape == Shape.NUMBER:
        number = as_number(values[0])
        # What is counted is whole; Django would cut 50.5 down to 50 and find it.
        return NOTHING if number is None or number != int(number) else Q(**{known.path: int(number)})
    return Q(**{f"{known.path}__in": list(values)})


def _bound(text: str, operator: str) -> int:
    """The whole number that a count must reach, or may not exceed, for the one that `text` writes."""
    number = as_number(text)
    if number is None:
        raise ValueError(
            f"{text!r} was saved as a number and is none."
        )  # `Condition.clean` lets no other pass
    return ceil(number) if operator == Operator.GTE else floor(number)


def _is_unknown(known: AskableField) -> Q:
    unknown = Q(**{f"{known.path}__isnull": True})
    if known.shape == Shape.NUMBER:
        return unknown
    return unknown | Q(**{f"{known.path}__in": ["", *known.unknown]})


def explain(*, lead: Lead, criteria: CriteriaSet, now: datetime) -> list[Evidence]:
    """Each criterion of the set for one lead: met or not, and why. Two queries, and one per activity condition."""
    return explain_conditions(lead=lead, conditions=list(criteria.criteria.all()), now=now)


def explain_conditions(*, lead: Lead, conditions: Sequence[Condition], now: datetime) -> list[Evidence]:
    """As `explain`, for any conditions."""
    if not conditions:
        return []
    met = meets_each(lead=lead, conditions=conditions, now=now)
    paths = sorted(
        {FIELDS[row.field].path for row in conditions if row.kind != Kind.ACTIVITY and row.field in FIELDS}
    )
    known = Lead.objects.filter(pk=lead.pk).values(*paths).first() or {} if paths else {}
    names = activity_names(conditions)
    return [
        Evidence(
            condition=row,
            text=describe(row, names=names),
            is_met=is_met,
            because=_because_of(row, lead=lead, known=known, now=now),
        )
        for row, is_met in zip(conditions, met, strict=True)
    ]


def meets_each(*, lead: Lead, conditions: Sequence[Condition], now: datetime) -> list[bool]:
    """Whether `lead` meets each of `conditions`, in one query by the same compiler that serves lists."""
    from django.db.models import BooleanField, Case, Value, When

    asked = {
        f"met_{place}": Case(
            When(compile_condition(row, now=now), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        for place, row in enumerate(conditions)
    }
    answer = Lead.objects.filter(pk=lead.pk).annotate(**asked).values_list(*asked).first()
    return list(answer) if answer else [False] * len(conditions)


def meets(*, lead: Lead, criteria: CriteriaSet, now: datetime) -> bool:
    """Whether one lead meets the whole set."""
    return Lead.objects.filter(compile_set(criteria, now=now), pk=lead.pk).exists()


def activity_names(conditions: Iterable[Condition]) -> dict[str, str]:
    """The names of the activity types that `conditions` mention, by key. One query, none without such conditions."""
    keys = {
        key for row in conditions if row.kind == Kind.ACTIVITY for key in split_values(row.activity_types)
    }
    return dict(ActivityType.objects.filter(key__in=keys).values_list("key", "name")) if keys else {}


def catalogue_names() -> dict[str, str]:
    """The names of all activity types, by key. One query, and one only within a request."""
    return once("leads.catalogue_names", lambda: dict(ActivityType.objects.values_list("key", "name")))


def _because_of(condition: Condition, *, lead: Lead, known: dict[str, Any], now: datetime) -> str:
    if condition.kind == Kind.ACTIVITY:
        rows = (
            matching_activities(condition, now=now)
            .filter(lead=lead)
            .order_by("-at")
            .select_related("type")[:3]
        )
        return "; ".join(f"{row.type.name} on {row.at:%d %b %Y}" for row in rows) or "nothing of the kind yet"
    asked = FIELDS.get(condition.field)
    value = known.get(asked.path) if asked else None
    if asked is None or value is None or value == "" or value in asked.unknown:
        return "not known"
    if asked.choices is not None and value in asked.choices.values:
        return str(asked.choices(value).label)
    return str(value)


def create_set(*, name: str, content: dict[str, Any]) -> CriteriaSet:
    """Save the criteria of a blueprint: `{"match", "conditions": [condition or {"match", "conditions"}]}`.

    A group must join by the other word than the set does. Raises ValidationError for a condition that can't be asked.
    """
    criteria = CriteriaSet.objects.create(name=name, match=content["match"])
    rows: list[Condition] = []
    for place, part in enumerate(content["conditions"]):
        members, group = ([part], "") if "kind" in part else (part["conditions"], f"group {place + 1}")
        if group and part["match"] == content["match"]:
            group = ""  # "all inside all" is the same as no group
        for member in members:
            rows.append(Criterion.from_dict(member, criteria=criteria, group=group, position=len(rows)))
    Criterion.objects.bulk_create(rows)  # type: ignore[arg-type]
    return criteria


def as_content(criteria: CriteriaSet) -> dict[str, Any]:
    """The set as `create_set` reads it, its groups in the order of their first members."""
    other = CriteriaSet.Match.ANY if criteria.match == CriteriaSet.Match.ALL else CriteriaSet.Match.ALL
    parts: list[dict[str, Any]] = []
    groups: dict[str, dict[str, Any]] = {}
    for row in criteria.criteria.all():
        if not row.group:
            parts.append(row.to_dict())
            continue
        if row.group not in groups:
            groups[row.group] = {"match": other.value, "conditions": []}
            parts.append(groups[row.group])
        groups[row.group]["conditions"].append(row.to_dict())
    alone = [part["conditions"][0] if len(part.get("conditions", ())) == 1 else part for part in parts]
    return {"match": str(criteria.match), "conditions": alone}


def normal_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """The criteria of a blueprint or a form in the form of `as_content`. Whether they can be asked is not looked at."""
    other = "any" if content["match"] == "all" else "all"
    parts: list[dict[str, Any]] = []
    for part in content["conditions"]:
        if "kind" in part:
            parts.append(Criterion.unchecked(part).to_dict())
            continue
        members = [Criterion.unchecked(member).to_dict() for member in part["conditions"]]
        if part["match"] == other and len(members) > 1:
            parts.append({"match": other, "conditions": members})
        else:
            parts += members  # a group of one, or one joined as the set itself, is no group
    return {"match": content["match"], "conditions": parts}


def conditions_of(content: Mapping[str, Any]) -> list[Criterion]:
    """Every condition of `as_content`, unsaved and unchecked, in order."""
    members = [
        member
        for part in content["conditions"]
        for member in ([part] if "kind" in part else part["conditions"])
    ]
    return [Criterion.unchecked(member) for member in members]


def sentences(content: dict[str, Any], *, names: dict[str, str]) -> list[str]:
    """Each condition of `as_content` as a phrase in today's words; a group as its phrases joined by and / or.

    `names` gives activity types their names by key.
    """
    found = []
    for part in content["conditions"]:
        if "kind" in part:
            found.append(describe(Criterion.unchecked(part), names=names))
            continue
        word = " or " if part["match"] == "any" else " and "
        found.append(
            word.join(describe(Criterion.unchecked(member), names=names) for member in part["conditions"])
        )
    return found
