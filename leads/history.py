"""Rows written in bulk together with their field history, in a few statements.

The history of a row is a copy of the row, so the database copies it: one INSERT … SELECT instead of an object and a
line of parameters for each. What is written equals what django-simple-history's own helpers write.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import connections, models, router, transaction

from leads.bulk import among

CREATED: Final = "+"
CHANGED: Final = "~"
DELETED: Final = "-"


def update_with_history(*, rows: Sequence[Any], fields: Sequence[str], by: User | None, at: datetime) -> None:
    """Write `fields` of rows of one model that exist, with history. Hold the rows (`select_for_update`) before."""
    if not rows:
        return
    model = type(rows[0])
    with transaction.atomic():
        # An upsert by the key: Django's bulk_update writes a CASE with a branch per row and field, ten times as slow.
        model._default_manager.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=[model._meta.pk.name],
            update_fields=list(fields),
        )
        copy_history(model, [row.pk for row in rows], kind=CHANGED, by=by, at=at)


def delete_with_history(*, model: type[Any], ids: Sequence[int], by: User | None, at: datetime) -> None:
    """Delete rows of one model with history. What refers to them must be gone before."""
    if not ids:
        return
    with transaction.atomic():
        copy_history(model, ids, kind=DELETED, by=by, at=at)
        rows = model._base_manager.filter(pk__among=ids)
        rows._raw_delete(rows.db)


def copy_history(model: type[Any], ids: Sequence[int], *, kind: str, by: User | None, at: datetime) -> None:
    """Write the history of rows as they stand now. `kind` is CREATED, CHANGED or DELETED."""
    if not ids:
        return
    history: type[Any] = model.history.model
    connection = connections[router.db_for_write(history)]
    quote = connection.ops.quote_name
    copied = ", ".join(quote(field.column) for field in history.tracked_fields)
    own = {
        "history_date": at,
        "history_change_reason": None,
        "history_type": kind,
        "history_user": by and by.pk,
    }
    fields = [history._meta.get_field(name) for name in own]
    parameters = [
        field.get_db_prep_save(value, connection) for field, value in zip(fields, own.values(), strict=True)
    ]
    columns = ", ".join(quote(field.column) for field in fields)
    casts = ", ".join(_cast(field, connection) for field in fields)
    chosen, which = among(ids, connection)
    with connection.cursor() as cursor:
        # Not `insert_selected`: to compile a query of so many columns takes longer than to copy a single row.
        cursor.execute(
            f"INSERT INTO {quote(history._meta.db_table)} ({copied}, {columns}) "  # noqa: S608  (names only)
            f"SELECT {copied}, {casts} FROM {quote(model._meta.db_table)} "
            f"WHERE {quote(model._meta.pk.column)} {chosen} ORDER BY {quote(model._meta.pk.column)}",
            [*parameters, *which],
        )


def _cast(field: models.Field, connection: Any) -> str:
    """A parameter with its type, which PostgreSQL cannot tell in the list of a SELECT."""
    return f"CAST(%s AS {field.db_type(connection)})" if connection.vendor == "postgresql" else "%s"
