"""What became of people who were taken in: the light form, for lists, and with the saved objects."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from leads.models import Contact, Lead
from leads.people.changes import Changes
from leads.people.records import AccountRecord, ContactRecord

REPEATED: Final = "The same person as an earlier row."  # why somebody is `merged`


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


@dataclass(slots=True, eq=False)
class Arrival:
    """What became of one person, and what their arrival changed, by ids instead of objects."""

    outcome: Outcome
    contact: ContactRecord | None = None
    why: str = ""
    beside: str = (
        ""  # the other address or number of the row by which the do-not-contact list holds the person
    )
    lead_id: int | None = None
    has_made_lead: bool = False
    made_account: AccountRecord | None = None
    changed_account: AccountRecord | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None

    @property
    def contact_id(self) -> int | None:
        return self.contact.id if self.contact is not None else None

    def note_contact(self, name: str, before: Any, after: Any) -> None:
        """Write down that a value of the contact changed."""
        self._note(f"contact.{name}", before, after)

    def note_account(self, account: AccountRecord, name: str, before: Any, after: Any) -> None:
        """Write down that a value of the account changed; a person's arrival changes one account at most."""
        self.changed_account = account
        self._note(f"account.{name}", before, after)

    def _note(self, name: str, before: Any, after: Any) -> None:
        if self.before is None or self.after is None:
            self.before, self.after = {}, {}
        self.before[name] = before
        self.after[name] = after

    @property
    def changes(self) -> Changes | None:
        """What the arrival did, None for nothing; of a look ahead only `before`, `after` and a saved `account`."""
        if (
            self.before is None
            and self.made_account is None
            and not self.has_made_lead
            and self.outcome is not Outcome.CREATED
        ):
            return None  # as most rows of a list that comes again
        found: Changes = {}
        made: dict[str, int] = {}
        if self.made_account is not None and self.made_account.id is not None:
            made["account"] = self.made_account.id
        if self.outcome is Outcome.CREATED and self.contact is not None and self.contact.id is not None:
            made["contact"] = self.contact.id
        if self.has_made_lead and self.lead_id is not None:
            made["lead"] = self.lead_id
        if made:
            found["made"] = made
        if self.changed_account is not None and (self.changed_account.id or 0) > 0:
            found["account"] = cast(int, self.changed_account.id)
        if self.before is not None and self.after is not None:
            found["before"] = self.before
            found["after"] = self.after
            if isinstance(company := self.after.get("contact.account"), AccountRecord):
                found["after"]["contact.account"] = company.id  # which it has only since it was saved
        return found or None
