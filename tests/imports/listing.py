"""Short ways to read a list in a test."""

import io

from imports.files.packages import Package
from imports.files.records import Record
from imports.files.workbooks import Workbook
from imports.reading import FileShape, Row, inspect, rows


def read(
    content: bytes | str, *, encoding: str = "", sheet: str = "", delimiter: str = ""
) -> tuple[FileShape, list[Row]]:
    """The shape of the file and all its rows."""
    data = content.encode() if isinstance(content, str) else content
    shape = inspect(io.BytesIO(data), name="list", encoding=encoding, sheet=sheet, delimiter=delimiter)
    return shape, list(rows(io.BytesIO(data), shape=shape))


def table(content: bytes | str, *, encoding: str = "") -> list[list[str]]:
    """Header and cells, as a person sees them."""
    shape, found = read(content, encoding=encoding)
    return [list(shape.headers), *(list(row.values.values()) for row in found)]


def records(content: bytes, *, sheet: int = 0) -> list[Record]:
    """All rows of a sheet, header included."""
    workbook = Workbook(Package(io.BytesIO(content)))
    return list(workbook.records(workbook.sheets[sheet]))
