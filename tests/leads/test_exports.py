import gc
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from tablib import Dataset

from leadops.admin import ModelAdmin
from leadops.cells import csv_lines, plain_text, safe_cell, safe_text
from leadops.exports import Exports, export_as_csv, export_as_excel, export_file
from leadops.workbook import workbook
from leads import list_notice
from leads.models import Contact, Lead, Source, Suppression, Team
from leads.resources import ContactResource, LeadResource
from terminology import labels
from terminology.editing import rename_terms
from tests import factories

RUNS = tuple("=+-@\t\r\n\0＝＋－＠")


# --- Cells --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", RUNS)
def test_a_text_that_a_spreadsheet_would_run_gets_a_quote(first: str) -> None:
    assert safe_text(f"{first}cmd|' /C calc'!A0") == f"'{first}cmd|' /C calc'!A0"


@pytest.mark.parametrize("number", ["-5", "+44 20 7946 0958", "+493023125001", "-1,200.50", "5", "0"])
def test_numbers_stay_usable(number: str) -> None:
    assert safe_text(number) == number


@pytest.mark.parametrize("value", [-5, 4.5, None, datetime(2026, 3, 12)])  # noqa: DTZ001
def test_values_that_are_no_text_stay_what_they_are(value: Any) -> None:
    assert safe_cell(value) is value


@given(st.text(alphabet=st.one_of(st.sampled_from("'=+-@\t\r\n\0＝＋－＠ 1a"), st.characters())))
def test_every_text_comes_back_as_it_was_and_none_runs(text: str) -> None:
    cell = safe_text(text)

    assert plain_text(cell) == text
    assert (
        not cell.startswith(RUNS)
        or cell.lstrip("+-").replace(" ", "").replace(".", "").replace(",", "").isdigit()
    )


def test_lines_of_csv_are_safe_and_told_to_be_unicode() -> None:
    assert "".join(csv_lines([["Name", "=1+1"], ["Zoë, B.", None]])) == '\ufeffName,\'=1+1\r\n"Zoë, B.",\r\n'


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_payloads_of_the_security_lists_do_not_run(shared_data: Path, extension: str) -> None:
    payloads = json.loads(
        (shared_data / "security" / "csv_formula_payloads_dev.json").read_text(encoding="utf-8")
    )
    written = file_of([["=Name"], *([text] for text in payloads)], extension)

    assert [cell for cell in read(written, extension) if cell.startswith(RUNS)] == []
    assert len(read(written, extension)) == len(payloads) + 1


def file_of(rows: Any, extension: str) -> bytes:
    return (
        "".join(csv_lines(rows)).encode() if extension == "csv" else b"".join(workbook(rows, title="People"))
    )


def read(written: Any, extension: str) -> list[str]:
    """The first column as a spreadsheet program has it before it computes anything."""
    if extension == "xlsx":
        rows = list(load_workbook(BytesIO(written)).active.iter_rows())
        assert {row[0].data_type for row in rows} == {"s"}
        return [row[0].value for row in rows]
    text = written.decode().removeprefix("\ufeff")
    return [row[0] for row in Dataset().load(text, format="csv", headers=False)]


# --- People and leads ---------------------------------------------------------------------------------------------


@pytest.fixture
def lead(db: None) -> Lead:
    contact = factories.ContactFactory(
        first_name="=Ada",
        last_name="Roth",
        email="ada@kiesel-werke.example",
        phone="+493023125001",
        title="@home",
        city="-",
    )
    lead: Lead = factories.LeadFactory(contact=contact)
    return lead


def dataset(response: Any) -> Dataset:
    return Dataset().load(content(response).decode().removeprefix("\ufeff"), format="csv")


def content(response: Any) -> bytes:
    assert response.streaming
    return b"".join(response.streaming_content)


def exported(resource: type[Any], rows: Any, now: datetime, *, extension: str = "csv") -> Any:
    return export_file(
        resource=resource(),
        rows=rows,
        extension=extension,
        by=factories.UserFactory(role="marketing"),
        now=now,
    )


def test_leads_are_exported_under_the_labels_of_today(lead: Lead, now: datetime) -> None:
    rename_terms(texts={"leads.contact.title": "Rolle", "leads.lead.stage": "=Phase"}, by=None, now=now)
    labels.refresh()

    found = dataset(exported(LeadResource, Lead.objects.all(), now))

    assert "Rolle" in found.headers
    assert "'=Phase" in found.headers
    row = dict(zip(found.headers, found[0], strict=True))
    assert (row["first name"], row["Rolle"], row["phone"], row["city"]) == (
        "'=Ada",
        "'@home",
        "+493023125001",
        "'-",
    )
    assert row["'=Phase"] == "Marketing identified lead"
    assert row["source"] == lead.source.name


def test_no_two_columns_read_the_same(lead: Lead) -> None:
    for resource in (LeadResource(), ContactResource()):
        headers = resource.get_export_headers()
        assert len(set(headers)) == len(headers)


def test_an_export_is_written_down(lead: Lead, now: datetime) -> None:
    response = exported(LeadResource, Lead.objects.all(), now, extension="xlsx")

    assert LogEntry.objects.get().change_message == "Began to export as XLSX."
    written = content(response)
    entry = LogEntry.objects.get()
    assert (entry.change_message, entry.object_repr, entry.action_time) == (
        "Exported 1 rows as XLSX.",
        "1 leads",
        now,
    )
    assert response["Content-Disposition"] == 'attachment; filename="lead-2026-03-12-0930.xlsx"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert load_workbook(BytesIO(written)).active["A2"].value == "'=Ada"


def test_who_must_not_be_contacted_leaves_in_no_file(lead: Lead, now: datetime) -> None:
    factories.ContactFactory(email="gone@kiesel-werke.example", opted_out_at=now)
    factories.ContactFactory(email="wall+list@fjord.example")
    factories.ContactFactory(email="any@tarn.example")
    Suppression.objects.create(kind="email", value="WALL@fjord.example")
    Suppression.objects.create(kind="domain", value="tarn.example")

    found = dataset(exported(ContactResource, Contact.objects.all(), now))

    assert found["e-mail"] == ["ada@kiesel-werke.example"]


def test_a_company_is_read_once_for_all_its_people(
    lead: Lead, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        factories.LeadFactory(
            contact=factories.ContactFactory(account=lead.contact.account, email=f"p{number}@kiesel.example")
        )

    with django_assert_max_num_queries(9):
        exported(LeadResource, Lead.objects.all(), now)


# --- The action of a list -----------------------------------------------------------------------------------------


class LeadExports(Exports, ModelAdmin):
    export_resource = LeadResource


@pytest.fixture
def site(db: None) -> LeadExports:
    return LeadExports(Lead, admin.site)


def request_of(user: Any) -> Any:
    request = RequestFactory().post("/")
    request.user = user
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def notes(request: Any) -> Iterator[str]:
    return (str(message) for message in request._messages)


def test_a_manager_exports_only_what_the_list_shows(site: LeadExports, lead: Lead) -> None:
    team: Team = factories.TeamFactory()
    own = factories.LeadFactory(team=team, contact=factories.ContactFactory(email="own@fjord.example"))
    request = request_of(factories.UserFactory(role="sales_manager", team=team))

    response = export_as_csv(site, request, Lead.objects.all())

    assert response is not None
    assert dataset(response)["e-mail"] == [own.contact.email]


@pytest.mark.parametrize("role", ["sales_rep", "read_only"])
def test_who_may_not_export_has_no_such_action_and_cannot_call_it(
    site: LeadExports, lead: Lead, role: str
) -> None:
    request = request_of(factories.UserFactory(role=role))

    assert not {"export_as_csv", "export_as_excel"} & set(site.get_actions(request))
    for action in (export_as_csv, export_as_excel):
        with pytest.raises(PermissionDenied):
            action(site, request, Lead.objects.all())


def test_the_actions_are_offered_to_those_who_may(site: LeadExports) -> None:
    actions = site.get_actions(request_of(factories.UserFactory(role="marketing")))

    assert actions["export_as_csv"][2] == "Export as CSV"
    assert actions["export_as_excel"][2] == "Export as Excel"


def test_nothing_visible_gives_a_sentence_and_no_file(site: LeadExports, lead: Lead) -> None:
    request = request_of(factories.UserFactory(role="sales_manager"))

    assert export_as_csv(site, request, Lead.objects.all()) is None
    assert list(notes(request)) == ["There is nothing to export. Choose rows that you can see."]


def test_says_how_many_were_left_out(site: LeadExports, lead: Lead, now: datetime) -> None:
    factories.LeadFactory(contact=factories.ContactFactory(email="gone@fjord.example", opted_out_at=now))
    request = request_of(factories.UserFactory(role="revops"))

    response = export_as_csv(site, request, Lead.objects.all())

    assert response is not None
    assert len(dataset(response)) == 1
    assert LogEntry.objects.get().change_message == "Exported 1 rows as CSV."
    assert list(notes(request)) == ["1 whom nobody may contact are left out of the file."]


def test_a_list_whose_people_were_not_told_in_time_stays_in_the_house(lead: Lead, now: datetime) -> None:
    Source.objects.filter(pk=lead.source_id).update(notice_due_on=list_notice.due_on(arrived_at=now))

    early = dataset(exported(LeadResource, Lead.objects.all(), now))
    late = dataset(exported(LeadResource, Lead.objects.all(), now + timedelta(days=31)))

    assert (len(early), len(late)) == (1, 0)


def test_columns_of_pages_that_somebody_may_not_open_are_left_out(lead: Lead, now: datetime) -> None:
    by = factories.UserFactory()
    by.user_permissions.add(Permission.objects.get(codename="view_account"))

    found = dataset(
        export_file(resource=LeadResource(), rows=Lead.objects.all(), extension="csv", by=by, now=now)
    )

    assert "e-mail" not in found.headers
    assert "company" in found.headers


def test_a_download_that_breaks_off_says_how_many_have_left(lead: Lead, now: datetime) -> None:
    for number in range(5):
        factories.LeadFactory(contact=factories.ContactFactory(email=f"p{number}@kiesel.example"))

    response = exported(LeadResource, Lead.objects.all(), now)
    stream = iter(response.streaming_content)
    for _ in range(3):  # the header and two rows
        next(stream)
    request_finished.disconnect(close_old_connections)  # the test's connection, as Django's client keeps it
    try:
        response.close()
    finally:
        request_finished.connect(close_old_connections)
    del stream, response
    gc.collect()

    assert LogEntry.objects.get().change_message in ("Exported 1 rows as CSV.", "Exported 2 rows as CSV.")


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_twenty_thousand_rows_pass_through_little_memory(lead: Lead, now: datetime, extension: str) -> None:
    source = lead.source
    addresses = [f"p{number}@k.example" for number in range(20_000)]
    Contact.objects.bulk_create(
        Contact(first_name="Ada", last_name="Roth", email=address, email_key=address) for address in addresses
    )
    made = Contact.objects.filter(email__endswith="@k.example").values_list("pk", flat=True)
    Lead.objects.bulk_create(Lead(contact_id=pk, source=source, stage="suspect") for pk in made)
    before = getrusage(RUSAGE_SELF).ru_maxrss

    response = exported(LeadResource, Lead.objects.all(), now, extension=extension)
    pieces = [len(piece) for piece in response.streaming_content]

    grown = getrusage(RUSAGE_SELF).ru_maxrss - before  # KiB
    assert LogEntry.objects.get().change_message == f"Exported 20,001 rows as {extension.upper()}."
    assert sum(pieces) > 200_000
    assert max(pieces) < 200_000
    assert grown < 30 * 1024
