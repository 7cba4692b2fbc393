"""The project: settings, URLs, background work, and the bases that every app stands on.

Names other apps in strings only, so that the imports point one way (docs/architecture.md).
"""

from leadops.celery import app as celery_app

__all__ = ["celery_app"]
