"""The Celery application. Messages are hints that carry a row's id; work is remembered in rows (leadops/jobs.py)."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_shutdown, worker_shutting_down

from leadops import broker, stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadops.settings")

broker.install()
app = Celery("leadops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """That somebody answers this signal keeps Celery from logging each line a second time in its own format."""


@worker_init.connect
def agree_on_the_word(**kwargs: Any) -> None:
    stopping.prepare()


@worker_shutting_down.connect
def ask_to_stop(**kwargs: Any) -> None:
    stopping.ask()


@worker_shutdown.connect
def take_the_word_back(**kwargs: Any) -> None:
    stopping.forget()
