"""Whole names with the family name in front: whether a column has such, and where one is parted."""

from collections.abc import Sequence
from typing import Final

from leads.normalise import name_words
from leads.normalise.given_names import CYRILLIC_GIVEN_NAMES, FURTHER_GIVEN_NAMES, GIVEN_NAMES
from leads.normalise.person import split_name, words_of_name
from leads.normalise.text import fold
from leads.normalise.vocabulary import words_of

MOST_WORDS: Final = 4  # of a name that says something about the order
FEW: Final = 2  # names of a list that must tell the order, at least
# Without accents, which mail programs and badges leave out; those that are words of other languages are not here.
_VIETNAMESE: Final = frozenset(
    {"nguyen", "tran", "pham", "hoang", "huynh", "dang", "bui", "ngo", "duong", "dinh", "trinh", "truong"}
)
# First names that Arabic, English and Italian families have too.
_FAMILY_NAMES_TOO: Final = words_of(
    """
    adam ali angelo antal daniel david edward filip franco gabor harry hassan ibrahim ivan jack jordan joseph
    karol lukas luciano marcello marco mario marek milan norbert oskar otto pal patrik paul pavel peter radek
    robert roland roman rosa rudolf salvatore simon simone stefan stefano tibor tomas victor viktor vince vito
    """
)
MOST_SILENT: Final = 3  # names of which one must tell the order
CLEAR: Final = 4  # times as many names must tell the one order as tell the other


def has_family_name_first(names: Sequence[str], *, few: int = FEW) -> bool | None:
    """Whether the family name stands in front in most of these names, None where they don't tell.

    A name tells it that begins or ends with a known first name, and not both; `few` is how many must at least.
    """
    votes = [vote for name in names if (vote := _vote(name)) is not None]
    in_front = votes.count(True)
    behind = len(votes) - in_front
    if in_front >= max(few, CLEAR * behind, len(names) / MOST_SILENT):
        return True
    return False if behind >= max(few, CLEAR * in_front) else None


def is_name_with_given(text: str) -> bool:
    """Whether this is a name of up to four words that begins or ends with a known first name."""
    if any(sign.isdigit() for sign in text):
        return False
    words = words_of_name(text)
    return 0 < len(words) <= MOST_WORDS and (_is_given(words[0].rstrip(",")) or _is_given(words[-1]))


def split_family_first(full: str) -> tuple[str, str]:
    """(first names, family name) of a name whose family name stands in front: "Kiss Anna Mária", "De Luca Giulia".

    The known first names at the end are the first names, else all behind the first word and its particles. A name that
    plainly begins with its first name is taken so, as foreigners stand in such lists.
    """
    words = words_of_name(full)
    if len(words) < 2 or _has_comma(words) or _vote(full) is False:
        return split_name(full)
    if words[-1].isupper() and not words[0].isupper():
        return split_name(full)  # "Jean DUPONT"
    at = len(words)
    while at > 1 and _is_given(words[at - 1]):
        at -= 1
    if at == len(words) or at == 1:
        at = 1
        while at < len(words) - 1 and fold(words[at - 1]) in name_words.PARTICLES:
            at += 1
    return " ".join(words[at:]), " ".join(words[:at])


def _vote(name: str) -> bool | None:
    """Whether the family name stands in front, None where this name does not tell."""
    words = words_of_name(name)
    if not 2 <= len(words) <= MOST_WORDS or _has_comma(words):
        return None
    begins, ends = _is_given(words[0]), _is_given(words[-1]) and not _may_be_family_name(words[-1])
    if fold(words[0]) in _VIETNAMESE and fold(words[-1]) not in _VIETNAMESE:
        return True
    return ends if begins != ends else None


def _may_be_family_name(word: str) -> bool:
    """Whether people whose family name stands behind are called so as well; an accent tells Péter from Peter."""
    return word.isascii() and word.lower() in _FAMILY_NAMES_TOO


def _has_comma(words: Sequence[str]) -> bool:
    return any(word.endswith(",") for word in words)


def _is_given(word: str) -> bool:
    plain = fold(word)
    return plain in GIVEN_NAMES or plain in FURTHER_GIVEN_NAMES or plain in CYRILLIC_GIVEN_NAMES
