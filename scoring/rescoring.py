"""Bringing scores up to date, for chosen leads, marked ones or all, and taking the automatic steps that follow.

Only one transaction scores at a time: each holds the row of the scoring model in force while it computes and
writes (on SQLite a writer is alone anyway). Without that, a slow run could overwrite a score with one that it
computed before the last activity came in. A mark goes away in the transaction that wrote the score, and only
if nobody set it again meanwhile, so a worker that is killed leaves every unfinished lead marked.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from leadops import stopping
from leadops.errors import LeadOpsError
from leadops.jobs import JobState, Lease
from leads import lifecycle
from leads.bulk import among
from leads.enums import SourceKind, Transition
from leads.models import Activity, Lead
from leads.words import LEAD, LEADS
from scoring import engine
from scoring.models import DirtyLead, LeadScore, RescoringRun, ScoringModel

BATCH: Final = 1000  # dirty leads per transaction: a batch costs little more than a single lead
CHUNK: Final = 10_000  # leads per transaction of a full run: less than a second, then others get their turn
MAX_BATCHES: Final = 50  # per call of rescore_dirty; what is left waits for the next tick
# Between chunks on SQLite, whose waiting writers look again every 0.1 s.
BREATH: Final = timedelta(milliseconds=120)


class NoSuchLead(LeadOpsError):
    """There is no lead with this number."""


class RunElsewhere(LeadOpsError):
    """A run over all leads is being worked on by somebody else."""


class RescoringFailed(LeadOpsError):
    """A run over all leads did not finish."""


@dataclass(slots=True)
class Rescored:
    """How many leads were looked at, how many scores changed, how many leads were handed to sales."""

    leads: int = 0
    changed: int = 0
    qualified: int = 0

    def add(self, other: "Rescored") -> None:
        self.leads += other.leads
        self.changed += other.changed
        self.qualified += other.qualified


# --- Birth and marks ----------------------------------------------------------------------------------------


def give_scores(*, lead_ids: Iterable[int], now: datetime) -> None:
    """A row of zero points for each new lead, so that a list by score shows it from the first moment on."""
    _insert_for_leads(
        "INSERT INTO {table} (lead_id, fit, engagement, total, grade, computed_at) "
        "SELECT id, 0, 0, 0, '', %s FROM touched WHERE true ORDER BY id ON CONFLICT (lead_id) DO NOTHING",
        table=LeadScore._meta.db_table,
        lead_ids=lead_ids,
        now=now,
    )


def mark_dirty(*, lead_ids: Iterable[int], now: datetime) -> None:
    """Note that the scores of these leads may be out of date. One statement; ids without a lead are passed over."""
    _insert_for_leads(
        "INSERT INTO {table} (lead_id, marked_at) SELECT id, %s FROM touched WHERE true ORDER BY id "
        "ON CONFLICT (lead_id) DO UPDATE SET marked_at = excluded.marked_at",
        table=DirtyLead._meta.db_table,
        lead_ids=lead_ids,
        now=now,
    )


def _insert_for_leads(statement: str, *, table: str, lead_ids: Iterable[int], now: datetime) -> None:
    """Run an INSERT that selects from `touched (id)`, by ids in order so that no two wait for each other."""
    wanted = sorted(set(lead_ids))
    if not wanted:
        return
    quote = connection.ops.quote_name
    chosen, which = among(wanted, connection)
    touched = f"SELECT id FROM {quote(Lead._meta.db_table)} WHERE id {chosen}"  # noqa: S608  (names only)
    named = statement.format(table=quote(table))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH touched (id) AS ({touched}) {named}",
            [*which, connection.ops.adapt_datetimefield_value(now)],
        )


# --- Chosen leads -------------------------------------------------------------------------------------------


def rescore(leads: QuerySet[Lead] | Iterable[int], *, now: datetime) -> Rescored:
    """Score these leads (a queryset, or ids) and take the automatic steps that they are ready for, in chunks.

    Marks are left alone: a lead that is marked is looked at once more. So is one with an activity later than
    `now`.
    """
    ids = (
        list(leads.order_by("pk").values_list("pk", flat=True))
        if isinstance(leads, QuerySet)
        else sorted(set(leads))
    )
    result = Rescored()
    for start in range(0, len(ids), BATCH):
        chosen = ids[start : start + BATCH]
        with transaction.atomic():
            result.add(_rescore_chunk(chosen, size=len(chosen), now=now))
            mark_dirty(lead_ids=_ahead(chosen, now=now), now=now)
    return result


def find_lead(lead_id: int) -> Lead:
    """The lead with this number. Raises `NoSuchLead`."""
    lead: Lead | None = Lead.objects.filter(pk=lead_id).first()
    if lead is None:
        raise NoSuchLead(f"There is no {LEAD} {lead_id}. Look its number up in the list of {LEADS}.")
    return lead


def _rescore_chunk(chosen: engine.Chosen, *, size: int, now: datetime) -> Rescored:
    """Score and advance, inside the caller's transaction."""
    scoring_model = lock_model()
    changed = 0
    if scoring_model is not None:
        changed = engine.write_scores(engine.compile_model(scoring_model, now=now), chosen=chosen)
    return Rescored(leads=size, changed=changed, qualified=advance(chosen, now=now))


def _ahead(chosen: engine.Chosen, *, now: datetime) -> set[int]:
    """The chosen leads with an activity later than `now`, which does not count yet.

    The clock of whoever sent it runs fast, or it came in after `now` was read. Such a lead must be looked at
    again.
    """
    rows = Activity.objects.filter(engine.within("lead", chosen), at__gt=now).order_by()
    return set(rows.values_list("lead", flat=True))


def lock_model() -> ScoringModel | None:
    """The scoring model in force, held until the end of the transaction: who scores or replaces it is alone."""
    rows = ScoringModel.objects.in_force().select_for_update(no_key=True)
    # A model that was replaced while we waited for it drops out of the answer; its successor is there by then.
    return rows.first() or rows.all().first()


# --- Automatic steps ----------------------------------------------------------------------------------------


def advance(chosen: engine.Chosen, *, now: datetime) -> int:
    """Take the steps that need no person (identify, pre-qualify, hand to sales) with the leads that pass the guards.

    Returns how many were handed to sales. Only candidates are loaded; the lifecycle checks every guard once
    more.
    """
    in_use = lifecycle.stages_in_use()
    handed_over = 0
    for transition in lifecycle.AUTOMATIC:
        way = lifecycle.route(transition, in_use=in_use)
        if way is None:
            continue
        rows = Lead.objects.filter(engine.within("pk", chosen), stage__in=[stage.value for stage in way[0]])
        for guard in lifecycle.guards(transition, now=now):
            rows = rows.filter(guard.check)
        if transition == Transition.PREQUALIFY:
            rows = rows.filter(_may_rise_by_fit(now))
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if not ids:
            continue
        done = lifecycle.move_many(
            leads=Lead.objects.filter(pk__in=ids), transition=transition, by=None, now=now
        )
        if transition == Transition.QUALIFY_MARKETING:
            handed_over = len(done.moved)
    return handed_over


def _may_rise_by_fit(now: datetime) -> Q:
    """Who may be pre-qualified without a person saying so.

    A name from a purchased list stays a suspect, and a lead that sales passed back stays where it is, until
    the person shows interest: who they are was known before, so the profile alone is no news. A person may
    still take the step.
    """
    interest = Activity.objects.filter(lead=OuterRef("pk"), type__is_engagement=True, at__lte=now)
    new_interest = interest.filter(at__gt=OuterRef("passed_back_at"))
    return (~Q(source__kind=SourceKind.PURCHASED_LIST) | Q(Exists(interest))) & (
        Q(passed_back_at=None) | Q(Exists(new_interest))
    )


# --- Marked leads -------------------------------------------------------------------------------------------


def rescore_dirty(*, now: datetime, batches: int = MAX_BATCHES) -> Rescored:
    """Rescore the marked leads in one pass over their ids, batch by batch; at most `batches` of them.

    Marks that are set during the pass on leads already passed wait for the next one, and so do all when the worker is
    being stopped. Two workers at once take turns.
    """
    result = Rescored()
    after = 0
    for _ in range(batches):
        if stopping.is_asked():
            break
        with transaction.atomic():
            lock_model()  # first, so that of two workers the second one finds only what the first one left
            marks = dict(
                DirtyLead.objects.filter(lead__gt=after)
                .order_by("pk")
                .values_list("lead_id", "marked_at")[:BATCH]
            )
            if not marks:
                break
            result.add(_rescore_chunk(list(marks), size=len(marks), now=now))
            _take_marks_away(marks, now=now)
        after = max(marks)
        _breathe()
    return result


def _take_marks_away(marks: dict[int, datetime], *, now: datetime) -> None:
    """Remove the marks that nobody has set again since they were read, and whose lead has nothing that counts later."""
    ahead = _ahead(list(marks), now=now)
    # A mark that somebody is about to set again is locked, and stays.
    present = DirtyLead.objects.filter(lead__in=marks).select_for_update(skip_locked=True)
    done = [
        pk
        for pk, marked_at in present.values_list("lead_id", "marked_at")
        if marks[pk] == marked_at and pk not in ahead
    ]
    DirtyLead.objects.filter(lead__in=done).delete()


# --- All leads ----------------------------------------------------------------------------------------------


def request_rescoring(*, by: AbstractBaseUser | None, now: datetime) -> RescoringRun:
    """A run over all leads under the model in force: the one that is waiting or running already, or a new one.

    Runs under a model that was replaced are cancelled.
    """
    with transaction.atomic():
        run, is_new = _unfinished_or_new_run(by=by, now=now)
        if is_new:
            run.enqueue(now=now)
    return run


def rescore_all(*, by: AbstractBaseUser | None, now: datetime) -> Rescored:
    """Rescore every lead here and now, as a run with a row of its own, which a worker finishes should this process die.

    Raises `RunElsewhere` while a worker is at it, and `RescoringFailed` with the sentence of a run that failed.
    """
    run, _ = _unfinished_or_new_run(by=by, now=now)
    if not run.perform(now=now):
        raise RunElsewhere(
            f"A run over all {LEADS} is under way elsewhere, or this one was cancelled. See the list of rescoring runs."
        )
    if run.state == JobState.FAILED:
        raise RescoringFailed(run.error)
    return Rescored(leads=run.rows_done, changed=run.changed, qualified=run.qualified)


@transaction.atomic
def _unfinished_or_new_run(*, by: AbstractBaseUser | None, now: datetime) -> tuple[RescoringRun, bool]:
    """The run under the model in force that has not ended, or a new one that no worker has been told of."""
    scoring_model = lock_model()
    unfinished = RescoringRun.jobs.filter(state__in=[JobState.QUEUED, JobState.RUNNING, JobState.PAUSED])
    unfinished.exclude(scoring_model=scoring_model).update(
        state=JobState.CANCELLED, lease_until=None, finished_at=now
    )
    current: RescoringRun | None = unfinished.filter(scoring_model=scoring_model).order_by("pk").first()
    if current is not None:
        return current, False
    run = RescoringRun.jobs.create(
        scoring_model=scoring_model,
        requested_by=by,  # type: ignore[misc]
        created_at=now,
        run_after=now,
        hinted_at=now,
    )
    return run, True


def walk(*, run: RescoringRun, lease: Lease, clock: Callable[[], datetime]) -> None:
    """Rescore every lead after the run's cursor; scores, steps, counts and cursor of a chunk are committed together.

    Each chunk reads the clock anew, so that a long run does not take newer activities out of a score again.
    """
    if run.cursor == 0:
        lease.advance(rows_total=Lead.objects.count())
    while ids := list(
        Lead.objects.filter(pk__gt=run.cursor).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        chosen = range(ids[0], ids[-1] + 1)
        lease.let_worker_stop()  # without holding the run, which others take after the model
        with transaction.atomic():
            now = clock()
            result = _rescore_chunk(chosen, size=len(ids), now=now)
            mark_dirty(lead_ids=_ahead(chosen, now=now), now=now)
            lease.advance(
                cursor=ids[-1],
                rows_done=run.rows_done + len(ids),
                changed=run.changed + result.changed,
                qualified=run.qualified + result.qualified,
            )
        _breathe()


def _breathe() -> None:
    """Let other writers in. On SQLite they wait in a queue that is no queue: who looks at the right moment is next."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        time.sleep(BREATH.total_seconds())
