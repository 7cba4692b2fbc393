"""What it costs to give one row of a list its one spelling, beside the libraries called for every row."""

import random
from collections.abc import Callable
from time import process_time
from typing import Any

import phonenumbers
from email_validator import validate_email

from leads import normalise

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


def run(*, rows: int) -> list[dict[str, Any]]:
    """Microseconds of processor time a row; naive are the libraries, called for the e-mail and phone of every row."""
    people = _rows(rows)
    _normalise(people[0])  # the libraries read their tables at the first use
    first = _microseconds_per_row(_normalise, people)
    again = _microseconds_per_row(_normalise, people)
    libraries = _microseconds_per_row(_by_libraries, people)
    fast = _microseconds_per_row(_by_fast_paths, people)
    return [
        {
            "figure": "e-mail and phone of a row",
            "ours": fast,
            "naive": libraries,
            "ratio": libraries / fast,
            "unit": "µs",
        },
        {"figure": "all fields of a row, first time", "ours": first, "unit": "µs"},
        {"figure": "all fields, titles and companies known", "ours": again, "unit": "µs"},
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
                "first": first,
                "last": last,
                "email": f"{first}.{company}@Company{company}.example".replace("é", "e"),
                "phone": phone.format(dice.randrange(100)),
                "country": country,
                "title": f"{level}, Unit {number}" if dice.random() < 1 / 3 else level,
                "company": f"Company {company} GmbH & Co. KG",
                "website": f"https://www.company{company}.example/about",
                "employees": "51-200",
            }
        )
    return rows


def _normalise(row: dict[str, str]) -> None:
    texts = {name: normalise.clean_text(value) for name, value in row.items()}
    first, last = normalise.tidy_name(texts["first"]), normalise.tidy_name(texts["last"])
    email = normalise.normalise_email(texts["email"])
    normalise.email_kind(email)
    normalise.normalise_phone(texts["phone"], country=normalise.country_code(texts["country"]))
    normalise.person_key(first, last)
    normalise.looks_like_nonsense(first, last, email)
    normalise.seniority(texts["title"])
    normalise.job_function(texts["title"])
    normalise.company_key(texts["company"])
    normalise.company_domain(email=email, website=texts["website"])
    normalise.employees_count(texts["employees"])


def _by_fast_paths(row: dict[str, str]) -> None:
    normalise.normalise_email(row["email"])
    normalise.normalise_phone(row["phone"], country=row["country"])


def _by_libraries(row: dict[str, str]) -> None:
    validate_email(row["email"], check_deliverability=False)
    number = phonenumbers.parse(row["phone"], row["country"])
    if phonenumbers.is_valid_number(number):
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _microseconds_per_row(work: Callable[[dict[str, str]], None], rows: list[dict[str, str]]) -> float:
    started = process_time()
    for row in rows:
        work(row)
    return (process_time() - started) / len(rows) * 1e6
