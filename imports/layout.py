"""Where the header of a list is and which columns it has, judged by the first rows with content."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from imports.files.limits import MAX_COLUMNS, UnreadableFile
from imports.files.records import Record
from imports.kinds import EMAIL, MAX_LOOK, STRICT_KINDS, TEXT, URL, kind_of, main_kind
from imports.mapping import is_known_header
from imports.mapping.cells import ADDRESS
from imports.tables import is_header, is_header_of_form, is_of_hosts, is_of_person, names_people

LOOKED_AT: Final = 200  # rows with content by which header, column kinds and sheet are judged
HEADER_WITHIN: Final = 30  # rows among which the header must be; notes above a list are short


@dataclass(frozen=True, slots=True)
class Layout:
    """Header and columns of a list."""

    header_row: int  # as the spreadsheet shows it; 0 for a list without header
    header_cells: tuple[str, ...]  # as they stand in the file, runs of blanks collapsed
    headers: tuple[str, ...]  # unique, none blank
    column_kinds: tuple[str, ...]  # of STRICT_KINDS, "" for all others
    above: tuple[int, ...]  # rows with content above the header


def find_layout(looked_at: Sequence[Record], *, is_text: bool, header_row: int | None) -> Layout:
    """The layout of a list that begins with these rows; `header_row` overrules the search (0: there is none).

    Raises UnreadableFile where there is nothing below the header, or more columns than MAX_COLUMNS.
    """
    if not looked_at:
        raise UnreadableFile(
            "This file has no rows with content. Choose the file with the list and upload it again."
        )
    header = _find_header(looked_at) if header_row is None else _chosen_header(looked_at, header_row)
    below = [record.cells for record in looked_at if not header or record.number > header.number]
    require_rows(len(below))
    cells = tuple(" ".join(cell.split()) for cell in header.cells) if header else ()
    width = _width(cells, below, is_text=is_text)
    if width > MAX_COLUMNS:
        raise UnreadableFile(
            f"This list has {width:,} columns; up to {MAX_COLUMNS} can be read. "
            "Keep the columns you need and upload it again."
        )
    names = [*cells[:width], *[""] * (width - len(cells))]
    return Layout(
        header_row=header.number if header else 0,
        header_cells=cells,
        headers=unique_headers(_filled_from_above(names, header, looked_at)),
        column_kinds=tuple(_column_kind(below, index) for index in range(width)),
        above=tuple(record.number for record in looked_at if header and record.number < header.number),
    )


def given_layout(headers: Sequence[str], looked_at: Sequence[Record]) -> Layout:
    """The layout of a list whose columns are known before, and whose first rows these are."""
    cells = [record.cells for record in looked_at]
    kinds = tuple(_column_kind(cells, index) for index in range(len(headers)))
    return Layout(
        header_row=0, header_cells=(), headers=unique_headers(headers), column_kinds=kinds, above=()
    )


def require_rows(count: int) -> None:
    """Raises UnreadableFile for a list of no rows."""
    if not count:
        raise UnreadableFile(
            "This file has only a header and no rows below it. Upload the file with the rows."
        )


def used(cells: Sequence[str]) -> int:
    """The number of cells up to the last one with content."""
    for length in range(len(cells), 0, -1):
        if cells[length - 1]:
            return length
    return 0


def unique_headers(cells: Sequence[str]) -> tuple[str, ...]:
    """A name for each column: blank ones by their place ("Column 4"), repeated ones counted ("Email (2)").

    Case makes no difference between two headers, as it makes none to a person.
    """
    written = {cell.casefold() for cell in cells if cell}
    given: set[str] = set()
    found = []
    for place, cell in enumerate(cells, 1):
        name = base = cell or f"Column {place}"
        count = 1
        while (key := name.casefold()) in given or (key in written and name != cell):
            count += 1
            name = f"{base} ({count})"
        given.add(key)
        found.append(name)
    return tuple(found)


def _width(header: Sequence[str], below: Sequence[Sequence[str]], *, is_text: bool) -> int:
    """How many columns the list has.

    In a text file columns right of the header count where most rows have them; in a sheet, where no cell can slip into
    another column, where any of the rows looked at has them. Cells that the header of a text file spells out as blank
    stay until the whole file was seen to leave them blank.
    """
    widths = sorted(map(used, below))
    if not is_text:
        return max(used(header), widths[-1])
    if not header:
        return widths[len(widths) * 9 // 10]
    return max(len(header), widths[(len(widths) - 1) // 2])


def _column_kind(below: Sequence[Sequence[str]], index: int) -> str:
    cells = [cells[index] for cells in below if index < len(cells) and cells[index]]
    kind = main_kind(cells, share=0.9) if len(cells) >= 3 else ""
    return kind if kind in STRICT_KINDS else ""


def _filled_from_above(names: list[str], header: Record | None, looked_at: Sequence[Record]) -> list[str]:
    """The header's cells, blank ones taken from the two rows right above: headers may stand on several rows."""
    if not header:
        return names
    rows = {record.number: record.cells for record in looked_at}
    names = _named_by_groups(names, rows.get(header.number - 1, []))
    for number in (header.number - 1, header.number - 2):
        above = rows.get(number, [])
        if sum(map(bool, above)) < 2:  # a title, or a blank row that ends the header
            break
        for index, cell in enumerate(above[: len(names)]):
            if not names[index] or (cell and names[index].casefold() in _ANSWERS):
                names[index] = " ".join(cell.split())
    return names


# What a program of surveys writes under a question that has no parts.
_ANSWERS: Final = frozenset({"response", "open-ended response", "antwort", "réponse"})


def _named_by_groups(names: list[str], groups: Sequence[str]) -> list[str]:
    """The headers, with the group above in front of those that say little without: "Name" and "Phone" under "Company".

    A group reaches to the next one. What would be no header that lists use stays as it is.
    """
    if sum(map(bool, groups)) < 2:
        return names
    small = [name.casefold() for name in names]
    whole = []
    group = ""
    for index, name in enumerate(names):
        group = (groups[index] if index < len(groups) else "") or group
        whole.append(" ".join(f"{group} {name}".split()) if name and group else name)
    # Of "Contact 1" and "Contact 2" both have their group in front where one of them is known so.
    told = {small[index] for index, name in enumerate(names) if name and is_known_header(whole[index])}
    says_little = {name for name in small if name == "name" or small.count(name) > 1} & told
    return [whole[index] if small[index] in says_little else name for index, name in enumerate(names)]


def _chosen_header(looked_at: Sequence[Record], header_row: int) -> Record | None:
    if header_row == 0:
        return None
    for record in looked_at:
        if record.number == header_row:
            return record
    raise UnreadableFile(
        f"Row {header_row} is blank or far below the beginning, so it is no header. Choose another row."
    )


def _find_header(looked_at: Sequence[Record]) -> Record | None:
    """The row with the headers: full, of words, above rows that are not; None where the first full row is a person."""
    rows = [record.cells for record in looked_at]
    width = sorted(sum(map(bool, cells)) for cells in rows)[len(rows) // 2]
    best: Record | None = None
    best_score = 0.0
    best_filled = 0
    for place, record in enumerate(looked_at[:HEADER_WITHIN]):
        filled = [cell for cell in record.cells if cell]
        if len(filled) < width / 2 or (len(filled) == 1 < width and kind_of(filled[0]) != TEXT):
            continue
        if _is_like_below(record.cells, rows[place + 1 :]):
            break
        known = sum(map(is_known_header, filled)) / len(filled)
        score = min(1.0, len(filled) / width) + known
        # Of several rows of words the first is the header, unless a later one is much fuller or better known; a row of
        # groups above the header has blanks where the header has names.
        is_better = (
            score > best_score + 0.4
            or (known > 0.7 and len(filled) > best_filled)
            or (known >= 0.3 and len(filled) > 2 * best_filled)  # below a panel of figures
        )
        if best is None or is_better:
            best, best_score, best_filled = record, score, len(filled)
    if best is None:
        return None
    return _of_two_rows(_of_parts(_of_longer_table(best, looked_at), looked_at), looked_at)


_SHARED: Final = 0.6  # of the headers of a table that a longer one repeats


def _of_longer_table(header: Record, looked_at: Sequence[Record]) -> Record:
    """The header of a second table that repeats the first one's and has more columns, where it has as many rows.

    A report of a webinar lists the hosts first, in a small table, and then those who came. A table without names above
    one with them is about the meeting.
    """
    texts = {cell.casefold() for cell in header.cells if cell}
    is_without_names = not names_people(header.cells)
    title = _title_above(header, looked_at)
    between = 0
    for place, record in enumerate(looked_at[:HEADER_WITHIN]):
        if record.number <= header.number:
            continue
        others = {cell.casefold() for cell in record.cells if cell}
        is_longer = len(others) > len(texts) and len(texts & others) >= max(2, _SHARED * len(texts))
        if is_longer and (not title or is_of_hosts(title)):
            below = sum(EMAIL in map(kind_of, later.cells) for later in looked_at[place + 1 :])
            return record if below >= between else header
        if is_without_names and names_people(record.cells) and is_header(record.cells):
            return record
        between += EMAIL in map(kind_of, record.cells)
    return header


_OF_A_PROGRAM: Final = '{"ImportId":'  # what Qualtrics writes below its headers


def _title_above(header: Record, looked_at: Sequence[Record]) -> str:
    """The only cell of the row above the header, "" where there is none such."""
    above = [record.cells for record in looked_at if record.number < header.number]
    filled = [cell for cell in above[-1] if cell] if above else []
    return filled[0] if len(filled) == 1 else ""


def _of_two_rows(header: Record, looked_at: Sequence[Record]) -> Record:
    """The header with what a second one right below it says better: in another language, or in words for a program."""
    rows = {record.number: record.cells for record in looked_at}
    second, third = (rows.get(header.number + count, []) for count in (1, 2))
    is_of_program = any(map(_is_of_program, (second, third)))
    is_second = sum(map(bool, second)) >= _SECOND * sum(map(bool, header.cells)) and is_header(second)
    # “Customer” and “Owner” are headers, and values too.
    is_second = is_second and any(map(is_of_person, second))
    number = header.number
    if is_second and second != header.cells and (is_of_program or is_header(header.cells)):
        pairs = zip_longest(header.cells, second, fillvalue="")
        header = header._replace(cells=[_better(*pair) for pair in pairs])
        number += 1
    return header._replace(number=number + 1 if is_of_program else number)


def _is_of_program(cells: Sequence[str]) -> bool:
    return bool(cells) and all(cell.startswith(_OF_A_PROGRAM) for cell in cells if cell)


def _better(first: str, second: str) -> str:
    return second if not first or is_known_header(second) > is_known_header(first) else first


_SECOND: Final = 0.7  # of the headers that must have another one below them


def _of_parts(header: Record, looked_at: Sequence[Record]) -> Record:
    """The row right below the header if it names the parts of questions that stand above several columns."""
    below = next((record for record in looked_at if record.number == header.number + 1), None)
    if below is None:
        return header
    width = max(used(header.cells), used(below.cells))
    above = [*header.cells, *[""] * (width - len(header.cells)), ""]
    parts = {index: cell for index, cell in enumerate(below.cells) if cell}
    is_blank = [not cell for cell in above]
    for index, cell in parts.items():
        begins = is_blank[index + 1] and index + 1 in parts
        if kind_of(cell) != TEXT or not (is_blank[index] or begins or cell.casefold() in _ANSWERS):
            return header
    named = [cell for index, cell in parts.items() if is_blank[index]]
    if not named or any(is_blank[index] and index not in parts for index in range(width)):
        return header
    return below if 2 * sum(map(is_known_header, named)) >= len(named) else header


def _has_address_like(index: int, cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the cell holds an address among other words, as most of the cells below it do."""
    if not ADDRESS.search(cells[index][:MAX_LOOK]):
        return False
    others = [row[index] for row in below[:50] if index < len(row) and row[index]]
    return sum("@" in other for other in others) >= REGULAR * len(others)


REGULAR: Final = 0.6  # of the rows looked at


def _is_like_below(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row is one of the list rather than its header: it has an address, or values like those below it."""
    kinds = [kind_of(cell) for cell in cells]
    if EMAIL in kinds or URL in kinds:
        return True
    if any("@" in cell and _has_address_like(index, cells, below) for index, cell in enumerate(cells)):
        return not any(map(is_header_of_form, cells))
    alike = typed = 0
    for index, kind in enumerate(kinds):
        if not kind:
            continue
        usual = main_kind((row[index] for row in below[:50] if index < len(row)), share=0.6)
        if usual and usual != TEXT:
            typed += 1
            alike += kind == usual
    return typed > 0 and alike > typed / 2
