"""Housekeeping of the intake."""

from celery import shared_task
from django.utils import timezone

from intake import receipts


@shared_task(name="intake.tasks.drop_old_receipts", expires=3600)
def drop_old_receipts() -> None:
    """Forget idempotency keys that nobody repeats any more."""
    receipts.drop_old(now=timezone.now())
