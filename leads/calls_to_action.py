"""The register of calls to action: by which button, form, number or chat people do what a definition asks of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count

from leadops.per_request import once
from leads.conditions import ACTIVITY_GROUPS, HAND_RAISER, Condition, Kind, split_values
from leads.models import Activity, ActivityType, CallToAction, Definition

# How far back activities are counted: a month shows whether a button still works, and is soon counted.
VOLUME_WINDOW: Final = timedelta(days=30)


@dataclass(slots=True)
class Carried:
    """An activity type that something agreed counts on, with what carries it."""

    type: ActivityType
    named_by: list[str] = field(default_factory=list)  # "MQL v2", "Demo requested: +35"
    definition_ids: set[int] = field(default_factory=set)
    live: list[CallToAction] = field(default_factory=list)

    @property
    def is_gap(self) -> bool:
        """Whether people have no way to do it: no call to action is live."""
        return not self.live


# What upper apps count on beside definitions: name and condition.
Named = tuple[str, Condition]
_sources: list[Callable[[datetime], Iterable[Named]]] = []


def register_conditions(name_them: Callable[[datetime], Iterable[Named]]) -> None:
    """Let an upper app say under which names it counts on which conditions at a moment (a scoring rule does)."""
    if name_them not in _sources:
        _sources.append(name_them)


def carried(*, now: datetime) -> list[Carried]:
    """Every activity type that people must be able to do: those that definitions in force name, and hand-raisers that
    definitions or scoring count on, each with its live calls to action.

    What only a rep logs (a talk, an appointment) needs no button. Five queries and those of upper apps; once a request.
    """
    return once("leads.carried", lambda: _carried(now))


def gaps(*, now: datetime) -> list[Carried]:
    """Of `carried`, what has no live call to action: nobody can do it, so nobody can meet the criterion."""
    return [row for row in carried(now=now) if row.is_gap]


def _carried(now: datetime) -> list[Carried]:
    types = {row.key: row for row in ActivityType.objects.filter(is_active=True)}
    hand_raisers = [key for key, row in types.items() if row.is_hand_raiser]
    found: dict[str, Carried] = {}

    def count_on(key: str, name: str, definition: Definition | None) -> None:
        kind = types.get(key)
        if kind is None or (kind.is_logged_by_reps and not kind.is_hand_raiser):
            return
        row = found.setdefault(key, Carried(kind))
        if name not in row.named_by:
            row.named_by.append(name)
        if definition is not None:
            row.definition_ids.add(definition.pk)

    agreed = Definition.objects.in_force(now=now).filter(criteria__isnull=False)
    for definition in agreed.select_related("criteria").prefetch_related("criteria__criteria"):
        agreed_on = definition.criteria.criteria.all() if definition.criteria else []
        for criterion in agreed_on:
            for key in _named_types(criterion, hand_raisers):
                count_on(key, str(definition), definition)
    for name_them in _sources:
        for name, condition in name_them(now):
            for key in _named_types(condition, hand_raisers):
                if key in types and types[key].is_hand_raiser:
                    count_on(key, name, None)
    by_type = {row.type.pk: row for row in found.values()}
    for call in CallToAction.objects.filter(is_live=True, activity_type__in=list(by_type)):
        by_type[call.activity_type_id].live.append(call)
    return sorted(found.values(), key=lambda row: (not row.is_gap, row.type.name))


def _named_types(condition: Condition, hand_raisers: list[str]) -> list[str]:
    """The keys of the types that a condition names; of the groups only that of the hand-raisers names any."""
    if condition.kind != Kind.ACTIVITY:
        return []
    keys = split_values(condition.activity_types)
    if keys == [HAND_RAISER]:
        return hand_raisers
    return [key for key in keys if key not in ACTIVITY_GROUPS]


def volumes(*, now: datetime) -> dict[int, int]:
    """How many activities of each type there were in the last 30 days, by the type's id. One query, once a request.

    Over all leads: whether a button works is no secret of the leads that it brought.
    """
    return once("leads.volumes", lambda: _volumes(now))


def _volumes(now: datetime) -> dict[int, int]:
    rows = Activity.objects.filter(at__gt=now - VOLUME_WINDOW, at__lte=now).order_by()
    return dict(rows.values_list("type").annotate(number=Count("pk")))
