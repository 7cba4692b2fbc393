from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from leadops.commands import JsonCommand
from scoring.explaining import explain
from scoring.rescoring import find_lead


class Command(JsonCommand):
    help = "Says why a lead scores what it scores; the points of the reasons add up to the score."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("lead", type=int, help="the number of the lead")

    def perform(self, **options: Any) -> dict[str, Any]:
        found = explain(find_lead(options["lead"]), now=timezone.now())
        return {
            "total": found.total,
            "fit": found.fit,
            "engagement": found.engagement,
            "grade": found.grade,
            "reasons": [
                {"rule": reason.rule.name, "points": reason.points, "because": reason.because}
                for reason in found.reasons
            ],
        }

    def say(self, result: dict[str, Any]) -> str:
        lines = [
            f"{reason['points']:+5}  {reason['rule']} ({reason['because']})" for reason in result["reasons"]
        ]
        return "\n".join(
            [
                f"{result['total']} points, grade {result['grade'] or '—'} "
                f"(fit {result['fit']}, engagement {result['engagement']})",
                *lines,
            ]
        )
