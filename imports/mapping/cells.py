"""The cells of a row as fields: those of one field joined, a cell that holds several things taken apart."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from imports.addresses import read_address
from imports.kinds import EMAIL, PHONE, is_phone_like, kind_of
from imports.mapping.debris import may_be_spoilt, mended
from imports.mapping.fields import JOINED, NAMES, PARTS
from imports.mapping.permissions import is_opt_out, is_refusal, is_unsubscribed
from imports.mapping.scientific import written_out
from leads.normalise import split_family_first
from leads.normalise.text import fold

# What people and programs write into a cell that is to stay blank; words that may be a name are not here.
_NOTHING: Final = frozenset(
    {"-", "--", "---", "–", "—", ".", "..", "?", "n/a", "N/A", "n.a.", "N.A."},
)
_LONGEST_NOTHING: Final = 4
# And instead of an address.
_NO_ADDRESS: Final = frozenset(
    {"", "aucun", "kein", "keine", "keine angabe", "na", "nan", "nil", "ninguno", "no", "no email", "noemail", "none",
     "not available", "not provided", "null", "tba", "tbd", "undefined", "unknown", "unbekannt", "x", "xx", "xxx"}
)  # fmt: skip
# How Outlook exports colleagues: the place in a directory ("/o=ExchangeLabs/ou=…"), by which nobody outside is reached.
_OF_EXCHANGE: Final = frozenset({"/o=", "ex:"})
_PARTS: Final = frozenset(PARTS)
_CODE_BEFORE_CITY: Final = re.compile(r"\d{4,6} +(?=[^\W\d_])")  # "10115 Berlin"
_PHONES: Final = ("phone", "mobile")


def to_raw(
    values: Mapping[str, str],
    mapping: Mapping[str, str | None],
    *,
    constants: Mapping[str, str] = MappingProxyType({}),
    flaws: list[tuple[str, str]] | None = None,
) -> dict[str, str]:
    """One row as `leads.people.clean` takes it: field name to text, without blanks and without columns left out.

    Columns that make one field together are joined, and a cell of the e-mail column that also holds a name or a phone
    number gives these to the fields that are still empty, as an address gives city and country. `constants` fill what
    the row leaves blank. `opted_out` is "yes" or left out: whatever is not plainly a no counts as an opt-out, so that
    none is missed. What a cell held beside what is taken goes to `flaws` as (field, sentence).
    """
    raw: dict[str, str] = {}
    for header, target in mapping.items():
        if (text := values.get(header)) and target and (len(text) > _LONGEST_NOTHING or text not in _NOTHING):
            if target not in raw:
                raw[target] = text
            elif target == "opted_out":
                raw[target] = text if is_opt_out(text) else raw[target]
            elif target == "may_contact":
                raw[target] = text if is_refusal(text) else raw[target]
            elif target in JOINED and text not in raw[target]:
                repeats = text.startswith(raw[target])  # "van der" and "van der Berg"
                raw[target] = text if repeats else raw[target] + JOINED[target] + text
    if may_be_spoilt("".join(raw.values())):
        raw = {target: mended(text) for target, text in raw.items()}
    if "\n" in (name := raw.get("full_name", "")) or ";" in name:
        _take_first_line(raw, flaws)
    if "@" not in raw.get("email", "@"):
        raw["email"] = _with_signs(raw["email"])
    if email := raw.get("email"):
        if "@" not in email:
            if fold(email).strip(" .-()[]") in _NO_ADDRESS or email[:3].lower() in _OF_EXCHANGE:
                del raw["email"]
        elif kind_of(email) != EMAIL:
            _take_apart(raw, flaws)
        elif (
            email[0] in "'’" or email[-1] in "'’"
        ):  # it makes a text of a cell, and no address begins or ends so
            raw["email"] = email.strip("'’ ")
    elif "@" in raw.get("full_name", ""):
        _take_address_out_of_name(raw, flaws)
    if (city := raw.get("city")) and city[0].isdigit():
        raw["city"] = _CODE_BEFORE_CITY.sub("", city)
    if not _PARTS.isdisjoint(raw):
        _join_parts(raw)
    for name in _PHONES:
        if number := raw.get(name):
            if "E" in number or "e" in number:
                raw[name] = written_out(number)
            if len(number) >= _SHORTEST_TWO and not _ONE_NUMBER.fullmatch(number):
                _take_numbers_apart(name, raw, flaws)
    if "may_contact" in raw and is_refusal(raw.pop("may_contact")):
        raw["opted_out"] = "yes"
    if constants:
        raw = {**constants, **raw}
        if constants.get("opted_out"):  # whoever says that of the whole file means each of its rows
            raw["opted_out"] = constants["opted_out"]
    if "opted_out" in raw:
        if is_opt_out(raw["opted_out"]):
            raw["opted_out"] = "yes"
        else:
            del raw["opted_out"]
    return raw


# --- E-mail addresses ---------------------------------------------------------------------------------------------

# Anywhere in a cell.
ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()/|]{1,64}@[^\s@<>,;:\"()/|]+\.[^\s@<>,;:\".()/|]{2,}")
AROUND_THE_AT: Final = re.compile(r"[ \t]*@[ \t]*")
_MARKDOWN: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")  # "[ann@kiesel.example](mailto:ann@kiesel.example)"
_SEPARATORS: Final = " \t\r\n,;:|/<>()[]\"'&-–"


# What stands beside an address and is no name.
_LABELS: Final = frozenset(
    {"e-mail", "email", "mail", "work", "home", "office", "private", "personal", "primary", "secondary", "main",
     "other", "new", "old", "to", "from", "cc", "bcc", "privat", "arbeit", "büro", "dienstlich", "geschäftlich",
     "alt", "neu", "an", "von", "mailto", "courriel", "travail", "bureau", "privé", "correo", "trabajo", "particular",
     "personale", "lavoro", "ufficio", "werk", "prive", "invalid", "ungültig", "undeliverable"}
)  # fmt: skip
_NAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .,'’()\[\]\"-])*")
_BEHIND_A_WORD: Final = re.compile(r"(?P<word>[a-z]+) [^\s@]+@\S+")


# Written so that no robot collects it: "ann [at] kiesel [dot] example".
_AT: Final = re.compile(r"\s*[(\[{<]\s*(?:at|ät|arroba|chez)\s*[)\]}>]\s*", re.IGNORECASE)
_DOT: Final = re.compile(r"\s*[(\[{<]\s*(?:dot|punkt|point|punto|ponto)\s*[)\]}>]\s*", re.IGNORECASE)


def _with_signs(email: str) -> str:
    return _DOT.sub(".", _AT.sub("@", email))


def _take_apart(raw: dict[str, str], flaws: list[tuple[str, str]] | None) -> None:
    """Keep the first address of a cell such as "jane@example.com / 555 0100" or "Jane Roe <jane@example.com>".

    The others go to `email_beside`, for the do-not-contact list alone.
    """
    rest = AROUND_THE_AT.sub("@", unicodedata.normalize("NFKC", raw["email"]))
    if "](" in rest:
        rest = _MARKDOWN.sub(r"\1", rest)
    found = list(ADDRESS.finditer(rest))
    if not found:
        return
    addresses = [one[0] for one in found]
    if any(f"{address}@" in rest for address in addresses) or _has_blank_inside(rest):
        return  # where one ends and the next begins, or whether it is one, only a person can tell
    if len({*addresses}) > 1:  # what stands around the others is about other people
        before, first, _ = rest[: found[1].start()].partition(addresses[0])
        rest = before + first if before.strip(_SEPARATORS) else rest[: found[1].start()]
    for address in addresses:
        rest = rest.replace(address, " ")
    rest = rest.strip(_SEPARATORS)
    raw["email"] = addresses[0]
    others = [one for one in dict.fromkeys(addresses) if one.casefold() != addresses[0].casefold()]
    if others:
        raw["email_beside"] = "\n".join(others)  # whoever must not be written to there is not let in
    if others and flaws is not None:
        names = " and ".join(f"“{one[:80]}”" for one in others[:3])
        flaws.append(("email", f"The cell holds several addresses. The first one is taken, {names} is not."))
    if "\n" in rest or ("," in rest and any(map(str.isdigit, rest))):
        _take_card_apart(rest, raw, flaws)
    elif is_phone_like(rest) or kind_of(rest) == PHONE:
        if not raw.keys() & {"phone", "mobile"}:
            raw["phone"] = rest
    elif is_unsubscribed(rest):
        raw["opted_out"] = "yes"
    elif _is_name(rest) and not raw.keys() & NAMES:
        raw["full_name"] = rest


_PARTS_OF_CARD: Final = re.compile(r"[\n,;|]+")


def _take_card_apart(rest: str, raw: dict[str, str], flaws: list[tuple[str, str]] | None) -> None:
    """Take name and number of a cell that holds a whole card: "Ann Lee⏎Sales⏎ann@kiesel.example⏎030 23125001"."""
    left = []
    for part in filter(None, (text.strip(_SEPARATORS) for text in _PARTS_OF_CARD.split(rest))):
        if (is_phone_like(part) or kind_of(part) == PHONE) and not raw.keys() & {"phone", "mobile"}:
            raw["phone"] = part
        elif is_unsubscribed(part):
            raw["opted_out"] = "yes"
        elif _is_name(part) and not raw.keys() & NAMES:
            raw["full_name"] = part
        else:
            left.append(part)
    if left and flaws is not None:
        names = " and ".join(f"“{part[:60]}”" for part in left[:3])
        flaws.append(
            ("email", f"The cell holds more than an address, a name and a number: {names} is not taken.")
        )


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and text.casefold() not in _LABELS


def _has_blank_inside(cell: str) -> bool:
    """Whether it may be an address typed with a blank, "jane roe@example.com", and not one behind a word about it."""
    found = _BEHIND_A_WORD.fullmatch(cell)
    return found is not None and found["word"] not in _LABELS and not is_unsubscribed(found["word"])


def _take_address_out_of_name(raw: dict[str, str], flaws: list[tuple[str, str]] | None) -> None:
    """ "Jane Roe <jane@example.com>" in the column of names holds the address that no other column has."""
    cell = raw.pop("full_name")
    raw["email"] = cell
    if kind_of(cell) != EMAIL:
        _take_apart(raw, flaws)
    if raw["email"] == cell and kind_of(cell) != EMAIL:  # no address at all: "Jane @ Acme"
        raw["full_name"] = raw.pop("email")


_LINES_OF_NAMES: Final = re.compile(r"[\r\n;]+")


def _take_first_line(raw: dict[str, str], flaws: list[tuple[str, str]] | None) -> None:
    """Of "Ann Lee⏎Head of Sales" and "Ann Lee; Bob Ray" the first name; one that is only broken stays whole."""
    cell = raw["full_name"]
    first, *others = [line for line in map(str.strip, _LINES_OF_NAMES.split(cell)) if line] or [""]
    if len(first.split()) < 2 or not others or "@" in cell:
        return
    raw["full_name"] = first
    if flaws is not None:
        several = "lines" if "\n" in cell else "names"
        sentence = f"The cell has several {several}. The first one is taken, “{others[0][:60]}” is not."
        flaws.append(("full_name", sentence))


# --- Phone numbers ------------------------------------------------------------------------------------------------

# What divides two numbers; a slash, which also stands behind an area code, only where nothing else does.
_BETWEEN_NUMBERS: Final = (
    re.compile(r"\s*(?:[;,|\n]|:::)\s*|\s+(?:or|oder|and|und|ou|et|o|y|e|&)\s+", re.IGNORECASE),
    re.compile(r"\s*/\s*"),
)
_ONE_NUMBER: Final = re.compile(r"\+?[0-9 ().-]*")  # the most there are, and nothing to look for
_SHORTEST_TWO: Final = 15  # characters of two numbers in one cell
# Of a number with its area; what stands before the slash in "030 / 1234567" has fewer.
_DIGITS_OF_ONE: Final = 7
_NO_DIGITS: Final = re.compile(r"\D")


# A number with what kind of number it is in front: "T: +49 30 23125001 M: +49 171 39200001".
_LABELLED: Final = re.compile(
    r"(?<![^\W\d_])(?P<label>tel(?:efon|ephone|efono|éfono|éphone)?|t|phone|ph|p|d|direct|direkt|durchwahl|office|work|w|o|"
    r"büro|festnetz|fon|mob(?:il|ile|iel)?|m|cell|c|handy|gsm|portable|fax|f|telefax)[.:]{0,2}\s*"
    r"(?P<number>\+?\(?\d[\d ()./\-\u2010-\u2015\u00a0]{5,}\d)",
    re.IGNORECASE,
)
_FAX: Final = frozenset({"fax", "f", "telefax"})
_LINK: Final = re.compile(
    r"\s*[<\[(]?tel:[^>\])\s]*[>\])]?", re.IGNORECASE
)  # what mail programs put behind a number


def _take_labelled(name: str, raw: dict[str, str], flaws: list[tuple[str, str]] | None) -> bool:
    """Keep the first number that is no fax of a cell with several, each behind a word; whether it is such a cell."""
    found = list(_LABELLED.finditer(raw[name]))
    numbers = [one["number"] for one in found if one["label"].casefold() not in _FAX]
    if len(found) < 2 or not numbers:
        return False
    raw[name], *others = numbers
    _keep_beside(name, others, raw, flaws)
    return True


def _take_numbers_apart(name: str, raw: dict[str, str], flaws: list[tuple[str, str]] | None) -> None:
    """Keep the first number of a cell such as "030 23125001 / 0171 1234567".

    The others go to `phone_beside`, for the do-not-contact list alone.
    """
    if "tel:" in raw[name].lower() and (text := _LINK.sub("", raw[name]).strip()):
        raw[name] = text
    if _take_labelled(name, raw, flaws):
        return
    parts = next((parts for pattern in _BETWEEN_NUMBERS if len(parts := pattern.split(raw[name])) > 1), [])
    if not parts or any(len(_NO_DIGITS.sub("", part)) < _DIGITS_OF_ONE for part in parts):
        return
    raw[name], *others = parts
    _keep_beside(name, others, raw, flaws)


def _keep_beside(
    name: str, others: list[str], raw: dict[str, str], flaws: list[tuple[str, str]] | None
) -> None:
    if not others:
        return
    raw["phone_beside"] = "\n".join([*raw.get("phone_beside", "").split("\n"), *others]).strip()
    if flaws is not None:
        names = " and ".join(f"“{one[:40]}”" for one in others[:3])
        flaws.append((name, f"The cell holds several numbers. The first one is taken, {names} is not."))


# --- Parts of a field ---------------------------------------------------------------------------------------------


def _join_parts(raw: dict[str, str]) -> None:
    """Put the parts of names, phone numbers and addresses where they belong; what a column says itself stands."""
    if whole := raw.pop("family_first", ""):
        _part_family_first(whole, raw)
    if middle := raw.pop("middle_name", ""):
        first = raw.get("first_name", "")
        if middle.casefold() not in first.casefold().split():
            raw["first_name"] = f"{first} {middle}" if first else middle
    country, area = raw.pop("phone_country", ""), raw.pop("phone_area", "")
    for name in _PHONES:
        if (number := raw.get(name, "")) and not number.startswith(("+", "00")):
            raw[name] = _dialled(number, country, area if name == "phone" else "")
    if address := raw.pop("address", ""):
        city, code = read_address(address)
        if city:
            raw.setdefault("city", city)
        if code:
            raw.setdefault("country", code)


def _part_family_first(whole: str, raw: dict[str, str]) -> None:
    if "first_name" in raw and "last_name" in raw:
        return
    first, last = split_family_first(whole)
    raw.update({name: text for name, text in (("first_name", first), ("last_name", last)) if text})


def _dialled(number: str, country: str, area: str) -> str:
    """The number with its area and country code, unless it begins with them."""
    digits = _NO_DIGITS.sub("", number)
    if (place := _NO_DIGITS.sub("", area)) and not digits.startswith((place, place.lstrip("0"))):
        number = f"{area} {number}"
    if code := _NO_DIGITS.sub("", country).lstrip("0"):
        return f"+{code} {number}"
    return number
