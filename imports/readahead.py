"""The rows of a list, cleaned, a chunk at a time; those of a long list by a process of its own, ahead of who asks.

Reading and cleaning is two fifths of the work on a row and asks no database. So a long list has it done on another core
of the machine: while one chunk is matched and written, the next is made ready. The process is a fork, as Celery's own
workers are, so it starts at once and shares what its parent has loaded. It is given the file, answers with rows, and
ends by itself when nobody reads them any more, however its parent came to its end.
"""

import gc
import marshal
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, BinaryIO, Final, NoReturn

from imports.cleaning import Cleaner, CleanRow
from imports.files.limits import UnreadableFile
from imports.reading import FileShape, Row, rows
from leadops.garbage import searched_between_chunks
from leads.people import Person

AHEAD_FROM: Final = 5_000  # rows; shorter lists are through before a second process has paid
FIRST: Final = 1_000  # rows of the first chunk; it doubles from there, so that nobody waits for the first
FRAME: Final = 1_000  # rows that are packed together: few enough to stay in the processor's cache
READY: Final = 12 * 1024 * 1024  # bytes of frames that wait to be asked for, two or three chunks
SIGN_OF_LIFE: Final = 3.0  # seconds between two signs of life while the process reads
POLITENESS: Final = 10  # how far the process steps back behind the pages that the machine serves


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be read, and how."""

    file: BinaryIO  # nobody else's until the last row has come, or the rows are given up
    shape: FileShape
    cleaner: Cleaner
    size: int  # rows of a chunk, at most
    start: int = 0  # rows at the beginning that are left out


class ReaderEnded(Exception):
    """The process that reads ended before the list did, killed or by a defect that stands in the log."""


def clean_rows(
    reading: Reading, *, expected: int, still_here: Callable[[], None] = lambda: None
) -> Generator[list[CleanRow]]:
    """The rows in their order, cleaned, a chunk at a time; the first chunks of a long list are short.

    `expected` is about how many there are. `still_here` is called every few seconds while rows are waited for. Raises
    UnreadableFile like `reading.rows`, and ReaderEnded.
    """
    if expected - reading.start < AHEAD_FROM or not _can_go_ahead():
        yield from _one_after_the_other(reading, still_here)
        return
    with _reader(reading) as answers:
        while chunk := _received(answers, still_here):
            yield chunk


def _can_go_ahead() -> bool:
    """Whether there is a core for it, and a fork is safe: a lock that another thread holds would stay locked in it."""
    return hasattr(os, "fork") and threading.active_count() == 1 and _cores() > 1


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _one_after_the_other(reading: Reading, still_here: Callable[[], None]) -> Iterator[list[CleanRow]]:
    stream = rows(reading.file, shape=reading.shape, start=reading.start, still_here=still_here)
    while chunk := [reading.cleaner.clean(row) for row in islice(stream, reading.size)]:
        yield chunk


# --- The process that asks ----------------------------------------------------------------------------------------


@contextmanager
def _reader(reading: Reading) -> Iterator[Connection]:
    """What rows come through from a process that reads them; it is ended with the block.

    A bare fork: `multiprocessing` forbids it to the processes of Celery's pool, since such a child would outlive them,
    and this one does not.
    """
    answers, other_end = Pipe(duplex=False)
    process = os.fork()
    if process == 0:
        answers.close()  # so that the asker's end is noticed
        _read_and_exit(reading, other_end)
    other_end.close()  # so that the end of the process is noticed
    try:
        yield answers
    finally:
        answers.close()
        with suppress(ProcessLookupError, ChildProcessError):  # gone already, where SIGCHLD is ignored
            os.kill(process, signal.SIGKILL)  # it has nothing to tidy up
            os.waitpid(process, 0)


def _received(answers: Connection, still_here: Callable[[], None]) -> list[CleanRow]:
    """The next chunk; an empty one is the end."""
    chunk: list[CleanRow] = []
    try:
        while not answers.poll(SIGN_OF_LIFE):
            still_here()
        while frame := answers.recv_bytes():
            chunk += map(_unpacked, marshal.loads(frame))  # noqa: S302  (our own process has packed it)
    except EOFError as end:
        raise ReaderEnded("The process that reads the list ended before the list did.") from end
    return chunk


def _unpacked(packed: Any) -> CleanRow:
    """What `_packed` packed. Raises UnreadableFile where that is how the list went on."""
    if isinstance(packed, bytes):
        found = pickle.loads(packed)  # noqa: S301  (as above)
        if isinstance(found, UnreadableFile):
            raise found
        return found
    number, raw, person, note, marks = packed
    return CleanRow(number, raw, Person(*person), note=note, marks=marks)


# --- The process that reads ---------------------------------------------------------------------------------------


def _read_and_exit(reading: Reading, answers: Connection) -> NoReturn:
    """Read to the end, and end the process without what its parent would do at its own end."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the asker, who ends this process
        os.nice(POLITENESS)
        gc.freeze()  # what the asker has made is not searched, so that its memory stays shared
        _read(reading, answers)
        status = 0
    finally:
        if status:
            traceback.print_exc()  # what the worker logs says only that the process has ended
        os._exit(status)


def _read(reading: Reading, answers: Connection) -> None:
    """Send the rows in frames; a blank frame ends a chunk, a blank chunk the list."""
    stream = rows(reading.file, shape=reading.shape, start=reading.start)
    wanted = min(FIRST, reading.size)
    with (
        suppress(BrokenPipeError),  # nobody asks any more
        searched_between_chunks() as search,
        _Outbox(answers) as outbox,
    ):
        try:
            is_more = True
            while is_more:
                is_more = False
                for frame in _frames(islice(stream, wanted), reading.cleaner):
                    outbox.put(frame)
                    is_more = True
                outbox.put(b"")
                wanted = min(2 * wanted, reading.size)
                search()
        except UnreadableFile as refusal:
            outbox.put(marshal.dumps([pickle.dumps(refusal)]))
            outbox.put(b"")


class _Outbox:
    """Frames on their way to who asks, sent by a thread, so that reading goes on while the asker is at work.

    Some chunks take longer to read and some to write: with a few ready, neither side waits for the other's slow ones.
    """

    def __init__(self, answers: Connection) -> None:
        self._answers = answers
        self._frames: deque[bytes] = deque()
        self._waiting = 0  # bytes
        self._is_complete = self._is_unwanted = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._send_all)

    def __enter__(self) -> "_Outbox":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Wait until all that was put is sent."""
        with self._changed:
            self._is_complete = True
            self._changed.notify()
        self._thread.join()

    def put(self, frame: bytes) -> None:
        """Have it sent; wait while too many bytes are waiting. Raises BrokenPipeError when nobody asks any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_unwanted or self._waiting <= READY)
            if self._is_unwanted:
                raise BrokenPipeError
            self._frames.append(frame)
            self._waiting += len(frame)
            self._changed.notify()

    def _send_all(self) -> None:
        try:
            while (frame := self._next()) is not None:
                self._answers.send_bytes(frame)
        except BrokenPipeError:
            pass
        finally:
            with self._changed:
                self._is_unwanted = True
                self._changed.notify()

    def _next(self) -> bytes | None:
        """The next frame, None after the last."""
        with self._changed:
            self._changed.wait_for(lambda: self._frames or self._is_complete)
            if not self._frames:
                return None
            frame = self._frames.popleft()
            self._waiting -= len(frame)
            self._changed.notify()
            return frame


def _frames(some: Iterator[Row], cleaner: Cleaner) -> Iterator[bytes]:
    while part := [_packed(cleaner.clean(row)) for row in islice(some, FRAME)]:
        yield marshal.dumps(part)


def _packed(row: CleanRow) -> Any:
    """The row as plain values, which is a third of the work of pickling it; as most are, not all can be."""
    if row.person is None or row.reasons or row.attended_at is not None:
        return pickle.dumps(row, protocol=pickle.HIGHEST_PROTOCOL)
    return row.number, row.raw, row.person.values(), row.note, row.marks
