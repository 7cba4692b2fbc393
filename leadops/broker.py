"""The embedded broker: messages are files in a folder, so that `make run` needs no server.

The library's own transport of this kind lets a reader see a file before its text is written, and a worker that reads
half a message ends; and it takes messages by way of the temporary folder, which may lie on another disk. This one
writes under a hidden name and renames, which the file system does in one step, and so takes messages, too.
"""

import time
from collections import deque
from functools import cached_property
from pathlib import Path
from queue import Empty
from typing import Any, Final
from uuid import uuid4

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

ADDRESS: Final = "filesystem"  # the beginning of the CELERY_BROKER_URL that means this broker


class Channel(filesystem.Channel):
    """Puts and takes whole messages only, the oldest first; each message goes to one reader."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        # The library names files by the time since the machine started; this order outlives a restart.
        message = Path(self.data_folder_out) / f"{time.time_ns()}_{uuid4()}.{queue}.msg"
        hidden = message.with_name(f".{message.name}")
        hidden.write_text(dumps(payload), encoding="utf-8")
        hidden.rename(message)

    def _get(self, queue: str) -> dict[str, Any]:  # type: ignore[override]
        waiting = self._seen.pop(queue, None) or self._list(queue)
        while waiting:
            message = waiting.popleft()
            taken = message.with_name(f".{message.name}")
            try:
                message.rename(taken)
            except FileNotFoundError:
                continue  # another reader was quicker
            self._seen[queue] = waiting
            text = taken.read_text(encoding="utf-8")
            taken.unlink()
            return loads(text)
        raise Empty

    @cached_property
    def _seen(self) -> dict[str, deque[Path]]:
        """What was seen in the folder and not taken yet, for each queue: one look is enough for many messages."""
        return {}

    def _list(self, queue: str) -> deque[Path]:
        files = Path(self.data_folder_in).iterdir()
        return deque(sorted(file for file in files if file.name.partition(".")[2] == f"{queue}.msg"))


class Transport(filesystem.Transport):
    Channel = Channel


def install() -> None:
    """Make this the broker that addresses beginning with `filesystem:` mean, in this process."""
    TRANSPORT_ALIASES[ADDRESS] = f"{__name__}:Transport"
