"""What follows from pairs that are the same: where A is B and B is C, A is C, unless A and C themselves deny it.

A pair that is not sure by itself becomes "same" where a third row is surely the same as both, and its own evidence does
not contradict. Contradiction is judged by the pair's own probability, so that a chain of small steps does not join what
is plainly different at its ends.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from imports.matching.records import Floats, Ints

# The probability of a pair by itself below which a third row is not believed.
NOT_CONTRADICTED: Final = 0.05
ROUNDS: Final = 3  # a fact that follows may let another follow; more steps than this are a chain, not a proof
LARGEST: Final = 400  # records of a cluster that are looked at in all their pairs


def clusters(left: Ints, right: Ints, count: int) -> Iterator[list[int]]:
    """The groups of two and more records that the pairs join, in the order of their first record."""
    parent = list(range(count))

    def root(record: int) -> int:
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    groups: dict[int, list[int]] = {}
    for record in dict.fromkeys(sorted({*left.tolist(), *right.tolist()})):
        groups.setdefault(root(record), []).append(record)
    yield from (group for group in groups.values() if len(group) > 1)


def pairs_to_judge(left: Ints, right: Ints, sure: npt.NDArray[np.bool_], count: int) -> tuple[Ints, Ints]:
    """Pairs within clusters that share no key and were not compared yet."""
    found = [
        pair
        for group in clusters(left[sure], right[sure], count)
        if 2 < len(group) <= LARGEST
        for pair in combinations(group, 2)
    ]
    pairs = np.array(found, np.int64).reshape(-1, 2)
    new = ~np.isin(pairs[:, 0] * count + pairs[:, 1], left * count + right)
    return pairs[new, 0], pairs[new, 1]


def followed(left: Ints, right: Ints, probability: Floats, *, sure_from: float) -> Floats:
    """The probabilities, raised where a third record is surely the same as both and nothing contradicts."""
    for _ in range(ROUNDS):
        raised = _followed_once(left, right, probability, sure_from)
        if np.array_equal(raised, probability):
            break
        probability = raised
    return probability


def _followed_once(left: Ints, right: Ints, probability: Floats, sure_from: float) -> Floats:
    sure: dict[int, dict[int, float]] = {}
    sides = np.flatnonzero((probability >= sure_from) & (left != right))
    for one, other, chance in zip(
        left[sides].tolist(), right[sides].tolist(), probability[sides].tolist(), strict=True
    ):
        sure.setdefault(one, {})[other] = chance
        sure.setdefault(other, {})[one] = chance
    raised = probability.copy()
    doubtful = np.flatnonzero((probability < sure_from) & (probability >= NOT_CONTRADICTED))
    for at in doubtful.tolist():
        one, other = sure.get(int(left[at]), {}), sure.get(int(right[at]), {})
        if shared := one.keys() & other.keys():
            raised[at] = max(sure_from, *(one[third] * other[third] for third in shared))
    return raised
