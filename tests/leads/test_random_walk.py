"""Two thousand random steps through all doors: nobody leaves the diagram, and the records tell the whole story."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final
from unittest import mock

import pytest
from django.contrib.messages import ERROR, get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leadops.errors import LeadOpsError
from leads import activities, lifecycle, opportunities, people
from leads.enums import (
    EARLY_STAGES,
    OPEN_OPPORTUNITY_STAGES,
    OPEN_STAGES,
    ROUTES,
    SALES_STAGES,
    STAGE_ORDER,
    SWITCHABLE_STAGES,
    OpportunityStage,
    PassBackPoint,
    Stage,
    Transition,
)
from leads.models import (
    ActivityType,
    Lead,
    Milestone,
    Opportunity,
    QualificationQuestion,
    Reason,
    Source,
    StageChange,
    StageSetting,
    Team,
)
from leads.workspace import STAGE_COLOURS
from tests import factories

pytestmark = pytest.mark.django_db

STEPS: Final = 2000
SEED: Final = 20260312
BACKWARDS: Final = (Transition.DISQUALIFY, Transition.PASS_BACK)  # possible everywhere: taken less often
SELDOM: Final = (
    Transition.ACCEPT,
    Transition.PASS_BACK,
    Transition.QUALIFY_SALES,
)  # possible late: taken first
SALES: Final = 3  # the first so many of the staff are in sales
SENTENCE = re.compile(r"[A-Z“].*\.", re.DOTALL)


def may_start_from(transition: Transition, in_use: set[Stage]) -> set[Stage]:
    """Where a step may start while only `in_use` are used: said here once more, in other words than the lifecycle's."""
    found = set(ROUTES[transition].sources)
    if transition == Transition.IDENTIFY:
        return found
    for source in ROUTES[transition].sources:
        before = list(STAGE_ORDER[: STAGE_ORDER.index(source)]) if source in STAGE_ORDER else []
        if source not in in_use:
            found |= set([stage for stage in before if stage in in_use][-1:])
    return found


@dataclass(frozen=True)
class Plan:
    """What somebody is about to do."""

    lead: Lead
    by: Any
    transition: Transition
    reason: Reason | None


@dataclass
class Walk:
    """A company of a dozen leads in which people and the system do whatever comes into their heads."""

    rng: Random
    now: datetime
    staff: list[Any]
    clients: list[Client]
    team: Team
    source: Source
    reasons: list[Reason]
    born_in: dict[int, str] = field(default_factory=dict)
    seen: list[Lead] = field(default_factory=list)  # as open pages show them, some of them stale
    checked: int = 0  # the newest change that was looked at
    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def step(self) -> None:
        self.now += timedelta(minutes=self.rng.randint(1, 600))
        before = set(lifecycle.stages_in_use())
        door: Callable[[], Any] = self.rng.choices(
            [
                *(
                    self.move,
                    self.say_the_word,
                    self.move_a_set,
                    self.click,
                    self.advance,
                    self.click_opportunity,
                ),
                *(self.do_something, self.answer, self.switch_a_stage, self.look_again, self.arrive),
            ],
            weights=[22, 20, 6, 5, 8, 4, 22, 8, 2, 3, 3],
        )[0]
        # What a page calls the present moment.
        with mock.patch.object(timezone, "now", return_value=self.now):
            try:
                door()
            except LeadOpsError as refusal:
                self.note_refusal(door.__name__, str(refusal))
        self.look_at_changes(in_use=before, door=door.__name__)

    # --- Doors ---

    def move(self) -> None:
        plan = self.plan()
        lifecycle.move(
            lead=plan.lead,
            transition=plan.transition,
            by=self.rng.choice([None, plan.by, plan.by]),
            now=self.now,
            reason=plan.reason,
            note=self.rng.choice(["", "They said so."]),
        )

    def say_the_word(self) -> None:
        plan = self.plan()
        common: dict[str, Any] = {"lead": plan.lead, "by": plan.by, "now": self.now}
        reason: Any = plan.reason
        match plan.transition:
            case Transition.ACCEPT:
                lifecycle.accept(**common, confirmed=self.confirmed())
            case Transition.PASS_BACK:
                lifecycle.pass_back(**common, reason=reason, point=PassBackPoint.AFTER_CALL)
            case Transition.DISQUALIFY:
                lifecycle.disqualify(**common, reason=reason)
            case Transition.REOPEN:
                lifecycle.reopen(**common, reason=reason)
            case Transition.QUALIFY_SALES:
                lifecycle.qualify_sales(**common)
            case Transition.FAST_TRACK:
                lifecycle.fast_track(**common)
            case Transition.WIN:
                lifecycle.win(**common)
            case automatic:
                lifecycle.move(**common, transition=automatic)

    def move_a_set(self) -> None:
        transition = self.rng.choice([*Transition, *lifecycle.AUTOMATIC, Transition.QUALIFY_SALES])
        # Sets that are ended or passed back are small: else nobody would come far.
        most = 2 if transition in BACKWARDS else len(self.born_in)
        chosen = self.rng.sample(sorted(self.born_in), self.rng.randint(1, most))
        result = lifecycle.move_many(
            leads=Lead.objects.filter(pk__in=chosen),
            transition=transition,
            by=self.rng.choice([None, self.somebody()]),
            now=self.now,
            reason=self.some_reason(transition),
        )
        assert set(result.moved).isdisjoint(result.refused)
        assert set(result.moved) | set(result.refused) <= set(chosen)
        for sentence in result.refused.values():
            self.note_refusal("move_a_set", sentence)

    def click(self) -> None:
        """A step's form from a page that may be old, filled in more or less."""
        plan = self.plan()
        typed: dict[str, Any] = {
            "seen": plan.lead.stage,
            "note": self.rng.choice(["", "By hand."]),
            "reason": plan.reason.pk if plan.reason else "",
            "point": self.rng.choice(["on_sight", "after_call", ""]),
            "confirmed": self.confirmed(),
        }
        for question in QualificationQuestion.objects.all():
            typed[f"question_{question.pk}"] = self.rng.choice(["", "Yes."])
        if self.rng.random() < 0.1:
            typed["keep"] = "1"
        self.post(
            reverse("admin:leads_lead_step", args=[plan.lead.pk, plan.transition.value]), typed, by=plan.by
        )

    def advance(self) -> None:
        if (opportunity := self.some_opportunity()) is None:
            return
        opportunities.advance(
            opportunity=opportunity,
            stage=self.rng.choice([*OpportunityStage, OpportunityStage.WON]),
            by=self.somebody(),
            now=self.now,
            signed_by=self.rng.choice(["", "Eva Roth"]),
            signed_authority=self.rng.choice(["", "Managing director"]),
            loss_reason=self.some_reason(Transition.DISQUALIFY),
        )

    def click_opportunity(self) -> None:
        if (opportunity := self.some_opportunity()) is None:
            return
        reason = self.some_reason(Transition.DISQUALIFY)
        self.taken["click_opportunity"] += self.post(
            reverse("admin:leads_opportunity_move", args=[opportunity.pk]),
            {
                "seen": opportunity.stage,
                "stage": self.rng.choice([*OpportunityStage, OpportunityStage.LOST]).value,
                "signed_by": self.rng.choice(["", "Eva Roth", "Eva Roth"]),
                "signed_authority": self.rng.choice(["", "Owner", "Owner"]),
                "loss_reason": reason.pk if reason else "",
            },
            by=self.somebody(),
        )

    def post(self, url: str, typed: dict[str, Any], *, by: Any) -> bool:
        """Whether the form was taken; else its messages are sentences."""
        answer = self.clients[self.staff.index(by)].post(url, typed)
        assert answer.status_code in (200, 302, 404), url
        for message in get_messages(answer.wsgi_request):
            if message.level == ERROR:
                self.note_refusal("click", str(message))
        return answer.status_code == 302

    # --- What happens besides ---

    def do_something(self) -> None:
        activities.record(
            lead=self.some_lead(),
            type=self.rng.choice(list(ActivityType.objects.order_by("pk"))),
            at=self.now - timedelta(minutes=self.rng.randint(0, 3000)),
            now=self.now,
        )

    def answer(self) -> None:
        questions = list(QualificationQuestion.objects.all())
        waiting = list(Lead.objects.in_stage(Stage.SALES_ACCEPTED).order_by("pk"))
        lifecycle.answer(
            lead=self.rng.choice(waiting or [self.some_lead()]),
            answers={question: self.rng.choice(["Yes."] * 5 + [""]) for question in questions},
            by=self.somebody(),
            now=self.now,
        )

    def switch_a_stage(self) -> None:
        stage = self.rng.choice(SWITCHABLE_STAGES)
        StageSetting.objects.update_or_create(
            stage=stage, defaults={"in_use": self.rng.random() < 0.7, "colour": STAGE_COLOURS[stage]}
        )

    def arrive(self) -> None:
        """Somebody new, so that the walk does not end with everybody a customer."""
        number = len(self.born_in)
        person = people.clean(
            {
                "email": f"bo.lind-{number}@fjord.example",
                "title": "Buyer",
                "country": self.rng.choice(["DE", "PL"]),
            },
            country="DE",
        )
        stage = self.rng.choice([Stage.SUSPECT, Stage.IDENTIFIED])
        received = people.receive(person=person, source=self.source, by=None, now=self.now, stage=stage)
        assert received.lead is not None
        Lead.objects.filter(pk=received.lead.pk).update(team=self.team)
        self.born_in[received.lead.pk] = stage
        self.seen.append(received.lead)

    def look_again(self) -> None:
        """Somebody opens pages anew; until then they show what they showed."""
        self.seen = list(Lead.objects.order_by("pk"))

    # --- What they have before them ---

    def somebody(self) -> Any:
        """Sales does most of the work."""
        return self.rng.choice([*self.staff, *self.staff[:SALES] * 2])

    def some_lead(self) -> Lead:
        """A lead as somebody sees it: most look at it now, some at a page that they opened a while ago."""
        lead: Lead = self.rng.choice(self.seen)
        if lead.stage == Stage.CUSTOMER:  # there is little left to do
            lead = self.rng.choice(self.seen)
        return Lead.objects.get(pk=lead.pk) if self.rng.random() < 0.85 else lead

    def some_opportunity(self) -> Opportunity | None:
        found = list(Opportunity.objects.order_by("pk"))
        running = [opportunity for opportunity in found if opportunity.is_open]
        return self.rng.choice((running if self.rng.random() < 0.8 else found) or [None])

    def plan(self) -> Plan:
        """Who wants what with which lead: half of the time something that can be done, else anything at all."""
        lead, by = self.some_lead(), self.somebody()
        transition = self.rng.choice(list(Transition))
        if self.rng.random() < 0.5:
            possible = [
                step.transition
                for step in lifecycle.steps(lead=lead, user=by, now=self.now)
                if step.is_open and (step.transition not in BACKWARDS or self.rng.random() < 0.3)
            ]
            seldom = [one for one in possible if one in SELDOM]
            transition = self.rng.choice(seldom or possible or [transition])
        return Plan(lead, by, transition, self.some_reason(transition))

    def some_reason(self, transition: Transition) -> Reason | None:
        """Most of the time what the step asks for: a reason of its kind, or none."""
        fitting = [reason for reason in self.reasons if reason.kind.startswith(transition.value)]
        return self.rng.choice((fitting if self.rng.random() < 0.7 else [None, *self.reasons]) or [None])

    def confirmed(self) -> list[int]:
        definition = lifecycle.definition_in_force(Stage.MARKETING_QUALIFIED, now=self.now)
        assert definition is not None
        assert definition.criteria is not None
        ids = list(definition.criteria.criteria.values_list("pk", flat=True))
        return ids if self.rng.random() < 0.8 else ids[:1]

    # --- What must hold ---

    def note_refusal(self, door: str, sentence: str) -> None:
        assert SENTENCE.fullmatch(sentence), sentence
        self.refused[door] += 1

    def look_at_changes(self, *, in_use: set[Stage], door: str) -> None:
        """Each new record is a way of the diagram as it was when the step was taken."""
        for change in StageChange.objects.filter(pk__gt=self.checked).order_by("pk"):
            transition = Transition(change.transition)
            assert change.from_stage in may_start_from(transition, in_use), (change, transition, in_use)
            assert change.to_stage == ROUTES[transition].target
            assert change.to_stage in in_use
            self.taken[transition.value] += 1
            self.taken[door] += 1
            assert_the_lead_is_what_its_stage_says(Lead.objects.get(pk=change.lead_id))
            self.checked = change.pk


@pytest.fixture
def walk(now: datetime) -> Iterator[Walk]:
    team = factories.TeamFactory()
    staff = [
        factories.UserFactory(role="sales_rep", team=team),
        factories.UserFactory(role="sales_rep", team=team),
        factories.UserFactory(role="sales_manager", team=team),
        factories.UserFactory(role="marketing"),
        factories.UserFactory(role="revops"),
        factories.UserFactory(role="read_only"),
    ]
    clients = [Client() for _ in staff]
    for client, person in zip(clients, staff, strict=True):
        client.force_login(person)
    factories.define(
        Stage.PREQUALIFIED, {"kind": "field", "field": "contact.country", "operator": "is", "value": "DE"}
    )
    factories.define(
        Stage.MARKETING_QUALIFIED,
        {"kind": "field", "field": "contact.seniority", "operator": "is_set"},
        {"kind": "activity", "activity_types": "engagement", "at_least": 2},
    )
    for trait in (
        {},
        {"demo_request": True},
        {"conversation": True},
        {"appointment": True},
        {"attempt": True},
    ):
        factories.ActivityTypeFactory(**trait)
    for trait in ({}, {"disqualify": True}, {"reopen": True}, {"loss": True}):
        factories.ReasonFactory(**trait)
    factories.ReasonFactory(key="other", text="Other", needs_note=True)
    factories.QualificationQuestionFactory.create_batch(2)
    factories.NurtureProgrammeFactory()
    walk = Walk(
        rng=Random(SEED),
        now=now,
        staff=staff,
        team=team,
        source=factories.SourceFactory(),
        clients=clients,
        reasons=list(Reason.objects.order_by("pk")),
    )
    leads = [
        *factories.LeadFactory.create_batch(3, stage=Stage.SUSPECT, team=team),
        *factories.LeadFactory.create_batch(2, purchased=True, team=team),
        *factories.LeadFactory.create_batch(4, stage=Stage.IDENTIFIED, team=team),
        factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=staff[0]),
        factories.LeadFactory(stage=Stage.ANONYMOUS),
        factories.LeadFactory(anonymous=True),
        factories.LeadFactory(stage=Stage.IDENTIFIED, contact=factories.ContactFactory(country="PL")),
    ]
    # A person who comes a second time.
    leads.append(factories.LeadFactory(stage=Stage.DISQUALIFIED, contact=leads[0].contact, team=team))
    leads.append(factories.LeadFactory(stage=Stage.DISQUALIFIED, contact=leads[0].contact, team=team))
    walk.born_in = {lead.pk: lead.stage for lead in leads}
    walk.look_again()
    yield walk
    for client in clients:
        client.logout()


def test_two_thousand_random_steps_never_leave_the_diagram(walk: Walk) -> None:
    for _ in range(STEPS):
        walk.step()

    for pk, born_in in walk.born_in.items():
        lead = Lead.objects.get(pk=pk)
        changes = list(StageChange.objects.filter(lead=lead).order_by("pk"))
        assert_the_story_has_no_gap(lead, born_in, changes)
        assert_each_stage_was_reached_once(lead, born_in, changes)
        assert_the_lead_is_what_its_stage_says(lead)
    assert_the_walk_went_everywhere(walk)


def assert_the_story_has_no_gap(lead: Lead, born_in: str, changes: Sequence[StageChange]) -> None:
    assert [change.to_stage for change in changes[-1:]] == [lead.stage for _ in changes[-1:]]
    assert all(before.to_stage == after.from_stage for before, after in pairwise(changes))
    assert all(before.at <= after.at for before, after in pairwise(changes))
    assert (changes[0].from_stage if changes else lead.stage) == born_in
    assert not changes or lead.stage_entered_at == changes[-1].at


def assert_each_stage_was_reached_once(lead: Lead, born_in: str, changes: Sequence[StageChange]) -> None:
    milestones = list(Milestone.objects.filter(lead=lead))
    first_time = {change.to_stage: change.at for change in reversed(changes)}
    first_time.setdefault(born_in, lead.created_at)
    reached = {milestone.stage: milestone.at for milestone in milestones}
    assert len(reached) == len(milestones)
    assert set(reached) == set(first_time)
    assert all(reached[stage] == at for stage, at in first_time.items() if stage != born_in)


def assert_the_lead_is_what_its_stage_says(lead: Lead) -> None:
    opportunity = Opportunity.objects.filter(lead=lead).first()
    if lead.stage == Stage.SALES_QUALIFIED:
        assert opportunity is not None
    if lead.stage == Stage.CUSTOMER:
        assert opportunity is not None
        assert opportunity.stage == OpportunityStage.WON
    if opportunity is not None and opportunity.stage in OPEN_OPPORTUNITY_STAGES:
        assert lead.stage in SALES_STAGES
    if lead.stage in OPEN_STAGES and lead.contact_id:
        assert Lead.objects.open().filter(contact=lead.contact_id).count() == 1
    assert lead.contact_id or lead.stage in (Stage.ANONYMOUS, Stage.DISQUALIFIED)
    assert lead.nurture.filter(left_at=None).count() <= 1


def assert_the_walk_went_everywhere(walk: Walk) -> None:
    """Otherwise the walk would prove little."""
    assert {transition.value for transition in Transition} <= set(walk.taken)
    assert {"move", "say_the_word", "move_a_set", "click", "advance", "click_opportunity"} <= set(walk.taken)
    assert {"move", "say_the_word", "move_a_set", "click", "advance", "answer"} <= set(walk.refused)
    assert set(StageChange.objects.values_list("to_stage", flat=True)) >= set(EARLY_STAGES[1:]) | set(
        SALES_STAGES
    )
    assert walk.checked > 100
