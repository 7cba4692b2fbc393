import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from imports import signs
from imports.cleaning import Cleaner, CleanRow
from imports.reading import FileShape, Row, UnreadableFile, inspect, rows
from leadops.errors import LeadOpsError
from tests.imports.hostile import HEADER_ROW, PERSON_ROW, sheet_xml, workbook
from tests.imports.listing import read, table

PEOPLE = "Name,Email\nAnn Lee,ann@example.com\nBob Roy,bob@example.com\n"


# --- Rows ---------------------------------------------------------------------------------------------------------


def test_reads_each_row_under_its_headers() -> None:
    shape, found = read(PEOPLE)

    assert (shape.kind, shape.delimiter, shape.header_row, shape.row_count) == ("csv", ",", 1, 2)
    assert found[1] == Row(3, {"Name": "Bob Roy", "Email": "bob@example.com"})


def test_judges_a_file_by_its_content_and_not_by_its_name() -> None:
    by_text = inspect(io.BytesIO(PEOPLE.encode()), name="list.xlsx")
    by_workbook = inspect(io.BytesIO(workbook()), name="list.csv")

    assert (by_text.kind, by_workbook.kind) == ("csv", "xlsx")


def test_numbers_rows_as_the_spreadsheet_does() -> None:
    content = 'Name,Note\n\nAnn,"first\nsecond\nthird"\n,\nBob,short\n'

    _, found = read(content)

    assert [row.number for row in found] == [3, 5]
    assert found[0].values["Note"] == "first\nsecond\nthird"


def test_a_sep_line_is_obeyed_and_not_numbered() -> None:
    shape, found = read("sep=;\r\nName;Sum\r\nAnn;1,5\r\n")

    assert (shape.delimiter, shape.header_row) == (";", 1)
    assert found == [Row(2, {"Name": "Ann", "Sum": "1,5"})]


def test_starts_after_any_row_and_gives_the_rest() -> None:
    content = "Name,Email\n" + "".join(f"P{n},p{n}@example.com\n\n" for n in range(30))
    shape, found = read(content)

    for start in (0, 1, 17, 29, 30, 99):
        assert list(rows(io.BytesIO(content.encode()), shape=shape, start=start)) == found[start:]


def test_gives_signs_of_life_also_on_the_way_to_the_first_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "STILL_HERE", 10)
    content = "Name,Email\n" + "".join(f"P{n},p{n}@example.com\n" for n in range(35))
    shape, found = read(content)
    told: list[str] = []

    rest = rows(io.BytesIO(content.encode()), shape=shape, start=25, still_here=lambda: told.append("here"))

    assert next(rest) == found[25]
    assert len(told) == 2
    assert list(rest) == found[26:]
    assert len(told) == 3


def test_starts_after_any_row_of_a_workbook() -> None:
    content = workbook(sheet_xml(HEADER_ROW + "".join(PERSON_ROW.replace("2", str(n)) for n in range(2, 40))))
    shape, found = read(content)

    assert len(found) == 38
    assert list(rows(io.BytesIO(content), shape=shape, start=35)) == found[35:]


def test_leaves_out_a_header_that_comes_again() -> None:
    shape, found = read("Name,Email\nAnn,ann@example.com\nName,Email\nBob,bob@example.com\n")

    assert [row.number for row in found] == [2, 4]
    assert shape.row_count == 2


def test_strips_what_nobody_sees_at_the_edges_of_a_cell() -> None:
    _, found = read("Name,Email\n\u200b Ann\u00a0Lee\u3000,\ufeffann@example.com\u200e \n")

    assert found[0].values == {"Name": "Ann\u00a0Lee", "Email": "ann@example.com"}


def test_keeps_what_a_person_wrote_inside_a_cell() -> None:
    written = "00123|+44 20 7946 0000|12345678901234567890|=1+1|👩‍💻|שלום"

    _, found = read(f"Id|Phone|Long|Formula|Emoji|Hebrew\n{written}\n")

    assert "|".join(found[0].values.values()) == written


def test_reads_a_file_from_a_form() -> None:
    upload = SimpleUploadedFile("people.csv", "Név,Email\nÁgi,agi@example.com\n".encode("cp1252"))

    shape = inspect(upload, name=upload.name or "")

    assert [row.values["Név"] for row in rows(upload, shape=shape)] == ["Ági"]


cells = st.text(
    st.characters(
        codec="utf-8", exclude_characters='\0"\r', exclude_categories=("Cc", "Cf", "Zs", "Zl", "Zp")
    ),
    max_size=12,
)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8))
def test_gives_back_any_cells_that_were_quoted(people: list[tuple[str, str, str]]) -> None:
    lines = [f'"{number}","{one}","{two}","{three}"' for number, (one, two, three) in enumerate(people)]

    _, found = read("Number,Name,Company,City\r\n" + "\r\n".join(lines) + "\r\n")

    assert [tuple(row.values.values()) for row in found] == [
        (str(number), *person) for number, person in enumerate(people)
    ]


# --- Rows that cannot be trusted ----------------------------------------------------------------------------------


def test_names_the_cells_that_are_too_many() -> None:
    good = "".join(f"P{n},p{n}@example.com,Acme\n" for n in range(10))

    _, found = read(f"Name,Email,Company\n{good}Ann,ann@example.com,Lee, Fox & Co\n")

    assert found[-1].problem == (
        "The row has 4 cells, the list 3 columns. If a comma belongs to a value, put the value in double quotes."
    )
    assert found[-1].extra == ("Fox & Co",)


def test_blank_cells_at_the_end_are_not_too_many() -> None:
    _, found = read("Name,Email\nAnn,ann@example.com,,,\nBob,bob@example.com\n")

    assert [row.problem for row in found] == ["", ""]


def test_a_lost_delimiter_is_no_blank_at_the_end() -> None:
    good = "".join(f"P{n},{n},p{n}@example.com,Berlin\n" for n in range(40))

    _, found = read(f"Name,Number,Email,City\n{good}Ann7,ann@example.com,Berlin\n")

    assert found[-1].problem == (
        "The row has 3 cells, the list 4 columns, and which are missing cannot be told. Add the missing comma."
    )


def test_cells_left_out_at_the_end_are_blank_where_the_others_stand_right() -> None:
    good = "".join(f"P{n},p{n}@example.com,Acme\n" for n in range(40))

    _, found = read(f"Name,Email,Company\n{good}Ann,ann@example.com\n")

    assert found[-1] == Row(42, {"Name": "Ann", "Email": "ann@example.com", "Company": ""})


def test_a_list_that_always_drops_blanks_at_the_end_is_read_so() -> None:
    _, found = read("First,Last,City,Note\nAnn,Lee\nBob,Roy,Rome\nCyd,Fox,Oslo,new\nDee,Poe\n")

    assert [row.problem for row in found] == [""] * 4


def test_a_quote_in_the_wrong_place_spoils_its_row_only() -> None:
    _, found = read('Name,Company\n"Ann",Acme\n"Bob" the builder,Beta\nCyd,Gamma\n')

    assert [bool(row.problem) for row in found] == [False, True, False]
    assert found[1].problem == (
        "A quote in line 3 stands in the wrong place, so the cells cannot be told apart. "
        "Write a quote inside a cell as two quotes."
    )


def test_quotes_inside_an_unquoted_cell_are_letters() -> None:
    _, found = read('Name,Company\nAnn "Annie" Lee,Acme\n')

    assert found[0].values["Name"] == 'Ann "Annie" Lee'


def test_blanks_around_quotes_do_no_harm() -> None:
    _, found = read('Name,Company\n"Ann" , "Lee, Fox" \n')

    assert found[0].values == {"Name": "Ann", "Company": "Lee, Fox"}


def test_a_quote_left_open_does_not_swallow_the_rows_below() -> None:
    content = 'Name,Email,City\n"Ann,ann@example.com,Rome\nBob,bob@example.com,Oslo\n"Cyd","cyd@example.com","Bonn"\n'

    _, found = read(content)

    assert found[0].problem == (
        "The quote opened in line 2 is not closed in its row. Add the closing quote, or remove the stray one."
    )
    assert [row.values["Name"] for row in found[1:]] == ["Bob", "Cyd"]
    assert not any(row.problem for row in found[1:])


def test_two_stray_quotes_do_not_make_one_person_of_three() -> None:
    content = 'Name,Company,City\nAnn,"Acme,Berlin\nBob,Beta,Rome\nCyd,Gamma",Paris\nDee,Delta,Oslo\n'

    _, found = read(content)

    assert found[0].problem == (
        "The quote opened in line 2 is closed in line 4, and the lines between look like rows of their own. "
        "Remove the stray quote."
    )
    assert found[1].values == {"Name": "Bob", "Company": "Beta", "City": "Rome"}
    assert found[2].problem == "A stray quote stands in line 4. Remove it."
    assert not found[3].problem


@pytest.mark.parametrize("value", ["#N/A", "#REF!", "#DIV/0!", "#NAME?"])
def test_the_error_of_a_formula_is_no_value(value: str) -> None:
    _, found = read(f"Name,Email\nAnn,{value}\n")

    assert found[0].problem == (
        f"Email: {value} is the error of a formula, not a value. Correct the formula or empty the cell."
    )


def test_a_number_that_a_spreadsheet_rounded_is_no_phone_number() -> None:
    _, found = read("Name,Phone\nAnn,4.4772E+11\n")

    assert found[0].problem == (
        "Phone: 4.4772E+11 is a number that a spreadsheet has rounded. Format the column as text and export it again."
    )


def cleaned(row: Row, mapping: dict[str, str]) -> CleanRow:
    now = datetime(2026, 3, 12, tzinfo=UTC)
    return Cleaner(mapping=mapping, country="DE", is_day_first=True, zone=UTC, now=now).clean(row)


def test_an_error_in_a_column_left_out_does_no_harm() -> None:
    _, found = read("Name,Email,Region\nAnn,ann@example.com,#N/A\n")

    with_region = {"Name": "full_name", "Email": "email", "Region": "city"}
    without = {"Name": "full_name", "Email": "email"}
    assert cleaned(found[0], without).person is not None
    (reason,) = cleaned(found[0], with_region).reasons
    assert reason.sentence.startswith("#N/A is the error")
    assert (reason.column, reason.value) == ("Region", "#N/A")


def test_a_row_of_too_many_cells_is_a_problem_whatever_columns_are_used() -> None:
    row = Row(5, {"Name": "Ann"}, problem="The row has 4 cells, the list 3 columns.")

    answer = cleaned(row, {"Name": "full_name"})
    assert answer.person is None
    assert [reason.sentence for reason in answer.reasons] == ["The row has 4 cells, the list 3 columns."]


def test_refuses_a_list_most_of_whose_rows_do_not_fit() -> None:
    people = "".join(f"Ann,ann{n}@example.com,Lee, Fox{', Poe' * (n % 2)}\n" for n in range(20))

    with pytest.raises(UnreadableFile) as refused:
        read(f"Name,Email,Company,City\n{people}")

    assert str(refused.value) == (
        "In 10 of 20 rows there are more cells than in the header, first in row 3. Put values that hold a comma in "
        "double quotes, or choose the delimiter of the file, and upload it again."
    )


# --- Headers ------------------------------------------------------------------------------------------------------


def test_finds_the_header_below_notes_and_blank_lines() -> None:
    notes = "Export of 21 November 2026,,\nFor internal use only,,\n,,\n"
    content = f"{notes}First name,Last name,Email\nAnn,Lee,ann@example.com\n"

    shape, found = read(content)

    assert (shape.header_row, shape.headers) == (4, ("First name", "Last name", "Email"))
    assert shape.notes == ("Rows 1 to 2 above the header in row 4 are left out.",)
    assert [row.number for row in found] == [5]


def test_finds_the_header_below_a_long_note() -> None:
    note = (
        '"When exporting your connections, you may notice that some addresses are missing, see example.com."'
    )

    shape, _ = read(f"Notes:\n{note}\n\nFirst Name,Last Name,URL\nAnn,Lee,https://www.example.com/in/ann\n")

    assert shape.header_row == 4


def test_gives_every_column_a_name_of_its_own() -> None:
    shape, _ = read("Name,Email,,EMAIL,Email (2),Column 3\na,b,c,d,e,f\n")

    assert shape.headers == ("Name", "Email", "Column 3 (2)", "EMAIL (3)", "Email (2)", "Column 3")


def test_delimiters_at_the_end_of_the_header_make_no_columns() -> None:
    shape, found = read("Name,Email,,\nAnn,ann@example.com,,\n")

    assert shape.headers == ("Name", "Email")
    assert found[0].problem == ""


def test_a_column_without_header_is_kept_when_it_has_values() -> None:
    shape, found = read("Name,Email,\n" + "Ann,ann@example.com,\n" * 300 + "Bob,bob@example.com,vip\n")

    assert shape.headers == ("Name", "Email", "Column 3")
    assert found[-1].values["Column 3"] == "vip"
    assert shape.notes == ("Some columns have no header and are named by their place.",)


def test_a_list_without_header_keeps_its_first_row() -> None:
    shape, found = read("ann@example.com,Ann,Lee\nbob@example.com,Bob,Roy\n")

    assert (shape.header_row, shape.headers) == (0, ("Column 1", "Column 2", "Column 3"))
    assert found[0] == Row(1, {"Column 1": "ann@example.com", "Column 2": "Ann", "Column 3": "Lee"})
    assert shape.notes == ("The file has no header row, so the columns are named by their place.",)


def test_headers_of_numbers_are_headers_over_other_values() -> None:
    shape, _ = read("id,2024,2025\na,TRUE,FALSE\nb,TRUE,TRUE\n")

    assert shape.headers == ("id", "2024", "2025")


def test_takes_the_header_row_that_a_person_chose() -> None:
    content = io.BytesIO(b"Name,Email\nGiven,Mail\nAnn,ann@example.com\n")

    chosen = inspect(content, name="list", header_row=2)
    none = inspect(content, name="list", header_row=0)

    assert (chosen.headers, chosen.row_count) == (("Given", "Mail"), 1)
    assert (none.headers, none.row_count) == (("Column 1", "Column 2"), 3)


def test_refuses_a_header_row_that_is_blank() -> None:
    with pytest.raises(UnreadableFile) as refused:
        inspect(io.BytesIO(b"\nName,Email\nAnn,ann@example.com\n"), name="list", header_row=1)

    assert (
        str(refused.value)
        == "Row 1 is blank or far below the beginning, so it is no header. Choose another row."
    )


def test_blank_headers_take_their_name_from_the_row_above() -> None:
    shape, _ = read(
        "Organisation,Contact,,Address,\n,First name,Email,City,Country\nAcme,Ann,a@example.com,Rome,Italy\n"
    )

    assert shape.headers == ("Organisation", "First name", "Email", "City", "Country")


# --- Shape --------------------------------------------------------------------------------------------------------


def test_a_shape_survives_as_json() -> None:
    shape, _ = read("Name,Email,Region\nAnn,ann@example.com,#N/A\nBob,bob@example.com,North,more\n")

    kept = FileShape.from_json(json.loads(json.dumps(shape.to_json())))

    assert kept == shape
    assert [row.problem for row in kept.sample] != ["", ""]


def test_the_sample_is_the_first_twenty_rows() -> None:
    shape, found = read("Name\n" + "".join(f"P{n}\n" for n in range(50)))

    assert list(shape.sample) == found[:20]
    assert shape.sample_values[19] == {"Name": "P19"}


def test_refuses_a_file_above_the_limit() -> None:
    with pytest.raises(UnreadableFile) as refused:
        inspect(io.BytesIO(b"a,b\n" * 1_000_000), name="list", max_bytes=3 * 1024 * 1024)

    assert str(refused.value) == (
        "This file has 4 MB; up to 3 MB can be uploaded. Leave out columns that you don't need, or split the list."
    )
    assert isinstance(refused.value, LeadOpsError)


class EndlessList(io.RawIOBase):
    """A list of a given number of rows that is nowhere in memory."""

    def __init__(self, count: int) -> None:
        self.header = b"Name,Email,Company,City\n"
        self.line = b"Ann Lee,ann@example.com,Example Ltd,Berlin\n"
        self.size = len(self.header) + count * len(self.line)
        self.at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset if whence == io.SEEK_SET else self.size + offset
        return self.at

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.size - self.at)
        end = self.at + size
        start = max(self.at - len(self.header), 0)
        lines = self.line * (size // len(self.line) + 2)
        head = self.header[self.at : end]
        self.at = end
        shift = start % len(self.line)
        return head + lines[shift : shift + size - len(head)]


def peak_of(found: Iterator[Row]) -> int:
    tracemalloc.start()
    try:
        for _ in found:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file() -> None:
    small, large = EndlessList(1_000), EndlessList(40_000)
    shapes = [inspect(file, name="list") for file in (small, large)]

    peaks = [peak_of(rows(file, shape=shape)) for file, shape in zip((small, large), shapes, strict=True)]

    assert [shape.row_count for shape in shapes] == [1_000, 40_000]
    assert peaks[1] < peaks[0] + 1_000_000


def test_reads_the_same_table_however_lines_end() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert table(PEOPLE.replace("\n", end)) == [
            ["Name", "Email"],
            ["Ann Lee", "ann@example.com"],
            ["Bob Roy", "bob@example.com"],
        ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("dn: cn=Ann Lee\nobjectClass: person\nmail: ann@kiesel.example\n",
         "This file holds entries of a directory (LDIF). Export the contacts as CSV and upload that."),
        ("Contacts of the fair\n\nBEGIN:VCARD\nFN:Ann Lee\nEND:VCARD\n",
         "This file holds contact cards (vCard). Export the contacts as CSV and upload that."),
    ],
)  # fmt: skip
def test_cards_and_entries_of_a_directory_are_refused_with_what_to_do(content: str, sentence: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(content)

    assert str(refused.value) == sentence


def test_a_card_in_a_cell_is_a_value_like_any_other() -> None:
    assert (
        len(
            read('Name,Badge\nAnn,"BEGIN:VCARD\nFN:Ann\nEND:VCARD"\nBob,"BEGIN:VCARD\nFN:Bob\nEND:VCARD"\n')[
                1
            ]
        )
        == 2
    )
