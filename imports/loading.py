"""Loading a confirmed list: row by row into people, a chunk at a time, so that a kill at any point changes nothing.

Each chunk is one transaction: people, their activities, the rows' outcomes, the counts and the cursor. What is not
committed never was; what is committed is never done again, since the next run reads on after the cursor. Whether a row
repeats an earlier one is asked of the rows that are written, so the borders of chunks do not show.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from types import MappingProxyType
from typing import BinaryIO, Final

from django.contrib.admin.models import ADDITION
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from imports import repeating
from imports.cleaning import Cleaner, CleanRow, Reason
from imports.drafting import cleaner, fingerprint
from imports.duplicates import start_search
from imports.files.limits import UnreadableFile
from imports.further import WhyLeftAlone
from imports.models import TAKEN_IN, ImportBatch, ImportKind, ImportRow, Phase, RowOutcome
from imports.piling import settle
from imports.readahead import Reading, clean_rows
from imports.reading import rows
from imports.reasons import count_reasons, reason_keys
from leadops.errors import LeadOpsError
from leadops.garbage import searched_between_chunks
from leadops.jobs import Lease
from leadops.log import write_log
from leads import activities, people
from leads.activities import NewActivity
from leads.bulk import fetch, insert_rows
from leads.enums import Stage
from leads.models import ActivityType
from leads.people import Arrival, Changes, Outcome, Rules
from leads.people.wall import ERASED_BEFORE

# Rows of one transaction: a second of writing at most, so that others who write need not wait long. With fewer rows the
# same pages of the indexes are written more often.
CHUNK: Final = 10_000
EVENT_ACTIVITY: Final = "event_badge_scan"
NOTE_ACTIVITY: Final = "note"


class FileChanged(LeadOpsError):
    """The kept file is not the one that was confirmed."""


class NotAsAWhole(LeadOpsError):
    """A list that may only be loaded as a whole has bad rows."""


def load(*, batch: ImportBatch, lease: Lease) -> None:
    """Bring the batch from where it is to its end. Raises LeaseLost, NotNow, UnreadableFile, FileChanged or
    NotAsAWhole.
    """
    if batch.phase == Phase.FINISHING:
        return  # all is written already
    with batch.opened() as file:
        _require_same_file(batch, file, lease)
        if batch.phase == Phase.CHECKING:
            _check(batch, file, lease)
        if batch.phase == Phase.LOADING:
            _load(batch, file, lease)
    _finish(batch, lease)


def _require_same_file(batch: ImportBatch, file: BinaryIO, lease: Lease) -> None:
    """Also counts the rows where that has not been done, which reads the file to its end before anything is written."""
    if fingerprint(file) != batch.sha256:
        raise FileChanged("The uploaded file is not the one that was confirmed. Upload the list again.")
    if batch.cursor or batch.shape["row_count_is_exact"]:
        return
    total = sum(1 for _ in rows(file, shape=batch.file_shape, still_here=lease.advance))
    lease.advance(rows_total=total)


def _chunks(batch: ImportBatch, file: BinaryIO, lease: Lease) -> Iterator[list[CleanRow]]:
    """The rows after the cursor, cleaned, a chunk at a time; the cleaning needs no transaction."""
    reading = Reading(
        file,
        shape=batch.file_shape,
        cleaner=cleaner(batch, now=timezone.now()),
        size=CHUNK,
        start=batch.cursor,
    )
    with closing(clean_rows(reading, expected=batch.rows_total, still_here=lease.advance)) as chunks:
        for chunk in chunks:
            yield chunk
            batch.let_others_go(lease)


# --- All or nothing -----------------------------------------------------------------------------------------------


def _check(batch: ImportBatch, file: BinaryIO, lease: Lease) -> None:
    """Look at every row and write down the bad ones. Raises NotAsAWhole if there is one."""
    for chunk in _chunks(batch, file, lease):
        bad = [row for row in chunk if row.person is None]
        with transaction.atomic():
            lease.advance()
            _keep(batch, [(row, RowOutcome.REJECTED.value, row.reasons, None, None) for row in bad])
            lease.advance(
                cursor=batch.cursor + len(chunk),
                rejected=batch.rejected + len(bad),
                rows_done=batch.rows_done + len(bad),
                reasons=_counted(batch.reasons, [(RowOutcome.REJECTED, row.reasons) for row in bad]),
            )
    if batch.rejected:
        raise NotAsAWhole(
            f"{batch.rejected:,} of {batch.rows_total:,} rows are rejected, so nothing was loaded. Correct them in the "
            "file and upload it again, or load the good rows only."
        )
    lease.advance(phase=Phase.LOADING, cursor=0)


# A row, its outcome, the reasons for it, the contact and what the row changed.
Placed = tuple[CleanRow, str, Sequence[Reason], int | None, Changes | None]


# --- Rows ---------------------------------------------------------------------------------------------------------


def _load(batch: ImportBatch, file: BinaryIO, lease: Lease) -> None:
    types = _activity_types()
    with searched_between_chunks() as search:
        if earlier := repeating.find_earlier(batch):
            _load_again(batch, file, earlier, types, lease)
        for chunk in _chunks(batch, file, lease):
            with transaction.atomic():
                _load_chunk(batch, chunk, types, lease)
            chunk.clear()  # so that the search has nothing to look through
            search()


def _load_again(
    batch: ImportBatch, file: BinaryIO, earlier: ImportBatch, types: dict[str, ActivityType], lease: Lease
) -> None:
    """Load a file that was loaded before, as long as most of its people stand as that load left them."""
    clean: Cleaner = cleaner(batch, now=timezone.now())
    stream = rows(file, shape=batch.file_shape, start=batch.cursor, still_here=lease.advance)
    while part := list(islice(stream, CHUNK)):
        with transaction.atomic():
            lease.advance()
            noted = repeating.note_known(batch, earlier, first=part[0].number, last=part[-1].number)
            others = [clean.clean(row) for row in part if row.number not in noted]
            _load_chunk(batch, others, types, lease, noted=noted)
        batch.let_others_go(lease)
        if len(noted) < len(part) / 2:
            return  # another process had better read ahead


def _activity_types() -> dict[str, ActivityType]:
    kinds = ActivityType.objects.filter(key__in=[EVENT_ACTIVITY, NOTE_ACTIVITY], is_active=True)
    return {kind.key: kind for kind in kinds}


def _load_chunk(
    batch: ImportBatch,
    chunk: Sequence[CleanRow],
    types: dict[str, ActivityType],
    lease: Lease,
    *,
    noted: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Take in the rows of a chunk, beside those that are `noted` already: outcomes by number."""
    lease.advance()  # first of all, so that a worker that was thought dead and replaced does nothing more
    decided = _taken_in(batch, chunk, by=batch.created_by, now=_moment(batch), types=types)
    _keep(batch, decided)
    counts = Counter(outcome for _, outcome, *_ in decided) + Counter(noted.values())
    rows_more = len(chunk) + len(noted)
    lease.advance(
        cursor=batch.cursor + rows_more,
        rows_done=batch.rows_done + rows_more,
        ways=repeating.ways_so_far(batch),
        reasons=_counted(
            batch.reasons, [(outcome, reasons) for _, outcome, reasons, _, _ in decided if reasons]
        ),
        **{outcome: getattr(batch, outcome) + count for outcome, count in counts.items()},
    )


def take_in(batch: ImportBatch, rows: Sequence[CleanRow], *, by: User, now: datetime) -> list[Placed]:
    """Let rows that were held back go the way of the others; what became of each is the caller's to write down."""
    return _taken_in(batch, rows, by=by, now=now, types=_activity_types())


def _taken_in(
    batch: ImportBatch,
    chunk: Sequence[CleanRow],
    *,
    by: User | None,
    now: datetime,
    types: dict[str, ActivityType],
) -> list[Placed]:
    assert batch.source is not None  # tied to it when the list was confirmed
    good = [row for row in chunk if row.person is not None]
    arrivals = people.admit_many(
        people=[row.person for row in good if row.person is not None],
        source=batch.source,
        by=by,
        now=now,
        stage=Stage.SUSPECT,  # whatever the file says
        rules=rules(batch),
    )
    recorded = _record_activities(batch, list(zip(good, arrivals, strict=True)), types)
    return _decided(batch, chunk, arrivals, recorded)


def _moment(batch: ImportBatch) -> datetime:
    """When the people count as received: now, or for a list of former days then, in the order of its rows."""
    if batch.dated_at is None:
        return timezone.now()
    return batch.dated_at + timedelta(microseconds=batch.cursor)


def rules(batch: ImportBatch) -> Rules:
    """What the list may do to what is known already."""
    return Rules(overwrite=batch.overwrite, by_field=batch.rules)


def _decided(
    batch: ImportBatch, chunk: Sequence[CleanRow], arrivals: Sequence[Arrival], recorded: dict[int, int]
) -> list[Placed]:
    """Each row of the chunk with its outcome, the reasons, the contact and what it changed."""
    seen = _seen(batch, arrivals)
    answers = iter(arrivals)
    left_alone = WhyLeftAlone(batch)
    found: list[Placed] = []
    for row in chunk:
        if row.person is None:
            found.append((row, RowOutcome.REJECTED.value, row.reasons, None, None))
            continue
        one = next(answers)
        outcome, contact_id, changes = one.outcome.value, one.contact_id, one.changes
        why = left_alone.of(row, one) if one.why else None
        if contact_id in seen and one.outcome is not Outcome.SUPPRESSED:
            outcome, why = RowOutcome.MERGED.value, Reason(people.REPEATED)
        if row.number in recorded:
            changes = changes or {}
            changes["made"] = {**changes.get("made", {}), "activity": recorded[row.number]}
        found.append((row, outcome, [why, *row.reasons] if why else row.reasons, contact_id, changes))
    return found


def _seen(batch: ImportBatch, arrivals: Iterable[Arrival]) -> set[int]:
    """Which of the contacts an earlier chunk of the list has met."""
    known = [one.contact_id for one in arrivals if one.outcome in (Outcome.UPDATED, Outcome.UNCHANGED)]
    if not known:
        return set()
    # Asked by contact and compared here: by batch the database might read all the rows that are loaded so far.
    rows = ImportRow.objects.filter(contact_id__among=known).order_by()
    return {
        contact_id
        for contact_id, batch_id, outcome in fetch(rows, "contact_id", "batch_id", "outcome")
        if batch_id == batch.pk and outcome in TAKEN_IN
    }


def _keep(batch: ImportBatch, decided: Iterable[Placed]) -> None:
    """Write down what became of the rows."""
    pk, encode = batch.pk, json.JSONEncoder().encode
    insert_rows(
        ImportRow,
        ("batch_id", "number", "outcome", "reasons", "raw", "contact_id", "changes", "marks", "review"),
        [
            (
                pk,
                row.number,
                outcome,
                encode([reason.to_json() for reason in reasons]) if reasons else "[]",
                "[]" if _is_erased(reasons) else row.raw,
                contact_id,
                _encoded(changes) if changes else None,
                " ".join(row.marks),
                row.review(outcome) if row.marks else "",
            )
            for row, outcome, reasons, contact_id, changes in decided
        ],
    )


def _encoded(changes: Changes) -> str:
    if len(changes) > 1 or "made" not in changes:
        return json.dumps(changes)
    made = ", ".join([f'"{name}": {pk}' for name, pk in changes["made"].items()])
    return f'{{"made": {{{made}}}}}'


def _is_erased(reasons: Sequence[Reason]) -> bool:
    """Whether the row is somebody who asked to be forgotten: of them the row is counted, and nothing is kept."""
    return bool(reasons) and reasons[0].sentence == ERASED_BEFORE


def _counted(so_far: dict[str, int], decided: Sequence[tuple[str, Sequence[Reason]]]) -> dict[str, int]:
    counts = dict(so_far)
    count_reasons(counts, (key for outcome, reasons in decided for key in reason_keys(outcome, reasons)))
    return counts


# --- Activities ---------------------------------------------------------------------------------------------------


def _record_activities(
    batch: ImportBatch, arrivals: Sequence[tuple[CleanRow, Arrival]], types: dict[str, ActivityType]
) -> dict[int, int]:
    """What the list says that people did: were at the event, once each; or what it notes of them. By the number of the
    row the id of the activity that it made.

    The keys name the source and the person, not the batch: the same list imported again adds nothing.
    """
    is_event = batch.kind == ImportKind.EVENT and EVENT_ACTIVITY in types
    if not (is_event or NOTE_ACTIVITY in types):
        return {}
    now = timezone.now()
    found: dict[str, NewActivity] = {}
    of_row: dict[str, int] = {}
    for row, one in arrivals:
        if not (is_event or row.note) or one.lead_id is None or one.outcome is Outcome.SUPPRESSED:
            continue
        if is_event:
            kind, key = types[EVENT_ACTIVITY], f"import:event:{batch.source_id}:{one.contact_id}"
        else:
            words = sha256(row.note.encode()).hexdigest()[:16]
            kind, key = types[NOTE_ACTIVITY], f"import:note:{one.contact_id}:{words}"
        if key in found:
            continue
        of_row[key] = row.number
        found[key] = NewActivity(
            lead_id=one.lead_id,
            type_id=kind.pk,
            at=min(row.attended_at or batch.dated_at or batch.confirmed_at or now, now),
            subject=batch.source_name,
            body=row.note,
            source_id=batch.source_id,
            by_id=batch.created_by_id,
            idempotency_key=key,
            details={"import": batch.pk, "row": row.number},
        )
    if not found:
        return {}
    written = activities.record_many(activities=list(found.values()), now=now)
    mine = {"import": batch.pk}
    return {
        of_row[str(one.idempotency_key)]: one.pk
        for one in written
        # One that was there already tells of another row, or of another list.
        if one.details == {**mine, "row": of_row[str(one.idempotency_key)]}
    }


# --- The end ------------------------------------------------------------------------------------------------------


def _finish(batch: ImportBatch, lease: Lease) -> None:
    """Count the rows once more and write into the log that the list is in: once, however often it is run."""
    if batch.rows_done != batch.rows_total:
        raise UnreadableFile(
            f"The list ended after {batch.rows_done:,} of {batch.rows_total:,} rows. Upload it again; what is loaded "
            "stays."
        )
    with transaction.atomic():
        groups = list(
            ImportRow.objects.filter(batch=batch)
            .order_by()
            .values_list("outcome", "marks")
            .annotate(rows=Count("pk"))
        )
        counts = dict.fromkeys(RowOutcome.values, 0)
        for outcome, _, number in groups:
            counts[outcome] += number
        if batch.created_by_id is not None:
            write_log(
                batch,
                f"Loaded {batch.rows_done:,} rows.",
                by_id=batch.created_by_id,
                now=timezone.now(),
                action=ADDITION,
            )
        warnings = list(dict.fromkeys([*batch.warnings, *settle(batch, groups)]))
        lease.advance(phase=Phase.FINISHING, warnings=warnings, **counts)
        if counts[RowOutcome.CREATED] or counts[RowOutcome.UPDATED]:
            start_search(batch=batch, by=batch.created_by, now=timezone.now())
