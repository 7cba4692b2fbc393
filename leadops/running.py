"""Several processes run as one: started together, shown together, stopped together (`manage.py start`).

One thread and no queue: a selector waits for the children's output and for signals, so that nothing here can hang.
"""

import ctypes
import fcntl
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from leadops.errors import LeadOpsError

ANSWER_WITHIN: Final = 120.0  # seconds until the first page; a slow laptop needs 15 on its first start
STOP_WITHIN: Final = (
    6.0  # seconds that a child has to end its work; its jobs go on from their cursor next time
)
RESTARTS: Final = 3  # a child that dies more often than this ...
RESTARTS_WITHIN: Final = 60.0  # ... within so many seconds is not started again
RESTART_PAUSE: Final = 1.0  # seconds; what it stumbled over may be gone by then
LAST_WORDS_WITHIN: Final = 1.0  # seconds to read what a dead child had still written
TICK: Final = 0.25  # seconds between two looks at what has no event: deaths, and the page before it answers
PORTS_TRIED: Final = 50  # from the wished one upwards
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG: Final = 1  # from linux/prctl.h


class CannotRun(LeadOpsError):
    """The processes cannot be started, or do not stay up."""


@dataclass
class Child:
    """One process: what it is called on the screen and how it is started."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    unfinished_line: bytes = b""
    died_at: list[float] = field(default_factory=list)  # seconds of the monotonic clock


class Supervisor:
    """Keeps `children` running until a signal asks to stop, and shows their output line by line through `say`."""

    def __init__(
        self,
        *,
        children: Sequence[Child],
        cwd: Path,
        environment: Mapping[str, str],
        say: Callable[[str], None],
    ) -> None:
        self.children = children
        self.cwd = cwd
        self.environment = environment
        self.say = say
        self.stop_asked = 0
        self._width = max(len(child.name) for child in children)
        self._selector = selectors.DefaultSelector()

    def run(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Start everything, call `when_ready` once `is_ready` holds, and return when all have stopped after a signal.

        Raises `CannotRun` when a child does not stay up or nothing is ready in time; then, too, all have stopped.
        """
        with self._signals_noticed():
            try:
                for child in self.children:
                    self._start(child)
                self._watch(is_ready=is_ready, when_ready=when_ready)
            finally:
                self._stop_all()

    def _watch(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        give_up_at = time.monotonic() + ANSWER_WITHIN
        ready = False
        while not self.stop_asked:
            self._listen()
            self._restart_the_dead()
            if ready or self.stop_asked:
                continue
            if is_ready():
                ready = True
                when_ready()
            elif time.monotonic() > give_up_at:
                raise CannotRun(
                    f"LeadOps did not answer within {ANSWER_WITHIN:.0f} seconds; the lines above say what it was doing."
                )

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603  (the commands are our own)
            child.command,
            cwd=self.cwd,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C reaches us alone, and we stop the children in an orderly way
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # safe: there is one thread
        )
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _listen(self) -> None:
        """Wait a moment for output or a signal, and show what came."""
        for key, _ in self._selector.select(timeout=TICK):
            if isinstance(key.data, Child):
                self._show(key.data)
            else:
                key.fileobj.recv(4096)  # type: ignore[union-attr]

    def _show(self, child: Child) -> None:
        assert child.process is not None
        assert child.process.stdout is not None
        try:
            chunk = os.read(child.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return
        if chunk == b"":
            self._selector.unregister(child.process.stdout)
            child.process.stdout.close()
        *lines, child.unfinished_line = (child.unfinished_line + chunk).split(b"\n")
        if chunk == b"" and child.unfinished_line:
            lines.append(child.unfinished_line)
            child.unfinished_line = b""
        for line in lines:
            self.say(f"{child.name:<{self._width}} | {line.decode(errors='replace').rstrip()}".rstrip())

    def _restart_the_dead(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None and now > child.died_at[-1] + RESTART_PAUSE:
                self._start(child)
            status = child.process.poll() if child.process is not None else None
            if status is None or self.stop_asked:
                continue
            self._bury(child)
            child.died_at = [at for at in child.died_at if at > now - RESTARTS_WITHIN] + [now]
            ended = (
                f"was killed by signal {-status}" if status < 0 else f"ended by itself with status {status}"
            )
            if len(child.died_at) > RESTARTS:
                raise CannotRun(
                    f"The {child.name} {ended}, for the {len(child.died_at)}th time within a minute, so LeadOps stops. "
                    f"The lines that begin with “{child.name}” say why."
                )
            self.say(f"The {child.name} {ended}; it is started again.")

    def _bury(self, child: Child) -> None:
        """End what is left of a child, and show its last words."""
        assert child.process is not None
        assert child.process.stdout is not None
        _signal_group(child.process.pid, signal.SIGKILL)
        child.process.wait()
        give_up_at = time.monotonic() + LAST_WORDS_WITHIN
        while not child.process.stdout.closed and time.monotonic() < give_up_at:
            self._show(child)
        if not child.process.stdout.closed:  # something that left the group still holds the other end
            self._selector.unregister(child.process.stdout)
            child.process.stdout.close()
        child.process = None

    def _stop_all(self) -> None:
        for process in self._running():
            process.terminate()
        asked_before = max(self.stop_asked, 1)
        give_up_at = time.monotonic() + STOP_WITHIN
        while self._running() and self.stop_asked <= asked_before and time.monotonic() < give_up_at:
            self._listen()
        for child in self.children:
            if child.process is not None:
                self._bury(child)

    def _running(self) -> list[subprocess.Popen[bytes]]:
        processes = [child.process for child in self.children if child.process is not None]
        return [process for process in processes if process.poll() is None]

    @contextmanager
    def _signals_noticed(self) -> Iterator[None]:
        """Count the requests to stop, and wake the selector for each."""
        reader, writer = socket.socketpair()
        for end in (reader, writer):
            end.setblocking(False)
        self._selector.register(reader, selectors.EVENT_READ)
        former_wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        former = {number: signal.signal(number, self._ask_to_stop) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(former_wakeup)
            self._selector.close()
            reader.close()
            writer.close()

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self.stop_asked += 1


def free_port(*, wished: int) -> int:
    """The first port from `wished` upwards that nothing on this machine listens on.

    Raises `CannotRun` where none of the next 50 is free.
    """
    for port in range(wished, wished + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that was just closed is free
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return port
    raise CannotRun(
        f"None of the ports {wished} to {wished + PORTS_TRIED - 1} is free. Name another one: make run PORT=9000"
    )


@contextmanager
def only_one(*, lock: Path) -> Iterator[None]:
    """Hold the file `lock` while LeadOps runs from this folder; raises `CannotRun` where another process holds it."""
    with lock.open("a+") as holder:
        try:
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder.seek(0)
            raise CannotRun(
                f"LeadOps runs from this folder already (process {holder.read().strip() or 'unknown'}). "
                "Stop it with Ctrl-C where it was started, then try again."
            ) from None
        holder.truncate(0)
        holder.write(str(os.getpid()))
        holder.flush()
        yield


def _signal_group(leader: int, number: int) -> None:
    with suppress(ProcessLookupError):  # nobody of the group is left
        os.killpg(leader, number)


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """In a new child: have the kernel end it if its parent is killed without a chance to do so."""
    assert _libc is not None
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
