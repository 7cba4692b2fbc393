"""Other e-mail addresses of people, in columns of a list left out: the do-not-contact list is asked about them."""

from functools import cached_property

from imports.cleaning import CleanRow, Reason
from imports.mapping import addresses_in, further_addresses
from imports.models import ImportBatch
from leads.people import Arrival
from leads.people.spelling import mailbox_of


def further_columns(batch: ImportBatch) -> tuple[str, ...]:
    """The columns left out of the list's mapping in which its people have other addresses."""
    return tuple(header for header in asked_if_left_out(batch) if not batch.columns.get(header))


def asked_if_left_out(batch: ImportBatch) -> tuple[str, ...]:
    """The columns of which the do-not-contact list is asked even if they are left out, taken or not."""
    shape = batch.file_shape
    return further_addresses(
        shape.headers,
        mapping={},
        sample=shape.sample_values,
        kinds=dict(zip(shape.headers, shape.column_kinds, strict=False)),
    )


class WhyLeftAlone:
    """Why rows of one list are left alone."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch

    def of(self, row: CleanRow, one: Arrival) -> Reason:
        """The reason of an arrival; where an address in a column left out is what keeps the person out, with that."""
        return Reason(one.why, column=self._column(row, one.beside) if one.beside else "")

    def _column(self, row: CleanRow, beside: str) -> str:
        headers, further = self._columns
        cells = dict(zip(headers, row.cells, strict=False))
        wanted = mailbox_of(beside)
        return next(
            (
                header
                for header in further
                if any(mailbox_of(address) == wanted for address in addresses_in(cells.get(header, "")))
            ),
            "",
        )

    @cached_property
    def _columns(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self._batch.file_shape.headers, further_columns(self._batch)
