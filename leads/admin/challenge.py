"""Disputes and their rulings, the agenda of the review, examples of definitions, the register of calls to action."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from leadops.admin import ModelAdmin, ReadOnly, TabularInline, badge, row_number, signed_in
from leadops.errors import LeadOpsError
from leadops.names import full_name
from leads import agenda, calls_to_action, challenges
from leads.challenge_forms import ChallengeForm, DraftForm, RulingForm
from leads.enums import STAGE_SHORT, ChallengeState, Stage, Transition
from leads.models import CallToAction, Challenge, DefinitionExample, Lead
from leads.review_words import AGENDA, DISPUTE, VOLUME, named
from leads.words import LEAD
from terminology.labels import term
from terminology.models import Agreement

_COLOURS = {
    ChallengeState.OPEN: "amber",
    ChallengeState.UPHELD: "green",
    ChallengeState.REJECTED: "slate",
}


@admin.register(Challenge)
class ChallengeAdmin(ReadOnly, ModelAdmin):
    """Read as a list and one by one; raised from a lead's page, ruled on here, taken up from the agenda."""

    list_display = [
        "shown_subject",
        "definition",
        "lead",
        "shown_state",
        "is_story",
        "raised_by",
        "raised_at",
    ]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("definition", RelatedDropdownFilter),
        ("agreement", RelatedDropdownFilter),
        "is_story",
    ]
    list_filter_submit = True
    list_select_related = ["definition", "lead__contact", "raised_by"]
    search_fields = ["criterion", "evidence"]
    fields = ["lead", "definition", "criterion", "evidence", "state", "ruling", "is_story"]
    change_form_template = "leads/challenge_change_form.html"
    change_list_template = "leads/challenge_change_list.html"

    @display(description=term("leads.challenge.criterion", "criterion"), ordering="criterion")
    def shown_subject(self, challenge: Challenge) -> str:
        return named(challenge)

    @display(description=term("leads.challenge.state", "state"), ordering="state")
    def shown_state(self, challenge: Challenge) -> SafeString:
        state = ChallengeState(challenge.state)
        return badge(state.label, _COLOURS[state])

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("of/<int:lead_id>/", wrap(self.raise_view), name="leads_challenge_raise"),
            path("<int:pk>/rule/", wrap(require_POST(self.rule_view)), name="leads_challenge_rule"),
            path("agenda/", wrap(require_safe(self.agenda_view)), name="leads_challenge_agenda"),
            path("agenda/draft/", wrap(require_POST(self.draft_view)), name="leads_challenge_draft"),
            *super().get_urls(),
        ]

    # --- Raising ---

    def raise_view(self, request: HttpRequest, lead_id: int) -> HttpResponse:
        """GET shows what can be disputed of a lead, with what LeadOps knows; POST raises it."""
        if not challenges.may_raise(request.user):
            raise PermissionDenied
        now = timezone.now()
        lead = Lead.objects.visible_to(request.user).with_people().filter(pk=lead_id).first()
        if lead is None:
            raise Http404(f"There is no such {LEAD}, or it is not yours.")
        form = ChallengeForm(
            request.POST if request.method == "POST" else None,
            found=challenges.disputable(lead, now=now),
            initial={"about": request.GET.get("about", "")},
        )
        back = request.POST.get("back", request.GET.get("back", ""))
        if request.method == "POST" and form.is_valid():
            definition, criterion = form.subjects[form.cleaned_data["about"]]
            try:
                raised = challenges.raise_challenge(
                    lead=lead,
                    by=signed_in(request),
                    definition=definition,
                    criterion=criterion,
                    evidence=form.cleaned_data["evidence"],
                    is_story=form.cleaned_data["is_story"],
                    now=now,
                )
            except LeadOpsError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"Disputed: {named(raised)}. You are told when it is ruled on.")
                if back == "accept":
                    return redirect("admin:leads_lead_step", lead.pk, Transition.ACCEPT.value)
                return redirect(f"{reverse('admin:leads_lead_change', args=[lead.pk])}#challenges")
        return TemplateResponse(
            request,
            "leads/challenge_raise.html",
            {
                **self.admin_site.each_context(request),
                "title": str(DISPUTE),
                "opts": self.opts,
                "lead": lead,
                "stage_label": Stage(lead.stage).label,
                "form": form,
                "back": back,
            },
        )

    # --- Ruling ---

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The dispute as people read it, with the ruling or the form for it."""
        challenge = (
            self.get_queryset(request)
            .select_related("lead__contact__account", "definition", "raised_by", "ruled_by", "agreement")
            .filter(pk=row_number(object_id))
            .first()
        )
        extra = (
            {}
            if challenge is None
            else {
                "challenge": challenge,
                "subject": named(challenge),
                "state_colour": _COLOURS[ChallengeState(challenge.state)],
                "may_rule": challenge.state == ChallengeState.OPEN
                and challenges.may_rule(signed_in(request), challenge),
                "is_own": challenge.raised_by_id == request.user.pk,
                "form": RulingForm(),
                "title": named(challenge),
            }
        )
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def rule_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide one dispute."""
        challenge = (
            self.get_queryset(request).select_related("lead", "definition", "raised_by").filter(pk=pk).first()
        )
        if challenge is None:
            raise Http404("There is no such row, or it is not yours.")
        form = RulingForm(request.POST)
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
            return redirect("admin:leads_challenge_change", pk)
        try:
            ruled = challenges.rule(
                challenge=challenge,
                by=signed_in(request),
                upheld=form.cleaned_data["decision"] == "uphold",
                ruling=form.cleaned_data["ruling"],
                now=timezone.now(),
            )
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
        else:
            who = full_name(ruled.raised_by)
            messages.success(request, f"{ChallengeState(ruled.state).label}. {who} is told.")
        return redirect("admin:leads_challenge_change", pk)

    # --- The review ---

    def agenda_view(self, request: HttpRequest) -> HttpResponse:
        """What both teams talk about when they next meet."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        found = agenda.agenda(reader=request.user, now=now)
        return TemplateResponse(
            request,
            "leads/agenda.html",
            {
                **self.admin_site.each_context(request),
                "title": str(AGENDA),
                "agenda": found,
                "may_draft": request.user.has_perm("terminology.propose_agreement"),
                "may_register": request.user.has_perm("leads.add_calltoaction"),
                "draft_title": f"After the review of {date_format(timezone.localtime(now), 'j M Y')}",
                "volumes": calls_to_action.volumes(now=now) if found.gaps else {},
            },
        )

    def draft_view(self, request: HttpRequest) -> HttpResponse:
        """Open a draft agreement that takes up the chosen disputes."""
        if not request.user.has_perm("terminology.propose_agreement"):
            raise PermissionDenied
        offered = agenda.to_discuss(reader=request.user, in_force=Agreement.objects.in_force().first())
        form = DraftForm(request.POST, offered=offered.select_related("definition"))
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
            return redirect("admin:leads_challenge_agenda")
        try:
            made = agenda.open_draft(
                title=form.cleaned_data["title"],
                challenges=form.cleaned_data["challenges"],
                by=signed_in(request),
                now=timezone.now(),
            )
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:leads_challenge_agenda")
        messages.success(
            request, f"“{made.title}” is a draft now. Change what the disputes ask for, then propose it."
        )
        return redirect(page_of_agreement(made.pk) or "admin:leads_challenge_agenda")


def page_of_agreement(pk: int | None) -> str:
    """The page of an agreement, or "" where there is none."""
    if pk is None:
        return ""
    try:
        return reverse("admin:terminology_agreement_change", args=[pk])
    except NoReverseMatch:
        return ""


@admin.register(DefinitionExample)
class DefinitionExampleAdmin(ModelAdmin):
    """Real leads that show what a stage means; kept from a lead's page or from the definition's."""

    list_display = ["lead", "shown_stage", "is_counter_example", "why", "added_by", "added_at"]
    list_filter = [("stage", ChoicesDropdownFilter), "is_counter_example"]
    list_select_related = ["lead__contact", "added_by"]
    search_fields = ["why"]
    autocomplete_fields = ["lead"]
    fields = ["stage", "lead", "is_counter_example", "why"]

    @display(description=term("leads.definitionexample.stage", "stage"), ordering="stage")
    def shown_stage(self, example: DefinitionExample) -> str:
        return str(STAGE_SHORT[Stage(example.stage)])

    def save_model(self, request: HttpRequest, obj: DefinitionExample, form: Any, change: bool) -> None:
        if not change:
            obj.added_by, obj.added_at = signed_in(request), timezone.now()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: DefinitionExample, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Back to the lead that was kept, which now says of what it is an example."""
        if {"_addanother", "_continue", "_popup"} & set(request.POST):
            return super().response_add(request, obj, post_url_continue)
        kind: Any = DefinitionExample._meta.get_field("is_counter_example")
        what = kind.verbose_name if obj.is_counter_example else self.opts.verbose_name
        messages.success(request, f"{obj.lead}: {what}, {STAGE_SHORT[Stage(obj.stage)]}.")
        return redirect("admin:leads_lead_change", obj.lead_id)


class CallToActionInline(TabularInline):
    model = CallToAction
    fields = ["kind", "name", "place", "is_live", "checked_on"]


@admin.register(CallToAction)
class CallToActionAdmin(ModelAdmin):
    """By which button, form, number or chat people do what definitions ask of them."""

    list_display = ["name", "activity_type", "kind", "place", "is_live", "checked_on", "shown_volume"]
    list_filter = [
        ("activity_type", RelatedDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        "is_live",
    ]
    list_select_related = ["activity_type"]
    search_fields = ["name", "place"]

    @display(description=VOLUME)
    def shown_volume(self, call: CallToAction) -> int:
        """Of the activity type: by which of several calls somebody came is not known of every activity."""
        return calls_to_action.volumes(now=timezone.now()).get(call.activity_type_id, 0)
