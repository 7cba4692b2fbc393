import time
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from leadops.commands import JsonCommand
from scoring import rescoring


class Command(JsonCommand):
    help = "Brings scores up to date and hands leads to sales: those that something has happened to, or all."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all", action="store_true", help="every lead, as after a change of the rules")
        which.add_argument(
            "--lead", type=int, action="append", metavar="ID", help="this lead; may be given several times"
        )

    def perform(self, **options: Any) -> dict[str, Any]:
        began = time.perf_counter()
        if options["lead"]:
            ids = [rescoring.find_lead(pk).pk for pk in options["lead"]]
            result = rescoring.rescore(ids, now=timezone.now())
        elif options["all"]:
            result = rescoring.rescore_all(by=None, now=timezone.now())
        else:
            result = rescoring.rescore_dirty(now=timezone.now(), batches=1_000_000)
        return {
            "leads": result.leads,
            "changed": result.changed,
            "qualified": result.qualified,
            "seconds": round(time.perf_counter() - began, 3),
        }

    def say(self, result: dict[str, Any]) -> str:
        return (
            f"{result['leads']:,} leads looked at in {result['seconds']:.1f} s: {result['changed']:,} scores changed, "
            f"{result['qualified']:,} leads handed to sales."
        )
