import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from demo.company import COMPANY, DEFAULT_LEADS, USERS
from demo.performing import DemoRefused, perform
from leadops.commands import JsonCommand

PASSWORD = "leadops-demo"  # of every colleague; it stands in the documentation


class Command(JsonCommand):
    help = "Makes the demo company: half a year of leads, by running the main job from the list to the sale."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--leads", type=int, default=DEFAULT_LEADS, help=f"about how many leads ({DEFAULT_LEADS})"
        )
        parser.add_argument(
            "--known-password",
            action="store_true",
            help="make it also where DEBUG is off, although everybody knows the password of its users",
        )

    def perform(self, **options: Any) -> dict[str, Any]:
        if options["leads"] < 1:
            raise DemoRefused("A demo needs at least one lead. Say --leads 240.")
        if not (settings.DEBUG or options["known_password"]):
            raise DemoRefused(
                "Everybody knows the password of the demo's users, so it is made only with DEBUG=1. "
                "If nobody but you reaches this server, say --known-password."
            )
        began = time.monotonic()
        performed = perform(leads=options["leads"], password=PASSWORD, now=timezone.now())
        return {
            "company": COMPANY,
            **performed.counts,
            "stages": performed.stages,
            "skipped": performed.skipped,
            "seconds": round(time.monotonic() - began, 1),
            "logins": [f"{user.username:<7} {PASSWORD}   {user.job}" for user in USERS],
        }

    def say(self, result: dict[str, Any]) -> str:
        stages = ", ".join(f"{many} {stage}" for stage, many in result["stages"].items())
        return "\n".join(
            [
                f"{result['company']} is ready: {result['leads']} leads ({stages}) in {result['seconds']} s.",
                *(f"Left out: {skipped}" for skipped in result["skipped"]),
                "Log in as (name, password):",
                *(f"  {login}" for login in result["logins"]),
            ]
        )
