"""The pages of a list from its preview to its end: what would become of it, how far it is, what became of it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports import drafting, keeping, previewing, steering, telling, undo, words
from imports.cleaning import label_of, told
from imports.forms import ConfirmForm
from imports.models import ImportBatch, ImportKind, Phase, RowOutcome
from imports.pages.duplicates import pairs_of
from imports.pages.review import panel, unusual
from imports.pages.shared import (
    OUTCOME_COLOURS,
    STATE_COLOURS,
    batch_or_404,
    for_importers,
    page,
    to,
    user_of,
)
from imports.results import CONTENT_TYPES, Result, result_file
from leadops.errors import LeadOpsError
from leadops.jobs import RESEND_AFTER, JobState
from leads import list_costs
from leads.normalise import HELD_BACK
from terminology.labels import current

REJECTS_OF_A_PAGE: Final = 25  # on a phone some four screens; all of them are in the file


# --- 3 Preview ----------------------------------------------------------------------------------------------------


@for_importers
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """How many rows become what and why, the first rows of each outcome, or how far the looking ahead is."""
    batch = batch_or_404(request, pk)
    if batch.is_previewing:
        return page(
            request,
            "imports/previewing.html",
            title=batch.source_name,
            batch=batch,
            sentence=_sentence(batch),
            counts=_counts_ahead(batch),
            step=3,
        )
    if not batch.is_draft or batch.state != JobState.PAUSED:
        return to(batch)
    if not batch.preview_mark:
        if batch.error:
            messages.error(request, batch.error)
        return to(batch, "columns")
    return page(
        request,
        "imports/preview.html",
        title=batch.source_name,
        batch=batch,
        counts=_counts_ahead(batch),
        reasons=_reasons(batch.preview["reasons"]),
        fields=_fields(batch),
        unusual=unusual(batch.preview.get("marks", {})),
        holds_back=not HELD_BACK.isdisjoint(batch.preview.get("marks", {})),
        outcomes=[
            {**count, "rows": [_shown(row) for row in rows]}
            for count in _counts_ahead(batch)
            if (rows := batch.preview["shown"].get(count["key"]))
        ],
        taken=[(header, label_of(target)) for header, target in batch.columns.items() if target],
        left_out=[header for header in drafting.left_out(batch) if header not in drafting.protected(batch)],
        protected=drafting.protected(batch),
        is_mostly_bad=steering.is_mostly_bad(batch),
        would_be_refused=steering.would_be_refused(batch),
        share_rejected=round(batch.preview["share_rejected"] * 100),
        form=ConfirmForm(initial={"mark": batch.preview_mark}),
        list_costs=list_costs.past_costs() if batch.kind == ImportKind.PURCHASED else None,
        step=3,
    )


def _counts_ahead(batch: ImportBatch) -> list[dict[str, Any]]:
    counts = batch.preview.get("counts", {})
    return [_counted(outcome, counts.get(outcome, 0)) for outcome in RowOutcome]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "cells": list(filter(None, row["cells"])),
        "why": " ".join(told(reason) for reason in row["reasons"]),
        "changes": [
            {"label": telling.label(name), "before": before, "after": after}
            for name, before, after in row.get("changes", ())
        ],
    }


def _fields(batch: ImportBatch) -> list[dict[str, Any]]:
    """How often each field of known people and companies would change, the commonest first."""
    found = batch.preview.get("fields", {}).items()
    return [
        {"label": telling.label(name), "filled": filled, "replaced": replaced}
        for name, (filled, replaced) in sorted(found, key=lambda item: (-sum(item[1]), item[0]))
    ]


@for_importers
@require_POST
def cancel_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """End the looking ahead and go back to the columns."""
    batch = batch_or_404(request, pk)
    previewing.cancel(batch=batch)
    return to(batch, "columns")


@for_importers
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Load the list in the background, just as the preview showed it."""
    batch = batch_or_404(request, pk)
    form = ConfirmForm(request.POST)
    try:
        steering.confirm(
            batch=batch,
            mark_shown=request.POST.get("mark", ""),
            accepts_many_bad=form.is_valid() and form.cleaned_data["accepts_many_bad"],
            by=user_of(request),
            now=timezone.now(),
        )
    except drafting.AlreadyConfirmed as refusal:
        messages.warning(request, str(refusal))
        return to(batch)
    except drafting.PreviewOutdated as refusal:
        messages.error(request, str(refusal))
        return to(batch, "columns")
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        return to(batch, "preview")
    return to(batch)


# --- 4 The list ---------------------------------------------------------------------------------------------------


@for_importers
@require_safe
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the list is, what became of its rows, and what is wrong with those that were rejected."""
    batch = batch_or_404(request, pk)
    if batch.is_previewing:
        return to(batch, "preview")
    if batch.is_draft and batch.state == JobState.PAUSED:
        return to(batch, "preview" if batch.preview_mark else "columns")
    has_leads = batch.source is not None and not batch.is_taken_back and batch.rows_done > batch.rejected
    return page(
        request,
        "imports/batch.html",
        title=batch.source_name,
        batch=batch,
        state_colour=STATE_COLOURS[JobState(batch.state)],
        counts=[_counted(outcome, getattr(batch, outcome)) for outcome in RowOutcome],
        reasons=_reasons(batch.reasons),
        is_loading=not batch.has_ended,
        sentence=_sentence(batch),
        rows_seen=_rows_seen(batch),
        has_leads=has_leads,
        can_start_again=batch.state in (JobState.FAILED, JobState.CANCELLED)
        and (not batch.is_draft or batch.state == JobState.FAILED)
        and not batch.is_refused
        and (batch.has_file or batch.phase not in steering.NEED_FILE),
        kept_until=keeping.kept_until(batch),
        can_undo=undo.can_undo(batch),
        files=_files(batch),
        **_rejected(request, batch),
        **_taken_back(batch),
        **panel(request, batch),
        **(pairs_of(request, batch) if has_leads and batch.has_ended else {}),
        step=4,
    )


def _rejected(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """One page of the rejected rows with what is wrong with each, for the template."""
    rows = Paginator(batch.rows.rejected(), REJECTS_OF_A_PAGE).get_page(request.GET.get("page"))
    return {
        "rows": rows,
        "rejected": [
            {
                "number": row.number,
                "cells": list(filter(None, row.raw[:6])),
                "reasons": [told(reason) for reason in row.reasons],
            }
            for row in rows
        ],
        "before": f"?page={rows.previous_page_number()}#rejected-title" if rows.has_previous() else "",
        "after": f"?page={rows.next_page_number()}#rejected-title" if rows.has_next() else "",
    }


def _files(batch: ImportBatch) -> list[dict[str, str]]:
    """The files that the list leaves behind; none while it has no rows."""
    if batch.is_draft or not batch.rows_done:
        return []
    kinds = [Result.ACCEPTED] if batch.rows_done > batch.rejected else []
    kinds += [*([Result.REJECTED] if batch.rejected else []), Result.ALL]
    kinds += [Result.KEPT] if batch.undo_counts.get("kept") else []
    return [{"which": which.value, "label": current(f"page.{which}_rows")} for which in kinds]


def _taken_back(batch: ImportBatch) -> dict[str, Any]:
    """What became of the people of a list that is or was taken back, for the template; nothing for any other."""
    if batch.undo_asked_at is None:
        return {}
    counts = batch.undo_counts
    rows = batch.rows.filter(pk__in=counts.get("shown", [])).select_related("contact").order_by("number")
    kept = [
        {
            "number": row.number,
            "who": str(row.contact) if row.contact else ", ".join(row.raw[:3]),
            "contact_id": row.contact_id,
            "why": telling.why_all_kept(row.undo["why"] if row.undo else ()),
        }
        for row in rows
    ]
    return {
        "taken_back": _results(counts),
        "kept": kept,
        "kept_companies": [
            {**company, "why": telling.why_all_kept(company["why"])}
            for company in counts.get("companies", [])
        ],
        "kept_in_file": max(0, counts.get("kept", 0) - len(rows) - len(counts.get("companies", []))),
        "kept_reasons": telling.counted(counts.get("reasons", {})),
    }


def _results(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"key": name, "label": label, "number": counts.get(name, 0), "colour": colour}
        for name, (label, colour) in words.UNDO_RESULTS.items()
    ]


@for_importers
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What would happen if the list were taken back; sent, it happens, in the background."""
    batch = batch_or_404(request, pk)
    if request.method == "POST":
        try:
            undo.ask(batch=batch, by=user_of(request), now=timezone.now())
        except LeadOpsError as refusal:
            messages.warning(request, str(refusal))
        else:
            batch.enqueue(now=timezone.now())
        return to(batch)
    if not undo.can_undo(batch):
        return to(batch)
    if not undo.is_written_down(batch):
        messages.warning(request, undo.NOT_WRITTEN_DOWN)
        return to(batch)
    ahead = undo.foresee(batch=batch, now=timezone.now())
    return page(
        request,
        "imports/undo.html",
        title=batch.source_name,
        batch=batch,
        results=_results(ahead.counts),
        people=ahead.counts.total(),
        is_whole=ahead.is_whole,
        kept_reasons=telling.counted(ahead.reasons),
        step=4,
    )


def _rows_seen(batch: ImportBatch) -> int:
    """How many rows the bar stands for: those of the phase, and all of them once the list is taken back."""
    if batch.is_draft or (batch.phase == Phase.UNDOING and not batch.is_taken_back):
        return batch.cursor
    return batch.rows_done


@for_importers
@require_safe
def progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far the list is, for the page that shows it."""
    batch = batch_or_404(request, pk)
    return JsonResponse(
        {
            "state": batch.state,
            "phase": batch.phase,
            "percent": batch.percent,
            "has_ended": batch.has_ended,
            "rows_done": _rows_seen(batch),
            "rows_total": batch.rows_total,
            "cursor": batch.cursor,
            "counts": _counts_so_far(batch),
            "reasons": [] if batch.is_draft else _reasons(batch.reasons),
            "sentence": _sentence(batch),
        }
    )


def _counts_so_far(batch: ImportBatch) -> dict[str, int]:
    """Rows by outcome, of a draft as far as it was looked at; of a list on its way back also its people by result."""
    if batch.is_draft:
        counts: dict[str, int] = batch.preview.get("counts", {})
        return counts
    if batch.undo_asked_at is None:
        return batch.counts
    return batch.counts | {name: batch.undo_counts.get(name, 0) for name in words.UNDO_RESULTS}


@for_importers
@require_safe
def result(request: HttpRequest, pk: int, which: str, extension: str) -> StreamingHttpResponse:
    """Rows of the list as a file, with what became of them."""
    batch = batch_or_404(request, pk)
    if which not in list(Result) or extension not in CONTENT_TYPES or batch.is_draft:
        raise Http404
    response = StreamingHttpResponse(
        result_file(batch, which=Result(which), extension=extension), content_type=CONTENT_TYPES[extension]
    )
    response["Content-Disposition"] = f'attachment; filename="{which}-rows-{batch.pk}.{extension}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


@for_importers
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_or_404(request, pk)
    was_draft = batch.is_draft
    try:
        steering.stop(batch=batch, now=timezone.now())
    except LeadOpsError as refusal:
        messages.warning(request, str(refusal))
        return to(batch)
    if was_draft:
        messages.info(request, "The list was put away. Nothing of it was loaded.")
        return redirect(reverse("admin:imports_importbatch_changelist"))
    messages.info(
        request,
        f"The list was stopped after {batch.rows_done:,} of {batch.rows_total:,} rows. What is loaded stays.",
    )
    return to(batch)


@for_importers
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, steering.pause)


@for_importers
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _asked(request, pk, steering.resume)


def _asked(request: HttpRequest, pk: int, act: Callable[..., None]) -> HttpResponse:
    """Do it if it can be done, and show the list."""
    batch = batch_or_404(request, pk)
    try:
        act(batch=batch, now=timezone.now())
    except LeadOpsError as refusal:
        messages.warning(request, str(refusal))
    return to(batch)


@for_importers
@require_POST
def start_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a failed or stopped list, or load the good rows of one that was refused as a whole."""
    batch = batch_or_404(request, pk)
    try:
        if batch.is_refused:
            steering.load_good_rows(batch=batch, now=timezone.now())
        else:
            steering.start_again(batch=batch, now=timezone.now())
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
    return to(batch)


def _counted(outcome: RowOutcome, number: int) -> dict[str, Any]:
    return {
        "key": outcome.value,
        "label": outcome.label,
        "number": number,
        "colour": OUTCOME_COLOURS[outcome],
    }


def _reasons(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The reasons with how often each, the commonest first."""
    found = []
    for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        name, _, sentence = key.partition("\t")
        label = capfirst(label_of(name))
        found.append({"told": f"{label}: {sentence}" if label else sentence, "count": count})
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
    if batch.is_taken_back:
        counts = batch.undo_counts
        return (
            f"The list was taken back: {counts['deleted']:,} people were removed, {counts['restored']:,} are as they "
            f"were before, {counts['kept']:,} stay."
        )
    if batch.phase == Phase.UNDOING and batch.state == JobState.PAUSED:
        return "Taking the list back is paused. What is taken back already stays so."
    if batch.state == JobState.PAUSED:
        return f"Paused after {batch.rows_done:,} of {batch.rows_total:,} rows. What is loaded stays."
    if batch.state == JobState.DONE:
        return f"All {batch.rows_done:,} rows are done."
    if batch.is_draft and batch.file_end:
        return batch.why_no_file
    if batch.state == JobState.CANCELLED:
        return f"Stopped after {batch.rows_done:,} of {batch.rows_total:,} rows. What is loaded stays."
    return batch.error
