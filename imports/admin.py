"""The list of imports, each of which opens on its own page (imports.pages.batch), and the presets of columns."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from imports import words
from imports.cleaning import label_of
from imports.drafting import DATE_ORDERS
from imports.models import ColumnRule, ImportBatch, MappingPreset
from imports.pages.shared import STATE_COLOURS
from imports.vendors import vendor_called
from leadops.admin import ModelAdmin, ModelForm, ReadOnly, badge
from leadops.jobs import JobState
from leadops.names import full_name
from terminology.labels import current, term


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnly, ModelAdmin):
    list_display = [
        "source_name",
        "kind",
        "shown_state",
        "shown_rows",
        "created",
        "updated",
        "rejected",
        "shown_creator",
        "created_at",
    ]
    nothing_yet = (
        "No list was uploaded yet. Import the first one: "
        "you see every column and a preview before anything is loaded."
    )
    list_filter = [("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["created_by"]
    list_before_template = "imports/list_before.html"
    search_fields = ["source_name", "original_name", "vendor"]

    @display(description=term("imports.importbatch.state", "state"), ordering="state")
    def shown_state(self, batch: ImportBatch) -> SafeString:
        if batch.is_draft and batch.state == JobState.PAUSED:
            return badge(words.NOT_CONFIRMED, "slate")
        if batch.is_taken_back:
            return badge(capfirst(current("imports.importrow.undo")), "amber")
        return badge(batch.get_state_display(), STATE_COLOURS[JobState(batch.state)])

    @display(description=term("imports.importbatch.rows_total", "rows"), ordering="rows_total")
    def shown_rows(self, batch: ImportBatch) -> str:
        if batch.rows_done == batch.rows_total:
            return f"{batch.rows_total:,}"
        return f"{batch.rows_done:,} of {batch.rows_total:,}"

    @display(
        description=term("imports.importbatch.created_by", "uploaded by"), ordering="created_by__username"
    )
    def shown_creator(self, batch: ImportBatch) -> str:
        return full_name(batch.created_by) if batch.created_by else "–"

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


class PresetForm(ModelForm):
    class Meta:
        model = MappingPreset
        fields = ["name", "vendor"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if (vendor := vendor_called(name)) is not None:
            raise ValidationError(
                f"“{vendor.name}” is the name of a preset that ships with LeadOps. Give this one another name."
            )
        return name

    def clean_vendor(self) -> str:
        return str(self.cleaned_data["vendor"]).strip()


@admin.register(MappingPreset)
class MappingPresetAdmin(ModelAdmin):
    """What people said of columns: to be renamed and deleted here, and made on the page of the columns."""

    form = PresetForm
    nothing_yet = (
        "What you correct in the columns of a list is kept here for the next list with the same headers. "
        "Nobody has corrected any yet."
    )
    list_display = ["name", "vendor", "shown_columns", "uses", "used_at", "shown_creator"]
    list_select_related = ["created_by"]
    search_fields = ["name", "vendor"]
    fields = [
        "name",
        "vendor",
        "shown_mapping",
        "shown_beside",
        "uses",
        "used_at",
        "shown_creator",
        "created_at",
    ]
    readonly_fields = ["shown_mapping", "shown_beside", "uses", "used_at", "shown_creator", "created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @display(
        description=term("imports.mappingpreset.created_by", "created by"), ordering="created_by__username"
    )
    def shown_creator(self, preset: MappingPreset) -> str:
        return full_name(preset.created_by) if preset.created_by else "–"

    @display(description=term("imports.mappingpreset.columns", "columns"))
    def shown_columns(self, preset: MappingPreset) -> str:
        taken = sum(bool(field) for field in preset.columns.values())
        return f"{taken} of {len(preset.columns)}"

    @display(description=term("imports.mappingpreset.columns", "columns"))
    def shown_mapping(self, preset: MappingPreset) -> SafeString:
        rows = [
            (header, label_of(field) or str(words.LEAVE_OUT))
            for header, field in sorted(preset.columns.items(), key=lambda item: (not item[1], item[0]))
        ]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", rows))

    @display(description=words.BESIDE_COLUMNS)
    def shown_beside(self, preset: MappingPreset) -> str:
        found = [f"{label_of(field)}: {text}" for field, text in preset.constants.items()]
        found += [f"{label_of(field)}: {ColumnRule(rule).label}" for field, rule in preset.rules.items()]
        if preset.date_order:
            found.append(str(DATE_ORDERS[preset.date_order]))
        return ", ".join(found) or "–"
