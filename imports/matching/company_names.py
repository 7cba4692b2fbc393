"""How much two names of companies agree, word by word: a rare word that they share says more than "international".

What two names share is weighed by how many companies have each word. A slip of typing within a word, a word cut short
and two words written as one are seen.
"""

from collections import Counter
from collections.abc import Iterable
from math import log
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from imports.matching.records import Levels

LOOKED_AT: Final = 50.0  # of 100, below which two names are plainly different
SLIP: Final = 0.90  # Jaro-Winkler of two words that are one word with a slip
SLIPS_OF: Final = 8  # letters, of which one may be wrong in a whole name
ALIKE: Final = 0.45  # shares of the weight of all words, as the next two
MUCH_ALIKE: Final = 0.65
NEARLY: Final = 0.85


class NameWords:
    """The words of the companies of one table and what each weighs."""

    def __init__(self, names: Iterable[Iterable[str]]) -> None:
        """`names` are the companies, each with the spellings that are known of it."""
        self._counts: Counter[str] = Counter()
        self._total = 0
        for spellings in names:
            if words := {word for name in spellings for word in name.split()}:
                self._total += 1
                self._counts.update(words)

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
        joined, other_joined = one.replace(" ", ""), other.replace(" ", "")
        allowed = min(len(joined), len(other_joined)) // SLIPS_OF
        if allowed and OSA.distance(joined, other_joined, score_cutoff=allowed) <= allowed:
            return 0.9
        if joined == other_joined:
            return 0.9
        words, others = dict.fromkeys(one.split()), dict.fromkeys(other.split())
        right = [word for word in others if word not in words]
        shared = sum(self.weight(word) for word in words if word in others)
        total = shared
        for word in words:
            if word in others:
                continue
            best = max(right, key=lambda candidate: likeness(word, candidate), default="")
            near = likeness(word, best)
            if near >= SLIP:
                right.remove(best)
                heavy = min(self.weight(word), self.weight(best))
                shared += heavy * near
                total += heavy
            else:
                total += self.weight(word)
        total += sum(self.weight(word) for word in right)
        return shared / total if total else 0.0


def likeness(one: str, other: str) -> float:
    """How much two words are one word with a slip, or one cut short ("tech" for "technology"), 0 to 1."""
    if min(len(one), len(other)) < 3:
        return 0.0
    if one.startswith(other) or other.startswith(one):
        return 0.95
    return JaroWinkler.similarity(one, other) if min(len(one), len(other)) > 3 else 0.0
