from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from openpyxl import Workbook

from imports import drafting, loading, steering
from imports.cleaning import Cleaner, CleanRow
from imports.models import ImportBatch, ImportKind, ImportRow, Phase
from imports.reading import Row
from imports.results import Result, result_file
from imports.sources import SourceRefused
from leadops.jobs import LEASE, RETRY_AFTER, JobState, Lease
from leads import people
from leads.enums import SourceKind, Stage
from leads.models import Account, Activity, Contact, Lead, Milestone, Source, Suppression
from tests import factories
from tests.imports.lists import HEADERS, confirmed, csv_file, loaded, outcomes, person, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def digest() -> list[Any]:
    """Everything that a list leaves behind, by natural keys."""
    return [
        list(
            Contact.objects.order_by("created_at", "pk").values_list(
                "email", "phone", "first_name", "last_name", "title", "account__name"
            )
        ),
        list(Account.objects.order_by("created_at", "pk").values_list("name", "domain")),
        list(
            Lead.objects.order_by("contact__created_at").values_list(
                "contact__email", "stage", "source__name"
            )
        ),
        list(
            Milestone.objects.order_by("lead__contact__created_at").values_list(
                "lead__contact__email", "stage"
            )
        ),
        list(
            Activity.objects.order_by("lead__contact__created_at").values_list(
                "lead__contact__email", "type__key", "at", "body"
            )
        ),
        list(Suppression.objects.order_by("value").values_list("value", flat=True)),
        Contact.history.count(),
    ]


def forget_everything() -> None:
    for model in (ImportRow, ImportBatch, Activity, Lead, Contact, Account, Source, Suppression):
        model._default_manager.all().delete()
    Contact.history.all().delete()


def messy() -> list[list[str]]:
    """Rows of every kind; who is known and who is suppressed is in `known_people`."""
    return [
        person(1),
        person(2, e_mail="not an address"),
        person(3, e_mail="KNOWN@kiesel-werke.example", job_title=""),
        person(4, e_mail="blank@kiesel-werke.example", phone="030 23125001"),
        person(1, job_title="Chief Buyer"),
        person(5, e_mail="wall@kiesel-werke.example"),
        person(6, first_name="", last_name="", e_mail=""),
        person(7),
        person(3, e_mail="known@kiesel-werke.example", phone="030 23125002"),
        person(7, e_mail="INES.roth7@kiesel-werke.example"),
    ]


OUTCOMES = [
    "created",
    "rejected",
    "unchanged",
    "updated",
    "merged",
    "suppressed",
    "rejected",
    "created",
    "merged",
    "merged",
]


@pytest.fixture
def known_people(db: None) -> None:
    account = factories.AccountFactory(name="Kiesel-Werke GmbH", domain="kiesel-werke.example", country="DE")
    for email in ("known@kiesel-werke.example", "blank@kiesel-werke.example"):
        contact = factories.ContactFactory(
            account=account, email=email, first_name="Ines", last_name="Roth", phone=""
        )
        factories.LeadFactory(contact=contact, stage=Stage.IDENTIFIED)
    Suppression.objects.create(kind="email", value="wall@kiesel-werke.example", reason="asked by letter")


def test_every_row_ends_in_one_outcome(now: datetime, known_people: None) -> None:
    batch = loaded(csv_file(messy()), now=now)

    assert batch.state == JobState.DONE
    assert outcomes(batch) == {
        2: "created",
        3: "rejected",
        4: "unchanged",
        5: "updated",
        6: "merged",
        7: "suppressed",
        8: "rejected",
        9: "created",
        10: "merged",
        11: "merged",
    }
    assert batch.counts == {
        "created": 2,
        "updated": 1,
        "unchanged": 1,
        "merged": 3,
        "suppressed": 1,
        "rejected": 2,
    }
    assert batch.rows_done == batch.rows_total == sum(batch.counts.values())


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_the_borders_of_chunks_do_not_show(
    now: datetime, known_people: None, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(loading, "CHUNK", size)

    batch = loaded(csv_file(messy()), now=now)

    assert list(outcomes(batch).values()) == OUTCOMES
    assert Contact.objects.get(email="known@kiesel-werke.example").phone == "+493023125002"


def test_a_refused_row_says_row_column_value_and_what_to_do(now: datetime) -> None:
    batch = loaded(csv_file([person(1), person(2, e_mail="ines@@kiesel", phone="12")]), now=now)

    row = batch.rows.get(outcome="rejected")
    assert row.number == 3
    assert row.raw[2] == "ines@@kiesel"
    assert [(reason["field"], reason["column"], reason["value"]) for reason in row.reasons] == [
        ("email", "E-mail", "ines@@kiesel"),
        ("phone", "Phone", "12"),
    ]
    assert row.reasons[0]["sentence"] == (
        "“ines@@kiesel” is not an e-mail address: it has more than one @ sign; keep one address in a cell. "
        "Correct it or leave the cell empty."
    )


def test_the_reasons_are_counted_without_their_values(now: datetime) -> None:
    batch = loaded(csv_file([person(1, e_mail="ines"), person(2, e_mail="otto"), person(3)]), now=now)

    assert batch.reasons == {
        "email\t“…” is not an e-mail address: it has no @ sign. Correct it or leave the cell empty.": 2
    }


def test_a_purchased_list_makes_suspects_and_never_more(now: datetime) -> None:
    rep = factories.UserFactory(role="sales_rep")
    headers = [*HEADERS, "Stage", "Lead Owner", "Score", "ID", "is_staff"]

    batch = loaded(
        csv_file([[*person(1), "sales_qualified", rep.username, "100", "1", "true"]], headers=headers),
        now=now,
        kind=ImportKind.PURCHASED,
        source_name="Bought in March",
    )

    lead = Lead.objects.get()
    assert (lead.stage, lead.owner, lead.source.name) == (Stage.SUSPECT, None, "Bought in March")
    assert lead.source.kind == SourceKind.PURCHASED_LIST
    assert drafting.protected(batch) == ["Stage", "Lead Owner", "Score", "ID", "is_staff"]


def test_known_people_keep_their_stage_and_source(now: datetime, known_people: None) -> None:
    lead = Lead.objects.get(contact__email="known@kiesel-werke.example")

    loaded(
        csv_file([person(3, e_mail="known@kiesel-werke.example")]),
        now=now,
        kind=ImportKind.PURCHASED,
        overwrite=True,
    )

    again = Lead.objects.get(contact__email="known@kiesel-werke.example")
    assert (again.pk, again.stage, again.source) == (lead.pk, Stage.IDENTIFIED, lead.source)


def test_the_same_file_again_changes_nothing(now: datetime, known_people: None) -> None:
    loaded(csv_file(messy()), now=now)
    before = digest()

    again = loaded(csv_file(messy()), now=now + timedelta(days=1))

    assert digest() == before
    assert (again.created, again.updated) == (0, 0)


# --- Interrupted --------------------------------------------------------------------------------------------------


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK", 3)


@pytest.mark.parametrize(
    ("where", "at"),
    [
        *(("admit_many", at) for at in range(1, 5)),
        *(("insert_rows", at) for at in range(1, 5)),
        *(("advance", at) for at in range(1, 9)),
    ],
)
def test_a_crash_in_any_chunk_leaves_no_trace_after_the_next_run(
    now: datetime,
    known_people: None,
    small_chunks: None,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
    where: str,
) -> None:
    batch = confirmed(csv_file(messy()), now=now)
    with monkeypatch.context() as patched:
        _crash_at_call(patched, where, at)
        with pytest.raises(RuntimeError, match="the plug was pulled"):
            batch.perform(now=now)
    batch.refresh_from_db()
    done = batch.rows_done
    assert batch.state == JobState.QUEUED
    assert batch.rows.count() == done == sum(batch.counts.values())

    assert batch.perform(now=now + 2 * RETRY_AFTER + timedelta(days=9999))

    interrupted = (outcomes(batch), batch.counts)
    assert batch.state == JobState.DONE
    assert done < batch.rows_done == 10
    assert list(interrupted[0].values()) == OUTCOMES
    assert Contact.objects.filter(email__startswith="ines.roth").count() == 2
    assert Lead.objects.count() == Milestone.objects.count() == 4


def _crash_at_call(patched: pytest.MonkeyPatch, where: str, at: int) -> None:
    owner: Any = {"admit_many": people, "insert_rows": loading, "advance": Lease}[where]
    real = getattr(owner, where)
    calls = 0

    def pull_the_plug(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        result = real(*args, **kwargs)
        if calls == at:
            raise RuntimeError("the plug was pulled")
        return result

    patched.setattr(owner, where, pull_the_plug)


def test_a_second_worker_finds_the_list_taken(
    now: datetime, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = confirmed(csv_file([person(number) for number in range(9)]), now=now)
    other = ImportBatch.jobs.get(pk=batch.pk)
    answers = []
    real = people.admit_many

    def meanwhile(**kwargs: Any) -> Any:
        answers.append(other.perform(now=datetime.now(UTC)))
        return real(**kwargs)

    monkeypatch.setattr(people, "admit_many", meanwhile)
    batch.perform(now=datetime.now(UTC))

    assert answers == [False, False, False]
    assert (batch.state, batch.created, batch.rows.count()) == (JobState.DONE, 9, 9)


def test_a_worker_that_was_thought_dead_writes_nothing_more(
    now: datetime, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = confirmed(csv_file([person(number) for number in range(9)]), now=now)
    other = ImportBatch.jobs.get(pk=batch.pk)
    real = Cleaner.clean
    calls = 0

    def slow_before_the_second_chunk(cleaner: Cleaner, row: Row) -> CleanRow:
        nonlocal calls
        calls += 1
        if calls == 4:
            assert other.perform(now=datetime.now(UTC) + 2 * LEASE)
        return real(cleaner, row)

    monkeypatch.setattr(Cleaner, "clean", slow_before_the_second_chunk)
    assert not batch.perform(now=datetime.now(UTC))

    batch.refresh_from_db()
    assert (batch.state, batch.created, batch.rows.count(), Lead.objects.count()) == (JobState.DONE, 9, 9, 9)


def test_a_stopped_list_keeps_what_is_loaded(
    now: datetime, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = confirmed(csv_file([person(number) for number in range(9)]), now=now)
    real = Lease.advance
    calls = 0

    def stop_after_the_first(lease: Lease, **fields: Any) -> None:
        nonlocal calls
        real(lease, **fields)
        calls += bool(fields)
        if fields and calls == 1:
            steering.stop(batch=ImportBatch.jobs.get(pk=batch.pk), now=now)

    monkeypatch.setattr(Lease, "advance", stop_after_the_first)
    assert not batch.perform(now=now)
    monkeypatch.undo()

    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, Lead.objects.count()) == (JobState.CANCELLED, 3, 3)
    steering.start_again(batch=batch, now=now)
    batch.perform(now=now)
    assert (batch.state, batch.created, Lead.objects.count()) == (JobState.DONE, 9, 9)


def test_the_last_step_is_taken_once_however_often_it_is_run(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    marta = factories.UserFactory(role="marketing")
    batch = confirmed(csv_file([person(1)]), now=now)
    ImportBatch.jobs.filter(pk=batch.pk).update(created_by=marta)
    with monkeypatch.context() as patched:
        patched.setattr(Lease, "end", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            batch.perform(now=now)
    ImportBatch.jobs.filter(pk=batch.pk).update(lease_until=now - LEASE)

    assert batch.perform(now=now)

    assert batch.state == JobState.DONE
    assert LogEntry.objects.filter(user=marta, change_message="Loaded 1 rows.").count() == 1


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        ("gone", "The uploaded file is gone from where it is kept. Upload the list again."),
        ("changed", "The uploaded file is not the one that was confirmed. Upload the list again."),
    ],
)
def test_a_file_that_is_not_what_was_confirmed_is_not_loaded(now: datetime, harm: str, sentence: str) -> None:
    batch = confirmed(csv_file([person(1)]), now=now)
    path = Path(batch.file.path)
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(csv_file([person(2)]).getvalue())

    assert batch.perform(now=now)

    assert (batch.state, batch.error) == (JobState.FAILED, sentence)
    assert not Lead.objects.exists()


# --- All or nothing -----------------------------------------------------------------------------------------------


def test_all_or_nothing_refuses_a_list_with_one_bad_row(now: datetime, small_chunks: None) -> None:
    rows = [person(number) for number in range(7)] + [person(8, e_mail="ines")]

    batch = loaded(csv_file(rows), now=now, all_or_nothing=True)

    assert batch.state == JobState.FAILED
    assert batch.error == (
        "1 of 8 rows are rejected, so nothing was loaded. Correct them in the file and upload it again, or load the "
        "good rows only."
    )
    assert outcomes(batch) == {9: "rejected"}
    assert (batch.rows_done, batch.rejected) == (1, 1)
    assert not Contact.objects.exists()


def test_the_good_rows_of_a_refused_list_can_be_loaded(now: datetime, small_chunks: None) -> None:
    rows = [person(number) for number in range(7)] + [person(8, e_mail="ines")]
    batch = loaded(csv_file(rows), now=now, all_or_nothing=True)

    steering.load_good_rows(batch=batch, now=now)
    batch.perform(now=now)

    assert (batch.state, batch.created, batch.rejected, batch.rows_done) == (JobState.DONE, 7, 1, 8)


def test_all_or_nothing_loads_a_list_without_bad_rows(now: datetime, small_chunks: None) -> None:
    batch = loaded(csv_file([person(number) for number in range(7)]), now=now, all_or_nothing=True)

    assert (batch.state, batch.phase, batch.created) == (JobState.DONE, Phase.FINISHING, 7)


def test_the_check_goes_on_where_it_was_interrupted(
    now: datetime, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [person(0, e_mail="ines"), *(person(number) for number in range(1, 8)), person(8, e_mail="otto")]
    batch = confirmed(csv_file(rows), now=now, all_or_nothing=True)
    with monkeypatch.context() as patched:
        _crash_at_call(patched, "advance", 2)
        with pytest.raises(RuntimeError):
            batch.perform(now=now)

    batch.perform(now=now + timedelta(days=9999))

    assert batch.error.startswith("2 of 9 rows are rejected")
    assert outcomes(batch) == {2: "rejected", 10: "rejected"}


# --- Events -------------------------------------------------------------------------------------------------------

EVENT_HEADERS = [*HEADERS, "Scanned at", "Notes"]


@pytest.fixture
def scans(db: None) -> None:
    factories.ActivityTypeFactory(key="event_badge_scan")
    factories.ActivityTypeFactory(key="note", is_engagement=False)


def test_an_event_list_records_that_each_person_was_there_once(
    now: datetime, scans: None, small_chunks: None
) -> None:
    rows = [
        [*person(1), "10.03.2026 14:30", "wants a visit"],
        [*person(2), "", ""],
        [*person(3), "2026-03-11", ""],
        [*person(1), "11.03.2026 09:00", "second visit"],
        [*person(4, e_mail="ines"), "11.03.2026 09:00", ""],
    ]

    loaded(csv_file(rows, headers=EVENT_HEADERS), now=now, kind=ImportKind.EVENT, source_name="Plant Expo")

    found = Activity.objects.order_by("lead__pk").values_list(
        "lead__contact__email", "at", "body", "subject", "source__name"
    )
    assert [(email, at, body) for email, at, body, _, _ in found] == [
        ("ines.roth1@kiesel-werke.example", datetime(2026, 3, 10, 14, 30, tzinfo=UTC), "wants a visit"),
        ("ines.roth2@kiesel-werke.example", now, ""),
        ("ines.roth3@kiesel-werke.example", datetime(2026, 3, 11, tzinfo=UTC), ""),
    ]
    assert {(subject, source) for _, _, _, subject, source in found} == {("Plant Expo", "Plant Expo")}


def test_an_event_list_loaded_twice_counts_nobody_twice(now: datetime, scans: None) -> None:
    rows = [[*person(number), "10.03.2026 14:30", ""] for number in range(3)]
    loaded(csv_file(rows, headers=EVENT_HEADERS), now=now, kind=ImportKind.EVENT, source_name="Plant Expo")

    again = loaded(
        csv_file(rows, headers=EVENT_HEADERS),
        now=now + timedelta(days=1),
        kind=ImportKind.EVENT,
        source_name="Plant Expo",
    )

    assert again.unchanged == 3
    assert Activity.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31/02/2026", "“31/02/2026” is not a date. Write it as in 2026-03-12 or 2026-03-12 14:30."),
        ("yesterday", "“yesterday” is not a date. Write it as in 2026-03-12 or 2026-03-12 14:30."),
        ("2126-03-10", "“2126-03-10” lies in the future. Correct the date."),
    ],
)
def test_an_impossible_date_is_an_error_of_its_row(
    now: datetime, scans: None, text: str, sentence: str
) -> None:
    rows = [[*person(number), "13/03/2025", ""] for number in range(1, 4)]
    batch = loaded(
        csv_file([[*person(0), text, ""], *rows], headers=EVENT_HEADERS), now=now, kind=ImportKind.EVENT
    )

    assert (batch.created, batch.rejected) == (3, 1)
    assert batch.rows.get(number=2).reasons[0]["sentence"] == sentence
    assert Activity.objects.count() == 3


@pytest.mark.parametrize(
    ("other", "day"),
    [("25/02/2025", datetime(2025, 4, 3, tzinfo=UTC)), ("02/25/2025", datetime(2025, 3, 4, tzinfo=UTC))],
)
def test_the_column_tells_which_number_is_the_day(
    now: datetime, scans: None, other: str, day: datetime
) -> None:
    rows = [[*person(0), "03/04/2025", ""], [*person(1), other, ""]]

    loaded(csv_file(rows, headers=EVENT_HEADERS), now=now, kind=ImportKind.EVENT)

    assert Activity.objects.get(lead__contact__email="ines.roth0@kiesel-werke.example").at == day


def test_other_lists_keep_their_notes_with_the_lead(now: datetime, scans: None) -> None:
    rows = [[*person(1), "10.03.2026", "met at lunch"], [*person(2), "", ""]]
    for day in range(2):
        loaded(csv_file(rows, headers=EVENT_HEADERS), now=now + timedelta(days=day))

    activity = Activity.objects.get()
    assert (activity.type.key, activity.body, activity.lead.contact.email) == (
        "note",
        "met at lunch",
        "ines.roth1@kiesel-werke.example",
    )


# --- Kinds of files and cells -------------------------------------------------------------------------------------


def test_a_workbook_is_loaded_with_its_row_numbers(now: datetime) -> None:
    workbook = Workbook()
    sheet = workbook.active
    for row in (["Partners of 2026"], [], HEADERS, person(1), [], person(2, e_mail="ines")):
        sheet.append(row)
    file = BytesIO()
    workbook.save(file)

    batch = loaded(file, now=now, name="list.xlsx")

    assert outcomes(batch) == {4: "created", 6: "rejected"}


def test_the_quote_that_guards_a_cell_is_taken_off(now: datetime) -> None:
    loaded(
        csv_file(
            [
                person(
                    1, job_title="'=1+1", company="'@home Ltd", phone="'+49 30 23125001", last_name="'t Hooft"
                )
            ]
        ),
        now=now,
    )

    contact = Contact.objects.get()
    assert (contact.title, contact.account.name, contact.phone, contact.last_name) == (
        "=1+1",
        "@home Ltd",
        "+493023125001",
        "'t Hooft",
    )


def test_an_opt_out_in_the_list_is_kept(now: datetime) -> None:
    batch = loaded(
        csv_file([[*person(1), "yes"], [*person(2), "no"]], headers=[*HEADERS, "Unsubscribed"]), now=now
    )

    assert (batch.suppressed, batch.created) == (1, 1)
    assert Suppression.objects.get().value == "ines.roth1@kiesel-werke.example"


def test_a_list_with_blank_cells_leaves_them_blank(now: datetime) -> None:
    loaded(
        csv_file([person(1, phone="030 23125001", job_title="CEO"), person(2, phone="", job_title="")]),
        now=now,
    )

    contact = Contact.objects.get(email="ines.roth2@kiesel-werke.example")
    assert (contact.phone, contact.title) == ("", "")


def test_rejected_rows_come_back_as_a_file_to_correct(now: datetime) -> None:
    batch = loaded(
        csv_file([person(1), person(2, e_mail="ines", job_title="=cmd()", first_name="Ada")]), now=now
    )

    text = b"".join(result_file(batch, which=Result.REJECTED, extension="csv")).decode()

    assert text.splitlines() == [
        "\ufeffFirst name,Last name,E-mail,Phone,Job title,Company,Row,What is wrong",
        "Ada,Rothca,ines,,'=cmd(),Kiesel-Werke GmbH,3,“ines” is not an e-mail address: it has no @ sign. "
        "Correct it or leave the cell empty.".replace("“ines”", "E-mail: “ines”", 1),
    ]
    again = loaded(BytesIO(text.replace(",ines,", ",ada@kiesel-werke.example,").encode()), now=now)
    assert (again.created, again.rejected) == (1, 0)
    assert Contact.objects.get(first_name="Ada").title == "=cmd()"


# --- The source ---------------------------------------------------------------------------------------------------


def test_a_purchased_list_must_say_where_it_comes_from(now: datetime) -> None:
    batch = ImportBatch(kind=ImportKind.PURCHASED, source_name="Bought")

    with pytest.raises(SourceRefused) as refusal:
        drafting.take_in(file=csv_file([person(1)]), name="list.csv", batch=batch, by=None, now=now)

    assert str(refusal.value) == (
        "A purchased list must say where it comes from. Add the vendor, the date of purchase and the lawful basis on "
        "which we may hold these people's details."
    )
    assert not ImportBatch.objects.exists()


def test_a_second_file_of_a_known_list_goes_to_the_same_source(now: datetime) -> None:
    loaded(csv_file([person(1)]), now=now, kind=ImportKind.PURCHASED, source_name="Bought")

    batch = ImportBatch(kind=ImportKind.PURCHASED, source_name="Bought", cost=900)
    drafting.take_in(file=csv_file([person(2)]), name="list.csv", batch=batch, by=None, now=now)
    steering.begin(batch=batch, now=now)
    batch.perform(now=now)

    source = Source.objects.get()
    assert (source.vendor, source.cost, source.leads.count()) == ("Listworks", 900, 2)


def test_a_name_of_another_kind_of_source_is_refused(now: datetime) -> None:
    factories.SourceFactory(name="Plant Expo", kind=SourceKind.EVENT)

    with pytest.raises(SourceRefused) as refusal:
        taken_in(csv_file([person(1)]), now=now, source_name="Plant Expo")

    assert str(refusal.value) == (
        "There is already a source “Plant Expo”, and it is of the kind “Event”. Give this partner list another name."
    )


def test_the_file_is_kept_under_a_name_that_nobody_can_guess(now: datetime) -> None:
    batch = taken_in(csv_file([person(1)]), name="../../x.html", now=now)

    assert batch.file.name.startswith("imports/")
    assert len(Path(batch.file.name).name) == 32
    assert Path(batch.file.path).parent.name == "imports"
    assert batch.original_name == "../../x.html"


def test_loads_a_person_without_the_number_that_can_not_be_dialled(now: datetime) -> None:
    batch = loaded(csv_file([person(1, phone="12")]), now=now)

    row = batch.rows.get()
    assert (row.outcome, batch.created, batch.rejected) == ("created", 1, 0)
    assert row.reasons[0]["sentence"].startswith("The number was left out. “12” is not a phone number")
    assert Contact.objects.get().phone == ""
