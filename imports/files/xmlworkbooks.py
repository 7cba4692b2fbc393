"""XML spreadsheets of 2003 (SpreadsheetML) as records, streamed. Programs that export for Excel often write them.

One file holds all sheets, one below the other, as plain XML; whether a sheet is hidden stands behind its rows.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from imports.files.books import DAMAGED, Book, Sheet, column_name, far_out, too_big, too_long
from imports.files.cellformats import Show, format_of, shown_number
from imports.files.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS, UnreadableFile
from imports.files.markup import find_markup_encoding, markup_blocks
from imports.files.packages import parse
from imports.files.records import Record, error_sentence, find_flaws, strip

MAX_CELLS: Final = (
    2_500_000  # rows and cells written in the file; 150,000 rows of 15 columns, some seconds of reading
)
MAX_SHEETS: Final = 1_000  # as many as a workbook of hand-made sheets never has
MAX_STYLES: Final = 65_536
MAX_DEPTH: Final = 64  # nested tags; a cell with formatted text has a dozen

_SPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet "
_EXCEL: Final = "urn:schemas-microsoft-com:office:excel "
_WORKSHEET, _TABLE, _ROW, _CELL, _CONTENT = (
    _SPACE + name for name in ("Worksheet", "Table", "Row", "Cell", "Data")
)
_STYLE, _FORMAT = _SPACE + "Style", _SPACE + "NumberFormat"
_VISIBLE, _FROM_1904 = _EXCEL + "Visible", _EXCEL + "Date1904"
_NAME, _INDEX, _TYPE, _SPAN = (_SPACE + name for name in ("Name", "Index", "Type", "Span"))
_ID, _STYLE_ID, _PARENT, _CODE = (_SPACE + name for name in ("ID", "StyleID", "Parent", "Format"))
_MERGED = _SPACE + "MergeAcross"

# Formats that have a name instead of a code; what is not here shows the plain number.
_NAMED_FORMATS: Final = {
    "general date": "d/m/yyyy h:mm",
    "long date": "d mmmm yyyy",
    "medium date": "d-mmm-yy",
    "short date": "d/m/yyyy",
    "long time": "h:mm:ss",
    "medium time": "h:mm",
    "short time": "h:mm",
    "percent": "0%",
    **dict.fromkeys(
        (
            "general", "general number", "currency", "euro currency", "fixed", "standard", "scientific", "yes/no",
            "true/false", "on/off",
        ),
        "",
    ),
}  # fmt: skip
_OF_ITS_OWN: Final = 164  # the number of the first format that is no built-in one

_MOMENT: Final = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})(?:T(?P<time>\d{2}:\d{2}:\d{2})(?:\.\d+)?Z?)?")
_NO_DAY: Final = frozenset({"1899-12-30", "1899-12-31", "1904-01-01"})  # a time of day stands on one of these


class XmlWorkbook(Book):
    """An XML spreadsheet."""

    kind = "xml"

    def __init__(self, file: BinaryIO, *, encoding: str = "") -> None:
        self._file = file
        self.encoding = find_markup_encoding(file, chosen=encoding)
        self.sheets = []
        self.starts_1904 = False
        self._counts: list[int] = []
        self._codes: dict[str, str] = {}  # style: code of its number format
        self._survey()
        self.require_sheets()
        self.shows: dict[str, Show | None] = {
            style: format_of(
                _OF_ITS_OWN, _NAMED_FORMATS.get(code.casefold(), code), starts_1904=self.starts_1904
            )
            for style, code in self._codes.items()
        }

    def count_rows(self, sheet: Sheet) -> int:
        return self._counts[int(sheet.part)]

    def records(self, sheet: Sheet) -> Iterator[Record]:
        reader = _SheetReader(self, sheet)
        for _ in parse(reader.parser, self._blocks(), is_decoded=True):
            yield from reader.ready
            reader.ready.clear()
            if reader.is_over:
                return

    def _blocks(self) -> Iterator[bytes]:
        for text in markup_blocks(self._file, codec=self.encoding.codec):
            yield text.encode("utf-8", "surrogatepass")

    def _survey(self) -> None:
        """Find the styles and sheets, count rows with content, and refuse a file of more cells than can be read."""
        names: list[str] = []
        hidden: set[int] = set()
        parents: dict[str, str] = {}
        style = ""
        visible: list[str] | None = None
        cells = depth = 0
        has_content = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal style, visible, cells, depth, has_content
            depth += 1
            if depth > MAX_DEPTH:
                raise UnreadableFile(DAMAGED)
            if tag in (_CELL, _ROW):
                cells += 1
                if cells > MAX_CELLS:
                    raise too_big(f"has more than {MAX_CELLS:,} cells")
                has_content = has_content and tag == _CELL
            elif tag == _CONTENT:
                has_content = True
            elif tag == _WORKSHEET:
                names.append(attributes.get(_NAME, f"Sheet{len(names) + 1}"))
                self._counts.append(0)
                if len(names) > MAX_SHEETS:
                    raise too_big(f"has more than {MAX_SHEETS:,} sheets")
            elif tag == _STYLE:
                style = attributes.get(_ID, "")
                if parent := attributes.get(_PARENT):
                    parents[style] = parent
            elif tag == _FORMAT:
                self._codes[style] = attributes.get(_CODE, "")
                if len(self._codes) > MAX_STYLES:
                    raise too_big(f"has more than {MAX_STYLES:,} styles")
            elif tag == _VISIBLE:
                visible = []
            elif tag == _FROM_1904:
                self.starts_1904 = True

        def characters(piece: str) -> None:
            if visible is not None and len(visible) < 20:
                visible.append(piece)

        def end(tag: str) -> None:
            nonlocal visible, depth
            depth -= 1
            if tag == _ROW and has_content and names:
                self._counts[-1] += 1
            elif tag == _VISIBLE:
                if "hidden" in "".join(visible or ()).casefold():
                    hidden.add(len(names) - 1)
                visible = None

        parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        for _ in parse(parser, self._blocks(), is_decoded=True):
            pass
        for child, parent in parents.items():
            if child not in self._codes and parent in self._codes:
                self._codes[child] = self._codes[parent]
        self.sheets = [
            Sheet(name, str(place), is_hidden=place in hidden)
            for place, name in enumerate(names)
            if self._counts[place]
        ]


class _SheetReader:
    """Turns the parser's events of one sheet into records."""

    def __init__(self, workbook: XmlWorkbook, sheet: Sheet) -> None:
        self.ready: list[Record] = []
        self.is_over = False
        self._shows = workbook.shows
        self._sheet = sheet
        self._row = 0
        self._span = 0  # blank rows that the last one stands for as well
        self._row_style = ""
        self._column = 0
        self._cells: list[str] = []
        self._flaws: dict[int, str] = {}
        self.parser = self._make_parser()

    def _make_parser(self) -> expat.XMLParserType:
        wanted = int(self._sheet.part)
        sheet = -1
        depth = 0
        cell = content = 0  # their depths while they are open, 0 otherwise
        attributes_of_cell: dict[str, str] = {}
        kind = ""
        pieces: list[str] = []
        size = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal sheet, depth, cell, content, attributes_of_cell, kind, size
            depth += 1
            if tag == _WORKSHEET:
                sheet += 1
            elif sheet != wanted:
                return
            elif tag == _CELL:
                cell = depth
                attributes_of_cell = attributes
                kind = ""
                pieces.clear()
                size = 0
            elif tag == _CONTENT and depth == cell + 1:  # a comment on the cell has its text deeper
                content = depth
                kind = attributes.get(_TYPE, "String")
            elif tag == _ROW:
                self._begin_row(attributes)

        def characters(piece: str) -> None:
            nonlocal size
            if content:
                size += len(piece)
                if size > MAX_CELL:
                    raise too_long(f"A cell in row {self._row} of sheet “{self._sheet.name}”")
                pieces.append(piece)

        def end(tag: str) -> None:
            nonlocal depth, cell, content
            if content == depth:
                content = 0
            depth -= 1
            if sheet != wanted:
                return
            if tag == _CELL:
                cell = 0
                self._end_cell(attributes_of_cell, kind, "".join(pieces))
            elif tag == _ROW:
                self._end_row()
            elif tag == _WORKSHEET:
                self.is_over = True

        parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        return parser

    def _begin_row(self, attributes: dict[str, str]) -> None:
        row = _place(attributes.get(_INDEX))
        if row and row <= self._row:
            raise UnreadableFile(DAMAGED)
        self._row = row or self._row + 1 + self._span
        self._span = _place(attributes.get(_SPAN))
        self._row_style = attributes.get(_STYLE_ID, "")
        self._column = 0
        self._cells = []
        self._flaws = {}

    def _end_cell(self, attributes: dict[str, str], kind: str, text: str) -> None:
        if place := _place(attributes.get(_INDEX)):
            if place <= self._column:
                raise UnreadableFile(DAMAGED)
            self._column = place - 1
        shown, flaw = self._shown(attributes.get(_STYLE_ID) or self._row_style, kind, strip(text))
        if shown:
            if self._column >= MAX_COLUMNS:
                raise far_out(self._sheet.name, f"{column_name(self._column)}{self._row}")
            self._cells += [""] * (self._column - len(self._cells)) + [shown]
            if flaw:
                self._flaws[self._column] = flaw
        self._column += 1 + _place(attributes.get(_MERGED))

    def _shown(self, style: str, kind: str, text: str) -> tuple[str, str]:
        show = _SHOWN.get(kind)
        if show is not None:
            return show(text)
        return shown_number(text, self._shows.get(style)) if kind == "Number" and text else (text, "")

    def _end_row(self) -> None:
        if not self._cells:
            return
        if self._row > MAX_ROWS:
            raise too_big(f"has more than {MAX_ROWS:,} rows")
        flaws = {**(find_flaws(self._cells) or {}), **self._flaws} or None
        self.ready.append(Record(self._row, self._cells, "", flaws))


def _place(text: str | None) -> int:
    """A row or column, or a number of them; 0 where none is given. Raises UnreadableFile for what is no number."""
    if text is None:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise UnreadableFile(DAMAGED)
    return int(text)


def _date(text: str) -> tuple[str, str]:
    found = _MOMENT.fullmatch(text)
    if not found:
        return text, ""
    day, time = found["day"], found["time"]
    if not time or time == "00:00:00":
        return day, ""
    return (time if day in _NO_DAY else f"{day} {time}"), ""


def _boolean(text: str) -> tuple[str, str]:
    return {"1": "TRUE", "0": "FALSE"}.get(text, text), ""


def _error(text: str) -> tuple[str, str]:
    return text, error_sentence(text) if text else ""


_SHOWN: Final[dict[str, Callable[[str], tuple[str, str]]]] = {
    "DateTime": _date,
    "Boolean": _boolean,
    "Error": _error,
}
