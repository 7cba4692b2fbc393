from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from leadops.commands import JsonCommand
from terminology import blueprints


class Command(JsonCommand):
    help = "Loads a vocabulary: labels, stages, definitions, scoring, clocks and catalogues."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", help="lead-genius, hubspot-intent, suspect-to-sql, mal-to-sql or c-suite")

    def perform(self, **options: Any) -> dict[str, Any]:
        counts = blueprints.use_blueprint(name=options["name"], by=None, now=timezone.now())
        return {
            "blueprint": options["name"],
            "terms": counts.get("terms", 0),
            "definitions": counts.get("definitions", 0),
            "rules": counts.get("scoring", 0),
        }

    def say(self, result: dict[str, Any]) -> str:
        return (
            f"The blueprint {result['blueprint']} is in force: {result['terms']} terms, "
            f"{result['definitions']} definitions, {result['rules']} scoring rules."
        )
