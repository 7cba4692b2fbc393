"""The term editor and the blueprints: where RevOps sets the company's words."""

from typing import Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from leadops.admin import ModelAdmin, row_number, signed_in
from leadops.errors import LeadOpsError
from terminology import (
    agreement_admin,
    agreements,
    blueprints,
    catalogues,
    labels,
    seen,
    term_history,
    term_rows,
    term_section,
)
from terminology.agreements import PROPOSE, AgreementRefused
from terminology.catalogues import ROW
from terminology.labels import Term, part_of
from terminology.languages import is_multilingual, language_name, languages
from terminology.models import Agreement, AgreementPolicy, TermOverride
from terminology.saving import CHANGE, Saved, put_into_draft, save_texts
from terminology.term_rows import FIELD, WAS, WORD, group_of, main_key, rows_of
from terminology.where_used import where_used
from terminology.words import Place

__all__ = ["TermOverrideAdmin", "agreement_admin"]  # the pages of agreements stand in a module of their own

PAGE_OF_HISTORY: Final = 100  # changes on a page of the history
MOST_FOUND: Final = 80  # rows on a page of what was found; each has half a dozen boxes


@admin.register(TermOverride)
class TermOverrideAdmin(ModelAdmin):
    """One page for all words: pick a place or search, type, save. An empty box brings the default back."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("blueprints/", wrap(self.blueprints_view), name="terminology_blueprints"),
            path(
                "blueprints/use/",
                wrap(require_POST(self.use_blueprint_view)),
                name="terminology_use_blueprint",
            ),
            path("term/<str:key>/", wrap(self.term_view), name="terminology_term"),
            path("history/", wrap(self.renames_view), name="terminology_label_history"),
            path("undo/", wrap(require_POST(self.undo_view)), name="terminology_undo_labels"),
            path("signing/", wrap(require_POST(self.signing_view)), name="terminology_signing_policy"),
            path("draft/<int:agreement_id>/", wrap(self.draft_view), name="terminology_draft_terms"),
            path("", wrap(self.editor_view), name="terminology_termoverride_changelist"),
        ]

    # --- The editor ---

    def editor_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows a group of terms or the terms found; POST saves the boxes that were changed."""
        return self._edit(request, draft=None)

    def draft_view(self, request: HttpRequest, agreement_id: int) -> HttpResponse:
        """The same within a draft: shows the words as they would be, and saves into the draft alone."""
        draft = get_object_or_404(Agreement, pk=agreement_id)
        if not draft.is_open and request.method != "POST":
            messages.info(request, "It stands as it is. Open a new draft to change words.")
            return redirect("admin:terminology_agreement_change", draft.pk)
        return self._edit(request, draft=draft)

    def _edit(self, request: HttpRequest, *, draft: Agreement | None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        user = signed_in(request)
        may_change = user.has_perm(CHANGE) and draft is None
        may_propose = user.has_perm(PROPOSE)
        errors: dict[str, str] = {}
        if request.method == "POST":
            if not (may_change or may_propose):
                raise PermissionDenied
            errors = self._save(request, draft=draft)
            if not errors:
                return redirect(request.get_full_path())
            draft = Agreement.objects.get(pk=draft.pk) if draft else None
        language = request.GET.get("language", "")
        language = language if is_multilingual() and language in languages() else ""
        terms = _terms(language, draft)
        words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
        chosen = request.GET.get("group", "") or "stage"
        keys = (
            term_rows.found_by(words, terms=terms.values())
            if words
            else [key for key in terms if main_key(key) == key and group_of(key) == chosen]
        )
        rows = rows_of(
            keys[:MOST_FOUND] if words else keys,
            terms=terms,
            typed=_typed(request, FIELD),
            typed_words={WORD + name: text for name, text in _typed(request, WORD, was=WAS + WORD).items()},
            errors=errors,
            in_force=_terms(language, None) if draft else {},
        )
        sections = term_rows.groups(terms)
        listed = catalogues.catalogues(user) if draft is None else []
        rows_of_catalogues = catalogues.shown(
            listed if words else [one for one in listed if one.key == chosen],
            user=user,
            words=words,
            typed=_changed_rows(request),
            errors=errors,
        )
        may_type = may_change or (may_propose and (draft is None or draft.is_open))
        return TemplateResponse(
            request,
            "terminology/terms.html",
            {
                **self.admin_site.each_context(request),
                "title": str(labels.term("menu.terms", "Terms")),
                "opts": self.opts,
                "sections": sections,
                "listed": listed,
                "catalogues": rows_of_catalogues,
                "chosen": "" if words else chosen,
                "chosen_title": "" if words or chosen.startswith(ROW) else term_rows.title_of(chosen),
                "words": words,
                "rows": rows,
                "found": len(keys),
                "most_found": MOST_FOUND,
                "has_beside": any(row.beside for row in rows),
                "use_titles": [use.label for use in term_rows.USES],
                "shapes": term_rows.shapes_of(rows, terms),
                "languages": [(code, language_name(code)) for code in languages()]
                if is_multilingual()
                else [],
                "language": language,
                "may_change": may_change,
                "may_type": may_type,
                "may_save": may_type and (rows or any(one.may_change for one in rows_of_catalogues)),
                "draft": draft,
                "drafts": Agreement.objects.still_open() if may_propose and draft is None else [],
                "chosen_draft": row_number(request.POST.get("draft", "")),
                "labels_need_signatures": agreements.labels_need_signatures(),
                "needs_draft": may_type
                and draft is None
                and (not may_change or any(row.has_definition for row in rows)),
                "word_field": WORD,
            },
        )

    def _save(self, request: HttpRequest, *, draft: Agreement | None) -> dict[str, str]:
        """Save what was posted and say what became of it; else say why not, and return the sentences by part."""
        texts, was = _typed(request, FIELD), _posted(request, WAS)
        by, now = signed_in(request), timezone.now()
        if reset := request.POST.get("reset", ""):
            texts |= {
                part: "" for part in _posted(request, FIELD) if main_key(part.partition("@")[0]) == reset
            }
        try:
            if draft is not None:
                saved = self._save_into(draft, texts, request)
            else:
                saved = save_texts(
                    texts=texts,
                    was=was,
                    words=_changed_words(request),
                    rows=_changed_rows(request),
                    into=_chosen_draft(request),
                    by=by,
                    now=now,
                )
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
            return {getattr(refusal, "part", "") or "": str(refusal)}
        _tell(request, saved)
        return {}

    def _save_into(self, draft: Agreement, texts: dict[str, str], request: HttpRequest) -> Saved:
        if not texts:
            return Saved()
        revision = request.POST.get("revision", "")
        found = put_into_draft(
            texts=texts,
            into=draft,
            by=signed_in(request),
            now=timezone.now(),
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
        )
        definitions = sum(not term_section.is_cosmetic(part) for part in texts)
        return Saved(drafted=len(texts), drafted_definitions=definitions, draft=found)

    # --- One term, and the history ---

    def term_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """Where the term is used, its other words and its history. The editor shows the first part under its row."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if key not in labels.REGISTRY or main_key(key) != key:
            raise Http404("There is no such term.")
        terms = _terms("", None)
        row = rows_of([key], terms=terms, typed={}, typed_words={}, errors={})[0]
        rows = list(term_history.changes(key=key)[:PAGE_OF_HISTORY])
        return TemplateResponse(
            request,
            "terminology/term.html",
            {
                **self.admin_site.each_context(request),
                "title": capfirst(row.label.term.text),
                "opts": self.opts,
                "row": row,
                "places": seen.pages(key, request) + where_used(key),
                "saves": term_history.saves(rows),
                "may_change": request.user.has_perm(CHANGE) or request.user.has_perm(PROPOSE),
            },
        )

    def renames_view(self, request: HttpRequest) -> HttpResponse:
        """Every change of a label, newest first, each with the way back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        page = Paginator(term_history.changes(), PAGE_OF_HISTORY).get_page(request.GET.get("page"))
        return TemplateResponse(
            request,
            "terminology/history.html",
            {
                **self.admin_site.each_context(request),
                "title": "What was renamed",
                "opts": self.opts,
                "saves": term_history.saves(list(page.object_list)),
                "page": page,
                "may_change": request.user.has_perm(CHANGE) or request.user.has_perm(PROPOSE),
            },
        )

    def undo_view(self, request: HttpRequest) -> HttpResponse:
        """Give terms the texts that the posted changes replaced."""
        if not (request.user.has_perm(CHANGE) or request.user.has_perm(PROPOSE)):
            raise PermissionDenied
        pks = [int(pk) for pk in request.POST.getlist("change") if pk.isdecimal() and len(pk) < 19]
        texts = term_history.texts_before(pks)
        if not texts:
            messages.error(request, "That change is not known. Open the history again and choose one.")
        else:
            try:
                saved = save_texts(
                    texts=texts,
                    was={},
                    words={},
                    rows={},
                    into=None,
                    by=signed_in(request),
                    now=timezone.now(),
                )
            except LeadOpsError as refusal:
                messages.error(request, str(refusal))
            else:
                _tell(request, saved)
        key = request.POST.get("key", "")
        if key in labels.REGISTRY:
            return redirect("admin:terminology_term", key)
        return redirect("admin:terminology_label_history")

    def signing_view(self, request: HttpRequest) -> HttpResponse:
        """Say whether labels need both signatures too."""
        if not request.user.has_perm("terminology.change_agreementpolicy"):
            raise PermissionDenied
        wanted = bool(request.POST.get("labels_need_signatures"))
        AgreementPolicy.objects.update_or_create(pk=1, defaults={"labels_need_signatures": wanted})
        messages.success(
            request,
            "From now on labels need the signatures of both teams, as definitions do."
            if wanted
            else "From now on a label is in force as soon as it is saved. Definitions still need both signatures.",
        )
        return redirect("admin:terminology_termoverride_changelist")

    def blueprints_view(self, request: HttpRequest) -> HttpResponse:
        """The vocabularies to start from."""
        if not request.user.has_perm("terminology.use_blueprint"):
            raise PermissionDenied
        return TemplateResponse(
            request,
            "terminology/blueprints.html",
            {
                **self.admin_site.each_context(request),
                "title": str(labels.term("menu.blueprints", "Blueprints")),
                "opts": self.opts,
                "blueprints": blueprints.available(),
                "is_live": agreements.in_force() is not None,
            },
        )

    def use_blueprint_view(self, request: HttpRequest) -> HttpResponse:
        """Load one."""
        if not request.user.has_perm("terminology.use_blueprint"):
            raise PermissionDenied
        name, by, now = request.POST.get("name", ""), signed_in(request), timezone.now()
        try:
            if agreements.in_force() is not None:
                draft = blueprints.draft_blueprint(name=name, by=by, now=now)
                messages.info(request, "This is the draft. Nothing changes before both teams have signed it.")
                return redirect("admin:terminology_agreement_change", draft.pk)
            counts = blueprints.use_blueprint(name=name, by=by, now=now)
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                f"The blueprint is in force: {counts.get('terms', 0)} terms, "
                f"{counts.get('definitions', 0)} definitions, {counts.get('scoring', 0)} scoring rules. "
                f"People, {labels.current('leads.lead.plural')} and history are as they were.",
            )
        return redirect(reverse("admin:terminology_blueprints"))


def _terms(language: str, draft: Agreement | None) -> dict[str, Term]:
    """Every term by its key, as it is in force or as it would be with the draft."""
    if draft is None:
        return {one.key: one for one in labels.terms(language)}
    parts = agreements.content(draft, term_section.KEY)
    return {
        key: Term(
            key,
            default,
            parts.get(part_of(key, language), ""),
            language,
            parts.get(key, "") if language else "",
        )
        for key, default in labels.REGISTRY.items()
    }


def _posted(request: HttpRequest, prefix: str) -> dict[str, str]:
    """The posted texts whose names begin with `prefix`, by the rest of the name."""
    return {
        name.removeprefix(prefix): str(text) for name, text in request.POST.items() if name.startswith(prefix)
    }


def _typed(request: HttpRequest, prefix: str, *, was: str = WAS) -> dict[str, str]:
    """Those of the posted texts that differ from what stood in their boxes: what this person typed.

    The other boxes are nobody's wish, and the page shown again has what is there now in them.
    """
    before = _posted(request, was)
    return {
        name: text
        for name, text in _posted(request, prefix).items()
        if name not in before or not _same(text, before[name])
    }


def _same(typed: str, before: str) -> bool:
    return typed.replace("\r\n", "\n") == before.replace("\r\n", "\n")


def _changed_words(request: HttpRequest) -> dict[Place, str]:
    """The other words that differ from what stood in their boxes: (key, use) to text."""
    found = {}
    for name, text in _typed(request, WORD, was=WAS + WORD).items():
        use, _, key = name.partition(":")
        found[key, use] = text
    return found


def _changed_rows(request: HttpRequest) -> dict[str, str]:
    """The rows of catalogues whose names differ from what stood in their boxes."""
    return {ROW + name: text for name, text in _typed(request, ROW, was=WAS + ROW).items()}


def _chosen_draft(request: HttpRequest) -> Agreement | None:
    """The draft that was chosen, None for a new one. Raises `AgreementRefused` where it is no draft any more."""
    chosen = request.POST.get("draft", "")
    if not chosen:
        return None
    found: Agreement | None = Agreement.objects.still_open().filter(pk=row_number(chosen)).first()
    if found is None:
        raise AgreementRefused(
            "The chosen draft was decided meanwhile, so nothing was saved. "
            "Your words still stand in their boxes: choose another draft, or a new one, and save again."
        )
    return found


def _tell(request: HttpRequest, saved: Saved) -> None:
    """Say what is in force and what waits for signatures."""
    said = []
    if saved.in_force:
        are = "label is" if saved.in_force == 1 else "labels are"
        said.append(f"{saved.in_force} {are} in force on every page from now on.")
    if saved.words:
        said.append(f"{saved.words} other {'word is' if saved.words == 1 else 'words are'} saved.")
    if saved.rows:
        are = "entry of a catalogue is" if saved.rows == 1 else "entries of catalogues are"
        said.append(f"{saved.rows} {are} renamed.")
    if saved.draft is not None:
        messages.success(
            request,
            format_html(
                '{} {} the draft <a class="underline" href="{}">“{}”</a>, which both teams sign.',
                " ".join([*said, _counted(saved)]),
                "stands in" if saved.drafted == 1 else "stand in",
                reverse("admin:terminology_agreement_change", args=[saved.draft.pk]),
                saved.draft.title,
            ),
        )
    elif said:
        messages.success(request, " ".join(said))
    else:
        messages.info(request, "Nothing was changed.")


def _counted(saved: Saved) -> str:
    """The texts in the draft: `1 definition`, `3 labels and 2 definitions`."""
    others = saved.drafted - saved.drafted_definitions
    counts = ((others, "label", "labels"), (saved.drafted_definitions, "definition", "definitions"))
    return " and ".join(f"{number} {one if number == 1 else many}" for number, one, many in counts if number)
