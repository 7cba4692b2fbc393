"""Loads the sections of a blueprint that belong to the hand-off: response times and routing rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import ProtectedError

from handoff.models import RoutingRule, ServiceLevel
from leads.criteria import create_set
from leads.models import CriteriaSet, Team
from terminology import blueprints


def register() -> None:
    """Tell the blueprints which sections are loaded here, after the activity types and fields that criteria name."""
    blueprints.register("sla", load_service_levels, order=40)
    blueprints.register("routing", load_routing, order=40)


def load_service_levels(section: Sequence[Mapping[str, Any]], *, by: User | None, now: datetime) -> int:
    """The blueprint's response times instead of the present ones."""
    ServiceLevel.objects.exclude(stage__in=[row["stage"] for row in section]).delete()
    for row in section:
        level = ServiceLevel.objects.filter(stage=row["stage"]).first() or ServiceLevel(stage=row["stage"])
        level.first_response_hours = row["first_response_hours"]
        level.full_clean()
        level.save()
    return len(section)


def load_routing(section: Sequence[Mapping[str, Any]], *, by: User | None, now: datetime) -> int:
    """The blueprint's rules, in its order. Other rules are switched off, not deleted; missing teams are made."""
    names = [row["name"] for row in section]
    RoutingRule.objects.exclude(name__in=names).update(is_active=False)
    for position, row in enumerate(section, start=1):
        rule = RoutingRule.objects.filter(name=row["name"]).first() or RoutingRule(name=row["name"])
        before = rule.criteria
        rule.position = position * 10  # room for rules in between
        rule.team, _ = Team.objects.get_or_create(name=row["team"])
        rule.criteria = (
            create_set(name=f"Routing: {row['name']}"[:120], content=row["criteria"])
            if row["criteria"] is not None
            else None
        )
        rule.is_active = True
        rule.full_clean()
        rule.save()
        _drop_unused(before)
    return len(section)


def _drop_unused(criteria: CriteriaSet | None) -> None:
    """Delete the criteria that a rule had before, unless something else stands on them."""
    if criteria is None or not criteria.name.startswith("Routing: "):
        return
    try:
        criteria.delete()
    except ProtectedError:
        return
