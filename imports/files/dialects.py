"""Which sign divides the cells of a text file, and how they are quoted: what comes out most regular."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import BinaryIO, Final

from imports.files.decoding import read_lines
from imports.files.drawn import is_rule, undrawn
from imports.files.limits import UnreadableFile
from imports.kinds import EMAIL, NUMBER, PHONE, TEXT, URL, kind_of

SAMPLE_LINES: Final = 400  # lines by which it is told how a file is written
SAMPLE_CHARACTERS: Final = 400_000
# The full-width signs are those of Chinese and Japanese keyboards; the ideographic comma (、) stands inside values.
DELIMITERS: Final = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "pipe",
    "，": "full-width comma",
    "；": "full-width semicolon",
}
_FULL_WIDTH: Final = "，；"
_OTHER_DELIMITERS: Final = {
    " ": "blanks",
    ":": "colons",
    "^": "carets (^)",
    "~": "tildes (~)",
    "\x1f": "unit separators",
}
REGULAR: Final = (
    0.8  # of the rows that must have the same number of cells where the list is part of the file only
)
_TELLING_KINDS: Final = frozenset({EMAIL, PHONE, URL})  # which no sentence with commas is taken apart into
_SEP_LINE = re.compile(r'"?sep=(?P<delimiter>[^\w\s"]|\t)"?[\r\n]*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How lines become cells."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""  # "\\" where quotes inside a cell are written so
    has_sep_line: bool = False  # a first line "sep=;", which spreadsheets do not show
    is_wrapped: bool = False  # lines stand wholly in one quoted cell, and the list is the text inside
    is_drawn: bool = False  # lines of dashes are drawn between the rows, as in Markdown
    width: int = 0  # cells that most rows have


def csv_reader(lines: Iterator[str], dialect: Dialect, *, strict: bool = True) -> Iterator[list[str]]:
    """The cells of each record. Raises csv.Error where a quote stands in the wrong place, unless not `strict`."""
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape or None,
        doublequote=True,
        skipinitialspace=True,  # `, "a, b"` is a quoted cell to every person, and cells are stripped anyway
        strict=strict,
    )


def first_lines(file: BinaryIO, *, codec: str) -> list[str]:
    """The lines by which it is told how the file is written."""
    lines: list[str] = []
    size = 0
    for line in islice(read_lines(file, codec=codec), SAMPLE_LINES):
        lines.append(line)
        size += len(line)
        if size > SAMPLE_CHARACTERS:
            break
    return lines


def find_dialect(file: BinaryIO, *, codec: str, delimiter: str = "") -> Dialect:
    """The delimiter and quoting of the file, by which reading its first lines come out most regular.

    `delimiter` overrides the choice. A file of one column gets a delimiter that does not occur in it.
    """
    lines = first_lines(file, codec=codec)
    sep_line = _SEP_LINE.fullmatch(lines[0]) if lines else None
    if sep_line:
        lines = lines[1:]
        delimiter = delimiter or sep_line["delimiter"]
    if any(map(is_rule, lines)):
        return replace(_drawn_dialect(lines, delimiter=delimiter), has_sep_line=bool(sep_line))
    inside = list(unwrapped(iter(lines))) if any(line.startswith('"') for line in lines) else lines
    if inside != lines:
        best, _ = _best_dialect(inside, delimiter=delimiter)
        if _is_list_inside(lines, inside, best):
            return replace(best, has_sep_line=bool(sep_line), is_wrapped=True)
    text = "".join(lines)
    best, best_score = _best_dialect(lines, delimiter=delimiter)
    if not delimiter:
        _refuse_other_delimiters(lines, best_score)
    if best.width == 1 and not delimiter:
        unused = next((sign for sign in DELIMITERS if sign not in text), ",")
        best = Dialect(unused, width=1)
    return replace(best, has_sep_line=bool(sep_line))


def _drawn_dialect(lines: Sequence[str], *, delimiter: str) -> Dialect:
    lines = list(undrawn(iter(lines)))
    best, _ = _best_dialect(lines, delimiter=delimiter)
    is_escaped = best.delimiter == "|" and any("\\|" in line for line in lines)
    return replace(best, is_drawn=True, escape="\\" if is_escaped else best.escape)


def divided_otherwise(text: str, dialect: Dialect, *, width: int) -> Iterator[list[str]]:
    """The cells of a row that another delimiter divides into `width`, for each sign that does."""
    for sign in DELIMITERS:
        if sign != dialect.delimiter and text.count(sign) >= width - 1:
            cells = next(csv_reader(iter([text]), replace(dialect, delimiter=sign), strict=False), [])
            if len(cells) == width:
                yield [cell.strip() for cell in cells]


def _best_dialect(lines: Sequence[str], *, delimiter: str) -> tuple[Dialect, float]:
    """By which reading the lines come out most regular, and how regular that is."""
    best, best_score = Dialect(delimiter or ","), -1.0
    for candidate in _candidates("".join(lines), delimiter=delimiter):
        width, score = _regularity(lines, candidate)
        if score > best_score:
            best, best_score = replace(candidate, width=width), score
    return best, best_score


def _candidates(text: str, *, delimiter: str) -> Iterator[Dialect]:
    for sign in [delimiter] if delimiter else DELIMITERS:
        if sign not in text and not delimiter:
            continue
        yield Dialect(sign)
        if '\\"' in text:
            yield Dialect(sign, escape="\\")
        near = re.escape(sign)
        if re.search(rf"(?:^|{near})'[^'\r\n]*{near}[^'\r\n]*'(?:{near}|[\r\n]|$)", text, re.MULTILINE):
            yield Dialect(sign, quote="'")


def _try(lines: Sequence[str], dialect: Dialect) -> tuple[list[list[str]], int]:
    reader = csv_reader(iter(lines), dialect)
    records: list[list[str]] = []
    faults = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return records, faults
        except csv.Error:
            faults += 1
            continue
        if any(cells):
            records.append(cells)


def _regularity(lines: Sequence[str], dialect: Dialect) -> tuple[int, float]:
    """The width that most records have, and how regular the table is with it: 0 for one column, about 1 at best."""
    records, faults = _try(lines, dialect)
    if not records:
        return 0, 0.0
    width, count = _usual_width(records)
    share = 1.0
    if width == 1:
        # Notes above and below a short list can be longer than the list. A sign that divides more rows goes before.
        share = 1 / len(records)
        records = _longest_run(records)
        if not records:
            return 1, 0.0
        width, count = _usual_width(records)
        if count < REGULAR * len(records) or not _is_table(records, lines, dialect):
            return 1, 0.0
    if dialect.delimiter in _FULL_WIDTH and len(records[0]) != width:
        return 1, 0.0  # a sign inside of texts
    marks = [_neatness(cell.strip()) for cells in records[:100] for cell in cells[:50]]
    regular = count / (len(records) + 3 * faults)
    return width, share * regular * (sum(marks) / len(marks)) * (1 - 1 / width)


def _usual_width(records: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many cells most records have, and how many records these are."""
    widths = Counter(len(cells) for cells in records)
    return max(widths.items(), key=lambda item: (item[1], item[0]))


def _longest_run(records: Sequence[list[str]]) -> list[list[str]]:
    """The longest run of at least two records with several cells each."""
    best: list[list[str]] = []
    for is_row, run in groupby(records, key=lambda cells: len(cells) > 1):
        if is_row and len(found := list(run)) > max(1, len(best)):
            best = found
    return best


def _is_table(records: Sequence[list[str]], lines: Sequence[str], dialect: Dialect) -> bool:
    """Whether these few records are rows of a table and not sentences with commas in them."""
    if any(kind_of(cell.strip()) in _TELLING_KINDS for cells in records for cell in cells):
        return True
    between = f"{dialect.quote}{dialect.delimiter}{dialect.quote}"
    return any(between in line for line in lines)


def _refuse_other_delimiters(lines: Sequence[str], best_score: float) -> None:
    """Refuses a table whose cells are plainly divided by a sign that we do not try, such as a blank."""
    lines = list(dict.fromkeys(lines))  # a sentence that comes again and again is no table
    for sign, name in _OTHER_DELIMITERS.items():
        width, score = _regularity(lines, Dialect(sign))
        if width >= 4 and len(lines) >= 5 and score > 0.6 and score > best_score + 0.2:
            raise UnreadableFile(
                f"The cells of this file seem to be divided by {name}. Open it in a spreadsheet with that delimiter, "
                "save it as CSV and upload it again."
            )


def _neatness(cell: str) -> float:
    """1 for a cell that looks like one value, less for one that looks like several or holds stray quotes."""
    if kind_of(cell) != TEXT:
        return 1.0
    if cell[:1] in "\"'" or cell[-1:] in "\"'" or any(sign in cell for sign in ";\t|"):
        return 0.4
    return 0.9 if "," not in cell else 0.8


# --- Lines in one quoted cell -----------------------------------------------------------------------------------------

# Delimiters behind the cell are those of columns that are blank.
_WRAPPED_LINE: Final = re.compile(r'"(?P<inside>(?:[^"]++|"")*+)"[,;\t ]*+(?P<end>[\r\n]*+)')
LINES_OF_CELL: Final = 50  # up to which a quoted cell is followed that may be a whole line
WRAPPED_SHARE: Final = (
    0.6  # of lines with several cells inside that must have as many as the list; others are notes
)


def unwrapped(lines: Iterator[str]) -> Iterator[str]:
    """The lines; those that stand wholly in one quoted cell as the text inside. As many come out as go in."""
    returned: deque[str] = deque()
    while line := returned.popleft() if returned else next(lines, ""):
        if not line.startswith('"'):
            yield line
            continue
        taken = [line]
        quotes = line.count('"')
        while quotes % 2 and len(taken) < LINES_OF_CELL:
            following = returned.popleft() if returned else next(lines, "")
            if not following:
                break
            taken.append(following)
            quotes += following.count('"')
        if found := _WRAPPED_LINE.fullmatch("".join(taken)):
            yield from io.StringIO(found["inside"].replace('""', '"') + found["end"], newline="")
        else:
            yield line
            returned.extendleft(reversed(taken[1:]))


def _is_list_inside(lines: Sequence[str], inside: Sequence[str], dialect: Dialect) -> bool:
    """Whether the list is the text inside of cells that hold a whole line, and not a list with such cells."""
    records, _ = _try(inside, dialect)
    table = _longest_run(records)
    if dialect.width < 2 or not table or len(table[0]) != dialect.width:
        return False
    wrapped = [line for line in dict.fromkeys(lines) if _WRAPPED_LINE.fullmatch(line)]
    widths = [len(cells) for line in wrapped for cells in _try(list(unwrapped(iter([line]))), dialect)[0]]
    several = [width for width in widths if width > 1]
    fitting = several.count(dialect.width)
    # Of a list with both, most lines in one cell must be rows; notes below a list are such cells too.
    has_others = any(
        line == text and dialect.delimiter in line for line, text in zip(lines, inside, strict=True)
    )
    if fitting < max(2, WRAPPED_SHARE * len(several), len(widths) / 2 if has_others else 0):
        return False
    # Programs that put only some lines into one cell do so because of the quotes inside; “Doe, John” alone is a row of
    # which the rest is blank.
    has_cells = [_has_cell_inside(line, dialect.delimiter) for line in wrapped]
    if has_others and not all(has_cells):
        return False
    if sum(len(cells) == dialect.width for cells in table) < WRAPPED_SHARE * len(table):
        return False
    kinds = {kind_of(cell.strip()) for cells in table[1:] for cell in cells}
    if any(has_cells) or not _TELLING_KINDS.isdisjoint(kinds):
        return True
    # “1,5” and “Doe, John” are values of a list with one column, and a lone cell above them is its header.
    parted = [line for line in wrapped if dialect.delimiter in line]
    is_values = kinds == {NUMBER} or (dialect.delimiter == "," and all(", " in line for line in parted))
    return not is_values and len(records[0]) == dialect.width


def _has_cell_inside(line: str, sign: str) -> bool:
    """Whether a line in one cell has no other cells and holds a quoted cell that stands beside a delimiter."""
    return line.rstrip(" \r\n").endswith('"') and (f'""{sign}' in line or f'{sign}""' in line)
