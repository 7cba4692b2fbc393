"""How long uploaded files are kept, and how they go.

A file goes in two steps, so that no killed process leaves one behind that nobody finds again: first the row says why it
goes (`ImportBatch.file_end`), then it is deleted and its name with it. A sweep does both, and may run twice or at once.
The rows of a loaded list, its result files and taking it back need no file and stay.
"""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from imports.files.limits import UnreadableFile
from imports.models import FileEnd, ImportBatch
from imports.reading import rows
from leadops.hints import Hint
from leadops.jobs import ENDED_STATES, JobState
from leads.models import Suppression
from leads.people import Person
from leads.people.spelling import mailbox_of, number_of
from leads.people.wall import is_any_erased

logger = logging.getLogger(__name__)

AT_ONCE: Final = 100  # lists of one step of a sweep; the next one takes the others
SEARCHED_AT_ONCE: Final = 5  # files that one sweep reads from end to end; a million rows take half a minute
ROWS_AT_ONCE: Final = 2_000  # rows of a file that one statement asks about

sweep_soon: Final = Hint("imports.tasks.sweep_files")

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ADDRESS: Final = re.compile(r"[^\s<>,;\"'()]+@[^\s<>,;\"'()]+")
_NUMBER: Final = re.compile(r"\+?[\d(][\d\s().\-/\u00a0]{4,}\d")


def sweep(*, now: datetime) -> None:
    """Let the files go whose time has come, look for the erased in the others, and delete what is to go."""
    for batches, why in (
        (_put_away(), FileEnd.PUT_AWAY),
        (_forgotten(now=now), FileEnd.FORGOTTEN),
        (_kept_long(now=now), FileEnd.KEPT_LONG),
    ):
        let_go(ids=list(batches.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]), why=why, now=now)
    search_files(now=now)
    delete_files()


def kept_until(batch: ImportBatch) -> datetime | None:
    """When the file of a list that has ended goes; None where it is gone, is needed, or is kept for ever."""
    keep: timedelta = settings.LEADOPS["KEEP_FILES"]
    if not (keep and batch.has_file and batch.has_ended and batch.finished_at) or batch.is_draft:
        return None
    return batch.finished_at + keep


def let_go(*, ids: list[int], why: FileEnd, now: datetime) -> int:
    """Say that the files of these lists go, where no list needs its own any more; how many.

    A draft is put away with that, with the rows that it showed. A list that waits or is being loaded keeps its file.
    """
    lists = ImportBatch.jobs.filter(pk__in=ids, file_end="").exclude(file="")
    drafts = list(lists.filter(confirmed_at=None).values_list("pk", "shape"))
    gone = 0
    for pk, shape in drafts:
        mine = ImportBatch.jobs.filter(pk=pk, confirmed_at=None, file_end="")
        gone += mine.update(
            file_end=why, shape={**shape, "sample": []}, preview={}, preview_mark="", previewed_at=None
        )
        mine = ImportBatch.jobs.filter(pk=pk, confirmed_at=None).exclude(state__in=ENDED_STATES)
        mine.update(state=JobState.CANCELLED, lease_until=None, finished_at=now)
    resting = Q(state=JobState.PAUSED, run_after__lt=now - settings.LEADOPS["KEEP_FILES"])
    if why == FileEnd.KEPT_LONG:
        # Whoever paused a list and never came back: it is stopped, as if somebody had pressed that.
        stopped = lists.filter(resting).exclude(confirmed_at=None)
        gone += stopped.update(file_end=why, state=JobState.CANCELLED, lease_until=None, finished_at=now)
    return gone + lists.exclude(confirmed_at=None).filter(state__in=ENDED_STATES).update(file_end=why)


def delete_files() -> int:
    """Delete the files that are to go; how many. What can't be deleted now is tried again by the next sweep."""
    deleted = 0
    waiting = ImportBatch.jobs.exclude(file_end="").exclude(file="").order_by("pk")
    for batch in waiting.only("pk", "file")[:AT_ONCE]:
        name = batch.file.name
        try:
            batch.file.storage.delete(name)
        except OSError as failure:
            logger.warning("The file of import %s can't be deleted (%s).", batch.pk, failure)
            continue
        deleted += ImportBatch.jobs.filter(pk=batch.pk, file=name).update(file="")
    return deleted


# --- Which ones -----------------------------------------------------------------------------------------------------


def _with_files() -> QuerySet[ImportBatch]:
    found: QuerySet[ImportBatch] = ImportBatch.jobs.filter(file_end="").exclude(file="")
    return found


def _put_away() -> QuerySet[ImportBatch]:
    """Drafts that somebody put away: they can't be taken up again."""
    return _with_files().filter(confirmed_at=None, state=JobState.CANCELLED)


def _forgotten(*, now: datetime) -> QuerySet[ImportBatch]:
    """Drafts that nobody has confirmed or looked ahead at for so long."""
    keep: timedelta = settings.LEADOPS["KEEP_DRAFTS"]
    if not keep:
        return _with_files().none()
    return _with_files().filter(
        Q(previewed_at=None) | Q(previewed_at__lt=now - keep),
        confirmed_at=None,
        created_at__lt=now - keep,
        state__in=[JobState.PAUSED, JobState.FAILED],
    )


def _kept_long(*, now: datetime) -> QuerySet[ImportBatch]:
    """Lists that ended, or were paused, so long ago."""
    keep: timedelta = settings.LEADOPS["KEEP_FILES"]
    if not keep:
        return _with_files().none()
    ended = Q(state__in=ENDED_STATES, finished_at__lt=now - keep)
    return (
        _with_files()
        .exclude(confirmed_at=None)
        .filter(ended | Q(state=JobState.PAUSED, run_after__lt=now - keep))
    )


# --- People who were erased after the file came ---------------------------------------------------------------------


def search_files(*, now: datetime) -> int:
    """Look through files that came before somebody was erased; those in which one of them stands go. How many went.

    Of a list that was loaded to its end every row stands in the database, where erasing finds it. A draft, a list that
    was stopped, and one that was being loaded at that moment have people in their file alone. They are known by the
    hash, so nothing of them has to be remembered for this.
    """
    erased = Suppression.objects.filter(kind=Suppression.Kind.ERASED)
    until = erased.aggregate(latest=Max("created_at"))["latest"]
    if until is None:
        return 0
    searched = Coalesce(OuterRef("searched_at"), Value(_NEVER))
    since = erased.filter(created_at__gte=OuterRef("created_at"), created_at__gt=searched)
    waiting = _with_files().filter(Exists(since)).filter(Q(confirmed_at=None) | Q(state__in=ENDED_STATES))
    while_loaded = since.filter(created_at__lte=OuterRef("finished_at"))
    waiting = waiting.exclude(Q(state=JobState.DONE) & ~Exists(while_loaded))
    gone = 0
    for batch in waiting.order_by("pk")[:SEARCHED_AT_ONCE]:
        if _holds_erased(batch):
            gone += let_go(ids=[batch.pk], why=FileEnd.ERASED, now=now)
        ImportBatch.jobs.filter(pk=batch.pk).update(searched_at=until)
    return gone


def _holds_erased(batch: ImportBatch) -> bool:
    """Whether somebody stands in the file who was erased since it came. What can't be read holds nobody."""
    try:
        with batch.opened() as file:
            people = _people(batch, rows(file, shape=batch.file_shape))
            while some := list(islice(people, ROWS_AT_ONCE)):
                if is_any_erased(some, since=batch.created_at):
                    return True
    except UnreadableFile:
        return False
    return False


def _people(batch: ImportBatch, found: Iterator[Any]) -> Iterator[Person]:
    """Everybody who may be meant by the cells of the file, whatever its columns are taken for."""
    for row in found:
        for cell in row.values.values():
            for address in _ADDRESS.findall(cell) if "@" in cell else ():
                yield Person(email=mailbox_of(address))
            for number in _NUMBER.findall(cell):
                yield Person(phone=number_of(number, country=batch.country))
