"""The job row, tried with the rescoring run as the job at hand."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from kombu.exceptions import OperationalError

from leadops import jobs
from leadops.errors import LeadOpsError
from leadops.jobs import LEASE, MAX_ATTEMPTS, RESEND_AFTER, JobState, Lease
from scoring.models import RescoringRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs() -> Iterator[Any]:
    """What the job does when it runs; each test says what that is."""
    with mock.patch.object(RescoringRun, "run", autospec=True) as run:
        yield run


@pytest.fixture
def job(now: datetime) -> RescoringRun:
    return RescoringRun.jobs.create(run_after=now)


def test_runs_once_and_writes_down_that_it_is_done(job: RescoringRun, runs: Any, now: datetime) -> None:
    assert job.perform(now=now)
    assert not job.perform(now=now)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.started_at, runs.call_count) == (JobState.DONE, 1, now, 1)


def test_a_second_worker_leaves_a_running_job_alone(job: RescoringRun, runs: Any, now: datetime) -> None:
    twin = RescoringRun.jobs.get(pk=job.pk)
    runs.side_effect = lambda self, lease: assert_refused(twin, now)

    job.perform(now=now)

    assert runs.call_count == 1


def assert_refused(twin: RescoringRun, now: datetime) -> None:
    assert not twin.perform(now=now)


def test_a_refusal_ends_the_job_with_its_sentence(job: RescoringRun, runs: Any, now: datetime) -> None:
    runs.side_effect = LeadOpsError("The file is empty. Choose another one.")

    job.perform(now=now)

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The file is empty. Choose another one.")


def test_a_killed_worker_costs_the_rest_of_its_lease(job: RescoringRun, runs: Any, now: datetime) -> None:
    RescoringRun.jobs.filter(pk=job.pk).update(
        state=JobState.RUNNING, lease_until=now + LEASE, lease_number=1, cursor=500
    )

    assert not job.perform(now=now)
    assert job.perform(now=now + LEASE + timedelta(seconds=1))

    assert runs.call_args.args[0].cursor == 500


def test_a_defect_is_tried_again_and_then_parked(job: RescoringRun, runs: Any, now: datetime) -> None:
    runs.side_effect = ZeroDivisionError
    moment = now

    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            job.perform(now=moment)
        job.refresh_from_db()
        moment = max(moment, job.run_after) + timedelta(seconds=1)
    assert not job.perform(now=moment)

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "was tried 3 times and did not finish" in job.error


def test_a_run_that_lost_its_lease_leaves_no_trace(job: RescoringRun, runs: Any, now: datetime) -> None:
    def stolen(self: RescoringRun, lease: Lease) -> None:
        RescoringRun.jobs.filter(pk=self.pk).update(lease_number=99)
        lease.advance(cursor=1000)

    runs.side_effect = stolen

    assert not job.perform(now=now)

    job.refresh_from_db()
    assert (job.state, job.cursor) == (JobState.RUNNING, 0)


def test_a_cancelled_job_stops_at_its_next_chunk(job: RescoringRun, runs: Any, now: datetime) -> None:
    def cancelled(self: RescoringRun, lease: Lease) -> None:
        RescoringRun.jobs.filter(pk=self.pk).update(state=JobState.CANCELLED)
        lease.advance(cursor=1000)

    runs.side_effect = cancelled

    job.perform(now=now)

    job.refresh_from_db()
    assert (job.state, job.cursor) == (JobState.CANCELLED, 0)


def test_progress_earns_new_attempts(job: RescoringRun, runs: Any, now: datetime) -> None:
    def one_chunk(self: RescoringRun, lease: Lease) -> None:
        lease.advance(cursor=1000)

    runs.side_effect = one_chunk
    RescoringRun.jobs.filter(pk=job.pk).update(attempts=MAX_ATTEMPTS - 1)

    job.perform(now=now)

    job.refresh_from_db()
    assert job.attempts == 1


def test_a_broker_that_is_away_does_not_stop_the_page(
    job: RescoringRun, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with (
        mock.patch("leadops.tasks.run_job.delay", side_effect=OperationalError("no broker")),
        django_capture_on_commit_callbacks(execute=True),
    ):
        job.enqueue(now=now)

    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_a_broker_that_is_away_is_not_asked_by_every_job(job: RescoringRun) -> None:
    with mock.patch("leadops.tasks.run_job.delay", side_effect=OperationalError("no broker")) as delay:
        for _ in range(5):
            jobs.hint(job)

    assert delay.call_count == 1


def test_the_sweep_sends_again_what_was_lost(job: RescoringRun, now: datetime) -> None:
    RescoringRun.jobs.filter(pk=job.pk).update(hinted_at=now)

    with mock.patch("leadops.tasks.run_job.delay") as delay:
        assert jobs.sweep(now=now + timedelta(seconds=1)) == 0
        assert jobs.sweep(now=now + RESEND_AFTER + timedelta(seconds=1)) == 1

    delay.assert_called_once_with("scoring.RescoringRun", job.pk)


def test_the_progress_bar_is_the_row() -> None:
    half = RescoringRun(rows_total=200, rows_done=100)

    assert half.percent == 50
    assert RescoringRun(state=JobState.DONE).percent == 100
    assert RescoringRun().percent == 0
