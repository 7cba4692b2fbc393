import http.client
import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from leadops.celery import app
from leadops.running import CannotRun, Child, Supervisor, free_port, only_one

WEB_THREADS = 4  # pages that are made at the same time
JOBS_AT_ONCE = 2  # so that a long import does not keep a new lead from being routed
ANSWER_TIMEOUT = 5  # seconds that one try to fetch the first page may take


class Command(BaseCommand):
    help = (
        "Runs LeadOps on this machine: web, worker and beat together, until Ctrl-C. Made for trying it out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", type=int, default=8000, help="port of the pages; the next free one if it is taken"
        )
        parser.add_argument("--no-demo", action="store_true", help="make no demo company on the first start")

    def handle(self, *args: Any, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler)
        try:
            with only_one(lock=settings.DATA_DIR / "running.lock"):
                self._run(wished_port=options["port"], with_demo=not options["no_demo"])
        except CannotRun as refusal:
            raise CommandError(str(refusal)) from refusal
        except KeyboardInterrupt:
            pass  # while it was still preparing
        self._say("LeadOps has stopped.")

    def _run(self, *, wished_port: int, with_demo: bool) -> None:
        self._say("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
        may_have_demo = with_demo and settings.DEBUG and apps.is_installed("demo")
        if may_have_demo and not get_user_model().objects.exists():
            self._make_demo()
        connections.close_all()
        _declare_queue()

        port = free_port(wished=wished_port)
        if port != wished_port:
            self._say(f"Port {wished_port} is taken, so LeadOps uses {port}.")
        self._say("Starting web, worker and beat ...")
        address = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "LEADOPS_SITE_URL": os.environ.get("LEADOPS_SITE_URL", address),
            "PYTHONUNBUFFERED": "1",
            # Celery warns of what is meant here: trying LeadOps with DEBUG on, maybe as root in a container.
            "PYTHONWARNINGS": "ignore:Using settings.DEBUG,ignore:You're running the worker",
        }
        supervisor = Supervisor(
            children=_children(port=port), cwd=settings.BASE_DIR, environment=environment, say=self._say
        )
        supervisor.run(
            is_ready=lambda: _answers(port=port), when_ready=lambda: self._announce(address=address)
        )

    def _make_demo(self) -> None:
        self._say("Making the demo company by running the main job (once; about a minute) ...")
        printed = io.StringIO()
        call_command("demo", json=True, stdout=printed)
        self._demo_file.write_text(printed.getvalue(), encoding="utf-8")

    def _announce(self, *, address: str) -> None:
        self._say("")
        self._say(f"LeadOps is running at {address}/admin/")
        for line in self._ways_in():
            self._say(line)
        self._say("Ctrl-C stops it.")
        self._say("")

    def _ways_in(self) -> list[str]:
        if self._demo_file.exists():
            logins = json.loads(self._demo_file.read_text(encoding="utf-8"))["logins"]
            return [
                "",
                "Log in to the demo company as (name, password):",
                *(f"  {login}" for login in logins),
                "",
            ]
        if get_user_model().objects.exists():
            return []
        return ["There is no user yet. Make the first one with: .venv/bin/python manage.py createsuperuser"]

    @property
    def _demo_file(self) -> Path:
        """What the demo printed when it was made; it lies beside the database that holds the demo."""
        return Path(settings.DATA_DIR) / "demo.json"

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _children(*, port: int) -> list[Child]:
    commands = {
        "web": (
            f"granian --interface wsgi --host 127.0.0.1 --port {port} --workers 1 --blocking-threads {WEB_THREADS}"
            " --workers-kill-timeout 3 --log-level warning leadops.wsgi:application"
        ),
        # One worker has nobody to gossip with, and the embedded broker is bad at it.
        "worker": (
            f"celery --quiet --app leadops worker --pool prefork --concurrency {JOBS_AT_ONCE}"
            f" --without-gossip --without-mingle --without-heartbeat --hostname start-{port}@%h"
        ),
        "beat": "celery --quiet --app leadops beat",
    }
    return [
        Child(name=name, command=[sys.executable, "-m", *line.split()]) for name, line in commands.items()
    ]


def _declare_queue() -> None:
    """Make the embedded broker's queue before three processes try to at the same moment.

    A real broker declares it by itself, and may still be on its way up.
    """
    if app.conf.broker_url.startswith("filesystem:"):
        with app.connection_for_write() as connection:
            app.amqp.queues[app.conf.task_default_queue].bind(connection.default_channel).declare()


def _answers(*, port: int) -> bool:
    """Whether the login page comes without a server error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_TIMEOUT)
    try:
        connection.request("GET", "/admin/login/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
