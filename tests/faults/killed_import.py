"""Not a test: loads one list again and again, killed with -9 at another point each time and then run anew.

`python -m tests.faults.killed_import` prints a JSON line for each point: what was committed when the process died, and
what stood in the database after the next run. It works in LEADOPS_DATA_DIR, on a database file of its own.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import django
from django.conf import settings

ROWS, CHUNK = 1_150, 250


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadops.settings")
    django.setup()
    in_a_process_of_its_own(prepare)
    prepared = database().with_suffix(".prepared")
    shutil.copy(database(), prepared)
    tell("undisturbed", None)
    for name in (*POINTS, *(f"random {number}" for number in range(5))):
        for leftover in (database(), Path(f"{database()}-wal"), Path(f"{database()}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.copy(prepared, database())
        tell(name, dying_at(name))


def tell(name: str, death: "Callable[[], None] | None") -> None:
    died_with, committed = None, None
    if death is not None:
        died_with = in_a_process_of_its_own(death) if name in POINTS else killed_from_outside(name)
        committed = progress()
    in_a_process_of_its_own(run_later)
    found = in_a_process_of_its_own(print_digest, name, died_with, committed)
    assert found == 0, found


def in_a_process_of_its_own(act: Callable[..., None], *args: Any) -> int:
    """Run `act` in a fork, and return its exit status (negative for a signal)."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            act(*args)
            sys.stdout.flush()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def database() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


# --- The list -----------------------------------------------------------------------------------------------------


def prepare() -> None:
    """An empty database with a confirmed list of every kind of row, and some of its people known."""
    from django.core.management import call_command
    from django.utils import timezone

    from imports import drafting
    from imports.models import ImportBatch
    from leads.models import ActivityType, Source, Suppression
    from leads.people import clean, receive_many

    call_command("migrate", verbosity=0)
    ActivityType.objects.create(key="event_badge_scan", name="Badge scan")
    Suppression.objects.create(kind="domain", value="wall.example")
    known = [
        clean({"email": f"p{number}@firm{number % 40}.example"}, country="DE") for number in range(0, ROWS, 7)
    ]
    known += [clean(full(number), country="DE") for number in range(3, ROWS, 50)]
    receive_many(
        people=known, source=Source.objects.create(name="Before", kind="website"), by=None, now=timezone.now()
    )
    path = Path(settings.DATA_DIR) / "list.csv"
    rng = random.Random(11)
    lines = ["First name,Last name,E-mail,Phone,Job title,Company,Scanned at"]
    for number in range(ROWS):
        host = "wall.example" if number % 31 == 0 else f"firm{number % 40}.example"
        email = "nobody at all" if number % 23 == 0 else f"p{number}@{host}"
        line = ",".join([*(full(number) | {"email": email}).values(), "2026-03-10"])
        lines.append(rng.choice(lines[1:]) if number > 10 and number % 10 == 0 else line)
    path.write_text("\n".join(lines), encoding="utf-8")
    batch = ImportBatch(kind="event", source_name="Plant Expo", country="DE")
    with path.open("rb") as file:
        drafting.take_in(file=file, name="list.csv", batch=batch, by=None, now=timezone.now())
    drafting.begin(batch=batch, now=timezone.now())
    checkpoint()


def full(number: int) -> dict[str, str]:
    """All that the list says of a person."""
    return {
        "first_name": f"Ada{number % 9}",
        "last_name": f"Roth{chr(97 + number % 26)}",
        "email": f"p{number}@firm{number % 40}.example",
        "phone": f"+4930231{25000 + number}",
        "title": "Buyer",
        "company": f"Firm {number % 40}",
    }


def checkpoint() -> None:
    with sqlite3.connect(database()) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def run_later() -> None:
    """The run after the sweep, when the lease of the killed one is over."""
    run(later=timedelta(hours=1))


def run(*, slowly: float = 0, later: timedelta = timedelta()) -> None:
    """What a worker does with the message or the sweep's hint."""
    from django.utils import timezone

    from imports import loading
    from imports.models import ImportBatch

    loading.CHUNK = CHUNK
    if slowly:
        real = loading._record_activities

        def pausing(*args: Any) -> Any:
            time.sleep(slowly)
            return real(*args)

        loading._record_activities = pausing
    batch = ImportBatch.jobs.get()
    batch.perform(now=timezone.now() + later)


def progress() -> list[Any]:
    """State, rows done and rows written, as another process sees them."""
    with sqlite3.connect(database(), timeout=20) as connection:
        state, done = connection.execute("SELECT state, rows_done FROM imports_importbatch").fetchone()
        (rows,) = connection.execute("SELECT COUNT(*) FROM imports_importrow").fetchone()
    return [state, done, rows]


def print_digest(point: str, died_with: int | None, committed: list[Any] | None) -> None:
    """Everything that the list left behind, without ids and moments."""
    from django.db.models import Count

    from imports.models import ImportBatch, ImportRow
    from leads.models import Account, Activity, Contact, Lead, Milestone

    contact = ("email", "phone", "first_name", "last_name", "title", "account__name", "account__domain")
    batch = ImportBatch.jobs.get()
    content = [
        list(Contact.objects.order_by("email", "phone").values_list(*contact)),
        list(Account.objects.order_by("name", "domain").values_list("name", "domain", "name_key")),
        list(
            Lead.objects.order_by("contact__email", "contact__phone").values_list(
                "contact__email", "stage", "source__name"
            )
        ),
        list(Milestone.objects.order_by("lead__contact__email").values_list("lead__contact__email", "stage")),
        list(
            Activity.objects.order_by("lead__contact__email").values_list(
                "lead__contact__email", "type__key", "at", "details__row"
            )
        ),
        list(
            ImportRow.objects.order_by("number").values_list(
                "number", "outcome", "reasons", "raw", "contact__email"
            )
        ),
        list(Contact.history.order_by("email", "history_type").values_list("email", "history_type", "title")),
    ]
    contacts_by_order = list(Contact.objects.order_by("created_at", "pk").values_list("email", flat=True))
    outcomes = dict(ImportRow.objects.values_list("outcome").annotate(rows=Count("pk")))
    print(  # noqa: T201
        json.dumps(
            {
                "point": point,
                "died_with": died_with,
                "committed": committed,
                "state": batch.state,
                "counts": batch.counts,
                "outcomes": outcomes,
                "rows_done": batch.rows_done,
                "digest": sha256(
                    json.dumps([content, contacts_by_order, batch.reasons], default=str).encode()
                ).hexdigest(),
            }
        )
    )


# --- The ends -----------------------------------------------------------------------------------------------------


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_call(owner: str, name: str, call: int, *, after: bool = False) -> Callable[[], None]:
    """Run, and die when `owner.name` is called for the `call`th time: before it does anything, or after."""

    def death() -> None:
        from importlib import import_module

        module, _, attribute = owner.partition(":")
        place = import_module(module)
        place = getattr(place, attribute) if attribute else place
        real = getattr(place, name)
        calls = 0

        def deadly(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == call and not after:
                die()
            result = real(*args, **kwargs)
            if calls == call:
                die()
            return result

        setattr(place, name, deadly)
        run()

    return death


COMMIT = "django.db.backends.base.base:BaseDatabaseWrapper"
# The commits of a run: two of the claim, then one for each of five chunks, then the finishing step, then the end.
POINTS: dict[str, Callable[[], None]] = {
    "before the first row is read": at_call("imports.loading", "_load", 1),
    "when the first chunk is cleaned": at_call("imports.cleaning:Cleaner", "clean", CHUNK // 2),
    "in the first chunk, before anybody is received": at_call("leads.people", "admit_many", 1),
    "in the first chunk, when all are received": at_call("leads.people", "admit_many", 1, after=True),
    "in the second chunk, when its rows are written": at_call("imports.loading", "_keep", 2, after=True),
    "in the third chunk, with all but the commit done": at_call(
        "leadops.jobs:Lease", "advance", 6, after=True
    ),
    "in the last chunk, before its activities": at_call("imports.loading", "_record_activities", 5),
    "in the last chunk, with all but the commit done": at_call(
        "leadops.jobs:Lease", "advance", 10, after=True
    ),
    "before the finishing step": at_call("imports.loading", "_finish", 1),
    "in the finishing step": at_call("leadops.jobs:Lease", "advance", 11),
    "after the finishing step": at_call("imports.loading", "_finish", 1, after=True),
    "when the end is written down": at_call("leadops.jobs:Lease", "end", 1),
}


def dying_at(name: str) -> Callable[[], None]:
    return POINTS.get(name, run)


def killed_from_outside(name: str) -> int:
    """Let a slowed run work and kill it somewhere: the seed is in the name."""
    rng = random.Random(name)
    child = os.fork()
    if child == 0:
        try:
            run(slowly=0.1)
        finally:
            os._exit(0)
    target = rng.choice([done for done, _ in pairwise(range(0, ROWS + CHUNK, CHUNK))][:-1])
    while progress()[1] < target:
        time.sleep(0.01)
    time.sleep(rng.random() * 0.2)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
