"""One row of a file as its reader gives it, and what a spreadsheet has spoilt in its cells."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

MANGLED_NUMBER: Final = re.compile(r"-?\d(?:[.,]\d+)?E\+\d{2,3}")
# Signs that `str.strip` leaves at the edge of a cell: zero-width blanks, direction marks, byte order mark, end-of-file.
INVISIBLE = "\u200b\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufeff\x1a"
ANY_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_EDGES = INVISIBLE + " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2000\u2001\u2002\u2003\u2009\u202f\u3000"
SPREADSHEET_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)


class Record(NamedTuple):
    """One row of the file, its cells stripped."""

    number: int  # as the spreadsheet shows it, from 1
    cells: list[str]
    problem: str  # a sentence, or ""
    flaws: dict[int, str] | None  # cell index: sentence


def strip(text: str) -> str:
    """The cell without blanks and invisible signs at its edges."""
    text = text.strip()
    if text and (text[0] in INVISIBLE or text[-1] in INVISIBLE):
        return text.strip(_EDGES)
    return text


def find_flaws(cells: Sequence[str]) -> dict[int, str] | None:
    """What a spreadsheet has spoilt in cells written as text: error values and rounded numbers."""
    found = {}
    for index, cell in enumerate(cells):
        if cell in SPREADSHEET_ERRORS:
            found[index] = error_sentence(cell)
        elif "E+" in cell and MANGLED_NUMBER.fullmatch(cell):
            found[index] = (
                f"{cell} is a number that a spreadsheet has rounded. Format the column as text and export it again."
            )
    return found or None


def error_sentence(value: str) -> str:
    """What to say of a cell that holds a spreadsheet's error value."""
    return f"{value} is the error of a formula, not a value. Correct the formula or empty the cell."
