"""The lead list and the lead's workspace."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from leadops.admin import ModelAdmin, ReadOnly, badge, row_number, signed_in
from leadops.errors import LeadOpsError
from leadops.exports import Exports
from leadops.names import full_name
from leads import activities, lifecycle, wording, workspace
from leads.admin.many import ManySteps
from leads.enums import STAGE_SHORT, Stage, Transition
from leads.forms import FORMS, LogForm, QualifyForm, StepForm
from leads.models import Activity, Lead, StageChange
from leads.querysets import LeadQuerySet
from leads.resources import LeadResource
from leads.words import LEAD
from terminology.labels import current, term

MINE, NOBODYS = term("filter.mine", "Mine"), term("filter.nobody", "Nobody's yet")
term("leads.lead.visitor", "Unknown visitor")


class OwnedByMe(admin.SimpleListFilter):
    """Mine, nobody's, or everybody's."""

    title = term("filter.owner", "Whose")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("mine", MINE), ("nobody", NOBODYS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        if self.value() == "mine":
            return queryset.filter(owner_id=request.user.pk)
        return queryset.filter(owner=None) if self.value() == "nobody" else queryset


@admin.register(Lead)
class LeadAdmin(ManySteps, Exports, ModelAdmin):
    """The list is for finding, the page for working: steps, timeline and panels above, the form folded below."""

    list_display = [
        "shown_person",
        "shown_company",
        "shown_stage",
        "source",
        "shown_owner",
        "stage_entered_at",
    ]
    list_filter = [
        ("stage", ChoicesDropdownFilter),
        OwnedByMe,
        ("source", AutocompleteSelectFilter),
        ("team", RelatedDropdownFilter),
    ]
    list_filter_submit = True
    list_filter_sheet = True
    export_resource = LeadResource
    search_fields = ["contact__last_name"]  # switches the search box on; get_search_results searches
    search_help_text = term("leads.lead.search", "A name, an address, a company or a telephone number.")
    ordering = ["-pk"]
    fields = ["contact", "source", "sub_status", "team", "owner", "created_at", "stage_entered_at"]
    # The source is the root and stays; owner and team change through routing, which writes down who got it and why.
    readonly_fields = ["contact", "source", "team", "owner", "created_at", "stage_entered_at"]
    change_form_template = "leads/lead_change_form.html"

    # --- The list ---

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns of upper apps stand after the company."""
        person, company, *rest = self.list_display
        return [person, company, *workspace.columns(), *rest]

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        return ["contact__account", "source", "owner", "team", *workspace.column_relations()]

    @display(description=term("leads.lead.person", "Person"), ordering="contact__last_name", header=True)
    def shown_person(self, lead: Lead) -> tuple[str, str]:
        if lead.contact is None:
            return current("leads.lead.visitor"), f"#{lead.pk}"
        return str(lead.contact), lead.contact.title

    @display(description=term("leads.lead.company", "Company"), ordering="contact__account__name")
    def shown_company(self, lead: Lead) -> str:
        return str(lead.contact.account or "—") if lead.contact else "—"

    @display(description=term("leads.lead.shown_stage", "Where it is"), ordering="stage")
    def shown_stage(self, lead: Lead) -> SafeString:
        stage = Stage(lead.stage)
        return badge(STAGE_SHORT[stage], workspace.STAGE_COLOURS[stage], title=wording.title(stage))

    @display(description=term("leads.lead.shown_owner", "Who has it"), ordering="owner__last_name")
    def shown_owner(self, lead: Lead) -> str:
        return full_name(lead.owner) if lead.owner else "—"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Lead], search_term: str
    ) -> tuple[QuerySet[Lead], bool]:
        return (queryset.searched(search_term) if search_term else queryset), False  # type: ignore[attr-defined]

    # --- Who may ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people come through the one door: lists, the API, or "Add a person"

    def has_delete_permission(self, request: HttpRequest, obj: Lead | None = None) -> bool:
        return False  # a lead ends by being disqualified; its history stays

    # --- The page ---

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        lead = self._visible(request).select_related("opportunity").filter(pk=row_number(object_id)).first()
        extra = (
            {}
            if lead is None
            else {"workspace": workspace.context(request, lead, now=timezone.now()), "title": str(lead)}
        )
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/step/<slug:name>/", wrap(self.step_view), name="leads_lead_step"),
            path("<int:pk>/log/", wrap(require_POST(self.log_view)), name="leads_lead_log"),
            *super().get_urls(),
        ]

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """A step's own page: GET shows what it asks, POST takes it."""
        if told := self._who_took(request, pk):
            messages.error(request, told)
            return redirect("admin:index")
        lead = self._lead_or_404(request, pk)
        if name not in Transition.values or name in (Transition.WIN, Transition.RESTAGE):
            raise Http404
        transition = Transition(name)
        form_class = FORMS.get(transition, StepForm)
        form = form_class(request.POST or None, lead=lead, transition=transition, now=timezone.now())
        if request.method == "POST" and form.is_valid():
            if self._take(request, form):
                return self._after_step(request, lead)
            lead = self._lead_or_404(request, pk)
        return TemplateResponse(
            request,
            "leads/step.html",
            {
                **self.admin_site.each_context(request),
                "title": transition.label,
                "opts": self.opts,
                "lead": lead,
                "form": form,
                "transition": transition,
                "stage_label": Stage(lead.stage).label,
                "obstacles": lifecycle.obstacles(
                    lead=lead, transition=transition, user=signed_in(request), now=timezone.now()
                ),
                "keeps_answers": isinstance(form, QualifyForm),
            },
        )

    def _who_took(self, request: HttpRequest, pk: int) -> str:
        """The sentence for a click on the open page of a lead that a colleague has taken meanwhile."""
        if request.method != "POST" or self._visible(request).filter(pk=pk).exists():
            return ""
        return lifecycle.who_took(
            lead_id=pk, seen=request.POST.get("seen", ""), by=signed_in(request), now=timezone.now()
        )

    def _take(self, request: HttpRequest, form: StepForm) -> bool:
        try:
            if "keep" in request.POST and isinstance(form, QualifyForm):
                form.keep_answers(by=signed_in(request))
                messages.success(request, "The answers are kept.")
                return True
            change = form.take(by=signed_in(request))
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
            return False
        messages.success(request, f"{change.lead}: now “{Stage(change.to_stage).label}”.")
        return True

    def _after_step(self, request: HttpRequest, lead: Lead) -> HttpResponse:
        if self.get_queryset(request).filter(pk=lead.pk).exists():
            return redirect("admin:leads_lead_change", quote(lead.pk))
        return redirect("admin:index")

    def log_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Log a call, a meeting or a note."""
        lead = self._lead_or_404(request, pk)
        if not request.user.has_perm("leads.log_activity"):
            raise PermissionDenied
        form = LogForm(request.POST)
        if form.is_valid():
            try:
                written = activities.record(
                    lead=lead, by=signed_in(request), now=timezone.now(), **form.cleaned_data
                )
                messages.success(request, f"Logged: {written.type}.")
            except LeadOpsError as refusal:
                messages.error(request, str(refusal))
        else:
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
        return redirect(f"{reverse('admin:leads_lead_change', args=[pk])}#timeline")

    def _visible(self, request: HttpRequest) -> LeadQuerySet:
        """The leads that the person may see, with what the workspace shows of people."""
        return Lead.objects.visible_to(request.user).with_people()

    def _lead_or_404(self, request: HttpRequest, pk: int) -> Lead:
        lead: Lead | None = self._visible(request).filter(pk=pk).first()
        if lead is None:
            raise Http404(f"There is no such {LEAD}, or it is not yours.")
        return lead


@admin.register(Activity)
class ActivityAdmin(ReadOnly, ModelAdmin):
    """Everything that people did, to be read."""

    list_display = ["at", "type", "lead", "subject", "by"]
    list_filter = [("type", RelatedDropdownFilter)]
    list_select_related = ["type", "lead__contact", "by"]
    search_fields = ["subject"]
    exclude = ["idempotency_key", "details"]


@admin.register(StageChange)
class StageChangeAdmin(ReadOnly, ModelAdmin):
    """Every step of every lead, to be read."""

    list_display = ["at", "lead", "transition", "from_stage", "to_stage", "actor", "reason"]
    list_filter = [
        ("transition", ChoicesDropdownFilter),
        ("to_stage", ChoicesDropdownFilter),
        ("reason", RelatedDropdownFilter),
    ]
    list_select_related = ["lead__contact", "actor", "reason"]
