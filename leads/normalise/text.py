"""What every text field goes through, and the folding that the matching keys share."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

SHOWN_LENGTH: Final = (
    60  # characters of a refused value that a sentence repeats; a cell can hold a whole page
)

TEXTS_REMEMBERED: Final = 16_384  # short texts with letters beyond ASCII: names, cities, companies come again

_BLANK: Final = " "
# Removed: control characters, and what a person cannot see (soft hyphen, zero width, bidirectional marks and
# overrides, tags, interlinear marks) or what no database takes (surrogates, noncharacters). Line breaks and tabs
# are blanks and are collapsed with the others.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# Letters that look like a blank: Hangul fillers and the empty Braille cell.
_LOOKS_BLANK: Final = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
# Zero-width joiners shape Persian and Indic words and join emoji; next to anything older than Arabic in the
# Unicode table (U+0600) they only hide a difference.
_JOINER: Final = re.compile("(?<![\u0600-\U0010ffff])[\u200c\u200d]+|[\u200c\u200d]+(?![\u0600-\U0010ffff])")
_JOINERS: Final = re.compile("[\u200c\u200d]")

_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
# Letters that Unicode does not take apart into a letter and an accent.
_PLAIN_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ı": "i", "ŧ": "t"}
)


def clean_text(text: str) -> str:
    """The text in NFC without control and invisible characters; every run of blanks is one blank, none at the ends."""
    if text.isascii() and text.isprintable():
        return _BLANK.join(text.split())
    return _clean_again(text) if len(text) <= SHOWN_LENGTH else _clean(text)


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    text = _LOOKS_BLANK.sub(_BLANK, _JOINER.sub("", _UNSEEN.sub("", text)))
    return _BLANK.join(unicodedata.normalize("NFC", text).split())


_clean_again: Final = lru_cache(maxsize=TEXTS_REMEMBERED)(_clean)


def without_unseen(text: str) -> str:
    """The text without control and invisible characters, its letters as they came; one blank for several."""
    return _BLANK.join(_LOOKS_BLANK.sub(_BLANK, _JOINER.sub("", _UNSEEN.sub("", text))).split())


def clean_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Each of the texts as `clean_text` returns it."""
    # A row that is all plain text is looked at once as a whole: a blank at an end of a text makes two side by side.
    joined = f" {' '.join(texts.values())} "
    if "  " not in joined and joined.isprintable():
        if joined.isascii():
            return dict(texts)
        return {name: text if text.isascii() else clean_text(text) for name, text in texts.items()}
    return {name: clean_text(text) for name, text in texts.items()}


def fold(text: str) -> str:
    """The text for comparing: no case, no Latin, Greek or Cyrillic accents, compatibility letters made plain.

    Blanks and punctuation stay. Marks that carry a vowel or a voice (Indic, Thai, Japanese) stay as well.
    """
    if text.isascii():
        return text.lower()
    return _fold_again(text) if len(text) <= SHOWN_LENGTH else _fold(text)


def _fold(text: str) -> str:
    text = _JOINERS.sub("", text)
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    # Twice, because folding case can bring an accent back (İ) and taking letters apart can bring a capital back (Ⓐ).
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", text.translate(_PLAIN_LETTERS))


_fold_again: Final = lru_cache(maxsize=TEXTS_REMEMBERED)(_fold)


def shown(text: str) -> str:
    """The value as an error sentence repeats it: in quotation marks, printable, cut to a readable length."""
    text = clean_text(text)
    return f"“{text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + '…'}”"
