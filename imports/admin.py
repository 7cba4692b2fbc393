"""The list of imports; each opens on its own page (imports.batch_views)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from imports import words
from imports.models import ImportBatch
from imports.pages import STATE_COLOURS
from leadops.admin import ModelAdmin, ReadOnly, badge
from leadops.jobs import JobState
from terminology.labels import term


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnly, ModelAdmin):
    list_display = [
        "source_name",
        "kind",
        "shown_state",
        "shown_rows",
        "created",
        "updated",
        "merged",
        "suppressed",
        "rejected",
        "created_by",
        "created_at",
    ]
    list_filter = [("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["created_by"]
    list_before_template = "imports/list_before.html"
    search_fields = ["source_name", "original_name", "vendor"]

    @display(description=term("imports.importbatch.state", "state"), ordering="state")
    def shown_state(self, batch: ImportBatch) -> SafeString:
        if batch.is_draft and batch.state == JobState.PAUSED:
            return badge(words.NOT_CONFIRMED, "slate")
        return badge(batch.get_state_display(), STATE_COLOURS[JobState(batch.state)])

    @display(description=term("imports.importbatch.rows_total", "rows"), ordering="rows_total")
    def shown_rows(self, batch: ImportBatch) -> str:
        if batch.rows_done == batch.rows_total:
            return f"{batch.rows_total:,}"
        return f"{batch.rows_done:,} of {batch.rows_total:,}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The wide columns are for the batch's own page.
        return super().get_queryset(request).defer("shape", "mapping", "preview", "reasons")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of the list, which shows more than a form could."""
        batch = self.get_object(request, object_id)
        if batch is None or not self.has_view_permission(request, batch):
            return super().change_view(request, object_id, form_url, extra_context)
        return redirect(reverse("imports:batch", args=[batch.pk]))
