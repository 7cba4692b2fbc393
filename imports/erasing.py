"""What the imports forget of a person: the cells of their rows, and the files in which they stand."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from imports import previewing
from imports.models import ImportBatch, ImportRow, PossibleDuplicate, Review
from leads.people.erasing import mentioning


def after_erased(*, contact_ids: Sequence[int], texts: Sequence[str], now: datetime, **kwargs: Any) -> None:
    """Empty the person's rows, whose numbers and outcomes stay, and put away the files of lists that have ended.

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
        ImportBatch.jobs.filter(pk=batch.pk, confirmed_at=None).update(preview_mark="", previewed_at=None)
        if batch.has_ended and batch.file:
            name, storage = batch.file.name, batch.file.storage
            ImportBatch.jobs.filter(pk=batch.pk).update(file="")
            transaction.on_commit(partial(storage.delete, name))
