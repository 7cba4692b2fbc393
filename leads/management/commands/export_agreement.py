import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from leads.agreement_document import agreement
from terminology import labels
from terminology.document import as_markdown


class Command(BaseCommand):
    help = "Prints the agreement in force as a document."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["md", "json"], default="md")

    def handle(self, *args: Any, **options: Any) -> None:
        labels.refresh()
        content = agreement(now=timezone.now())
        self.stdout.write(
            json.dumps(content, ensure_ascii=False) if options["format"] == "json" else as_markdown(content)
        )
