import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from imports import duplicates
from imports.duplicates import start_search
from imports.models import Decision, DuplicateSearch, MatchedEntity, PossibleDuplicate
from leadops.errors import LeadOpsError
from leadops.jobs import LEASE, JobState, Lease, LeaseLost
from leads.models import Account, Contact, Merge
from tests import factories
from tests.imports.lists import csv_file, loaded, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def searched(now: datetime, **fields: Any) -> DuplicateSearch:
    search = start_search(by=None, now=now, **fields)
    search.perform(now=now)
    search.refresh_from_db()
    assert search.state == JobState.DONE
    return search


def crowd(count: int) -> None:
    """People who are nobody else."""
    for number in range(count):
        name = "".join(chr(97 + number * step % 26) for step in (1, 3, 7, 11, 17))
        factories.ContactFactory(
            first_name=name.title(),
            last_name=f"{name[::-1]}sson".title(),
            email=f"{name}{number}@mill{number}.example",
            city=f"Town {name}",
            account=factories.AccountFactory(
                name=f"{name[1:]} {name[::-1]}", domain=f"{name}{number}.example"
            ),
        )


def test_asks_about_two_people_who_may_be_one(now: datetime) -> None:
    crowd(20)
    account = factories.AccountFactory(name="Silbermann Optik")
    older = factories.ContactFactory(
        first_name="Theresia", last_name="Obermoser", email="", city="Graz", account=account
    )
    younger = factories.ContactFactory(
        first_name="Theresa",
        last_name="Obermoser",
        email="t.obermoser@gmail.com",
        city="Graz",
        account=account,
    )

    search = searched(now)

    pair = PossibleDuplicate.objects.get()
    assert (pair.left_contact, pair.right_contact) == (older, younger)
    assert (pair.decision, pair.search, pair.entity) == (Decision.OPEN, search, MatchedEntity.PERSON)
    assert 0.5 <= pair.probability <= 1
    facts = {fact["field"]: fact for fact in pair.evidence}
    assert (facts["first_name"]["left"], facts["first_name"]["right"]) == ("Theresia", "Theresa")
    assert facts["last_name"]["weight"] > 0
    assert (search.maybe, search.same) == (1, 0)
    assert Contact.objects.count() == 22


def test_merges_people_with_one_name_and_a_phone_of_their_own(now: datetime) -> None:
    crowd(20)
    account = factories.AccountFactory(name="Silbermann Optik")
    older = factories.ContactFactory(
        first_name="Theresia", last_name="Obermoser", email="", phone="+43316555123", account=account
    )
    factories.ContactFactory(
        first_name="Theresia",
        last_name="Obermoser",
        email="t.o@gmail.com",
        phone="+43316555123",
        account=account,
    )

    search = searched(now)

    merge = Merge.objects.get()
    assert (merge.kept_contact, merge.by) == (older, None)
    assert merge.probability is not None
    assert merge.probability >= 0.99
    assert (search.same, search.maybe) == (1, 0)
    assert not PossibleDuplicate.objects.exists()
    older.refresh_from_db()
    assert older.email == "t.o@gmail.com"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            {"email": "a@obermoser.example"}, {"email": "t@silber.example"}, id="two business addresses"
        ),
        pytest.param({"first_name": "Theresia"}, {"first_name": "Thomas"}, id="two first names"),
        pytest.param({"phone": ""}, {}, id="no phone"),
        pytest.param({"country": "AT"}, {"country": "CH"}, id="two countries"),
    ],
)
def test_merges_nobody_without_proof(now: datetime, one: dict[str, str], other: dict[str, str]) -> None:
    crowd(20)
    account = factories.AccountFactory(name="Silbermann Optik")
    same = {"first_name": "Theresia", "last_name": "Obermoser", "phone": "+43316555123", "email": ""}
    factories.ContactFactory(**(same | {"account": account} | one))
    factories.ContactFactory(**(same | {"account": account} | other))

    searched(now)

    assert not Merge.objects.exists()
    assert Contact.objects.count() == 22


def test_namesakes_with_two_addresses_at_one_company_are_not_surely_one(now: datetime) -> None:
    crowd(20)
    account = factories.AccountFactory(name="Silbermann Optik")
    for email in ("t.obermoser@silbermann.example", "t.obermoser2@silbermann.example", ""):
        factories.ContactFactory(
            first_name="Theresia", last_name="Obermoser", email=email, phone="", city="Graz", account=account
        )

    searched(now)

    assert not PossibleDuplicate.objects.sure().exists()
    assert not Merge.objects.exists()
    assert PossibleDuplicate.objects.count() == 3


@pytest.mark.parametrize(
    ("kept", "asked"),
    [({}, 0), ({"phone": "+4331655510{}"}, 3), ({"linkedin_url": "linkedin.com/in/one{}"}, 3)],
)
def test_asks_about_another_family_name_only_where_something_was_kept(
    now: datetime, kept: dict[str, str], asked: int
) -> None:
    crowd(20)
    names = {
        "Amandine": ("Benhaddou", "Perrault"),
        "Wilhelmine": ("Kirchner", "Osei"),
        "Rosalinde": ("Farkas", "Thorsen"),
    }
    for number, (first, families) in enumerate(names.items()):
        account = factories.AccountFactory(name=f"Silbermann {first}", domain=f"silber{number}.example")
        for place, family in enumerate(families):
            own = {
                "email": f"{first}.{family}@silber{number}.example".lower(),
                "phone": f"+43316555{number}{place}{number}",
            }
            same = {field: value.format(number) for field, value in kept.items()}
            factories.ContactFactory(
                first_name=first,
                last_name=family,
                city="Graz",
                title="Buyer",
                account=account,
                **(own | same),
            )

    searched(now)

    assert PossibleDuplicate.objects.count() == asked


def test_merges_nobody_for_the_number_of_a_switchboard(now: datetime) -> None:
    crowd(10)
    account = factories.AccountFactory(name="Silbermann Optik")
    for first in ("Theresia", "Theresia", "Anton", "Berta", "Caspar"):
        factories.ContactFactory(
            first_name=first, last_name="Obermoser", email="", phone="+43316555123", account=account
        )

    searched(now)

    assert not Merge.objects.exists()


def test_asks_no_second_time(now: datetime) -> None:
    test_asks_about_two_people_who_may_be_one(now)
    pair = PossibleDuplicate.objects.get()
    pair.decision = Decision.DIFFERENT
    pair.save()

    again = searched(now + timedelta(minutes=1))

    pair.refresh_from_db()
    assert pair.decision == Decision.DIFFERENT
    assert PossibleDuplicate.objects.count() == 1
    assert (again.same, again.maybe) == (0, 0)


def test_a_pair_that_was_decided_to_be_two_is_never_merged(now: datetime) -> None:
    account = factories.AccountFactory(name="Silbermann Optik")
    same = {"first_name": "Theresia", "last_name": "Obermoser", "email": "", "phone": "+43316555123"}
    one = factories.ContactFactory(**same, account=account)
    other = factories.ContactFactory(**same, account=account)
    PossibleDuplicate.objects.create(
        entity=MatchedEntity.PERSON,
        left_contact=one,
        right_contact=other,
        probability=0.99,
        decision=Decision.DIFFERENT,
    )

    searched(now)

    assert Contact.objects.filter(last_name="Obermoser").count() == 2


def test_goes_on_behind_the_cursor_after_a_kill(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "PAIRS_AT_ONCE", 1)
    for number, last in enumerate(("Obermoser", "Hinterleitner", "Zwickelbauer", "Quastenberger")):
        account = factories.AccountFactory(name=f"Werkstatt {last}")
        for first in ("Theresia", "Theresa"):
            factories.ContactFactory(
                first_name=first, last_name=last, email="", city=f"Ort {number}", account=account
            )
    judge = duplicates._judge_chunk
    calls = []

    def killed(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        judge(*arguments)

    search = start_search(by=None, now=now)
    monkeypatch.setattr(duplicates, "_judge_chunk", killed)
    with pytest.raises(KeyboardInterrupt):
        search.perform(now=now)
    assert PossibleDuplicate.objects.count() == 2
    search.perform(now=timezone.now() + LEASE * 2)

    search.refresh_from_db()
    assert search.state == JobState.DONE
    assert (search.maybe, search.rows_done, search.rows_total) == (4, 4, 4)
    assert PossibleDuplicate.objects.count() == 4


def test_a_search_of_a_list_looks_at_its_people_only(now: datetime) -> None:
    account = factories.AccountFactory(name="Kiesel-Werke", domain="kiesel-werke.example")
    for first in ("Theresia", "Theresa"):
        factories.ContactFactory(first_name=first, last_name="Obermoser", email="", account=account)
    known = factories.ContactFactory(first_name="Inez", last_name="Rothbb", email="", account=account)
    crowd(10)
    batch = loaded(csv_file([person(27)]), now=now)

    search = DuplicateSearch.objects.get(batch=batch)
    search.perform(now=timezone.now())

    search.refresh_from_db()
    assert search.state == JobState.DONE
    pair = PossibleDuplicate.objects.get()
    assert pair.left_contact == known
    assert pair.right_contact.email == "ines.roth27@kiesel-werke.example"


def test_a_list_that_brings_nobody_new_is_not_searched(now: datetime) -> None:
    loaded(csv_file([person(1)]), now=now)
    loaded(csv_file([person(1)]), now=now)

    assert DuplicateSearch.objects.count() == 1


def test_finds_companies_that_may_be_one_and_merges_none(now: datetime) -> None:
    crowd(10)
    one = factories.AccountFactory(name="Vereinigte Zahnradfabrik Bruchsal GmbH", domain="")
    other = factories.AccountFactory(name="Vereinigte Zahnradfabrk Bruchsal AG", domain="vzb.example")

    search = searched(now, entity=MatchedEntity.COMPANY)

    pair = PossibleDuplicate.objects.get()
    assert (pair.left_account, pair.right_account) == (one, other)
    assert (search.maybe, search.same) == (1, 0)
    assert Account.objects.filter(pk__in=[one.pk, other.pk]).count() == 2


def test_tells_what_too_many_share(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imports.matching.population.MOST_ALIKE", 5)
    crowd(3)
    for number in range(8):
        factories.ContactFactory(
            first_name=f"{chr(97 + number) * 4}".title(),
            last_name=f"{chr(107 + number) * 5}".title(),
            email="",
            phone="+43316555000",
        )

    search = searched(now)

    assert {"field": "phone", "value": "+43316555000", "rows": 8} in search.left_out


def test_a_search_over_everybody_is_not_started_twice(now: datetime) -> None:
    user = factories.UserFactory(role="revops")

    one = start_search(by=user, now=now)

    assert start_search(by=None, now=now) == one
    assert duplicates.latest_search() == one
    assert one.created_by == user


def test_the_command_searches_and_tells_what_it_found(now: datetime) -> None:
    account = factories.AccountFactory(name="Silbermann Optik")
    for first in ("Theresia", "Theresa"):
        factories.ContactFactory(
            first_name=first, last_name="Obermoser", email="", city="Graz", account=account
        )
    out = StringIO()

    call_command("find_duplicates", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert {name: told[name] for name in ("pairs", "same", "maybe", "left_out")} == {
        "pairs": 1,
        "same": 0,
        "maybe": 1,
        "left_out": [],
    }
    assert PossibleDuplicate.objects.get().search_id == told["search"]


def test_the_command_says_why_a_search_failed(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise LeadOpsError("The disk is full. Make room and search again.")

    monkeypatch.setattr(duplicates, "run_search", refuse)

    with pytest.raises(CommandError, match="The disk is full") as refused:
        call_command("find_duplicates", "--entity", "company")

    assert refused.value.returncode == 1


def test_an_empty_database_has_no_duplicates(now: datetime) -> None:
    search = searched(now)

    assert (search.rows_total, search.left_out) == (0, [])


def test_a_search_that_was_taken_over_writes_nothing(now: datetime) -> None:
    test_asks_about_two_people_who_may_be_one(now)
    PossibleDuplicate.objects.all().delete()
    search = start_search(by=None, now=now)
    DuplicateSearch.objects.filter(pk=search.pk).update(state=JobState.RUNNING, lease_number=7)
    search.refresh_from_db()

    with pytest.raises(LeaseLost):
        duplicates.run_search(search=search, lease=Lease(job=search, number=6))

    assert not PossibleDuplicate.objects.exists()
