"""`undo_import BATCH`: takes a whole list back, in the foreground."""

import time
from typing import Any, Final

from django.core.management.base import CommandParser
from django.utils import timezone

from imports import undo
from imports.models import ImportBatch
from leadops.commands import JsonCommand
from leadops.jobs import JobState

LOOK_AGAIN: Final = 0.5  # seconds between two looks at a list that a worker has taken meanwhile


class Command(JsonCommand):
    help = "Take a list back: remove what it made, restore what it replaced, keep what people have changed since."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "batch",
            type=int,
            help="the number of the import, as import_list prints it and its address shows it",
        )

    def perform(self, **options: Any) -> dict[str, Any]:
        batch = ImportBatch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise undo.UndoRefused(
                f"There is no import {options['batch']}. Its number stands in the address of its page."
            )
        if batch.is_taken_back:
            return dict.fromkeys(undo.RESULTS, 0)
        if batch.undo_asked_at is None:
            undo.ask(batch=batch, by=None, now=timezone.now())
        while not batch.has_ended:
            if not batch.perform(now=timezone.now()):
                time.sleep(LOOK_AGAIN)
            batch.refresh_from_db()
            if batch.state == JobState.PAUSED:
                raise undo.UndoRefused(
                    "Taking the list back is paused. Resume it on its page; what is taken back already stays so."
                )
        if batch.state != JobState.DONE:
            raise undo.UndoRefused(batch.error or "The list could not be taken back.")
        return {name: batch.undo_counts[name] for name in undo.RESULTS}
