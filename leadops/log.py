"""What somebody did with a row, written into the log that the admin shows as the row's history."""

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models


def write_log(row: models.Model, sentence: str, *, by_id: int, now: datetime, action: int = CHANGE) -> None:
    """A line about the row: who did what, and when. `action` is one of the log's own."""
    LogEntry.objects.create(
        user_id=by_id,
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=str(row)[:200],
        action_flag=action,
        action_time=now,
        change_message=sentence,
    )
