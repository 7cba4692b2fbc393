"""Many people and processes at the same rows (C1 to C9 of the reliability scenarios)."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from django.db import connection

from leadops.errors import LeadOpsError
from leads import lifecycle, opportunities
from leads.enums import OpportunityStage, PassBackPoint, Stage, Transition
from leads.lifecycle import AlreadyMoved, Moved
from leads.models import Account, Contact, Lead, Merge, Milestone, Opportunity, Source, StageChange
from leads.people import Outcome, Person, Received, clean, merge_contacts, receive, receive_many
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

THREADS = 20
PATIENCE = 30  # seconds until somebody who waits at the barrier is given up

T = TypeVar("T")


def at_once(*calls: Callable[[], T]) -> Sequence[T | LeadOpsError]:
    """Start all `calls` at the same moment, each on a connection of its own; what each gave, or the refusal it met."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | LeadOpsError:
        try:
            connection.ensure_connection()
            barrier.wait(PATIENCE)
            return call()
        except LeadOpsError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def team(db: None) -> Any:
    return factories.TeamFactory()


@pytest.fixture
def reps(team: Any) -> list[Any]:
    return [
        factories.UserFactory(role="sales_rep", team=team, first_name=first, last_name="Haddad")
        for first in ("Noor", "Sami")
    ]


def test_of_two_who_accept_the_same_lead_one_wins_and_the_other_is_told_who(
    now: datetime, team: Any, reps: list[Any]
) -> None:
    for _ in range(50):
        lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
        seen = [(rep, Lead.objects.get(pk=lead.pk)) for rep in reps]

        outcomes = at_once(
            *(
                lambda rep=rep, copy=copy: lifecycle.accept(lead=copy, by=rep, now=now, confirmed=[])
                for rep, copy in seen
            )
        )

        change = StageChange.objects.get(lead=lead)
        (refusal,) = (outcome for outcome in outcomes if outcome != change)
        assert Lead.objects.get(pk=lead.pk).owner == change.actor
        assert isinstance(refusal, AlreadyMoved)
        assert str(refusal) == (
            f"{change.actor.get_full_name()} was faster: the lead is now “Sales accepted lead”. "
            "Nothing was changed; open the lead again to go on."
        )


def test_of_many_who_take_the_same_step_one_writes_it_down(now: datetime) -> None:
    marketer = factories.UserFactory(role="marketing", first_name="Ana", last_name="Lind")
    lead = factories.LeadFactory(stage=Stage.SUSPECT)
    factories.ActivityFactory(lead=lead, type=factories.ActivityTypeFactory(demo_request=True), at=now)
    copies = [Lead.objects.get(pk=lead.pk) for _ in range(THREADS)]

    outcomes = at_once(
        *(
            lambda copy=copy: lifecycle.move(lead=copy, transition=Transition.IDENTIFY, by=marketer, now=now)
            for copy in copies
        )
    )

    change = StageChange.objects.get(lead=lead)
    refusals = [outcome for outcome in outcomes if outcome != change]
    assert len(refusals) == THREADS - 1
    assert {str(refusal) for refusal in refusals} == {
        "You have already done this: the lead is now “Marketing identified lead”. Nothing was changed twice."
    }
    assert Milestone.objects.filter(lead=lead, stage=Stage.IDENTIFIED).count() == 1


def test_of_many_sets_with_the_same_leads_each_lead_moves_once(now: datetime) -> None:
    factories.define(
        Stage.PREQUALIFIED, {"kind": "field", "field": "contact.country", "operator": "is", "value": "DE"}
    )
    leads = factories.LeadFactory.create_batch(30)
    everybody = {lead.pk for lead in leads}

    outcomes = at_once(
        *(
            lambda: lifecycle.move_many(
                leads=Lead.objects.all(), transition=Transition.PREQUALIFY, by=None, now=now
            )
            for _ in range(THREADS)
        )
    )

    results = [outcome for outcome in outcomes if isinstance(outcome, Moved)]
    assert len(results) == THREADS
    assert Counter(pk for result in results for pk in result.moved) == Counter(everybody)
    assert all(set(result.moved) | set(result.refused) == everybody for result in results)
    assert {sentence for result in results for sentence in result.refused.values()} <= {
        "A lead in “Pre-qualified lead” can't take the step “Pre-qualify”."
    }
    assert Counter(StageChange.objects.values_list("lead", flat=True)) == Counter(everybody)


def test_of_two_different_steps_at_once_one_is_taken(now: datetime, team: Any, reps: list[Any]) -> None:
    reason, ending = factories.ReasonFactory(), factories.ReasonFactory(disqualify=True)
    taken: Counter[str] = Counter()

    for _ in range(30):
        lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=reps[0])
        one, two, three = (Lead.objects.get(pk=lead.pk) for _ in range(3))

        outcomes = at_once(
            lambda one=one: lifecycle.accept(lead=one, by=reps[0], now=now, confirmed=[]),
            lambda two=two: lifecycle.pass_back(
                lead=two, by=reps[0], now=now, reason=reason, point=PassBackPoint.ON_SIGHT
            ),
            lambda three=three: lifecycle.disqualify(lead=three, by=reps[0], now=now, reason=ending),
        )

        change = StageChange.objects.get(lead=lead)
        label = Stage(change.to_stage).label
        assert Lead.objects.get(pk=lead.pk).stage == change.to_stage
        assert (
            sorted(str(outcome) for outcome in outcomes if outcome != change)
            == [f"You have already done this: the lead is now “{label}”. Nothing was changed twice."] * 2
        )
        taken[change.transition] += 1

    assert taken.total() == 30


def test_two_ended_leads_of_one_person_are_not_both_reopened(now: datetime, team: Any) -> None:
    manager = factories.UserFactory(role="sales_manager", team=team)
    reason = factories.ReasonFactory(reopen=True)

    for _ in range(20):
        contact = factories.ContactFactory()
        ended = factories.LeadFactory.create_batch(2, contact=contact, stage=Stage.DISQUALIFIED, team=team)

        outcomes = at_once(
            *(
                lambda lead=lead: lifecycle.reopen(lead=lead, by=manager, now=now, reason=reason)
                for lead in ended
            )
        )

        change = StageChange.objects.get(lead__in=ended)
        (refusal,) = (outcome for outcome in outcomes if outcome != change)
        assert str(refusal) == "The contact already has another open lead. Work on that one."


def test_two_managers_who_win_the_same_opportunity_make_one_customer(now: datetime, team: Any) -> None:
    managers = [factories.UserFactory(role="sales_manager", team=team) for _ in range(2)]

    for _ in range(20):
        lead = factories.LeadFactory(stage=Stage.SALES_QUALIFIED, team=team)
        Opportunity.objects.create(lead=lead, name="Northwind", signed_by="Eva", signed_authority="Owner")
        copies = [Opportunity.objects.get(lead=lead) for _ in managers]

        outcomes = at_once(
            *(
                lambda copy=copy, by=by: opportunities.advance(
                    opportunity=copy, stage=OpportunityStage.WON, by=by, now=now
                )
                for copy, by in zip(copies, managers, strict=True)
            )
        )

        refusals = [str(outcome) for outcome in outcomes if isinstance(outcome, LeadOpsError)]
        assert refusals == ["The opportunity is already in “Closed won”. Open it again to go on."]
        assert StageChange.objects.get(lead=lead).to_stage == Stage.CUSTOMER


# --- The door for people --------------------------------------------------------------------------


def test_a_new_person_who_comes_by_many_ways_at_once_is_one_contact_with_one_lead(now: datetime) -> None:
    source = factories.SourceFactory()

    for number in range(5):
        person = clean(
            {"email": f"Ada.Keller@kiesel-{number}.example", "first_name": "Ada", "last_name": "Keller"},
            country="DE",
        )

        outcomes = at_once(
            *(
                lambda person=person: receive(person=person, source=source, by=None, now=now)
                for _ in range(THREADS)
            )
        )

        contact = Contact.objects.get(email_key=person.email)
        assert Counter(_outcome(one) for one in outcomes) == {
            Outcome.CREATED: 1,
            Outcome.UNCHANGED: THREADS - 1,
        }
        assert Lead.objects.filter(contact=contact).count() == 1
        assert Account.objects.filter(domain=person.domain).count() == 1
        assert Milestone.objects.filter(lead__contact=contact).count() == 1


@pytest.mark.parametrize(
    "row",
    [
        {"phone": "+49 30 23125001"},
        {"first_name": "Ada", "last_name": "Keller", "company": "Kiesel"},
        {"first_name": "Ada", "last_name": "Keller", "phone": "+49 30 23125001", "company": "Kiesel"},
    ],
    ids=["phone", "name and company", "all three"],
)
def test_somebody_new_without_an_address_is_one_contact_too(now: datetime, row: dict[str, str]) -> None:
    source = factories.SourceFactory()
    somebody = clean(row, country="DE")

    outcomes = at_once(
        *(lambda: receive(person=somebody, source=source, by=None, now=now) for _ in range(THREADS))
    )

    assert Counter(_outcome(one) for one in outcomes) == {Outcome.CREATED: 1, Outcome.UNCHANGED: THREADS - 1}
    assert Contact.objects.count() == Lead.objects.count() == 1


def test_two_lists_with_the_same_people_in_opposite_order_never_stop_each_other(now: datetime) -> None:
    source = factories.SourceFactory()

    for number in range(6):
        fresh = [person(f"{number}-{place}") for place in range(60)]
        known = [person(f"known-{place}", title=f"Head of part {number}") for place in range(60)]
        everybody = [one for pair in zip(fresh, known, strict=True) for one in pair]

        outcomes = at_once(
            lambda everybody=everybody: received(everybody, source, now),
            lambda everybody=everybody: received(everybody[::-1], source, now),
            lambda everybody=everybody: received(everybody[40:] + everybody[:40], source, now),
        )

        created = Counter(_outcome(one) for answers in outcomes for one in answers)[Outcome.CREATED]
        assert created == (120 if number == 0 else 60)
        assert Contact.objects.count() == Lead.objects.count() == 60 * (number + 2)
        assert Contact.objects.filter(title=f"Head of part {number}").count() == 60
        assert Account.objects.count() == 10


def person(name: str, **fields: str) -> Person:
    """One of a few companies, so that the lists meet on accounts, too."""
    company = sum(map(ord, name)) % 10
    return clean(
        {"email": f"p-{name}@fjord-{company}.example", "last_name": "Okafor", "first_name": "Bo", **fields},
        country="DE",
    )


def received(people: Sequence[Person], source: Source, now: datetime) -> list[Received]:
    return receive_many(people=people, source=source, by=None, now=now + timedelta(seconds=1), overwrite=True)


def _outcome(one: Received | LeadOpsError) -> Outcome:
    assert isinstance(one, Received)
    return one.outcome


def test_of_two_who_merge_the_same_two_one_wins_and_the_other_is_told(now: datetime) -> None:
    first, second = factories.ContactFactory(), factories.ContactFactory()
    leads = [factories.LeadFactory(contact=contact) for contact in (first, second)]
    factories.ActivityFactory(lead=leads[1])
    noor = factories.UserFactory(first_name="Noor", last_name="Haddad")

    answers = at_once(
        *[
            partial(merge_contacts, kept=kept, absorbed=absorbed, by=noor, now=now)
            for kept, absorbed in ((first, second), (second, first)) * 5
        ]
    )

    assert sum(isinstance(answer, Merge) for answer in answers) == 1
    refusals = [str(answer) for answer in answers if not isinstance(answer, Merge)]
    assert all("Noor Haddad was faster" in refusal for refusal in refusals)
    assert Contact.objects.count() == Lead.objects.count() == 1
    assert Lead.objects.get().activities.count() == 1


def test_a_merge_while_lists_bring_both_addresses_leaves_one_person(now: datetime, source: Source) -> None:
    first, second = factories.ContactFactory(account=None), factories.ContactFactory(account=None)
    rows = [
        clean({"email": contact.email, "last_name": "Keller"}, country="DE") for contact in (first, second)
    ]

    def arrive() -> list[Received]:
        return receive_many(people=rows, source=source, by=None, now=now)

    def merge() -> Merge:
        return merge_contacts(kept=first, absorbed=second, by=None, now=now)

    at_once(*[arrive] * 6, merge, *[arrive] * 6)

    contact = Contact.objects.get()
    assert contact == first
    assert contact.leads.count() == 1
