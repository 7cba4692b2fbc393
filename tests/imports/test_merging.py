"""Merging all pairs that are surely the same, in the background."""

from datetime import datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from imports import deciding, merging
from imports.duplicates import start_search
from imports.models import Decision, DuplicateSearch, ImportBatch, ImportRow, MergeRun, PossibleDuplicate
from leadops.jobs import LEASE, JobState, Lease
from leads.enums import Stage
from leads.models import Contact, Merge, Opportunity, TeamMember
from tests import factories

pytestmark = pytest.mark.django_db

LIST = reverse("imports:duplicates")


@pytest.fixture
def noor() -> User:
    return factories.UserFactory(role="marketing", first_name="Noor")


def pair_of(
    left: Contact | None = None, right: Contact | None = None, *, probability: float = 0.99, **fields: Any
) -> PossibleDuplicate:
    return PossibleDuplicate.objects.create(
        entity="person",
        left_contact=left or factories.ContactFactory(),
        right_contact=right or factories.ContactFactory(),
        probability=probability,
        **({"found_at": timezone.now() - timedelta(days=1)} | fields),
    )


def ran(merge_run: MergeRun, *, now: datetime | None = None) -> MergeRun:
    merge_run.perform(now=now or timezone.now())
    merge_run.refresh_from_db()
    return merge_run


def test_merges_every_pair_that_is_sure_and_leaves_the_others(noor: User) -> None:
    sure = {pair_of(), pair_of(), pair_of()}
    doubtful = {pair_of(probability=0.94), pair_of(is_contested=True)}

    done = ran(merging.start(by=noor, now=timezone.now()))

    assert (done.state, done.merged, done.refused, done.rows_done, done.rows_total) == ("done", 3, 0, 3, 3)
    assert set(PossibleDuplicate.objects.filter(decision=Decision.SAME)) == sure
    assert set(PossibleDuplicate.objects.filter(decision=Decision.OPEN)) == doubtful
    assert {merge.by for merge in Merge.objects.all()} == {noor}


def test_companies_with_a_domain_each_are_left_to_a_person(noor: User) -> None:
    def pair(left: str, right: str) -> PossibleDuplicate:
        return PossibleDuplicate.objects.create(
            entity="company",
            left_account=factories.AccountFactory(name="Werk 1", domain=left),
            right_account=factories.AccountFactory(name="Werk 2", domain=right),
            probability=0.99,
            found_at=timezone.now() - timedelta(days=1),
        )

    numbered, nameless = pair("werk1.example", "werk2.example"), pair("werk3.example", "")

    done = ran(merging.start(by=noor, now=timezone.now(), entity="company"))

    assert done.merged == 1
    numbered.refresh_from_db()
    nameless.refresh_from_db()
    assert (numbered.decision, nameless.decision) == (Decision.OPEN, Decision.SAME)


@pytest.mark.django_db(transaction=True)  # the kill has to undo a transaction
def test_goes_on_where_a_kill_was_and_counts_no_pair_twice(
    noor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        pair_of()
    merge_run = merging.start(by=noor, now=timezone.now())
    advance, calls = Lease.advance, []

    def killed(lease: Lease, **fields: Any) -> None:
        calls.append(fields)
        if len(calls) == 4:  # the merge of the third pair is made, and is not committed
            raise KeyboardInterrupt
        advance(lease, **fields)

    monkeypatch.setattr(Lease, "advance", killed)
    with pytest.raises(KeyboardInterrupt):
        merge_run.perform(now=timezone.now())
    assert Merge.objects.count() == 2
    monkeypatch.setattr(Lease, "advance", advance)

    done = ran(MergeRun.objects.get(), now=timezone.now() + LEASE * 2)

    assert (done.state, done.merged, done.rows_done, done.rows_total) == (JobState.DONE, 5, 5, 5)
    assert Merge.objects.count() == 5


def test_leaves_what_cannot_be_merged_to_a_person_and_says_why(noor: User) -> None:
    stuck = pair_of()
    for contact in (stuck.left_contact, stuck.right_contact):
        lead = factories.LeadFactory(contact=contact, stage=Stage.SALES_QUALIFIED)
        Opportunity.objects.create(lead=lead, name="A sale")
    pair_of()

    done = ran(merging.start(by=noor, now=timezone.now()))

    assert (done.state, done.merged, done.refused, done.rows_done) == (JobState.DONE, 1, 1, 2)
    (sentence,) = done.refusals
    assert "End one of the two leads first" in sentence
    stuck.refresh_from_db()
    assert stuck.decision == Decision.OPEN


def test_people_who_became_one_in_between_are_no_pair_any_more(noor: User) -> None:
    one, two, three = (factories.ContactFactory() for _ in range(3))
    pair_of(one, two)
    pair_of(two, three)
    pair_of(one, three)

    done = ran(merging.start(by=noor, now=timezone.now()))

    assert done.merged == 2
    assert Contact.objects.count() == 1


def test_each_merge_is_taken_apart_by_itself(noor: User) -> None:
    first, second = pair_of(), pair_of()
    ran(merging.start(by=noor, now=timezone.now()))

    deciding.take_back(pair=first, by=noor, now=timezone.now())

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.decision, second.decision) == (Decision.OPEN, Decision.SAME)
    assert Contact.objects.count() == 3


def test_merges_nothing_that_was_found_after_the_person_said_yes(noor: User) -> None:
    merge_run = merging.start(by=noor, now=timezone.now())
    late = pair_of(found_at=merge_run.created_at + timedelta(seconds=1))

    done = ran(merge_run)

    assert (done.merged, done.rows_total) == (0, 0)
    late.refresh_from_db()
    assert late.decision == Decision.OPEN


def test_is_limited_to_a_list(noor: User) -> None:
    batch = ImportBatch.objects.create(kind="event", source_name="Fair")
    here, elsewhere = pair_of(), pair_of()
    ImportRow.objects.create(batch=batch, number=2, outcome="created", contact=here.right_contact)

    done = ran(merging.start(by=noor, now=timezone.now(), batch=batch))

    assert done.merged == 1
    elsewhere.refresh_from_db()
    assert elsewhere.decision == Decision.OPEN


def test_of_a_manager_merges_the_people_of_the_teams_only() -> None:
    manager = factories.UserFactory(role="sales_manager")
    team = factories.TeamFactory()
    TeamMember.objects.create(team=team, user=manager)
    mine = pair_of(*(factories.LeadFactory(team=team).contact for _ in range(2)))
    foreign = pair_of(*(factories.LeadFactory().contact for _ in range(2)))

    done = ran(merging.start(by=manager, now=timezone.now()))

    assert done.merged == 1
    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert (mine.decision, foreign.decision) == (Decision.SAME, Decision.OPEN)


def test_is_not_started_twice_and_is_stopped_by_whoever_sees_it(noor: User) -> None:
    pair_of()
    merge_run = merging.start(by=noor, now=timezone.now())

    assert merging.start(by=noor, now=timezone.now()) == merge_run
    assert merging.stop(merge_run=merge_run, now=timezone.now())
    assert not merging.stop(merge_run=merge_run, now=timezone.now())
    assert not merge_run.perform(now=timezone.now())
    assert not Merge.objects.exists()


def test_the_numbers_of_a_run_add_up_where_one_pair_settles_another(client: Client, noor: User) -> None:
    client.force_login(noor)
    first, second, third = (factories.ContactFactory() for _ in range(3))
    for left, right in ((first, second), (first, third), (second, third)):
        pair_of(left, right)
    merge_run = merging.start(by=noor, now=timezone.now())

    ran(merge_run)

    told = "Merged: 2. Left for a person: 0. Settled meanwhile, by another pair or by somebody else: 1."
    assert told in client.get(LIST).content.decode()


def test_the_page_asks_first_and_shows_how_far_it_is_and_what_was_done(client: Client, noor: User) -> None:
    client.force_login(noor)
    pair_of()
    pair_of()
    pair_of(is_contested=True)

    asked = client.post(LIST, {"decision": "all"}).content.decode()
    assert "Merge 2 pairs that are surely the same?" in asked
    assert not MergeRun.objects.exists()
    client.post(LIST, {"decision": "all", "confirmed": "yes"})

    merge_run = MergeRun.objects.get()
    waiting = client.get(LIST).content.decode()
    assert "It waits for a worker." in waiting
    assert 'value="all"' not in waiting
    ran(merge_run)
    assert "Merged: 2. Left for a person: 0." in client.get(LIST).content.decode()
    found = client.get(reverse("imports:merging_progress", args=[merge_run.pk])).json()
    assert (found["state"], found["percent"], found["rows_done"]) == ("done", 100, 2)
    MergeRun.objects.update(finished_at=timezone.now() - timedelta(days=2))
    assert "Left for a person" not in client.get(LIST).content.decode()


def test_a_manager_does_not_see_the_merging_of_another(client: Client, noor: User) -> None:
    client.force_login(factories.UserFactory(role="sales_manager"))
    merge_run = merging.start(by=noor, now=timezone.now())

    assert client.get(reverse("imports:merging_progress", args=[merge_run.pk])).status_code == 404
    assert client.post(reverse("imports:stop_merging", args=[merge_run.pk])).status_code == 404
    assert "waits for a worker" not in client.get(LIST).content.decode()


def test_the_search_notes_what_speaks_against_a_pair(now: datetime) -> None:
    for first, last in (("Theresia", "Obermoser"), ("Theresa", "Obermoser")):
        factories.ContactFactory(first_name=first, last_name=last, email="", city="Ort", phone="")
    search = start_search(by=None, now=now)
    search.perform(now=now)

    pairs = list(PossibleDuplicate.objects.all())
    assert DuplicateSearch.objects.get().state == JobState.DONE
    assert pairs
    for pair in pairs:
        assert pair.is_contested == any(fact["weight"] <= -0.5 for fact in pair.evidence)


def test_the_migration_marks_the_pairs_that_are_known() -> None:
    contested = pair_of(evidence=[{"field": "first_name", "weight": -2.5}, {"field": "phone", "weight": 9}])
    slight = pair_of(evidence=[{"field": "title", "weight": -0.4}])
    migration = import_module("imports.migrations.0008_contested_pairs")

    migration.mark_contested(apps, SimpleNamespace(connection=connection))

    contested.refresh_from_db()
    slight.refresh_from_db()
    assert (contested.is_contested, slight.is_contested) == (True, False)
