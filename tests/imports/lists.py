"""Lists for tests, and batches made of them."""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from imports import drafting, steering
from imports.models import ImportBatch, ImportKind, ImportRow

HEADERS = ["First name", "Last name", "E-mail", "Phone", "Job title", "Company"]


def csv_file(rows: Sequence[Sequence[Any]], *, headers: Sequence[str] = HEADERS) -> BytesIO:
    """A CSV file with a header."""
    out = StringIO()
    csv.writer(out).writerows([headers, *rows])
    return BytesIO(out.getvalue().encode())


def person(number: int, **cells: str) -> list[str]:
    """A row of a list under HEADERS; `cells` by header in small letters with underscores."""
    row = {
        "first_name": "Ines",
        "last_name": f"Roth{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}",
        "e_mail": f"ines.roth{number}@kiesel-werke.example",
        "phone": "",
        "job_title": "Buyer",
        "company": "Kiesel-Werke GmbH",
    }
    return list((row | cells).values())


def taken_in(
    file: BytesIO,
    *,
    now: datetime,
    name: str = "list.csv",
    mapping: dict[str, str] | None = None,
    **fields: Any,
) -> ImportBatch:
    """A batch of a file, paused."""
    batch = ImportBatch(
        **{"kind": ImportKind.PARTNER, "source_name": "Partner list", "country": "DE", **fields}
    )
    if batch.kind == ImportKind.PURCHASED:
        batch.vendor, batch.basis = batch.vendor or "Listworks", batch.basis or "Legitimate interest"
        batch.purchased_on = batch.purchased_on or date(2026, 3, 1)
    drafting.take_in(file=file, name=name, batch=batch, by=None, now=now)
    if mapping is not None:
        drafting.set_columns(batch=batch, mapping=mapping)
    return batch


def confirmed(file: BytesIO, *, now: datetime, **fields: Any) -> ImportBatch:
    """A batch that waits to be run."""
    batch = taken_in(file, now=now, **fields)
    steering.begin(batch=batch, now=now)
    return batch


def loaded(file: BytesIO, *, now: datetime, **fields: Any) -> ImportBatch:
    """A batch that was run to its end."""
    batch = confirmed(file, now=now, **fields)
    assert batch.perform(now=now)
    return batch


def outcomes(batch: ImportBatch) -> dict[int, str]:
    """Row number to outcome."""
    return dict(ImportRow.objects.filter(batch=batch).order_by("number").values_list("number", "outcome"))
