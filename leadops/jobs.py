"""Work that must not be lost: a row first, a message second.

A job is a row of a concrete model that inherits `Job`. It is written in the transaction of the fact that asks for it.
The Celery message carries only the row's id and is a hint to look now; a broker that loses it costs seconds, because
the sweep (`leadops.tasks.sweep`) walks the rows. A run *claims* its row by a conditional update, holds a lease while it
works, and commits its cursor with each chunk, so that a second run, a repeated message or a killed worker change
nothing. Between two chunks it gives the job back where its worker is being stopped, and another one goes on at once.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from leadops import hints, stopping
from leadops.errors import LeadOpsError
from leadops.room import STOPPED, is_no_room
from leadops.words import word

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=30)  # longer than any chunk takes; a killed worker's job goes on after this
RESEND_AFTER: Final = timedelta(seconds=15)  # a queued job older than this gets its message again
MAX_ATTEMPTS: Final = 3  # a job that kills its worker three times is parked, so that others go on
RETRY_AFTER: Final = timedelta(seconds=20)  # the pause before a job that crashed is tried again


class LeaseLost(Exception):
    """Another run has taken this job over, or a person has stopped it; the present run must end without a trace."""


class NotNow(Exception):
    """The run gives the job back; it waits until `again_at`, and no attempt is counted.

    Something that it needs is away, such as a mail server; or the worker must do something else, and `again_at` is now.
    """

    def __init__(self, *, again_at: datetime) -> None:
        super().__init__(f"Again at {again_at:%Y-%m-%d %H:%M:%S}.")
        self.again_at = again_at


class JobState(models.TextChoices):
    QUEUED = "queued", word("job_state.queued", "Waiting")
    RUNNING = "running", word("job_state.running", "Running")
    PAUSED = "paused", word("job_state.paused", "Paused")
    DONE = "done", word("job_state.done", "Done")
    FAILED = "failed", word("job_state.failed", "Failed")
    CANCELLED = "cancelled", word("job_state.cancelled", "Cancelled")


ENDED_STATES: Final = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobQuerySet(models.QuerySet[Any]):
    """Questions about job rows; works on every concrete job."""

    def claimable(self, *, now: datetime) -> Self:
        """Jobs that a run may take: waiting ones whose time has come, and running ones whose lease ran out."""
        return self.filter(
            Q(state=JobState.QUEUED, run_after__lte=now) | Q(state=JobState.RUNNING, lease_until__lt=now)
        )

    def under_way(self) -> Self:
        """Jobs that wait for a worker or that one is at."""
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


class Job(models.Model):
    """A piece of background work and its progress. Concrete jobs implement `run`."""

    state = models.CharField(
        "state", max_length=10, choices=JobState.choices, default=JobState.QUEUED, editable=False
    )
    attempts = models.PositiveSmallIntegerField("attempts", default=0, editable=False)
    run_after = models.DateTimeField("not before", default=timezone.now, editable=False)
    lease_until = models.DateTimeField("held until", null=True, editable=False)
    lease_number = models.PositiveIntegerField("times taken", default=0, editable=False)
    hinted_at = models.DateTimeField("message sent at", null=True, editable=False)
    cursor = models.BigIntegerField("cursor", default=0, editable=False)
    rows_total = models.PositiveIntegerField("rows", default=0, editable=False)
    rows_done = models.PositiveIntegerField("rows done", default=0, editable=False)
    error = models.TextField("what went wrong", blank=True, editable=False)
    created_at = models.DateTimeField("created at", default=timezone.now, editable=False)
    started_at = models.DateTimeField("started at", null=True, editable=False)
    finished_at = models.DateTimeField("finished at", null=True, editable=False)

    # A model whose jobs only some process may run (or none, while a person decides) overrides this.
    swept: ClassVar[bool] = True

    jobs = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    def run(self, *, lease: "Lease") -> None:
        """Do the work from `self.cursor` on, chunk by chunk, calling `lease.advance` in each chunk's transaction.

        Asks between two chunks whether to go on, by a `lease.advance()` without fields. May be called again after a
        crash. Raises `LeadOpsError` with a sentence when the job can't be done, and `NotNow` when it can't be done yet.
        When it returns the job is done, unless it was left at `lease.rest`.
        """
        raise NotImplementedError

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100."""
        if self.state == JobState.DONE:
            return 100
        return min(99, self.rows_done * 100 // self.rows_total) if self.rows_total else 0

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED_STATES

    def enqueue(self, *, now: datetime) -> None:
        """Make the job wait for a worker, and send the hint when the present transaction commits."""
        self.state = JobState.QUEUED
        self.run_after = now
        self.hinted_at = now
        self.save(update_fields=["state", "run_after", "hinted_at"])
        transaction.on_commit(lambda: hint(self))

    def take_turn(self, *, now: datetime) -> bool:
        """What a worker does that was told of this job: perform it, or another of its kind first.

        Whether the job came to an end. One that was given back, to go on at once, gets a new message.
        """
        has_ended = self.perform(now=now)
        if not has_ended and self.state == JobState.RUNNING:  # by this run, as far as it knows
            gave_back = type(self).jobs.filter(
                pk=self.pk, state=JobState.QUEUED, run_after__lte=timezone.now()
            )
            if gave_back.update(hinted_at=timezone.now()):
                hint(self)  # the message of before is used up
        return has_ended

    def leave_to_sweep(self) -> None:
        """What a worker does that was told of this job while it is being stopped: the next sweep tells another one.

        To send the message again at once could be to send it to oneself.
        """
        type(self).jobs.filter(pk=self.pk, state=JobState.QUEUED).update(hinted_at=None)

    def perform(self, *, now: datetime) -> bool:
        """Claim the job, run it and write down how it ended. False where somebody else has it or it is not due."""
        lease = self._claim(now=now)
        if lease is None:
            return False
        try:
            self.run(lease=lease)
        except LeaseLost:
            return False
        except NotNow as absence:
            lease.put_off(until=absence.again_at)
            return False
        except LeadOpsError as refusal:
            lease.end(state=JobState.FAILED, error=str(refusal))
            return True
        except BaseException as defect:
            if not connection.in_atomic_block:
                # Of a connection that the server has cut nothing can be asked; the next question opens another.
                connection.close_if_unusable_or_obsolete()
            if is_no_room(defect):
                logger.error("%s %s stopped: no room left (%s).", self._meta.label, self.pk, defect)
                lease.end(state=JobState.FAILED, error=STOPPED)
                return True
            lease.crash()
            raise
        lease.end(state=JobState.DONE)
        return True

    def _claim(self, *, now: datetime) -> "Lease | None":
        rows = type(self).jobs.filter(pk=self.pk).claimable(now=now)
        taken = rows.filter(attempts__lt=MAX_ATTEMPTS).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            lease_number=F("lease_number") + 1,
            lease_until=now + LEASE,
        )
        if not taken:
            self._park_if_hopeless(now=now)
            return None
        type(self).jobs.filter(pk=self.pk, started_at=None).update(started_at=now)
        self.refresh_from_db()
        return Lease(job=self, number=self.lease_number)

    def _park_if_hopeless(self, *, now: datetime) -> None:
        type(self).jobs.filter(pk=self.pk, attempts__gte=MAX_ATTEMPTS).claimable(now=now).update(
            state=JobState.FAILED,
            lease_until=None,
            finished_at=now,
            error=(
                f"The work was tried {MAX_ATTEMPTS} times and did not finish. "
                "Ask an administrator to look at the log, then start it again."
            ),
        )


@dataclass(frozen=True)
class Lease:
    """The right to work on a job, proven with every chunk."""

    job: Job
    number: int

    def advance(self, **fields: Any) -> None:
        """Save `fields` (cursor, rows_done, counts) and prolong the lease, in the chunk's own transaction.

        Raises `LeaseLost` when the job was taken over, paused or cancelled meanwhile; the chunk then rolls back.
        Progress also resets `attempts`: only a job that gets nowhere is given up.

        Without `fields` it is a sign of life while nothing is half done, at the head of a chunk or while something is
        read over: it raises `NotNow` where the worker is being stopped.
        """
        if not fields:
            self.let_worker_stop()
        if not self.prolong(**({"attempts": 1} if fields else {}), **fields):
            raise LeaseLost
        for name, value in fields.items():
            setattr(self.job, name, value)

    def prolong(self, **fields: Any) -> bool:
        """Prolong the lease, and save `fields`; whether the job is still held."""
        return bool(self._held().update(lease_until=timezone.now() + LEASE, **fields))

    def let_worker_stop(self) -> None:
        """Between two chunks: raise `NotNow` where the worker is being stopped, so that another one goes on at once."""
        if stopping.is_asked():
            raise NotNow(again_at=timezone.now())

    def end(self, *, state: str, error: str = "") -> None:
        """Write down that the job has ended, unless somebody else holds it by now."""
        self._held().update(state=state, error=error, lease_until=None, finished_at=timezone.now())
        self.job.refresh_from_db()

    def put_off(self, *, until: datetime) -> None:
        """Give the job back until a later moment, as if this run had not been tried."""
        self._held().update(
            state=JobState.QUEUED, lease_until=None, run_after=until, attempts=F("attempts") - 1
        )

    def rest(self, **fields: Any) -> None:
        """Save `fields` and leave the job paused, until a person decides how it goes on. Raises `LeaseLost`."""
        if not self._held().update(state=JobState.PAUSED, lease_until=None, attempts=0, **fields):
            raise LeaseLost
        self.job.refresh_from_db()

    def crash(self) -> None:
        """Give the job back after a defect, to be tried again; on the last attempt it is parked."""
        now = timezone.now()
        self._held().update(state=JobState.QUEUED, lease_until=None, run_after=now + RETRY_AFTER)
        self.job._park_if_hopeless(now=now + RETRY_AFTER)

    def _held(self) -> models.QuerySet[Job]:
        return type(self.job).jobs.filter(pk=self.job.pk, state=JobState.RUNNING, lease_number=self.number)


def kinds() -> Iterator[type[Job]]:
    """Every concrete job model of the installed apps."""
    for model in apps.get_models():
        if issubclass(model, Job):
            yield model


def hint(job: Job) -> None:
    """Tell a worker to look at `job` now. A broker that is away is no error: the sweep sends the hint again."""
    from leadops.tasks import run_job

    label, pk = job._meta.label, job.pk
    hints.publish(lambda: run_job.delay(label, pk), what=f"{label} {pk}")


def sweep(*, now: datetime) -> int:
    """Send hints again for jobs that wait too long or whose worker died. Returns how many."""
    sent = 0
    for kind in kinds():
        if not kind.swept:
            continue
        stale = kind.jobs.claimable(now=now).filter(Q(hinted_at=None) | Q(hinted_at__lt=now - RESEND_AFTER))
        for job in stale.order_by("pk")[:100]:
            # The conditional update keeps two sweeps from sending the same hint twice.
            if kind.jobs.filter(pk=job.pk, hinted_at=job.hinted_at).update(hinted_at=now):
                hint(job)
                sent += 1
    return sent
