"""The pages on which a person decides whether two people, or two companies, are one: the list, and side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports import deciding, duplicates, merging, words
from imports.models import (
    SURE_FROM,
    Decision,
    DuplicateSearch,
    ImportBatch,
    MatchedEntity,
    MergeRun,
    PossibleDuplicate,
)
from imports.pages import sidebyside
from imports.pages.shared import DECIDE, IMPORT, STATE_COLOURS, for_deciders, for_importers, page, user_of
from leadops.admin import row_number
from leadops.errors import LeadOpsError
from leadops.jobs import JobState
from leads import people
from leads.models import Account, Contact, Merge
from leads.workspace import Panel
from terminology.labels import current

PAIRS_OF_A_PAGE: Final = 50
MERGES_OF_A_PAGE: Final = 50
SURE: Final = round(SURE_FROM * 100)  # per cent
TOLD_FOR: Final = timedelta(days=1)  # how long the list shows a merging that has ended
FROM: Final = (0, 80, SURE)  # what the list can be limited to, in per cent
_COUNTED_AT_MOST: Final = 999  # in the menu, which stands on every page, and beside each pair
_SHOWN_BEFORE_MERGING: Final = 20
_WITH_ROWS: Final = ("left_contact__account", "right_contact__account", "left_account", "right_account")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which pairs the address asks for."""

    entity: str
    batch: ImportBatch | None
    least: int  # per cent

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """What the address or the form says; what makes no sense is as if it were not there."""
        said = request.POST if request.method == "POST" else request.GET
        entity = said.get("entity", "")
        batch = ImportBatch.objects.visible_to(request.user).filter(pk=row_number(said.get("batch", "")))
        least = row_number(said.get("least", ""))
        return cls(
            entity=entity if entity in MatchedEntity.values else MatchedEntity.PERSON.value,
            batch=batch.first(),
            least=least if least in FROM else 0,
        )

    def pairs(self, user: Any) -> QuerySet[PossibleDuplicate]:
        """The open pairs, the surest first."""
        found = PossibleDuplicate.objects.visible_to(user).open().filter(entity=self.entity)
        if self.least:
            found = found.filter(probability__gte=self.least / 100)
        if self.batch is not None:
            found = found.of_list(self.batch, self.entity)
        return found

    def sure(self, user: Any) -> QuerySet[PossibleDuplicate]:
        """Those that may be merged all at once, whatever probability the list is limited to."""
        return merging.pairs_for(user, entity=self.entity, batch=self.batch)

    def address(self, name: str = "imports:duplicates", *args: Any, **more: Any) -> str:
        """The address of a page with the same filters."""
        said = {
            "entity": self.entity if self.entity != MatchedEntity.PERSON else "",
            "batch": self.batch.pk if self.batch else "",
            "least": self.least or "",
            **more,
        }
        query = urlencode({key: value for key, value in said.items() if value != ""})
        return reverse(name, args=args) + (f"?{query}" if query else "")

    def but(self, **more: Any) -> "Asked":
        """The same with something else asked."""
        asked = {"entity": self.entity, "batch": self.batch, "least": self.least} | more
        return Asked(**asked)


# --- The list ---------------------------------------------------------------------------------------------------


@for_deciders
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The open pairs; a POST decides on those that are ticked, or on all that are sure enough after a question."""
    asked = Asked.of(request)
    if request.method == "POST":
        if request.POST.get("decision") == "all":
            return _decide_all(request, asked)
        _decide_ticked(request)
        return redirect(asked.address())
    waiting = asked.pairs(request.user)
    rows = Paginator(waiting.select_related(*_WITH_ROWS), PAIRS_OF_A_PAGE).get_page(request.GET.get("page"))
    sure = asked.sure(request.user).order_by().count()
    return page(
        request,
        "imports/duplicates.html",
        title=current("menu.duplicates"),
        asked=asked,
        rows=rows,
        shown=[_shown(pair, asked) for pair in rows],
        first=asked.address("imports:duplicate", rows[0].pk) if len(rows) else "",
        before=asked.address(page=rows.previous_page_number()) if rows.has_previous() else "",
        after=asked.address(page=rows.next_page_number()) if rows.has_next() else "",
        sure=sure,
        merging=_merging_shown(request, asked),
        everything=asked.but(batch=None).address(),
        widest=asked.but(batch=None, least=0).address(),
        may_search=request.user.has_perm(IMPORT),
        search=_search_shown(duplicates.latest_search(asked.entity))
        if request.user.has_perm(IMPORT)
        else None,
        **_filters(asked, has_companies=request.user.has_perm(IMPORT)),
    )


def _filters(asked: Asked, *, has_companies: bool) -> dict[str, Any]:
    return {
        "entities": has_companies
        and [
            {"label": label, "address": asked.but(entity=value).address(), "is_chosen": asked.entity == value}
            for value, label in (
                (MatchedEntity.PERSON.value, capfirst(current("leads.contact.plural"))),
                (MatchedEntity.COMPANY.value, capfirst(current("leads.account.plural"))),
            )
        ],
        "grades": [
            {
                "label": f"{least} % or more" if least else words.ALL_PAIRS,
                "address": asked.but(least=least).address(),
                "is_chosen": asked.least == least,
            }
            for least in FROM
        ],
    }


def _shown(pair: PossibleDuplicate, asked: Asked) -> dict[str, Any]:
    speaks_for, against = sidebyside.short_evidence(pair)
    return {
        "pair": pair,
        "address": asked.address("imports:duplicate", pair.pk),
        "sides": [_in_short(row) for row in sidebyside.sides_of(pair)],
        "percent": percent(pair.probability),
        "speaks_for": ", ".join(speaks_for),
        "against": ", ".join(against),
    }


def percent(probability: float) -> int:
    """Rounded down, so that nothing looks surer than it is."""
    return int(probability * 100 + 1e-9)


def _in_short(row: Contact | Account) -> dict[str, str]:
    if isinstance(row, Contact):
        about = [str(row.account) if row.account else "", row.phone]
        return {"name": str(row), "line": row.email, "more": " · ".join(filter(None, about))}
    return {"name": str(row), "line": row.domain, "more": " · ".join(filter(None, (row.city, row.country)))}


def _decide_ticked(request: HttpRequest) -> None:
    ids = [row_number(text) for text in request.POST.getlist("rows")[:PAIRS_OF_A_PAGE]]
    decision = request.POST.get("decision", "")
    if decision not in (Decision.SAME, Decision.DIFFERENT):
        messages.error(request, "Say whether the ticked pairs are the same or different.")
        return
    pairs = list(PossibleDuplicate.objects.visible_to(request.user).filter(pk__in=ids).open())
    if not pairs:
        messages.warning(request, "No pair was ticked that still waits. Tick the pairs that you decide on.")
        return
    decide = deciding.merge_many if decision == Decision.SAME else deciding.part_many
    _tell(request, decide(pairs=pairs, by=_person(request), now=timezone.now()), decision)


def _decide_all(request: HttpRequest, asked: Asked) -> HttpResponse:
    """All that are surely the same: first a page that says what would happen, then the deed, in the background."""
    if request.POST.get("confirmed") == "yes":
        merging.start(by=_person(request), now=timezone.now(), entity=asked.entity, batch=asked.batch)
        return redirect(asked.address())
    waiting = asked.sure(request.user)
    shown = [_shown(pair, asked) for pair in waiting.select_related(*_WITH_ROWS)[:_SHOWN_BEFORE_MERGING]]
    return page(
        request,
        "imports/duplicates_confirm.html",
        title=current("menu.duplicates"),
        asked=asked,
        total=waiting.order_by().count(),
        sure_percent=SURE,
        shown=shown,
        back=asked.address(),
    )


def _tell(request: HttpRequest, result: deciding.Decided, decision: str) -> None:
    if result.done:
        messages.info(request, f"{Decision(decision).label}: {result.done:,}.")
    for sentence in list(dict.fromkeys(result.refused))[:5]:
        messages.warning(request, sentence)


# --- The two side by side -----------------------------------------------------------------------------------------


@for_deciders
@require_http_methods(["GET", "HEAD", "POST"])
def pair_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The two side by side. A POST decides, and the next pair comes by itself."""
    asked = Asked.of(request)
    found = PossibleDuplicate.objects.visible_to(request.user)
    pair = found.select_related(*_WITH_ROWS, "decided_by", "merge").filter(pk=pk).first()
    if pair is None:
        raise Http404("There is no such pair, or it is not yours.")
    if request.method == "POST":
        return _decide(request, pair, asked)
    if pair.decision != Decision.OPEN or not found.open().filter(pk=pk).exists():
        return redirect(asked.address())
    last = row_number(request.GET.get("last", ""))
    left, right = sidebyside.both_sides(pair, user=request.user)
    return page(
        request,
        "imports/duplicate.html",
        title=current("menu.duplicates"),
        asked=asked,
        pair=pair,
        percent=percent(pair.probability),
        lines=sidebyside.lines(pair),
        sides=[left, right],
        is_person=pair.entity == MatchedEntity.PERSON,
        has_two_open=sum(any(lead.is_open for lead in side.leads) for side in (left, right)) == 2,
        back=asked.address(),
        waiting=_counted(asked.pairs(request.user)),
        last=found.exclude(decision=Decision.OPEN).filter(pk=last).first(),
    )


def _decide(request: HttpRequest, pair: PossibleDuplicate, asked: Asked) -> HttpResponse:
    decision = request.POST.get("decision", "")
    user, now = _person(request), timezone.now()
    last: int | str = ""
    try:
        if decision == Decision.SAME:
            deciding.say_same(pair=pair, by=user, now=now, choices=_choices(request, pair))
            last = pair.pk
        elif decision == Decision.DIFFERENT:
            deciding.say_different(pair=pair, by=user, now=now)
            last = pair.pk
        elif decision != "later":
            messages.error(request, "Say whether the two are the same or different, or leave it for later.")
            return redirect(asked.address("imports:duplicate", pair.pk))
    except deciding.AlreadyDecided as refusal:
        messages.warning(request, str(refusal))
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        return redirect(asked.address("imports:duplicate", pair.pk))
    behind = Q(probability__lt=pair.probability) | Q(probability=pair.probability, pk__gt=pair.pk)
    following = asked.pairs(request.user).filter(behind).first()
    if following is None:
        messages.info(request, "That was the last pair. What you left for later is still here.")
        return redirect(asked.address(last=last))
    return redirect(asked.address("imports:duplicate", following.pk, last=last))


def _choices(request: HttpRequest, pair: PossibleDuplicate) -> people.Choices:
    """What the form says of each field; anything else than the right side means the left one, which stays."""
    known = people.CONTACT_CHOICES if pair.entity == MatchedEntity.PERSON else people.ACCOUNT_CHOICES
    return {name: "absorbed" for name in known if request.POST.get(f"take-{name}") == "right"}


@for_deciders
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a decided pair again, and take its merge back."""
    asked = Asked.of(request)
    pair = PossibleDuplicate.objects.visible_to(request.user).filter(pk=pk).first()
    if pair is None:
        raise Http404("There is no such pair, or it is not yours.")
    try:
        told = deciding.take_back(pair=pair, by=_person(request), now=timezone.now())
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        return redirect(asked.address())
    for sentence in told:
        messages.warning(request, sentence)
    messages.info(request, "Taken back. Decide again.")
    return redirect(asked.address("imports:duplicate", pair.pk))


# --- What was merged ----------------------------------------------------------------------------------------------


@for_deciders
@require_safe
def merges(request: HttpRequest) -> HttpResponse:
    """What went into what, the newest first; those of the machine apart."""
    by_machine = request.GET.get("by") == "machine"
    found = Merge.objects.visible_to(request.user)
    found = found.select_related("kept_contact", "kept_account", "by", "undone_by")
    if by_machine:
        found = found.filter(by=None)
    rows = Paginator(found, MERGES_OF_A_PAGE).get_page(request.GET.get("page"))
    here = reverse("imports:merges")
    mark = "&by=machine" if by_machine else ""
    return page(
        request,
        "imports/merges.html",
        title=current("menu.merges"),
        rows=rows,
        shown=[_merge_shown(merge) for merge in rows],
        by_machine=by_machine,
        here=here,
        before=f"{here}?page={rows.previous_page_number()}{mark}" if rows.has_previous() else "",
        after=f"{here}?page={rows.next_page_number()}{mark}" if rows.has_next() else "",
    )


def _merge_shown(merge: Merge) -> dict[str, Any]:
    kept = merge.kept_contact or merge.kept_account
    model = "contact" if merge.kept_contact_id else "account"
    # Of somebody erased the record is empty; that there was a merge stays.
    gone = merge.record["folds"][-1]["gone"] if merge.record.get("folds") else {}
    names = ("first_name", "last_name") if model == "contact" else ("name",)
    known_by = gone.get("email") or gone.get("domain") or ""
    return {
        "merge": merge,
        "kept": kept,
        "address": reverse(f"admin:leads_{model}_change", args=[kept.pk]) if kept else "",
        "gone": " ".join(filter(None, (gone.get(name) for name in names))) or known_by,
        "known_by": known_by,
        "is_erased": not gone,
        "percent": None if merge.probability is None else percent(merge.probability),
    }


@for_deciders
@require_POST
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge back; the two are different from then on."""
    seen = Merge.objects.visible_to(request.user).select_related("kept_contact", "kept_account", "undone_by")
    merge = seen.filter(pk=pk).first()
    if merge is None:
        raise Http404("There is no such merge, or it is not yours.")
    try:
        undone = people.undo_merge(merge=merge, by=_person(request), now=timezone.now())
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        kept = merge.kept_contact or merge.kept_account
        return redirect(_page_of(kept) if request.POST.get("from") == "row" else reverse("imports:merges"))
    messages.info(request, f"Taken apart again: {undone.row} (#{undone.row.pk}).")
    if sentence := people.changed_since(undone):
        messages.warning(request, sentence)
    return redirect(_page_of(undone.row) if request.POST.get("from") == "row" else reverse("imports:merges"))


def _page_of(row: Contact | Account | None) -> str:
    if row is None:
        return reverse("imports:merges")
    return reverse(f"admin:leads_{row._meta.model_name}_change", args=[row.pk])


# --- The search ---------------------------------------------------------------------------------------------------


@for_importers
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Look for pairs among everybody, in the background."""
    asked = Asked.of(request)
    duplicates.start_search(by=_person(request), now=timezone.now(), entity=asked.entity)
    return redirect(asked.but(batch=None, least=0).address())


@for_importers
@require_safe
def search_progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far a search is, for the page that shows it."""
    found = DuplicateSearch.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such search.")
    return JsonResponse(_progress(found, told=_sentence))


def _search_shown(found: DuplicateSearch | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "row": found,
        "is_under_way": not found.has_ended,
        "sentence": _sentence(found),
        "colour": STATE_COLOURS[JobState(found.state)],
        "left_out": found.left_out,
    }


def _sentence(found: DuplicateSearch) -> str:
    if found.state == JobState.QUEUED:
        return "It waits for a worker."
    if found.state == JobState.FAILED:
        return "It broke off. Start it again; what was found is kept."
    merged, waiting = current("imports.duplicatesearch.same"), current("imports.duplicatesearch.maybe")
    numbers = f"New pairs: {merged} {found.same:,}, {waiting} {found.maybe:,}."  # known ones wait below
    if found.state == JobState.RUNNING:
        return f"Looking at {found.rows_total:,} pairs. {numbers}"
    if found.state == JobState.DONE and found.finished_at is not None:
        return f"The last search, of {date_format(localtime(found.finished_at), 'j M Y, H:i')}. {numbers}"
    return f"It was ended before all were looked at. {numbers}"


# --- Merging all ------------------------------------------------------------------------------------------------


@for_deciders
@require_safe
def merging_progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far a merging is, for the page that shows it."""
    return JsonResponse(_progress(_merging_or_404(request, pk), told=_told_of_merging))


@for_deciders
@require_POST
def stop_merging(request: HttpRequest, pk: int) -> HttpResponse:
    """End a merging that is under way."""
    found = _merging_or_404(request, pk)
    if merging.stop(merge_run=found, now=timezone.now()):
        messages.info(request, "No more pairs are merged. What was merged can be taken apart pair by pair.")
    else:
        messages.warning(request, "It had ended already.")
    return redirect(Asked(found.entity, found.batch, 0).address())


def _merging_or_404(request: HttpRequest, pk: int) -> MergeRun:
    found: MergeRun | None = MergeRun.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("There is no such merging, or it is not yours.")
    return found


def _merging_shown(request: HttpRequest, asked: Asked) -> dict[str, Any] | None:
    """The newest merging while it is under way, and for a day after."""
    found = merging.latest(request.user, entity=asked.entity)
    if found is None or (found.finished_at and found.finished_at < timezone.now() - TOLD_FOR):
        return None
    return {
        "row": found,
        "is_under_way": not found.has_ended,
        "sentence": _told_of_merging(found),
        "colour": STATE_COLOURS[JobState(found.state)],
        "refusals": sorted(found.refusals.items(), key=lambda item: (-item[1], item[0])),
    }


def _told_of_merging(found: MergeRun) -> str:
    if found.state == JobState.QUEUED:
        return "It waits for a worker."
    merged, left = (current(f"imports.mergerun.{name}") for name in ("merged", "refused"))
    numbers = f"{capfirst(merged)}: {found.merged:,}. {capfirst(left)}: {found.refused:,}."
    if found.state == JobState.FAILED:
        return f"{found.error} {numbers}"
    if found.state == JobState.CANCELLED:
        return f"It was stopped. {numbers}"
    settled = found.rows_total - found.merged - found.refused
    if found.state == JobState.DONE and settled > 0:
        return f"{numbers} Settled meanwhile, by another pair or by somebody else: {settled:,}."
    return numbers


def _progress(found: DuplicateSearch | MergeRun, *, told: Callable[[Any], str]) -> dict[str, Any]:
    return {
        "state": found.state,
        "phase": "",
        "percent": found.percent,
        "has_ended": found.has_ended,
        "rows_done": found.rows_done,
        "rows_total": found.rows_total,
        "cursor": found.rows_done,
        "counts": {},
        "sentence": told(found),
    }


# --- In the menu and on the pages of people ----------------------------------------------------------------------


def waiting_count(request: HttpRequest) -> str | int:
    """How many pairs wait, for the menu; nothing for none."""
    asked: Any = request
    known: str | int | None = getattr(asked, "_leadops_pairs_to_decide", None)
    if known is None:
        known = _counted(PossibleDuplicate.objects.visible_to(request.user).open())
        asked._leadops_pairs_to_decide = known
    return known


def _counted(pairs: QuerySet[PossibleDuplicate]) -> str | int:
    """How many pairs, of which no more are counted than a person wants to know."""
    count = pairs.order_by()[: _COUNTED_AT_MOST + 1].count()
    return f"{_COUNTED_AT_MOST}+" if count > _COUNTED_AT_MOST else count


def pairs_of(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """What the page of a list says of the pairs that were found when it was loaded. Two queries, both by an index."""
    found = PossibleDuplicate.objects.visible_to(request.user).open().filter(search__batch=batch)
    return {
        "pairs_waiting": found.order_by().count(),
        "pairs_address": Asked(MatchedEntity.PERSON.value, batch, 0).address(),
        "is_searched": DuplicateSearch.objects.under_way().filter(batch=batch).exists(),
    }


def panel(request: HttpRequest, row: Contact | Account) -> Panel | None:
    """On the page of a contact or an account: what went into it, and what may be the same."""
    if not request.user.has_perm(DECIDE):
        return None
    kind = "contact" if isinstance(row, Contact) else "account"
    pairs = PossibleDuplicate.objects.visible_to(request.user).open()
    pairs = pairs.filter(Q(**{f"left_{kind}": row.pk}) | Q(**{f"right_{kind}": row.pk}))
    merged = Merge.objects.visible_to(request.user).filter(**{f"kept_{kind}": row.pk}, undone_at=None)
    shown = [_merge_shown(merge) for merge in merged.select_related("by")[:10]]
    waiting = [
        {"pair": pair, "other": _other(pair, row), "percent": percent(pair.probability)}
        for pair in pairs.select_related(*_WITH_ROWS)[:10]
    ]
    if not (shown or waiting):
        return None
    return Panel(words.DUPLICATES, "imports/duplicates_panel.html", {"merges": shown, "pairs": waiting})


def _other(pair: PossibleDuplicate, row: Contact | Account) -> Any:
    left, right = sidebyside.sides_of(pair)
    return right if left.pk == row.pk else left


def _person(request: HttpRequest) -> User:
    return cast(User, user_of(request))
