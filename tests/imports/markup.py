"""Web pages and XML spreadsheets as programs export them, and those that no honest program writes."""

from collections.abc import Callable, Sequence
from typing import Final

SPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
EXCEL: Final = "urn:schemas-microsoft-com:office:excel"
PEOPLE: Final = (("Name", "Email"), ("Ann Lee", "ann@example.com"))
MIB: Final = 1024 * 1024


# --- Files --------------------------------------------------------------------------------------------------------


def page(body: str, *, head: str = "") -> bytes:
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def html_table(*rows: Sequence[str], tag: str = "td") -> str:
    return f"<table>{''.join(html_row(*row, tag=tag) for row in rows)}</table>"


def html_row(*cells: str, tag: str = "td") -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def xml_workbook(
    *sheets: str, styles: str = "", before: str = '<?xml version="1.0"?>', book: str = ""
) -> bytes:
    """An XML spreadsheet; `before` stands before its first tag, `book` before its sheets."""
    style = f"<Styles>{styles}</Styles>" if styles else ""
    root = f'<Workbook xmlns="{SPACE}" xmlns:ss="{SPACE}" xmlns:x="{EXCEL}">'
    return f"{before}{root}{book}{style}{''.join(sheets)}</Workbook>".encode()


def xml_sheet(*rows: str, name: str = "List", visible: str = "") -> str:
    options = (
        f'<WorksheetOptions xmlns="{EXCEL}"><Visible>{visible}</Visible></WorksheetOptions>'
        if visible
        else ""
    )
    return f'<Worksheet ss:Name="{name}"><Table>{"".join(rows)}</Table>{options}</Worksheet>'


def xml_row(*cells: str, attributes: str = "") -> str:
    """A row; cells that are no tag are texts."""
    return f"<Row{attributes}>{''.join(cell if cell[:1] == '<' else xml_cell(cell) for cell in cells)}</Row>"


def xml_cell(text: str, *, kind: str = "String", attributes: str = "") -> str:
    return f'<Cell{attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


HEAD: Final = xml_row(*PEOPLE[0])
ANN: Final = xml_row(*PEOPLE[1])
DOCTYPE: Final = '<!DOCTYPE Workbook [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL: Final = '<!DOCTYPE Workbook [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


# --- Hostile ones -------------------------------------------------------------------------------------------------


def page_of_deep_tables() -> bytes:
    return page("<table><tr><td>" * 50_000)


def page_of_deep_tags() -> bytes:
    """Tags that mean nothing to a list, however deep, are passed over."""
    return page("<div>" * 200_000 + html_table(*PEOPLE, PEOPLE[1]))


def page_of_endless_table() -> bytes:
    """Rows without cells, as a page that is never closed would go on with."""
    return page(html_table(*PEOPLE).removesuffix("</table>") + "<tr><td>" * 2_600_000)


def page_of_many_tables() -> bytes:
    return page(html_table(("a",)) * 20_000)


def page_of_a_giant_cell() -> bytes:
    return page(html_table(*PEOPLE, ("Ann " * MIB, "ann@example.com")))


def page_of_giant_entities() -> bytes:
    """A cell that is short as written in most programs, and 40,000 letters as shown."""
    return page(html_table(*PEOPLE, ("&#97;" * 40_000, "ann@example.com")))


def page_of_a_far_cell() -> bytes:
    return page(html_table(*PEOPLE).replace("</table>", html_row(*["x"] * 600) + "</table>"))


def page_of_wide_spans() -> bytes:
    """Cells that say they cover a thousand rows and columns each; nothing is made of those that never come."""
    cell = '<td colspan="999999999" rowspan="999999999">x</td>'
    return page(f"<table><tr>{cell * 50}</tr>" + html_row("y") * 1000 + "</table>")


def page_of_an_unclosed_tag() -> bytes:
    return page(html_table(*PEOPLE) + '<td class="' + "a" * (5 * MIB))


def page_of_unclosed_quotes() -> bytes:
    """Every tag opens a quote, so each could be looked for to the end of the page."""
    return page(html_table(*PEOPLE) + "<a =\"<a ='" * 400_000)


def page_of_an_unclosed_comment() -> bytes:
    return page("<!-- " + html_table(*PEOPLE) * 50_000)


def page_of_comments() -> bytes:
    """Comments before the first tag, and no tag: how a page begins must be found without trying all ways."""
    return b"<!---->" * 200_000 + b"<!--"


def page_of_script_alone() -> bytes:
    return page(
        f"<script>document.write('{html_table(*PEOPLE)}')</script><style>{html_table(*PEOPLE)}</style>"
    )


def page_that_asks_for_a_login() -> bytes:
    return page("<form><input name=user><input type=password></form>")


def xml_of_deep_tags() -> bytes:
    return xml_workbook(xml_sheet(HEAD, ANN, "<a>" * 100_000))


def xml_of_entities() -> bytes:
    return xml_workbook(xml_sheet(HEAD, xml_row("&b;", "x")), before=f'<?xml version="1.0"?>{DOCTYPE}')


def xml_of_an_external_entity() -> bytes:
    return xml_workbook(xml_sheet(HEAD, xml_row("&secret;", "x")), before=f'<?xml version="1.0"?>{EXTERNAL}')


def xml_of_a_giant_cell() -> bytes:
    return xml_workbook(xml_sheet(HEAD, xml_row("Ann " * MIB, "x")))


def xml_of_a_far_cell() -> bytes:
    return xml_workbook(xml_sheet(HEAD, xml_row(xml_cell("x", attributes=' ss:Index="16384"'))))


def xml_of_a_far_row() -> bytes:
    return xml_workbook(xml_sheet(HEAD, xml_row("x", "y", attributes=' ss:Index="99999999"')))


def xml_of_many_cells() -> bytes:
    return xml_workbook(xml_sheet(HEAD, "<Row><Cell/><Cell/><Cell/></Row>" * 700_000))


def xml_of_many_sheets() -> bytes:
    return xml_workbook(xml_sheet(HEAD, ANN) * 1_001)


def xml_of_an_endless_tag() -> bytes:
    return xml_workbook(xml_sheet(HEAD, ANN, f'<Row a="{"a" * (5 * MIB)}"/>'))


def xml_that_counts_in_words() -> bytes:
    return xml_workbook(xml_sheet(HEAD, xml_row("x", "y", attributes=' ss:Index="two"')))


def xml_cut_off() -> bytes:
    whole = xml_workbook(xml_sheet(HEAD, ANN, ANN))
    return whole[: len(whole) - 80]


# What is said of each; "" for those that are read.
HOSTILE: Final[dict[Callable[[], bytes], str]] = {
    page_of_deep_tables: "This web page is damaged or cut off.",
    page_of_deep_tags: "",
    page_of_endless_table: "has more than 2,500,000 cells",
    page_of_many_tables: "has more than 1,000 tables",
    page_of_a_giant_cell: "is longer than 32,767 characters",
    page_of_giant_entities: "is longer than 32,767 characters",
    page_of_a_far_cell: "right of the 500 columns",
    page_of_wide_spans: "right of the 500 columns",
    page_of_an_unclosed_tag: "This web page is damaged or cut off.",
    page_of_unclosed_quotes: "This web page is damaged or cut off.",
    page_of_an_unclosed_comment: "This file is a web page without a table",
    page_of_comments: "A cell that begins in line 1 is longer",
    page_of_script_alone: "This file is a web page without a table",
    page_that_asks_for_a_login: "This file is a web page without a table",
    xml_of_deep_tags: "damaged or cut off",
    xml_of_entities: "This workbook holds a document type definition",
    xml_of_an_external_entity: "This workbook holds a document type definition",
    xml_of_a_giant_cell: "is longer than 32,767 characters",
    xml_of_a_far_cell: "right of the 500 columns",
    xml_of_a_far_row: "has more than 1,048,576 rows",
    xml_of_many_cells: "has more than 2,500,000 cells",
    xml_of_many_sheets: "has more than 1,000 sheets",
    xml_of_an_endless_tag: "damaged or cut off",
    xml_that_counts_in_words: "damaged or cut off",
    xml_cut_off: "damaged or cut off",
}
