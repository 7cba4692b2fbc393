"""The two files that the demo company imports, written the way such files arrive.

The event list is an organiser's badge-scan export: notes above the header, semicolons, its own column names. The
purchased list is a vendor's CSV with everything that is wrong with bought addresses.
"""

import csv
from datetime import date
from io import StringIO
from random import Random
from typing import Final

import phonenumbers

from demo.cast import EVENT, PURCHASED, SEED, Person, cast
from demo.places import BY_CODE
from demo.story import story

A_TUESDAY: Final = date(2026, 11, 24)  # the "today" of a list that is printed without saying which day it is

EVENT_COLUMNS: Final = (
    "Scanned at",
    "Attendee",
    "Job Title",
    "Company",
    "Sector",
    "Employees",
    "E-mail",
    "Phone",
    "City",
    "Country",
    "Notes from the stand",
)
PURCHASED_COLUMNS: Final = (
    "CONTACT_ID",
    "FIRST_NAME",
    "LAST_NAME",
    "JOB_TITLE",
    "COMPANY_NAME",
    "COMPANY_URL",
    "SIC_DESC",
    "EMP_TOTAL",
    "WORK_EMAIL",
    "DIRECT_DIAL",
    "CITY",
    "COUNTRY_CODE",
    "LAST_VERIFIED",
)


def event_list(leads: int, *, today: date = A_TUESDAY) -> str:
    """The badge-scan export of the trade show that a demo of `leads` leads visited, as text.

    Three lines of notes stand above the header. One badge in twenty was scanned twice.
    """
    rng = Random(f"{SEED} event list")
    told = story(leads, today=today)
    people = {person.email: person for person in told.people}
    rows = []
    for scan in told.events:
        if scan.type != "event_badge_scan":
            continue
        row = _event_row(people[scan.email], at=f"{scan.at:%d.%m.%Y %H:%M}", said=scan.body)
        rows.append(row)
        if rng.random() < 0.05:
            rows.append([f"{scan.at:%d.%m.%Y} 16:55", *row[1:-1], "second visit"])
    out = StringIO()
    written = csv.writer(out, delimiter=";", lineterminator="\r\n")
    opened = told.event_list_at.date()
    written.writerow(["Plant & Power Expo, Köln: lead retrieval export"])
    written.writerow([f"Exhibitor: Wattlebrook Software B.V., hall 7, stand C41; created {opened:%d.%m.%Y}"])
    written.writerow([])
    written.writerow(EVENT_COLUMNS)
    written.writerows(rows)
    return out.getvalue()


def _event_row(person: Person, *, at: str, said: str) -> list[str]:
    account = person.account
    return [
        at,
        person.name,
        person.title,
        account.name,
        account.industry,
        str(account.employees),
        person.email,
        phonenumbers.format_number(
            phonenumbers.parse(person.phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        ),
        account.city,
        BY_CODE[account.country].name,
        said,
    ]


def purchased_list(leads: int, *, today: date = A_TUESDAY) -> str:
    """The vendor's CSV that a demo of `leads` leads bought, as text.

    Upper-case names, repeated people, impossible rows: about one row in ten is wrong in some way.
    """
    everybody = cast(leads)
    rng = Random(f"{SEED} purchased list")
    bought = [person for person in everybody.people if person.origin == PURCHASED]
    at_the_show = [person for person in everybody.people if person.origin == EVENT]
    verified = f"{story(leads, today=today).purchased_list_at:%Y-%m}"
    rows = [_purchased_row(person, rng, verified) for person in bought]
    rows += [_purchased_row(person, rng, verified) for person in everybody.opted_out]
    for person in everybody.free_mailers:
        row = _purchased_row(person, rng, verified)
        # Gmail has no address with a hyphen, so this one cannot be anybody's.
        row[8] = f"{person.email.partition('@')[0].replace('.', '-')}@gmail.com"
        rows.append(row)
    for _ in range(max(1, len(bought) // 60)):
        rows += _dirt(bought, rng, verified)
    # The vendor sells a few of the people whom the show brings anyway.
    rows += [
        _purchased_row(person, rng, verified) for person in at_the_show[:: max(1, len(at_the_show) // 3)][:3]
    ]
    rng.shuffle(rows)
    out = StringIO()
    written = csv.writer(out, lineterminator="\n")
    written.writerow(PURCHASED_COLUMNS)
    written.writerows([str(40_000_000 + number * 17), *row[1:]] for number, row in enumerate(rows))
    return out.getvalue()


def _purchased_row(person: Person, rng: Random, verified: str) -> list[str]:
    account = person.account
    shouts = rng.random() < 0.15
    number = phonenumbers.parse(person.phone)
    styles = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return [
        "",
        person.first_name.upper() if shouts else person.first_name,
        person.last_name.upper() if shouts else person.last_name,
        person.title,
        account.name,
        account.website if rng.random() < 0.7 else account.domain,
        account.industry,
        f"{account.employees:,}",
        person.email.upper() if shouts else person.email,
        "" if rng.random() < 0.12 else phonenumbers.format_number(number, rng.choice(styles)),
        account.city,
        account.country,
        verified,
    ]


def _dirt(bought: list[Person], rng: Random, verified: str) -> list[list[str]]:
    """What is wrong with one in sixty: a joke, a broken address, two repeated people, a shared mailbox, half a row."""
    joke, broken, twice, again, shared, half = (
        _purchased_row(rng.choice(bought), rng, verified) for _ in range(6)
    )
    joke[1:4] = ["Mickey", "Mouse", "Head of Cheese"]
    joke[8] = f"mickey.mouse@{joke[8].lower().partition('@')[2]}"
    broken[1], broken[2], broken[8] = "Test", "Test", broken[8].replace("@", " at ")
    again[11] = again[11].lower()
    shared[1:4] = ["", "Purchasing", "Purchasing Department"]
    shared[8] = f"info@{shared[8].lower().partition('@')[2]}"
    half[1:4] = ["", "", ""]
    half[8:10] = ["", ""]
    return [joke, broken, twice, again, shared, half]
