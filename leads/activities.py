"""Recording what people did: the one way an activity is written, one or many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction

from leadops.errors import LeadOpsError
from leads.models import Activity, ActivityType, Lead, Source
from leads.signals import leads_touched

CLOCK_SKEW: Final = timedelta(minutes=5)  # a sender's clock may run ahead of ours by this much


class ActivityRefused(LeadOpsError):
    """The activity can't be recorded as it is."""


@dataclass(frozen=True, slots=True)
class NewActivity:
    """An activity about to be recorded."""

    lead_id: int
    type_id: int
    at: datetime
    subject: str = ""
    body: str = ""
    source_id: int | None = None
    by_id: int | None = None
    idempotency_key: str | None = None
    details: dict[str, Any] = field(default_factory=dict)


def record(
    *,
    lead: Lead,
    type: ActivityType,
    at: datetime,
    now: datetime,
    by: User | None = None,
    source: Source | None = None,
    subject: str = "",
    body: str = "",
    idempotency_key: str | None = None,
    details: dict[str, Any] | None = None,
) -> Activity:
    """Write one activity and mark its lead for rescoring. A repeated `idempotency_key` returns the first one.

    Raises `ActivityRefused` for a moment in the future.
    """
    (written,) = record_many(
        activities=[
            NewActivity(
                lead_id=lead.pk,
                type_id=type.pk,
                at=at,
                subject=subject[:200],
                body=body,
                source_id=source.pk if source else None,
                by_id=by.pk if by else None,
                idempotency_key=idempotency_key,
                details=details or {},
            )
        ],
        now=now,
    )
    return written


def record_many(*, activities: Sequence[NewActivity], now: datetime) -> list[Activity]:
    """Write activities in one statement, each idempotency key once for ever, and mark their leads for rescoring.

    Returns the written (or formerly written) activities in the order given. Raises `ActivityRefused`.
    """
    if any(new.at > now + CLOCK_SKEW for new in activities):
        raise ActivityRefused("An activity can't lie in the future. Correct its date and time.")
    with transaction.atomic():
        keys = [new.idempotency_key for new in activities if new.idempotency_key]
        known = _by_key(keys)
        fresh: dict[str | int, Activity] = {}
        for place, new in enumerate(activities):
            if new.idempotency_key not in known:
                fresh.setdefault(new.idempotency_key or place, _unsaved(new, now=now))
        # A statement that leaves conflicts out gives no ids back, so rows without a key go by one of their own.
        Activity.objects.bulk_create(row for row in fresh.values() if row.idempotency_key is None)
        if keys:
            keyed = [row for row in fresh.values() if row.idempotency_key is not None]
            Activity.objects.bulk_create(keyed, ignore_conflicts=True)
            # Another process may have written the same key at the same moment; what stands is what counts.
            known = _by_key(keys)
        lead_ids = sorted({row.lead_id for row in fresh.values()})
        if lead_ids:
            leads_touched.send(sender=Lead, lead_ids=lead_ids)
    return [
        known[new.idempotency_key] if new.idempotency_key else fresh[place]
        for place, new in enumerate(activities)
    ]


def _unsaved(new: NewActivity, *, now: datetime) -> Activity:
    return Activity(
        lead_id=new.lead_id,
        type_id=new.type_id,
        at=new.at,
        subject=new.subject,
        body=new.body,
        source_id=new.source_id,
        by_id=new.by_id,
        idempotency_key=new.idempotency_key,
        details=new.details,
        recorded_at=now,
    )


def _by_key(keys: Iterable[str]) -> dict[str | None, Activity]:
    return {row.idempotency_key: row for row in Activity.objects.filter(idempotency_key__in=list(keys))}
