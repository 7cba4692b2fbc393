"""Performs the story of the demo company through the doors that people, forms and lists use.

Nothing is written past the main job: lists go through the import, what visitors did through the intake, scores,
stages, owners and notices follow by themselves, and each decision is a verb of `leads.lifecycle` or
`leads.opportunities`, taken by the colleague who has the lead. Only the clock is the story's.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count

from demo import agreeing, review
from demo.cast import KEY_ACCOUNT_FROM, SOURCE_KIND, Person
from demo.company import KEY_ACCOUNTS, TEAMS, USERS, event_list, purchased_list, story
from demo.story import OUR_COUNTRY, Arrival, Decision, Event, Story
from handoff import notices, routing
from handoff.models import Assignment, Notice, RoutingRule
from imports import drafting, previewing, steering
from imports.models import ImportBatch, ImportKind
from intake import events as intake
from leadops.errors import LeadOpsError
from leadops.jobs import JobState
from leads import lifecycle, list_notice, opportunities, people
from leads.activities import NewActivity, record_many
from leads.criteria import create_set
from leads.enums import OpportunityStage, PassBackPoint, ReasonKind, Stage
from leads.models import (
    Account,
    Activity,
    ActivityType,
    Contact,
    Lead,
    Opportunity,
    QualificationQuestion,
    Reason,
    Source,
    Suppression,
    Team,
    TeamMember,
)
from scoring import rescoring
from terminology.blueprints import use_blueprint

BLUEPRINT: Final = "mal-to-sql"
# In a small demo each turning point is settled at its own minute, and the rest in the evening. A large one settles half
# an hour at a time, as a busy worker would; half an hour is also the least that a colleague waits before deciding.
EXACT_UP_TO: Final = 2_000  # leads
EVENING: Final = timedelta(days=1)
HALF_AN_HOUR: Final = timedelta(minutes=30)
UNREAD_FOR: Final = timedelta(days=2)  # what colleagues have not looked at yet when the demo begins
NOTICE_AFTER: Final = timedelta(days=9)  # a month is allowed for telling people where their details come from
_NOTICE: Final = "notice"


class DemoRefused(LeadOpsError):
    """The demo company can't be made here."""


class StoryBroken(Exception):
    """The story and the rules contradict each other: a defect of the demo, not a person's mistake."""


@dataclass(slots=True)
class Performed:
    """What the demo holds. `skipped` are decisions that the rules refused, with their sentence."""

    counts: dict[str, int]
    stages: dict[str, int]
    skipped: list[str] = field(default_factory=list)


def perform(*, leads: int, password: str, now: datetime) -> Performed:
    """Make the demo company with about `leads` leads, whose half year ends on the evening before `now`.

    All or nothing, and no e-mail leaves. Raises `DemoRefused` where people or colleagues of the same name are already.
    """
    _refuse_where_somebody_is()
    told = _with_fresh_leads(story(leads, today=now.astimezone(UTC).date()), now=now)
    # One transaction: a worker that runs beside sees nothing half done, and its clock does not mix with the story's.
    with _no_letters(), transaction.atomic():
        house = _House.open(told, password=password)
        performance = _Performance(house, told, is_exact=leads <= EXACT_UP_TO)
        performance.play()
        review.hold(users=house.users, now=now)
        agreeing.agree(users=house.users, now=now)
        _come_to_today(now=now)
        return Performed(_counts(), _stages(), performance.skipped)


def _refuse_where_somebody_is() -> None:
    if Lead.objects.exists() or Contact.objects.exists():
        raise DemoRefused(
            "There are people in this database already, and the demo would stand among them. "
            "Make it in an empty database."
        )
    taken = get_user_model().objects.filter(username__in=[colleague.username for colleague in USERS])
    if names := ", ".join(sorted(taken.values_list("username", flat=True))):
        raise DemoRefused(f"There are users of these names already: {names}. Rename or delete them first.")


# How long ago the newest leads raised their hands. Agreed response times run in hours: if the last lead were of
# yesterday evening, every queue would be late in the morning, as if nobody worked here.
FRESH: Final = tuple(timedelta(minutes=minutes) for minutes in (9, 35, 80, 130, 190, 260, 340, 430))


def _with_fresh_leads(told: Story, *, now: datetime) -> Story:
    """The story with the newest raised hands moved to the hours before `now`; two in five of them stay late."""
    waiting = {person.email for person in told.people if person.path == "handed_over"}
    raised = [
        event
        for event in told.events
        if event.email in waiting and event.type in ("demo_request", "contact_us")
    ]
    moments = {
        (event.email, event.at): now - ago
        for event, ago in zip(reversed(raised), FRESH[: len(waiting) * 3 // 5], strict=False)
    }
    events = [replace(event, at=moments.get((event.email, event.at), event.at)) for event in told.events]
    steps = [replace(step, at=moments.get((step.email, step.at), step.at)) for step in told.automatic]
    return replace(
        told,
        events=tuple(sorted(events, key=attrgetter("at"))),
        automatic=tuple(sorted(steps, key=attrgetter("at"))),
    )


@contextmanager
def _no_letters() -> Iterator[None]:
    """Half a year of notices would be hundreds of e-mails at once; none of them leaves."""
    before = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = before


def _come_to_today(*, now: datetime) -> None:
    """Bring scores to this day, deal what waits, and close the books of the mail room."""
    rescoring.rescore(Lead.objects.all(), now=now)
    rescoring.rescore_dirty(now=now)
    routing.route_waiting(now=now)
    while notices.deliver_next(now=now):
        pass


def _counts() -> dict[str, int]:
    return {
        "leads": Lead.objects.count(),
        "contacts": Contact.objects.count(),
        "accounts": Account.objects.count(),
        "activities": Activity.objects.count(),
        "opportunities": Opportunity.objects.count(),
        "assignments": Assignment.objects.count(),
        "notices": Notice.objects.count(),
        "imports": ImportBatch.objects.count(),
        "users": get_user_model().objects.count(),
    }


def _stages() -> dict[str, int]:
    found = dict(Lead.objects.values_list("stage").annotate(many=Count("pk")).order_by())
    return {stage.value: found.get(stage.value, 0) for stage in Stage}


# --- The house: who works here, and what was agreed -----------------------------------------------------


@dataclass(slots=True)
class _House:
    """The company before its first lead: vocabulary, colleagues, teams, routing, sources, and who has opted out."""

    users: dict[str, Any]
    sources: dict[str, Source]
    types: dict[str, ActivityType]
    reasons: dict[tuple[str, str], Reason]
    questions: dict[str, QualificationQuestion]

    @classmethod
    def open(cls, told: Story, *, password: str) -> "_House":
        at = told.begins_at
        users = _hire(password=password, at=at)
        use_blueprint(name=BLUEPRINT, by=users["rita"], now=at)
        _form_teams(users)
        _suppress(told, by=users["marco"])
        return cls(
            users=users,
            sources={
                name: Source.objects.create(name=name, kind=kind, created_at=at)
                for name, kind in SOURCE_KIND.items()
                # The imports make the sources of their lists themselves.
                if kind not in ("event", "purchased_list")
            },
            types={row.key: row for row in ActivityType.objects.all()},
            reasons={(row.kind, row.key): row for row in Reason.objects.all()},
            questions={row.key: row for row in QualificationQuestion.objects.all()},
        )


def _hire(*, password: str, at: datetime) -> dict[str, Any]:
    secret = make_password(password)  # once: it is slow on purpose
    groups = {group.name: group for group in Group.objects.all()}
    users = {}
    for colleague in USERS:
        user = get_user_model().objects.create(
            username=colleague.username,
            first_name=colleague.first_name,
            last_name=colleague.last_name,
            email=colleague.email,
            password=secret,
            is_staff=True,
            date_joined=at,
        )
        user.groups.add(*(groups[name] for name in (colleague.role, colleague.signs_for) if name))
        users[colleague.username] = user
    return users


def _form_teams(users: dict[str, Any]) -> None:
    """Two teams with their reps, and a manager of both who receives no leads. The second gets large firms."""
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in TEAMS}
    for colleague in USERS:
        if colleague.team:
            TeamMember.objects.create(team=teams[colleague.team], user=users[colleague.username])
    for team in teams.values():
        TeamMember.objects.create(team=team, user=users["annika"], receives_leads=False)
    large = {
        "match": "all",
        "conditions": [
            {"kind": "field", "field": "account.employees", "operator": "gte", "value": str(KEY_ACCOUNT_FROM)}
        ],
    }
    rule = RoutingRule(
        name="Large firms",
        position=1,  # asked before the blueprint's “Everything else”
        team=teams[KEY_ACCOUNTS],
        criteria=create_set(name="Routing: Large firms", content=large),
    )
    rule.full_clean()
    rule.save()


def _suppress(told: Story, *, by: Any) -> None:
    for person in told.opted_out:
        Suppression.objects.create(
            kind=Suppression.Kind.EMAIL,
            value=person.email,
            reason="Asked us not to write",
            created_at=told.begins_at,
            created_by=by,
        )


# --- The performance -------------------------------------------------------------------------------------

_PHONE: Final = frozenset({"call_attempt", "call_conversation", "first_appointment"})


class _Performance:
    """Plays the story from the first day to the last."""

    def __init__(self, house: _House, told: Story, *, is_exact: bool) -> None:
        self.house = house
        self.told = told
        self.skipped: list[str] = []
        self._people = {person.email: person for person in told.people}
        self._turning_points = {(step.email, step.at) for step in told.automatic} if is_exact else set()
        self._settles_each = EVENING if is_exact else HALF_AN_HOUR
        self._waiting: list[Event] = []  # happened, but not told to LeadOps yet
        self._lead_ids: dict[str, int] = {}
        self._introduced: set[str] = set()  # who has told the website everything about themselves
        self._has_read = False
        self._dated_up_to = 0  # history_id of the newest version of an opportunity that has its date
        self._today = datetime.combine(told.today, time(), UTC)

    def play(self) -> None:
        told = self.told
        acts: list[tuple[datetime, int, Any]] = [
            (told.purchased_list_at, 0, ImportKind.PURCHASED),
            (told.event_list_at, 0, ImportKind.EVENT),
            (told.purchased_list_at + NOTICE_AFTER, 0, _NOTICE),
            *((arrival.at, 1, arrival) for arrival in told.arrivals),
            # The scans are rows of the organiser's list; the import records them.
            *((event.at, 2, event) for event in told.events if event.type != "event_badge_scan"),
            *((decision.at, 3, decision) for decision in told.decisions),
        ]
        for at, _, act in sorted(acts, key=lambda entry: entry[:2]):
            self._let_time_pass(until=at)
            if isinstance(act, Event):
                self._waiting.append(act)
                if (act.email, act.at) in self._turning_points:
                    self._settle()
            elif isinstance(act, Arrival):
                self._welcome(act)
            elif isinstance(act, Decision):
                self._decide(act)
            elif act is _NOTICE:
                self._note_the_notice(at=at)
            else:
                self._load_list(act, at=at)
        self._settle()
        notices.catch_up(now=told.events[-1].at if told.events else told.begins_at)

    # -- Time

    def _let_time_pass(self, *, until: datetime) -> None:
        if self._waiting and self._period(self._waiting[-1].at) != self._period(until):
            last = self._waiting[-1].at
            self._settle()
            if last.date() != until.date():
                notices.catch_up(now=last)
        everybody_was_here = self._today - UNREAD_FOR
        if not self._has_read and until >= everybody_was_here:
            self._has_read = True
            for user in self.house.users.values():
                notices.mark_read(user=user, now=everybody_was_here)

    def _period(self, at: datetime) -> int:
        return int(at.timestamp() // self._settles_each.total_seconds())

    def _settle(self) -> None:
        """Tell LeadOps what has happened, and let it score, move and deal as its worker would."""
        events, self._waiting = self._waiting, []
        if not events:
            return
        now = events[-1].at
        # A person has one source, so sorting by it (which keeps the order of equals) tears nobody's steps apart.
        visits = sorted((event for event in events if event.type not in _PHONE), key=attrgetter("source"))
        for source, some in groupby(visits, key=attrgetter("source")):
            self._take_in(source, list(some), now=now)
        calls = [event for event in events if event.type in _PHONE]
        if calls:
            self._log(calls, now=now)
        self._look(now=now)

    def _look(self, *, now: datetime) -> None:
        if rescoring.rescore_dirty(now=now).qualified:
            routing.route_waiting(now=now)

    # -- What people do

    def _take_in(self, source: str, events: Sequence[Event], *, now: datetime) -> None:
        answers = intake.receive_events(
            events=[
                intake.Event(
                    type=event.type,
                    at=event.at,
                    person=self._as_sent(event.email) if event.email else {},
                    visitor_id=event.visitor,
                    subject=event.subject,
                    note=event.body,
                    key=event.key,
                )
                for event in events
            ],
            token_source=self._source(source),
            now=now,
            country=OUR_COUNTRY,
        )
        for event, answer in zip(events, answers, strict=True):
            if isinstance(answer, intake.EventRefused):
                raise StoryBroken(f"{event.email or event.visitor} on {event.at}: {answer}")

    def _as_sent(self, email: str) -> dict[str, str]:
        """What a form of the website sends: everything the first time, then the address that it remembers."""
        if email in self._introduced:
            return {"email": email}
        self._introduced.add(email)
        return _particulars(self._people[email])

    def _source(self, name: str) -> Source:
        """The source of that name; those of lists are there from their import on."""
        if name not in self.house.sources:
            self.house.sources[name] = Source.objects.get(name=name)
        return self.house.sources[name]

    def _log(self, calls: Sequence[Event], *, now: datetime) -> None:
        """What reps write down after a call. A name that nobody has is given to the rep first."""
        rows = []
        for call in calls:
            lead = self._lead(call.email)
            if lead.owner is None:
                self._give(lead, to=call.by, now=call.at)
            rows.append(
                NewActivity(
                    lead_id=lead.pk,
                    type_id=self.house.types[call.type].pk,
                    at=call.at,
                    subject=call.subject,
                    body=call.body,
                    by_id=lead.owner_id,
                    idempotency_key=call.key,
                )
            )
        record_many(activities=rows, now=now)

    def _welcome(self, arrival: Arrival) -> None:
        """A colleague types somebody in. A rep keeps them."""
        person = self._people[arrival.email]
        by = self.house.users[arrival.by]
        raw = {intake.PERSON_FIELDS[name]: text for name, text in _particulars(person).items()}
        received = people.receive(
            person=people.clean(raw, country=OUR_COUNTRY),
            source=self._source(arrival.source),
            by=by,
            now=arrival.at,
        )
        self._introduced.add(arrival.email)
        if received.lead is not None and arrival.by == person.rep:
            self._give(received.lead, to=arrival.by, now=arrival.at)
        self._look(now=arrival.at)

    def _give(self, lead: Lead, *, to: str, now: datetime) -> None:
        routing.assign(lead=lead, to=self.house.users[to], by=self.house.users["rita"], now=now)

    def _load_list(self, kind: str, *, at: datetime) -> None:
        """Upload, look ahead, confirm and load one of the two lists, as marketing does."""
        self._settle()
        leads = len(self.told.people) + len(self.told.visitors)
        if kind == ImportKind.PURCHASED:
            name, text = "ledgerline_manufacturing.csv", purchased_list(leads, today=self.told.today)
            # What no header list knows, marketing says by hand.
            corrected = {"SIC_DESC": "industry", "EMP_TOTAL": "employees"}
            batch = ImportBatch(
                kind=kind,
                source_name=_source_name("purchased_list"),
                vendor="Ledgerline Data",
                cost=Decimal(1450),
                currency="EUR",
                basis="Legitimate interest; the vendor's notice to the people of this spring",
                purchased_on=at.date(),
            )
        else:
            name, text = "plant_and_power_expo.csv", event_list(leads, today=self.told.today)
            corrected = {"Notes from the stand": "note"}
            batch = ImportBatch(
                kind=kind,
                source_name=_source_name("event"),
                vendor="Plant & Power Expo",
                cost=Decimal(8900),
                currency="EUR",
                basis="Consent when the badge was scanned",
            )
        batch.country, batch.dated_at = OUR_COUNTRY, at
        marco = self.house.users["marco"]
        drafting.take_in(file=BytesIO(text.encode()), name=name, batch=batch, by=marco, now=at)
        drafting.set_columns(batch=batch, mapping=batch.mapping | corrected)
        previewing.preview(batch=batch, now=at)
        steering.begin(batch=batch, now=at)
        batch.perform(now=at)
        if batch.state != JobState.DONE:
            raise StoryBroken(f"The list {name} was not loaded: {batch.error}")
        ImportBatch.objects.filter(pk=batch.pk).update(started_at=at, finished_at=at + timedelta(seconds=2))
        self._look(now=at)

    def _note_the_notice(self, *, at: datetime) -> None:
        """Marketing has told the people of the bought list where their details come from."""
        source = Source.objects.get(name=_source_name("purchased_list"))
        list_notice.give(source=source, on=at.date(), by=self.house.users["marco"], now=at)

    # -- What colleagues decide

    def _decide(self, decision: Decision) -> None:
        if any(event.email == decision.email for event in self._waiting):
            self._settle()
        lead = self._lead(decision.email)
        actor = self._actor(lead, decision)
        # In a large demo a lead may have got there some minutes after its story says.
        now = max(decision.at, lead.stage_entered_at)
        try:
            getattr(self, f"_{decision.verb}")(decision, lead=lead, by=actor, now=now)
        except LeadOpsError as refusal:
            self.skipped.append(f"{decision.at:%Y-%m-%d %H:%M} {decision.verb} {decision.email}: {refusal}")

    def _actor(self, lead: Lead, decision: Decision) -> Any:
        """Of a rep's decisions, whoever has the lead: the turns of the teams decide that, not the story."""
        planned = self.house.users[decision.by]
        is_rep = decision.by == self._people[decision.email].rep
        return lead.owner if is_rep and lead.owner is not None else planned

    def _lead(self, email: str) -> Lead:
        rows = Lead.objects.select_related("owner")
        if email in self._lead_ids:
            return rows.get(pk=self._lead_ids[email])
        lead: Lead = rows.get(contact__email_key=email)
        self._lead_ids[email] = lead.pk
        return lead

    def _reason(self, decision: Decision, *kinds: ReasonKind) -> Reason:
        for kind in kinds:
            if reason := self.house.reasons.get((kind, decision.reason)):
                return reason
        raise StoryBroken(f"The blueprint {BLUEPRINT} has no reason “{decision.reason}”.")

    def _accept(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        definition = lifecycle.definition_in_force(Stage.MARKETING_QUALIFIED, now=now)
        criteria = definition.criteria if definition else None
        confirmed = criteria.criteria.values_list("pk", flat=True) if criteria else []
        lifecycle.accept(lead=lead, by=by, now=now, confirmed=confirmed, note=decision.note)

    def _pass_back(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        lifecycle.pass_back(
            lead=lead,
            by=by,
            now=now,
            reason=self._reason(decision, ReasonKind.PASS_BACK),
            point=PassBackPoint(decision.point),
            note=decision.note,
        )

    def _disqualify(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        reason = self._reason(decision, ReasonKind.DISQUALIFY, ReasonKind.LOSS)
        lifecycle.disqualify(lead=lead, by=by, now=now, reason=reason, note=decision.note)

    def _reopen(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        reason = self._reason(decision, ReasonKind.REOPEN)
        lifecycle.reopen(lead=lead, by=by, now=now, reason=reason, note=decision.note)
        rescoring.mark_dirty(lead_ids=[lead.pk], now=now)
        self._look(now=now)

    def _qualify_sales(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        self._answer(decision, lead=lead, by=by, now=now)
        lifecycle.qualify_sales(lead=lead, by=by, now=now, note=decision.note)
        self._describe_opportunity(decision, lead=lead, by=by, now=now)

    def _fast_track(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        self._answer(decision, lead=lead, by=by, now=now)
        lifecycle.fast_track(lead=lead, by=by, now=now, note=decision.note)
        self._describe_opportunity(decision, lead=lead, by=by, now=now)

    def _answer(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        answers = {self.house.questions[key]: text for key, text in decision.answers.items()}
        lifecycle.answer(lead=lead, answers=answers, by=by, now=now)

    def _describe_opportunity(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        opportunity = Opportunity.objects.get(lead=lead)
        wanted = {name: value for name, value in decision.opportunity.items() if name != "stage"}
        for name, value in wanted.items():
            setattr(opportunity, name, value)
        opportunity.full_clean()
        opportunity.save(update_fields=list(wanted))
        self._date_history(by=by, now=now)

    def _advance(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        self._move_opportunity(decision, decision.opportunity["stage"], lead=lead, by=by, now=now)

    def _win(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        self._move_opportunity(decision, OpportunityStage.WON, lead=lead, by=by, now=now)

    def _lose(self, decision: Decision, *, lead: Lead, by: Any, now: datetime) -> None:
        self._move_opportunity(decision, OpportunityStage.LOST, lead=lead, by=by, now=now)

    def _move_opportunity(
        self, decision: Decision, stage: str, *, lead: Lead, by: Any, now: datetime
    ) -> None:
        opportunity = Opportunity.objects.get(lead=lead)
        opportunities.advance(
            opportunity=opportunity,
            stage=OpportunityStage(stage),
            by=by,
            now=now,
            signed_by=decision.opportunity.get("signed_by", ""),
            signed_authority=decision.opportunity.get("signed_authority", ""),
            loss_reason=self._reason(decision, ReasonKind.LOSS) if decision.reason else None,
            note=decision.note,
        )
        self._date_history(by=by, now=now)

    def _date_history(self, *, by: Any, now: datetime) -> None:
        """Date the versions just written of an opportunity by the story; its history knows only the wall clock."""
        written = Opportunity.history.filter(history_id__gt=self._dated_up_to)
        self._dated_up_to = max(written.values_list("history_id", flat=True), default=self._dated_up_to)
        written.update(history_date=now, history_user=by)


def _particulars(person: Person) -> dict[str, str]:
    """What a person writes into a long form."""
    account = person.account
    return {
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "title": person.title,
        "company": account.name,
        "website": account.website,
        "industry": account.industry,
        "employees": str(account.employees),
        "country": account.country,
        "city": account.city,
    }


def _source_name(kind: str) -> str:
    return next(name for name, known in SOURCE_KIND.items() if known == kind)
