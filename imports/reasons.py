"""Why rows were rejected or left alone, and people stay, as numbers: how often each reason was given."""

from collections.abc import Iterable, Iterator
from typing import Final

from imports.cleaning import Reason
from imports.models import RowOutcome

KINDS: Final = 200  # how many different reasons are counted; the rest are in the rows


def reason_keys(outcome: str, reasons: Iterable[Reason]) -> Iterator[str]:
    """What the reasons of a row are counted under: field and sentence, without the value.

    Why a row was rejected or left alone, and what of a loaded one was left out; that it was merged needs no reason.
    """
    for reason in reasons:
        if reason.field or outcome in (RowOutcome.REJECTED, RowOutcome.SUPPRESSED):
            yield f"{reason.field}\t{_without_values(reason.sentence)}"


def _without_values(sentence: str) -> str:
    """“ines@” is not an address → “…” is not an address."""
    parts = sentence.split("“")
    return "“…”".join([parts[0], *(part.partition("”")[2] for part in parts[1:])])


def count_reasons(counts: dict[str, int], reasons: Iterable[str], *, kinds: int = KINDS) -> None:
    """Add further reasons to `counts`; one that is not there yet only while there are fewer than `kinds` of them."""
    for reason in reasons:
        if reason in counts:
            counts[reason] += 1
        elif len(counts) < kinds:
            counts[reason] = 1
