"""Takes in an upload without keeping more of it than may be uploaded."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from leadops.room import is_no_room

FORM_AROUND: Final = 1024 * 1024  # bytes of the other fields of a form, and of the lines between them
HANG_UP_AT: Final = 8  # times the limit from which on the rest is not even read over


class CappedUpload(FileUploadHandler):
    """Stands before the handlers that keep a file, and lets no more than `limit` bytes through.

    The rest is read over, so that the sender gets a sentence and not a broken connection, and is kept nowhere. Look at
    `is_too_large` after the form was read.
    """

    def __init__(self, request: HttpRequest | None = None, *, limit: int) -> None:
        super().__init__(request)
        self.limit = limit
        self.is_too_large = False
        self.is_hopeless = False
        self.size = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803  (the framework's name)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.is_too_large = content_length > self.limit + FORM_AROUND
        self.is_hopeless = content_length > self.limit * HANG_UP_AT

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.is_hopeless:
            raise StopUpload(connection_reset=True)
        self.size += len(raw_data)
        self.is_too_large = self.is_too_large or self.size > self.limit
        return None if self.is_too_large else raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None


class RoomyUpload(TemporaryFileUploadHandler):
    """Keeps an upload in a temporary file; where there is no room for it, the rest is read over and none is kept.

    Look at `has_no_room` after the form was read.
    """

    has_no_room = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self._or_give_up(lambda: super(RoomyUpload, self).new_file(*args, **kwargs))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if not self.has_no_room:
            self._or_give_up(lambda: self.file.write(raw_data))
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if not self.has_no_room:
            self._or_give_up(self.file.flush)  # what Python still holds of it
        return None if self.has_no_room else super().file_complete(file_size)

    def _or_give_up(self, act: Callable[[], Any]) -> None:
        try:
            act()
        except OSError as error:
            if not is_no_room(error):
                raise
            self.has_no_room = True
            if hasattr(self, "file"):
                with suppress(OSError):  # what Python still holds of it does not fit either
                    self.file.close()
                Path(self.file.temporary_file_path()).unlink(missing_ok=True)
