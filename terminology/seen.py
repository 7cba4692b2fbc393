"""On which pages of the admin a term is seen, looked up in the pages themselves."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from leadops import menu
from terminology import labels
from terminology.term_rows import choice_fields
from terminology.where_used import Place, Use


def pages(key: str, request: HttpRequest) -> list[Place]:
    """The pages of the admin on which the term is seen: of its model, of fields that offer it, of the menu."""
    found = [*_of_menu(key)]
    app, _, rest = key.partition(".")
    model_name, _, field = rest.partition(".")
    if model_name in apps.all_models.get(app, {}):
        found += _of_model(apps.get_model(app, model_name), field, request)
    for model, chosen in _fields_offering(key):
        found += _of_model(model, chosen.name, request, offered=True)
    unique = list(dict.fromkeys(found))
    return [Place("Pages", unique)] if unique else []


def _of_menu(key: str) -> Iterator[Use]:
    for entry in menu._entries:
        if labels.key_of(entry.title) == key:
            yield f"Menu: {entry.title}", _reversed(entry.url_name)


def _fields_offering(key: str) -> Iterator[tuple[Any, Any]]:
    """The fields of which the term is a choice."""
    family = key.partition(".")[0]
    for found, model, chosen in choice_fields():
        if found == family and any(labels.key_of(label) == key for _, label in chosen.flatchoices):
            yield model, chosen


def _of_model(model: Any, field: str, request: HttpRequest, *, offered: bool = False) -> Iterator[Use]:
    for registered, page in admin.site._registry.items():
        meta = registered._meta
        url = _reversed(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        if registered is model:
            said = [*_on_page(page, field, request, offered=offered)] if field else ["titles and messages"]
        else:
            inlines = any(getattr(inline, "model", None) is model for inline in page.inlines)
            said = ["rows on the page of one"] if inlines else []
        if said:
            yield f"{capfirst(str(meta.verbose_name_plural))}: {', '.join(said)}", url


def _on_page(page: Any, field: str, request: HttpRequest, *, offered: bool) -> Iterator[str]:
    if _names(page.get_list_display(request), field):
        yield "column of the list"
    if _names(page.get_list_filter(request), field):
        yield "filter of the list"
    if field in flatten_fieldsets(page.get_fieldsets(request)):
        yield "choices on the page of one" if offered else "field on the page of one"


def _names(listed: Any, field: str) -> bool:
    """Whether columns or filters, given by name, by function or with their class, show `field`."""
    for one in listed:
        name = one[0] if isinstance(one, tuple) else one
        if name == field or getattr(name, "__name__", "") == field or name == f"shown_{field}":
            return True
    return False


def _reversed(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
