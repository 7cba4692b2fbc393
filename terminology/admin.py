"""The term editor and the blueprints: where RevOps sets the company's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from leadops.admin import ModelAdmin, signed_in
from leadops.errors import LeadOpsError
from terminology import blueprints, labels
from terminology.editing import former_texts, rename_terms
from terminology.models import TermOverride

FIELD: Final = "term:"  # what the names of the inputs begin with; the key follows

# Groups that are not models, in the order of the page: (first part of the key, what people call it).
_GROUPS: Final = {
    "stage": "Stages",
    "transition": "Steps",
    "opportunity_stage": "Sales stages",
    "menu": "Menu",
}
_OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that are seen together."""

    key: str
    title: str
    count: int


def group_of(key: str) -> str:
    """The group of a term: its model for fields, the family for stages and steps, "other" for choices and the rest."""
    parts = key.split(".")
    if parts[0] in _GROUPS:
        return parts[0]
    if len(parts) > 1 and apps.is_installed(parts[0]) and parts[1] in apps.all_models.get(parts[0], {}):
        return f"{parts[0]}.{parts[1]}"
    return _OTHER


def groups(terms: Iterable[labels.Term]) -> list[Group]:
    """The groups with the number of their terms: families first, then the models by name, the rest last."""
    counts: dict[str, int] = {}
    for known in terms:
        key = group_of(known.key)
        counts[key] = counts.get(key, 0) + 1
    found = [Group(key, _group_title(key), number) for key, number in counts.items()]
    order = [*_GROUPS]
    return sorted(
        found,
        key=lambda group: (
            order.index(group.key) if group.key in order else len(order) + (group.key == _OTHER),
            group.title,
        ),
    )


def _group_title(key: str) -> str:
    if key in _GROUPS:
        return _GROUPS[key]
    if key == _OTHER:
        return "Choices and other words"
    return capfirst(str(apps.get_model(key)._meta.verbose_name))


@admin.register(TermOverride)
class TermOverrideAdmin(ModelAdmin):
    """One page for all words: pick a group or search, type, save. An empty box brings the default back."""

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
            path("", wrap(self.editor_view), name="terminology_termoverride_changelist"),
        ]

    def editor_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows a group of terms or the terms found; POST renames those whose box was changed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_change = self.has_change_permission(request)
        known = list(labels.terms())
        words = request.GET.get("q", "").strip()
        chosen = request.GET.get("group", "") or "stage"
        if request.method == "POST":
            if not may_change:
                raise PermissionDenied
            if self._save(request, known):
                return redirect(f"{request.path}?{urlencode({'q': words} if words else {'group': chosen})}")
        shown = (
            [one for one in known if _matches(one, words)]
            if words
            else [one for one in known if group_of(one.key) == chosen]
        )
        former = former_texts(keys=[one.key for one in shown])
        typed = _typed(request)
        return TemplateResponse(
            request,
            "terminology/terms.html",
            {
                **self.admin_site.each_context(request),
                "title": str(labels.term("menu.terms", "Terms")),
                "opts": self.opts,
                "groups": groups(known),
                "chosen": "" if words else chosen,
                "words": words,
                "rows": [
                    {
                        "term": one,
                        "typed": typed.get(one.key, one.override),
                        "former": former.get(one.key, [])[:3],
                    }
                    for one in shown
                ],
                "may_change": may_change,
                "field": FIELD,
            },
        )

    def _save(self, request: HttpRequest, known: list[labels.Term]) -> bool:
        before = {one.key: one.override for one in known}
        typed = {key: text.strip() for key, text in _typed(request).items()}
        changed = {key: text for key, text in typed.items() if key in before and text != before[key]}
        try:
            number = rename_terms(texts=changed, by=signed_in(request), now=timezone.now())
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
            return False
        if number:
            messages.success(
                request,
                f"{number} {'label is' if number == 1 else 'labels are'} in force on every page from now on.",
            )
        else:
            messages.info(request, "Nothing was changed.")
        return True

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
            },
        )

    def use_blueprint_view(self, request: HttpRequest) -> HttpResponse:
        """Load one."""
        if not request.user.has_perm("terminology.use_blueprint"):
            raise PermissionDenied
        try:
            counts = blueprints.use_blueprint(
                name=request.POST.get("name", ""),
                by=signed_in(request),
                now=timezone.now(),
            )
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                f"The blueprint is in force: {counts.get('terms', 0)} terms, "
                f"{counts.get('definitions', 0)} definitions, {counts.get('scoring', 0)} scoring rules. "
                "People, leads and history are as they were.",
            )
        return redirect(reverse("admin:terminology_blueprints"))


def _typed(request: HttpRequest) -> dict[str, str]:
    """The posted texts by their terms."""
    return {key.removeprefix(FIELD): str(text) for key, text in request.POST.items() if key.startswith(FIELD)}


def _matches(one: labels.Term, words: str) -> bool:
    text = f"{one.key} {one.default} {one.override}".casefold()
    return all(word in text for word in words.casefold().split())
