"""A row of a list as a person, or what is wrong with it: which column, which value, what to do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from imports.mapping import TARGETS, addresses_in, is_scientific, to_raw
from imports.models import Review, RowOutcome
from imports.moments import read_moment
from imports.reading import Row
from leadops.cells import plain_text
from leads import people
from leads.normalise import LOOKED_AT

# The clock of an event may be half a day ahead of ours; what lies further ahead is a wrong date.
AHEAD_AT_MOST: Final = timedelta(hours=15)
# How much of a refused cell is kept with the reason: enough to recognise it. The whole cell is in the row.
SHOWN_VALUE: Final = 200

# For the activity; the others are the fields of `people.clean`.
_NOT_OF_PERSON: Final = frozenset({"note", "attended_at"})
_PHONES: Final = frozenset({"phone", "mobile"})
_LEFT_OUT: Final = {"linkedin_url": "page"}  # else it is a number
# Where a sentence about one field goes when the list has no column for it.
_STANDS_FOR: Final = {
    "first_name": "full_name",
    "last_name": "full_name",
    "phone": "mobile",
    "email_beside": "email",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is wrong with a row, or why it was left alone."""

    sentence: str
    field: str = ""  # canonical name
    column: str = ""  # header in the file
    value: str = ""

    def to_json(self) -> dict[str, str]:
        return {
            "sentence": self.sentence,
            "field": self.field,
            "column": self.column,
            "value": self.value[:SHOWN_VALUE],
        }


@dataclass(slots=True)  # not frozen: one is made for each row
class CleanRow:
    """A row on its way in: the person, or the reasons why it is none."""

    number: int  # as the spreadsheet shows it
    raw: str  # the cells as they stand in the file, a JSON list: what is kept of the row
    person: people.Person | None
    reasons: list[Reason] = field(default_factory=list)  # why it is none, or what was left out of it
    note: str = ""
    attended_at: datetime | None = None
    marks: tuple[str, ...] = ()  # of `leads.normalise.MARKS`

    @property
    def cells(self) -> list[str]:
        """The cells as they stand in the file."""
        return list(json.loads(self.raw))

    def review(self, outcome: str) -> str:
        """Whether a person should look at the row, whose outcome is this: a `Review`, or ""."""
        if outcome == RowOutcome.REJECTED:
            return Review.OPEN.value if self.marks else ""
        if outcome == RowOutcome.CREATED and not LOOKED_AT.isdisjoint(self.marks):
            return Review.OPEN.value
        return ""


@dataclass(frozen=True, slots=True)
class Cleaner:
    """How the rows of one list become people."""

    mapping: Mapping[str, str]  # header: field; columns left out are not in it
    country: str  # ISO 3166, of phone numbers without a country code
    is_day_first: bool
    zone: tzinfo
    now: datetime
    constants: Mapping[str, str] = field(default_factory=dict)  # field: text, where a row has none
    further: tuple[str, ...] = ()  # columns left out that have other e-mail addresses of the person

    def clean(self, row: Row, *, is_let_in: bool = False) -> CleanRow:
        """The row as a person. Never raises: what is wrong is in `reasons`, all of it.

        With `is_let_in` a person has seen that the row looks like nobody, and lets it in.
        """
        raw_cells = kept([*row.values.values(), *row.extra])
        if row.problem and (problems := self._problems_of_file(row)):
            return CleanRow(row.number, raw_cells, None, problems)
        texts = row.values
        if "'" in raw_cells:  # the quote that guards a cell against a spreadsheet
            texts = {header: plain_text(text) for header, text in texts.items()}
        beside: list[tuple[str, str]] = []
        raw = to_raw(texts, self.mapping, constants=self.constants, flaws=beside)
        if self.further:
            self._add_addresses(raw, texts)
        reasons = []
        attended_at: datetime | None = None
        person: people.Person | None = None
        marks: tuple[str, ...] = ()
        if text := raw.get("attended_at"):
            attended_at, problem = self._attended_at(text)
            if problem:
                reasons.append(self._reason("attended_at", problem, row))
        try:
            person = people.clean(_of_person(raw), country=self.country, is_let_in=is_let_in)
        except people.PersonRefused as refusal:
            marks = () if reasons else refusal.marks
            reasons = [self._reason(name, sentence, row) for name, sentence in refusal.problems] + reasons
        if reasons:
            return CleanRow(row.number, raw_cells, None, reasons, marks=marks)
        assert person is not None
        left_out = (
            [
                self._reason(name, f"The {_LEFT_OUT.get(name, 'number')} was left out. {sentence}", row)
                for name, sentence in person.flaws
            ]
            if person.flaws
            else []
        )
        if beside:
            left_out += [self._reason(name, sentence, row) for name, sentence in beside]
        return CleanRow(
            row.number,
            raw_cells,
            person,
            left_out,
            note=raw.get("note", ""),
            attended_at=attended_at,
            marks=person.marks,
        )

    def _add_addresses(self, raw: dict[str, str], texts: Mapping[str, str]) -> None:
        """Let the do-not-contact list be asked about addresses in columns left out; nothing of them is kept.

        An opt-out of the row is not entered under them: the column may be left out for being another's.
        """
        own = raw.get("email", "").casefold()
        found = [
            address
            for header in self.further
            for address in addresses_in(texts.get(header, ""))
            if address.casefold() != own
        ]
        if found and "opted_out" not in raw:
            raw["email_beside"] = "\n".join([*raw.get("email_beside", "").splitlines(), *found])

    def _problems_of_file(self, row: Row) -> list[Reason]:
        """What is wrong with the row before its values are looked at; a flaw in a column left out does no harm.

        A phone number in a power of ten is left out like any other that cannot be dialled, or written out in digits.
        """
        if not row.flaws:
            return [Reason(row.problem)]
        return [
            Reason(sentence, self.mapping[header], header, row.values[header])
            for header, sentence in row.flaws.items()
            if header in self.mapping
            and not (self.mapping[header] in _PHONES and is_scientific(row.values[header]))
        ]

    def _attended_at(self, text: str) -> tuple[datetime | None, str]:
        moment = read_moment(text, is_day_first=self.is_day_first, zone=self.zone)
        if moment is None:
            return None, f"“{text[:60]}” is not a date. Write it as in 2026-03-12 or 2026-03-12 14:30."
        if moment > self.now + AHEAD_AT_MOST:
            return None, f"“{text[:60]}” lies in the future. Correct the date."
        return min(moment, self.now), ""

    def _reason(self, name: str, sentence: str, row: Row) -> Reason:
        columns = {target: header for header, target in self.mapping.items()}
        target = name if name in columns else _STANDS_FOR.get(name, name)
        header = columns.get(target, "")
        return Reason(sentence, target, header, row.values.get(header, ""))


def kept(cells: Sequence[str]) -> str:
    """Cells as a JSON list, in a third of the time of an encoder for everything."""
    joined = '", "'.join(cells)
    if (
        cells
        and joined.isascii()
        and joined.isprintable()
        and "\\" not in joined
        and joined.count('"') == 2 * (len(cells) - 1)
    ):
        return f'["{joined}"]'
    return f"[{', '.join(map(encode_basestring_ascii, cells))}]"


def _of_person(raw: dict[str, str]) -> dict[str, str]:
    if raw.keys().isdisjoint(_NOT_OF_PERSON):
        return raw
    return {name: raw[name] for name in raw if name not in _NOT_OF_PERSON}


def label_of(target: str) -> str:
    """What the company calls a field of an import, now; "" for none."""
    return str(TARGETS[target].label) if target in TARGETS else ""


def told(reason: Mapping[str, Any]) -> str:
    """A reason as a person reads it: the field's label and the file's column in front of the sentence."""
    label = label_of(reason.get("field", ""))
    column = reason.get("column", "")
    if label and column and column.casefold() != label.casefold():
        return f"{_capital(label)} (column “{column}”): {reason['sentence']}"
    if label or column:
        return f"{_capital(label or column)}: {reason['sentence']}"
    return str(reason["sentence"])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
