"""The background work of agreements."""

from celery import shared_task
from django.utils import timezone

from terminology import agreements


@shared_task(name="terminology.tasks.bring_due_into_force", expires=60)
def bring_due_into_force() -> None:
    """Bring what both sides signed into force at its date. May run twice, at once, or late."""
    agreements.bring_due_into_force(now=timezone.now())
