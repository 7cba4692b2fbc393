"""`manage.py start` keeps its processes together: tried on real processes, that only tell that they live."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from leadops.running import STOP_WITHIN, CannotRun, free_port, only_one

ROOT = Path(__file__).resolve().parents[2]

# Runs a supervisor over the children that the test names, and says when it has ended.
SUPERVISOR = """
import os, sys
from pathlib import Path
from leadops.running import CannotRun, Child, Supervisor
say = lambda line: print(line, flush=True)
children = [Child(name=f"child{i}", command=[sys.executable, "-c", code]) for i, code in enumerate(sys.argv[1:])]
ticks = iter(range(1000))
supervisor = Supervisor(children=children, cwd=Path.cwd(), environment=os.environ, say=say)
try:
    supervisor.run(is_ready=lambda: next(ticks) > 1, when_ready=lambda: say("ready"))
except CannotRun as refusal:
    say(f"refused: {refusal}")
say("all stopped")
"""
LIVES = "import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)"
DEAF = "import signal; [signal.signal(n, signal.SIG_IGN) for n in (signal.SIGTERM, signal.SIGINT)]; " + LIVES
HAS_A_CHILD = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print('pid', child.pid, flush=True); time.sleep(60)"
)
DIES = "print('no database', flush=True); raise SystemExit(3)"


class Run:
    """A supervisor in a process of its own, and what it has printed so far."""

    def __init__(self, *children: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, *children],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            process_group=0,
        )
        self.lines: list[str] = []

    def read_until(self, has_come: Callable[[list[str]], bool]) -> None:
        assert self.process.stdout is not None
        while not has_come(self.lines):
            line = self.process.stdout.readline()
            assert line, f"ended too soon, after: {self.lines}"
            self.lines.append(line.rstrip("\n"))

    def read_to_the_end(self) -> None:
        assert self.process.stdout is not None
        self.lines += self.process.stdout.read().splitlines()
        self.process.wait(timeout=15)

    @property
    def pids(self) -> list[int]:
        return [int(line.split()[-1]) for line in self.lines if "| pid " in line]


@pytest.fixture
def supervise() -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(*children: str) -> Run:
        runs.append(Run(*children))
        return runs[-1]

    yield start
    for run in runs:
        for pid in [run.process.pid, *run.pids]:
            if psutil.pid_exists(pid):
                os.kill(pid, signal.SIGKILL)
        run.process.wait()
        assert run.process.stdout is not None
        run.process.stdout.close()


def is_gone(pid: int) -> bool:
    """Whether the process has ended, within five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stops_all_processes_on_a_signal(supervise: Callable[..., Run], number: signal.Signals) -> None:
    run = supervise(LIVES, LIVES)
    run.read_until(lambda lines: "ready" in lines and len(run.pids) == 2)

    os.killpg(run.process.pid, number)
    run.read_to_the_end()

    assert run.lines[-1] == "all stopped"
    assert run.process.returncode == 0
    assert all(is_gone(pid) for pid in run.pids)


def test_shows_who_said_what(supervise: Callable[..., Run]) -> None:
    run = supervise("print('first\\nsecond', flush=True); " + LIVES, LIVES)

    run.read_until(lambda lines: "ready" in lines and len(run.pids) == 2)

    assert "child0 | first" in run.lines
    assert "child0 | second" in run.lines


def test_kills_a_process_that_does_not_listen(supervise: Callable[..., Run]) -> None:
    run = supervise(DEAF)
    run.read_until(lambda lines: "ready" in lines and len(run.pids) == 1)

    started = time.monotonic()
    os.kill(run.process.pid, signal.SIGTERM)
    run.read_to_the_end()

    assert time.monotonic() - started < STOP_WITHIN + 4
    assert is_gone(run.pids[0])


def test_stops_at_once_when_asked_a_second_time(supervise: Callable[..., Run]) -> None:
    run = supervise(DEAF)
    run.read_until(lambda lines: "ready" in lines and len(run.pids) == 1)

    started = time.monotonic()
    os.kill(run.process.pid, signal.SIGINT)
    time.sleep(0.5)
    os.kill(run.process.pid, signal.SIGINT)
    run.read_to_the_end()

    assert time.monotonic() - started < 4
    assert is_gone(run.pids[0])


def test_leaves_no_grandchild_behind(supervise: Callable[..., Run]) -> None:
    run = supervise(HAS_A_CHILD)
    run.read_until(lambda lines: "ready" in lines and len(run.pids) == 1)

    os.kill(run.process.pid, signal.SIGINT)
    run.read_to_the_end()

    assert is_gone(run.pids[0])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_leaves_no_process_behind_when_it_is_killed(supervise: Callable[..., Run]) -> None:
    run = supervise(LIVES, LIVES)
    run.read_until(lambda lines: "ready" in lines and len(run.pids) == 2)

    run.process.kill()

    assert all(is_gone(pid) for pid in run.pids)


def test_starts_a_process_again_that_was_killed(supervise: Callable[..., Run]) -> None:
    run = supervise(LIVES, LIVES)
    run.read_until(lambda lines: "ready" in lines and len(run.pids) == 2)

    first_of_child1 = next(line for line in run.lines if line.startswith("child1 | pid "))
    os.kill(int(first_of_child1.split()[-1]), signal.SIGKILL)
    run.read_until(lambda lines: len(run.pids) == 3)

    assert "The child1 was killed by signal 9; it is started again." in run.lines
    assert run.process.poll() is None


def test_stops_everything_when_a_process_keeps_dying_and_says_which(supervise: Callable[..., Run]) -> None:
    run = supervise(LIVES, DIES)

    run.read_to_the_end()

    assert run.lines.count("child1 | no database") == 4
    assert run.lines[-2] == (
        "refused: The child1 ended by itself with status 3, for the 4th time within a minute, so LeadOps stops. "
        "The lines that begin with “child1” say why."
    )
    assert all(is_gone(pid) for pid in run.pids)


def test_takes_the_next_port_when_the_wished_one_is_taken() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]

        port = free_port(wished=taken)

    assert taken < port < taken + 50


def test_refuses_a_port_beyond_the_last_one() -> None:
    with pytest.raises(CannotRun) as refusal:
        free_port(wished=65536)

    assert str(refusal.value).startswith("None of the ports 65536 to 65585 is free. Name another one:")


def test_refuses_a_second_run_from_one_folder(tmp_path: Path) -> None:
    lock = tmp_path / "running.lock"

    with only_one(lock=lock), pytest.raises(CannotRun) as refusal, only_one(lock=lock):
        pass

    assert str(refusal.value) == (
        f"LeadOps runs from this folder already (process {os.getpid()}). "
        "Stop it with Ctrl-C where it was started, then try again."
    )
    with only_one(lock=lock):
        pass
