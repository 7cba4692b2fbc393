"""The number at the bell, asked once a request."""

from typing import Any

from django.http import HttpRequest

from handoff import notices


def unread_count(request: HttpRequest) -> int:
    """How many notices the person of the request has not read. One query for bell and sidebar together."""
    asked: Any = request
    known: int | None = getattr(asked, "_leadops_unread", None)
    if known is None:
        known = notices.unread(request.user)
        asked._leadops_unread = known
    return known
