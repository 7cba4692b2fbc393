"""Workbooks as packages: a ZIP archive of XML parts, looked through before any of it is used.

A workbook from outside may be a bomb: packed a thousandfold, with a table of contents that lies, entities that unfold,
tags without end. What is common to XLSX and ODS in refusing these is here.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from imports.files.books import DAMAGED, PROTECTED, too_big
from imports.files.limits import (
    MAX_PARTS,
    MAX_RATIO,
    MAX_TOKEN,
    MAX_UNPACKED,
    MIB,
    RATIO_FLOOR,
    UnreadableFile,
)

BLOCK: Final = 128 * 1024  # bytes unpacked at a time
HEAD: Final = 4 * 1024  # bytes of a part in which a document type must stand, if it has one
MAX_ENTRY: Final = 1024  # bytes of one line in the table of contents of a ZIP; names of parts are short

_XML_ENCODINGS = {"UTF-8", "UTF-16", "US-ASCII", "ISO-8859-1"}  # what the parser reads by itself
_END_RECORD = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"


class Package:
    """The parts of a ZIP archive that was looked through. Raises UnreadableFile for whatever is no honest workbook."""

    def __init__(self, file: BinaryIO) -> None:
        _check_directory(file)
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise UnreadableFile(DAMAGED) from None
        self._parts = {part_key(entry.filename): entry for entry in self._archive.infolist()}
        self._check_parts()

    def __contains__(self, name: str) -> bool:
        return part_key(name) in self._parts

    @property
    def names(self) -> set[str]:
        """The parts, in small letters."""
        return set(self._parts)

    def size(self, name: str) -> int:
        """How many bytes a part has, unpacked."""
        return self._parts[part_key(name)].file_size

    def _check_parts(self) -> None:
        entries = self._archive.infolist()
        if len(entries) > MAX_PARTS:
            raise too_big(f"is made of more than {MAX_PARTS:,} parts")
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if unpacked > MAX_UNPACKED:
            raise too_big(f"unpacks to more than {MAX_UNPACKED // MIB:,} MB")
        if unpacked > RATIO_FLOOR and unpacked > MAX_RATIO * max(packed, 1):
            raise too_big(f"unpacks to more than {MAX_RATIO} times its size, as only made-up files do")
        for entry in entries:
            if entry.flag_bits & 0x1:
                raise UnreadableFile(PROTECTED)
            if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise UnreadableFile(DAMAGED)
        self._refuse_document_types()

    def _refuse_document_types(self) -> None:
        for name, entry in self._parts.items():
            # Old OpenOffice begins its list of parts with a document type; the list is only searched for words.
            if not name.endswith((".xml", ".rels", ".vml")) or name.startswith("meta-inf/"):
                continue
            with self._open(entry) as part:
                head = self._read(part, HEAD).replace(b"\0", b"")  # UTF-16 shows its letters so
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise document_type()

    def _open(self, entry: zipfile.ZipInfo) -> io.BufferedIOBase:
        try:
            return self._archive.open(entry)  # type: ignore[return-value]
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
            raise UnreadableFile(DAMAGED) from None

    @staticmethod
    def _read(part: io.BufferedIOBase, size: int) -> bytes:
        try:
            return part.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error):
            raise UnreadableFile(DAMAGED) from None

    def blocks(self, name: str) -> Iterator[bytes]:
        """A part, unpacked block by block."""
        entry = self._parts.get(part_key(name))
        if entry is None:
            raise UnreadableFile(DAMAGED)
        with self._open(entry) as part:
            while block := self._read(part, BLOCK):
                yield block


def _check_directory(file: BinaryIO) -> None:
    """Refuses a ZIP whose table of contents is missing or too big to be loaded; the library would load it whole."""
    size = file.seek(0, io.SEEK_END)
    reach = min(size, 65_557)  # the end record and the longest comment
    file.seek(size - reach)
    tail = file.read(reach)
    at = tail.rfind(_END_RECORD)
    if at < 0 or at + 22 > len(tail):
        raise UnreadableFile(DAMAGED)
    entries, directory = struct.unpack("<HL", tail[at + 10 : at + 16])
    locator = tail[at - 20 : at] if at >= 20 else b""
    if locator.startswith(_ZIP64_LOCATOR):  # the library believes this record more than the end record
        file.seek(min(struct.unpack("<Q", locator[8:16])[0], size))
        record = file.read(56)
        if len(record) < 56:
            raise UnreadableFile(DAMAGED)
        entries, directory = struct.unpack("<QQ", record[32:48])
    if entries > MAX_PARTS or directory > MAX_PARTS * MAX_ENTRY:
        raise too_big(f"is made of more than {MAX_PARTS:,} parts")
    file.seek(0)


def part_key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def parse(
    parser: expat.XMLParserType, blocks: Iterator[bytes], *, is_decoded: bool = False
) -> Iterator[None]:
    """Feeds the parser and stops after each block, for the caller to take what was found.

    With `is_decoded` the blocks are in the encoding that the parser was made for, whatever the document says.
    """

    def refuse(*_: object) -> None:
        raise document_type()

    def declared(_: str, encoding: str | None, __: int) -> None:
        if encoding and not is_decoded and encoding.upper() not in _XML_ENCODINGS:
            raise UnreadableFile(DAMAGED)

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    fed = 0
    try:
        for block in blocks:
            parser.Parse(block, False)
            fed += len(block)
            # A tag without end would be kept whole, and looked at from its beginning with each block.
            if fed - max(parser.CurrentByteIndex, 0) > MAX_TOKEN:
                raise UnreadableFile(DAMAGED)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError:
        raise UnreadableFile(DAMAGED) from None


def document_type() -> UnreadableFile:
    return UnreadableFile(
        "This workbook holds a document type definition, as no spreadsheet writes it. "
        "Open it in a spreadsheet, save it again and upload it again."
    )
