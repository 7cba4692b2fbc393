"""Lists that are no tables: addresses as a mail program shows them, and people one below the other.

    Ann Lee <ann@kiesel.example>; Bob Ray <bob@kiesel.example>

    Name: Ann Lee
    E-mail: ann@kiesel.example

Or one beside the other, each in a column of its own. A form is found by the beginning of the file; what does not fit it
further down is kept in the cell before it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

from imports.files.decoding import read_lines
from imports.files.dialects import SAMPLE_CHARACTERS, first_lines
from imports.files.limits import MAX_CELL, MAX_COLUMNS
from imports.files.records import Record, strip
from imports.kinds import EMAIL, PHONE, is_phone_like, kind_of
from imports.layout import used
from imports.mapping import field_of_header, is_known_header

MAILS: Final = "mails"  # addresses with names in front, any number of them to a line
BLOCKS: Final = "blocks"  # a value to a line behind what it is, a blank line between two people
REPEATED: Final = "repeated"  # the same without such a line: the first of these comes again
ACROSS: Final = "across"  # what it is in the first column, and a person in each of the others

OF_LINES: Final = frozenset({MAILS, BLOCKS, REPEATED})  # in a text file
TOLD: Final = {
    MAILS: "The file is a list of addresses, each of which is read as a person.",
    BLOCKS: "The people stand one below the other, a value to a line, and each is read as a row.",
    REPEATED: "The people stand one below the other, a value to a line, and each is read as a row.",
    ACROSS: "The people stand one beside the other, and each column is read as a row.",
}

_FEWEST_LINES: Final = 3  # of values of which each says what it is
_KNOWN: Final = 0.5  # of the lines that must begin with a header that lists use
_LONGEST_LABEL: Final = 40  # characters
_MOST_WORDS_OF_LABEL: Final = 4
_SIGNS: Final = ":\t;,|="
_FEWEST_COLUMNS: Final = 3  # of which the first says what the others are
_MOST_ACROSS: Final = 200  # rows of a list whose people stand one beside the other


@dataclass(frozen=True, slots=True)
class Form:
    """How the list is written."""

    kind: str
    fields: tuple[str, ...]  # the columns that it makes
    sign: str = ""  # what stands between a label and its value


class Line(NamedTuple):
    """One value: what it is, "" for a line that does not say so, and the value; blank where people are parted."""

    number: int
    label: str
    value: str
    text: str = ""  # the whole line


# --- Addresses ----------------------------------------------------------------------------------------------------

_ADDRESS: Final = r"[^\s@<>,;:\"()\[\]]{1,64}@[^\s@<>,;:\"()\[\]]+\.[^\s@<>,;:\".()\[\]]{2,}"
_MAIL: Final = re.compile(
    rf"(?P<name>\"[^\"<>@]{{0,100}}\"\s*|'[^'<>@]{{0,100}}'\s*|[^<>@;\"]{{0,100}}?)<(?:mailto:)?(?P<named>{_ADDRESS})>"
    rf"|(?:mailto:)?(?P<bare>{_ADDRESS})"
)
_MAILS: Final = 0.75  # of the entries that must be addresses; others are misspelt ones
_BETWEEN: Final = re.compile(r"[\s,;]*")
_ROLE: Final = re.compile(
    r"\s*(?:to|cc|bcc|from|an|von|kopie|blindkopie|à|de|para|til|till|reply-to):\s*", re.IGNORECASE
)


def _mails(line: str) -> Iterator[tuple[str, str]]:
    """(name, address) of each address of a line; what is none of them has no address."""
    at = role.end() if (role := _ROLE.match(line)) else 0
    while (at := _BETWEEN.match(line, at).end()) < len(line):  # type: ignore[union-attr]
        if found := _MAIL.match(line, at):
            name = (found["name"] or "").rpartition(": ")[2]  # "Sales: Ann Lee <ann@kiesel.example>"
            yield name.strip(" \t\"'"), found["named"] or found["bare"]
            at = found.end()
            continue
        end = next((place for place in range(at, len(line)) if line[place] in ",;"), len(line))
        yield line[at:end].strip(), ""
        at = end


def _unfolded(lines: Iterable[str]) -> Iterator[str]:
    """The lines; one that begins with a blank goes on with what the line before it has begun, as in mails."""
    held = ""
    for line in lines:
        if held and (not line.strip() or line[0] not in " \t" or len(held) > MAX_CELL):
            yield held
            held = ""
        held = f"{held.rstrip()} {line.lstrip()}" if held else line
    if held:
        yield held


def _are_mails(lines: Sequence[str]) -> bool:
    """Whether the lines hold addresses and hardly anything else, as mail programs write those of several people."""
    filled = [line for line in _unfolded(lines) if line.strip()]
    if not any("@" in line for line in filled[:3]) or max(map(len, filled)) > SAMPLE_CHARACTERS:
        return False
    found = [list(_mails(line)) for line in (filled[1:] if "@" not in filled[0] else filled)]
    entries = [bool(address) for mails in found for _, address in mails]
    if not entries or sum(entries) < _MAILS * len(entries):
        return False
    if any("<" in line for line in filled):
        return "@" in filled[0] or any(len(mails) > 1 for mails in found)
    return [len(mails) > 1 for mails in found] == [True]  # two addresses in each of many lines are somebody's


def _people_of_mails(lines: Iterable[str]) -> Iterator[Record]:
    number = 0
    for place, line in enumerate(_unfolded(lines)):
        if not place and "@" not in line:
            continue
        for name, address in _mails(line):
            number += 1
            yield Record(number, [strip(name), address], "", None)


# --- One below the other ------------------------------------------------------------------------------------------

_NUMBERED: Final = re.compile(r"^\d{1,4}[.)]\s*")
_PARTING: Final = re.compile(r"[\s\-–—_=*#~.]*")


def _lines_of(texts: Iterable[str], sign: str) -> Iterator[Line]:
    """The lines of a text, cut at the first `sign`."""
    for number, text in enumerate(texts, 1):
        text = strip(text)
        if _PARTING.fullmatch(text.strip(sign)):
            yield Line(number, "", "")
            continue
        label, divided, value = text.partition(sign)
        label = _label(label)
        if not divided or not 0 < len(label) <= _LONGEST_LABEL:
            yield Line(number, "", text)
        else:
            yield Line(number, label, _value(value, sign), text)


def _lines_of_rows(records: Iterable[Record]) -> Iterator[Line]:
    """The rows of a sheet, whose first cell with content is the label."""
    last = 0
    for number, cells, _, _ in records:
        if number > last + 1:
            yield Line(number, "", "")
        last = number
        filled = [cell for cell in cells if cell]
        if not filled or _PARTING.fullmatch("".join(filled)):
            yield Line(number, "", "")
        elif len(filled) == 1:
            is_label = is_known_header(_label(filled[0]))
            yield Line(number, _label(filled[0]), "") if is_label else Line(number, "", filled[0])
        else:
            yield Line(number, _label(filled[0]), " ".join(filled[1:]), " ".join(filled))


def _label(text: str) -> str:
    return " ".join(_NUMBERED.sub("", text.strip(" \t\"'*•-:：")).split())


def _value(text: str, sign: str) -> str:
    text = text.strip().strip(sign).strip()
    return text[1:-1].replace('""', '"').strip() if len(text) > 1 and text[0] == text[-1] == '"' else text


def _form_of(lines: Sequence[Line], *, sign: str) -> Form | None:
    """How lines of values are divided into people, None where they are no such lines."""
    filled = [line for line in lines if line.label or line.value]
    labelled = [line for line in filled if line.label]
    known = [line for line in labelled if is_known_header(line.label)]
    if (
        len(known) < max(_FEWEST_LINES, _KNOWN * len(filled))
        or len({line.label.casefold() for line in known}) < 2
    ):
        return None
    if not _reach_somebody((line.label, [line.value]) for line in known):
        return None
    fields = _fields(lines)
    blocks = [[line.label.casefold() for line in block if line.label] for block in _blocks(lines)]
    blocks = [block for block in blocks if any(map(is_known_header, block))]
    wanted = {field.casefold() for field in fields}
    is_parted = all(
        len(block) == len({*block}) for block in ([one for one in block if one in wanted] for block in blocks)
    )
    is_parted = is_parted and len(blocks) > 1 and sum(map(len, blocks)) >= 2 * len(blocks)
    return Form(BLOCKS if is_parted else REPEATED, fields, sign)


def _reach_somebody(values: Iterable[tuple[str, Sequence[str]]]) -> bool:
    """Whether most of what is called an address or a number is one: words for people are the values of some columns."""
    fitting = [
        (kind_of(text) == EMAIL) if field == "email" else (kind_of(text) == PHONE or is_phone_like(text))
        for label, texts in values
        if (field := field_of_header(label)) in {"email", "phone", "mobile"}
        for text in texts
        if text
    ]
    return 2 * sum(fitting) > len(fitting)


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if line.label or line.value:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _fields(lines: Iterable[Line]) -> tuple[str, ...]:
    """The labels that are known headers, and the others that come again and again, in their order."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for line in lines:
        key = line.label.casefold() if line.value else ""
        if key and (key in written or len(written) < 10 * MAX_COLUMNS):
            counts[key] += 1
            written.setdefault(key, line.label)
    often = max(2.0, max(counts.values(), default=0) / 5)
    return tuple(
        label
        for key, label in written.items()
        if is_known_header(label) or (counts[key] >= often and len(label.split()) <= _MOST_WORDS_OF_LABEL)
    )[:MAX_COLUMNS]


def _people_of_lines(lines: Iterable[Line], form: Form) -> Iterator[Record]:
    """A row for each person, numbered as its first line."""
    places = {field.casefold(): place for place, field in enumerate(form.fields)}
    cells: list[str] = []
    number, last, is_parted = 0, 0, False
    for line in lines:
        place = places.get(line.label.casefold(), -1) if line.label else -1
        if not (line.label or line.value):
            is_parted = form.kind == BLOCKS
        elif place < 0:
            if line.value and cells and (not is_parted or field_of_header(form.fields[last]) == "note"):
                cells[last] = f"{cells[last]}\n{line.text or line.value}".strip()
        else:
            if cells and (is_parted or (place == 0 and cells[0])):
                yield Record(number, cells, "", None)
                cells = []
            if not cells and not line.value:
                continue
            if not cells:
                cells, number = [""] * len(form.fields), line.number
            is_parted, last = False, place
            if line.value:
                cells[place] = f"{cells[place]}; {line.value}" if cells[place] else line.value
    if cells:
        yield Record(number, cells, "", None)


# --- One beside the other -----------------------------------------------------------------------------------------


def form_across(records: Sequence[Record]) -> Form | None:
    """The form of a list in which each column but the first is a person, None for any other."""
    rows = [record.cells for record in records if any(record.cells)]
    if not _FEWEST_LINES <= len(rows) <= _MOST_ACROSS or used(rows[0]) < _FEWEST_COLUMNS:
        return None
    labels = [_label(cells[0]) for cells in rows]
    known = [place for place, label in enumerate(labels) if label and is_known_header(label)]
    if len(known) < max(2, _KNOWN * len(rows)) or len({*labels}) < len(labels) or known[:1] != [0]:
        return None
    if sum(map(is_known_header, filter(None, rows[0]))) > 1:  # a header, above whatever begins like one
        return None
    if not _reach_somebody(zip(labels, (cells[1:] for cells in rows), strict=True)):
        return None
    return Form(ACROSS, tuple(label or f"Row {place}" for place, label in enumerate(labels, 1)))


def _people_across(records: Iterable[Record]) -> Iterator[Record]:
    """A row for each person, numbered as its column."""
    rows = [record.cells for record in records if any(record.cells)]
    for place in range(1, max(map(len, rows))):
        cells = [cells[place] if place < len(cells) else "" for cells in rows]
        if any(cells):
            yield Record(place + 1, cells, "", None)


# --- Files --------------------------------------------------------------------------------------------------------


def find_form(file: BinaryIO, *, codec: str) -> Form | None:
    """The form of a text file that is no table, None for a table."""
    lines = first_lines(file, codec=codec)
    if _are_mails(lines):
        return Form(MAILS, ("Name", "E-mail"))
    for sign in _SIGNS:
        if any(sign in line for line in lines) and (
            form := _form_of(list(_lines_of(lines, sign)), sign=sign)
        ):
            return Form(form.kind, _fields(_lines_of(read_lines(file, codec=codec), sign)), sign)
    return None


def form_of_sheet(records: Sequence[Record], *, is_all: bool) -> Form | None:
    """The form of the list whose first rows, or all, these are, None for a table."""
    return _form_of(list(_lines_of_rows(records)), sign="") or (form_across(records) if is_all else None)


def people_of_file(file: BinaryIO, *, codec: str, form: Form) -> Iterator[Record]:
    """A record for each person of a text file of that form."""
    lines = read_lines(file, codec=codec)
    return (
        _people_of_mails(lines) if form.kind == MAILS else _people_of_lines(_lines_of(lines, form.sign), form)
    )


def people_of_sheet(records: Iterable[Record], *, form: Form) -> Iterator[Record]:
    """A record for each person of a sheet of that form, whose rows these are."""
    return _people_across(records) if form.kind == ACROSS else _people_of_lines(_lines_of_rows(records), form)
