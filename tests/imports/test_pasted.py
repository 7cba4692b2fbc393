"""Lists that are no tables: addresses from a mail program, people one below or beside the other."""

import io

import pytest
from openpyxl import Workbook

from imports.forms import ReadingForm
from imports.reading import FileShape
from tests.imports.listing import read, table

# --- Addresses ----------------------------------------------------------------------------------------------------

PEOPLE = [
    ["Ann Lee", "ann@kiesel.example"],
    ["Bob Ray", "bob@kiesel.example"],
    ["Roe, Jane", "jane@kiesel.example"],
]


@pytest.mark.parametrize(
    "content",
    [
        'Ann Lee <ann@kiesel.example>\nBob Ray <bob@kiesel.example>\n"Roe, Jane" <jane@kiesel.example>\n',
        "Ann Lee <ann@kiesel.example>; Bob Ray <bob@kiesel.example>; Roe, Jane <jane@kiesel.example>",
        'Ann Lee <ann@kiesel.example>, Bob Ray <mailto:bob@kiesel.example>, "Roe, Jane" <jane@kiesel.example>,\n',
        "To: Ann Lee <ann@kiesel.example>; Bob Ray <bob@kiesel.example>\nCc: Roe, Jane <jane@kiesel.example>\n",
        'Ann Lee <ann@kiesel.example>, Bob\n Ray <bob@kiesel.example>,\n\t"Roe, Jane" <jane@kiesel.example>\n',
        "E-mail\nAnn Lee <ann@kiesel.example>; Bob Ray <bob@kiesel.example>\n'Roe, Jane' <jane@kiesel.example>;\n",
        "Sales: Ann Lee <ann@kiesel.example>;\n\nBob Ray <bob@kiesel.example>;\nRoe, Jane <jane@kiesel.example>;",
    ],
)
def test_every_address_that_a_mail_program_shows_is_a_row(content: str) -> None:
    shape, found = read(content)

    assert table(content) == [["Name", "E-mail"], *PEOPLE]
    assert [row.number for row in found] == [1, 2, 3]
    assert shape.row_count == 3
    assert shape.notes == ("The file is a list of addresses, each of which is read as a person.",)


def test_bare_addresses_in_one_line_are_a_row_each() -> None:
    assert table("ann@kiesel.example; bob@kiesel.example, jane@kiesel.example") == [
        ["Name", "E-mail"],
        ["", "ann@kiesel.example"],
        ["", "bob@kiesel.example"],
        ["", "jane@kiesel.example"],
    ]


def test_a_misspelt_address_among_others_is_told_and_takes_nobody_along() -> None:
    people = "Ann Lee <ann@kiesel.example>; Bob Ray <bob@kiesel>; Cid Oz <cid@oz.example>; Dan Dot <dan@dot.example>"

    assert [row[0] for row in table(people)] == [
        "Name",
        "Ann Lee",
        "Bob Ray <bob@kiesel>",
        "Cid Oz",
        "Dan Dot",
    ]


def test_what_is_no_address_further_down_is_kept() -> None:
    lines = ["Ann Lee <ann@kiesel.example>; Bob Ray <bob@kiesel.example>"] * 400

    assert table("\n".join([*lines, "Jane Roe"]))[-1] == ["Jane Roe", ""]


def test_two_addresses_in_every_line_are_of_one_person() -> None:
    assert len(table("ann@kiesel.example,ann@home.example\nbob@kiesel.example,bob@home.example\n")[0]) == 2
    assert len(table("ann@kiesel.example,ann@home.example\nbob@kiesel.example,bob@home.example\n")) == 3


@pytest.mark.parametrize("line", ["{} <{}> - Kiesel", "{} - {}", "{} ({})", "{} {}"])
def test_a_first_line_that_is_a_person_is_no_header(line: str) -> None:
    people = [("Ann Lee", "ann@kiesel.example"), ("Bob Ray", "bob@kiesel.example")]

    assert len(table("".join(line.format(*person) + "\n" for person in people))) == 3


# --- One below the other ------------------------------------------------------------------------------------------

BELOW = [
    ["Name", "Company", "E-mail", "Phone"],
    ["Ann Lee", "Kiesel AG", "ann@kiesel.example", "030 2312 5001"],
    ["Bob Ray", "", "bob@roth.example", ""],
]


@pytest.mark.parametrize(
    "content",
    [
        "Name: Ann Lee\nCompany: Kiesel AG\nE-mail: ann@kiesel.example\nPhone: 030 2312 5001\n\n"
        "Name: Bob Ray\nE-mail: bob@roth.example\n",
        "Name: Ann Lee\nCompany: Kiesel AG\nE-mail: ann@kiesel.example\nPhone: 030 2312 5001\n"
        "Name: Bob Ray\nE-mail: bob@roth.example\nPhone:\n",
        "Name,Ann Lee\nCompany,Kiesel AG\nE-mail,ann@kiesel.example\nPhone,030 2312 5001\n,\n"
        "Name,Bob Ray\nE-mail,bob@roth.example\n",
        "* Name:\tAnn Lee\n* Company:\tKiesel AG\n* E-mail:\tann@kiesel.example\n* Phone:\t030 2312 5001\n------\n"
        "* Name:\tBob Ray\n* E-mail:\tbob@roth.example\n------\n",
        'Leads of the fair\n\nName;"Ann Lee"\nCompany;"Kiesel AG";\nE-mail;ann@kiesel.example\nPhone;030 2312 5001\n'
        "\nName;Bob Ray\nE-mail;bob@roth.example\n",
        "Name: Ann Lee\n\nCompany: Kiesel AG\n\nE-mail: ann@kiesel.example\n\nPhone: 030 2312 5001\n\n"
        "Name: Bob Ray\n\nE-mail: bob@roth.example\n",
        "1. Name: Ann Lee\n   Company: Kiesel AG\n   E-mail: ann@kiesel.example\n   Phone: 030 2312 5001\n"
        "2. Name: Bob Ray\n   E-mail: bob@roth.example\n",
    ],
)
def test_people_one_below_the_other_are_a_row_each(content: str) -> None:
    assert table(content) == BELOW


def test_a_person_has_the_number_of_the_first_line_and_a_missing_name_parts_nobody_wrongly() -> None:
    content = "Name: Ann Lee\nE-mail: ann@kiesel.example\n\nCompany: Roth\nE-mail: bob@roth.example\n"

    shape, found = read(content)

    assert [row.number for row in found] == [1, 4]
    assert list(found[1].values.values()) == ["", "bob@roth.example", "Roth"]
    assert shape.notes[0].startswith("The people stand one below the other")
    assert FileShape.from_json(shape.to_json()) == shape


def test_lines_of_a_note_stay_in_it() -> None:
    content = (
        "Name: Ann Lee\nE-mail: ann@kiesel.example\nNote: Call me: tomorrow\nat 10:30\n\nSecond thoughts\n\n"
        "Name: Bob Ray\nE-mail: bob@kiesel.example\nNote: no\n"
    )

    assert table(content)[1][2] == "Call me: tomorrow\nat 10:30\nSecond thoughts"


def test_a_number_in_plain_digits_is_one() -> None:
    assert table("Name: Ann Lee\nEmail: ann@kiesel.example\nPhone: 2124567890\n")[1:] == [
        ["Ann Lee", "ann@kiesel.example", "2124567890"]
    ]


def test_what_comes_again_and_again_is_a_column_too() -> None:
    person = "Name: Ann Lee\nE-mail: ann@kiesel.example\nBooth talk: yes\n\n"

    assert table(person * 3)[0] == ["Name", "E-mail", "Booth talk"]


def test_a_column_of_words_that_are_headers_too_makes_no_such_list() -> None:
    content = "Type,Email\n" + "Contact,ann@kiesel.example\nCustomer,bob@kiesel.example\n" * 3

    assert table(content)[0] == ["Type", "Email"]


def test_whoever_chooses_a_delimiter_says_that_it_is_a_table() -> None:
    assert read("Name: Ann Lee\nE-mail: ann@kiesel.example\nPhone: 1\n" * 2, delimiter=",")[0].form == ""


# --- Sheets -------------------------------------------------------------------------------------------------------


def sheet(*rows: list[str | None]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_people_one_below_the_other_in_a_sheet_are_a_row_each() -> None:
    lines = [
        line.split(",")
        for line in "Name,Ann Lee\nE-mail,ann@kiesel.example\nPhone,030 23125001\n".splitlines()
    ]

    assert table(
        sheet(["Contact list"], [None], *lines, [None], ["Name", "Bob Ray"], ["E-mail", "bob@roth.example"])
    ) == [
        ["Name", "E-mail", "Phone"],
        ["Ann Lee", "ann@kiesel.example", "030 23125001"],
        ["Bob Ray", "bob@roth.example", ""],
    ]


def test_people_one_beside_the_other_are_a_row_each() -> None:
    rows: list[list[str | None]] = [
        ["Name", "Ann Lee", "Bob Ray"],
        ["E-mail", "ann@kiesel.example", "bob@roth.example"],
        ["Company", "Kiesel AG", None],
    ]
    wanted = [
        ["Name", "E-mail", "Company"],
        ["Ann Lee", "ann@kiesel.example", "Kiesel AG"],
        ["Bob Ray", "bob@roth.example", ""],
    ]

    shape, found = read(sheet(*rows))

    assert table(sheet(*rows)) == wanted
    assert [row.number for row in found] == [2, 3]
    assert shape.notes == ("The people stand one beside the other, and each column is read as a row.",)
    assert table("\n".join(",".join(cell or "" for cell in row) for row in rows)) == wanted


# --- Drawn tables -------------------------------------------------------------------------------------------------

DRAWN = [
    ["Name", "Company", "E-mail"],
    ["Ann Lee", "Kiesel AG", "ann@kiesel.example"],
    ["Bob Ray", "", "bob@roth.example"],
]


@pytest.mark.parametrize(
    "content",
    [
        "| Name | Company | E-mail |\n|---|:--:|---:|\n| Ann Lee | Kiesel AG | ann@kiesel.example |\n"
        "| Bob Ray | | bob@roth.example |\n",
        "|Name|Company|E-mail|\n|-|-|-|\n|Ann Lee|Kiesel AG|ann@kiesel.example|\n|Bob Ray||bob@roth.example|\n",
        "Name | Company | E-mail\n--- | --- | ---\nAnn Lee | Kiesel AG | ann@kiesel.example\n"
        "Bob Ray | | bob@roth.example\n",
        "+---------+-----------+--------------------+\n| Name    | Company   | E-mail             |\n"
        "+---------+-----------+--------------------+\n| Ann Lee | Kiesel AG | ann@kiesel.example |\n"
        "| Bob Ray |           | bob@roth.example   |\n+---------+-----------+--------------------+\n"
        "2 rows in set (0.00 sec)\n",
        "  Name   |  Company  |       E-mail\n---------+-----------+--------------------\n"
        " Ann Lee | Kiesel AG | ann@kiesel.example\n Bob Ray |           | bob@roth.example\n(2 rows)\n",
        "Name,Company,E-mail\n----,-------,------\nAnn Lee,Kiesel AG,ann@kiesel.example\nBob Ray,,bob@roth.example\n",
    ],
)
def test_lines_that_are_drawn_between_rows_are_no_rows(content: str) -> None:
    assert table(content) == DRAWN


def test_a_pipe_inside_of_a_cell_of_markdown_divides_nothing() -> None:
    content = "| Name | Company | E-mail |\n|--|--|--|\n| Ann Lee | Kiesel \\| Roth | ann@kiesel.example |\n"

    assert table(content)[1] == ["Ann Lee", "Kiesel | Roth", "ann@kiesel.example"]


def test_a_row_of_single_dashes_is_one_of_blank_cells() -> None:
    content = "Name,Company,E-mail\nAnn Lee,Kiesel AG,ann@kiesel.example\n-,-,-\n"

    assert table(content)[2] == ["-", "-", "-"]


# --- The page -----------------------------------------------------------------------------------------------------


def test_the_page_offers_to_read_such_a_file_as_a_table() -> None:
    shape, _ = read("Name: Ann Lee\nE-mail: ann@kiesel.example\nPhone: 030 23125001\n")

    form = ReadingForm({"encoding": "utf-8", "delimiter": "", "header_row": "0"}, shape=shape)

    assert form.fields["delimiter"].choices[0] == ("", "As it was found")
    assert form.is_valid()
    assert "delimiter" not in form.reading()
