"""Somebody without an address who went into another is known again by number and name, and not after taking apart."""

from datetime import datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Contact, FormerKey, Merge
from leads.people import (
    Foresight,
    Outcome,
    Received,
    clean,
    merge_contacts,
    receive,
    receive_many,
    undo_merge,
)
from leads.people.person import Person
from tests import factories

pytestmark = pytest.mark.django_db

OLD = {"first_name": "Ines", "last_name": "Roth", "phone": "030 23125000"}


@pytest.fixture
def kept() -> Contact:
    return factories.ContactFactory(
        first_name="Inés",
        last_name="Roth-Keller",
        email="ines@kiesel.example",
        phone="+498912345678",
        account=None,
    )


@pytest.fixture
def gone() -> Contact:
    return factories.ContactFactory(
        first_name="Ines", last_name="Roth", email="", phone="+493023125000", account=None
    )


def row(**cells: str) -> Person:
    return clean({**OLD, **cells}, country="DE")


def brought(person: Person, now: datetime) -> Received:
    return receive(person=person, source=factories.SourceFactory(), by=None, now=now)


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"phone": "+49 (0)30 2312-5000", "first_name": "INES", "last_name": "röth"},
        {"full_name": "Roth, Ines", "first_name": "", "last_name": ""},
        {"phone": "+498912345678"},  # the number of one, the name of the other
        {"first_name": "Inés", "last_name": "Roth-Keller"},
        {"company": "Quarz Steine GmbH"},
    ],
)
def test_a_list_with_the_old_number_and_name_means_who_stays(
    now: datetime, kept: Contact, gone: Contact, cells: dict[str, str]
) -> None:
    merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

    received = brought(row(**cells), now)

    assert received.contact == kept
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    "cells", [{"last_name": "Alm"}, {"phone": "+49 30 99999999"}, {"first_name": "", "last_name": ""}]
)
def test_the_number_or_the_name_alone_means_somebody_else(
    now: datetime, kept: Contact, gone: Contact, cells: dict[str, str]
) -> None:
    merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

    assert brought(row(**cells), now).outcome is Outcome.CREATED


def test_an_address_of_its_own_goes_before_number_and_name(
    now: datetime, kept: Contact, gone: Contact
) -> None:
    merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

    assert brought(row(email="other@kiesel.example"), now).outcome is Outcome.CREATED


def test_who_has_number_and_name_now_goes_before_who_had_them(
    now: datetime, kept: Contact, gone: Contact
) -> None:
    merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
    present = factories.ContactFactory(
        first_name="Ines", last_name="Roth", email="", phone="+493023125000", account=None
    )

    assert brought(row(), now).contact == present


def test_after_taking_apart_the_old_number_means_who_stands_again(
    now: datetime, kept: Contact, gone: Contact
) -> None:
    number = gone.pk
    merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
    assert FormerKey.objects.filter(kind="person").exists()

    undo_merge(merge=merge, by=None, now=now)

    received = brought(row(), now)
    assert received.contact is not None
    assert received.contact.pk == number
    assert not FormerKey.objects.exists()


def test_it_is_handed_on_through_a_second_merge_and_back(now: datetime, kept: Contact, gone: Contact) -> None:
    last = factories.ContactFactory(email="last@kiesel.example", phone="", account=None)
    merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
    second = merge_contacts(kept=last, absorbed=Contact.objects.get(pk=kept.pk), by=None, now=now)
    assert brought(row(), now).contact == last

    undo_merge(merge=second, by=None, now=now)

    assert brought(row(), now).contact == kept


def test_whoever_opted_out_is_not_let_in_by_the_old_number(
    now: datetime, kept: Contact, gone: Contact
) -> None:
    merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
    Contact.objects.update(opted_out_at=now)

    assert brought(row(), now).outcome is Outcome.SUPPRESSED


def test_the_preview_foresees_it(now: datetime, kept: Contact, gone: Contact) -> None:
    merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
    foresight = Foresight(source=factories.SourceFactory())

    (first,) = foresight.of([row(city="Ulm")], now=now)
    (second,) = foresight.of([row(city="Ulm")], now=now + timedelta(seconds=1))

    assert (first.outcome, second.outcome) == (Outcome.UPDATED, Outcome.MERGED)


def test_costs_two_looks_a_chunk_and_none_where_all_have_an_address(
    now: datetime, kept: Contact, gone: Contact, settings: Any
) -> None:
    merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
    source = factories.SourceFactory()

    def looks(people: list[Person]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            receive_many(people=people, source=source, by=None, now=now)
        return sum("'person'" in one["sql"] for one in seen.captured_queries)

    with_address = [clean({"email": f"a{number}@kiesel.example"}, country="DE") for number in range(50)]
    without = [row(last_name=f"Roth{chr(97 + number)}") for number in range(20)]

    assert looks(with_address) == 0
    assert looks(without) == 2


# --- Merges of before ---------------------------------------------------------------------------------------------


def forget_numbers_and_names() -> None:
    """As it was before these were kept."""
    ids = set(FormerKey.objects.filter(kind="person").values_list("pk", flat=True))
    for merge in Merge.objects.all():
        merge.record["former"] = [pk for pk in merge.record["former"] if pk not in ids]
        moved = merge.record["folds"][-1]["moved"]
        moved["leads.formerkey.contact"] = [
            pk for pk in moved.get("leads.formerkey.contact", []) if pk not in ids
        ]
        merge.save()
    FormerKey.objects.filter(pk__in=ids).delete()


def migrate() -> None:
    import_module("leads.migrations.0012_people_of_former_merges").remember_people(
        apps, SimpleNamespace(connection=connection)
    )


def known_by() -> set[tuple[int, str]]:
    return set(FormerKey.objects.filter(kind="person").values_list("contact", "value"))


def test_merges_of_before_know_the_same_people_as_those_of_today(
    now: datetime, kept: Contact, gone: Contact
) -> None:
    last = factories.ContactFactory(email="last@kiesel.example", first_name="Ida", phone="", account=None)
    first = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
    second = merge_contacts(kept=last, absorbed=Contact.objects.get(pk=kept.pk), by=None, now=now)
    today = known_by()
    forget_numbers_and_names()
    assert not known_by()

    migrate()
    migrate()

    assert known_by() == today
    assert len(today) > 3
    undo_merge(merge=Merge.objects.get(pk=second.pk), by=None, now=now)
    assert brought(row(), now).contact == kept
    undo_merge(merge=Merge.objects.get(pk=first.pk), by=None, now=now)
    assert not known_by()


def test_somebody_erased_and_a_merge_taken_back_are_left_alone(
    now: datetime, kept: Contact, gone: Contact
) -> None:
    merge = merge_contacts(kept=kept, absorbed=gone, by=None, now=now)
    undo_merge(merge=merge, by=None, now=now)
    again = merge_contacts(kept=kept, absorbed=Contact.objects.get(pk=gone.pk), by=None, now=now)
    FormerKey.objects.all().delete()
    Merge.objects.filter(pk=again.pk).update(record={})

    migrate()

    assert not known_by()
