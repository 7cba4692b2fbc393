"""What the scoring model counts on, for the register of calls to action."""

from collections.abc import Iterable
from datetime import datetime

from leads.calls_to_action import Named
from leads.conditions import Kind
from scoring.models import Rule


def named_conditions(now: datetime) -> Iterable[Named]:
    """The rules in force that give points for what people do. One query."""
    rows = Rule.objects.filter(
        scoring_model__superseded_at=None, is_active=True, kind=Kind.ACTIVITY, points__gt=0
    )
    return [(f"{Rule._meta.verbose_name} “{rule.name}”", rule) for rule in rows]
