"""The pages of routing rules, response times and assignments."""

from django.contrib import admin
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from handoff import words
from handoff.models import Assignment, RoutingRule, ServiceLevel
from leadops.admin import ModelAdmin, ReadOnly
from leadops.names import full_name
from terminology.draft_editing import ChangedByAgreement
from terminology.labels import term


@admin.register(RoutingRule)
class RoutingRuleAdmin(ChangedByAgreement, ModelAdmin):
    """Asked from the top; the first that fits decides."""

    section = "routing"
    list_display = ["position", "name", "shown_criteria", "team", "is_active"]
    list_display_links = ["name"]
    list_select_related = ["criteria", "team"]
    fields = ["name", "position", "criteria", "team", "is_active"]

    @display(description=term("handoff.routingrule.criteria", "criteria"))
    def shown_criteria(self, rule: RoutingRule) -> str:
        return str(rule.criteria) if rule.criteria else str(words.EVERYTHING)


@admin.register(ServiceLevel)
class ServiceLevelAdmin(ChangedByAgreement, ModelAdmin):
    """How soon sales reaches out, by stage."""

    section = "sla"
    list_display = ["stage", "first_response_hours"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnly, ModelAdmin):
    """Who got which lead, when and why, to be read."""

    list_display = ["at", "lead", "shown_owner", "team", "shown_by", "why"]
    list_filter = [("team", RelatedDropdownFilter), ("rule", RelatedDropdownFilter)]
    list_select_related = ["lead__contact", "owner", "team", "rule", "by"]
    search_fields = ["lead__contact__last_name"]

    @display(description=term("handoff.assignment.owner", "owner"), ordering="owner__last_name")
    def shown_owner(self, row: Assignment) -> str:
        return full_name(row.owner)

    @display(description=term("handoff.assignment.by", "by"), ordering="by__last_name")
    def shown_by(self, row: Assignment) -> str:
        return full_name(row.by) if row.by else "LeadOps"
