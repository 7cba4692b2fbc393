"""Contacts and accounts while people are taken in: the columns of a row and nothing else.

A tenth of what a model object costs, and a list asks for some for each of its rows. Moments are as the database keeps
them (`leads.bulk.moment`).
"""

from dataclasses import dataclass, fields
from typing import Any, Final


@dataclass(slots=True, eq=False)
class AccountRecord:
    """A company, saved or about to be (`id` is None)."""

    id: int | None
    name: str
    name_key: str
    domain: str
    website: str
    industry: str
    employees: int | None
    country: str
    city: str
    created_at: Any
    updated_at: Any


@dataclass(slots=True, eq=False)
class ContactRecord:
    """A person, saved or about to be (`id` is None)."""

    id: int | None
    account_id: int | None
    first_name: str
    last_name: str
    name_key: str
    email: str
    email_key: str
    email_kind: str
    phone: str
    title: str
    seniority: str
    function: str
    country: str
    city: str
    linkedin_url: str
    opted_out_at: Any
    created_at: Any
    updated_at: Any
    account: AccountRecord | None = None  # the row of `account_id`, or one that is about to be saved


ACCOUNT_COLUMNS: Final = tuple(field.name for field in fields(AccountRecord))
CONTACT_COLUMNS: Final = tuple(field.name for field in fields(ContactRecord) if field.name != "account")
