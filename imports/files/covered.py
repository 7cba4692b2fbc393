"""Cells of a sheet that cover several rows: what they hold, holds for each of them."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from imports.files.limits import MAX_COLUMNS, MIB
from imports.files.records import Record
from imports.kinds import DATE, DOMAIN, TEXT, URL, kind_of

MOST_SEARCHED: Final = (
    2 * MIB
)  # of a sheet, which is read twice for it; lists that people make by hand are smaller
MOST_COVERING: Final = 10_000  # cells
# An address or a number that stands beside several people is hardly that of each.
_OF_SEVERAL: Final = frozenset({TEXT, URL, DOMAIN, DATE})
_COVERING: Final = re.compile(
    rb'<(?:\w{1,20}:)?mergeCell ref="(?P<column>[A-Z]{1,3})(?P<first>\d{1,7}):(?P=column)(?P<last>\d{1,7})"'
)

# Of each row the columns whose cell covers it and others below, and the last of them.
Covering = dict[int, list[tuple[int, int]]]


def covering_cells(sheet: bytes) -> Covering:
    """The cells of one column that cover several rows, by their first row, of a sheet's XML."""
    found: Covering = {}
    for count, cell in enumerate(_COVERING.finditer(sheet, sheet.rfind(b"sheetData>") + 1)):
        column = _place(cell["column"])
        if count == MOST_COVERING:
            break
        if column < MAX_COLUMNS and int(cell["last"]) > int(cell["first"]):
            found.setdefault(int(cell["first"]), []).append((column, int(cell["last"])))
    return found


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place - 1


def with_covered(records: Iterable[Record], covering: Covering) -> Iterator[Record]:
    """The records, with what covers their blank cells from above."""
    over: dict[int, tuple[int, str]] = {}
    for record in records:
        cells = record.cells
        for column, (last, text) in list(over.items()):
            if record.number > last:
                del over[column]
            elif column >= len(cells):
                cells += [""] * (column - len(cells)) + [text]
            elif not cells[column]:
                cells[column] = text
        for column, last in covering.get(record.number, ()):
            if column < len(cells) and kind_of(cells[column]) in _OF_SEVERAL:
                over[column] = (last, cells[column])
        yield record
