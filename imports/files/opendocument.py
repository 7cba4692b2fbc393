"""ODS files as records, streamed.

A sheet of OpenDocument writes a run of equal cells or rows once and says how often it stands there, up to the million
rows of an empty sheet. Blank runs are only counted here; a value that is repeated further than any list goes is
refused. Libraries that read ODS make the whole rectangle first.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final
from xml.parsers import expat

from imports.files.books import DAMAGED, PROTECTED, Book, Sheet, column_name, far_out, too_big, too_long
from imports.files.cellformats import plain_number, shown_number
from imports.files.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS, UnreadableFile
from imports.files.packages import Package, parse
from imports.files.records import Record, error_sentence, find_flaws, strip

MAX_CELLS: Final = 4_000_000  # cells written in the file; 260,000 rows of 15 columns, some seconds of reading
MAX_SAME_ROWS: Final = 200  # equal rows with content, one below the other; beyond it is a filled-down default
MAX_DEPTH: Final = 256  # nested tags; groups of rows in groups have some dozens
MANIFEST: Final = "META-INF/manifest.xml"

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
_STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 "
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_SHEET, _ROW, _CELL, _COVERED = (
    _TABLE + "table",
    _TABLE + "table-row",
    _TABLE + "table-cell",
    _TABLE + "covered-table-cell",
)
_ROWS_REPEATED, _CELLS_REPEATED = _TABLE + "number-rows-repeated", _TABLE + "number-columns-repeated"
_NAME, _STYLE_NAME = _TABLE + "name", _TABLE + "style-name"
_PARAGRAPH, _BLANKS, _TAB, _BREAK = _TEXT + "p", _TEXT + "s", _TEXT + "tab", _TEXT + "line-break"
_BLANK_COUNT, _READING_AID = _TEXT + "c", _TEXT + "ruby-text"
_NOTE = _OFFICE + "annotation"
_TYPE, _VALUE = _OFFICE + "value-type", _OFFICE + "value"
_ERROR_TYPE = _CALC + "value-type"

_DAY = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(?:T(?P<time>\d{2}:\d{2}:\d{2})(?:[.,]\d+)?Z?)?")
_DURATION = re.compile(
    r"(?P<sign>-?)PT(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:[.,]\d+)?S)?"
)
_PATTERN = re.compile(r"[-0-9 ()/]+")  # digits as a format such as 00000 or 000-00-0000 shows them


class OpenDocument(Book):
    """An ODS file."""

    kind = "ods"

    def __init__(self, package: Package) -> None:
        self._package = package
        if MANIFEST in package and b"encryption-data" in b"".join(islice(package.blocks(MANIFEST), 4)):
            raise UnreadableFile(PROTECTED)
        kind = b"".join(islice(package.blocks("mimetype"), 1))
        if b"spreadsheet" not in kind:
            raise UnreadableFile(
                "This file is a document of an office program, not a list. Put the list into a sheet, "
                "save it as XLSX or CSV and upload it again."
            )
        self.sheets = []
        self._counts: list[int] = []
        self._survey()
        self.require_sheets()

    def count_rows(self, sheet: Sheet) -> int:
        return self._counts[int(sheet.part)]

    def records(self, sheet: Sheet) -> Iterator[Record]:
        reader = _SheetReader(sheet)
        for _ in parse(reader.parser, self._package.blocks("content.xml")):
            yield from reader.ready
            reader.ready.clear()
            if reader.is_over:
                return

    def _survey(self) -> None:
        """Find the sheets and count their rows with content, and refuse a file of more cells than can be read."""
        hidden: set[str] = set()
        style = ""
        cells = depth = tables = 0
        has_content = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal style, cells, depth, tables, has_content
            depth += 1
            if tag == _CELL:
                cells += 1
                has_content = has_content or _TYPE in attributes
            elif tag == _ROW:
                cells += 1
                has_content = False
            elif tag == _SHEET:
                tables += 1
                if tables == 1:
                    is_hidden = attributes.get(_STYLE_NAME) in hidden
                    self.sheets.append(
                        Sheet(attributes.get(_NAME, ""), str(len(self.sheets)), is_hidden=is_hidden)
                    )
                    self._counts.append(0)
            elif tag == _STYLE + "style":
                style = attributes.get(_STYLE + "name", "")
            elif tag == _STYLE + "table-properties" and attributes.get(_TABLE + "display") == "false":
                hidden.add(style)
            if cells > MAX_CELLS:
                raise too_big(f"has more than {MAX_CELLS:,} cells")
            if depth > MAX_DEPTH:
                raise UnreadableFile(DAMAGED)

        def end(tag: str) -> None:
            nonlocal depth, tables
            depth -= 1
            if tag == _SHEET:
                tables -= 1
            elif tag == _ROW and has_content and tables == 1:
                self._counts[-1] += 1

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        for _ in parse(parser, self._package.blocks("content.xml")):
            pass


class _SheetReader:
    """Turns the parser's events of one sheet into records."""

    def __init__(self, sheet: Sheet) -> None:
        self.ready: list[Record] = []
        self.is_over = False
        self._sheet = sheet
        self._row = 0  # the number of the last row
        self._same = 1  # how often the row at hand stands there
        self._column = 0
        self._cells: list[str] = []
        self._flaws: dict[int, str] = {}
        self._attributes: dict[str, str] = {}
        self._paragraphs: list[str] = []
        self.parser = self._make_parser()

    def _make_parser(self) -> expat.XMLParserType:
        wanted = int(self._sheet.part)
        number = -1  # of the sheet at hand
        depth = left_out = 0  # depth of the tag, and of the one whose content is left out
        tables = paragraphs = 0
        is_cell = False
        pieces: list[str] = []
        size = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal number, depth, left_out, tables, paragraphs, is_cell, size
            depth += 1
            if depth > MAX_DEPTH:
                raise UnreadableFile(DAMAGED)
            if tag == _SHEET:
                tables += 1
                number += tables == 1
            if left_out or number != wanted or not tables:
                return
            if tag in (_CELL, _COVERED):
                if not is_cell:
                    is_cell = True
                    self._attributes = attributes
                    self._paragraphs = []
                    size = 0
            elif tag == _ROW:
                self._begin_row(attributes)
            elif is_cell:
                if tag == _PARAGRAPH and not paragraphs:
                    paragraphs = depth
                    pieces.clear()
                elif not paragraphs or tag in (_NOTE, _READING_AID) or tag.startswith(_DRAW):
                    left_out = depth
                elif tag == _BLANKS:
                    characters(" " * min(_times(attributes.get(_BLANK_COUNT)), MAX_CELL))
                elif tag in (_TAB, _BREAK):
                    characters("\t" if tag == _TAB else "\n")

        def characters(piece: str) -> None:
            nonlocal size
            if paragraphs and not left_out:
                size += len(piece)
                if size > MAX_CELL:
                    raise too_long(f"A cell in row {self._row + 1} of sheet “{self._sheet.name}”")
                pieces.append(piece)

        def end(tag: str) -> None:
            nonlocal depth, left_out, tables, paragraphs, is_cell
            depth -= 1
            if tag == _SHEET:
                tables -= 1
                self.is_over = self.is_over or (number == wanted and not tables)
            if left_out:
                if depth < left_out:
                    left_out = 0
                return
            if number != wanted:
                return
            if paragraphs and depth < paragraphs:
                paragraphs = 0
                self._paragraphs.append("".join(pieces))
            elif tag in (_CELL, _COVERED):
                is_cell = False
                self._end_cell()
            elif tag == _ROW:
                self._end_row()

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        return parser

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._same = _times(attributes.get(_ROWS_REPEATED))
        self._column = 0
        self._cells = []
        self._flaws = {}

    def _end_cell(self) -> None:
        attributes = self._attributes
        times = _times(attributes.get(_CELLS_REPEATED))
        if self._paragraphs or _TYPE in attributes:
            shown, flaw = _shown(attributes, "\n".join(self._paragraphs))
            if shown:
                end = self._column + times
                if end > MAX_COLUMNS:
                    far = column_name(max(self._column, MAX_COLUMNS))
                    raise far_out(self._sheet.name, f"{far}{self._row + 1}")
                self._cells += [""] * (self._column - len(self._cells)) + [shown] * times
                if flaw:
                    self._flaws.update(dict.fromkeys(range(self._column, end), flaw))
        self._column += times

    def _end_row(self) -> None:
        first = self._row + 1
        self._row += self._same
        if not self._cells:
            return
        if self._same > MAX_SAME_ROWS:
            raise UnreadableFile(
                f"Row {first} of sheet “{self._sheet.name}” stands there {self._same:,} times. Delete the rows that "
                "were only filled down, and upload the file again."
            )
        if self._row > MAX_ROWS:
            raise too_big(f"has more than {MAX_ROWS:,} rows")
        flaws = {**(find_flaws(self._cells) or {}), **self._flaws} or None
        self.ready += [Record(number, self._cells, "", flaws) for number in range(first, self._row + 1)]


def _times(text: str | None) -> int:
    """How often something is repeated. Raises UnreadableFile for what is no number of times."""
    if text is None:
        return 1
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise UnreadableFile(DAMAGED)
    return max(1, int(text))


def _shown(attributes: dict[str, str], text: str) -> tuple[str, str]:
    """A cell's text as a person sees it, and what is wrong with it."""
    text = strip(text)
    if attributes.get(_ERROR_TYPE) == "error" or text.startswith("Err:"):
        return text, error_sentence(text) if text else ""
    show = _SHOWN.get(attributes.get(_TYPE, ""))
    if show is None:
        return text or strip(attributes.get(_OFFICE + "string-value", "")), ""
    return show(attributes, text)


def _number(attributes: dict[str, str], text: str) -> tuple[str, str]:
    shown, flaw = shown_number(attributes.get(_VALUE, text), None)
    if text != shown and _PATTERN.fullmatch(text):
        digits = "".join(sign for sign in text if sign.isdecimal())
        if digits.lstrip("0") == shown.lstrip("0") and (
            digits[:1] == "0" or any(sign in text for sign in "()/-")
        ):
            return text, flaw
    return shown, flaw


def _percentage(attributes: dict[str, str], text: str) -> tuple[str, str]:
    return shown_number(attributes.get(_VALUE, text), lambda value: (f"{plain_number(value * 100)}%", ""))


def _date(attributes: dict[str, str], text: str) -> tuple[str, str]:
    found = _DAY.fullmatch(attributes.get(_OFFICE + "date-value", ""))
    if not found:
        return text, ""
    time = found["time"]
    return (f"{found['day']} {time}" if time and time != "00:00:00" else found["day"]), ""


def _time(attributes: dict[str, str], text: str) -> tuple[str, str]:
    value = attributes.get(_OFFICE + "time-value", "")
    found = _DURATION.fullmatch(value)
    if not found:
        return (value if re.fullmatch(r"\d{1,3}:\d{2}:\d{2}", value) else text), ""
    hours, minutes, seconds = (int(found[name] or 0) for name in ("hours", "minutes", "seconds"))
    return f"{found['sign']}{hours:02}:{minutes:02}:{seconds:02}", ""


def _boolean(attributes: dict[str, str], text: str) -> tuple[str, str]:
    return attributes.get(_OFFICE + "boolean-value", text).upper(), ""


_SHOWN: Final[dict[str, Callable[[dict[str, str], str], tuple[str, str]]]] = {
    "float": _number,
    "currency": _number,
    "percentage": _percentage,
    "date": _date,
    "time": _time,
    "boolean": _boolean,
}


def is_open_document(package: Package) -> bool:
    """Whether the package is of OpenDocument, of whatever kind."""
    return "mimetype" in package and "content.xml" in package
