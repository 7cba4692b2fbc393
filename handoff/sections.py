"""What can be agreed about the hand-off: response times and routing rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import ProtectedError

from handoff import words
from handoff.models import RoutingRule, ServiceLevel
from leads import criteria
from leads.enums import STAGE_SHORT, Stage
from leads.models import CriteriaSet, Team
from leads.sections import SectionRefused, check_criteria, tell_criteria
from terminology.labels import term
from terminology.sections import Contents, Item, Parts, Section, Stamp, arrow, register

MAX_HOURS = 24 * 365  # a year: longer is no promise


def register_sections() -> None:
    """Tell what can be agreed here, after the activity types and fields that criteria name."""
    register(
        Section(
            "sla", term("section.sla", "Response times"), 50,
            read=read_service_levels, write=write_service_levels, check=check_service_levels,
            tell=tell_service_levels, say=say_service_levels,
            from_blueprint=lambda rows: {
                row["stage"]: {"first_response_hours": row["first_response_hours"]} for row in rows
            },
            editor="handoff:edit_service_levels", known_parts=lambda: Stage.values,
        )
    )  # fmt: skip
    register(
        Section(
            "routing", term("section.routing", "Routing"), 51,
            read=read_routing, write=write_routing, check=check_routing, tell=tell_routing,
            say=say_routing,
            from_blueprint=routing_from_blueprint,
            editor="handoff:edit_routing",
        )
    )  # fmt: skip


# --- Response times -------------------------------------------------------------------------------


def read_service_levels() -> Parts:
    hours = dict(ServiceLevel.objects.values_list("stage", "first_response_hours"))
    return {
        stage.value: {"first_response_hours": hours[stage.value]} for stage in Stage if stage.value in hours
    }


def write_service_levels(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    ServiceLevel.objects.filter(stage__in=changed - set(parts)).delete()
    for stage in (stage for stage in parts if stage in changed):
        ServiceLevel.objects.update_or_create(
            stage=stage, defaults={"first_response_hours": parts[stage]["first_response_hours"]}
        )


def check_service_levels(parts: Parts, contents: Contents) -> None:
    for stage, value in parts.items():
        if stage not in Stage.values:
            raise SectionRefused(f"There is no stage “{stage[:40]}”. Choose one of the diagram.")
        if not 1 <= value["first_response_hours"] <= MAX_HOURS:
            raise SectionRefused(
                f"The response time of “{Stage(stage).label}” is from 1 to {MAX_HOURS} hours. Correct it."
            )


def tell_service_levels(part: str, before: Any, after: Any) -> list[str]:
    short = STAGE_SHORT[Stage(part)]
    if after is None:
        return [f"{short}: no response time any more"]
    will = f"{after['first_response_hours']} h"
    if before is None:
        return [f"{short}: new: first response within {will}"]
    was = f"{before['first_response_hours']} h"
    return [f"{short}: {arrow('first response within', was, will)}"]


def say_service_levels(part: str, value: Any) -> Item:
    return Item(str(Stage(part).label), f"First response within {value['first_response_hours']} h")


# --- Routing --------------------------------------------------------------------------------------


def read_routing() -> Parts:
    rows = RoutingRule.objects.in_use().select_related("team", "criteria")
    return {
        row.name: {
            "position": row.position,
            "team": row.team.name,
            "criteria": criteria.as_content(row.criteria) if row.criteria else None,
        }
        for row in rows.prefetch_related("criteria__criteria")
    }


def write_routing(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    """Rules that are gone are switched off, not deleted, for the sake of the assignments; missing teams are made."""
    RoutingRule.objects.filter(name__in=changed - set(parts)).update(is_active=False)
    for name in (name for name in parts if name in changed):
        value = parts[name]
        rule = RoutingRule.objects.filter(name=name).first() or RoutingRule(name=name)
        before = rule.criteria
        rule.position = value["position"]
        rule.team, _ = Team.objects.get_or_create(name=value["team"])
        rule.criteria = (
            criteria.create_set(name=f"Routing: {name}"[:120], content=value["criteria"])
            if value["criteria"] is not None
            else None
        )
        rule.is_active = True
        rule.save()
        _drop_unused(before)


def routing_from_blueprint(section: Sequence[Mapping[str, Any]]) -> Parts:
    return {
        row["name"]: {
            "position": place * 10,  # room for rules in between
            "team": row["team"],
            "criteria": criteria.normal_content(row["criteria"]) if row["criteria"] else None,
        }
        for place, row in enumerate(section, start=1)
    }


def check_routing(parts: Parts, contents: Contents) -> None:
    types = contents("activity_types")
    for name, value in parts.items():
        if not name.strip() or len(name) > 120 or not value["team"].strip() or len(value["team"]) > 120:
            raise SectionRefused("A routing rule needs a name and a team, each of at most 120 characters.")
        if not 0 <= value["position"] <= 32_000:
            raise SectionRefused(f"The place of the rule “{name}” is a number from 0 to 32,000. Correct it.")
        if value["criteria"] is not None:
            check_criteria(value["criteria"], what=f"The routing rule “{name}”", known_types=types)


def tell_routing(part: str, before: Any, after: Any) -> list[str]:
    if after is None:
        return [f"Rule “{part}”: no longer in use"]
    asked = tell_criteria(before["criteria"] if before else None, after["criteria"])
    if before is None:
        return [
            f"Rule “{part}”: new, to {after['team']}: {asked[0] if asked else str(words.EVERYTHING).lower()}"
        ]
    found = [f"Rule “{part}”: {sentence}" for sentence in asked]
    if before["team"] != after["team"]:
        found.append(f"Rule “{part}”: {arrow('team', before['team'], after['team'])}")
    if before["position"] != after["position"]:
        found.append(f"Rule “{part}”: {arrow('place', str(before['position']), str(after['position']))}")
    return found


def say_routing(part: str, value: Any) -> Item:
    asked = tell_criteria(None, value["criteria"])
    who = asked[0].removeprefix("new: ") if asked else str(words.EVERYTHING).lower()
    return Item(part, f"To {value['team']}: {who}")


def _drop_unused(before: CriteriaSet | None) -> None:
    """Delete the criteria that a rule had before, unless something else stands on them."""
    if before is None or not before.name.startswith("Routing: "):
        return
    try:
        before.delete()
    except ProtectedError:
        return
