"""Matches of records, told as pairs of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from imports.matching.engine import MAYBE_FROM, SAME_FROM, Matches
from imports.matching.records import Floats, Ints

# Rows that agree in all that is compared are pairs with each other as long as they are not more than this (half a
# million pairs); of more, each is a pair with the first only.
MOST_ALIKE: Final = 1_000


class Verdict(StrEnum):
    SAME = "same"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows, from 0; those of a second table count from 0 too. The surest come first."""

    left: Ints
    right: Ints
    probability: Floats

    def __len__(self) -> int:
        return len(self.left)

    def __iter__(self) -> Iterator[tuple[int, int, float, Verdict]]:
        for left, right, probability in zip(
            self.left.tolist(), self.right.tolist(), self.probability.tolist(), strict=True
        ):
            yield left, right, probability, Verdict.SAME if probability >= SAME_FROM else Verdict.MAYBE


def pairs_of(matches: Matches, *, threshold: float = MAYBE_FROM) -> Pairs:
    """The pairs of rows whose probability of being the same is at least `threshold`."""
    records = matches.records
    kept = np.flatnonzero(matches.probability >= threshold)
    lefts: list[Ints] = []
    rights: list[Ints] = []
    sizes: list[int] = []
    for left, right in zip(matches.left[kept].tolist(), matches.right[kept].tolist(), strict=True):
        one, other = records.rows(left), records.rows(right)
        if left == right:
            at, to = np.triu_indices(len(one), 1) if len(one) <= MOST_ALIKE else _with_the_first(len(one))
            one, other = one[at], one[to]
        elif len(one) * len(other) > MOST_ALIKE * MOST_ALIKE // 2:
            one, other = one[:1], other[:1]
        else:
            one, other = np.repeat(one, len(other)), np.tile(other, len(one))
        lefts.append(one)
        rights.append(other)
        sizes.append(len(one))
    if not sizes:
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    first, second = np.concatenate(lefts), np.concatenate(rights)
    low, high = np.minimum(first, second), np.maximum(first, second)
    if records.is_between:
        high -= records.rows_in[0]
    chance: Floats = np.round(np.repeat(matches.probability[kept], sizes), 6).astype(np.float64)
    order = np.lexsort((high, low, -chance))
    return Pairs(low[order], high[order], chance[order])


def _with_the_first(count: int) -> tuple[Ints, Ints]:
    return np.zeros(count - 1, np.int64), np.arange(1, count)
