"""Countries: the two-letter code of whatever a cell says."""

import re
from functools import cache, lru_cache
from pathlib import Path
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


# Where a list has a state or province instead of a country. Georgia is a country, and two letters are a country's code.
_PROVINCES: Final = {
    _key(name): code
    for code, names in {
        "US": """
        Alabama; Alaska; Arizona; Arkansas; California; Colorado; Connecticut; Delaware; District of Columbia;
        Washington DC; Washington D.C.; Florida; Hawaii; Idaho; Illinois; Indiana; Iowa; Kansas; Kentucky; Louisiana;
        Maine; Maryland; Massachusetts; Michigan; Minnesota; Mississippi; Missouri; Montana; Nebraska; Nevada; New
        Hampshire; New Jersey; New Mexico; New York; North Carolina; North Dakota; Ohio; Oklahoma; Oregon;
        Pennsylvania; Rhode Island; South Carolina; South Dakota; Tennessee; Texas; Utah; Vermont; Virginia;
        Washington; Washington State; West Virginia; Wisconsin; Wyoming
        """,
        "CA": """
        Alberta; British Columbia; Manitoba; New Brunswick; Newfoundland and Labrador; Nova Scotia; Ontario; Prince
        Edward Island; Quebec; Saskatchewan
        """,
        "AU": "New South Wales; Queensland; South Australia; Tasmania; Victoria; Western Australia",
    }.items()
    for name in names.split(";")
}


# What folding would make another country of: “ČR” is Czechia, “CR” is Costa Rica.
_AS_WRITTEN: Final = {"čr": "CZ", "č.r.": "CZ", "č. r.": "CZ", "čsr": "CZ", "ö": "AT"}


@cache
def _other_languages() -> dict[str, str]:
    """The code of each name in country_names.txt, read when the first name is not in the table."""
    text = (Path(__file__).parent / "country_names.txt").read_text(encoding="utf-8")
    rows = [line.partition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {_key(name): code for code, _, names in rows for name in names.split("; ")}


def _code_of(key: str) -> str:
    return _CODES.get(key) or _PROVINCES.get(key) or _other_languages().get(key, "")


@lru_cache(maxsize=2_048)
def country_code(text: str) -> str:
    """The ISO 3166 alpha-2 code of a country given by code, alpha-3 code, name or common abbreviation; "" if not known.

    Names are known in three dozen languages. Also reads "Germany (DE)" and "DE - Germany", and takes a state of the
    United States, Canada or Australia for its country.
    """
    text = clean_text(text)
    if text in COUNTRY_NAMES:
        return text
    written = text.lower()
    if written in _NO_COUNTRY:
        return ""
    if written in _AS_WRITTEN:
        return _AS_WRITTEN[written]
    key = _key(text)
    if code := _code_of(key):
        return code
    if form := _FORM_OF_STATE.fullmatch(key):
        return _code_of(form[1])
    parts = [part for part in re.split(r"[()\[\],/|]|\s[-–—]\s", text) if part.strip()]
    found = {_AS_WRITTEN.get(part.strip().lower()) or _code_of(_key(part)) for part in parts}
    return found.pop() if len(parts) > 1 and len(found) == 1 else ""
