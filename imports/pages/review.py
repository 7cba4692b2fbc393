"""The page of the review pile: rows that a person lets in or leaves out, many at once and by keyboard."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from imports import reviewing, words
from imports.cleaning import told
from imports.models import ImportBatch, ImportRow, Review, RowOutcome
from imports.pages.shared import OUTCOME_COLOURS, for_importers, page
from imports.piling import count_by_mark, pile
from leadops.errors import LeadOpsError
from leads.normalise import MARKS
from terminology.labels import current

ROWS_OF_A_PAGE: Final = 50
MARK_COLOURS: Final = {
    "nonsense": "red",
    "test": "rose",
    "role": "amber",
    "disposable": "orange",
    "homoglyph": "violet",
    "swapped": "sky",
    "example_phone": "cyan",
    "free": "slate",
}
_COUNTED_AT_MOST: Final = 999  # in the menu, which stands on every page


@for_importers
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """The rows that wait, or those left out, by list and by what is unusual; a POST decides on those ticked."""
    asked = request.POST if request.method == "POST" else request.GET
    batch = _batch_asked(request, asked.get("batch", ""))
    mark = asked.get("mark", "") if asked.get("mark", "") in MARKS else ""
    review = Review.DROPPED if asked.get("show") == Review.DROPPED else Review.OPEN
    if request.method == "POST":
        _decide(request, review)
        return redirect(_address(batch, mark, review, page=asked.get("page", "")))
    waiting = pile(user=request.user, batch=batch, mark=mark, review=review)
    rows = Paginator(waiting.select_related("batch"), ROWS_OF_A_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "imports/review.html",
        title=current("menu.review_rows"),
        rows=rows,
        shown=[_shown(row) for row in rows],
        batch=batch,
        mark=mark,
        shows_left_out=review == Review.DROPPED,
        views=_views(request, batch, review),
        filters=_filters(request, batch, mark, review),
        before=_address(batch, mark, review, page=str(rows.previous_page_number()))
        if rows.has_previous()
        else "",
        after=_address(batch, mark, review, page=str(rows.next_page_number())) if rows.has_next() else "",
        everything=_address(None, mark, review),
    )


def panel(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """What the page of a list says of its rows that wait."""
    counts = count_by_mark(pile(user=request.user, batch=batch))
    return {
        "waiting": counts[""],
        "waiting_marks": [
            {"label": words.MARKS[name], "number": counts[name]} for name in MARKS if counts[name]
        ],
    }


def unusual(marks: dict[str, int]) -> list[dict[str, Any]]:
    """What is unusual about the rows of a list that is looked at before it is loaded, for its preview."""
    return [
        {"label": words.MARKS[name], "number": marks[name], "colour": MARK_COLOURS[name]}
        for name in MARKS
        if marks.get(name)
    ]


def waiting_count(request: HttpRequest) -> str | int:
    """How many rows wait, for the menu; nothing for none."""
    asked: Any = request
    known: str | int | None = getattr(asked, "_leadops_rows_to_review", None)
    if known is None:
        count = pile(user=request.user).order_by()[: _COUNTED_AT_MOST + 1].count()
        known = f"{_COUNTED_AT_MOST}+" if count > _COUNTED_AT_MOST else count
        asked._leadops_rows_to_review = known
    return known


def _batch_asked(request: HttpRequest, text: str) -> ImportBatch | None:
    """The list that the page is about; None for all, also where the address says nothing sensible."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return ImportBatch.objects.visible_to(request.user).filter(pk=int(text)).first()


def _decide(request: HttpRequest, review: Review) -> None:
    """Do what the form says with the ticked rows, and say what became of them."""
    ticked = [
        int(text)
        for text in request.POST.getlist("rows")
        if text.isascii() and text.isdigit() and len(text) < 19
    ]
    decision = request.POST.get("decision", "")
    if decision not in ((Review.KEPT,) if review == Review.DROPPED else (Review.KEPT, Review.DROPPED)):
        messages.error(request, "Choose whether the rows are let in or left out.")
        return
    if not ticked:
        messages.warning(request, "No row was ticked. Tick the rows that you decide on.")
        return
    if review == Review.DROPPED:
        decide = reviewing.let_in_again
    else:
        decide = reviewing.let_in if decision == Review.KEPT else reviewing.leave_out
    user: Any = request.user
    try:
        decided = decide(rows=ticked, by=user, now=timezone.now())
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        return
    done = decided.kept + decided.dropped + sum(decided.outcomes.values())
    parts = [f"{RowOutcome(outcome).label}: {count:,}" for outcome, count in sorted(decided.outcomes.items())]
    if decided.kept:
        parts.append(f"{words.STAYS}: {decided.kept:,}")
    if decided.dropped:
        parts.append(f"{Review.DROPPED.label}: {decided.dropped:,}")
    if parts:
        messages.info(request, f"{'; '.join(parts)}.")
    for sentence, count in decided.sentences.most_common(5):
        messages.warning(request, f"{count:,} ×: {sentence}")
    if not done and not decided.sentences:
        messages.warning(request, "Somebody else has decided on these rows in the meantime.")


def _address(batch: ImportBatch | None, mark: str, review: Review, *, page: str = "") -> str:
    asked = {
        "show": review.value if review == Review.DROPPED else "",
        "batch": batch.pk if batch else "",
        "mark": mark,
        "page": page if page.isdigit() else "",
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("imports:review") + (f"?{query}" if query else "")


def _views(request: HttpRequest, batch: ImportBatch | None, review: Review) -> list[dict[str, Any]]:
    """The rows that wait, and those that were left out, to choose from."""
    return [
        {
            "label": one.label,
            "number": pile(user=request.user, batch=batch, review=one).order_by().count(),
            "address": _address(batch, "", one),
            "is_chosen": one == review,
        }
        for one in (Review.OPEN, Review.DROPPED)
    ]


def _filters(
    request: HttpRequest, batch: ImportBatch | None, mark: str, review: Review
) -> list[dict[str, Any]]:
    counts = count_by_mark(pile(user=request.user, batch=batch, review=review))
    return [
        {
            "label": words.ALL_MARKS,
            "number": counts[""],
            "address": _address(batch, "", review),
            "is_chosen": not mark,
        },
        *(
            {
                "label": words.MARKS[name],
                "number": counts[name],
                "address": _address(batch, name, review),
                "is_chosen": mark == name,
            }
            for name in MARKS
            if counts[name] or mark == name
        ),
    ]


def _shown(row: ImportRow) -> dict[str, Any]:
    outcome = RowOutcome(row.outcome)
    return {
        "row": row,
        "who": reviewing.shown(row, row.batch),
        "marks": [
            {"label": words.MARKS[name], "colour": MARK_COLOURS[name]}
            for name in row.marks.split()
            if name in words.MARKS
        ],
        "why": [told(reason) for reason in row.reasons],
        "outcome": outcome.label,
        "colour": OUTCOME_COLOURS[outcome],
    }
