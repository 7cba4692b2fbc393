import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerUnavailable

from imports.models import ImportBatch, ImportKind, ImportRow
from leadops.jobs import RESEND_AFTER, JobState
from leadops.tasks import run_job
from leads.models import Account, Contact, Lead, Source, Suppression
from terminology import labels
from terminology.editing import rename_terms
from tests import factories
from tests.imports.lists import HEADERS, csv_file, loaded, person, taken_in

pytestmark = pytest.mark.django_db

SAID = {"kind": "partner", "source_name": "Partner list", "country": "DE"}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def marketing(client: Client) -> Client:
    client.force_login(factories.UserFactory(username="marta", role="marketing"))
    return client


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The messages that were sent to workers."""
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(run_job, "delay", lambda *args: sent.append(args))
    return sent


def upload(client: Client, file: BytesIO, *, name: str = "list.csv", **said: Any) -> Any:
    return client.post(
        reverse("imports:upload"), {**SAID, **said, "file": SimpleUploadedFile(name, file.getvalue())}
    )


def page(client: Client, name: str, batch: ImportBatch) -> Any:
    return client.get(reverse(f"imports:{name}", args=[batch.pk]))


def send(client: Client, name: str, batch: ImportBatch, **fields: Any) -> Any:
    return client.post(reverse(f"imports:{name}", args=[batch.pk]), fields)


def columns_of(batch: ImportBatch, **changed: str) -> dict[str, str]:
    """The columns form as it stands, with some columns changed ("E-mail": "…" as column_2="…")."""
    return (
        {f"column_{place}": target for place, target in enumerate(batch.columns.values())}
        | {"next": "1"}
        | changed
    )


def previewed(client: Client, file: BytesIO, **said: Any) -> ImportBatch:
    upload(client, file, **said)
    batch = ImportBatch.objects.latest("pk")
    answer = send(client, "columns", batch, **columns_of(batch))
    assert answer.url == reverse("imports:preview", args=[batch.pk]), answer.content.decode()
    batch.refresh_from_db()
    return batch


def said_to(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# --- The way ------------------------------------------------------------------------------------------------------


def test_a_list_goes_from_file_to_leads(
    marketing: Client, hints: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    answer = upload(marketing, csv_file([person(1), person(2, e_mail="ines")]))
    batch = ImportBatch.objects.get()
    assert answer.url == reverse("imports:columns", args=[batch.pk])

    answer = page(marketing, "columns", batch)
    assert b"ines.roth1@kiesel-werke.example" in answer.content
    assert b"The header is the label of e-mail." in answer.content

    answer = send(marketing, "columns", batch, **columns_of(batch))
    assert answer.url == reverse("imports:preview", args=[batch.pk])
    answer = page(marketing, "preview", batch)
    assert "What will become of 2 rows" in answer.content.decode()
    assert "E-mail: “ines” is not an e-mail address: it has no @ sign." in answer.content.decode()

    mark = answer.context["form"].initial["mark"]
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(marketing, "confirm", batch, mark=mark, accepts_many_bad="on")
    assert answer.url == reverse("imports:batch", args=[batch.pk])
    assert hints == [("imports.ImportBatch", batch.pk)]
    assert LogEntry.objects.get().change_message == "Confirmed the preview."

    run_job("imports.ImportBatch", batch.pk)
    answer = page(marketing, "batch", batch)
    assert "All 2 rows are done." in answer.content.decode()
    lead = Lead.objects.get()
    assert (lead.source.name, lead.contact.email) == ("Partner list", "ines.roth1@kiesel-werke.example")


def test_the_preview_writes_nothing_about_people(marketing: Client) -> None:
    factories.LeadFactory(
        contact=factories.ContactFactory(email="ines.roth1@kiesel-werke.example", title="", phone="")
    )
    before = (
        list(Contact.objects.values()),
        Account.objects.count(),
        Lead.objects.count(),
        Contact.history.count(),
    )

    batch = previewed(
        marketing,
        csv_file([[*person(1), "yes"], [*person(2), ""], [*person(2), ""]], headers=[*HEADERS, "Opted out"]),
    )

    assert batch.preview["counts"] == {"suppressed": 1, "created": 1, "merged": 1}
    assert (
        list(Contact.objects.values()),
        Account.objects.count(),
        Lead.objects.count(),
        Contact.history.count(),
    ) == before
    assert not Suppression.objects.exists()
    assert not ImportRow.objects.exists()
    assert not Source.objects.filter(name="Partner list").exists()


def test_the_preview_says_what_the_loading_then_does(marketing: Client, hints: list[Any]) -> None:
    rows = [person(1), person(1), person(2, e_mail="ines"), person(3)]
    batch = previewed(marketing, csv_file(rows))

    send(marketing, "confirm", batch, mark=batch.preview_mark)
    run_job("imports.ImportBatch", batch.pk)

    batch.refresh_from_db()
    assert {name: count for name, count in batch.counts.items() if count} == batch.preview["counts"]
    assert batch.reasons == batch.preview["reasons"]


def test_columns_that_no_file_sets_are_named_in_the_preview(marketing: Client) -> None:
    batch = previewed(
        marketing,
        csv_file([[*person(1), "Otto", "MQL", "x"]], headers=[*HEADERS, "Lead Owner", "Stage", "Shoe size"]),
    )

    text = page(marketing, "preview", batch).content.decode()

    assert "Lead Owner, Stage. No file sets who works a lead, where it stands or what it scores." in text
    assert re.search(r"Left out</dt><dd>Shoe size<", text)


def test_a_column_can_be_corrected(marketing: Client, hints: list[Any]) -> None:
    upload(marketing, csv_file([person(1, job_title="Essen")]))
    batch = ImportBatch.objects.get()

    send(marketing, "columns", batch, **columns_of(batch, column_4="city"))
    batch.refresh_from_db()
    send(marketing, "confirm", batch, mark=batch.preview_mark)
    run_job("imports.ImportBatch", batch.pk)

    contact = Contact.objects.get()
    assert (contact.city, contact.title) == ("Essen", "")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"column_2": "", "column_0": "", "column_1": ""}, None),
        ({"column_0": "email"}, "The columns “First name” and “E-mail” are both e-mail. Keep one of them."),
        (
            {f"column_{place}": "" for place in range(5)},
            "No column says who the people are. Choose the column for e-mail, full name, last name or phone.",
        ),
    ],
)
def test_columns_that_make_no_people_are_refused(
    marketing: Client, changed: dict[str, str], sentence: str | None
) -> None:
    upload(marketing, csv_file([person(1, phone="030 23125001")]))
    batch = ImportBatch.objects.get()

    answer = send(marketing, "columns", batch, **columns_of(batch, **changed))

    if sentence is None:
        assert answer.url == reverse("imports:preview", args=[batch.pk])
    else:
        assert said_to(answer) == [sentence]


def test_former_labels_are_known_as_headers(marketing: Client, now: datetime) -> None:
    for label in ("Rolle im Haus", "Amt"):
        rename_terms(texts={"leads.contact.title": label}, by=None, now=now)
        labels.refresh()

    headers = [*HEADERS[:4], "Rolle im Haus", "Company"]
    upload(marketing, csv_file([person(1)], headers=headers))

    assert ImportBatch.objects.get().mapping["Rolle im Haus"] == "title"
    assert (
        "The header is a former label of Amt."
        in page(marketing, "columns", ImportBatch.objects.get()).content.decode()
    )


def test_the_file_can_be_read_in_another_way(marketing: Client) -> None:
    text = "Vorname;Nachname;E-Mail\nJörg;Müller;joerg@kiesel-werke.example\n"
    upload(marketing, BytesIO(text.encode("cp1252")))
    batch = ImportBatch.objects.get()

    send(marketing, "columns", batch, read_again="1", encoding="cp437", delimiter=";", header_row="1")

    batch.refresh_from_db()
    assert batch.shape["encoding"] == "cp437"
    assert "J÷rg" in page(marketing, "columns", batch).content.decode()


def test_a_header_row_that_is_none_gets_a_sentence(marketing: Client) -> None:
    upload(marketing, csv_file([person(1)]))
    batch = ImportBatch.objects.get()

    answer = send(
        marketing, "columns", batch, read_again="1", encoding="utf-8", delimiter=",", header_row="900"
    )

    assert said_to(answer) == [
        "Row 900 is blank or far below the beginning, so it is no header. Choose another row."
    ]


# --- Bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [3, 5, 12])
def test_a_file_over_the_limit_is_refused_and_kept_nowhere(
    marketing: Client, settings: Any, tmp_path: Path, size: int
) -> None:
    settings.LEADOPS = {**settings.LEADOPS, "UPLOAD_MAX_BYTES": 1024 * 1024}
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)

    answer = upload(marketing, BytesIO(b"E-mail\n" + b"x" * size * 1024 * 1024))

    assert answer.status_code == 413
    assert (
        "This file is larger than 1 MB, which is the most that can be uploaded. Leave out columns that you don&#x27;t "
        "need, or split the list."
    ) in answer.content.decode()
    assert not ImportBatch.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size] == []


def test_a_file_without_a_list_is_refused_with_a_sentence(marketing: Client, tmp_path: Path) -> None:
    answer = upload(marketing, BytesIO(b"%PDF-1.7 ..."), name="list.csv")

    assert (
        "This file is a PDF, not a list. Save it as CSV or XLSX and upload it again."
        in answer.content.decode()
    )
    assert not ImportBatch.objects.exists()
    assert not list((tmp_path / "media").rglob("*"))


def test_a_purchased_list_without_its_papers_is_refused(marketing: Client) -> None:
    answer = upload(marketing, csv_file([person(1)]), kind="purchased", vendor="Listworks")

    assert (
        "A purchased list must say where it comes from. Add the date of purchase and the lawful basis on which we may"
        in answer.content.decode()
    )
    assert not ImportBatch.objects.exists()


def test_a_country_that_is_none_gets_a_sentence(marketing: Client) -> None:
    answer = upload(marketing, csv_file([person(1)]), country="XQ")

    assert "“XQ” is no country. Write two letters, such as DE." in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["../../x.csv", "x" * 300 + ".csv", "list\x00.csv", "page.html", "drawing.svg", "="]
)
def test_odd_file_names_do_no_harm(marketing: Client, name: str) -> None:
    answer = upload(marketing, csv_file([person(1)]), name=name)

    batch = ImportBatch.objects.get()
    assert answer.url == reverse("imports:columns", args=[batch.pk])
    assert re.fullmatch(r"imports/[0-9a-f]{32}", batch.file.name)
    assert page(marketing, "columns", batch).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "\u202eevil",
        "'; DROP TABLE leads_lead;--",
        "=cmd|' /C calc'!A0",
        "日本語",
        "%s %d",
    ],
)
def test_odd_texts_are_shown_as_texts(marketing: Client, hints: list[Any], text: str) -> None:
    headers = [*HEADERS[:5], text]
    batch = previewed(
        marketing,
        csv_file([[*person(1)[:5], text], [*person(2, e_mail=text)[:5], text]], headers=headers),
        source_name=text,
    )

    for name in ("columns", "preview"):
        assert b"<script>alert(1)" not in page(marketing, name, batch).content
    send(marketing, "confirm", batch, mark=batch.preview_mark, accepts_many_bad="on")
    run_job("imports.ImportBatch", batch.pk)

    answer = page(marketing, "batch", batch)
    assert answer.status_code == 200
    assert b"<script>alert(1)" not in answer.content
    batch.refresh_from_db()
    assert (batch.created, batch.rejected) == (1, 1)


def test_a_list_that_is_mostly_bad_asks_first(marketing: Client) -> None:
    batch = previewed(marketing, csv_file([person(1), person(2, e_mail="ines"), person(3, e_mail="otto")]))
    assert "67 % of the rows would be rejected" in page(marketing, "preview", batch).content.decode()

    answer = marketing.post(
        reverse("imports:confirm", args=[batch.pk]), {"mark": batch.preview_mark}, follow=True
    )

    assert said_to(answer) == [
        "67 % of the rows would be rejected. Correct the columns or the file, or say that the good rows shall be "
        "loaded anyway."
    ]
    batch.refresh_from_db()
    assert batch.is_draft


# --- Confirming what was seen -------------------------------------------------------------------------------------

CHANGED = (
    "The file or its columns have changed since this preview was made. Make the preview again and confirm it."
)


def test_a_preview_of_former_columns_confirms_nothing(marketing: Client) -> None:
    batch = previewed(marketing, csv_file([person(1)]))
    shown = batch.preview_mark
    send(marketing, "columns", batch, **columns_of(batch, column_4=""))

    answer = marketing.post(reverse("imports:confirm", args=[batch.pk]), {"mark": shown}, follow=True)

    assert said_to(answer) == [CHANGED]
    batch.refresh_from_db()
    assert batch.is_draft


def test_a_file_that_was_exchanged_is_not_confirmed(marketing: Client) -> None:
    batch = previewed(marketing, csv_file([person(1)]))
    Path(batch.file.path).write_bytes(csv_file([person(2)]).getvalue())

    answer = marketing.post(
        reverse("imports:confirm", args=[batch.pk]), {"mark": batch.preview_mark}, follow=True
    )

    assert said_to(answer) == [CHANGED]


def test_a_preview_of_yesterday_confirms_nothing(marketing: Client) -> None:
    batch = previewed(marketing, csv_file([person(1)]))
    ImportBatch.jobs.filter(pk=batch.pk).update(previewed_at=timezone.now() - timedelta(hours=25))

    answer = marketing.post(
        reverse("imports:confirm", args=[batch.pk]), {"mark": batch.preview_mark}, follow=True
    )

    assert said_to(answer) == ["This preview is more than a day old. Make it anew, and confirm it then."]


def test_a_renamed_label_does_not_outdate_the_preview(
    marketing: Client, hints: list[Any], now: datetime
) -> None:
    batch = previewed(marketing, csv_file([person(1)]))
    rename_terms(texts={"leads.contact.email": "Mailbox", "leads.contact.title": "Amt"}, by=None, now=now)

    send(marketing, "confirm", batch, mark=batch.preview_mark)
    run_job("imports.ImportBatch", batch.pk)

    assert Contact.objects.get().title == "Buyer"


def test_a_second_click_on_load_is_told_so(
    marketing: Client, hints: list[Any], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    batch = previewed(marketing, csv_file([person(1)]))
    with django_capture_on_commit_callbacks(execute=True):
        send(marketing, "confirm", batch, mark=batch.preview_mark)

        answer = marketing.post(
            reverse("imports:confirm", args=[batch.pk]), {"mark": batch.preview_mark}, follow=True
        )

    assert said_to(answer) == [
        "This list has been confirmed or stopped already. Upload it again to load it anew."
    ]
    assert len(hints) == 1


def test_a_page_of_before_does_not_change_a_list_that_runs(marketing: Client, hints: list[Any]) -> None:
    batch = previewed(marketing, csv_file([person(1)]))
    before = columns_of(batch, column_4="")
    send(marketing, "confirm", batch, mark=batch.preview_mark)

    answer = send(marketing, "columns", batch, **before)

    batch.refresh_from_db()
    assert answer.url == reverse("imports:batch", args=[batch.pk])
    assert batch.mapping["Job title"] == "title"


# --- The list while it is loaded ----------------------------------------------------------------------------------


def test_a_broker_that_is_away_costs_nothing(
    marketing: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    def gone(*args: Any) -> None:
        raise BrokerUnavailable("connection refused")

    monkeypatch.setattr(run_job, "delay", gone)
    batch = previewed(marketing, csv_file([person(1)]))
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(marketing, "confirm", batch, mark=batch.preview_mark)
    assert answer.status_code == 302
    assert "The list waits for a worker." in page(marketing, "batch", batch).content.decode()

    ImportBatch.jobs.filter(pk=batch.pk).update(run_after=timezone.now() - 2 * RESEND_AFTER)
    text = page(marketing, "batch", batch).content.decode()

    assert (
        "No worker has taken the list yet. It is kept safely and starts by itself as soon as a worker runs"
        in text
    )
    batch.refresh_from_db()
    assert batch.perform(now=timezone.now())
    assert Lead.objects.count() == 1


def test_the_progress_is_told_in_numbers(marketing: Client, now: datetime) -> None:
    batch = loaded(csv_file([person(1), person(2, e_mail="ines")]), now=now)

    found = page(marketing, "progress", batch).json()

    assert found == {
        "state": "done",
        "phase": "finishing",
        "percent": 100,
        "has_ended": True,
        "rows_done": 2,
        "rows_total": 2,
        "cursor": 2,
        "counts": {"created": 1, "updated": 0, "unchanged": 0, "merged": 0, "suppressed": 0, "rejected": 1},
        "reasons": [
            {
                "told": "E-mail: “…” is not an e-mail address: it has no @ sign. "
                "Correct it or leave the cell empty.",
                "count": 1,
            }
        ],
        "sentence": "All 2 rows are done.",
    }


def test_rejected_rows_are_shown_and_downloaded_as_an_attachment(marketing: Client, now: datetime) -> None:
    batch = loaded(csv_file([person(1, e_mail="ines", job_title='=HYPERLINK("x")')]), now=now)

    assert "E-mail: “ines” is not an e-mail address" in page(marketing, "batch", batch).content.decode()
    answer = marketing.get(reverse("imports:result", args=[batch.pk, "rejected", "csv"]))

    assert answer["Content-Disposition"] == f'attachment; filename="rejected-rows-{batch.pk}.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert '"\'=HYPERLINK(""x"")"' in b"".join(answer.streaming_content).decode()


def test_a_waiting_list_can_be_stopped_and_started_again(marketing: Client, hints: list[Any]) -> None:
    batch = previewed(marketing, csv_file([person(1)]))
    send(marketing, "confirm", batch, mark=batch.preview_mark)

    send(marketing, "stop", batch)
    batch.refresh_from_db()
    assert batch.state == JobState.CANCELLED
    run_job("imports.ImportBatch", batch.pk)
    assert not Lead.objects.exists()

    send(marketing, "start_again", batch)
    run_job("imports.ImportBatch", batch.pk)
    assert Lead.objects.count() == 1


def test_a_draft_can_be_put_away(marketing: Client) -> None:
    batch = previewed(marketing, csv_file([person(1)]))

    answer = marketing.post(reverse("imports:stop", args=[batch.pk]), follow=True)

    assert said_to(answer) == ["The list was put away. Nothing of it was loaded."]
    answer = marketing.post(
        reverse("imports:confirm", args=[batch.pk]), {"mark": batch.preview_mark}, follow=True
    )
    assert said_to(answer) == [
        "This list has been confirmed or stopped already. Upload it again to load it anew."
    ]
    assert not Lead.objects.exists()


def test_a_list_refused_as_a_whole_offers_its_good_rows(marketing: Client, hints: list[Any]) -> None:
    batch = previewed(
        marketing,
        csv_file([person(number) for number in range(9)] + [person(9, e_mail="ines")]),
        all_or_nothing="on",
    )
    send(marketing, "confirm", batch, mark=batch.preview_mark)
    run_job("imports.ImportBatch", batch.pk)
    text = page(marketing, "batch", batch).content.decode()
    assert "1 of 10 rows are rejected, so nothing was loaded." in text
    assert "Load the good rows only" in text

    send(marketing, "start_again", batch)
    run_job("imports.ImportBatch", batch.pk)

    assert Lead.objects.count() == 9


def test_the_preview_of_a_list_that_would_be_refused_as_a_whole_offers_its_good_rows(
    marketing: Client, hints: list[Any]
) -> None:
    rows = [person(number) for number in range(9)]
    good = previewed(marketing, csv_file(rows), all_or_nothing="on")
    assert "nothing of this list would be loaded" not in page(marketing, "preview", good).content.decode()
    batch = previewed(marketing, csv_file([*rows, person(9, e_mail="ines")]), all_or_nothing="on")
    assert "so nothing of this list would be loaded" in page(marketing, "preview", batch).content.decode()

    send(marketing, "confirm", batch, mark=batch.preview_mark, accepts_many_bad="on")
    run_job("imports.ImportBatch", batch.pk)

    assert Lead.objects.count() == 9
    batch.refresh_from_db()
    assert (batch.state, batch.all_or_nothing, batch.rejected) == (JobState.DONE, False, 1)


def test_the_list_of_imports_leads_to_the_page_of_each(marketing: Client, now: datetime) -> None:
    batch = loaded(csv_file([person(1)]), now=now)

    answer = marketing.get(reverse("admin:imports_importbatch_changelist"))
    assert "Partner list" in answer.content.decode()
    answer = marketing.get(reverse("admin:imports_importbatch_change", args=[batch.pk]))

    assert answer.url == reverse("imports:batch", args=[batch.pk])


# --- Who may ------------------------------------------------------------------------------------------------------

GET_PAGES = ("columns", "preview", "batch", "progress")
POST_PAGES = ("columns", "cancel_preview", "confirm", "pause", "resume", "stop", "start_again")


@pytest.mark.parametrize("role", ["sales_rep", "sales_manager", "read_only", None])
def test_other_roles_see_no_list_and_change_none(client: Client, now: datetime, role: str | None) -> None:
    batch = taken_in(csv_file([person(1)]), now=now)
    client.force_login(factories.UserFactory(role=role))

    answers = [client.get(reverse("imports:upload")), upload(client, csv_file([person(1)]))]
    answers += [page(client, name, batch) for name in GET_PAGES]
    answers += [send(client, name, batch, mark="x", next="1") for name in POST_PAGES]
    answers += [client.get(reverse("admin:imports_importbatch_changelist"))]
    answers += [client.get(reverse("admin:imports_importbatch_change", args=[batch.pk]))]

    assert {answer.status_code for answer in answers} == {403}
    assert all(b"Partner list" not in answer.content for answer in answers)
    assert ImportBatch.objects.get() == batch
    batch.refresh_from_db()
    assert batch.state == JobState.PAUSED


@pytest.mark.parametrize("role", ["marketing", "revops", "administrator"])
def test_the_roles_that_import_see_all_lists(client: Client, now: datetime, role: str) -> None:
    batch = loaded(csv_file([person(1)]), now=now)
    client.force_login(factories.UserFactory(role=role))

    assert page(client, "batch", batch).status_code == 200
    assert client.get(reverse("imports:upload")).status_code == 200


def test_strangers_are_sent_to_the_login(client: Client, now: datetime) -> None:
    batch = taken_in(csv_file([person(1)]), now=now)

    answers = [upload(client, csv_file([person(1)])), *(page(client, name, batch) for name in GET_PAGES)]

    assert {answer.status_code for answer in answers} == {302}
    assert all(answer.url.startswith(reverse("admin:login")) for answer in answers)
    assert ImportBatch.objects.count() == 1


def test_every_change_needs_the_token_of_the_page(now: datetime) -> None:
    batch = taken_in(csv_file([person(1)]), now=now)
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.UserFactory(role="marketing"))

    answers = [
        upload(client, csv_file([person(1)])),
        *(send(client, name, batch, mark="x", next="1") for name in POST_PAGES),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert ImportBatch.objects.count() == 1


@pytest.mark.parametrize("name", ["cancel_preview", "confirm", "pause", "resume", "stop", "start_again"])
def test_a_link_changes_nothing(marketing: Client, now: datetime, name: str) -> None:
    batch = taken_in(csv_file([person(1)]), now=now)

    answer = page(marketing, name, batch)

    assert answer.status_code == 405
    batch.refresh_from_db()
    assert batch.state == JobState.PAUSED


def test_nothing_serves_the_uploaded_file(marketing: Client, now: datetime) -> None:
    batch = taken_in(csv_file([person(1)]), now=now, kind=ImportKind.PARTNER)

    for address in (f"/media/{batch.file.name}", f"/{batch.file.name}", f"/static/{batch.file.name}"):
        assert marketing.get(address).status_code == 404
