"""The city and the country in an address that stands in one cell, as far as they are certain."""

import re
from functools import lru_cache
from typing import Final

from leads.normalise import country_code
from leads.normalise.text import fold
from leads.normalise.vocabulary import words_of

LONGEST: Final = 300  # characters; no address is longer


def _named_states(line: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in line.split("|"))


_US: Final = _named_states(
    "AL:alabama|AK:alaska|AZ:arizona|AR:arkansas|CA:california|CO:colorado|CT:connecticut|DE:delaware|FL:florida|"
    "GA:georgia|HI:hawaii|ID:idaho|IL:illinois|IN:indiana|IA:iowa|KS:kansas|KY:kentucky|LA:louisiana|ME:maine|"
    "MD:maryland|MA:massachusetts|MI:michigan|MN:minnesota|MS:mississippi|MO:missouri|MT:montana|NE:nebraska|"
    "NV:nevada|NH:new hampshire|NJ:new jersey|NM:new mexico|NY:new york|NC:north carolina|ND:north dakota|OH:ohio|"
    "OK:oklahoma|OR:oregon|PA:pennsylvania|RI:rhode island|SC:south carolina|SD:south dakota|TN:tennessee|TX:texas|"
    "UT:utah|VT:vermont|VA:virginia|WA:washington|WV:west virginia|WI:wisconsin|WY:wyoming|DC:district of columbia"
)
_CANADA: Final = _named_states(
    "ON:ontario|QC:quebec|BC:british columbia|AB:alberta|MB:manitoba|SK:saskatchewan|NS:nova scotia|"
    "NB:new brunswick|NL:newfoundland and labrador|PE:prince edward island|YT:yukon|NT:northwest territories|"
    "NU:nunavut"
)
_AUSTRALIA: Final = _named_states(
    "NSW:new south wales|VIC:victoria|QLD:queensland|SA:south australia|WA:western australia|TAS:tasmania|"
    "ACT:australian capital territory|NT:northern territory"
)
# Only looked for where the country is known: as two letters they mean too much.
_BRAZIL: Final = words_of("AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR SC SP SE TO")
_STATES: Final = {"US": _US, "CA": _CANADA, "AU": _AUSTRALIA}
# Two letters that are a state as well as a country: "Wilmington, DE", "Toronto, ON".
_AMBIGUOUS: Final = frozenset(_US) | frozenset(_CANADA)

_PARTS: Final = re.compile(r"\s*[,;\n|•·]\s*|\s+[-–—]\s+")
_ZIP: Final = r"\d{5}(?:-\d{4})?"
_CANADIAN_CODE: Final = r"[A-Z]\d[A-Z] ?\d[A-Z]\d"
_BRITISH_CODE: Final = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_STATE_AND_CODE: Final = (
    ("US", re.compile(rf"(?:(?P<city>\D+?) )?(?P<state>[A-Z]{{2}})\.? {_ZIP}")),
    ("CA", re.compile(rf"(?:(?P<city>\D+?) )?(?P<state>[A-Z]{{2}})\.? {_CANADIAN_CODE}")),
    ("AU", re.compile(r"(?:(?P<city>\D+?) )?(?P<state>[A-Z]{2,3})\.? \d{4}")),
)
_BRITISH: Final = re.compile(rf"(?:(?P<city>\D+?) )?{_BRITISH_CODE}")
# "10115 Berlin", "D-10115 Berlin", "1012 AB Amsterdam", "111 22 Stockholm", "00-950 Warszawa", "1050-120 Lisboa"
_CODE_FIRST: Final = re.compile(
    r"(?:(?P<country>[A-Z]{1,3})[- ])?(?:\d{4} [A-Z]{2}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4,6}) (?P<city>\D{2,60})"
)
# What stood before a postal code on envelopes: "A-1010 Wien".
_ON_ENVELOPES: Final = {
    "A": "AT", "B": "BE", "CH": "CH", "CZ": "CZ", "D": "DE", "DK": "DK", "E": "ES", "F": "FR", "FIN": "FI", "H": "HU",
    "HR": "HR", "I": "IT", "L": "LU", "N": "NO", "NL": "NL", "P": "PT", "PL": "PL", "S": "SE", "SK": "SK", "SLO": "SI",
}  # fmt: skip
_CODE_LAST: Final = re.compile(
    r"(?P<city>\D{2,60}?) (?:\d{4,6}|\d{5}-\d{3}|\d{3}-\d{4}|\d{3} \d{2})"
)  # "Mumbai 400001"
_CODE_ONLY: Final = re.compile(
    rf"(?:[A-Z]{{1,2}}-)?(?:{_ZIP}|\d{{3,7}}|\d{{5}}-\d{{3}}|{_CANADIAN_CODE}|{_BRITISH_CODE})"
)
_PROVINCE: Final = re.compile(r" \(?[A-Z]{2}\)?$")  # "Roma RM"
_NOT_A_CITY: Final = re.compile(
    r"\d|@|\b(?:street|str|strasse|straße|road|rd|avenue|ave|av|lane|ln|drive|blvd|boulevard|square|platz|allee|weg|gasse|"
    r"rue|place|via|viale|calle|avenida|rua|plaza|suite|floor|level|building|bldg|unit|box|house|tower|park|office|"
    r"area|region|metropolitan|metroplex|remote|worldwide|global|county)\b\.?|(?:strasse|straße|str\.|weg|platz|gasse|allee)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=8_192)
def read_address(text: str) -> tuple[str, str]:
    """(city, ISO 3166 code of the country) of an address in one cell, "" for what is not certain.

    "12 Main St, Springfield, IL 62704, USA" is ("Springfield", "US"). Two letters that are a state as well as a country
    ("Wilmington, DE") are no country; a single word may be a city, a state or "remote", and is taken for nothing but a
    country.
    """
    if len(text) > LONGEST:
        return "", ""
    parts = [part for part in (piece.strip(" .") for piece in _PARTS.split(text)) if part]
    country = _country_at_the_end(parts)
    if country:
        parts = parts[:-1]
    city, found = _city(parts, country)
    return city, country or found


def _country_at_the_end(parts: list[str]) -> str:
    if not parts or any(sign.isdigit() for sign in parts[-1]):
        return ""
    last = parts[-1]
    code = country_code(last)
    if not code or len(last) == 1:  # a door or a block as well as the sign of a car
        return ""
    if last.upper() in _AMBIGUOUS or fold(last) in _US.values():  # Georgia
        before = parts[-2] if len(parts) > 1 else ""
        # In "10115 Berlin, DE" the code stands before the city, as in no American address.
        return code if _CODE_FIRST.fullmatch(before) and last.upper() != "US" and len(last) == 2 else ""
    return code


def _city(parts: list[str], country: str) -> tuple[str, str]:
    """The city of what is left of an address, and the country if its code tells it."""
    if not parts:
        return "", ""
    last = parts[-1]
    for code, pattern in _STATE_AND_CODE:
        found = pattern.fullmatch(last)
        if found and country in ("", code) and found["state"] in _STATES[code]:
            return _named(found["city"] or _before(parts)), code
    if country in ("", "GB") and (found := _BRITISH.fullmatch(last)):
        return _named(found["city"] or _before(parts)), "GB"
    if found := _CODE_FIRST.fullmatch(last):
        told = _ON_ENVELOPES.get(found["country"] or "", "")
        return (_named(found["city"]), told) if country or told or len(parts) > 1 else ("", "")
    if not country:
        return _beside_state(parts)
    if found := _CODE_LAST.fullmatch(last):
        city = found["city"]
        return _named(_before(parts) if _is_state(city, country) else city), ""
    if _CODE_ONLY.fullmatch(last):
        parts = parts[:-1]
    return _named(_among(parts, country)), ""


def _beside_state(parts: list[str]) -> tuple[str, str]:
    """ "Austin, Texas", "Austin, TX": no other country can be meant; "Perth, WA" and "Berlin, DE" might be two."""
    if len(parts) < 2 or len(parts[-1]) == 1 or country_code(parts[-1]):
        return "", ""
    name, letters = fold(parts[-1]), parts[-1].upper()
    countries = [code for code, states in _STATES.items() if letters in states or name in states.values()]
    if len(countries) == 1 and name != "victoria":
        return _named(parts[-2]), countries[0]
    return "", ""


def _among(parts: list[str], country: str) -> str:
    """The part that is the city, once country and postal code are gone; "" if that is not certain."""
    if len(parts) > 1 and _is_state(parts[-1], country):
        return parts[-2]
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:  # street and city, or city and region
        return parts[0] if not _NOT_A_CITY.search(parts[0]) else parts[1]
    if len(parts) > 2 and _NOT_A_CITY.search(parts[-2]):
        return parts[-1]
    return ""


def _is_state(text: str, country: str) -> bool:
    if country == "BR" and text.upper() in _BRAZIL:
        return True
    states = _STATES.get(country, {})
    return text.upper() in states or fold(text) in states.values()


def _before(parts: list[str]) -> str:
    return parts[-2] if len(parts) > 1 else ""


def _named(city: str) -> str:
    city = _PROVINCE.sub("", city).strip(" .,-")
    return city if city and not _NOT_A_CITY.search(city) and len(city) <= 60 else ""
