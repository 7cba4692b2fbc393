"""The do-not-contact list, as every door asks it."""

from collections.abc import Sequence

from django.db.models import Q

from leads import normalise
from leads.models import Contact, Suppression
from leads.people.keys import suppression_keys
from leads.people.person import Person


def suppressed_among(people: Sequence[Person]) -> dict[int, str]:
    """Which of `people` (by place) are on the do-not-contact list, and why."""
    emails = {key for person in people if person.email for key in suppression_keys(person.email)}
    hosts = {place: _domains(person) for place, person in enumerate(people)}
    listed = {
        (kind, value): reason
        for kind, value, reason in Suppression.objects.filter(
            Q(kind=Suppression.Kind.EMAIL, value__in=emails)
            | Q(kind=Suppression.Kind.DOMAIN, value__in={host for found in hosts.values() for host in found})
        ).values_list("kind", "value", "reason")
    }
    if not listed:
        return {}
    found = {}
    for place, person in enumerate(people):
        keys = [("email", key) for key in suppression_keys(person.email)] if person.email else []
        hit = next(
            (key for key in (*keys, *(("domain", host) for host in hosts[place])) if key in listed), None
        )
        if hit is not None:
            found[place] = listed_because(listed[hit])
    return found


def walled(contacts: Sequence[Contact]) -> set[int]:
    """The ids of those whom nobody may contact: opted out, or on the do-not-contact list by address or domain."""
    out = {contact.pk for contact in contacts if contact.opted_out_at is not None}
    people = [
        Person(email=contact.email_key, domain=contact.account.domain if contact.account else "")
        for contact in contacts
    ]
    return out | {contacts[place].pk for place in suppressed_among(people)}


def listed_because(reason: str) -> str:
    """The sentence for somebody on the do-not-contact list."""
    return f"On the do-not-contact list{f' ({reason})' if reason else ''}."


def _domains(person: Person) -> set[str]:
    host = person.email.rpartition("@")[2]
    return {normalise.registrable_domain(host) if host else "", person.domain} - {""}
