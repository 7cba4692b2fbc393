"""A disk without room: whoever waits reads a sentence and not a defect, and nothing that was done is lost."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import DatabaseError

from leadops.errors import LeadOpsError

STOPPED: Final = (
    "There is no room left on the server's disk, so the work has stopped. What is done stays. Ask an administrator to "
    "make room, then start it again: it goes on from where it was."
)
REFUSED: Final = (
    "There is no room left on the server's disk, so nothing was kept. Ask an administrator to make room, then do it "
    "again."
)
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # the disk, the share of it, the largest file
_FULL_IN_POSTGRESQL: Final = "53100"


class NoRoomLeft(LeadOpsError):
    """The disk or the database is full."""


def is_no_room(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, says that the disk or the database is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            return True
        if getattr(error, "sqlstate", None) == _FULL_IN_POSTGRESQL:
            return True
        error = error.__cause__
    return False


@contextmanager
def told_when_full(sentence: str = REFUSED) -> Iterator[None]:
    """Raises NoRoomLeft with the sentence where the disk is full."""
    try:
        yield
    except (OSError, sqlite3.Error, DatabaseError) as error:
        if not is_no_room(error):
            raise
        raise NoRoomLeft(sentence) from error
