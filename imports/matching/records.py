"""Rows as columns of numbered values, rows that say the same taken together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from imports.matching.kinds import Kind

Ints = npt.NDArray[np.int64]
Levels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """One column of a table: its name, what it holds, and its values in one spelling ("" where there is none)."""

    name: str
    kind: Kind
    values: Sequence[str]


@dataclass(slots=True)
class Column:
    """One column over the records: each record's value as a number, 0 for none, and the text of each number."""

    name: str
    kind: Kind
    codes: Ints
    texts: npt.NDArray[Any]  # by code; texts[0] is ""

    @property
    def shares(self) -> Floats:
        """How often each value stands among the records that have one, 0 to 1, by code."""
        counts = np.bincount(self.codes, minlength=len(self.texts)).astype(float)
        counts[0] = 0
        return counts / max(1.0, counts.sum())

    def codes_of(self, part: Callable[[str], str]) -> Ints:
        """The records' values cut down by `part` (a year, an initial), numbered; 0 where nothing is left."""
        numbers: dict[str, int] = {"": 0}
        by_code = np.fromiter(
            (numbers.setdefault(part(text), len(numbers)) for text in self.texts), np.int64, len(self.texts)
        )
        return by_code[self.codes]


@dataclass(slots=True)
class Records:
    """The different rows of one table, or of two. Rows that agree in every compared column are one record."""

    columns: list[Column]
    side: Ints  # 0 for the first table, 1 for the second; all 0 where there is one
    is_between: bool
    rows_in: tuple[int, int]  # rows of the two tables
    _order: Ints = field(repr=False)  # rows, those of one record beside each other
    _starts: Ints = field(repr=False)  # where each record's rows begin in `_order`

    def __len__(self) -> int:
        return len(self.side)

    @property
    def sizes(self) -> Ints:
        """How many rows each record stands for."""
        return np.diff(np.append(self._starts, len(self._order)))

    def rows(self, record: int) -> Ints:
        """The rows of one record, from 0; those of a second table count on from the first."""
        end = self._starts[record + 1] if record + 1 < len(self._starts) else len(self._order)
        return self._order[self._starts[record] : end]

    @property
    def pairs_possible(self) -> float:
        """How many pairs of different records there are."""
        right = float(self.side.sum())
        left = len(self) - right
        return max(1.0, left * right if self.is_between else len(self) * (len(self) - 1) / 2)

    def of_kind(self, *kinds: Kind) -> list[Column]:
        return [column for column in self.columns if column.kind in kinds]


def records_one_by_one(lines: Sequence[Line]) -> Records:
    """One record for each row, in their order, whatever they say. Columns without a value stay."""
    count = len(lines[0].values)
    each = np.arange(count, dtype=np.int64)
    return Records(
        [_column(line) for line in lines], np.zeros(count, np.int64), False, (count, 0), each, each
    )


def records_of(lines: Sequence[Line], *, second_from: int | None = None) -> Records:
    """The records of one table, or of two that stand below each other, the second from row `second_from` on.

    Columns without a value, and rows without any, are left out.
    """
    count = len(lines[0].values) if lines else 0
    columns = [_column(line) for line in lines if any(line.values)]
    side = np.zeros(count, np.int64)
    if second_from is not None:
        side[second_from:] = 1
    if columns:
        known = np.any(np.stack([column.codes for column in columns]) > 0, axis=0)
        order, starts = _together([side, *(column.codes for column in columns)], known)
    else:
        order = starts = np.zeros(0, np.int64)
    first = order[starts] if len(order) else order
    for column in columns:
        column.codes = column.codes[first]
    second = count if second_from is None else second_from
    return Records(
        columns=columns,
        side=side[first],
        is_between=second_from is not None,
        rows_in=(second, count - second),
        _order=order,
        _starts=starts,
    )


def _column(line: Line) -> Column:
    numbers: dict[str, int] = {"": 0}
    codes = np.fromiter(
        (numbers.setdefault(value, len(numbers)) for value in line.values), np.int64, len(line.values)
    )
    texts = np.empty(len(numbers), object)
    texts[:] = list(numbers)
    return Column(line.name, line.kind, codes, texts)


def _together(codes: Sequence[Ints], known: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """The known rows ordered so that equal ones are neighbours, in the order of the first of each; and the starts."""
    key = np.zeros(len(known), np.int64)
    for column in codes:
        key = np.unique(key * (int(column.max(initial=0)) + 1) + column, return_inverse=True)[1].astype(
            np.int64
        )
    rows = np.flatnonzero(known)
    _, first, inverse = np.unique(key[rows], return_index=True, return_inverse=True)
    order = rows[np.argsort(first[inverse], kind="stable")]
    changes = np.append(True, np.diff(key[order]) != 0) if len(order) else np.zeros(0, bool)
    return order, np.flatnonzero(changes).astype(np.int64)
