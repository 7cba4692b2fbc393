"""No room left where a list needs some: a sentence says so, nothing half is kept, and nothing that was done is lost."""

import errno
import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from imports import loading, lookahead, previewing, steering, undo
from imports.models import ImportBatch, Phase
from leadops.jobs import JobState
from leads.people import memory
from tests import factories
from tests.imports.digest import business_rows, digest
from tests.imports.lists import confirmed, csv_file, loaded, person, taken_in

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

NO_ROOM = "There is no room left on the server's disk"
IN_HTML = NO_ROOM.replace("'", "&#x27;")


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (loading, lookahead, undo):
        monkeypatch.setattr(module, "CHUNK", 50)


@pytest.fixture
def marketing(client: Client) -> Client:
    client.force_login(factories.UserFactory(username="marta", role="marketing"))
    return client


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The kernel lets no file of this process grow over `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def full_database() -> OperationalError:
    """What a full database says: SQLite's own words, or the code of PostgreSQL."""
    error = OperationalError("full")
    if connection.vendor == "postgresql":
        error.__cause__ = psycopg.errors.DiskFull("could not extend file: No space left on device")
        return error
    small = sqlite3.connect(":memory:")
    small.execute("PRAGMA max_page_count = 2")
    try:
        small.executescript("CREATE TABLE a (b); CREATE TABLE c (d); CREATE TABLE e (f);")
    except sqlite3.OperationalError as full:
        error.__cause__ = full
    finally:
        small.close()
    assert str(error.__cause__) == "database or disk is full"
    return error


def failing_at(call: int, real: Callable[..., Any], error: BaseException) -> Callable[..., Any]:
    """The same function, which raises the error when it is called for the `call`th time, after its work."""
    calls = 0

    def act(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        answer = real(*args, **kwargs)
        if calls == call:
            raise error
        return answer

    return act


def some(count: int) -> BytesIO:
    rows = [person(n) if n % 9 else person(n, e_mail="nobody at all") for n in range(count)]
    return csv_file(rows + rows[: count // 10])


def upload(client: Client, file: bytes) -> Any:
    said = {"kind": "partner", "source_name": "Partner list", "country": "DE"}
    return client.post(
        reverse("imports:upload"), {**said, "file": SimpleUploadedFile("list.csv", file)}, follow=True
    )


def kept_files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


# --- Taking in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [2_000, 30_000], ids=["from memory", "by way of a temporary file"])
def test_an_upload_that_does_not_fit_is_refused_and_no_half_of_it_is_kept(
    marketing: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, rows: int
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    file = csv_file([person(n) for n in range(rows)]).getvalue()
    assert (len(file) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE) == (rows == 30_000)

    with files_of_at_most(100_000):
        answer = upload(marketing, file)

    assert IN_HTML in answer.content.decode()
    assert not ImportBatch.objects.exists()
    assert kept_files(tmp_path) == []
    assert list(tmp_path.glob("*.upload*")) == []
    assert upload(marketing, file).redirect_chain
    assert ImportBatch.objects.get().rows_total >= rows * 9 // 10


def test_a_list_for_whose_row_the_database_has_no_room_leaves_no_file(
    marketing: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(ImportBatch, "save", failing_at(1, lambda self, **kwargs: None, full_database()))
        answer = upload(marketing, some(20).getvalue())

    assert IN_HTML in answer.content.decode()
    assert kept_files(tmp_path) == []


# --- Looking ahead ------------------------------------------------------------------------------------------------


def test_a_preview_whose_memory_does_not_fit_says_so_and_can_be_made_again(
    marketing: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = taken_in(some(400), now=now)
    monkeypatch.setattr(previewing, "AT_ONCE", 100)
    before = business_rows()

    class Small(sqlite3.Connection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.execute("PRAGMA max_page_count = 12")

    with monkeypatch.context() as full:
        real = sqlite3.connect
        full.setattr(memory.sqlite3, "connect", lambda *args, **kwargs: real(*args, **kwargs, factory=Small))
        previewing.ask(batch=batch, now=now)
        batch.perform(now=now)
        told = marketing.get(reverse("imports:preview", args=[batch.pk]), follow=True).content.decode()
    batch.refresh_from_db()

    assert IN_HTML in told
    assert (batch.state, batch.is_draft, batch.preview) == (JobState.PAUSED, True, {})
    assert business_rows() == before
    previewing.ask(batch=batch, now=now)
    batch.perform(now=now)
    batch.refresh_from_db()
    assert batch.preview["rows"] == 440
    assert batch.preview_mark


# --- Loading and taking back --------------------------------------------------------------------------------------


def undisturbed(now: datetime, *, take_back: bool = False) -> str:
    """The digest of the list when nothing goes wrong, all of which is forgotten again."""
    with transaction.atomic():
        batch = loaded(some(400), now=now)
        if take_back:
            undo.ask(batch=batch, by=None, now=now)
            assert batch.perform(now=now)
        found = digest(batch)
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(
    ("module", "name", "call"),
    [
        (loading, "_keep", 1),
        (loading, "_keep", 4),
        (loading, "_finish", 1),
    ],
    ids=["in the first chunk", "in the fourth chunk", "in the finishing step"],
)
def test_a_list_that_does_not_fit_stops_with_a_sentence_and_goes_on_when_there_is_room(
    marketing: Client, now: datetime, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, call: int
) -> None:
    expected = undisturbed(now)
    batch = confirmed(some(400), now=now)
    with monkeypatch.context() as full:
        full.setattr(module, name, failing_at(call, getattr(module, name), full_database()))
        assert batch.perform(now=now)
    batch.refresh_from_db()
    rows = batch.rows.count()
    page = marketing.get(reverse("imports:batch", args=[batch.pk])).content.decode()

    assert batch.state == JobState.FAILED
    assert batch.error.startswith(NO_ROOM)
    assert batch.rows_done == rows == (440 if name == "_finish" else (call - 1) * 50)
    assert IN_HTML in page
    assert reverse("imports:start_again", args=[batch.pk]) in page

    marketing.post(reverse("imports:start_again", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == JobState.QUEUED
    assert batch.perform(now=max(now, batch.run_after))
    assert (batch.state, batch.rows_done, batch.error) == (JobState.DONE, 440, "")
    assert digest(batch) == expected


def test_taking_back_that_does_not_fit_goes_on_when_there_is_room(
    marketing: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = undisturbed(now, take_back=True)
    batch = loaded(some(400), now=now)
    undo.ask(batch=batch, by=None, now=now)
    with monkeypatch.context() as full:
        full.setattr(undo, "withdraw_people", failing_at(3, undo.withdraw_people, full_database()))
        assert batch.perform(now=now)
    batch.refresh_from_db()

    assert (batch.state, batch.phase) == (JobState.FAILED, Phase.UNDOING)
    assert batch.error.startswith(NO_ROOM)
    assert 0 < batch.undo_counts["deleted"] < 355

    steering.start_again(batch=batch, now=now)
    assert batch.perform(now=now)
    assert batch.is_taken_back
    assert digest(batch) == expected


def test_a_page_that_needs_room_says_so(
    marketing: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = loaded(some(20), now=now)
    monkeypatch.setattr(undo, "ask", failing_at(1, lambda **kwargs: None, full_database()))

    answer = marketing.post(reverse("imports:undo", args=[batch.pk]), follow=True)

    assert answer.status_code == 200
    assert IN_HTML in answer.content.decode()


# --- Result files -------------------------------------------------------------------------------------------------


def test_a_file_of_rejected_rows_that_does_not_fit_is_told_and_not_left_half(tmp_path: Path) -> None:
    path, rejects = tmp_path / "list.csv", tmp_path / "rejects.csv"
    path.write_bytes(csv_file([person(n, e_mail="nobody at all") for n in range(2_000)]).getvalue())

    # The file of the rejected rows is longer than the list: it also says why.
    with files_of_at_most(path.stat().st_size + 1_000), pytest.raises(CommandError) as told:
        call_command("import_list", path, kind="partner", source="Partner list", rejects=rejects)

    batch = ImportBatch.objects.get()
    assert str(told.value) == (
        f"The rejected rows could not be written to “{rejects}”: {os.strerror(errno.EFBIG)}. "
        f"2,000 rows are done and stay so. The page of import {batch.pk} has the file."
    )
    assert (batch.state, batch.rejected) == (JobState.DONE, 2_000)
    assert not rejects.exists()


def test_a_dry_run_tells_that_a_device_is_full(tmp_path: Path) -> None:
    path, rejects = tmp_path / "list.csv", tmp_path / "rejects.csv"
    path.write_bytes(csv_file([person(1, e_mail="nobody at all")]).getvalue())
    rejects.symlink_to("/dev/full")

    with pytest.raises(CommandError, match=r"No space left on device\. Make room or name another place"):
        call_command(
            "import_list", path, kind="partner", source="Partner list", rejects=rejects, dry_run=True
        )

    assert not ImportBatch.objects.exists()
