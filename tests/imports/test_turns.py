"""Lists share the workers: a short one does not wait for a long one, nor one person for another's ten files."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from imports import loading, lookahead, previewing, turns, undo
from imports.models import ImportBatch
from leadops.jobs import JobState
from leadops.tasks import run_job
from leads.models import Lead
from tests import factories
from tests.imports.digest import business_rows
from tests.imports.lists import confirmed, csv_file, loaded, person, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (loading, lookahead, undo):
        monkeypatch.setattr(module, "CHUNK", 20)


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice ends with the first chunk."""
    monkeypatch.setattr(turns, "SLICE", 0.0)
    monkeypatch.setattr(turns, "ASKED_EVERY", 0.0)


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> deque[tuple[str, int]]:
    """The queue of messages; see `work`."""
    queue: deque[tuple[str, int]] = deque()
    monkeypatch.setattr(run_job, "delay", lambda *args: queue.append(args))
    return queue


def work(messages: deque[tuple[str, int]], *, at_most: int) -> Iterator[int]:
    """One worker that takes the messages in order; after each, how many are left."""
    for _ in range(at_most):
        if not messages:
            return
        run_job(*messages.popleft())
        yield len(messages)
    raise AssertionError("The messages do not come to an end.")


def waiting(
    name: str, rows: int, messages: deque[tuple[str, int]], *, by: Any = None, **fields: Any
) -> ImportBatch:
    """A confirmed list, with its message in the queue."""
    people = [person(number, e_mail=f"p{number}@{name}.example", company=name) for number in range(rows)]
    batch = confirmed(csv_file(people), now=timezone.now(), source_name=name, **fields)
    ImportBatch.objects.filter(pk=batch.pk).update(created_by=by)
    messages.append(("imports.ImportBatch", batch.pk))
    return batch


def ended() -> list[str]:
    """The lists that are done, in that order."""
    return list(
        ImportBatch.objects.filter(state=JobState.DONE)
        .order_by("finished_at")
        .values_list("source_name", flat=True)
    )


@pytest.mark.usefixtures("no_patience")
def test_a_short_list_does_not_wait_for_a_long_one(
    now: datetime, messages: deque[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting("long", 200, messages)
    real, seen = loading._load_chunk, []

    def told(batch: ImportBatch, *args: Any) -> None:
        seen.append(batch.source_name)
        if len(seen) == 2:
            waiting("short", 15, messages)
        real(batch, *args)

    monkeypatch.setattr(loading, "_load_chunk", told)
    list(work(messages, at_most=10))

    assert seen == ["long", "long", "short", *["long"] * 8]
    assert ended() == ["short", "long"]
    assert Lead.objects.count() == 215


@pytest.mark.usefixtures("no_patience")
def test_ten_lists_of_one_person_do_not_hold_up_another(messages: deque[tuple[str, int]]) -> None:
    marta, otto = factories.UserFactory(username="marta"), factories.UserFactory(username="otto")
    for number in range(10):
        waiting(f"marta{number}", 10, messages, by=marta)
    waiting("otto", 10, messages, by=otto)

    left = list(work(messages, at_most=20))

    assert ended().index("otto") <= 1
    assert len(ended()) == 11
    assert left[-1] == 0


@pytest.mark.usefixtures("no_patience")
def test_long_lists_take_turns_until_all_are_done_and_none_is_run_twice(
    messages: deque[tuple[str, int]],
) -> None:
    for number in range(4):
        waiting(f"list{number}", 90 + number, messages, by=factories.UserFactory())

    left = list(work(messages, at_most=60))

    assert sorted(ended()) == ["list0", "list1", "list2", "list3"]
    assert Lead.objects.count() == 90 + 91 + 92 + 93
    assert max(left) <= 4
    assert all(batch.attempts <= 1 for batch in ImportBatch.objects.all())


@pytest.mark.usefixtures("no_patience")
def test_a_long_preview_and_an_undo_let_others_go_too(
    now: datetime, messages: deque[tuple[str, int]]
) -> None:
    draft = taken_in(
        csv_file([person(number, e_mail=f"q{number}@draft.example") for number in range(100)]),
        now=now,
        source_name="draft",
    )
    ImportBatch.objects.filter(pk=draft.pk).update(rows_total=100_000)
    draft.refresh_from_db()
    previewing.ask(batch=draft, now=timezone.now())
    messages.append(("imports.ImportBatch", draft.pk))
    waiting("short", 10, messages, by=factories.UserFactory())
    old = loaded(csv_file([person(number) for number in range(100)]), now=now, source_name="old")
    stood = business_rows()
    loaded_before = Lead.objects.count()

    list(work(messages, at_most=10))
    draft.refresh_from_db()
    assert (draft.state, draft.preview["counts"]) == (JobState.PAUSED, {"created": 100})
    assert Lead.objects.count() == loaded_before + 10

    undo.ask(batch=old, by=None, now=timezone.now())
    messages.append(("imports.ImportBatch", old.pk))
    waiting("later", 30, messages, by=factories.UserFactory())
    list(work(messages, at_most=10))

    assert ended()[-1] in ("old", "later")
    assert Lead.objects.count() == 40
    assert business_rows() != stood


def looked_at(name: str, rows: int, messages: deque[tuple[str, int]]) -> ImportBatch:
    """A list whose preview was asked for in the background, with its message in the queue."""
    people = [person(number, e_mail=f"p{number}@{name}.example", company=name) for number in range(rows)]
    draft = taken_in(csv_file(people), now=timezone.now(), source_name=name)
    ImportBatch.objects.filter(pk=draft.pk).update(created_by=factories.UserFactory())
    draft.refresh_from_db()
    previewing.ask(batch=draft, now=timezone.now())
    messages.append(("imports.ImportBatch", draft.pk))
    return draft


@pytest.mark.usefixtures("no_patience")
def test_a_preview_never_waits_for_a_longer_one_and_each_is_made_once(
    messages: deque[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    monkeypatch.setattr(turns, "SHORT", 0)  # all are long
    real, made = lookahead._foreseen, []

    def told(batch: ImportBatch, cleaned: Any, *args: Any, **kwargs: Any) -> Any:
        name = cleaned[0].person.company
        made.append(name)
        if len(made) == 2:
            looked_at("middle", 100, messages)
        if made.count("middle") == 1 and name == "middle":
            looked_at("short", 10, messages)
        return real(batch, cleaned, *args, **kwargs)

    monkeypatch.setattr(lookahead, "_foreseen", told)
    looked_at("long", 300, messages)
    list(work(messages, at_most=10))

    assert made == ["long", "long", "middle", "short", *["middle"] * 4, *["long"] * 13]
    previews = ImportBatch.objects.order_by("pk").values_list("source_name", "preview__counts__created")
    assert list(previews) == [("long", 300), ("middle", 100), ("short", 10)]
    assert all(batch.lease_number == 1 for batch in ImportBatch.objects.all())


@pytest.mark.usefixtures("no_patience")
def test_who_is_held_up_by_a_preview_stays_with_its_worker(
    messages: deque[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    long = waiting("long", 100, messages)
    real, leases = lookahead._foreseen, []

    def told(*args: Any, **kwargs: Any) -> Any:
        held = ImportBatch.objects.filter(pk=long.pk)
        leases.append(held.get().lease_until)
        held.update(lease_until=timezone.now())  # as if this chunk took long
        return real(*args, **kwargs)

    monkeypatch.setattr(lookahead, "_foreseen", told)
    draft = looked_at("draft", 60, messages)
    ImportBatch.objects.filter(pk=draft.pk).update(run_after=timezone.now() + timedelta(seconds=1))
    real_load, chunks = loading._load_chunk, 0

    def loading_meanwhile(*args: Any) -> None:
        nonlocal chunks
        chunks += 1
        if chunks == 2:
            ImportBatch.objects.filter(pk=draft.pk).update(run_after=timezone.now())
        real_load(*args)

    monkeypatch.setattr(loading, "_load_chunk", loading_meanwhile)
    list(work(messages, at_most=10))

    assert len(leases) == 3
    assert leases == sorted(set(leases))  # each is later than the one before
    assert leases[-1] > timezone.now() + timedelta(seconds=20)
    assert ImportBatch.objects.get(pk=long.pk).lease_number == 1
    assert ended() == ["long"]


@pytest.mark.usefixtures("no_patience")
def test_a_list_that_crashes_in_between_does_not_harm_the_one_that_let_it_go(
    messages: deque[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting("sound", 100, messages)
    real, seen = loading._load_chunk, 0

    def crashing(batch: ImportBatch, *args: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == 1:
            waiting("broken", 15, messages)
        if batch.source_name == "broken":
            raise ZeroDivisionError
        real(batch, *args)

    monkeypatch.setattr(loading, "_load_chunk", crashing)
    run_job(*messages.popleft())

    assert ended() == ["sound"]
    broken = ImportBatch.objects.get(source_name="broken")
    assert (broken.state, broken.rows_done) == (JobState.QUEUED, 0)
    assert broken.run_after > timezone.now()


def test_nothing_is_asked_while_a_slice_lasts(
    messages: deque[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting("alone", 100, messages)
    asked: list[dict[str, Any]] = []
    real = turns.waiting

    def asking(**kwargs: Any) -> list[ImportBatch]:
        asked.append(kwargs)
        return real(**kwargs)

    monkeypatch.setattr(turns, "waiting", asking)

    list(work(messages, at_most=2))

    assert ended() == ["alone"]
    assert len(asked) == 1  # whose turn it is, when the message came


@pytest.mark.usefixtures("no_patience")
def test_a_list_in_the_foreground_lets_nobody_go(messages: deque[tuple[str, int]]) -> None:
    first = waiting("first", 100, messages)
    waiting("second", 100, messages)

    assert first.perform(now=timezone.now())

    assert ended() == ["first"]
    assert ImportBatch.objects.get(source_name="second").rows_done == 0


def test_whose_turn_it_is(now: datetime, messages: deque[tuple[str, int]]) -> None:
    marta, otto, ines = (factories.UserFactory(username=name) for name in ("marta", "otto", "ines"))
    lists = {name: waiting(name, 1, messages, by=by) for name, by in (("m", marta), ("o", otto), ("i", ines))}
    moment = timezone.now()
    served = waiting("served", 1, messages, by=marta)
    ImportBatch.objects.filter(pk=served.pk).update(state=JobState.DONE, finished_at=moment)
    busy = waiting("busy", 1, messages, by=otto)
    ImportBatch.objects.filter(pk=busy.pk).update(
        state=JobState.RUNNING, lease_until=moment + timedelta(seconds=20)
    )

    order = []
    while (one := turns.next_one(turns.waiting())) is not None:
        order.append(one.source_name)
        ImportBatch.objects.filter(pk=one.pk).update(
            state=JobState.CANCELLED, finished_at=moment - timedelta(days=1)
        )

    assert order == ["i", "m", "o"]
    assert set(lists) == set(order)
