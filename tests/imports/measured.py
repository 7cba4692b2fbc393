"""`python -m tests.imports.measured`: what each hostile file costs to refuse, in a process of its own, as JSON."""

import ctypes
import gc
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

import django

MIB = 1024 * 1024


def memory(name: str) -> int:
    """VmRSS (now) or VmHWM (at most) of this process, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def makers() -> Iterator[tuple[str, Callable[[], bytes]]]:
    from tests.imports import hostile, markup, otherbooks

    for make in (*hostile.REFUSED_WORKBOOKS, *otherbooks.HOSTILE, *markup.HOSTILE):
        yield make.__name__, make
    for name, (make, _) in hostile.REFUSED_TEXTS.items():
        yield name, make


def main() -> None:
    django.setup()
    from imports.reading import UnreadableFile, inspect, rows

    found = {}
    for name, make in makers():
        file = io.BytesIO(make())
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)  # what is free but kept would be used again without being seen
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget what was the most so far
        before, started = memory("VmRSS"), process_time()
        sentence = ""
        try:
            for _ in rows(file, shape=inspect(file, name=name)):
                pass
        except UnreadableFile as refused:
            sentence = str(refused)
        seconds = process_time() - started
        found[name] = (seconds, (memory("VmHWM") - before) / MIB, sentence)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
