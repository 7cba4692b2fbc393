"""Files that no honest program writes, and those that honest ones write badly. Made here, so none is kept."""

import bz2
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Final

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

HEADER_ROW: Final = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Email</t></is></c></row>'
)
PERSON_ROW: Final = (
    '<row r="2"><c r="A2" t="inlineStr"><is><t>Ann Lee</t></is></c>'
    '<c r="B2" t="inlineStr"><is><t>ann@example.com</t></is></c></row>'
)


# --- Parts of a workbook ------------------------------------------------------------------------------------------


def sheet_xml(rows: str = HEADER_ROW + PERSON_ROW, *, before: str = "", head: str = "") -> str:
    """A worksheet; `before` stands before its rows, `head` before its first tag."""
    return f'<?xml version="1.0"?>{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'


def workbook(
    *sheets: str | bytes,
    names: Sequence[str] = (),
    states: Sequence[str] = (),
    texts: Iterable[str] | None = None,
    texts_xml: str | bytes | None = None,
    styles: str = "",
    starts_1904: bool = False,
    extra: dict[str, bytes] | None = None,
    replaced: dict[str, str | bytes] | None = None,
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """An XLSX file of these worksheets. `texts` are the shared texts; `replaced` puts other content into a part."""
    sheets = sheets or (sheet_xml(),)
    if texts is not None:
        items = "".join(f"<si><t>{text}</t></si>" for text in texts)
        texts_xml = f'<?xml version="1.0"?><sst xmlns="{MAIN}">{items}</sst>'
    tags = []
    targets = []
    for place, _ in enumerate(sheets, 1):
        name = names[place - 1] if names else f"Sheet{place}"
        state = f' state="{states[place - 1]}"' if states and states[place - 1] else ""
        tags.append(f'<sheet name="{name}" sheetId="{place}"{state} r:id="rId{place}"/>')
        targets.append((f"rId{place}", "worksheet", f"worksheets/sheet{place}.xml"))
    if texts_xml is not None:
        targets.append(("rIdT", "sharedStrings", "sharedStrings.xml"))
    if styles:
        targets.append(("rIdS", "styles", "styles.xml"))
    date = '<workbookPr date1904="1"/>' if starts_1904 else ""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": relations([("rId1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": (
            f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{date}'
            f"<sheets>{''.join(tags)}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": relations(targets),
        **{f"xl/worksheets/sheet{place}.xml": sheet for place, sheet in enumerate(sheets, 1)},
    }
    if texts_xml is not None:
        parts["xl/sharedStrings.xml"] = texts_xml
    if styles:
        parts["xl/styles.xml"] = f'<?xml version="1.0"?><styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    parts.update(replaced or {})
    parts.update(extra or {})
    return zipped(parts, method=method)


def relations(targets: Iterable[tuple[str, str, str]], *, mode: str = "") -> str:
    attribute = f' TargetMode="{mode}"' if mode else ""
    tags = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"{attribute}/>'
        for key, kind, target in targets
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">{tags}</Relationships>'


def zipped(parts: dict[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


# --- Workbooks that must be refused -------------------------------------------------------------------------------


def sheet_of_blanks() -> bytes:
    """60 MB of blanks between two rows, packed to 60 kB."""
    return workbook(sheet_xml(HEADER_ROW + " " * (60 * 1024 * 1024) + PERSON_ROW))


def declares_a_gigabyte() -> bytes:
    """A table of contents that announces a sheet of 1 GB."""
    packed = bytearray(workbook())
    at = packed.index(b"PK\x01\x02")
    struct.pack_into("<L", packed, at + 24, 1024**3)
    return bytes(packed)


def holds_more_than_declared() -> bytes:
    """A sheet that unpacks to more than the table of contents says."""
    packed = bytearray(workbook())
    at = packed.index(b"xl/worksheets/sheet1.xml", packed.index(b"PK\x01\x02")) - 46
    struct.pack_into("<L", packed, at + 24, 150)
    return bytes(packed)


def far_cell() -> bytes:
    return workbook(sheet_xml(HEADER_ROW + PERSON_ROW + f'<row r="1048576">{_cell("XFD1048576", "x")}</row>'))


def far_cell_in_a_long_sheet() -> bytes:
    """A far cell below more rows than are looked at to find the header."""
    rows = "".join(f'<row r="{number}">{_cell(f"A{number}", "Ann")}</row>' for number in range(2, 2000))
    far = f'<row r="2000">{_cell("AAA2000", "x")}</row>'
    return workbook(sheet_xml(HEADER_ROW + rows + far))


def far_row() -> bytes:
    return workbook(sheet_xml(HEADER_ROW + f'<row r="99999999">{_cell("A99999999", "x")}</row>'))


def nested_zip() -> bytes:
    inner = zipped({"more.zip": zipped({"list.csv": "a,b\n1,2\n" * 1000})})
    return zipped({"first.zip": inner, "second.zip": inner})


def thousands_of_parts() -> bytes:
    return workbook(extra={f"xl/media/{number}.txt": b"" for number in range(1001)})


def directory_of_sixty_thousand() -> bytes:
    """Nothing but a table of contents; the library would make an object for each line."""
    entry = (
        struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
        + b"a"
    )
    directory = entry * 60_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, len(directory), 4, 0)
    return b"PK\x03\x04" + directory + end


DOCTYPE: Final = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL: Final = '<!DOCTYPE worksheet [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


def entities_in_the_sheet() -> bytes:
    return workbook(sheet_xml(HEADER_ROW + f'<row r="2">{_cell("A2", "&b;")}</row>', head=DOCTYPE))


def external_entity() -> bytes:
    return workbook(sheet_xml(HEADER_ROW + f'<row r="2">{_cell("A2", "&secret;")}</row>', head=EXTERNAL))


def document_type_in_utf16() -> bytes:
    xml = sheet_xml(head=EXTERNAL).replace('version="1.0"', 'version="1.0" encoding="UTF-16"')
    return workbook(xml.encode("utf-16"))


def document_type_in_the_texts() -> bytes:
    return workbook(texts_xml=f'<?xml version="1.0"?>{DOCTYPE}<sst xmlns="{MAIN}"><si><t>&b;</t></si></sst>')


def document_type_in_an_unused_part() -> bytes:
    return workbook(extra={"docProps/app.xml": f'<?xml version="1.0"?>{DOCTYPE}<Properties/>'.encode()})


def document_type_far_down() -> bytes:
    """Behind a comment, where a look at the first bytes does not find it."""
    return workbook(sheet_xml(head=f"<!--{' ' * 10_000}-->{DOCTYPE}"))


def cut_in_half() -> bytes:
    whole = workbook()
    return whole[: len(whole) // 2]


def flipped_bits() -> bytes:
    """Some bytes of the packed sheet are wrong."""
    rows = "".join(f'<row r="{n}">{_cell(f"A{n}", f"Person {n * 7919}")}</row>' for n in range(2, 500))
    packed = bytearray(workbook(sheet_xml(HEADER_ROW + rows)))
    at = packed.index(b"xl/worksheets/sheet1.xml") + 2000
    packed[at : at + 8] = b"\xff" * 8
    return bytes(packed)


def endless_tag() -> bytes:
    """One attribute of 20 MB of ">", which a parser must keep until the tag ends."""
    rng = Random(7)
    noise = "".join(rng.choice(">abc") for _ in range(4096))
    return workbook(sheet_xml(f'<row r="1" x="{noise * 5000}"/>'))


def deep_nesting() -> bytes:
    return workbook(sheet_xml("<a>" * 200_000))


def more_rows_than_a_sheet() -> bytes:
    return workbook(sheet_xml("<row/>" * 1_048_577))


def more_cells_than_a_row() -> bytes:
    return workbook(sheet_xml(f'<row r="1">{"<c/>" * 20_000}</row>'))


def huge_cell() -> bytes:
    return workbook(sheet_xml(HEADER_ROW + f'<row r="2">{_cell("A2", "x" * 10_000_000)}</row>'))


def huge_shared_text() -> bytes:
    rows = HEADER_ROW + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    return workbook(sheet_xml(rows), texts=["y" * 10_000_000])


def missing_shared_text() -> bytes:
    return workbook(
        sheet_xml(HEADER_ROW + '<row r="2"><c r="A2" t="s"><v>7</v></c></row>'), texts=["only one"]
    )


def negative_shared_text() -> bytes:
    return workbook(
        sheet_xml(HEADER_ROW + '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>'), texts=["only one"]
    )


def broken_xml() -> bytes:
    return workbook(sheet_xml(HEADER_ROW + "<row r='2'><c r='A2'><v>1</v></row>"))


def impossible_reference() -> bytes:
    return workbook(sheet_xml(HEADER_ROW + '<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>'))


def missing_sheet() -> bytes:
    return workbook(
        replaced={"xl/_rels/workbook.xml.rels": relations([("rId1", "worksheet", "worksheets/none.xml")])}
    )


def sheet_outside() -> bytes:
    targets = [("rId1", "worksheet", "../../../../../../etc/passwd")]
    return workbook(replaced={"xl/_rels/workbook.xml.rels": relations(targets)})


def sheet_on_the_web() -> bytes:
    targets = [("rId1", "worksheet", "https://example.com/sheet.xml")]
    return workbook(replaced={"xl/_rels/workbook.xml.rels": relations(targets, mode="External")})


def other_packing() -> bytes:
    return workbook(method=zipfile.ZIP_LZMA)


def locked_parts() -> bytes:
    packed = bytearray(workbook())
    at = 0
    while (at := packed.find(b"PK\x01\x02", at)) >= 0:
        packed[at + 8] |= 1
        at += 4
    return bytes(packed)


def sheet_without_rows() -> bytes:
    return workbook(sheet_xml(""))


def ten_thousand_columns() -> bytes:
    return (
        ",".join(f"c{number}" for number in range(10_000)) + "\n" + ",".join("1" * 10_000) + "\n"
    ).encode()


REFUSED_WORKBOOKS: Final[dict[Callable[[], bytes], str]] = {
    sheet_of_blanks: "unpacks to more than 100 times its size",
    declares_a_gigabyte: "unpacks to more than 500 MB",
    holds_more_than_declared: "damaged or cut off",
    far_cell: "has a value in cell XFD1048576, right of the 500 columns",
    far_cell_in_a_long_sheet: "has a value in cell AAA2000, right of the 500 columns",
    far_row: "damaged or cut off",
    nested_zip: "is a ZIP archive, not a list. Unpack it",
    thousands_of_parts: "is made of more than 1,000 parts",
    directory_of_sixty_thousand: "is made of more than 1,000 parts",
    entities_in_the_sheet: "holds a document type definition",
    external_entity: "holds a document type definition",
    document_type_in_utf16: "holds a document type definition",
    document_type_in_the_texts: "holds a document type definition",
    document_type_in_an_unused_part: "holds a document type definition",
    document_type_far_down: "holds a document type definition",
    cut_in_half: "damaged or cut off",
    flipped_bits: "damaged or cut off",
    endless_tag: "damaged or cut off",
    deep_nesting: "damaged or cut off",
    more_rows_than_a_sheet: "has more than 1,048,576 rows",
    more_cells_than_a_row: "damaged or cut off",
    huge_cell: "A cell in row 2 of sheet “Sheet1” is longer than 32,767 characters",
    huge_shared_text: "is longer than 32,767 characters",
    missing_shared_text: "damaged or cut off",
    negative_shared_text: "damaged or cut off",
    broken_xml: "damaged or cut off",
    impossible_reference: "damaged or cut off",
    missing_sheet: "has no sheet with cells",
    sheet_outside: "has no sheet with cells",
    sheet_on_the_web: "has no sheet with cells",
    other_packing: "damaged or cut off",
    locked_parts: "protected by a password",
    sheet_without_rows: "has no rows with content",
}


# --- Text files that must be refused ------------------------------------------------------------------------------


def never_closed_quote() -> bytes:
    people = "".join(f"Person {number},p{number}@example.com\n" for number in range(500))
    return f'Name,Email\nAnn,ann@example.com\n"Bob,bob@example.com\n{people}'.encode()


def never_closed_quote_in_a_long_list() -> bytes:
    people = "".join(f"Person {number},p{number}@example.com\n" for number in range(20_000))
    return f'Name,Email\nAnn,ann@example.com\n"Bob,bob@example.com\n{people}'.encode()


def ten_megabytes_in_quotes() -> bytes:
    return b'Name,Email\n"' + b"x" * 10_000_000 + b'",ann@example.com\n'


def ten_megabytes_in_lines() -> bytes:
    return b'Name,Email\n"' + b"lorem ipsum\n" * 900_000 + b'",ann@example.com\n'


def ten_megabytes_without_quotes() -> bytes:
    return b"Name,Email\n" + b"x" * 10_000_000 + b",ann@example.com\n"


def cell_above_the_limit() -> bytes:
    return b"Name,Email\nAnn," + b"x" * 40_000 + b"\n"


def nul_in_a_name() -> bytes:
    return b"Name,Email\nAnn,ann@example.com\nB\0b,bob@example.com\n" * 50


def random_bytes() -> bytes:
    return Random(1).randbytes(200_000)


def more_rows_than_a_spreadsheet() -> bytes:
    return b"Email\n" + b"a\n" * 1_048_577


def utf8_cut_in_a_letter() -> bytes:
    return b"\xef\xbb\xbf" + "Name,Email\nJosé,jose@example.com\n".encode() + b"Andr\xc3"


def utf16_then_latin() -> bytes:
    return "Name,Email\nJosé,jose@example.com\n".encode("utf-16") + b"\xff\xdb\x00"


def packed_csv() -> bytes:
    return bz2.compress(b"Name,Email\nAnn,ann@example.com\n")


def gzipped_csv() -> bytes:
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + zlib.compress(b"Name,Email\n")


def blanks_between_cells() -> bytes:
    people = "".join(
        f"Ann{number} Lee{number} ann{number}@example.com {number} Berlin\n" for number in range(20)
    )
    return f"First Last Email Number City\n{people}".encode()


def _ole(stream: str) -> bytes:
    return OLE + b"\0" * 1016 + stream.encode("utf-16-le") + b"\0" * 2000


REFUSED_TEXTS: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "empty": (lambda: b"", "This file is empty."),
    "blank lines": (lambda: b"\n\r\n  \n,,,\n", "This file has no rows with content."),
    "header only": (lambda: b"Name,Email,Phone\n", "This file has only a header and no rows below it."),
    "never closed quote": (never_closed_quote, "The quote opened in line 3 is never closed."),
    "never closed quote, long": (
        never_closed_quote_in_a_long_list,
        "A cell that begins in line 3 is longer than 32,767",
    ),
    "10 MB in quotes": (ten_megabytes_in_quotes, "Line 2 is longer than 4,000,000 characters"),
    "10 MB in lines": (
        ten_megabytes_in_lines,
        "A cell that begins in line 2 is longer than 32,767 characters",
    ),
    "10 MB without quotes": (ten_megabytes_without_quotes, "Line 2 is longer than 4,000,000 characters"),
    "cell above the limit": (
        cell_above_the_limit,
        "A cell that begins in line 2 is longer than 32,767 characters",
    ),
    "NUL": (nul_in_a_name, "Line 3 holds a NUL character"),
    "random bytes": (random_bytes, "This file is not text"),
    "too many rows": (more_rows_than_a_spreadsheet, "The list has more than 1,048,576 rows."),
    "too many columns": (ten_thousand_columns, "This list has 10,000 columns; up to 500 can be read."),
    "UTF-8 cut in a letter": (
        utf8_cut_in_a_letter,
        "begins with the byte order mark of Unicode (UTF-8), but line 3",
    ),
    "UTF-16 then something else": (
        utf16_then_latin,
        "begins with the byte order mark of Unicode (UTF-16), but line 3",
    ),
    "divided by blanks": (blanks_between_cells, "The cells of this file seem to be divided by blanks."),
    "PDF": (
        lambda: b"%PDF-1.7\n...",
        "This file is a PDF, not a list. Save it as CSV or XLSX and upload it again.",
    ),
    "PNG": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "This file is an image, not a list."),
    "JPEG": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF", "This file is an image, not a list."),
    "GIF": (lambda: b"GIF89a\x01\x00", "This file is an image, not a list."),
    "WebP": (lambda: b"RIFF\x24\x00\x00\x00WEBPVP8 ", "This file is an image, not a list."),
    "gzip": (gzipped_csv, "This file is packed (gzip). Unpack it"),
    "bzip2": (packed_csv, "This file is packed (bzip2). Unpack it"),
    "7-Zip": (lambda: b"7z\xbc\xaf\x27\x1c\x00\x04", "This file is packed (7-Zip). Unpack it"),
    "database": (lambda: b"SQLite format 3\0" + b"\0" * 100, "This file is a database, not a list."),
    "RTF": (lambda: b"{\\rtf1\\ansi Name}", "This file is a text document (RTF), not a list."),
    "program": (lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 100, "This file is a program, not a list."),
    "XML": (lambda: b'<?xml version="1.0"?><people/>', "This file is XML, not a list."),
    "JSON": (lambda: b'[{"name": "Ann", "email": "ann@example.com"}]', "This file is JSON, not a list."),
    "vCard": (
        lambda: b"BEGIN:VCARD\r\nFN:Ann Lee\r\nEND:VCARD\r\n",
        "This file holds contact cards (vCard).",
    ),
    "old Excel": (
        lambda: _ole("Workbook"),
        "damaged or cut off",
    ),
    "locked workbook": (
        lambda: _ole("EncryptedPackage"),
        "This workbook is protected by a password. Save it without one",
    ),
    "old Word": (lambda: _ole("WordDocument"), "This file is a Word document, not a list."),
    "binary workbook": (lambda: zipped({"xl/workbook.bin": b"1"}), "This file is a binary workbook (XLSB)."),
    "OpenDocument": (
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
        "has no sheet with cells",
    ),
    "Word": (
        lambda: zipped({"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"}),
        "This file is a Word document.",
    ),
    "Numbers": (
        lambda: zipped({"Index/Document.iwa": b"1"}),
        "This file is a file of Apple Numbers, Pages or Keynote.",
    ),
}
