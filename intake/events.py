"""What other systems tell us: a person or a visitor did something. Makes what is missing, and records the activity.

One event or a thousand go the same way: what becomes of an event does not depend on the others of its call. Who the
person is, is settled by `leads.people`; that the lead is scored again and moves on by itself follows from recording.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from intake.models import Outcome, Visitor
from intake.strict_json import pointer
from leadops.errors import LeadOpsError
from leads import lifecycle, people
from leads.activities import CLOCK_SKEW, NewActivity, record_many
from leads.enums import Stage
from leads.models import Activity, ActivityType, Lead, Milestone, Source
from leads.normalise import clean_text
from leads.people import Person, PersonRefused
from leads.signals import leads_created

MAX_SUBJECT_LENGTH: Final = 200
# What an event calls a field of a person, and what the door for people calls it.
PERSON_FIELDS: Final = {
    "email": "email",
    "name": "full_name",
    "first_name": "first_name",
    "last_name": "last_name",
    "phone": "phone",
    "title": "title",
    "company": "company",
    "website": "website",
    "industry": "industry",
    "employees": "employees",
    "country": "country",
    "city": "city",
    "linkedin_url": "linkedin_url",
    "opted_out": "opted_out",
}
_FIELD_NAMES: Final = {canonical: name for name, canonical in PERSON_FIELDS.items()}
_LINE_BREAK: Final = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


class EventRefused(LeadOpsError):
    """The event can't be recorded as it is; `pointer` (RFC 6901) names the place in it."""

    def __init__(self, sentence: str, *, pointer: str = "") -> None:
        super().__init__(sentence)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person or a visitor did.

    `type` is the key of an activity type. `person` holds texts under the names of `PERSON_FIELDS`; with `visitor_id`
    beside it, the visitor is from then on this person. `at` is aware; None stands for now. An event with the `key` of
    an earlier one is not recorded again.
    """

    type: str
    at: datetime | None = None
    person: Mapping[str, str] = field(default_factory=dict)
    visitor_id: str = ""
    subject: str = ""
    note: str = ""
    url: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one event: the activity and its lead, and whether that lead is new. Both None unless recorded."""

    outcome: Outcome
    activity: Activity | None = None
    lead: Lead | None = None
    created: bool = False
    why: str = ""


def receive_event(
    *,
    event: Event,
    token_source: Source,
    now: datetime,
    by: User | None = None,
    country: str = "",
) -> Recorded:
    """Record one event; see `receive_events`. Raises `EventRefused`."""
    (answer,) = receive_events(events=[event], token_source=token_source, now=now, by=by, country=country)
    if isinstance(answer, EventRefused):
        raise answer
    return answer


def receive_events(
    *,
    events: Sequence[Event],
    token_source: Source,
    now: datetime,
    by: User | None = None,
    country: str = "",
) -> list[Recorded | EventRefused]:
    """Record events in the order given, in one transaction; those that can't be are refused one by one.

    New people become suspects with `token_source`, unknown visitors anonymous leads; known ones keep their lead, which
    is the open one, else the latest. `country` (ISO 3166) is that of telephone numbers without a prefix. Raises
    IntegrityError or Lead.DoesNotExist where two calls meet the same visitor for the first time at once (the caller
    repeats).
    """
    with transaction.atomic():
        return _Intake(
            source=token_source,
            country=country or settings.LEADOPS["DEFAULT_COUNTRY"],
            now=now,
            by=by,
            answers=[None] * len(events),
        ).take(events)


# --- One call ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Arrival:
    """An event that may be recorded, and whose it is: a person, or else a lead."""

    place: int
    event: Event
    type: ActivityType
    at: datetime
    person: Person | None = None
    lead: Lead | None = None
    is_new: bool = False  # whether the lead came to be by this event


@dataclass(slots=True)
class _Intake:
    """The events of one call on their way in.

    They are taken in runs, a few statements each. A run ends where a visitor of whom something is recorded already says
    who it is: what came before must be in the database, since it then moves to the person.
    """

    source: Source
    country: str
    now: datetime
    by: User | None
    answers: list[Recorded | EventRefused | None]
    run: list[_Arrival] = field(default_factory=list)
    # Who sits in front of which browser: a person, a lead without one, or None for somebody who wants no contact.
    visitors: dict[str, Person | Lead | None] = field(default_factory=dict)
    saved: dict[str, int | None] = field(default_factory=dict)  # the lead that the visitor's row names
    unnamed: list[str] = field(default_factory=list)  # visitors whom the run meets for the first time
    born: set[int] = field(default_factory=set)  # leads that came to be by this call
    uses_anonymous: bool | None = None

    def take(self, events: Sequence[Event]) -> list[Recorded | EventRefused]:
        types = {
            kind.key: kind
            for kind in ActivityType.objects.filter(key__in={event.type for event in events}, is_active=True)
        }
        self._look_up_visitors({event.visitor_id for event in events if event.visitor_id})
        for place, event in enumerate(events):
            try:
                self._add(self._checked(place, event, types))
            except EventRefused as refusal:
                self.answers[place] = refusal
        self._finish_run()
        return [answer for answer in self.answers if answer is not None]

    # -- Is it an event

    def _checked(self, place: int, event: Event, types: Mapping[str, ActivityType]) -> _Arrival:
        kind = types.get(event.type)
        if kind is None:
            raise EventRefused(
                f"There is no activity type “{clean_text(event.type)}” in use. Known types: {_known_types()}.",
                pointer="/type",
            )
        at = event.at or self.now
        if at > self.now + CLOCK_SKEW:
            raise EventRefused("An event can't lie in the future. Correct its date and time.", pointer="/at")
        if not event.person and not event.visitor_id:
            raise EventRefused("The event does not say who did it. Send a person, a visitor_id or both.")
        return _Arrival(place, event, kind, at, person=self._person(event) if event.person else None)

    def _person(self, event: Event) -> Person:
        raw = {PERSON_FIELDS[name]: text for name, text in event.person.items()}
        try:
            person = people.clean(raw, country=self.country)
        except PersonRefused as refusal:
            name, sentence = refusal.problems[0]
            raise EventRefused(sentence, pointer=pointer("person", _FIELD_NAMES[name])) from refusal
        for name, sentence in person.flaws:  # a sender can correct what a list can only lose
            raise EventRefused(sentence, pointer=pointer("person", _FIELD_NAMES[name]))
        if not person.email and not person.phone:
            raise EventRefused(
                "The person has neither an e-mail address nor a telephone number. Send one of them.",
                pointer="/person",
            )
        return person

    # -- Whose is it

    def _look_up_visitors(self, ids: set[str]) -> None:
        if not ids:
            return
        # Held first and in one order: while a visitor is being recognised, nobody adds to the lead that may go.
        rows = Visitor.objects.select_for_update(of=("self",), no_key=True).filter(visitor_id__in=ids)
        for visitor in rows.select_related("lead__contact").order_by("visitor_id"):
            self.visitors[visitor.visitor_id] = _known_as(visitor.lead)
            self.saved[visitor.visitor_id] = visitor.lead_id

    def _add(self, arrival: _Arrival) -> None:
        """Put the event into the run, or answer it at once where nothing of it is kept."""
        visitor_id = arrival.event.visitor_id
        if arrival.person is None:
            self._add_visit(arrival, visitor_id)
            return
        if visitor_id in self.unnamed:
            self._finish_run()
        known = self.visitors.get(visitor_id)
        if (
            isinstance(known, Lead)
            and known.contact_id is None
            and known.is_open
            and not arrival.person.opted_out
        ):
            self._finish_run()
            self._introduce(arrival, visitor=known, person=arrival.person)
            return
        if visitor_id:
            self.visitors[visitor_id] = arrival.person
        self.run.append(arrival)

    def _add_visit(self, arrival: _Arrival, visitor_id: str) -> None:
        """An event that only says which browser it was."""
        if visitor_id in self.visitors:
            known = self.visitors[visitor_id]
            if known is None:
                self.answers[arrival.place] = Recorded(Outcome.SUPPRESSED)
                return
            if isinstance(known, Person):
                arrival.person = known
            else:
                arrival.lead = known
        elif visitor_id not in self.unnamed:
            if not self._records_anonymous():
                self.answers[arrival.place] = Recorded(Outcome.IGNORED)
                return
            self.unnamed.append(visitor_id)
        self.run.append(arrival)

    def _introduce(self, arrival: _Arrival, *, visitor: Lead, person: Person) -> None:
        """Somebody of whom we only knew the browser says who it is: what they did becomes the person's."""
        visitor_id = arrival.event.visitor_id
        (foreseen,) = people.Foresight(source=self.source).of([person], now=self.now)
        if foreseen.outcome is people.Outcome.SUPPRESSED:
            self.visitors[visitor_id] = None
            self._save_visitors({visitor_id: None})
            self.answers[arrival.place] = Recorded(Outcome.SUPPRESSED)
            return
        arrival.lead = people.recognise_visitor(lead=visitor, person=person, by=self.by, now=self.now).lead
        assert arrival.lead is not None  # only a suppressed person has none
        if arrival.lead.pk != visitor.pk:
            del self.saved[visitor_id]  # the visitor's row went with the visitor's lead
        self._save_visitors({visitor_id: arrival.lead.pk})
        self.visitors[visitor_id] = person
        arrival.person = None
        self.run.append(arrival)

    def _records_anonymous(self) -> bool:
        if self.uses_anonymous is None:
            self.uses_anonymous = Stage.ANONYMOUS in lifecycle.stages_in_use()
        return self.uses_anonymous

    # -- What is written

    def _finish_run(self) -> None:
        run, self.run = self.run, []
        if not run:
            return
        self._settle_people([arrival for arrival in run if arrival.person is not None])
        self._settle_unnamed(run)
        written = self._record([arrival for arrival in run if arrival.lead is not None])
        for arrival in run:
            self.answers[arrival.place] = written.get(arrival.place, Recorded(Outcome.SUPPRESSED))

    def _settle_people(self, arrivals: Sequence[_Arrival]) -> None:
        """Give the people's events their leads; a suppressed person's stay without."""
        if not arrivals:
            return
        received = people.receive_many(
            people=[arrival.person for arrival in arrivals if arrival.person],
            source=self.source,
            by=self.by,
            now=self.now,
        )
        introduced: dict[str, int | None] = {}
        for arrival, one in zip(arrivals, received, strict=True):
            if one.outcome is not people.Outcome.SUPPRESSED:
                assert one.lead is not None  # only a suppressed person has none
                arrival.lead = one.lead
                arrival.is_new = one.lead.created_at == self.now and one.lead.pk not in self.born
                self.born.add(one.lead.pk)
            visitor_id = arrival.event.visitor_id
            if visitor_id and arrival.event.person:
                introduced[visitor_id] = arrival.lead.pk if arrival.lead else None
                if arrival.lead is None and self.visitors[visitor_id] is arrival.person:
                    self.visitors[visitor_id] = None
        self._save_visitors(introduced)

    def _settle_unnamed(self, run: Sequence[_Arrival]) -> None:
        """Give the visitors whom nobody knows an anonymous lead each."""
        if not self.unnamed:
            return
        leads = Lead.objects.bulk_create(
            Lead(
                source=self.source,
                stage=Stage.ANONYMOUS.value,
                created_at=self.now,
                updated_at=self.now,
                stage_entered_at=self.now,
            )
            for _ in self.unnamed
        )
        Milestone.objects.bulk_create(
            Milestone(lead=lead, stage=Stage.ANONYMOUS, at=self.now) for lead in leads
        )
        leads_created.send(sender=Lead, lead_ids=[lead.pk for lead in leads])
        fresh = dict(zip(self.unnamed, leads, strict=True))
        self._save_visitors({visitor_id: lead.pk for visitor_id, lead in fresh.items()})
        self.visitors |= fresh
        self.unnamed.clear()
        for arrival in run:
            if arrival.lead is None and arrival.person is None:
                arrival.lead = fresh[arrival.event.visitor_id]
                arrival.is_new = arrival.lead.pk not in self.born
                self.born.add(arrival.lead.pk)

    def _save_visitors(self, leads: Mapping[str, int | None]) -> None:
        """Write which lead each visitor belongs to. A row that another call writes meanwhile is an IntegrityError."""
        Visitor.objects.bulk_create(
            Visitor(visitor_id=visitor_id, lead_id=leads[visitor_id], created_at=self.now)
            for visitor_id in sorted(leads)
            if visitor_id not in self.saved
        )
        for visitor_id, lead_id in leads.items():
            if visitor_id in self.saved and self.saved[visitor_id] != lead_id:
                Visitor.objects.filter(visitor_id=visitor_id).update(lead=lead_id)
        self.saved |= leads

    def _record(self, arrivals: Sequence[_Arrival]) -> dict[int, Recorded]:
        """Write the activities, and say for each event what became of it."""
        written: dict[int, Activity] = {}
        # Apart, because only those with a key may turn out to be there already.
        for has_key in (True, False):
            some = [arrival for arrival in arrivals if bool(arrival.event.key) is has_key]
            if not some:
                continue
            activities = record_many(activities=[self._activity(arrival) for arrival in some], now=self.now)
            written |= {arrival.place: activity for arrival, activity in zip(some, activities, strict=True)}
        answers = {}
        met: set[int] = set()
        for arrival in arrivals:
            activity = written[arrival.place]
            assert arrival.lead is not None
            if activity.recorded_at == self.now and activity.pk not in met:
                answers[arrival.place] = Recorded(Outcome.RECORDED, activity, arrival.lead, arrival.is_new)
            else:
                answers[arrival.place] = Recorded(Outcome.REPEATED, activity, activity.lead)
            met.add(activity.pk)
        return answers

    def _activity(self, arrival: _Arrival) -> NewActivity:
        event = arrival.event
        assert arrival.lead is not None
        details = _normal(dict(event.details))
        return NewActivity(
            lead_id=arrival.lead.pk,
            type_id=arrival.type.pk,
            at=arrival.at,
            subject=clean_text(event.subject)[:MAX_SUBJECT_LENGTH],
            body=_prose(event.note),
            source_id=self.source.pk,
            by_id=self.by.pk if self.by else None,
            idempotency_key=event.key or None,
            details={**details, "url": event.url} if event.url else details,
        )


def _known_types() -> str:
    keys = ActivityType.objects.filter(is_active=True).order_by("key").values_list("key", flat=True)
    return ", ".join(keys) or "none yet"


def _known_as(lead: Lead | None) -> Person | Lead | None:
    """How to find again whoever the lead is of: as a person where there is something to find a person by."""
    contact = lead.contact if lead else None
    if contact is None:
        return lead
    if contact.email_key:
        return Person(email=contact.email_key, email_kind=contact.email_kind)
    if contact.phone:
        return Person(phone=contact.phone, first_name=contact.first_name, last_name=contact.last_name)
    return lead


def _prose(text: str) -> str:
    """The text in NFC without invisible characters; line breaks stay."""
    return "\n".join(clean_text(line) for line in _LINE_BREAK.split(text)).strip()


def _normal(value: Any) -> Any:
    """The same JSON with every text in NFC."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case dict():
            return {unicodedata.normalize("NFC", name): _normal(member) for name, member in value.items()}
        case list():
            return [_normal(member) for member in value]
        case _:
            return value
