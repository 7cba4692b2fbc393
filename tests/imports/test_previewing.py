"""A long list is looked at as a whole, in the background, and nothing is written but what a person is shown."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from imports import drafting, lookahead, previewing, steering
from imports.models import ImportBatch, ImportRow, Phase
from imports.reading import Row
from leadops import jobs
from leadops.jobs import LEASE, JobState
from leadops.tasks import run_job
from leads.models import Contact, Lead, Source
from tests import factories
from tests.imports.lists import csv_file, loaded, person, taken_in

pytestmark = pytest.mark.django_db

ROWS = [*(person(number) for number in range(120)), *(person(number) for number in range(30))]
ROWS += [person(number, e_mail="ines") for number in range(200, 270)]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 100)
    monkeypatch.setattr(lookahead, "CHUNK", 50)


@pytest.fixture
def marketing(client: Client) -> Client:
    client.force_login(factories.UserFactory(username="marta", role="marketing"))
    return client


def page(client: Client, name: str, batch: ImportBatch) -> Any:
    return client.get(reverse(f"imports:{name}", args=[batch.pk]))


def post(client: Client, name: str, batch: ImportBatch, **fields: Any) -> Any:
    return client.post(reverse(f"imports:{name}", args=[batch.pk]), fields, follow=True)


def test_the_whole_of_a_long_list_is_counted_and_the_first_of_each_outcome_are_shown(now: datetime) -> None:
    batch = taken_in(csv_file(ROWS), now=now)

    previewing.ask(batch=batch, now=now)
    assert (batch.state, batch.phase, batch.preview) == (JobState.QUEUED, Phase.PREVIEWING, {})
    assert batch.perform(now=now)

    assert (batch.state, batch.is_draft, batch.cursor) == (JobState.PAUSED, True, 0)
    assert batch.preview["counts"] == {"created": 120, "merged": 30, "rejected": 70}
    assert {outcome: len(rows) for outcome, rows in batch.preview["shown"].items()} == {
        "created": 50,
        "merged": 30,
        "rejected": 50,
    }
    assert batch.preview["rows"] == 220
    assert not Contact.objects.exists()
    assert not Source.objects.exists()
    assert not ImportRow.objects.exists()


def test_what_a_background_preview_shows_is_what_is_loaded(now: datetime) -> None:
    by = factories.UserFactory(role="marketing")
    loaded(csv_file(ROWS[:40]), now=now, source_name="Before")
    batch = taken_in(csv_file(ROWS), now=now)
    previewing.ask(batch=batch, now=now)
    batch.perform(now=now)

    steering.confirm(batch=batch, mark_shown=batch.preview_mark, accepts_many_bad=True, by=by, now=now)
    assert batch.perform(now=now)

    assert batch.state == JobState.DONE
    assert {name: number for name, number in batch.counts.items() if number} == batch.preview["counts"]


def test_the_page_shows_how_far_it_is_and_then_the_preview(marketing: Client, now: datetime) -> None:
    batch = taken_in(csv_file(ROWS), now=now)
    previewing.ask(batch=batch, now=now)

    text = page(marketing, "preview", batch).content.decode()
    assert "Looking ahead" in text
    assert "Every row is looked at and nothing is written." in text
    assert page(marketing, "batch", batch).url == reverse("imports:preview", args=[batch.pk])
    assert page(marketing, "columns", batch).url == reverse("imports:batch", args=[batch.pk])

    run_job("imports.ImportBatch", batch.pk)
    text = page(marketing, "preview", batch).content.decode()
    assert "What will become of 220 rows" in text
    assert "the first 50 of 120 rows" in text
    assert '<table class="lo-table lo-import-rows lo-import-people">' in text  # in few lines on a phone
    assert "30 rows" in text


def test_the_progress_of_a_preview_counts_rows_and_outcomes(
    marketing: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "TOLD_EVERY", 0.0)
    batch = taken_in(csv_file(ROWS), now=now)
    previewing.ask(batch=batch, now=now)
    seen: list[dict[str, Any]] = []
    real = jobs.Lease.advance

    def looking(lease: jobs.Lease, **fields: Any) -> None:
        real(lease, **fields)
        if fields:
            seen.append(page(marketing, "progress", batch).json())

    monkeypatch.setattr(jobs.Lease, "advance", looking)
    batch.perform(now=now)

    assert [found["percent"] for found in seen] == [22, 45, 68, 90, 99]
    assert [found["rows_done"] for found in seen] == [50, 100, 150, 200, 220]
    assert seen[1]["counts"] == {"created": 100}
    assert seen[1]["sentence"] == "Looking ahead: 100 of 220 rows."


def test_a_preview_can_be_cancelled_while_it_runs(
    marketing: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = taken_in(csv_file(ROWS), now=now)
    previewing.ask(batch=batch, now=now)
    real = jobs.Lease.advance

    def cancelled(lease: jobs.Lease, **fields: Any) -> None:
        real(lease, **fields)
        if fields.get("cursor") == 100:
            post(marketing, "cancel_preview", batch)

    monkeypatch.setattr(jobs.Lease, "advance", cancelled)
    assert not ImportBatch.objects.get().perform(now=now)

    batch.refresh_from_db()
    assert (batch.state, batch.preview, batch.preview_mark, batch.cursor) == (JobState.PAUSED, {}, "", 0)
    assert page(marketing, "columns", batch).status_code == 200


def test_a_preview_whose_worker_was_killed_is_made_by_the_next(now: datetime) -> None:
    batch = taken_in(csv_file(ROWS), now=now)
    previewing.ask(batch=batch, now=now)
    lease = batch._claim(now=now)
    assert lease is not None
    lease.advance(cursor=150)

    assert not ImportBatch.objects.get().perform(now=now)
    other = ImportBatch.objects.get()
    assert other.perform(now=timezone.now() + 2 * LEASE)

    assert other.preview["counts"] == {"created": 120, "merged": 30, "rejected": 70}


def test_what_stands_in_the_way_of_a_preview_is_told_and_the_list_stays_a_draft(
    marketing: Client, now: datetime
) -> None:
    batch = taken_in(csv_file(ROWS), now=now)
    previewing.ask(batch=batch, now=now)
    Path(batch.file.path).write_bytes(b"Name,E-mail\nAda,ada@kiesel-werke.example\n")
    batch.perform(now=now)

    answer = marketing.get(reverse("imports:preview", args=[batch.pk]), follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "The file that was uploaded has been changed where it is kept. Upload it again."
    ]
    assert (batch.state, batch.is_draft) == (JobState.PAUSED, True)


def test_rules_and_constants_are_part_of_what_was_previewed(now: datetime) -> None:
    by = factories.UserFactory(role="marketing")
    for changed in ({"rules": {"title": "never"}}, {"constants": {"country": "DE"}}, {"terms": "One year"}):
        batch = taken_in(csv_file(ROWS[:3]), now=now)
        previewing.ask(batch=batch, now=now)
        ImportBatch.objects.filter(pk=batch.pk).update(**changed)
        batch = ImportBatch.objects.get(pk=batch.pk)

        with pytest.raises(drafting.PreviewOutdated, match="have changed since this preview was made"):
            steering.confirm(
                batch=batch, mark_shown=batch.preview_mark, accepts_many_bad=False, by=by, now=now
            )


def test_a_loading_list_can_be_paused_and_goes_on_from_there(
    marketing: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imports import loading, readahead

    monkeypatch.setattr(loading, "CHUNK", 50)
    batch = taken_in(csv_file(ROWS), now=now)
    steering.begin(batch=batch, now=now)
    real = readahead.rows

    def pausing(*args: Any, **kwargs: Any) -> Iterator[Row]:
        for count, row in enumerate(real(*args, **kwargs)):
            if count == 120:
                post(marketing, "pause", batch)
            yield row

    monkeypatch.setattr(readahead, "rows", pausing)
    assert not ImportBatch.objects.get().perform(now=now)
    monkeypatch.setattr(readahead, "rows", real)

    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, Lead.objects.count()) == (JobState.PAUSED, 100, 100)
    text = page(marketing, "batch", batch).content.decode()
    assert "Paused after 100 of 220 rows. What is loaded stays." in text
    assert "Go on" in text
    assert jobs.sweep(now=timezone.now() + timedelta(hours=1)) == 0

    post(marketing, "resume", batch)
    run_job("imports.ImportBatch", batch.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, Lead.objects.count()) == (JobState.DONE, 220, 120)
    assert batch.counts == {
        "created": 120, "updated": 0, "unchanged": 0, "merged": 30, "suppressed": 0, "rejected": 70,
    }  # fmt: skip


def test_what_cannot_be_paused_or_resumed_gets_a_sentence(marketing: Client, now: datetime) -> None:
    batch = loaded(csv_file(ROWS[:2]), now=now)

    for name, sentence in (
        ("pause", "Only a list that waits or is being loaded can be paused. Its page shows how far it is."),
        ("resume", "Only a paused list can be resumed. Its page shows how far it is."),
    ):
        answer = post(marketing, name, batch)
        assert [str(message) for message in answer.context["messages"]] == [sentence]


def test_the_preview_page_asks_as_much_for_a_long_list_as_for_a_short_one(
    marketing: Client, now: datetime
) -> None:
    asked = []
    for rows in (ROWS[:2], ROWS):
        batch = taken_in(csv_file(rows), now=now)
        previewing.preview(batch=batch, now=now)
        with CaptureQueriesContext(connection) as queries:
            assert page(marketing, "preview", batch).status_code == 200
        asked.append(len(queries))

    assert asked[1] <= asked[0] <= 12  # the first page also reads what the process keeps


def test_what_would_change_of_known_people_is_told_field_by_field(marketing: Client, now: datetime) -> None:
    loaded(csv_file([person(1, phone=""), person(2), person(3)]), now=now, source_name="Before")
    batch = taken_in(
        csv_file([person(1, phone="030 23125001"), person(2, job_title="CFO"), person(3), person(4)]),
        now=now,
        overwrite=True,
    )

    previewing.preview(batch=batch, now=now)

    assert batch.preview["fields"] == {"contact.phone": [1, 0], "contact.title": [0, 1]}
    assert [(row["number"], row["changes"]) for row in batch.preview["shown"]["updated"]] == [
        (2, [("contact.phone", "", "+493023125001")]),
        (3, [("contact.title", "Buyer", "CFO")]),
    ]
    text = page(marketing, "preview", batch).content.decode()
    assert "Job title: <del>Buyer</del> → <ins>CFO</ins>" in text
    assert "Phone: <ins>+493023125001</ins>" in text
    assert '<th scope="row">Job title</th><td>0 ×</td><td>1 ×</td>' in text
