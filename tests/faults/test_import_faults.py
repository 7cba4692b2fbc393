"""A list whose worker is killed with -9 while it is loaded: the next run ends with what an undisturbed one leaves."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds, for a step of a worker on a busy machine

pytestmark = pytest.mark.faults


def environment(folder: Path) -> dict[str, str]:
    """A LeadOps of its own in `folder`, on a database file and the embedded broker whatever the suite runs on."""
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "DEBUG": "1",
        "LOG_LEVEL": "WARNING",
        "LEADOPS_DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/leadops.sqlite3",
        "CELERY_BROKER_URL": "filesystem://localhost//",
    }


@pytest.fixture(scope="module", autouse=True)
def _once_is_enough() -> None:
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        pytest.skip("Works on a database file of its own, so that a second run tells nothing new.")


@pytest.fixture(scope="module")
def killings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What `tests.faults.killed_import` reports, by the point at which it was killed."""
    folder = tmp_path_factory.mktemp("killed")
    answer = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed_import"],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=5 * PATIENCE,
    )
    assert answer.returncode == 0, answer.stderr
    reports = [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]
    return {report["point"]: report for report in reports}


def test_an_undisturbed_run_has_rows_of_every_kind(killings: dict[str, dict[str, Any]]) -> None:
    report = killings["confirmed: undisturbed"]

    assert report["state"] == "done"
    assert report["rows_done"] == sum(report["counts"].values()) == 1150
    assert all(report["counts"].values())
    assert report["outcomes"] == report["counts"]


@pytest.mark.parametrize(
    ("point", "done"),
    [
        ("when it is claimed", 0),
        ("before the first row is read", 0),
        ("when the first chunk is cleaned", 0),
        ("in the first chunk, before anybody is received", 0),
        ("in the first chunk, when all are received", 0),
        ("in the first chunk, when its rows are written", 0),
        ("between two chunks", 250),
        ("in the second chunk, when its rows are written", 250),
        ("in the third chunk, with all but the commit done", 500),
        ("in the fourth chunk, when all are received", 750),
        ("in the last chunk, before its activities", 1000),
        ("in the last chunk, with all but the commit done", 1000),
        ("before the finishing step", 1150),
        ("in the finishing step", 1150),
        ("after the finishing step", 1150),
        ("when the end is written down", 1150),
        *((f"random {number}", None) for number in range(5)),
    ],
)
def test_a_kill_leaves_no_trace(killings: dict[str, dict[str, Any]], point: str, done: int | None) -> None:
    report, undisturbed = killings[f"confirmed: {point}"], killings["confirmed: undisturbed"]

    assert report["died_with"] == -signal.SIGKILL
    state, committed, rows = report["committed"]
    assert state == "running"
    assert committed == rows
    assert done is None or committed == done
    assert what_became(report) == what_became(undisturbed)


@pytest.mark.parametrize("point", ["the reader, in the first chunk", "the reader, in the last chunk"])
def test_a_kill_of_the_process_that_reads_ahead_leaves_no_trace(
    killings: dict[str, dict[str, Any]], point: str
) -> None:
    report, undisturbed = killings[f"confirmed: {point}"], killings["confirmed: undisturbed"]

    assert report["died_with"] == 1  # the worker raised what it saw, and gave the list back
    state, committed, rows = report["committed"]
    assert state == "queued"
    assert committed == rows < 1150
    assert what_became(report) == what_became(undisturbed)


def what_became(report: dict[str, Any]) -> dict[str, Any]:
    same = ("state", "rows_done", "counts", "outcomes", "digest", "business", "preview", "undo")
    return {name: report[name] for name in same}


@pytest.mark.parametrize(
    "point",
    [
        "before the first row",
        "in the third chunk",
        "when the counts of the fourth are told",
        "when the end is written down",
    ],
)
def test_a_killed_preview_has_written_nothing_and_is_made_anew(
    killings: dict[str, dict[str, Any]], point: str
) -> None:
    report, undisturbed = killings[f"looked ahead at: {point}"], killings["looked ahead at: undisturbed"]

    assert report["died_with"] == -signal.SIGKILL
    assert report["committed"] == ["running", 0, 0]
    assert what_became(report) == what_became(undisturbed)
    assert undisturbed["state"] == "paused"
    assert undisturbed["preview"]["rows"] == 1150
    assert undisturbed["business"] == killings["before"]["business"]


@pytest.mark.parametrize(
    "point",
    [
        "before anybody is taken back",
        "in the second chunk, when all are taken back",
        "in the third chunk, with all but the commit done",
        "when the companies are taken back",
        "when the end is written down",
    ],
)
def test_whatever_kills_it_all_is_as_before_when_a_list_is_taken_back(
    killings: dict[str, dict[str, Any]], point: str
) -> None:
    report, undisturbed = killings[f"taken back: {point}"], killings["taken back: undisturbed"]

    assert report["died_with"] == -signal.SIGKILL
    assert report["committed"] == ["running", 1150, 1150]
    assert what_became(report) == what_became(undisturbed)
    assert undisturbed["state"] == "done"
    assert undisturbed["business"] == killings["before"]["business"]


def test_five_workers_that_are_told_at_once_load_a_list_once(killings: dict[str, dict[str, Any]]) -> None:
    report, undisturbed = killings["confirmed: five at once"], killings["confirmed: undisturbed"]

    assert report["died_with"] == [0] * 5
    assert report["committed"] == ["done", 1150, 1150]
    assert what_became(report) == what_became(undisturbed)


def test_five_workers_that_are_told_at_once_take_a_list_back_once(
    killings: dict[str, dict[str, Any]],
) -> None:
    report, undisturbed = killings["taken back: five at once"], killings["taken back: undisturbed"]

    assert report["died_with"] == [0] * 5
    assert report["committed"] == ["done", 1150, 1150]
    assert what_became(report) == what_became(undisturbed)


def test_a_worker_that_was_thought_dead_adds_nothing_to_what_its_successor_does(
    killings: dict[str, dict[str, Any]],
) -> None:
    report, undisturbed = killings["confirmed: replaced while it works"], killings["confirmed: undisturbed"]

    assert report["died_with"] == [0, 0]
    assert report["committed"] == ["done", 1150, 1150]
    assert what_became(report) == what_became(undisturbed)


# --- A real worker ------------------------------------------------------------------------------------------------


class House:
    """A LeadOps with its database file, in which workers come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = environment(folder)
        self.workers: list[subprocess.Popen[bytes]] = []

    def manage(self, *words: str, code: str = "") -> str:
        command = [
            sys.executable,
            "manage.py",
            *(["shell", "--verbosity", "0", "-c", code] if code else words),
        ]
        answer = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def start_worker(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "leadops",
                "worker",
                "--pool",
                "solo",
                "--loglevel",
                "ERROR",
            ],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.workers.append(worker)
        return worker

    def ask(self, sql: str) -> Any:
        with sqlite3.connect(self.folder / "leadops.sqlite3", timeout=20) as connection:
            return connection.execute(sql).fetchone()

    def wait_for(self, sql: str) -> None:
        until = time.monotonic() + PATIENCE
        while not self.ask(sql)[0]:
            assert time.monotonic() < until, (
                f"{sql} did not come true: {self.ask('SELECT state, rows_done, error FROM imports_importbatch')}"
            )
            time.sleep(0.02)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path)
    yield found
    for worker in found.workers:
        if worker.poll() is None:
            worker.kill()
            worker.wait()


CONFIRM = """
from pathlib import Path
from django.utils import timezone
from imports import drafting, steering
from imports.models import ImportBatch
batch = ImportBatch(kind="partner", source_name="Partners", country="DE")
with Path({path!r}).open("rb") as file:
    drafting.take_in(file=file, name="list.csv", batch=batch, by=None, now=timezone.now())
steering.begin(batch=batch, now=timezone.now())
batch.enqueue(now=timezone.now())
"""
SWEEP = """
from datetime import timedelta
from django.utils import timezone
from leadops import jobs
print(jobs.sweep(now=timezone.now() + timedelta(minutes=2)))
"""


@pytest.mark.serial
def test_another_worker_goes_on_where_a_killed_one_was(house: House) -> None:
    rows, people = 31_000, 28_000
    path = house.folder / "list.csv"
    lines = (f"Ada,Roth{chr(97 + n % 26)},p{n % people}@firm{n % people % 900}.example" for n in range(rows))
    path.write_text("\n".join(["First name,Last name,E-mail", *lines]), encoding="utf-8")
    house.manage("migrate", "--verbosity", "0")
    house.manage(code=CONFIRM.format(path=str(path)))
    worker = house.start_worker()
    house.wait_for("SELECT rows_done > 0 FROM imports_importbatch")

    worker.kill()
    worker.wait()

    state, done, lease = house.ask("SELECT state, rows_done, lease_until FROM imports_importbatch")
    assert (state, lease is not None) == ("running", True)
    assert 0 < done < rows
    assert house.ask("SELECT COUNT(*) FROM imports_importrow") == (done,)
    # Its message died with it, and its lease holds for half a minute; the test turns the row's clock instead.
    with sqlite3.connect(house.folder / "leadops.sqlite3", timeout=20) as connection:
        connection.execute(
            "UPDATE imports_importbatch SET lease_until = '2020-01-01 00:00:00', hinted_at = NULL"
        )
    shutil.rmtree(house.folder / "broker" / "messages")  # and the broker forgets everything
    (house.folder / "broker" / "messages").mkdir()
    house.start_worker()
    assert house.manage(code=SWEEP).strip() == "1"
    house.wait_for("SELECT state = 'done' FROM imports_importbatch")

    assert house.ask("SELECT rows_done, created, merged, rejected FROM imports_importbatch") == (
        rows,
        people,
        rows - people,
        0,
    )
    assert house.ask("SELECT COUNT(*), COUNT(DISTINCT number) FROM imports_importrow") == (rows, rows)
    assert house.ask("SELECT COUNT(*), COUNT(DISTINCT email_key) FROM leads_contact") == (people, people)
    assert house.ask("SELECT COUNT(*), COUNT(DISTINCT contact_id) FROM leads_lead") == (people, people)
    assert house.ask("SELECT COUNT(*) FROM leads_historicalcontact") == (people,)
