"""The two tasks under all background work: run one job row, and sweep for rows that nobody runs."""

from celery import shared_task
from django.apps import apps
from django.utils import timezone

from leadops import jobs, stopping


@shared_task(name="leadops.tasks.run_job")
def run_job(label: str, pk: int) -> None:
    """Run the job row `pk` of the model `label` ("imports.ImportBatch"), if it is there and nobody else does."""
    job = apps.get_model(label).jobs.filter(pk=pk).first()
    if job is None:
        return
    if stopping.is_asked():
        job.leave_to_sweep()
    else:
        job.take_turn(now=timezone.now())


@shared_task(name="leadops.tasks.sweep", expires=10)
def sweep() -> None:
    """Send hints again for what a broker or a worker lost."""
    jobs.sweep(now=timezone.now())
