"""Further tables below a list: who they are about, and whether they are read on.

A report of a meeting lists those who were there, and below them their comings and goings under other headers; a list by
countries has a title and a header for each.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from imports.files.records import Record
from imports.kinds import EMAIL, TEXT, kind_of
from imports.mapping import field_of_header, is_known_header
from imports.mapping.fields import NAMES
from imports.mapping.keys import words_of

MOST_TABLES: Final = 200  # of one list
MOST_COMPARED: Final = 100_000  # rows up to which the people of two tables are compared
NEW: Final = 0.2  # share of people without a new address who are not above from which on a table is read on
_KNOWN: Final = 0.5  # of the cells of a header, which lists must use as headers
# Titles of tables of those who gave the event, who are no leads.
_HOSTS: Final = frozenset(
    {"staff", "host", "hosts", "panelist", "panelists", "panellists", "organizer", "organizers", "organisers",
     "presenter", "presenters", "speaker", "speakers", "moderator", "moderators", "veranstalter", "referenten",
     "organisateurs", "intervenants"}
)  # fmt: skip
# Titles of tables of what people said at the event, whatever their headers are.
_ANSWERS: Final = frozenset(
    {"question", "questions", "poll", "polls", "survey", "surveys", "chat", "reactions", "fragen", "umfrage",
     "umfragen", "sondage", "sondages", "preguntas", "encuesta", "encuestas", "domande", "sondaggio", "vragen",
     "enquete"}
)  # fmt: skip

# Of a further table that is read on: its first row, its header, how many columns it has, and for each column of the
# list where it stands there, -1 for nowhere.
Places = tuple[int, int, int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """A further table."""

    first: int  # number of its first row: its title, or its header
    header: int
    title: str
    places: tuple[int, ...]  # for each column of the list where it stands in this table, -1 for nowhere
    cells: tuple[str, ...]  # its header
    is_same: bool  # whether this is the header of the list once more


class TableFinder:
    """Sees the rows of a list, one after the other, and keeps what looks like the header of a further table."""

    def __init__(self, header: Sequence[str]) -> None:
        self.found: list[Table] = []
        self._header = [_bare(cell).casefold() for cell in header]
        self._last = Record(0, [], "", None)
        self._below_gap = 0  # the last row with a blank one above it

    def see(self, record: Record) -> None:
        last, self._last = self._last, record
        cells = last.cells
        is_next = record.number - last.number == 1
        if is_next and len(cells) > 1 and cells[1]:
            return  # the row above is no title: a short way past all but a few rows
        if not is_next:
            self._below_gap = record.number
        title = cells[0] if cells and not any(cells[1:]) else ""
        if (title or not is_next) and last.number and self._header:
            self._look_at(record, last, title, has_gap=self._below_gap == last.number)

    def _look_at(self, record: Record, last: Record, title: str, *, has_gap: bool) -> None:
        texts = [_bare(cell).casefold() for cell in record.cells]
        filled = [text for text in texts if text]
        if len(filled) < 2 and texts != self._header:  # no header, and what most rows of a narrow list are
            return
        shared = len({*filled} & {*self._header} - {""})
        is_same = texts == self._header
        is_known = is_same or is_header(record.cells)
        is_of_answers = bool(title) and len(filled) > 1 and not _ANSWERS.isdisjoint(words_of(title))
        if not is_of_answers and (shared < (1 if title else max(2, len(filled) / 2)) or not is_known):
            return
        # A header that comes again on every page is no row anyway, and what stands above it may be the last person.
        if is_same and not (title and has_gap):
            return
        places = tuple(texts.index(text) if text and text in texts else -1 for text in self._header)
        first = last.number if title else record.number
        if len(self.found) < MOST_TABLES:
            self.found.append(Table(first, record.number, title, places, tuple(record.cells), is_same))


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row of words is made of headers that lists use, for the greater part."""
    filled = [_bare(cell) for cell in cells if cell]
    if len(filled) < 2 or any(kind_of(text) != TEXT for text in filled):
        return False
    return sum(map(is_known_header, filled)) >= max(2, _KNOWN * len(filled))


def is_of_person(cell: str) -> bool:
    """Whether the cell is a header that no value looks like: of an address, a number, or one half of a name."""
    return field_of_header(_bare(cell)) in {"email", "phone", "mobile", "first_name", "last_name"}


def is_header_of_form(cell: str) -> bool:
    """Whether the cell is a header, perhaps with an example: “E-mail (name@company.com)”, “E-mail: …”."""
    return any(bare and is_known_header(bare) for bare in (_bare(cell), cell.partition(":")[0].strip()))


def names_people(cells: Sequence[str]) -> bool:
    """Whether one of these headers is that of names."""
    return any(field_of_header(_bare(cell)) in NAMES for cell in cells if cell)


def is_of_hosts(title: str) -> bool:
    """Whether a table of that title is one of those who gave the event."""
    return not _HOSTS.isdisjoint(words_of(title))


def _bare(cell: str) -> str:
    """The header without a remark in brackets."""
    return " ".join(cell.partition("(")[0].split())


def end_of_list(
    tables: Sequence[Table], records: Callable[[], Iterator[Record]], *, header: Sequence[str]
) -> int:
    """The first row of the first table from which on nobody new comes, 0 where the last one still brings somebody."""
    seen: set[str] = set()
    keys: list[list[str]] = [[] for _ in tables]  # by what each row is compared
    others: list[list[str]] = [[] for _ in tables]
    at = -1
    for count, record in enumerate(records()):
        if count > MOST_COMPARED:
            return 0
        while at + 1 < len(tables) and record.number >= tables[at + 1].first:
            at += 1
        if at < 0 or record.number > tables[at].header:
            found = _keys(record.cells, header if at < 0 else tables[at].cells)
            if at < 0:
                seen.update(found)
            else:
                keys[at] += found[:1]
                others[at] += found[1:]
    end = 0
    for table, people, known_by in zip(tables, keys, others, strict=True):
        new = {*people} - seen
        has_address = any("@" in key for key in new)  # while a name may only be spelt in another way
        is_new = table.is_same or has_address or (bool(new) and len(new) >= NEW * len({*people}))
        is_new = is_new and not is_of_hosts(table.title)
        seen.update(people, known_by)
        end = 0 if is_new else end or table.first
    return end


def _keys(cells: Sequence[str], header: Sequence[str]) -> list[str]:
    """By what somebody is known in two tables: the address and the name, or one of them."""
    address = next((cell for cell in cells if "@" in cell and kind_of(cell) == EMAIL), "")
    names = [cell for cell, text in zip(cells, header, strict=False) if field_of_header(_bare(text)) in NAMES]
    name = " ".join(
        sorted(" ".join(names).casefold().split())
    )  # in one table the family name may stand in front
    return [key for key in (address.casefold(), name) if key]


def merged(header: Sequence[str], tables: Sequence[Table]) -> tuple[list[str], tuple[Places, ...]]:
    """The headers that further tables add to those of the list, and where each column stands in which table."""
    known = {_bare(cell).casefold() for cell in header}
    added: dict[str, str] = {}
    for table in tables:
        for cell in table.cells:
            if cell and (key := _bare(cell).casefold()) not in known:
                added.setdefault(key, " ".join(cell.split()))
    found: list[Places] = []
    for table in tables:
        texts = [_bare(cell).casefold() for cell in table.cells]
        more = tuple(texts.index(key) if key in texts else -1 for key in added)
        found.append((table.first, table.header, len(texts), table.places + more))
    return list(added.values()), tuple(found)


def read_on(records: Iterator[Record], tables: Sequence[Places], *, own: int, width: int) -> Iterator[Record]:
    """The records, those of further tables under the headers of the list.

    The list has `own` columns, and `width` with those that further tables add.
    """
    waiting = list(tables)
    header, count = 0, own
    places: tuple[int, ...] = (*range(own), *[-1] * (width - own))
    for record in records:
        while waiting and record.number >= waiting[0][0]:
            _, header, count, places = waiting.pop(0)
        if record.number <= header:
            continue
        cells = record.cells
        if header or len(cells) == own < width:
            moved = [cells[place] if 0 <= place < len(cells) else "" for place in places]
            record = record._replace(cells=moved + cells[count:], flaws=record.flaws if not header else None)
        yield record
