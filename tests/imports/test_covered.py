"""Cells of a sheet that cover several rows."""

import io

from openpyxl import Workbook

from imports.files.covered import covering_cells
from tests.imports.listing import table


def sheet(*rows: list[str | None], merged: tuple[str, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_what_a_cell_that_covers_several_rows_holds_is_said_of_each() -> None:
    content = sheet(
        ["Name", "Email", "Company", "Country"],
        ["Ann Lee", "ann@kiesel.example", "Kiesel AG", "Germany"],
        ["Bob Ray", "bob@kiesel.example", None, None],
        ["Cid Oz", "cid@oz.example", "Oz", None],
        merged=("C2:C3", "D2:D4"),
    )

    assert [row[2:] for row in table(content)[1:]] == [
        ["Kiesel AG", "Germany"],
        ["Kiesel AG", "Germany"],
        ["Oz", "Germany"],
    ]


def test_an_address_beside_several_people_is_only_the_first_one_s() -> None:
    content = sheet(
        ["Name", "Email", "Phone"],
        ["Ann Lee", "office@kiesel.example", "030 23125001"],
        ["Bob Ray", None, None],
        merged=("B2:B3", "C2:C3"),
    )

    assert table(content)[2] == ["Bob Ray", "", ""]


def test_headers_that_cover_two_rows_stay_headers() -> None:
    content = sheet(
        ["Name", "Contact", None],
        [None, "Email", "Phone"],
        ["Ann Lee", "ann@kiesel.example", "030 23125001"],
        ["Bob Ray", "bob@kiesel.example", None],
        merged=("A1:A2", "B1:C1"),
    )

    assert table(content)[:2] == [
        ["Name", "Email", "Phone"],
        ["Ann Lee", "ann@kiesel.example", "030 23125001"],
    ]


def test_only_cells_of_one_column_below_the_rows_count() -> None:
    rows = b'<c>mergeCell ref="A1:A9"</c></sheetData>'
    cells = b'<mergeCell ref="A1:C1"/><mergeCell ref="B2:B5"/><x:mergeCell ref="AA3:AA4"/>'

    assert covering_cells(rows + cells) == {2: [(1, 5)], 3: [(26, 4)]}
