"""The companies of people on their way in: found by domain or name, made or completed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.models import User
from django.db import connections, router
from django.db.models import Q

from leads.bulk import fetch, insert_rows, moment, moments_after, new_ids, update_rows
from leads.history import CHANGED, CREATED, copy_history
from leads.models import Account
from leads.people.former import accounts_formerly
from leads.people.person import Person, company_key_of
from leads.people.records import ACCOUNT_COLUMNS, AccountRecord, ContactRecord
from leads.people.rules import OVERWRITE, Rules

if TYPE_CHECKING:
    from leads.people.arrivals import Arrival
    from leads.people.memory import Memory

FEW: Final = 100  # people for whom one question for everything is quicker than two
_SAVED: Final = ("name", "name_key", "website", "industry", "employees", "country", "domain", "updated_at")


def named_by(people: Sequence[Person]) -> Q:
    """The accounts that the rows of `people` name."""
    domains = {person.domain for person in people if person.domain}
    return (Q(domain__among=domains) & ~Q(domain="")) | Q(
        name_key__among={person.company_key for person in people if person.company_key}
    )


def held(rows: Any, *, when: bool) -> Any:
    """The rows in one order and, `when` they are to be written, held: nobody's edit is overwritten, and two imports
    never wait for each other crosswise.
    """
    rows = rows.order_by("pk")
    return rows.select_for_update(no_key=True) if when else rows


def age(row: ContactRecord | AccountRecord) -> tuple[Any, float]:
    """For sorting the oldest first; a row that is not saved yet is the younger one."""
    return row.created_at, row.id if row.id is not None else inf


@dataclass(slots=True)
class Accounts:
    """The accounts that people may belong to, one record each, and those that are new or completed."""

    now: datetime
    rules: Rules
    memory: "Memory | None" = None  # of a look ahead, which writes nothing
    by_id: dict[int, AccountRecord] = field(default_factory=dict)
    by_domain: dict[str, AccountRecord] = field(default_factory=dict)
    by_name: dict[str, list[AccountRecord]] = field(default_factory=dict)
    formerly: dict[str, AccountRecord] = field(
        default_factory=dict
    )  # by names of those that went into others
    fresh: list[AccountRecord] = field(default_factory=list)
    changed: dict[int, AccountRecord] = field(default_factory=dict)
    place: int = 0
    _connection: Any = field(init=False)
    _moment: Any = field(init=False)
    _after: Callable[[int], Any] = field(init=False)
    _of_newcomers: Rules = field(init=False)
    _only_fill: bool = field(init=False)

    def __post_init__(self) -> None:
        self._only_fill = self.rules.only_fill
        self._connection = connections[router.db_for_write(Account)]
        self._moment = moment(self.now, self._connection)
        # New rows lie a microsecond apart, so that their order is kept, whatever order they are written in.
        self._after = moments_after(self.now, self._connection)
        # A newcomer's row completes a company that is known; it replaces only what a rule names.
        self._of_newcomers = replace(self.rules, overwrite=False)

    def look_up(self, people: Sequence[Person], *, of: Iterable[ContactRecord]) -> None:
        """Read the accounts that `people` may name and those of the contacts, and hold them."""
        ids = {contact.account_id for contact in of if contact.account_id is not None}
        # A name is asked for only where the domain does not tell: a third of the work on a long list.
        known = self._known_by_domain(people) if len(people) > FEW else {}
        others = [person for person in people if person.domain not in known]
        wanted = named_by(others) | Q(pk__among=ids.union(known.values()))
        rows = held(Account.objects.filter(wanted), when=self.memory is None)
        found = [AccountRecord(*row) for row in fetch(rows, *ACCOUNT_COLUMNS)]
        by_domain, by_name = self._formerly(others, found)
        if self.memory is not None:
            found = self.memory.accounts(found, people=people, ids=ids)
        for account in found:
            assert account.id is not None
            if account.id not in self.by_id:
                self.by_id[account.id] = account
                self._index(account)
        for domain, pk in by_domain.items():
            self.by_domain.setdefault(domain, self.by_id[pk])
        for name, pk in by_name.items():
            self.formerly[name] = self.by_id[pk]

    @staticmethod
    def _known_by_domain(people: Sequence[Person]) -> dict[str, int]:
        """The ids of the accounts with the domains of `people`, by domain; from the index alone, nothing is held."""
        domains = {person.domain for person in people if person.domain}
        rows = Account.objects.filter(~Q(domain=""), domain__among=domains).order_by()
        return dict(fetch(rows, "domain", "pk"))

    def _formerly(
        self, people: Sequence[Person], found: list[AccountRecord]
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Which companies are meant by domains and names of those that went into others; they are added to `found`."""
        domains = {person.domain for person in people} - {account.domain for account in found} - {""}
        names = {person.company_key for person in people} - {account.name_key for account in found} - {""}
        by_domain, by_name = accounts_formerly(domains=domains, name_keys=names)
        wanted = {*by_domain.values(), *by_name.values()}
        if wanted:
            missing = Account.objects.filter(pk__among=wanted - {account.id for account in found})
            rows = fetch(held(missing, when=self.memory is None), *ACCOUNT_COLUMNS)
            found += [AccountRecord(*row) for row in rows]
        there = {account.id for account in found}
        return (
            {domain: pk for domain, pk in by_domain.items() if pk in there},
            {name: pk for name, pk in by_name.items() if pk in there},
        )

    def find_or_add(self, person: Person, arrival: "Arrival") -> AccountRecord | None:
        """The person's account, completed from the row; a new one where none fits; None where the row names none."""
        account = self._find(person)
        if account is not None:
            self._fill(account, person, self._of_newcomers, arrival)
            return account
        if not (person.domain or person.company_key):
            return None
        self.place += 1
        account = AccountRecord(
            None,
            person.company or person.domain,
            person.company_key or company_key_of(person.domain),
            person.domain,
            person.website,
            person.industry,
            person.employees,
            person.country,
            person.city,
            self._after(self.place),
            self._moment,
        )
        self.fresh.append(account)
        self._index(account)
        arrival.made_account = account
        return account

    def complete(self, account: AccountRecord, person: Person, arrival: "Arrival") -> bool:
        """Fill what the account lacks from the person's row; whether anything changed."""
        if (person.domain or person.company_key) and self._find(person) is not account:
            return False  # the row names another company; the contact keeps its own
        return self._fill(account, person, self.rules, arrival)

    def _fill(self, account: AccountRecord, person: Person, rules: Rules, arrival: "Arrival") -> bool:
        changed = False
        # Most companies of a long list are complete by their second row.
        for name in () if self._only_fill and all(_filled(account)) else _FILLED:
            value = getattr(person, name)
            if not value:
                continue
            present = getattr(account, name)
            if present == value or (present and self._only_fill):
                continue
            if rules.allow(name, is_known=bool(present)):
                arrival.note_account(account, name, present, value)
                setattr(account, name, value)
                changed = True
        domain = person.domain
        if (
            domain
            and not account.domain
            and domain not in self.by_domain
            and rules.allow("domain", is_known=False)
        ):
            arrival.note_account(account, "domain", account.domain, domain)
            account.domain = domain
            changed = True
        if person.company and person.company != account.name and self._may_rename(account, rules):
            arrival.note_account(account, "name", account.name, person.company)
            account.name, account.name_key = person.company, person.company_key
            changed = True
        if changed:
            account.updated_at = max(account.updated_at, self._moment)
            self._index(account)
            if account.id is not None:
                self.changed[account.id] = account
        return changed

    @staticmethod
    def _may_rename(account: AccountRecord, rules: Rules) -> bool:
        if account.name == account.domain:  # born of a row that only had the domain
            return rules.allow("name", is_known=False)
        return rules.said("name") == OVERWRITE

    def save(self, *, by: User | None) -> None:
        """Write the new and the completed accounts, with their history, and give the new ones their ids."""
        self.fresh.sort(key=lambda account: (account.domain, account.name_key))
        ids = new_ids(Account, len(self.fresh))
        for account, number in zip(self.fresh, ids, strict=True):
            account.id = number
        insert_rows(Account, ACCOUNT_COLUMNS, [_row(account) for account in self.fresh])
        copy_history(Account, ids, kind=CREATED, by=by, at=self.now)
        changed = sorted(self.changed)
        update_rows(Account, _SAVED, [(*_saved(self.changed[pk]), pk) for pk in changed])
        copy_history(Account, changed, kind=CHANGED, by=by, at=self.now)

    def _find(self, person: Person) -> AccountRecord | None:
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
        if found:
            return min(found, key=age)
        former = self.formerly.get(key)
        return None if former is None or (person.domain and former.domain) else former

    def _index(self, account: AccountRecord) -> None:
        if account.domain:
            self.by_domain[account.domain] = account
        if account.name_key:
            self.by_name.setdefault(account.name_key, []).append(account)


_FILLED: Final = ("website", "industry", "employees", "country")
_filled: Final = attrgetter(*_FILLED)
_row: Final = attrgetter(*ACCOUNT_COLUMNS)
_saved: Final = attrgetter(*_SAVED)
