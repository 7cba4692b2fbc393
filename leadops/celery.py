"""The Celery application. Messages are hints that carry a row's id; work is remembered in rows (leadops/jobs.py)."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from leadops import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadops.settings")

broker.install()
app = Celery("leadops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """That somebody answers this signal keeps Celery from logging each line a second time in its own format."""
