from collections.abc import Sequence

import pytest

from imports.mapping import Match, current_labels, match_columns
from imports.mapping.keys import keys_of
from imports.vendors import recognise


def target_of(header: str, *values: str, others: Sequence[str] = ()) -> str | None:
    """What a column is beside the `others`."""
    headers = [*others, header]
    sample = [{header: value} for value in values]
    found = match_columns(headers, sample=sample, labels=current_labels(), vendor=recognise(headers))
    return found[header].target


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("User Name (Original Name)", "full_name"), ("Phone (incl. country code)", "phone"),
        ("Country (ISO)", "country"), ("Job title [EN]", "title"), ("Company size (employees)", "employees"),
        ("Phone (mobile)", "mobile"), ("Name (company)", "company"), ("Name (last)", "last_name"),
        ("Phone (assistant)", None), ("Revenue (mEUR)", None), ("(Do Not Modify) Lead", None),
    ],
)  # fmt: skip
def test_a_remark_in_brackets_does_not_hide_the_field(header: str, target: str | None) -> None:
    assert target_of(header) == target


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Firma / Company", "company"), ("Vorname/First name", "first_name"), ("Phone / Mobile", "phone"),
        ("Telefon oder Handy", "phone"), ("First name / Last name", "full_name"),
        ("Surname, First name", "full_name"), ("Vorname Nachname", "full_name"), ("Nachname Vorname", "family_first"),
        ("Last name / First name", "family_first"), ("City, Country", None),
        ("City / Country", None), ("Product & Price", None),
    ],
)  # fmt: skip
def test_a_header_in_two_languages_or_of_two_fields_is_known(header: str, target: str | None) -> None:
    assert target_of(header) == target


def test_a_column_of_cities_and_countries_is_an_address() -> None:
    assert target_of("City / Country", "Berlin, Germany", "Lyon, France") == "address"


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Tél. portable", "mobile"), ("Tél. fixe", "phone"), ("Teléfono fijo", "phone"), ("Festnetz-Nr.", "phone"),
        ("TEL_NBR", "phone"), ("Mobilnr", "mobile"), ("Mobile Tel No", "mobile"),
        ("Number", None), ("Line", None), ("Fixed", None),
    ],
)  # fmt: skip
def test_words_for_telephones_are_known_in_any_combination(header: str, target: str | None) -> None:
    assert target_of(header) == target


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("person.geo.country", "country"), ("properties.firstname", "first_name"),
        ("person.name.fullName", "full_name"),
        ("Default Address Company", "company"), ("Shipping Address City", "city"), ("owner.email", None),
        ("account.owner.email", None), ("company.name", "company"), ("company.metrics.alexa", None),
        ("stadium.site", None),
    ],
)  # fmt: skip
def test_a_path_and_a_part_of_an_address_end_in_the_field(header: str, target: str | None) -> None:
    assert target_of(header) == target


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Firma - Name", "company"), ("Account: Account Name", "company"), ("Company: Website", "website"),
        ("Firma - Land", "country"), ("Kontakt - Vorname", "first_name"), ("Contact: Email", "email"),
        ("Account: Owner", None), ("Deal - Name", None), ("Beitrittszeit", "attended_at"),
    ],
)  # fmt: skip
def test_what_stands_behind_the_company_is_the_company_s(header: str, target: str | None) -> None:
    assert target_of(header) == target


def test_the_first_of_several_columns_is_known_and_the_second_is_none() -> None:
    assert target_of("Company1") == "company"
    assert target_of("JobTitle1") == "title"
    assert target_of("Company2") is None


def test_a_name_of_one_word_beside_a_salutation_is_the_family_name() -> None:
    assert target_of("Name", "Groß", "Roth", others=["Anrede"]) == "last_name"
    assert target_of("Name", "Uwe Groß", "Roth", others=["Anrede"]) == "full_name"
    assert target_of("Name", "Groß", "Roth", others=["Firma"]) == "full_name"


def test_a_first_name_of_several_words_is_the_whole_one_where_no_column_holds_family_names() -> None:
    assert target_of("First Name", "Ann Lee", "Bob Ray", others=["Last Name"]) == "full_name"
    assert target_of("First Name", "Ann", "Bob Ray", others=["Last Name"]) == "first_name"
    headers = ["Last Name", "First Name"]
    sample = [{"First Name": "Ann Marie", "Last Name": "Lee"}, {"First Name": "Bob Jim", "Last Name": "Ray"}]
    found = match_columns(headers, sample=sample, labels=current_labels())
    assert [match.target for match in found.values()] == ["last_name", "first_name"]


def test_a_first_name_that_a_person_has_said_to_be_one_stays_one() -> None:
    said = {"First Name": Match("first_name", 1.0, "So it was set on 3 May.")}
    sample = [{"First Name": "Ann Marie"}, {"First Name": "Bob Jim"}]

    found = match_columns(["First Name"], sample=sample, labels=current_labels(), settled=said)

    assert found == said


def test_words_that_a_database_has_shortened_are_known() -> None:
    assert keys_of("PERSON_FIRST_NM")[-1] == "firstname"
    assert target_of("COUNTRY_CD") == "country"
    assert target_of("JOB_TITLE_DESC") == "title"


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Şehir", "city"), ("Město", "city"), ("Stát", "country"), ("E-mail corporativo", "email"),
        ("Natel", "mobile"), ("Κινητό", "mobile"), ("직급", "title"), ("Functietitel", "title"),
        ("Role in your company", "title"), ("Contact LinkedIn", "linkedin_url"), ("Họ và tên", "full_name"),
        ("Nume", "full_name"), ("Besucher", "full_name"),
        ("PLZ / Ort", "city"), ("Größe", "employees"), ("Имейл", "email"), ("First Join", "attended_at"),
    ],
)  # fmt: skip
def test_headers_of_more_languages_and_programs_are_known(header: str, target: str) -> None:
    assert target_of(header) == target


def test_the_part_that_somebody_plays_at_an_event_is_no_job_title() -> None:
    assert target_of("Role", "Organizer", "Presenter", "Attendee", "Attendee") is None
    assert target_of("Role", "Head of Sales", "Attendee", "Buyer") == "title"


def test_of_two_columns_of_a_program_the_better_one_is_taken_though_our_field_is_called_like_the_other() -> (
    None
):
    others = ["Form Name", "Creative ID", "Email"]
    assert target_of("Work email", "ann@kiesel.example", others=others) == "email"
