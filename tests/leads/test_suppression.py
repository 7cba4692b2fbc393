"""The do-not-contact list: what evades it does not, who may lift an entry, and what holds at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads import people
from leads.enums import Stage
from leads.models import Contact, LiftedEntry, Source, Suppression
from leads.people import PersonRefused, clean, receive, receive_many
from leads.people.spelling import erased_hash, host_of, mailbox_of
from leads.people.suppressing import SuppressionRefused, take_in, texts_of
from tests import factories

pytestmark = pytest.mark.django_db

# Each spelling of one mailbox that somebody could hope the list does not know.
EVASIONS: list[Callable[[str, str], str]] = [
    lambda local, host: f"{local}@{host}",
    lambda local, host: f"{local}@{host}".upper(),
    lambda local, host: f"{local.title()}@{host.title()}",
    lambda local, host: f"  {local}@{host}\t",
    lambda local, host: f"{local}@ {host}",
    lambda local, host: f"{local} @{host}",
    lambda local, host: f"{local}\u00a0@\u2003{host}",
    lambda local, host: f"{local}+list@{host}",
    lambda local, host: f"{local.upper()}+a+b@{host}",
    lambda local, host: f"mailto:{local}@{host}",
    lambda local, host: f"MAILTO:{local}@{host}?subject=x",
    lambda local, host: f"Ann Roth <{local}@{host}>",
    lambda local, host: f"{local[:2]}\u200b{local[2:]}@{host}",
    lambda local, host: f"\ufeff{local}@{host[:3]}\u2060{host[3:]}",
    lambda local, host: f"{local}@{host}.",
    lambda local, host: f"<{local}@{host}.>",
    lambda local, host: "".join(chr(ord(sign) + 0xFEE0) for sign in f"{local}@{host}"),
    lambda local, host: "".join(chr(ord(sign) + 0xFEE0) for sign in local) + f"@{host}",
    lambda local, host: f"{local}@{host.replace('.', '。')}",
    lambda local, host: f"{local}@" + "".join(chr(ord(sign) + 0xFEE0) for sign in host),
]


@pytest.fixture
def source(db: None) -> Source:
    made: Source = factories.SourceFactory()
    return made


@pytest.mark.parametrize("spelt", EVASIONS)
def test_a_person_is_known_in_every_spelling(now: datetime, source: Source, spelt: Any) -> None:
    Suppression.objects.create(value="ines.roth@kiesel-werke.example", reason="asked by letter")

    person = clean({"email": spelt("ines.roth", "kiesel-werke.example")}, country="DE")
    received = receive(person=person, source=source, by=None, now=now)

    assert received.outcome == "suppressed"
    assert not Contact.objects.exists()


@pytest.mark.parametrize("spelt", EVASIONS)
def test_an_entry_holds_in_whatever_spelling_it_is_made(now: datetime, source: Source, spelt: Any) -> None:
    entry = people.suppress(
        kind="email", value=spelt("ines.roth", "kiesel-werke.example"), reason="", by=None, now=now
    )

    assert entry.value == "ines.roth@kiesel-werke.example"


@pytest.mark.parametrize(
    "address",
    ["a.n.n.roth@gmail.com", "annroth@googlemail.com", "Ann.Roth+x@GoogleMail.com", "ANNROTH@gmail.com"],
)
def test_dots_mean_nothing_where_the_provider_says_so(now: datetime, source: Source, address: str) -> None:
    Suppression.objects.create(value="ann.roth@gmail.com")

    assert people.suppressed_among([clean({"email": address}, country="DE")]) == {
        0: "On the do-not-contact list."
    }


@pytest.mark.parametrize(
    "address",
    ["ann.roth@kiesel.example", "annroth@kiesel.example2.example", "ann@gmail.com", "roth@kiesel.example"],
)
def test_others_are_not_held(now: datetime, address: str) -> None:
    for value in ("annroth@kiesel.example", "ann.roth@gmail.com"):
        Suppression.objects.create(value=value)
    Suppression.objects.create(kind="domain", value="iesel.example")

    assert people.suppressed_among([clean({"email": address}, country="DE")]) == {}


@pytest.mark.parametrize(
    "listed", ["münchen-werke.de", "xn--mnchen-werke-dlb.de", "MÜNCHEN-WERKE.de.", "@münchen-werke.de"]
)
@pytest.mark.parametrize(
    "address", ["a@münchen-werke.de", "a@xn--mnchen-werke-dlb.de", "a@mail.münchen-werke.de"]
)
def test_a_domain_holds_all_below_it_in_both_spellings(now: datetime, listed: str, address: str) -> None:
    Suppression.objects.create(kind="domain", value=listed)

    assert people.suppressed_among([clean({"email": address}, country="DE")])


def test_a_subdomain_holds_itself_and_not_the_company(now: datetime) -> None:
    Suppression.objects.create(kind="domain", value="eu.kiesel.example")

    crowd = [
        clean({"email": f"a@{host}"}, country="DE")
        for host in ("eu.kiesel.example", "x.eu.kiesel.example", "kiesel.example")
    ]

    assert set(people.suppressed_among(crowd)) == {0, 1}


@pytest.mark.parametrize(
    "typed", ["+49 30 23125000", "030/23125000", "0049 30 231 25 000", "０３０２３１２５０００"]
)
def test_a_number_is_known_in_every_spelling(now: datetime, typed: str) -> None:
    people.suppress(kind="phone", value="+49 (30) 231-25000", reason="", by=None, now=now)

    assert people.suppressed_among([clean({"full_name": "Ines Roth", "phone": typed}, country="DE")])


def test_somebody_erased_is_known_by_the_hash_and_counted(now: datetime, source: Source) -> None:
    Suppression.objects.create(
        kind="erased", value=erased_hash("email", mailbox_of("ines.roth@kiesel.example"))
    )
    Suppression.objects.create(kind="erased", value=erased_hash("phone", "+493023125000"))
    crowd = [
        clean({"email": "Ines.Roth+new@kiesel.example"}, country="DE"),
        clean({"email": "other@kiesel.example", "phone": "030 23125000"}, country="DE"),
        clean({"email": "other@kiesel.example"}, country="DE"),
    ]

    received = receive_many(people=crowd, source=source, by=None, now=now)

    assert [one.outcome for one in received] == ["suppressed", "suppressed", "created"]
    assert "not taken in again" in received[0].why


def test_the_hash_depends_on_the_key(settings: Any) -> None:
    before = erased_hash("email", "ines.roth@kiesel.example")
    settings.LEADOPS = {**settings.LEADOPS, "ERASED_KEY": "another"}

    assert erased_hash("email", "ines.roth@kiesel.example") != before
    assert "ines" not in before


def test_ten_thousand_are_asked_about_in_two_statements(now: datetime) -> None:
    Suppression.objects.bulk_create(
        Suppression(kind="email", value=f"p{number}@firm{number % 90}.example")
        for number in range(0, 10_000, 20)
    )
    Suppression.objects.create(kind="domain", value="wall.example")
    Suppression.objects.create(kind="phone", value="+493023125000")
    Suppression.objects.create(kind="erased", value="0" * 64)
    crowd = []
    for number in range(10_000):
        spelt = EVASIONS[number // 20 % len(EVASIONS)]
        crowd.append(clean({"email": spelt(f"p{number}", f"firm{number % 90}.example")}, country="DE"))

    with CaptureQueriesContext(connection) as queries:
        found = people.suppressed_among(crowd)

    assert sorted(found) == list(range(0, 10_000, 20))
    assert len(queries) == 2


def test_of_ten_thousand_rows_none_of_the_five_hundred_can_be_contacted(
    now: datetime, source: Source
) -> None:
    held = range(0, 10_000, 20)
    for number in held:
        if number % 100 == 0:  # every fifth of them is known, and opted out by the entry
            receive(
                person=clean({"email": f"p{number}@firm.example"}, country="DE"),
                source=source,
                by=None,
                now=now,
            )
    take_in(texts=[f"p{number}@firm.example" for number in held], reason="asked", by=None, now=now)
    crowd = [
        clean(
            {
                "email": EVASIONS[number // 20 % len(EVASIONS)](f"p{number}", "firm.example"),
                "opted_out": "no",
            },
            country="DE",
        )
        for number in range(10_000)
    ]

    received = []
    for start in range(0, 10_000, 2_500):
        received += receive_many(
            people=crowd[start : start + 2_500],
            source=source,
            by=None,
            now=now + timedelta(hours=1),
            overwrite=True,
        )

    assert sum(one.outcome == "suppressed" for one in received) == 500
    assert all(received[number].outcome == "suppressed" and received[number].why for number in held)
    open_to_contact = Contact.objects.filter(opted_out_at=None)
    assert open_to_contact.count() == 9_500
    assert not people.walled(list(open_to_contact.select_related("account")))


# --- Holding at once ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "INES.roth@kiesel.example"),
        ("email", "ines.roth+other@kiesel.example"),
        ("domain", "kiesel.example"),
        ("phone", "+49 30 23125000"),
    ],
)
def test_a_new_entry_opts_out_whom_it_holds(now: datetime, kind: str, value: str) -> None:
    account = factories.AccountFactory(domain="kiesel.example")
    held = factories.ContactFactory(
        email="ines.roth+news@kiesel.example", phone="030 23125000", account=account
    )
    other = factories.ContactFactory(email="ines.roth@fjord.example")

    people.suppress(kind=kind, value=value, reason="asked", by=None, now=now)

    held.refresh_from_db()
    other.refresh_from_db()
    assert (held.opted_out_at, other.opted_out_at) == (now, None)
    assert held.history.filter(opted_out_at=now, history_type="~").count() == 1


def test_a_row_with_only_a_number_opts_out_by_the_number(now: datetime, source: Source) -> None:
    row = {"full_name": "Ines Roth", "phone": "030 23125000", "company": "Kiesel"}

    receive_many(
        people=[
            clean({**row, "opted_out": "yes"}, country="DE"),
            clean({**row, "full_name": "Ida Roth"}, country="DE"),
        ],
        source=source,
        by=None,
        now=now,
    )

    assert list(Suppression.objects.values_list("kind", "value")) == [("phone", "+493023125000")]
    assert not Contact.objects.exists()


def test_a_row_with_a_tag_opts_out_the_plain_address_that_is_known(now: datetime, source: Source) -> None:
    known = receive(
        person=clean({"email": "ines@kiesel.example"}, country="DE"), source=source, by=None, now=now
    )

    receive(
        person=clean({"email": "ines+x@kiesel.example", "opted_out": "1"}, country="DE"),
        source=source,
        by=None,
        now=now + timedelta(hours=1),
    )

    assert known.contact is not None
    known.contact.refresh_from_db()
    assert known.contact.opted_out_at == now + timedelta(hours=1)


def opted_out_by_a_list(now: datetime, source: Source, **cells: str) -> None:
    row = clean({**cells, "opted_out": "yes"}, country="DE")
    receive_many(people=[row], source=source, by=None, now=now)


@pytest.mark.parametrize(
    ("known", "row"),
    [
        ("ines+news@kiesel.example", "INES@Kiesel.example"),
        ("Ines+news@kiesel.example", "ines+fair@kiesel.example"),
        ("i.nes.roth@googlemail.com", "inesroth@gmail.com"),
        ("inesroth@gmail.com", "Ines.Roth+x@googlemail.com"),
        ("\u0456nes@kiesel.example", "ines@kiesel.example"),  # a Cyrillic letter
        ("ines+a@ki\u0435sel.example", "ines@kiesel.example"),  # in the domain
    ],
)
def test_an_opt_out_in_a_list_holds_who_is_known_under_another_spelling(
    now: datetime, source: Source, known: str, row: str
) -> None:
    held = factories.ContactFactory(email=known, account=None)
    other = factories.ContactFactory(email="ines+news@fjord.example", account=None)

    opted_out_by_a_list(now, source, email=row)

    held.refresh_from_db()
    other.refresh_from_db()
    assert (held.opted_out_at, other.opted_out_at) == (now, None)
    assert held.history.filter(opted_out_at=now, history_type="~").count() == 1


@pytest.mark.parametrize("known", ["+493023125000", "030 / 231 250-00", "0049 30 23125000"])
def test_an_opt_out_by_number_holds_who_is_known_with_an_address(
    now: datetime, source: Source, known: str
) -> None:
    held = factories.ContactFactory(email="ines@kiesel.example", phone=known, country="DE", account=None)
    other = factories.ContactFactory(email="bo@kiesel.example", phone="030 23125001", account=None)

    opted_out_by_a_list(now, source, full_name="Ines Roth", phone="030 23125000")

    held.refresh_from_db()
    other.refresh_from_db()
    assert (held.opted_out_at, other.opted_out_at) == (now, None)
    assert held.history.filter(opted_out_at=now, history_type="~").count() == 1


@pytest.mark.parametrize(
    "cells",
    [
        {"email": "old@kiesel.example"},
        {"email": "old+fair@kiesel.example"},
        {"full_name": "Ida Alm", "phone": "030 23125000"},
    ],
)
def test_an_opt_out_in_a_list_holds_who_had_the_address_or_the_number_before_a_merge(
    now: datetime, source: Source, cells: dict[str, str]
) -> None:
    kept = factories.ContactFactory(email="new@kiesel.example", phone="+498912345678", account=None)
    gone = factories.ContactFactory(email="old@kiesel.example", phone="030 23125000", account=None)
    people.merge_contacts(kept=kept, absorbed=gone, by=None, now=now)

    opted_out_by_a_list(now, source, **cells)

    kept.refresh_from_db()
    assert kept.opted_out_at == now
    assert kept.history.filter(opted_out_at=now, history_type="~").count() == 1


@pytest.mark.parametrize("size", [1, 2, 5])
def test_who_is_held_by_an_earlier_row_is_left_alone_wherever_a_chunk_ends(
    now: datetime, source: Source, size: int
) -> None:
    for email, phone in [("ines+a@kiesel.example", ""), ("bo@kiesel.example", "+493023125000")]:
        factories.ContactFactory(email=email, phone=phone, city="Essen", account=None)
    rows = [
        clean(row, country="DE")
        for row in (
            {"email": "ines@kiesel.example", "opted_out": "yes"},
            {"full_name": "Ida Alm", "phone": "030 23125000", "opted_out": "yes"},
            {"email": "ines+a@kiesel.example", "city": "Ulm"},
            {"email": "bo@kiesel.example", "city": "Ulm"},
            {"email": "\u0456nes@kiesel.example", "city": "Ulm"},
        )
    ]
    chunks = [rows[start : start + size] for start in range(0, len(rows), size)]
    foresight = people.Foresight(source=source, rules=people.Rules(overwrite=True))

    foreseen = [one.outcome for chunk in chunks for one in foresight.of(chunk, now=now)]
    received = [
        one.outcome
        for chunk in chunks
        for one in receive_many(people=chunk, source=source, by=None, now=now, overwrite=True)
    ]

    assert received == foreseen == ["suppressed"] * 5
    assert set(Contact.objects.values_list("city", "opted_out_at")) == {("Essen", now)}


def test_opt_outs_of_a_list_cost_the_same_statements_however_many_they_are(
    now: datetime, source: Source
) -> None:
    def statements(count: int, *, opted_out: bool) -> int:
        rows = [
            clean(
                {"email": f"p{count}.{place}@firm.example", "opted_out": "yes" if opted_out else ""},
                country="DE",
            )
            for place in range(count)
        ]
        for place in range(0, count, 3):
            factories.ContactFactory(email=f"p{count}.{place}+x@firm.example", account=None)
        with CaptureQueriesContext(connection) as seen:
            receive_many(people=rows, source=source, by=None, now=now)
        assert not any('"email_key" LIKE' in one["sql"] for one in seen.captured_queries) or opted_out
        return len(seen)

    statements(5, opted_out=False)
    statements(3, opted_out=True)
    few, many = statements(6, opted_out=True), statements(60, opted_out=True)

    assert few == many
    assert Contact.objects.exclude(opted_out_at=None).count() == 1 + 2 + 20


# --- Lifting ------------------------------------------------------------------------------------------------------


def test_lifting_needs_the_right_a_reason_and_evidence(now: datetime) -> None:
    entry = people.suppress(kind="email", value="ines@kiesel.example", reason="asked", by=None, now=now)
    revops, marketing = factories.UserFactory(role="revops"), factories.UserFactory(role="marketing")

    for by, reason, evidence in [(marketing, "new", "letter"), (revops, " ", "letter"), (revops, "new", "")]:
        with pytest.raises(SuppressionRefused):
            people.lift(entry=entry, by=by, reason=reason, evidence=evidence, now=now)

    assert Suppression.objects.filter(pk=entry.pk).exists()
    assert not LiftedEntry.objects.exists()


def test_what_is_lifted_is_written_down_and_frees_only_whom_the_entry_held(now: datetime) -> None:
    by_entry = factories.ContactFactory(email="ines+x@kiesel.example")
    by_herself = factories.ContactFactory(email="ines@kiesel.example", opted_out_at=now - timedelta(days=3))
    entry = people.suppress(kind="email", value="ines@kiesel.example", reason="asked", by=None, now=now)
    by = factories.UserFactory(role="revops")

    freed = people.lift(entry=entry, by=by, reason="Mistaken", evidence="Call of 3 March", now=now)

    by_entry.refresh_from_db()
    by_herself.refresh_from_db()
    assert freed == 1
    assert by_entry.opted_out_at is None
    assert by_herself.opted_out_at == now - timedelta(days=3)
    (log,) = LiftedEntry.objects.values_list("kind", "value", "listed_because", "reason", "evidence", "by")
    assert log == ("email", "ines@kiesel.example", "asked", "Mistaken", "Call of 3 March", by.pk)
    with pytest.raises(SuppressionRefused, match="already"):
        people.lift(entry=entry, by=by, reason="Mistaken", evidence="Call", now=now)


def test_an_opt_out_is_lifted_with_its_entry_and_not_while_the_domain_is_listed(now: datetime) -> None:
    contact = factories.ContactFactory(email="ines@kiesel.example")
    people.suppress(kind="email", value="ines@kiesel.example", reason="", by=None, now=now)
    wide = people.suppress(kind="domain", value="kiesel.example", reason="", by=None, now=now)
    by = factories.UserFactory(role="administrator")

    with pytest.raises(SuppressionRefused, match="whole domain"):
        people.lift_opt_out(contact=contact, by=by, reason="new", evidence="form", now=now)
    people.lift(entry=wide, by=by, reason="new", evidence="form", now=now)
    people.lift_opt_out(contact=contact, by=by, reason="new", evidence="form", now=now)

    contact.refresh_from_db()
    assert contact.opted_out_at is None
    assert not Suppression.objects.exists()
    assert LiftedEntry.objects.count() == 2


# --- Files and pages ----------------------------------------------------------------------------------------------

FILE = """E-mail;Why
Ines.Roth@Kiesel.example;asked
+49 30 23125000;
fjord.example
ines.roth+x@kiesel.example
nobody
"""


def test_a_file_of_entries_is_taken_in_once(now: datetime, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text(FILE, encoding="utf-8")
    answers = []

    for _ in range(2):
        out = StringIO()
        call_command("import_suppressions", file, "--reason", "Newsletter", "--json", stdout=out)
        answers.append(out.getvalue().strip())

    assert answers == [
        '{"added": 3, "known": 1, "opted_out": 0, "unreadable": 2}',
        '{"added": 0, "known": 4, "opted_out": 0, "unreadable": 2}',
    ]
    assert set(Suppression.objects.values_list("kind", "value", "reason")) == {
        ("email", "ines.roth@kiesel.example", "Newsletter"),
        ("phone", "+493023125000", "Newsletter"),
        ("domain", "fjord.example", "Newsletter"),
    }


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_suppressions", tmp_path / "absent.csv", stdout=StringIO())


@pytest.mark.parametrize(
    ("lines", "level", "told"),
    [
        ("a@b.example\nc@b.example\n", "success", "2 new on the do-not-contact list, 0 known already."),
        (
            "a@b.example\n\nno body\n",
            "warning",
            "1 new on the do-not-contact list, 0 known already. "
            "Line 3 is no address, number or domain and was left out.",
        ),
        (
            "a@b.example\nno body\n\nno one\n",
            "warning",
            "1 new on the do-not-contact list, 0 known already. "
            "2 lines are no address, number or domain and were left out: 2, 4.",
        ),
    ],
)
def test_the_page_tells_what_came_of_a_file_by_the_lines_of_it(
    client: Client, lines: str, level: str, told: str
) -> None:
    client.force_login(factories.UserFactory(role="marketing"))
    file = SimpleUploadedFile("out.csv", lines.encode())

    answer = client.post(
        reverse("admin:leads_suppression_upload"), {"file": file, "reason": "Asked at the fair"}, follow=True
    )

    (message,) = answer.context["messages"]
    assert (message.level_tag, str(message)) == (level, told)


def test_files_of_other_encodings_are_read() -> None:
    assert list(texts_of("\ufeffa@b.example,x\n,c@d.example".encode())) == ["a@b.example", "c@d.example"]
    assert list(texts_of("jörg@b.example".encode("cp1252"))) == ["jörg@b.example"]


def test_a_hand_entry_of_somebody_on_the_list_is_refused(client: Client, now: datetime) -> None:
    client.force_login(factories.UserFactory(role="revops"))
    people.suppress(kind="email", value="ines@kiesel.example", reason="asked", by=None, now=now)

    answer = client.post(
        reverse("admin:leads_contact_add"), {"first_name": "Ines", "email": "INES+x@kiesel.example"}
    )

    assert answer.status_code == 200
    assert "On the do-not-contact list (asked). Nobody may contact this person" in answer.content.decode()
    assert not Contact.objects.exists()


def test_an_opt_out_by_hand_is_an_entry_and_is_not_taken_back_on_the_form(
    client: Client, now: datetime
) -> None:
    client.force_login(factories.UserFactory(role="administrator"))
    contact = factories.ContactFactory(email="ines@kiesel.example", account=None)
    page = reverse("admin:leads_contact_change", args=[contact.pk])
    fields = {"first_name": "Ines", "last_name": "Roth", "email": "ines@kiesel.example"}

    client.post(page, {**fields, "opted_out_at_0": "2026-03-10", "opted_out_at_1": "10:00:00"})
    client.post(page, {**fields, "city": "Essen", "opted_out_at_0": "", "opted_out_at_1": ""})

    contact.refresh_from_db()
    assert contact.opted_out_at is not None
    assert contact.city == "Essen" or contact.city == ""
    assert Suppression.objects.get().value == "ines@kiesel.example"


def test_the_same_entry_in_another_spelling_is_a_sentence(client: Client) -> None:
    client.force_login(factories.UserFactory(role="marketing"))
    page = reverse("admin:leads_suppression_add")

    first = client.post(page, {"kind": "email", "value": "ines@kiesel.example"})
    again = client.post(page, {"kind": "email", "value": " INES+x@Kiesel.example "})
    wrong = client.post(page, {"kind": "email", "value": "nobody"})

    assert first.status_code == 302
    assert "already on the do-not-contact list" in again.content.decode()
    assert "This is no e-mail address" in wrong.content.decode()
    assert Suppression.objects.count() == 1


def test_the_page_lifts_with_a_reason_only(client: Client, now: datetime) -> None:
    client.force_login(factories.UserFactory(role="revops"))
    entry = people.suppress(kind="email", value="ines@kiesel.example", reason="", by=None, now=now)
    page = reverse("admin:leads_suppression_lift", args=[entry.pk])

    client.post(page, {"reason": "new"})
    assert Suppression.objects.exists()
    client.post(page, {"reason": "new", "evidence": "form of 3 March"})

    assert not Suppression.objects.exists()
    assert LiftedEntry.objects.get().evidence == "form of 3 March"


def test_the_page_tells_the_reason_of_the_entry_in_a_sentence_of_its_own(
    client: Client, now: datetime
) -> None:
    client.force_login(factories.UserFactory(role="revops"))
    entry = people.suppress(kind="email", value="ines@kiesel.example", reason="Asked us", by=None, now=now)

    page = client.get(reverse("admin:leads_suppression_lift", args=[entry.pk])).content.decode()

    assert "Written down as the reason: “Asked us”. Who wrote it" in page


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://www.Kiesel.example/team", "kiesel.example"),
        ("@kiesel.example", "kiesel.example"),
        ("info@kiesel.example.", "kiesel.example"),
        ("ｋｉｅｓｅｌ．example", "kiesel.example"),
        ("kiesel", "kiesel"),
    ],
)
def test_a_domain_is_read_out_of_what_people_type(text: str, host: str) -> None:
    assert host_of(text) == host


def test_a_wrong_address_is_still_refused() -> None:
    for text in ("ann roth@kiesel.example", "ann@@kiesel.example", "ann@", "＠"):
        with pytest.raises(PersonRefused):
            clean({"email": text}, country="DE")


def test_a_lead_whose_person_is_on_the_list_is_dealt_to_nobody(now: datetime) -> None:
    from handoff import routing
    from handoff.models import RoutingRule

    team = factories.TeamFactory()
    factories.UserFactory(role="sales_rep", team=team)
    RoutingRule.objects.create(name="All", team=team)
    lead = factories.LeadFactory(
        stage=Stage.MARKETING_QUALIFIED, contact=factories.ContactFactory(email="ines+x@kiesel.example")
    )
    # Written past the function, as a restored backup would be.
    Suppression.objects.create(value="ines@kiesel.example")

    assert routing.route(lead=lead, now=now) is None

    lead.contact.refresh_from_db()
    assert lead.contact.opted_out_at == now


LOOK_ALIKES = [
    "\u0456nes.roth@kiesel-werke.example",  # a Cyrillic letter
    "in\u0435s.r\u043eth+x@kiesel-werke.example",
    "\u0399NES.R\u039fTH@KIESEL-WERKE.EXAMPLE",  # great Greek letters
    "\u0131ne\u017f.roth@kiesel-werke.example",  # without its dot, and the s of old prints
    "ines.roth@kiesel-w\u0435rke.example",  # in the domain
]


@pytest.mark.parametrize("address", LOOK_ALIKES)
@pytest.mark.parametrize("listed", ["email", "domain", "erased"])
def test_letters_of_another_alphabet_do_not_get_past_the_list(
    now: datetime, source: Source, address: str, listed: str
) -> None:
    value = {
        "email": "ines.roth@kiesel-werke.example",
        "domain": "kiesel-werke.example",
        "erased": erased_hash("email", "ines.roth@kiesel-werke.example"),
    }[listed]
    Suppression.objects.create(kind=listed, value=value)

    received = receive(person=clean({"email": address}, country="DE"), source=source, by=None, now=now)

    assert received.outcome == "suppressed"
    assert not Contact.objects.exists()


@pytest.mark.parametrize("address", ["анна@kiesel.example", "müller@kiesel.example", "ines@тест.example"])
def test_an_address_in_another_alphabet_is_not_held_for_its_letters(
    now: datetime, source: Source, address: str
) -> None:
    people.suppress(kind="email", value="ines.roth@kiesel-werke.example", reason="", by=None, now=now)
    people.suppress(kind="email", value="muller@kiesel.example", reason="", by=None, now=now)

    received = receive(person=clean({"email": address}, country="DE"), source=source, by=None, now=now)

    assert received.outcome == "created"


# --- Every door -----------------------------------------------------------------------------------------------------

HIDDEN = [
    "ines.roth\ufe0f@kiesel-werke.example",  # a sign that shows nothing
    "ines\U000e0100.roth@kiesel-werke.example",
    "\u0130nes.roth@kiesel-werke.example",  # the great i with a dot
    "\u026anes.roth@kiesel-werke.example",  # a small capital
    "ines.r\u0585th@kiesel-werke.example",  # Armenian
    "in\uab7cs.roth@kiesel-werke.example",  # Cherokee
    "\u0251nna@kiesel-werke.example",  # phonetic script
    "ines.roth@kiesel-w\u1d07rke.example",  # in the domain
]


@pytest.mark.parametrize("address", HIDDEN)
@pytest.mark.parametrize("door", ["list", "page", "edit"])
def test_no_door_lets_somebody_in_who_only_looks_otherwise(
    now: datetime, source: Source, client: Client, address: str, door: str
) -> None:
    for value in ("ines.roth@kiesel-werke.example", "anna@kiesel-werke.example"):
        people.suppress(kind="email", value=value, reason="", by=None, now=now)
    client.force_login(factories.UserFactory(role="revops"))
    before = set(Contact.objects.values_list("email", flat=True))

    if door == "list":
        received = receive(person=clean({"email": address}, country="DE"), source=source, by=None, now=now)
        assert received.outcome == "suppressed"
    else:
        page = reverse("admin:leads_contact_add")
        if door == "edit":
            page = reverse(
                "admin:leads_contact_change", args=[factories.ContactFactory(email="", account=None).pk]
            )
            before.add("")
        answer = client.post(
            page, {"last_name": "Roth", "email": address, "seniority": "unknown", "function": "unknown"}
        )
        assert "On the do-not-contact list" in answer.text

    assert set(Contact.objects.values_list("email", flat=True)) == before


def test_a_letter_with_a_mark_that_one_sees_is_another_address(now: datetime, source: Source) -> None:
    people.suppress(kind="email", value="ines.roth@kiesel-werke.example", reason="", by=None, now=now)

    received = receive(
        person=clean({"email": "ine\u015b.roth@kiesel-werke.example"}, country="DE"),
        source=source,
        by=None,
        now=now,
    )

    assert received.outcome == "created"


def test_a_company_that_gets_a_listed_domain_by_hand_takes_its_people_out(
    now: datetime, client: Client
) -> None:
    people.suppress(kind="domain", value="rival.example", reason="", by=None, now=now)
    contact = factories.ContactFactory(
        email="ines@private.example", account__domain="", account__name="Rival"
    )
    client.force_login(factories.UserFactory(role="revops"))

    answer = client.post(
        reverse("admin:leads_account_change", args=[contact.account.pk]),
        {"name": "Rival", "domain": "www.RIVAL.example"},
        follow=True,
    )

    contact.refresh_from_db()
    assert contact.opted_out_at is not None
    assert "1 contact of it may not be contacted from now on." in answer.text


@pytest.mark.parametrize("listed_one_stays", [True, False])
def test_a_merge_with_a_listed_company_takes_its_people_out_until_it_is_taken_back(
    now: datetime, listed_one_stays: bool
) -> None:
    contact = factories.ContactFactory(email="ines@private.example", account__domain="fine.example")
    rival = factories.AccountFactory(domain="rival.example")
    people.suppress(kind="domain", value="rival.example", reason="", by=None, now=now)
    kept, absorbed = (rival, contact.account) if listed_one_stays else (contact.account, rival)

    merge = people.merge_accounts(kept=kept, absorbed=absorbed, by=None, now=now)
    contact.refresh_from_db()
    while_merged = contact.opted_out_at
    people.undo_merge(merge=merge, by=None, now=now)

    contact.refresh_from_db()
    assert while_merged == now
    assert contact.opted_out_at is None
    assert not people.walled([contact])
