import csv
from pathlib import Path

import pytest

from imports.piling import SHARE_SWAPPED
from leads.normalise import MARKS, has_homoglyph, is_example_phone, looks_swapped, person_key
from leads.people import PersonRefused, clean


@pytest.mark.parametrize(
    "text",
    [
        "\u0410cme Ltd",  # a Cyrillic А
        "acm\u0435@example.com",
        "ann@\u0440\u0430\u0443\u0440\u0430\u04cf.com",
        "P\u0430ul",
        "\u039fracle",  # a Greek Ο
    ],
)
def test_letters_that_only_look_latin_are_seen(text: str) -> None:
    assert has_homoglyph(text)


@pytest.mark.parametrize(
    "text",
    [
        "Acme Ltd",
        "Müller & Søn",
        "ООО Ромашка",
        "ООО Acme",
        "Газпром нефть",
        "Ιωάννης",
        "µTorrent",
        "日本電気 NEC",
    ],
)
def test_names_in_one_alphabet_raise_no_alarm(text: str) -> None:
    assert not has_homoglyph(text)


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("+12025550134", True),
        ("+442079460018", True),
        ("+447700900123", True),
        ("+4930231250", False),
        ("+493023125042", True),
        ("+12025551134", False),
        ("+442079461018", False),
        ("", False),
    ],
)
def test_numbers_for_films_are_told_from_others(number: str, answer: bool) -> None:
    assert is_example_phone(number) is answer


@pytest.mark.parametrize(
    ("raw", "marks"),
    [
        ({"email": "ann.lee@northwind.example", "last_name": "Lee"}, ()),
        ({"email": "info@northwind.example"}, ("role",)),
        ({"email": "ann@mailinator.com"}, ("disposable",)),
        ({"email": "ann.lee@gmail.com"}, ("free",)),
        ({"email": "ann.lee@gmail.com", "phone": "+1 202 555 0134"}, ("free", "example_phone")),
        ({"email": "ann@northwind.example", "company": "N\u043erthwind"}, ("homoglyph",)),
    ],
)
def test_a_person_carries_what_is_unusual_about_them(raw: dict[str, str], marks: tuple[str, ...]) -> None:
    assert clean(raw, country="").marks == marks


@pytest.mark.parametrize(
    ("raw", "mark"),
    [
        ({"full_name": "Mickey Mouse", "email": "mickey@northwind.example"}, "nonsense"),
        ({"full_name": "Test User", "email": "ann@northwind.example"}, "test"),
        ({"email": "test@test.com"}, "test"),
        ({"full_name": "asdf asdf"}, "nonsense"),
        ({"full_name": "Ann Lee", "phone": "1234567890"}, "nonsense"),
        ({"full_name": "Ann Lee", "phone": "000-000-0000"}, "nonsense"),
        ({"full_name": "Ann Lee", "phone": "1111111"}, "nonsense"),
    ],
)
def test_nobody_is_held_back_until_a_person_lets_them_in(raw: dict[str, str], mark: str) -> None:
    with pytest.raises(PersonRefused) as refusal:
        clean(raw, country="")

    assert refusal.value.marks == (mark,)
    assert mark in clean(raw, country="", is_let_in=True).marks


def test_a_number_that_is_only_wrong_is_refused_for_good() -> None:
    with pytest.raises(PersonRefused) as refusal:
        clean({"full_name": "Ann Lee", "phone": "12"}, country="DE")

    assert refusal.value.marks == ()


def test_a_row_that_is_wrong_otherwise_cannot_be_let_in() -> None:
    with pytest.raises(PersonRefused) as refusal:
        clean({"full_name": "Mickey Mouse", "email": "mickey@"}, country="")

    assert refusal.value.marks == ()


def test_all_marks_of_a_row_have_room_in_its_column() -> None:
    kinds = {"role", "disposable", "free"}
    together = [mark for mark in MARKS if mark not in kinds] + ["disposable"]

    assert len(" ".join(together)) <= 60


@pytest.mark.parametrize(
    ("first", "last", "answer"),
    [
        ("Smith", "Jennifer", True),
        ("MÜLLER", "andré", True),
        ("van der Berg", "Katrin", True),
        ("Jennifer", "Smith", False),
        ("Anna", "Maria", False),
        ("", "Jennifer", False),
        ("Jennifer", "", False),
        ("Kelly", "Thomas", False),
    ],
)
def test_a_first_name_in_the_place_of_the_family_name_is_seen(first: str, last: str, answer: bool) -> None:
    person = clean({"first_name": first, "last_name": last, "email": "x.y@northwind.example"}, country="")

    assert ("swapped" in person.marks) is answer


def test_lists_with_swapped_columns_are_told_from_right_ones(shared_data: Path) -> None:
    def share(people: list[tuple[str, str]]) -> float:
        keys = [(person_key(first, last), person_key("", last)) for first, last in people if first and last]
        return sum(looks_swapped(key, last_key=last.split()[-1]) for key, last in keys if last) / len(keys)

    for name, first, last in (
        ("dedupe/febrl3.csv", "given_name", "surname"),
        ("dedupe/splink_fake_1000.csv", "first_name", "surname"),
        ("import_files/b2b_contact_list_dev.csv", "GivenName", "Surname"),
    ):
        with (shared_data / name).open(newline="", encoding="utf-8-sig") as file:
            people = [
                (row[first].strip(), row[last].strip()) for row in csv.DictReader(file, skipinitialspace=True)
            ]

        assert share(people) < SHARE_SWAPPED / 2
        assert share([(right, left) for left, right in people]) > SHARE_SWAPPED
