"""Taking a whole list back: what it made goes, what it replaced comes back, what people have done since stays.

It runs on the list's own job row in the phase `undoing`, a chunk of people at a time: each chunk is one transaction of
what happens to its people, what is written down of their rows, the counts and the cursor, so that a kill changes
nothing. Then come the companies, which several people share, in the same way with a cursor of their own. A person is
taken back with all rows of theirs at once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from django.contrib.admin.models import DELETION
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from imports.models import ImportBatch, ImportRow, Phase
from imports.reasons import count_reasons
from imports.signs import alive
from leadops.errors import LeadOpsError
from leadops.jobs import ENDED_STATES, JobState, Lease
from leadops.log import write_log
from leads.models import Account
from leads.people.withdrawing import Brought, Change, Withdrawn, withdraw_accounts, withdraw_people

CHUNK: Final = 1_000  # rows of one transaction; half a second of work
FORESEEN: Final = 2_000  # rows that the page looks at before somebody decides; a second of work
SHOWN: Final = 25  # people, and as many companies, that stay, on the page; all of them are in the file
LISTED: Final = "listed:"  # why somebody stays: goes on with the name of the other list
RESULTS: Final = ("deleted", "restored", "kept")
COMPANIES_DONE: Final = "companies_done"  # beside the counts: the id up to which companies are taken back


NOT_WRITTEN_DOWN: Final = (
    "What this list did is not written down any more: it was loaded before LeadOps kept that, or its people were "
    "erased. It can't be taken back as a whole. Nothing was changed; delete or correct its people one by one."
)


class UndoRefused(LeadOpsError):
    """The list can't be taken back as it is."""


# --- Asking -------------------------------------------------------------------------------------------------------


def can_undo(batch: ImportBatch) -> bool:
    """Whether there is something to take back, and nobody has asked for it yet."""
    return (
        batch.state in ENDED_STATES
        and not batch.is_draft
        and batch.undo_asked_at is None
        and batch.rows_done > batch.rejected
    )


def is_written_down(batch: ImportBatch) -> bool:
    """Whether it is known what the list did; of lists that were loaded before that was kept it is not."""
    return not (batch.created or batch.updated) or _done(batch).exists()


def ask(*, batch: ImportBatch, by: AbstractBaseUser | None, now: datetime) -> None:
    """Let an ended list be taken back, by now only if nobody was faster. Raises UndoRefused.

    Does not call a worker: see `Job.enqueue`.
    """
    if batch.undo_asked_at is not None:
        raise UndoRefused("This list has been taken back already. Its page shows what became of it.")
    if batch.is_draft:
        raise UndoRefused("This list has not been loaded, so there is nothing to take back.")
    if batch.has_ended and not is_written_down(batch):
        raise UndoRefused(NOT_WRITTEN_DOWN)
    with transaction.atomic():
        asked = (
            ImportBatch.jobs.filter(pk=batch.pk, state__in=ENDED_STATES, undo_asked_at=None)
            .exclude(confirmed_at=None)
            .update(
                phase=Phase.UNDOING,
                undo_asked_at=now,
                undo_asked_by=by.pk if by is not None else None,
                undo_counts={},
                state=JobState.QUEUED,
                run_after=now,
                hinted_at=now,
                cursor=0,
                attempts=0,
                error="",
                finished_at=None,
            )
        )
        if not asked:
            raise UndoRefused(
                "This list is still being loaded. Wait until it has ended, or stop it, and take it back then."
            )
        if by is not None:
            write_log(batch, "Asked for the list to be taken back.", by_id=by.pk, now=now, action=DELETION)
    batch.refresh_from_db()


# --- Looking ahead ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Foresight:
    """What would become of the people of a list, if it were taken back now."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    is_whole: bool = True


def foresee(*, batch: ImportBatch, now: datetime, limit: int = FORESEEN) -> Foresight:
    """What would become of the people of the first `limit` rows that did something. Writes nothing."""
    found = Foresight()
    rows = list(_done(batch)[: limit + 1])
    found.is_whole = len(rows) <= limit
    people = _people(batch, rows[:limit])
    answers = withdraw_people(people=[one.brought for one in people], by=None, now=now, is_foresight=True)
    for answer in answers:
        found.counts[answer.result] += 1
        found.reasons.update(answer.why)
    found.counts["kept"] += len(_rows_without_contact(rows[:limit]))
    return found


# --- Taking back --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Person:
    """Somebody of the list, and the rows that are about them."""

    brought: Brought
    rows: list[int] = field(default_factory=list)  # ids


def run(*, batch: ImportBatch, lease: Lease) -> None:
    """Bring the taking back from where it is to its end. Raises LeaseLost or NotNow."""
    while rows := list(_done(batch).filter(number__gt=batch.cursor)[:CHUNK]):
        with transaction.atomic():
            lease.advance()  # first of all, so that a worker that was thought dead and replaced does nothing more
            _take_back(batch, rows, lease)
        batch.let_others_go(lease)
    made, changed = _companies(batch, lease)
    left = {pk for pk in made.keys() | changed.keys() if pk > batch.undo_counts.get(COMPANIES_DONE, 0)}
    for chunk in _chunks(left):
        with transaction.atomic():
            lease.advance()
            kept = withdraw_accounts(
                made={pk: made[pk] for pk in chunk if pk in made},
                changed={pk: changed[pk] for pk in chunk if pk in changed},
                by=batch.undo_asked_by,
                now=timezone.now(),
            )
            lease.advance(undo_counts=_with_companies(batch.undo_counts, kept) | {COMPANIES_DONE: chunk[-1]})
    lease.advance(undo_counts=_empty() | batch.undo_counts)


def _done(batch: ImportBatch) -> Any:
    """The rows of the list that did something, and are not taken back yet."""
    return (
        ImportRow.objects.filter(batch=batch, changes__isnull=False, undo__isnull=True)
        .order_by("number")
        .only("pk", "number", "contact_id", "changes")
    )


def _take_back(batch: ImportBatch, rows: Sequence[ImportRow], lease: Lease) -> None:
    people = _people(batch, rows)
    answers = withdraw_people(
        people=[one.brought for one in people], by=batch.undo_asked_by, now=timezone.now()
    )
    written: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    counts = Counter({name: batch.undo_counts.get(name, 0) for name in RESULTS})
    reasons = Counter(batch.undo_counts.get("reasons", {}))
    shown: list[int] = list(batch.undo_counts.get("shown", []))
    gone = _rows_without_contact(rows)
    for one, answer in [
        *zip((person.rows for person in people), answers, strict=True),
        *(([pk], Withdrawn("kept", ["merged"])) for pk in gone),
    ]:
        counts[answer.result] += 1
        count_reasons(reasons, answer.why)
        if answer.why and len(shown) < SHOWN:
            shown.append(one[0])
        written.setdefault((answer.result, tuple(answer.why)), []).extend(one)
    for (result, why), ids in written.items():
        ImportRow.objects.filter(pk__among=ids).update(undo={"result": result, "why": list(why)})
    lease.advance(
        cursor=rows[-1].number,
        undo_counts=batch.undo_counts | {**counts, "reasons": dict(reasons), "shown": shown},
    )


def _rows_without_contact(rows: Iterable[ImportRow]) -> list[int]:
    """The rows that did something to a person who is not there any more."""
    return [row.pk for row in rows if row.contact_id is None]


def _people(batch: ImportBatch, rows: Sequence[ImportRow]) -> list[_Person]:
    """The people whom these rows are about, each with all rows of the list, and why they may have to stay."""
    contacts = {row.contact_id for row in rows if row.contact_id is not None}
    found: dict[int, _Person] = {}
    # Asked by contact alone: by list a database might read all of its rows for each chunk.
    theirs = (
        ImportRow.objects.filter(contact_id__among=list(contacts))
        .order_by()
        .values_list("number", "pk", "batch_id", "contact_id", "changes", "undo")
    )
    for _, pk, batch_id, contact_id, changes, done in sorted(theirs, key=itemgetter(0)):
        if batch_id != batch.pk or changes is None or done is not None or contact_id is None:
            continue
        person = found.setdefault(contact_id, _Person(Brought(contact_id=contact_id)))
        person.rows.append(pk)
        _add(person.brought, changes)
    made = [pk for pk, person in found.items() if person.brought.has_made]
    for contact_id, name in (
        ImportRow.objects.filter(contact_id__among=made, batch__undo_asked_at=None)
        .exclude(batch=batch)
        .order_by("batch")
        .values_list("contact", "batch__source_name")
        .distinct()
    ):
        found[contact_id].brought.stays.append(f"{LISTED}{name}")
    return list(found.values())


def _add(one: Brought, changes: Mapping[str, Any]) -> None:
    """What a further row of the list did to the person."""
    made = changes.get("made", {})
    if "contact" in made:
        if made["contact"] != one.contact_id:
            one.stays.append("merged")  # whom the row made has gone into this person since
        one.has_made = True
    one.lead_ids += [made["lead"]] if "lead" in made else []
    one.activity_ids += [made["activity"]] if "activity" in made else []
    _follow(one.values, changes, kind="contact")


def _follow(values: dict[str, Change], changes: Mapping[str, Any], *, kind: str) -> None:
    """Add what a row changed to what earlier rows did. What somebody wrote in between is what comes back."""
    after = changes.get("after", {})
    for key, before in changes.get("before", {}).items():
        model, _, name = key.partition(".")
        if model != kind:
            continue
        known = values.get(name)
        if known is None or known.after != before:
            values[name] = Change(before, after.get(key))
        else:
            known.after = after.get(key)


# --- Companies ----------------------------------------------------------------------------------------------------


def _companies(
    batch: ImportBatch, lease: Lease
) -> tuple[dict[int, dict[str, Change]], dict[int, dict[str, Change]]]:
    """The companies that the list made, and the known ones that it changed, with the values that it changed."""
    made: set[int] = set()
    touched: dict[int, dict[str, Change]] = {}
    rows = (
        ImportRow.objects.filter(batch=batch, changes__isnull=False)
        .order_by("number")
        .values_list("changes", flat=True)
    )
    changes: dict[str, Any]
    for changes in alive(rows.iterator(chunk_size=5_000), lease.advance):  # type: ignore[assignment]
        if "account" in (born := changes.get("made", {})):
            made.add(born["account"])
        if "account" in changes:
            _follow(touched.setdefault(changes["account"], {}), changes, kind="account")
    return (
        {pk: touched.pop(pk, {}) for pk in made},
        touched,
    )


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    stream = iter(sorted(ids))
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def _empty() -> dict[str, Any]:
    return {**dict.fromkeys(RESULTS, 0), "reasons": {}, "shown": [], "companies": []}


def _with_companies(counts: Mapping[str, Any], kept: Mapping[int, list[str]]) -> dict[str, Any]:
    """The counts with further companies that stay."""
    found = _empty() | dict(counts)
    names = dict(Account.objects.filter(pk__in=kept).values_list("pk", "name"))
    reasons = Counter(found["reasons"])
    companies = list(found["companies"])
    for pk, why in kept.items():
        found["kept"] += 1
        count_reasons(reasons, why)
        if len(companies) < SHOWN:
            companies.append({"id": pk, "name": names.get(pk, ""), "why": why})
    return found | {"reasons": dict(reasons), "companies": companies}
