"""How a spreadsheet shows the number in a cell: as a date, with leading zeros, as a percentage."""

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from imports.files.records import strip

MAX_EXACT: Final = 10**15  # spreadsheets keep 15 digits; of longer numbers the last digits are lost

Show = Callable[[float], tuple[str, str]]


def shown_number(raw: str, show: Show | None) -> tuple[str, str]:
    """A number as a person sees it, and what is wrong with it."""
    try:
        number = float(raw)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        text = strip(raw)
        return text, f"{text[:40]} is not a number, though the cell says so. Enter the value again."
    text, flaw = show(number) if show else (plain_number(number), "")
    if abs(number) >= MAX_EXACT:
        flaw = (
            f"{text} has more than 15 digits; a spreadsheet keeps only 15 of a number. "
            "Format the column as text and enter the value again."
        )
    return text, flaw


def plain_number(number: float) -> str:
    """The number as a spreadsheet shows it in a wide cell: no `.0`, at most 15 digits, no exponent for whole ones."""
    if abs(number) < 1e21 and number == int(number):
        return str(int(number))
    return format(number, ".15g")


_DATES = {
    *range(14, 18),
    22,
    *range(27, 32),
    36,
    *range(50, 55),
    57,
    58,
}  # built-in formats, with those of East Asia
_TIMES = {18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56}
_UNSHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_PADDED = re.compile(r"[-0 ()/]*00[-0 ()/]*")


def format_of(number: int, code: str, *, starts_1904: bool) -> Show | None:
    """How a format shows a number: (text, flaw). None where the plain number says it all (thousands, currency)."""
    section = code.partition(";")[0]
    letters = _UNSHOWN.sub("", section).casefold()
    if number in _DATES or number in _TIMES or _is_moment(letters):
        if number == 46 or "[" in letters:
            return lambda value: (_duration(value), "")
        has_day = (
            number in _DATES
            or any(sign in letters for sign in "dy")
            or (bool(letters) and not letters.strip("m/- "))
        )
        return lambda value: _moment(value, starts_1904=starts_1904, has_day=has_day)
    if number in {9, 10} or "%" in letters:
        return lambda value: (f"{plain_number(value * 100)}%", "")
    literal = re.sub(
        r'\\(.)|"([^"]*)"', lambda match: match[1] or match[2] or "", re.sub(r"\[[^\]]*\]", "", section)
    )
    if _PADDED.fullmatch(literal):
        return lambda value: (_padded(value, literal), "")
    return None


def _is_moment(letters: str) -> bool:
    return (
        letters not in {"general", "standard"}
        and any(sign in letters for sign in "dmyhs")
        and "0.0" not in letters.replace("s.0", "")
    )


def _padded(value: float, pattern: str) -> str:
    """Digits put into a pattern such as `00000` or `000-00-0000`, from the right."""
    if value < 0 or value != int(value):
        return plain_number(value)
    digits = str(int(value)).rjust(pattern.count("0"), "0")
    left = list(digits)
    shown = [left.pop() if sign == "0" else sign for sign in reversed(pattern)]
    return "".join(left) + "".join(reversed(shown))


def _duration(value: float) -> str:
    seconds = round(value * 86_400)
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{sign}{hour:02}:{minute:02}:{second:02}"


def _moment(value: float, *, starts_1904: bool, has_day: bool) -> tuple[str, str]:
    """A serial date as `2026-11-21`, `2026-11-21 14:30:00` or `14:30:00`, and what is wrong with it."""
    if 0 <= value < 1 and not (has_day and starts_1904):
        return _duration(value), ""
    # The 1900 calendar has a 29 February 1900 (serial 60), so that all days before it are one off.
    if not starts_1904 and 60 <= value < 61:
        return "1900-02-29", "1900-02-29 is a day that never was. Correct the date."
    shift = 1462 if starts_1904 else (1 if value < 60 else 0)
    seconds = round(value * 86_400)
    if not 0 <= value < 2_958_466 - (1462 if starts_1904 else 0):
        text = plain_number(value)
        return text, f"{text} cannot be shown as a date. Correct the cell or its format."
    days, rest = divmod(seconds, 86_400)
    if not rest:
        return _day(days + shift), ""
    minutes, second = divmod(rest, 60)
    return f"{_day(days + shift)} {minutes // 60:02}:{minutes % 60:02}:{second:02}", ""


@lru_cache(maxsize=4096)  # the days of eleven years
def _day(number: int) -> str:
    """The day with that number, 2026-11-21; 1 is the last of 1899, as Excel counts from March 1900 on."""
    return (date(1899, 12, 30) + timedelta(days=number)).isoformat()
