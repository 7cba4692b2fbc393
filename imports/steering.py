"""What a person tells a list whose preview they have seen: load it, rest, go on, stop, start again."""

from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q

from imports import presets
from imports.drafting import (
    AlreadyConfirmed,
    ListRefused,
    PreviewOutdated,
    fingerprint,
    mark,
    require_columns,
    require_dates,
    require_draft,
)
from imports.models import ImportBatch, ImportRow, Phase, RowOutcome
from imports.sources import source_of
from leadops.jobs import JobState
from leadops.log import write_log

PREVIEW_LASTS: Final = timedelta(hours=24)  # after that too much may have changed to confirm what was shown
MANY_BAD: Final = 0.3  # share of rejected rows from which on a person must say that the list is meant
# In which a list reads its file; finishing it and taking it back need none.
NEED_FILE: Final = (Phase.PREVIEWING, Phase.CHECKING, Phase.LOADING)


def confirm(
    *, batch: ImportBatch, mark_shown: str, accepts_many_bad: bool, by: AbstractBaseUser, now: datetime
) -> None:
    """Let the list be loaded in the background, just as `mark_shown` (the preview that the person looked at) showed it.

    With `accepts_many_bad` the good rows are loaded whatever is rejected, also of a list that was to be loaded as a
    whole. Raises PreviewOutdated, SourceRefused, AlreadyConfirmed or ListRefused.
    """
    require_draft(batch)
    with batch.opened() as file:
        present = mark(batch, sha256=fingerprint(file))
    if not batch.preview_mark or present != batch.preview_mark or present != mark_shown:
        raise PreviewOutdated(
            "The file or its columns have changed since this preview was made. Make the preview again and confirm it."
        )
    if batch.previewed_at is None or now - batch.previewed_at > PREVIEW_LASTS:
        raise PreviewOutdated("This preview is more than a day old. Make it anew, and confirm it then.")
    if is_mostly_bad(batch) and not accepts_many_bad:
        raise ListRefused(
            f"{batch.preview['share_rejected'] * 100:.0f} % of the rows would be rejected. Correct the columns or the "
            "file, or say that the good rows shall be loaded anyway."
        )
    if would_be_refused(batch) and accepts_many_bad:
        batch.all_or_nothing = False
    with transaction.atomic():
        begin(batch=batch, now=now)
        write_log(batch, "Confirmed the preview.", by_id=by.pk, now=now)
        batch.enqueue(now=now)


def is_mostly_bad(batch: ImportBatch) -> bool:
    """Whether so many rows would be rejected that something is probably wrong with the columns."""
    return bool(batch.preview) and batch.preview["share_rejected"] > MANY_BAD


def would_be_refused(batch: ImportBatch) -> bool:
    """Whether the list is to be loaded as a whole, and its preview has rows that would be rejected."""
    return batch.all_or_nothing and bool(batch.preview.get("counts", {}).get(RowOutcome.REJECTED))


def begin(*, batch: ImportBatch, now: datetime) -> None:
    """Tie the batch to its source, and let it be run, by now only if nobody was faster. Does not call a worker."""
    require_columns(batch, batch.columns)
    require_dates(batch)
    with transaction.atomic():
        source = source_of(batch, now=now)
        phase = Phase.CHECKING if batch.all_or_nothing else Phase.LOADING
        won = ImportBatch.jobs.filter(pk=batch.pk, confirmed_at=None, state=JobState.PAUSED).update(
            confirmed_at=now,
            source=source,
            phase=phase,
            all_or_nothing=batch.all_or_nothing,
            currency=batch.currency,
            state=JobState.QUEUED,
            cursor=0,
            error="",
            run_after=now,
            hinted_at=now,
        )
        if not won:
            raise AlreadyConfirmed("This list has been confirmed already. Its page shows how far it is.")
        presets.count_use(batch=batch, now=now)
    batch.refresh_from_db()


def pause(*, batch: ImportBatch, now: datetime) -> None:
    """Let a list that waits or is loaded rest until somebody resumes it. Raises AlreadyConfirmed for any other."""
    paused = (
        ImportBatch.jobs.under_way()
        .filter(pk=batch.pk)
        .exclude(confirmed_at=None)
        .update(state=JobState.PAUSED, lease_until=None, run_after=now)
    )
    if not paused:
        raise AlreadyConfirmed(
            "Only a list that waits or is being loaded can be paused. Its page shows how far it is."
        )
    batch.refresh_from_db()


def resume(*, batch: ImportBatch, now: datetime) -> None:
    """Let a paused list go on from where it was. Raises AlreadyConfirmed for any other."""
    with transaction.atomic():
        woken = (
            ImportBatch.jobs.filter(pk=batch.pk, state=JobState.PAUSED)
            .exclude(confirmed_at=None)
            .update(attempts=0, state=JobState.QUEUED)
        )
        if not woken:
            raise AlreadyConfirmed("Only a paused list can be resumed. Its page shows how far it is.")
        batch.refresh_from_db()
        batch.enqueue(now=now)


def stop(*, batch: ImportBatch, now: datetime) -> None:
    """Stop a list that waits or runs; what is loaded stays. Raises AlreadyConfirmed where it has ended."""
    stopped = (
        ImportBatch.jobs.filter(pk=batch.pk, state__in=[JobState.PAUSED, JobState.QUEUED, JobState.RUNNING])
        .exclude(phase=Phase.UNDOING)
        .update(state=JobState.CANCELLED, lease_until=None, finished_at=now)
    )
    if not stopped and batch.phase == Phase.UNDOING:
        raise AlreadyConfirmed(
            "This list is being taken back, which goes on to its end. Upload it again to load it anew."
        )
    if not stopped:
        raise AlreadyConfirmed("This list has ended already, so there is nothing to stop.")
    batch.refresh_from_db()


def start_again(*, batch: ImportBatch, now: datetime) -> None:
    """Let a failed or stopped list go on from where it was. Raises AlreadyConfirmed for one that runs or is done.

    A list that was to be loaded as a whole and has bad rows is not tried again as it is: see `load_good_rows`. One
    whose preview failed is a draft again.
    """
    if batch.is_refused:
        raise ListRefused(
            "Some rows of this list are rejected. Load the good rows only, or correct the file and upload it."
        )
    _require_file(batch)
    if batch.is_draft and batch.phase == Phase.PREVIEWING and batch.state == JobState.FAILED:
        ImportBatch.jobs.filter(pk=batch.pk, state=JobState.FAILED).update(
            state=JobState.PAUSED, attempts=0, error="", finished_at=None
        )
        batch.refresh_from_db()
        return
    restarted = (
        ImportBatch.jobs.filter(pk=batch.pk, state__in=[JobState.FAILED, JobState.CANCELLED])
        .exclude(confirmed_at=None)
        .exclude(Q(phase__in=NEED_FILE) & ~Q(file_end=""))  # somebody was faster with the file
        .update(attempts=0, error="", finished_at=None)
    )
    if not restarted:
        raise AlreadyConfirmed("Only a list that failed or was stopped can be started again.")
    batch.refresh_from_db()
    batch.enqueue(now=now)


def _require_file(batch: ImportBatch) -> None:
    """Raises ListRefused where the list would be read on, and its file is kept no more."""
    if batch.phase in NEED_FILE and not batch.has_file:
        raise ListRefused(
            batch.why_no_file or "The uploaded file of this list is gone. Upload the list again."
        )


def load_good_rows(*, batch: ImportBatch, now: datetime) -> None:
    """Load what is good of a list that was to be loaded as a whole and was refused for its bad rows."""
    if not batch.is_refused:
        raise ListRefused("This list was not refused for its bad rows, so there is nothing to load in parts.")
    _require_file(batch)
    with transaction.atomic():
        ImportRow.objects.filter(batch=batch).delete()
        ImportBatch.jobs.filter(pk=batch.pk).update(
            all_or_nothing=False,
            phase=Phase.LOADING,
            cursor=0,
            rows_done=0,
            rejected=0,
            reasons={},
            attempts=0,
            error="",
            finished_at=None,
        )
        batch.refresh_from_db()
        batch.enqueue(now=now)
