"""What each level of agreement weighs, learned from the pairs themselves without knowing which are the same.

Fellegi and Sunter (1969): the weight of a level is log2(m / u), where m is how often rows of one person reach it and u
how often rows of different ones do. Expectation maximisation (Winkler 1988) finds m and the share of matches from the
candidate pairs; pairs that share no key count as different. u comes from pairs drawn at random, without the share of
matches among them, and for "the same" from the frequencies of the values. `kinds.EXPECTED` takes part as if it were
pairs that were seen, so that a file of ten rows is judged by what is generally so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from imports.matching.kinds import EXPECTED, SAME, Kind
from imports.matching.records import Floats, Levels

ROUNDS: Final = 60
STILL: Final = 1e-4  # change of the share of matches, of itself, at which learning ends
MATCHES_EXPECTED: Final = 30.0  # as many matches weighs what is expected of m
PAIRS_EXPECTED: Final = 3_000.0  # as many pairs weighs what is expected of u
FEW_COLUMNS: Final = 3  # with fewer than this, nothing can be told about m from the pairs alone
SHARE_PAIRS: Final = 400.0  # of the share of matches, two in four hundred pairs are expected
SHARE_MATCHES: Final = 2.0


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned: for each column m and u by level (level 1 first), and the share of matches of all pairs."""

    m: list[Floats]
    u: list[Floats]
    share: float

    @property
    def prior(self) -> float:
        """Log2 of the odds that two rows are the same before anything is compared."""
        return float(np.log2(self.share / (1 - self.share)))

    def of_levels(self, levels: Levels) -> Floats:
        """The weight of each column for each pair, in bits; 0 where a value is not known."""
        found = np.zeros(levels.shape)
        for place, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            found[:, place] = np.append(0.0, np.log2(m / u))[levels[:, place]]
        return found


def learn(
    *,
    kinds: Sequence[Kind],
    levels: Levels,
    drawn: Levels,
    alike: Sequence[float],
    pairs_possible: float,
) -> Weights:
    """The weights of the columns.

    `levels` are those of the candidate pairs, `drawn` of pairs drawn at random, `alike` is for each column how often
    two values of different rows are the same, `pairs_possible` the number of all pairs.
    """
    patterns, counts = _counted(levels)
    random_patterns, random_counts = _counted(drawn)
    m = [np.array(EXPECTED[kind].m) for kind in kinds]
    u = [np.array(EXPECTED[kind].u) for kind in kinds]
    found = Weights(m, u, SHARE_MATCHES / SHARE_PAIRS)
    found = Weights(
        m, _learn_u(found, kinds, random_patterns, random_counts, alike, pairs_possible), found.share
    )
    for _ in range(ROUNDS):
        matching = probability(found.of_levels(patterns).sum(axis=1) + found.prior) * counts
        total = float(matching.sum())
        share = (total + SHARE_MATCHES) / (pairs_possible + SHARE_PAIRS)
        m = found.m if len(kinds) < FEW_COLUMNS else _learn_m(kinds, patterns, matching)
        new = Weights(m, found.u, min(share, 0.5))
        u = _learn_u(new, kinds, random_patterns, random_counts, alike, pairs_possible)
        change = abs(new.share - found.share) / found.share
        found = Weights(m, u, new.share)
        if change < STILL:
            break
    return found


def probability(bits: Floats) -> Floats:
    """Odds as log2, as a probability."""
    return 1 / (1 + np.exp2(-np.clip(bits, -60, 60)))


def _counted(levels: Levels) -> tuple[Levels, Floats]:
    """The different lines and how often each occurs."""
    if not len(levels):
        return levels, np.zeros(0)
    code = np.zeros(len(levels), np.int64)
    for place in range(levels.shape[1]):
        code = code * 8 + levels[:, place]
    _, first, counts = np.unique(code, return_index=True, return_counts=True)
    return levels[first], counts.astype(float)


def _learn_m(kinds: Sequence[Kind], patterns: Levels, matching: Floats) -> list[Floats]:
    learned = []
    for place, kind in enumerate(kinds):
        seen = np.bincount(patterns[:, place], weights=matching, minlength=SAME[kind] + 1)[1:].astype(float)
        learned.append(_mixed(seen, EXPECTED[kind].m, MATCHES_EXPECTED))
    return learned


def _learn_u(
    weights: Weights,
    kinds: Sequence[Kind],
    patterns: Levels,
    counts: Floats,
    alike: Sequence[float],
    pairs_possible: float,
) -> list[Floats]:
    different = counts * (1 - probability(weights.of_levels(patterns).sum(axis=1) + weights.prior))
    learned = []
    for place, kind in enumerate(kinds):
        seen = np.bincount(patterns[:, place], weights=different, minlength=SAME[kind] + 1)[1:].astype(float)
        shares = seen / max(1.0, seen.sum())
        # Rare agreement is counted, not drawn: a million random pairs may hold no two of the same number.
        same = max(0.0, alike[place] - weights.share * float(weights.m[place][-1])) / (1 - weights.share)
        rest = max(float(shares[:-1].sum()), 1e-9)
        shares = np.append(shares[:-1] * (1 - same) / rest, same)
        learned.append(_mixed(shares * pairs_possible, EXPECTED[kind].u, PAIRS_EXPECTED))
    return learned


def _mixed(seen: Floats, expected: Sequence[float], strength: float) -> Floats:
    mixed = seen + strength * np.array(expected)
    return mixed / mixed.sum()
