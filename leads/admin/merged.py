"""The pages of what can be merged: contacts and accounts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from leadops.admin import HistoryModelAdmin, row_number
from leads.models import Contact, Merge
from leads.panels import panels
from leads.people import merge_that_took


class MergedModelAdmin(HistoryModelAdmin):
    """The page of something that can be merged: with the boxes of upper apps, and the histories of all that went in."""

    change_form_outer_before_template = "leads/panels.html"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            kept = merge_that_took(self.model, row_number(object_id))
            into = kept and (kept.kept_contact or kept.kept_account)
            if into is not None and self.get_object(request, str(into.pk)) is not None:
                return redirect(reverse(f"admin:leads_{into._meta.model_name}_change", args=[into.pk]))
        boxes = panels(request, row) if row is not None else []
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "lo_panels": boxes}
        )

    def get_history_queryset(
        self, request: HttpRequest, history_manager: Any, pk_name: str, object_id: Any
    ) -> Any:
        """The lines of the row, and of those that have gone into it."""
        own = super().get_history_queryset(request, history_manager, pk_name, object_id)
        kept = "kept_contact" if self.model is Contact else "kept_account"
        merged = Merge.objects.filter(**{kept: row_number(str(object_id))}, undone_at=None)
        ids = list(merged.values_list("absorbed_id", flat=True))
        if not ids:
            return own
        whole = history_manager.filter(**{f"{pk_name}__in": [object_id, *ids]})
        return whole.select_related("history_user").order_by("-history_date", "-history_id")

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True
    ) -> None:
        """What changed from line to line of one row, not from one row to another."""
        by_row: dict[Any, list[Any]] = {}
        for line in historical_records:
            by_row.setdefault(line.id, []).append(line)
        for lines in by_row.values():
            super().set_history_delta_changes(request, lines, foreign_keys_are_objs)
