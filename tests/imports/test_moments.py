from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from imports.moments import look_at_order, read_moment

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-12", datetime(2026, 3, 12, tzinfo=UTC)),
        ("2026-03-12T14:30:05", datetime(2026, 3, 12, 14, 30, 5, tzinfo=UTC)),
        ("2026-03-12 14:30:05.250", datetime(2026, 3, 12, 14, 30, 5, tzinfo=UTC)),
        ("2026/03/12 2:30 PM", datetime(2026, 3, 12, 14, 30, tzinfo=UTC)),
        ("12.03.2026 09:30", datetime(2026, 3, 12, 9, 30, tzinfo=UTC)),
        ("12.3.26", datetime(2026, 3, 12, tzinfo=UTC)),
        ("24.12.2025 18:05 Uhr", datetime(2025, 12, 24, 18, 5, tzinfo=UTC)),
        ("15 Apr, 2021 00:03:00", datetime(2021, 4, 15, 0, 3, tzinfo=UTC)),
        ("Apr 15, 2021", datetime(2021, 4, 15, tzinfo=UTC)),
        ("April 3rd, 2021 at 12:15 am", datetime(2021, 4, 3, 0, 15, tzinfo=UTC)),
        ("Thu, 12 March 2026 12:00 p.m.", datetime(2026, 3, 12, 12, 0, tzinfo=UTC)),
        ("3. März 2026", datetime(2026, 3, 3, tzinfo=UTC)),
        ("12-Mar-26", datetime(2026, 3, 12, tzinfo=UTC)),
        ("45000", datetime(2023, 3, 15, tzinfo=UTC)),
        ("45000.5", datetime(2023, 3, 15, 12, tzinfo=UTC)),
        ("May 13, 2026 01:01 PM CEST", datetime(2026, 5, 13, 11, 1, tzinfo=UTC)),
        ("2026/05/01 10:00:00 AM GMT+2", datetime(2026, 5, 1, 8, tzinfo=UTC)),
        (
            "Thu Mar 12 2026 10:00:00 GMT+0100 (Central European Standard Time)",
            datetime(2026, 3, 12, 9, tzinfo=UTC),
        ),
        ("12/Mar/2026 10:00 EST", datetime(2026, 3, 12, 15, tzinfo=UTC)),
        ("12 de marzo de 2026", datetime(2026, 3, 12, tzinfo=UTC)),
        ("12 lutego 2026", datetime(2026, 2, 12, tzinfo=UTC)),
        ("3 Ağustos 2026", datetime(2026, 8, 3, tzinfo=UTC)),
        ("Donnerstag, 12. März 2026 um 10:00", datetime(2026, 3, 12, 10, tzinfo=UTC)),
        ("12.03.2026, 10.30 Uhr", datetime(2026, 3, 12, 10, 30, tzinfo=UTC)),
        ("12 mars 2026 à 10h30", datetime(2026, 3, 12, 10, 30, tzinfo=UTC)),
        ("2026年3月12日 10:00", datetime(2026, 3, 12, 10, tzinfo=UTC)),
        ("20260312", datetime(2026, 3, 12, tzinfo=UTC)),
        ("20260312T103000Z", datetime(2026, 3, 12, 10, 30, tzinfo=UTC)),
        ("1773309600", datetime(2026, 3, 12, 10, tzinfo=UTC)),
        ("1773309600000", datetime(2026, 3, 12, 10, tzinfo=UTC)),
    ],
)
def test_reads_what_people_and_programs_write(text: str, expected: datetime) -> None:
    assert read_moment(text, is_day_first=True, zone=UTC) == expected


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31/02/2026", "13/13/2026", "2026-13-01", "25:00", "2026-03-12 25:00", "12 Foo 2026", "12345", "99999",
     "2026-03-12 13:00 pm", "1/2/3", "2026-03-12 10:00 +99:99",
     "2026-03-12 10:00 IST", "20261301", "4915112345678", "0301234567"],
)  # fmt: skip
def test_takes_nothing_else_for_a_date(text: str) -> None:
    assert read_moment(text, is_day_first=True, zone=UTC) is None


@pytest.mark.parametrize(
    ("is_day_first", "expected"),
    [(True, datetime(2026, 4, 3, tzinfo=UTC)), (False, datetime(2026, 3, 4, tzinfo=UTC))],
)
def test_two_numbers_are_read_in_the_order_that_was_chosen(is_day_first: bool, expected: datetime) -> None:
    assert read_moment("03/04/2026", is_day_first=is_day_first, zone=UTC) == expected


def test_with_dots_the_day_comes_first_in_any_order() -> None:
    assert read_moment("03.04.2026", is_day_first=False, zone=UTC) == datetime(2026, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01 12:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-01-01 12:00", datetime(2026, 1, 1, 11, tzinfo=UTC)),
        ("2026-01-01T12:00Z", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        (
            "2026-01-01 12:00 -05:30",
            datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=-5, minutes=-30))),
        ),
    ],
)
def test_a_clock_without_a_zone_is_ours(text: str, expected: datetime) -> None:
    assert read_moment(text, is_day_first=True, zone=BERLIN) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["03/04/2026", "25/04/2026"], True),
        (["03/04/2026", "04/25/2026", "", "soon"], False),
        (["03/04/2026", "11/12/2026"], None),
        (["03.25.2026"], None),
        (["25/04/2026", "04/25/2026"], None),
        (["25/04/2026", "26/04/2026", "04/25/2026"], True),
    ],
)
def test_a_number_above_twelve_tells_the_order_of_the_column(texts: list[str], expected: bool | None) -> None:
    assert look_at_order(texts)[0] is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("03/04/2026", True), ("03/03/2026", False), ("13/04/2026", False), ("03.04.2026", False)],
)
def test_knows_which_dates_can_be_read_in_two_ways(text: str, expected: bool) -> None:
    assert look_at_order([text])[1] == ([text] if expected else [])
