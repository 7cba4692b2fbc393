"""Looking at a whole list before anything is written: what would become of every row, and what would change.

A short list is looked at while its person waits, a long one in the background on the same job row: the draft runs with
the phase `previewing` and rests as a draft again when the preview is made. Nothing is written but the preview.
"""

from collections.abc import Iterator
from datetime import datetime
from time import monotonic
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from imports import drafting
from imports.cleaning import CleanRow, Reason
from imports.lookahead import Ahead, look_ahead
from imports.models import ImportBatch, Phase
from leadops.errors import LeadOpsError
from leadops.jobs import JobState, Lease
from leadops.room import told_when_full
from leads.people import Changes

SHOWN: Final = 50  # rows of each outcome that the preview shows as they will be
AT_ONCE: Final = 2_000  # rows that are looked at while a person waits; half a second of work
_FOLLOWS: Final = {"contact.seniority", "contact.function"}  # from the title, and is set with it
TOLD_EVERY: Final = 1.0  # seconds between two savings of the counts so far, which the page shows


def ask(*, batch: ImportBatch, now: datetime) -> None:
    """Make the preview: at once of a short list, in the background of a long one.

    Raises AlreadyConfirmed, ColumnsRefused or PreviewOutdated.
    """
    if batch.shape["row_count_is_exact"] and batch.rows_total <= AT_ONCE:
        preview(batch=batch, now=now)
        return
    drafting.require_draft(batch)
    drafting.require_columns(batch, batch.columns)
    drafting.require_dates(batch)
    with transaction.atomic():
        asked = ImportBatch.jobs.filter(pk=batch.pk, confirmed_at=None, state=JobState.PAUSED).update(
            phase=Phase.PREVIEWING,
            state=JobState.QUEUED,
            preview={},
            preview_mark="",
            previewed_at=None,
            cursor=0,
            attempts=0,
            error="",
        )
        if not asked:
            drafting.require_draft(ImportBatch.objects.get(pk=batch.pk))
        batch.refresh_from_db()
        batch.enqueue(now=now)


def cancel(*, batch: ImportBatch) -> None:
    """End the looking ahead; the list is a draft without a preview again. Nothing where it has ended already."""
    ImportBatch.jobs.under_way().filter(pk=batch.pk, confirmed_at=None, phase=Phase.PREVIEWING).update(
        state=JobState.PAUSED, lease_until=None, cursor=0, preview={}, preview_mark="", previewed_at=None
    )
    batch.refresh_from_db()


def preview(*, batch: ImportBatch, now: datetime) -> None:
    """Look at the whole list now, however long that takes, and keep on the batch what a person sees.

    Raises AlreadyConfirmed, ColumnsRefused or PreviewOutdated.
    """
    drafting.require_draft(batch)
    *_, found = _looks(batch, now=now)
    _keep(batch, found, now=now)
    drafting.save_draft(batch)


def run(*, batch: ImportBatch, lease: Lease) -> None:
    """The same in the background. What stands in its way is told on the draft's page. Raises LeaseLost or NotNow."""
    now = timezone.now()
    lease.advance()
    found: dict[str, Any] = {}
    told_at = monotonic()
    try:
        for found in _looks(batch, now=now):
            if not found["rows"]:
                continue
            fields: dict[str, Any] = {"cursor": found["rows"]}
            if monotonic() - told_at > TOLD_EVERY:
                fields["preview"] = found
                told_at = monotonic()
            lease.advance(**fields)
            batch.let_others_go(lease)
    except LeadOpsError as refusal:
        lease.rest(error=str(refusal), cursor=0, preview={})
        return
    _keep(batch, found, now=now)
    lease.rest(
        preview=batch.preview,
        preview_mark=batch.preview_mark,
        previewed_at=batch.previewed_at,
        rows_total=batch.rows_total,
        shape=batch.shape,
        cursor=0,
        started_at=None,
    )


def _keep(batch: ImportBatch, found: dict[str, Any], *, now: datetime) -> None:
    """Set the preview on the batch, and how many rows it has, which is known for certain now."""
    batch.preview = found
    batch.rows_total = found["rows"]
    batch.shape = batch.shape | {"row_count": found["rows"], "row_count_is_exact": True}
    batch.preview_mark = drafting.mark(batch, sha256=batch.sha256)
    batch.previewed_at = now


def _looks(batch: ImportBatch, *, now: datetime) -> Iterator[dict[str, Any]]:
    """The preview as it grows, at least once."""
    drafting.require_columns(batch, batch.columns)
    drafting.require_dates(batch)
    shown: dict[str, list[dict[str, Any]]] = {}
    # Of known people and companies: how often a blank would be filled, and a value replaced.
    fields: dict[str, list[int]] = {}
    with told_when_full(), batch.opened() as file:
        if drafting.fingerprint(file) != batch.sha256:
            raise drafting.PreviewOutdated(
                "The file that was uploaded has been changed where it is kept. Upload it again."
            )
        yield {**Ahead().to_json(), "shown": shown, "fields": fields}
        for ahead, decided in look_ahead(batch, file=file, cleaner=drafting.cleaner(batch, now=now), now=now):
            for row, outcome, reasons, changes in decided:
                changed = list(_changed(changes))
                for name, before, _ in changed:
                    fields.setdefault(name, [0, 0])[1 if before else 0] += 1
                of_outcome = shown.setdefault(outcome, [])
                if len(of_outcome) < SHOWN:
                    of_outcome.append(_shown(row, reasons, changed))
            yield {**ahead.to_json(), "shown": shown, "fields": fields}


def _changed(changes: Changes | None) -> Iterator[tuple[str, str, str]]:
    """What would change of somebody known, but for what follows from other values: field, old value, new value."""
    if changes is None:
        return
    after = changes.get("after", {})
    for name, before in changes.get("before", {}).items():
        if name not in _FOLLOWS:
            yield name, _as_text(before), _as_text(after.get(name))


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)[:200]


def _shown(row: CleanRow, reasons: list[Reason], changed: list[tuple[str, str, str]]) -> dict[str, Any]:
    person = row.person
    return {
        "number": row.number,
        "changes": changed,
        "reasons": [reason.to_json() for reason in reasons],
        "cells": [cell[:80] for cell in row.cells[:12]] if person is None else [],
        "person": {}
        if person is None
        else {
            "name": f"{person.first_name} {person.last_name}".strip(),
            "email": person.email,
            "phone": person.phone,
            "title": person.title,
            "company": person.company or person.domain,
            "country": person.country,
        },
    }
