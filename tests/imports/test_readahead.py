"""Rows read and cleaned ahead by another process: the same rows, and no process that outlives who asked for them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from imports import readahead
from imports.cleaning import Cleaner
from imports.files.limits import UnreadableFile
from imports.readahead import ReaderEnded, Reading, clean_rows
from imports.reading import FileShape, Row, inspect
from tests.imports.lists import HEADERS, csv_file, person

ROOT = Path(__file__).resolve().parents[2]
# A fork while the test runner's own threads wait: they hold nothing that the reading needs.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

ROWS = [
    person(number, e_mail="nobody at all" if number % 5 == 0 else f"ines{number}@kiesel-werke.example")
    for number in range(57)
]


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is read ahead, in small chunks of small frames."""
    monkeypatch.setattr(readahead, "AHEAD_FROM", 0)
    monkeypatch.setattr(readahead, "_can_go_ahead", lambda: True)
    monkeypatch.setattr(readahead, "FIRST", 3)
    monkeypatch.setattr(readahead, "FRAME", 2)


def reading(file: BytesIO, *, size: int, start: int = 0, shape: FileShape | None = None) -> Reading:
    shape = shape or inspect(file, name="list.csv")
    fields = ("first_name", "last_name", "email", "phone", "title", "company")
    cleaner = Cleaner(
        mapping=dict(zip(HEADERS, fields, strict=True)),
        country="DE",
        is_day_first=True,
        zone=timezone.get_default_timezone(),
        now=timezone.now(),
    )
    return Reading(file, shape=shape, cleaner=cleaner, size=size, start=start)


def readers() -> list[int]:
    """The processes that this one has started and that have not ended, or that nobody has seen off."""
    me = os.getpid()
    if not Path("/proc/self/task").exists():
        pytest.skip("Needs Linux to look for processes.")
    return [int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split()]


@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize("start", [0, 4, 56, 57, 90])
def test_rows_come_as_they_would_without_it(
    ahead: None, monkeypatch: pytest.MonkeyPatch, size: int, start: int
) -> None:
    there = [
        row
        for chunk in clean_rows(reading(csv_file(ROWS), size=size, start=start), expected=57)
        for row in chunk
    ]

    monkeypatch.setattr(readahead, "_can_go_ahead", lambda: False)
    here = [
        row
        for chunk in clean_rows(reading(csv_file(ROWS), size=size, start=start), expected=57)
        for row in chunk
    ]
    assert there == here
    assert [row.number for row in there] == list(range(2 + start, 59))


def test_the_first_chunks_are_short_so_that_nobody_waits(ahead: None) -> None:
    chunks = clean_rows(reading(csv_file(ROWS), size=20), expected=57)

    assert [len(chunk) for chunk in chunks] == [3, 6, 12, 20, 16]
    assert not readers()


def test_a_file_that_breaks_off_is_refused_with_the_same_sentence(
    ahead: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = csv_file(ROWS).getvalue().splitlines(keepends=True)
    shape = inspect(BytesIO(b"".join(lines)), name="list.csv")
    broken = b"".join([*lines[:20], b'"never closed', *lines[20:]])

    def sentence() -> str:
        with pytest.raises(UnreadableFile) as refusal:
            list(clean_rows(reading(BytesIO(broken), size=20, shape=shape), expected=57))
        return str(refusal.value)

    there = sentence()
    assert not readers()
    monkeypatch.setattr(readahead, "_can_go_ahead", lambda: False)
    assert there == sentence()


def test_a_killed_process_is_told_and_no_row_is_lost_silently(
    ahead: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killing(*args: Any, **kwargs: Any) -> Iterator[Row]:
        yield from ()
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(readahead, "rows", killing)

    with pytest.raises(ReaderEnded, match="ended before the list did"):
        list(clean_rows(reading(csv_file(ROWS), size=20), expected=57))
    assert not readers()


def test_who_gives_up_ends_the_process(ahead: None) -> None:
    chunks = clean_rows(reading(csv_file(ROWS), size=3), expected=57)
    next(chunks)
    assert len(readers()) == 1

    chunks.close()

    assert not readers()


def test_who_waits_long_gives_signs_of_life(ahead: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readahead, "SIGN_OF_LIFE", 0.01)
    real, signs = readahead.rows, []

    def slowly(*args: Any, **kwargs: Any) -> Iterator[Row]:
        time.sleep(0.2)
        yield from real(*args, **kwargs)

    monkeypatch.setattr(readahead, "rows", slowly)
    chunks = clean_rows(reading(csv_file(ROWS), size=100), expected=57, still_here=lambda: signs.append(1))

    assert sum(map(len, chunks)) == 57
    assert signs


@pytest.mark.parametrize(
    ("cores", "threads", "expected"), [(1, 1, 60_000), (2, 2, 60_000), (2, 1, readahead.AHEAD_FROM - 1)]
)
def test_no_process_is_made_without_a_core_beside_threads_or_for_a_short_list(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: int, expected: int
) -> None:
    monkeypatch.setattr(readahead, "_cores", lambda: cores)
    monkeypatch.setattr("threading.active_count", lambda: threads)

    chunks = clean_rows(reading(csv_file(ROWS), size=20), expected=expected)

    assert len(next(chunks)) == 20
    assert not readers()


DYING = """
import os, signal
import django
django.setup()
from imports import readahead
from tests.imports.test_readahead import ROWS, csv_file, readers, reading
readahead.AHEAD_FROM = 0
chunks = readahead.clean_rows(reading(csv_file(ROWS * 400), size=5_000), expected=60_000)
next(chunks)
print(*readers(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_process_ends_when_whoever_asked_is_killed() -> None:
    if readahead._cores() < 2:
        pytest.skip("Needs a second core, without which no process reads ahead.")
    answer = subprocess.run(
        [sys.executable, "-c", DYING],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == -signal.SIGKILL, answer.stderr
    reader = int(answer.stdout)

    for _ in range(600):
        if not _runs(reader):
            return
        time.sleep(0.05)
    pytest.fail(f"Process {reader} still reads for nobody.")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
