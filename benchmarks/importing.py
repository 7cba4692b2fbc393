"""Rows of a messy list a second, beside django-import-export's own ModelResource and beside plain SQL.

Ours is the whole way: the file is taken in, its columns are recognised, every row is cleaned and matched, becomes
contact, account, lead, milestone, score and history, and is kept with its outcome. The naive resource makes the same
things with the library's usual hooks; it gets a tenth of the rows (5,000 at most) and has the empty database for
itself, and once more the first rows of the very list in the database as ours finds it, where it looks for each company
by a name without an index. Plain SQL puts the texts of the file into a staging table and goes on with INSERT … SELECT;
it cleans nothing and matches by the e-mail address only, so it is what the database alone costs.

One row in ten repeats a person of the list, one in five tells of somebody who is known. Plain SQL and ours load the
same file, each into a copy of the same database. Ours runs in a process of its own, whose greatest memory is told, and
that of it and the process that reads ahead.
"""

import csv
import io
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.db import connection, transaction
from django.utils import timezone
from import_export import fields, resources, widgets
from tablib import Dataset

from imports import drafting, steering
from imports.lookahead import look_ahead
from imports.models import ImportBatch, ImportRow
from leads.enums import Stage
from leads.models import Account, Contact, Lead, Milestone, Source
from scoring.models import DirtyLead, LeadScore

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


NAIVE_AT_MOST: Final = 5_000  # rows; a minute of work
LATE: Final = 500  # rows of the naive import in the full database
LOOKED_EVERY: Final = 0.25  # seconds between two looks at the memory


def run(*, rows: int) -> list[dict[str, Any]]:
    """Rows a second for a list of `rows` rows, for the same list again, and for looking ahead; memory; growth."""
    few, tenth = min(max(100, rows // 10), NAIVE_AT_MOST), max(100, rows // 10)
    with a_copy():
        naive_file = _list_with_known(few, seed="naive")
        naive_foreseen = few / _timed(lambda: _import_naively(naive_file, dry_run=True))
        naive_new = few / _timed(lambda: _import_naively(naive_file))
        naive_again = few / _timed(lambda: _import_naively(naive_file))
    with a_copy():
        small = _in_a_process("load", _list_with_known(tenth, seed="small"))
    file = _list_with_known(rows, seed="large")
    with a_copy():
        beginning = b"".join(file.splitlines(keepends=True)[: LATE + 1])
        naive_late = LATE / _timed(lambda: _import_naively(beginning))
    with a_copy():
        at_work = time.process_time()
        plain_new = rows / _timed(lambda: PlainSql(file).load())
        plain_work = time.process_time() - at_work
        plain_again = rows / _timed(lambda: PlainSql(file).load())
    with a_copy():
        ahead = _in_a_process("look_ahead", file)
        new = _in_a_process("load", file)
        again = _in_a_process("load", file)
    beside = f"naive: stock ModelResource, {few:,} rows"
    return [
        _row("import of a new, messy list", rows / new.seconds, naive_new, beside),
        _row(
            "  beside it in the same database",
            rows / new.seconds,
            naive_late,
            f"naive: stock ModelResource, the first {LATE:,} rows",
        ),
        _row(
            "  beside plain SQL",
            rows / new.seconds,
            plain_new,
            "naive: staging table, INSERT … SELECT, no cleaning",
        ),
        _row(
            "the same file again",
            rows / again.seconds,
            naive_again,
            "whom nobody has touched is not read anew",
        ),
        _row("  beside plain SQL", rows / again.seconds, plain_again, "naive: as above"),
        _row(
            "  beside the first time", rows / again.seconds, rows / new.seconds, "naive: ours, the first time"
        ),
        _row(
            "processor time of a row, beside plain SQL",
            new.at_work / rows * 1e6,
            plain_work / rows * 1e6,
            "of the loading process, without the one that reads ahead",
            "µs",
        ),
        _row("looking ahead (dry run)", rows / ahead.seconds, naive_foreseen, "naive: import and roll back"),
        _row(
            "time of a row, beside a tenth of the rows",
            new.seconds / rows * 1e6,
            small.seconds / tenth * 1e6,
            f"naive: {tenth:,} rows",
            "µs",
        ),
        _row("memory of loading", new.memory, None, "the greatest, whole process", "MiB"),
        _row(
            "  with the process that reads ahead",
            new.memory_of_both,
            None,
            "what both share counts once",
            "MiB",
        ),
        _row("memory of looking ahead", ahead.memory, None, "the greatest, whole process", "MiB"),
        _row("  with the process that reads ahead", ahead.memory_of_both, None, "as above", "MiB"),
    ]


def _row(figure: str, ours: float, naive: float | None, note: str, unit: str = "rows/s") -> dict[str, Any]:
    return {
        "figure": figure,
        "ours": ours,
        "naive": naive,
        "ratio": ours / naive if naive is not None else None,
        "unit": unit,
        "note": note,
    }


@contextmanager
def a_copy() -> Iterator[None]:
    """Work on a copy of the database as it stands, so that nobody finds what another has left there."""
    original, creation = connection.settings_dict["NAME"], connection.creation
    connection.close()  # SQLite's file is whole only then
    creation.clone_test_db("copy", verbosity=0, autoclobber=True)
    connection.settings_dict["NAME"] = creation.get_test_db_clone_settings("copy")["NAME"]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        creation.destroy_test_db(verbosity=0, suffix="copy")


def _timed(act: Any) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _list_with_known(rows: int, *, seed: str) -> bytes:
    """A messy list; the people of every fifth row are known."""
    content = messy_list(rows, seed=seed)
    lines = content.splitlines(keepends=True)
    load(io.BytesIO(b"".join([lines[0], *lines[1::5]])))
    connection.close()  # SQLite's file has to be free for the process that comes next
    return content


@dataclass(frozen=True)
class Done:
    """What an act in a process of its own took."""

    memory: float  # MiB at most
    seconds: float
    at_work: float  # seconds of the processor
    memory_of_both: float  # MiB at most, with the processes that it started


def _in_a_process(act: str, content: bytes) -> Done:
    """Do the act with a list in a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        with started(act, file.name) as process:
            together = 0.0
            while process.poll() is None:
                together = max(together, memory_together(process.pid))
                time.sleep(LOOKED_EVERY)
            answer, complaint = process.communicate()
    if process.returncode:
        raise RuntimeError(complaint)
    return Done(*map(float, answer.split()), memory_of_both=together)


def memory_together(pid: int) -> float:
    """MiB of a process and those that it started, of what they share the part of each; 0 where nobody tells."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        of_all = [Path(f"/proc/{one}/smaps_rollup").read_text() for one in (str(pid), *children)]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (
        sum(int(line.split()[1]) for text in of_all for line in text.splitlines() if line.startswith("Pss:"))
        / 1024
    )


def started(act: str, path: str) -> "subprocess.Popen[str]":
    """A process of its own that does `act` (see `benchmarks.loading_process`) with the list in the file."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "benchmarks.loading_process",
            act,
            path,
            str(connection.settings_dict["NAME"]),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


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


def load(file: BinaryIO) -> None:
    """Take a list in and load it."""
    now = timezone.now()
    batch = ImportBatch(kind="partner", source_name="Bench", country="US")
    drafting.take_in(file=file, name="list.csv", batch=batch, by=None, now=now)
    steering.begin(batch=batch, now=now)
    batch.perform(now=timezone.now())
    if batch.rows_done != batch.rows_total or batch.error:
        raise RuntimeError(f"The list was not loaded: {batch.error}")


def look(file: BinaryIO) -> None:
    """Look ahead at a whole list."""
    now = timezone.now()
    batch = ImportBatch(kind="partner", source_name="Bench", country="US")
    drafting.look_at(batch, file=file, name="list.csv")
    for _ in look_ahead(batch, file=file, cleaner=drafting.cleaner(batch, now=now), now=now):
        pass


# --- The naive way ------------------------------------------------------------------------------------------------


class NaiveResource(resources.ModelResource):
    """As the library's manual shows it: columns named, companies found or made by name, people matched by e-mail, and
    what belongs to a person made in the hooks for that.
    """

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

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        self.source, _ = Source.objects.get_or_create(name="Naive", defaults={"kind": "partner"})

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        row["Email"] = row["Email"].strip().lower().removeprefix("mailto:")
        if not Account.objects.filter(name=row["Company"]).exists():
            Account.objects.create(name=row["Company"], industry=row["Industry"])

    def after_save_instance(self, instance: Contact, row: dict[str, Any], **kwargs: Any) -> None:
        if not instance.leads.exists():
            lead = Lead.objects.create(contact=instance, source=self.source, stage=Stage.SUSPECT)
            Milestone.objects.create(lead=lead, stage=Stage.SUSPECT, at=lead.created_at)
            LeadScore.objects.create(lead=lead)
            DirtyLead.objects.create(lead=lead, marked_at=lead.created_at)


def _import_naively(content: bytes, *, dry_run: bool = False) -> None:
    dataset = Dataset().load(content.decode(), format="csv")
    result = NaiveResource().import_data(dataset, dry_run=dry_run, raise_errors=False)
    if result.has_errors():
        raise RuntimeError(f"The naive import failed: {result.row_errors()[0]}")


# --- Plain SQL ----------------------------------------------------------------------------------------------------


class PlainSql:
    """The list by COPY (or executemany) into a staging table, from there into the same tables, in one transaction."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.now = connection.ops.adapt_datetimefield_value(timezone.now())

    def load(self) -> None:
        """Load the list."""
        source, _ = Source.objects.get_or_create(name="Plain", defaults={"kind": "partner"})
        batch = ImportBatch.objects.create(kind="partner", source_name="Plain", state="done")
        with transaction.atomic(), connection.cursor() as cursor:
            self.cursor = cursor
            self._stage()
            self._accounts()
            self._contacts()
            self._leads(source.pk)
            self._rows(batch.pk)
            cursor.execute("DROP TABLE staged")

    def _stage(self) -> None:
        columns = (
            "first, last, email, phone, title, company, website, industry, employees, country, city, host, "
        )
        columns += "raw, number"
        self.cursor.execute(f"CREATE TEMPORARY TABLE staged ({columns.replace(',', ' text,')} int)")
        rows = csv.reader(io.StringIO(self.content.decode()))
        next(rows)
        lines = (self._staged(number, row) for number, row in enumerate(rows, start=2))
        if connection.vendor == "postgresql":
            with self.cursor.copy(f"COPY staged ({columns}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        else:
            self.cursor.executemany(f"INSERT INTO staged VALUES ({', '.join(['%s'] * 14)})", list(lines))
        self.cursor.execute("CREATE INDEX staged_email ON staged (email, number)")
        self.cursor.execute("CREATE INDEX staged_number ON staged (number)")
        if connection.vendor == "postgresql":
            self.cursor.execute("ANALYZE staged")

    def _staged(self, number: int, row: list[str]) -> tuple[Any, ...]:
        email = row[2].strip().lower().removeprefix("mailto:")
        if email.count("@") != 1 or email.endswith("@"):
            email = ""
        return (*row[:2], email, *row[3:], email.partition("@")[2], json.dumps(row), number)

    def _accounts(self) -> None:
        self._insert_with_history(
            Account,
            {
                "name": "min(company)", "name_key": "lower(min(company))", "domain": "host",
                "industry": "min(industry)", "country": "''", "created_at": "%s", "updated_at": "%s",
            },
            "staged WHERE host <> '' AND NOT EXISTS "
            "(SELECT 1 FROM leads_account a WHERE NOT (a.domain = '') AND a.domain = host) GROUP BY host",
        )  # fmt: skip

    def _contacts(self) -> None:
        self._insert_with_history(
            Contact,
            {
                "account_id": "a.id", "first_name": "s.first", "last_name": "s.last",
                "name_key": "lower(s.first || ' ' || s.last)", "email": "s.email", "email_key": "s.email",
                "email_kind": "'business'", "phone": "s.phone", "title": "s.title", "seniority": "'unknown'",
                "function": "'unknown'", "country": "''", "city": "s.city", "created_at": "%s", "updated_at": "%s",
            },
            "(SELECT min(number) AS number FROM staged WHERE email <> '' GROUP BY email) f "
            "CROSS JOIN staged s CROSS JOIN leads_account a "
            "WHERE s.number = f.number AND NOT (a.domain = '') AND a.domain = s.host "
            "AND NOT EXISTS (SELECT 1 FROM leads_contact c WHERE NOT (c.email_key = '') AND c.email_key = s.email)",
        )  # fmt: skip

    def _leads(self, source: int) -> None:
        last = self._last(Lead)
        self._insert(
            Lead,
            {
                "contact_id": "c.id", "source_id": str(source), "stage": "'suspect'", "stage_entered_at": "%s",
                "created_at": "%s", "updated_at": "%s",
            },
            f"leads_contact c WHERE c.id > {self.last_contact}",
        )  # fmt: skip
        for model, columns in (
            (Milestone, {"lead_id": "id", "stage": "'suspect'", "at": "%s"}),
            (LeadScore, {"lead_id": "id", "computed_at": "%s"}),
            (DirtyLead, {"lead_id": "id", "marked_at": "%s"}),
        ):
            self._insert(model, columns, f"leads_lead WHERE id > {last}")

    def _rows(self, batch: int) -> None:
        self._insert(
            ImportRow,
            {
                "batch_id": str(batch), "number": "s.number", "contact_id": "c.id",
                "outcome": f"CASE WHEN s.email = '' THEN 'rejected' WHEN c.id > {self.last_contact} THEN 'created' "
                "ELSE 'unchanged' END",
                "raw": "s.raw::jsonb" if connection.vendor == "postgresql" else "s.raw",
            },
            "staged s LEFT JOIN leads_contact c ON NOT (c.email_key = '') AND c.email_key = s.email",
        )  # fmt: skip

    def _last(self, model: Any) -> int:
        self.cursor.execute(f"SELECT coalesce(max(id), 0) FROM {model._meta.db_table}")
        return int(self.cursor.fetchone()[0])

    def _insert_with_history(self, model: Any, columns: dict[str, str], chosen: str) -> None:
        last = self._last(model)
        if model is Contact:
            self.last_contact = last
        self._insert(model, columns, chosen)
        history = model.history.model
        copied = ", ".join(field.column for field in history.tracked_fields)
        self.cursor.execute(
            f"INSERT INTO {history._meta.db_table} ({copied}, history_date, history_type) "
            f"SELECT {copied}, {self._now}, '+' FROM {model._meta.db_table} WHERE id > {last}",
            [self.now],
        )

    def _insert(self, model: Any, columns: dict[str, str], chosen: str) -> None:
        """Fields that are not named get their default."""
        left = {
            field.attname: field.get_db_prep_save(field.get_default(), connection)
            for field in model._meta.local_concrete_fields
            if field.attname not in columns and field is not model._meta.auto_field
        }
        texts = {name: self._now if text == "%s" else text for name, text in columns.items()}
        moments = [self.now for text in columns.values() if text == "%s"]
        marks = [f"CAST(%s AS {model._meta.get_field(name).db_type(connection)})" for name in left]
        self.cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join([*texts, *left])}) "
            f"SELECT {', '.join([*texts.values(), *marks])} FROM {chosen}",
            [*moments, *left.values()],
        )

    @property
    def _now(self) -> str:
        return "CAST(%s AS timestamptz)" if connection.vendor == "postgresql" else "%s"
