"""The file of rejected rows: as they came, with what is wrong, to be corrected and uploaded again."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.utils.text import capfirst

from imports import words
from imports.cleaning import told
from imports.models import ImportBatch
from leadops.cells import csv_lines
from terminology.labels import current


def rejects_file(batch: ImportBatch) -> Iterator[str]:
    """The rejected rows of a batch as lines of safe CSV: the columns of the file, then row number and reasons."""
    rejected = batch.rows.rejected().values_list("raw", "number", "reasons")
    return rejects_lines(batch.shape["headers"], rejected.iterator(chunk_size=1_000))


def rejects_lines(
    headers: Sequence[str], rejected: Iterable[tuple[Sequence[str], int, Sequence[dict[str, Any]]]]
) -> Iterator[str]:
    """The same for rows that are given as cells, row number and reasons."""
    width = len(headers)
    lines = (
        [*_fitted(cells, width), number, " ".join(told(reason) for reason in reasons)]
        for cells, number, reasons in rejected
    )
    return csv_lines(
        chain([[*headers, capfirst(current("imports.importrow.number")), str(words.WRONG)]], lines)
    )


def _fitted(cells: Sequence[str], width: int) -> list[str]:
    """As many cells as there are columns; what stood right of the last header goes into the last one, to be seen."""
    fitted = list(cells[:width])
    fitted += [""] * (width - len(fitted))
    if len(cells) > width and width:
        fitted[-1] = " ".join(cell for cell in (fitted[-1], *cells[width:]) if cell)
    return fitted
