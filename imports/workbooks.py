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

from imports.cellformats import Show, format_of, shown_number
from imports.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS, MAX_SHARED_TEXT, MIB, UnreadableFile
from imports.packages import (
    DAMAGED,
    Package,
    Sheet,
    column_name,
    far_out,
    parse,
    sheet_named,
    too_big,
    too_long,
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

MAX_CELLS_IN_ROW: Final = 16_384  # the width of a spreadsheet

FIRST_TEXTS: Final = 500_000  # texts kept as strings, 50 bytes each beside their letters
FIRST_BYTES: Final = 16 * MIB  # of packed texts, after which no more are kept as strings

MAX_STYLES: Final = (
    65_536  # cell styles, number formats, sheets and relations; a spreadsheet allows 64,000 styles
)
MAX_DEPTH: Final = 64  # nested tags; a sheet has six

_EXTENSION = "http://schemas.microsoft.com/"  # namespaces of additions that repeat the names of the standard


class Workbook:
    """An XLSX file that was looked through: its sheets, and their rows as a person sees them.

    Raises UnreadableFile, on opening or while reading, for whatever is no honest workbook.
    """

    kind = "xlsx"

    def __init__(self, package: Package) -> None:
        self._package = package
        self._refuse_foreign()
        self._main = self._main_part()
        self._targets = self._relations(self._main)
        self.sheets: list[Sheet] = []
        self.starts_1904 = False
        self._read_main()
        if not self.sheets:
            raise UnreadableFile(
                "This workbook has no sheet with cells. Save the list as a sheet and upload it again."
            )

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

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name. Raises UnreadableFile with the names there are."""
        return sheet_named(name, self.sheets)

    def records(self, sheet: Sheet) -> Iterator[Record]:
        """The rows of the sheet that have content, with the numbers that the spreadsheet shows."""
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
        self._kinds: dict[str, tuple[str, Show | None]] = {}  # by the attributes of a cell
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

    def _kind(self, attributes: str) -> tuple[str, Show | None]:
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
    return "#" in text or "E+" in text


def _index(raw: str) -> int:
    try:
        index = int(raw)
    except ValueError:
        index = -1
    if index < 0:
        raise UnreadableFile(DAMAGED)
    return index
