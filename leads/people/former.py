"""By what people and companies were known that went into others: whoever brings that again means the row that stays.

A row that holds the value now goes before one that had it once.
"""

from collections.abc import Iterable
from typing import Final

from leads.models import FormerKey

_LONGEST: Final = 254  # characters that the column takes


def person_value(phone: str, name_key: str) -> str:
    """What somebody without an address is known by: the number (E.164) and the matching name; "" without both."""
    return f"{phone} {name_key}"[:_LONGEST] if phone and name_key else ""


def contacts_formerly(emails: Iterable[str]) -> dict[str, int]:
    """For each of these addresses that belonged to a contact which went into another, the id of that other."""
    return _owners(FormerKey.Kind.EMAIL, emails, "contact_id")


def people_formerly(values: Iterable[str]) -> dict[str, int]:
    """The same by number and name, as `person_value` has them."""
    return _owners(FormerKey.Kind.PERSON, values, "contact_id")


def accounts_formerly(
    *, domains: Iterable[str], name_keys: Iterable[str]
) -> tuple[dict[str, int], dict[str, int]]:
    """The same of companies: by domain, and by name."""
    return (
        _owners(FormerKey.Kind.DOMAIN, domains, "account_id"),
        _owners(FormerKey.Kind.COMPANY, name_keys, "account_id"),
    )


def _owners(kind: FormerKey.Kind, values: Iterable[str], owner: str) -> dict[str, int]:
    wanted = list(values)
    rows = FormerKey.objects.filter(kind=kind)
    # Where nothing was ever merged, one look into an empty index is all that a list costs.
    if not wanted or not rows.exists():
        return {}
    found: dict[str, int] = {}
    for value, pk in rows.filter(value__among=wanted).order_by("pk").values_list("value", owner):
        found.setdefault(value, pk)
    return found
