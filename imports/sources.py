"""The source that a list's new leads carry: a new one, or the known one of that name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from imports.models import SOURCE_KINDS, ImportBatch, ImportKind
from leadops.errors import LeadOpsError
from leads import list_notice
from leads.enums import NOT_FROM_THE_PERSON
from leads.models import Source
from leads.words import LEADS


class SourceRefused(LeadOpsError):
    """The list can't be loaded under this name, or something is not said of it that the law or the reports need."""


def require_source(batch: ImportBatch) -> Source | None:
    """The known source that the batch goes to, None for a new one.

    Raises SourceRefused where a source of that name is of another kind, or where a purchased list does not say from
    whom, when and on what basis it was bought. What a known source says already need not be said again.
    """
    name = batch.source_name.strip()
    if not name:
        raise SourceRefused(
            f"The list has no name. Say what it is called, so that its {LEADS} can be told from others."
        )
    known = Source.objects.filter(name=name).first()
    kind = SOURCE_KINDS[ImportKind(batch.kind)]
    if known is not None and known.kind != kind:
        raise SourceRefused(
            f"There is already a source “{name}”, and it is of the kind “{known.get_kind_display()}”. "
            f"Give this {ImportKind(batch.kind).label.lower()} another name."
        )
    if known is not None and known.is_handed_back:
        raise SourceRefused(
            f"Sales has handed the list “{name}” back: {known.handed_back_reason}. Marketing takes it up again on the "
            "page of the list before more of it is loaded."
        )
    if batch.kind == ImportKind.PURCHASED:
        needed = {
            "the vendor": batch.vendor or (known.vendor if known else ""),
            "the date of purchase": batch.purchased_on or (known.purchased_on if known else None),
            "the lawful basis on which we may hold these people's details": batch.basis
            or (known.basis if known else ""),
        }
        if lacking := [what for what, value in needed.items() if not value]:
            raise SourceRefused(f"A purchased list must say where it comes from. Add {_and(lacking)}.")
    if (batch.cost or 0) < 0 or (batch.effort_hours or 0) < 0:
        raise SourceRefused(
            "A list costs nothing or something, in money and in hours. Correct the number below zero."
        )
    if batch.cost is not None and not batch.currency:
        batch.currency = settings.LEADOPS["DEFAULT_CURRENCY"]
    return known


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def source_of(batch: ImportBatch, *, now: datetime) -> Source:
    """The batch's source, made now where it is new; of a known one only blanks are filled."""
    known = require_source(batch)
    said: dict[str, Any] = {
        "vendor": batch.vendor,
        "cost": batch.cost,
        "currency": batch.currency,
        "basis": batch.basis,
        "purchased_on": batch.purchased_on,
        "terms": batch.terms,
        "effort_hours": batch.effort_hours,
    }
    if SOURCE_KINDS[ImportKind(batch.kind)] in NOT_FROM_THE_PERSON:
        said["notice_due_on"] = list_notice.due_on(arrived_at=batch.dated_at or now)
    if known is None:
        known, _ = Source.objects.get_or_create(
            name=batch.source_name.strip(),
            defaults={"kind": SOURCE_KINDS[ImportKind(batch.kind)], "created_at": now, **said},
        )
        return known
    filled = [name for name, value in said.items() if value and not getattr(known, name)]
    for name in filled:
        setattr(known, name, said[name])
    if filled:
        known.save(update_fields=filled)
    return known
