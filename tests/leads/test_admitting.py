"""What the arrival of people changes: which values it may touch, and that all of it is written down."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from leads.models import Account, Contact, Lead, Milestone, Source
from leads.people import Arrival, Foresight, Outcome, Person, Rules, admit_many, clean, receive
from tests import factories
from tests.leads.test_receiving import crowd, digest, forget_everybody, in_chunks

pytestmark = pytest.mark.django_db

OWN = {
    "email": "ada@kiesel.example",
    "title": "Head of IT",
    "city": "Oslo",
    "industry": "Steel",
    "employees": "400",
}
AS_USUAL = Rules()


def admitted(
    people: Sequence[Person], source: Source, now: datetime, *, size: int = 1_000, rules: Rules = AS_USUAL
) -> list[Arrival]:
    found: list[Arrival] = []
    for place, chunk in enumerate(in_chunks(people, size)):
        at = now + timedelta(seconds=place)
        found += admit_many(people=chunk, source=source, by=None, now=at, rules=rules)
    return found


@pytest.fixture
def ada(db: None) -> Contact:
    account = factories.AccountFactory(
        name="Kiesel", domain="kiesel.example", industry="Software", employees=20, country="", website=""
    )
    contact: Contact = factories.ContactFactory(
        account=account,
        email="ada@kiesel.example",
        first_name="",
        last_name="",
        title="CEO",
        city="Essen",
        phone="",
    )
    return contact


def values(contact: Contact) -> tuple[Any, ...]:
    contact.refresh_from_db()
    account = Account.objects.get(pk=contact.account_id)
    return contact.title, contact.city, account.industry, account.employees


# --- Rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Rules(), ("CEO", "Essen", "Software", 20)),
        (Rules(overwrite=True), ("Head of IT", "Oslo", "Steel", 400)),
        (Rules(overwrite=True, by_field={"city": "fill"}), ("Head of IT", "Essen", "Steel", 400)),
        (Rules(overwrite=True, by_field={"employees": "never"}), ("Head of IT", "Oslo", "Steel", 20)),
        (
            Rules(by_field={"title": "overwrite", "industry": "overwrite"}),
            ("Head of IT", "Essen", "Steel", 20),
        ),
    ],
)
def test_replaces_only_what_the_rules_allow(
    now: datetime, source: Source, ada: Contact, rules: Rules, expected: tuple[Any, ...]
) -> None:
    admitted([clean(OWN, country="DE")], source, now, rules=rules)

    assert values(ada) == expected


@pytest.mark.parametrize(
    ("rule", "phone"), [("fill", "+493023125001"), ("never", ""), ("overwrite", "+493023125001")]
)
def test_a_blank_is_filled_unless_the_rule_is_never(
    now: datetime, source: Source, ada: Contact, rule: str, phone: str
) -> None:
    person = clean({"email": "ada@kiesel.example", "mobile": "030 23125001"}, country="DE")

    admitted([person], source, now, rules=Rules(by_field={"mobile": rule}))

    ada.refresh_from_db()
    assert ada.phone == phone


def test_somebody_new_is_taken_as_they_come_whatever_the_rules(now: datetime, source: Source) -> None:
    never = dict.fromkeys(("title", "city", "industry", "employees", "company", "first_name"), "never")

    admitted([clean({**OWN, "first_name": "Ada"}, country="DE")], source, now, rules=Rules(by_field=never))

    contact = Contact.objects.get()
    assert values(contact) == ("Head of IT", "Oslo", "Steel", 400)
    assert contact.first_name == "Ada"


def test_a_company_is_renamed_only_by_a_rule_that_says_so(
    now: datetime, source: Source, ada: Contact
) -> None:
    person = clean({"email": "ada@kiesel.example", "company": "Kiesel Werke AG"}, country="DE")
    admitted([person], source, now, rules=Rules(overwrite=True))
    assert Account.objects.get().name == "Kiesel"

    admitted([person], source, now, rules=Rules(by_field={"company": "overwrite"}))

    account = Account.objects.get()
    assert (account.name, account.name_key) == ("Kiesel Werke AG", person.company_key)


# --- Changes ------------------------------------------------------------------------------------------------------


def test_tells_what_was_made_of_somebody_new(now: datetime, source: Source) -> None:
    (arrival,) = admitted([clean(OWN, country="DE")], source, now)

    assert arrival.changes == {
        "made": {
            "account": Account.objects.get().pk,
            "contact": Contact.objects.get().pk,
            "lead": Lead.objects.get().pk,
        }
    }


def test_tells_what_stood_there_before(now: datetime, source: Source, ada: Contact) -> None:
    factories.LeadFactory(contact=ada)

    (arrival,) = admitted([clean(OWN, country="DE")], source, now, rules=Rules(overwrite=True))

    assert arrival.changes == {
        "account": ada.account_id,
        "before": {
            "contact.city": "Essen",
            "contact.title": "CEO",
            "contact.seniority": ada.seniority,
            "contact.function": ada.function,
            "account.industry": "Software",
            "account.employees": 20,
        },
        "after": {
            "contact.city": "Oslo",
            "contact.title": "Head of IT",
            "contact.seniority": "director",
            "contact.function": "it",
            "account.industry": "Steel",
            "account.employees": 400,
        },
    }


def test_tells_of_the_company_that_somebody_got(now: datetime, source: Source) -> None:
    contact = factories.ContactFactory(account=None, email="ada@gmail.com")

    (arrival,) = admitted(
        [clean({"email": "ada@gmail.com", "company": "Tarn Ltd"}, country="DE")], source, now
    )

    account = Account.objects.get(name="Tarn Ltd")
    assert arrival.changes == {
        "made": {"account": account.pk, "lead": Lead.objects.get(contact=contact).pk},
        "before": {"contact.account": None},
        "after": {"contact.account": account.pk},
    }


def test_says_nothing_where_nothing_changed(now: datetime, source: Source) -> None:
    person = clean(OWN, country="DE")
    admitted([person], source, now)

    (again,) = admitted([person], source, now)

    assert (again.outcome, again.changes) == (Outcome.UNCHANGED, None)


def take_back(arrivals: Sequence[Arrival]) -> None:
    """As `leads.people.changes` says it."""
    for arrival in reversed(arrivals):
        changes = arrival.changes or {}
        contact = Contact.objects.get(pk=arrival.contact_id) if arrival.contact_id else None
        account = Account.objects.filter(pk=changes.get("account")).first()
        for name, before in changes.get("before", {}).items():
            model, _, field = name.partition(".")
            row = contact if model == "contact" else account
            attribute = "account_id" if field == "account" else field
            assert getattr(row, attribute) == changes["after"][name]
            setattr(row, attribute, before)
        for row in (contact, account):
            if row is not None:
                row.save()
        made = changes.get("made", {})
        for model, name in ((Lead, "lead"), (Contact, "contact"), (Account, "account")):
            model._default_manager.filter(pk=made.get(name)).delete()


@pytest.mark.parametrize("size", [1, 13, 1_000])
@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("seed", range(20, 23))
def test_all_that_changed_is_written_down(
    now: datetime, source: Source, seed: int, overwrite: bool, size: int
) -> None:
    def without_opt_outs(count: int, seed: int) -> list[Person]:
        return [person for person in crowd(seed, count) if not person.opted_out]

    admitted(without_opt_outs(60, seed + 100), source, now - timedelta(days=1))
    before = digest()

    arrivals = admitted(without_opt_outs(160, seed), source, now, size=size, rules=Rules(overwrite=overwrite))

    assert digest() != before
    take_back(arrivals)
    assert digest() == before


@pytest.mark.parametrize("seed", range(30, 34))
def test_looking_ahead_tells_what_will_change(now: datetime, source: Source, seed: int) -> None:
    admitted(crowd(seed + 100, 60), source, now - timedelta(days=1))
    persons = crowd(seed)
    foresight = Foresight(source=source, rules=Rules(overwrite=True))

    foreseen = [found for chunk in in_chunks(persons, 17) for found in foresight.of(chunk, now=now)]

    arrivals = admitted(persons, source, now, rules=Rules(overwrite=True))
    assert [_said(one) for one in foreseen] == [_said(one) for one in arrivals]


def _said(arrival: Arrival) -> tuple[Any, ...]:
    changes = arrival.changes or {}
    after = dict(changes.get("after", {}))
    if isinstance(after.get("contact.account"), int):
        after["contact.account"] = Account.objects.get(pk=after["contact.account"]).name
    return arrival.outcome, arrival.why, changes.get("before"), after


# --- One and many -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("seed", range(40, 46))
def test_a_list_does_what_its_people_one_by_one_would_do(
    now: datetime, source: Source, seed: int, overwrite: bool
) -> None:
    known, persons = crowd(seed + 100, 60), crowd(seed, 200)
    found = []
    for one_by_one in (True, False):
        forget_everybody()
        admitted(known, source, now - timedelta(days=1))
        if one_by_one:
            for place, person in enumerate(persons):
                at = now + timedelta(seconds=place)
                receive(person=person, source=source, by=None, now=at, overwrite=overwrite)
        else:
            admitted(persons, source, now, rules=Rules(overwrite=overwrite))
        history = Contact.history.filter(history_date__gte=now, history_type="+").count()
        found.append((digest(), Milestone.objects.count(), history))
        Contact.history.all().delete()

    assert found[0] == found[1]
    assert len(found[0][0][0]) > 40
