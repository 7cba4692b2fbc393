"""What is kept of the company's words, and of the agreements about them."""

from terminology.models.agreement import (
    OPEN_STATES,
    Agreement,
    AgreementEntry,
    AgreementPolicy,
    AgreementState,
    EntryKind,
    Side,
    Signature,
)
from terminology.models.terms import FormerLabel, LabelVersion, TermOverride, TermWord, WordUse

__all__ = [
    "OPEN_STATES",
    "Agreement",
    "AgreementEntry",
    "AgreementPolicy",
    "AgreementState",
    "EntryKind",
    "FormerLabel",
    "LabelVersion",
    "Side",
    "Signature",
    "TermOverride",
    "TermWord",
    "WordUse",
]
