"""Merging all pairs that are surely the same, in the background.

Each pair is one transaction of the decision, the merge, the counts and the cursor, so that a run that is killed goes on
where it was and no pair is counted twice. What can't be merged as it is stays open for a person, with the reason. Each
merge is taken apart again by itself, like one that a person made.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from imports import deciding
from imports.models import ImportBatch, MatchedEntity, MergeRun, PossibleDuplicate
from imports.reasons import count_reasons
from leadops.errors import LeadOpsError
from leadops.jobs import JobState, Lease
from leads import people
from leads.models import Merge

READ_AT_ONCE = 200  # pairs of one query
KINDS_OF_REASONS = 50  # how many different reasons are counted


class NobodyAsks(LeadOpsError):
    """Whoever asked for the merging is no user any more."""


def pairs_for(
    user: Any, *, entity: str = MatchedEntity.PERSON, batch: ImportBatch | None = None
) -> QuerySet[PossibleDuplicate]:
    """The open pairs that a run of this person would merge, the surest first."""
    found = PossibleDuplicate.objects.visible_to(user).open().sure().filter(entity=entity)
    return found if batch is None else found.of_list(batch, entity)


def start(
    *, by: User, now: datetime, entity: str = MatchedEntity.PERSON, batch: ImportBatch | None = None
) -> MergeRun:
    """A run that waits for a worker; one of the same person for the same pairs is not started twice."""
    same = MergeRun.objects.under_way().filter(entity=entity, batch=batch, created_by=by)
    running: MergeRun | None = same.first()
    if running is not None:
        return running
    merge_run: MergeRun = MergeRun.objects.create(entity=entity, batch=batch, created_by=by, created_at=now)
    merge_run.enqueue(now=now)
    return merge_run


def latest(user: Any, *, entity: str) -> MergeRun | None:
    """The newest run that the person may see, whose row is its progress."""
    found: MergeRun | None = MergeRun.objects.visible_to(user).filter(entity=entity).first()
    return found


def stop(*, merge_run: MergeRun, now: datetime) -> bool:
    """End a run that has not ended; what is merged stays merged. False where it had ended already."""
    unfinished = MergeRun.jobs.under_way().filter(pk=merge_run.pk)
    return bool(unfinished.update(state=JobState.CANCELLED, lease_until=None, finished_at=now))


def run(*, merge_run: MergeRun, lease: Lease) -> None:
    """Bring the run from where it is to its end. Raises LeaseLost, and NobodyAsks."""
    by = merge_run.created_by
    if by is None:
        raise NobodyAsks("Whoever asked for this is not here any more, so nothing more is merged.")
    # In the order of their numbers, since a cursor needs an order that does not change. What was found later than the
    # person was asked is not what the person said yes to.
    waiting = pairs_for(by, entity=merge_run.entity, batch=merge_run.batch)
    waiting = waiting.filter(found_at__lte=merge_run.created_at).order_by("pk")
    left = waiting.filter(pk__gt=merge_run.cursor).count()
    lease.advance(rows_total=merge_run.rows_done + left)
    while pairs := list(waiting.filter(pk__gt=merge_run.cursor)[:READ_AT_ONCE]):
        for pair in pairs:
            _merge(merge_run, pair, lease, by=by)


def _merge(merge_run: MergeRun, pair: PossibleDuplicate, lease: Lease, *, by: User) -> None:
    done = {"cursor": pair.pk, "rows_done": merge_run.rows_done + 1}
    merged = merge_run.merged + 1

    def as_one() -> Merge:
        merge = deciding.say_same(pair=pair, by=by, now=timezone.now())
        lease.advance(merged=merged, **done)
        return merge

    try:
        people.starting_again(as_one)
    except deciding.AlreadyDecided:
        lease.advance(**done)  # by a person in the meantime, or by an earlier merge of this run
    except LeadOpsError as refusal:
        reasons = dict(merge_run.refusals)
        count_reasons(reasons, [str(refusal)], kinds=KINDS_OF_REASONS)
        lease.advance(refused=merge_run.refused + 1, refusals=reasons, **done)
