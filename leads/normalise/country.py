"""Countries: the two-letter code of whatever a cell says."""

import re
from functools import lru_cache
from typing import Final

from leads.normalise.countries import TABLE
from leads.normalise.text import clean_text, fold

_NO_COUNTRY: Final = frozenset({"n/a", "n.a.", "n.a"})  # while "NA" is Namibia
# "Kingdom of Spain", "Federal Republic of Nigeria"; the names that mean another country so are in the table whole.
_FORM_OF_STATE: Final = re.compile(
    r"(?:[a-z ]+ )?(?:commonwealth|duchy|kingdom|principality|republic|state|sultanate|union) of (.+)"
)
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")


def _key(name: str) -> str:
    """The name for looking up: folded, words only, "St" and "&" written out, without "the"."""
    words = _NOT_LETTERS.sub(" ", fold(name).replace("&", " and ").replace("'", "").replace("’", "")).split()
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return "".join(words)  # "U.S.A."
    return " ".join("saint" if word in {"st", "sint"} else word for word in words if word != "the")


_ROWS: Final = [line.split(" ", 2) for line in TABLE.replace("\n  ", " ").strip().splitlines()]
# The usual English name of each country by its ISO 3166 alpha-2 code.
COUNTRY_NAMES: Final = {code: names.partition(";")[0] for code, _, names in _ROWS}
_CODES: Final = {
    _key(name): code for code, three, names in _ROWS for name in (code, three, *names.split("; "))
}


@lru_cache(maxsize=2_048)
def country_code(text: str) -> str:
    """The ISO 3166 alpha-2 code of a country given by code, alpha-3 code, name or common abbreviation; "" if not known.

    Also reads "Germany (DE)" and "DE - Germany".
    """
    text = clean_text(text)
    if text in COUNTRY_NAMES:
        return text
    if text.lower() in _NO_COUNTRY:
        return ""
    key = _key(text)
    if code := _CODES.get(key):
        return code
    if form := _FORM_OF_STATE.fullmatch(key):
        return _CODES.get(form[1], "")
    parts = [part for part in re.split(r"[()\[\],/|]|\s[-–—]\s", text) if part.strip()]
    found = {_CODES.get(_key(part), "") for part in parts}
    return found.pop() if len(parts) > 1 and len(found) == 1 else ""
