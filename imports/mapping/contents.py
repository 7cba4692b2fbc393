"""What a column may be by its values, and what it can't be."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Final

from imports.addresses import read_address
from imports.kinds import BOOLEAN, DATE, DOMAIN, EMAIL, NUMBER, PHONE, TIME, URL, is_phone_like, kind_of
from imports.mapping.cells import ADDRESS
from imports.mapping.keys import key_of
from imports.mapping.match import BY_CONTENT, Match
from imports.mapping.permissions import by_permission
from imports.mapping.spellings import OTHER_HEADERS, is_foreign
from imports.moments import read_moment
from leads.normalise.text import fold

_HONORIFIC = re.compile(
    r"(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam|herr|frau|m|mme|mlle|sr|sra|srta|sig|dott)\.?", re.IGNORECASE
)
# What a column "Role" of an attendance report holds.
_ROLES_AT_EVENTS: Final = frozenset(
    {"attendee", "presenter", "organizer", "organiser", "host", "co-host", "cohost", "panelist", "panellist", "guest",
     "participant", "teilnehmer", "organisator", "organisateur", "présentateur"}
)  # fmt: skip
_CALLING_CODE = re.compile(r"(?:\+|00)?[1-9]\d{0,3}")
_LINKEDIN_PERSON = re.compile(r"linkedin\.com/(?:in|pub)/", re.IGNORECASE)
_LINKEDIN_COMPANY = re.compile(r"linkedin\.com/(?:company|school)/", re.IGNORECASE)

_CALLING_HEADERS: Final = frozenset({"countrycode", "cc", "countryprefix", "prefix", "dialcode"})

_COUNTRIES: Final = frozenset(
    """
    afghanistan|albania|algeria|andorra|angola|argentina|armenia|australia|austria|azerbaijan|bahamas|bahrain|
    bangladesh|barbados|belarus|belgium|belize|benin|bhutan|bolivia|bosnia and herzegovina|botswana|brazil|
    brunei|bulgaria|burkina faso|burundi|cambodia|cameroon|canada|chad|chile|china|colombia|congo|costa rica|
    croatia|cuba|cyprus|czechia|czech republic|denmark|dominican republic|ecuador|egypt|el salvador|estonia|
    ethiopia|fiji|finland|france|gabon|gambia|germany|ghana|great britain|greece|greenland|guatemala|guinea|
    guyana|haiti|honduras|hong kong|hungary|iceland|india|indonesia|iran|iraq|ireland|israel|italy|ivory coast|
    jamaica|japan|kazakhstan|kenya|kuwait|kyrgyzstan|laos|latvia|lebanon|lesotho|liberia|libya|liechtenstein|
    lithuania|luxembourg|macau|madagascar|malawi|malaysia|maldives|mali|malta|mauritania|mauritius|mexico|
    moldova|monaco|mongolia|montenegro|morocco|mozambique|myanmar|namibia|nepal|netherlands|the netherlands|
    new zealand|nicaragua|niger|nigeria|north macedonia|norway|oman|pakistan|palestine|panama|papua new guinea|
    paraguay|peru|philippines|poland|portugal|puerto rico|qatar|romania|russia|russian federation|rwanda|
    saudi arabia|senegal|serbia|sierra leone|singapore|slovakia|slovenia|somalia|south africa|south korea|korea|
    spain|sri lanka|sudan|suriname|sweden|switzerland|syria|taiwan|tanzania|thailand|togo|trinidad and tobago|
    tunisia|turkey|turkiye|uganda|ukraine|united arab emirates|uae|united kingdom|uk|england|scotland|wales|
    united states|united states of america|usa|us|u.s.|u.s.a.|uruguay|uzbekistan|venezuela|viet nam|vietnam|
    yemen|zambia|zimbabwe|deutschland|osterreich|schweiz|espana|italia|nederland|belgique|suisse|brasil|polska|
    sverige|norge|danmark|suomi
    """.replace("\n", "").replace("    ", "").strip().split("|")
)  # fmt: skip
_CONTENT_WORDS: Final = {
    "email": "e-mail addresses",
    "linkedin_url": "LinkedIn pages of people",
    "phone": "phone numbers",
    "website": "web addresses",
    "domain": "web domains",
    "country": "names of countries",
}


def by_content(header: str, values: Sequence[str]) -> Iterator[Match]:
    """What most of the values look like, unless the header says that they are something else."""
    if claim := by_permission(header, values):
        yield claim
        return
    if key_of(header) in _CALLING_HEADERS and values and all(map(_CALLING_CODE.fullmatch, values)):
        yield Match("phone_country", 0.9, "Its values are codes that one dials for a country.")
        return
    if len(values) < (2 if header else 1) or key_of(header) in OTHER_HEADERS or is_foreign(header):
        return
    kinds = [kind_of(text) for text in values]
    linkedin = sum(bool(_LINKEDIN_PERSON.search(text)) for text in values)
    counts = {
        "email": sum(
            kind == EMAIL or bool(ADDRESS.search(text)) for kind, text in zip(kinds, values, strict=True)
        ),
        "linkedin_url": linkedin,
        "phone": sum(kind == PHONE or is_phone_like(text) for kind, text in zip(kinds, values, strict=True)),
        "website": kinds.count(URL) if not linkedin else 0,
        "domain": kinds.count(DOMAIN),
        "country": sum(fold(text) in _COUNTRIES for text in values),
    }
    if kinds.count(PHONE) < 0.3 * len(values):
        counts["phone"] = 0  # plain digits alone are more often an id
    for target, count in counts.items():
        share = count / len(values)
        # The same address in most rows is not theirs: an account manager, a landing page.
        is_varied = target == "country" or len(set(values)) > len(values) / 2
        if share >= 0.7 and is_varied:
            why = f"{count} of {len(values)} values look like {_CONTENT_WORDS[target]}."
            yield Match(target, BY_CONTENT[target] * (0.9 + share / 10), why)


# Kinds of values that a field can't have; a column mostly of these is not that field, whatever its header says.
_IMPOSSIBLE: Final[Mapping[str, frozenset[str]]] = {
    "email": frozenset({BOOLEAN, NUMBER, DATE, TIME, URL}),
    "phone": frozenset({EMAIL, URL, BOOLEAN, TIME}),
    "mobile": frozenset({EMAIL, URL, BOOLEAN, TIME}),
    "website": frozenset({EMAIL, PHONE, BOOLEAN, NUMBER, DATE}),
    "domain": frozenset({PHONE, BOOLEAN, NUMBER, DATE}),
    "employees": frozenset({EMAIL, URL}),
    "linkedin_url": frozenset({EMAIL, PHONE, BOOLEAN, DATE}),
    "attended_at": frozenset(),
    "opted_out": frozenset({EMAIL, URL, PHONE}),
    "may_contact": frozenset({EMAIL, URL, PHONE}),
    "note": frozenset(),
    "phone_area": frozenset({EMAIL, URL, BOOLEAN, DATE, TIME}),
    "phone_country": frozenset({EMAIL, URL, BOOLEAN, DATE, TIME}),
}
_NOT_A_WORD: Final = frozenset({EMAIL, URL, PHONE, NUMBER, DATE, TIME})


def fits(target: str, values: Sequence[str]) -> bool:
    """Whether the values leave room for this field: at least one in five must, and every other address be readable."""
    if target == "address":
        return bool(values) and sum(any(read_address(text)) for text in values) >= len(values) / 2
    if not values:
        return True
    impossible = _IMPOSSIBLE.get(target, _NOT_A_WORD)
    against = sum(kind_of(text) in impossible for text in values)
    if target == "title":
        against += sum(bool(_HONORIFIC.fullmatch(text)) for text in values)
        against += sum(text.casefold() in _ROLES_AT_EVENTS for text in values)
    elif target == "attended_at":
        if sum(kind_of(text) == BOOLEAN for text in values) > 0.2 * len(values):
            return False  # "Attended: yes" says whether, and not when
        against += sum(not _is_moment(text) for text in values)
    elif target == "country":
        against += sum(bool(_CALLING_CODE.fullmatch(text)) for text in values)
    elif target in {"website", "domain", "linkedin_url"}:
        against += sum(bool(_LINKEDIN_COMPANY.search(text)) for text in values)
        if target != "linkedin_url":
            against += sum(bool(_LINKEDIN_PERSON.search(text)) for text in values)
    return against <= 0.8 * len(values)


def _is_moment(text: str) -> bool:
    return any(read_moment(text, is_day_first=is_first, zone=UTC) for is_first in (True, False))
