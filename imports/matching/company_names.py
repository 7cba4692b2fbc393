"""How much two names of companies agree, word by word: a rare word that they share says more than "international".

What two names share is weighed by how many different names have each word; a slip of typing within a word, two words
written as one and initials are seen.
"""

from collections import Counter
from collections.abc import Iterable
from math import log
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from imports.matching.records import Levels

LOOKED_AT: Final = 50.0  # of 100, below which two names are plainly different
SLIP: Final = 0.90  # Jaro-Winkler of two words that are one word with a slip
ALIKE: Final = 0.45  # shares of the weight of all words, as the next two
MUCH_ALIKE: Final = 0.65
NEARLY: Final = 0.85


class NameWords:
    """The words of the companies of one table and what each weighs."""

    def __init__(self, names: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        self._total = 0
        for name in names:
            if name:
                self._total += 1
                self._counts.update(set(name.split()))

    def weight(self, word: str) -> float:
        """What sharing the word says, in nats: the rarer, the more."""
        return log((self._total + 1) / (self._counts[word] + 0.5)) + 0.2

    def levels(self, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Levels:
        """1 to 4 for each pair of different names: different, alike, much alike, nearly the same."""
        found = np.ones(len(left), np.uint8)
        rough = np.maximum(
            process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float64),
            100 * process.cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float64) - 20,
        )
        for at in np.flatnonzero(rough >= LOOKED_AT):
            share = self.share(left[at], right[at])
            found[at] = 1 + (share >= ALIKE) + (share >= MUCH_ALIKE) + (share >= NEARLY)
        return found

    def share(self, one: str, other: str) -> float:
        """The weight of the words that both have, of the weight of all words of both, 0 to 1."""
        if one.replace(" ", "") == other.replace(" ", ""):
            return 0.99
        words, others = dict.fromkeys(one.split()), dict.fromkeys(other.split())
        shared = 0.0
        left = [word for word in words if word not in others]
        right = [word for word in others if word not in words]
        shared = sum(self.weight(word) for word in words if word in others)
        total = shared
        for word in left:
            best = max(right, key=lambda other: JaroWinkler.similarity(word, other), default="")
            near = JaroWinkler.similarity(word, best) if best else 0.0
            if near >= SLIP and min(len(word), len(best)) > 3:
                right.remove(best)
                heavy = min(self.weight(word), self.weight(best))
                shared += heavy * near
                total += heavy
            else:
                total += self.weight(word)
        total += sum(self.weight(word) for word in right)
        return shared / total if total else 0.0
