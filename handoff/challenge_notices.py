"""What is told about disputes: the definition's owners when one is raised, whoever raised it when it is ruled."""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse

from handoff import notices
from handoff.models import NoticeKind
from leadops.names import full_name
from leadops.roles import MARKETING, REVOPS, SALES_MANAGER
from leads.enums import OwnerTeam
from leads.models import Challenge, TeamMember


def after_raised(*, challenge: Challenge, now: datetime, **kwargs: Any) -> None:
    """Tell who may rule on it: marketing, or the sales managers of the lead; RevOps where there is nobody else."""
    notices.notify_many(
        notices=[
            notices.New(
                user_id=user_id,
                kind=NoticeKind.CHALLENGED,
                dedupe_key=f"challenged:{challenge.pk}:{user_id}",
                lead_id=challenge.lead_id,
                url=_page(challenge),
                facts={
                    "by": _name(challenge.raised_by),
                    "defines": challenge.definition.stage,
                    "version": challenge.definition.version,
                    "criterion": challenge.criterion,
                },
            )
            for user_id in _owners(challenge)
        ],
        now=now,
    )


def after_ruled(*, challenge: Challenge, now: datetime, **kwargs: Any) -> None:
    """Tell whoever raised it what was ruled, and why."""
    notices.notify_many(
        notices=[
            notices.New(
                user_id=challenge.raised_by_id,
                kind=NoticeKind.CHALLENGE_RULED,
                dedupe_key=f"challenge_ruled:{challenge.pk}",
                lead_id=challenge.lead_id,
                url=_page(challenge),
                facts={
                    "by": _name(challenge.ruled_by),
                    "ruled": challenge.state,
                    "ruling": challenge.ruling,
                    "defines": challenge.definition.stage,
                    "version": challenge.definition.version,
                    "criterion": challenge.criterion,
                },
            )
        ],
        now=now,
    )


def _owners(challenge: Challenge) -> list[int]:
    people = get_user_model().objects.filter(is_active=True).exclude(pk=challenge.raised_by_id)
    if challenge.definition.owner_team == OwnerTeam.SALES:
        lead = challenge.lead
        teams = TeamMember.objects.filter(Q(team=lead.team_id) | Q(user=lead.owner_id)).values("team")
        owners = people.filter(groups__name=SALES_MANAGER, pk__in=_members(teams))
    else:
        owners = people.filter(groups__name=MARKETING)
    found = list(owners.order_by("pk").values_list("pk", flat=True).distinct())
    return found or list(people.filter(groups__name=REVOPS).order_by("pk").values_list("pk", flat=True))


def _members(teams: Any) -> Any:
    return TeamMember.objects.filter(team__in=teams).values("user")


def _page(challenge: Challenge) -> str:
    return reverse("admin:leads_challenge_change", args=[challenge.pk])


def _name(user: Any) -> str:
    return full_name(user) if user else ""
