"""Cells that people open in a spreadsheet: none runs as a formula, and nothing is lost by that.

A spreadsheet runs a cell that begins with one of `= + - @`, TAB, CR, LF, NUL or a full-width form of these. Such a
text gets a single quote in front (OWASP ASVS 5.0, 1.2.10), as does a text that is such a one behind quotes of its own,
so that `plain_text` gives back just what was there. A cell that is nothing but a number, such as -5 or
+44 20 7946 0958, computes to itself and stays as it is.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO
from typing import Any, Final

QUOTE: Final = "'"
BYTE_ORDER_MARK: Final = "\ufeff"  # without it spreadsheets misread UTF-8

_RUNS: Final = re.compile("'*[=+\\-@\t\r\n\0＝＋－＠]")
_NUMBER: Final = re.compile(r"[+-][0-9][0-9 .,]*")


def safe_text(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    if _RUNS.match(text) and not _NUMBER.fullmatch(text):
        return QUOTE + text
    return text


def plain_text(text: str) -> str:
    """The text that `safe_text` was given: without the quote, if that quote only guards what follows."""
    if text.startswith(QUOTE) and _RUNS.match(text, 1):
        return text[1:]
    return text


def safe_cell(value: Any) -> Any:
    """A value for a cell: numbers, moments and blanks as they are, everything else as safe text."""
    if value is None or isinstance(value, int | float | datetime):
        return value
    return safe_text(str(value))


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Rows as lines of safe CSV, one at a time; the first begins with a byte order mark."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    for row in rows:
        writer.writerow(["" if value is None else safe_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
