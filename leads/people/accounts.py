"""The companies of people on their way in: found by domain or name, made or completed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Q

from leads.history import create_with_history, update_with_history
from leads.models import Account, Contact
from leads.people.person import Person, company_key_of

# New rows lie this far apart in time, so that their order is kept, whatever order they are written in.
MICROSECOND: Final = timedelta(microseconds=1)
_SAVED_ACCOUNT_FIELDS: Final = [
    "name",
    "name_key",
    "website",
    "industry",
    "employees",
    "country",
    "domain",
    "updated_at",
]


def named_by(people: Sequence[Person]) -> Q:
    """The accounts that the rows of `people` name."""
    return (Q(domain__in={person.domain for person in people if person.domain}) & ~Q(domain="")) | Q(
        name_key__in={person.company_key for person in people if person.company_key}
    )


def held(rows: Any, *, when: bool) -> Any:
    """The rows in one order and, `when` they are to be written, held: nobody's edit is overwritten, and two imports
    never wait for each other crosswise.
    """
    rows = rows.order_by("pk")
    return rows.select_for_update(no_key=True) if when else rows


def age(row: Contact | Account) -> tuple[datetime, float]:
    """For sorting the oldest first; a row that is not saved yet is the younger one."""
    return row.created_at, row.pk if row.pk is not None else inf


@dataclass(slots=True)
class Accounts:
    """The accounts that people may belong to, one object each, and those that are new or completed."""

    now: datetime
    by_id: dict[int, Account] = field(default_factory=dict)
    by_domain: dict[str, Account] = field(default_factory=dict)
    by_name: dict[str, list[Account]] = field(default_factory=dict)
    fresh: list[Account] = field(default_factory=list)
    changed: dict[int, Account] = field(default_factory=dict)
    place: int = 0
    is_foresight: bool = False

    def look_up(self, people: Sequence[Person], *, of: Iterable[Contact]) -> None:
        """Read the accounts that `people` may name and those of the contacts, and hold them."""
        wanted = named_by(people) | Q(pk__in={contact.account_id for contact in of if contact.account_id})
        for account in held(Account.objects.filter(wanted), when=not self.is_foresight):
            if account.pk not in self.by_id:
                self.by_id[account.pk] = account
                self._index(account)

    def find_or_add(self, person: Person) -> Account | None:
        """The person's account, completed from the row; a new one where none fits; None where the row names none."""
        account = self._find(person)
        if account is not None:
            self.complete(account, person, overwrite=False)
            return account
        if not (person.domain or person.company_key):
            return None
        self.place += 1
        account = Account(
            name=person.company or person.domain,
            name_key=person.company_key or company_key_of(person.domain),
            domain=person.domain,
            website=person.website,
            industry=person.industry,
            employees=person.employees,
            country=person.country,
            city=person.city,
            created_at=self.now + self.place * MICROSECOND,
            updated_at=self.now,
        )
        self.fresh.append(account)
        self._index(account)
        return account

    def complete(self, account: Account, person: Person, *, overwrite: bool) -> bool:
        """Fill what the account lacks from the person's row; whether anything changed."""
        if (person.domain or person.company_key) and self._find(person) is not account:
            return False  # the row names another company; the contact keeps its own
        changed = False
        for name, value in (
            ("website", person.website),
            ("industry", person.industry),
            ("employees", person.employees),
            ("country", person.country),
            ("domain", person.domain),
        ):
            present = getattr(account, name)
            may = not present or (overwrite and name != "domain")
            if value and may and present != value and not (name == "domain" and value in self.by_domain):
                setattr(account, name, value)
                changed = True
        if person.company and account.name == account.domain:  # born of a row that only had the domain
            account.name, account.name_key = person.company, person.company_key
            changed = True
        if changed:
            account.updated_at = max(account.updated_at, self.now)
            self._index(account)
            if account.pk is not None:
                self.changed[account.pk] = account
        return changed

    def save(self, *, by: User | None) -> None:
        """Write the new and the completed accounts, with their history."""
        ordered = sorted(self.fresh, key=lambda account: (account.domain, account.name_key))
        create_with_history(rows=ordered, by=by, at=self.now)
        update_with_history(
            rows=[self.changed[pk] for pk in sorted(self.changed)],
            fields=_SAVED_ACCOUNT_FIELDS,
            by=by,
            at=self.now,
        )

    def _find(self, person: Person) -> Account | None:
        """By domain, else by name; of several with one name the oldest. One name, two domains: two companies."""
        if person.domain and person.domain in self.by_domain:
            return self.by_domain[person.domain]
        key = person.company_key
        if not key:
            return None
        found = [
            account
            for account in self.by_name.get(key, ())
            if account.name_key == key and not (person.domain and account.domain)
        ]
        return min(found, key=age, default=None)

    def _index(self, account: Account) -> None:
        if account.domain:
            self.by_domain[account.domain] = account
        if account.name_key:
            self.by_name.setdefault(account.name_key, []).append(account)
