"""XLS files (Excel 5 to 2003) as records, streamed.

A sheet is a run of small binary records in the order of its rows, so it can be read like any stream. Libraries that
read XLS make the whole rectangle up to the last cell first, which one cell in IV65536 turns into half a gigabyte; and
they drop the errors of formulas and the zeros of a postcode, as for XLSX.
"""

import codecs
import struct
from array import array
from collections.abc import Iterator, Sequence
from io import SEEK_END
from typing import BinaryIO, Final

from imports.files.books import DAMAGED, PROTECTED, Book, Sheet, column_name, far_out, too_big, too_long
from imports.files.cellformats import Show, format_of, shown_number
from imports.files.compound import CompoundFile
from imports.files.limits import MAX_CELL, MAX_COLUMNS, UnreadableFile
from imports.files.records import Record, error_sentence, find_flaws, strip

STREAMS: Final = ("Workbook", "Book")  # since Excel 97, before
MAX_TEXTS: Final = 2_000_000  # different texts of a workbook; a full sheet of 30 columns has as many
MAX_CELLS: Final = 2_500_000  # of a sheet; 65,536 rows of 38 columns, some seconds of reading
MAX_STYLES: Final = 65_536

_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
# The records that are looked at.
_FORMULA, _EOF, _CONTINUE = 0x0006, 0x000A, 0x003C
_DATE_MODE, _FILE_PASS, _CODE_PAGE, _SHEET = 0x0022, 0x002F, 0x0042, 0x0085
_MULTIPLE_RK, _RICH_LABEL, _STYLE, _TEXTS, _SHARED_LABEL = 0x00BD, 0x00D6, 0x00E0, 0x00FC, 0x00FD
_NUMBER, _LABEL, _BOOLEAN, _STRING, _RK, _FORMAT, _BEGIN = (
    0x0203,
    0x0204,
    0x0205,
    0x0207,
    0x027E,
    0x041E,
    0x0809,
)
_VERSION_8 = 0x0600
_WORKSHEET = 0x0010
_OLD_BEGINS = {0x0009, 0x0209, 0x0409}  # of Excel 2 to 4


class OldWorkbook(Book):
    """An XLS file."""

    kind = "xls"

    def __init__(self, file: BinaryIO) -> None:
        container = CompoundFile(file)
        name = next((name for name in STREAMS if name in container.names), "")
        if not name:
            raise UnreadableFile(DAMAGED)
        self._stream = container.open(name)
        self.sheets = []
        self.starts_1904 = False
        self._is_8 = True
        self._codec = "cp1252"
        self._texts = _Texts()
        self._codes: dict[int, str] = {}
        self._counted: set[Sheet] = set()
        styles: list[int] = []
        try:
            self._read_globals(styles)
        except (struct.error, IndexError):
            raise UnreadableFile(DAMAGED) from None
        self.require_sheets()
        self._shows: list[Show | None] = [
            format_of(number, self._codes.get(number, ""), starts_1904=self.starts_1904) for number in styles
        ]

    def count_rows(self, sheet: Sheet) -> int:
        return sum(1 for _ in self.records(sheet))

    def records(self, sheet: Sheet) -> Iterator[Record]:
        number = 0
        cells: list[str] = []
        flaws: dict[int, str] = {}
        try:
            self._require_few_cells(sheet)
            for row, column, shown, flaw in self._cells(sheet):
                if row != number:
                    if cells:
                        yield _record(number, cells, flaws)
                    if row < number:
                        raise UnreadableFile(
                            f"The rows of sheet “{sheet.name}” are not in their order. Save the sheet as XLSX or CSV "
                            "and upload it again."
                        )
                    number, cells, flaws = row, [], {}
                if not shown:
                    continue
                if len(shown) > MAX_CELL:
                    raise too_long(f"A cell in row {row} of sheet “{sheet.name}”")
                if column >= MAX_COLUMNS:
                    raise far_out(sheet.name, f"{column_name(column)}{row}")
                if column >= len(cells):
                    cells.extend([""] * (column - len(cells) + 1))
                cells[column] = shown
                if flaw:
                    flaws[column] = flaw
        except (struct.error, IndexError):
            raise UnreadableFile(DAMAGED) from None
        if cells:
            yield _record(number, cells, flaws)

    # --- The workbook

    def _pieces(self, at: int) -> Iterator[tuple[int, bytes]]:
        """The records from a place on: what each is, and its content."""
        self._stream.seek(at)
        read = self._stream.read
        while len(head := read(4)) == 4:
            kind, length = struct.unpack("<HH", head)
            content = read(length)
            if len(content) < length:
                raise UnreadableFile(DAMAGED)
            yield kind, content

    def _read_globals(self, styles: list[int]) -> None:
        pieces = self._pieces(0)
        kind, content = next(pieces, (0, b""))
        if kind in _OLD_BEGINS:
            raise UnreadableFile(
                "This workbook is of Excel 4 or older. Open it in a spreadsheet, save it as XLSX or CSV and upload "
                "it again."
            )
        if kind != _BEGIN:
            raise UnreadableFile(DAMAGED)
        self._is_8 = struct.unpack_from("<H", content)[0] >= _VERSION_8
        for kind, content in pieces:
            if kind == _FILE_PASS:
                raise UnreadableFile(PROTECTED)
            if kind == _CONTINUE and self._texts.is_open:
                self._texts.add(content)
            elif kind == _TEXTS:
                self._texts.add(content[8:])
            elif kind == _SHEET and content[5] == 0:
                name = self._text(content[6:], wide_length=False)
                start, state = struct.unpack_from("<LB", content)
                self.sheets.append(Sheet(name, str(start), is_hidden=state & 3 != 0))
            elif kind == _STYLE:
                styles.append(struct.unpack_from("<H", content, 2)[0])
            elif kind == _FORMAT:
                number = struct.unpack_from("<H", content)[0]
                self._codes[number] = self._text(content[2:], wide_length=self._is_8)
            elif kind == _DATE_MODE:
                self.starts_1904 = content[:2] == b"\x01\0"
            elif kind == _CODE_PAGE:
                self._codec = _codec(struct.unpack_from("<H", content)[0])
            elif kind == _EOF:
                break
            if kind not in {_TEXTS, _CONTINUE}:
                self._texts.close()
            if max(len(styles), len(self._codes), len(self.sheets)) > MAX_STYLES:
                raise UnreadableFile(DAMAGED)
        self._texts.close()

    def _text(self, content: bytes, *, wide_length: bool = True) -> str:
        """A text with its length before it."""
        head = 2 if wide_length else 1
        length = int.from_bytes(content[:head], "little")
        if not self._is_8:
            return content[head : head + length].decode(self._codec, "replace")
        flags = content[head]
        at = head + 1 + (2 if flags & 8 else 0) + (4 if flags & 4 else 0)
        if flags & 1:
            return content[at : at + 2 * length].decode("utf-16-le", "replace")
        return content[at : at + length].decode("latin-1")

    # --- Cells

    def _require_few_cells(self, sheet: Sheet) -> None:
        """Count the cells by the heads of their records, at a third of what showing them costs."""
        if sheet in self._counted or self._stream.seek(0, SEEK_END) <= MAX_CELLS * _SMALLEST_CELL:
            return
        depth = count = 0
        for kind, content in self._pieces(int(sheet.part)):
            if kind in _CELLS:
                count += len(content) // _SMALLEST_CELL if kind == _MULTIPLE_RK else 1
                if count > MAX_CELLS:
                    raise too_big(f"has more than {MAX_CELLS:,} cells")
            elif kind == _BEGIN:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    break
        self._counted.add(sheet)

    def _cells(self, sheet: Sheet) -> Iterator[tuple[int, int, str, str]]:
        """Row (from 1), column (from 0), text and flaw of each cell, in the order of the file."""
        depth = 0
        formula: tuple[int, int] | None = None  # where the text of the formula at hand goes
        for kind, content in self._pieces(int(sheet.part)):
            if kind == _BEGIN:
                depth += 1  # a chart stands inside its sheet
                if depth == 1 and struct.unpack_from("<H", content, 2)[0] != _WORKSHEET:
                    return
            elif depth == 0:
                raise UnreadableFile(DAMAGED)
            elif kind == _EOF:
                depth -= 1
                if not depth:
                    return
            if depth > 1:
                continue
            if kind == _STRING and formula:
                yield *formula, strip(self._text(content)), ""
                formula = None
                continue
            if kind not in _CELLS:
                continue
            row, column, style = struct.unpack_from("<HHH", content)
            row += 1
            if kind == _MULTIPLE_RK:
                run = content[4 : len(content) // 6 * 6 - 2]
                for place, (style, packed) in enumerate(struct.iter_unpack("<HL", run), start=column):
                    text, flaw = self._shown(_rk(packed), style)
                    yield row, place, text, flaw
            elif kind == _SHARED_LABEL:
                yield row, column, self._texts.text(struct.unpack_from("<L", content, 6)[0]), ""
            elif kind in {_LABEL, _RICH_LABEL}:
                yield row, column, strip(self._text(content[6:])), ""
            elif kind == _NUMBER:
                yield row, column, *self._shown(struct.unpack_from("<d", content, 6)[0], style)
            elif kind == _RK:
                yield row, column, *self._shown(_rk(struct.unpack_from("<L", content, 6)[0]), style)
            elif kind == _BOOLEAN:
                yield row, column, *_truth_or_error(content[6], is_error=content[7] == 1)
            elif content[12:14] != b"\xff\xff":
                yield row, column, *self._shown(struct.unpack_from("<d", content, 6)[0], style)
            elif content[6] == 0:
                formula = row, column
            elif content[6] in {1, 2}:
                yield row, column, *_truth_or_error(content[8], is_error=content[6] == 2)

    def _shown(self, number: float, style: int) -> tuple[str, str]:
        show = self._shows[style] if style < len(self._shows) else None
        return shown_number(repr(number), show)


_SMALLEST_CELL: Final = 6  # bytes, of a number among others
_CELLS = {_MULTIPLE_RK, _SHARED_LABEL, _LABEL, _RICH_LABEL, _NUMBER, _RK, _BOOLEAN, _FORMULA}


def _record(number: int, cells: list[str], flaws: dict[int, str]) -> Record:
    return Record(number, cells, "", {**(find_flaws(cells) or {}), **flaws} or None)


def _truth_or_error(value: int, *, is_error: bool) -> tuple[str, str]:
    if not is_error:
        return ("TRUE" if value else "FALSE"), ""
    text = _ERRORS.get(value, "#VALUE!")
    return text, error_sentence(text)


def _rk(packed: int) -> float:
    """A number in four bytes: a whole one of 30 bits, or the upper half of a float; of either a hundredth."""
    if packed & 2:
        number: float = (packed >> 2) - (1 << 30 if packed & 0x80000000 else 0)
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number


def _codec(number: int) -> str:
    """The codec of a code page, Windows-1252 for one we do not know."""
    name = {1200: "utf-16-le", 10000: "mac-roman", 32768: "mac-roman", 32769: "cp1252"}.get(
        number, f"cp{number}"
    )
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


class _Texts:
    """The table of texts, kept as packed bytes. It comes in pieces, and a text may be cut by the end of one."""

    def __init__(self) -> None:
        self.is_open = False
        self._pieces: list[bytes] = []
        self._packed = bytearray()
        self._ends = array("Q", [0])

    def add(self, piece: bytes) -> None:
        """One more piece."""
        self.is_open = True
        self._pieces.append(piece)

    def close(self) -> None:
        """There are no more pieces."""
        if self.is_open:
            self.is_open = False
            for text in _texts(self._pieces):
                self._packed += strip(text).encode("utf-8", "replace")
                self._ends.append(len(self._packed))
                if len(self._ends) > MAX_TEXTS:
                    raise too_big(f"holds more than {MAX_TEXTS:,} texts")
            self._pieces = []

    def text(self, index: int) -> str:
        """The text with that index. Raises UnreadableFile if there is none."""
        if index + 1 >= len(self._ends):
            raise UnreadableFile(DAMAGED)
        return self._packed[self._ends[index] : self._ends[index + 1]].decode()


def _texts(pieces: Sequence[bytes]) -> Iterator[str]:
    """The texts in the pieces. Where letters are cut, the next piece says anew how many bytes each has."""
    place = at = 0

    def skip(length: int) -> bytes:
        nonlocal place, at
        found = b""
        while length:
            if place >= len(pieces):
                raise UnreadableFile(DAMAGED)
            part = pieces[place][at : at + length]
            found += part
            at += len(part)
            length -= len(part)
            if length:
                place, at = place + 1, 0
        return found

    while place < len(pieces):
        if at >= len(pieces[place]):
            place, at = place + 1, 0
            continue
        length, flags = struct.unpack("<HB", skip(3))
        runs = struct.unpack("<H", skip(2))[0] if flags & 8 else 0
        extra = struct.unpack("<L", skip(4))[0] if flags & 4 else 0
        is_wide = flags & 1
        found = []
        while length:
            if place >= len(pieces):
                raise UnreadableFile(DAMAGED)
            if at >= len(pieces[place]):
                place, at = place + 1, 0
                is_wide = skip(1)[0] & 1
                continue
            count = min(length, (len(pieces[place]) - at) // (2 if is_wide else 1))
            if not count:
                raise UnreadableFile(DAMAGED)
            letters = skip(count * (2 if is_wide else 1))
            found.append(letters.decode("utf-16-le" if is_wide else "latin-1", "replace"))
            length -= count
        skip(runs * 4 + extra)
        yield "".join(found)
