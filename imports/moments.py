"""Dates and times as people write them: 2026-03-12, 12.03.2026 09:30, Mar 12, 2026, a spreadsheet's 46093.4."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from django.utils.formats import date_format

SHOWN_EXAMPLES: Final = 3  # ambiguous dates that are shown to whoever is asked

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero",
            "feb february februar fev fevrier febrero",
            "mar march marz mrz mars marzo",
            "apr april avr avril abr abril",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet julio",
            "aug august aou aout agosto",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember decembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}

_TIME: Final = (
    r"(?:[T ,]+(?:at )?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r" ?(?P<half>[ap])?\.?m?\.?(?: ?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}))?(?: Uhr)?)?"
)
_YEAR_FIRST: Final = re.compile(
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}", re.IGNORECASE
)
_TWO_NUMBERS: Final = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[-/.])(?P<other>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)
_WEEKDAY: Final = r"(?:[^\W\d_]{2,10}\.?,? )?"
_DAY_NAME: Final = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[- ](?P<name>[^\W\d_]+)\.?,?[- ](?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)
_NAME_DAY: Final = re.compile(
    rf"{_WEEKDAY}(?P<name>[^\W\d_]+)\.?[- ](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[- ](?P<year>\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
_FIRST_SERIAL, _LAST_SERIAL = 25_569, 73_415  # 1970 to 2100, as spreadsheets count days from 30 December 1899
_SERIAL_ZERO: Final = datetime(1899, 12, 30, tzinfo=UTC)
_ACCENTS: Final = str.maketrans("äéèêûôü", "aeeeuou")


def read_moment(text: str, *, is_day_first: bool, zone: tzinfo) -> datetime | None:
    """The moment that a cell names, None for what is none; midnight where it names only a day.

    `is_day_first` says how 03/04/2026 is meant (with dots the day always is first), `zone` where the clock hung.
    """
    text = " ".join(text.split())
    if _SERIAL.fullmatch(text):
        days = float(text)
        if not _FIRST_SERIAL <= days <= _LAST_SERIAL:
            return None
        found = _SERIAL_ZERO + timedelta(seconds=round(days * 86_400))
        return found.replace(tzinfo=zone)
    for pattern in (_YEAR_FIRST, _TWO_NUMBERS, _DAY_NAME, _NAME_DAY):
        if match := pattern.fullmatch(text):
            return _moment(match, is_day_first=is_day_first, zone=zone)
    return None


def look_at_order(texts: Iterable[str]) -> tuple[bool | None, list[str]]:
    """Whether the dates of a column are written day first, None where none tells; and a few that mean two days.

    A number above 12 tells. Where a column has both, what most dates say; the others are then no dates.
    """
    day_first = month_first = 0
    examples: list[str] = []
    for text in texts:
        if not text or "." in text[:3]:
            continue
        text = " ".join(text.split())
        match = _TWO_NUMBERS.fullmatch(text)
        if match is None or match["sign"] == ".":
            continue
        first, other = int(match["first"]), int(match["other"])
        day_first += first > 12 >= other
        month_first += other > 12 >= first
        if (
            len(examples) < SHOWN_EXAMPLES
            and first <= 12
            and other <= 12
            and first != other
            and text not in examples
        ):
            examples.append(text)
    return (None if day_first == month_first else day_first > month_first), examples


def told(text: str, *, is_day_first: bool) -> str:
    """The day that an ambiguous cell means if it is read so: "3 April 2026"; the cell itself if it is no date."""
    moment = read_moment(text, is_day_first=is_day_first, zone=UTC)
    return date_format(moment, "j F Y") if moment is not None else text


def _moment(match: re.Match[str], *, is_day_first: bool, zone: tzinfo) -> datetime | None:
    part = match.groupdict()
    if "first" in part:
        first, other = int(part["first"]), int(part["other"])
        day, month = (first, other) if is_day_first or part["sign"] == "." else (other, first)
    else:
        day = int(part["day"])
        month = (
            int(part["month"])
            if "month" in part
            else _MONTHS.get(part["name"].lower().translate(_ACCENTS), 0)
        )
    year = int(part["year"]) + (2000 if len(part["year"]) == 2 else 0)
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    if part["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if part["half"].lower() == "p" else 0)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(part["zone"], zone))
    except ValueError:  # the 30th of February, the 25th hour
        return None


def _zone(text: str | None, zone: tzinfo) -> tzinfo:
    if not text:
        return zone
    if text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
