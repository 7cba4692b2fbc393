"""What is asked once in a request, however many rows of a page show it. Outside of a request nothing is kept."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from django.core.signals import request_finished, request_started

Answer = TypeVar("Answer")

_kept: Final[ContextVar[dict[Hashable, Any] | None]] = ContextVar("kept_for_this_request", default=None)


def once(key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What `ask` answers; within one request it is asked the first time only."""
    kept = _kept.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    answer: Answer = kept[key]
    return answer


def _begin(**kwargs: Any) -> None:
    _kept.set({})


def forget(**kwargs: Any) -> None:
    """Drop what is kept: at the end of a request, and after a change within one."""
    _kept.set(None)


request_started.connect(_begin, dispatch_uid="leadops.per_request.begin")
request_finished.connect(forget, dispatch_uid="leadops.per_request.end")
