"""The scoring rules once more, in plain Python over one lead's objects, written from the words of the docstrings alone.

It shares no code with the engine and none with the compiler of conditions, so that a fault in either shows as
a difference.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from leads.models import Activity, Lead
from scoring.models import Rule

UNKNOWN = {"contact.seniority": "unknown", "contact.function": "unknown", "contact.email_kind": "none"}
NUMBERS = {"account.employees"}
CHOICES = {"contact.seniority", "contact.function", "contact.email_kind", "source.kind"}


def known(lead: Lead, field: str) -> Any:
    """What the lead's rows hold for a field of the condition language; None where a row is missing."""
    contact = lead.contact
    if field.startswith("source."):
        return getattr(lead.source, field.removeprefix("source."))
    if field == "contact.has_phone":
        return contact.phone if contact else None
    if field.startswith("contact."):
        return getattr(contact, field.removeprefix("contact.")) if contact else None
    account = contact.account if contact else None
    return getattr(account, field.removeprefix("account.")) if account else None


def is_unknown(field: str, value: Any) -> bool:
    if field in NUMBERS:
        return value is None
    return value is None or value == "" or value == UNKNOWN.get(field)


def equals(field: str, value: Any, wanted: list[str]) -> bool:
    if value is None:
        return False
    if field in NUMBERS:
        return value == int(wanted[0])
    if field in CHOICES:
        return value in wanted
    return value.lower() in [text.lower() for text in wanted]


def holds(rule: Rule, lead: Lead) -> bool:
    """Whether a condition about a field is met."""
    value = known(lead, rule.field)
    listed = [part.strip() for part in rule.value.split(",") if part.strip()]
    single = [rule.value.strip()]
    if rule.operator == "is_empty":
        return is_unknown(rule.field, value)
    if rule.operator == "is_set":
        return not is_unknown(rule.field, value)
    if rule.field == "contact.has_phone":
        return is_unknown(rule.field, value) == (rule.value.strip() == "no")
    if rule.operator in ("is", "in"):
        return equals(rule.field, value, single if rule.operator == "is" else listed)
    if rule.operator in ("is_not", "not_in"):
        return not equals(rule.field, value, single if rule.operator == "is_not" else listed)
    if rule.operator == "contains":
        return value is not None and single[0].lower() in value.lower()
    if rule.operator == "gte":
        return value is not None and value >= int(single[0])
    assert rule.operator == "lte", rule.operator
    return value is not None and value <= int(single[0])


def is_counted(rule: Rule, activity: Activity, now: datetime) -> bool:
    """Whether the rule counts this activity."""
    if activity.at > now:
        return False
    if rule.within_days and activity.at < now - timedelta(days=rule.within_days):
        return False
    named = {key.strip() for key in rule.activity_types.split(",")}
    kind = activity.type
    return (
        "any" in named
        or ("hand_raiser" in named and kind.is_hand_raiser)
        or ("engagement" in named and kind.is_engagement)
        or kind.key in named
    )


def times(rule: Rule, lead: Lead, activities: Sequence[Activity], now: datetime) -> int:
    """How often the rule counts for the lead."""
    if rule.kind == "field":
        return int(holds(rule, lead))
    counted = [activity for activity in activities if is_counted(rule, activity, now)]
    number = len({activity.type_id for activity in counted}) if rule.count == "distinct" else len(counted)
    full = 0
    while number >= rule.at_least and full < rule.max_times:
        number -= rule.at_least
        full += 1
    return full


def score(
    lead: Lead, rules: Sequence[Rule], activities: Sequence[Activity], now: datetime
) -> tuple[int, int]:
    """(fit, engagement) of one lead."""
    fit = engagement = 0
    for rule in rules:
        if not rule.is_active:
            continue
        points = rule.points * times(rule, lead, activities, now)
        if rule.kind == "field":
            fit += points
        else:
            engagement += points
    return fit, engagement
