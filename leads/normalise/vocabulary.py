"""How word lists are written here: as running text, because five hundred words in quotation marks cannot be read."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import Final

WORDS_REMEMBERED: Final = 16_384
PARTS_REMEMBERED: Final = 4_096  # of titles: "head of marketing" comes with many a place behind it
LONGEST_PHRASE: Final = 4  # words

_LITERAL: Final = re.compile(r"[\w ,]")
_CHOICE_OF_LETTERS: Final = re.compile(r"\[(\w+)\]")


def words_of(text: str) -> frozenset[str]:
    """The words of a text, which are separated by blanks."""
    return frozenset(text.split())


def phrases_of(text: str) -> frozenset[str]:
    """The phrases of a text, which are separated by ";"."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(";"))


class Vocabulary:
    """Lists of words and phrases that are looked up together.

    A pattern of some hundred words costs `re` a try of each at every word of a text, and there are twenty lists. What
    can be spelt out is therefore looked up, each word and phrase of the text once for all lists.
    """

    def __init__(self) -> None:
        self._lists: list[AnyOf] = []
        self._marks_of_phrase: dict[str, int] = {}
        self._marks_of_word = lru_cache(maxsize=WORDS_REMEMBERED)(self._look_up_word)
        self._marks_of_part = lru_cache(maxsize=PARTS_REMEMBERED)(self._look_up_part)
        # One title is asked about several times in a row.
        self.marks_of = lru_cache(maxsize=64)(self._look_up)

    def any_of(self, patterns: str) -> "AnyOf":
        """A list of words and phrases separated by ";", each of them whole; they may be regular expressions."""
        added = AnyOf(patterns, vocabulary=self, mark=1 << len(self._lists))
        self._lists.append(added)
        for phrase in added.phrases:
            self._marks_of_phrase[phrase] = self._marks_of_phrase.get(phrase, 0) | added.mark
        return added

    def _look_up(self, text: str) -> int:
        """Which lists hold a word or phrase of the text, one bit for each list; no phrase goes across a comma."""
        if "," not in text:
            return self._marks_of_part(text)
        marks = 0
        for part in text.split(","):
            marks |= self._marks_of_part(part.strip())
        return marks

    def _look_up_part(self, part: str) -> int:
        marks = 0
        words = part.split()
        for start, phrase in enumerate(words):
            marks |= self._marks_of_word(phrase)
            for word in words[start + 1 : start + LONGEST_PHRASE]:
                phrase = f"{phrase} {word}"
                marks |= self._marks_of_phrase.get(phrase, 0)
        return marks

    def _look_up_word(self, word: str) -> int:
        marks = self._marks_of_phrase.get(word, 0)
        if word.isdigit():  # every pattern has a letter, and numbers seldom come again
            return marks
        is_plain = word.isascii()
        for words in self._lists:
            pattern = words.single if is_plain else words.single_beyond
            if pattern is not None and pattern.fullmatch(word):
                marks |= words.mark
        return marks


class AnyOf:
    """One list of a vocabulary."""

    def __init__(self, patterns: str, *, vocabulary: Vocabulary, mark: int) -> None:
        spelt = {pattern: spell_out(pattern) for pattern in phrases_of(patterns)}
        endless = sorted(pattern for pattern, phrases in spelt.items() if not phrases)
        self.mark = mark
        self.phrases = frozenset(phrase for phrases in spelt.values() for phrase in phrases)
        # Of the others, those that are about one word are asked once for each word, the rest of each text.
        single = [pattern for pattern in endless if _is_about_one_word(pattern)]
        self.single = _alternation([pattern for pattern in single if pattern.isascii()])
        self.single_beyond = _alternation(single)  # for words that are not ASCII
        self.rest = _alternation([pattern for pattern in endless if not _is_about_one_word(pattern)])
        self._vocabulary = vocabulary

    def is_in(self, text: str) -> bool:
        """True if one of the list is in the text, whose words are separated by one blank and whose parts by ", "."""
        if self._vocabulary.marks_of(text) & self.mark:
            return True
        return self.rest is not None and self.rest.search(text) is not None


def first_in(text: str, lists: Iterable[tuple[str, AnyOf]], *, vocabulary: Vocabulary) -> str:
    """The name of the first of these lists that has something in the text; "" for none."""
    marks = vocabulary.marks_of(text)
    for name, words in lists:
        if marks & words.mark or (words.rest is not None and words.rest.search(text)):
            return name
    return ""


def _is_about_one_word(pattern: str) -> bool:
    return not any(sign in pattern for sign in (" ", "$", "(?!", "(?<", "[^"))


def _alternation(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b") if patterns else None


def spell_out(pattern: str) -> list[str]:
    r"""Every phrase that a simple pattern means ("co ?founders?" means four); [] if it has no end ("market\w*")."""
    phrases = _spell_out(pattern)
    if phrases is None or any(phrase.count(" ") >= LONGEST_PHRASE or "," in phrase for phrase in phrases):
        return []
    return phrases


def _spell_out(pattern: str) -> list[str] | None:
    phrases = [""]
    at = 0
    while at < len(pattern):
        if pattern.startswith("(?:", at):
            end = _end_of_group(pattern, at)
            branches = [_spell_out(branch) for branch in _branches(pattern[at + 3 : end])]
            if None in branches:
                return None
            here = [phrase for branch in branches for phrase in branch or []]
            at = end + 1
        elif found := _CHOICE_OF_LETTERS.match(pattern, at):
            here, at = list(found[1]), found.end()
        elif _LITERAL.match(pattern[at]):
            here, at = [pattern[at]], at + 1
        else:
            return None
        if pattern.startswith("?", at):
            here, at = [*here, ""], at + 1
        phrases = [left + right for left, right in product(phrases, here)]
    return phrases


def _end_of_group(pattern: str, start: int) -> int:
    depth = 0
    for at in range(start, len(pattern)):
        depth += {"(": 1, ")": -1}.get(pattern[at], 0)
        if depth == 0:
            return at
    raise ValueError(f"{pattern!r} has an open bracket.")


def _branches(group: str) -> list[str]:
    """The alternatives of a group, which may hold groups."""
    branches = [""]
    depth = 0
    for sign in group:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "|" and depth == 0:
            branches.append("")
        else:
            branches[-1] += sign
    return branches
