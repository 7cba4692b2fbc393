"""The words by which lists say who must not be written to, and who may."""

from typing import Final

_UNSUBSCRIBED: Final = frozenset(
    {"unsubscribed", "unsubscribe", "opted out", "opted-out", "opt out", "opt-out", "optout", "cleaned", "suppressed",
     "do not contact", "dnc", "blacklisted", "abgemeldet"}
)  # fmt: skip
_SUBSCRIBED: Final = frozenset(
    {"subscribed", "nonsubscribed", "non-subscribed", "opted in", "opted-in", "opt-in", "active"}
)
STATUSES: Final = _UNSUBSCRIBED | _SUBSCRIBED | {"pending"}  # of a person, in a column of such
_NOT_OPTED_OUT: Final = _SUBSCRIBED | {
    "", "0", "0.0", "no", "n", "false", "f", "nein", "non", "none", "null", "-", "–", "n/a", "nicht", "never",
    "pending", "not opted out", "allow", "allowed", "не", "нет",
    "no consent",  # what Pipedrive says of everybody who has not been asked yet
}  # fmt: skip


def is_opt_out(text: str) -> bool:
    """Whether a cell of the opt-out column says that the person must not be contacted: everything but a clear no."""
    return text.strip().casefold() not in _NOT_OPTED_OUT
