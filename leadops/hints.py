"""Messages that tell a worker to look now. Work is remembered in rows, so a message that is lost costs seconds."""

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError as BrokerUnavailable

logger = logging.getLogger(__name__)

# Seconds; a commit that moves a thousand leads, or a loop that moves them one by one, is one burst.
GAP: Final = 1.0
# Seconds in which a broker that did not answer is left alone: asking costs a page two of them.
AWAY_FOR: Final = 15.0

_away_until = 0.0  # of the process: all messages go to one broker


def is_away() -> bool:
    """Whether the broker did not answer a moment ago, so that asking it again would only keep somebody waiting."""
    return monotonic() < _away_until


def publish(send: Callable[[], object], *, what: str) -> None:
    """Send a message by calling `send`. A broker that is away is no error: a sweep does `what` later."""
    global _away_until
    if is_away():
        return
    try:
        send()
    except (BrokerUnavailable, OSError) as absent:
        _away_until = monotonic() + AWAY_FOR
        logger.warning("The broker is away (%s); the sweep does %s.", type(absent).__name__, what)


def forget() -> None:
    """Ask the broker again, as if it had always answered. For tests."""
    global _away_until
    _away_until = 0.0


class Hint:
    """One task's message, which carries nothing, so that one stands for many.

    The first of a burst is sent at once; for all that follow within `GAP` there is one more, which runs after it.
    """

    def __init__(self, task_name: str) -> None:
        self._task_name = task_name
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Start as if nothing had been sent. For tests."""
        self._quiet_until = 0.0
        self._has_follow_up = False

    def send(self) -> None:
        """Ask a worker to run the task soon."""
        with self._lock:
            if is_away():
                return
            moment = monotonic()
            options: dict[str, float] = {}
            if moment >= self._quiet_until:
                self._quiet_until, self._has_follow_up = moment + GAP, False
            elif self._has_follow_up:
                return
            else:
                self._has_follow_up = True
                options["countdown"] = GAP
        publish(lambda: import_string(self._task_name).apply_async(**options), what=self._task_name)
