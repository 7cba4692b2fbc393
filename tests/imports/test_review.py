from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from imports import previewing, reviewing
from imports.models import ImportBatch, ImportRow, Review, RowOutcome
from imports.piling import pile, warnings_of
from leadops.roles import MARKETING
from leads.enums import Stage
from leads.lifecycle import disqualify
from leads.models import Contact, Lead, Suppression
from tests import factories
from tests.imports.lists import csv_file, loaded, outcomes, person, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db: None) -> User:
    return factories.UserFactory(role=MARKETING)


@pytest.fixture
def marketing(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def _batch(now: datetime, *extra: list[str]) -> ImportBatch:
    """A list of ordinary people with two who are nobody, a mailbox of a team and a throw-away address."""
    return loaded(
        csv_file(
            [
                person(1),
                person(2, first_name="Mickey", last_name="Mouse"),
                person(3, first_name="Asdf", last_name="Asdf"),
                person(4, e_mail="info@kiesel-werke.example"),
                person(5, e_mail="ines5@mailinator.com"),
                person(6, e_mail="ines6@gmail.com"),
                *extra,
            ]
        ),
        now=now,
    )


def _marked(batch: ImportBatch) -> dict[int, tuple[str, str]]:
    return {row.number: (row.marks, row.review) for row in batch.rows.order_by("number")}


def test_unusual_rows_wait_for_a_person_and_free_mail_does_not(now: datetime) -> None:
    batch = _batch(now)

    assert _marked(batch) == {
        2: ("", ""),
        3: ("nonsense", "open"),
        4: ("nonsense", "open"),
        5: ("role", "open"),
        6: ("disposable", "open"),
        7: ("free", ""),
    }
    assert outcomes(batch) == {
        2: "created",
        3: "rejected",
        4: "rejected",
        **dict.fromkeys((5, 6, 7), "created"),
    }


def test_a_row_that_is_let_in_is_loaded_as_if_nothing_had_been(now: datetime, user: User) -> None:
    batch = _batch(now)
    mickey = batch.rows.get(number=3)

    decided = reviewing.let_in(rows=[mickey.pk], by=user, now=now)

    assert decided.outcomes == {"created": 1}
    contact = Contact.objects.get(last_name="Mouse")
    lead = contact.leads.get()
    assert (lead.source, lead.stage) == (batch.source, Stage.SUSPECT)
    mickey.refresh_from_db()
    assert (mickey.outcome, mickey.review, mickey.contact, mickey.reasons) == ("created", "kept", contact, [])
    assert mickey.changes is not None
    assert mickey.changes["made"] == {"contact": contact.pk, "lead": lead.pk}
    batch.refresh_from_db()
    assert (batch.created, batch.rejected, batch.rows_done) == (5, 1, 6)
    assert sum(batch.counts.values()) == batch.rows_total
    assert sum(batch.reasons.values()) == 1


def test_a_row_that_is_let_in_can_be_an_earlier_one_again(now: datetime, user: User) -> None:
    batch = loaded(csv_file([person(1), person(1, first_name="Mickey", last_name="Mouse")]), now=now)

    decided = reviewing.let_in(rows=[batch.rows.get(number=3).pk], by=user, now=now)

    assert decided.outcomes == {"merged": 1}
    batch.refresh_from_db()
    assert (batch.created, batch.merged, batch.rejected) == (1, 1, 0)
    assert Contact.objects.count() == 1


def test_nobody_who_has_opted_out_is_let_in(now: datetime, user: User) -> None:
    batch = loaded(csv_file([person(1, first_name="Mickey", last_name="Mouse")]), now=now)
    Suppression.objects.create(value="ines.roth1@kiesel-werke.example")

    decided = reviewing.let_in(rows=[batch.rows.get().pk], by=user, now=now)

    assert decided.outcomes == {"suppressed": 1}
    assert not Contact.objects.exists()
    batch.refresh_from_db()
    assert (batch.suppressed, batch.rejected) == (1, 0)


def test_the_same_row_is_let_in_once(now: datetime, user: User) -> None:
    batch = _batch(now)
    mickey = batch.rows.get(number=3).pk

    reviewing.let_in(rows=[mickey], by=user, now=now)
    again = reviewing.let_in(rows=[mickey, mickey], by=user, now=now)

    assert not again.outcomes
    batch.refresh_from_db()
    assert sum(batch.counts.values()) == batch.rows_total


def test_what_is_left_out_stays_out_and_its_lead_ends_with_a_reason(now: datetime, user: User) -> None:
    reason = factories.ReasonFactory(disqualify=True, key="not_a_person")
    batch = _batch(now)

    decided = reviewing.leave_out(rows=[row.pk for row in pile(user=user)], by=user, now=now)

    assert decided.dropped == 4
    assert set(batch.rows.filter(review=Review.DROPPED).values_list("number", flat=True)) == {3, 4, 5, 6}
    assert outcomes(batch)[3] == RowOutcome.REJECTED
    gone = Lead.objects.filter(stage=Stage.DISQUALIFIED)
    assert {lead.contact.email for lead in gone} == {"info@kiesel-werke.example", "ines5@mailinator.com"}
    assert {lead.stage_changes.latest("pk").reason for lead in gone} == {reason}


def test_a_lead_that_sales_works_on_is_not_taken_away(now: datetime, user: User) -> None:
    factories.ReasonFactory(disqualify=True)
    batch = _batch(now)
    row = batch.rows.get(number=5)
    row.contact.leads.all().delete()
    lead = factories.LeadFactory(contact=row.contact, source=batch.source, stage=Stage.SALES_ACCEPTED)

    decided = reviewing.leave_out(rows=[row.pk], by=user, now=now)

    assert decided.sentences == {"Sales works on this one already, so it stays as it is.": 1}
    lead.refresh_from_db()
    assert lead.stage == Stage.SALES_ACCEPTED


def test_a_company_without_a_reason_is_told_what_to_add(now: datetime, user: User) -> None:
    batch = _batch(now)

    with pytest.raises(reviewing.NoReason, match="The catalogue has no reason for leaving somebody out"):
        reviewing.leave_out(rows=[batch.rows.get(number=5).pk], by=user, now=now)

    assert batch.rows.get(number=5).review == Review.OPEN


def test_a_whole_file_of_throw_away_addresses_is_one_warning_and_no_pile(now: datetime, user: User) -> None:
    rows = [person(number, e_mail=f"ines{number}@mailinator.com") for number in range(12)]
    batch = loaded(csv_file([*rows, person(13), person(14, first_name="Mickey", last_name="Mouse")]), now=now)

    (warning,) = batch.warnings

    assert warning.startswith("92 % of the addresses in this file are throw-away addresses")
    assert [row.number for row in pile(user=user)] == [15]
    assert batch.rows.filter(marks="disposable").count() == 12


def test_swapped_columns_are_one_warning(now: datetime) -> None:
    names = ["Jennifer", "Katrin", "Giulia", "Anna", "Philippe", "Björn", "Uwe", "Priya", "Małgorzata", "Ana"]
    rows = [person(place, first_name=f"Roth{place}", last_name=name) for place, name in enumerate(names)]
    batch = loaded(csv_file(rows), now=now)

    assert [warning.partition(" the")[0] for warning in batch.warnings] == ["In 100 % of"]
    assert not batch.rows.exclude(review="").exists()


@pytest.mark.parametrize(
    ("marks", "rows", "sentences"),
    [
        ({"disposable": 80}, 100, 0),
        ({"disposable": 81}, 100, 1),
        ({"role": 95, "swapped": 30}, 100, 2),
        ({"disposable": 9}, 9, 0),
        ({}, 0, 0),
    ],
)
def test_a_file_is_warned_of_when_it_is_nearly_all_of_a_kind(
    marks: dict[str, int], rows: int, sentences: int
) -> None:
    assert len(warnings_of(marks, rows=rows, addresses=rows)) == sentences


def test_the_preview_says_beforehand_what_is_unusual(marketing: Client, now: datetime) -> None:
    rows = [person(number, e_mail=f"ines{number}@mailinator.com") for number in range(12)]
    batch = taken_in(csv_file([*rows, person(14, first_name="Mickey", last_name="Mouse")]), now=now)
    previewing.preview(batch=batch, now=now)

    text = marketing.get(reverse("imports:preview", args=[batch.pk])).content.decode()

    assert "100 % of the addresses in this file are throw-away addresses" in text
    assert "Throw-away address 12" in text
    assert "Made up 1" in text


# --- The page -----------------------------------------------------------------------------------------------------


def test_the_page_shows_who_waits_and_why(marketing: Client, now: datetime) -> None:
    batch = _batch(now)

    text = marketing.get(reverse("imports:review")).content.decode()

    assert "Mickey Mouse" in text
    assert "is a name that people give when they do not want to give theirs" in text
    assert "info@kiesel-werke.example" in text
    assert "ines6@gmail.com" not in text
    assert f"?batch={batch.pk}" in marketing.get(reverse("imports:batch", args=[batch.pk])).content.decode()


def test_the_page_narrows_down_to_a_mark_and_a_list(marketing: Client, now: datetime) -> None:
    batch = _batch(now)
    other = loaded(csv_file([person(9, e_mail="sales@other.example")]), now=now, source_name="Other")

    address = reverse("imports:review")

    def numbers(query: str) -> list[tuple[int, int]]:
        return [
            (item["row"].batch_id, item["row"].number)
            for item in marketing.get(f"{address}?{query}").context["shown"]
        ]

    assert numbers("mark=role") == [(other.pk, 2), (batch.pk, 5)]
    assert numbers(f"mark=role&batch={other.pk}") == [(other.pk, 2)]
    assert len(numbers("mark=nothing&batch=x&page=x")) == 5


def test_ticked_rows_are_decided_on_together(marketing: Client, now: datetime) -> None:
    batch = _batch(now)
    ticked = list(batch.rows.filter(number__in=[3, 5]).values_list("pk", flat=True))

    answer = marketing.post(
        reverse("imports:review"), {"rows": ticked, "decision": "kept", "mark": "", "page": "1"}, follow=True
    )

    told = [str(message) for message in answer.context["messages"]]
    assert told == ["New: 1; Stay in: 1."]
    assert {row.number for row in batch.rows.filter(review=Review.KEPT)} == {3, 5}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"decision": "kept"}, "No row was ticked. Tick the rows that you decide on."),
        ({"rows": ["1"], "decision": "burn"}, "Choose whether the rows are let in or left out."),
        (
            {"rows": ["x", "9" * 40, "-1"], "decision": "kept"},
            "No row was ticked. Tick the rows that you decide on.",
        ),
        (
            {"rows": ["999999"], "decision": "kept"},
            "Somebody else has decided on these rows in the meantime.",
        ),
    ],
)
def test_a_form_that_says_nothing_sensible_is_answered_with_a_sentence(
    marketing: Client, fields: dict[str, object], sentence: str
) -> None:
    answer = marketing.post(reverse("imports:review"), fields, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [sentence]


def test_a_long_pile_costs_no_more_queries_than_a_short_one(marketing: Client, now: datetime) -> None:
    _batch(now)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert marketing.get(reverse("imports:review")).status_code == 200
        return len(asked)

    queries()
    before = queries()
    for place in range(3):
        loaded(
            csv_file([person(number, first_name="Mickey", last_name="Mouse") for number in range(40)]),
            now=now,
            source_name=f"List {place}",
        )

    assert queries() <= before
    page = marketing.get(reverse("imports:review") + "?page=3")
    assert len(page.context["shown"]) == 124 - 100


def test_rows_of_a_list_that_is_still_loading_do_not_wait_yet(now: datetime, user: User) -> None:
    batch = _batch(now)
    ImportBatch.objects.filter(pk=batch.pk).update(state="running")

    assert not pile(user=user)
    assert not reviewing.let_in(rows=[row.pk for row in ImportRow.objects.all()], by=user, now=now).outcomes


def _left_out(batch: ImportBatch, *numbers: int, by: User, now: datetime) -> list[int]:
    """The ids of these rows, which are left out."""
    ids = list(batch.rows.filter(number__in=numbers).values_list("pk", flat=True))
    reviewing.leave_out(rows=ids, by=by, now=now)
    return ids


def test_a_rejected_row_that_was_left_out_is_loaded_when_it_is_let_in_again(
    now: datetime, user: User
) -> None:
    batch = _batch(now)
    left_out = _left_out(batch, 3, by=user, now=now)
    assert not Contact.objects.filter(last_name="Mouse").exists()

    decided = reviewing.let_in_again(rows=left_out, by=user, now=now)

    assert decided.outcomes == {"created": 1}
    assert Contact.objects.filter(last_name="Mouse").count() == 1
    assert batch.rows.get(number=3).review == Review.KEPT
    batch.refresh_from_db()
    assert (batch.created, batch.rejected) == (5, 1)


def test_a_lead_that_leaving_out_ended_is_reopened_with_a_reason(now: datetime, user: User) -> None:
    factories.ReasonFactory(disqualify=True, key="not_a_person")
    reason = factories.ReasonFactory(reopen=True, key="ended_by_mistake", needs_note=True)
    batch = _batch(now)
    left_out = _left_out(batch, 5, by=user, now=now)
    lead = Lead.objects.get(contact__email="info@kiesel-werke.example")
    assert lead.stage == Stage.DISQUALIFIED

    decided = reviewing.let_in_again(rows=left_out, by=user, now=now)

    assert (decided.kept, decided.sentences) == (1, {})
    last = lead.stage_changes.latest("pk")
    assert (last.transition, last.reason, last.actor) == ("reopen", reason, user)
    assert last.note == f"Was left out of “{batch.source_name}” and is let in again."
    assert batch.rows.get(number=5).review == Review.KEPT


def test_a_lead_that_ended_for_another_reason_stays_ended(now: datetime, user: User) -> None:
    factories.ReasonFactory(disqualify=True, key="not_a_person")
    factories.ReasonFactory(reopen=True)
    other = factories.ReasonFactory(disqualify=True)
    batch = _batch(now)
    lead = Lead.objects.get(contact__email="info@kiesel-werke.example")
    disqualify(lead=lead, by=user, now=now, reason=other)
    left_out = _left_out(batch, 5, by=user, now=now)

    reviewing.let_in_again(rows=left_out, by=user, now=now)

    assert Lead.objects.get(pk=lead.pk).stage == Stage.DISQUALIFIED


def test_nobody_is_let_in_again_without_a_reason_in_the_catalogue(now: datetime, user: User) -> None:
    factories.ReasonFactory(disqualify=True, key="not_a_person")
    batch = _batch(now)
    left_out = _left_out(batch, 5, by=user, now=now)

    with pytest.raises(reviewing.NoReason, match="no reason for letting somebody in again"):
        reviewing.let_in_again(rows=left_out, by=user, now=now)

    assert batch.rows.get(number=5).review == Review.DROPPED


def test_letting_in_from_an_old_page_does_not_overrule_who_left_out(now: datetime, user: User) -> None:
    batch = _batch(now)
    left_out = _left_out(batch, 3, by=user, now=now)

    assert not reviewing.let_in(rows=left_out, by=user, now=now).outcomes
    assert batch.rows.get(number=3).review == Review.DROPPED


def test_the_page_of_what_was_left_out_lets_in_again_and_nothing_else(
    marketing: Client, user: User, now: datetime
) -> None:
    batch = _batch(now)
    left_out = _left_out(batch, 3, 4, by=user, now=now)
    address = f"{reverse('imports:review')}?show=dropped&batch={batch.pk}"

    page = marketing.get(address)
    assert [item["row"].number for item in page.context["shown"]] == [3, 4]
    assert [(str(view["label"]), view["number"]) for view in page.context["views"]] == [
        ("To be looked at", 2),
        ("Left out", 2),
    ]
    assert 'value="dropped" data-key' not in page.content.decode()

    said = {"show": "dropped", "batch": batch.pk, "rows": left_out[:1]}
    refused = marketing.post(reverse("imports:review"), said | {"decision": "dropped"}, follow=True)
    answer = marketing.post(reverse("imports:review"), said | {"decision": "kept"}, follow=True)

    assert [str(message) for message in refused.context["messages"]] == [
        "Choose whether the rows are let in or left out."
    ]
    assert [str(message) for message in answer.context["messages"]] == ["New: 1."]
    assert answer.request["QUERY_STRING"] == f"show=dropped&batch={batch.pk}"
    assert [item["row"].number for item in answer.context["shown"]] == [4]
