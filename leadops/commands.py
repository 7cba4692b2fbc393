"""The base of the management commands that RevOps automates."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leadops.errors import LeadOpsError


class JsonCommand(BaseCommand):
    """A command with `--json`: one JSON object on standard output and nothing else there.

    A refusal (`LeadOpsError`) goes to standard error as a sentence, with exit status 1; wrong usage has status 2.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def perform(self, **options: Any) -> dict[str, Any]:
        """Do the work and return what `--json` prints."""
        raise NotImplementedError

    def say(self, result: dict[str, Any]) -> str:
        """The same for a person."""
        return "\n".join(f"{name}: {value}" for name, value in result.items())

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self.perform(**options)
        except LeadOpsError as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        self.stdout.write(
            json.dumps(result, default=str, ensure_ascii=False) if options["json"] else self.say(result)
        )
