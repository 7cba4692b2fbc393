"""The columns of a list as lines that are compared: names taken apart, house numbers off their streets."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from imports.matching.columns import Compared
from imports.matching.kinds import Kind
from imports.matching.records import Line
from imports.matching.values import spelling
from leads.normalise import split_name

_HOUSE_FIRST: Final = re.compile(r"^(\d+[a-z]?)\s+(.+)$")
_HOUSE_LAST: Final = re.compile(r"^(\D+?)\s+(\d+\s?[a-z]?)$")


def lines_of(columns: Sequence[Compared], texts: Mapping[str, Sequence[str]]) -> list[Line]:
    """The lines of a table whose columns hold `texts` (by header), in the order of the columns."""
    found: list[Line] = []
    has_house = any(column.kind is Kind.HOUSE for column in columns)
    for column in columns:
        values = texts[column.header]
        if column.is_full_name:
            names = [split_name(text) for text in values]
            given, family = [first for first, _ in names], [last for _, last in names]
            found.append(Line(f"{column.header} (first)", Kind.GIVEN, spelling(Kind.GIVEN, given)))
            found.append(Line(f"{column.header} (last)", Kind.FAMILY, spelling(Kind.FAMILY, family)))
            continue
        spelt = spelling(column.kind, values)
        if column.kind is Kind.STREET and not has_house:
            has_house = True
            parts = [_house_and_street(text) for text in spelt]
            found.append(Line(f"{column.header} (number)", Kind.HOUSE, [house for house, _ in parts]))
            spelt = [street for _, street in parts]
        found.append(Line(column.header, column.kind, spelt))
    return found


def _house_and_street(text: str) -> tuple[str, str]:
    if found := _HOUSE_FIRST.match(text):
        return found[1], found[2]
    if found := _HOUSE_LAST.match(text):
        return found[2].replace(" ", ""), found[1]
    return "", text
