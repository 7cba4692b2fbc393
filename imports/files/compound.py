"""The container of old Office files: streams cut into sectors, chained by a table.

Every length and link in it is somebody's word: a chain that leaves the file or runs in a circle is refused.
"""

import io
import struct
from array import array
from typing import BinaryIO, Final

from imports.files.books import DAMAGED
from imports.files.limits import UnreadableFile

_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST: Final = 0xFFFFFFFA  # and above: no sector
_ENTRY: Final = 128  # bytes of one line in the directory
_ROOT, _STREAM = 5, 2


class _Chain(io.RawIOBase):
    """A stream, read from the sectors that it is cut into."""

    def __init__(
        self, file: BinaryIO | io.BufferedIOBase, *, starts: list[int], sector: int, size: int
    ) -> None:
        self._file, self._starts, self._sector = file, starts, sector
        self._size = min(size, len(starts) * sector)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        place, within = divmod(self._at, self._sector)
        length = min(len(buffer), self._sector - within, self._size - self._at)
        if length <= 0:
            return 0
        self._file.seek(self._starts[place] + within)
        found = self._file.read(length)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


class CompoundFile:
    """The streams inside, by name. Raises UnreadableFile."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._length = file.seek(0, io.SEEK_END)
        file.seek(0)
        head = file.read(512)
        if len(head) < 512 or not head.startswith(_SIGNATURE):
            raise UnreadableFile(DAMAGED)
        shift, small_shift = struct.unpack_from("<HH", head, 30)
        if shift not in {9, 12} or small_shift != 6:
            raise UnreadableFile(DAMAGED)
        self._sector = 1 << shift
        self._sectors = max(0, -(-self._length // self._sector) - 1)
        first_of_directory, _, self._cutoff, first_small, _, first_more = struct.unpack_from("<6L", head, 48)
        self._next = self._table(head, first_more)
        self._small_next = array("I")
        self._directory = self._read(self._chain(first_of_directory))
        if first_small < _LAST:
            self._small_next = _numbers(self._read(self._chain(first_small)))
        self._entries = self._named()

    @property
    def names(self) -> set[str]:
        """The names of the streams."""
        return set(self._entries)

    def open(self, name: str) -> io.BufferedReader:
        """The stream of that name."""
        start, size = self._entries[name]
        if size >= self._cutoff:
            starts = [self._start(number) for number in self._chain(start)]
            return io.BufferedReader(
                _Chain(self._file, starts=starts, sector=self._sector, size=size), 65_536
            )
        root_start, root_size = self._root
        starts = [self._start(number) for number in self._chain(root_start)]
        small = io.BufferedReader(_Chain(self._file, starts=starts, sector=self._sector, size=root_size))
        numbers = _followed(start, self._small_next)
        return io.BufferedReader(
            _Chain(small, starts=[number * 64 for number in numbers], sector=64, size=size), 65_536
        )

    def _start(self, number: int) -> int:
        return (number + 1) * self._sector

    def _table(self, head: bytes, more: int) -> "array[int]":
        """Which sector follows each one."""
        listed = [number for number in struct.unpack_from("<109L", head, 76) if number < _LAST]
        seen = 0
        while more < _LAST:
            seen += 1
            if seen > self._sectors:
                raise UnreadableFile(DAMAGED)
            found = _numbers(self._read([more]))
            if not found:
                raise UnreadableFile(DAMAGED)
            listed += [number for number in found[:-1] if number < _LAST]
            more = found[-1]
        if len(listed) > self._sectors:
            raise UnreadableFile(DAMAGED)
        return _numbers(self._read(listed))

    def _chain(self, first: int) -> list[int]:
        return _followed(first, self._next, limit=self._sectors)

    def _read(self, numbers: list[int]) -> bytes:
        found = []
        for number in numbers:
            if number >= self._sectors:
                raise UnreadableFile(DAMAGED)
            self._file.seek(self._start(number))
            found.append(self._file.read(self._sector))
        return b"".join(found)

    def _named(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        self._root = (_LAST, 0)
        for at in range(0, len(self._directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", self._directory, at + 64)
            start, size = struct.unpack_from("<LL", self._directory, at + 116)
            if kind == _ROOT:
                self._root = (start, size)
            elif kind == _STREAM and 2 <= length <= 64:
                name = self._directory[at : at + length - 2].decode("utf-16-le", "replace")
                found.setdefault(name, (start, size))
        return found


def _numbers(packed: bytes) -> "array[int]":
    return array("I", struct.unpack(f"<{len(packed) // 4}L", packed[: len(packed) // 4 * 4]))


def _followed(first: int, following: "array[int]", *, limit: int | None = None) -> list[int]:
    """The sectors of a chain. Raises UnreadableFile where it leaves the file or runs in a circle."""
    limit = len(following) if limit is None else limit
    found: list[int] = []
    number = first
    while number < _LAST:
        if number >= len(following) or len(found) > limit:
            raise UnreadableFile(DAMAGED)
        found.append(number)
        number = following[number]
    return found
