"""Web pages as workbooks, streamed: many programs export a report as an HTML table and call the file .xls.

Each table of the page is a sheet. The tags that matter are few, and one regular expression takes them apart with what
stands between them; the standard library's parser, written in Python, takes several times as long and looks at some
unclosed tags anew with every letter. Tests hold both beside each other.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import BinaryIO, Final

from imports.files.books import Book, Sheet, column_name, far_out, too_big, too_long
from imports.files.cellformats import shown_number
from imports.files.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS, UnreadableFile
from imports.files.markup import find_markup_encoding, markup_blocks
from imports.files.records import MANGLED_NUMBER, Record, find_flaws, strip

MAX_CELLS: Final = (
    2_500_000  # rows and cells written in the page; 150,000 rows of 15 columns, some seconds of reading
)
MAX_TABLES: Final = 1_000  # with content; a page of a thousand small tables is no list
MAX_DEPTH: Final = 32  # tables in tables; a page that is laid out by tables has a handful
MAX_TAG: Final = 256 * 1024  # characters of one tag; a style of a cell has some hundreds
MAX_SPAN: Final = 1_000  # columns that one cell may cover, as in browsers
MAX_RAW: Final = 8 * MAX_CELL  # characters of a cell as written; a letter as `&#8217;` has seven

DAMAGED: Final = (
    "This web page is damaged or cut off. Export the list again, or open the page in a spreadsheet, "
    "save it as XLSX and upload that."
)
NO_TABLE: Final = (
    "This file is a web page without a table, even if its name says otherwise; a session that has ended often is "
    "exported so. Export the list again, as CSV or XLSX."
)

# Text, then a comment, an end tag, a start tag with its attributes, or another declaration. Nothing here can be read in
# two ways, so nothing is tried twice.
_TOKEN: Final = re.compile(
    r"(?P<text>[^<]++)"
    r"|<!---?>"
    r"|<!--(?P<comment>)"
    r"|</(?P<end>[a-zA-Z][^\s/>]*+)[^>]*+>"
    r"|<(?P<start>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:[^>=]++|=\s*+(?>\"[^\"]*+\"|'[^']*+'|))*+)>"
    r"|<[!?/][^>]*+>"
    r"|<(?![a-zA-Z!?/])"
)
_ATTRIBUTE: Final = re.compile(
    r"(?P<name>[^\s\"'>/=]++)(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s>]*+)))?"
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_ENTITY_CUT: Final = re.compile(r"&[#\w]{0,32}\Z")
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")

# Elements whose content is no text of the page.
_UNREAD: Final = frozenset(
    {
        "script",
        "style",
        "title",
        "textarea",
        "xml",
        "noscript",
        "template",
        "select",
        "svg",
        "iframe",
        "object",
    }
)
_BREAKS: Final = frozenset({"br", "p", "div", "li"})
_NUMBER_ATTRIBUTES: Final = ("x:num", "data-num")  # what a spreadsheet keeps behind the number that it shows

_TABLE, _ROW, _PARTS = "table", "tr", frozenset({"thead", "tbody", "tfoot"})
_CELLS: Final = frozenset({"td", "th"})


class WebPage(Book):
    """A web page; its sheets are the tables with content."""

    kind = "html"

    def __init__(self, file: BinaryIO, *, encoding: str = "") -> None:
        self._file = file
        self.encoding = find_markup_encoding(file, chosen=encoding)
        self.sheets = []
        self._counts: dict[str, int] = {}
        self._survey()
        if not self.sheets:
            raise UnreadableFile(NO_TABLE)

    def count_rows(self, sheet: Sheet) -> int:
        return self._counts[sheet.part]

    def records(self, sheet: Sheet) -> Iterator[Record]:
        """The rows of the table that have content, counted as they stand in it."""
        reader = _TableReader(sheet)
        for _ in self._walk(reader):
            yield from reader.ready
            reader.ready.clear()
            if reader.is_over:
                return
        reader.finish()
        yield from reader.ready

    def _survey(self) -> None:
        survey = _Survey()
        for _ in self._walk(survey):
            pass
        for number, count in enumerate(survey.counts):
            if count:
                name = f"Table {len(self.sheets) + 1}"
                self.sheets.append(Sheet(name, str(number), is_hidden=number in survey.hidden))
                self._counts[str(number)] = count
        if len(self.sheets) > MAX_TABLES:
            raise too_big(f"has more than {MAX_TABLES:,} tables")

    def _walk(self, reader: "_Survey | _TableReader") -> Iterator[None]:
        """Gives the page to the reader, and stops after each block of it."""
        held = unread = ""
        for block in markup_blocks(self._file, codec=self.encoding.codec):
            held, unread = _read_markup(held + block, reader, unread)
            if len(held) > MAX_TAG and not unread:
                raise UnreadableFile(DAMAGED)
            yield
        if unread and reader.is_in_table:  # a comment that nothing closes would swallow the rows behind it
            raise UnreadableFile(DAMAGED)
        if held and not unread and "<" not in held:
            reader.text(held)


def _read_markup(text: str, reader: "_Survey | _TableReader", unread: str) -> tuple[str, str]:
    """Gives tags and text to the reader; returns what is cut by the end, and the end of what is not read."""
    at, length = 0, len(text)
    match = _TOKEN.match
    while at < length:
        if unread:
            at, unread = _end_of_unread(text, at, unread)
            if unread:
                return text[at:], unread
            continue
        found = match(text, at)
        if found is None:  # a tag whose end is in the next block
            return text[at:], ""
        kind = found.lastgroup
        if kind == "text":
            if found.end() == length and (cut := _ENTITY_CUT.search(text, max(at, length - 40))):
                if cut.start() > at:
                    reader.text(text[at : cut.start()])
                return text[cut.start() :], ""
            reader.text(found[0])
        elif kind == "attributes":
            tag = found["start"].lower()
            if tag in _UNREAD and not found["attributes"].endswith("/"):
                unread = f"</{tag}"
            else:
                reader.start(tag, found["attributes"])
        elif kind == "end":
            reader.end(found["end"].lower())
        elif kind == "comment":
            unread = "-->"
        elif found[0] == "<":
            if found.end() == length:
                return "<", ""
            reader.text("&lt;")
        at = found.end()
    return "", unread


def _end_of_unread(text: str, at: int, unread: str) -> tuple[int, str]:
    """Where the text is read again: behind a comment, at the end tag of a script; if that is not here, what to keep."""
    if unread == "-->":
        end = text.find(unread, at)
        if end >= 0:
            return end + len(unread), ""
    else:
        found = re.compile(re.escape(unread) + r"(?![\w-])", re.IGNORECASE).search(text, at)
        if found and found.end() < len(text):
            return found.start(), ""
    return max(at, len(text) - len(unread)), unread


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = match["double"] or match["single"] or match["bare"] or ""
        found.setdefault(match["name"].lower(), unescape(value) if "&" in value else value)
    return found


class _Survey:
    """Counts the rows with content of each table, and refuses a page of more than can be read."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self.hidden: set[int] = set()
        self._open: list[int] = []
        self._has_content: list[bool] = []
        self._cells = 0

    @property
    def is_in_table(self) -> bool:
        return bool(self._open)

    def start(self, tag: str, attributes: str) -> None:
        if tag in _CELLS or tag == _ROW:
            self._cells += 1
            if self._cells > MAX_CELLS:
                raise too_big(f"has more than {MAX_CELLS:,} cells")
            if tag == _ROW and self._open:
                self._end_row()
        elif tag == _TABLE:
            if len(self._open) >= MAX_DEPTH:
                raise UnreadableFile(DAMAGED)
            if attributes and _HIDDEN.search(attributes):
                self.hidden.add(len(self.counts))
            self._open.append(len(self.counts))
            self._has_content.append(False)
            self.counts.append(0)
            if len(self.counts) > MAX_TABLES * MAX_DEPTH:
                raise too_big(f"has more than {MAX_TABLES * MAX_DEPTH:,} tables")

    def end(self, tag: str) -> None:
        if tag == _TABLE and self._open:
            self._end_row()
            self._open.pop()
            self._has_content.pop()
        elif tag == _ROW and self._open:
            self._end_row()

    def text(self, piece: str) -> None:
        if self._open and not self._has_content[-1] and not piece.isspace() and strip(unescape(piece)):
            self._has_content[-1] = True
            self.counts[self._open[-1]] += 1

    def _end_row(self) -> None:
        self._has_content[-1] = False


class _TableReader:
    """Turns the tags of one table into records."""

    def __init__(self, sheet: Sheet) -> None:
        self.ready: list[Record] = []
        self.is_over = False
        self._sheet = sheet
        self._wanted = int(sheet.part)
        self._tables = 0  # begun so far
        self._open: list[int] = []
        self._is_mine = False  # whether the innermost open table is the wanted one
        self._row = 0
        self._is_row = False
        self._column = 0
        self._cells: list[str] = []
        self._flaws: dict[int, str] = {}
        self._below: dict[
            int, tuple[int, str]
        ] = {}  # column: for how many more rows a cell covers it, and its text
        self._cell = ""  # the attributes of the cell at hand
        self._is_cell = False
        self._pieces: list[str] = []
        self._size = 0

    @property
    def is_in_table(self) -> bool:
        return bool(self._open)

    def start(self, tag: str, attributes: str) -> None:
        if tag == _TABLE:
            self._open.append(self._tables)
            self._is_mine = self._tables == self._wanted
            self._tables += 1
        elif not self._is_mine:
            return
        elif tag in _CELLS:
            self._end_cell()
            if not self._is_row:
                self._begin_row()
            self._is_cell = True
            self._cell = attributes
            self._pieces = []
            self._size = 0
        elif tag == _ROW or tag in _PARTS:
            self._end_row()
            if tag == _ROW:
                self._begin_row()
        elif self._is_cell and tag in _BREAKS:
            self._pieces.append("\n")

    def end(self, tag: str) -> None:
        if tag == _TABLE:
            if self._is_mine:
                self._end_row()
                self.is_over = True
            if self._open:
                self._open.pop()
            self._is_mine = bool(self._open) and self._open[-1] == self._wanted
        elif not self._is_mine:
            return
        elif tag in _CELLS:
            self._end_cell()
        elif tag == _ROW or tag in _PARTS:
            self._end_row()
        elif self._is_cell and tag in _BREAKS:
            self._pieces.append("\n")

    def text(self, piece: str) -> None:
        if not self._is_cell or not self._is_mine:
            return
        self._size += len(piece)
        if self._size > MAX_RAW:
            raise too_long(f"A cell in row {self._row} of “{self._sheet.name}”")
        self._pieces.append(_BLANKS.sub(" ", piece))

    def finish(self) -> None:
        """The page is over, though the table was not: a row that is open may have lost its end."""
        if not self._is_row:
            return
        self._end_row(problem="The file ends inside this row. Export the list again.")

    def _begin_row(self) -> None:
        self._is_row = True
        self._row += 1
        self._column = 0
        self._cells = []
        self._flaws = {}

    def _end_row(self, *, problem: str = "") -> None:
        self._end_cell()
        if not self._is_row:
            return
        self._is_row = False
        while self._below and self._column <= max(self._below):
            self._skip_covered()
            self._column += 1
        if not self._cells:
            return
        if self._row > MAX_ROWS:
            raise too_big(f"has more than {MAX_ROWS:,} rows")
        flaws = {**(find_flaws(self._cells) or {}), **self._flaws} or None
        self.ready.append(Record(self._row, self._cells, problem, flaws))

    def _end_cell(self) -> None:
        if not self._is_cell:
            return
        self._is_cell = False
        text = _shown("".join(self._pieces))
        attributes = _attributes(self._cell) if self._cell else {}
        flaw = ""
        if attributes and MANGLED_NUMBER.fullmatch(text):
            raw = next((attributes[name] for name in _NUMBER_ATTRIBUTES if attributes.get(name)), "")
            text, flaw = shown_number(raw, None) if raw else (text, "")
        self._skip_covered()
        columns = _span(attributes.get("colspan"), most=MAX_SPAN)
        rows = _span(attributes.get("rowspan"), most=MAX_ROWS)
        self._put(text, flaw)
        if rows > 1:
            for column in range(self._column, min(self._column + columns, MAX_COLUMNS)):
                self._below[column] = rows - 1, text if column == self._column else ""
        self._column += columns

    def _skip_covered(self) -> None:
        """Go on to the next column that no cell from above covers; what covers a row holds for it too."""
        while covered := self._below.get(self._column):
            rows, text = covered
            self._put(text, "")
            if rows > 1:
                self._below[self._column] = rows - 1, text
            else:
                del self._below[self._column]
            self._column += 1

    def _put(self, text: str, flaw: str) -> None:
        if not text:
            return
        if len(text) > MAX_CELL:
            raise too_long(f"A cell in row {self._row} of “{self._sheet.name}”")
        if self._column >= MAX_COLUMNS:
            raise far_out(self._sheet.name, f"{column_name(self._column)}{self._row}")
        self._cells += [""] * (self._column - len(self._cells)) + [text]
        if flaw:
            self._flaws[self._column] = flaw


def _shown(raw: str) -> str:
    """The text of a cell as a browser shows it."""
    text = unescape(raw) if "&" in raw else raw
    if "\n" in text:
        lines = [strip(line) for line in text.split("\n")]
        return "\n".join(line for line in lines if line)
    return strip(text.replace("  ", " "))


def _span(text: str | None, *, most: int) -> int:
    if not text:
        return 1
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal()):
        return 1
    return max(1, min(int(digits[:9]), most))
