"""The one spelling of a value before two of them are compared. What is no value ("n/a", 000-0000) is ""."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from imports.matching.kinds import Kind
from leads.normalise import clean_text, company_key, country_code, registrable_domain
from leads.normalise.text import fold

REMEMBERED: Final = 65_536

_NOTHING: Final = frozenset(
    {
        "",
        "-",
        "--",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "nan",
        "unknown",
        "not available",
        "tbd",
        "?",
        ".",
        "x",
        "xx",
    }
)
_NOT_WORD: Final = re.compile(r"[^\w]+|_+")
_NOT_CODE: Final = re.compile(r"[\W_]+")
_DIGITS: Final = re.compile(r"\d+")
_APOSTROPHES: Final = re.compile(r"['’‘ʼ`´]")

# The ways in which the parts of an address are written short; the short form stands for both.
_STREET_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        long: short
        for short, longs in {
            "st": "street str strasse straße", "rd": "road", "av": "avenue ave aven", "dr": "drive drv",
            "ln": "lane", "ct": "court crt", "pl": "place", "cr": "crescent cres cresc", "cct": "circuit circ",
            "bd": "boulevard blvd boul", "hwy": "highway", "pde": "parade", "tce": "terrace terr ter", "sq": "square",
            "pkwy": "parkway pky", "cl": "close", "gr": "grove", "n": "north", "s": "south", "e": "east", "w": "west",
            "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest",
            "apt": "apartment", "ste": "suite",
            "fl": "floor", "bldg": "building", "mt": "mount", "ft": "fort", "rm": "room", "vlge": "village vlg",
            "rtmt": "retirement retrmnt",
        }.items()
        for long in longs.split()
    }
)  # fmt: skip
# Legal forms that are no word of a name, wherever they stand.
_FORMS_WITHIN: Final = frozenset(
    {"bv", "nv", "gmbh", "inc", "ltd", "llc", "plc", "srl", "sarl", "corp", "kgaa", "oyj", "ltda", "bvba", "sprl",
     "kft", "doo", "incorporated", "corporation"}
)  # fmt: skip
_ORDINAL: Final = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS: Final = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}


def spelling(kind: Kind, texts: Sequence[str]) -> list[str]:
    """The column in the spelling in which its kind is compared."""
    if kind is Kind.BIRTH:
        return _dates(texts)
    one = _SPELLINGS[kind]
    return [one(text) if text else "" for text in texts]


def _plain(text: str) -> str:
    folded = " ".join(_NOT_WORD.sub(" ", _APOSTROPHES.sub("", fold(clean_text(text)))).split())
    return "" if folded in _NOTHING or text.strip().casefold() in _NOTHING else folded


@lru_cache(maxsize=REMEMBERED)
def _name(text: str) -> str:
    return _plain(text)


def _email(text: str) -> str:
    found = "".join(fold(clean_text(text)).split())
    return "" if found in _NOTHING else found


def _code(text: str) -> str:
    found = _NOT_CODE.sub("", fold(clean_text(text))).upper()
    return "" if found.casefold() in _NOTHING or is_filler(found) else found


def is_filler(text: str) -> bool:
    """Whether the number is one that somebody types to get past a form: 0000000, 999999, 1234567."""
    return (len(text) > 2 and len(set(text)) == 1) or (len(text) > 4 and text in "01234567890123456789")


def _phone(text: str) -> str:
    digits = "".join(_DIGITS.findall(fold(text).partition("x")[0]))
    digits = digits.lstrip("0")
    if len(digits) < 5 or is_filler(digits):
        return ""
    return digits[-9:]  # without the country's prefix, which half of the lists leave out


@lru_cache(maxsize=REMEMBERED)
def _street(text: str) -> str:
    return " ".join(
        _ORDINAL.sub(r"\1", word) if word[0].isdigit() else _STREET_WORDS.get(word, word)
        for word in _plain(text).split()
    )


@lru_cache(maxsize=REMEMBERED)
def _region(text: str) -> str:
    return country_code(text) or _plain(text)


@lru_cache(maxsize=REMEMBERED)
def _company(text: str) -> str:
    """The name up to its legal form: what stands behind it is where the company is ("Cargill B.V., Bergen op Zoom")."""
    words = [] if text.strip().casefold() in _NOTHING else company_key(text).split()
    end = next((at for at, word in enumerate(words) if at and word in _FORMS_WITHIN), len(words))
    return " ".join(words[:end])


@lru_cache(maxsize=REMEMBERED)
def _domain(text: str) -> str:
    return registrable_domain(text) or _plain(text)


_SPELLINGS: Final[Mapping[Kind, Callable[[str], str]]] = MappingProxyType(
    {
        Kind.GIVEN: _name,
        Kind.FAMILY: _name,
        Kind.EMAIL: _email,
        Kind.PHONE: _phone,
        Kind.NUMBER: _code,
        Kind.HOUSE: _plain,
        Kind.STREET: _street,
        Kind.PLACE: _street,
        Kind.POSTCODE: _code,
        Kind.REGION: _region,
        Kind.COMPANY: _company,
        Kind.DOMAIN: _domain,
        Kind.TITLE: _name,
    }
)


# --- Dates --------------------------------------------------------------------------------------------------------


def _dates(texts: Sequence[str]) -> list[str]:
    """Dates as eight digits, year first. Whether 03/04/1980 is in March or April is asked of the whole column."""
    month_first = _is_month_first(texts)
    return [_date(text, month_first) if text else "" for text in texts]


def _is_month_first(texts: Iterable[str]) -> bool:
    firsts = seconds = 0
    for text in texts:
        parts = _DIGITS.findall(text)
        if len(parts) >= 3 and len(parts[0]) <= 2 and len(parts[1]) <= 2:
            firsts += int(parts[0]) > 12
            seconds += int(parts[1]) > 12
    return seconds > firsts


@lru_cache(maxsize=REMEMBERED)
def _date(text: str, month_first: bool) -> str:
    parts = _DIGITS.findall(text)
    name = next((_MONTHS[word[:3]] for word in _NOT_WORD.split(fold(text)) if word[:3] in _MONTHS), 0)
    if name and len(parts) >= 2:
        year, day = (parts[0], parts[1]) if len(parts[0]) == 4 else (parts[1], parts[0])
        return _day(year, name, int(day))
    if len(parts) >= 3 and len(parts[0]) == 4:
        return _day(parts[0], int(parts[1]), int(parts[2]))
    if len(parts) >= 3:
        month, day_of = (parts[0], parts[1]) if month_first else (parts[1], parts[0])
        return _day(parts[2], int(month), int(day_of))
    found = "".join(parts)
    if len(found) == 8 and not is_filler(found):
        if found[:2] not in {"18", "19", "20"} and found[4:6] in {"18", "19", "20"}:
            return found[4:] + (found[:4] if month_first else found[2:4] + found[:2])
        return found
    return found if len(found) > 3 and not is_filler(found) else ""


def _day(year: str, month: int, day: int) -> str:
    if len(year) == 2:
        year = ("19" if int(year) > 30 else "20") + year
    return f"{year[:4]:0>4}{month % 100:02}{day % 100:02}"
