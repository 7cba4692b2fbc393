"""Not a test: looks at, loads and takes back one list again and again, killed with -9 at another point each time.

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
import traceback
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import django
from django.conf import settings

ROWS, CHUNK = 1_150, 250


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadops.settings")
    django.setup()
    for name in ("imports.loading", "imports.previewing", "imports.undo", "tests.imports.digest"):
        import_module(name)  # once here, not in each of the processes
    made("taken in", by=prepare)
    in_a_process_of_its_own(print_digest, "before", None, None)
    made("looked ahead at", by=ask_for_preview, of="taken in")
    made("confirmed", by=confirm, of="taken in")
    made("taken back", by=load_and_take_back, of="confirmed")
    for stage, points in POINTS.items():
        tell("undisturbed", stage, None)
        for name, death in points.items():
            tell(name, stage, partial(in_a_process_of_its_own, death))
    for number in range(5):
        tell(f"random {number}", "confirmed", partial(killed_from_outside, number))
    tell("five at once", "confirmed", partial(at_once, [run] * 5))
    tell("five at once", "taken back", partial(at_once, [run] * 5))
    tell("replaced while it works", "confirmed", replaced)


def made(stage: str, *, by: Callable[[], None], of: str = "") -> None:
    """Keep the database as it is after `by`, for any number of beginnings."""
    if of:
        restore(of)
    assert in_a_process_of_its_own(by) == 0, stage
    shutil.copy(database(), database().with_suffix(f".{stage}"))


def restore(stage: str) -> None:
    for leftover in (database(), Path(f"{database()}-wal"), Path(f"{database()}-shm")):
        leftover.unlink(missing_ok=True)
    shutil.copy(database().with_suffix(f".{stage}"), database())


def tell(name: str, stage: str, disturb: Callable[[], Any] | None) -> None:
    """Disturb what comes after the stage, run it to its end, and print what became of it."""
    restore(stage)
    died_with, committed = None, None
    if disturb is not None:
        died_with = disturb()
        committed = progress()
    in_a_process_of_its_own(run_later)
    found = in_a_process_of_its_own(print_digest, f"{stage}: {name}", died_with, committed)
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
        except BaseException:  # noqa: BLE001  (whatever it is, the test shows it)
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def database() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


# --- The list -----------------------------------------------------------------------------------------------------


def prepare() -> None:
    """An empty database with a draft of a list with every kind of row, and some of its people known."""
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
    checkpoint()


def ask_for_preview() -> None:
    from django.utils import timezone

    from imports import previewing
    from imports.models import ImportBatch

    previewing.AT_ONCE = 0
    previewing.ask(batch=ImportBatch.jobs.get(), now=timezone.now())
    checkpoint()


def confirm() -> None:
    from django.utils import timezone

    from imports import steering
    from imports.models import ImportBatch

    steering.begin(batch=ImportBatch.jobs.get(), now=timezone.now())
    checkpoint()


def load_and_take_back() -> None:
    from django.utils import timezone

    from imports import undo
    from imports.models import ImportBatch

    run()
    undo.ask(batch=ImportBatch.jobs.get(), by=None, now=timezone.now())
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


def run(*, slowly: float = 0, later: timedelta = timedelta(), ahead: bool = True) -> None:
    """What a worker does with the message or the sweep's hint, with a process that reads `ahead` for it."""
    from django.utils import timezone

    from imports import loading, lookahead, readahead, undo
    from imports.models import ImportBatch

    readahead.AHEAD_FROM = 0 if ahead else ROWS + 1

    for module in (loading, lookahead, undo):
        module.CHUNK = CHUNK
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
    from tests.imports.digest import business_rows

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
                "business": business_rows(),
                "preview": batch.preview,
                "undo": batch.undo_counts,
                "digest": sha256(
                    json.dumps([content, contacts_by_order, batch.reasons], default=str).encode()
                ).hexdigest(),
            }
        )
    )


# --- The ends -----------------------------------------------------------------------------------------------------


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_call(
    owner: str, name: str, call: int, *, after: bool = False, ahead: bool = True
) -> Callable[[], None]:
    """Run, and die when `owner.name` is called for the `call`th time: before it does anything, or after.

    What is called while rows are read and cleaned kills the process that does that: another one, if it is `ahead`.
    """

    def death() -> None:
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
        run(ahead=ahead)

    return death


LOADING: dict[str, Callable[[], None]] = {
    "when it is claimed": at_call("leadops.jobs:Job", "_claim", 1, after=True),
    "before the first row is read": at_call("imports.loading", "_load", 1),
    "when the first chunk is cleaned": at_call("imports.cleaning:Cleaner", "clean", CHUNK // 2, ahead=False),
    "in the first chunk, before anybody is received": at_call("leads.people", "admit_many", 1),
    "in the first chunk, when all are received": at_call("leads.people", "admit_many", 1, after=True),
    "in the first chunk, when its rows are written": at_call("imports.loading", "_keep", 1, after=True),
    "between two chunks": at_call("imports.models:ImportBatch", "let_others_go", 1),
    "in the second chunk, when its rows are written": at_call("imports.loading", "_keep", 2, after=True),
    "in the third chunk, with all but the commit done": at_call(
        "leadops.jobs:Lease", "advance", 6, after=True
    ),
    "in the fourth chunk, when all are received": at_call("leads.people", "admit_many", 4, after=True),
    "in the last chunk, before its activities": at_call("imports.loading", "_record_activities", 5),
    "in the last chunk, with all but the commit done": at_call(
        "leadops.jobs:Lease", "advance", 10, after=True
    ),
    "before the finishing step": at_call("imports.loading", "_finish", 1),
    "in the finishing step": at_call("leadops.jobs:Lease", "advance", 11),
    "after the finishing step": at_call("imports.loading", "_finish", 1, after=True),
    "when the end is written down": at_call("leadops.jobs:Lease", "end", 1),
}


PREVIEWING: dict[str, Callable[[], None]] = {
    "before the first row": at_call("imports.readahead", "rows", 1, ahead=False),
    "in the third chunk": at_call("imports.lookahead", "_foreseen", 3, after=True),
    "when the counts of the fourth are told": at_call("leadops.jobs:Lease", "advance", 5, after=True),
    "when the end is written down": at_call("leadops.jobs:Lease", "rest", 1),
}
TAKING_BACK: dict[str, Callable[[], None]] = {
    "before anybody is taken back": at_call("imports.undo", "withdraw_people", 1),
    "in the second chunk, when all are taken back": at_call("imports.undo", "withdraw_people", 2, after=True),
    "in the third chunk, with all but the commit done": at_call(
        "leadops.jobs:Lease", "advance", 6, after=True
    ),
    "when the companies are taken back": at_call("imports.undo", "withdraw_accounts", 1, after=True),
    "when the end is written down": at_call("leadops.jobs:Lease", "end", 1),
}
# The process that reads ahead is killed, and not the worker that loads.
READING: dict[str, Callable[[], None]] = {
    "the reader, in the first chunk": at_call("imports.cleaning:Cleaner", "clean", CHUNK // 2),
    "the reader, in the last chunk": at_call("imports.cleaning:Cleaner", "clean", ROWS - 1),
}
POINTS: dict[str, dict[str, Callable[[], None]]] = {
    "confirmed": LOADING | READING,
    "looked ahead at": PREVIEWING,
    "taken back": TAKING_BACK,
}


def started(act: Callable[..., None], *args: Any, **options: Any) -> int:
    """The process that begins to act."""
    child = os.fork()
    if child == 0:
        try:
            act(*args, **options)
        finally:
            os._exit(0)
    return child


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def at_once(acts: Iterable[Callable[[], None]]) -> list[int]:
    """Several workers that are told of the list at the same moment."""
    return [ended(child) for child in [started(act) for act in acts]]


def replaced() -> list[int]:
    """A worker that was thought dead works on while another has its list."""
    slow = started(run, slowly=0.3)
    while progress()[1] == 0:
        time.sleep(0.01)
    return [ended(started(run_later)), ended(slow)]


def killed_from_outside(number: int) -> int:
    """Let a slowed run work and kill it somewhere: the number is the seed."""
    rng = random.Random(number)
    child = started(run, slowly=0.1)
    target = rng.choice([done for done, _ in pairwise(range(0, ROWS + CHUNK, CHUNK))][:-1])
    while (found := progress())[0] == "queued" or found[1] < target:
        time.sleep(0.01)
    time.sleep(rng.random() * 0.2)
    os.kill(child, signal.SIGKILL)
    return ended(child)


if __name__ == "__main__":
    main()
