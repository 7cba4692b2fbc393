"""Pages stay private, and errors that a person can act on become a message on the page they came from."""

import logging
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme

from leadops.errors import LeadOpsError
from leadops.room import REFUSED, is_no_room

logger = logging.getLogger(__name__)


class KeepPrivate:
    """What a person sees behind the login is kept by no cache, and not shown again after the logout.

    The admin says so of its own pages; this also covers error pages and those of the password.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Who never looked at the session has put nothing of a person into the page; a script is the same for all.
        is_script = response.get("Content-Type", "").startswith("text/javascript")
        if request.session.accessed and request.user.is_authenticated and not is_script:
            patch_cache_control(response, private=True, no_store=True)
        return response


class SayWhatToDo:
    """Shows a `LeadOpsError` that a view did not catch as a message, never as a server error.

    So also that the disk is full, to somebody who sent something; a page that only reads must not end in a circle.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not hasattr(request, "_messages"):
            return None
        if isinstance(exception, LeadOpsError):
            messages.error(request, str(exception))
        elif request.method == "POST" and is_no_room(exception):
            logger.error("%s was refused: no room left (%s).", request.path, exception)
            messages.error(request, REFUSED)
        else:
            return None
        came_from = request.META.get("HTTP_REFERER", "")
        if request.method == "GET" or not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
            return redirect(reverse("admin:index"))
        return redirect(came_from)
