"""Files that are known to break readers; they are made by others and are not kept here."""

import csv
import io
import json
from pathlib import Path

import pytest

from imports.mapping import current_labels, match_columns
from imports.reading import UnreadableFile, inspect, rows
from tests.imports.listing import read, table


def acid(shared_data: Path, name: str) -> Path:
    folder = shared_data / "csv_acid" / name
    if not folder.is_dir():
        pytest.skip(f"There is no folder {folder}.")
    return folder


@pytest.mark.parametrize(
    "name", ["comma_in_quotes", "newlines", "newlines_crlf", "quotes_and_newlines", "utf8"]
)
def test_reads_csv_spectrum(shared_data: Path, name: str) -> None:
    folder = acid(shared_data, "csv_spectrum")

    _, found = read((folder / f"{name}.csv").read_bytes())

    assert [row.values for row in found] == json.loads((folder / f"{name}.json").read_text())


def test_reads_degrees_and_minutes(shared_data: Path) -> None:
    # The JSON of this file upstream has another telephone number than the file.
    folder = acid(shared_data, "csv_spectrum")
    expected = json.loads((folder / "location_coordinates.json").read_text())

    _, found = read((folder / "location_coordinates.csv").read_bytes())

    assert found[0].values == expected | {"Contact Phone Number": "2095257564"}


@pytest.mark.parametrize(
    "name",
    [
        "leading-space", "one-column", "quotes-with-comma", "quotes-with-escaped-quote", "quotes-with-space",
        "simple-crlf", "trailing-newline-one-field", "trailing-newline",
    ],
)  # fmt: skip
def test_reads_rfc_4180(shared_data: Path, name: str) -> None:
    folder = acid(shared_data, "rfc4180_small")

    expected = json.loads((folder / f"{name}.json").read_text())

    assert table((folder / f"{name}.csv").read_bytes()) == [
        [cell.strip() for cell in line] for line in expected
    ]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("all-empty", "This file has no rows with content."),
        ("bad-header-no-header", "This file is empty."),
        ("bad-header-wrong-header", "This file has only a header and no rows below it."),
    ],
)
def test_refuses_what_holds_no_list(shared_data: Path, name: str, sentence: str) -> None:
    content = (acid(shared_data, "rfc4180_small") / f"{name}.csv").read_bytes()

    with pytest.raises(UnreadableFile) as refused:
        read(content)

    assert str(refused.value).startswith(sentence)


def clean(path: Path) -> list[list[str]]:
    with path.with_name(f"{path.name}.clean.csv").open(newline="", encoding="utf-8") as file:
        lines = [[cell.strip() for cell in line] for line in csv.reader(file)]
    return [line for line in lines if any(line)]


@pytest.mark.parametrize(
    "name",
    [
        "pollock_polluted/file_field_delimiter_0x3B.csv",
        "pollock_polluted/file_one_data_row.csv",
        "pollock_polluted/file_preamble.csv",
        "pollock_polluted/file_record_delimiter_0xA.csv",
        "pollock_real_world/2004-2016.csv",
        "pollock_real_world/Feb-2016.csv",
        "pollock_real_world/Kokad_pollen.csv",
        "pollock_real_world/Oct_2013.csv",
        "pollock_real_world/Wine_Cellar_Consumption_dataset_14-15.csv",
        "pollock_real_world/over25k-transparency.csv",
        "pollock_real_world/tetranatrolite.csv",
    ],
)
def test_reads_a_polluted_table_as_its_clean_form(shared_data: Path, name: str) -> None:
    path = acid(shared_data, "pollock_polluted").parent / name

    found = table(path.read_bytes())

    expected = clean(path)
    # What a cell says stays: that "missing" means nothing is not for a reader to know.
    found = [[cell if cell != "missing" else "" for cell in line] for line in found]
    assert found[1:] == [line[: len(found[0])] for line in expected[1:]]
    assert found[0] == [" ".join(cell.split()) for cell in expected[0]][: len(found[0])]


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        (
            "pollock_polluted/file_header_multirow_3.csv",
            ("DATE", "TIME", "Qty"),
        ),  # thrice the same, named once
        ("pollock_polluted/file_no_header.csv", ("Column 1", "Column 2", "Column 3")),
        ("pollock_real_world/NBA_scores_out.csv", ("Column 1", "Year", "ngames")),
        (
            "pollock_real_world/workforce-management-information-dft_201706.csv",
            ("Organisation name", "Organisation type", "Main, parent or sponsoring department:"),
        ),
    ],
)
def test_reads_the_rows_under_headers_of_its_own(
    shared_data: Path, name: str, headers: tuple[str, ...]
) -> None:
    path = acid(shared_data, "pollock_polluted").parent / name

    found = table(path.read_bytes())

    expected = clean(path) if "no_header" in name else clean(path)[1:]
    assert tuple(found[0][:3]) == headers
    assert [[" ".join(cell.split()) for cell in line] for line in found[1:]] == [
        [" ".join(cell.split()) for cell in line][: len(found[0])] for line in expected
    ]


@pytest.mark.parametrize(
    ("name", "number", "problem"),
    [
        (
            "row_field_delimiter_47_0x20.csv",
            48,
            "The row has 2 cells, the list 9 columns, and which are missing cannot be told. Add the missing comma.",
        ),
        (
            "row_less_sep_row32_col3.csv",
            33,
            "The row has 8 cells, the list 9 columns, and which are missing cannot be told. Add the missing comma.",
        ),
    ],
)
def test_one_bad_row_is_told_and_the_others_are_right(
    shared_data: Path, name: str, number: int, problem: str
) -> None:
    path = acid(shared_data, "pollock_polluted") / name

    _, found = read(path.read_bytes())

    assert {row.number: row.problem for row in found if row.problem} == {number: problem}
    good = [list(row.values.values()) for row in found if not row.problem]
    assert good == [line for place, line in enumerate(clean(path)[1:], 2) if place != number]


def test_apostrophes_as_quotes_are_read_or_told(shared_data: Path) -> None:
    # The descriptions hold apostrophes that nothing sets apart from the quotes, and inches written as two quotes.
    path = acid(shared_data, "pollock_polluted") / "file_quotation_char_0x27.csv"

    shape, found = read(path.read_bytes())

    expected = dict(enumerate(clean(path)[1:], 2))
    good = {
        row.number: [cell.replace('""', '"') for cell in row.values.values()]
        for row in found
        if not row.problem
    }
    assert good == {number: expected[number] for number in good}
    assert (shape.quote, len(found), len(good)) == ("'", 83, 73)


def test_refuses_a_table_divided_by_blanks(shared_data: Path) -> None:
    path = acid(shared_data, "pollock_polluted") / "file_field_delimiter_0x20.csv"

    with pytest.raises(UnreadableFile) as refused:
        read(path.read_bytes())

    assert str(refused.value) == (
        "In 28 of 81 rows there are more cells than in the header, first in row 6. Put values that hold a comma in "
        "double quotes, or choose the delimiter of the file, and upload it again."
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("frictionless/empty.csv", "This file is empty."),
        ("frictionless/wide.csv", "This list has 9,074 columns; up to 500 can be read."),
        ("frictionless/table.csv.zip", "This file is a ZIP archive, not a list."),
        ("xlsx_sheetjs/custom_properties.xlsx", "This file has no rows with content."),
        ("xlsx_sheetjs/hyperlink_no_rels.xlsx", "This file has only a header and no rows below it."),
        ("pollock_polluted/file_header_only.csv", "This file has only a header and no rows below it."),
    ],
)
def test_refuses_these_with_a_sentence_of_their_own(shared_data: Path, name: str, sentence: str) -> None:
    path = acid(shared_data, "frictionless").parent / name

    with pytest.raises(UnreadableFile) as refused, path.open("rb") as file:
        inspect(file, name=path.name)

    assert str(refused.value).startswith(sentence)


def read_or_refused(path: Path) -> str:
    """The sentence with which the file is refused, "" when it was read."""
    try:
        with path.open("rb") as file:
            shape = inspect(file, name=path.name)
            for row in rows(file, shape=shape):
                assert row.values.keys() == set(shape.headers)
    except UnreadableFile as refused:
        return str(refused)
    return ""


def test_reads_or_refuses_every_acid_file(shared_data: Path) -> None:
    files = sorted(acid(shared_data, "frictionless").parent.glob("*/*"))

    answers = [read_or_refused(path) for path in files if path.suffix != ".json"]

    refused = [answer for answer in answers if answer]
    assert len(answers) > 100
    assert len(refused) < 20
    assert all(answer.endswith(".") for answer in refused)


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("b2b_contact_list_dev.csv", "EmailAddress"),
        ("mautic_10contacts_leading_spaces.csv", "email"),
        ("mautic_leads.csv", "email"),
        ("orocrm_lead_export.csv", "Emails 1 Email"),
        ("orocrm_lead_import_same_phone_address.csv", "Emails 1 Email"),
        ("zoho_leads_dev.csv", "Email"),
        ("messy_lead_lists/02-facebook-leads-messy-headers.csv", "Email Address"),
        ("messy_lead_lists/05-excel-export.csv", "Email Address"),
        ("messy_lead_lists/06-agency-crm-export.csv", "Email"),
        ("messy_lead_lists/08-broken-headers-typos.csv", "Emial"),
        ("messy_lead_lists/09-duplicate-headers.csv", "Email"),
        ("messy_lead_lists/10-mixed-date-formats.csv", "Email"),
        ("messy_lead_lists/12-unicode-emoji.csv", "Email"),
        ("messy_lead_lists/14-blank-rows.csv", "Email"),
        ("messy_lead_lists/19-empty-columns.csv", "Email"),
        ("messy_lead_lists/22-trailing-commas.csv", "Email"),
        ("messy_lead_lists/25-hubspot-export.csv", "Email"),
        ("messy_lead_lists/agency-chaos.csv", "Email / Phone"),
        ("messy_lead_lists/excel-messy-export.csv", "EMAIL ADDRESS"),
        ("messy_lead_lists/facebook-leads-realistic.csv", "email"),
        ("messy_lead_lists/rtl-arabic-headers.csv", "البريد"),
        ("messy_lead_lists/salesforce-leads.csv", "Email"),
        ("messy_lead_lists/zoho-crm-export.csv", "Email"),
    ],
)
def test_finds_the_addresses_of_a_real_list(shared_data: Path, name: str, email: str) -> None:
    path = shared_data / "import_files" / name

    shape, found = read(path.read_bytes())
    matches = match_columns(shape.headers, sample=shape.sample_values, labels=current_labels())

    assert [header for header, match in matches.items() if match.target == "email"] == [email]
    assert not [row for row in found if row.problem]
    assert len(found) == shape.row_count


def test_reads_a_real_list_as_the_library_does(shared_data: Path) -> None:
    path = shared_data / "import_files" / "b2b_contact_list_dev.csv"

    _, found = read(path.read_bytes())

    expected = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    assert [row.values for row in found] == [
        {key: value.strip() for key, value in line.items()} for line in expected
    ]
