"""XLS and ODS, and files that are called what they are not."""

import io
import struct
from pathlib import Path
from random import Random

import pytest
from python_calamine import CalamineWorkbook

from imports.reading import UnreadableFile, inspect, rows
from tests.imports.hostile import OLE
from tests.imports.listing import read, table
from tests.imports.otherbooks import (
    Cell,
    compound,
    ods,
    ods_cell,
    ods_row,
    xls,
    xls_cell,
    xls_error,
    xls_formula,
    xls_rows,
    xls_sheet,
    xls_text,
)

HEAD = ("Name", "Email", "Employees")
ANN = ("Ann Lee", "ann@example.com", 12)
ZOE = ("Zoë Łuk", "zoe@example.com", 7.5)
PEOPLE: list[tuple[Cell, ...]] = [HEAD, ANN, ZOE]
SHOWN = [list(HEAD), ["Ann Lee", "ann@example.com", "12"], ["Zoë Łuk", "zoe@example.com", "7.5"]]


# --- XLS ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "texts", [(), [str(cell) for row in PEOPLE for cell in row if isinstance(cell, str)]]
)
def test_reads_an_old_workbook(texts: list[str]) -> None:
    content = xls(xls_rows(PEOPLE, texts=texts), texts=texts)

    shape, _ = read(content)

    assert (shape.kind, shape.sheets, shape.header_row) == ("xls", ("Sheet1",), 1)
    assert table(content) == SHOWN


def test_reads_what_an_old_workbook_shows() -> None:
    rows: list[tuple[Cell, ...]] = [
        ("Postcode", "Born", "Share", "Paid", "Big"),
        (123, 36526, 0.25, True, 1e6),
    ]
    styles, formats = (0, 164, 14, 10), {164: "00000"}

    found = table(xls(xls_rows(rows, styles=(1, 2, 3, 0, 0)), styles=styles, formats=formats))

    assert found[1] == ["00123", "2000-01-01", "25%", "TRUE", "1000000"]


def test_an_old_workbook_counts_days_from_1904() -> None:
    rows: list[tuple[Cell, ...]] = [("Name", "Born"), ("Ann", 35064)]

    assert table(xls(xls_rows(rows, styles=(0, 1)), styles=(0, 14), starts_1904=True))[1] == [
        "Ann",
        "2000-01-01",
    ]


def test_a_text_may_be_cut_between_two_pieces_of_the_table() -> None:
    texts = ["Name", "Ann Łukasz", "Bob"]
    whole = b"".join(map(xls_text, texts))
    cut = whole.index("Łuk".encode("utf-16-le")) + 2
    pieces = [whole[:cut], b"\1" + whole[cut:]]  # the flag that says how wide the letters are comes again

    content = xls(xls_rows([(text,) for text in texts], texts=texts), texts=texts, text_pieces=pieces)

    assert table(content) == [["Name"], ["Ann Łukasz"], ["Bob"]]


def test_shows_formulas_by_their_results_and_errors_as_errors() -> None:
    cells = [
        xls_cell(0, 0, "Name"),
        xls_cell(0, 1, "Size"),
        xls_formula(1, 0, "Ann Lee"),
        xls_error(1, 1, 0x2A),
    ]

    _, found = read(xls(xls_sheet(cells)))

    assert found[0].values == {"Name": "Ann Lee", "Size": "#N/A"}
    assert (
        found[0].problem
        == "Size: #N/A is the error of a formula, not a value. Correct the formula or empty the cell."
    )


def test_finds_the_sheet_with_the_people_and_leaves_the_hidden_ones() -> None:
    notes: list[tuple[Cell, ...]] = [("About",), ("Made in May",), ("By Bob",), ("For all",)]
    content = xls(
        xls_rows(notes), xls_rows(PEOPLE), xls_rows(PEOPLE), states=(0, 0, 1), names=("About", "Leads", "Old")
    )

    shape, _ = read(content)

    assert (shape.sheet, shape.sheets, shape.hidden_sheets) == ("Leads", ("About", "Leads"), ("Old",))
    assert shape.notes == (
        "Sheet “Leads” is read. There are other sheets: “About”.",
        "Hidden sheets are not read: “Old”.",
    )


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (xls(xls_rows(PEOPLE), before=struct.pack("<HH", 0x2F, 4) + b"1234"), "protected by a password"),
        (xls(xls_rows(PEOPLE))[:-600], "damaged or cut off"),
        (compound({"Workbook": struct.pack("<HH", 0x0809, 60_000)}), "damaged or cut off"),
        (compound({"Workbook": b"\x09\x02\x04\x00" + b"\0" * 50}), "is of Excel 4 or older"),
        (OLE + b"\0" * 1016 + "Workbook".encode("utf-16-le") + b"\0" * 2000, "damaged or cut off"),
        (xls(xls_sheet([xls_cell(0, 0, "Name"), xls_cell(5, 0, "Ann"), xls_cell(3, 0, "Bob")])), "not in their order"),
        (xls(xls_sheet([struct.pack("<HHHHHL", 0xFD, 10, 0, 0, 0, 99)])), "damaged or cut off"),
        (xls(), "has no sheet with cells"),
    ],
)  # fmt: skip
def test_refuses_an_old_workbook_with_a_sentence(content: bytes, sentence: str) -> None:
    assert sentence in refusal(content)


def test_one_cell_far_down_costs_nothing() -> None:
    cells = [xls_cell(0, 0, "Name"), xls_cell(1, 0, "Ann"), xls_cell(65_535, 255, "far")]

    _, found = read(xls(xls_sheet(cells)))

    assert [row.number for row in found] == [2, 65_536]


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_old_workbook_is_read_or_refused(seed: int) -> None:
    rng = Random(seed)
    texts = ["Name", "Email", "Ann Lee", "Łuk"]
    content = bytearray(
        xls(xls_rows(PEOPLE, texts=texts), xls_rows(PEOPLE), texts=texts, formats={164: "00"})
    )
    for _ in range(rng.randint(1, 20)):
        content[rng.randrange(len(content))] = rng.randrange(256)

    assert read_or_refused(bytes(content))[-1:] in {"", "."}


# --- ODS ----------------------------------------------------------------------------------------------------------


def test_reads_an_open_document() -> None:
    content = ods("".join(ods_row(*row) for row in PEOPLE))

    shape, _ = read(content)

    assert (shape.kind, shape.sheets, shape.row_count) == ("ods", ("Sheet1",), 2)
    assert table(content) == SHOWN


def test_a_hidden_table_is_not_read() -> None:
    people = "".join(ods_row(*row) for row in PEOPLE)

    shape, _ = read(ods(people, people, hidden=(1,)))

    assert (shape.sheet, shape.hidden_sheets) == ("Sheet2", ("Sheet1",))


def cell(kind: str, text: str, value: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {value}>{text}</table:table-cell>'


@pytest.mark.parametrize(
    ("xml", "shown"),
    [
        (cell("date", "<text:p>12.03.23</text:p>", 'office:date-value="2023-03-12"'), "2023-03-12"),
        (cell("date", "<text:p>x</text:p>", 'office:date-value="2023-03-14T13:43:00"'), "2023-03-14 13:43:00"),
        (cell("time", "<text:p>4 PM</text:p>", 'office:time-value="PT16H45M00S"'), "16:45:00"),
        (cell("float", "<text:p>00123</text:p>", 'office:value="123"'), "00123"),
        (cell("float", "<text:p>1 234</text:p>", 'office:value="1234"'), "1234"),
        (cell("float", "<text:p>1.234,50 €</text:p>", 'office:value="1234.5"'), "1234.5"),
        (cell("percentage", "<text:p>25 %</text:p>", 'office:value="0.25"'), "25%"),
        (cell("boolean", "<text:p>WAHR</text:p>", 'office:boolean-value="true"'), "TRUE"),
        (cell("string", "<text:p>two</text:p><text:p>lines</text:p>"), "two\nlines"),
        (cell("string", "<text:p>a<text:s text:c='2'/>b<text:tab/>c</text:p>"), "a  b\tc"),
        (cell("string", "<text:p>An<text:span>n <text:a>Lee</text:a></text:span></text:p>"), "Ann Lee"),
        (cell("string", "<office:annotation><text:p>note</text:p></office:annotation><text:p>Ann</text:p>"), "Ann"),
        (cell("string", "<draw:frame><text:p>drawn</text:p></draw:frame><text:p>Ann</text:p>"), "Ann"),
        (cell("unknown", "<text:p>abcd</text:p>"), "abcd"),
    ],
)  # fmt: skip
def test_shows_a_cell_as_the_spreadsheet_does(xml: str, shown: str) -> None:
    content = ods(ods_row("Name", "Value") + ods_row("Ann", xml=xml))

    assert table(content)[1] == ["Ann", shown]


def test_an_error_of_a_formula_is_a_flaw() -> None:
    xml = cell("string", "<text:p>Err:502</text:p>", 'calcext:value-type="error"')

    _, found = read(ods(ods_row("Name", "Value") + ods_row("Ann", xml=xml)))

    assert found[0].flaws == {
        "Value": "Err:502 is the error of a formula, not a value. Correct the formula or empty the cell."
    }


def test_repeated_rows_and_cells_stand_where_the_spreadsheet_shows_them() -> None:
    rows = (
        ods_row("Name", None, "Email") + ods_row(None, times=5) + ods_row("Ann", None, "a@x.example", times=2)
    )
    tail = ods_row("Bob", xml=ods_cell("x", times=2)) + ods_row(
        xml=ods_cell(None, times=16_384), times=1_048_000
    )

    _, found = read(ods(rows + tail))

    assert [(row.number, list(row.values.values())) for row in found] == [
        (7, ["Ann", "", "a@x.example"]),
        (8, ["Ann", "", "a@x.example"]),
        (9, ["Bob", "x", "x"]),
    ]


DOCTYPE = '<!DOCTYPE a [<!ENTITY b "cccccccccc">]>'
LOCKED = '<?xml version="1.0"?><manifest><encryption-data/></manifest>'
ROWS = "".join(ods_row(*row) for row in PEOPLE)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (ods(ROWS + ods_row(xml=ods_cell("x", times=16_384))), "has a value in cell SG4, right of the 500 columns"),
        (ods(ROWS + ods_row("x", times=1_048_000)), "Row 4 of sheet “Sheet1” stands there 1,048,000 times."),
        (ods(ROWS + ods_row(None, times=999_999_999) + ods_row("x")), "has more than 1,048,576 rows"),
        (ods(ROWS + ods_row(None, times=10**12)), "damaged or cut off"),
        (ods(ROWS, head=DOCTYPE), "holds a document type definition"),
        (ods(ROWS, manifest=LOCKED), "protected by a password"),
        (ods(content="<a>"), "damaged or cut off"),
        (ods(content="<a/>"), "has no sheet with cells"),
        (ods(ROWS + "<table:a>" * 5000), "damaged or cut off"),
        (ods(ods_row("x" * 40_000)), "is longer than 32,767 characters"),
        (ods(ods_row(xml=cell("string", '<text:p>a<text:s text:c="999999999"/></text:p>'))), "is longer than 32,767"),
        (ods(ROWS, mimetype="application/vnd.oasis.opendocument.text"), "is a document of an office"),
    ],
)  # fmt: skip
def test_refuses_an_open_document_with_a_sentence(content: bytes, sentence: str) -> None:
    assert sentence in refusal(content)


# --- Beside the library -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [xls, ods])
def test_reads_as_the_library_does(make: object, tmp_path: Path) -> None:
    rng = Random(5)
    lines = [[rng.choice(["Ann", "Zoë", "李", "", 7, 1.5, -3]) or None for _ in range(9)] for _ in range(300)]
    content = xls(xls_rows(lines)) if make is xls else ods("".join(ods_row(*line) for line in lines))
    path = tmp_path / ("list.xls" if make is xls else "list.ods")
    path.write_bytes(content)

    _, found = read_all(content)

    expected = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert found == [
        [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in row]
        for row in expected
    ]


def read_or_refused(content: bytes) -> str:
    """The sentence with which the file is refused, "" when its rows were read."""
    try:
        read(content)
    except UnreadableFile as refused:
        return str(refused)
    return ""


def read_all(content: bytes) -> tuple[int, list[list[str]]]:
    """The width and all rows, without a header."""
    file = io.BytesIO(content)
    shape = inspect(file, name="list", header_row=0)
    return len(shape.headers), [list(row.values.values()) for row in rows(file, shape=shape)]
