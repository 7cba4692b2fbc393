"""Signs of life while rows are read over: of a long list that takes longer than a job is held without one."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

STILL_HERE: Final = 20_000  # rows read over between two signs of life; a second or two

T = TypeVar("T")


def alive(rows: Iterable[T], still_here: Callable[[], None]) -> Iterator[T]:
    """The rows, with a call of `still_here` now and then."""
    for count, row in enumerate(rows, start=1):
        if count % STILL_HERE == 0:
            still_here()
        yield row
