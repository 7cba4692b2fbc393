"""Taking people in: match each, create or complete contact, account and lead, and say what became of everybody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connections, router, transaction
from django.db.models import Q

from leads import normalise
from leads.bulk import fetch, insert_rows, moment, moments_after, new_ids, update_rows
from leads.enums import OPEN_STAGES, Stage
from leads.history import CHANGED, CREATED, copy_history
from leads.models import Account, Contact, Lead, Milestone, Source
from leads.people.accounts import Accounts, age, held, named_by
from leads.people.arrivals import REPEATED, Arrival, Outcome, Received
from leads.people.former import contacts_formerly, people_formerly, person_value
from leads.people.memory import Memory
from leads.people.person import Person, name_key_of
from leads.people.records import CONTACT_COLUMNS, AccountRecord, ContactRecord
from leads.people.rules import Rules
from leads.people.spelling import mailboxes_of, number_of
from leads.people.suppressing import register_opt_outs
from leads.people.turns import take_turns
from leads.people.wall import entered_values, held_beside, held_values, listed_among, listed_because
from leads.signals import leads_created, leads_touched

# How often a chunk starts again when another process made the same person at the same moment.
RACES: Final = 3
_SAVED: Final = (
    "account_id",
    "first_name",
    "last_name",
    "name_key",
    "phone",
    "title",
    "seniority",
    "function",
    "country",
    "city",
    "linkedin_url",
    "opted_out_at",
    "updated_at",
)
_LEAD_COLUMNS: Final = (
    "id",
    "contact_id",
    "source_id",
    "stage",
    "created_at",
    "updated_at",
    "stage_entered_at",
)


def receive(
    *,
    person: Person,
    source: Source,
    by: User | None,
    now: datetime,
    stage: Stage = Stage.SUSPECT,
    overwrite: bool = False,
) -> Received:
    """Take in one person; see `receive_many`."""
    (received,) = receive_many(
        people=[person], source=source, by=by, now=now, stage=stage, overwrite=overwrite
    )
    return received


def receive_many(
    *,
    people: Sequence[Person],
    source: Source,
    by: User | None,
    now: datetime,
    stage: Stage = Stage.SUSPECT,
    overwrite: bool = False,
) -> list[Received]:
    """Take people in as `admit_many` does, and answer with the saved contacts and leads."""
    with transaction.atomic():
        arrivals = admit_many(
            people=people, source=source, by=by, now=now, stage=stage, rules=Rules(overwrite=overwrite)
        )
        leads = {
            lead.pk: lead
            for lead in Lead.objects.filter(
                pk__among={one.lead_id for one in arrivals if one.lead_id is not None}
            ).select_related("contact__account")
        }
        contacts = {lead.contact_id: lead.contact for lead in leads.values()}
        if missing := {one.contact_id for one in arrivals if one.contact_id} - contacts.keys():
            contacts |= Contact.objects.select_related("account").in_bulk(missing)
    for lead in leads.values():
        if lead.source_id == source.pk:
            lead.source = source
    return [
        Received(
            one.outcome,
            contacts.get(one.contact_id),
            leads[one.lead_id] if one.lead_id is not None else None,
            one.why,
        )
        for one in arrivals
    ]


def admit_many(
    *,
    people: Sequence[Person],
    source: Source,
    by: User | None,
    now: datetime,
    stage: Stage = Stage.SUSPECT,
    rules: Rules = Rules(),  # noqa: B008  (it is frozen)
) -> list[Arrival]:
    """Match each person, then create or complete contact, account and lead. Answers in the order of `people`.

    Known people keep their lead, its source and its stage; blanks are filled, and other values replaced only where
    `rules` say so. New people get a lead in `stage` with `source`. Suppressed and opted-out people are left alone. What
    becomes of a person does not depend on how people are divided into calls, only that somebody of an earlier call is
    `unchanged` or `updated` and not `merged`. Some twenty statements whatever the number of people; give at most ten
    thousand. Starts again when another process makes the same person at the same moment.
    """
    for race in range(RACES):
        try:
            with transaction.atomic():
                return Reception(source=source, by=by, now=now, stage=stage, rules=rules).take(people)
        except (IntegrityError, OperationalError) as clash:
            if race == RACES - 1 or not (isinstance(clash, IntegrityError) or _is_deadlock(clash)):
                raise
    raise AssertionError("unreachable")


def _is_deadlock(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "40P01"  # deadlock_detected, PostgreSQL


@dataclass(slots=True)
class Foresight:
    """What would become of people, call after call, as `admit_many` would do it; writes nothing.

    What it has seen goes to a file of its own, so its memory does not grow with the number of people.
    """

    source: Source
    rules: Rules = Rules()  # noqa: RUF009  (it is frozen)
    _memory: Memory = field(default_factory=Memory)

    def of(self, people: Sequence[Person], *, now: datetime) -> list[Arrival]:
        """What would become of each of `people`. A person of an earlier call is `merged`.

        Of the arrivals only outcome, why, before and after have a meaning; in these a company stands with its name.
        """
        reception = Reception(
            source=self.source, by=None, now=now, stage=Stage.SUSPECT, rules=self.rules, memory=self._memory
        )
        return reception.foresee(people)


@dataclass(slots=True)
class Reception:
    """People on their way in: who they are, and what is to be written of them."""

    source: Source
    by: User | None
    now: datetime
    stage: Stage
    rules: Rules
    memory: Memory | None = None  # of a look ahead, which writes nothing
    accounts: "Accounts" = field(init=False)
    loaded: dict[int, ContactRecord] = field(default_factory=dict)
    by_email: dict[str, ContactRecord] = field(default_factory=dict)
    by_phone: dict[str, list[ContactRecord]] = field(default_factory=dict)
    by_name: dict[str, list[ContactRecord]] = field(default_factory=dict)
    # By number and name, as `person_value` has them, of those who went into others.
    by_former: dict[str, ContactRecord] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)  # id() of the contacts that an earlier person turned out to be
    opted_out: set[str] = field(default_factory=set)  # mailboxes and numbers that an earlier person opted out
    fresh: list[ContactRecord] = field(default_factory=list)
    changed: dict[int, ContactRecord] = field(default_factory=dict)
    place: int = 0
    _connection: Any = field(init=False)
    _moment: Any = field(init=False)
    _after: Callable[[int], Any] = field(init=False)
    _only_fill: bool = field(init=False)

    def __post_init__(self) -> None:
        self._only_fill = self.rules.only_fill
        self.accounts = Accounts(now=self.now, rules=self.rules, memory=self.memory)
        self._connection = connections[router.db_for_write(Contact)]
        self._moment = moment(self.now, self._connection)
        self._after = moments_after(self.now, self._connection)

    def take(self, people: Sequence[Person]) -> list[Arrival]:
        """Decide, write, tell; what became of each."""
        take_turns(people)
        arrivals = self._decide_all(people)
        self.accounts.save(by=self.by)
        self._save_contacts()
        self._register_opt_outs()
        known = self._leads({one.contact_id for one in arrivals} - {contact.id for contact in self.fresh})
        born = self._bear_leads(arrivals, known)
        self._tell(list(born.values()))
        for one in arrivals:
            one.lead_id = known.get(one.contact_id) or born.get(one.contact_id)
            if one.has_made_lead and one.outcome is Outcome.UNCHANGED:
                one.outcome = Outcome.UPDATED  # somebody known who had no lead yet has got one by this row
        return arrivals

    def foresee(self, people: Sequence[Person]) -> list[Arrival]:
        """Decide and write nothing; what was decided is remembered for the next call."""
        assert self.memory is not None
        self.place = self.accounts.place = self.memory.place
        self.opted_out = self.memory.opted_out(value for person in people for value in held_values(person))
        arrivals = self._decide_all(people)
        known = self._leads({one.contact_id for one in arrivals if one.outcome is Outcome.UNCHANGED})
        for one in arrivals:
            if one.outcome is Outcome.UNCHANGED and one.contact_id not in known:
                one.outcome = Outcome.UPDATED
            if one.after and isinstance(company := one.after.get("contact.account"), AccountRecord):
                one.after["contact.account"] = company.name
        self.memory.keep(
            accounts=[*self.accounts.fresh, *self.accounts.changed.values()],
            contacts=[*self.fresh, *self.changed.values()],
            met=[contact for contact in self.loaded.values() if id(contact) in self.met],
            opted_out=self.opted_out,
            place=max(self.place, self.accounts.place),
        )
        return arrivals

    # -- Who they are

    def _decide_all(self, people: Sequence[Person]) -> list[Arrival]:
        suppressed = listed_among(people)
        contacts = self._look_up(people)
        self.accounts.look_up(
            [
                person
                for place, person in enumerate(people)
                if place not in suppressed and not person.opted_out
            ],
            of=contacts,
        )
        for contact in contacts:
            if contact.account_id is not None:
                contact.account = self.accounts.by_id[contact.account_id]
        if not suppressed:
            return [self._decide(person, why="") for person in people]
        arrivals = [
            self._decide(person, why=suppressed[place].why if place in suppressed else "")
            for place, person in enumerate(people)
        ]
        for place, listed in suppressed.items():
            arrivals[place].beside = listed.beside
        return arrivals

    def _look_up(self, people: Sequence[Person]) -> list[ContactRecord]:
        """Read the contacts that these people may be, under all by which they are matched, and hold them."""
        # Saying that the key is not blank lets the database use the index, which leaves blank ones out.
        wanted = Q(email_key__among={person.email for person in people if person.email}) & ~Q(email_key="")
        if nameless := [person for person in people if not person.email]:
            wanted |= self._known_otherwise(nameless)
        rows = held(Contact.objects.filter(wanted), when=self.memory is None)
        found = [ContactRecord(*row) for row in fetch(rows, *CONTACT_COLUMNS)]
        former, former_numbers = self._formerly(people, found)
        if self.memory is not None:
            found, met = self.memory.contacts(found, people=people)
            self.met.update(map(id, met))
            self.opted_out |= self.memory.opted_out(value for one in found for value in _known_by(one))
        for contact in found:
            assert contact.id is not None
            self.loaded[contact.id] = contact
            self._index(contact)
        for email, pk in former.items():
            if pk in self.loaded:
                self.by_email.setdefault(email, self.loaded[pk])
        for value, pk in former_numbers.items():
            if pk in self.loaded:
                self.by_former[value] = self.loaded[pk]
        return found

    def _formerly(
        self, people: Sequence[Person], found: list[ContactRecord]
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Who is meant by the addresses, and by number and name, of contacts that went into others.

        These are added to `found`. Asked after the contacts: who is merged at this very moment is found either here or
        there.
        """
        known = {contact.email_key for contact in found}
        emails = contacts_formerly({person.email for person in people if person.email} - known)
        others = people_formerly(
            {person_value(one.phone, one.name_key) for one in people if one.phone and not one.email} - {""}
        )
        missing = {*emails.values(), *others.values()} - {contact.id for contact in found}
        if missing:
            rows = held(Contact.objects.filter(pk__among=missing), when=self.memory is None)
            found += [ContactRecord(*row) for row in fetch(rows, *CONTACT_COLUMNS)]
        return emails, others

    def _known_otherwise(self, people: Sequence[Person]) -> Q:
        """Which contacts these people without an address may be: by name and company, or name and telephone number.

        Both parts in the question, for a common name alone is that of thousands.
        """
        names = {person.name_key for person in people}
        numbers = {person.phone for person in people if person.phone}
        named = Q(name_key__among=names - {""})
        companies = Account.objects.filter(named_by(people)).values_list("pk", flat=True)
        found = (named & Q(account_id__among=list(companies))) | (
            Q(phone__among=numbers, name_key__among=names) & ~Q(phone="")
        )
        if any(not (person.domain or person.company_key or person.phone) for person in people):
            found |= named & Q(account=None)
        return found

    def _index(self, contact: ContactRecord) -> None:
        if contact.email_key:
            self.by_email.setdefault(contact.email_key, contact)
        # What a contact was once found by stays here, and is looked at again when it is used (`_match`).
        if contact.phone:
            self.by_phone.setdefault(contact.phone, []).append(contact)
        if contact.name_key:
            self.by_name.setdefault(contact.name_key, []).append(contact)

    def _match(self, person: Person) -> ContactRecord | None:
        """The contact that the person is. With an e-mail address it is the address and nothing else; then telephone
        with name, as they are or were before a merge, then name with company. Of several the oldest.
        """
        if person.email:
            return self.by_email.get(person.email)
        name = person.name_key
        if person.phone and (
            found := [
                contact
                for contact in self.by_phone.get(person.phone, ())
                if contact.phone == person.phone and contact.name_key == name
            ]
        ):
            return min(found, key=age)
        if (
            person.phone
            and self.by_former
            and (former := self.by_former.get(person_value(person.phone, name)))
        ):
            return former
        company = person.domain or person.company_key
        if not name or (person.phone and not company):
            return None
        found = [
            contact
            for contact in self.by_name.get(name, ())
            if contact.name_key == name and company in _places(contact)
        ]
        return min(found, key=age, default=None)

    def _decide(self, person: Person, *, why: str) -> Arrival:
        contact = self._match(person)
        beside = ""
        if not why and self.opted_out and not self.opted_out.isdisjoint(held_values(person)):
            why, beside = listed_because(self._opt_out_reason), held_beside(person, self.opted_out)
        if (
            contact is not None
            and not why
            and (contact.opted_out_at is not None or (self.opted_out and self._holds(contact)))
        ):
            why = "The person has opted out and is not contacted again."
        if person.opted_out:
            why = (
                why or "The file says that the person has opted out. That is kept, and nobody contacts them."
            )
            self.opted_out.update(entered_values(person))
            if contact is not None and contact.opted_out_at is None:
                contact.opted_out_at = self._moment
                self._mark_changed(contact)
        if why:
            return Arrival(Outcome.SUPPRESSED, contact, why, beside)
        if contact is None:
            arrival = Arrival(Outcome.CREATED)
            arrival.contact = self._new_contact(person, arrival)
            return arrival
        arrival = Arrival(Outcome.UNCHANGED, contact)
        changed = self._complete(contact, person, arrival)
        if id(contact) in self.met:
            arrival.outcome, arrival.why = Outcome.MERGED, REPEATED
            return arrival
        self.met.add(id(contact))
        if changed:
            arrival.outcome = Outcome.UPDATED
        return arrival

    def _holds(self, contact: ContactRecord) -> bool:
        """Whether an earlier person's opt-out holds the contact, who is only marked when all is written."""
        return not self.opted_out.isdisjoint(_known_by(contact))

    def _new_contact(self, person: Person, arrival: Arrival) -> ContactRecord:
        account = self.accounts.find_or_add(person, arrival)
        # A microsecond apart, so that the order of the rows is kept, whatever order they are written in.
        self.place += 1
        contact = ContactRecord(
            None,
            None,  # known when the account is saved
            person.first_name,
            person.last_name,
            person.name_key,
            person.email,
            person.email,
            person.email_kind,
            person.phone,
            person.title,
            person.seniority,
            person.function,
            person.country,
            person.city,
            person.linkedin_url,
            None,
            self._after(self.place),
            self._moment,
            account,
        )
        self.fresh.append(contact)
        self.met.add(id(contact))
        self._index(contact)
        return contact

    def _complete(self, contact: ContactRecord, person: Person, arrival: Arrival) -> bool:
        """Fill blanks (or overwrite) from `person`; whether anything of the contact or its account changed."""
        changed = _told(contact) != _told(person) and self._complete_values(contact, person, arrival)
        if contact.account is None:
            if self.rules.allow("name", is_known=False):
                contact.account = self.accounts.find_or_add(person, arrival)
                if contact.account is not None:
                    arrival.note_contact("account", None, contact.account)
                    changed = True
        elif self.accounts.complete(contact.account, person, arrival):
            changed = True
        if changed:
            self._mark_changed(contact)
        return changed

    def _complete_values(self, contact: ContactRecord, person: Person, arrival: Arrival) -> bool:
        changed = False
        for name in ("phone", "country", "city", "linkedin_url", *_names_that_fit(contact, person)):
            value = getattr(person, name)
            if not value:
                continue
            present = getattr(contact, name)
            if value == present or (present and self._only_fill):
                continue
            if self.rules.allow(name, is_known=bool(present)):
                arrival.note_contact(name, present, value)
                setattr(contact, name, value)
                changed = True
        if person.title and person.title != contact.title:
            changed |= self._complete_title(contact, person, arrival)
        return changed

    def _complete_title(self, contact: ContactRecord, person: Person, arrival: Arrival) -> bool:
        if not self.rules.allow("title", is_known=bool(contact.title)):
            return False
        for name in ("title", "seniority", "function"):
            present, value = getattr(contact, name), getattr(person, name)
            if present != value:
                arrival.note_contact(name, present, value)
                setattr(contact, name, value)
        return True

    def _mark_changed(self, contact: ContactRecord) -> None:
        contact.updated_at = max(contact.updated_at, self._moment)
        contact.name_key = name_key_of(contact.first_name, contact.last_name)
        self._index(contact)
        if contact.id is not None:
            self.changed[contact.id] = contact

    # -- What is written

    def _save_contacts(self) -> None:
        for contact in (*self.fresh, *self.changed.values()):
            if contact.account is not None:
                contact.account_id = contact.account.id  # known only now that the account is saved
        # Unique keys in one order, so that two imports never wait for each other.
        self.fresh.sort(key=attrgetter("email_key"))
        ids = new_ids(Contact, len(self.fresh))
        for contact, number in zip(self.fresh, ids, strict=True):
            contact.id = number
        insert_rows(Contact, CONTACT_COLUMNS, [_row(contact) for contact in self.fresh])
        copy_history(Contact, ids, kind=CREATED, by=self.by, at=self.now)
        changed = sorted(self.changed)
        update_rows(Contact, _SAVED, [(*_saved(self.changed[pk]), pk) for pk in changed])
        copy_history(Contact, changed, kind=CHANGED, by=self.by, at=self.now)

    def _leads(self, contacts: set[int | None]) -> dict[int | None, int]:
        """For each contact its open lead, else its latest one."""
        wanted = [pk for pk in contacts if pk is not None and pk > 0]
        if not wanted:
            return {}
        found: dict[int | None, int] = {}
        with_open: set[int] = set()
        rows = Lead.objects.filter(contact_id__among=wanted).order_by("pk")
        for lead_id, contact_id, stage in fetch(rows, "pk", "contact_id", "stage"):
            if stage in OPEN_STAGES or contact_id not in with_open:
                found[contact_id] = lead_id
                if stage in OPEN_STAGES:
                    with_open.add(contact_id)
        return found

    def _bear_leads(
        self, arrivals: Iterable[Arrival], known: Mapping[int | None, int]
    ) -> dict[int | None, int]:
        """A lead for every contact that was let in and has none, by contact; made in the order in which they came."""
        newcomers: dict[int | None, Arrival] = {}
        for one in arrivals:
            if one.outcome is not Outcome.SUPPRESSED and one.contact_id not in known:
                newcomers.setdefault(one.contact_id, one)
        ids = new_ids(Lead, len(newcomers))
        at, stage = self._moment, self.stage.value
        source = self.source.pk
        insert_rows(
            Lead,
            _LEAD_COLUMNS,
            [(pk, contact, source, stage, at, at, at) for pk, contact in zip(ids, newcomers, strict=True)],
        )
        insert_rows(Milestone, ("lead_id", "stage", "at"), [(pk, stage, at) for pk in ids])
        for one in newcomers.values():
            one.has_made_lead = True
        return dict(zip(newcomers, ids, strict=True))

    def _tell(self, born: Sequence[int]) -> None:
        """Inside the transaction: which leads are new, and which have something new that a score may depend on."""
        if born:
            leads_created.send(sender=Lead, lead_ids=list(born))
        touched: set[int] = set()
        # Two questions, since one with OR across the join would read the whole table.
        if self.changed:
            of_contacts = Lead.objects.filter(contact_id__among=list(self.changed))
            touched.update(of_contacts.values_list("pk", flat=True))
        if self.accounts.changed:
            of_accounts = Lead.objects.filter(contact__account_id__among=list(self.accounts.changed))
            touched.update(of_accounts.values_list("pk", flat=True))
        touched.difference_update(born)
        if touched:
            leads_touched.send(sender=Lead, lead_ids=sorted(touched))

    @property
    def _opt_out_reason(self) -> str:
        return f"Opted out in {self.source}"[:200]

    def _register_opt_outs(self) -> None:
        """A file may opt a person out, never in: address, or else number, goes on the do-not-contact list."""
        register_opt_outs(self.opted_out, reason=self._opt_out_reason, by=self.by, now=self.now)


def _known_by(contact: ContactRecord) -> list[str]:
    """The mailboxes and the number under which an opt-out holds a contact."""
    found = mailboxes_of(contact.email_key) if contact.email_key else []
    return [*found, number_of(contact.phone, country=contact.country)] if contact.phone else found


def _places(contact: ContactRecord) -> set[str]:
    """Where a contact is known to work, as a person's row may say it: domain or company; "" for nowhere."""
    account = contact.account
    return {account.domain, account.name_key} - {""} if account else {""}


def _names_that_fit(contact: ContactRecord, person: Person) -> tuple[str, ...]:
    """The parts of the name that the row may fill or replace: both, or the missing one beside one that agrees.

    So that a mailbox that two people share never makes "Ada Smith" of Ada Keller and Bob Smith.
    """
    key = normalise.person_key
    if contact.first_name and not contact.last_name and person.first_name:
        return ("last_name",) if key(contact.first_name, "") == key(person.first_name, "") else ()
    if contact.last_name and not contact.first_name and person.last_name:
        return ("first_name",) if key(contact.last_name, "") == key(person.last_name, "") else ()
    return ("first_name", "last_name")


# What a row says of a person who is known; where it all stands there already, nothing has to be weighed.
_told: Final = attrgetter("first_name", "last_name", "phone", "title", "country", "city", "linkedin_url")
_row: Final = attrgetter(*CONTACT_COLUMNS)
_saved: Final = attrgetter(*_SAVED)
