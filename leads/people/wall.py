"""The do-not-contact list, as every door asks it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import connections, router, transaction
from django.db.models import F, Func, IntegerField, Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan

from leads.history import update_with_history
from leads.models import Contact, FormerKey, Suppression
from leads.people.person import Person
from leads.people.spelling import (
    GMAIL,
    GOOGLE_HOSTS,
    erased_hash,
    hosts_above,
    looks_like,
    mailbox_key,
    mailbox_of,
    mailboxes_of,
    number_of,
)

ERASED_BEFORE: Final = "Erased at the person's own wish, and not taken in again."
HELD_AT_ONCE: Final = 2_000  # contacts that one statement of `enforce` opts out
READ_AT_ONCE: Final = 10_000  # addresses or numbers that are looked at one by one

_EMAIL: Final = Suppression.Kind.EMAIL.value
_PHONE: Final = Suppression.Kind.PHONE.value
_DOMAIN: Final = Suppression.Kind.DOMAIN.value
_ERASED: Final = Suppression.Kind.ERASED.value
Key = tuple[str, str]  # kind and value, as an entry has them


@dataclass(frozen=True, slots=True)
class Listed:
    """Why a person is on the do-not-contact list, and by which other address or number of the row; "" for their own."""

    why: str
    beside: str = ""


def suppressed_among(people: Sequence[Person]) -> dict[int, str]:
    """Which of `people` (by place) are on the do-not-contact list, and why; see `listed_among`."""
    return {place: found.why for place, found in listed_among(people).items()}


def listed_among(people: Sequence[Person]) -> dict[int, Listed]:
    """Which of `people` (by place) are on the do-not-contact list. Two statements for any number of people."""
    present = _kinds_present()
    if not present or not people:
        return {}
    keys = _Keys(present)
    asked = [keys.of(person) for person in people]
    listed = _listed(keys.all)
    if not listed:
        return {}
    return {
        place: Listed(listed_because(listed[hit], kind=hit[0]), _beside(people[place], hit, keys))
        for place, found in enumerate(asked)
        if (hit := next((key for key in found if key in listed), None))
    }


def _beside(person: Person, hit: Key, keys: "_Keys") -> str:
    """Which other address or number of the row has this key, where the person's own have not."""
    if not person.beside or hit in keys.of(replace(person, beside=())):
        return ""
    return next((text for text in person.beside if hit in keys.of(_known_as(text))), "")


def _known_as(text: str) -> Person:
    return Person(email=text) if "@" in text else Person(phone=text)


def walled(contacts: Sequence[Contact]) -> set[int]:
    """The ids of those whom nobody may contact: opted out, or on the do-not-contact list in any way."""
    if not contacts:
        return set()
    return {contact.pk for contact in contacts if contact.opted_out_at is not None} | _listed_among(contacts)


def why_walled(contact: Contact) -> str:
    """The sentence about why nobody may contact this person by the do-not-contact list, saved or not; "" if one may."""
    found = suppressed_among([as_person(contact), *(person for _, person in _formerly([contact]))])
    return next(iter(found.values()), "")


def _listed_among(contacts: Sequence[Contact]) -> set[int]:
    """The ids of those whom the list holds, by what they are known by now or were before a merge."""
    asked = [(contact.pk, as_person(contact)) for contact in contacts] + _formerly(contacts)
    return {asked[place][0] for place in suppressed_among([person for _, person in asked])}


def _formerly(contacts: Sequence[Contact]) -> list[tuple[int, Person]]:
    """Under what contacts, and the companies that they are at, were known that went into these: id, and as asked."""
    ids = {contact.pk for contact in contacts if contact.pk is not None}
    at = {contact.account_id for contact in contacts if contact.account_id is not None}
    of_people = Q(contact_id__among=ids, kind__in=[FormerKey.Kind.EMAIL, FormerKey.Kind.PHONE])
    keys = FormerKey.objects.filter(of_people | Q(account_id__among=at, kind=FormerKey.Kind.DOMAIN))
    countries = {contact.pk: contact.country for contact in contacts}
    found: list[tuple[int, Person]] = []
    for contact_id, account_id, kind, value in keys.values_list("contact", "account", "kind", "value"):
        if contact_id is not None and kind == FormerKey.Kind.EMAIL:
            found.append((contact_id, Person(email=value)))
        elif contact_id is not None:
            found.append((contact_id, Person(phone=number_of(value, country=countries[contact_id]))))
        else:
            of_it = (contact.pk for contact in contacts if contact.account_id == account_id)
            found += [(pk, Person(domain=value)) for pk in of_it]
    return found


def is_any_erased(people: Iterable[Person], *, since: datetime) -> bool:
    """Whether one of `people` was erased at `since` or later."""
    keys = _Keys({_ERASED})
    for person in people:
        keys.of(person)
    found = Suppression.objects.filter(kind=_ERASED, value__among=keys.all[_ERASED], created_at__gte=since)
    return bool(keys.all[_ERASED]) and found.exists()


def opt_out_values(person: Person) -> list[str]:
    """What an opt-out of this person is known by, the best first: the mailbox, the number, others of the same row."""
    found = [mailbox_key(person.email)] if person.email else []
    if person.phone:
        found.append(person.phone)
    return [*found, *map(_value_of, person.beside)] if person.beside else found


def held_values(person: Person) -> list[str]:
    """Every mailbox and number under which an opt-out holds this person, also one that an address only looks like."""
    found = opt_out_values(person)
    for address in (person.email, *person.beside):
        if not address.isascii():
            found += mailboxes_of(address)
    return found


def held_beside(person: Person, values: set[str]) -> str:
    """By which other address or number of the row one of `values` holds the person; "" where it is by their own."""
    if not person.beside or not values.isdisjoint(held_values(replace(person, beside=()))):
        return ""
    return next((text for text in person.beside if not values.isdisjoint(held_values(_known_as(text)))), "")


def entered_values(person: Person) -> list[str]:
    """What an opt-out of this person is entered under: every mailbox of theirs, or the number if there is none."""
    return opt_out_values(person)[:1] + [_value_of(text) for text in person.beside if "@" in text]


def _value_of(text: str) -> str:
    return mailbox_key(text) if "@" in text else text


def kind_of(value: str) -> str:
    """The kind of entry that one of `opt_out_values` makes."""
    return _EMAIL if "@" in value else _PHONE


def listed_because(reason: str, *, kind: str = _EMAIL) -> str:
    """The sentence for somebody on the do-not-contact list."""
    if kind == _ERASED:
        return ERASED_BEFORE
    return f"On the do-not-contact list{f' ({reason})' if reason else ''}."


def enforce(entries: Iterable[Suppression], *, by: User | None, now: datetime) -> int:
    """Opt out the known people whom these new entries hold, from this moment, with history; how many they were.

    An opt-out must be felt at once in queues, routing and exports, whatever way the person's address is spelt. A few
    statements for any number of addresses and telephone numbers.
    """
    keys = {(str(entry.kind), entry.value) for entry in entries}
    held = _with_address({value for kind, value in keys if kind == _EMAIL})
    held |= _with_number({value for kind, value in keys if kind == _PHONE})
    held |= _held_otherwise({key for key in keys if key[0] not in (_EMAIL, _PHONE)})
    ordered = sorted(held)
    return sum(
        _opt_out(ordered[start : start + HELD_AT_ONCE], by=by, now=now)
        for start in range(0, len(ordered), HELD_AT_ONCE)
    )


def enforce_on(contacts: Iterable[Contact], *, by: User | None, now: datetime) -> int:
    """Opt out those of `contacts` whom the do-not-contact list holds; for rows that come back, as by an undo."""
    held = sorted(_listed_among([contact for contact in contacts if contact.opted_out_at is None]))
    return _opt_out(held, by=by, now=now)


def _in_parts(contacts: Iterator[Contact]) -> Iterator[list[Contact]]:
    while some := list(islice(contacts, HELD_AT_ONCE)):
        yield some


def _opt_out(ids: Sequence[int], *, by: User | None, now: datetime) -> int:
    with transaction.atomic():
        among = Contact.objects.select_for_update().filter(pk__among=ids, opted_out_at=None)
        rows = list(among.order_by("pk")) if ids else []
        for contact in rows:
            contact.opted_out_at = now
            contact.updated_at = max(contact.updated_at, now)
        update_with_history(rows=rows, fields=["opted_out_at", "updated_at"], by=by, at=now)
    return len(rows)


# --- Whom entries hold --------------------------------------------------------------------------------------------


class _Octets(Func):
    """The bytes that a text takes: more than it has signs where one of these is not of ASCII."""

    function = "OCTET_LENGTH"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="LENGTH(CAST(%(expressions)s AS BLOB))", **extra)


def _has_other_letters(column: str) -> Q:
    return Q(GreaterThan(_Octets(F(column)), Length(F(column))))


def _with_address(mailboxes: set[str]) -> set[int]:
    """The ids of those whose address leads to one of the mailboxes, or did before a merge.

    An address of plain letters without a tag is its own mailbox, and found by the index. The others are a small part of
    all and looked at one by one: what they come to stands in no column.
    """
    if not mailboxes:
        return set()
    has_google = any(box.endswith(f"@{GMAIL}") for box in mailboxes)
    found: set[int] = set()
    for rows, number, column in (
        (Contact.objects.order_by(), "pk", "email_key"),
        (FormerKey.objects.order_by().filter(kind=FormerKey.Kind.EMAIL), "contact_id", "value"),
    ):
        # Saying that it is not blank lets the database use the index, which leaves blank ones out.
        known = rows.exclude(**{column: ""})
        found.update(known.filter(**{f"{column}__among": mailboxes}).values_list(number, flat=True))
        spelt = Q(**{f"{column}__contains": "+"}) | _has_other_letters(column)
        for host in GOOGLE_HOSTS if has_google else ():
            spelt |= Q(**{f"{column}__endswith": f"@{host}"})
        found.update(
            pk
            for pk, address in known.filter(spelt).values_list(number, column).iterator(READ_AT_ONCE)
            if not mailboxes.isdisjoint(mailboxes_of(address))
        )
    return found


def _with_number(numbers: set[str]) -> set[int]:
    """The ids of those who have one of the numbers, or had before a merge; one typed by hand may stand in any form."""
    if not numbers:
        return set()
    found: set[int] = set()
    for rows, number, column, country in (
        (Contact.objects.order_by(), "pk", "phone", "country"),
        (
            FormerKey.objects.order_by().filter(kind=FormerKey.Kind.PHONE),
            "contact_id",
            "value",
            "contact__country",
        ),
    ):
        known = rows.exclude(**{column: ""})
        found.update(known.filter(**{f"{column}__among": numbers}).values_list(number, flat=True))
        signs = Func(F(column), Value("+0123456789"), function="TRIM")
        typed = known.alias(signs=signs).filter(~Q(**{f"{column}__startswith": "+"}) | ~Q(signs=""))
        found.update(
            pk
            for pk, text, of in typed.values_list(number, column, country).iterator(READ_AT_ONCE)
            if number_of(text, country=of) in numbers
        )
    return found


def _held_otherwise(keys: set[Key]) -> set[int]:
    """The ids of those whom entries of domains, and of the erased, hold."""
    held: set[int] = set()
    if not keys:
        return held
    known = Contact.objects.filter(opted_out_at=None).filter(_perhaps(keys)).select_related("account")
    for contacts in _in_parts(known.iterator(chunk_size=HELD_AT_ONCE)):
        kinds = _Keys({_DOMAIN, _ERASED})
        formerly = {pk for pk, person in _formerly(contacts) if keys.intersection(kinds.of(person))}
        held |= {row.pk for row in contacts if row.pk in formerly or keys & set(keys_of(row))}
    return held


def keys_of(contact: Contact) -> list[Key]:
    """Every entry that would hold this contact."""
    return _Keys({_EMAIL, _PHONE, _DOMAIN, _ERASED}).of(as_person(contact))


def _perhaps(keys: set[Key]) -> Q:
    """The contacts that entries of domains, or of the erased, may hold; a little too many, as spelling comes after."""
    if any(kind == _ERASED for kind, _ in keys):
        return Q()
    asked = [
        Q(pk__in=FormerKey.objects.filter(contact__isnull=False).values("contact")),
        Q(account__in=FormerKey.objects.filter(kind=FormerKey.Kind.DOMAIN).values("account")),
        _has_other_letters("email_key"),
        _has_other_letters("account__domain"),
    ]
    for _, value in keys:
        asked += [
            Q(email_key__endswith=f"@{value}"),
            Q(email_key__endswith=f".{value}"),
            Q(account__domain=value),
            Q(account__domain__endswith=f".{value}"),
        ]
    return reduce(or_, asked) if len(asked) <= _SINGLY else Q()


_SINGLY: Final = 200  # conditions; above that everybody is looked at


class _Keys:
    """What people are looked for by on the list, of the kinds that are on it."""

    def __init__(self, present: set[str]) -> None:
        self.present = present
        self.all: dict[str, set[str]] = {kind: set() for kind in present}
        self._hosts: dict[str, list[Key]] = {}

    def of(self, person: Person) -> list[Key]:
        found: list[Key] = []
        hosts = {person.email.rpartition("@")[2], person.domain, looks_like(person.domain)}
        if person.email:
            mailbox = mailbox_key(person.email)
            if look := looks_like(person.email):
                hosts.add(look.rpartition("@")[2])
            for box in (mailbox, mailbox_key(look)) if look else (mailbox,):
                if _EMAIL in self.present:
                    found.append((_EMAIL, box))
                    if box == mailbox != person.email:
                        found.append((_EMAIL, person.email))
                if _ERASED in self.present:
                    found.append((_ERASED, erased_hash(_EMAIL, box)))
        if person.phone:
            if _PHONE in self.present:
                found.append((_PHONE, person.phone))
            if _ERASED in self.present:
                found.append((_ERASED, erased_hash(_PHONE, person.phone)))
        for kind, value in found:
            self.all[kind].add(value)
        if _DOMAIN in self.present:
            for host in hosts - {""}:
                found += self._of_host(host)
        for text in person.beside:
            found += self.of(_known_as(text))
        return found

    def _of_host(self, host: str) -> list[Key]:
        known = self._hosts.get(host)
        if known is None:
            known = self._hosts[host] = [(_DOMAIN, name) for name in hosts_above(host)]
            self.all[_DOMAIN].update(name for _, name in known)
        return known


def as_person(contact: Contact) -> Person:
    """A contact, saved or not, as the list is asked about it."""
    return Person(
        email=contact.email_key or (mailbox_of(contact.email) if contact.email else ""),
        phone=number_of(contact.phone, country=contact.country) if contact.phone else "",
        domain=contact.account.domain if contact.account else "",
    )


def _kinds_present() -> set[str]:
    """Of which kinds there are entries at all: hashes are worked out only where somebody has been erased."""
    table = Suppression._meta.db_table
    kinds = [kind.value for kind in Suppression.Kind]
    # The least of a kind is one look into the index, on both databases.
    one = f"SELECT MIN(kind) FROM {table} WHERE kind = %s"  # noqa: S608
    with connections[router.db_for_read(Suppression)].cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(kinds)), kinds)
        return {kind for (kind,) in cursor.fetchall() if kind}


def _listed(asked: Mapping[str, set[str]]) -> dict[Key, str]:
    """Those of `asked` that are on the list, with their reasons. One statement with one parameter a kind.

    A parameter for each value would be more than a statement takes.
    """
    connection = connections[router.db_for_read(Suppression)]
    is_postgresql = connection.vendor == "postgresql"
    among = "= ANY(%s)" if is_postgresql else "IN (SELECT value FROM json_each(%s))"
    parts, parameters = [], []
    for kind, values in asked.items():
        if values:
            parts.append(
                f"SELECT kind, value, reason FROM {Suppression._meta.db_table} "  # noqa: S608
                f"WHERE kind = %s AND value {among}"
            )
            parameters += [kind, list(values) if is_postgresql else json.dumps(list(values))]
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return {(kind, value): reason for kind, value, reason in cursor.fetchall()}
