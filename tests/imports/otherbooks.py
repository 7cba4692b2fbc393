"""XLS and ODS workbooks, made byte by byte, so that a test can also make one that no program would."""

import struct
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Final
from xml.sax.saxutils import escape

from tests.imports.hostile import OLE, zipped

ODS_TYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES: Final = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("draw", "drawing"),
    )
) + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'  # fmt: skip

Cell = str | int | float | bool | None


# --- ODS ----------------------------------------------------------------------------------------------------------


def ods_cell(value: Cell, *, times: int = 1) -> str:
    again = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    if value is None:
        return f"<table:table-cell{again}/>"
    if isinstance(value, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, str):
        kind = 'office:value-type="string"'
    else:
        kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell{again} {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def ods_row(*cells: Cell | str, times: int = 1, xml: str = "") -> str:
    again = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{again}>{''.join(map(ods_cell, cells))}{xml}</table:table-row>"


def ods_content(*tables: str, hidden: Sequence[int] = (), head: str = "") -> str:
    """`content.xml` with these tables, each the XML of its rows; `hidden` are the places of the hidden ones."""
    styles = (
        '<style:style style:name="away" style:family="table"><style:table-properties table:display="false"/>'
    )
    body = "".join(
        f'<table:table table:name="Sheet{place}"'
        f"{' table:style-name=' + chr(34) + 'away' + chr(34) if place in hidden else ''}>{rows}</table:table>"
        for place, rows in enumerate(tables, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<office:document-content {_SPACES}>'
        f"<office:automatic-styles>{styles}</style:style></office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )


def ods(
    *tables: str,
    hidden: Sequence[int] = (),
    head: str = "",
    content: str = "",
    manifest: str = "",
    mimetype: str = ODS_TYPE,
) -> bytes:
    parts: dict[str, str | bytes] = {
        "mimetype": mimetype,
        "content.xml": content or ods_content(*tables, hidden=hidden, head=head),
        "META-INF/manifest.xml": manifest or '<?xml version="1.0"?><manifest/>',
    }
    return zipped(parts)


# --- XLS ----------------------------------------------------------------------------------------------------------


def _piece(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def xls_text(text: str, *, short: bool = False) -> bytes:
    wide = not text.isascii()
    head = struct.pack("<BB" if short else "<HB", len(text), wide)
    return head + text.encode("utf-16-le" if wide else "ascii")


def xls_cell(row: int, column: int, value: Cell, *, style: int = 0, texts: Sequence[str] = ()) -> bytes:
    """The record of one cell; a text that is among `texts` is written as its index."""
    place = struct.pack("<HHH", row, column, style)
    if isinstance(value, bool):
        return _piece(0x0205, place + struct.pack("<BB", value, 0))
    if isinstance(value, str):
        if value in texts:
            return _piece(0x00FD, place + struct.pack("<L", texts.index(value)))
        return _piece(0x0204, place + xls_text(value))
    if isinstance(value, int) and abs(value) < 1 << 29:
        return _piece(0x027E, place + struct.pack("<l", value << 2 | 2))
    return _piece(0x0203, place + struct.pack("<d", float(value or 0)))


def xls_error(row: int, column: int, code: int) -> bytes:
    return _piece(0x0205, struct.pack("<HHHBB", row, column, 0, code, 1))


def xls_formula(row: int, column: int, text: str) -> bytes:
    """A formula whose result is a text."""
    content = struct.pack("<HHH", row, column, 0) + b"\0\0\0\0\0\0\xff\xff" + b"\0" * 8
    return _piece(0x0006, content) + _piece(0x0207, xls_text(text))


def xls_sheet(cells: Iterable[bytes]) -> bytes:
    return (
        _piece(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 0, 0, 0)) + b"".join(cells) + _piece(0x000A)
    )


def xls_rows(
    rows: Sequence[Sequence[Cell]], *, texts: Sequence[str] = (), styles: Sequence[int] = ()
) -> bytes:
    return xls_sheet(
        xls_cell(row, column, value, style=styles[column] if styles and row else 0, texts=texts)
        for row, cells in enumerate(rows)
        for column, value in enumerate(cells)
        if value is not None
    )


def xls(
    *sheets: bytes,
    states: Sequence[int] = (),
    names: Sequence[str] = (),
    texts: Sequence[str] = (),
    text_pieces: Sequence[bytes] | None = None,
    formats: dict[int, str] | None = None,
    styles: Sequence[int] = (0,),
    starts_1904: bool = False,
    before: bytes = b"",
) -> bytes:
    """An XLS file of these worksheets; `styles` are the number formats of the cell styles."""
    head = _piece(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 0, 0, 0)) + before
    head += _piece(0x0022, struct.pack("<H", starts_1904))
    for number, code in (formats or {}).items():
        head += _piece(0x041E, struct.pack("<H", number) + xls_text(code))
    for number in styles:
        head += _piece(0x00E0, struct.pack("<HH", 0, number) + b"\0" * 16)
    tail = b""
    if text_pieces is None and texts:
        text_pieces = [b"".join(map(xls_text, texts))]
    for place, piece in enumerate(text_pieces or ()):
        count = struct.pack("<LL", len(texts), len(texts)) if not place else b""
        tail += _piece(0x003C if place else 0x00FC, count + piece)
    tail += _piece(0x000A)
    labels = [
        xls_text(names[place] if names else f"Sheet{place + 1}", short=True) for place in range(len(sheets))
    ]
    at = len(head) + sum(10 + len(label) for label in labels) + len(tail)
    for place, (sheet, label) in enumerate(zip(sheets, labels, strict=True)):
        state = states[place] if states else 0
        head += _piece(0x0085, struct.pack("<LBB", at, state, 0) + label)
        at += len(sheet)
    return compound({"Workbook": head + tail + b"".join(sheets)})


def compound(streams: dict[str, bytes]) -> bytes:
    """The container of old Office files with one large stream after the other."""
    sector = 512 if sum(map(len, streams.values())) < 6_000_000 else 4096
    chains: list[int] = []
    body = b""
    entries = [_entry("Root Entry", kind=5, start=0xFFFFFFFE, size=0)]
    for name, stream in streams.items():
        padded = stream.ljust(4096, b"\0")
        padded += b"\0" * (-len(padded) % sector)
        first, count = len(chains), len(padded) // sector
        chains += [*range(first + 1, first + count), 0xFFFFFFFE]
        body += padded
        entries.append(_entry(name, kind=2, start=first, size=max(len(stream), 4096)))
    directory = b"".join(entries)
    directory += b"\0" * (-len(directory) % sector)
    directory_at = len(chains)
    count = len(directory) // sector
    chains += [*range(directory_at + 1, directory_at + count), 0xFFFFFFFE]
    table_at = len(chains)
    tables = 1
    while (len(chains) + tables) * 4 > tables * sector:
        tables += 1
    chains += [0xFFFFFFFD] * tables
    packed = struct.pack(f"<{len(chains)}L", *chains).ljust(tables * sector, b"\xff")
    listed = [*range(table_at, table_at + tables)]
    listed += [0xFFFFFFFF] * (109 - len(listed))
    head = OLE + b"\0" * 16 + struct.pack("<5H", 62, 3, 0xFFFE, 9 if sector == 512 else 12, 6) + b"\0" * 6
    head += struct.pack("<9L", 0, tables, directory_at, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return (head + struct.pack("<109L", *listed)).ljust(sector, b"\0") + body + directory + packed


def _entry(name: str, *, kind: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    return (
        wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide), kind, 1) + b"\xff" * 12 + b"\0" * 36
        + struct.pack("<LQ", start, size)
    )  # fmt: skip


# --- Workbooks that must be refused, or read at no cost -----------------------------------------------------------

PEOPLE_ROWS: Final = ods_row("Name", "Email") + ods_row("Ann Lee", "ann@example.com")


def ods_of_blanks() -> bytes:
    """60 MB of blanks between two rows."""
    return ods(PEOPLE_ROWS + " " * (60 * 1024 * 1024) + PEOPLE_ROWS)


def ods_of_many_cells() -> bytes:
    """Six million cells that hold nothing, and noise between them, so that they do not pack too well."""
    row = f"<table:table-row>{'<table:table-cell/>' * 1000}</table:table-row>"
    rng = Random(3)
    return ods(PEOPLE_ROWS + "".join(row * 30 + f"<!--{rng.randbytes(9_000).hex()}-->" for _ in range(200)))


def ods_of_equal_rows() -> bytes:
    """A few thousand rows that each stand there 200 times."""
    return ods(PEOPLE_ROWS + "".join(ods_row(f"Ann {n}", "a@example.com", times=200) for n in range(3000)))


def ods_of_far_repeats() -> bytes:
    """Every row of the sheet, and every cell of the last one."""
    last = ods_row(xml=ods_cell("x", times=16_384))
    return ods(PEOPLE_ROWS + ods_row(None, times=1_048_570) + last)


def xls_that_runs_in_a_circle() -> bytes:
    """The chain of sectors of the stream comes back to its beginning."""
    content = bytearray(xls(xls_rows([("Name", "Email")] * 2000)))
    at = len(content) - 512 * 2
    for place in range(at, len(content) - 8, 4):
        if struct.unpack_from("<L", content, place)[0] == 0xFFFFFFFE:
            struct.pack_into("<L", content, place, 0)
    return bytes(content)


def xls_of_a_far_cell() -> bytes:
    return xls(xls_sheet([xls_cell(0, 0, "Name"), xls_cell(1, 0, "Ann"), xls_cell(65_535, 255, "x")]))


def xls_of_tiny_texts() -> bytes:
    """A table of three million texts of no letters."""
    pieces = [b"\0\0\0" * 2700] * 1112
    return xls(xls_rows([("Name",), ("Ann",)]), texts=[""], text_pieces=pieces)


def xls_of_many_cells() -> bytes:
    """Five million numbers in runs of 256."""
    run = b"".join(struct.pack("<HL", 0, 6) for _ in range(256))
    rows = (
        _piece(0x00BD, struct.pack("<HH", row, 0) + run + struct.pack("<H", 255)) for row in range(20_000)
    )
    return xls(xls_sheet(rows))


def xls_of_single_numbers() -> bytes:
    """As many cells, each in a record of its own."""
    row = b"".join(xls_cell(0xEEEE, column, 1) for column in range(250))
    rows = (row.replace(b"\xee\xee", struct.pack("<H", number)) for number in range(10_400))
    return xls(xls_sheet(rows))


HOSTILE: Final[dict[Callable[[], bytes], str]] = {
    ods_of_blanks: "unpacks to more than 100 times its size",
    ods_of_many_cells: "has more than 4,000,000 cells",
    ods_of_equal_rows: "",
    ods_of_far_repeats: "right of the 500 columns",
    xls_that_runs_in_a_circle: "damaged or cut off",
    xls_of_a_far_cell: "",
    xls_of_tiny_texts: "holds more than 2,000,000 texts",
    xls_of_many_cells: "has more than 2,500,000 cells",
    xls_of_single_numbers: "has more than 2,500,000 cells",
}
