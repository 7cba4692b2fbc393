"""`import_suppressions FILE`: a file of addresses, numbers and domains onto the do-not-contact list."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from leadops.commands import JsonCommand
from leadops.errors import LeadOpsError
from leads.people import suppressing


class FileUnreadable(LeadOpsError):
    """The file is not there, or can't be opened."""


class Command(JsonCommand):
    help = "Put every address, telephone number and domain of a file on the do-not-contact list."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="text or CSV, one entry in a line")
        parser.add_argument("--reason", default="", help="why, such as “Opt-outs of the newsletter”")

    def perform(self, **options: Any) -> dict[str, Any]:
        try:
            content = options["file"].read_bytes()
        except OSError as absent:
            raise FileUnreadable(
                f"“{options['file']}” cannot be read: {absent.strerror}. Check the path."
            ) from absent
        result = suppressing.take_in(
            texts=suppressing.texts_of(content), reason=options["reason"], by=None, now=timezone.now()
        )
        return {
            "added": result.added,
            "known": result.known,
            "opted_out": result.opted_out,
            "unreadable": result.unreadable,
        }
