"""What the imports forget of a person: the cells of their rows, and the files in which they stand."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from imports.models import ImportBatch, ImportRow, PossibleDuplicate


def after_erased(*, contact_ids: Sequence[int], now: datetime, **kwargs: Any) -> None:
    """Empty the person's rows, whose numbers and outcomes stay, and put away the files of lists that have ended."""
    rows = ImportRow.objects.filter(contact__in=contact_ids)
    batches = list(ImportBatch.objects.filter(pk__in=rows.values("batch")))
    rows.update(raw=[], reasons=[], changes=None, undo=None)
    PossibleDuplicate.objects.filter(
        Q(left_contact__in=contact_ids) | Q(right_contact__in=contact_ids)
    ).delete()
    for batch in batches:
        # The first rows stand in both as they were in the file, in whatever spelling.
        ImportBatch.jobs.filter(pk=batch.pk).update(preview={}, shape={**batch.shape, "sample": []})
        if batch.has_ended and batch.file:
            name, storage = batch.file.name, batch.file.storage
            ImportBatch.jobs.filter(pk=batch.pk).update(file="")
            transaction.on_commit(partial(storage.delete, name))
