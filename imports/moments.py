"""Dates and times as people write them: 2026-03-12, 12.03.2026 09:30, Mar 12, 2026, a spreadsheet's 46093.4."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from django.utils.formats import date_format

from leads.normalise.text import fold

SHOWN_EXAMPLES: Final = 3  # ambiguous dates that are shown to whoever is asked

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene januari gennaio gen janeiro stycznia styczen ledna leden января ocak",
            "feb february februar fev fevrier febrero februari febbraio fevereiro lutego luty unora unor февраля subat",
            "mar march marz mrz mars marzo maart mrt marts marco marca marzec brezna brezen марта mart",
            "apr april avr avril abr abril aprile kwietnia kwiecien dubna duben апреля nisan",
            "may mai mayo mei maj maggio mag maio maja kvetna kveten мая mayis",
            "jun june juni juin junio giugno giu junho czerwca czerwiec cervna cerven июня haziran",
            "jul july juli juillet julio luglio lug julho lipca lipiec cervence cervenec июля temmuz",
            "aug august aou aout agosto ago augustus augusti sierpnia sierpien srpna srpen августа agustos",
            "sep sept september septembre septiembre settembre setembro set wrzesnia wrzesien zari сентября eylul",
            "oct october okt oktober octobre octubre ottobre ott outubro out pazdziernika pazdziernik rijna октября "
            "ekim",
            "nov november novembre noviembre novembro listopada listopad listopadu ноября kasim",
            "dec december dez dezember decembre diciembre dic dicembre dezembro des desember grudnia grudzien prosince "
            "prosinec декабря aralik",
        ),
        start=1,
    )
    for name in names.split()
}

# Hours east of Greenwich. Letters that mean two zones (IST, BST, CST) are not here: those are no dates to us.
_ZONES: Final = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3,
    "msk": 3, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9, "kst": 9,
    "aest": 10, "aedt": 11,
}  # fmt: skip
_ZONE: Final = (
    rf"(?P<zone>(?:UTC|GMT)?[+-]\d{{1,2}}(?::?\d{{2}})?|{'|'.join(sorted(_ZONES, key=len, reverse=True))})"
    r"(?: \([^()]{3,60}\))?"  # "GMT+0100 (Central European Standard Time)"
)
_TIME: Final = (
    r"(?:[T ,]+(?:(?:at|um|a las|alle|à|kl\.?|om) )?"
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    rf" ?(?P<half>[ap])?\.?m?\.?(?: Uhr)?(?: ?{_ZONE})?)?"
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
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|[.º°])?(?: de)?[-/ ](?P<name>[^\W\d_]+)\.?,?(?: del?)?[-/ ]"
    rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)
_NAME_DAY: Final = re.compile(
    rf"{_WEEKDAY}(?P<name>[^\W\d_]+)\.?[- ](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[- ](?P<year>\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_CHARACTERS: Final = re.compile(
    rf"(?P<year>\d{{4}}) ?[年년] ?(?P<month>\d{{1,2}}) ?[月월] ?(?P<day>\d{{1,2}}) ?[日일]{_TIME}",
    re.IGNORECASE,
)
_WITHOUT_SIGNS: Final = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)"
    r"(?:[T ]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?(?P<zone>Z)?)?(?P<half>)"
)
_SINCE_1970: Final = re.compile(r"(?P<seconds>[1-3]\d{9})(?P<thousandths>\d{3})?")  # 2001 to 2096
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
_FIRST_SERIAL, _LAST_SERIAL = 25_569, 73_415  # 1970 to 2100, as spreadsheets count days from 30 December 1899
_SERIAL_ZERO: Final = datetime(1899, 12, 30, tzinfo=UTC)


def read_moment(text: str, *, is_day_first: bool, zone: tzinfo) -> datetime | None:
    """The moment that a cell names, None for what is none; midnight where it names only a day.

    `is_day_first` says how 03/04/2026 is meant (with dots the day always is first), `zone` where the clock hung.
    """
    text = " ".join(text.split())
    if _SERIAL.fullmatch(text):
        days = float(text)
        if not _FIRST_SERIAL <= days <= _LAST_SERIAL:
            return None
        return (_SERIAL_ZERO + timedelta(seconds=round(days * 86_400))).replace(tzinfo=zone)
    if found := _SINCE_1970.fullmatch(text):
        return datetime.fromtimestamp(int(found["seconds"]), UTC)
    for pattern in (_YEAR_FIRST, _TWO_NUMBERS, _DAY_NAME, _NAME_DAY, _CHARACTERS, _WITHOUT_SIGNS):
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
        month = int(part["month"]) if "month" in part else _MONTHS.get(fold(part["name"]), 0)
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
    sign = next((sign for sign in "+-" if sign in text), "")
    if not sign:
        return timezone(timedelta(hours=_ZONES[text.lower()]))
    digits = text.rpartition(sign)[2].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    east = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-east if sign == "-" else east)
