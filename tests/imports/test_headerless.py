from collections.abc import Sequence

import pytest

from imports.mapping import current_labels, match_columns
from leads.normalise import has_legal_form


def targets_of(*rows: Sequence[str]) -> list[str | None]:
    """What the columns of a list without headers are, from left to right."""
    headers = [f"Column {place}" for place in range(1, len(rows[0]) + 1)]
    sample = [dict(zip(headers, row, strict=True)) for row in rows]
    found = match_columns(headers, sample=sample, labels=current_labels())
    return [found[header].target for header in headers]


def test_names_companies_and_titles_are_known_by_their_words() -> None:
    assert targets_of(
        ("Ann Lee", "ann@example.com", "Acme Ltd", "Head of Sales"),
        ("Groß, Dieter", "dieter@example.com", "Kiesel GmbH & Co. KG", "Einkäufer"),
        ("Xu Wei", "wei@example.com", "Northwind", "CEO"),
    ) == ["full_name", "email", "company", "title"]


@pytest.mark.parametrize("is_last_first", [False, True])
def test_family_names_stand_beside_first_names(is_last_first: bool) -> None:
    people = [("Ann", "Lee"), ("Bernd", "van der Berg"), ("Emma", "O'Brien")]
    rows = [
        ((last, first) if is_last_first else (first, last)) + (f"{first}@example.com",)
        for first, last in people
    ]

    found = targets_of(*rows)

    assert found == [
        *(["last_name", "first_name"] if is_last_first else ["first_name", "last_name"]),
        "email",
    ]


@pytest.mark.parametrize(
    "values",
    [
        ("Peter Hahn", "Peter Hahn", "Peter Hahn"),  # who made the list
        ("Berlin", "Paris", "New York"),
        ("Trade fair", "Hall 4", "Booth 12"),
        ("wants a demo", "call back on Monday", "met Ann at the booth"),
        ("Northwind", "Kiesel", "Fjord"),
    ],
)
def test_other_words_say_nothing(values: Sequence[str]) -> None:
    rows = [(f"p{number}@example.com", value) for number, value in enumerate(values)]

    assert targets_of(*rows) == ["email", None]


def test_a_header_that_we_do_not_know_is_not_overruled_by_names() -> None:
    sample = [
        {"Invited by": name, "Email": f"{name[0]}@example.com"}
        for name in ("Ann Lee", "Emma Ray", "Hanna Poe")
    ]

    found = match_columns(["Invited by", "Email"], sample=sample, labels=current_labels())

    assert found["Invited by"].target is None


@pytest.mark.parametrize(
    ("values", "target"),
    [
        (("1001", "1002", "1003"), None),
        (("Day 1", "Day 2", "Day 3"), None),
        (("12.03.2026 10:30", "early", "13.03.2026 09:15"), "attended_at"),
        ((), "attended_at"),
    ],
)
def test_a_column_of_moments_has_some_that_are_one(values: Sequence[str], target: str | None) -> None:
    sample = [{"Scan Time": value} for value in values]

    assert match_columns(["Scan Time"], sample=sample, labels=current_labels())["Scan Time"].target == target


@pytest.mark.parametrize(
    ("name", "has_one"),
    [
        ("Kiesel GmbH", True), ("Acme, Inc.", True), ("Fjord A/S", True), ("ООО Ромашка", True), ("株式会社山田", True),
        ("Northwind", False), ("GmbH", False), ("Ann Lee", False), ("", False),
    ],
)  # fmt: skip
def test_a_legal_form_stands_at_the_end_or_in_front(name: str, has_one: bool) -> None:
    assert has_legal_form(name) is has_one
