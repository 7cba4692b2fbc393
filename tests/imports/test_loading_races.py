"""Several workers at once, on a database that lets them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from imports import loading
from imports.models import ImportBatch, ImportRow
from leadops.jobs import JobState
from leads.models import Account, Contact, Lead
from tests.imports.lists import confirmed, csv_file, loaded, person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(loading, "CHUNK", 100)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all at the same moment, each on a connection of its own, and return what came of them, errors too."""
    barrier = Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        barrier.wait()
        try:
            found[place] = acts[place]()
        except BaseException as error:  # noqa: BLE001  (whatever it is, it is what came of it)
            found[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def rows_of(numbers: Any) -> list[list[str]]:
    """People of few companies, some told only by name and number."""
    return [
        person(
            number,
            first_name=f"Ines{number}",
            e_mail="" if number % 5 == 0 else f"ines{number}@firm{number % 30}.example",
            phone=f"+4930231{25000 + number}",
            company=f"Firm {number % 30}",
        )
        for number in numbers
    ]


def digest() -> list[Any]:
    """Everybody and every company, whoever came first."""
    people = Contact.objects.order_by("email", "last_name", "phone").values_list(
        "email", "first_name", "last_name", "phone", "account__name", "account__domain"
    )
    return [
        list(people),
        list(Account.objects.order_by("name", "domain").values_list("name", "domain")),
        Lead.objects.count(),
    ]


def forget_everybody() -> None:
    for model in (Lead, Contact, Account):
        model._default_manager.all().delete()


@pytest.mark.parametrize("round_", range(3))
def test_two_lists_with_the_same_people_in_opposite_order_make_everybody_once(
    now: datetime, round_: int
) -> None:
    forward = confirmed(csv_file(rows_of(range(600))), now=now, source_name="Forward")
    backward = confirmed(csv_file(rows_of(reversed(range(600)))), now=now, source_name="Backward")

    answers = at_once(
        lambda: forward.perform(now=datetime.now(UTC)), lambda: backward.perform(now=datetime.now(UTC))
    )

    assert answers == [True, True]
    assert {forward.state, backward.state} == {JobState.DONE}
    together = digest()
    forget_everybody()
    loaded(csv_file(rows_of(range(600))), now=now, source_name="Alone")
    assert together == digest()
    assert len(together[0]) == 600
    assert forward.created + backward.created == 600
    assert forward.rows_done == backward.rows_done == 600


def test_the_same_list_twice_at_once_makes_everybody_once(now: datetime) -> None:
    """Nobody on it has an address and no company a domain, so no unique key of the database helps."""
    rows = [person(n, first_name=f"Ines{n}", e_mail="", company=f"Firm {n % 7}") for n in range(300)]
    first = confirmed(csv_file(rows), now=now, source_name="First")
    second = confirmed(csv_file(rows), now=now, source_name="Second")

    answers = at_once(
        lambda: first.perform(now=datetime.now(UTC)), lambda: second.perform(now=datetime.now(UTC))
    )

    assert answers == [True, True]
    assert (Contact.objects.count(), Account.objects.count(), Lead.objects.count()) == (300, 7, 300)
    assert first.created + second.created == 300


def test_two_workers_on_one_list_load_it_once(now: datetime) -> None:
    batch = confirmed(csv_file(rows_of(range(500))), now=now)
    runs = [ImportBatch.jobs.get(pk=batch.pk) for _ in range(4)]

    answers = at_once(*(lambda run=run: run.perform(now=datetime.now(UTC)) for run in runs))

    assert sorted(answers) == [False, False, False, True]
    batch.refresh_from_db()
    assert (batch.state, batch.created, Contact.objects.count()) == (JobState.DONE, 500, 500)
    assert ImportRow.objects.filter(batch=batch).count() == 500


@pytest.fixture(autouse=True)
def _roles_again() -> Any:
    """A test with real transactions empties every table at its end, the groups of the roles too."""
    yield
    if not Group.objects.exists():
        call_command("migrate", verbosity=0)
