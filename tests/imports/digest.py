"""One hash of all that people care about, without ids and moments: equal for two databases that say the same."""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from imports.models import ImportBatch, ImportRow
from leads.models import Account, Activity, Contact, Lead, Milestone, StageChange, Suppression

_ACCOUNT: Final = (
    "name",
    "domain",
    "website",
    "industry",
    "employees",
    "country",
    "city",
    "phone",
    "name_key",
)
_PERSON: Final = (
    "email", "first_name", "last_name", "phone", "title", "seniority", "function", "country", "city", "linkedin_url",
    "email_kind", "email_key", "name_key", "account__name", "account__domain",
)  # fmt: skip
_WHOSE: Final = ("email", "phone", "name_key", "account__name", "account__domain")
_LEAD: Final = ("stage", "source__name", "owner__username", "team__name", "sub_status__name")


def business_rows() -> dict[str, str]:
    """A hash for each kind of row, so that a test that fails says which one differs."""
    contact = tuple(f"contact__{name}" for name in _WHOSE)
    of_lead = tuple(f"lead__{name}" for name in contact)
    return {
        "accounts": _hash(Account.objects.values_list(*_ACCOUNT)),
        "contacts": _hash(
            (*row, opted_out_at is not None)
            for *row, opted_out_at in Contact.objects.values_list(*_PERSON, "opted_out_at")
        ),
        "leads": _hash(Lead.objects.values_list(*contact, *_LEAD)),
        "milestones": _hash(Milestone.objects.values_list(*of_lead, "stage")),
        "stage changes": _hash(
            StageChange.objects.values_list(*of_lead, "transition", "from_stage", "to_stage")
        ),
        "activities": _hash(
            Activity.objects.values_list(*of_lead, "type__key", "source__name", "subject", "body")
        ),
        "suppressions": _hash(Suppression.objects.values_list("kind", "value")),
    }


def outcomes(batch: ImportBatch) -> str:
    """A hash of what became of each row of a list."""
    rows = ImportRow.objects.filter(batch=batch)
    return _hash(
        rows.values_list("number", "outcome", "reasons", "raw", *(f"contact__{name}" for name in _WHOSE))
    )


def digest(*batches: ImportBatch) -> str:
    """One hash of all business rows, and of the outcomes of the rows of `batches`."""
    return _hash([*sorted(business_rows().items()), *(outcomes(batch) for batch in batches)])


def _hash(rows: Iterable[Any]) -> str:
    lines = sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)
    return sha256("\n".join(lines).encode()).hexdigest()
