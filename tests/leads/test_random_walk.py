"""Ten thousand random steps through all doors: nobody leaves the diagram, and the records tell the whole story.

Four walks of a quarter each, so that they can be taken side by side. The doors: the step page, the action over a
list, an opportunity's page, `move`, `move_many` and the verbs as the shell has them, a list that is imported, the event
API, and the rescoring that a worker does. Meanwhile definitions change, and stages are switched on and off while leads
are in them.
"""

import json
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
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intake import tokens
from intake.models import ApiToken
from leadops.errors import LeadOpsError
from leads import activities, lifecycle, opportunities, people, switching
from leads.criteria import create_set
from leads.definitions import bring_into_force
from leads.enums import (
    EARLY_STAGES,
    NOT_COUNTED_STAGES,
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
from scoring import rescoring
from tests import factories
from tests.imports.lists import csv_file, loaded

pytestmark = pytest.mark.django_db

STEPS: Final = 10_000
SEEDS: Final = (20260312, 19641103, 8128, 65537)  # one for each walk
BACKWARDS: Final = (Transition.DISQUALIFY, Transition.PASS_BACK)  # possible everywhere: taken less often
SELDOM: Final = (
    Transition.ACCEPT,
    Transition.PASS_BACK,
    Transition.QUALIFY_SALES,
)  # possible late: taken first
SALES: Final = 3  # the first so many of the staff are in sales
SENTENCE = re.compile(r"[A-Z“].*\.", re.DOTALL)
KNOWN: Final = 60  # how many people there are in this world; lists and events know the same ones
DOORS: Final = {
    "move": 20,
    "say_the_word": 18,
    "move_a_set": 6,
    "click": 4,
    "click_for_many": 2,
    "advance": 8,
    "click_opportunity": 4,
    "rescore": 3,
    "send_an_event": 5,
    "import_a_list": 0.4,
    "do_something": 16,
    "answer": 9,
    "switch_a_stage": 6,
    "agree_anew": 0.5,
    "look_again": 3,
    "arrive": 1,
}

# What "marketing qualified" means changes during the walk.
MEANINGS: Final[list[dict[str, Any]]] = [
    {
        "match": "all",
        "conditions": [
            {"kind": "field", "field": "contact.seniority", "operator": "is_set"},
            {"kind": "activity", "activity_types": "engagement", "at_least": 2},
        ],
    },
    {
        "match": "any",
        "conditions": [
            {"kind": "activity", "activity_types": "hand_raiser", "at_least": 1},
            {"kind": "activity", "activity_types": "engagement", "count": "distinct", "at_least": 3},
        ],
    },
    {
        "match": "all",
        "conditions": [
            {"kind": "field", "field": "contact.country", "operator": "is", "value": "DE"},
            {"kind": "activity", "activity_types": "engagement", "at_least": 1, "within_days": 30},
        ],
    },
]


def is_a_way(transition: Transition, from_stage: str, to_stage: str, in_use: set[Stage]) -> bool:
    """Whether the diagram has this way while only `in_use` are used: said once more, in other words than the code's."""
    if transition == Transition.RESTAGE:
        before = [stage for stage in STAGE_ORDER[: STAGE_ORDER.index(Stage(from_stage))] if stage in in_use]
        return from_stage not in in_use and to_stage == before[-1] and from_stage != Stage.ANONYMOUS
    return (
        to_stage == ROUTES[transition].target
        and to_stage in in_use
        and from_stage in may_start_from(transition, in_use)
    )


def may_start_from(transition: Transition, in_use: set[Stage]) -> set[Stage]:
    """Where a step may start; one that starts from a stage that is off starts from the one before it too."""
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
    token: str
    api: Client = field(default_factory=Client)
    born_in: dict[int, str] = field(default_factory=dict)
    seen: list[Lead] = field(default_factory=list)  # as open pages show them, some of them stale
    checked: int = 0  # the newest change that was looked at
    reached: dict[tuple[int, str], datetime] = field(default_factory=dict)  # milestones seen so far
    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def step(self) -> None:
        self.now += timedelta(minutes=self.rng.randint(1, 600))
        before = set(lifecycle.stages_in_use())
        (name,) = self.rng.choices(list(DOORS), weights=list(DOORS.values()))
        door: Callable[[], Any] = getattr(self, name)
        # What a page calls the present moment.
        with mock.patch.object(timezone, "now", return_value=self.now):
            try:
                door()
            except LeadOpsError as refusal:
                self.note_refusal(name, str(refusal))
        if name == "switch_a_stage":  # here leads move after the change, not before
            before = set(lifecycle.stages_in_use())
        self.look_at_changes(in_use=before, door=name)

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

    def click_for_many(self) -> None:
        """The action over the list, with a few leads ticked."""
        transition = self.rng.choice([*lifecycle.AUTOMATIC, *Transition])
        reason = self.some_reason(transition)
        chosen = self.rng.sample(sorted(self.born_in), 2 if transition in BACKWARDS else 8)
        typed = {
            "action": "take_step",
            "_selected_action": chosen,
            "step": transition.value,
            "reason": reason.pk if reason else "",
            "point": self.rng.choice(["on_sight", "after_call"]),
            "note": self.rng.choice(["", "All of them."]),
        }
        self.post(reverse("admin:leads_lead_changelist"), typed, by=self.rng.choice(self.staff[:-1]))

    def rescore(self) -> None:
        """As a worker does it: what is ready for a step without a person takes it."""
        some = self.rng.sample(sorted(self.born_in), self.rng.randint(1, len(self.born_in)))
        rescoring.rescore(some, now=self.now)

    def send_an_event(self) -> None:
        """The web site tells what somebody did: a known person, a new one, or a visitor who perhaps says who it is."""
        body: dict[str, Any] = {
            "type": self.rng.choice(["content_download", "demo_request"]),
            "subject": "Guide to peak loads",
        }
        if self.rng.random() < 0.5:
            body["visitor_id"] = f"visitor-{self.rng.randint(1, KNOWN)}"
        if "visitor_id" not in body or self.rng.random() < 0.3:
            body["person"] = {"email": self.somebodys_address(), "title": "Buyer"}
        if self.rng.random() < 0.1:
            body["person"] = {"email": "nobody"}
        answer = self.api.post(
            "/api/v1/events",
            data=json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code in (200, 201, 202, 422), answer.content
        if answer.status_code == 422:
            self.refused["send_an_event"] += 1

    def import_a_list(self) -> None:
        """A list of the people of this world, some of whom are leads already; bought ones land as suspects."""
        rows = [
            ["Bo", f"Lind{number}", self.somebodys_address(), "", "Buyer", "Fjord AS"]
            for number in range(self.rng.randint(1, 4))
        ]
        kind = self.rng.choice(["purchased", "event", "partner", "crm"])
        batch = loaded(
            csv_file(rows), now=self.now, kind=kind, source_name=f"List {self.now:%Y-%m-%d %H:%M} {kind}"
        )
        self.taken["import_a_list"] += batch.created

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
        assert "/login/" not in answer.headers.get("Location", "")
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
        """On or off; what is switched off is emptied, or its leads find their own way out."""
        stage = self.rng.choice(SWITCHABLE_STAGES)
        StageSetting.objects.update_or_create(
            stage=stage, defaults={"in_use": self.rng.random() < 0.7, "colour": STAGE_COLOURS[stage]}
        )
        if self.rng.random() < 0.3:
            switching.move_out_of_all(by=self.rng.choice([None, self.staff[-2]]), now=self.now)
        elif self.rng.random() < 0.7:
            plan = switching.plan_for_switched_off(stage)
            stayed = switching.move_out_of(stage, by=None, now=self.now).refused
            assert plan.leads == 0 or (plan.target is None) == bool(stayed)

    def agree_anew(self) -> None:
        """The definition in force is another one from now on."""
        stage = self.rng.choice([Stage.MARKETING_QUALIFIED, Stage.PREQUALIFIED])
        bring_into_force(
            stage=stage,
            text="As agreed anew.",
            owner_team="marketing",
            criteria=create_set(name="Agreed anew", content=self.rng.choice(MEANINGS)),
            by=self.staff[-2],
            now=self.now,
        )

    def arrive(self) -> None:
        """Somebody new, so that the walk does not end with everybody a customer."""
        person = people.clean(
            {
                "email": self.somebodys_address(),
                "title": "Buyer",
                "country": self.rng.choice(["DE", "PL"]),
            },
            country="DE",
        )
        stage = self.rng.choice([Stage.SUSPECT, Stage.IDENTIFIED])
        received = people.receive(person=person, source=self.source, by=None, now=self.now, stage=stage)
        assert received.lead is not None

    def somebodys_address(self) -> str:
        return f"bo.lind-{self.rng.randint(1, KNOWN)}@fjord.example"

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
        if self.rng.random() < 0.4:
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

    def note_newcomers(self) -> None:
        """Leads that were born since, and visitors who turned out to be a known person."""
        present = dict(Lead.objects.order_by("pk").values_list("pk", "stage"))
        for pk in set(self.born_in) - set(present):
            assert self.born_in.pop(pk) == Stage.ANONYMOUS
            self.seen = [lead for lead in self.seen if lead.pk != pk]
            self.reached = {key: at for key, at in self.reached.items() if key[0] != pk}
        for pk in sorted(set(present) - set(self.born_in)):
            first = StageChange.objects.filter(lead=pk).order_by("pk").first()
            self.born_in[pk] = first.from_stage if first else present[pk]
            assert self.born_in[pk] in (*NOT_COUNTED_STAGES, Stage.IDENTIFIED)
            Lead.objects.filter(pk=pk).update(team=self.team)
            self.seen.append(Lead.objects.get(pk=pk))

    def note_refusal(self, door: str, sentence: str) -> None:
        assert SENTENCE.fullmatch(sentence), sentence
        self.refused[door] += 1

    def look_at_changes(self, *, in_use: set[Stage], door: str) -> None:
        """Each new record is a way of the diagram as it was when the step was taken, and nothing is unwritten."""
        if door in ("send_an_event", "import_a_list", "arrive"):
            self.note_newcomers()
        changes = list(StageChange.objects.filter(pk__gt=self.checked).order_by("pk"))
        for change in changes:
            transition = Transition(change.transition)
            assert is_a_way(transition, change.from_stage, change.to_stage, in_use), (
                change,
                transition,
                in_use,
            )
            self.taken[transition.value] += 1
            self.taken[door] += 1
            self.checked = change.pk
        if not changes:
            return
        last = {change.lead_id: change for change in changes}
        for lead in Lead.objects.filter(pk__in=last).select_related("opportunity"):
            assert (lead.stage, lead.stage_entered_at) == (last[lead.pk].to_stage, last[lead.pk].at)
            assert_the_lead_is_what_its_stage_says(lead)
        now_reached = {
            (lead_id, stage): at
            for lead_id, stage, at in Milestone.objects.filter(lead__in=last).values_list(
                "lead", "stage", "at"
            )
        }
        assert {key: at for key, at in self.reached.items() if key[0] in last}.items() <= now_reached.items()
        self.reached |= now_reached


@pytest.fixture(params=SEEDS)
def walk(request: pytest.FixtureRequest, now: datetime, settings: Any) -> Iterator[Walk]:
    if connection.vendor == "postgresql" and request.param != SEEDS[0]:
        pytest.skip("One walk of the four is walked on PostgreSQL too: its steps are the same there.")
    settings.SESSION_COOKIE_AGE = 10 * 365 * 24 * 3600  # the walk takes years, and nobody logs in again
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
    with mock.patch.object(timezone, "now", return_value=now):
        for client, person in zip(clients, staff, strict=True):
            client.force_login(person)
    factories.define(
        Stage.PREQUALIFIED, {"kind": "field", "field": "contact.country", "operator": "is", "value": "DE"}
    )
    factories.define(Stage.MARKETING_QUALIFIED, *MEANINGS[0]["conditions"])
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
    token = ApiToken(name="Web site", source=factories.SourceFactory(kind="website"), country="DE")
    walk = Walk(
        rng=Random(request.param),
        token=tokens.issue(token=token, by=None, now=now),
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


def test_ten_thousand_random_steps_never_leave_the_diagram(walk: Walk) -> None:
    for _ in range(STEPS // len(SEEDS)):
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
    """Leaving a stage that was switched off gives no milestone; a visitor who became known brings that of a visitor."""
    milestones = list(Milestone.objects.filter(lead=lead))
    steps = [change for change in changes if change.transition != Transition.RESTAGE]
    first_time = {change.to_stage: change.at for change in reversed(steps)}
    first_time.setdefault(born_in, lead.created_at)
    reached = {milestone.stage: milestone.at for milestone in milestones}
    assert len(reached) == len(milestones)
    assert set(reached) - {Stage.ANONYMOUS} == set(first_time) - {Stage.ANONYMOUS}
    assert all(reached[stage] == at for stage, at in first_time.items() if stage != born_in)


def assert_the_lead_is_what_its_stage_says(lead: Lead) -> None:
    opportunity = getattr(lead, "opportunity", None)
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
    quiet = {"do_something", "answer", "agree_anew", "look_again", "arrive", "send_an_event"}
    assert set(DOORS) - quiet <= set(walk.taken)
    assert {"move", "say_the_word", "move_a_set", "click", "advance", "answer"} <= set(walk.refused)
    assert {Stage.SUSPECT, Stage.IDENTIFIED, Stage.ANONYMOUS} <= set(walk.born_in.values())
    assert set(StageChange.objects.values_list("to_stage", flat=True)) >= set(EARLY_STAGES[1:]) | set(
        SALES_STAGES
    )
    left = StageChange.objects.filter(transition=Transition.RESTAGE).values_list("from_stage", "to_stage")
    assert {Stage.PREQUALIFIED, Stage.SALES_ACCEPTED, Stage.SALES_QUALIFIED} <= {stage for stage, _ in left}
    assert len({change.definition_id for change in StageChange.objects.all()}) > 3
    assert walk.checked > 200
