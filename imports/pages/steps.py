"""The first two steps of an import: the file and what is said of it, and what its columns are."""

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from imports import drafting, previewing
from imports.forms import ColumnsForm, PresetForm, ReadingForm, UploadForm
from imports.pages import looks
from imports.pages.shared import batch_or_404, for_importers, page, to, user_of
from imports.pages.uploads import CappedUpload, RoomyUpload
from leadops.errors import LeadOpsError
from leadops.jobs import JobState
from leadops.room import REFUSED
from leads import list_costs
from terminology.labels import current

# --- 1 Upload -----------------------------------------------------------------------------------------------------


@for_importers
@csrf_exempt  # only until the size is looked after: reading the form is what checks the token, and what reads the file
def upload(request: HttpRequest) -> HttpResponseBase:
    """The file and what is said of it. A file over the limit is read over and kept nowhere."""
    cap = CappedUpload(request, limit=settings.LEADOPS["UPLOAD_MAX_BYTES"])
    disk = RoomyUpload(request)
    request.upload_handlers = [cap, MemoryFileUploadHandler(request), disk]
    return _upload(request, cap, disk)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _upload(request: HttpRequest, cap: CappedUpload, disk: RoomyUpload) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        if cap.is_too_large:
            form.is_valid()
            form.errors.pop("file", None)
            form.add_error("file", _too_large())
            status = 413
        elif disk.has_no_room:
            form.is_valid()
            form.errors.pop("file", None)
            form.add_error("file", REFUSED)
            status = 507
        elif form.is_valid():
            file = form.cleaned_data["file"]
            try:
                batch = drafting.take_in(
                    file=file, name=file.name, batch=form.instance, by=user_of(request), now=timezone.now()
                )
            except LeadOpsError as refusal:
                form.add_error("file", str(refusal))
            else:
                return to(batch, "columns")
    return page(
        request,
        "imports/upload.html",
        title=current("menu.import_list"),
        form=form,
        list_costs=list_costs.past_costs(),
        step=1,
        status=status,
    )


def _too_large() -> str:
    most = settings.LEADOPS["UPLOAD_MAX_BYTES"] // (1024 * 1024)
    return (
        f"This file is larger than {most:,} MB, which is the most that can be uploaded. Leave out columns that you "
        "don't need, or split the list."
    )


# --- 2 Columns ----------------------------------------------------------------------------------------------------


@for_importers
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """What each column is, and how the file is read."""
    batch = batch_or_404(request, pk)
    if not batch.is_draft or batch.state != JobState.PAUSED:
        return to(batch)
    form = ColumnsForm(request.POST if "next" in request.POST else None, batch=batch)
    reading = ReadingForm(request.POST if "read_again" in request.POST else None, shape=batch.file_shape)
    preset = PresetForm(request.POST if "use_preset" in request.POST else None, batch=batch)
    try:
        if "read_again" in request.POST and reading.is_valid():
            drafting.read_again(batch=batch, reading=reading.reading())
            messages.info(request, "The file was read again. Check the columns.")
            return to(batch, "columns")
        if "use_preset" in request.POST and preset.is_valid():
            drafting.choose_preset(batch=batch, name=preset.cleaned_data["preset"])
            return to(batch, "columns")
        if "start_over" in request.POST:
            drafting.choose_preset(batch=batch, name="")
            return to(batch, "columns")
        if "next" in request.POST and form.is_valid():
            now = timezone.now()
            drafting.set_columns(
                batch=batch,
                mapping=form.mapping(),
                date_order=form.cleaned_data.get("date_order", ""),
                constants=form.constants(),
                rules=form.rules(),
            )
            drafting.require_dates(batch)
            drafting.remember_columns(batch=batch, by=user_of(request), now=now)
            previewing.ask(batch=batch, now=now)
            return to(batch, "preview")
    except drafting.DatesUnclear:
        # What was chosen is saved; the question may be new, since another column is the date now.
        messages.warning(
            request, "The dates of this list can be read in two ways. Say below how they are meant."
        )
        return redirect(reverse("imports:columns", args=[batch.pk]) + "#dates")
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
    return page(
        request,
        "imports/columns.html",
        title=batch.source_name,
        batch=batch,
        shape=batch.file_shape,
        form=form,
        reading=reading,
        preset_form=preset,
        **looks.of_columns(batch, form=form, user=user_of(request)),
        step=2,
    )
