"""What the imports forget of a person: the cells of their rows, and the files in which they stand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from imports import keeping, previewing
from imports.models import FileEnd, ImportBatch, ImportRow, PossibleDuplicate, Review
from leads.people.erasing import mentioning


def after_erased(*, contact_ids: Sequence[int], texts: Sequence[str], now: datetime, **kwargs: Any) -> None:
    """Empty the person's rows, whose numbers and outcomes stay, and let the files of drafts and ended lists go.

    Rows that were rejected or suppressed name no contact: they are found by the `texts` in their cells.
    """
    found = mentioning(ImportRow, "raw", texts).values_list("pk", "batch", "contact")
    named = [(pk, batch, contact) for pk, batch, contact in found if contact not in contact_ids]
    rows = ImportRow.objects.filter(
        Q(contact__in=contact_ids) | Q(pk__among=[pk for pk, _, contact in named if contact is None])
    )
    lists = {*rows.values_list("batch", flat=True), *(batch for _, batch, _ in named)}
    for name in ("shape", "preview"):
        lists.update(mentioning(ImportBatch, name, texts).values_list("pk", flat=True))
    rows.filter(review=Review.OPEN).update(review="")  # there is nobody left to decide on
    rows.update(raw=[], reasons=[], changes=None, undo=None)
    PossibleDuplicate.objects.filter(
        Q(left_contact__in=contact_ids) | Q(right_contact__in=contact_ids)
    ).delete()
    for batch in ImportBatch.objects.filter(pk__in=lists):
        if batch.is_previewing:
            previewing.cancel(batch=batch)  # what it has seen so far would be written anew
        # The first rows stand in both as they were in the file, in whatever spelling.
        ImportBatch.jobs.filter(pk=batch.pk).update(preview={}, shape={**batch.shape, "sample": []})
    keeping.let_go(ids=sorted(lists), why=FileEnd.ERASED, now=now)
    # In one go with the rows above where that is possible, and by the sweep where it is not.
    transaction.on_commit(keeping.delete_files)
    # Further down in files that nobody has loaded yet the person may stand as well.
    transaction.on_commit(keeping.sweep_soon.send)
