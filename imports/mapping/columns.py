"""Which column is which field: every field goes to the column that fits it best."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from imports.mapping.contents import by_content, fits
from imports.mapping.fields import OPT_OUTS, label_of
from imports.mapping.headerless import beside_first_names, by_words
from imports.mapping.headers import by_header, by_typo, by_vendor
from imports.mapping.keys import key_of
from imports.mapping.match import BY_FORMER, BY_WEAK, LESS_FOR_REPEATED, Match
from imports.mapping.permissions import by_permission
from imports.mapping.spellings import Known, known_spellings
from imports.vendors import Vendor
from leads.normalise import split_name
from leads.normalise.name_order import FEW, has_family_name_first

_SUFFIX = re.compile(r"(?P<header>.*) \((?P<count>\d+)\)")  # given by reading to a repeated header
_NAMED_BY_PLACE = re.compile(r"Column \d+")  # what reading calls a column without a header
_OF_PEOPLE: Final = frozenset(
    {"email", "first_name", "last_name", "phone", "mobile", "title", "linkedin_url", "attended_at"}
)


def match_columns(
    headers: Sequence[str],
    *,
    sample: Sequence[Mapping[str, str]],
    labels: Mapping[str, Iterable[str]],
    words: Mapping[str, Iterable[str]] = MappingProxyType({}),
    settled: Mapping[str, Match] = MappingProxyType({}),
    vendor: Vendor | None = None,
) -> dict[str, Match]:
    """What each column is: header to `Match`, in the order of the headers; the same for the same input.

    `sample` holds some rows (header to text), `labels` for each field its label now and then the former ones, `words`
    what others call it, `settled` the columns that need no guess, `vendor` the program that made the list. A field goes
    to the column that fits best; the others that would fit it say so.
    """
    values = {header: [text for row in sample if (text := row.get(header, ""))] for header in headers}
    blank = {header for header, texts in values.items() if not texts}
    known = known_spellings(labels, words, vendor.columns(headers, blank=blank) if vendor else {}, vendor)
    is_headerless = all(map(_NAMED_BY_PLACE.fullmatch, headers))
    claims = sorted(
        (
            (-claim.confidence, -len(values[header]), place, claim)
            for place, header in enumerate(headers)
            if header not in settled
            for claim in _claims(header, values[header], known, is_headerless=is_headerless)
        ),
        key=lambda item: item[:3],
    )
    found: dict[str, Match] = {header: settled[header] for header in headers if header in settled}
    takers: dict[str, str] = {match.target: header for header, match in found.items() if match.target}
    for _, _, place, claim in claims:
        header, target = headers[place], claim.target or ""
        if header not in found and target not in takers:
            found[header] = claim
            takers[target] = header
    for _, _, place, claim in claims:
        if headers[place] not in found:
            taker = takers[claim.target or ""]
            why = f"It could be {label_of(claim.target, labels)}, but that is “{taker}”."
            found[headers[place]] = Match(None, 0.0, why)
    _take_every_opt_out(found, [(headers[place], claim) for _, _, place, claim in claims])
    _take_for_companies(found, takers)
    _leave_deals(found, takers, headers)
    _take_beside_first_names(found, takers, headers, values, labels)
    _take_for_other_half(found, takers, values, labels)
    _take_after_salutation(found, takers, headers, values, labels)
    if takers.get("first_name") not in settled:
        _take_for_whole_name(found, takers, values, labels)
    if takers.get("full_name", takers.get("family_first")) not in settled:
        _take_in_their_order(found, takers, values)
    _take_around_family_name(found, takers, headers, labels)
    _leave_parts(found, takers, labels)
    for header, target in known.of_vendor.items():
        if not target and header not in found and vendor:
            found[header] = Match(None, 0.0, f"A column of {vendor.name} that is not taken.")
    nothing = Match(None, 0.0, "Neither the header nor the values look like a field that we know.")
    return {header: found.get(header, nothing) for header in headers}


def _claims(header: str, values: Sequence[str], known: Known, *, is_headerless: bool) -> Iterator[Match]:
    """Every field that the column could be, none twice."""
    repeated = _SUFFIX.fullmatch(header)
    name = repeated["header"] if repeated else header
    less = LESS_FOR_REPEATED if repeated else 0.0
    seen: set[str] = set()
    claims: Iterable[Match] = (*by_header(name, known), *by_content(name, values), *by_typo(name, known))
    if header in known.of_vendor:
        claims = (*by_vendor(header, known), *filter(None, [by_permission(header, values)]))
    elif _NAMED_BY_PLACE.fullmatch(name):  # it has no header that could say anything against its values
        claims = (*by_content("", values), *(by_words(values) if is_headerless else ()))
    for claim in claims:
        target = claim.target or ""
        if target not in seen and fits(target, values):
            seen.add(target)
            yield Match(target, round(claim.confidence - less, 3), claim.why)


def _take_every_opt_out(found: dict[str, Match], claims: Sequence[tuple[str, Match]]) -> None:
    """Several columns may say that somebody is not to be written to, each in its own way, and none must be missed."""
    for header, claim in claims:
        if claim.target in OPT_OUTS and claim.confidence > BY_WEAK and not found[header].target:
            found[header] = claim


def _take_for_companies(found: dict[str, Match], takers: Mapping[str, str]) -> None:
    """A bare "Name" is the company's in a list that has columns of companies and none of people."""
    header = takers.get("full_name", "")
    if (
        key_of(header) != "name"
        or "company" in takers
        or not takers.keys() & {"website", "domain", "employees", "industry"}
    ):
        return
    if not takers.keys() & (_OF_PEOPLE - {"phone"}):  # which companies have too
        found[header] = Match("company", 0.7, "The list has columns about companies and none about people.")


_OF_DEALS: Final = frozenset(
    {"amount", "stagename", "closedate", "closingdate", "probability", "expectedrevenue", "forecastcategory",
     "dealstage", "dealvalue", "pipeline", "isclosed", "iswon", "expectedclosedate"}
)  # fmt: skip


def _leave_deals(found: dict[str, Match], takers: Mapping[str, str], headers: Sequence[str]) -> None:
    """A bare "Name" in a list of deals is the deal's."""
    header = takers.get("full_name", "")
    if key_of(header) != "name" or takers.keys() & _OF_PEOPLE:
        return
    if len(_OF_DEALS & {key_of(other) for other in headers}) >= 2:
        found[header] = Match(None, 0.0, "The list has columns about deals and none about people.")


def _take_beside_first_names(
    found: dict[str, Match],
    takers: dict[str, str],
    headers: Sequence[str],
    values: Mapping[str, Sequence[str]],
    labels: Mapping[str, Iterable[str]],
) -> None:
    """In a list without headers the family names stand beside the first names."""
    first = takers.get("first_name", "")
    if not _NAMED_BY_PLACE.fullmatch(first) or takers.keys() & {"last_name", "full_name"}:
        return
    if header := beside_first_names(headers, found=found, values=values, first=first):
        found[header] = Match("last_name", 0.58, f"It stands beside {label_of('first_name', labels)}.")
        takers["last_name"] = header


# A whole name where they stand alone, a half in "Prénom, Nom", "Vorname, Name", "Nombre, Apellidos".
_HALF_NAMES: Final = frozenset({"name", "nom", "nombre", "nome", "naam", "namn", "navn", "nume"})


def _half_name(found: Mapping[str, Match], takers: Mapping[str, str]) -> str:
    """The column of whole names that may be halves; "" where there is none, or the company calls it so itself."""
    header = takers.get("full_name", "")
    return header if key_of(header) in _HALF_NAMES and found[header].confidence < BY_FORMER else ""


def _take_for_other_half(
    found: dict[str, Match],
    takers: dict[str, str],
    values: Mapping[str, Sequence[str]],
    labels: Mapping[str, Iterable[str]],
) -> None:
    """What may be a whole name is the missing half beside a column of the other one."""
    header = _half_name(found, takers)
    if not header or sum(" " in text for text in values[header]) > len(values[header]) / 2:
        return
    for half, other in (("last_name", "first_name"), ("first_name", "last_name")):
        if other in takers and half not in takers:
            why = f"The list has a column of {label_of(other, labels)} beside it."
            found[header] = Match(half, 0.86, why)
            takers[half] = takers.pop("full_name")
            return


_SALUTATIONS: Final = frozenset(
    {"anrede", "salutation", "civilite", "tratamiento", "aanhef", "anredetitel", "courtesytitle", "honorific"}
)


def _take_after_salutation(
    found: dict[str, Match],
    takers: dict[str, str],
    headers: Sequence[str],
    values: Mapping[str, Sequence[str]],
    labels: Mapping[str, Iterable[str]],
) -> None:
    """A bare "Name" of single words beside "Anrede" is the family name: "Herr", "Groß"."""
    header = _half_name(found, takers)
    if not header or takers.keys() & {"first_name", "last_name"} or not values[header]:
        return
    if _SALUTATIONS.isdisjoint(map(key_of, headers)) or any(" " in text for text in values[header]):
        return
    why = f"The list has a column of salutations, and none of {label_of('first_name', labels)}."
    found[header] = Match("last_name", 0.86, why)
    takers["last_name"] = takers.pop("full_name")


def _take_for_whole_name(
    found: dict[str, Match],
    takers: dict[str, str],
    values: Mapping[str, Sequence[str]],
    labels: Mapping[str, Iterable[str]],
) -> None:
    """A first name of several words is the whole one where the list has no family names, as is "김민수"."""
    first, last = takers.get("first_name", ""), takers.get("last_name", "")
    if not first or "full_name" in takers or (last and values[last]):
        return
    if len(values[first]) < 2 or sum(map(_is_whole_name, values[first])) < 0.8 * len(values[first]):
        return
    why = f"Its values are whole names, and no column holds {label_of('last_name', labels)}."
    found[first] = Match("full_name", 0.8, why)
    takers["full_name"] = takers.pop("first_name")


def _is_whole_name(text: str) -> bool:
    return " " in text or bool(split_name(text)[1])


# Headers of languages that put the family name in front, so that one value is enough to tell that this list does too.
_OF_FAMILY_FIRST: Final = frozenset({"nev", "teljesnev", "hovaten", "hoten"})


def _take_in_their_order(
    found: dict[str, Match], takers: dict[str, str], values: Mapping[str, Sequence[str]]
) -> None:
    """Whole names are parted as most of them plainly stand there, whatever the header says of the order.

    Where a comma behind the family name tells it in each of them, nothing else has to.
    """
    if "full_name" in takers and "family_first" in takers:
        return
    header = takers.get("full_name") or takers.get("family_first", "")
    if not header:
        return
    is_in_front = has_family_name_first(values[header], few=1 if key_of(header) in _OF_FAMILY_FIRST else FEW)
    if "," in header and all("," in text for text in values[header]):
        is_in_front = False
    if is_in_front is None:
        return
    target = "family_first" if is_in_front else "full_name"
    if target not in takers:
        which = "family" if is_in_front else "first"
        why = f"In most of its values the {which} name stands in front."
        found[header] = Match(target, found[header].confidence, why)
        takers[target] = header


_BEFORE_FAMILY_NAME: Final = frozenset(
    {"tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels", "infix", "nameinfix", "surnameprefix",
     "lastnameprefix", "familynameprefix", "namenszusatz", "namensvorsatz"}
)  # fmt: skip
_BEHIND_FAMILY_NAME: Final = frozenset(
    {"segundoapellido", "apellido2", "2apellido", "2oapellido", "apellidomaterno", "secondlastname", "secondsurname",
     "secondfamilyname", "secondocognome", "segundosobrenome"}
)  # fmt: skip


def _take_around_family_name(
    found: dict[str, Match],
    takers: Mapping[str, str],
    headers: Sequence[str],
    labels: Mapping[str, Iterable[str]],
) -> None:
    """What belongs to the family name: "van der" in front of the column with "Berg", a second one behind the first.

    Dutch lists have the one, Spanish ones the other.
    """
    last = takers.get("last_name", "")
    if not last:
        return
    at = headers.index(last)
    for place, header in enumerate(headers):
        around = _BEFORE_FAMILY_NAME if place < at else _BEHIND_FAMILY_NAME
        if header != last and key_of(header) in around:
            where = "in front of" if place < at else "behind"
            found[header] = Match("last_name", 0.9, f"It stands {where} {label_of('last_name', labels)}.")


def _leave_parts(
    found: dict[str, Match], takers: Mapping[str, str], labels: Mapping[str, Iterable[str]]
) -> None:
    """Nothing is gained by a part whose whole is there already, or by one that nothing can be joined to."""
    if "address" in takers and {"city", "country"} <= takers.keys():
        why = f"{label_of('city', labels)} and {label_of('country', labels)} have columns of their own."
        found[takers["address"]] = Match(None, 0.0, why[:1].upper() + why[1:])
    for part, wholes in (
        ("middle_name", {"first_name"}),
        ("phone_area", {"phone"}),
        ("phone_country", {"phone", "mobile"}),
    ):
        if part in takers and not takers.keys() & wholes:
            whole = label_of(min(wholes, key=len), labels)
            found[takers[part]] = Match(None, 0.0, f"There is no column of {whole} to join it to.")
