"""What a cell of a list looks like: an e-mail address, a phone number, a date …

Judged by form only, so that a column can be recognised and a shifted row noticed. Whether a value is *valid* is decided
later, by `leads.normalise`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

EMAIL: Final = "email"
URL: Final = "url"
DOMAIN: Final = "domain"
PHONE: Final = "phone"
NUMBER: Final = "number"
DATE: Final = "date"
TIME: Final = "time"
BOOLEAN: Final = "boolean"
TEXT: Final = "text"

# Kinds whose form is strict enough to say that a value stands in the wrong column.
STRICT_KINDS: Final = frozenset({EMAIL, URL, NUMBER, DATE, TIME})

MAX_LOOK: Final = (
    400  # characters; no value of a strict kind is longer, and a note of 30,000 is not worth a regex
)

_EMAIL = re.compile(r"[^\s@<>,;:\"]{1,64}@[^\s@<>,;:\"]+\.[^\s@<>,;:\".]{2,}")
_URL = re.compile(r"(?:https?://\S+|www\.\S+\.\S+)", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,62})\.)+[a-z]{2,24}", re.IGNORECASE)
# No plain blank between groups of digits: "601 234 567" is a phone number.
_NUMBER = re.compile(
    r"-?\s?[$€£¥]?\s?(?:\d+(?:[.,'\u00a0\u202f]\d{3})*(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?\s?[%€$£]?"
)
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
    rf"|\d{{1,2}}[- ]{_MONTH}(?:,?[- ]\d{{2,4}})?|{_MONTH}[- ]\d{{1,2}}(?:,?[- ]\d{{2,4}})?)"
    r"(?:[T ,].{1,40})?",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:tel:)?\+?[\d\s().\-/\u00a0]{6,30}(?:\s?(?:x|ext\.?|#)\s?\d{1,6})?", re.IGNORECASE)
_BOOLEANS = frozenset({"true", "false", "yes", "no", "y", "n", "ja", "nein", "oui", "non", "si", "sí"})


def kind_of(text: str) -> str:
    """The kind of one stripped cell; "" for a blank one, TEXT where nothing more can be said."""
    if not text:
        return ""
    if len(text) > MAX_LOOK:
        return TEXT
    if "@" in text:
        return EMAIL if _EMAIL.fullmatch(text) else TEXT
    if text.casefold() in _BOOLEANS:
        return BOOLEAN
    if _NUMBER.fullmatch(text):
        return NUMBER
    if _DATE.fullmatch(text):
        return DATE
    if _TIME.fullmatch(text):
        return TIME
    if _PHONE.fullmatch(text) and 6 <= sum(char.isdigit() for char in text) <= 21:
        return PHONE
    if _URL.fullmatch(text):
        return URL
    return DOMAIN if _DOMAIN.fullmatch(text) else TEXT


def is_phone_like(text: str) -> bool:
    """Whether the cell may be a phone number; plain digits of seven to fifteen places count."""
    return kind_of(text) == PHONE or (text.isdecimal() and 7 <= len(text) <= 15)


def main_kind(texts: Iterable[str], *, share: float) -> str:
    """The kind that at least `share` (0 to 1) of the cells with content have, else TEXT; "" if all are blank."""
    counts = Counter(kind for text in texts if (kind := kind_of(text)))
    if not counts:
        return ""
    kind, count = counts.most_common(1)[0]
    return kind if count >= share * counts.total() else TEXT


def agrees(kind: str, text: str) -> bool:
    """Whether a cell may stand in a column of that kind: only a strict kind ever says no."""
    if kind not in STRICT_KINDS or not text:
        return True
    found = kind_of(text)
    return (
        found == kind or (kind == URL and found == DOMAIN) or (kind == NUMBER and found in {PHONE, BOOLEAN})
    )
