"""Headers that say more than the name of a field: "Phone (mobile)", "Vorname / First name", "Tél. fixe"."""

import re
from typing import Final

from imports.mapping.keys import key_of, keys_of, without_around, words_of
from imports.mapping.match import BY_WEAK
from imports.mapping.spellings import OTHER_HEADERS, Known, is_foreign, spellings

_ASIDE: Final = re.compile(r"(?P<before>[^()\[\]]*)[(\[](?P<aside>[^()\[\]]+)[)\]](?P<behind>[^()\[\]]*)")
_FULL_WIDTH: Final = str.maketrans("（）［］", "()[]")  # as Japanese and Chinese keyboards write them
_DIVIDED: Final = re.compile(r"\s*(?:[/|&,]|\s(?:and|und|et|or|oder|ou)\s)\s*", re.IGNORECASE)
_MOST_PARTS: Final = 3
_PATH: Final = re.compile(r"\w+(?:\.\w+)+")
_OF_ADDRESS: Final = re.compile(r"(?:[^\W\d_]+[ _])?address[ _](?P<part>[^\d]+)", re.IGNORECASE)
# What a column of two fields is.
_TOGETHER: Final = {
    frozenset({"phone", "mobile"}): "phone",  # two numbers in a cell are taken apart
    frozenset({"first_name", "last_name"}): "full_name",
    frozenset({"city", "country"}): "address",
}

_GROUPED: Final = re.compile(r"(?P<group>[^:>–—]+?)(?:\s*[:>–—]\s*|\s+-\s+)(?P<rest>.+)")
_OF_COMPANIES: Final = frozenset(
    {"company", "website", "domain", "industry", "employees", "country", "city", "address"}
)

_NUMBER_WORDS: Final = frozenset(
    {"number", "no", "nr", "num", "numero", "nummer", "numer", "n", "nbr", "line", "anschluss"}
)
_PHONE_WORDS: Final = frozenset(
    {"phone", "telephone", "tel", "telefon", "telefono", "telefone", "telefoon", "fon", "tlf", "puhelin"}
)
_NUMBER_BEHIND: Final = re.compile(r"(?<=\w{3})(?:nr|nummer|numer)$")
_FIXED_WORDS: Final = frozenset(
    {"fixe", "fijo", "fisso", "fixo", "festnetz", "vast", "vaste", "landline", "fixed", "stacjonarny", "stationar",
     "durchwahl", "direct", "direkt"}
)  # fmt: skip
_MOBILE_WORDS: Final = frozenset(
    {"mobile", "mobil", "handy", "cell", "cellular", "portable", "movil", "celular", "cellulare", "mobiel", "gsm",
     "natel", "komorkowy"}
)  # fmt: skip


def target_of_phrase(header: str, known: Known) -> str:
    """The field that a header of several words or parts names, "" for none."""
    return (
        _with_aside(header, known)
        or _with_parts(header, known)
        or _with_whole(header, known)
        or _with_company(header, known)
        or _of_phone_words(header)
    )


def _with_aside(header: str, known: Known) -> str:
    """ "Phone (incl. country code)" is the phone, "Phone (mobile)" the mobile one, "Name (company)" the company."""
    found = _ASIDE.fullmatch(header.translate(_FULL_WIDTH))
    if found is None:
        return ""
    bare, aside = f"{found['before']} {found['behind']}".strip(), found["aside"]
    if not bare or is_foreign(bare) or is_foreign(aside):
        return ""
    # As a whole they may be something else.
    for text in (f"{aside} {bare}", f"{bare} {aside}"):
        if target := spellings().get(key_of(text), ("", 0.0))[0]:
            return target
    is_weak = spellings().get(key_of(bare), ("", 1.0))[1] <= BY_WEAK  # "User Name (Original Name)"
    if is_weak and (target := _target_of(aside, known)):
        return target
    return _target_of(bare, known) or _with_parts(bare, known) or _of_phone_words(f"{bare} {aside}")


def _with_parts(header: str, known: Known) -> str:
    """ "Firma / Company" is what both are, "Telefon / Handy" a phone.

    "Last name / First name" is none: whether the cells have the comma that tells the two apart is not known.
    """
    parts = _DIVIDED.split(header)
    if len(parts) == 1:
        return "full_name" if _has_both_names(header.split(), known) else ""
    if len(parts) > _MOST_PARTS:
        return ""
    targets = [_target_of(part, known) for part in parts]
    if targets == ["last_name", "first_name"] and "," not in header:
        return ""
    return targets[0] if len(set(targets)) == 1 else _TOGETHER.get(frozenset(targets), "")


def _has_both_names(words: list[str], known: Known) -> bool:
    """Whether the words are those for a first name and then those for a family name."""
    return any(
        _target_of(" ".join(words[at:]), known) == "last_name"
        and _target_of(" ".join(words[:at]), known) == "first_name"
        for at in range(1, len(words))
    )


def _with_whole(header: str, known: Known) -> str:
    """ "person.geo.country" and "Default Address Country" end in the field."""
    if is_foreign(header):
        return ""
    if _PATH.fullmatch(header):
        steps = header.split(".")
        if spellings().get(key_of(steps[-1]), ("", 1.0))[1] <= BY_WEAK:  # "stadium.site"
            return ""
        return next(
            (found for at in range(1, len(steps)) if (found := _target_of(" ".join(steps[at:]), known))), ""
        )
    part = _OF_ADDRESS.fullmatch(header)
    return _target_of(part["part"], known) if part else ""


def _with_company(header: str, known: Known) -> str:
    """ "Firma - Name", "Account: Website" are the company's."""
    found = _GROUPED.fullmatch(header)
    if found is None or _target_of(found["group"], known) != "company":
        return ""
    target = "company" if key_of(found["rest"]) == "name" else _target_of(found["rest"], known)
    return target if target in _OF_COMPANIES else ""


def _of_phone_words(header: str) -> str:
    """ "Tél. portable", "Festnetz-Nr." and the like, of which there are too many to list."""
    words = {_NUMBER_BEHIND.sub("", word) for word in without_around(words_of(header))} - _NUMBER_WORDS
    if not words or not words <= _PHONE_WORDS | _FIXED_WORDS | _MOBILE_WORDS:
        return ""
    if words & _MOBILE_WORDS:
        return "phone" if words & _FIXED_WORDS else "mobile"
    return "phone" if words & _PHONE_WORDS or words & {"festnetz", "landline"} else ""


def _target_of(text: str, known: Known) -> str:
    key = key_of(text)
    for texts in (known.current, known.former, known.words, known.names):
        if key in texts:
            return texts[key]
    if key in OTHER_HEADERS and key not in spellings():
        return ""
    return next((spellings()[part][0] for part in keys_of(text) if part in spellings()), "")
