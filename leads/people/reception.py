"""Taking people in: match each, create or complete contact, account and lead, and say what became of everybody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q

from leads import normalise
from leads.bulk import insert
from leads.enums import Stage
from leads.history import create_with_history, update_with_history
from leads.models import Account, Contact, Lead, Milestone, Source, Suppression
from leads.people.accounts import MICROSECOND, Accounts, age, held, named_by
from leads.people.keys import suppression_keys
from leads.people.person import Person, name_key_of
from leads.people.turns import take_turns
from leads.people.wall import listed_because, suppressed_among
from leads.signals import leads_created, leads_touched

# How often a chunk starts again when another process made the same person at the same moment.
RACES: Final = 3
_SAVED_CONTACT_FIELDS: Final = [
    "account",
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
]


class Outcome(StrEnum):
    """What became of one person. Every row of a file ends in just one of these, or is rejected."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MERGED = "merged"  # the same person as an earlier one of the same call
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one person. `contact` and `lead` are None for a suppressed one who was not known."""

    outcome: Outcome
    contact: Contact | None
    lead: Lead | None
    why: str = ""


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
    """Match each person, then create or complete contact, account and lead. Answers in the order of `people`.

    Known people keep their lead, its source and its stage; blanks are filled, and other values replaced only with
    `overwrite`. New people get a lead in `stage` with `source`. Suppressed and opted-out people are left alone. What
    becomes of a person does not depend on how people are divided into calls, only that somebody of an earlier call is
    `unchanged` or `updated` and not `merged`. About a dozen statements whatever the number of people; give at most a
    few thousand. Starts again when another process makes the same person at the same moment.
    """
    for race in range(RACES):
        try:
            with transaction.atomic():
                return Reception(source=source, by=by, now=now, stage=stage, overwrite=overwrite).take(people)
        except (IntegrityError, OperationalError) as clash:
            if race == RACES - 1 or not (isinstance(clash, IntegrityError) or _is_deadlock(clash)):
                raise
    raise AssertionError("unreachable")


def _is_deadlock(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "40P01"  # deadlock_detected, PostgreSQL


@dataclass(slots=True)
class Foresight:
    """What would become of people, call after call, as `receive_many` would do it; writes nothing.

    Keeps what it has seen in memory: about two kilobytes for each new person.
    """

    source: Source
    overwrite: bool = False
    _reception: "Reception | None" = None

    def of(self, people: Sequence[Person], *, now: datetime) -> list[tuple[Outcome, str]]:
        """The outcome for each of `people` and why. A person of an earlier call is `merged`."""
        if self._reception is None:
            self._reception = Reception(
                source=self.source,
                by=None,
                now=now,
                stage=Stage.SUSPECT,
                overwrite=self.overwrite,
                is_foresight=True,
            )
        return self._reception.foresee(people)


@dataclass(slots=True)
class Reception:
    """People on their way in: who they are, and what is to be written of them."""

    source: Source
    by: User | None
    now: datetime
    stage: Stage
    overwrite: bool
    accounts: "Accounts" = field(init=False)
    loaded: dict[int, Contact] = field(default_factory=dict)
    by_email: dict[str, Contact] = field(default_factory=dict)
    by_phone: dict[str, list[Contact]] = field(default_factory=dict)
    by_name: dict[str, list[Contact]] = field(default_factory=dict)
    met: set[int] = field(default_factory=set)  # id() of the contacts that an earlier person turned out to be
    opted_out: set[str] = field(default_factory=set)  # addresses that an earlier person opted out
    fresh: list[Contact] = field(default_factory=list)
    changed: dict[int, Contact] = field(default_factory=dict)
    place: int = 0
    is_foresight: bool = False

    def __post_init__(self) -> None:
        self.accounts = Accounts(now=self.now, is_foresight=self.is_foresight)

    def take(self, people: Sequence[Person]) -> list[Received]:
        """Decide, write, tell; what became of each."""
        take_turns(people)
        decided = self._decide_all(people)
        self._register_opt_outs()
        self.accounts.save(by=self.by)
        self._save_contacts()
        leads = self._leads([contact for _, contact, _ in decided if contact is not None])
        born = self._bear_leads(decided, leads)
        self._tell(list(born.values()))
        leads |= born
        return [
            Received(
                # Somebody known who had no lead yet has got one by this row.
                Outcome.UPDATED if outcome is Outcome.UNCHANGED and contact.pk in born else outcome,
                contact,
                leads.get(contact.pk) if contact is not None else None,
                why,
            )
            for outcome, contact, why in decided
        ]

    def foresee(self, people: Sequence[Person]) -> list[tuple[Outcome, str]]:
        """Decide and write nothing; what was decided is remembered for the next call."""
        decided = self._decide_all(people)
        unchanged = {contact.pk for outcome, contact, _ in decided if outcome is Outcome.UNCHANGED}
        with_lead = set(Lead.objects.filter(contact__in=unchanged).values_list("contact", flat=True))
        self.fresh.clear()
        self.accounts.fresh.clear()
        return [
            (Outcome.UPDATED, why)
            if outcome is Outcome.UNCHANGED and contact.pk not in with_lead
            else (outcome, why)
            for outcome, contact, why in decided
        ]

    # -- Who they are

    def _decide_all(self, people: Sequence[Person]) -> list[tuple[Outcome, Any, str]]:
        """For each person the outcome, the contact (None for a suppressed one who is not known) and why."""
        suppressed = suppressed_among(people)
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
        return [self._decide(person, why=suppressed.get(place, "")) for place, person in enumerate(people)]

    def _look_up(self, people: Sequence[Person]) -> list[Contact]:
        """Read the contacts that these people may be, under all by which they are matched, and hold them."""
        # Saying that the key is not blank lets the database use the index, which leaves blank ones out.
        wanted = Q(email_key__in={person.email for person in people if person.email}) & ~Q(email_key="")
        if nameless := [person for person in people if not person.email]:
            wanted |= self._known_otherwise(nameless)
        rows = held(Contact.objects.filter(wanted), when=not self.is_foresight)
        found = [contact for contact in rows if contact.pk not in self.loaded]
        for contact in found:
            self.loaded[contact.pk] = contact
            self._index(contact)
        return found

    def _known_otherwise(self, people: Sequence[Person]) -> Q:
        """Which contacts these people without an address may be: by name and company, or name and telephone number.

        Both parts in the question, for a common name alone is that of thousands.
        """
        names = {person.name_key for person in people}
        numbers = {person.phone for person in people if person.phone}
        named = Q(name_key__in=names - {""})
        companies = Account.objects.filter(named_by(people)).values_list("pk", flat=True)
        found = (named & Q(account__in=list(companies))) | (
            Q(phone__in=numbers, name_key__in=names) & ~Q(phone="")
        )
        if any(not (person.domain or person.company_key or person.phone) for person in people):
            found |= named & Q(account=None)
        return found

    def _index(self, contact: Contact) -> None:
        if contact.email_key:
            self.by_email.setdefault(contact.email_key, contact)
        # What a contact was once found by stays here, and is looked at again when it is used (`_match`).
        if contact.phone:
            self.by_phone.setdefault(contact.phone, []).append(contact)
        if contact.name_key:
            self.by_name.setdefault(contact.name_key, []).append(contact)

    def _match(self, person: Person) -> Contact | None:
        """The contact that the person is. With an e-mail address it is the address and nothing else; then telephone
        with name, then name with company. Of several the oldest.
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
        company = person.domain or person.company_key
        if not name or (person.phone and not company):
            return None
        found = [
            contact
            for contact in self.by_name.get(name, ())
            if contact.name_key == name and company in _places(contact)
        ]
        return min(found, key=age, default=None)

    def _decide(self, person: Person, *, why: str) -> tuple[Outcome, Contact | None, str]:
        contact = self._match(person)
        if not why and person.email and not self.opted_out.isdisjoint(suppression_keys(person.email)):
            why = listed_because(self._opt_out_reason)
        if contact is not None and contact.opted_out_at is not None and not why:
            why = "The person has opted out and is not contacted again."
        if person.opted_out:
            why = (
                why or "The file says that the person has opted out. That is kept, and nobody contacts them."
            )
            if person.email:
                self.opted_out.add(person.email)
            if contact is not None and contact.opted_out_at is None:
                contact.opted_out_at = self.now
                self._mark_changed(contact)
        if why:
            return Outcome.SUPPRESSED, contact, why
        if contact is None:
            return Outcome.CREATED, self._new_contact(person), ""
        changed = self._complete(contact, person)
        if id(contact) in self.met:
            return Outcome.MERGED, contact, "The same person as an earlier row."
        self.met.add(id(contact))
        return (Outcome.UPDATED if changed else Outcome.UNCHANGED), contact, ""

    def _new_contact(self, person: Person) -> Contact:
        # A microsecond apart, so that the order of the rows is kept, whatever order they are written in.
        self.place += 1
        contact = Contact(
            account=self.accounts.find_or_add(person),
            first_name=person.first_name,
            last_name=person.last_name,
            name_key=person.name_key,
            email=person.email,
            email_key=person.email,
            email_kind=person.email_kind,
            phone=person.phone,
            title=person.title,
            seniority=person.seniority,
            function=person.function,
            country=person.country,
            city=person.city,
            linkedin_url=person.linkedin_url,
            created_at=self.now + self.place * MICROSECOND,
            updated_at=self.now,
        )
        self.fresh.append(contact)
        self.met.add(id(contact))
        self._index(contact)
        return contact

    def _complete(self, contact: Contact, person: Person) -> bool:
        """Fill blanks (or overwrite) from `person`; whether anything of the contact or its account changed."""
        changed = False
        for name in ("phone", "country", "city", "linkedin_url", *_names_that_fit(contact, person)):
            present, value = getattr(contact, name), getattr(person, name)
            if value and value != present and (not present or self.overwrite):
                setattr(contact, name, value)
                changed = True
        if person.title and person.title != contact.title and (not contact.title or self.overwrite):
            contact.title, contact.seniority, contact.function = (
                person.title,
                person.seniority,
                person.function,
            )
            changed = True
        if contact.account is None:
            contact.account = self.accounts.find_or_add(person)
            changed = changed or contact.account is not None
        elif self.accounts.complete(contact.account, person, overwrite=self.overwrite):
            changed = True
        if changed:
            self._mark_changed(contact)
        return changed

    def _mark_changed(self, contact: Contact) -> None:
        contact.updated_at = max(contact.updated_at, self.now)
        contact.name_key = name_key_of(contact.first_name, contact.last_name)
        self._index(contact)
        if contact.pk is not None:
            self.changed[contact.pk] = contact

    # -- What is written

    def _save_contacts(self) -> None:
        for contact in (*self.fresh, *self.changed.values()):
            contact.account = contact.account  # its key is known only now that the account is saved
        # Unique keys in one order, so that two imports never wait for each other.
        create_with_history(
            rows=sorted(self.fresh, key=lambda contact: contact.email_key), by=self.by, at=self.now
        )
        update_with_history(
            rows=[self.changed[pk] for pk in sorted(self.changed)],
            fields=_SAVED_CONTACT_FIELDS,
            by=self.by,
            at=self.now,
        )

    def _leads(self, contacts: Sequence[Contact]) -> dict[int, Lead]:
        """For each contact its open lead, else its latest one."""
        found: dict[int, Lead] = {}
        fresh = {contact.pk for contact in self.fresh}
        known = {contact.pk for contact in contacts} - fresh
        for lead in Lead.objects.filter(contact__in=known).order_by("pk"):
            if lead.source_id == self.source.pk:
                lead.source = self.source
            current = found.get(lead.contact_id)
            if current is None or lead.is_open or not current.is_open:
                found[lead.contact_id] = lead
        return found

    def _bear_leads(
        self, decided: Iterable[tuple[Outcome, Any, str]], leads: Mapping[int, Lead]
    ) -> dict[int, Lead]:
        """A lead for every contact that was let in and has none, by contact; made in the order in which they came."""
        newcomers = {
            contact.pk: contact
            for outcome, contact, _ in decided
            if outcome is not Outcome.SUPPRESSED and contact.pk not in leads
        }
        born = [
            Lead(
                contact=contact,
                source=self.source,
                stage=self.stage.value,
                created_at=self.now,
                updated_at=self.now,
                stage_entered_at=self.now,
            )
            for contact in newcomers.values()
        ]
        insert(born)
        insert(Milestone(lead_id=lead.pk, stage=self.stage.value, at=self.now) for lead in born)
        return {lead.contact_id: lead for lead in born if lead.contact_id is not None}

    def _tell(self, born: Sequence[Lead]) -> None:
        """Inside the transaction: which leads are new, and which have something new that a score may depend on."""
        if born:
            leads_created.send(sender=Lead, lead_ids=[lead.pk for lead in born])
        # Two questions, since one with OR across the join would read the whole table.
        touched = {
            *Lead.objects.filter(contact__in=list(self.changed)).values_list("pk", flat=True),
            *Lead.objects.filter(contact__account__in=list(self.accounts.changed)).values_list(
                "pk", flat=True
            ),
        } - {lead.pk for lead in born}
        if touched:
            leads_touched.send(sender=Lead, lead_ids=sorted(touched))

    @property
    def _opt_out_reason(self) -> str:
        return f"Opted out in {self.source}"[:200]

    def _register_opt_outs(self) -> None:
        """A file may opt a person out, never in: the address goes on the do-not-contact list."""
        Suppression.objects.bulk_create(
            [
                Suppression(
                    kind=Suppression.Kind.EMAIL,
                    value=address,
                    reason=self._opt_out_reason,
                    created_at=self.now,
                    created_by_id=self.by.pk if self.by is not None else None,
                )
                for address in sorted(self.opted_out)
            ],
            ignore_conflicts=True,
        )


def _places(contact: Contact) -> set[str]:
    """Where a contact is known to work, as a person's row may say it: domain or company; "" for nowhere."""
    account = contact.account
    return {account.domain, account.name_key} - {""} if account else {""}


def _names_that_fit(contact: Contact, person: Person) -> tuple[str, ...]:
    """The parts of the name that the row may fill or replace: both, or the missing one beside one that agrees.

    So that a mailbox that two people share never makes "Ada Smith" of Ada Keller and Bob Smith.
    """
    key = normalise.person_key
    if contact.first_name and not contact.last_name and person.first_name:
        return ("last_name",) if key(contact.first_name, "") == key(person.first_name, "") else ()
    if contact.last_name and not contact.first_name and person.last_name:
        return ("first_name",) if key(contact.last_name, "") == key(person.last_name, "") else ()
    return ("first_name", "last_name")
