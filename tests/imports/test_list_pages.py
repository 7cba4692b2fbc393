"""What the pages of lists say where there is little, much, or nothing to show."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from imports import previewing, undo
from imports.models import DuplicateSearch, ImportBatch, MatchedEntity, Phase, PossibleDuplicate
from leadops.jobs import JobState
from leads.models import Account
from tests import factories
from tests.imports.lists import HEADERS, csv_file, loaded, person, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def marketing(client: Client) -> Client:
    client.force_login(
        factories.UserFactory(username="marta", first_name="Marta", last_name="Quist", role="marketing")
    )
    return client


def shown(client: Client, name: str, batch: ImportBatch) -> str:
    return str(client.get(reverse(f"imports:{name}", args=[batch.pk])).content.decode())


def test_a_list_that_was_refused_shows_no_bar_and_no_leads(marketing: Client, now: datetime) -> None:
    rows = [person(1), person(2, e_mail="nobody")]
    refused = loaded(csv_file(rows), now=now, all_or_nothing=True)
    assert refused.is_refused

    text = shown(marketing, "batch", refused)

    assert "<progress" not in text
    assert "See its leads" not in text
    assert "accepted-rows" not in text
    assert "Load the good rows only" in text


def test_an_upload_that_comes_back_asks_for_its_file_again(marketing: Client) -> None:
    said = {"kind": "purchased", "source_name": "Listworks May", "country": "DE", "currency": "EUR"}
    again = "Choose the file again: a browser does not keep it when a page comes back."
    file = csv_file([person(1)])
    file.name = "list.csv"

    refused = marketing.post(reverse("imports:upload"), said | {"file": file}).content.decode()

    assert "vendor" in refused
    assert again in refused
    assert again not in marketing.get(reverse("imports:upload")).content.decode()
    assert again not in marketing.post(reverse("imports:upload"), said).content.decode()


def test_rejected_rows_are_read_page_by_page_in_as_many_queries(marketing: Client, now: datetime) -> None:
    bad = loaded(csv_file([person(n, e_mail=f"nobody{n}") for n in range(60)]), now=now)
    address = reverse("imports:batch", args=[bad.pk])

    with CaptureQueriesContext(connection) as of_many:
        first = marketing.get(address).content.decode()
    last = marketing.get(f"{address}?page=99").content.decode()

    assert ("“nobody24”" in first, "“nobody25”" in first) == (True, False)
    assert "1 to 25 of 60" in first
    assert 'href="?page=2#rejected-title"' in first
    assert "51 to 60 of 60" in last
    one = loaded(csv_file([person(1, e_mail="nobody")]), now=now)
    with CaptureQueriesContext(connection) as of_one:
        assert "Pages" not in shown(marketing, "batch", one)
    assert len(of_many) == len(of_one)


def test_the_reasons_come_while_the_list_is_loaded(marketing: Client, now: datetime) -> None:
    batch = loaded(csv_file([person(1), person(2, e_mail="nobody")]), now=now)
    reasons = batch.reasons
    ImportBatch.objects.filter(pk=batch.pk).update(state=JobState.RUNNING, cursor=0, reasons={})
    assert "data-reasons hidden>" in shown(marketing, "batch", batch)

    ImportBatch.objects.filter(pk=batch.pk).update(reasons=reasons)

    told = "E-mail: “…” is not an e-mail address: it has no @ sign. Correct it or leave the cell empty."
    progress = marketing.get(reverse("imports:progress", args=[batch.pk])).json()
    assert progress["reasons"] == [{"told": told, "count": 1}]
    text = shown(marketing, "batch", batch)
    assert "data-reasons>" in text
    assert f"<strong>1 ×</strong> {told}" in text


def test_a_loaded_list_leads_to_the_pairs_that_were_found_with_it(marketing: Client, now: datetime) -> None:
    batch = loaded(csv_file([person(1)]), now=now)
    search = DuplicateSearch.objects.create(batch=batch, state=JobState.RUNNING)
    assert "LeadOps is still looking for duplicates" in shown(marketing, "batch", batch)

    DuplicateSearch.objects.filter(batch=batch).update(state=JobState.DONE)
    assert 'id="pairs-title"' not in shown(marketing, "batch", batch)
    for _ in range(2):
        PossibleDuplicate.objects.create(
            entity=MatchedEntity.PERSON,
            left_contact=factories.ContactFactory(),
            right_contact=factories.ContactFactory(),
            probability=0.9,
            search=search,
        )

    text = shown(marketing, "batch", batch)
    assert "2 pairs of people, one of them on this list, may be the same." in text
    assert f'href="{reverse("imports:duplicates")}?batch={batch.pk}"' in text


def test_the_columns_page_says_which_addresses_are_asked_about_though_left_out(
    marketing: Client, now: datetime
) -> None:
    rows = [[*person(n), f"ines{n}@post.example", "Sven"] for n in range(1_200)]
    headers = [*HEADERS, "Private e-mail", "Scanned by"]
    batch = taken_in(csv_file(rows, headers=headers), now=now)
    address = reverse("imports:columns", args=[batch.pk])

    with CaptureQueriesContext(connection) as asked:
        answer = marketing.get(address)

    assert {column["header"] for column in answer.context["columns"] if column["is_asked"]} == {
        "E-mail",  # is shown only once it is left out
        "Private e-mail",
    }
    text = answer.content.decode()
    assert "Whoever of these addresses is on the do-not-contact list is left alone all the same." in text
    assert "1,200 rows, 8 columns." in text
    assert len(asked) < 20


def test_a_list_on_its_way_back_shows_how_far_it_is_and_not_how_much_was_loaded(
    marketing: Client, now: datetime
) -> None:
    batch = loaded(csv_file([person(1)]), now=now)
    ImportBatch.objects.filter(pk=batch.pk).update(
        phase=Phase.UNDOING,
        state=JobState.RUNNING,
        undo_asked_at=now,
        undo_counts={"deleted": 4_000, "kept": 200},
        cursor=4_200,
        rows_done=16_000,
        rows_total=16_000,
        created=16_000,
    )

    text = shown(marketing, "batch", batch)

    assert "<span data-rows-done>4,200</span> of <span data-rows-total>16,000</span>" in text
    assert '<dd class="lo-number-value" data-count="deleted">4,000</dd>' in text
    progress = marketing.get(reverse("imports:progress", args=[batch.pk])).json()
    assert (
        progress["counts"] | {"created": 16_000, "deleted": 4_000, "restored": 0, "kept": 200}
        == progress["counts"]
    )
    assert "Taking back</span>" in text
    assert shown(marketing, "batch", batch).count("Taken back</span>") == 0


def test_a_list_that_was_taken_back_leads_to_no_leads_and_counts_what_is_not_shown(
    marketing: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "SHOWN", 1)
    firms = [person(n, e_mail=f"bo@alm{n}.example", company=f"Alm {n}") for n in range(3)]
    batch = loaded(csv_file(firms), now=now)
    for alm in Account.objects.filter(name__startswith="Alm"):
        alm.city = "Bonn"
        alm.save()
    undo.ask(batch=batch, by=None, now=now)
    batch.perform(now=now)

    text = shown(marketing, "batch", batch)

    assert "See its leads" not in text
    assert "2 more are in the file “Rows that stayed”." in text
    assert "City (account) has been changed since." in text
    assert "Taken back" in marketing.get(reverse("admin:imports_importbatch_changelist")).content.decode()


def test_the_preview_tells_the_country_of_people_from_that_of_companies(
    marketing: Client, now: datetime
) -> None:
    loaded(csv_file([person(1)]), now=now)
    rows = "First name,Last name,E-mail,Phone,Job title,Company,Country\n" + ",".join([*person(1), "AT"])
    batch = taken_in(BytesIO(rows.encode()), now=now, overwrite=True, country="DE")
    previewing.preview(batch=batch, now=now)

    labels = {field["label"] for field in marketing.get(
        reverse("imports:preview", args=[batch.pk])
    ).context["fields"]}  # fmt: skip

    assert {"Country", "Country (account)"} <= labels


def test_an_empty_list_says_what_comes_here_and_a_search_without_a_hit_says_so(marketing: Client) -> None:
    presets = reverse("admin:imports_mappingpreset_changelist")

    assert "Nobody has corrected any yet." in marketing.get(presets).content.decode()
    searched = marketing.get(f"{presets}?q=zzz").content.decode()
    assert "Nothing matches" in searched
    assert "Reset filters" in searched
    imports = marketing.get(reverse("admin:imports_importbatch_changelist")).content.decode()
    assert "No list was uploaded yet." in imports


def test_the_list_of_imports_names_who_uploaded(marketing: Client, now: datetime) -> None:
    user = factories.UserFactory(first_name="Noor", last_name="Haddad", role="marketing")
    batch = loaded(csv_file([person(1)]), now=now)
    ImportBatch.objects.filter(pk=batch.pk).update(created_by=user)

    assert "Noor Haddad" in marketing.get(reverse("admin:imports_importbatch_changelist")).content.decode()
