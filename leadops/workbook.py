"""A workbook (XLSX) written while it is sent: its rows are never in memory together.

Every text is a text: no spreadsheet computes it, whatever it looks like, and it stands behind the quote of
`leadops.cells` as in CSV, so that it is the same when the sheet is saved as CSV. Signs that XML can't hold are written
as `_x0001_`, which spreadsheets and our own reader resolve, so nothing is lost.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from io import RawIOBase
from itertools import chain, islice
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone

from leadops.cells import safe_cell

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_OF_SHEET: Final = 1_000_000  # a sheet ends at 1,048,576; what is more goes to the next sheet
BLOCK: Final = 64 * 1024  # characters of a sheet that are compressed at a time
CELL_AT_MOST: Final = 32_767  # characters; spreadsheets refuse a file with a longer cell

_ODD: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BOLD, _MOMENT = 1, 2  # places of the styles
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001  (a workbook has no time zones)
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill '
    'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border>'
    "<left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Outbox(RawIOBase):
    """Takes what the archive writes, to be fetched piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def fetch(self) -> bytes:
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found


def workbook(rows: Iterable[Sequence[Any]], *, title: str) -> Iterator[bytes]:
    """The rows, of which the first is the header, as the bytes of a workbook, piece by piece."""
    outbox = _Outbox()
    stream = iter(rows)
    header = next(stream, ())
    first = next(stream, None)
    sheets = 0
    with ZipFile(outbox, "w", ZIP_DEFLATED, compresslevel=3) as archive:
        while sheets == 0 or first is not None:
            sheets += 1
            of_sheet = chain([] if first is None else [first], islice(stream, ROWS_OF_SHEET - 1))
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                for block in _sheet(header, of_sheet):
                    sheet.write(block.encode())
                    if piece := outbox.fetch():
                        yield piece
            first = next(stream, None)
        for name, content in _frame(title, sheets):
            archive.writestr(name, content)
    yield outbox.fetch()


def _sheet(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """One sheet, a block at a time."""
    parts = [
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        "<sheetData>",
        _row(1, header, style=_BOLD),
    ]
    size = 0
    for number, row in enumerate(rows, start=2):
        line = _row(number, row)
        parts.append(line)
        size += len(line)
        if size > BLOCK:
            yield "".join(parts)
            parts, size = [], 0
    yield "".join([*parts, "</sheetData></worksheet>"])


def _row(number: int, values: Sequence[Any], *, style: int = 0) -> str:
    cells = "".join([_cell(f"{_column(place)}{number}", value, style) for place, value in enumerate(values)])
    return f'<row r="{number}">{cells}</row>'


def _cell(name: str, value: Any, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{name}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{name}"><v>{value}</v></c>'
    if isinstance(value, datetime):
        days = (_local(value) - _EPOCH).total_seconds() / 86_400
        return f'<c r="{name}" s="{_MOMENT}"><v>{days:.8f}</v></c>'
    text = _ODD.sub(_written_out, str(safe_cell(value))[:CELL_AT_MOST])
    of_style = f' s="{style}"' if style else ""
    return f'<c r="{name}"{of_style} t="inlineStr"><is><t xml:space="preserve">{escape(text, quote=False)}</t></is></c>'


def _local(value: datetime) -> datetime:
    """A moment as it reads on the clock of this installation."""
    return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value


def _written_out(found: "re.Match[str]") -> str:
    return f"_x{ord(found[0]):04X}_"


_columns: list[str] = []


def _column(place: int) -> str:
    """The letters of a column: A, B, … Z, AA."""
    while len(_columns) <= place:
        number, letters = len(_columns) + 1, ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        _columns.append(letters)
    return _columns[place]


def _frame(title: str, sheets: int) -> Iterator[tuple[str, str]]:
    """The other files of the archive."""
    name = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", " ", title)[:26].strip() or "Rows"
    names = [name, *(f"{name} {number}" for number in range(2, sheets + 1))]
    numbers = range(1, sheets + 1)
    of_main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{of_main}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{of_main}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{of_main}.worksheet+xml"/>'
            for number in numbers
        )
        + "</Types>",
    )
    yield (
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>'
        + "".join(
            f'<sheet name="{escape(names[number - 1])}" sheetId="{number}" r:id="rId{number}"/>'
            for number in numbers
        )
        + "</sheets></workbook>",
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{_RELATED}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number in numbers
        )
        + f'<Relationship Id="rId{sheets + 1}" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES
