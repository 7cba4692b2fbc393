"""Lets receptions that may be about the same people or companies take turns, where several can write at once.

An e-mail address and a domain are unique in the database, so of two processes that make the same one, one is told.
Whoever is known by name or telephone number only, and a company without a domain, has no such key: two processes that
look for them at the same moment both find nobody. They wait for each other here, by advisory locks of PostgreSQL that
end with the transaction. Those who bring a unique key share the lock; only those without one need it for themselves.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final
from zlib import crc32

from django.db import connections, router

from leads.models import Contact

if TYPE_CHECKING:
    from leads.people.person import Person

SPACE: Final = 0x4C4F  # of these locks among all advisory locks of the database
# Places to queue at. More of them let more processes pass each other; the server has room for some thousands of locks.
PLACES: Final = 1024


def take_turns(people: Iterable["Person"]) -> None:
    """Wait until nobody else is about to write people or companies that could be these. In a transaction."""
    connection = connections[router.db_for_write(Contact)]
    if connection.vendor != "postgresql":
        return  # SQLite has one writer at a time
    places: dict[int, bool] = {}
    for key, is_alone in _keys(people):
        place = crc32(key.encode()) % PLACES
        places[place] = places.get(place, False) or is_alone
    if not places:
        return
    ordered = sorted(places)  # everybody queues in one order, so nobody waits crosswise
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN alone THEN pg_advisory_xact_lock(%s, place)::text "
            "ELSE pg_advisory_xact_lock_shared(%s, place)::text END "
            "FROM unnest(%s::int[], %s::bool[]) AS queue(place, alone)",
            [SPACE, SPACE, ordered, [places[place] for place in ordered]],
        )


def _keys(people: Iterable["Person"]) -> Iterator[tuple[str, bool]]:
    """By what each person and company can be found beside a unique key, and whether it is all they have."""
    for person in people:
        if person.name_key or person.phone:
            yield f"person {person.name_key or person.phone}", not person.email
        if person.company_key:
            yield f"company {person.company_key}", not person.domain
