"""What was agreed: stages in use, definitions and their criteria."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from leadops.admin import ModelAdmin, ReadOnly
from leads.admin.definition_view import Readable
from leads.conditions import describe
from leads.criteria import catalogue_names
from leads.drafts import STAGES
from leads.enums import Stage
from leads.models import CriteriaSet, Definition, StageSetting
from terminology.draft_editing import ChangedByAgreement
from terminology.labels import term


@admin.register(CriteriaSet)
class CriteriaSetAdmin(ReadOnly, ModelAdmin):
    """The criteria of definitions and rules, to be read: they belong to what was agreed and change with it."""

    list_display = ["name", "match", "shown_criteria"]
    search_fields = ["name"]
    fields = ["name", "match", "shown_criteria"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("criteria")

    @admin.display(description=term("leads.criteriaset.criteria", "criteria"))
    def shown_criteria(self, criteria: CriteriaSet) -> str:
        names = catalogue_names()
        return "; ".join(describe(row, names=names) for row in criteria.criteria.all())


@admin.register(Definition)
class DefinitionAdmin(ChangedByAgreement, Readable, ModelAdmin):
    """What each stage means, in versions. What stage changes are stamped with is not rewritten."""

    section = "definitions"
    list_display = ["__str__", "stage", "owner_team", "in_force_from", "superseded_at"]
    list_filter = [("stage", ChoicesDropdownFilter), ("owner_team", ChoicesDropdownFilter)]
    list_select_related = ["criteria"]
    fields = ["stage", "version", "text", "owner_team", "criteria", "in_force_from", "superseded_at"]

    def part_of(self, obj: Definition) -> str:
        return str(obj.stage)

    def parts_to_choose(self) -> list[tuple[str, Any]]:
        # What the teams argue about stands first.
        stages = sorted(STAGES, key=lambda stage: stage != Stage.MARKETING_QUALIFIED)
        return [(stage.value, stage.label) for stage in stages]


@admin.register(StageSetting)
class StageSettingAdmin(ChangedByAgreement, ModelAdmin):
    """Which stages the company uses, and how they look."""

    section = "stages"
    list_display = ["stage", "in_use", "colour", "equivalent_to"]
