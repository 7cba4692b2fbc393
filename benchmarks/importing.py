"""Rows of a messy list a second, beside django-import-export's own ModelResource on the same kind of file.

Ours is the whole way: the file is taken in, its columns are recognised, every row is cleaned and matched, becomes
contact, account, lead, milestone and history, and is kept with its outcome. The naive resource makes contact, account
and history. It gets a tenth of the rows, since its rate does not depend on their number.
"""

import csv
import io
import random
import time
from typing import Any, Final

from django.utils import timezone
from import_export import fields, resources, widgets
from tablib import Dataset

from imports import drafting
from imports.lookahead import look_ahead
from imports.models import ImportBatch
from leads.models import Account, Contact

HEADERS: Final = (
    "First name",
    "Last name",
    "Email",
    "Phone",
    "Job title",
    "Company",
    "Website",
    "Industry",
    "Employees",
    "Country",
    "City",
)
FIRST: Final = (
    "Ada",
    "Bo",
    "Cem",
    "Dmitri",
    "Elena",
    "Farid",
    "Hana",
    "Ivo",
    "José",
    "Kofi",
    "Ömer",
    "Søren",
    "Zoë",
)
LAST: Final = (
    "Keller",
    "Müller",
    "Okafor",
    "Novák",
    "Rossi",
    "García",
    "O'Brien",
    "McDonald",
    "Kowalski",
    "Lindqvist",
)
TITLES: Final = (
    "CEO",
    "VP Marketing",
    "Head of IT",
    "Director of Sales",
    "Buyer",
    "Plant Manager",
    "Engineer",
)
COUNTRIES: Final = (
    ("Germany", "030 2312{:04d}", "+49 30 2312{:04d}"),
    ("United States", "(202) 555-{:04d}", "+1 202 555 {:04d}"),
    ("United Kingdom", "020 7946 {:04d}", "+44 (0)20 7946 {:04d}"),
)


def run(*, rows: int) -> list[dict[str, Any]]:
    """Rows a second for a new list of `rows` rows, for the same list again, and for looking ahead."""
    few = max(100, rows // 10)
    ours_file, naive_file = messy_list(rows, seed="ours"), messy_list(few, seed="naive")
    foreseen = rows / _timed(lambda: _foresee(ours_file))
    ours_new = rows / _timed(lambda: _load(ours_file))
    naive_foreseen = few / _timed(lambda: _import_naively(naive_file, dry_run=True))
    naive_new = few / _timed(lambda: _import_naively(naive_file))
    ours_again = rows / _timed(lambda: _load(ours_file))
    naive_again = few / _timed(lambda: _import_naively(naive_file))
    return [
        _row("import of a new, messy list", ours_new, naive_new, f"naive: stock ModelResource, {few:,} rows"),
        _row("the same file again", ours_again, naive_again, "nothing is written but the rows' outcomes"),
        _row("looking ahead (dry run)", foreseen, naive_foreseen, "naive: import and roll back"),
    ]


def _row(figure: str, ours: float, naive: float, note: str) -> dict[str, Any]:
    return {
        "figure": figure,
        "ours": ours,
        "naive": naive,
        "ratio": ours / naive,
        "unit": "rows/s",
        "note": note,
    }


def _timed(act: Any) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def messy_list(rows: int, *, seed: str) -> bytes:
    """A CSV list: one row in ten repeats a person, one in thirty has a bad address, addresses and numbers in all
    spellings.
    """
    rng = random.Random(seed)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    written: list[list[str]] = []
    for number in range(rows):
        if written and rng.random() < 0.1:
            row = list(rng.choice(written))
            row[4] = rng.choice(TITLES)
        else:
            row = _messy_row(rng, f"{seed}{number}", company=rng.randrange(max(20, rows // 8)))
            written.append(row)
        writer.writerow(row)
    return out.getvalue().encode()


def _messy_row(rng: random.Random, key: str, *, company: int) -> list[str]:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    country, *spellings = COUNTRIES[company % len(COUNTRIES)]
    host = f"firm-{company}.example"
    email = f"{first[0]}.{key}@{host}".lower()
    luck = rng.random()
    if luck < 0.03:
        email = rng.choice(["n/a at work", key, f"{key}@", f"{key}@@{host}"])
    elif luck < 0.12:
        email = rng.choice([email.upper(), f" {email} ", f"mailto:{email}"])
    return [
        first,
        last.upper() if luck > 0.9 else last,
        email,
        rng.choice(spellings).format(rng.randrange(10_000)) if luck > 0.2 else "",
        rng.choice(TITLES),
        f"Firm {company} {('GmbH', 'Inc.', 'Ltd')[company % 3]}",
        f"www.{host}" if luck > 0.5 else "",
        "Manufacturing",
        rng.choice(["12", "51-200", "1,200", ""]),
        country,
        "Springfield",
    ]


# --- Ours ---------------------------------------------------------------------------------------------------------


def _load(content: bytes) -> None:
    now = timezone.now()
    batch = ImportBatch(kind="partner", source_name="Bench", country="US")
    drafting.take_in(file=io.BytesIO(content), name="list.csv", batch=batch, by=None, now=now)
    drafting.begin(batch=batch, now=now)
    batch.perform(now=timezone.now())
    if batch.rows_done != batch.rows_total or batch.error:
        raise RuntimeError(f"The list was not loaded: {batch.error}")


def _foresee(content: bytes) -> None:
    now = timezone.now()
    batch = ImportBatch(kind="partner", source_name="Bench", country="US")
    file = io.BytesIO(content)
    drafting.look_at(batch, file=file, name="list.csv")
    for _ in look_ahead(batch, file=file, cleaner=drafting.cleaner(batch, now=now), now=now, limit=None):
        pass


# --- The naive way ------------------------------------------------------------------------------------------------


class NaiveResource(resources.ModelResource):
    """As the library's manual shows it: columns named, companies found or made by name, people matched by e-mail."""

    first_name = fields.Field(attribute="first_name", column_name="First name")
    last_name = fields.Field(attribute="last_name", column_name="Last name")
    email = fields.Field(attribute="email", column_name="Email")
    phone = fields.Field(attribute="phone", column_name="Phone")
    title = fields.Field(attribute="title", column_name="Job title")
    city = fields.Field(attribute="city", column_name="City")
    account = fields.Field(
        attribute="account", column_name="Company", widget=widgets.ForeignKeyWidget(Account, field="name")
    )

    class Meta:
        model = Contact
        import_id_fields = ("email",)
        fields = ("first_name", "last_name", "email", "phone", "title", "city", "account")

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        row["Email"] = row["Email"].strip().lower().removeprefix("mailto:")
        Account.objects.get_or_create(name=row["Company"], defaults={"industry": row["Industry"]})


def _import_naively(content: bytes, *, dry_run: bool = False) -> None:
    dataset = Dataset().load(content.decode(), format="csv")
    result = NaiveResource().import_data(dataset, dry_run=dry_run, raise_errors=False)
    if result.has_errors():
        raise RuntimeError(f"The naive import failed: {result.row_errors()[0]}")
