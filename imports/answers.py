"""What a person says of a list beside its columns: values for the whole file, and what it may do to known values."""

from collections.abc import Mapping
from typing import Final

from django.utils import timezone

from imports.mapping import PARTS, TARGETS
from imports.models import ColumnRule, ImportKind
from imports.moments import read_moment
from leadops.errors import LeadOpsError
from leads.normalise import COUNTRY_NAMES, country_code

# Fields that can have one value for the whole file; a name, an address or a number is each person's own.
CONSTANT: Final = (
    "company", "website", "domain", "industry", "employees", "title", "country", "city", "note", "attended_at",
    "opted_out",
)  # fmt: skip
LONGEST: Final = 200  # characters of such a value
_YES_OR_NO: Final = {"yes": "yes", "no": ""}

# Fields of known people and companies that a list can change, by what a column is taken for.
CHANGED: Final[Mapping[str, tuple[str, ...]]] = {
    **{
        name: (name,)
        for name in (
            "first_name", "last_name", "phone", "title", "company", "website", "domain", "industry", "employees",
            "country", "city", "linkedin_url",
        )
    },
    "full_name": ("first_name", "last_name"),
    "mobile": ("phone",),
    **PARTS,
}  # fmt: skip


class AnswerRefused(LeadOpsError):
    """A value for the whole file, or a rule, can't be used."""


def constants_of(said: Mapping[str, str], *, kind: str) -> dict[str, str]:
    """The values for the whole file in normal form, without blank ones. Raises AnswerRefused with all that is wrong."""
    found: dict[str, str] = {}
    wrong: list[str] = []
    for name, text in said.items():
        text = " ".join(text.split())
        if name not in CONSTANT or (name == "attended_at" and kind != ImportKind.EVENT):
            known = [other for other in CONSTANT if other != "attended_at" or kind == ImportKind.EVENT]
            wrong.append(
                f"“{name[:60]}” can't have one value for the whole file. These can: {', '.join(known)}."
            )
        elif text:
            try:
                found[name] = _constant(name, text)
            except AnswerRefused as refusal:
                wrong.append(str(refusal))
    if wrong:
        raise AnswerRefused(" ".join(wrong))
    return {name: text for name, text in found.items() if text}


def _constant(name: str, text: str) -> str:
    label = str(TARGETS[name].label)
    if len(text) > LONGEST:
        raise AnswerRefused(
            f"The {label} for the whole file is too long: {LONGEST} characters are the most. Shorten it."
        )
    if name == "country":
        code = country_code(text)
        if code not in COUNTRY_NAMES:
            raise AnswerRefused(f"“{text}” is no country. Write two letters, such as DE, or its name.")
        return code
    if name == "employees" and not any(sign.isdecimal() for sign in text):
        raise AnswerRefused(f"“{text}” is no number of {label}. Write one such as 250 or 51-200.")
    if name == "attended_at":
        moment = read_moment(text, is_day_first=True, zone=timezone.get_default_timezone())
        if moment is None or "/" in text:
            raise AnswerRefused(f"“{text}” is not a date that is certain. Write it as in 2026-03-12.")
    if name == "opted_out":
        if text.casefold() not in _YES_OR_NO:
            raise AnswerRefused(
                f"“{text}” says neither yes nor no. Write yes if nobody on the list may be contacted."
            )
        return _YES_OR_NO[text.casefold()]
    return text


def rules_of(said: Mapping[str, str]) -> dict[str, str]:
    """What the list may do to known values, field to `ColumnRule`. Raises AnswerRefused.

    A rule for a column that fills several fields (a full name) is one for each of them; "" is none.
    """
    found: dict[str, str] = {}
    for name, rule in said.items():
        if name not in CHANGED:
            raise AnswerRefused(
                f"“{name[:60]}” is no field of a known person that a list can change. These are: {', '.join(CHANGED)}."
            )
        if rule and rule not in ColumnRule.values:
            raise AnswerRefused(f"“{rule[:60]}” is no rule. Use one of {', '.join(ColumnRule.values)}.")
        if rule:
            found |= dict.fromkeys(CHANGED[name], rule)
    return found
