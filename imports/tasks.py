"""The tasks of the imports beside those of `leadops.tasks`."""

from collections.abc import Sequence

from celery import shared_task
from django.utils import timezone

from imports import keeping
from imports.models import ImportBatch
from imports.turns import Turn
from leadops.jobs import Lease


@shared_task(name="imports.tasks.run_in_between")
def run_in_between(pk: int, *, held_up: Sequence[Lease]) -> None:
    """Run a list for a slice of time, a preview to its end, inside the task of lists that let it go first."""
    batch = ImportBatch.jobs.filter(pk=pk).first()
    if batch is not None:
        batch.turn = Turn(batch, held_up=held_up)
        batch.perform(now=timezone.now())


@shared_task(name="imports.tasks.sweep_files", expires=600)
def sweep_files() -> None:
    """Delete uploaded files that are not to be kept any more."""
    keeping.sweep(now=timezone.now())
