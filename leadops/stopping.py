"""Whether this worker is being stopped, so that long work is given back between two chunks and goes on elsewhere.

Celery tells the worker's parent alone, while the processes of its pool do the work. So the parent leaves word: an empty
file in the temporary folder, under a name that all its processes have in their environment, forked or started anew.
"""

import os
import tempfile
from pathlib import Path
from typing import Final
from uuid import uuid4

WORD: Final = "LEADOPS_WORKER_STOPS"  # of the environment: where the file will be


def prepare() -> None:
    """In the parent, before its pool is made: agree on the place of the word."""
    os.environ[WORD] = str(Path(tempfile.gettempdir()) / f"leadops-worker-{uuid4().hex}.stops")


def ask() -> None:
    """In the parent: let all its processes know that the worker is being stopped."""
    if place := os.environ.get(WORD):
        Path(place).touch()


def forget() -> None:
    """In the parent, when its pool has ended: leave nothing behind."""
    if place := os.environ.pop(WORD, ""):
        Path(place).unlink(missing_ok=True)


def is_asked() -> bool:
    """Whether the worker that this process belongs to is being stopped. Never outside of a worker."""
    place = os.environ.get(WORD)
    return place is not None and Path(place).exists()
