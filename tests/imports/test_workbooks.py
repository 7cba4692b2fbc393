import datetime
import io
import math
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from imports.files.cellformats import plain_number
from imports.files.packages import Package
from imports.files.records import strip
from imports.files.workbooks import Workbook
from imports.reading import Row, UnreadableFile, inspect
from tests.imports.hostile import (
    HEADER_ROW,
    MAIN,
    PERSON_ROW,
    far_row,
    relations,
    sheet_xml,
    workbook,
)
from tests.imports.listing import read, records


def styled(*codes: str) -> str:
    """Cell styles 1, 2, 3 … with these number formats."""
    formats = "".join(
        f'<numFmt numFmtId="{170 + place}" formatCode="{code}"/>' for place, code in enumerate(codes)
    )
    cells = "".join(f'<xf numFmtId="{170 + place}"/>' for place, _ in enumerate(codes))
    return f'<numFmts>{formats}</numFmts><cellXfs><xf numFmtId="0"/>{cells}</cellXfs>'


def shown(value: str, code: str = "", *, starts_1904: bool = False) -> tuple[str, str]:
    """What a person sees of a number in that format, and what is wrong with it."""
    sheet = sheet_xml(f'<row r="1"><c r="A1" s="{1 if code else 0}"><v>{value}</v></c></row>')
    (record,) = records(workbook(sheet, styles=styled(code), starts_1904=starts_1904))
    return record.cells[0], (record.flaws or {}).get(0, "")


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("42", "", "42"),
        ("42.0", "", "42"),
        ("4.2E1", "", "42"),
        ("0.30000000000000004", "", "0.3"),
        ("447700900123", "", "447700900123"),
        ("-7.5", "", "-7.5"),
        ("123", "00000", "00123"),
        ("123456789", "000-00-0000", "123-45-6789"),
        ("1234567", "#,##0", "1234567"),
        ("22700", "[$$-409]#,##0.00", "22700"),
        ("0.125", "0.0%", "12.5%"),
        ("46347", "yyyy-mm-dd", "2026-11-21"),
        ("46347", "dd/mm/yy;@", "2026-11-21"),
        ("46347.604166667", "d\\ mmm\\ yyyy\\ h:mm", "2026-11-21 14:30:00"),
        ("0.604166667", "h:mm AM/PM", "14:30:00"),
        ("1.604166667", "[h]:mm", "38:30:00"),
        ("1", "m/d/yyyy", "1900-01-01"),
        ("59", "m/d/yyyy", "1900-02-28"),
        ("61", "m/d/yyyy", "1900-03-01"),
        ("5", "0 &quot;days&quot;", "5"),
        ("5", "General", "5"),
    ],
)
def test_shows_a_number_as_a_person_sees_it(value: str, code: str, text: str) -> None:
    assert shown(value, code) == (text, "")


def test_counts_days_from_1904_where_the_workbook_does() -> None:
    assert shown("44885", "yyyy-mm-dd", starts_1904=True) == ("2026-11-21", "")


def test_an_addition_of_a_program_does_not_move_the_dates() -> None:
    extra = '<extLst><ext xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"><x15:workbookPr/></ext></extLst>'
    main = (
        f'<?xml version="1.0"?><workbook xmlns="{MAIN}" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>{extra}</workbook>'
    )

    assert Workbook(Package(io.BytesIO(workbook(replaced={"xl/workbook.xml": main})))).starts_1904


@pytest.mark.parametrize(
    ("value", "code", "sentence"),
    [
        (
            "12345678901234567890",
            "",
            "12345678901234567168 has more than 15 digits; a spreadsheet keeps only 15 of a number. "
            "Format the column as text and enter the value again.",
        ),
        ("60", "yyyy-mm-dd", "1900-02-29 is a day that never was. Correct the date."),
        ("-1", "yyyy-mm-dd", "-1 cannot be shown as a date. Correct the cell or its format."),
        ("9999999", "yyyy-mm-dd", "9999999 cannot be shown as a date. Correct the cell or its format."),
        ("1e999", "", "1e999 is not a number, though the cell says so. Enter the value again."),
        ("twelve", "", "twelve is not a number, though the cell says so. Enter the value again."),
    ],
)
def test_says_what_is_wrong_with_a_number(value: str, code: str, sentence: str) -> None:
    assert shown(value, code)[1] == sentence


def test_reads_every_kind_of_cell() -> None:
    cells = (
        '<c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><r><t>in</t></r><r><t> line </t></r></is></c>'
        '<c r="C1" t="str"><f>A1&amp;"x"</f><v>formula</v></c><c r="D1" t="b"><v>1</v></c><c r="E1" t="b"><v>0</v></c>'
        '<c r="F1" t="e"><v>#N/A</v></c><c r="G1" t="d"><v>2026-11-21T00:00:00</v></c>'
        '<c r="H1" s="0"/><c r="I1"><v>7</v></c>'
    )
    texts = (
        f'<sst xmlns="{MAIN}"><si><r><t>rich</t></r><r><t xml:space="preserve"> text_x000D_</t></r>'
        "<rPh><t>kana</t></rPh></si></sst>"
    )

    (record,) = records(workbook(sheet_xml(f'<row r="1">{cells}</row>'), texts_xml=texts))

    assert record.cells == ["rich text", "in line", "formula", "TRUE", "FALSE", "#N/A", "2026-11-21", "", "7"]
    assert record.flaws == {
        5: "#N/A is the error of a formula, not a value. Correct the formula or empty the cell."
    }


def test_the_error_of_a_formula_is_the_row_s_problem() -> None:
    broken = PERSON_ROW.replace(' t="inlineStr"><is><t>ann@example.com</t></is>', ' t="e"><v>#REF!</v>')

    _, found = read(workbook(sheet_xml(HEADER_ROW + broken)))

    assert found == [
        Row(
            2,
            {"Name": "Ann Lee", "Email": "#REF!"},
            "Email: #REF! is the error of a formula, not a value. Correct the formula or empty the cell.",
            {"Email": "#REF! is the error of a formula, not a value. Correct the formula or empty the cell."},
        )
    ]


def test_counts_cells_and_rows_that_do_not_say_where_they_are() -> None:
    sheet = sheet_xml(
        '<row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c r="C5"><v>3</v></c><c><v>4</v></c></row>'
    )

    assert [(record.number, record.cells) for record in records(workbook(sheet))] == [
        (1, ["1", "2"]),
        (5, ["", "", "3", "4"]),
    ]


def test_reads_tags_with_a_prefix() -> None:
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    texts = f'<x:sst xmlns:x="{MAIN}"><x:si><x:t>prefixed</x:t></x:si></x:sst>'

    assert [record.cells for record in records(workbook(sheet, texts_xml=texts))] == [["prefixed"]]


def test_follows_paths_however_they_are_written() -> None:
    for target in (
        "/xl/worksheets/sheet1.xml",
        "worksheets\\sheet1.xml",
        "./worksheets/../worksheets/SHEET1.xml",
    ):
        links = relations([("rId1", "worksheet", target)])

        _, found = read(workbook(replaced={"xl/_rels/workbook.xml.rels": links}))

        assert found[0].values["Name"] == "Ann Lee"


def test_a_lying_dimension_changes_nothing() -> None:
    shape, found = read(workbook(sheet_xml(before='<dimension ref="A1:XFD1048576"/>')))

    assert (shape.headers, len(found)) == (("Name", "Email"), 1)


def test_an_empty_formatted_cell_far_out_changes_nothing() -> None:
    far = '<row r="1048576" spans="1:16384"><c r="XFD1048576" s="1"/></row>'

    shape, found = read(workbook(sheet_xml(HEADER_ROW + PERSON_ROW + far)))

    assert (shape.headers, len(found)) == (("Name", "Email"), 1)


def test_a_value_right_of_the_list_moves_nothing() -> None:
    rows = "".join(PERSON_ROW.replace("2", str(number)) for number in range(2, 400))
    remark = PERSON_ROW.replace("2", "400").replace(
        "</row>", '<c r="F400" t="inlineStr"><is><t>check</t></is></c></row>'
    )

    shape, found = read(workbook(sheet_xml(HEADER_ROW + rows + remark)))

    assert shape.headers == ("Name", "Email")
    assert (found[-1].problem, found[-1].extra) == ("", ("", "", "", "check"))


# --- Sheets -------------------------------------------------------------------------------------------------------

NOTES = sheet_xml(
    "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>Remark {n}</t></is></c></row>' for n in range(1, 60)
    )
)


def test_takes_the_sheet_with_the_people() -> None:
    shape, found = read(workbook(NOTES, sheet_xml(), names=["Read me", "Leads"]))

    assert (shape.sheets, shape.sheet) == (("Read me", "Leads"), "Leads")
    assert shape.notes == ("Sheet “Leads” is read. There are other sheets: “Read me”.",)
    assert found[0].values["Name"] == "Ann Lee"


def test_does_not_take_a_hidden_sheet() -> None:
    shape, _ = read(
        workbook(
            NOTES,
            sheet_xml(),
            sheet_xml(),
            names=["Notes", "Old", "Older"],
            states=["", "hidden", "veryHidden"],
        )
    )

    assert (shape.sheets, shape.hidden_sheets, shape.sheet) == (("Notes",), ("Old", "Older"), "Notes")
    assert shape.notes == ("Hidden sheets are not read: “Old”, “Older”.",)


def test_takes_the_sheet_that_a_person_chose() -> None:
    content = workbook(NOTES, sheet_xml(), names=["Notes", "Old"], states=["", "hidden"])

    shape, found = read(content, sheet="Old")

    assert (shape.sheet, found[0].number) == ("Old", 2)


def test_names_the_sheets_there_are() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(workbook(NOTES, sheet_xml(), names=["Notes", "Leads"]), sheet="People")

    assert str(refused.value) == "The file has no sheet “People”. Choose one of these: “Notes”, “Leads”."


def test_counts_the_rows_of_a_small_sheet_and_estimates_those_of_a_large_one() -> None:
    rows = "".join(PERSON_ROW.replace("2", str(number)) for number in range(2, 1502))

    small = inspect(io.BytesIO(workbook()), name="list")
    large = inspect(io.BytesIO(workbook(sheet_xml(HEADER_ROW + rows))), name="list")

    assert (small.row_count, small.row_count_is_exact) == (1, True)
    assert (large.row_count, large.row_count_is_exact) == (1500, False)


def test_a_row_below_the_last_one_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="damaged or cut off"):
        read(far_row())


# --- Other programs -----------------------------------------------------------------------------------------------


def test_reads_what_openpyxl_writes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Name", "Joined", "Seen", "Share", "Member", "Zip"])
    seen = datetime.datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001  (a cell has no time zone)
    sheet.append(["Zoë Ångström", datetime.date(2026, 11, 21), seen, 0.25, True, 123])
    sheet["D2"].number_format = "0%"
    sheet["F2"].number_format = "00000"
    book.save(tmp_path / "list.xlsx")

    _, found = read((tmp_path / "list.xlsx").read_bytes())

    assert list(found[0].values.values()) == [
        "Zoë Ångström",
        "2026-11-21",
        "2026-01-02 03:04:05",
        "25%",
        "TRUE",
        "00123",
    ]


def as_shown(value: object) -> str:
    """A value of python-calamine as a person sees it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return plain_number(float(value))
    if isinstance(value, datetime.datetime):
        return value.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return (
            value.replace(microsecond=0).isoformat()
            if isinstance(value, datetime.time)
            else value.isoformat()
        )
    return strip(str(value))


def is_same(ours: str, theirs: str) -> bool:
    """Equal, or ours is the percentage of theirs, or the second is rounded where theirs is cut."""
    if ours.endswith("%") and ours != theirs:
        return math.isclose(float(ours[:-1]) / 100, float(theirs), rel_tol=1e-9)
    return ours == theirs or (
        ours[:-1] == theirs[:-1] and ":" in ours and int(ours[-1]) - int(theirs[-1]) == 1
    )


def test_agrees_with_calamine_on_real_workbooks(shared_data: Path) -> None:
    compared = 0
    for path in sorted((shared_data / "csv_acid").glob("*/*.xlsx")):
        theirs = CalamineWorkbook.from_path(path)
        with path.open("rb") as file:
            book = Workbook(Package(file))
            for sheet in book.sheets:
                ours = {
                    (record.number, index): (cell, index in (record.flaws or {}))
                    for record in book.records(sheet)
                    for index, cell in enumerate(record.cells)
                    if cell
                }
                expected = {
                    (number, index): text
                    for number, row in enumerate(
                        theirs.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False), 1
                    )
                    for index, value in enumerate(row)
                    if (text := as_shown(value))
                }
                for place, (cell, is_flawed) in ours.items():
                    assert is_flawed or is_same(cell, expected.get(place, "")), (
                        path.name,
                        sheet.name,
                        place,
                        cell,
                    )
                assert expected.keys() <= ours.keys(), (path.name, sheet.name)
                compared += len(ours)

    assert compared > 5000
