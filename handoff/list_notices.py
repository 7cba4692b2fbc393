"""What is told about whole lists: marketing when sales hands one back, whoever did when it is taken up again."""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from handoff import notices
from handoff.models import NoticeKind
from leadops.names import full_name
from leadops.roles import MARKETING, REVOPS
from leads.models import Source


def after_handed_back(*, source: Source, by: Any, leads: int, now: datetime, **kwargs: Any) -> None:
    """Tell marketing, and RevOps where nobody is in marketing."""
    people = get_user_model().objects.filter(is_active=True).exclude(pk=by.pk).order_by("pk")
    told = list(people.filter(groups__name=MARKETING)) or list(people.filter(groups__name=REVOPS))
    notices.notify_many(
        notices=[
            notices.New(
                user_id=user.pk,
                kind=NoticeKind.LIST_HANDED_BACK,
                dedupe_key=f"list_handed_back:{source.pk}:{now.isoformat()}:{user.pk}",
                url=_page(source),
                facts={
                    "by": full_name(by),
                    "list": source.name,
                    "reason": str(source.handed_back_reason),
                    "note": source.handed_back_note,
                    "leads": leads,
                },
            )
            for user in told
        ],
        now=now,
    )


def after_taken_up(
    *, source: Source, by: Any, handed_back_by: Any, note: str, now: datetime, **kwargs: Any
) -> None:
    """Tell whoever had handed it back what was done about it."""
    if handed_back_by is None or handed_back_by.pk == by.pk:
        return
    notices.notify_many(
        notices=[
            notices.New(
                user_id=handed_back_by.pk,
                kind=NoticeKind.LIST_TAKEN_UP,
                dedupe_key=f"list_taken_up:{source.pk}:{now.isoformat()}",
                url=_page(source),
                facts={"by": full_name(by), "list": source.name, "note": note},
            )
        ],
        now=now,
    )


def _page(source: Source) -> str:
    return reverse("admin:leads_source_list", args=[source.pk])
