"""What was agreed: stages in use, definitions and their criteria."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminSelectWidget

from leadops.admin import ModelAdmin, ModelForm, TabularInline, signed_in
from leads.admin.definition_view import Readable
from leads.conditions import FIELDS
from leads.definitions import bring_into_force
from leads.enums import Stage
from leads.models import CriteriaSet, Criterion, Definition, StageSetting
from terminology.labels import term


class ConditionForm(ModelForm):
    """A condition in one line; the field is chosen from those that may be asked about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "field" in self.fields:
            choices = [("", "—"), *((name, asked.label) for name, asked in FIELDS.items())]
            self.fields["field"] = forms.ChoiceField(
                label=self.fields["field"].label,
                choices=choices,
                required=False,
                widget=UnfoldAdminSelectWidget,
            )


class CriterionInline(TabularInline):
    model = Criterion
    form = ConditionForm
    fields = [
        "kind",
        "field",
        "operator",
        "value",
        "activity_types",
        "count",
        "at_least",
        "within_days",
        "group",
    ]


@admin.register(CriteriaSet)
class CriteriaSetAdmin(ModelAdmin):
    list_display = ["name", "match", "shown_criteria"]
    search_fields = ["name"]
    inlines = [CriterionInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("criteria")

    @admin.display(description=term("leads.criteriaset.criteria", "criteria"))
    def shown_criteria(self, criteria: CriteriaSet) -> str:
        return "; ".join(str(row) for row in criteria.criteria.all())


class DefinitionForm(ModelForm):
    """The next version of a definition; it takes the place of the one in force, so the two do not clash."""

    def validate_unique(self) -> None:
        pass


@admin.register(Definition)
class DefinitionAdmin(Readable, ModelAdmin):
    list_display = ["__str__", "stage", "owner_team", "in_force_from", "superseded_at"]
    list_filter = [("stage", ChoicesDropdownFilter), ("owner_team", ChoicesDropdownFilter)]
    list_select_related = ["criteria"]
    fields = ["stage", "version", "text", "owner_team", "criteria", "in_force_from", "superseded_at"]
    autocomplete_fields = ["criteria"]
    form = DefinitionForm

    def get_fields(self, request: HttpRequest, obj: Definition | None = None) -> list[Any]:
        return ["stage", "text", "owner_team", "criteria"] if obj is None else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Definition | None = None) -> bool:
        """What stage changes are stamped with is not rewritten: a change is the next version."""
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Definition, form: Any, change: bool) -> None:
        made = bring_into_force(
            stage=Stage(obj.stage),
            text=obj.text,
            owner_team=obj.owner_team,
            criteria=obj.criteria,
            by=signed_in(request),
            now=timezone.now(),
        )
        obj.pk, obj.version = made.pk, made.version

    def has_delete_permission(self, request: HttpRequest, obj: Definition | None = None) -> bool:
        return False  # stage changes are stamped with it


@admin.register(StageSetting)
class StageSettingAdmin(ModelAdmin):
    list_display = ["stage", "in_use", "colour", "equivalent_to"]

    def has_delete_permission(self, request: HttpRequest, obj: StageSetting | None = None) -> bool:
        return False
