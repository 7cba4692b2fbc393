"""A worker that is being stopped gives its long work back between two chunks, whichever process of it works."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from imports import duplicates, loading, lookahead, previewing, steering, undo
from imports.models import ImportBatch
from leadops import jobs, stopping
from leadops.jobs import JobState, Lease
from leadops.tasks import run_job
from leads.models import Lead
from scoring import rescoring
from scoring.models import DirtyLead
from tests import factories
from tests.imports.lists import confirmed, csv_file, loaded, person, taken_in

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """This process is a worker's parent, whose word will be left in the folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stopping.prepare()
    yield tmp_path
    stopping.forget()


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The messages that were sent."""
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(run_job, "delay", lambda *args: sent.append(args))
    return sent


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("imports.loading", "imports.lookahead", "imports.undo"):
        monkeypatch.setattr(f"{module}.CHUNK", 20)


def stopped_during(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, call: int) -> None:
    """The worker is asked to stop while the function is called for the `call`th time."""
    real, calls = getattr(module, name), 0

    def stopping_meanwhile(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            stopping.ask()
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, stopping_meanwhile)


def people(name: str, rows: int) -> list[list[str]]:
    return [person(number, e_mail=f"p{number}@{name}.example", company=name) for number in range(rows)]


# --- The word -----------------------------------------------------------------------------------------------------


def test_the_word_is_left_for_all_processes_and_taken_away_at_the_end(worker: Path) -> None:
    assert not stopping.is_asked()
    assert not is_heard_elsewhere()

    stopping.ask()

    assert stopping.is_asked()
    assert is_heard_elsewhere()
    stopping.forget()
    assert not stopping.is_asked()
    assert list(worker.glob("*.stops")) == []


def is_heard_elsewhere() -> bool:
    """Whether a process that is started anew knows, as those of a pool are where nothing is forked."""
    code = "from leadops import stopping; print(stopping.is_asked())"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return answer.stdout == "True\n"


def test_nobody_is_asked_to_stop_outside_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(stopping.WORD, raising=False)

    stopping.ask()

    assert not stopping.is_asked()
    assert stopping.WORD not in os.environ


# --- Jobs ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("worker")
def test_a_list_is_given_back_with_a_message_and_goes_on_from_there(
    now: datetime, messages: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = confirmed(csv_file(people("dock", 100)), now=now)
    with monkeypatch.context() as during:
        stopped_during(during, loading, "_record_activities", call=2)
        run_job("imports.ImportBatch", batch.pk)
    batch.refresh_from_db()
    left = (batch.state, batch.rows_done, batch.cursor, batch.attempts, batch.lease_until)
    sent, messages[:] = list(messages), []

    stopping.forget()
    run_job(*sent[0])
    batch.refresh_from_db()

    assert left == (JobState.QUEUED, 40, 40, 0, None)
    assert sent == [("imports.ImportBatch", batch.pk)]
    assert (batch.state, batch.created, batch.attempts) == (JobState.DONE, 100, 1)
    assert Lead.objects.count() == 100


@pytest.mark.usefixtures("worker")
def test_a_worker_on_its_way_out_begins_nothing_and_leaves_it_to_the_sweep(
    now: datetime, messages: list[tuple[str, int]]
) -> None:
    batch = confirmed(csv_file(people("dock", 50)), now=now)
    batch.enqueue(now=timezone.now())
    stopping.ask()

    run_job("imports.ImportBatch", batch.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.attempts, batch.lease_number, batch.hinted_at) == (JobState.QUEUED, 0, 0, None)
    assert messages == []
    assert jobs.sweep(now=timezone.now()) == 1
    assert messages == [("imports.ImportBatch", batch.pk)]


@pytest.mark.usefixtures("worker")
def test_a_preview_is_made_anew_and_an_undo_goes_on(
    now: datetime, messages: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    draft = taken_in(csv_file(people("draft", 100)), now=now)
    previewing.ask(batch=draft, now=timezone.now())
    with monkeypatch.context() as during:
        stopped_during(during, lookahead, "_foreseen", call=3)
        run_job("imports.ImportBatch", draft.pk)
    draft.refresh_from_db()
    left = [(draft.state, draft.previewed_at, draft.attempts)]
    stopping.forget()
    stopping.prepare()
    run_job(*messages.pop())
    draft.refresh_from_db()
    preview = draft.preview["counts"]

    steering.stop(batch=draft, now=now)
    old = loaded(csv_file(people("old", 100)), now=now, source_name="old")
    undo.ask(batch=old, by=None, now=timezone.now())
    with monkeypatch.context() as during:
        stopped_during(during, undo, "_take_back", call=2)
        run_job("imports.ImportBatch", old.pk)
    old.refresh_from_db()
    left.append((old.state, old.undo_counts["deleted"], old.attempts))
    stopping.forget()
    run_job(*messages.pop())
    old.refresh_from_db()

    assert left == [(JobState.QUEUED, None, 0), (JobState.QUEUED, 40, 0)]
    assert preview == {"created": 100}
    assert (old.state, old.undo_counts["deleted"], Lead.objects.count()) == (JobState.DONE, 100, 0)


@pytest.mark.usefixtures("worker")
def test_a_run_over_all_leads_goes_on_behind_its_cursor(
    now: datetime, messages: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescoring, "CHUNK", 5)
    source = factories.SourceFactory()
    for _ in range(20):
        factories.LeadFactory(source=source)
    run = rescoring.request_rescoring(by=None, now=timezone.now())
    with monkeypatch.context() as during:
        stopped_during(during, rescoring, "_rescore_chunk", call=2)
        run_job("scoring.RescoringRun", run.pk)
    run.refresh_from_db()
    left = (run.state, run.rows_done, run.attempts)
    stopping.forget()

    run_job(*messages.pop())

    run.refresh_from_db()
    assert left == (JobState.QUEUED, 10, 0)
    assert (run.state, run.rows_done) == (JobState.DONE, 20)


@pytest.mark.usefixtures("worker")
def test_marked_leads_that_are_not_reached_stay_marked(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescoring, "BATCH", 5)
    leads = [factories.LeadFactory().pk for _ in range(12)]
    DirtyLead.objects.all().delete()
    rescoring.mark_dirty(lead_ids=leads, now=now)
    stopped_during(monkeypatch, rescoring, "_rescore_chunk", call=2)

    assert rescoring.rescore_dirty(now=now).leads == 10

    assert DirtyLead.objects.count() == 2


@pytest.mark.usefixtures("worker")
def test_a_search_for_duplicates_goes_on_with_the_next_pair(
    now: datetime, messages: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "PAIRS_AT_ONCE", 1)
    for number in range(6):
        for address in ("one", "two"):
            factories.ContactFactory(
                first_name="Ines",
                last_name=f"Roth{'abcdef'[number]}",
                email=f"{address}{number}@kiesel.example",
            )
    search = duplicates.start_search(by=None, now=timezone.now())
    with monkeypatch.context() as during:
        stopped_during(during, duplicates, "_judge_chunk", call=2)
        run_job("imports.DuplicateSearch", search.pk)
    search.refresh_from_db()
    state, done, total = search.state, search.rows_done, search.rows_total
    stopping.forget()

    run_job(*messages.pop())

    search.refresh_from_db()
    assert (state, search.state) == (JobState.QUEUED, JobState.DONE)
    assert 0 < done < total
    assert search.rows_done == total


def test_a_lease_that_is_lost_is_not_prolonged(now: datetime) -> None:
    batch = confirmed(csv_file(people("dock", 1)), now=now)
    ImportBatch.objects.filter(pk=batch.pk).update(state=JobState.RUNNING, lease_number=2)

    assert Lease(job=batch, number=2).prolong()
    assert not Lease(job=batch, number=1).prolong()
