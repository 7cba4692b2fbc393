"""What becomes of people must not depend on how they are divided into calls, nor on what else a chunk holds."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from leads import people
from leads.history import CREATED, copy_history, update_with_history
from leads.models import Account, Contact, Lead, Source, Suppression
from leads.people import Foresight, Outcome, Person, PersonRefused, clean, receive, receive_many
from leads.people.person import LONGEST_NAME_KEY
from leads.signals import leads_touched
from tests import factories

pytestmark = pytest.mark.django_db

MERGED_OR_SEEN = {Outcome.MERGED, Outcome.UPDATED, Outcome.UNCHANGED}


def crowd(seed: int, count: int = 160) -> list[Person]:
    """People of few names, companies and numbers, so that most of them meet others in some way."""
    rng = Random(seed)
    found = []
    for _ in range(count):
        first, last = rng.choice(["Ada", "Bo", "Cem", ""]), rng.choice(["Roth", "Okafor", "Lind", ""])
        host = rng.choice(["kiesel.example", "fjord.example", "gmail.com", "tarn.example"])
        raw = {
            "first_name": first,
            "last_name": last,
            "email": rng.choice(
                ["", f"{first or 'x'}.{last or 'y'}@{host}".lower(), f"{first or 'z'}@{host}".lower()]
            ),
            "phone": rng.choice(["", "", "+493023125001", "+493023125002", "+493023125003"]),
            "company": rng.choice(["", "Kiesel GmbH", "Kiesel", "Fjord AS", "Tarn Ltd"]),
            "website": rng.choice(
                ["", "", "www.kiesel.example", "https://tarn.example", "kiesel-group.example"]
            ),
            "industry": rng.choice(["", "Steel", "Software"]),
            "employees": rng.choice(["", "20", "400"]),
            "title": rng.choice(["", "CEO", "Buyer"]),
            "city": rng.choice(["", "Essen", "Oslo"]),
            "opted_out": "yes" if rng.random() < 0.03 else "",
        }
        try:
            found.append(clean(raw, country="DE"))
        except PersonRefused:
            continue
    return found


def digest() -> list[Any]:
    """All that was written, by natural keys, without ids and moments."""
    contacts = Contact.objects.order_by("created_at", "pk").values_list(
        "email", "first_name", "last_name", "phone", "title", "city", "account__name", "account__domain"
    )
    accounts = Account.objects.order_by("created_at", "pk").values_list(
        "name", "domain", "industry", "employees", "website"
    )
    leads = Lead.objects.order_by("contact__created_at").values_list(
        "contact__email", "contact__phone", "stage"
    )
    walls = Suppression.objects.order_by("value").values_list("kind", "value", "reason")
    opted_out = Contact.objects.exclude(opted_out_at=None).count()
    return [list(contacts), list(accounts), list(leads), list(walls), opted_out]


def forget_everybody() -> None:
    Lead.objects.all().delete()
    Contact.objects.all().delete()
    Account.objects.all().delete()
    Suppression.objects.all().delete()


def in_chunks(persons: Sequence[Person], size: int) -> Iterator[Sequence[Person]]:
    for start in range(0, len(persons), size):
        yield persons[start : start + size]


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_chunks_leave_no_trace_in_what_is_written(
    now: datetime, source: Source, seed: int, overwrite: bool
) -> None:
    persons = crowd(seed)
    digests = []
    outcomes = []

    for size in (len(persons), 1, 7, 50):
        forget_everybody()
        received: list[people.Received] = []
        for place, chunk in enumerate(in_chunks(persons, size)):
            at = now + timedelta(seconds=place)
            received += receive_many(people=chunk, source=source, by=None, now=at, overwrite=overwrite)
        digests.append(digest())
        outcomes.append(
            [Outcome.MERGED if one.outcome in MERGED_OR_SEEN else one.outcome for one in received]
        )

    assert len(digests[0][0]) > 20
    assert digests[1] == digests[0]
    assert digests[2] == digests[0]
    assert digests[3] == digests[0]
    assert outcomes[1] == outcomes[2] == outcomes[3] == outcomes[0]


@pytest.mark.parametrize("seed", range(6, 10))
def test_foresight_says_what_will_be_and_writes_nothing(now: datetime, source: Source, seed: int) -> None:
    receive_many(people=crowd(seed + 100, 40), source=source, by=None, now=now - timedelta(days=1))
    persons = crowd(seed)
    before = digest()
    foresight = Foresight(source=source)

    foreseen = [found for chunk in in_chunks(persons, 30) for found in foresight.of(chunk, now=now)]

    assert digest() == before
    received = receive_many(people=persons, source=source, by=None, now=now)
    assert [(one.outcome, one.why) for one in foreseen] == [(one.outcome, one.why) for one in received]


def test_two_people_of_one_company_complete_it_together(now: datetime, source: Source) -> None:
    account = factories.AccountFactory(name="Kiesel", domain="kiesel.example", industry="", employees=None)
    factories.ContactFactory(account=account, email="ada@kiesel.example")
    factories.ContactFactory(account=account, email="bo@kiesel.example")

    receive_many(
        people=[
            clean({"email": "ada@kiesel.example", "industry": "Steel"}, country="DE"),
            clean({"email": "bo@kiesel.example", "employees": "400"}, country="DE"),
        ],
        source=source,
        by=None,
        now=now,
    )

    account.refresh_from_db()
    assert (account.industry, account.employees) == ("Steel", 400)


def test_another_company_in_the_row_does_not_complete_the_contacts_own(now: datetime, source: Source) -> None:
    own = factories.AccountFactory(name="Kiesel", domain="kiesel.example", industry="", website="")
    factories.ContactFactory(account=own, email="ada@gmail.com")

    receive(
        person=clean(
            {"email": "ada@gmail.com", "website": "www.fjord.example", "industry": "Shipping"}, country="DE"
        ),
        source=source,
        by=None,
        now=now,
    )

    own.refresh_from_db()
    assert (own.industry, own.website) == ("", "")


def test_a_mailbox_of_two_people_does_not_mix_their_names(now: datetime, source: Source) -> None:
    factories.ContactFactory(first_name="Ada", last_name="", email="desk@kiesel.example")

    receive(
        person=clean({"email": "desk@kiesel.example", "first_name": "Bo", "last_name": "Lind"}, country="DE"),
        source=source,
        by=None,
        now=now,
    )

    assert Contact.objects.get().full_name == "Ada"


def test_somebody_known_without_a_lead_gets_one(now: datetime, source: Source) -> None:
    contact = factories.ContactFactory(email="ada@kiesel.example", account=None)

    received = receive(
        person=clean({"email": "ada@kiesel.example"}, country="DE"), source=source, by=None, now=now
    )

    assert received.outcome == Outcome.UPDATED
    assert received.lead == Lead.objects.get(contact=contact)


def test_an_opt_out_counts_for_the_rows_below_it_in_the_same_call(now: datetime, source: Source) -> None:
    rows = [
        clean({"email": "ada@kiesel.example", "opted_out": "yes"}, country="DE"),
        clean({"email": "ADA@kiesel.example", "first_name": "Ada"}, country="DE"),
    ]

    received = receive_many(people=rows, source=source, by=None, now=now)

    assert [one.outcome for one in received] == [Outcome.SUPPRESSED, Outcome.SUPPRESSED]
    assert received[1].why == f"On the do-not-contact list (Opted out in {source})."
    assert not Contact.objects.exists()


def test_a_completed_company_is_told_to_all_its_leads(now: datetime, source: Source) -> None:
    account = factories.AccountFactory(name="Kiesel", domain="kiesel.example", employees=None)
    colleague = factories.LeadFactory(
        contact=factories.ContactFactory(account=account, email="bo@kiesel.example")
    )
    told: list[int] = []

    def listen(lead_ids: list[int], **kwargs: Any) -> None:
        told.extend(lead_ids)

    leads_touched.connect(listen)
    try:
        receive(
            person=clean({"email": "ada@kiesel.example", "employees": "400"}, country="DE"),
            source=source,
            by=None,
            now=now,
        )
    finally:
        leads_touched.disconnect(listen)

    assert told == [colleague.pk]


@pytest.mark.parametrize(
    ("raw", "column"),
    [
        ({"full_name": "Ada " + "Roth" * 40}, "last_name"),
        ({"last_name": "R" + "o" * 3 + "th" * 60}, "last_name"),
        ({"last_name": "Roth", "note": "word " * 3000}, "note"),
        ({"last_name": "Roth", "company": "Kiesel " * 40}, "company"),
    ],
)
def test_refuses_what_no_column_holds(raw: dict[str, str], column: str) -> None:
    with pytest.raises(
        PersonRefused, match=r"is too long: [\d,]+ characters, [\d,]+ is the most\. Shorten it\."
    ) as refusal:
        clean(raw, country="DE")

    assert refusal.value.problems[0][0] == column


def test_keys_never_outgrow_their_columns(now: datetime, source: Source) -> None:
    person = clean(
        {"first_name": "A" + "ﬃo" * 45, "last_name": "B" + "ﬃo" * 20, "company": "& a" * 66}, country="DE"
    )

    received = receive(person=person, source=source, by=None, now=now)

    assert received.contact is not None
    assert len(received.contact.name_key) == LONGEST_NAME_KEY
    received.contact.full_clean()


def test_looks_people_up_by_index(now: datetime, source: Source) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("The plan of a query is asked for in SQLite's way.")
    rows = [
        clean({"email": "ada@kiesel.example"}, country="DE"),
        clean({"last_name": "Roth", "phone": "030 23125001"}, country="DE"),
    ]

    with CaptureQueriesContext(connection) as queries:
        receive_many(people=rows, source=source, by=None, now=now)

    selects = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert len(selects) >= 3
    with connection.cursor() as cursor:
        plans = [row for sql in selects for row in cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
    assert [row[3] for row in plans if row[3].startswith("SCAN leads_")] == []


def test_history_equals_what_the_library_writes(now: datetime) -> None:
    by = factories.UserFactory()

    def history(email: str) -> list[dict[str, Any]]:
        ours = {"history_id", "id", "email", "created_at"}
        return [
            {name: value for name, value in row.items() if name not in ours}
            for row in Contact.history.filter(email=email).order_by("history_id").values()
        ]

    for email in ("a@kiesel.example", "b@kiesel.example"):
        contact = factories.ContactFactory.build(account=None, email=email, email_key=email, last_name="Roth")
        if email == "a@kiesel.example":
            Contact.objects.bulk_create([contact])
            copy_history(Contact, [contact.pk], kind=CREATED, by=by, at=now)
            contact.title = "Buyer"
            update_with_history(rows=[contact], fields=["title"], by=by, at=now)
        else:
            bulk_create_with_history([contact], Contact, default_user=by, default_date=now)
            contact = Contact.objects.get(email=email)
            contact.title = "Buyer"
            bulk_update_with_history([contact], Contact, ["title"], default_user=by, default_date=now)

    assert len(history("a@kiesel.example")) == 2
    assert history("a@kiesel.example") == history("b@kiesel.example")
    assert Contact.objects.get(email="a@kiesel.example").title == "Buyer"
