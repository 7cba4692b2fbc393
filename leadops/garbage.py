"""Python's search for reference cycles, put off while a large number of rows is worked on."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def searched_between_chunks() -> Iterator[Callable[[], None]]:
    """No search for cycles but where the caller asks for one: between two chunks, when little is alive.

    Python searches whenever some hundred objects more were made than given up, and now and then through all there are.
    Thousands of rows in memory make that a third of all work, and it finds nothing, since rows hold no cycles.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield _search
    finally:
        if was_enabled:
            gc.enable()


def _search() -> None:
    gc.collect(1)  # what was made since the last time
