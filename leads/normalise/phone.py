"""Phone numbers in E.164."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

from leadops.errors import LeadOpsError
from leads.normalise.text import clean_text, shown

_NANP: Final = "1"  # the calling code that the United States and Canada share with 23 others
# What the fast path reads: digits with the separators that people type, a plus at the start at most.
_PLAIN: Final = re.compile(r"\+?[0-9 ()./-]{6,26}")
_SEPARATORS: Final = str.maketrans("", "", "+ ()./-")
_SCIENTIFIC: Final = re.compile(r"\+?[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}")
_FLOAT: Final = re.compile(r"\+?[0-9]{6,}[.,]0")  # how a spreadsheet library prints a number cell
# Numbers kept for films, tests and demonstrations that the library refuses, because they can never be assigned: Ofcom's
# mobile range and the North American area code 555. A trial list is full of them, and they ring nobody.
_FICTIONAL: Final = re.compile(r"\+447700900[0-9]{3}|\+1555[2-9][0-9]{6}")

_TYPES: Final = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)


# What people write behind a number, which the library would dial by its letters: "030 23125000 (office)".
_REMARK: Final = re.compile(
    r"(?<=\d)\s*(?:[(\[]\s*(?:m|c|w|h|o|p)\.?\s*[)\]]|[(\[]?\s*\b(?:mobile?|mob|cell(?:ulare|ular)?|celular|handy|home|work|"
    r"office|direct|direkt|main|private?|privat|gesch(?:ä|ae)ftlich|b(?:ü|ue)ro|port(?:able)?|whatsapp)\b\.?\s*[)\]]?)$",
    re.IGNORECASE,
)


_CHAT: Final = re.compile(
    r"^(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=)\+?(?=[1-9])", re.IGNORECASE
)
_ZEROS_AS_OS: Final = re.compile(r"(?=.*\d)[\dOo+ ()./-]+")  # "+49 171 392OOO1"
_OS_AS_ZEROS: Final = str.maketrans("Oo", "00")


class InvalidPhone(LeadOpsError):
    """A value is not a phone number that can be dialled."""


def normalise_phone(text: str, *, country: str) -> str:
    """The number in E.164 ("+493023125000"), read as people in `country` (ISO 3166 alpha-2) dial it.

    With country "" only the international form is understood. An extension is dropped. Raises InvalidPhone; agrees with
    phonenumbers on what is valid, but for a few fictional ranges, which are taken.
    """
    text = text.strip()
    if text.endswith((".0", ",0")) and _FLOAT.fullmatch(text):
        text = text[:-2]
    return _read_plain(text, country) or _read_by_library(_as_dialled(text), country)


def _as_dialled(text: str) -> str:
    """The number without what the library would dial by its letters."""
    text = _CHAT.sub("+", _REMARK.sub("", text))
    return text.translate(_OS_AS_ZEROS) if _ZEROS_AS_OS.fullmatch(text) else text


def _read_by_library(text: str, country: str) -> str:
    if _SCIENTIFIC.fullmatch(text):
        raise InvalidPhone(
            f"{shown(text)} has lost digits: the spreadsheet rounded the phone number. "
            "Format the column as text in the original file and export it again."
        )
    region = country.strip().upper()
    try:
        number = phonenumbers.parse(clean_text(text), region or None)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(_refusal(text, region, error.error_type)) from error
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_valid_number(number) or _FICTIONAL.fullmatch(normal):
        return normal
    raise InvalidPhone(_refusal(text, region, None))


def _refusal(text: str, region: str, error_type: int | None) -> str:
    if error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
        fault = "begins with a country code that does not exist" if "+" in text else "has no country code"
        return (
            f"The phone number {shown(text)} {fault}. Write it as in +49 30 23125000, "
            "or say which country it is in."
        )
    if error_type == phonenumbers.NumberParseException.NOT_A_NUMBER:
        return f"{shown(text)} is not a phone number. Correct it or leave the cell empty."
    where = f" in {region}" if region and "+" not in text else ""
    return (
        f"{shown(text)} is not a phone number that can be dialled{where}. Correct it or leave the cell empty."
    )


# The fast path. It walks through the library's own steps with the library's own numbering plans, and leaves to the
# library whatever does not take the plainest turn at each step; so what it returns is what the library would return.


_REGIONS: Final[dict[str, tuple[str, ...]]] = {
    str(code): regions for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one region dials and which national numbers exist there."""

    code: str
    valid: re.Pattern[str]
    # Looks like a number of the region (the library's "general description"), valid or not.
    viable: re.Pattern[str]
    # A number that begins like this belongs to another region of the same code (or not to this one at all).
    elsewhere: re.Pattern[str] | None
    here: re.Pattern[str] | None
    prefix: re.Pattern[str] | None
    plain_prefix: str
    abroad: re.Pattern[str] | None
    is_abroad_00: bool

    def has(self, national: str) -> bool:
        if not self.valid.fullmatch(national) or (self.elsewhere and self.elsewhere.match(national)):
            return False
        return self.here is None or self.here.match(national) is not None

    def without_prefix(self, national: str) -> str:
        """The number without the digit dialled inside the country; "" where only the library can tell."""
        found = self.prefix.match(national) if self.prefix else None
        if found is None:
            return national
        if found[0] != self.plain_prefix or found.lastindex is not None:
            return ""
        return national[found.end() :]


def _read_plain(text: str, country: str) -> str:
    if not _PLAIN.fullmatch(text):
        return ""
    digits = text.translate(_SEPARATORS)
    if text[0] == "+":
        return _read_international(digits)
    plan = _plan(country)
    if plan is None:
        return ""
    if plan.is_abroad_00 and digits.startswith("00"):
        return _read_international(digits[2:])
    if plan.abroad and plan.abroad.match(digits):
        return ""
    if digits.startswith(plan.code):
        return _read_without_plus(digits, plan)
    national = plan.without_prefix(digits)
    return f"+{plan.code}{national}" if plan.has(national) else ""


def _read_international(digits: str) -> str:
    for length in (1, 2, 3):
        code = digits[:length]
        if plans := _plans_of_code(code):
            national = plans[0].without_prefix(digits[length:])
            for plan in plans:
                if plan.has(national):
                    return f"+{code}{national}"
            return ""
    return ""


def _read_without_plus(digits: str, plan: _Plan) -> str:
    """ "1 703 261 7576" in the United States: the country code is there, the plus is not."""
    national = plan.without_prefix(digits[len(plan.code) :])
    main = _plans_of_code(plan.code)[0]
    if plan.viable.fullmatch(digits) or (main.prefix and main.prefix.match(national)):
        return ""
    return f"+{plan.code}{national}" if plan.has(national) else ""


@lru_cache(maxsize=1_024)
def _plans_of_code(code: str) -> tuple[_Plan, ...]:
    """The plan of the code's main region, and Canada's beside that of the United States."""
    regions = _REGIONS.get(code, ())
    wanted = (*regions[:1], "CA") if code == _NANP else regions[:1]
    return tuple(plan for region in wanted if (plan := _plan(region)))


@lru_cache(maxsize=512)
def _plan(region: str) -> _Plan | None:
    """The plan of a region, compiled from the library's metadata; None for what is no region of the library."""
    if region not in phonenumbers.SUPPORTED_REGIONS:
        return None
    metadata = _metadata(region)
    kinds = [kind for name in _TYPES if (kind := _pattern_of(getattr(metadata, name)))]
    regions = _REGIONS[str(metadata.country_code)]
    before = [_metadata(other).leading_digits for other in regions[: regions.index(region)]]
    return _Plan(
        code=str(metadata.country_code),
        valid=re.compile(f"(?={_pattern_of(metadata.general_desc)})(?:{'|'.join(kinds)})"),
        viable=re.compile(metadata.general_desc.national_number_pattern),
        elsewhere=_compiled("|".join(digits for digits in before if digits)),
        here=_compiled(metadata.leading_digits),
        prefix=_compiled(metadata.national_prefix_for_parsing),
        plain_prefix=metadata.national_prefix or "",
        abroad=_compiled(metadata.international_prefix),
        is_abroad_00=metadata.international_prefix == "00",
    )


def _metadata(region: str) -> Any:
    """The library's numbers of a region; it has no types."""
    return PhoneMetadata.metadata_for_region(region, None)


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


def _pattern_of(kind: PhoneNumberDesc | None) -> str:
    """The numbers of one kind as a pattern that reaches the end; "" where the region has none."""
    if kind is None or kind.national_number_pattern is None:
        return ""
    lengths = "|".join(f"[0-9]{{{length}}}" for length in kind.possible_length)
    pattern = rf"(?:{kind.national_number_pattern})\Z"
    return rf"(?=(?:{lengths})\Z){pattern}" if lengths else pattern
