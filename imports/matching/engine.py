"""From rows to pairs that are the same or may be: blocking, comparing, learning, deciding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from imports.matching.blocking import Crowd, candidates
from imports.matching.clusters import followed, pairs_to_judge
from imports.matching.company_names import NameWords
from imports.matching.comparing import compared
from imports.matching.kinds import SAME, Kind
from imports.matching.namesakes import most_likely, own_numbers, strangers
from imports.matching.records import Column, Floats, Ints, Levels, Line, Records, records_of
from imports.matching.weights import Weights, learn, of_two_people, probability

SEED: Final = 20_260_312
DRAWN: Final = 200_000  # random pairs of which u is learned, if there are as many
SAME_FROM: Final = 0.9
MAYBE_FROM: Final = 0.1
RARE: Final = 1e-7  # no value is rarer than this in the world


@dataclass(slots=True)
class Matches:
    """Pairs of records with the probability of being the same, and what it rests on."""

    records: Records
    left: Ints
    right: Ints
    probability: Floats
    levels: Levels
    bits: Floats
    weights: Weights
    crowds: list[Crowd] = field(default_factory=list)


def match(lines: Sequence[Line], *, second_from: int | None = None, is_company: bool = False) -> Matches:
    """The pairs of one table, or between two that stand below each other (the second from that row on)."""
    records = records_of(lines, second_from=second_from)
    kinds = [column.kind for column in records.columns]
    names = {
        column.name: NameWords([text] for text in column.texts) for column in records.of_kind(Kind.COMPANY)
    }
    left, right, crowds = candidates(records, is_company=is_company)
    levels = compared(records, left, right, names)
    weights = learn(
        kinds=kinds,
        levels=levels,
        drawn=compared(records, *_drawn(records), names),
        alike=[_alike(records, place) for place in range(len(kinds))],
        pairs_possible=records.pairs_possible,
        drawn_from=records.pairs_possible,
    )
    others = strangers(records)
    judged = _judged(records, left, right, levels, weights, others)
    judged.crowds = crowds
    if records.is_between:
        return judged
    more = pairs_to_judge(left, right, judged.probability >= SAME_FROM, len(records))
    found = _joined(judged, _judged(records, *more, compared(records, *more, names), weights, others))
    found = _joined(found, _rows_alike(records, weights, others))
    found.probability = followed(found.left, found.right, found.probability, sure_from=SAME_FROM)
    return found


def _judged(
    records: Records, left: Ints, right: Ints, levels: Levels, weights: Weights, others: Mapping[int, Ints]
) -> Matches:
    bits = weights.of_levels(levels) + _rareness(records, left, levels, weights)
    likely = probability(bits.sum(axis=1) + weights.prior)
    likely[of_two_people([column.kind for column in records.columns], levels)] = 0.0
    is_own = own_numbers(records, left, right, others)
    most = most_likely(records.columns, left, right, levels, bits, weights=weights, is_own=is_own)
    return Matches(records, left, right, np.minimum(likely, most), levels, bits, weights)


def _rows_alike(records: Records, weights: Weights, others: Mapping[int, Ints]) -> Matches:
    """Records that stand for several rows, each as a pair with itself."""
    several = np.flatnonzero(records.sizes > 1)
    levels = np.zeros((len(several), len(records.columns)), np.uint8)
    for place, column in enumerate(records.columns):
        levels[:, place] = np.where(column.codes[several] > 0, SAME[column.kind], 0)
    return _judged(records, several, several, levels, weights, others)


def _joined(one: Matches, other: Matches) -> Matches:
    return replace(
        one,
        left=np.append(one.left, other.left),
        right=np.append(one.right, other.right),
        probability=np.append(one.probability, other.probability),
        levels=np.concatenate([one.levels, other.levels]),
        bits=np.concatenate([one.bits, other.bits]),
    )


def _drawn(records: Records) -> tuple[Ints, Ints]:
    dice = np.random.default_rng(SEED)
    count = len(records)
    several = min(DRAWN, int(2 * records.pairs_possible)) if count > 1 else 0
    left, right = dice.integers(0, max(count, 1), (2, several))
    fit = left != right
    if records.is_between:
        fit = records.side[left] != records.side[right]
    return left[fit], right[fit]


def _alike(records: Records, place: int) -> float:
    """How often two records that have a value in this column have the same one."""
    column = records.columns[place]
    if records.is_between:
        sides = [
            np.bincount(column.codes[records.side == side], minlength=len(column.texts))[1:].astype(float)
            for side in (0, 1)
        ]
        return float((sides[0] * sides[1]).sum() / max(1.0, sides[0].sum() * sides[1].sum()))
    return repeated(np.bincount(column.codes, minlength=len(column.texts))[1:].astype(float))


def repeated(counts: Floats) -> float:
    """How often two that are drawn have the same value, if the values occur as often as `counts` says."""
    total = float(counts.sum())
    return float((counts * (counts - 1)).sum() / max(1.0, total * (total - 1)))


def rareness(column: Column, left: Ints, levels: Levels, *, u: float, counts: Floats, total: float) -> Floats:
    """What the same value weighs more for being rare, or less for being common, in bits, for each pair.

    `counts` says of each code of the column how many rows have it, of `total` that have any. One of the two rows is the
    partner itself; the mean stands in for what a small file cannot say.
    """
    found = np.zeros(len(left))
    same = np.flatnonzero(levels == SAME[column.kind])
    shares = np.maximum(counts, 1) / (total + 1 / max(u, RARE))
    found[same] = np.log2(u / np.maximum(shares, RARE))[column.codes[left[same]]]
    return found


def _rareness(records: Records, left: Ints, levels: Levels, weights: Weights) -> Floats:
    found = np.zeros(levels.shape)
    for place, column in enumerate(records.columns):
        counts = np.bincount(column.codes, minlength=len(column.texts)).astype(float)
        counts[0] = 0
        found[:, place] = rareness(
            column,
            left,
            levels[:, place],
            u=float(weights.u[place][-1]),
            counts=counts,
            total=float(counts.sum()),
        )
    return found
