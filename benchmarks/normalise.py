"""What it costs to give one row of a list its one spelling, beside the libraries called for every row."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from time import process_time
from typing import Any, TypeVar

import phonenumbers
from email_validator import validate_email

from imports.cleaning import Cleaner
from imports.reading import Row
from leads import normalise

_Item = TypeVar("_Item")

_FIRST = ["Ann", "JAN", "maria", "José", "Lukas", "Ingrid", "PIERRE", "Anne-Marie"]
_LAST = ["Lee", "VAN DER BERG", "o'brien", "Núñez", "Schmidt", "Larsen", "Dubois", "McDonald"]
_TITLES = [
    "VP Sales",
    "Head of Marketing",
    "CEO & Founder",
    "Sr. Buyer",
    "IT Manager",
    "Leiterin Einkauf",
    "Controller",
]
_PHONES = [
    ("US", "(202) 555-01{:02}"),
    ("GB", "+44 (0)20 7946 00{:02}"),
    ("DE", "030 231250{:02}"),
    ("FR", "01 99 00 12 {:02}"),
    ("NL", "+31 20 624 11{:02}"),
]


_PARTS = 9
_INDUSTRIES = ["Software", "Manufacturing", "Retail", "Financial Services"]
_CITIES = ["Berlin", "New York", "London", "Paris", "Utrecht"]
# The columns of the list: header and field are the same.
_COLUMNS = (
    *("first_name", "last_name", "email", "phone", "title", "company", "website"),
    *("industry", "employees", "country", "city"),
)


def run(*, rows: int) -> list[dict[str, Any]]:
    """Microseconds of processor time a row; naive are the libraries, called for the e-mail and phone of every row.

    Each figure is the median of some parts of the list, the four of them one right behind the other.
    """
    people = _rows(rows)
    cleaner = Cleaner(
        mapping={name: name for name in _COLUMNS},
        country="US",
        is_day_first=True,
        zone=UTC,
        now=datetime.now(UTC),
    )
    cleaner.clean(Row(2, {name: people[0][name] for name in _COLUMNS}))
    _by_libraries(people[0])  # the libraries read their tables at the first use
    times: list[tuple[float, ...]] = []
    for start in range(0, rows, max(1, rows // _PARTS)):
        part = people[start : start + max(1, rows // _PARTS)]
        cells = [Row(number, {name: row[name] for name in _COLUMNS}) for number, row in enumerate(part, 2)]
        times.append(
            (
                _microseconds_per_row(cleaner.clean, cells),
                _microseconds_per_row(cleaner.clean, cells),
                _microseconds_per_row(_by_libraries, part),
                _microseconds_per_row(_by_fast_paths, part),
            )
        )
    whole, again, libraries, fast = map(median, zip(*times, strict=True))
    return [
        {
            "figure": "e-mail and phone of a row",
            "ours": fast,
            "naive": libraries,
            "ratio": libraries / fast,
            "unit": "µs",
        },
        {
            "figure": "a whole row, cleaned, seen the first time",
            "ours": whole,
            "naive": libraries,
            "ratio": libraries / whole,
            "unit": "µs",
            "note": "11 columns; the libraries read two of them; 40 is the most",
        },
        {
            "figure": "a whole row, cleaned, titles and companies known",
            "ours": again,
            "naive": libraries,
            "ratio": libraries / again,
            "unit": "µs",
        },
    ]


def _rows(number_of_rows: int) -> list[dict[str, str]]:
    """People at companies of five each, a third of them with a title of their own."""
    dice = random.Random(7)
    rows = []
    for number in range(number_of_rows):
        first, last, company = dice.choice(_FIRST), dice.choice(_LAST), number // 5
        country, phone = dice.choice(_PHONES)
        level = dice.choice(_TITLES)
        rows.append(
            {
                "first_name": first,
                "last_name": last,
                "email": f"{first}.{number}@Company{company}.example".replace("é", "e"),
                "phone": phone.format(dice.randrange(100)),
                "country": country,
                "title": f"{level}, Unit {number}" if dice.random() < 1 / 3 else level,
                "company": f"Company {company} GmbH & Co. KG",
                "website": f"https://www.company{company}.example/about",
                "industry": dice.choice(_INDUSTRIES),
                "employees": "51-200",
                "city": dice.choice(_CITIES),
            }
        )
    return rows


def _by_fast_paths(row: dict[str, str]) -> None:
    normalise.normalise_email(row["email"])
    normalise.normalise_phone(row["phone"], country=row["country"])


def _by_libraries(row: dict[str, str]) -> None:
    validate_email(row["email"], check_deliverability=False)
    number = phonenumbers.parse(row["phone"], row["country"])
    if phonenumbers.is_valid_number(number):
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _microseconds_per_row(work: Callable[[_Item], object], rows: Sequence[_Item]) -> float:
    started = process_time()
    for row in rows:
        work(row)
    return (process_time() - started) / len(rows) * 1e6
