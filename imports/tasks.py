"""The task of the imports; all others are those of `leadops.tasks`."""

from celery import shared_task
from django.utils import timezone

from imports.models import ImportBatch
from imports.turns import Turn


@shared_task(name="imports.tasks.run_in_between")
def run_in_between(pk: int) -> None:
    """Run a list for a slice of time, inside the task of one that lets it go first."""
    batch = ImportBatch.jobs.filter(pk=pk).first()
    if batch is not None:
        batch.turn = Turn(batch, is_in_between=True)
        batch.perform(now=timezone.now())
