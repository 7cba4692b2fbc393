"""Web pages and XML spreadsheets, which programs often call .xls."""

import io
from html.parser import HTMLParser
from random import Random

import pytest

from imports.files.webtables import WebPage
from imports.forms import ReadingForm
from imports.reading import FileShape, UnreadableFile, rows
from tests.imports.listing import read, table
from tests.imports.markup import (
    ANN,
    HEAD,
    PEOPLE,
    html_row,
    html_table,
    page,
    xml_cell,
    xml_row,
    xml_sheet,
    xml_workbook,
)
from tests.imports.test_hostile_files import read_or_refused

SHOWN = [list(row) for row in PEOPLE]


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    return str(refused.value)


# --- Web pages ----------------------------------------------------------------------------------------------------

AS_SALESFORCE_WRITES = (
    '<head>\n<META http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">\n'
    '<style>td {mso-number-format:"\\@"}</style></head><body><table border=1 cellspacing="0">\n'
    "<tr>\n<th scope='col' bgcolor='#EFEFEF'>First Name</th><th>Zip</th></tr>\n"
    "<tr><td>Zo\xeb &amp; Ann</td><td style=\"mso-number-format:'\\@'\">00123</td></tr></table>\n</body></html>"
).encode("latin-1")


def test_reads_the_page_that_a_crm_exports_as_a_workbook() -> None:
    shape, found = read(AS_SALESFORCE_WRITES)

    assert (shape.kind, shape.header_row, shape.row_count, shape.notes) == ("html", 1, 1, ())
    assert shape.encoding_evidence == "The file says that it is written in Western European (ISO 8859-1)."
    assert found[0].values == {"First Name": "Zoë & Ann", "Zip": "00123"}


@pytest.mark.parametrize(
    "begin",
    [
        "<table>", "<TABLE>", "<!DOCTYPE html><html><table>", "\ufeff<html><table>", " \r\n<div><table>",
        '<?xml version="1.0" encoding="UTF-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><table>',
        "<!-- made by a program -->\n<html><table>", "<meta charset=utf-8><table>", "<h1>Leads</h1><table>",
    ],
)  # fmt: skip
def test_knows_a_page_however_it_begins(begin: str) -> None:
    content = begin + html_table(*PEOPLE).removeprefix("<table>")

    assert table(content.encode()) == SHOWN


def test_reads_cells_as_a_browser_shows_them() -> None:
    cells = [
        "<b>Ann</b>\n   <i>Lee</i>", "Main St. 1<br>Berlin", "A &amp; B &lt;C&gt; caf&eacute; &#8364;", "&nbsp;",
        "<script>if (1<2) x='</td>'</script>Acme<style>b{}</style>", "<!-- <td>no</td> -->1 < 2", "<p>x</p><p>y</p>",
    ]  # fmt: skip

    found = table(page(html_table(list("ABCDEFG"), cells)))

    assert found[1] == ["Ann Lee", "Main St. 1\nBerlin", "A & B <C> café €", "", "Acme", "1 < 2", "x\ny"]


@pytest.mark.parametrize("swallowing", ["<!-- ", "<script>", "<style>"])
def test_refuses_what_would_swallow_the_rows_behind_it(swallowing: str) -> None:
    begin, end = page(html_table(*PEOPLE)).decode().split("</tr>", 1)

    assert "damaged or cut off" in refusal(f"{begin}</tr>{swallowing}{end}".encode())
    assert len(table(f"{begin}</tr>{end}{swallowing}".encode())) == len(PEOPLE)


def test_tags_that_are_never_closed_are_closed_by_the_next() -> None:
    content = page("<table><thead><tr><th>Name<th>Email<tbody><tr><td>Ann Lee<td>ann@example.com</table>")

    assert table(content) == SHOWN


def test_a_cell_that_covers_others_keeps_what_is_right_of_it_in_its_column() -> None:
    content = page(
        "<table><tr><th>Company</th><th colspan=2>Name</th><th>Email</th></tr>"
        '<tr><td rowspan="2">Acme</td><td>Ann</td><td>Lee</td><td>ann@example.com</td></tr>'
        "<tr><td>Bob</td><td>Fox</td><td>bob@example.com</td></tr>"
        "<tr><td>Other</td><td colspan=2>Cy Low</td><td>cy@example.com</td></tr></table>"
    )

    assert table(content) == [
        ["Company", "Name", "Column 3", "Email"],
        ["Acme", "Ann", "Lee", "ann@example.com"],
        ["Acme", "Bob", "Fox", "bob@example.com"],  # what covers two rows holds for both
        ["Other", "Cy Low", "", "cy@example.com"],
    ]


def test_reads_the_table_with_the_leads_and_names_the_others() -> None:
    layout = (
        f"<table><tr><td>Menu</td><td>{html_table(*PEOPLE, ('Bob', 'bob@example.com'))}</td></tr></table>"
    )

    shape, found = read(page(layout + html_table(("Total", "2"))))

    assert (shape.sheets, shape.sheet) == (("Table 1", "Table 2", "Table 3"), "Table 2")
    assert "Sheet “Table 2” is read. There are other sheets: “Table 1”, “Table 3”." in shape.notes
    assert [row.values["Email"] for row in found] == ["ann@example.com", "bob@example.com"]


def test_a_hidden_table_is_not_read() -> None:
    hidden = html_table(*PEOPLE, *PEOPLE[1:] * 5).replace("<table", '<table style="display: none"')

    shape, _ = read(page(hidden + html_table(*PEOPLE)))

    assert (shape.sheet, shape.hidden_sheets) == ("Table 2", ("Table 1",))


def test_a_number_that_is_shown_short_is_taken_from_behind_it() -> None:
    cells = ['<td x:num="447700900123">4.477E+11</td>', '<td x:num="12345678901234567">1.23457E+16</td>']

    _, found = read(page(f"<table>{html_row('Phone', 'Id')}<tr>{''.join(cells)}</tr></table>"))

    assert found[0].values == {"Phone": "447700900123", "Id": "12345678901234568"}
    assert "has more than 15 digits" in found[0].flaws["Id"]


def test_a_row_inside_which_the_file_ends_is_told() -> None:
    whole = page(html_table(*PEOPLE, ("Bob Fox", "bob@example.com")))

    _, found = read(whole[: whole.index(b"example.com", whole.index(b"Bob"))])

    assert [row.problem for row in found] == ["", "The file ends inside this row. Export the list again."]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("claim", ["utf-8", "iso-8859-1", "utf-16", "nonsense"])
def test_the_bytes_of_a_page_say_more_than_the_page(codec: str, claim: str) -> None:
    text = f"<html><meta charset={claim}>" + html_table(PEOPLE[0], ("Zoë Łuk", "zoe@example.com"))

    assert table(text.encode(codec))[1][0] == "Zoë Łuk"


@pytest.mark.parametrize(
    ("codec", "claim", "name"),
    [
        ("cp932", "Shift_JIS", "山田 太郎"),
        ("cp1251", "windows-1251", "Иван Петров"),
        ("cp1252", "windows-1252", "Zoë"),
    ],
)
def test_what_a_page_says_decides_between_code_pages(codec: str, claim: str, name: str) -> None:
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={claim}">'
    text = page(html_table(PEOPLE[0], (name, "a@example.com")), head=head).decode()

    assert table(text.encode(codec))[1][0] == name


def test_another_encoding_can_be_chosen_for_a_page_and_is_kept() -> None:
    content = page(html_table(PEOPLE[0], ("Zoë", "zoe@example.com"))).decode().encode("mac-roman")

    shape, found = read(content, encoding="mac-roman")
    kept = FileShape.from_json(shape.to_json())

    assert found[0].values["Name"] == "Zoë"
    assert next(rows(io.BytesIO(content), shape=kept)).values["Name"] == "Zoë"
    assert {"encoding", "header_row"} == set(ReadingForm(shape=shape).fields)


def test_a_web_archive_is_refused_with_what_to_do() -> None:
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'

    assert refusal(head + AS_SALESFORCE_WRITES).startswith("This file is a web archive (MHTML). Open it")


def test_a_long_page_is_counted_and_read_over_the_ends_of_blocks() -> None:
    people = [(f"Ann &amp; Bob {n}", f"a{n}@example.com") for n in range(5_000)]

    shape, found = read(page(html_table(PEOPLE[0], *people)))

    assert (shape.row_count, len(found), shape.row_count_is_exact) == (5_000, 5_000, False)
    assert {row.values["Name"] for row in found} == {f"Ann & Bob {n}" for n in range(5_000)}


class _Cells(HTMLParser):
    """The cells of a page as the standard library's parser finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self._is_cell = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in {"td", "th"}:
            self.cells.append("")
        if tag == "br" and self._is_cell:
            self.cells[-1] += "\n"
        self._is_cell = tag in {"td", "th"} or (self._is_cell and tag not in {"tr", "table"})

    def handle_endtag(self, tag: str) -> None:
        self._is_cell = self._is_cell and tag not in {"td", "th", "tr", "table"}

    def handle_data(self, data: str) -> None:
        if self._is_cell and self.cdata_elem is None:
            self.cells[-1] += data


PIECES = (
    "Ann", " Lee ", "&amp;", "&eacute;", "&#8364;", "&nbsp", "&", "<b>", "</b>", "<br/>", "<!-- x > y -->", "a<1",
    '<span title="x > y">', "<span title='\"<'>", "</span>", "<script>a < b; '</td>'</script>", "\n", "é€", "x=1",
    "<img src=a.png alt=>", "<o:p></o:p>", "<![if !x]>", "<![endif]>", "AT&T", "<a href=x?a=1&b=2>", "</a >", "ı",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_cells_are_those_that_the_standard_library_finds(seed: int) -> None:
    rng = Random(seed)
    made = [["".join(rng.choices(PIECES, k=rng.randint(0, 6))) for _ in range(3)] for _ in range(60)]
    text = "<html>" + html_table(("Name", "x", "y"), *(["z", *row[:2]] for row in made)) + "</html>"
    parser = _Cells()
    parser.feed(text)
    book = WebPage(io.BytesIO(text.encode()))

    found = {record.number: [*record.cells, "", ""][:3] for record in book.records(book.sheets[0])}

    expected = [" ".join(cell.split()) for cell in parser.cells]
    assert [" ".join(cell.split()) for number in range(1, 62) for cell in found[number]] == expected


# --- XML spreadsheets ---------------------------------------------------------------------------------------------


def test_reads_an_xml_spreadsheet() -> None:
    program = '<?xml version="1.0"?>\r\n<?mso-application progid="Excel.Sheet"?>\r\n'

    shape, _ = read(xml_workbook(xml_sheet(HEAD, ANN), before=program))

    assert (shape.kind, shape.sheets, shape.header_row, shape.row_count) == ("xml", ("List",), 1, 1)
    assert table(xml_workbook(xml_sheet(HEAD, ANN), before=program)) == SHOWN
    assert table(xml_workbook(xml_sheet(HEAD, ANN), before="\n\n")) == SHOWN


def test_shows_values_of_an_xml_spreadsheet_as_a_person_sees_them() -> None:
    styles = "".join(
        f'<Style ss:ID="{name}"><NumberFormat ss:Format="{code}"/></Style>'
        for name, code in (("zip", "00000"), ("day", "Short Date"), ("cash", "Currency"), ("part", "Percent"))
    ) + '<Style ss:ID="child" ss:Parent="zip"/>'  # fmt: skip
    cells = [
        xml_cell("123", kind="Number", attributes=' ss:StyleID="zip"'),
        xml_cell("36526", kind="Number", attributes=' ss:StyleID="day"'),
        xml_cell("12000.5", kind="Number", attributes=' ss:StyleID="cash"'),
        xml_cell("0.25", kind="Number", attributes=' ss:StyleID="part"'),
        xml_cell("123", kind="Number", attributes=' ss:StyleID="child"'),
        xml_cell("2026-11-21T00:00:00.000", kind="DateTime"),
        xml_cell("2026-11-21T14:30:00.000", kind="DateTime"),
        xml_cell("1899-12-31T14:30:00.000", kind="DateTime"),
        xml_cell("1", kind="Boolean"),
        xml_cell("#N/A", kind="Error"),
        xml_cell("00123 ", kind="String"),
    ]

    _, found = read(xml_workbook(xml_sheet(xml_row(*"ABCDEFGHIJK"), xml_row(*cells)), styles=styles))

    assert list(found[0].values.values()) == [
        "00123", "2000-01-01", "12000.5", "25%", "00123", "2026-11-21", "2026-11-21 14:30:00", "14:30:00", "TRUE",
        "#N/A", "00123",
    ]  # fmt: skip
    assert found[0].flaws == {
        "J": "#N/A is the error of a formula, not a value. Correct the formula or empty the cell."
    }


def test_days_of_an_xml_spreadsheet_may_be_counted_from_1904() -> None:
    book = '<ExcelWorkbook xmlns="urn:schemas-microsoft-com:office:excel"><Date1904/></ExcelWorkbook>'
    style = '<Style ss:ID="day"><NumberFormat ss:Format="yyyy\\-mm\\-dd"/></Style>'
    born = xml_row("Ann", xml_cell("35064", kind="Number", attributes=' ss:StyleID="day"'))

    content = xml_workbook(xml_sheet(xml_row("Name", "Born"), born), styles=style, book=book)

    assert table(content)[1] == ["Ann", "2000-01-01"]


def test_gaps_and_merged_cells_of_an_xml_spreadsheet_keep_their_place() -> None:
    head = xml_row("Name", xml_cell("Email", attributes=' ss:Index="3"'), "City")
    merged = xml_cell("Ann Lee", attributes=' ss:MergeAcross="1"')
    row = xml_row(merged, "ann@example.com", "Rome", attributes=' ss:Index="7"')

    _, found = read(
        xml_workbook(
            xml_sheet(head, '<Row ss:Index="3" ss:Span="2"/>', row, row.replace(' ss:Index="7"', ""))
        )
    )

    assert [item.number for item in found] == [7, 8]
    assert found[1].values == {"Name": "Ann Lee", "Column 2": "", "Email": "ann@example.com", "City": "Rome"}


def test_rich_text_is_read_and_comments_are_not() -> None:
    rich = '<ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>Ann</B> Lee</ss:Data>'
    comment = '<Comment><ss:Data xmlns="http://www.w3.org/TR/REC-html40">call her</ss:Data></Comment>'

    content = xml_workbook(xml_sheet(HEAD, xml_row(f"<Cell>{rich}{comment}</Cell>", "ann@example.com")))

    assert table(content) == SHOWN


def test_the_visible_sheet_with_the_leads_is_read() -> None:
    hidden = xml_sheet(HEAD, *[ANN] * 9, name="Old", visible="SheetHidden")

    shape, _ = read(xml_workbook(hidden, xml_sheet(xml_row("Total", "2"), name="Sum"), xml_sheet(HEAD, ANN)))

    assert (shape.sheets, shape.hidden_sheets, shape.sheet) == (("Sum", "List"), ("Old",), "List")


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("claim", ["UTF-8", "utf-16", "windows-1252"])
def test_an_xml_spreadsheet_is_read_whatever_it_says_of_its_encoding(codec: str, claim: str) -> None:
    before = f'<?xml version="1.0" encoding="{claim}"?>'
    text = xml_workbook(xml_sheet(HEAD, xml_row("Zoë Müller", "zoe@example.com")), before=before).decode()

    assert table(text.encode(codec))[1][0] == "Zoë Müller"


def test_of_many_sheets_only_the_longest_are_searched_for_people() -> None:
    sheets = [xml_sheet(HEAD, ANN, name=f"S{n}") for n in range(40)]
    sheets[30] = xml_sheet(HEAD, *[ANN.replace("Ann", f"Ann{n}") for n in range(5)], name="List")

    shape, found = read(xml_workbook(*sheets))

    assert (shape.sheet, len(shape.sheets), len(found)) == ("List", 40, 5)


def test_other_xml_stays_refused() -> None:
    assert refusal(b'<?xml version="1.0"?><people/>') == (
        "This file is XML, not a list. Export the list as CSV or XLSX and upload that."
    )
    assert "has no sheet with cells" in refusal(xml_workbook())


@pytest.mark.parametrize("seed", range(30))
def test_damaged_markup_is_read_or_refused(seed: int) -> None:
    rng = Random(seed)
    whole = rng.choice([page(html_table(*PEOPLE * 9)), xml_workbook(xml_sheet(HEAD, *[ANN] * 9))])
    content = bytearray(whole)
    for _ in range(rng.randint(1, 6)):
        content[rng.randrange(60, len(content))] = rng.choice(b"<>/\"'=&;! \x00\xff-")

    assert read_or_refused(bytes(content))[-1:] in {"", "."}
