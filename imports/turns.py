"""Whose list comes next: a list of a hundred rows does not wait for one of a million, nor one person for another's ten.

A worker that was told of one list runs the one whose turn it is: that of the person who was served longest ago. A list
that runs lets others go in between after a slice of time: they are run by the same worker for as long, and the list
goes on where it was, without reading its file anew. Where nobody waits this costs a question a second.

A preview can't be given back, since what it has seen would be lost. In between it runs to its end, and lets others go
first in its turn: of previews those that have half as many rows as it has left, so that none waits long for a longer
one, and the worker is at a few at once at most.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final

from django.db.models import Count, Max
from django.utils import timezone

from imports.models import ImportBatch, Phase
from leadops.jobs import ENDED_STATES, JobState, Lease, NotNow

SLICE: Final = (
    4.0  # seconds that a list runs before it lets others go; with what they take, well within a lease
)
ASKED_EVERY: Final = 1.0  # seconds between two looks at who waits
REMEMBERED: Final = timedelta(hours=1)  # who was served before that counts as never served
SHORT: Final = 50_000  # rows of a preview for which a list that is loaded stands still; some seconds
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Turn:
    """The turn of a list that a worker runs. Lists that run in the foreground have none, and let nobody go."""

    def __init__(self, batch: ImportBatch, *, held_up: Sequence[Lease] = ()) -> None:
        """`held_up` are the leases of the lists that let this one go first, and must not run out meanwhile."""
        self.batch = batch
        self.held_up = held_up
        self.began = self.asked_at = monotonic()

    def let_others_go(self, lease: Lease) -> None:
        """To be called between two transactions. Raises NotNow where this list must give its turn back."""
        moment = monotonic()
        if moment - self.asked_at < ASKED_EVERY:
            return
        self.asked_at = moment
        for one in self.held_up:
            one.prolong()  # one that is lost is noticed by its own list
        if moment - self.began < SLICE:
            return
        if self.held_up and not _is_preview(self.batch):
            raise NotNow(again_at=timezone.now())
        other = self._next()
        if other is not None:
            lease.advance()
            _run_in_between(other, held_up=[*self.held_up, lease])
            self.began = self.asked_at = monotonic()

    def _next(self) -> ImportBatch | None:
        """Who goes in between. Raises NotNow where this list gives its turn back to a long preview."""
        others = waiting(but=self.batch)
        if _is_preview(self.batch):
            left = self.batch.rows_total - self.batch.cursor
            return next_one(one for one in others if not _is_preview(one) or one.rows_total * 2 <= left)
        other = next_one(others)
        if other is not None and _is_preview(other) and other.rows_total > SHORT:
            raise NotNow(again_at=timezone.now())
        return other


def chosen(told_of: ImportBatch, *, now: datetime) -> ImportBatch:
    """The list whose turn it is, after a message about `told_of`, with its turn begun."""
    found = next_one(waiting()) or told_of
    # Whoever waits is being looked after: no sweep need send the messages again that are still under way.
    ImportBatch.jobs.claimable(now=now).exclude(pk=found.pk).update(hinted_at=now)
    found.turn = Turn(found)
    return found


def waiting(*, but: ImportBatch | None = None) -> list[ImportBatch]:
    """The lists that wait for a worker."""
    rows = ImportBatch.jobs.claimable(now=timezone.now())
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return list(rows.order_by("run_after", "pk")[:500])


def next_one(lists: Iterable[ImportBatch]) -> ImportBatch | None:
    """Of these the one whose turn it is; None where there is none.

    First whose people have no list running, then who was served longest ago, then the list that waits longest.
    """
    found = list(lists)
    people = {batch.created_by_id for batch in found}
    if len(found) < 2 or len(people) < 2:
        return found[0] if found else None
    now = timezone.now()
    rows = ImportBatch.jobs.order_by()
    running = dict(
        rows.filter(state=JobState.RUNNING, lease_until__gte=now)
        .values_list("created_by")
        .annotate(lists=Count("pk"))
    )
    served: dict[Any, datetime] = dict(
        rows.filter(state__in=ENDED_STATES, finished_at__gte=now - REMEMBERED)
        .values_list("created_by")
        .annotate(at=Max("finished_at"))
    )
    interrupted = (
        rows.filter(state=JobState.QUEUED)
        .exclude(started_at=None)
        .values_list("created_by")
        .annotate(at=Max("run_after"))
    )
    for person, at in interrupted:
        served[person] = max(at, served.get(person, LONG_AGO))

    def place(batch: ImportBatch) -> tuple[int, datetime, datetime, int]:
        person = batch.created_by_id
        return running.get(person, 0), served.get(person, LONG_AGO), batch.run_after, batch.pk

    return min(found, key=place)


def _is_preview(batch: ImportBatch) -> bool:
    return batch.phase == Phase.PREVIEWING


def _run_in_between(batch: ImportBatch, *, held_up: Sequence[Lease]) -> None:
    """Run another list for a slice; what goes wrong with it is logged and tried again like any other task."""
    from imports.tasks import run_in_between

    run_in_between.apply(args=[batch.pk], kwargs={"held_up": held_up})  # here, so that nothing is packed
