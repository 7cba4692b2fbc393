"""What the tests of the hand-off need again and again."""

from datetime import datetime, timedelta
from typing import Any

from handoff.models import Notice, NoticeKind, RoutingRule
from leads.enums import Stage, Transition
from leads.models import Lead, StageChange, TeamMember
from tests import factories

ENTERPRISE = {"kind": "field", "field": "account.employees", "operator": "gte", "value": "1000"}


def rep(team: Any, **fields: Any) -> Any:
    """A sales rep of `team` who receives leads."""
    return factories.UserFactory(role="sales_rep", team=team, **fields)


def manager(team: Any, **fields: Any) -> Any:
    """The manager of `team`, who receives none."""
    user = factories.UserFactory(role="sales_manager", team=team, **fields)
    TeamMember.objects.filter(user=user).update(receives_leads=False)
    return user


def rule(team: Any, *conditions: dict[str, Any], **fields: Any) -> RoutingRule:
    """A routing rule; without conditions it fits every lead."""
    criteria = None
    if conditions:
        from leads.criteria import create_set

        criteria = create_set(name="Routing: test", content={"match": "all", "conditions": list(conditions)})
    number = RoutingRule.objects.count()
    return RoutingRule.objects.create(
        **{"name": f"Rule {number}", "position": number, "team": team, "criteria": criteria, **fields}
    )


def handed_over(now: datetime, *, hours_ago: float = 1, **fields: Any) -> Lead:
    """A lead that marketing handed over some hours before `now`."""
    at = now - timedelta(hours=hours_ago)
    return factories.LeadFactory(
        **{"stage": Stage.MARKETING_QUALIFIED, "created_at": at, "stage_entered_at": at, **fields}
    )


def change(lead: Lead, transition: Transition, *, at: datetime, **fields: Any) -> StageChange:
    """The record of a step that was taken."""
    return StageChange.objects.create(
        **{
            "lead": lead,
            "transition": transition,
            "from_stage": Stage.IDENTIFIED,
            "to_stage": lead.stage,
            "at": at,
            "source": lead.source,
            **fields,
        }
    )


def notice(user: Any, *, now: datetime, lead: Lead | None = None, **fields: Any) -> Notice:
    """A notice as routing writes it."""
    return Notice.objects.create(
        **{
            "user": user,
            "kind": NoticeKind.LEAD_ASSIGNED,
            "dedupe_key": f"test:{Notice.objects.count()}",
            "lead": lead,
            "created_at": now,
            "run_after": now,
            "hinted_at": now,
            **fields,
        }
    )
