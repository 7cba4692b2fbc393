"""XLSX files as records, streamed.

A workbook from outside has to be looked through before anything may load it: packed bombs, cells far out, document
types. This reader is that look and the reading in one: it parses each sheet with expat while it is unpacked and hands
out row after row. python-calamine, which the tests hold beside it, builds the sheet's whole rectangle in memory first:
1,500 MB for a million rows of 12 columns, where this needs what the text table needs. It also gives `""` for a
formula's error and `123` for a postcode shown as 00123; a person sees `#N/A` and `00123`.
"""

import io
import math
import re
import struct
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate, islice
from pathlib import PurePosixPath
from typing import BinaryIO, Final
from xml.parsers import expat

from imports.limits import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_PARTS,
    MAX_RATIO,
    MAX_ROWS,
    MAX_SHARED_TEXT,
    MAX_TOKEN,
    MAX_UNPACKED,
    MIB,
    RATIO_FLOOR,
    UnreadableFile,
)
from imports.textfiles import INVISIBLE, Record, error_sentence, find_flaws, strip
from imports.usual import (
    CELL,
    CELL_STEP,
    ROW,
    SHEET_OPENING,
    TEXTS_OPENING,
    leaving_usual,
    resolved,
    split_texts,
)

BLOCK: Final = 256 * 1024  # bytes unpacked at a time
HEAD: Final = 4 * 1024  # bytes of a part in which a document type must stand, if it has one
MAX_CELLS_IN_ROW: Final = 16_384  # the width of a spreadsheet
MAX_EXACT: Final = 10**15  # spreadsheets keep 15 digits; of longer numbers the last digits are lost

FIRST_TEXTS: Final = 500_000  # texts kept as strings, 50 bytes each beside their letters
FIRST_BYTES: Final = 16 * MIB  # of packed texts, after which no more are kept as strings

MAX_ENTRY: Final = 1024  # bytes of one line in the table of contents of a ZIP; names of parts are short
MAX_STYLES: Final = (
    65_536  # cell styles, number formats, sheets and relations; a spreadsheet allows 64,000 styles
)
MAX_DEPTH: Final = 64  # nested tags; a sheet has six

_EXTENSION = "http://schemas.microsoft.com/"  # namespaces of additions that repeat the names of the standard
_XML_ENCODINGS = {"UTF-8", "UTF-16", "US-ASCII", "ISO-8859-1"}  # what the parser reads by itself
_END_RECORD = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"
_DAMAGED = (
    "This XLSX file is damaged or cut off. Open it in a spreadsheet, save it again and upload it again."
)


def _too_big(what: str) -> UnreadableFile:
    return UnreadableFile(f"This XLSX file {what}. Save the sheet with the list as CSV and upload that.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet of a workbook."""

    name: str
    part: str
    is_hidden: bool


class Workbook:
    """An XLSX file that was looked through: its sheets, and their rows as a person sees them.

    Raises UnreadableFile, on opening or while reading, for whatever is no honest workbook.
    """

    def __init__(self, file: BinaryIO) -> None:
        _check_directory(file)
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise UnreadableFile(_DAMAGED) from None
        self._parts = {_part_key(entry.filename): entry for entry in self._archive.infolist()}
        self._check_parts()
        self._main = self._main_part()
        self._targets = self._relations(self._main)
        self.sheets: list[Sheet] = []
        self.starts_1904 = False
        self._read_main()
        if not self.sheets:
            raise UnreadableFile(
                "This XLSX file has no sheet with cells. Save the list as a sheet and upload it again."
            )

    # --- The package

    def _check_parts(self) -> None:
        entries = self._archive.infolist()
        if len(entries) > MAX_PARTS:
            raise _too_big(f"is made of more than {MAX_PARTS:,} parts")
        unpacked = sum(entry.file_size for entry in entries)
        packed = sum(entry.compress_size for entry in entries)
        if unpacked > MAX_UNPACKED:
            raise _too_big(f"unpacks to more than {MAX_UNPACKED // MIB:,} MB")
        if unpacked > RATIO_FLOOR and unpacked > MAX_RATIO * max(packed, 1):
            raise _too_big(f"unpacks to more than {MAX_RATIO} times its size, as only made-up files do")
        for entry in entries:
            if entry.flag_bits & 0x1:
                raise UnreadableFile(
                    "This XLSX file is protected by a password. Save it without one and upload it again."
                )
            if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise UnreadableFile(_DAMAGED)
        self._refuse_foreign()
        self._refuse_document_types()

    def _refuse_foreign(self) -> None:
        """Says what a ZIP file is that is no XLSX workbook."""
        names = set(self._parts)
        if "xl/workbook.bin" in names:
            kind, action = "a binary workbook (XLSB)", "Save it as XLSX or CSV"
        elif "mimetype" in names and "content.xml" in names:
            kind, action = "an OpenDocument file", "Save it as XLSX or CSV"
        elif (
            any(name.startswith("index/") and name.endswith(".iwa") for name in names) or "index.zip" in names
        ):
            kind, action = "a file of Apple Numbers, Pages or Keynote", "Export it as XLSX or CSV"
        elif any(name.startswith("word/") for name in names):
            kind, action = "a Word document", "Put the list into a sheet, save it as XLSX or CSV"
        elif any(name.startswith("ppt/") for name in names):
            kind, action = "a presentation", "Put the list into a sheet, save it as XLSX or CSV"
        elif "[content_types].xml" not in names and not any(name.startswith("xl/") for name in names):
            kind, action = "a ZIP archive, not a list", "Unpack it, upload the CSV or XLSX file inside"
            raise UnreadableFile(f"This file is {kind}. {action}.")
        else:
            return
        raise UnreadableFile(f"This file is {kind}. {action} and upload it again.")

    def _refuse_document_types(self) -> None:
        for name, entry in self._parts.items():
            if not name.endswith((".xml", ".rels", ".vml")):
                continue
            with self._open(entry) as part:
                head = self._read(part, HEAD).replace(b"\0", b"")  # UTF-16 shows its letters so
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise _document_type()

    def _open(self, entry: zipfile.ZipInfo) -> io.BufferedIOBase:
        try:
            return self._archive.open(entry)  # type: ignore[return-value]
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
            raise UnreadableFile(_DAMAGED) from None

    @staticmethod
    def _read(part: io.BufferedIOBase, size: int) -> bytes:
        try:
            return part.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error):
            raise UnreadableFile(_DAMAGED) from None

    def _blocks(self, name: str) -> Iterator[bytes]:
        entry = self._parts.get(_part_key(name))
        if entry is None:
            raise UnreadableFile(_DAMAGED)
        with self._open(entry) as part:
            while block := self._read(part, BLOCK):
                yield block

    def _elements(self, name: str) -> Iterator[tuple[str, dict[str, str]]]:
        """The start tags of a small part: local name and attributes, both without namespaces (`id` is the `r:id`)."""
        found: list[tuple[str, dict[str, str]]] = []
        count = depth = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal count, depth
            count += 1
            depth += 1
            if count > 10 * MAX_STYLES or depth > MAX_DEPTH:
                raise UnreadableFile(_DAMAGED)
            if tag.startswith(_EXTENSION):
                return
            local = {key.rpartition(" ")[2]: value for key, value in attributes.items() if " " not in key}
            local.update({key.rpartition(" ")[2]: value for key, value in attributes.items() if " " in key})
            found.append((tag.rpartition(" ")[2], local))

        def end(_: str) -> None:
            nonlocal depth
            depth -= 1

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        for _ in _parse(parser, self._blocks(name)):
            yield from found
            found.clear()

    def _main_part(self) -> str:
        targets = self._relations("")
        for target, kind in targets.values():
            if kind == "officeDocument":
                return target
        if "xl/workbook.xml" in self._parts:
            return "xl/workbook.xml"
        raise UnreadableFile(
            "This file is a ZIP archive, not a list. Unpack it, upload the CSV or XLSX file inside."
        )

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id to the part it names and its kind (`worksheet` …); links to the outside are left out."""
        path = PurePosixPath(part)
        name = str(path.parent / "_rels" / f"{path.name}.rels") if part else "_rels/.rels"
        if _part_key(name) not in self._parts:
            return {}
        found = {}
        for tag, attributes in self._elements(name):
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                full = target.lstrip("/") if target.startswith("/") else str(path.parent / target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (_resolved(full), kind)
        return found

    def _read_main(self) -> None:
        for tag, attributes in self._elements(self._main):
            if tag == "workbookPr":
                self.starts_1904 = attributes.get("date1904") in {"1", "true"}
            elif tag == "sheet":
                part, kind = self._targets.get(attributes.get("id", ""), ("", ""))
                if kind == "worksheet" and _part_key(part) in self._parts:
                    is_hidden = attributes.get("state", "visible") != "visible"
                    self.sheets.append(Sheet(attributes.get("name", ""), part, is_hidden))

    def _target_of(self, kind: str) -> str:
        return next((part for part, found in self._targets.values() if found == kind), "")

    # --- Values

    @cached_property
    def _texts(self) -> "_TextTable":
        part = self._target_of("sharedStrings")
        entry = self._parts.get(_part_key(part)) if part else None
        if entry is None:
            return _TextTable(iter(()))
        if entry.file_size > MAX_SHARED_TEXT:
            raise _too_big(f"holds more than {MAX_SHARED_TEXT // MIB} MB of text")
        return _TextTable(self._blocks(part))

    @cached_property
    def _formats(self) -> "list[_Show | None]":
        """For each cell style the function that shows a number as a person sees it, None for a plain number."""
        part = self._target_of("styles")
        if not part or _part_key(part) not in self._parts:
            return []
        codes: dict[int, str] = {}
        styles: list[int] = []
        in_cell_styles = False
        for tag, attributes in self._elements(part):
            if tag == "numFmt":
                codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            elif tag == "cellXfs":
                in_cell_styles = True
            elif tag in {"cellStyles", "dxfs"}:
                in_cell_styles = False
            elif tag == "xf" and in_cell_styles:
                styles.append(_whole(attributes.get("numFmtId")))
        if len(styles) > MAX_STYLES:
            raise UnreadableFile(_DAMAGED)
        return [_format(number, codes.get(number, ""), starts_1904=self.starts_1904) for number in styles]

    # --- Rows

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name. Raises UnreadableFile with the names there are."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        names = ", ".join(f"“{sheet.name}”" for sheet in self.sheets[:20])
        raise UnreadableFile(f"The file has no sheet “{name[:40]}”. Choose one of these: {names}.")

    def records(self, sheet: Sheet) -> Iterator[Record]:
        """The rows of the sheet that have content, with the numbers that the spreadsheet shows."""
        reader = _SheetReader(self, sheet)
        for _ in _parse(reader.parser, reader.left_for_parser(self._blocks(sheet.part))):
            yield from reader.ready
            reader.ready.clear()

    def count_rows(self, sheet: Sheet) -> int:
        """About how many rows the sheet has (blank formatted ones count), without parsing it: 500 MB take 2 s.

        Also finds a value in a cell far out, so that a list is refused before it is loaded.
        """
        count = 0
        tail = b""
        for block in self._blocks(sheet.part):
            text = tail + block
            if far := _FAR_VALUE.search(text):
                raise _far_out(sheet.name, far["cell"].decode())
            count += text.count(b"<row ") + text.count(b"<row>") + text.count(b":row ")
            tail = text[-200:]
            count -= tail.count(b"<row ") + tail.count(b"<row>") + tail.count(b":row ")
        return count + tail.count(b"<row ") + tail.count(b"<row>") + tail.count(b":row ")


# A cell right of column SF (the 500th) that has a value, in the form in which nearly all programs write it.
_FAR_VALUE = re.compile(rb'<c r="(?P<cell>(?:[A-Z]{3}|[T-Z][A-Z]|S[G-Z])\d{1,7})"[^<>/]*><(?:v|is|f)[ >]')


def _check_directory(file: BinaryIO) -> None:
    """Refuses a ZIP whose table of contents is missing or too big to be loaded; the library would load it whole."""
    size = file.seek(0, io.SEEK_END)
    reach = min(size, 65_557)  # the end record and the longest comment
    file.seek(size - reach)
    tail = file.read(reach)
    at = tail.rfind(_END_RECORD)
    if at < 0 or at + 22 > len(tail):
        raise UnreadableFile(_DAMAGED)
    entries, directory = struct.unpack("<HL", tail[at + 10 : at + 16])
    locator = tail[at - 20 : at] if at >= 20 else b""
    if locator.startswith(_ZIP64_LOCATOR):  # the library believes this record more than the end record
        file.seek(min(struct.unpack("<Q", locator[8:16])[0], size))
        record = file.read(56)
        if len(record) < 56:
            raise UnreadableFile(_DAMAGED)
        entries, directory = struct.unpack("<QQ", record[32:48])
    if entries > MAX_PARTS or directory > MAX_PARTS * MAX_ENTRY:
        raise _too_big(f"is made of more than {MAX_PARTS:,} parts")
    file.seek(0)


def _part_key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _resolved(path: str) -> str:
    """The path without `..` and `.`; it is looked up among the parts and never opened on disk."""
    kept: list[str] = []
    for step in path.replace("\\", "/").split("/"):
        if step == "..":
            kept[-1:] = []
        elif step not in {"", "."}:
            kept.append(step)
    return "/".join(kept)


def _whole(text: str | None) -> int:
    try:
        return int(text or "0")
    except ValueError:
        return 0


def _document_type() -> UnreadableFile:
    return UnreadableFile(
        "This XLSX file holds a document type definition, as no spreadsheet writes it. "
        "Open it in a spreadsheet, save it again and upload it again."
    )


def _far_out(sheet: str, cell: str) -> UnreadableFile:
    return UnreadableFile(
        f"Sheet “{sheet}” has a value in cell {cell}, right of the {MAX_COLUMNS} columns that a list may have. "
        "Delete what stands there, or keep only the columns you need, and upload the file again."
    )


def _parse(parser: expat.XMLParserType, blocks: Iterator[bytes]) -> Iterator[None]:
    """Feeds the parser and stops after each block, for the caller to take what was found."""

    def refuse(*_: object) -> None:
        raise _document_type()

    def declared(_: str, encoding: str | None, __: int) -> None:
        if encoding and encoding.upper() not in _XML_ENCODINGS:
            raise UnreadableFile(_DAMAGED)

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
                raise UnreadableFile(_DAMAGED)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError:
        raise UnreadableFile(_DAMAGED) from None


class _TextTable:
    """The shared texts of a workbook, parsed only as far as they are asked for and kept as packed bytes.

    A list of a million strings would take three times the memory; the first ones are kept as strings as well, which
    spares making them again for each cell.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.packed = bytearray()
        self.first: list[str] = []  # up to FIRST_TEXTS, as long as they are short
        self.ends = array("Q", [0])  # the text with index n stands in `packed` from ends[n] to ends[n + 1]
        self.may_be_spoilt = False  # whether a text may be what `find_flaws` looks for
        self._depth = 0
        parser = self._parser()
        left = leaving_usual(
            blocks,
            opening=TEXTS_OPENING,
            closing=b"</si>",
            read=self._read_usual,
            is_between=lambda: self._depth == 1,
        )
        self._steps = _parse(parser, left)

    def reach(self, index: int) -> None:
        """Parse on until the text with that index is there. Raises UnreadableFile if there is none."""
        while index + 1 >= len(self.ends):
            if next(self._steps, self) is self:
                raise UnreadableFile(_DAMAGED)

    def _keep_first(self, texts: list[str]) -> None:
        """Keep the next texts as strings too, unless some were left out already or there is no room."""
        first = self.first
        room = FIRST_TEXTS - len(first)
        if len(first) == len(self.ends) - 1 and room > 0 and len(self.packed) < FIRST_BYTES:
            first += texts[:room]

    def _read_usual(self, items: str) -> bool:
        texts = split_texts(items)
        if texts is None or (len(items) > MAX_CELL and max(map(len, texts)) > MAX_CELL):
            return False
        self.may_be_spoilt = self.may_be_spoilt or _may_be_spoilt(items)
        if _is_odd(items):
            texts = [_shown_text(text) for text in texts]
        else:
            texts = [text.strip() for text in texts]
        self._keep_first(texts)
        packed = [text.encode() for text in texts]
        self.packed += b"".join(packed)
        self.ends.extend(islice(accumulate(map(len, packed), initial=self.ends[-1]), 1, None))
        return True

    def _parser(self) -> expat.XMLParserType:
        """The parser with its handlers; what they share are locals, since they run for every tag of the file."""
        table, ends = self.packed, self.ends
        pieces: list[str] = []
        size = phonetic = (
            0  # phonetic: depth of <rPh>, the reading aid of Japanese names, which is no part of them
        )
        is_text = False
        item = text = aid = ""

        def root(tag: str, _: dict[str, str]) -> None:
            nonlocal item, text, aid
            item, text, aid = _prefixed(tag, "si", "t", "rPh")
            self._depth = 1
            parser.StartElementHandler = start
            parser.EndElementHandler = end
            parser.CharacterDataHandler = characters

        def start(tag: str, _: dict[str, str]) -> None:
            nonlocal size, phonetic, is_text
            self._depth += 1
            if tag == text:
                is_text = not phonetic
            elif tag == item:
                pieces.clear()
                size = 0
            elif tag == aid:
                phonetic += 1
            if self._depth > MAX_DEPTH:
                raise UnreadableFile(_DAMAGED)

        def characters(piece: str) -> None:
            nonlocal size
            if is_text:
                size += len(piece)
                if size > MAX_CELL * 2:  # escaped signs take up to seven characters
                    raise _too_long("A text of this XLSX file")
                pieces.append(piece)

        def end(tag: str) -> None:
            nonlocal phonetic, is_text
            self._depth -= 1
            if tag == text:
                is_text = False
            elif tag == item:
                found = _shown_text("".join(pieces))
                self.may_be_spoilt = self.may_be_spoilt or _may_be_spoilt(found)
                packed = found.encode("utf-8", "replace")
                self._keep_first([packed.decode()])
                table.extend(packed)
                ends.append(len(table))
            elif tag == aid:
                phonetic -= 1

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = root
        return parser


def _prefixed(root: str, *names: str) -> tuple[str, ...]:
    """The names with the prefix that the first tag of the part has, if any: comparing whole tags is quick."""
    prefix = root.rpartition(":")[0]
    return tuple(f"{prefix}:{name}" if prefix else name for name in names)


def _too_long(where: str) -> UnreadableFile:
    return UnreadableFile(
        f"{where} is longer than {MAX_CELL:,} characters, more than a cell can hold. "
        "Shorten it and upload the file again."
    )


_ESCAPED_SIGN = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _is_odd(xml: str) -> bool:
    """Whether a text in there may be more than its letters: escapes, entities, invisible signs."""
    return "_x" in xml or "&" in xml or (not xml.isascii() and any(sign in xml for sign in INVISIBLE))


def _shown_text(text: str) -> str:
    """The text with `_x000D_` and its like resolved, stripped."""
    if "_x" in text:
        text = _ESCAPED_SIGN.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.replace("\0", "")
    return strip(text)


class _SheetReader:
    """Turns the parser's events of one sheet into records."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self.ready: list[Record] = []
        self._texts = workbook._texts
        self._formats = {str(index): show for index, show in enumerate(workbook._formats) if show}
        self._sheet = sheet.name
        self._columns: dict[str, int] = {}
        self._kinds: dict[str, tuple[str, _Show | None]] = {}  # by the attributes of a cell
        self._row = self._rows = 0  # the number of the last row, how many there were
        self._is_in_rows = False  # whether the parser stands in the tag of the rows
        self.parser = self._make_parser()

    def _make_parser(self) -> expat.XMLParserType:
        """The parser with its handlers; what they share are locals, since they run for every tag of the file."""
        ready, columns, formats, texts = self.ready, self._columns, self._formats, self._texts
        packed, ends = texts.packed, texts.ends
        cells: list[str] = []
        flaws: dict[int, str] = {}
        pieces: list[str] = []
        size = count = depth = phonetic = 0
        column = -1
        kind = "n"
        style: str | None = None
        is_value = False
        cell_tag = value_tag = text_tag = row_tag = aid_tag = ""

        def root(tag: str, _: dict[str, str]) -> None:
            nonlocal cell_tag, value_tag, text_tag, row_tag, aid_tag
            cell_tag, value_tag, text_tag, row_tag, aid_tag = _prefixed(tag, "c", "v", "t", "row", "rPh")
            parser.StartElementHandler = start
            parser.EndElementHandler = end
            parser.CharacterDataHandler = characters

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal size, count, depth, phonetic, column, kind, style, is_value, cells, flaws
            depth += 1
            if tag == cell_tag:
                count += 1
                kind = attributes.get("t", "n")
                style = attributes.get("s")
                reference = attributes.get("r")
                if reference:
                    letters = reference.rstrip("0123456789")
                    column = columns[letters] if letters in columns else self._new_column(letters)
                else:
                    column += 1
                if pieces:
                    pieces.clear()
                size = 0
            elif tag == value_tag or (tag == text_tag and not phonetic):
                is_value = True
            elif tag == row_tag:
                self._rows += 1
                number = attributes.get("r")
                self._row = _whole(number) if number else self._row + 1
                if self._rows > MAX_ROWS:
                    raise _too_big(f"has more than {MAX_ROWS:,} rows")
                if not 1 <= self._row <= MAX_ROWS:
                    raise UnreadableFile(_DAMAGED)
                cells = []
                flaws = {}
                column = -1
                count = 0
            elif tag == aid_tag:
                phonetic += 1
            elif tag == "sheetData":
                self._is_in_rows = depth == 1
            if depth > MAX_DEPTH or count > MAX_CELLS_IN_ROW:
                raise UnreadableFile(_DAMAGED)

        def characters(piece: str) -> None:
            nonlocal size
            if is_value:
                size += len(piece)
                if (
                    size > MAX_CELL * 2
                ):  # escaped signs take up to seven characters, so the cell itself is checked later
                    raise self._too_long(self._row)
                pieces.append(piece)

        def end(tag: str) -> None:
            nonlocal depth, phonetic, is_value
            depth -= 1
            if tag in (value_tag, text_tag):
                is_value = False
            elif tag == cell_tag:
                if not pieces:
                    return
                raw = pieces[0] if len(pieces) == 1 else "".join(pieces)
                if kind == "s":
                    index = _index(raw)
                    if index + 1 >= len(ends):
                        texts.reach(index)
                    shown = packed[ends[index] : ends[index + 1]].decode()
                elif kind == "n" and style not in formats and raw.isdecimal() and len(raw) <= 15:
                    shown = raw
                else:
                    shown, flaw = self._shown(raw, kind, formats.get(style or ""))
                    if flaw:
                        flaws[column] = flaw
                if shown:
                    if column == len(cells) < MAX_COLUMNS and len(shown) <= MAX_CELL:
                        cells.append(shown)
                    else:
                        self._put(shown, cells, row=self._row, column=column)
            elif tag == row_tag:
                if cells:
                    if spoilt := _spoilt_texts(cells):
                        flaws.update({key: sentence for key, sentence in spoilt.items() if key not in flaws})
                    ready.append(Record(self._row, cells, "", flaws or None))
            elif tag == aid_tag:
                phonetic -= 1
            elif tag == "sheetData":
                self._is_in_rows = False

        self._is_between_rows = lambda: self._is_in_rows and depth == 1
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = root
        return parser

    def left_for_parser(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The blocks without the rows in the usual shape, which are made ready here."""
        return leaving_usual(
            blocks,
            opening=SHEET_OPENING,
            closing=b"</row>",
            read=self._read_usual,
            is_between=self._is_between_rows,
        )

    def _read_usual(self, rows: str) -> bool:
        """Make the rows ready, or none of them: what is unusual or wrong with one is the parser's to say."""
        found: list[Record] = []
        is_odd = _is_odd(rows) or _may_be_spoilt(rows)
        last_letters: list[str] = []
        columns: list[int] = []
        is_straight = True
        count = 0
        number = self._row
        pieces = rows.split("</row>")
        pieces.pop()
        for piece in pieces:
            parts = CELL.split(piece)
            start = ROW.fullmatch(parts[0])
            if start is None or any(parts[CELL_STEP::CELL_STEP]):
                return False
            number = int(start[1])
            count += 1
            if not 1 <= number <= MAX_ROWS or len(parts) > MAX_COLUMNS * CELL_STEP:
                return False
            letters = parts[1::CELL_STEP]
            if letters != last_letters:
                columns = [
                    self._columns[name] if name in self._columns else self._new_column(name)
                    for name in letters
                ]
                last_letters = letters
                is_straight = columns == list(range(len(columns)))
            record = self._usual_record(number, columns, parts, is_straight=is_straight, is_odd=is_odd)
            if record is None:
                return False
            if record.cells:
                if len(piece) > MAX_CELL and max(map(len, record.cells)) > MAX_CELL:
                    return False
                found.append(record)
        if self._rows + count > MAX_ROWS:
            return False
        self._row = number
        self._rows += count
        self.ready += found
        return True

    def _usual_record(
        self, number: int, columns: list[int], parts: list[str], *, is_straight: bool, is_odd: bool
    ) -> Record | None:
        """The row that `CELL.split` has taken apart; None where a cell is wrong or too far out."""
        kinds, texts = self._kinds, self._texts
        packed, ends, first = texts.packed, texts.ends, texts.first
        count = len(first)
        cells: list[str] = []
        append = cells.append
        flaws: dict[int, str] = {}
        for attributes, value, text in zip(
            parts[2::CELL_STEP], parts[3::CELL_STEP], parts[4::CELL_STEP], strict=True
        ):
            if text is not None and not is_odd:
                append(text.strip())
                continue
            raw = value or text
            if not raw:
                append("")
                continue
            kind, show = kinds.get(attributes) or self._kind(attributes)
            if kind == "s":
                index = int(raw) if raw.isdecimal() else _index(raw)
                if index < count:
                    append(first[index])
                    continue
                if index + 1 >= len(ends):
                    texts.reach(index)
                append(packed[ends[index] : ends[index + 1]].decode())
            elif kind == "n" and show is None and raw.isdecimal() and len(raw) <= 15:
                append(raw)
            else:
                try:
                    raw = resolved(raw) if "&" in raw else raw
                except ValueError:
                    return None
                shown, flaw = self._shown(raw, kind, show)
                if flaw:
                    flaws[columns[len(cells)]] = flaw
                append(shown)
        while cells and not cells[-1]:
            cells.pop()
        if not is_straight and cells:
            spread = [""] * (max(columns[: len(cells)]) + 1)
            if len(spread) > MAX_COLUMNS:
                return None
            for column, shown in zip(columns, cells, strict=False):
                if shown:
                    spread[column] = shown
            cells = spread
        if is_odd or texts.may_be_spoilt:
            flaws = (_spoilt_texts(cells) or {}) | flaws
        return Record(number, cells, "", flaws or None)

    def _kind(self, attributes: str) -> "tuple[str, _Show | None]":
        """Type and format of cells with these attributes."""
        named = dict(part.split("=") for part in attributes.replace('"', "").split())
        kind = named.get("t", "n")
        found = kind, self._formats.get(named.get("s", ""))
        self._kinds[attributes] = found
        return found

    def _new_column(self, letters: str) -> int:
        index = 0
        for letter in letters:
            if not "A" <= letter <= "Z":
                raise UnreadableFile(_DAMAGED)
            index = index * 26 + ord(letter) - 64
            if index > MAX_CELLS_IN_ROW:
                raise UnreadableFile(_DAMAGED)
        if not index:
            raise UnreadableFile(_DAMAGED)
        self._columns[letters] = index - 1
        return index - 1

    def _too_long(self, row: int) -> UnreadableFile:
        return _too_long(f"A cell in row {row} of sheet “{self._sheet}”")

    def _put(self, shown: str, cells: list[str], *, row: int, column: int) -> None:
        """A cell that does not simply come next."""
        if len(shown) > MAX_CELL:
            raise self._too_long(row)
        if column >= MAX_COLUMNS:
            raise _far_out(self._sheet, f"{_letters(column)}{row}")
        if column >= len(cells):
            cells.extend([""] * (column - len(cells) + 1))
        cells[column] = shown

    def _shown(self, raw: str, kind: str, show: "_Show | None") -> tuple[str, str]:
        """A cell's text as a person sees it, and what is wrong with it."""
        if kind == "n":
            return _shown_number(raw, show)
        if kind == "b":
            return ("TRUE" if raw.strip() in {"1", "true"} else "FALSE"), ""
        if kind == "e":
            text = raw.strip()
            return text, error_sentence(text)
        if kind == "d":
            return raw.strip().removesuffix("Z").removesuffix("T00:00:00").replace("T", " "), ""
        return _shown_text(raw), ""  # "str" and "inlineStr"


def _spoilt_texts(cells: list[str]) -> dict[int, str] | None:
    """What `find_flaws` finds, looked for only where one of its signs stands."""
    return find_flaws(cells) if _may_be_spoilt("\n".join(cells)) else None


def _may_be_spoilt(text: str) -> bool:
    return "#" in text or "E+" in text


def _letters(column: int) -> str:
    """The column's name in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


_Show = Callable[[float], tuple[str, str]]


def _shown_number(raw: str, show: _Show | None) -> tuple[str, str]:
    try:
        number = float(raw)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        text = strip(raw)
        return text, f"{text[:40]} is not a number, though the cell says so. Enter the value again."
    text, flaw = show(number) if show else (plain_number(number), "")
    if abs(number) >= MAX_EXACT:
        flaw = (
            f"{text} has more than 15 digits; a spreadsheet keeps only 15 of a number. "
            "Format the column as text and enter the value again."
        )
    return text, flaw


def _index(raw: str) -> int:
    try:
        index = int(raw)
    except ValueError:
        index = -1
    if index < 0:
        raise UnreadableFile(_DAMAGED)
    return index


# --- Numbers ------------------------------------------------------------------------------------------------------


def plain_number(number: float) -> str:
    """The number as a spreadsheet shows it in a wide cell: no `.0`, at most 15 digits, no exponent for whole ones."""
    if abs(number) < 1e21 and number == int(number):
        return str(int(number))
    return format(number, ".15g")


_DATES = {
    *range(14, 18),
    22,
    *range(27, 32),
    36,
    *range(50, 55),
    57,
    58,
}  # built-in formats, with those of East Asia
_TIMES = {18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56}
_UNSHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_PADDED = re.compile(r"[-0 ()/]*00[-0 ()/]*")


def _format(number: int, code: str, *, starts_1904: bool) -> _Show | None:
    """How a format shows a number: (text, flaw). None where the plain number says it all (thousands, currency)."""
    section = code.partition(";")[0]
    letters = _UNSHOWN.sub("", section).casefold()
    if number in _DATES or number in _TIMES or _is_moment(letters):
        if number == 46 or "[" in letters:
            return lambda value: (_duration(value), "")
        has_day = (
            number in _DATES
            or any(sign in letters for sign in "dy")
            or (bool(letters) and not letters.strip("m/- "))
        )
        return lambda value: _moment(value, starts_1904=starts_1904, has_day=has_day)
    if number in {9, 10} or "%" in letters:
        return lambda value: (f"{plain_number(value * 100)}%", "")
    literal = re.sub(
        r'\\(.)|"([^"]*)"', lambda match: match[1] or match[2] or "", re.sub(r"\[[^\]]*\]", "", section)
    )
    if _PADDED.fullmatch(literal):
        return lambda value: (_padded(value, literal), "")
    return None


def _is_moment(letters: str) -> bool:
    return (
        letters not in {"general", "standard"}
        and any(sign in letters for sign in "dmyhs")
        and "0.0" not in letters.replace("s.0", "")
    )


def _padded(value: float, pattern: str) -> str:
    """Digits put into a pattern such as `00000` or `000-00-0000`, from the right."""
    if value < 0 or value != int(value):
        return plain_number(value)
    digits = str(int(value)).rjust(pattern.count("0"), "0")
    left = list(digits)
    shown = [left.pop() if sign == "0" else sign for sign in reversed(pattern)]
    return "".join(left) + "".join(reversed(shown))


def _duration(value: float) -> str:
    seconds = round(value * 86_400)
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{sign}{hour:02}:{minute:02}:{second:02}"


def _moment(value: float, *, starts_1904: bool, has_day: bool) -> tuple[str, str]:
    """A serial date as `2026-11-21`, `2026-11-21 14:30:00` or `14:30:00`, and what is wrong with it."""
    if 0 <= value < 1 and not (has_day and starts_1904):
        return _duration(value), ""
    # The 1900 calendar has a 29 February 1900 (serial 60), so that all days before it are one off.
    if not starts_1904 and 60 <= value < 61:
        return "1900-02-29", "1900-02-29 is a day that never was. Correct the date."
    shift = 1462 if starts_1904 else (1 if value < 60 else 0)
    seconds = round(value * 86_400)
    if not 0 <= value < 2_958_466 - (1462 if starts_1904 else 0):
        text = plain_number(value)
        return text, f"{text} cannot be shown as a date. Correct the cell or its format."
    days, rest = divmod(seconds, 86_400)
    if not rest:
        return _day(days + shift), ""
    minutes, second = divmod(rest, 60)
    return f"{_day(days + shift)} {minutes // 60:02}:{minutes % 60:02}:{second:02}", ""


@lru_cache(maxsize=4096)  # the days of eleven years
def _day(number: int) -> str:
    """The day with that number, 2026-11-21; 1 is the last of 1899, as Excel counts from March 1900 on."""
    return (date(1899, 12, 30) + timedelta(days=number)).isoformat()


def first_records(workbook: Workbook, sheet: Sheet, *, count: int) -> tuple[list[Record], bool]:
    """The first rows of a sheet, and whether these are all."""
    found = list(islice(workbook.records(sheet), count + 1))
    return found[:count], len(found) <= count
