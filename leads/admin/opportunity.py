"""Opportunities: the list with the forecast, and the page that moves one."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from leadops.admin import HistoryModelAdmin, badge, signed_in
from leadops.errors import LeadOpsError
from leads import opportunities
from leads.enums import OpportunityStage
from leads.forms import OpportunityForm
from leads.models import Opportunity
from leads.words import OPPORTUNITY
from terminology.labels import term

_COLOURS = {OpportunityStage.WON: "green", OpportunityStage.LOST: "rose"}


@admin.register(Opportunity)
class OpportunityAdmin(HistoryModelAdmin):
    list_display = [
        "name",
        "lead",
        "shown_stage",
        "amount",
        "shown_weighted",
        "currency",
        "expected_close_on",
    ]
    list_filter = [("stage", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["lead__contact"]
    search_fields = ["name", "lead__contact__last_name", "lead__contact__account__name"]
    fields = [
        "lead",
        "name",
        "amount",
        "currency",
        "expected_close_on",
        "signed_by",
        "signed_authority",
        "created_at",
    ]
    readonly_fields = ["lead", "created_at"]
    change_form_template = "leads/opportunity_change_form.html"

    @display(description=term("leads.opportunity.shown_stage", "Sales stage"), ordering="stage")
    def shown_stage(self, opportunity: Opportunity) -> SafeString:
        stage = OpportunityStage(opportunity.stage)
        return badge(stage.label, _COLOURS.get(stage, "indigo"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Opportunity]:
        return super().get_queryset(request).annotate(weighted=opportunities.weighted())

    @display(description=term("leads.opportunity.weighted", "Weighted"), ordering="weighted")
    def shown_weighted(self, opportunity: Any) -> str:
        """Amount times probability: the part in the forecast."""
        return "—" if opportunity.weighted is None else f"{opportunity.weighted:,.2f}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # born when a lead becomes sales qualified

    def has_delete_permission(self, request: HttpRequest, obj: Opportunity | None = None) -> bool:
        return False  # ended by winning or losing it

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/move/", self.admin_site.admin_view(self.move_view), name="leads_opportunity_move"),
            *super().get_urls(),
        ]

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET asks where to, POST moves."""
        opportunity = (
            self.get_queryset(request).select_related("lead__contact__account").filter(pk=pk).first()
        )
        if opportunity is None:
            raise Http404(f"There is no such {OPPORTUNITY}, or it is not yours.")
        form = OpportunityForm(request.POST or None, opportunity=opportunity)
        if request.method == "POST" and form.is_valid():
            content: dict[str, Any] = dict(form.cleaned_data)
            opportunity.stage = content.pop("seen")  # as the person saw it; `advance` refuses a stale page
            try:
                moved = opportunities.advance(
                    opportunity=opportunity,
                    stage=OpportunityStage(content.pop("stage")),
                    by=signed_in(request),
                    now=timezone.now(),
                    **content,
                )
            except LeadOpsError as refusal:
                messages.error(request, str(refusal))
                opportunity.refresh_from_db()
            else:
                messages.success(request, f"{moved}: now “{OpportunityStage(moved.stage).label}”.")
                return redirect("admin:leads_lead_change", opportunity.lead_id)
        return TemplateResponse(
            request,
            "leads/opportunity_move.html",
            {
                **self.admin_site.each_context(request),
                "title": opportunity.name,
                "opts": self.opts,
                "opportunity": opportunity,
                "stage_label": OpportunityStage(opportunity.stage).label,
                "form": form,
            },
        )
