"""What all import pages share: who may open them, which list they are about, how they are shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from imports.models import ImportBatch, RowOutcome
from leadops.jobs import JobState

View = Callable[..., HttpResponseBase]
IMPORT: Final = "imports.run_import"
DECIDE: Final = "imports.decide_duplicates"
OUTCOME_COLOURS: Final = {
    RowOutcome.CREATED: "green",
    RowOutcome.UPDATED: "teal",
    RowOutcome.UNCHANGED: "slate",
    RowOutcome.MERGED: "sky",
    RowOutcome.SUPPRESSED: "amber",
    RowOutcome.REJECTED: "red",
}
STATE_COLOURS: Final = {
    JobState.QUEUED: "sky",
    JobState.RUNNING: "blue",
    JobState.PAUSED: "slate",
    JobState.DONE: "green",
    JobState.FAILED: "red",
    JobState.CANCELLED: "amber",
}


def for_importers(view: View) -> View:
    """A page of the admin for people who may import lists."""
    return _guarded(view, IMPORT)


def for_deciders(view: View) -> View:
    """A page of the admin for people who may decide about duplicates: those who import lists, and sales managers."""
    return _guarded(view, DECIDE)


def _guarded(view: View, permission: str) -> View:
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, admin.site.admin_view(guarded))


def batch_or_404(request: HttpRequest, pk: int) -> ImportBatch:
    """The list, if the person may see it."""
    batch: ImportBatch = get_object_or_404(
        ImportBatch.objects.visible_to(request.user).select_related("source", "created_by"), pk=pk
    )
    return batch


def page(
    request: HttpRequest, template: str, *, title: Any, status: int = 200, **context: Any
) -> TemplateResponse:
    """A page in the frame of the admin."""
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "title": str(title), **context}, status=status
    )


def to(batch: ImportBatch, name: str = "batch") -> HttpResponse:
    """Send the browser to one of the list's pages."""
    return redirect(reverse(f"imports:{name}", args=[batch.pk]))


def user_of(request: HttpRequest) -> AbstractBaseUser:
    """Who asks; the pages are for people who are logged in."""
    return cast(AbstractBaseUser, request.user)
