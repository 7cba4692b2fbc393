"""The background work of the hand-off. Both tasks may run twice, at once, or late."""

from celery import shared_task
from django.utils import timezone

from handoff import notices, routing


@shared_task(name="handoff.tasks.route_waiting", expires=60)
def route_waiting() -> None:
    """Deal the leads that wait for an owner, and tell people what they were not told yet."""
    routing.route_waiting(now=timezone.now())
    notices.catch_up(now=timezone.now())


@shared_task(name="handoff.tasks.deliver", expires=60)
def deliver() -> None:
    """E-mail what waits, person by person. The sweep of jobs stands behind it."""
    while notices.deliver_next(now=timezone.now()):
        pass
