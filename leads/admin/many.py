"""One step with all the leads that are ticked in the list: the same door, guards and records as for one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from leadops.admin import signed_in
from leadops.errors import LeadOpsError
from leads import lifecycle
from leads.enums import ROUTES, PassBackPoint, ReasonKind, Transition
from leads.models import Lead, Reason, StageChange
from terminology.labels import current, term

TOLD: int = 8  # different sentences about leads that stayed; the list itself shows the rest


class ManyForm(forms.Form):
    """Which step, and what the step asks for."""

    step = forms.ChoiceField(widget=UnfoldAdminSelectWidget, error_messages={"required": "Choose the step."})
    reason = forms.ModelChoiceField(
        queryset=Reason.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )
    point = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    note = forms.CharField(
        required=False, max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model_field in (
            ("step", "transition"),
            ("reason", "reason"),
            ("point", "pass_back_point"),
            ("note", "note"),
        ):
            known: Any = StageChange._meta.get_field(model_field)
            self.fields[name].label = capfirst(known.verbose_name)
        steps = lifecycle.steps_for_many(user=user)
        self.fields["step"].choices = [("", "—"), *((step.value, step.label) for step in steps)]  # type: ignore[attr-defined]
        self.fields["point"].choices = [("", "—"), *PassBackPoint.choices]  # type: ignore[attr-defined]
        kinds = [
            ReasonKind.PASS_BACK,
            ReasonKind.DISQUALIFY,
            ReasonKind.REOPEN,
        ]  # losses go by the opportunity
        reason: Any = self.fields["reason"]
        reason.queryset = Reason.objects.filter(kind__in=kinds, is_active=True).order_by("kind", "text")
        reason.label_from_instance = lambda row: f"{row.get_kind_display()}: {row.text}"
        reason.empty_label = "—"
        asking = [f"“{step.label}”" for step in lifecycle.steps_with_reason()]
        reason.help_text = f"Asked for by {', '.join(asking[:-1])} and {asking[-1]}; other steps take none."
        self.fields["point"].help_text = f"Asked for by “{Transition.PASS_BACK.label}” only."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("step") == Transition.PASS_BACK and not cleaned.get("point"):
            self.add_error("point", "Say when.")
        return cleaned


class ManySteps:
    """Mixed into the admin of leads: the action "Take a step with these"."""

    actions = ["take_step"]

    def has_take_step_permission(self, request: HttpRequest) -> bool:
        return bool(lifecycle.steps_for_many(user=signed_in(request)))

    @action(description=term("page.step_with_these", "Take a step with these"), permissions=["take_step"])
    def take_step(self, request: HttpRequest, queryset: QuerySet[Lead]) -> HttpResponse | None:
        """Ask which step, then take it with those that may, and say how many stayed and why."""
        asks = "step" not in request.POST
        form = ManyForm(None if asks else request.POST, user=signed_in(request))
        if form.is_valid() and self._taken(request, form, queryset):
            return None
        return TemplateResponse(
            request,
            "leads/steps_many.html",
            {
                **self.admin_site.each_context(request),  # type: ignore[attr-defined]
                "title": current("page.step_with_these"),
                "opts": self.opts,  # type: ignore[attr-defined]
                "form": form,
                "number": queryset.count(),
                "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
                "checkbox": ACTION_CHECKBOX_NAME,
                "select_across": request.POST.get("select_across", "0"),
            },
        )

    def _taken(self, request: HttpRequest, form: ManyForm, leads: QuerySet[Lead]) -> bool:
        given = form.cleaned_data
        transition = Transition(given["step"])
        try:
            done = lifecycle.move_many(
                leads=leads.model._default_manager.filter(pk__in=leads.order_by().values("pk")),
                transition=transition,
                by=signed_in(request),
                now=timezone.now(),
                reason=given["reason"],
                note=given["note"],
                point=given["point"] if transition == Transition.PASS_BACK else "",
            )
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
            return False
        if done.moved:
            messages.success(request, f"{_count(len(done.moved))}: now “{ROUTES[transition].target.label}”.")
        sentences = done.sentences()
        for sentence, number in sentences[:TOLD]:
            messages.warning(request, f"{_count(number)} not moved: {sentence}")
        if len(sentences) > TOLD:
            rest = sum(number for _, number in sentences[TOLD:])
            messages.warning(request, f"{_count(rest)} not moved for other reasons. Open one to see why.")
        return True


def _count(number: int) -> str:
    names = Lead._meta
    return f"{number:,} {names.verbose_name if number == 1 else names.verbose_name_plural}"
