"""`manage.py start`, as `make run` calls it: the whole of LeadOps in one terminal."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from leadops.running import free_port

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "LeadOps is running at "

pytestmark = pytest.mark.faults


class Terminal:
    """A `manage.py start` in a process group of its own, as a shell with job control starts it."""

    def __init__(self, *, folder: Path) -> None:
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "DEBUG": "1",
            "LEADOPS_DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/leadops.sqlite3",
            "CELERY_BROKER_URL": "filesystem://localhost//",
        }
        self.port = free_port(wished=18000 + os.getpid() % 2000)
        self.process = self.start()
        self.lines: list[str] = []

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "start", "--no-demo", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def read_until(self, has_come: Callable[[str], bool]) -> str:
        """Read on, line by line, until one for which `has_come` holds, and return that."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if has_come(line):
                return self.lines[-1]
        raise AssertionError("It ended too soon, after:\n" + "\n".join(self.lines))

    def has_worker(self) -> bool:
        return any("start-" in line and line.endswith("ready.") for line in self.lines)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(folder=tmp_path)
    yield opened
    family = opened.family() if opened.process.poll() is None else []
    for process in family:
        process.kill()
    opened.process.kill()
    opened.process.wait()
    assert opened.process.stdout is not None
    opened.process.stdout.close()


def test_serves_the_admin_where_it_says_and_leaves_nothing_running_after_ctrl_c(terminal: Terminal) -> None:
    terminal.read_until(
        lambda line: any(ADDRESS in seen for seen in terminal.lines) and terminal.has_worker()
    )
    line = next(line for line in terminal.lines if line.startswith(ADDRESS))
    with urllib.request.urlopen(line.removeprefix(ADDRESS), timeout=10) as answer:
        page = answer.read().decode()
    family = terminal.family()

    started = time.monotonic()
    os.killpg(terminal.process.pid, signal.SIGINT)
    terminal.read_until(lambda line: line == "LeadOps has stopped.\n")

    assert answer.status == 200
    assert 'name="password"' in page
    assert terminal.process.wait(timeout=5) == 0
    assert time.monotonic() - started < 12
    assert len(family) >= 5  # web, its worker, worker, its two, beat
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_starts_a_killed_worker_again_and_refuses_a_second_start_from_the_same_folder(
    terminal: Terminal,
) -> None:
    terminal.read_until(lambda line: terminal.has_worker())
    worker = next(process for process in terminal.family() if "worker" in process.cmdline())

    worker.kill()
    second = terminal.start()

    terminal.read_until(lambda line: line == "The worker was killed by signal 9; it is started again.\n")
    terminal.lines.clear()
    terminal.read_until(lambda line: terminal.has_worker())
    assert second.communicate(timeout=60)[0] == (
        f"CommandError: LeadOps runs from this folder already (process {terminal.process.pid}). "
        "Stop it with Ctrl-C where it was started, then try again.\n"
    )
    assert second.returncode == 1
