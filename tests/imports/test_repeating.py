"""The same file again: most rows need no second look, and what becomes of each is what a second look would find."""

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from imports import loading, repeating
from imports.cleaning import Cleaner
from imports.models import ImportBatch, ImportRow
from imports.reading import Row
from leads.models import Account, Contact, Lead, Suppression
from leads.people import merge_contacts, suppress
from tests.imports.digest import business_rows
from tests.imports.lists import confirmed, csv_file, loaded, person

pytestmark = pytest.mark.django_db

LIST = [
    *(person(number, job_title="Head of Purchasing", phone=f"030 231260{number:02}") for number in range(40)),
    *(person(number, job_title="CFO", company="Fjord AS") for number in range(0, 40, 3)),
    *(person(number, e_mail=f"bo@tarn{number % 4}.example", company=f"Tarn {number % 4}") for number in range(50, 62)),
    *(person(number, e_mail="", phone=f"030 2312777{number % 5}", company="Zinnober KG") for number in range(70, 80)),
    *(person(number, e_mail=f"ole@wall{number}.example", phone="12") for number in range(80, 84)),
    person(90, e_mail="ines"),
    person(91, first_name="Mickey", last_name="Mouse"),
    person(92, e_mail="info@kiesel-werke.example"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK", 11)


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the rows that were looked at."""
    real, numbers = Cleaner.clean, []

    def noting(self: Cleaner, row: Row, **options: Any) -> Any:
        numbers.append(row.number)
        return real(self, row, **options)

    monkeypatch.setattr(Cleaner, "clean", noting)
    return numbers


def rows_of(batch: ImportBatch) -> list[tuple[Any, ...]]:
    """The rows of a batch; of what they made only what it was, since a rolled back sequence goes on."""
    fields = ("number", "outcome", "reasons", "raw", "contact", "marks", "review", "changes")
    return [
        (*row, changes and changes | {"made": sorted(changes.get("made", ()))})
        for *row, changes in ImportRow.objects.filter(batch=batch).order_by("number").values_list(*fields)
    ]


def both_ways(content: Any, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> tuple[Any, Any]:
    """What the list leaves behind with the short way, and without it, each time from the same beginning."""
    found = []
    for find in (repeating.find_earlier, lambda batch: None):
        with transaction.atomic():
            monkeypatch.setattr(repeating, "find_earlier", find)
            batch = loaded(content, now=timezone.now(), **fields)
            found.append((batch.counts, batch.reasons, batch.warnings, rows_of(batch), business_rows()))
            transaction.set_rollback(True)
    return found[0], found[1]


def test_the_same_file_again_needs_no_second_look_at_rows_that_were_taken_in(
    now: datetime, cleaned: list[int]
) -> None:
    first = loaded(csv_file(LIST), now=now)
    stood, held_back = business_rows(), {number for number, *_, reasons in with_reasons(first)}
    cleaned.clear()

    again = loaded(csv_file(LIST), now=now)

    assert set(cleaned) == held_back
    assert business_rows() == stood
    assert again.created == again.updated == 0
    assert again.unchanged == first.created
    assert (again.merged, again.rejected) == (first.merged, first.rejected)
    assert sum(again.counts.values()) == again.rows_done == len(LIST)


def with_reasons(batch: ImportBatch) -> list[tuple[Any, ...]]:
    """The rows of which something was said but that they repeat another."""
    rows = ImportRow.objects.filter(batch=batch).exclude(reasons__in=[[], [{**REPEATED}]])
    return list(rows.values_list("number", "reasons"))


REPEATED = {"sentence": "The same person as an earlier row.", "field": "", "column": "", "value": ""}


def _blank(field: str) -> Callable[[random.Random], None]:
    def change(rng: random.Random) -> None:
        Contact.objects.filter(pk__in=_some(rng, Contact)).update(**{field: "", "updated_at": timezone.now()})

    return change


def _some(rng: random.Random, model: Any) -> list[int]:
    ids = sorted(model.objects.values_list("pk", flat=True))
    return rng.sample(ids, min(5, len(ids)))


def _blank_industry(rng: random.Random) -> None:
    Account.objects.filter(pk__in=_some(rng, Account)).update(website="", updated_at=timezone.now())


def _opt_out(rng: random.Random) -> None:
    now = timezone.now()
    Contact.objects.filter(pk__in=_some(rng, Contact)).update(opted_out_at=now, updated_at=now)


def _suppress(rng: random.Random) -> None:
    suppress(kind="domain", value=f"tarn{rng.randrange(4)}.example", reason="", by=None, now=timezone.now())


def _list_number(rng: random.Random) -> None:
    Suppression.objects.create(kind="phone", value=f"+493023126{rng.randrange(40):03}")


def _drop_leads(rng: random.Random) -> None:
    Lead.objects.filter(pk__in=_some(rng, Lead)).delete()


def _merge(rng: random.Random) -> None:
    kept, absorbed = Contact.objects.filter(pk__in=_some(rng, Contact))[:2]
    merge_contacts(kept=kept, absorbed=absorbed, by=None, now=timezone.now())


@pytest.mark.parametrize(
    "change",
    [
        _blank("phone"),
        _blank("title"),
        _blank("first_name"),
        _blank_industry,
        _opt_out,
        _suppress,
        _list_number,
        _drop_leads,
        _merge,
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_what_becomes_of_each_row_is_what_a_second_look_finds(
    now: datetime, monkeypatch: pytest.MonkeyPatch, change: Callable[[random.Random], None], seed: int
) -> None:
    rng = random.Random(seed)
    rows = rng.sample(LIST, len(LIST))
    Suppression.objects.create(kind="domain", value="tarn2.example")
    loaded(csv_file(rows), now=now)
    change(rng)

    short, careful = both_ways(csv_file(rows), monkeypatch)

    assert short == careful


@pytest.mark.parametrize(
    "fields",
    [{"kind": "crm", "source_name": "Ours"}, {"source_name": "Another name"}, {"rules": {"title": "never"}}],
)
def test_who_is_new_by_it_does_not_matter_since_nobody_is(
    now: datetime, monkeypatch: pytest.MonkeyPatch, cleaned: list[int], fields: dict[str, Any]
) -> None:
    loaded(csv_file(LIST), now=now)
    cleaned.clear()

    short, careful = both_ways(csv_file(LIST), monkeypatch, **fields)

    assert short == careful
    assert len(cleaned) < 1.5 * len(LIST)  # by the careful way all of them, by the other a few


def test_the_name_of_the_file_does_not_matter(
    now: datetime, monkeypatch: pytest.MonkeyPatch, cleaned: list[int]
) -> None:
    loaded(csv_file(LIST), now=now, name="monday.csv")
    cleaned.clear()

    short, careful = both_ways(csv_file(LIST), monkeypatch, name="tuesday.txt")

    assert short == careful
    assert len(cleaned) < 1.5 * len(LIST)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "event", "source_name": "Plant Expo"},
        {"overwrite": True},
        {"rules": {"title": "overwrite"}},
        {"country": "AT"},
        {"constants": {"city": "Graz"}},
    ],
)
def test_a_list_that_may_say_more_is_looked_at(
    now: datetime, cleaned: list[int], fields: dict[str, Any]
) -> None:
    loaded(csv_file(LIST), now=now)
    cleaned.clear()

    loaded(csv_file(LIST), now=now, **fields)

    assert len(cleaned) == len(LIST)


def test_another_mapping_another_file_and_another_release_are_looked_at(
    now: datetime, cleaned: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = loaded(csv_file(LIST), now=now)
    cleaned.clear()

    loaded(csv_file(LIST), now=now, mapping=first.mapping | {"Job title": ""})
    loaded(csv_file(LIST[:-1]), now=now)
    monkeypatch.setattr(repeating, "ways", lambda: "of tomorrow")
    loaded(csv_file(LIST), now=now)

    assert len(cleaned) == 3 * len(LIST) - 1


def test_a_list_that_was_taken_back_is_looked_at_and_comes_in_again(
    now: datetime, cleaned: list[int]
) -> None:
    from imports import undo

    first = loaded(csv_file(LIST), now=now)
    undo.ask(batch=first, by=None, now=timezone.now())
    assert first.perform(now=timezone.now())
    cleaned.clear()

    again = loaded(csv_file(LIST), now=now)

    assert len(cleaned) == len(LIST)
    assert again.counts == first.counts


def test_a_list_that_was_stopped_in_the_middle_goes_on_and_ends_the_same(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(csv_file(LIST), now=now)
    undisturbed = loaded(csv_file(LIST), now=now)
    batch = confirmed(csv_file(LIST), now=now)
    real, calls = repeating.note_known, 0

    def dying(*args: Any, **kwargs: Any) -> dict[int, str]:
        nonlocal calls
        found, calls = real(*args, **kwargs), calls + 1
        if calls == 3:
            raise MemoryError
        return found

    monkeypatch.setattr(repeating, "note_known", dying)
    with pytest.raises(MemoryError):
        batch.perform(now=timezone.now())
    batch.refresh_from_db()
    assert batch.rows_done == ImportRow.objects.filter(batch=batch).count() == 22
    ImportBatch.objects.filter(pk=batch.pk).update(run_after=timezone.now())

    assert batch.perform(now=timezone.now())

    assert batch.counts == undisturbed.counts
    assert rows_of(batch) == rows_of(undisturbed)


def test_where_most_people_were_touched_the_rest_is_read_ahead_like_a_new_list(
    now: datetime, cleaned: list[int]
) -> None:
    loaded(csv_file(LIST), now=now)
    Contact.objects.update(updated_at=timezone.now())
    cleaned.clear()

    again = loaded(csv_file(LIST), now=now)

    assert sorted(cleaned) == [row for row, *_ in rows_of(again)]
    assert sum(again.counts.values()) == len(LIST)
