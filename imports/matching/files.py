"""Duplicates within one file, or between two, that an import can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from imports import reading
from imports.files.limits import UnreadableFile
from imports.matching.blocking import Crowd
from imports.matching.columns import compared_columns
from imports.matching.engine import match
from imports.matching.lines import lines_of
from imports.matching.pairs import Pairs, pairs_of
from imports.matching.records import Line
from leadops.errors import LeadOpsError


class NothingToCompare(LeadOpsError):
    """No column of the file, or none that both files have, can be compared."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: the number of rows read, the pairs, the columns compared, and the crowds."""

    rows: int
    pairs: Pairs
    compared: dict[str, str]  # header: what it holds
    crowds: list[Crowd]


@dataclass(frozen=True, slots=True)
class _Table:
    lines: list[Line]
    rows: int
    headers: tuple[str, ...]


def match_files(
    left: Path, right: Path | None, *, entity: str, ignore: Sequence[str], threshold: float
) -> Found:
    """The pairs of rows of a file, or of two. Raises UnreadableFile or NothingToCompare."""
    one = _read(left, entity, ignore)
    other = _read(right, entity, ignore) if right else None
    _require_columns(ignore, [*one.headers, *(other.headers if other else ())])
    lines = _beside(one.lines, other.lines) if other else one.lines
    if not lines:
        raise NothingToCompare(
            "No column can be compared. Name the columns of the list in its first row: names, e-mail, phone, birth "
            "date, address or company."
        )
    matches = match(lines, second_from=one.rows if other else None, is_company=entity == "company")
    return Found(
        rows=one.rows + (other.rows if other else 0),
        pairs=pairs_of(matches, threshold=threshold),
        compared={line.name: line.kind.value for line in lines},
        crowds=matches.crowds,
    )


def _read(path: Path, entity: str, ignore: Sequence[str]) -> _Table:
    try:
        file = path.open("rb")
    except OSError as absent:
        raise UnreadableFile(f"“{path}” cannot be read: {absent.strerror}. Check the path.") from absent
    with file:
        shape = reading.inspect(file, name=path.name)
        columns = compared_columns(shape.headers, sample=shape.sample_values, entity=entity, ignore=ignore)
        texts: dict[str, list[str]] = {column.header: [] for column in columns}
        count = 0
        for row in reading.rows(file, shape=shape):
            count += 1
            for header, values in texts.items():
                values.append(row.values[header])
    return _Table(lines_of(columns, texts), count, shape.headers)


def _require_columns(ignore: Sequence[str], headers: Sequence[str]) -> None:
    known = {header.strip().casefold() for header in headers}
    for name in ignore:
        if name.strip().casefold() not in known:
            listed = ", ".join(f"“{header}”" for header in dict.fromkeys(headers))
            raise NothingToCompare(f"There is no column “{name}” that could be ignored. There are: {listed}.")


def _beside(one: Sequence[Line], other: Sequence[Line]) -> list[Line]:
    """The columns that both tables have: the first e-mail of one with the first of the other, and so on."""
    found = []
    rest = list(other)
    for line in one:
        partner = next((candidate for candidate in rest if candidate.kind is line.kind), None)
        if partner is not None:
            rest.remove(partner)
            found.append(Line(line.name, line.kind, [*line.values, *partner.values]))
    return found
