"""What a look ahead has seen of its people: kept in a file, so that a million of them cost no more memory than a few.

The file is a database of SQLite without a name, which belongs to one connection and goes with it. It holds the contacts
and accounts as earlier people would have left them, each under the hashes of what it can be found by. A hash that fits
by chance does no harm: what is found is compared once more, like rows of the real database.
"""

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from leads.models import Account
from leads.people.accounts import named_by
from leads.people.person import Person
from leads.people.records import ACCOUNT_COLUMNS, CONTACT_COLUMNS, AccountRecord, ContactRecord

_TABLES: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -32000;
    CREATE TABLE account (id INTEGER PRIMARY KEY, domain INTEGER, name INTEGER, row BLOB);
    CREATE INDEX account_domain ON account (domain) WHERE domain IS NOT NULL;
    CREATE INDEX account_name ON account (name) WHERE name IS NOT NULL;
    CREATE TABLE contact (
        id INTEGER PRIMARY KEY, email INTEGER, phone INTEGER, name INTEGER, is_met INTEGER, row BLOB
    );
    CREATE INDEX contact_email ON contact (email) WHERE email IS NOT NULL;
    CREATE INDEX contact_phone ON contact (phone) WHERE phone IS NOT NULL;
    CREATE INDEX contact_name ON contact (name) WHERE name IS NOT NULL;
    CREATE TABLE opted_out (address TEXT PRIMARY KEY) WITHOUT ROWID;
"""


@dataclass(slots=True)
class Memory:
    """What earlier calls of a look ahead decided. Rows that do not exist have negative ids."""

    place: int = 0
    _has_opted_out: bool = False  # whether anybody did
    _file: sqlite3.Connection | None = None
    _last_id: int = 0
    # What the last call left, written down only when there is a next one.
    _left: (
        tuple[Sequence[AccountRecord], Sequence[ContactRecord], Sequence[ContactRecord], set[str]] | None
    ) = None

    def keep(
        self,
        *,
        accounts: Sequence[AccountRecord],
        contacts: Sequence[ContactRecord],
        met: Sequence[ContactRecord],
        opted_out: set[str],
        place: int,
    ) -> None:
        """Remember the accounts and contacts that a call made or changed, those that it met, and who opted out."""
        self.place = place
        self._has_opted_out |= bool(opted_out)
        self._left = (accounts, contacts, met, opted_out)

    def opted_out(self, values: Iterable[str]) -> set[str]:
        """Those of these mailboxes and numbers that earlier people opted out."""
        if not self._has_opted_out:
            return set()
        asked = "SELECT 1 FROM opted_out WHERE address = ?"
        return {value for value in set(values) for _ in self._rows(asked, value)}

    def accounts(
        self, found: Sequence[AccountRecord], *, people: Iterable[Person], ids: Iterable[int]
    ) -> list[AccountRecord]:
        """The accounts that the database found and those that earlier people would have made, as they would be now."""
        by_id: dict[int, AccountRecord] = {account.id: account for account in found if account.id is not None}
        for pk in {*by_id, *ids}:
            for (row,) in self._rows("SELECT row FROM account WHERE id = ?", pk):
                by_id[pk] = AccountRecord(*pickle.loads(row))  # noqa: S301  (written above, in this process)
        for pk, row in self._named_by(people):
            if pk not in by_id:
                by_id[pk] = AccountRecord(*pickle.loads(row))  # noqa: S301
        return list(by_id.values())

    def contacts(
        self, found: Sequence[ContactRecord], *, people: Sequence[Person]
    ) -> tuple[list[ContactRecord], list[ContactRecord]]:
        """The contacts that the database found and those that earlier people would have made or changed, as they would
        be now; and of them those that an earlier person turned out to be.
        """
        if self._file is None and self._left is None:
            return list(found), []
        by_id: dict[int, ContactRecord] = {contact.id: contact for contact in found if contact.id is not None}
        met: set[int] = set()
        for pk in list(by_id):
            self._recall(self._rows("SELECT id, is_met, row FROM contact WHERE id = ?", pk), by_id, met)
        for person in people:
            if person.email:
                rows = self._rows("SELECT id, is_met, row FROM contact WHERE email = ?", hash(person.email))
                self._recall(rows, by_id, met)
        for key in self._keys_otherwise([person for person in people if not person.email]):
            self._recall(self._rows(*key), by_id, met)
        return list(by_id.values()), [by_id[pk] for pk in met]

    @staticmethod
    def _recall(rows: Iterable[tuple[Any, ...]], by_id: dict[int, ContactRecord], met: set[int]) -> None:
        for pk, is_met, row in rows:
            if row is not None:
                by_id[pk] = ContactRecord(*pickle.loads(row))  # noqa: S301
            if is_met:
                met.add(pk)

    def _keys_otherwise(self, people: Sequence[Person]) -> Iterator[tuple[str, int]]:
        """What asks for those whom people without an address may be."""
        if not people:
            return
        named = "SELECT id, is_met, row FROM contact WHERE name = ?"
        places: dict[str, set[int]] = {}
        for pk, domain, name in Account.objects.filter(named_by(people)).values_list(
            "pk", "domain", "name_key"
        ):
            places.setdefault(domain, set()).add(pk)
            places.setdefault(name, set()).add(pk)
        for person in people:
            if person.phone:
                yield (
                    "SELECT id, is_met, row FROM contact WHERE phone = ?",
                    hash((person.phone, person.name_key)),
                )
            company = person.domain or person.company_key
            if not person.name_key:
                continue
            if not company:
                yield named, hash((person.name_key, 0))
            for pk in {*places.get(company, ()), *(pk for pk, _ in self._named_by([person]))} - {0}:
                yield named, hash((person.name_key, pk))

    def _named_by(self, people: Iterable[Person]) -> Iterator[tuple[int, bytes]]:
        for person in people:
            if person.domain:
                yield from self._rows("SELECT id, row FROM account WHERE domain = ?", hash(person.domain))
            if person.company_key:
                yield from self._rows("SELECT id, row FROM account WHERE name = ?", hash(person.company_key))

    # -- The file

    def _rows(self, sql: str, key: Any) -> list[tuple[Any, ...]]:
        if self._left is not None:
            self._write_down()
        return [] if self._file is None else self._file.execute(sql, [key]).fetchall()

    def _write_down(self) -> None:
        assert self._left is not None
        (accounts, contacts, met, opted_out), self._left = self._left, None
        if self._file is None:
            self._file = sqlite3.connect("", isolation_level=None)
            self._file.executescript(_TABLES)
        with closing(self._file.cursor()) as cursor:
            cursor.execute("BEGIN")
            cursor.executemany(
                "INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?)", map(self._account, accounts)
            )
            # First the known ones as they stand in the database, then those of which the list would make more.
            cursor.executemany(
                "INSERT INTO contact VALUES (?, NULL, NULL, NULL, 1, NULL) ON CONFLICT (id) DO UPDATE SET is_met = 1",
                [(contact.id,) for contact in met],
            )
            ids = {contact.id for contact in met}
            cursor.executemany(
                "INSERT INTO contact VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "email = excluded.email, phone = excluded.phone, name = excluded.name, row = excluded.row",
                (
                    self._contact(contact, is_met=contact.id is None or contact.id in ids)
                    for contact in contacts
                ),
            )
            cursor.executemany(
                "INSERT OR IGNORE INTO opted_out VALUES (?)", [(address,) for address in opted_out]
            )
            cursor.execute("COMMIT")

    def _account(self, account: AccountRecord) -> tuple[Any, ...]:
        if account.id is None:
            account.id = self._new_id()
        row = [getattr(account, name) for name in ACCOUNT_COLUMNS]
        return account.id, _hash(account.domain), _hash(account.name_key), pickle.dumps(row)

    def _contact(self, contact: ContactRecord, *, is_met: bool) -> tuple[Any, ...]:
        if contact.id is None:
            contact.id = self._new_id()
        if contact.account is not None:
            contact.account_id = contact.account.id
        row = [getattr(contact, name) for name in CONTACT_COLUMNS]
        return (
            contact.id,
            _hash(contact.email_key),
            hash((contact.phone, contact.name_key)) if contact.phone else None,
            hash((contact.name_key, contact.account_id or 0)) if contact.name_key else None,
            int(is_met),
            pickle.dumps(row),
        )

    def _new_id(self) -> int:
        self._last_id -= 1
        return self._last_id


def _hash(text: str) -> int | None:
    return hash(text) if text else None
