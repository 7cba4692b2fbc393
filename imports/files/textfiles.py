"""Text files as records, one after the other.

Nothing here keeps more than a block and one record in memory, and nothing changes `csv.field_size_limit`, which belongs
to the whole process. The reader runs in strict mode, so that a quote in the wrong place is noticed and never swallows
rows.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from imports.files.decoding import read_lines
from imports.files.dialects import Dialect, csv_reader, unwrapped
from imports.files.drawn import undrawn
from imports.files.limits import MAX_CELL, MAX_RECORD, UnreadableFile
from imports.files.records import ANY_INVISIBLE, Record, find_flaws, strip

# Characters up to which a line without quotes is a record by itself, and need not go through the strict reader.
LONGEST_PLAIN_LINE: Final = MAX_CELL
LONGEST_MENDED: Final = 4_000  # characters of a line in which quotes are looked at one by one


class _Source:
    """Feeds lines to the reader, remembers those of the record at hand and takes lines back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.next_line = ""  # taken from `lines` by somebody who wanted to see it
        self.returned: deque[str] = deque()
        self.line = 0  # lines given so far
        self.begin()

    def begin(self) -> None:
        """A new record begins with the next line."""
        self.taken: list[str] = []
        self.size = 0
        self.is_returned = False

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> str:
        if self.returned:
            line = self.returned.popleft()
            self.is_returned = True
        elif self.next_line:
            line, self.next_line = self.next_line, ""
        else:
            line = next(self.lines)
        self.line += 1
        self.taken.append(line)
        self.size += len(line)
        if self.size > MAX_RECORD:
            raise _open_quote(self.first_line)
        return line

    @property
    def first_line(self) -> int:
        return self.line - len(self.taken) + 1

    def take_back(self) -> None:
        """All lines of the record but the first will be given again."""
        self.returned.extendleft(reversed(self.taken[1:]))
        self.line -= len(self.taken) - 1
        del self.taken[1:]


def _open_quote(line: int) -> UnreadableFile:
    return UnreadableFile(
        f"The quote opened in line {line} is never closed. "
        "Add the closing quote, or remove the stray one, and upload the file again."
    )


def read_records(file: BinaryIO, *, codec: str, dialect: Dialect) -> Iterator[Record]:
    """Every row of the file, blank ones as no cells. Numbers count as a spreadsheet does: a quoted cell with line
    breaks is one row, a `sep=` line is none.

    Raises UnreadableFile for a quote that is never closed and for a cell of more than MAX_CELL characters. A quote in
    the wrong place inside one row is that row's problem.
    """
    lines = read_lines(file, codec=codec)
    if dialect.has_sep_line:
        next(lines, None)
    if dialect.is_wrapped:
        lines = unwrapped(lines)
    elif dialect.is_drawn:
        lines = undrawn(lines)
    source = _Source(lines)
    source.line = int(dialect.has_sep_line)
    reader = csv_reader(source, dialect)
    number = 0
    delimiter, quote, escape = dialect.delimiter, dialect.quote, dialect.escape or dialect.quote
    # Of blanks between blanks the strict reader has its own idea.
    longest = -1 if delimiter == " " else LONGEST_PLAIN_LINE
    while True:
        if not source.returned:
            # Most lines are a record without any quote: they are divided eight times as fast as the reader can.
            for line in lines:
                if quote in line or escape in line or len(line) > longest or _is_odd(line):
                    source.next_line = line
                    break
                source.line += 1
                number += 1
                bare = line.rstrip("\r\n")
                cells = list(map(str.strip, bare.split(delimiter))) if bare else []
                flaws = find_flaws(cells) if "#" in line or "E+" in line else None
                yield Record(number, cells, "", flaws)
            else:
                return
        source.begin()
        problem = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells, problem = _recovered(source, dialect, error)
        number += 1
        taken = source.taken
        if len(taken) > 1 and not problem and _swallows_rows(taken, dialect):
            problem = (
                f"The quote opened in line {source.first_line} is closed in line {source.line}, and the lines between "
                "look like rows of their own. Remove the stray quote."
            )
            source.take_back()
            cells = _leniently(taken[0], dialect)
        elif source.is_returned and not problem and "".join(taken).count(dialect.quote) % 2:
            problem = f"A stray quote stands in line {source.first_line}. Remove it."
        raw = taken[0]
        if len(raw) > MAX_CELL or len(taken) > 1:
            _refuse_long_cells(cells, line=source.first_line)
        if ANY_INVISIBLE.search(raw) or len(taken) > 1:
            cells = [strip(cell) for cell in cells]
        else:
            cells = [cell.strip() for cell in cells]
        flaws = find_flaws(cells) if "#" in raw or "E+" in raw or len(taken) > 1 else None
        yield Record(number, cells, problem, flaws)


def _is_odd(line: str) -> bool:
    """Whether a line holds invisible signs, which have to go from the edges of its cells."""
    return "\x1a" in line if line.isascii() else ANY_INVISIBLE.search(line) is not None


def _recovered(source: _Source, dialect: Dialect, error: csv.Error) -> tuple[list[str], str]:
    """The cells and the problem of a record that the strict reader refused."""
    taken = source.taken
    if "end of data" in str(error):
        raise _open_quote(source.first_line)
    if "field limit" in str(error):
        raise _too_long(source.first_line)
    raw = "".join(taken)
    if (cells := _mended(raw, dialect)) is not None:
        return cells, ""
    line = source.first_line
    if len(taken) > 1 and any(len(_leniently(other, dialect)) == dialect.width for other in taken[1:]):
        source.take_back()
        return _leniently(taken[0], dialect), (
            f"The quote opened in line {line} is not closed in its row. Add the closing quote, or remove the stray one."
        )
    return _leniently(raw, dialect), (
        f"A quote in line {line} stands in the wrong place, so the cells cannot be told apart. "
        "Write a quote inside a cell as two quotes."
    )


def _mended(raw: str, dialect: Dialect) -> list[str] | None:
    """The cells of a record that only has blanks after closing quotes, apostrophes inside single quotes, or quotes
    amid a quoted cell, or None."""
    near = re.escape(dialect.delimiter)
    mended = re.sub(rf"{dialect.quote}[ \t\xa0]+(?={near}|[\r\n]*$)", dialect.quote, raw)
    if dialect.quote == "'":
        mended = re.sub(r"(?<=\w)'(?=\w)", "\u2019", mended)
    is_inner = (
        dialect.quote == '"'
        and mended == raw
        and len(raw) <= LONGEST_MENDED
        and "\n" not in raw.rstrip("\r\n")
    )
    if is_inner:
        mended = _with_inner_quotes_doubled(raw, dialect)
    if mended == raw:
        return None
    try:
        found = list(csv_reader(iter(io.StringIO(mended, newline="")), dialect))
    except csv.Error:
        return None
    if len(found) != 1 or (is_inner and len(found[0]) != dialect.width):
        return None
    return [cell.replace("\u2019", "'") for cell in found[0]] if dialect.quote == "'" else found[0]


def _with_inner_quotes_doubled(raw: str, dialect: Dialect) -> str:
    """The line; quotes that stand beside no delimiter are part of the text: `"The "Gear" Company",Berlin`."""
    edges = dialect.delimiter + dialect.quote + "\r\n"

    def doubled(found: re.Match[str]) -> str:
        before, after = raw[: found.start()].rstrip(" \t"), raw[found.end() :].lstrip(" \t")
        is_inner = before[-1:] not in edges and after[:1] not in edges
        return 2 * dialect.quote if is_inner else dialect.quote

    return re.sub(re.escape(dialect.quote), doubled, raw)


def _leniently(raw: str, dialect: Dialect) -> list[str]:
    try:
        found = list(csv_reader(iter(io.StringIO(raw, newline="")), dialect, strict=False))
    except csv.Error:
        return [raw[:MAX_CELL]]
    return [cell[:MAX_CELL] for cells in found for cell in cells]


def _swallows_rows(taken: Sequence[str], dialect: Dialect) -> bool:
    """Whether a record of several lines is really several rows between two stray quotes: each line has all cells."""
    least = 3 if dialect.width == 2 else 2  # two lines of one comma each may well be a note
    if dialect.width < 2 or len(taken) < least:
        return False
    return all(line.count(dialect.delimiter) == dialect.width - 1 for line in taken)


def _refuse_long_cells(cells: Sequence[str], *, line: int) -> None:
    if max(map(len, cells), default=0) > MAX_CELL:
        raise _too_long(line)


def _too_long(line: int) -> UnreadableFile:
    return UnreadableFile(
        f"A cell that begins in line {line} is longer than {MAX_CELL:,} characters. If a quote is opened there and not "
        "closed, close it; otherwise shorten the text. Then upload the file again."
    )
