"""XLSX files as records, streamed.

A workbook from outside has to be looked through before anything may load it: packed bombs, cells far out, document
types. This reader is that look and the reading in one: it parses each sheet with expat while it is unpacked and hands
out row after row. python-calamine, which the tests hold beside it, builds the sheet's whole rectangle in memory first:
1,500 MB for a million rows of 12 columns, where this needs what the text table needs. It also gives `""` for a
formula's error and `123` for a postcode shown as 00123; a person sees `#N/A` and `00123`.
"""

import re
from array import array
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate, islice
from pathlib import PurePosixPath
from typing import Final
from xml.parsers import expat

from imports.files.books import DAMAGED, Book, Sheet, column_name, far_out, too_big, too_long
from imports.files.cellformats import Show, format_of, shown_number
from imports.files.covered import MOST_SEARCHED, covering_cells, with_covered
from imports.files.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS, MAX_SHARED_TEXT, MIB, UnreadableFile
from imports.files.packages import Package, parse
from imports.files.records import Record, error_sentence, find_flaws, strip
from imports.files.usual import (
    CELL,
    CELL_STEP,
    ROW_START,
    ROW_TAIL,
    SHEET_OPENING,
    TEXTS_OPENING,
    leaving_usual,
    resolved,
    split_texts,
)

MAX_CELLS_IN_ROW: Final = 16_384  # the width of a spreadsheet

FIRST_TEXTS: Final = 500_000  # texts kept as strings, 50 bytes each beside their letters
FIRST_BYTES: Final = 16 * MIB  # of packed texts, after which no more are kept as strings

WIDEST: Final = MAX_COLUMNS * CELL_STEP  # pieces of a row in the usual shape
MAX_TAILS: Final = 1_000  # different shapes of rows that are remembered
MAX_STYLES: Final = (
    65_536  # cell styles, number formats, sheets and relations; a spreadsheet allows 64,000 styles
)
MAX_DEPTH: Final = 64  # nested tags; a sheet has six

_EXTENSION = "http://schemas.microsoft.com/"  # namespaces of additions that repeat the names of the standard


class Workbook(Book):
    """An XLSX file."""

    kind = "xlsx"

    def __init__(self, package: Package) -> None:
        self._package = package
        self._refuse_foreign()
        self._main = self._main_part()
        self._targets = self._relations(self._main)
        self.sheets = []
        self.starts_1904 = False
        self._read_main()
        self.require_sheets()

    # --- The package

    def _refuse_foreign(self) -> None:
        """Says what a ZIP file is that is no XLSX workbook."""
        names = self._package.names
        if "xl/workbook.bin" in names:
            kind, action = "a binary workbook (XLSB)", "Save it as XLSX or CSV"
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

    def _elements(self, name: str) -> Iterator[tuple[str, dict[str, str]]]:
        """The start tags of a small part: local name and attributes, both without namespaces (`id` is the `r:id`)."""
        found: list[tuple[str, dict[str, str]]] = []
        count = depth = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal count, depth
            count += 1
            depth += 1
            if count > 10 * MAX_STYLES or depth > MAX_DEPTH:
                raise UnreadableFile(DAMAGED)
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
        for _ in parse(parser, self._package.blocks(name)):
            yield from found
            found.clear()

    def _main_part(self) -> str:
        targets = self._relations("")
        for target, kind in targets.values():
            if kind == "officeDocument":
                return target
        if "xl/workbook.xml" in self._package:
            return "xl/workbook.xml"
        raise UnreadableFile(
            "This file is a ZIP archive, not a list. Unpack it, upload the CSV or XLSX file inside."
        )

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relation id to the part it names and its kind (`worksheet` …); links to the outside are left out."""
        path = PurePosixPath(part)
        name = str(path.parent / "_rels" / f"{path.name}.rels") if part else "_rels/.rels"
        if name not in self._package:
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
                if kind == "worksheet" and part in self._package:
                    is_hidden = attributes.get("state", "visible") != "visible"
                    self.sheets.append(Sheet(attributes.get("name", ""), part, is_hidden))

    def _target_of(self, kind: str) -> str:
        return next((part for part, found in self._targets.values() if found == kind), "")

    # --- Values

    @cached_property
    def _texts(self) -> "_TextTable":
        part = self._target_of("sharedStrings")
        if not part or part not in self._package:
            return _TextTable(iter(()))
        if self._package.size(part) > MAX_SHARED_TEXT:
            raise too_big(f"holds more than {MAX_SHARED_TEXT // MIB} MB of text")
        return _TextTable(self._package.blocks(part))

    @cached_property
    def _formats(self) -> list[Show | None]:
        """For each cell style the function that shows a number as a person sees it, None for a plain number."""
        part = self._target_of("styles")
        if not part or part not in self._package:
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
            raise UnreadableFile(DAMAGED)
        return [format_of(number, codes.get(number, ""), starts_1904=self.starts_1904) for number in styles]

    # --- Rows

    def records(self, sheet: Sheet) -> Iterator[Record]:
        records = self._records(sheet)
        if sheet.part in self._package and self._package.size(sheet.part) <= MOST_SEARCHED:
            covering = covering_cells(b"".join(self._package.blocks(sheet.part)))
            return with_covered(records, covering) if covering else records
        return records

    def _records(self, sheet: Sheet) -> Iterator[Record]:
        reader = _SheetReader(self, sheet)
        for _ in parse(reader.parser, reader.left_for_parser(self._package.blocks(sheet.part))):
            yield from reader.ready
            reader.ready.clear()

    def count_rows(self, sheet: Sheet) -> int:
        """About how many rows the sheet has (blank formatted ones count), without parsing it: 500 MB take 2 s.

        Also finds a value in a cell far out, so that a list is refused before it is loaded.
        """
        count = 0
        tail = b""
        for block in self._package.blocks(sheet.part):
            text = tail + block
            if far := _FAR_VALUE.search(text):
                raise far_out(sheet.name, far["cell"].decode())
            count += text.count(b"<row ") + text.count(b"<row>") + text.count(b":row ")
            tail = text[-200:]
            count -= tail.count(b"<row ") + tail.count(b"<row>") + tail.count(b":row ")
        return count + tail.count(b"<row ") + tail.count(b"<row>") + tail.count(b":row ")


# A cell right of column SF (the 500th) that has a value, in the form in which nearly all programs write it.
_FAR_VALUE = re.compile(rb'<c r="(?P<cell>(?:[A-Z]{3}|[T-Z][A-Z]|S[G-Z])\d{1,7})"[^<>/]*><(?:v|is|f)[ >]')


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
        self._steps = parse(parser, left)

    def reach(self, index: int) -> None:
        """Parse on until the text with that index is there. Raises UnreadableFile if there is none."""
        while index + 1 >= len(self.ends):
            if next(self._steps, self) is self:
                raise UnreadableFile(DAMAGED)

    def text(self, index: int) -> str:
        """The text with that index. Raises UnreadableFile if there is none."""
        if index < len(self.first):
            return self.first[index]
        if index + 1 >= len(self.ends):
            self.reach(index)
        return self.packed[self.ends[index] : self.ends[index + 1]].decode()

    def _keep_first(self, texts: list[str]) -> None:
        """Keep the next texts as strings too, unless some were left out already or there is no room."""
        first = self.first
        room = FIRST_TEXTS - len(first)
        if len(first) == len(self.ends) - 1 and room > 0 and len(self.packed) < FIRST_BYTES:
            first += texts[:room]

    def _read_usual(self, items: str, is_odd: bool) -> bool:
        texts = split_texts(items)
        if texts is None or (len(items) > MAX_CELL and max(map(len, texts)) > MAX_CELL):
            return False
        self.may_be_spoilt = self.may_be_spoilt or _may_be_spoilt(items)
        if is_odd:
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
                raise UnreadableFile(DAMAGED)

        def characters(piece: str) -> None:
            nonlocal size
            if is_text:
                size += len(piece)
                if size > MAX_CELL * 2:  # escaped signs take up to seven characters
                    raise too_long("A text of this workbook")
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


_ESCAPED_SIGN = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _shown_text(text: str) -> str:
    """The text with `_x000D_` and its like resolved, stripped."""
    if "_x" in text:
        text = _ESCAPED_SIGN.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.replace("\0", "")
    return strip(text)


class _Unusual(Exception):
    """There is more to a cell than its text."""


def _spread(cells: list[str], columns: list[int]) -> list[str]:
    """The cells at their places, blanks between them."""
    spread = [""] * (max(columns[: len(cells)]) + 1)
    for column, shown in zip(columns, cells, strict=False):
        if shown:
            spread[column] = shown
    return spread


class _SheetReader:
    """Turns the parser's events of one sheet into records."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self.ready: list[Record] = []
        self._texts = workbook._texts
        self._formats = {str(index): show for index, show in enumerate(workbook._formats) if show}
        self._sheet = sheet.name
        self._columns: dict[str, int] = {}
        self._kinds: dict[str, tuple[str, Show | None]] = {}  # by the attributes of a cell
        self._plain: set[str] = set()  # attributes of cells that hold a plain number
        self._shared: set[str] = set()  # and of those that hold the index of a text
        self._places_of: dict[str, tuple[list[int], bool]] = {}
        self._tails: set[str] = set()  # of the tags that begin a row
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
                    raise too_big(f"has more than {MAX_ROWS:,} rows")
                if not 1 <= self._row <= MAX_ROWS:
                    raise UnreadableFile(DAMAGED)
                cells = []
                flaws = {}
                column = -1
                count = 0
            elif tag == aid_tag:
                phonetic += 1
            elif tag == "sheetData":
                self._is_in_rows = depth == 1
            if depth > MAX_DEPTH or count > MAX_CELLS_IN_ROW:
                raise UnreadableFile(DAMAGED)

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

    def _read_usual(self, rows: str, is_odd: bool) -> bool:
        """Make the rows ready, or none of them: what is unusual or wrong with one is the parser's to say."""
        found: list[Record] = []
        is_odd = is_odd or _may_be_spoilt(rows)
        split, tails, places = CELL.split, self._tails, self._places_of
        plain, shared, texts, other = self._plain, self._shared, self._texts.first, self._other_cell
        number = self._row
        pieces = rows.split("</row>")
        pieces.pop()
        if self._rows + len(pieces) > MAX_ROWS:
            return False
        for piece in pieces:
            parts = split(piece)
            start = parts[0]
            head, _, tail = start[len(ROW_START) :].partition('"')
            if any(parts[CELL_STEP::CELL_STEP]) or not (head.isdecimal() and head.isascii()):
                return False
            if tail not in tails:
                if not ROW_TAIL.fullmatch(f'"{tail}'):
                    return False
                if len(tails) < MAX_TAILS:
                    tails.add(tail)
            number = int(head)
            if not (1 <= number <= MAX_ROWS and start.startswith(ROW_START)) or len(parts) > WIDEST:
                return False
            letters = ",".join(parts[1::CELL_STEP])
            columns, is_straight = places.get(letters) or self._places(letters)
            flaws = None
            try:
                if is_odd or self._texts.may_be_spoilt:
                    raise _Unusual
                cells = [
                    text.strip()
                    if text is not None
                    else texts[int(value)]
                    if attributes in shared and value and value.isdecimal()
                    else value
                    if attributes in plain and value and value.isdecimal() and len(value) <= 15
                    else other(attributes, value)
                    for attributes, text, value in zip(
                        parts[2::CELL_STEP], parts[3::CELL_STEP], parts[4::CELL_STEP], strict=True
                    )
                ]
            except (IndexError, _Unusual):
                told = self._told_cells(columns, parts)
                if told is None:
                    return False
                cells, flaws = told
            while cells and not cells[-1]:
                cells.pop()
            if not cells:
                continue
            if not is_straight:
                cells = _spread(cells, columns)
                if len(cells) > MAX_COLUMNS:
                    return False
            if len(piece) > MAX_CELL and max(map(len, cells)) > MAX_CELL:
                return False
            if is_odd or self._texts.may_be_spoilt:
                flaws = (_spoilt_texts(cells) or {}) | (flaws or {})
            found.append(Record(number, cells, "", flaws or None))
        self._row = number
        self._rows += len(pieces)
        self.ready += found
        return True

    def _places(self, letters: str) -> tuple[list[int], bool]:
        """The columns of a row's cells, and whether they are simply the first ones."""
        columns = [
            self._columns[name] if name in self._columns else self._new_column(name)
            for name in letters.split(",")
            if name
        ]
        found = columns, columns == list(range(len(columns)))
        if len(self._places_of) < MAX_TAILS:
            self._places_of[letters] = found
        return found

    def _other_cell(self, attributes: str, value: str | None) -> str:
        """A cell that is no text and no whole number. Raises _Unusual where there is something to tell of it."""
        if not value:
            return ""
        kind, show = self._kinds.get(attributes) or self._kind(attributes)
        if kind == "s":
            raise _Unusual  # the text may not have been read yet
        shown, flaw = self._shown(value, kind, show)
        if flaw:
            raise _Unusual
        return shown

    def _told_cells(self, columns: list[int], parts: list[str]) -> tuple[list[str], dict[int, str]] | None:
        """The cells that `CELL.split` has taken apart and what is wrong with them; None for a sign XML forbids."""
        texts = self._texts
        cells: list[str] = []
        flaws: dict[int, str] = {}
        for column, attributes, text, value in zip(
            columns, parts[2::CELL_STEP], parts[3::CELL_STEP], parts[4::CELL_STEP], strict=True
        ):
            raw = value or text
            if not raw:
                cells.append("")
                continue
            kind, show = self._kinds.get(attributes) or self._kind(attributes)
            if kind == "s":
                cells.append(texts.text(_index(raw)))
                continue
            try:
                raw = resolved(raw) if "&" in raw else raw
            except ValueError:
                return None
            shown, flaw = self._shown(raw, kind, show)
            if flaw:
                flaws[column] = flaw
            cells.append(shown)
        return cells, flaws

    def _kind(self, attributes: str) -> tuple[str, Show | None]:
        """Type and format of cells with these attributes."""
        named = dict(part.split("=") for part in attributes.replace('"', "").split())
        kind = named.get("t", "n")
        found = kind, self._formats.get(named.get("s", ""))
        self._kinds[attributes] = found
        if kind == "s":
            self._shared.add(attributes)
        elif kind == "n" and found[1] is None:
            self._plain.add(attributes)
        return found

    def _new_column(self, letters: str) -> int:
        index = 0
        for letter in letters:
            if not "A" <= letter <= "Z":
                raise UnreadableFile(DAMAGED)
            index = index * 26 + ord(letter) - 64
            if index > MAX_CELLS_IN_ROW:
                raise UnreadableFile(DAMAGED)
        if not index:
            raise UnreadableFile(DAMAGED)
        self._columns[letters] = index - 1
        return index - 1

    def _too_long(self, row: int) -> UnreadableFile:
        return too_long(f"A cell in row {row} of sheet “{self._sheet}”")

    def _put(self, shown: str, cells: list[str], *, row: int, column: int) -> None:
        """A cell that does not simply come next."""
        if len(shown) > MAX_CELL:
            raise self._too_long(row)
        if column >= MAX_COLUMNS:
            raise far_out(self._sheet, f"{column_name(column)}{row}")
        if column >= len(cells):
            cells.extend([""] * (column - len(cells) + 1))
        cells[column] = shown

    def _shown(self, raw: str, kind: str, show: Show | None) -> tuple[str, str]:
        """A cell's text as a person sees it, and what is wrong with it."""
        if kind == "n":
            return shown_number(raw, show)
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
    return "#" in text or ("+" in text and "E+" in text)


def _index(raw: str) -> int:
    try:
        index = int(raw)
    except ValueError:
        index = -1
    if index < 0:
        raise UnreadableFile(DAMAGED)
    return index
