import csv
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads.normalise import InvalidPhone, normalise_phone
from leads.normalise.phone import _FICTIONAL, _read_plain

_REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
_WAYS = [
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
]
_COMMON = [
    "US",
    "CA",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "NL",
    "BE",
    "CH",
    "AT",
    "SE",
    "DK",
    "NO",
    "FI",
    "PL",
    "PT",
    "IE",
    "AU",
    "IN",
]
_EXAMPLES = [
    (region, phonenumbers.example_number_for_type(region, kind))
    for region in _REGIONS
    for kind in phonenumbers.PhoneNumberType.values()
]
_NUMBERS = [(region, number) for region, number in _EXAMPLES if number is not None]


def _by_library(text: str, country: str) -> str:
    """What phonenumbers makes of it; "" where it finds no valid number."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, 0) if phonenumbers.is_valid_number(number) else ""


def _ours(text: str, country: str) -> str:
    try:
        return normalise_phone(text, country=country)
    except InvalidPhone:
        return ""


@st.composite
def _numbers(draw: st.DrawFn) -> tuple[str, str]:
    """An example number of some region, some digits changed, written in some way, read in some region."""
    region, number = draw(st.sampled_from(_NUMBERS))
    way = draw(st.sampled_from(_WAYS))
    text = phonenumbers.format_number(number, way)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text) - 1))
        text = text[:at] + draw(st.sampled_from("0123456789 -")) + text[at + 1 :]
    start = draw(st.sampled_from(["", "", "", "0", "00", "1", "011 ", "+", "(0)", str(number.country_code)]))
    return start + text, draw(st.sampled_from([region, region, "", *_COMMON]))


@settings(max_examples=4_000, deadline=None)
@given(_numbers())
@example(("+044 20 7946 0018", ""))
@example(("+44 (0)20 7946 0018", ""))
@example(("+48 (0)22 123 45 67", ""))
@example(("0044 20 7946 0018", "DE"))
@example(("00044 20 7946 0018", "DE"))
@example(("1 703 261 7576", "US"))
@example(("391 234 5678", "IT"))
@example(("8 800 200 0122", "RU"))
@example(("+39 06 698 12345", ""))
@example(("15 2345 6789", "AR"))
def test_a_number_is_what_the_library_says_it_is(case: tuple[str, str]) -> None:
    text, country = case

    found = _ours(text, country)

    assert found == _by_library(text.strip(), country) or _FICTIONAL.fullmatch(found)


@settings(max_examples=3_000, deadline=None)
@given(st.from_regex(r"\+?[0-9 ()./-]{6,17}", fullmatch=True), st.sampled_from(["", *_COMMON]))
def test_the_fast_path_never_says_what_the_library_does_not(text: str, country: str) -> None:
    quick = _read_plain(text.strip(), country)

    assert not quick or quick == _by_library(text.strip(), country)


def test_the_fast_path_agrees_on_every_area_code_of_north_america() -> None:
    numbers = [f"+1{area}{exchange}0134" for area in range(200, 1000) for exchange in (234, 555)]

    differing = [
        number
        for number in numbers
        if (quick := _read_plain(number, "")) and quick != _by_library(number, "")
    ]

    assert not differing
    assert sum(bool(_read_plain(number, "")) for number in numbers) > 600


def test_the_fast_path_reads_most_numbers_of_the_commonest_countries() -> None:
    texts = [
        (phonenumbers.format_number(number, way), region)
        for region, number in _NUMBERS
        if region in _COMMON
        for way in _WAYS
    ]

    read = [bool(_read_plain(text, region)) for text, region in texts]

    assert sum(read) / len(read) > 0.9


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+493023125000", "", "+493023125000"),
        ("030 / 23 12 50 00", "DE", "+493023125000"),
        (" (202) 555-0134 ", "US", "+12025550134"),
        ("1-202-555-0134", "US", "+12025550134"),
        ("+1 (202) 555-0134 (mobile)", "", "+12025550134"),
        ("030 23125000 Büro", "DE", "+493023125000"),
        ("https://wa.me/493023125000", "GB", "+493023125000"),
        ("O3O 2312 5OOO", "DE", "+493023125000"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("0151 12345678 (M)", "DE", "+4915112345678"),
        ("tel:+44-20-7946-0018", "", "+442079460018"),
        ("020 7946 0018 ext. 12", "GB", "+442079460018"),
        ("0044 20 7946 0018", "FR", "+442079460018"),
        ("+44\u00a0(0)20\u00a07946\u00a00018", "", "+442079460018"),
        ("442079460018.0", "GB", "+442079460018"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("02 1234 5678", "IT", "+390212345678"),
        ("030 23125000", "de", "+493023125000"),
        ("+44 7700 900123", "", "+447700900123"),
        ("(555) 234-5678", "US", "+15552345678"),
    ],
)
def test_a_number_is_read_as_people_of_the_country_dial_it(text: str, country: str, number: str) -> None:
    assert normalise_phone(text, country=country) == number


@pytest.mark.parametrize("text", ["4.477E+11", "4,477E+11", "4.477e11", "+4.4779E+11"])
def test_a_number_that_the_spreadsheet_rounded_is_refused(text: str) -> None:
    with pytest.raises(InvalidPhone) as refused:
        normalise_phone(text, country="GB")

    assert str(refused.value) == (
        f"“{text}” has lost digits: the spreadsheet rounded the phone number. "
        "Format the column as text in the original file and export it again."
    )


@pytest.mark.parametrize(
    ("text", "country", "sentence"),
    [
        (
            "030 23125000",
            "",
            "The phone number “030 23125000” has no country code. Write it as in +49 30 23125000, "
            "or say which country it is in.",
        ),
        (
            "+999 123456",
            "DE",
            "The phone number “+999 123456” begins with a country code that does not exist. "
            "Write it as in +49 30 23125000, or say which country it is in.",
        ),
        ("n/a", "DE", "“n/a” is not a phone number. Correct it or leave the cell empty."),
        ("", "DE", "“” is not a phone number. Correct it or leave the cell empty."),
        (
            "12345",
            "US",
            "“12345” is not a phone number that can be dialled in US. Correct it or leave the cell empty.",
        ),
    ],
)
def test_a_refusal_says_what_to_do(text: str, country: str, sentence: str) -> None:
    with pytest.raises(InvalidPhone) as refused:
        normalise_phone(text, country=country)

    assert str(refused.value) == sentence


def test_reads_every_published_example_number_and_no_invalid_one(shared_data: Path) -> None:
    with (shared_data / "phone/phone_examples_dev.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    spellings = [
        (row[way], {"national": row["region"], "dialled_from_us": "US"}.get(way, ""), row)
        for row in rows
        for way in ("national", "international", "rfc3966", "dialled_from_us")
        if row[way]
    ]

    wrong = [
        (text, country)
        for text, country, row in spellings
        if _ours(text, country) != (row["e164"] if row["validity"] == "valid" else "")
    ]

    assert len(spellings) > 1_500
    assert not wrong


def test_reads_the_numbers_of_bought_lists(shared_data: Path) -> None:
    with (shared_data / "import_files/b2b_contact_list_dev.csv").open(
        newline="", encoding="utf-8-sig"
    ) as file:
        numbers = [(row["TelephoneNumber"], row["Country"]) for row in csv.DictReader(file)]

    read = [_ours(number, country) for number, country in numbers]

    assert read.count("") == 0
    assert read == [_by_library(number, country) for number, country in numbers]
