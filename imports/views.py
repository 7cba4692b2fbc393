"""The pages from a file to a loaded list: upload, columns, preview, and the list while and after it is loaded."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports import drafting
from imports.cleaning import label_of, told
from imports.forms import ColumnsForm, ConfirmForm, ReadingForm, UploadForm
from imports.models import ImportBatch, RowOutcome
from imports.rejects import rejects_file
from imports.uploads import CappedUpload
from leadops.errors import LeadOpsError
from leadops.jobs import RESEND_AFTER, JobState
from terminology.labels import current

View = Callable[..., HttpResponseBase]
SHOWN_REJECTS = 100  # rows; all of them are in the file
OUTCOME_COLOURS = {
    RowOutcome.CREATED: "green",
    RowOutcome.UPDATED: "teal",
    RowOutcome.UNCHANGED: "slate",
    RowOutcome.MERGED: "sky",
    RowOutcome.SUPPRESSED: "amber",
    RowOutcome.REJECTED: "red",
}
STATE_COLOURS = {
    JobState.QUEUED: "sky",
    JobState.RUNNING: "blue",
    JobState.PAUSED: "slate",
    JobState.DONE: "green",
    JobState.FAILED: "red",
    JobState.CANCELLED: "amber",
}


def for_importers(view: View) -> View:
    """A page of the admin for people who may import lists."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("imports.run_import"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, admin.site.admin_view(guarded))


def _batch_or_404(request: HttpRequest, pk: int) -> ImportBatch:
    batch: ImportBatch = get_object_or_404(
        ImportBatch.objects.visible_to(request.user).select_related("source", "created_by"), pk=pk
    )
    return batch


def _page(
    request: HttpRequest, template: str, *, title: Any, status: int = 200, **context: Any
) -> TemplateResponse:
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "title": str(title), **context}, status=status
    )


def _to(batch: ImportBatch, name: str = "batch") -> HttpResponse:
    return redirect(reverse(f"imports:{name}", args=[batch.pk]))


# --- 1 Upload -----------------------------------------------------------------------------------------------------


@for_importers
@csrf_exempt  # only until the size is looked after: reading the form is what checks the token, and what reads the file
def upload(request: HttpRequest) -> HttpResponseBase:
    """The file and what is said of it. A file over the limit is read over and kept nowhere."""
    cap = CappedUpload(request, limit=settings.LEADOPS["UPLOAD_MAX_BYTES"])
    request.upload_handlers.insert(0, cap)
    return _upload(request, cap)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _upload(request: HttpRequest, cap: CappedUpload) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        if cap.is_too_large:
            form.is_valid()
            form.errors.pop("file", None)
            form.add_error("file", _too_large())
            status = 413
        elif form.is_valid():
            file = form.cleaned_data["file"]
            try:
                batch = drafting.take_in(
                    file=file, name=file.name, batch=form.instance, by=_user(request), now=timezone.now()
                )
            except LeadOpsError as refusal:
                form.add_error("file", str(refusal))
            else:
                return _to(batch, "columns")
    return _page(
        request,
        "imports/upload.html",
        title=current("menu.import_list"),
        form=form,
        step=1,
        status=status,
    )


def _too_large() -> str:
    most = settings.LEADOPS["UPLOAD_MAX_BYTES"] // (1024 * 1024)
    return (
        f"This file is larger than {most:,} MB, which is the most that can be uploaded. Leave out columns that you "
        "don't need, or split the list."
    )


def _user(request: HttpRequest) -> AbstractBaseUser:
    return cast(AbstractBaseUser, request.user)


# --- 2 Columns ----------------------------------------------------------------------------------------------------


@for_importers
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column is, and how the file is read."""
    batch = _batch_or_404(request, pk)
    if not batch.is_draft or batch.state != JobState.PAUSED:
        return _to(batch)
    form = ColumnsForm(request.POST if "next" in request.POST else None, batch=batch)
    reading = ReadingForm(request.POST if "read_again" in request.POST else None, shape=batch.file_shape)
    try:
        if "read_again" in request.POST and reading.is_valid():
            drafting.read_again(batch=batch, reading=reading.reading())
            messages.info(request, "The file was read again. Check the columns.")
            return _to(batch, "columns")
        if "next" in request.POST and form.is_valid():
            drafting.set_columns(
                batch=batch, mapping=form.mapping(), date_order=form.cleaned_data.get("date_order", "")
            )
            drafting.preview(batch=batch, now=timezone.now())
            return _to(batch, "preview")
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
    shape = batch.file_shape
    found = drafting.matches(batch, shape)
    shown = [
        {
            "header": header,
            "field": field,
            "match": found[header],
            "percent": round(found[header].confidence * 100),
            "samples": [text for row in shape.sample if (text := row.values.get(header, ""))][:3],
        }
        for header, field in zip(shape.headers, form.columns(), strict=True)
    ]
    return _page(
        request,
        "imports/columns.html",
        title=batch.source_name,
        batch=batch,
        shape=shape,
        form=form,
        reading=reading,
        columns=shown,
        ambiguous=drafting.ambiguous_dates(batch),
        step=2,
    )


# --- 3 Preview ----------------------------------------------------------------------------------------------------


@for_importers
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The first rows as they will be, and how many rows become what."""
    batch = _batch_or_404(request, pk)
    if not batch.is_draft or batch.state != JobState.PAUSED:
        return _to(batch)
    if not batch.preview:
        return _to(batch, "columns")
    counts = [_counted(outcome, batch.preview["counts"].get(outcome, 0)) for outcome in RowOutcome]
    rows = [
        {
            **row,
            "label": RowOutcome(row["outcome"]).label,
            "colour": OUTCOME_COLOURS[RowOutcome(row["outcome"])],
            "why": " ".join(told(reason) for reason in row["reasons"]),
        }
        for row in batch.preview["shown"]
    ]
    return _page(
        request,
        "imports/preview.html",
        title=batch.source_name,
        batch=batch,
        counts=counts,
        reasons=_reasons(batch.preview["reasons"]),
        rows=rows,
        taken=[(header, label_of(target)) for header, target in batch.columns.items() if target],
        left_out=[header for header in drafting.left_out(batch) if header not in drafting.protected(batch)],
        protected=drafting.protected(batch),
        is_mostly_bad=drafting.is_mostly_bad(batch),
        share_rejected=round(batch.preview["share_rejected"] * 100),
        form=ConfirmForm(initial={"mark": batch.preview_mark}),
        step=3,
    )


@for_importers
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Load the list in the background, just as the preview showed it."""
    batch = _batch_or_404(request, pk)
    form = ConfirmForm(request.POST)
    try:
        drafting.confirm(
            batch=batch,
            mark_shown=request.POST.get("mark", ""),
            accepts_many_bad=form.is_valid() and form.cleaned_data["accepts_many_bad"],
            by=_user(request),
            now=timezone.now(),
        )
    except drafting.AlreadyConfirmed as refusal:
        messages.warning(request, str(refusal))
        return _to(batch)
    except drafting.PreviewOutdated as refusal:
        messages.error(request, str(refusal))
        return _to(batch, "columns")
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        return _to(batch, "preview")
    return _to(batch)


# --- 4 The list ---------------------------------------------------------------------------------------------------


@for_importers
@require_safe
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the list is, what became of its rows, and what is wrong with those that were rejected."""
    batch = _batch_or_404(request, pk)
    if batch.is_draft and batch.state == JobState.PAUSED:
        return _to(batch, "preview" if batch.preview else "columns")
    rejected = [
        {"number": row.number, "cells": row.raw[:6], "reasons": [told(reason) for reason in row.reasons]}
        for row in batch.rows.rejected()[:SHOWN_REJECTS]
    ]
    return _page(
        request,
        "imports/batch.html",
        title=batch.source_name,
        batch=batch,
        state_colour=STATE_COLOURS[JobState(batch.state)],
        counts=[_counted(outcome, getattr(batch, outcome)) for outcome in RowOutcome],
        reasons=_reasons(batch.reasons),
        rejected=rejected,
        shown_rejects=SHOWN_REJECTS,
        sentence=_sentence(batch),
        can_start_again=batch.state in (JobState.FAILED, JobState.CANCELLED)
        and not batch.is_draft
        and not batch.is_refused,
        step=4,
    )


@for_importers
@require_safe
def progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the list is, for the page that shows it."""
    batch = _batch_or_404(request, pk)
    return JsonResponse(
        {
            "state": batch.state,
            "percent": batch.percent,
            "has_ended": batch.has_ended,
            "rows_done": batch.rows_done,
            "rows_total": batch.rows_total,
            "counts": batch.counts,
            "sentence": _sentence(batch),
        }
    )


@for_importers
@require_safe
def rejects(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rejected rows as a file to correct and upload again."""
    batch = _batch_or_404(request, pk)
    response = StreamingHttpResponse(rejects_file(batch), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-rows-{batch.pk}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


@for_importers
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch_or_404(request, pk)
    was_draft = batch.is_draft
    try:
        drafting.stop(batch=batch, now=timezone.now())
    except LeadOpsError as refusal:
        messages.warning(request, str(refusal))
        return _to(batch)
    if was_draft:
        messages.info(request, "The list was put away. Nothing of it was loaded.")
        return redirect(reverse("admin:imports_importbatch_changelist"))
    messages.info(
        request,
        f"The list was stopped after {batch.rows_done:,} of {batch.rows_total:,} rows. What is loaded stays.",
    )
    return _to(batch)


@for_importers
@require_POST
def start_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a failed or stopped list, or load the good rows of one that was refused as a whole."""
    batch = _batch_or_404(request, pk)
    try:
        if batch.is_refused:
            drafting.load_good_rows(batch=batch, now=timezone.now())
        else:
            drafting.start_again(batch=batch, now=timezone.now())
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
    return _to(batch)


def _counted(outcome: RowOutcome, number: int) -> dict[str, Any]:
    return {
        "key": outcome.value,
        "label": outcome.label,
        "number": number,
        "colour": OUTCOME_COLOURS[outcome],
    }


def _reasons(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The reasons, the commonest first."""
    found = []
    for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        name, _, sentence = key.partition("\t")
        found.append({"label": label_of(name), "sentence": sentence, "count": count})
    return found


def _sentence(batch: ImportBatch) -> str:
    """What is going on, for a person who waits."""
    if batch.state == JobState.QUEUED:
        if batch.attempts:
            return "The work was interrupted and goes on by itself within half a minute."
        if timezone.now() - batch.run_after > RESEND_AFTER:
            return (
                "No worker has taken the list yet. It is kept safely and starts by itself as soon as a worker runs; "
                "nothing needs to be done twice."
            )
        return "The list waits for a worker."
    if batch.state == JobState.RUNNING:
        if batch.lease_until is not None and batch.lease_until < timezone.now():
            return "The worker has gone silent. Another one goes on from here by itself."
        return f"{batch.get_phase_display()}: {batch.cursor:,} of {batch.rows_total:,} rows."
    if batch.state == JobState.DONE:
        return f"All {batch.rows_done:,} rows are done."
    if batch.state == JobState.CANCELLED:
        return f"Stopped after {batch.rows_done:,} of {batch.rows_total:,} rows. What is loaded stays."
    return batch.error
