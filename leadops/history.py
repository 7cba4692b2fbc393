"""What Django and django-simple-history wrote down of changes, shown in the labels of today.

Both store the names that are in the code, so that a renamed field does not split its history in two.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import override
from simple_history.template_utils import HistoricalRecordContextHelper


class ValuesAsLabels(HistoricalRecordContextHelper):
    """The former and the later value of a field with choices as people read them."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        found = super().prepare_delta_change_value(change, value)
        choices = getattr(self.model._meta.get_field(change.field), "flatchoices", None)
        return dict(choices).get(found, found) if choices and isinstance(found, str | int) else found


class LogInLabels:
    """Mixed into an admin: its page of changes names fields and models as they are called now."""

    model: Any  # Django's stubs know it by the admin's own model
    inlines: Any

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response: HttpResponse = super().history_view(request, object_id, extra_context)  # type: ignore[misc]
        if isinstance(response, TemplateResponse) and response.context_data:
            known = [self.model, *(inline.model for inline in self.inlines)]
            in_labels_of_today(response.context_data.get("action_list", ()), known=known)
        return response


def in_labels_of_today(entries: Iterable[LogEntry], *, known: Iterable[type[models.Model]]) -> None:
    """Let the messages of unsaved copies of log entries name `known` models and their fields as they are called now."""
    names: dict[str, str] = {}
    fields: dict[str, dict[str, str]] = {}
    for model in known:
        with override(None):
            name = str(model._meta.verbose_name)
            labels = {field.name: capfirst(str(field.verbose_name)) for field in _fields(model)}
        names[name] = str(model._meta.verbose_name)
        fields[name] = {labels[field.name]: capfirst(str(field.verbose_name)) for field in _fields(model)}
    first = next(iter(names), "")
    for entry in entries:
        if entry.change_message.startswith("["):
            entry.change_message = _renamed(entry.change_message, names=names, fields=fields, itself=first)


def _fields(model: type[models.Model]) -> list[Any]:
    return [*model._meta.fields, *model._meta.many_to_many]


def _renamed(message: str, *, names: dict[str, str], fields: dict[str, dict[str, str]], itself: str) -> str:
    try:
        parts = json.loads(message)
    except ValueError:
        return message
    for part in parts:
        for said in part.values():
            stored = said.get("name", itself)
            if "fields" in said:
                known = fields.get(stored, {})
                said["fields"] = [known.get(label, label) for label in said["fields"]]
            if "name" in said:
                said["name"] = names.get(stored, stored)
    return json.dumps(parts)
