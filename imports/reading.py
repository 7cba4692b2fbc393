"""A file from outside as rows with headers: what kind of file it is, where its header is, one row after the other.

`inspect` looks at a file once and says how it is read, or refuses it with a sentence; the result is kept with the
batch. `rows` then reads the file so, from any row on, as often as it takes.
"""

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import dropwhile, islice
from typing import Any, BinaryIO, Final

from imports import pasted
from imports.files.books import Book, Sheet
from imports.files.decoding import find_encoding
from imports.files.dialects import DELIMITERS, Dialect, divided_otherwise, find_dialect
from imports.files.encodings import ENCODINGS, Encoding
from imports.files.filetypes import kind_of_file
from imports.files.limits import MAX_ROWS, MAX_UPLOAD, MIB, UnreadableFile
from imports.files.oldworkbooks import OldWorkbook
from imports.files.opendocument import OpenDocument, is_open_document
from imports.files.packages import Package
from imports.files.records import Record
from imports.files.textfiles import read_records
from imports.files.webtables import WebPage
from imports.files.workbooks import Workbook
from imports.files.xmlworkbooks import XmlWorkbook
from imports.footers import (
    FOOTER_TOLD,
    FOOTER_WITHIN,
    above,
    below,
    find_footer,
    told_footer,
    with_footer_refused,
)
from imports.kinds import EMAIL, PHONE, agrees, kind_of
from imports.layout import LOOKED_AT, Layout, find_layout, given_layout, require_rows, unique_headers, used
from imports.signs import alive
from imports.tables import Places, TableFinder, end_of_list, is_header, merged, read_on
from leads.normalise import is_list_note, is_sum_label

__all__ = ["MAX_UPLOAD", "FileShape", "Row", "UnreadableFile", "inspect", "rows"]

SAMPLE_ROWS: Final = 20  # rows of the preview
TOO_MANY_LONG: Final = (
    0.25  # share of rows with too many cells from which on the delimiter is wrong, and not the rows
)
LOOKED_INTO: Final = 12  # sheets that are searched for people where finding one means reading those before it
MOST_TOLD: Final = 5  # further tables
DROPS_BLANKS: Final = (
    0.05  # share of short rows from which on a program plainly leaves out blanks at the end of a row
)


@dataclass(slots=True)  # not frozen, which makes each of a million rows a microsecond dearer
class Row:
    """One row of the list."""

    number: int  # as the spreadsheet shows it
    values: dict[str, str]  # header: text, stripped; every header is there
    problem: str = ""  # why the row cannot be trusted, a sentence; also the first of `flaws`
    flaws: dict[str, str] = field(default_factory=dict)  # header: what is wrong with that cell
    extra: tuple[str, ...] = ()  # cells right of the last header


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a file is read. Made by `inspect`, kept as JSON, given to `rows`."""

    name: str
    kind: str  # "csv" for text, "xlsx", "ods", "xls", "xml" or "html" for a workbook
    size: int  # bytes
    encoding: str = ""
    encoding_evidence: str = ""
    encoding_is_sure: bool = True
    encoding_needs_choice: bool = False  # the guess is too weak to load names by it
    encoding_suggestions: tuple[str, ...] = ()
    encoding_readings: tuple[tuple[str, str], ...] = ()  # for the likeliest codecs a line as it would be
    delimiter: str = ""
    quote: str = '"'
    escape: str = ""
    has_sep_line: bool = False
    is_wrapped: bool = False  # lines stand wholly in one quoted cell
    is_drawn: bool = False  # lines of dashes are drawn between the rows
    form: str = ""  # of `imports.pasted` where the list is no table: its people stand one below the other, or in a line
    sheets: tuple[str, ...] = ()  # visible ones
    hidden_sheets: tuple[str, ...] = ()
    sheet: str = ""
    header_row: int = 0  # as the spreadsheet shows it; 0 for a list without header
    footer_row: int = 0  # from which on notes and sums stand below the list; 0 where it goes to the end
    tables: tuple[Places, ...] = ()  # further ones below the list that are read on
    header_cells: tuple[str, ...] = ()  # as they stand in the file
    headers: tuple[str, ...] = ()  # unique, none blank
    column_kinds: tuple[str, ...] = ()  # of `imports.kinds`, "" where nothing is known
    drops_blanks: bool = False  # rows end at their last cell with content
    sample: tuple[Row, ...] = ()
    row_count: int = 0
    row_count_is_exact: bool = True
    notes: tuple[str, ...] = ()  # what a person should know, as sentences

    @property
    def sample_values(self) -> list[dict[str, str]]:
        """The sample as `mapping.match_columns` takes it."""
        return [row.values for row in self.sample]

    @property
    def delimiter_name(self) -> str:
        return DELIMITERS.get(self.delimiter, f"“{self.delimiter}”") if self.delimiter else ""

    @property
    def named_readings(self) -> list[tuple[str, str]]:
        """For the likeliest encodings their names, and a line of the file as it would be."""
        return [(ENCODINGS[codec], line) for codec, line in self.encoding_readings]

    @property
    def encoding_question(self) -> str:
        """What to ask about the encoding where the guess is too weak to load names by it, else ""."""
        if not self.encoding_needs_choice:
            return ""
        readings = "; ".join(f"{codec} reads “{line}”" for codec, line in self.encoding_readings)
        return f"The encoding of the file is not certain, and names must not be spoilt. {readings}."

    def to_json(self) -> dict[str, Any]:
        """The shape as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "FileShape":
        """The shape that `to_json` wrote, also after a database has kept it."""
        fields: dict[str, Any] = {
            key: tuple(item) if isinstance(item, list) else item for key, item in value.items()
        }
        fields["encoding_readings"] = tuple(tuple(pair) for pair in value.get("encoding_readings", ()))
        fields["tables"] = tuple((*table[:3], tuple(table[3])) for table in value.get("tables", ()))
        fields["sample"] = tuple(Row(**{**row, "extra": tuple(row["extra"])}) for row in value["sample"])
        return cls(**fields)


def inspect(
    file: BinaryIO,
    *,
    name: str,
    encoding: str = "",
    sheet: str = "",
    delimiter: str = "",
    header_row: int | None = None,
    max_bytes: int = MAX_UPLOAD,
) -> FileShape:
    """How the file is to be read, judged by its content and not by its name.

    `encoding`, `sheet`, `delimiter` and `header_row` (as the spreadsheet shows it, 0 for none) overrule what would be
    found. A text file is read to its end, so all its rows can be read afterwards; of a big workbook the rows are
    counted and searched for cells far out. Memory stays flat. Raises UnreadableFile.
    """
    size = file.seek(0, io.SEEK_END)
    if size > max_bytes:
        raise UnreadableFile(
            f"This file has {size / MIB:,.0f} MB; up to {max_bytes / MIB:,.0f} MB can be uploaded. "
            "Leave out columns that you don't need, or split the list."
        )
    if not size:
        raise UnreadableFile("This file is empty. Choose the file with the list and upload it again.")
    kind = kind_of_file(file)
    if kind != "csv":
        book = _opened(file, kind=kind, encoding=encoding)
        return _inspect_workbook(book, name=name, size=size, sheet=sheet, header_row=header_row)
    return _inspect_text(
        file, name=name, size=size, encoding=encoding, delimiter=delimiter, header_row=header_row
    )


def rows(
    file: BinaryIO, *, shape: FileShape, start: int = 0, still_here: Callable[[], None] | None = None
) -> Iterator[Row]:
    """The rows of the list from the one after `start` on: rows with content below the header, in their order.

    Blank rows and repetitions of the header are left out and do not count. Nothing but the row at hand is kept of a
    text file; of a workbook the table of its texts too. `still_here` is called every second or two, also on the way to
    the first row. Raises UnreadableFile.
    """
    if shape.kind == "csv":
        records = _records(file, shape)
    else:
        book = _opened(file, kind=shape.kind, encoding=shape.encoding)
        records = _records_of_sheet(book.records(book.sheet(shape.sheet)), shape)
    found = _data_records(records, shape)
    if still_here is not None:
        found = alive(found, still_here)
    build = _row_builder(shape)
    if not shape.row_count_is_exact:
        found = with_footer_refused(found)
    for record in islice(found, start, None):
        yield build(record)


def _records(file: BinaryIO, shape: FileShape) -> Iterator[Record]:
    """The records of a text file, or of the people in it where it is no table."""
    if shape.form in pasted.OF_LINES:
        return pasted.people_of_file(file, codec=shape.encoding, form=_form(shape))
    records = read_records(file, codec=shape.encoding, dialect=_dialect(shape))
    return _records_of_sheet(records, shape)


def _records_of_sheet(records: Iterator[Record], shape: FileShape) -> Iterator[Record]:
    return pasted.people_of_sheet(records, form=_form(shape)) if shape.form else records


def _form(shape: FileShape) -> pasted.Form:
    return pasted.Form(shape.form, shape.headers, shape.delimiter)


def _dialect(shape: FileShape) -> Dialect:
    return Dialect(
        delimiter=shape.delimiter,
        quote=shape.quote,
        escape=shape.escape,
        has_sep_line=shape.has_sep_line,
        is_wrapped=shape.is_wrapped,
        is_drawn=shape.is_drawn,
        width=max(len(shape.headers), len(shape.header_cells)),
    )


# --- Text files ---------------------------------------------------------------------------------------------------


def _inspect_text(
    file: BinaryIO, *, name: str, size: int, encoding: str, delimiter: str, header_row: int | None
) -> FileShape:
    found = find_encoding(file, chosen=encoding)
    is_said = bool(delimiter or header_row)
    if not is_said and (form := pasted.find_form(file, codec=found.codec)):
        return _inspect_pasted(file, name=name, size=size, encoding=found, form=form)
    dialect = find_dialect(file, codec=found.codec, delimiter=delimiter)
    records = read_records(file, codec=found.codec, dialect=dialect)
    looked_at = list(islice((record for record in records if any(record.cells)), LOOKED_AT + 1))
    is_all = len(looked_at) <= LOOKED_AT
    if not is_said and is_all and (form := pasted.form_across(looked_at)):
        return _inspect_pasted(file, name=name, size=size, encoding=found, form=form, dialect=dialect)
    footer = find_footer(looked_at[-FOOTER_WITHIN:], is_text=True) if is_all else None
    left_out = below(footer, looked_at)
    looked_at = [_with_header_divided(record, dialect) for record in above(footer, looked_at[:LOOKED_AT])]
    layout = find_layout(looked_at, is_text=True, header_row=header_row)
    shape = FileShape(
        name=name,
        kind="csv",
        size=size,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        has_sep_line=dialect.has_sep_line,
        is_wrapped=dialect.is_wrapped,
        is_drawn=dialect.is_drawn,
        header_row=layout.header_row,
        footer_row=footer.number if footer else 0,
        header_cells=layout.header_cells,
        headers=layout.headers,
        column_kinds=layout.column_kinds,
    )
    shape = _with_encoding(shape, found)
    finder = TableFinder(shape.header_cells)
    again = partial(read_records, file, codec=shape.encoding, dialect=_dialect(shape))
    counted, left_out_later = _counted(shape, again(), is_all=is_all, finder=finder)
    left_out = left_out or left_out_later
    if finder.found:
        shape = _with_tables(
            shape, finder, lambda: _data_records(again(), shape), list_end=counted.footer_row
        )
        counted, _ = _counted(shape, again(), is_all=True)
        left_out = _left_out(shape, again())
    shape = replace(counted, notes=tuple(_notes(counted, layout, left_out)))
    return _with_sample(shape, read_records(file, codec=shape.encoding, dialect=_dialect(shape)))


def _with_header_divided(record: Record, dialect: Dialect) -> Record:
    """The record; a header that another sign divides than the rows below it, in its cells."""
    if len(record.cells) != 1 or dialect.width < 2:
        return record
    found = divided_otherwise(record.cells[0], dialect, width=dialect.width)
    return next((record._replace(cells=cells) for cells in found if is_header(cells)), record)


def _inspect_pasted(
    file: BinaryIO,
    *,
    name: str,
    size: int,
    encoding: Encoding,
    form: pasted.Form,
    dialect: Dialect = Dialect(""),  # noqa: B008 - it is frozen
) -> FileShape:
    """How a text is read that is no table, after one walk to its end."""
    shape = FileShape(
        name=name,
        kind="csv",
        size=size,
        delimiter=dialect.delimiter or form.sign,
        quote=dialect.quote,
        escape=dialect.escape,
        has_sep_line=dialect.has_sep_line,
        is_wrapped=dialect.is_wrapped,
        is_drawn=dialect.is_drawn,
        form=form.kind,
        headers=form.fields,
    )
    shape = _with_encoding(shape, encoding)
    return _with_people(shape, lambda: _records(file, shape))


def _with_people(shape: FileShape, records: Callable[[], Iterator[Record]]) -> FileShape:
    """The shape of a list that is no table, with what its people tell."""
    count = sum(1 for _ in islice(records(), MAX_ROWS + 1))
    require_rows(count)
    if count > MAX_ROWS:
        raise _too_many_rows()
    looked_at = list(islice(records(), LOOKED_AT))
    layout = given_layout(shape.headers, looked_at)
    shape = replace(shape, headers=layout.headers, column_kinds=layout.column_kinds, row_count=count)
    return _with_sample(replace(shape, notes=tuple(_notes(shape, layout, []))), iter(looked_at))


def _too_many_rows() -> UnreadableFile:
    return UnreadableFile(
        f"The list has more than {MAX_ROWS:,} rows. Split it into several files and upload each."
    )


def _with_encoding(shape: FileShape, found: Encoding) -> FileShape:
    return replace(
        shape,
        encoding=found.codec,
        encoding_evidence=found.evidence,
        encoding_is_sure=found.is_sure,
        encoding_needs_choice=found.needs_choice,
        encoding_suggestions=found.suggestions,
        encoding_readings=found.readings,
    )


def _with_tables(
    shape: FileShape, finder: TableFinder, records: Callable[[], Iterator[Record]], *, list_end: int
) -> FileShape:
    """The shape with the further tables that bring new people, and with its end above those that bring nobody."""
    end = end_of_list(finder.found, records, header=shape.header_cells) or list_end
    kept = [table for table in finder.found if not end or table.first < end]
    added, tables = merged(shape.header_cells, kept)
    added = added if len(shape.headers) == len(shape.header_cells) else []
    return replace(
        shape,
        headers=unique_headers([*shape.headers, *added]),
        column_kinds=(*shape.column_kinds, *[""] * len(added)),
        tables=tables,
        footer_row=end,
    )


def _left_out(shape: FileShape, records: Iterable[Record]) -> list[Record]:
    """What stands below the list; of many rows all but the first ones are the same, since only their number is told."""
    if not shape.footer_row:
        return []
    rows = (record for record in records if record.number >= shape.footer_row and any(record.cells))
    found = list(islice(rows, FOOTER_TOLD + 1))
    return found + found[-1:] * sum(1 for _ in rows)


def _counted(
    shape: FileShape, records: Iterator[Record], *, is_all: bool, finder: TableFinder | None = None
) -> tuple[FileShape, list[Record]]:
    """The shape after one walk to the end of the file, which also finds what makes it unreadable.

    With it comes what stands below the list, which is looked for unless the rows looked at were all.
    """
    width = len(shape.headers)
    count = short = long = widest = first_long = 0
    last: deque[Record] = deque(maxlen=FOOTER_WITHIN)
    for record in _data_records(records, shape, finder=finder):
        count += 1
        if count > MAX_ROWS:
            raise _too_many_rows()
        length = len(record.cells)
        if length < width:
            short += not _is_lone_ending(record.cells)
        elif length > width and any(record.cells[width:]):
            long += 1
            first_long = first_long or record.number
        if widest < width:
            widest = max(widest, used(record.cells))
        last.append(record)
        if finder is not None:
            finder.see(record)
    footer = None if is_all else find_footer(list(last), is_text=True)
    left_out = below(footer, last)
    for record in left_out:
        count -= 1
        length = len(record.cells)
        short -= length < width and not _is_lone_ending(record.cells)
        long -= length > width and any(record.cells[width:])
    require_rows(count)
    if long >= 5 and long > TOO_MANY_LONG * count and not (finder and finder.found):
        raise UnreadableFile(
            f"In {long:,} of {count:,} rows there are more cells than in the header, first in row {first_long}. "
            f"Put values that hold a {shape.delimiter_name} in double quotes, or choose the delimiter of the file, and "
            "upload it again."
        )
    # Columns at the right that have neither header nor values are only delimiters too many.
    keep = max(used(shape.header_cells), min(widest, width)) if shape.header_row else width
    counted = replace(
        shape,
        footer_row=footer.number if footer else shape.footer_row,
        row_count=count,
        drops_blanks=short >= DROPS_BLANKS * count,
        headers=shape.headers[:keep],
        column_kinds=shape.column_kinds[:keep],
    )
    return counted, left_out


# --- Workbooks ----------------------------------------------------------------------------------------------------


def _opened(file: BinaryIO, *, kind: str, encoding: str) -> Book:
    """The workbook, whatever its kind; an archive says itself which of the two it is."""
    if kind == "xls":
        return OldWorkbook(file)
    if kind == "xml":
        return XmlWorkbook(file, encoding=encoding)
    if kind == "html":
        return WebPage(file, encoding=encoding)
    package = Package(file)
    return OpenDocument(package) if is_open_document(package) else Workbook(package)


def _first_records(book: Book, sheet: Sheet, *, count: int) -> tuple[list[Record], bool]:
    """The first rows of a sheet, and whether these are all."""
    found = list(islice(book.records(sheet), count + 1))
    return found[:count], len(found) <= count


def _inspect_workbook(
    workbook: Book, *, name: str, size: int, sheet: str, header_row: int | None
) -> FileShape:
    visible = [found for found in workbook.sheets if not found.is_hidden]
    chosen = workbook.sheet(sheet) if sheet else _list_sheet(workbook, visible or workbook.sheets)
    looked_at, is_all = _first_records(workbook, chosen, count=LOOKED_AT)
    if not header_row and (form := pasted.form_of_sheet(looked_at, is_all=is_all)):
        return _with_people(
            _shape_of_workbook(workbook, chosen, name=name, size=size, form=form),
            lambda: pasted.people_of_sheet(workbook.records(chosen), form=form),
        )
    footer = find_footer(looked_at[-FOOTER_WITHIN:], is_text=False) if is_all else None
    left_out = below(footer, looked_at)
    looked_at = above(footer, looked_at)
    layout = find_layout(looked_at, is_text=False, header_row=header_row)
    shape = replace(
        _shape_of_workbook(workbook, chosen, name=name, size=size),
        header_row=layout.header_row,
        footer_row=footer.number if footer else 0,
        header_cells=layout.header_cells,
        headers=layout.headers,
        column_kinds=layout.column_kinds,
        row_count_is_exact=is_all,
    )
    if is_all:
        finder = TableFinder(shape.header_cells)
        for record in _data_records(iter(looked_at), shape, finder=finder):
            finder.see(record)
        if finder.found:
            shape = _with_tables(
                shape, finder, lambda: _data_records(iter(looked_at), shape), list_end=shape.footer_row
            )
            left_out = _left_out(shape, looked_at) + left_out
        count = sum(1 for _ in _data_records(iter(looked_at), shape))
    else:
        count = workbook.count_rows(chosen) - len(layout.above) - bool(layout.header_row)
    require_rows(count)
    shape = replace(shape, row_count=count, notes=tuple(_notes(shape, layout, left_out)))
    return _with_sample(shape, iter(looked_at))


def _shape_of_workbook(
    workbook: Book, sheet: Sheet, *, name: str, size: int, form: pasted.Form | None = None
) -> FileShape:
    """What the workbook tells before its rows are looked at."""
    shape = FileShape(
        name=name,
        kind=workbook.kind,
        size=size,
        sheets=tuple(found.name for found in workbook.sheets if not found.is_hidden),
        hidden_sheets=tuple(found.name for found in workbook.sheets if found.is_hidden),
        sheet=sheet.name,
        form=form.kind if form else "",
        headers=form.fields if form else (),
    )
    return _with_encoding(shape, workbook.encoding) if isinstance(workbook, XmlWorkbook | WebPage) else shape


def _list_sheet(workbook: Book, sheets: Sequence[Sheet]) -> Sheet:
    """The sheet with the most rows that look like people or companies, else the one with the most rows."""
    if len(sheets) == 1:
        return sheets[0]
    if not isinstance(workbook, Workbook) and len(sheets) > LOOKED_INTO:
        sheets = sorted(sheets, key=workbook.count_rows, reverse=True)[:LOOKED_INTO]
    best, best_rank = sheets[0], (0.0, 0)
    for sheet in sheets:
        found, is_all = _first_records(workbook, sheet, count=LOOKED_AT)
        total = len(found) if is_all else workbook.count_rows(sheet)
        alike = sum(_is_lead_like(record.cells) for record in found)
        rank = (alike * total / max(len(found), 1), total)
        if rank > best_rank:
            best, best_rank = sheet, rank
    return best


def _is_lead_like(cells: Sequence[str]) -> bool:
    return any(kind_of(cell) in {EMAIL, PHONE} for cell in cells)


def _notes(shape: FileShape, layout: Layout, left_out: Sequence[Record]) -> Iterator[str]:
    """What a person should know about the way the file is read."""
    if shape.is_wrapped:
        yield "Lines of the file stand wholly in one quoted cell; the list inside is read."
    if shape.form:
        yield pasted.TOLD[shape.form]
    elif not layout.header_row:
        yield "The file has no header row, so the columns are named by their place."
    elif len(layout.above) == 1:
        yield f"Row {layout.above[0]} above the header in row {layout.header_row} is left out."
    elif layout.above:
        first, last = layout.above[0], layout.above[-1]
        yield f"Rows {first} to {last} above the header in row {layout.header_row} are left out."
    if left_out:
        yield told_footer(left_out)
    for _, row, _, _ in shape.tables[:MOST_TOLD]:
        yield f"In row {row} another table begins; what it has under the same headers is read on."
    if layout.header_row and any(
        header == f"Column {place}"
        for place, header in enumerate(shape.headers, 1)
        if place > used(layout.header_cells)
    ):
        yield "Some columns have no header and are named by their place."
    if shape.quote != '"':
        yield f"Cells are quoted with {shape.quote}."
    if others := [name for name in shape.sheets if name != shape.sheet]:
        yield f"Sheet “{shape.sheet}” is read. There are other sheets: {_listed(others)}."
    if hidden := [name for name in shape.hidden_sheets if name != shape.sheet]:
        yield f"Hidden sheets are not read: {_listed(hidden)}."


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return ", ".join(quoted[:5]) + (" and others" if len(quoted) > 5 else "")


# --- Rows ---------------------------------------------------------------------------------------------------------


def _data_records(
    records: Iterator[Record], shape: FileShape, *, finder: TableFinder | None = None
) -> Iterator[Record]:
    """The records of the list: below the header, above the footer, not blank, not the header again.

    The `finder` of further tables sees what is left out for being the header again.
    """
    header = [cell for cell in shape.header_cells if cell]
    first = header[0] if header else None
    end = shape.footer_row or None
    records = dropwhile(lambda record: record.number <= shape.header_row, records)
    if shape.tables:
        records = read_on(records, shape.tables, own=len(shape.header_cells), width=len(shape.headers))
    for record in records:
        if record.number == end:
            return
        cells = record.cells
        if not any(cells):
            continue
        if (
            first is not None
            and first in cells
            and [" ".join(cell.split()) for cell in cells if cell] == header
        ):
            if finder is not None:
                finder.see(record)
            continue
        yield record


def _row_builder(shape: FileShape) -> Callable[[Record], Row]:
    headers = shape.headers
    width = len(headers)
    is_text = shape.kind == "csv"

    def build(record: Record) -> Row:
        number, cells, problem, flaws = record
        length = len(cells)
        if length == width and not problem and not flaws:
            return Row(number, dict(zip(headers, cells, strict=True)))
        extra: tuple[str, ...] = ()
        if length > width:
            extra = tuple(cells[width : used(cells)])
            if extra and is_text and not problem:
                problem = _long_row(used(cells), shape)
        elif length < width:
            if is_text and length == 1 and (others := _divided_otherwise(cells[0], shape)):
                return Row(number, dict(zip(headers, others, strict=True)))
            if is_text and not problem and not _ends_early(cells, shape):
                problem = _short_row(length, shape)
            cells = cells + [""] * (width - length)
        named = (
            {headers[index]: sentence for index, sentence in flaws.items() if index < width} if flaws else {}
        )
        if named and problem:
            named = {}
        elif named:
            header, sentence = next(iter(named.items()))
            problem = f"{header}: {sentence}"
        return Row(number, dict(zip(headers, cells, strict=False)), problem, named, extra)

    return build


def _divided_otherwise(text: str, shape: FileShape) -> list[str] | None:
    """The cells of a row that came from elsewhere, with another delimiter, if each of them fits its column."""
    for cells in divided_otherwise(text, _dialect(shape), width=len(shape.headers)):
        kinds = shape.column_kinds
        if _is_lead_like(cells) and all(map(agrees, kinds, cells)):
            return cells
    return None


def _ends_early(cells: Sequence[str], shape: FileShape) -> bool:
    """Whether the cells that a row lacks are plainly blanks at its end, and not a delimiter that got lost on the way.

    What is there must fit its columns. Then either this file's rows often end early, or the last cell stands in a
    column whose kind it has, so that nothing before it has moved.
    """
    kinds = shape.column_kinds
    if not all(agrees(kinds[index], cell) for index, cell in enumerate(cells)):
        return False
    if shape.drops_blanks:
        return True
    last = used(cells) - 1
    return last >= 0 and bool(kinds[last])


def _is_lone_ending(cells: Sequence[str]) -> bool:
    """Whether a short row is a sum or a note, which does not show that the rows of the list end early."""
    return len(cells) == 1 and (is_sum_label(cells[0]) or is_list_note(cells[0]))


def _long_row(count: int, shape: FileShape) -> str:
    return (
        f"The row has {count} cells, the list {len(shape.headers)} columns. "
        f"If a {shape.delimiter_name} belongs to a value, put the value in double quotes."
    )


def _short_row(count: int, shape: FileShape) -> str:
    cells = "1 cell" if count == 1 else f"{count} cells"
    return (
        f"The row has {cells}, the list {len(shape.headers)} columns, and which are missing cannot be told. "
        f"Add the missing {shape.delimiter_name}."
    )


def _with_sample(shape: FileShape, records: Iterator[Record]) -> FileShape:
    build = _row_builder(shape)
    return replace(
        shape, sample=tuple(build(record) for record in islice(_data_records(records, shape), SAMPLE_ROWS))
    )
