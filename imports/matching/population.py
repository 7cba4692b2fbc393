"""A population too large to be held: its keys and values as numbers, its pairs judged a chunk at a time.

A person takes some two hundred bytes here, whatever stands in their columns: the texts are read again for the pairs
that are judged.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from imports.matching.company_names import NameWords
from imports.matching.comparing import compared
from imports.matching.engine import SEED, rareness, repeated
from imports.matching.kinds import Kind
from imports.matching.namesakes import OWN_NUMBER, Bools, most_likely
from imports.matching.records import Floats, Ints, Levels, Line, records_one_by_one
from imports.matching.weights import Weights, learn, of_two_people, probability

MOST_ALIKE: Final = 60  # members that share a key and are all compared with each other
SAMPLE: Final = 20_000  # candidate pairs of which weights are learned
MEMBERS: Final = 4_000  # of whom it is learned how often different ones agree
DRAWN: Final = 100_000  # pairs drawn at random, among the members of that sample

Values = Sequence[str]


@dataclass(frozen=True, slots=True)
class Crowded:
    """A key that so many members share that they were not compared by it: its name, one of them, how many they are."""

    key: str
    member: int
    members: int


class Population:
    """The members in the order in which they were added, by their keys and values."""

    def __init__(
        self,
        columns: Sequence[tuple[str, Kind]],
        keys: Sequence[tuple[str, Callable[[Values], Iterable[str]]]],
    ) -> None:
        """`columns` says what the values of a member are, `keys` what two of them must share to be compared."""
        self.columns = columns
        self.numbers = array("q")
        self._keys = [(name, keys_of, array("i"), array("q")) for name, keys_of in keys]
        self._values = [array("q") for _ in columns]

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, number: int, values: Values) -> None:
        """Take in a member, with what it is called elsewhere (its primary key), in ascending order."""
        place = len(self.numbers)
        self.numbers.append(number)
        for seen, value in zip(self._values, values, strict=True):
            if value:
                seen.append(hash(value))
        for _, keys_of, places, codes in self._keys:
            for key in keys_of(values):
                places.append(place)
                codes.append(hash(key))

    def pairs(self, wanted: Ints | None) -> tuple[Ints, Ints, list[Crowded]]:
        """The numbers of the members that share a key, each pair once, in ascending order; and the crowded keys.

        With `wanted` (numbers), only pairs with one of these.
        """
        numbers = np.frombuffer(self.numbers, np.int64) if len(self) else np.zeros(0, np.int64)
        is_wanted = np.ones(len(self), bool) if wanted is None else np.isin(numbers, wanted)
        found: list[Ints] = [np.zeros(0, np.int64)]
        crowded: list[Crowded] = []
        for name, _, places, codes in self._keys:
            if not len(places):
                continue
            where, code = np.frombuffer(places, np.int32).astype(np.int64), np.frombuffer(codes, np.int64)
            order = np.lexsort((where, code))
            where, code = where[order], code[order]
            starts = np.flatnonzero(np.append(True, np.diff(code) != 0))
            sizes = np.diff(np.append(starts, len(code)))
            for size in np.unique(sizes[sizes > 1]).tolist():
                members = where[starts[sizes == size][:, None] + np.arange(size)]
                members = members[is_wanted[members].any(axis=1)]
                if size > MOST_ALIKE:
                    crowded += (Crowded(name, int(numbers[group[0]]), size) for group in members)
                    continue
                one, other = np.triu_indices(size, 1)
                left, right = members[:, one].ravel(), members[:, other].ravel()
                kept = (is_wanted[left] | is_wanted[right]) & (left != right)
                found.append(np.unique(left[kept] * len(self) + right[kept]))
        together = np.unique(np.concatenate(found))
        crowded.sort(key=lambda crowd: (-crowd.members, crowd.key, crowd.member))
        return numbers[together // max(len(self), 1)], numbers[together % max(len(self), 1)], crowded

    def census(self) -> list["Census"]:
        """How often each value of each column occurs."""
        return [Census.of(seen) for seen in self._values]


@dataclass(frozen=True, slots=True)
class Census:
    """How many members have each value of one column."""

    values: Ints  # as hashed, sorted
    counts: Floats

    @classmethod
    def of(cls, seen: "array[int]") -> "Census":
        values, counts = np.unique(np.array(seen, np.int64), return_counts=True)
        return cls(values, counts.astype(float))

    @property
    def total(self) -> float:
        return float(self.counts.sum())

    def of_texts(self, texts: Iterable[str]) -> Floats:
        """How many have each of these values."""
        hashes = np.fromiter(map(hash, texts), np.int64)
        if not len(self.values):
            return np.zeros(len(hashes))
        at = np.minimum(np.searchsorted(self.values, hashes), len(self.values) - 1)
        return np.where(self.values[at] == hashes, self.counts[at], 0.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is thought of pairs: the probability of being the same, and by column the level and the bits."""

    probability: Floats
    levels: Levels
    bits: Floats


class Judge:
    """What was learned of a population, to judge its pairs by."""

    def __init__(
        self,
        columns: Sequence[tuple[str, Kind]],
        census: Sequence[Census],
        *,
        sample: Sequence[Values],
        left: Ints,
        right: Ints,
        pairs: int,
        pairs_possible: float,
    ) -> None:
        """Learn from a `sample` of members and the pairs of them at `left` and `right`, which stand for all `pairs`."""
        self._columns = columns
        self._census = census
        self._names = {
            name: NameWords([text] for text in {values[place] for values in sample})
            for place, (name, kind) in enumerate(columns)
            if kind is Kind.COMPANY
        }
        kinds = [kind for _, kind in columns]
        if not len(left):
            left = right = np.zeros(0, np.int64)
        dice = np.random.default_rng(SEED)
        several = min(DRAWN, len(sample) * (len(sample) - 1))
        drawn = dice.integers(0, max(len(sample), 1), (2, several))
        drawn = drawn[:, drawn[0] != drawn[1]]
        share = max(len(left), 1) / max(pairs, 1)
        self.weights: Weights = learn(
            kinds=kinds,
            levels=self._levels(sample, left, right),
            drawn=self._levels(sample, drawn[0], drawn[1]),
            alike=[repeated(column.counts) for column in census],
            # The sample is a part of the candidates; of all pairs it stands for the same part.
            pairs_possible=max(pairs_possible * share, 1.0),
            drawn_from=len(sample) * (len(sample) - 1) / 2,
        )

    def _levels(self, members: Sequence[Values], left: Ints, right: Ints) -> Levels:
        if not len(left):
            return np.zeros((0, len(self._columns)), np.uint8)
        return compared(records_one_by_one(self._lines(members)), left, right, self._names)

    def _lines(self, members: Sequence[Values]) -> list[Line]:
        return [
            Line(name, kind, [values[place] for values in members])
            for place, (name, kind) in enumerate(self._columns)
        ]

    def judge(self, members: Sequence[Values], left: Ints, right: Ints) -> Judged:
        """The pairs of these members at `left` and `right`."""
        records = records_one_by_one(self._lines(members))
        levels = compared(records, left, right, self._names)
        bits = self.weights.of_levels(levels)
        is_own: dict[int, Bools] = {}
        for place, column in enumerate(records.columns):
            counts = self._census[place].of_texts(column.texts)
            bits[:, place] += rareness(
                column,
                left,
                levels[:, place],
                u=float(self.weights.u[place][-1]),
                counts=counts,
                total=self._census[place].total,
            )
            if column.kind is Kind.PHONE:
                is_own[place] = counts[column.codes[left]] <= OWN_NUMBER
        likely = probability(bits.sum(axis=1) + self.weights.prior)
        likely[of_two_people([kind for _, kind in self._columns], levels)] = 0.0
        most = most_likely(records.columns, left, right, levels, bits, weights=self.weights, is_own=is_own)
        return Judged(np.minimum(likely, most), levels, bits)

    def shared_by(self, column: str, text: str) -> int:
        """How many members have this value."""
        place = [name for name, _ in self._columns].index(column)
        return int(self._census[place].of_texts([text])[0])


def sampled(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Pairs spread evenly over all of them, at most SAMPLE."""
    step = max(1, -(-len(left) // SAMPLE))
    return left[::step], right[::step]


def spread(numbers: Sequence[int]) -> Sequence[int]:
    """Members spread evenly over all of them, at most MEMBERS."""
    return numbers[:: max(1, -(-len(numbers) // MEMBERS))]


def some(*parts: str) -> Iterator[str]:
    """The parts as one key, if all of them are known."""
    if all(parts):
        yield "\n".join(parts)
