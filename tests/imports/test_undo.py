"""A list can be taken back whole: afterwards all is as it was, but for what people have done since."""

import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from imports import drafting, loading, readahead, steering, undo
from imports.models import ImportBatch, ImportRow, Phase
from imports.telling import why_all_kept
from leadops import jobs
from leadops.jobs import LEASE, JobState
from leadops.tasks import run_job
from leads import activities, lifecycle
from leads.enums import Transition
from leads.models import Account, Contact, Lead, Suppression
from scoring.models import LeadScore
from tests import factories
from tests.imports.digest import business_rows, digest, outcomes
from tests.imports.lists import HEADERS, confirmed, csv_file, loaded, person

pytestmark = pytest.mark.django_db

BEFORE = [person(number, job_title="", phone="030 23125001" if number % 2 else "") for number in range(12)]
BEFORE += [
    person(number, company=f"Fjord {number} AS", e_mail=f"bo@fjord{number}.example")
    for number in range(20, 24)
]
LIST = [
    *(person(number, job_title="Head of Purchasing", phone=f"030 231260{number:02}") for number in range(6, 30)),
    *(person(number, job_title="CFO") for number in range(8, 12)),
    *(person(number, e_mail=f"bo@tarn{number % 3}.example", company=f"Tarn {number % 3}") for number in range(40, 50)),
    person(60, e_mail="ines"),
    person(61, e_mail="", phone="030 23129999", company="Zinnober KG"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK", 7)
    monkeypatch.setattr(undo, "CHUNK", 5)


@pytest.fixture
def before(now: datetime) -> ImportBatch:
    """A list of former times, some of whose people are on the one that is taken back."""
    factories.ActivityTypeFactory(key="event_badge_scan", name="Visited our stand")
    return loaded(csv_file(BEFORE), now=now, source_name="Before", kind="event")


def taken_back(batch: ImportBatch) -> ImportBatch:
    undo.ask(batch=batch, by=None, now=timezone.now())
    assert batch.perform(now=timezone.now())
    return batch


@pytest.mark.parametrize("kind", ["event", "partner", "purchased"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_all_is_as_before_the_list(before: ImportBatch, now: datetime, kind: str, overwrite: bool) -> None:
    stood = business_rows()
    batch = loaded(csv_file(LIST), now=now, kind=kind, overwrite=overwrite, source_name="The list")
    assert business_rows() != stood
    counts = batch.counts

    taken_back(batch)

    assert business_rows() == stood
    assert (batch.state, batch.phase, batch.counts) == (JobState.DONE, Phase.UNDOING, counts)
    assert {name: batch.undo_counts[name] for name in undo.RESULTS} == {
        "deleted": batch.created,
        "restored": batch.undo_counts["restored"],
        "kept": 0,
    }
    assert batch.created > 20
    assert batch.undo_counts["restored"] >= batch.updated > 0
    assert batch.rows_done == ImportRow.objects.filter(batch=batch).count()
    assert LeadScore.objects.count() == Lead.objects.count()


def test_the_list_can_be_imported_again_with_the_same_outcomes(before: ImportBatch, now: datetime) -> None:
    first = loaded(csv_file(LIST), now=now, kind="event", overwrite=True, source_name="The list")
    stood, became = business_rows(), outcomes(first)
    taken_back(first)

    again = loaded(csv_file(LIST), now=now, kind="event", overwrite=True, source_name="The list")

    assert (again.counts, outcomes(again)) == (first.counts, became)
    assert business_rows() == stood


def test_taking_back_twice_does_nothing(before: ImportBatch, now: datetime) -> None:
    batch = taken_back(loaded(csv_file(LIST), now=now))
    stood, counts = digest(batch), batch.undo_counts

    with pytest.raises(undo.UndoRefused, match="has been taken back already"):
        undo.ask(batch=ImportBatch.objects.get(pk=batch.pk), by=None, now=timezone.now())
    assert not batch.perform(now=timezone.now())

    batch.refresh_from_db()
    assert (digest(batch), batch.undo_counts) == (stood, counts)


def test_a_list_that_stopped_half_way_is_taken_back(
    before: ImportBatch, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood = business_rows()
    batch = confirmed(csv_file(LIST), now=now)
    real = readahead.rows

    def stopping(*args: Any, **kwargs: Any) -> Any:
        for count, row in enumerate(real(*args, **kwargs)):
            if count == 25:
                steering.stop(batch=ImportBatch.objects.get(pk=batch.pk), now=timezone.now())
            yield row

    monkeypatch.setattr(readahead, "rows", stopping)
    assert not batch.perform(now=now)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done) == (JobState.CANCELLED, 21)

    taken_back(batch)

    assert business_rows() == stood
    with pytest.raises(drafting.AlreadyConfirmed):
        steering.start_again(batch=batch, now=timezone.now())


def _killed_at_every_step(batch: ImportBatch, monkeypatch: pytest.MonkeyPatch) -> int:
    """Kill the worker after its first sign of progress, the next one after its second, and so on. How many died."""
    real, deaths = jobs.Lease.advance, 0
    monkeypatch.setattr(jobs.Lease, "crash", lambda lease: None)
    finished = False
    while not finished:
        calls = 0

        def dying(lease: jobs.Lease, last: int = deaths + 1, **fields: Any) -> None:
            nonlocal calls
            calls += 1
            real(lease, **fields)
            if calls == last:
                raise KeyboardInterrupt

        monkeypatch.setattr(jobs.Lease, "advance", dying)
        try:
            finished = ImportBatch.objects.get(pk=batch.pk).perform(now=timezone.now() + 2 * deaths * LEASE)
        except KeyboardInterrupt:
            deaths += 1
            ImportBatch.objects.filter(pk=batch.pk).update(attempts=0)
    return deaths


def test_undo_goes_on_where_a_killed_worker_was(
    before: ImportBatch, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood = business_rows()
    batch = loaded(csv_file(LIST), now=now, kind="event", overwrite=True)
    undo.ask(batch=batch, by=None, now=timezone.now())
    deaths = _killed_at_every_step(batch, monkeypatch)
    batch.refresh_from_db()

    assert deaths > 5
    assert business_rows() == stood
    assert (batch.undo_counts["deleted"], batch.undo_counts["kept"]) == (batch.created, 0)


def test_companies_that_stay_are_counted_once_however_often_the_worker_was_killed(
    before: ImportBatch, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "SHOWN", 3)  # the others are counted and not listed
    firms = [
        person(number, e_mail=f"bo@alm{number}.example", company=f"Alm {number}")
        for number in range(100, 123)
    ]
    batch = loaded(csv_file(firms), now=now)
    for alm in Account.objects.filter(name__startswith="Alm"):
        alm.industry = "Cheese"
        alm.save()
    undo.ask(batch=batch, by=None, now=timezone.now())

    deaths = _killed_at_every_step(batch, monkeypatch)

    batch.refresh_from_db()
    assert deaths > 5
    assert batch.undo_counts["kept"] == len(firms)
    assert batch.undo_counts["reasons"] == {"changed:account.industry": len(firms)}
    assert len(batch.undo_counts["companies"]) == 3
    assert batch.undo_counts["deleted"] == len(firms)


# --- What people have done since ----------------------------------------------------------------------------------


def kept(batch: ImportBatch) -> dict[str, str]:
    """E-mail to why the person stays."""
    return {
        row.contact.email: why_all_kept(row.undo["why"])
        for row in ImportRow.objects.filter(batch=batch).select_related("contact")
        if row.undo and row.undo["result"] == "kept" and row.contact
    }


def of(number: int) -> Contact:
    return Contact.objects.get(email=f"ines.roth{number}@kiesel-werke.example")


def test_a_value_that_a_person_changed_stays_and_the_others_come_back(
    before: ImportBatch, now: datetime
) -> None:
    batch = loaded(csv_file(LIST), now=now, overwrite=True)
    known = of(9)
    assert (known.title, known.phone) == ("CFO", "+493023126009")
    known.title = "Managing Director"
    known.save()

    taken_back(batch)

    known.refresh_from_db()
    assert (known.title, known.phone) == ("Managing Director", "+493023125001")
    assert kept(batch) == {"ines.roth9@kiesel-werke.example": "Job title has been changed since."}
    assert batch.undo_counts["kept"] == 1
    assert batch.undo_counts["reasons"] == {"changed:contact.title": 1}


def test_a_value_that_another_list_changed_stays(before: ImportBatch, now: datetime) -> None:
    batch = loaded(csv_file(LIST), now=now, overwrite=True, source_name="First")
    loaded(csv_file([person(9, job_title="Chairwoman")]), now=now, overwrite=True, source_name="Second")

    taken_back(batch)

    assert of(9).title == "Chairwoman"
    assert kept(batch) == {"ines.roth9@kiesel-werke.example": "Job title has been changed since."}


def test_somebody_new_whom_a_person_has_edited_stays_as_a_whole(before: ImportBatch, now: datetime) -> None:
    batch = loaded(csv_file(LIST), now=now)
    new = of(20)
    new.city = "Hamburg"
    new.save()

    taken_back(batch)

    assert of(20).city == "Hamburg"
    assert Lead.objects.filter(contact=new).exists()
    assert kept(batch) == {"ines.roth20@kiesel-werke.example": "City has been changed since."}


def _owned(lead: Lead, now: datetime) -> None:
    Lead.objects.filter(pk=lead.pk).update(owner=factories.UserFactory(role="sales_rep"))


def _called(lead: Lead, now: datetime) -> None:
    activities.record(lead=lead, type=factories.ActivityTypeFactory(key="call"), at=now, now=now)


def _moved(lead: Lead, now: datetime) -> None:
    reason = factories.ReasonFactory(kind="disqualify", key="spam")
    lifecycle.move(
        lead=lead,
        transition=Transition.DISQUALIFY,
        by=factories.UserFactory(role="administrator"),
        now=timezone.now(),
        reason=reason,
    )


@pytest.mark.parametrize("work", [_owned, _called, _moved])
def test_a_lead_that_somebody_works_stays(
    before: ImportBatch, now: datetime, work: Callable[[Lead, datetime], None]
) -> None:
    batch = loaded(csv_file(LIST), now=now)
    work(Lead.objects.get(contact=of(20)), now)

    taken_back(batch)

    assert Lead.objects.filter(contact=of(20)).exists()
    assert kept(batch) == {"ines.roth20@kiesel-werke.example": "Somebody has worked the lead since."}
    assert batch.undo_counts["deleted"] == batch.created - 1


def test_somebody_new_who_is_on_a_later_list_stays_until_that_one_is_taken_back(
    before: ImportBatch, now: datetime
) -> None:
    stood = business_rows()
    first = loaded(csv_file(LIST), now=now, source_name="First")
    second = loaded(csv_file([person(20)]), now=now, source_name="Second")

    taken_back(first)

    assert kept(first) == {
        "ines.roth20@kiesel-werke.example": "Is also on the list “Second”. Take that one back first."
    }
    taken_back(second)
    assert business_rows() != stood


def test_a_company_that_others_use_stays(before: ImportBatch, now: datetime) -> None:
    batch = loaded(csv_file(LIST), now=now)
    tarn = Account.objects.get(domain="tarn1.example")
    factories.ContactFactory(account=tarn, email="zoe@tarn1.example")

    taken_back(batch)

    assert set(Account.objects.filter(name__startswith="Tarn")) == {tarn}
    assert batch.undo_counts["kept"] == 0


def test_a_company_that_a_person_has_edited_stays(before: ImportBatch, now: datetime) -> None:
    batch = loaded(csv_file(LIST), now=now)
    tarn = Account.objects.get(domain="tarn1.example")
    tarn.industry = "Fish"
    tarn.save()

    taken_back(batch)

    assert Account.objects.get(domain="tarn1.example").industry == "Fish"
    assert batch.undo_counts["companies"] == [
        {"id": tarn.pk, "name": "Tarn 1", "why": ["changed:account.industry"]}
    ]
    assert batch.undo_counts["kept"] == 1


def test_an_opt_out_of_the_list_is_never_undone(before: ImportBatch, now: datetime) -> None:
    headers = [*HEADERS, "Opted out"]
    rows = [[*person(9), "yes"], [*person(30), "yes"], [*person(31), ""]]
    batch = loaded(csv_file(rows, headers=headers), now=now)
    assert batch.counts["suppressed"] == 2

    taken_back(batch)

    assert of(9).opted_out_at is not None
    assert set(Suppression.objects.values_list("value", flat=True)) == {
        "ines.roth9@kiesel-werke.example",
        "ines.roth30@kiesel-werke.example",
    }


def test_whom_an_opt_out_of_the_list_held_in_another_spelling_stays_out(
    before: ImportBatch, now: datetime
) -> None:
    headers = [*HEADERS, "Opted out"]
    rows = [
        [*person(30), ""],
        [*person(9, e_mail="Ines.Roth9+fair@kiesel-werke.example"), "yes"],
        [*person(30, e_mail="ines.roth30+fair@kiesel-werke.example"), "yes"],
        [*person(33, e_mail="", phone="030 23125001"), "yes"],
    ]
    batch = loaded(csv_file(rows, headers=headers), now=now)

    taken_back(batch)

    assert of(9).opted_out_at is not None
    assert Contact.objects.filter(phone="+493023125001").exclude(opted_out_at=None).count() == 6
    assert not Contact.objects.filter(email="ines.roth30@kiesel-werke.example").exists()
    assert set(Suppression.objects.values_list("value", flat=True)) == {
        "ines.roth9@kiesel-werke.example",
        "ines.roth30@kiesel-werke.example",
        "+493023125001",
    }


def test_whoever_opts_out_by_telephone_only_is_not_forgotten(before: ImportBatch, now: datetime) -> None:
    batch = loaded(csv_file(LIST), now=now)
    Contact.objects.filter(phone="+493023129999").update(opted_out_at=now)

    taken_back(batch)

    assert Contact.objects.filter(phone="+493023129999").exists()
    assert batch.undo_counts["reasons"] == {"opted_out": 1}


def test_history_tells_of_the_taking_back(before: ImportBatch, now: datetime) -> None:
    marta = factories.UserFactory(username="marta", role="marketing")
    batch = loaded(csv_file(LIST), now=now, overwrite=True)
    new, known = of(20), of(9)

    undo.ask(batch=batch, by=marta, now=timezone.now())
    batch.perform(now=timezone.now())

    last = Contact.history.filter(id=known.pk).latest()
    assert (known.title, last.history_type, last.history_user, last.title) == ("CFO", "~", marta, "")
    assert Contact.history.filter(id=new.pk).latest().history_type == "-"


# --- Who, when and how much ---------------------------------------------------------------------------------------


def test_what_cannot_be_taken_back_gets_a_sentence(now: datetime) -> None:
    from tests.imports.lists import taken_in

    draft = taken_in(csv_file(LIST), now=now)
    with pytest.raises(undo.UndoRefused, match="has not been loaded"):
        undo.ask(batch=draft, by=None, now=now)

    waiting = confirmed(csv_file(LIST), now=now)
    with pytest.raises(undo.UndoRefused, match=r"still being loaded\. Wait until it has ended, or stop it"):
        undo.ask(batch=waiting, by=None, now=now)


def test_the_page_knows_beforehand_what_will_happen(before: ImportBatch, now: datetime) -> None:
    batch = loaded(csv_file(LIST), now=now, overwrite=True)
    _owned(Lead.objects.get(contact=of(20)), now)
    stood = digest(batch)

    ahead = undo.foresee(batch=batch, now=now)

    assert digest(batch) == stood
    taken_back(batch)
    assert {name: ahead.counts[name] for name in undo.RESULTS} == {
        name: batch.undo_counts[name] for name in undo.RESULTS
    }
    assert (dict(ahead.reasons), ahead.is_whole) == (batch.undo_counts["reasons"], True)


def test_a_chunk_of_many_costs_hardly_more_than_one_of_few(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "CHUNK", 1_000)
    asked = []
    for many in (3, 300):
        rows = [
            person(number, e_mail=f"p{number}@many{many}.example", company=f"Many {many}")
            for number in range(many)
        ]
        batch = loaded(csv_file(rows), now=now, source_name=f"List of {many}")
        undo.ask(batch=batch, by=None, now=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            batch.perform(now=timezone.now())
        asked.append(len(queries))

    assert asked[1] <= asked[0] + 10
    assert not Contact.objects.exists()


def run_command(*args: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("undo_import", *args, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_command_takes_back_and_tells_the_counts(before: ImportBatch, now: datetime) -> None:
    stood = business_rows()
    batch = loaded(csv_file(LIST), now=now)

    assert run_command(batch.pk) == {
        "deleted": batch.created,
        "restored": batch.updated,
        "kept": 0,
    }
    assert business_rows() == stood
    assert run_command(batch.pk) == {"deleted": 0, "restored": 0, "kept": 0}


def test_the_command_refuses_a_number_that_is_none(db: None) -> None:
    with pytest.raises(
        CommandError, match=r"There is no import 4711\. Its number stands in the address of its page\."
    ):
        run_command(4711)


# --- On its pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def marketing(client: Client) -> Client:
    client.force_login(factories.UserFactory(username="marta", role="marketing"))
    return client


def page_of(client: Client, name: str, batch: ImportBatch) -> str:
    answer = client.get(reverse(f"imports:{name}", args=[batch.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_person_takes_a_list_back_after_seeing_what_happens(
    marketing: Client,
    before: ImportBatch,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    monkeypatch.setattr(run_job, "delay", lambda *args: None)
    stood = business_rows()
    batch = loaded(csv_file(LIST), now=now, overwrite=True)
    _owned(Lead.objects.get(contact=of(20)), now)

    assert reverse("imports:undo", args=[batch.pk]) in page_of(marketing, "batch", batch)
    text = page_of(marketing, "undo", batch)
    assert "Whoever came to us with this list is removed" in text
    assert "<strong>1 ×</strong> Somebody has worked the lead since." in text

    with django_capture_on_commit_callbacks(execute=True):
        answer = marketing.post(reverse("imports:undo", args=[batch.pk]))
    assert answer.url == reverse("imports:batch", args=[batch.pk])
    text = page_of(marketing, "batch", batch)
    assert "The list waits for a worker." in text
    assert reverse("imports:stop", args=[batch.pk]) not in text

    run_job("imports.ImportBatch", batch.pk)
    text = page_of(marketing, "batch", batch)
    batch.refresh_from_db()
    assert (
        f"The list was taken back: {batch.undo_counts['deleted']} people were removed, "
        f"{batch.undo_counts['restored']} are as they were before, 1 stay." in text
    )
    assert reverse("admin:leads_contact_change", args=[of(20).pk]) in text
    assert reverse("imports:result", args=[batch.pk, "kept", "xlsx"]) in text
    kept_file = b"".join(
        marketing.get(reverse("imports:result", args=[batch.pk, "kept", "csv"])).streaming_content
    ).decode()
    assert kept_file.count("Somebody has worked the lead since.") == 1
    assert business_rows()["suppressions"] == stood["suppressions"]
    assert LogEntry.objects.get().change_message == "Asked for the list to be taken back."


def test_a_list_can_be_taken_back_once_only_from_its_page(marketing: Client, now: datetime) -> None:
    batch = taken_back(loaded(csv_file(LIST), now=now))

    assert reverse("imports:undo", args=[batch.pk]) not in page_of(marketing, "batch", batch)
    assert marketing.get(reverse("imports:undo", args=[batch.pk])).status_code == 302
    answer = marketing.post(reverse("imports:undo", args=[batch.pk]), follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "This list has been taken back already. Its page shows what became of it."
    ]
    answer = marketing.post(reverse("imports:stop", args=[batch.pk]), follow=True)
    assert "nothing to stop" in str(next(iter(answer.context["messages"]))) or "taken back" in str(
        next(iter(answer.context["messages"]))
    )


def test_pages_of_a_long_list_that_was_taken_back_ask_no_more(
    marketing: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "CHUNK", 1_000)
    asked = []
    for many in (3, 90):
        rows = [person(number, e_mail=f"p{number}@many{many}.example") for number in range(many)]
        batch = loaded(csv_file(rows), now=now, source_name=f"List of {many}")
        Lead.objects.filter(contact__email__endswith=f"@many{many}.example").update(
            owner=factories.UserFactory(role="sales_rep")
        )
        with CaptureQueriesContext(connection) as queries:
            page_of(marketing, "undo", batch)
        taken_back(batch)
        assert batch.undo_counts["kept"] == many
        with CaptureQueriesContext(connection) as more:
            page_of(marketing, "batch", batch)
        asked.append((len(queries), len(more)))

    assert asked[1][0] <= asked[0][0] <= 40
    assert asked[1][1] <= asked[0][1] <= 30


def test_a_list_of_which_nothing_is_written_down_is_not_taken_back(marketing: Client, now: datetime) -> None:
    batch = loaded(csv_file(LIST), now=now)
    ImportRow.objects.filter(batch=batch).update(changes=None)  # as lists were loaded before
    stood = business_rows()
    address = reverse("imports:undo", args=[batch.pk])

    for answer in (marketing.get(address, follow=True), marketing.post(address, follow=True)):
        assert [str(message) for message in answer.context["messages"]] == [undo.NOT_WRITTEN_DOWN]
    with pytest.raises(CommandError, match="not written down any more"):
        call_command("undo_import", str(batch.pk), stdout=StringIO())

    batch.refresh_from_db()
    assert (batch.state, batch.undo_asked_at) == (JobState.DONE, None)
    assert business_rows() == stood


def test_the_command_does_not_wait_for_ever_for_a_taking_back_that_is_paused(now: datetime) -> None:
    batch = loaded(csv_file(LIST), now=now)
    undo.ask(batch=batch, by=None, now=timezone.now())
    steering.pause(batch=batch, now=timezone.now())

    with pytest.raises(CommandError, match="Resume it on its page"):
        call_command("undo_import", str(batch.pk), stdout=StringIO())
