"""What is told about agreements: who may sign one that is proposed, and who may propose when one comes into force."""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from handoff import notices
from handoff.models import NoticeKind
from leadops.roles import MARKETING, MARKETING_SIGNATORY, REVOPS, SALES_MANAGER, SALES_REP, SALES_SIGNATORY
from terminology.models import Agreement


def after_proposed(*, agreement: Agreement, now: datetime, **kwargs: Any) -> None:
    """Ask the signatories of both sides."""
    people = _members(MARKETING_SIGNATORY, SALES_SIGNATORY)
    _tell(agreement, people, kind=NoticeKind.TO_SIGN, fact=f"to_sign:{agreement.revision}", now=now)


def after_in_force(*, agreement: Agreement, by: Any, now: datetime, **kwargs: Any) -> None:
    """Tell everybody who works by it, except whoever brought it in."""
    if not agreement.signatures.exists():
        return  # a starting point: there is nobody yet who was told otherwise
    people = [pk for pk in _members(SALES_REP, SALES_MANAGER, MARKETING, REVOPS) if by is None or pk != by.pk]
    _tell(agreement, people, kind=NoticeKind.IN_FORCE, fact="in_force", now=now)


def _tell(agreement: Agreement, people: list[int], *, kind: NoticeKind, fact: str, now: datetime) -> None:
    notices.notify_many(
        notices=[
            notices.New(
                user_id=pk,
                kind=kind,
                dedupe_key=f"agreement:{agreement.pk}:{fact}:{pk}",
                url=reverse("admin:terminology_agreement_change", args=[agreement.pk]),
                facts={"title": agreement.title, "version": agreement.version},
            )
            for pk in people
        ],
        now=now,
    )


def _members(*groups: str) -> list[int]:
    people = get_user_model().objects.filter(is_active=True, groups__name__in=groups)
    return list(people.order_by("pk").values_list("pk", flat=True).distinct())
