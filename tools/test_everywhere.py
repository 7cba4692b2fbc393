"""Runs the whole suite on every database and with every broker that answers on this machine (`make test`).

SQLite and the embedded broker always; PostgreSQL, Redis and RabbitMQ where they answer. What a caller may set:
LEADOPS_TEST_POSTGRESQL_URL, LEADOPS_TEST_REDIS_URL, LEADOPS_TEST_RABBITMQ_URL (other addresses than the standard ones),
LEADOPS_TEST_REQUIRE (a comma list of postgresql, redis, rabbitmq, chromium that must be there, for CI) and
LEADOPS_SHARED_DATA. Nothing else of the caller's environment reaches the tests but PATH, HOME and the language.
"""

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from kombu import Connection
from psycopg import sql

ROOT: Final = Path(__file__).resolve().parents[1]
REPORTS: Final = ROOT / "build" / "test"
POSTGRESQL: Final = os.environ.get(
    "LEADOPS_TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres"
)
BROKERS: Final = {
    "redis": os.environ.get("LEADOPS_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
    "rabbitmq": os.environ.get("LEADOPS_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
KEPT: Final = {"PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TERM", "TMPDIR", "CI", "LEADOPS_SHARED_DATA"}
KEPT_PREFIXES: Final = ("LC_", "OPENBLAS_")
PROCESSES: Final = "2"  # pytest-xdist's; CI has two cores


@dataclass
class Counts:
    """How the tests of one or several runs ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def postgresql_version() -> str | None:
    """The version of the PostgreSQL server that answers, or None."""
    try:
        with psycopg.connect(POSTGRESQL, connect_timeout=3) as connection:
            return connection.execute("SHOW server_version").fetchone()[0].split()[0]  # type: ignore[index]
    except psycopg.OperationalError as absent:
        print(f"PostgreSQL is left out: {' '.join(str(absent).split())}")
        return None


def answers(*, name: str, url: str) -> bool:
    """Whether the broker at `url` lets us in."""
    with Connection(url, connect_timeout=3, transport_options={"socket_connect_timeout": 3}) as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0.2)
            connection.default_channel.close()
        except (*connection.connection_errors, OSError) as absent:
            print(f"{name} is left out: {absent}")
            return False
    return True


def clean_environment() -> dict[str, str]:
    """What the tests may see of the caller's environment."""
    return {
        name: text for name, text in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)
    } | {
        "PYTHONPATH": str(ROOT / "tools"),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
    }


class Run:
    """A run of pytest over the tests that `marks` selects, from the moment it is made."""

    def __init__(
        self,
        *,
        title: str,
        marks: str,
        options: list[str],
        environment: Mapping[str, str],
        behind: bool = False,
    ) -> None:
        """With `behind` it gives way to other processes, and what it prints is shown when it has ended."""
        self.title = title
        self.report = REPORTS / f"{title.replace(', ', '-').replace(' ', '-').lower()}.xml"
        self.report.unlink(missing_ok=True)
        self.started = time.monotonic()
        self.output = self.report.with_suffix(".log") if behind else None
        if not behind:
            print(f"\n== {title}", flush=True)
        with ExitStack() as files:
            self.process = subprocess.Popen(
                [
                    *(["nice", "-n", "10"] if behind else []),
                    *(sys.executable, "-m", "pytest", "-q", "-p", "pytest_selection", "-m", marks),
                    *(f"--junitxml={self.report}", *options, *sys.argv[1:]),
                ],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=files.enter_context(self.output.open("wb")) if self.output else None,
                stderr=subprocess.STDOUT if self.output else None,
            )

    def counts(self) -> Counts:
        """Wait for the end. A run that breaks down before it counts is one failure."""
        status = self.process.wait()
        seconds = time.monotonic() - self.started
        if self.output is not None:
            print(f"\n== {self.title}\n{self.output.read_text(errors='replace')}", flush=True)
        counts = read_report(self.report)
        if status not in (0, 1, 5) or (status == 1 and not counts.failed):  # 5: nothing was selected
            print(f"pytest broke down with status {status}.")
            counts += Counts(failed=1)
        print(f"-- {self.title}: {counts} in {seconds:.0f} s", flush=True)
        return counts

    def stop(self) -> None:
        """End it where it has not ended by itself."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def read_report(report: Path) -> Counts:
    """The counts of one JUnit file; all zero where pytest did not come so far as to write it."""
    if not report.exists():
        return Counts()
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314  (pytest has just written it)
    assert suite is not None
    total, failures, errors, skipped = (
        int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    return Counts(passed=max(0, total - failed - skipped), failed=failed, skipped=skipped)


def drop_leftovers(*, name: str) -> None:
    """Drop the test databases of this run that a killed pytest left behind."""
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        left = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name]
        ).fetchall()
        for (database,) in left:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
            )


def one_at_a_time(environment: Mapping[str, str], *, on_postgresql_too: bool) -> Counts:
    """The tests that run one at a time, on both databases; behind them the others on PostgreSQL.

    Those that run one at a time spend most of their time waiting for processes that start, die and are missed.
    """
    database = f"test_leadops_{os.getpid()}"
    on_postgresql = {**environment, "DATABASE_URL": POSTGRESQL}
    behind: Run | None = None
    with ExitStack() as afterwards:
        if on_postgresql_too:
            afterwards.callback(drop_leftovers, name=database)
            behind = Run(
                title="PostgreSQL",
                marks="not serial and not pages",  # what pages say is the same on both databases
                options=["-n", PROCESSES, "--only-database"],
                environment=on_postgresql | {"LEADOPS_TEST_DATABASE": database},
                behind=True,
            )
            afterwards.callback(behind.stop)
        counts = Run(title="SQLite, alone", marks="serial", options=[], environment=environment).counts()
        if behind is not None:
            counts += Run(
                title="PostgreSQL, alone",
                marks="serial and not browser",  # so are they in a browser
                options=["--only-database"],
                environment=on_postgresql | {"LEADOPS_TEST_DATABASE": f"{database}_alone"},
            ).counts()
            counts += behind.counts()
        return counts


def main() -> int:
    REPORTS.mkdir(parents=True, exist_ok=True)
    version = postgresql_version()
    brokers = ["filesystem", *(name for name, url in BROKERS.items() if answers(name=name, url=url))]
    chromium = shutil.which("chromium")
    there = {"postgresql": version, "chromium": chromium} | dict.fromkeys(brokers, "yes")
    missing = [
        name for name in os.environ.get("LEADOPS_TEST_REQUIRE", "").split(",") if name and not there.get(name)
    ]
    if missing:
        print(f"LEADOPS_TEST_REQUIRE names what this machine does not have: {', '.join(missing)}.")
        return 1

    environment = clean_environment() | {
        "LEADOPS_TEST_BROKERS": ",".join(brokers),
        **{f"LEADOPS_TEST_{name.upper()}_URL": url for name, url in BROKERS.items() if name in brokers},
    }
    counts = Run(
        title="SQLite", marks="not serial", options=["-n", PROCESSES], environment=environment
    ).counts()
    counts += one_at_a_time(environment, on_postgresql_too=version is not None)

    databases = ["SQLite"] + ([f"PostgreSQL {version}"] if version else [])
    print(
        f"\nDatabases: {', '.join(databases)}. Brokers: {', '.join(brokers)}. Browser: {chromium or 'none'}."
    )
    print(counts)
    return 1 if counts.failed or not counts.passed else 0


if __name__ == "__main__":
    sys.exit(main())
