"""What happens to the cast: half a year of visits, mails, calls and decisions that ends on the evening before `today`.

Time is counted in working days (`tau`): 41.5 is the middle of the 42nd one. Each person's own office hours make a
moment of it, so whatever is later in `tau` is later on the clock, and nothing happens at night or on a Sunday.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Final

from demo.cast import EVENT, PARTNER, PROSPECTING, PURCHASED, SEED, SOURCES, WEBSITE, Person, Visitor, cast
from demo.places import BY_CODE
from demo.texts import PersonVoice, Voice, Words

WORKING_DAYS: Final = 128  # a little less than six months
OUR_COUNTRY: Final = "NL"
MARKETING: Final = "yuki"  # who sorts what comes in
SALES_MANAGER: Final = "annika"


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person (or a browser) did, or a rep did with them. One of `email` and `visitor` is set, or both."""

    at: datetime
    type: str
    subject: str
    body: str = ""
    email: str = ""
    visitor: str = ""
    by: str = ""
    source: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person whom a colleague types in by hand: a referral, a partner's tip, a name from research."""

    at: datetime
    email: str
    source: str
    by: str


@dataclass(frozen=True, slots=True)
class Automatic:
    """A step that the rules take by themselves. The story only expects it; nobody performs it."""

    at: datetime
    transition: str
    email: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a colleague decides about the lead of `email`.

    `verb` is a transition of DESIGN section 1; or `advance`, which moves the opportunity alone; or `lose`, which
    loses it and so ends the lead.
    """

    at: datetime
    verb: str
    email: str
    by: str
    reason: str = ""
    note: str = ""
    point: str = ""  # of a pass-back: on_sight or after_call
    answers: dict[str, str] = field(default_factory=dict)
    opportunity: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that is shown. The lists are sorted by time."""

    today: date
    people: tuple[Person, ...]
    visitors: tuple[Visitor, ...]
    opted_out: tuple[Person, ...]
    free_mailers: tuple[Person, ...]
    arrivals: tuple[Arrival, ...]
    events: tuple[Event, ...]
    automatic: tuple[Automatic, ...]
    decisions: tuple[Decision, ...]
    begins_at: datetime
    purchased_list_at: datetime
    event_list_at: datetime


class Calendar:
    """The working days of the story, and the moments in them."""

    def __init__(self, today: date) -> None:
        days: list[date] = []
        day = today - timedelta(days=1)
        while len(days) < WORKING_DAYS:
            if day.weekday() < 5:
                days.append(day)
            day -= timedelta(days=1)
        self.days = days[::-1]
        self.today = today
        self.end = float(WORKING_DAYS)
        self.list_bought = 24.3
        # Trade shows open on Tuesdays. Three days later the organiser's list is in.
        self.show_opens = float(next(n for n in range(60, 66) if self.days[n].weekday() == 1))
        self.badges_in = self.show_opens + 3.25

    def moment(self, tau: float, *, country: str) -> datetime:
        """`tau` on the clock, in UTC, to the second."""
        land = BY_CODE[country]
        day, part = divmod(tau, 1)
        seconds = round((land.opens_at + part * (land.closes_at - land.opens_at)) * 60)
        return datetime.combine(self.days[int(day)], time(), UTC) + timedelta(seconds=seconds)

    def hours(self, hours: float, *, country: str) -> float:
        """Working hours as a part of that country's working day."""
        land = BY_CODE[country]
        return hours * 60 / (land.closes_at - land.opens_at)


class Thread:
    """One person's half year, written forwards. `later` and `hours_later` refuse to pass the end."""

    def __init__(self, book: "_Book", person: Person, rng: Random) -> None:
        self.person = person
        self.rng = rng
        self.voice = PersonVoice(person, rng)
        self.calendar = book.calendar
        self.tau = 0.0
        self.is_known = False
        self.has_risen = False
        self._book = book

    @property
    def now(self) -> datetime:
        return self.calendar.moment(self.tau, country=self.person.account.country)

    def later(self, low: float, high: float) -> bool:
        """Go on by so many working days; False, and nothing moves, when that is not past yet."""
        tau = self.tau + self.rng.uniform(low, high)
        if tau >= self.calendar.end:
            return False
        self.tau = tau
        return True

    def hours_later(self, low: float, high: float) -> bool:
        hours = self.rng.uniform(low, high)
        part = self.calendar.hours(hours, country=self.person.account.country)
        return self.later(part, part)

    def did(self, type_: str, words: Words, *, by: str = "", unnamed: bool = False) -> None:
        """Write an event. `unnamed`: the browser did it before it gave a name."""
        visitor = self.person.visitor if unnamed or (not self.is_known and not by) else ""
        self._book.events.append(
            Event(
                at=self.now,
                type=type_,
                subject=words.subject,
                body=words.body,
                email="" if unnamed else self.person.email,
                visitor=visitor,
                by=by,
                source=self.person.source,
            )
        )
        if not unnamed and type_ != "call_attempt":
            self.rules_look(is_two_way=type_ in TWO_WAY)

    def scanned(self) -> None:
        """Write the badge scan; LeadOps hears of it only when the organiser's list is in."""
        words = self.voice.event_badge_scan()
        self._book.events.append(
            Event(
                at=self.now,
                type="event_badge_scan",
                subject=words.subject,
                body=words.body,
                email=self.person.email,
                source=self.person.source,
            )
        )

    def rules_look(self, *, is_two_way: bool, at: datetime | None = None) -> None:
        """What the rules do by themselves when this person shows interest, or arrives by another way than a list."""
        if is_two_way and not self.is_known:
            self.is_known = True
            if not self.has_risen:
                self.automatically("identify", at=at)
        if self.person.fits and not self.has_risen:
            self.has_risen = True
            self.automatically("prequalify", at=at)

    def automatically(self, transition: str, *, at: datetime | None = None) -> None:
        self._book.automatic.append(Automatic(at or self.now, transition, self.person.email))

    def arrives(self, *, by: str) -> None:
        self._book.arrivals.append(Arrival(self.now, self.person.email, self.person.source, by))
        self.rules_look(is_two_way=False)

    def decided(self, verb: str, *, by: str = "", **more: Any) -> None:
        self._book.decisions.append(
            Decision(self.now, verb, self.person.email, by or self.person.rep, **more)
        )


# What makes a known person out of a name: they gave something, or answered.
TWO_WAY: Final = {
    "content_download",
    "demo_request",
    "contact_us",
    "event_badge_scan",
    "webinar",
    "call_conversation",
    "first_appointment",
    "email_reply",
}


@dataclass(slots=True)
class _Book:
    calendar: Calendar
    events: list[Event] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    automatic: list[Automatic] = field(default_factory=list)


def story(leads: int, *, today: date) -> Story:
    """The half year before `today` of a company with about `leads` leads; the same for the same arguments."""
    everybody = cast(leads)
    book = _Book(Calendar(today))
    for visitor in everybody.visitors:
        _pass_by(book, visitor, Random(f"{SEED} {visitor.id}"))
    for turn, person in enumerate(everybody.people):
        thread = Thread(book, person, Random(f"{SEED} {person.email}"))
        _PATHS[person.path](thread, turn)
    book.events.sort(key=lambda event: event.at)
    book.decisions.sort(key=lambda decision: decision.at)
    return Story(
        today=today,
        people=everybody.people,
        visitors=everybody.visitors,
        opted_out=everybody.opted_out,
        free_mailers=everybody.free_mailers,
        arrivals=tuple(sorted(book.arrivals, key=lambda arrival: arrival.at)),
        events=tuple(_with_keys(book.events)),
        automatic=tuple(sorted(book.automatic, key=lambda step: step.at)),
        decisions=tuple(book.decisions),
        begins_at=book.calendar.moment(0.0, country=OUR_COUNTRY) - timedelta(days=1),
        purchased_list_at=book.calendar.moment(book.calendar.list_bought, country=OUR_COUNTRY),
        event_list_at=book.calendar.moment(book.calendar.badges_in, country=OUR_COUNTRY),
    )


def _with_keys(events: list[Event]) -> list[Event]:
    """The events with an idempotency key each: telling the story twice records nothing twice."""
    return [
        Event(e.at, e.type, e.subject, e.body, e.email, e.visitor, e.by, e.source, f"demo-{number:06d}")
        for number, e in enumerate(events, start=1)
    ]


# Meeting: how a person first comes into view. Afterwards `tau` is the moment from which they can do more.


def _first_seen(thread: Thread) -> float:
    """The earliest `tau` at which a person of this origin can be in LeadOps."""
    return {EVENT: thread.calendar.badges_in, PURCHASED: thread.calendar.list_bought}.get(
        thread.person.origin, 2.0
    )


def _turning_point(thread: Thread, low: float, high: float) -> float:
    """When the lead becomes hot: so many working days ago, but not before one could know them for a week."""
    wanted = thread.calendar.end - thread.rng.uniform(low, high)
    return max(wanted, _first_seen(thread) + thread.rng.uniform(6, 10))


def _meet(thread: Thread, *, before: float) -> None:
    """The first contact, at least some days ahead of `before`."""
    origin, rng = thread.person.origin, thread.rng
    if origin == EVENT:
        thread.tau = thread.calendar.show_opens + rng.uniform(0, 1.95)
        thread.scanned()
        thread.tau = thread.calendar.badges_in
        # The list is loaded in our office hours, wherever they live.
        thread.rules_look(is_two_way=True, at=thread.calendar.moment(thread.tau, country=OUR_COUNTRY))
    elif origin == PURCHASED:
        thread.tau = thread.calendar.list_bought
    elif origin == WEBSITE:
        thread.tau = rng.uniform(max(1.0, before - 22), before - 5)
        _find_the_website(thread)
    else:
        thread.tau = rng.uniform(max(1.0, before - 16), before - 5)
        thread.arrives(by=MARKETING if origin == PARTNER else thread.person.rep)
        if origin != PROSPECTING:
            thread.later(0.4, 2)
            thread.did("email_reply", thread.voice.email_reply())


def _find_the_website(thread: Thread) -> None:
    if thread.person.visitor:
        for _ in range(thread.rng.randint(1, 3)):
            thread.did("web_visit", thread.voice.web_visit(), unnamed=True)
            thread.hours_later(0.1, 1.2)
    if thread.rng.random() < 0.7:
        thread.did("content_download", thread.voice.content_download())
    else:
        thread.did("webinar", thread.voice.webinar())


def _listen(thread: Thread, *, until: float) -> None:
    """Weeks in which they open a mail now and then."""
    while thread.tau + 16 < until:
        thread.later(5, 12)
        if thread.rng.random() < 0.6:
            thread.did("email_open", thread.voice.email_open())
            if thread.rng.random() < 0.3:
                thread.hours_later(0.05, 0.3)
                thread.did("email_click", thread.voice.email_click())


def _warm_up(thread: Thread, *, until: float) -> None:
    """The busy days before they become hot, ending with a raised hand at `until`; then the rules hand them over."""
    rng, voice = thread.rng, thread.voice
    steps: list[tuple[str, Callable[[], Words]]] = [
        ("product_page_view", voice.product_page_view),
        ("case_study_view", voice.case_study),
        *rng.sample(
            [
                rng.choice(
                    [("product_page_view", voice.product_page_view), ("case_study_view", voice.case_study)]
                ),
                ("web_visit", voice.web_visit),
                ("email_click", voice.email_click),
            ],
            rng.randint(1, 3),
        ),
    ]
    if thread.person.origin == PURCHASED:
        # A bought name must do more than others before anybody may ring it.
        steps[:0] = [("content_download", voice.content_download), ("email_reply", voice.email_reply)]
    begin = max(thread.tau + 0.3, until - rng.uniform(4, 7))
    for number, (type_, words) in enumerate(steps):
        # Evenly spread with a little disorder, never reaching the end.
        thread.tau = begin + (until - begin) * (number + rng.uniform(0, 0.7)) / (len(steps) + 0.2)
        thread.did(type_, words())
    thread.tau = until
    raised = "demo_request" if rng.random() < 0.7 else "contact_us"
    thread.did(raised, getattr(thread.voice, raised)())
    thread.automatically("qualify_marketing")


def _become_hot(thread: Thread, low: float, high: float) -> None:
    until = _turning_point(thread, low, high)
    _meet(thread, before=until)
    _listen(thread, until=until)
    _warm_up(thread, until=until)


# Sales: what a rep does with a lead that was handed over.

_ACCEPTED_BECAUSE: Final = (
    "Title, size and industry are right, and they asked themselves. Calling today.",
    "Checked on the web: own production, right size. In my queue.",
    "Read the case study twice and asked for a demo. Taken.",
    "All criteria hold. Ringing as soon as the shift meeting is over.",
    "Right person. We know the site from the trade press.",
)


def _accept(thread: Thread) -> bool:
    waited = thread.hours_later(9, 15) if thread.rng.random() < 0.2 else thread.hours_later(0.5, 5)
    if waited:
        thread.decided("accept", note=thread.rng.choice(_ACCEPTED_BECAUSE))
    return waited


def _try_to_reach(thread: Thread, *, times: int) -> None:
    for _ in range(times):
        if thread.later(0.2, 1.3):
            thread.did("call_attempt", thread.voice.no_answer(), by=thread.person.rep)


def _talk(thread: Thread, words: Words) -> None:
    thread.later(0.2, 1.2)
    thread.did("call_conversation", words, by=thread.person.rep)


_OPPORTUNITY_PATH: Final = (
    "discovery",
    "demo_scheduled",
    "demo_completed",
    "contract_sent",
    "contract_signed",
)
_ADVANCED: Final = {
    "demo_scheduled": "Demo agreed with {boss} and the shift lead.",
    "demo_completed": "Demo went well; {boss} asked for a price for {sites}.",
    "contract_sent": "Sent the contract for {meters} meters, three years.",
    "contract_signed": "Signed. Payment link sent to {boss}.",
}


def _opportunity(thread: Thread, *, close_in: int) -> dict[str, Any]:
    close_on = thread.now.date() + timedelta(days=close_in)
    return {
        "name": thread.voice.opportunity_name(),
        "stage": "discovery",
        "amount": thread.voice.facts.price,
        "currency": "EUR",
        "expected_close_on": close_on,
    }


def _qualify(thread: Thread, *, close_in: int) -> None:
    """Reach them, talk, and tick off the checklist."""
    _try_to_reach(thread, times=thread.rng.choice((0, 0, 1, 1, 2)))
    _talk(thread, thread.voice.good_call())
    thread.hours_later(0.2, 1.5)
    go_live = thread.now.date() + timedelta(days=close_in + 45)
    thread.decided(
        "qualify_sales",
        note="Checklist complete after the call.",
        answers=thread.voice.answers(go_live=go_live),
        opportunity=_opportunity(thread, close_in=close_in),
    )


def _advance(thread: Thread, *, to: str, low: float = 3, high: float = 8) -> None:
    """Take the opportunity up to the stage `to`, or as far as there was time for."""
    f = thread.voice.facts
    for stage in _OPPORTUNITY_PATH[1 : _OPPORTUNITY_PATH.index(to) + 1]:
        if not thread.later(low, high):
            return
        note = _ADVANCED[stage].format(boss=f.boss, sites=f.where, meters=f.meters)
        signed = _signed(thread) if stage == "contract_signed" else {}
        thread.decided("advance", note=note, opportunity={"stage": stage, **signed})


def _signed(thread: Thread) -> dict[str, str]:
    """Who put their name under the contract: the lead itself where it decides alone."""
    f, person = thread.voice.facts, thread.person
    if f.decides_alone:
        return {"signed_by": person.name, "signed_authority": person.title}
    return {"signed_by": f.boss, "signed_authority": f"{f.boss_title}, authorised signatory"}


def _win(thread: Thread) -> None:
    thread.later(1, 4)
    thread.decided("win", note="First payment received.", opportunity=_signed(thread))


# The paths of demo/cast.py, each from the first contact to where it stands today.


def _pass_by(book: _Book, visitor: Visitor, rng: Random) -> None:
    voice = Voice(rng)
    # More of them lately: the website grows.
    tau = book.calendar.end * rng.random() ** 0.6
    sources = [name for _, name in SOURCES[WEBSITE]]
    source = rng.choice(sources)
    for _ in range(rng.choice((1, 1, 2, 3, 4, 5))):
        if tau >= book.calendar.end:
            return
        type_, say = rng.choice(
            (
                ("web_visit", voice.web_visit),
                ("web_visit", voice.web_visit),
                ("case_study_view", voice.case_study),
                ("product_page_view", voice.product_page_view),
            )
        )
        words = say()
        book.events.append(
            Event(
                at=book.calendar.moment(tau, country=visitor.country),
                type=type_,
                subject=words.subject,
                body=words.body,
                visitor=visitor.id,
                source=source,
            )
        )
        tau += rng.choice((0.01, 0.03, 1.1, 2.4))


def _silent(thread: Thread, turn: int) -> None:
    _meet(thread, before=thread.calendar.end)
    # Somebody who fits and opens a mail is silent no more.
    if thread.rng.random() < 0.35 and not thread.person.fits:
        thread.later(2, 60)
        thread.did("email_open", thread.voice.email_open())
    if thread.rng.random() < 0.06:
        thread.later(1, 30)
        thread.did("call_attempt", thread.voice.no_answer(), by=thread.person.rep)


def _being_called(thread: Thread, turn: int) -> None:
    thread.tau = thread.calendar.end - thread.rng.uniform(4, 30)
    thread.arrives(by=thread.person.rep)
    for _ in range(turn % 3 + 1):
        if thread.later(0.5, 6):
            thread.did("call_attempt", thread.voice.no_answer(), by=thread.person.rep)


def _mildly(thread: Thread, *, times: int) -> None:
    """A few signs of life, too few and too far apart to be handed over."""
    for _ in range(times):
        if not thread.later(6, 22):
            return
        type_ = thread.rng.choice(("email_open", "email_open", "web_visit", "email_click"))
        thread.did(type_, getattr(thread.voice, type_)())


def _badge_only(thread: Thread, turn: int) -> None:
    _meet(thread, before=thread.calendar.end)
    _mildly(thread, times=turn % 3)


def _reader(thread: Thread, turn: int) -> None:
    _meet(thread, before=thread.calendar.end - thread.rng.uniform(0, 118))
    _mildly(thread, times=turn % 4)


def _list_reader(thread: Thread, turn: int) -> None:
    _meet(thread, before=thread.calendar.end)
    thread.later(5, 60)
    thread.did("email_open", thread.voice.email_open())
    thread.hours_later(0.1, 0.4)
    thread.did("email_click", thread.voice.email_click())
    thread.hours_later(0.05, 0.2)
    thread.did("content_download", thread.voice.content_download())
    _mildly(thread, times=turn % 2)


def _fitting(thread: Thread, turn: int) -> None:
    _meet(thread, before=thread.calendar.end - thread.rng.uniform(12, 80))
    _mildly(thread, times=1 + turn % 3)


def _handed_over(thread: Thread, turn: int) -> None:
    # Most came in the last two days; a few have waited for longer than they should.
    _become_hot(thread, 0.1, 6.5 if turn % 4 == 0 else 2.2)


def _in_calling_queue(thread: Thread, turn: int) -> None:
    _become_hot(thread, 3, 15)
    _accept(thread)
    _try_to_reach(thread, times=turn % 4)
    if turn % 5 < 2 and thread.later(0.3, 1.5):
        thread.did("call_conversation", thread.voice.short_call(), by=thread.person.rep)


def _with_opportunity(thread: Thread, turn: int) -> None:
    stage = _OPPORTUNITY_PATH[turn % len(_OPPORTUNITY_PATH)]
    weeks = {
        "discovery": 9,
        "demo_scheduled": 17,
        "demo_completed": 25,
        "contract_sent": 33,
        "contract_signed": 40,
    }
    _become_hot(thread, weeks[stage], weeks[stage] + 10)
    _accept(thread)
    _qualify(thread, close_in=weeks[stage] + thread.rng.randint(50, 75))
    _advance(thread, to=stage)


def _call_cold(thread: Thread, *, first_call: float) -> None:
    """No marketing at all: a rep rings, talks, visits, and the lead passes by the MQL stage."""
    person, voice = thread.person, thread.voice
    if person.origin == PURCHASED:
        thread.tau = max(first_call, thread.calendar.list_bought + 1)
    else:
        thread.tau = first_call - thread.rng.uniform(0.5, 3)
        thread.arrives(by=person.rep)
    thread.later(0.2, 1)
    thread.did("call_attempt", voice.no_answer(), by=person.rep)
    _talk(thread, voice.short_call())
    thread.later(2, 5)
    thread.did("first_appointment", voice.first_appointment(), by=person.rep)
    thread.hours_later(0.5, 2)
    close_in = thread.rng.randint(55, 80)
    thread.decided(
        "fast_track",
        note="First appointment held; offer asked for.",
        answers=voice.answers(go_live=thread.now.date() + timedelta(days=close_in + 45)),
        opportunity=_opportunity(thread, close_in=close_in),
    )


def _cold_call(thread: Thread, turn: int) -> None:
    _call_cold(thread, first_call=thread.calendar.end - thread.rng.uniform(11, 38))
    _advance(thread, to=_OPPORTUNITY_PATH[turn % 4])


def _cold_call_won(thread: Thread, turn: int) -> None:
    _call_cold(thread, first_call=thread.calendar.end - thread.rng.uniform(55, 100))
    _advance(thread, to="contract_signed")
    _win(thread)


_LOST: Final = (
    ("price", "{boss} found {price} a year too much and wants to try with clamp meters first."),
    ("chose_competitor", "Chose the meter maker's own software, free for the first two years."),
    ("no_decision", "{boss} has put the project off for the third time. Closed, with a date to ask again."),
    ("missing_feature", "Needs billing of tenants, which we do not have."),
)


def _lost(thread: Thread, turn: int) -> None:
    _become_hot(thread, 46, 114)
    _accept(thread)
    _qualify(thread, close_in=thread.rng.randint(50, 75))
    _advance(thread, to=_OPPORTUNITY_PATH[2 + turn % 2])
    thread.later(4, 12)
    reason, note = _LOST[turn % len(_LOST)]
    f = thread.voice.facts
    note = note.format(boss=f.boss, price=f"€{f.price:,}")
    thread.decided("lose", reason=reason, note=note)


def _won(thread: Thread, turn: int) -> None:
    _become_hot(thread, 50, 118)
    _accept(thread)
    _qualify(thread, close_in=thread.rng.randint(45, 60))
    _advance(thread, to="contract_signed")
    _win(thread)


def _passed_back_on_sight(thread: Thread, turn: int) -> None:
    _become_hot(thread, 8, 116)
    thread.hours_later(0.5, 6)
    reason, note = (
        (
            "not_a_decision_maker",
            "Answers for one line only; the group buys energy. No way to its buyer yet.",
        ),
        ("no_fit", "The group is moving this production abroad; the site closes next year."),
        (
            "not_a_decision_maker",
            "Title sounds right, but it is a team of three without a budget of its own.",
        ),
    )[turn % 3]
    thread.decided("pass_back", reason=reason, note=note, point="on_sight")


def _passed_back_after_call(thread: Thread, turn: int) -> None:
    _become_hot(thread, 12, 114)
    _accept(thread)
    _try_to_reach(thread, times=turn % 3)
    because, reason, note = (
        ("authority", "not_a_decision_maker", "No say in energy. Nurture until we know who buys it."),
        ("timing", "bad_timing", "Real need, wrong moment. Ask again in two quarters."),
        ("budget", "no_budget", "Wants it, cannot pay for it this year."),
    )[turn % 3]
    _talk(thread, thread.voice.poor_call(because))
    thread.hours_later(0.2, 2)
    thread.decided("pass_back", reason=reason, note=note, point="after_call")


def _reopened(thread: Thread, turn: int) -> None:
    _become_hot(thread, 86, 112)
    _accept(thread)
    _talk(thread, thread.voice.poor_call("budget"))
    thread.hours_later(0.2, 2)
    thread.decided(
        "disqualify", reason="budget_withdrawn", note="All investment is frozen, with no date for an end."
    )
    thread.later(66, 78)  # three months and more: what they read before no longer counts
    thread.did("email_reply", thread.voice.email_reply())
    thread.hours_later(1, 5)
    thread.decided(
        "reopen",
        by=SALES_MANAGER,
        reason="new_budget",
        note="Wrote by themselves: the freeze is over. Back to marketing.",
    )
    thread.hours_later(0.01, 0.02)
    thread.automatically("prequalify")


def _weeded_out(thread: Thread, turn: int) -> None:
    _meet(thread, before=thread.calendar.end - thread.rng.uniform(8, 112))
    thread.later(0.5, 4)
    reason, note = {
        "Consulting": ("no_own_need", "Adviser, collects material for clients. No factory of their own."),
        "Education": ("student", "Writes a thesis. Sent two guides, wished good luck."),
        "Software": ("competitor", "Sells metering software. Looked at our price list."),
    }[thread.person.account.industry]
    thread.decided("disqualify", by=MARKETING, reason=reason, note=note)


def _refused_on_sight(thread: Thread, turn: int) -> None:
    _become_hot(thread, 5, 116)
    thread.hours_later(0.5, 6)
    reason, note = (
        ("already_customer", "Sister plant of a customer; the contract there covers this site."),
        ("no_own_need", "The site has been let to a tenant who buys the energy."),
    )[turn % 2]
    thread.decided("disqualify", reason=reason, note=note)


def _refused_after_call(thread: Thread, turn: int) -> None:
    _become_hot(thread, 9, 114)
    _accept(thread)
    _try_to_reach(thread, times=turn % 2)
    because, reason, note = (
        ("need", "no_own_need", "Landlord owns the meters."),
        ("elsewhere", "chose_competitor", "Signed elsewhere for three years."),
        ("reader", "no_own_need", "No project, no plan for one."),
    )[turn % 3]
    _talk(thread, thread.voice.poor_call(because))
    thread.hours_later(0.2, 2)
    thread.decided("disqualify", reason=reason, note=note)


def _wrong_person(thread: Thread, turn: int) -> None:
    _meet(thread, before=thread.calendar.end)
    thread.later(4, 50)
    said, reason, note = (
        (
            "A private number; the gentleman was kind about it.",
            "wrong_details",
            "Number and name do not belong together.",
        ),
        (
            "Reception: has not worked here for two years.",
            "left_company",
            "Left two years ago, successor not named.",
        ),
        ("Asked us not to ring or write again.", "asked_not_to_be_contacted", "Said so on the phone."),
    )[turn % 3]
    thread.did("call_attempt", Words("Wrong person", said), by=thread.person.rep)
    thread.hours_later(0.1, 0.5)
    thread.decided("disqualify", reason=reason, note=note)


_PATHS: Final[dict[str, Callable[[Thread, int], None]]] = {
    "silent": _silent,
    "being_called": _being_called,
    "badge_only": _badge_only,
    "reader": _reader,
    "list_reader": _list_reader,
    "passed_back_on_sight": _passed_back_on_sight,
    "passed_back_after_call": _passed_back_after_call,
    "reopened": _reopened,
    "fitting": _fitting,
    "handed_over": _handed_over,
    "in_calling_queue": _in_calling_queue,
    "opportunity": _with_opportunity,
    "cold_call": _cold_call,
    "lost": _lost,
    "won": _won,
    "cold_call_won": _cold_call_won,
    "weeded_out": _weeded_out,
    "refused_on_sight": _refused_on_sight,
    "refused_after_call": _refused_after_call,
    "wrong_person": _wrong_person,
}
