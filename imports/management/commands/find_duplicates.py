"""`find_duplicates`: the people, or companies, that are in the database twice."""

import time
from typing import Any, Final

from django.core.management.base import CommandParser
from django.utils import timezone

from imports.duplicates import start_search
from imports.models import MatchedEntity
from leadops.commands import JsonCommand
from leadops.errors import LeadOpsError
from leadops.jobs import JobState

LOOK_AGAIN: Final = 0.5  # seconds between two looks at a search that a worker has taken meanwhile


class SearchFailed(LeadOpsError):
    """The search did not come to its end."""


class Command(JsonCommand):
    help = "Search for people, or companies, that are in the database twice, and wait until it is done."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--entity", choices=MatchedEntity.values, default=MatchedEntity.PERSON, help="who is searched for"
        )

    def perform(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        search = start_search(by=None, now=timezone.now(), entity=options["entity"])
        while not search.has_ended:
            if not search.perform(now=timezone.now()):
                time.sleep(LOOK_AGAIN)
            search.refresh_from_db()
        if search.state != JobState.DONE:
            raise SearchFailed(search.error or "The search was stopped. What was found stays.")
        return {
            "search": search.pk,
            "pairs": search.rows_done,
            "same": search.same,
            "maybe": search.maybe,
            "left_out": search.left_out,
            "seconds": round(time.monotonic() - started, 3),
        }
