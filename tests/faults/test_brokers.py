"""A real worker on each broker: what is asked for is done, once, whatever is killed or forgotten (F1 to F9).

Runs with the brokers that LEADOPS_TEST_BROKERS names; without it, with those that answer. Folder, database, queue and
processes are each test's own.
"""

import http.cookiejar
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

import psycopg
import pytest
from kombu import Connection
from psycopg import sql

from leadops.management.commands.start import _children
from leadops.running import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
URLS: Final = {
    "filesystem": "filesystem://localhost//",
    "redis": os.environ.get("LEADOPS_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
    "rabbitmq": os.environ.get("LEADOPS_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
PATIENCE: Final = 40  # seconds, for a step of a worker on a busy machine
POLITE: Final = 8  # seconds that a page may take while the broker is away; on an idle machine it takes three
CHUNK: Final = 250  # rows: see tests.faults.slowly
RUN, BATCH = "scoring.RescoringRun", "imports.ImportBatch"

pytestmark = pytest.mark.faults


# --- Brokers and databases ------------------------------------------------------------------------


@cache
def answers(name: str) -> bool:
    """Whether the tests may use this broker."""
    named = os.environ.get("LEADOPS_TEST_BROKERS")
    if named is not None:
        return name in named.split(",")
    if name == "filesystem":
        return True
    with Connection(
        URLS[name], connect_timeout=2, transport_options={"socket_connect_timeout": 2}
    ) as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0.1)
        except (*connection.connection_errors, OSError):
            return False
    return True


class Databases:
    """Copies of one prepared database: files for SQLite, databases of the server for PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        address = os.environ.get("DATABASE_URL", "")
        self.server = address if address.startswith("postgres") else ""
        self.name = os.environ.get("LEADOPS_TEST_DATABASE", f"test_leadops_{os.getpid()}") + "_brokers"
        self.made: list[str] = []

    def new(self, name: str, *, like: str = "") -> str:
        """The address of a new database, empty or as the one `like` which nobody uses."""
        if not self.server:
            file = self.folder / f"{name}.sqlite3"
            if like:
                shutil.copy(self.folder / f"{like}.sqlite3", file)
            return f"sqlite:///{file}"
        whole = sql.Identifier(f"{self.name}_{name}")
        of = sql.SQL("TEMPLATE {}").format(sql.Identifier(f"{self.name}_{like}")) if like else sql.SQL("")
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} {}").format(whole, of))
        self.made.append(name)
        return urllib.parse.urlsplit(self.server)._replace(path=f"/{self.name}_{name}").geturl()

    def drop(self) -> None:
        for name in self.made:
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                        sql.Identifier(f"{self.name}_{name}")
                    )
                )


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """With one database that is called `prepared`: migrated, and with what `desk.found` makes."""
    folder = tmp_path_factory.mktemp("prepared")
    made = Databases(folder)
    try:
        with Office(folder=folder, broker=URLS["filesystem"], database=made.new("prepared")) as office:
            office.run("manage.py", "migrate", "--verbosity", "0")
            office.ask("found")
        if not made.server:  # the copy of one file must hold everything
            with sqlite3.connect(folder / "prepared.sqlite3") as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        yield made
    finally:
        made.drop()


# --- Processes ------------------------------------------------------------------------------------


class Office:
    """A LeadOps of its own: a process that asks for work, workers that do it, a beat, a web."""

    def __init__(self, *, folder: Path, broker: str, database: str) -> None:
        self.folder = folder
        self.port = free_port(wished=20000 + os.getpid() % 5000)
        self.queue = f"leadops-test-{os.getpid()}-{folder.name}"
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "SECRET_KEY": "only-for-the-tests-" + "x" * 40,
            "LEADOPS_DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "CELERY_BROKER_URL": broker,
            "CELERY_QUEUE": self.queue,
            "LOG_LEVEL": "INFO",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker",
        }
        self.asked: subprocess.Popen[str] | None = None
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.open = ExitStack()

    def __enter__(self) -> "Office":
        return self

    def __exit__(self, *error: object) -> None:
        for name in list(self.running):
            self.kill(name)
        if self.asked is not None:
            assert self.asked.stdin is not None
            assert self.asked.stdout is not None
            self.asked.stdin.close()
            try:
                self.asked.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.asked.kill()
                self.asked.wait()
            self.asked.stdout.close()
        self.open.close()

    def log(self, name: str) -> IO[bytes]:
        return self.open.enter_context((self.folder / f"{name}.log").open("ab"))

    def said(self, name: str) -> str:
        """What a process has written."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def run(self, *command: str) -> None:
        subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            check=True,
            timeout=PATIENCE * 3,
        )

    def ask(self, call: str, **arguments: Any) -> Any:
        """Have the asking process call a function of `tests.faults.desk`."""
        if self.asked is None:
            self.asked = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.office"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log("office"),
                text=True,
                process_group=0,
            )
        assert self.asked.stdin is not None
        assert self.asked.stdout is not None
        self.asked.stdin.write(f"{json.dumps({'call': call, 'with': arguments})}\n")
        self.asked.stdin.flush()
        line = self.asked.stdout.readline()
        assert line, self.said("office")
        return json.loads(line)

    def start(
        self, name: str, *, jobs_at_once: int | None = None, pool: str = "prefork", **environment: str
    ) -> None:
        """Start web, worker or beat as `manage.py start` does, in a process group of its own."""
        (child,) = (one for one in _children(port=self.port) if one.name == name)
        command = [
            # The name by which others at the broker know this worker is as much this test's own as the queue.
            part.replace(f"start-{self.port}", self.queue)
            for part in child.command
        ]
        if name == "worker":
            command[command.index("--app") + 1] = "tests.faults.slowly"
            command[command.index("--pool") + 1] = pool
            if jobs_at_once is not None:
                command[command.index("--concurrency") + 1] = str(jobs_at_once)
        self.running[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log(name),
            stderr=subprocess.STDOUT,
            process_group=0,
        )

    def stop(self, name: str) -> int:
        """SIGTERM to the parent, which gives back what it is at. The exit status."""
        process = self.running.pop(name)
        process.terminate()
        try:
            return process.wait(timeout=PATIENCE)
        finally:
            self._kill_group(process)

    def stop_at_once(self, name: str) -> None:
        """SIGTERM to all its processes, as a container or a unit is stopped, and kill -9 to what is left soon after."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        self._kill_group(process)

    def _kill_group(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill(self, name: str) -> None:
        """kill -9, the children with the parent."""
        process = self.running.pop(name, None)
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_for(self, what: Callable[[], Any], *, named: str) -> Any:
        """What `what` gives as soon as it gives something. Fails with what the processes wrote."""
        give_up_at = time.monotonic() + PATIENCE
        while not (found := what()):
            if time.monotonic() > give_up_at:
                logs = "\n".join(
                    f"--- {name}\n{self.said(name)[-3000:]}" for name in ("office", *self.running)
                )
                raise AssertionError(f"{named} did not come within {PATIENCE} seconds.\n{logs}")
            time.sleep(0.2)
        return found

    def ended(self, label: str, pk: int) -> dict[str, Any]:
        """The job's row when it has ended."""
        self.wait_for(
            lambda: self.ask("job", label=label, pk=pk)["has_ended"], named=f"The end of {label} {pk}"
        )
        row: dict[str, Any] = self.ask("job", label=label, pk=pk)
        return row

    def reached(self, label: str, pk: int, *, rows: int) -> dict[str, Any]:
        """The job's row when so many of its rows are done."""

        def row() -> dict[str, Any] | None:
            found: dict[str, Any] = self.ask("job", label=label, pk=pk)
            return found if found["rows_done"] >= rows else None

        return self.wait_for(row, named=f"Row {rows} of {label} {pk}")


@pytest.fixture(params=list(URLS))
def broker(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if not answers(name):
        pytest.skip(f"{name} does not answer here; start it, or name it in LEADOPS_TEST_BROKERS.")
    return name


@pytest.fixture
def office(broker: str, databases: Databases, tmp_path: Path) -> Iterator[Office]:
    place = len(databases.made) + len(list(databases.folder.glob("*.sqlite3")))
    database = databases.new(f"{broker}_{place}", like="prepared")
    with Office(folder=tmp_path, broker=URLS[broker], database=database) as office:
        yield office
        for name in list(office.running):
            office.kill(name)
        office.ask("remove_queue")


def whole(rows: int) -> dict[str, int]:
    """What a list of so many new people leaves behind when each came once."""
    names = ("contacts", "leads", "milestones", "activities", "rows", "created", "counted")
    return dict.fromkeys(names, rows)


# --- What must hold -------------------------------------------------------------------------------


def test_a_worker_does_what_is_asked_for(office: Office) -> None:
    office.start("worker")

    run = office.ask("ask_for_rescoring")
    batch = office.ask("bring_in", name="harbour", rows=300)

    assert office.ended(RUN, run)["state"] == "done"
    assert office.ended(BATCH, batch)["state"] == "done"
    assert office.ask("people_of", name="harbour") == whole(300)
    assert office.ask("scores")["40"] >= 20
    assert "Traceback" not in office.said("worker")


def test_a_killed_worker_loses_nothing_and_does_nothing_twice(office: Office) -> None:
    office.start("worker")
    batch = office.ask("bring_in", name="quarry", rows=3000)
    office.reached(BATCH, batch, rows=500)

    office.kill("worker")
    left = office.ask("job", label=BATCH, pk=batch)
    office.start("worker")
    office.start("beat")
    office.ask("let_time_pass", label=BATCH, pk=batch)  # else the next worker waits until the lease runs out
    ended = office.ended(BATCH, batch)

    assert left["state"] == "running"
    assert 500 <= left["rows_done"] < 3000
    assert (ended["state"], ended["lease_number"]) == ("done", 2)
    assert office.ask("people_of", name="quarry") == whole(3000)


def test_messages_that_a_broker_forgets_are_sent_again(office: Office) -> None:
    run = office.ask("ask_for_rescoring")
    batch = office.ask("bring_in", name="mill", rows=200)
    lost = office.ask("throw_messages_away")
    office.start("worker")
    too_early = office.ask("sweep")
    office.ask("let_time_pass", label=RUN, pk=run)
    office.ask("let_time_pass", label=BATCH, pk=batch)

    waiting = [office.ask("job", label=RUN, pk=run), office.ask("job", label=BATCH, pk=batch)]
    sent = office.ask("sweep")

    assert lost >= 2
    assert too_early == 0
    assert [row["state"] for row in waiting] == ["queued", "queued"]
    assert sent == 2
    assert office.ended(RUN, run)["state"] == "done"
    assert office.ended(BATCH, batch)["state"] == "done"
    assert office.ask("people_of", name="mill") == whole(200)


def test_a_message_that_comes_five_times_has_one_effect(office: Office) -> None:
    batch = office.ask("bring_in", name="orchard", rows=1500)
    office.ask("send_again", label=BATCH, pk=batch, times=4)

    office.start("worker")
    first = office.ended(BATCH, batch)
    office.ask("send_again", label=BATCH, pk=batch, times=5)
    # A job that is asked for afterwards is done afterwards: by then the five have been read.
    office.ended(RUN, office.ask("ask_for_rescoring"))
    again = office.ask("job", label=BATCH, pk=batch)

    assert (first["state"], first["attempts"], first["lease_number"]) == ("done", 1, 1)
    assert again == first
    assert office.ask("people_of", name="orchard") == whole(1500)
    assert "Traceback" not in office.said("worker")


@pytest.mark.parametrize("broker", ["filesystem"], indirect=True)
def test_deployments_in_the_middle_of_a_list_change_nothing(office: Office) -> None:
    office.start("worker")
    batch = office.ask("bring_in", name="foundry", rows=3000)
    left: list[int] = []
    for _ in range(2):
        office.reached(BATCH, batch, rows=(left[-1] if left else 0) + 1)
        office.stop_at_once("worker")
        left.append(office.ask("job", label=BATCH, pk=batch)["rows_done"])
        office.ask("throw_messages_away")  # the broker is restarted, too, and forgets everything
        office.ask("let_time_pass", label=BATCH, pk=batch)
        office.start("worker")
        assert office.ask("sweep") == 1
    ended = office.ended(BATCH, batch)
    status = office.stop("worker")

    assert 0 < left[0] < left[1] < 3000
    assert status == 0
    assert (ended["state"], ended["lease_number"]) == ("done", 3)
    assert office.ask("people_of", name="foundry") == whole(3000)


@pytest.mark.parametrize("broker", ["filesystem"], indirect=True)
def test_a_list_goes_on_by_itself_when_its_connections_to_the_database_are_cut(
    office: Office, databases: Databases
) -> None:
    if not databases.server:
        pytest.skip("Needs PostgreSQL: a database file has no connections that could be cut.")
    office.start("worker")
    batch = office.ask("bring_in", name="tannery", rows=3000)
    rows: list[int] = []
    for _ in range(3):
        office.reached(BATCH, batch, rows=(rows[-1] if rows else 0) + 1)
        assert office.ask("cut_connections") >= 1
        office.wait_for(
            lambda: office.ask("job", label=BATCH, pk=batch)["state"] == "queued", named="The job given back"
        )
        rows.append(office.ask("job", label=BATCH, pk=batch)["rows_done"])
        office.ask("let_time_pass", label=BATCH, pk=batch)
        office.ask("sweep")

    ended = office.ended(BATCH, batch)

    assert 0 < rows[0] < rows[1] < rows[2] < 3000
    assert (ended["state"], ended["lease_number"]) == ("done", 4)
    assert office.ask("people_of", name="tannery") == whole(3000)
    assert office.running["worker"].poll() is None


# --- Workers that are stopped -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def undisturbed(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of a list of 3,000 that one process loaded from end to end."""
    folder = tmp_path_factory.mktemp("undisturbed")
    database = databases.new("undisturbed", like="prepared")
    with Office(folder=folder, broker=URLS["filesystem"], database=database) as office:
        digest: str = office.ask("load_here", name="weir", rows=3000)
    return digest


@pytest.mark.parametrize("pool", ["prefork", "solo"])
def test_a_worker_that_is_stopped_gives_its_list_back_and_another_goes_on(
    office: Office, undisturbed: str, pool: str
) -> None:
    office.start("worker", pool=pool, TMPDIR=str(office.folder))
    batch = office.ask("bring_in", name="weir", rows=3000)
    office.reached(BATCH, batch, rows=500)

    status = office.stop("worker")
    left = office.ask("list_", pk=batch)
    office.start("worker", pool=pool, TMPDIR=str(office.folder))
    office.start("beat")  # for where the first worker was the one that read its own message
    ended = office.ended(BATCH, batch)

    assert status == 0
    assert (left["state"], left["attempts"]) == ("queued", 0)
    assert 500 <= left["rows_done"] == left["rows"] < 3000
    assert (ended["state"], ended["attempts"], ended["lease_number"]) == ("done", 1, 2)
    assert office.ask("digest", name="weir") == undisturbed
    assert "Traceback" not in office.said("worker")
    assert office.stop("worker") == 0
    assert list(office.folder.glob("*.stops")) == []


# --- Lists that share one worker --------------------------------------------------------------------


def test_a_short_list_is_done_while_a_long_one_keeps_the_only_worker_busy(office: Office) -> None:
    office.start("worker", jobs_at_once=1)
    long = office.ask("bring_in", name="canal", rows=6000, by="ada")
    office.reached(BATCH, long, rows=500)

    short = office.ask("bring_in", name="spring", rows=100, by="otto")
    done = office.ended(BATCH, short)
    meanwhile = office.ask("job", label=BATCH, pk=long)
    ended = office.ended(BATCH, long)

    assert done["state"] == "done"
    assert not meanwhile["has_ended"]
    assert meanwhile["rows_done"] < 6000
    assert ended["state"] == "done"
    assert office.ask("people_of", name="spring") == whole(100)
    assert office.ask("people_of", name="canal") == whole(6000)


def test_a_list_is_paused_goes_on_from_there_and_is_cancelled_from_outside(office: Office) -> None:
    office.start("worker", jobs_at_once=1)
    batch = office.ask("bring_in", name="ferry", rows=6000)
    at = office.reached(BATCH, batch, rows=500)["rows_done"]

    paused = still(office, batch, "pause")
    office.ask("resume", pk=batch)
    office.reached(BATCH, batch, rows=paused["rows_done"] + 1)
    cancelled = still(office, batch, "stop")

    assert paused["state"] == "paused"
    assert at <= paused["rows_done"] == paused["cursor"] < cancelled["rows_done"] < 6000
    assert cancelled["state"] == "cancelled"
    for row in (paused, cancelled):
        assert row["rows_done"] == sum(row["counts"].values()) == row["rows"] == row["numbers"]
    rows = cancelled["rows_done"]
    assert office.ask("people_of", name="ferry") == whole(rows)
    assert "Traceback" not in office.said("worker")


def still(office: Office, batch: int, what: str) -> dict[str, Any]:
    """The list after a person has stopped it and its worker has gone on to something else."""
    before = office.ask("list_", pk=batch)["rows_done"]
    office.ask(what, pk=batch)
    at_once = office.ask("list_", pk=batch)
    office.ended(RUN, office.ask("ask_for_rescoring"))  # done by the same worker, which is free then
    row: dict[str, Any] = office.ask("list_", pk=batch)
    assert row == at_once
    assert row["rows_done"] <= before + 2 * CHUNK  # one that was written while we asked, and no more
    return row


@pytest.mark.parametrize("broker", ["filesystem"], indirect=True)
def test_a_short_preview_is_made_while_a_long_one_keeps_the_only_worker_busy(office: Office) -> None:
    office.start("worker", jobs_at_once=1)
    long = office.ask("look_ahead", name="canal", rows=6000, by="ada")
    office.wait_for(lambda: office.ask("list_", pk=long)["cursor"] >= 500, named="A part of the preview")

    short = office.ask("look_ahead", name="spring", rows=100, by="otto")
    office.wait_for(lambda: office.ask("list_", pk=short)["is_previewed"], named="The short preview")
    meanwhile = office.ask("list_", pk=long)
    office.wait_for(lambda: office.ask("list_", pk=long)["is_previewed"], named="The long preview")

    assert not meanwhile["is_previewed"]
    assert meanwhile["cursor"] >= 500
    assert office.ask("list_", pk=short)["preview"] == {"created": 100}
    assert office.ask("list_", pk=long)["preview"] == {"created": 6000}
    assert office.ask("job", label=BATCH, pk=long)["lease_number"] == 1


@pytest.mark.parametrize("broker", ["filesystem"], indirect=True)
def test_a_preview_that_is_cancelled_stops(office: Office) -> None:
    office.start("worker", jobs_at_once=1)
    batch = office.ask("look_ahead", name="canal", rows=6000)
    office.wait_for(lambda: office.ask("list_", pk=batch)["cursor"] >= 500, named="A part of the preview")

    office.ask("cancel_preview", pk=batch)
    office.ended(RUN, office.ask("ask_for_rescoring"))  # done by the same worker, which is free then

    row = office.ask("list_", pk=batch)
    assert (row["state"], row["cursor"], row["is_previewed"], row["rows"]) == ("paused", 0, False, 0)
    assert "Traceback" not in office.said("worker")


def test_a_page_answers_while_the_broker_is_away_and_the_work_is_kept(office: Office, broker: str) -> None:
    nobody_listens = free_port(wished=office.port + 100)
    away = {
        "filesystem": URLS["filesystem"],
        "redis": f"redis://127.0.0.1:{nobody_listens}/0",
        "rabbitmq": f"amqp://guest:guest@127.0.0.1:{nobody_listens}//",
    }[broker]
    office.start("web", CELERY_BROKER_URL=away)
    browser = Browser(f"http://127.0.0.1:{office.port}")
    office.wait_for(browser.is_served, named="The login page")
    browser.log_in("ada", "correct horse battery")
    if broker == "filesystem":
        shutil.rmtree(office.folder / "broker")

    started = time.monotonic()
    page = browser.post("/admin/scoring/scoringmodel/rescore/")
    took = time.monotonic() - started
    run = office.ask("ask_for_rescoring")  # the one that is waiting
    waiting = office.ask("job", label=RUN, pk=run)
    office.start("worker")
    office.ask("let_time_pass", label=RUN, pk=run)
    office.ask("sweep")

    assert "All 20 leads are being rescored." in page
    assert took < POLITE
    assert (waiting["state"], waiting["attempts"]) == ("queued", 0)
    assert "The broker is away" in office.said("web")
    assert office.ended(RUN, run)["state"] == "done"
    assert office.ask("scores") == {"40": 20}


def test_a_broker_that_says_nothing_keeps_nobody_waiting(office: Office, broker: str) -> None:
    if broker == "filesystem":
        pytest.skip("A folder does not leave anybody waiting.")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        address = urllib.parse.urlsplit(URLS[broker])._replace(netloc=f"127.0.0.1:{port}").geturl()
        office.start("web", CELERY_BROKER_URL=address)
        browser = Browser(f"http://127.0.0.1:{office.port}")
        office.wait_for(browser.is_served, named="The login page")
        browser.log_in("ada", "correct horse battery")

        started = time.monotonic()
        page = browser.post("/admin/scoring/scoringmodel/rescore/")
        took = time.monotonic() - started

    assert "All 20 leads are being rescored." in page
    assert took < POLITE
    assert "The broker is away" in office.said("web")


class Browser:
    """Just enough of one to log in and press a button."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def is_served(self) -> bool:
        try:
            self.get("/admin/login/")
        except OSError:
            return False
        return True

    def get(self, path: str) -> str:
        with self.opener.open(f"{self.address}{path}", timeout=PATIENCE) as answer:
            return answer.read().decode()

    def post(self, path: str, **fields: str) -> str:
        token = next(cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken")
        typed = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        with self.opener.open(f"{self.address}{path}", data=typed, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def log_in(self, name: str, password: str) -> None:
        page = self.post("/admin/login/", username=name, password=password, next="/admin/")
        assert 'name="password"' not in page, "The login was refused."
