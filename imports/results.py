"""The files that a list leaves behind: its rows as they came, with what became of them, to keep or to upload again.

Streamed from the rows in the database, so that memory does not grow with the list. No spreadsheet runs a cell of them,
and whoever uploads them again has the texts that stood in the first file (`leadops.cells`).
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any, Final

from django.utils.text import capfirst

from imports import words
from imports.cleaning import told
from imports.models import ImportBatch, ImportRow, RowOutcome
from imports.telling import why_all_kept
from leadops import workbook
from leadops.cells import csv_lines
from leadops.errors import LeadOpsError
from terminology.labels import current

AT_ONCE: Final = 1_000  # rows that are read from the database together
ACCEPTED: Final = (RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNCHANGED, RowOutcome.MERGED)
CONTENT_TYPES: Final = {"csv": "text/csv; charset=utf-8", "xlsx": workbook.CONTENT_TYPE}


class Result(StrEnum):
    """Which rows a file has."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ALL = "all"
    KEPT = "kept"  # what stayed when the list was taken back


class UnknownFormat(LeadOpsError):
    """Results are written as CSV or XLSX only."""


def result_file(batch: ImportBatch, *, which: Result, extension: str) -> Iterator[bytes]:
    """The rows of a batch as the bytes of a file, piece by piece. `extension` is one of CONTENT_TYPES."""
    return _as_file(_lines(batch, which), title=str(which), extension=extension)


def rejects_file(
    headers: Sequence[str],
    rejected: Iterable[tuple[Sequence[str], int, Sequence[dict[str, Any]]]],
    *,
    extension: str,
) -> Iterator[bytes]:
    """The file of the rejected rows for rows that are given as cells, row number and reasons."""
    lines = (
        [*fitted(cells, len(headers)), number, _all_told(reasons)] for cells, number, reasons in rejected
    )
    return _as_file(
        chain([[*headers, *_titles(Result.REJECTED)]], lines), title="rejected", extension=extension
    )


def extension_of(path: Path) -> str:
    """By which of our formats a file is to be written. Raises UnknownFormat."""
    extension = path.suffix.lower().removeprefix(".") or "csv"
    if extension not in CONTENT_TYPES:
        raise UnknownFormat(
            f"“{path.name}” can't be written. Give the file a name that ends in .csv or .xlsx."
        )
    return extension


def _as_file(lines: Iterable[Sequence[Any]], *, title: str, extension: str) -> Iterator[bytes]:
    if extension == "xlsx":
        return workbook.workbook(lines, title=title)
    return (line.encode("utf-8", "surrogatepass") for line in csv_lines(lines))


def _lines(batch: ImportBatch, which: Result) -> Iterator[list[Any]]:
    headers = batch.shape["headers"]
    yield [*headers, *_titles(which)]
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    if which is Result.ACCEPTED:
        rows = rows.filter(outcome__in=ACCEPTED)
    elif which is Result.REJECTED:
        rows = rows.rejected()
    elif which is Result.KEPT:
        rows = rows.filter(undo__result="kept")
    labels = dict(RowOutcome.choices)
    for number, raw, outcome, reasons, undo in rows.values_list(
        "number", "raw", "outcome", "reasons", "undo"
    ).iterator(chunk_size=AT_ONCE):
        line = [*fitted(raw, len(headers)), number]
        if which is not Result.REJECTED:
            line.append(str(labels[outcome]))
        yield [*line, why_all_kept(undo["why"]) if which is Result.KEPT and undo else _all_told(reasons)]


def _titles(which: Result) -> list[str]:
    """The headers of what is added to the cells of the file."""
    number = capfirst(current("imports.importrow.number"))
    if which is Result.REJECTED:
        return [number, str(words.WRONG)]
    outcome = capfirst(current("imports.importrow.outcome"))
    return [number, outcome, str(words.WHY_KEPT if which is Result.KEPT else words.REMARKS)]


def _all_told(reasons: Iterable[dict[str, Any]]) -> str:
    return " ".join(told(reason) for reason in reasons)


def fitted(cells: Sequence[str], width: int) -> list[str]:
    """As many cells as there are columns; what stood right of the last header goes into the last one, to be seen."""
    found = list(cells[:width])
    found += [""] * (width - len(found))
    if len(cells) > width and width:
        found[-1] = " ".join(cell for cell in (found[-1], *cells[width:]) if cell)
    return found
