"""Fifty people at one agreement: whatever they do at the same moment, it ends in one legal state."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from handoff.models import ServiceLevel
from leads.enums import Stage
from terminology import agreements
from terminology.agreements import hash_of
from terminology.models import Agreement, AgreementState, EntryKind, Side
from tests.factories import UserFactory
from tests.leads.test_races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

MQL = Stage.MARKETING_QUALIFIED.value
THREADS = 50
STEPS = 4  # of each
ROUNDS = 2


class Somebody:
    """A person who opens the agreement, looks at it, and does one thing after the other with what they saw."""

    def __init__(self, place: int, agreement: Agreement, users: dict[str, User], now: datetime) -> None:
        self.random = random.Random(place)
        self.round = place // THREADS
        self.pk = agreement.pk
        self.users = users
        self.now = now

    def __call__(self) -> None:
        for _ in range(STEPS):
            seen = Agreement.objects.get(pk=self.pk)
            step = self.random.choice(
                [self.sign, self.sign, self.sign, self.propose, self.change, self.comment]
            )
            try:
                step(seen)
            except agreements.AgreementRefused:
                continue  # told so, and looks again

    def sign(self, seen: Agreement) -> None:
        side = self.random.choice(list(Side))
        agreements.sign(
            agreement=seen,
            side=side,
            by=self.users[side.value],
            content_hash=hash_of(seen),
            now=self.now,
        )

    def propose(self, seen: Agreement) -> None:
        agreements.propose(agreement=seen, by=self.users["revops"], revision=seen.revision, now=self.now)

    def change(self, seen: Agreement) -> None:
        if self.random.random() < 0.7:
            return  # most people only read
        hours = self.random.randint(1, 100) + 300 * self.round  # never what is in force already
        agreements.put(
            agreement=seen,
            section="sla",
            parts={MQL: {"first_response_hours": hours}},
            by=self.users["revops"],
            revision=seen.revision,
            now=self.now,
        )

    def comment(self, seen: Agreement) -> None:
        agreements.comment(agreement=seen, by=self.users["revops"], text="Hm.", now=self.now)


@pytest.fixture
def users() -> dict[str, User]:
    return {
        "revops": UserFactory(role="revops"),
        "marketing": UserFactory(role="marketing", also="marketing_signatory"),
        "sales": UserFactory(role="sales_manager", also="sales_signatory"),
    }


def drafted(users: dict[str, User], now: datetime, hours: int = 200) -> Agreement:
    made = agreements.draft(title="Faster", by=users["revops"], now=now)
    return agreements.put(
        agreement=made,
        section="sla",
        parts={MQL: {"first_response_hours": hours}},
        by=users["revops"],
        revision=made.revision,
        now=now,
    )


def test_ends_in_one_legal_state(users: dict[str, User], now: datetime) -> None:
    for seed in range(ROUNDS):
        made = drafted(users, now, hours=200 + seed)
        people: list[Callable[[], Any]] = [
            Somebody(seed * THREADS + place, made, users, now) for place in range(THREADS)
        ]

        at_once(*people)

        made.refresh_from_db()
        _assert_legal(made)
        made = _brought_to_its_end(made, users, now)
        hours = ServiceLevel.objects.get(stage=MQL).first_response_hours
        assert hours == made.changes["sla"][MQL]["after"]["first_response_hours"]
        assert (Agreement.objects.in_force().get(), made.version) == (made, seed + 1)


def _brought_to_its_end(made: Agreement, users: dict[str, User], now: datetime) -> Agreement:
    """Whatever state the crowd left it in, two people can go on from there."""
    if made.state == AgreementState.DRAFT:
        made = agreements.propose(agreement=made, by=users["revops"], revision=made.revision, now=now)
    for side in Side:
        if made.is_open and not made.signatures.filter(side=side).exists():
            user = users[side.value]
            made = agreements.sign(agreement=made, side=side, by=user, content_hash=hash_of(made), now=now)
    made.refresh_from_db()
    return made


def _assert_legal(made: Agreement) -> None:
    entries = list(made.entries.values_list("kind", flat=True))
    signed = {signature.side: signature for signature in made.signatures.all()}
    assert made.revision == 1 + entries.count(EntryKind.CHANGED)
    assert entries.count(EntryKind.IN_FORCE) == (made.state == AgreementState.IN_FORCE)
    match made.state:
        case AgreementState.DRAFT:
            assert signed == {}
        case AgreementState.PROPOSED:
            assert len(signed) < len(Side)
        case AgreementState.IN_FORCE:
            assert set(signed) == set(Side.values)
            # Nothing was changed between the first signature and the end.
            last_change = max(place for place, kind in enumerate(entries) if kind == EntryKind.CHANGED)
            assert entries[last_change:].count(EntryKind.SIGNED) == len(Side)
        case other:
            raise AssertionError(f"It must not end {other}.")
    assert all(signature.content_hash == hash_of(made) for signature in signed.values())


def test_of_two_who_sign_for_one_side_one_is_told(users: dict[str, User], now: datetime) -> None:
    other = UserFactory(role="marketing", also="marketing_signatory")
    made = drafted(users, now)
    made = agreements.propose(agreement=made, by=users["revops"], revision=made.revision, now=now)

    outcomes = at_once(
        *(
            lambda user=user: agreements.sign(
                agreement=made, side=Side.MARKETING, by=user, content_hash=hash_of(made), now=now
            )
            for user in (users["marketing"], other)
        )
    )

    (refusal,) = (one for one in outcomes if isinstance(one, agreements.AgreementRefused))
    assert "signed for “Marketing” already" in str(refusal)
    assert made.signatures.count() == 1
