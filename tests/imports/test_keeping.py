"""Uploaded files go when their time has come, or somebody in them is erased, and everything else goes on."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from imports import drafting, keeping, previewing, steering, tasks
from imports.drafting import ListRefused
from imports.models import FileEnd, ImportBatch
from leadops.jobs import JobState
from leads.models import Contact
from leads.people import erasing
from tests import factories
from tests.imports.lists import csv_file, loaded, person, taken_in

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def people(count: int = 2) -> BytesIO:
    return csv_file([person(number) for number in range(1, count + 1)])


def ended(now: datetime, **fields: Any) -> ImportBatch:
    """A list that was loaded, and ended at `now`."""
    batch = loaded(people(), now=now, **fields)
    ImportBatch.jobs.filter(pk=batch.pk).update(finished_at=now)
    batch.refresh_from_db()
    return batch


def is_kept(batch: ImportBatch) -> bool:
    """Whether the file is still there, on the disk and by its row."""
    name = ImportBatch.objects.get(pk=batch.pk).file.name
    assert bool(name) == batch.file.storage.exists(batch.file.name)
    return bool(name)


# --- After some time ------------------------------------------------------------------------------------------------


def test_a_draft_goes_after_thirty_days_with_what_it_showed(now: datetime) -> None:
    batch = taken_in(people(), now=now)
    previewing.preview(batch=batch, now=now)

    keeping.sweep(now=now + 30 * DAY)
    assert is_kept(batch)
    keeping.sweep(now=now + 31 * DAY)

    assert not is_kept(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.file_end) == (JobState.CANCELLED, FileEnd.FORGOTTEN)
    assert (batch.preview, batch.preview_mark, batch.shape["sample"]) == ({}, "", [])


def test_a_draft_that_is_looked_at_again_begins_anew(now: datetime) -> None:
    batch = taken_in(people(), now=now)
    previewing.preview(batch=batch, now=now + 29 * DAY)

    keeping.sweep(now=now + 31 * DAY)
    assert is_kept(batch)
    keeping.sweep(now=now + 60 * DAY)

    assert not is_kept(batch)


def test_a_draft_that_was_put_away_goes_at_once(now: datetime) -> None:
    batch = taken_in(people(), now=now)
    steering.stop(batch=batch, now=now)

    keeping.sweep(now=now)

    assert not is_kept(batch)


def test_the_file_of_a_loaded_list_goes_after_ninety_days_and_its_rows_stay(now: datetime) -> None:
    batch = ended(now)

    keeping.sweep(now=now + 90 * DAY)
    assert is_kept(batch)
    keeping.sweep(now=now + 91 * DAY)

    assert not is_kept(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.file_end, batch.rows.count()) == (JobState.DONE, FileEnd.KEPT_LONG, 2)


def test_a_list_that_rests_for_ever_is_stopped_and_one_that_runs_keeps_its_file(now: datetime) -> None:
    resting, running = ended(now), ended(now, source_name="Other")
    ImportBatch.jobs.filter(pk=resting.pk).update(state=JobState.PAUSED, phase="loading", run_after=now)
    ImportBatch.jobs.filter(pk=running.pk).update(state=JobState.RUNNING, phase="loading")

    keeping.sweep(now=now + 91 * DAY)

    assert (is_kept(resting), is_kept(running)) == (False, True)
    resting.refresh_from_db()
    assert resting.state == JobState.CANCELLED


def test_nothing_goes_where_the_company_keeps_everything(now: datetime, settings: Any) -> None:
    settings.LEADOPS = {**settings.LEADOPS, "KEEP_DRAFTS": timedelta(), "KEEP_FILES": timedelta()}
    draft, batch = taken_in(people(), now=now), ended(now)

    keeping.sweep(now=now + 1000 * DAY)

    assert is_kept(draft)
    assert is_kept(batch)
    assert keeping.kept_until(batch) is None


def test_a_sweep_takes_a_bounded_number_and_the_next_one_the_others(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    batches = [taken_in(people(), now=now, source_name=f"List {number}") for number in range(3)]

    keeping.sweep(now=now + 31 * DAY)
    first = [is_kept(batch) for batch in batches]
    keeping.sweep(now=now + 31 * DAY)

    assert first == [False, False, True]
    assert [is_kept(batch) for batch in batches] == [False] * 3


def test_a_sweep_that_was_killed_half_way_is_finished_by_the_next(now: datetime) -> None:
    marked, deleted = taken_in(people(), now=now), taken_in(people(), now=now, source_name="Other")
    keeping.let_go(ids=[marked.pk, deleted.pk], why=FileEnd.FORGOTTEN, now=now)
    deleted.file.storage.delete(deleted.file.name)

    tasks.sweep_files()

    assert not ImportBatch.objects.exclude(file="").exists()
    assert not marked.file.storage.exists(marked.file.name)


def test_a_file_that_can_not_be_deleted_holds_no_other_up(
    now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = taken_in(people(), now=now), taken_in(people(), now=now, source_name="Other")
    delete = FileSystemStorage.delete

    def refuse(self: Any, name: str) -> None:
        if name == stuck.file.name:
            raise PermissionError("read-only")
        delete(self, name)

    with monkeypatch.context() as away:
        away.setattr(FileSystemStorage, "delete", refuse)
        keeping.sweep(now=now + 31 * DAY)
    assert (is_kept(stuck), is_kept(other)) == (True, False)
    assert "can't be deleted (read-only)" in caplog.text

    keeping.sweep(now=now + 31 * DAY)

    assert not is_kept(stuck)


# --- What goes on without the file ----------------------------------------------------------------------------------


def test_every_page_of_a_draft_without_its_file_opens_and_says_why(now: datetime, client: Client) -> None:
    batch = taken_in(people(), now=now)
    keeping.sweep(now=now + 31 * DAY)
    client.force_login(factories.UserFactory(role="marketing"))

    for name in ("batch", "columns", "preview"):
        answer = client.get(reverse(f"imports:{name}", args=[batch.pk]), follow=True)
        assert answer.status_code == 200
        assert "Nobody confirmed the list for so long that its file was deleted." in answer.text
    for name in ("confirm", "start_again", "columns", "resume"):
        answer = client.post(reverse(f"imports:{name}", args=[batch.pk]), {"read_again": "1"}, follow=True)
        assert answer.status_code == 200
    batch.refresh_from_db()
    assert batch.state == JobState.CANCELLED


def test_every_page_of_a_draft_opens_whose_file_vanished_from_the_disk(now: datetime, client: Client) -> None:
    batch = taken_in(people(), now=now)
    previewing.preview(batch=batch, now=now)
    batch.file.storage.delete(batch.file.name)
    client.force_login(factories.UserFactory(role="marketing"))

    for name in ("batch", "columns", "preview"):
        assert client.get(reverse(f"imports:{name}", args=[batch.pk]), follow=True).status_code == 200
    answer: Any = None
    for asked in (
        {"read_again": "1", "encoding": "utf-8"},
        {"use_preset": "1", "preset": ""},
        {"start_over": "1"},
    ):
        answer = client.post(reverse("imports:columns", args=[batch.pk]), asked, follow=True)
        assert answer.status_code == 200
    assert "The uploaded file is gone from where it is kept. Upload the list again." in answer.text


def test_a_loaded_list_without_its_file_is_read_downloaded_and_taken_back(
    now: datetime, client: Client
) -> None:
    batch = ended(now)
    client.force_login(factories.UserFactory(role="marketing"))
    address = reverse("imports:batch", args=[batch.pk])
    assert "The uploaded file is kept until" in client.get(address).text
    keeping.sweep(now=now + 91 * DAY)

    assert "What became of its rows is still here" in client.get(address).text
    for kind in ("csv", "xlsx"):
        answer = client.get(reverse("imports:result", args=[batch.pk, "all", kind]))
        assert b"".join(answer)
    client.post(reverse("imports:undo", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.perform(now=timezone.now() + timedelta(seconds=1))

    batch.refresh_from_db()
    assert batch.is_taken_back
    assert not Contact.objects.exists()


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_a_list_is_not_read_on_without_its_file(now: datetime, client: Client, state: str) -> None:
    batch = ended(now)
    ImportBatch.jobs.filter(pk=batch.pk).update(state=state, phase="loading")
    keeping.sweep(now=now + 91 * DAY)
    client.force_login(factories.UserFactory(role="marketing"))

    page = client.post(reverse("imports:start_again", args=[batch.pk]), follow=True).text

    batch.refresh_from_db()
    assert batch.state == state
    assert "The uploaded file is not kept any more" in page
    assert reverse("imports:start_again", args=[batch.pk]) not in page


def test_good_rows_of_a_list_without_its_file_are_refused_before_anything_is_lost(now: datetime) -> None:
    batch = loaded(csv_file([person(1), person(2, e_mail="x@")]), now=now, all_or_nothing=True)
    assert batch.is_refused
    keeping.let_go(ids=[batch.pk], why=FileEnd.KEPT_LONG, now=now)
    batch.refresh_from_db()
    before = batch.rows.count()

    with pytest.raises(ListRefused, match="not kept any more"):
        steering.load_good_rows(batch=batch, now=now)

    assert batch.rows.count() == before > 0


def test_who_starts_a_list_again_while_its_file_goes_is_refused(now: datetime) -> None:
    batch = ended(now)
    ImportBatch.jobs.filter(pk=batch.pk).update(state=JobState.CANCELLED, phase="loading")
    batch.refresh_from_db()
    keeping.let_go(ids=[batch.pk], why=FileEnd.KEPT_LONG, now=now)

    with pytest.raises(drafting.AlreadyConfirmed):
        steering.start_again(batch=batch, now=now)  # with the row as it was read before


# --- Somebody who stands in a file is erased ------------------------------------------------------------------------

FAR_DOWN = [person(number) for number in range(1, 301)]
MEANT = {
    "as it stands": person(400, e_mail="ines.only@kiesel.example"),
    "spelt otherwise": person(400, e_mail="Ines.Only+fair@KIESEL.example"),
    "full-width": person(400, e_mail="ｉｎｅｓ.only@kiesel.example"),
    "in another column": person(400, job_title="Ask Ines <ines.only@kiesel.example>"),
    "by number": person(400, phone="030 23125000"),
}


@pytest.mark.parametrize("row", MEANT.values(), ids=MEANT.keys())
def test_a_draft_goes_in_which_somebody_erased_stands_far_down(
    now: datetime, row: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    meant = taken_in(csv_file([*FAR_DOWN, row]), now=now)
    other = taken_in(csv_file(FAR_DOWN), now=now, source_name="Other")
    contact = factories.ContactFactory(
        first_name="Ines", last_name="Only", email="ines.only@kiesel.example", phone="+493023125000"
    )

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(contact=contact, by=None, now=now)
    keeping.sweep(now=now)

    assert (is_kept(meant), is_kept(other)) == (False, True)
    meant.refresh_from_db()
    assert (meant.state, meant.file_end) == (JobState.CANCELLED, FileEnd.ERASED)


def test_erasing_asks_for_the_search_at_once(
    now: datetime, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(keeping.sweep_soon, "send", lambda: asked.append(True))

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(contact=factories.ContactFactory(), by=None, now=now)

    assert asked == [True]


def test_a_list_that_was_stopped_half_way_goes_as_well_and_one_that_runs_when_it_has_ended(
    now: datetime,
) -> None:
    stopped = taken_in(csv_file([*FAR_DOWN, MEANT["as it stands"]]), now=now)
    running = taken_in(csv_file([person(900), MEANT["as it stands"]]), now=now, source_name="Running")
    ImportBatch.jobs.filter(pk=stopped.pk).update(state=JobState.CANCELLED, phase="loading", confirmed_at=now)
    ImportBatch.jobs.filter(pk=running.pk).update(state=JobState.RUNNING, phase="loading", confirmed_at=now)

    erasing.erase(contact=None, address="ines.only@kiesel.example", by=None, now=now + DAY)
    keeping.sweep(now=now + DAY)
    while_running = (is_kept(stopped), is_kept(running))
    ImportBatch.jobs.filter(pk=running.pk).update(state=JobState.DONE, finished_at=now + 2 * DAY)
    keeping.sweep(now=now + 2 * DAY)

    assert while_running == (False, True)
    assert not is_kept(running)


def test_a_file_is_read_once_for_one_erasure(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = taken_in(people(), now=now)
    erasing.erase(contact=factories.ContactFactory(), by=None, now=now)
    keeping.sweep(now=now)
    monkeypatch.setattr(keeping, "_holds_erased", lambda batch: pytest.fail("read again"))

    keeping.sweep(now=now)
    assert is_kept(batch)

    monkeypatch.setattr(keeping, "_holds_erased", lambda batch: True)
    erasing.erase(contact=factories.ContactFactory(), by=None, now=now + DAY)
    keeping.sweep(now=now + DAY)
    assert not is_kept(batch)
