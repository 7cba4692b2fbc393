"""The Celery application of the workers in the fault tests: lists in small chunks, with time for a fault in between."""

import time
from importlib import import_module
from typing import Any

import django
from django.apps import apps

from leadops.celery import app as app

CHUNK = 250
PAUSE = 0.15  # seconds after each chunk
SLICE = 0.5  # seconds until a list lets others go first, so that a list of few rows does so several times

django.setup()
for name in ("imports.loading", "imports.lookahead", "imports.undo"):
    import_module(name).CHUNK = CHUNK
import_module("imports.readahead").AHEAD_FROM = 0  # by another process, as of a long list
turns = import_module("imports.turns")
turns.SLICE = turns.ASKED_EVERY = SLICE
batches: Any = apps.get_model("imports.ImportBatch")
let_others_go = batches.let_others_go


def slowly(*args: Any) -> None:
    let_others_go(*args)
    time.sleep(PAUSE)


batches.let_others_go = slowly
