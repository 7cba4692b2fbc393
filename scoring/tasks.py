"""What the clock of the worker calls; a run over all leads is a job row and goes by `leadops.tasks.run_job`."""

from celery import shared_task
from django.utils import timezone

from scoring import rescoring


@shared_task(name="scoring.tasks.rescore_dirty", expires=5)
def rescore_dirty() -> None:
    """Rescore the leads that something has happened to. A tick that nobody takes within five seconds is dropped."""
    rescoring.rescore_dirty(now=timezone.now())


@shared_task(name="scoring.tasks.rescore_nightly", expires=3600)
def rescore_nightly() -> None:
    """Ask for a run over all leads: windows of days move scores without any event."""
    rescoring.request_rescoring(by=None, now=timezone.now())
