"""What would become of a list, without writing anything: for the preview and for a dry run."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Final

from imports.cleaning import Cleaner, CleanRow, Reason
from imports.further import WhyLeftAlone
from imports.models import ImportBatch, RowOutcome
from imports.piling import warnings_of
from imports.readahead import Reading, clean_rows
from imports.reasons import reason_keys
from leadops.garbage import searched_between_chunks
from leads.models import Source
from leads.people import Changes, Foresight, Rules

CHUNK: Final = 2_000  # rows looked at together; a third of a second

# A row, its outcome, the reasons for it, and what it would change of a person and company that are known.
Decided = tuple[CleanRow, str, list[Reason], Changes | None]


@dataclass(slots=True)
class Ahead:
    """What would become of a list."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # of `reason_key`
    marks: Counter[str] = field(default_factory=Counter)  # what is unusual, of `leads.normalise.MARKS`
    addresses: int = 0  # rows with an e-mail address that are not rejected
    rows: int = 0

    @property
    def share_rejected(self) -> float:
        return self.counts[RowOutcome.REJECTED] / self.rows if self.rows else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "counts": dict(self.counts),
            "reasons": dict(self.reasons),
            "marks": dict(self.marks),
            "warnings": warnings_of(self.marks, rows=self.rows, addresses=self.addresses),
            "rows": self.rows,
            "share_rejected": self.share_rejected,
        }


def look_ahead(
    batch: ImportBatch, *, file: BinaryIO, cleaner: Cleaner, now: datetime
) -> Iterator[tuple[Ahead, list[Decided]]]:
    """What would become of the rows, chunk by chunk: the sum so far, and the chunk's rows. Writes nothing."""
    ahead = Ahead()
    foresight = Foresight(
        source=batch.source or Source(name=batch.source_name),
        rules=Rules(overwrite=batch.overwrite, by_field=batch.rules),
    )
    reading = Reading(file, shape=batch.file_shape, cleaner=cleaner, size=CHUNK)
    chunks = clean_rows(reading, expected=reading.shape.row_count)
    with searched_between_chunks() as search, closing(chunks):
        for chunk in chunks:
            decided = _foreseen(batch, chunk, foresight, now=now)
            ahead.rows += len(chunk)
            for row, outcome, reasons, _ in decided:
                ahead.counts[outcome] += 1
                if row.marks:
                    ahead.marks.update(row.marks)
                if row.person is not None and row.person.email:
                    ahead.addresses += 1
                if reasons:
                    ahead.reasons.update(reason_keys(outcome, reasons))
            yield ahead, decided
            search()


def _foreseen(
    batch: ImportBatch, cleaned: Sequence[CleanRow], foresight: Foresight, *, now: datetime
) -> list[Decided]:
    arrivals = iter(foresight.of([row.person for row in cleaned if row.person is not None], now=now))
    left_alone = WhyLeftAlone(batch)
    found: list[Decided] = []
    for row in cleaned:
        if row.person is None:
            found.append((row, RowOutcome.REJECTED.value, row.reasons, None))
        else:
            one = next(arrivals)
            reasons = [left_alone.of(row, one), *row.reasons] if one.why else row.reasons
            found.append((row, one.outcome.value, reasons, one.changes))
    return found
