"""What a column was taken for, and how sure each way of recognising it is."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Match:
    """What a column was taken for (None for nothing), how sure that is (0 to 1) and why, as a sentence."""

    target: str | None
    confidence: float
    why: str


# Content stands between the spellings that we know and typing errors.
BY_LABEL: Final = 1.0  # what the company calls the field now
BY_VENDOR: Final = 0.99  # what the program that made the list means by it
BY_FORMER: Final = 0.98  # what the company called it before
BY_WORD: Final = 0.97  # what the company says that its CRM, its marketing tool or one of its teams calls it
BY_NAME: Final = 0.96  # the field's own name
BY_SYNONYM: Final = 0.92
BY_PHRASE: Final = 0.85  # any of these beside a remark in brackets, or in two languages
BY_INNER: Final = 0.84  # any of these among words that change nothing
BY_PERMISSION: Final = 0.82  # more than a weak spelling, since no opt-out must be missed
BY_WEAK: Final = 0.8
BY_CONTENT: Final = {
    "email": 0.78,
    "linkedin_url": 0.74,
    "phone": 0.7,
    "website": 0.66,
    "domain": 0.66,
    "country": 0.64,
}
BY_TYPO: Final = 0.6
LESS_FOR_REPEATED: Final = 0.03  # for a header that only repeats an earlier one
