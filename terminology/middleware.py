"""Brings the process's labels up to date before each request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from terminology import labels


class FreshLabels:
    """One small query a request, so that every process shows a renamed label on its next page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(("/static/", "/healthz", "/csp-report")):
            labels.refresh()
        return self.get_response(request)
