from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import people
from leads.enums import Stage
from leads.models import Account, Contact, Lead, Milestone, Source, Suppression
from leads.people import Outcome, PersonRefused, clean, receive, receive_many
from tests import factories

pytestmark = pytest.mark.django_db


def row(**texts: str) -> people.Person:
    return clean(
        {"email": "ines.roth@kiesel-werke.example", "first_name": "Ines", "last_name": "Roth", **texts},
        country="DE",
    )


def outcomes(received: list[people.Received]) -> list[str]:
    return [one.outcome.value for one in received]


def test_cleans_a_row_into_normal_form() -> None:
    person = clean(
        {
            "email": " Ines.ROTH@Kiesel-Werke.EXAMPLE ",
            "full_name": "ROTH, INES",
            "phone": "030 901820",
            "title": "Head of Procurement",
            "company": "Kiesel-Werke GmbH",
            "country": "Germany",
            "employees": "1,200",
        },
        country="US",
    )

    assert person.email == "ines.roth@kiesel-werke.example"
    assert (person.first_name, person.last_name) == ("Ines", "Roth")
    assert person.phone == "+4930901820"
    assert (person.seniority, person.function) == ("director", "procurement")
    assert (person.country, person.employees, person.domain) == ("DE", 1200, "kiesel-werke.example")


def test_says_everything_that_is_wrong_with_a_row() -> None:
    with pytest.raises(PersonRefused) as refusal:
        clean({"email": "not-an-address", "last_name": "Roth", "phone": "4.477E+11"}, country="GB")

    assert [name for name, _ in refusal.value.problems] == ["email", "phone"]
    assert "not-an-address" in str(refusal.value)


def test_leaves_out_a_number_that_can_not_be_dialled_where_an_address_reaches_the_person() -> None:
    person = clean(
        {"email": "ines.roth@kiesel-werke.example", "last_name": "Roth", "phone": "12"}, country="DE"
    )

    assert (person.email, person.phone) == ("ines.roth@kiesel-werke.example", "")
    ((field, sentence),) = person.flaws
    assert field == "phone"
    assert sentence.startswith("“12” is not a phone number")


def test_refuses_a_row_that_names_nobody() -> None:
    with pytest.raises(PersonRefused, match="neither an e-mail address nor a telephone number nor a name"):
        clean({"company": "Kiesel-Werke GmbH"}, country="DE")


def test_refuses_mickey_mouse() -> None:
    with pytest.raises(PersonRefused):
        clean(
            {"first_name": "Mickey", "last_name": "Mouse", "email": "mickey@kiesel-werke.example"},
            country="DE",
        )


def test_a_new_person_becomes_contact_account_and_suspect(now: datetime, source: Source) -> None:
    received = receive(person=row(company="Kiesel-Werke GmbH"), source=source, by=None, now=now)

    assert received.outcome == Outcome.CREATED
    assert received.lead is not None
    assert (received.lead.stage, received.lead.source) == (Stage.SUSPECT, source)
    assert received.contact is not None
    assert str(received.contact.account) == "Kiesel-Werke GmbH"
    assert Milestone.objects.filter(lead=received.lead, stage=Stage.SUSPECT, at=now).exists()
    assert Contact.history.filter(id=received.contact.pk).count() == 1


def test_the_same_person_again_changes_nothing(now: datetime, source: Source) -> None:
    receive(person=row(company="Kiesel-Werke GmbH"), source=source, by=None, now=now)

    again = receive(
        person=row(company="Kiesel-Werke GmbH"), source=factories.SourceFactory(), by=None, now=now
    )

    assert again.outcome == Outcome.UNCHANGED
    assert (Contact.objects.count(), Account.objects.count(), Lead.objects.count()) == (1, 1, 1)
    assert again.lead is not None
    assert again.lead.source == source


def test_fills_blanks_and_leaves_what_is_known(now: datetime, source: Source) -> None:
    receive(person=row(title="Buyer"), source=source, by=None, now=now)

    again = receive(person=row(title="Chief Buyer", city="Essen"), source=source, by=None, now=now)

    contact = Contact.objects.get()
    assert again.outcome == Outcome.UPDATED
    assert (contact.title, contact.city) == ("Buyer", "Essen")
    assert Contact.history.filter(id=contact.pk).count() == 2


def test_overwrites_where_asked_to(now: datetime, source: Source) -> None:
    receive(person=row(title="Buyer"), source=source, by=None, now=now)

    receive(person=row(title="Chief Procurement Officer"), source=source, by=None, now=now, overwrite=True)

    assert Contact.objects.get().seniority == "c_suite"


def test_a_person_twice_in_one_call_is_merged(now: datetime, source: Source) -> None:
    received = receive_many(
        people=[
            row(),
            row(email="INES.ROTH@kiesel-werke.example", city="Essen"),
            row(email="other@kiesel-werke.example", first_name="Otto"),
        ],
        source=source,
        by=None,
        now=now,
    )

    assert outcomes(received) == ["created", "merged", "created"]
    assert received[0].lead == received[1].lead
    assert Contact.objects.get(email_key="ines.roth@kiesel-werke.example").city == "Essen"
    assert Account.objects.count() == 1


def test_spellings_of_one_company_are_one_account(now: datetime, source: Source) -> None:
    receive_many(
        people=[
            row(email="", company="Kiesel Werke GmbH"),
            row(email="", first_name="Otto", company="KIESEL-WERKE"),
            row(email="pia@kiesel-werke.example", first_name="Pia", company="Kiesel Werke"),
        ],
        source=source,
        by=None,
        now=now,
    )

    account = Account.objects.get()
    assert account.domain == "kiesel-werke.example"
    assert account.contacts.count() == 3


def test_free_mail_makes_no_account(now: datetime, source: Source) -> None:
    received = receive(person=row(email="ines.roth@gmail.com"), source=source, by=None, now=now)

    assert received.contact is not None
    assert received.contact.account is None
    assert received.contact.email_kind == "free"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("email", "Ines.Roth@KIESEL-werke.example"), ("domain", "www.kiesel-werke.example")],
)
def test_the_do_not_contact_list_is_a_wall(now: datetime, source: Source, kind: str, value: str) -> None:
    Suppression.objects.create(kind=kind, value=value, reason="asked by letter")

    received = receive_many(
        people=[row(), row(email="ines.roth+news@kiesel-werke.example")], source=source, by=None, now=now
    )

    assert outcomes(received) == ["suppressed", "suppressed"]
    assert "On the do-not-contact list (asked by letter)" in received[0].why
    assert not Contact.objects.exists()


def test_a_file_may_opt_a_person_out_but_never_in(now: datetime, source: Source) -> None:
    receive(person=row(), source=source, by=None, now=now)

    first = receive(person=row(opted_out="yes"), source=source, by=None, now=now)
    second = receive(
        person=row(opted_out="no", city="Essen"), source=source, by=None, now=now, overwrite=True
    )

    contact = Contact.objects.get()
    assert (first.outcome, second.outcome) == (Outcome.SUPPRESSED, Outcome.SUPPRESSED)
    assert (contact.opted_out_at, contact.city) == (now, "")


def test_takes_many_people_in_few_statements(now: datetime, source: Source) -> None:
    crowd = [
        row(email=f"p{n}@firm{n % 40}.example", last_name=f"Roth{n}", company=f"Firm {n % 40}")
        for n in range(400)
    ]

    with CaptureQueriesContext(connection) as queries:
        received = receive_many(people=crowd, source=source, by=None, now=now)

    assert outcomes(received) == ["created"] * 400
    assert len(queries) <= 30  # whatever the number of people


def test_a_visitor_who_gives_details_keeps_what_they_did(now: datetime) -> None:
    visitor = factories.LeadFactory(anonymous=True)
    factories.ActivityFactory(lead=visitor)

    received = people.recognise_visitor(lead=visitor, person=row(), by=None, now=now)

    lead = Lead.objects.get()
    assert received.lead == lead
    assert lead.contact == received.contact
    assert lead.source == visitor.source
    assert lead.activities.count() == 1


def test_a_visitor_who_is_known_already_joins_the_known_lead(now: datetime, source: Source) -> None:
    known = receive(person=row(), source=source, by=None, now=now)
    visitor = factories.LeadFactory(anonymous=True)
    factories.ActivityFactory(lead=visitor)

    received = people.recognise_visitor(lead=visitor, person=row(city="Essen"), by=None, now=now)

    assert received.lead == known.lead
    lead: Any = Lead.objects.get()
    assert (lead.source, lead.activities.count()) == (source, 1)
    assert lead.milestones.filter(stage=Stage.ANONYMOUS).exists()


@pytest.mark.parametrize(
    "text", ["my\n@northwind.example", '"\n"@northwind.example', "<\u0338me@northwind.example"]
)
def test_an_address_that_no_server_takes_is_not_made_one(text: str) -> None:
    with pytest.raises(PersonRefused, match="is not an e-mail address"):
        clean({"email": text, "last_name": "Lee"}, country="")


@pytest.mark.parametrize("column", ["full_name", "first_name", "last_name"])
def test_a_whole_name_with_a_comma_is_parted_whatever_column_it_stands_in(column: str) -> None:
    person = clean({column: "Doe, John", "email": "j.doe@northwind.example"}, country="")

    assert (person.first_name, person.last_name) == ("John", "Doe")
