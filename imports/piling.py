"""What waits for a person after a list is loaded, and what is to be said of the file as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count

from imports.models import ImportBatch, ImportRow, Review, RowOutcome
from leadops.jobs import JobState
from leads.normalise import LOOKED_AT

# More than this share of a file's addresses is no accident of single rows but what the file is: one warning says so.
SHARE_OF_A_KIND: Final = 0.8
ROWS_FOR_A_SHARE: Final = 10  # in a shorter file each row is looked at
SHARE_SWAPPED: Final = 0.15  # of all rows: 23 to 47 % of swapped public lists, up to 5 % of right ones
_KINDS: Final = {
    "disposable": (
        "{share} % of the addresses in this file are throw-away addresses, so it is hardly a list of people at work. "
        "Its rows are not put up for review one by one; ask whoever sold the list, or hand it back."
    ),
    "role": (
        "{share} % of the addresses in this file are those of teams, such as info@ or sales@. Its rows are not put up "
        "for review one by one; nobody who reads such a mailbox has agreed to be written to."
    ),
}
_SWAPPED: Final = (
    "In {share} % of the rows the first name stands where the family name belongs. The two columns are probably "
    "swapped: take the list back, swap them, and load it again."
)


def pile(
    *,
    user: User | AnonymousUser,
    batch: ImportBatch | None = None,
    mark: str = "",
    review: str = Review.OPEN,
) -> Any:
    """The rows that wait for a person, or those left out, of lists that are loaded and not taken back."""
    rows = ImportRow.objects.visible_to(user).filter(review=review)
    rows = rows.filter(batch__state=JobState.DONE, batch__undo_asked_at=None)
    if batch is not None:
        rows = rows.filter(batch=batch)
    if mark:
        rows = rows.filter(marks__contains=mark)
    return rows.order_by("-batch_id", "number")


def count_by_mark(rows: Any) -> Counter[str]:
    """How many of the rows carry each mark; "" for all of them. One query."""
    counts: Counter[str] = Counter()
    for text, number in rows.order_by().values_list("marks").annotate(Count("pk")):
        counts[""] += number
        counts.update(dict.fromkeys(text.split(), number))
    return counts


# --- The file as a whole ------------------------------------------------------------------------------------------


def warnings_of(marks: Mapping[str, int], *, rows: int, addresses: int) -> list[str]:
    """What a person should know of a file of which so many rows have each mark, as sentences."""
    found = [
        sentence.format(share=round(marks[kind] / addresses * 100))
        for kind, sentence in _KINDS.items()
        if _is_of_kind(marks.get(kind, 0), addresses)
    ]
    if rows >= ROWS_FOR_A_SHARE and marks.get("swapped", 0) > SHARE_SWAPPED * rows:
        found.append(_SWAPPED.format(share=round(marks["swapped"] / rows * 100)))
    return found


def _is_of_kind(marked: int, addresses: int) -> bool:
    return addresses >= ROWS_FOR_A_SHARE and marked > SHARE_OF_A_KIND * addresses


def settle(batch: ImportBatch, groups: Iterable[tuple[str, str, int]]) -> list[str]:
    """The warnings of a batch whose rows are all loaded; rows that such a warning speaks for leave the pile.

    `groups` are its rows by outcome and marks: outcome, marks, number of rows.
    """
    counts: Counter[str] = Counter()
    rows = 0
    together: dict[str, frozenset[str]] = {}
    for outcome, text, number in groups:
        if outcome != RowOutcome.REJECTED:
            rows += number
            together[text] = frozenset(text.split())
            counts.update(dict.fromkeys(together[text], number))
    addresses = 0
    if max(counts[kind] for kind in _KINDS) >= ROWS_FOR_A_SHARE:
        loaded = ImportRow.objects.filter(batch=batch).exclude(outcome=RowOutcome.REJECTED)
        addresses = loaded.exclude(contact=None).exclude(contact__email="").count()
    kinds = {kind for kind in _KINDS if _is_of_kind(counts[kind], addresses)}
    if kinds:
        texts = [text for text, marks in together.items() if marks & LOOKED_AT and marks & LOOKED_AT <= kinds]
        waiting = ImportRow.objects.filter(batch=batch, review=Review.OPEN, marks__in=texts)
        waiting.exclude(outcome=RowOutcome.REJECTED).update(review="")
    return warnings_of(counts, rows=rows, addresses=addresses)
