"""Many rows in a few statements, without a model object or a compiled expression for each value.

A row is a tuple of values as the database takes them: texts, numbers, JSON that is encoded, moments by `moment`.
PostgreSQL gets new rows by COPY, SQLite by a prepared statement, for many narrow ones at once. For models whose rows
are complete: no inherited tables, no `auto_now`. Like `bulk_create`: no `save`, no signals; constraints hold.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final, cast

from django.db import connections, models, router
from django.db.models import Field, ForeignObject, Func, Lookup

# Of narrow rows, on SQLite. What that spares is gone again for wide ones (a contact), which go in one by one.
ROWS_OF_A_STATEMENT: Final = 200
NARROW: Final = 12  # columns


@ForeignObject.register_lookup  # which does not inherit those of a field
@Field.register_lookup
class Among(Lookup):
    """`field__among=values`: like `in` for thousands of values, which go to the database as one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        field, parameters = self.process_lhs(compiler, connection)
        condition, values = among(self.rhs, connection)
        return f"{field} {condition}", [*parameters, *values]


def among(values: Iterable[Any], connection: Any) -> tuple[str, list[Any]]:
    """The condition that a column is one of `values` (texts or numbers), and its parameters."""
    if connection.vendor == "postgresql":
        found = list(values)
        if not found:
            return "= ANY(%s)", [found]
        kind = "bigint" if isinstance(found[0], int) else "text"
        # Seeing thousands of values PostgreSQL would rather read a table of a million rows than its index, and take
        # five times as long; it does not look into the subquery.
        return f"= ANY(ARRAY(SELECT unnest(%s::{kind}[])))", [found]
    return "IN (SELECT value FROM json_each(%s))", [json.dumps(list(values))]


def moment(value: datetime, connection: Any) -> Any:
    """A moment as the database keeps it; of one database they sort like the moments."""
    return connection.ops.adapt_datetimefield_value(value)


def moments_after(start: datetime, connection: Any) -> Callable[[int], Any]:
    """What gives moments so many microseconds after `start` as the database keeps them; for thousands of rows."""
    if connection.vendor == "postgresql":
        return lambda count: start + timedelta(microseconds=count)
    naive = datetime.fromisoformat(str(moment(start, connection)))
    second, microsecond = naive.isoformat(" ", "seconds"), naive.microsecond

    def after(count: int) -> str:
        place = microsecond + count
        if 0 < place < 1_000_000:
            return f"{second}.{place:06}"
        return str(naive + timedelta(microseconds=count))  # which leaves out what is zero

    return after


# --- Reading --------------------------------------------------------------------------------------------------------


class _AsKept(Func):
    """A moment without what SQLite's driver makes of a column of that type."""

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **extra)


def fetch(rows: "models.QuerySet[Any]", *columns: str) -> list[tuple[Any, ...]]:
    """The columns of the rows as the database keeps them (`moment`)."""
    meta = rows.model._meta
    chosen = [
        _AsKept(name) if name != "pk" and isinstance(meta.get_field(name), models.DateTimeField) else name
        for name in columns
    ]
    sql, parameters = rows.values_list(*chosen).query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


# --- Writing --------------------------------------------------------------------------------------------------------


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for rows to be inserted, ascending. In the transaction that inserts them.

    PostgreSQL never gives a number of its sequence twice. On SQLite the transaction is the only one that writes.
    """
    if not count:
        return []
    connection = connections[router.db_for_write(model)]
    table = model._meta.db_table
    assert model._meta.pk is not None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(sequence) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS sequence) AS of_it, "
                "generate_series(1, %s)",
                [connection.ops.quote_name(table), model._meta.pk.column, count],
            )
            return sorted(number for (number,) in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        return list(range(last + 1, last + 1 + count))


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of one model: for each a tuple of the values of `columns` (names of fields).

    Fields that are not named get their default, the same one for all; where that is None the column is left out.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    left = {
        name: value
        for name, field in fields.items()
        if name not in columns
        and field is not model._meta.auto_field
        and (value := field.get_db_prep_save(field.get_default(), connection)) is not None
    }
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    named = ", ".join(quote(str(fields[name].column)) for name in (*columns, *left))
    rest = tuple(left.values())
    whole: Iterable[tuple[Any, ...]] = (row + rest for row in rows) if rest else rows
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
                for row in whole:
                    copy.write_row(row)
        else:
            _insert_on_sqlite(cursor, f"INSERT INTO {table} ({named}) VALUES ", list(whole))  # noqa: S608  (names only)


def insert_selected(
    model: type[models.Model], columns: Sequence[str], rows: "models.QuerySet[Any, Any]"
) -> None:
    """Insert what a query selects, without its going through this process: `values_list` in the order of `columns`.

    Columns that are not named must be nullable.
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    named = ", ".join(quote(str(fields[name].column)) for name in columns)
    selected, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({named}) {selected}", parameters)


def _insert_on_sqlite(cursor: Any, beginning: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many rows in a statement: what SQLite works out anew for each statement is most of what a narrow row costs."""
    width = len(rows[0])
    marks = f"({', '.join(['%s'] * width)})"
    rest = len(rows) % ROWS_OF_A_STATEMENT if width <= NARROW else len(rows)
    whole = len(rows) - rest
    if whole:
        cursor.executemany(
            beginning + ", ".join([marks] * ROWS_OF_A_STATEMENT),
            (
                tuple(chain.from_iterable(rows[first : first + ROWS_OF_A_STATEMENT]))
                for first in range(0, whole, ROWS_OF_A_STATEMENT)
            ),
        )
    if rest:
        cursor.executemany(beginning + marks, cast(Any, rows[whole:]))


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write `columns` (names of fields) of rows that exist: for each a tuple of the values and, last, its key.

    Hold the rows (`select_for_update`) before.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    key = model._meta.pk
    assert key is not None
    quote = connection.ops.quote_name
    table, id_column = quote(model._meta.db_table), quote(str(key.column))
    named = [(quote(str(fields[name].column)), fields[name].db_type(connection)) for name in columns]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            kinds = [*(kind for _, kind in named), key.rel_db_type(connection)]
            changes = ", ".join(f"{column} = new.c{place}" for place, (column, _) in enumerate(named))
            cursor.execute(
                f"UPDATE {table} SET {changes} "  # noqa: S608  (names only)
                f"FROM unnest({', '.join(f'%s::{kind}[]' for kind in kinds)}) "
                f"AS new ({', '.join(f'c{place}' for place in range(len(named)))}, key) "
                f"WHERE {table}.{id_column} = new.key",
                [list(values) for values in zip(*rows, strict=True)],
            )
        else:
            changes = ", ".join(f"{column} = %s" for column, _ in named)
            cursor.executemany(f"UPDATE {table} SET {changes} WHERE {id_column} = %s", rows)  # noqa: S608  (names only)
