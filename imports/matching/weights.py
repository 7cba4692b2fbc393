"""What each level of agreement weighs, learned from the pairs themselves without knowing which are the same.

Fellegi and Sunter (1969): the weight of a level is log2(m / u), where m is how often rows of one person reach it and u
how often rows of different ones do. Expectation maximisation (Winkler 1988) finds m and the share of matches from the
candidate pairs; pairs that share no key count as different. u comes from pairs drawn at random, without the share of
matches among them, and for "the same" from the frequencies of the values. `kinds.EXPECTED` takes part as if it were
pairs that were seen, so that a file of ten rows is judged by what is generally so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from imports.matching.kinds import EXPECTED, SAME, Kind
from imports.matching.records import Floats, Levels

ROUNDS: Final = 60
STILL: Final = 1e-4  # change of the share of matches, of itself, at which learning ends
MATCHES_EXPECTED: Final = 30.0  # as many matches weighs what is expected of m
PAIRS_EXPECTED: Final = 3_000.0  # as many pairs weighs what is expected of u
# Two rows of one person rarely have another name, and never another number: what differs in most of the pairs that
# agree in all else are colleagues or a family, however many they are.
MOST_DIFFERENT: Final = 0.35
_LASTING: Final = frozenset({Kind.GIVEN, Kind.FAMILY, Kind.BIRTH, Kind.NUMBER})
# From which level on a column has what a colleague hardly has as well: the same, or a slip away from it.
OF_ONE: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        Kind.EMAIL: SAME[Kind.EMAIL] - 1,
        Kind.NUMBER: SAME[Kind.NUMBER] - 1,
        Kind.BIRTH: SAME[Kind.BIRTH] - 1,
        Kind.DOMAIN: SAME[Kind.DOMAIN],  # a person's page
    }
)
FEW_COLUMNS: Final = 3  # with fewer, only the share of matches can be told from the pairs alone
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
    drawn_from: float,
) -> Weights:
    """The weights of the columns.

    `levels` are those of the candidate pairs, `drawn` of pairs drawn at random, `alike` is for each column how often
    two values of different rows are the same, `pairs_possible` the number of all pairs and `drawn_from` of those from
    which was drawn.
    """
    drawn_patterns, drawn_counts = _counted(drawn)
    # A pair of a small file is drawn many times and still is one pair.
    drawn_counts *= min(1.0, drawn_from / max(len(drawn), 1))
    seen = _Seen(kinds, *_counted(levels), drawn_patterns, drawn_counts, alike, pairs_possible)
    found = Weights(
        [np.array(EXPECTED[kind].m) for kind in kinds],
        [np.array(EXPECTED[kind].u) for kind in kinds],
        SHARE_MATCHES / SHARE_PAIRS,
    )
    if len(kinds) >= FEW_COLUMNS:
        found = replace(found, u=seen.learn_u(found, seen.matching(found)))
    for _ in range(ROUNDS):
        matching = seen.matching(found)
        share = (float(matching.sum()) + SHARE_MATCHES) / (pairs_possible + SHARE_PAIRS)
        new = replace(found, share=min(share, 0.5))
        if len(kinds) >= FEW_COLUMNS:
            new = replace(new, m=seen.learn_m(matching))
            new = replace(new, u=seen.learn_u(new, matching))
        change = abs(new.share - found.share) / found.share
        found = new
        if change < STILL:
            break
    return found


def of_two_people(kinds: Sequence[Kind], levels: Levels) -> npt.NDArray[np.bool_]:
    """Which pairs have other names, and no mailbox, identifying number, birth date or page in common.

    Other family names are enough where the first names differ too, or both mailbox and telephone number: whoever takes
    another name on marriage keeps one of these for a while. Whatever else agrees, such pairs are colleagues or
    neighbours. Weights alone do not say so: they take each column for itself, while company, switchboard, town and mail
    host agree or differ together. In a list without a single double the colleagues would else be what agrees best, and
    be learned to be the same.
    """

    def of_kind(kind: Kind) -> Levels:
        return levels[:, [place for place, one in enumerate(kinds) if one is kind]]

    def differ(kind: Kind) -> npt.NDArray[np.bool_]:
        found = of_kind(kind)
        return (found == 1).any(axis=1) & (found <= 1).all(axis=1)

    family, given = of_kind(Kind.FAMILY), of_kind(Kind.GIVEN)
    has_other_first = bool(given.shape[1]) & (given == 1).all(axis=1)
    found = bool(family.shape[1]) & (family == 1).all(axis=1)
    found &= has_other_first | (differ(Kind.EMAIL) & differ(Kind.PHONE))
    for kind, least in OF_ONE.items():
        found &= (of_kind(kind) < least).all(axis=1)
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


@dataclass(frozen=True, slots=True)
class _Seen:
    """The pairs from which weights are learned, equal ones counted."""

    kinds: Sequence[Kind]
    patterns: Levels
    counts: Floats
    drawn: Levels
    drawn_counts: Floats
    alike: Sequence[float]
    pairs_possible: float

    def matching(self, weights: Weights) -> Floats:
        """How many pairs of each pattern are the same, as far as is known by now."""
        found = probability(weights.of_levels(self.patterns).sum(axis=1) + weights.prior) * self.counts
        found[of_two_people(self.kinds, self.patterns)] = 0.0
        return found

    def learn_m(self, matching: Floats) -> list[Floats]:
        learned = []
        for place, kind in enumerate(self.kinds):
            m = _mixed(self._by_level(place, self.patterns, matching), EXPECTED[kind].m, MATCHES_EXPECTED)
            if kind in _LASTING and m[0] > MOST_DIFFERENT:
                m[1:] *= (1 - MOST_DIFFERENT) / (1 - m[0])
                m[0] = MOST_DIFFERENT
            learned.append(m)
        return learned

    def learn_u(self, weights: Weights, matching: Floats) -> list[Floats]:
        bits = weights.of_levels(self.drawn).sum(axis=1) + weights.prior
        different = self.drawn_counts * (1 - probability(bits))
        learned = []
        for place, kind in enumerate(self.kinds):
            expected = PAIRS_EXPECTED * np.array(EXPECTED[kind].u)
            drawn = self._by_level(place, self.drawn, different)
            # Rare agreement is counted, not drawn: half a million random pairs may hold no two of the same number.
            counted = self._by_level(place, self.patterns, self.counts - matching)
            known = (counted + expected) / (self.pairs_possible + PAIRS_EXPECTED)
            shares = np.maximum((drawn + expected) / (drawn.sum() + PAIRS_EXPECTED), known)
            of_matches = weights.share * float(weights.m[place][-1])
            same = max(self.alike[place] - of_matches, float(known[-1])) / (1 - weights.share)
            strength = PAIRS_EXPECTED / (self.pairs_possible + PAIRS_EXPECTED)
            shares[-1] = (1 - strength) * same + strength * EXPECTED[kind].u[-1]
            shares[0] = max(1 - float(shares[1:].sum()), 0.01)
            learned.append(shares / shares.sum())
        return learned

    def _by_level(self, place: int, patterns: Levels, weights: Floats) -> Floats:
        """The sum of the weights by the level of one column, without those where it is not known."""
        levels = SAME[self.kinds[place]]
        return np.bincount(patterns[:, place], weights=weights, minlength=levels + 1)[1:].astype(float)


def _mixed(seen: Floats, expected: Sequence[float], strength: float) -> Floats:
    mixed = seen + strength * np.array(expected)
    return mixed / mixed.sum()
