"""The pages of scoring: the model with its rules, its former versions, and the runs over all leads."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.decorators import action, display

from leadops.admin import ModelAdmin, ModelForm, ReadOnly, StackedInline, badge
from leadops.jobs import JobState
from leads.admin.agreement import ConditionForm
from leads.conditions import ACTIVITY_GROUPS, FIELDS, Kind
from leads.criteria import activity_names
from leads.models import ActivityType, Lead
from leads.words import LEADS
from scoring import rescoring, versions, words
from scoring.models import MAX_RULES, RescoringRun, Rule, ScoringModel
from terminology.labels import term

REFRESH: str = "2"  # seconds after which a page that shows a run at work asks again

STATE_COLOURS = {
    JobState.QUEUED: "slate",
    JobState.RUNNING: "sky",
    JobState.PAUSED: "amber",
    JobState.DONE: "green",
    JobState.FAILED: "red",
    JobState.CANCELLED: "slate",
}


# The parts of a rule that only one kind of condition has.
_OF_FIELDS = ("field", "operator", "value")
_OF_ACTIVITIES = ("activity_types", "count", "at_least", "within_days", "max_times")


class RuleForm(ConditionForm):
    """A rule in one line: points, and a condition about what we know or what they did."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A rule makes the score, so it is not offered as something to ask about.
        self._leave_out("field", [name for name in FIELDS if name.startswith("score.")])
        self._leave_out("kind", [Kind.SCORE.value])
        for field in self.fields.values():
            if field.help_text:
                field.widget.attrs["title"] = field.help_text  # the text itself has no room here

    def _leave_out(self, name: str, values: Sequence[str]) -> None:
        choice: Any = self.fields.get(name)
        if choice is not None:
            choice.choices = [(value, label) for value, label in choice.choices if value not in values]

    def clean(self) -> dict[str, Any]:
        """What the rule does not ask about is put back: the page hides those fields, and they must not refuse it."""
        super().clean()
        about_activities = self.cleaned_data.get("kind") == Kind.ACTIVITY
        unused = _OF_FIELDS if about_activities else _OF_ACTIVITIES
        for name in unused:
            self.cleaned_data[name] = Rule._meta.get_field(name).get_default()  # type: ignore[union-attr]
            self.errors.pop(name, None)
        return self.cleaned_data

    def validate_unique(self) -> None:
        """Names are compared within the page (Django does that): what is saved becomes a version of its own."""
        try:
            self.instance.validate_constraints(exclude={"scoring_model"})
        except ValidationError as clash:
            self.add_error(None, [message for found in clash.message_dict.values() for message in found])


class RuleFormSet(BaseInlineFormSet):
    """The rules of one page; a model without rules would set every score to nought."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = [form.instance for form in self.initial_forms]
        names = activity_names(rules)
        for rule in rules:
            rule.names = names

    def clean(self) -> None:
        super().clean()
        kept = self.kept()
        if not kept:
            raise ValidationError("A scoring model needs at least one rule. Add one.")
        if len(kept) > MAX_RULES:
            raise ValidationError(
                f"A scoring model holds at most {MAX_RULES} rules, and these are {len(kept)}. Leave some out."
            )

    def kept(self) -> list[Rule]:
        """The rules that are not being deleted, in the order of the page."""
        return [
            form.instance
            for form in self.forms
            if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]


class RuleInline(StackedInline):
    """Each rule in two lines; scoring.css shows the second line that goes with what the rule is about."""

    model = Rule
    form = RuleForm
    formset = RuleFormSet
    fields = [("name", "points", "kind", "is_active"), _OF_FIELDS, _OF_ACTIVITIES]
    template_after = "scoring/what_can_be_asked.html"


@admin.register(ScoringModel)
class ScoringModelAdmin(ModelAdmin):
    """RevOps edits the version in force; saving makes the next version and leaves the former ones as they were."""

    list_display = [
        "shown_version",
        "shown_status",
        "shown_rules",
        "threshold",
        "in_force_from",
        "superseded_at",
    ]
    fields = [("name", "threshold"), ("grade_a", "grade_b", "grade_c")]
    inlines = [RuleInline]
    actions = ["bring_back"]
    list_before_template = "scoring/rescoring_bar.html"
    change_form_before_template = "scoring/version_note.html"
    change_form_after_template = "scoring/rules_to_read.html"

    class Media:
        css = {"all": ["leadops/scoring.css"]}

    # --- The list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScoringModel]:
        rows: QuerySet[ScoringModel] = super().get_queryset(request)
        return rows.annotate(rules_in_use=Count("rules", filter=Q(rules__is_active=True)))

    @display(description=term("scoring.scoringmodel.shown_version", "Model"), ordering="version")
    def shown_version(self, model: ScoringModel) -> str:
        return str(model)

    @display(description=term("scoring.scoringmodel.shown_status", "Status"))
    def shown_status(self, model: ScoringModel) -> SafeString:
        return badge(words.IN_FORCE, "green") if model.is_in_force else badge(words.REPLACED, "slate")

    @display(description=term("scoring.scoringmodel.shown_rules", "Rules in use"))
    def shown_rules(self, model: Any) -> int:
        return model.rules_in_use

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse | HttpResponse:
        run: RescoringRun | None = RescoringRun.jobs.order_by("-pk").first()
        extra = {"rescoring_run": run, "may_rescore": request.user.has_perm("scoring.run_rescoring")}
        response = super().changelist_view(request, {**(extra_context or {}), **extra})
        return _asking_again(response, is_at_work=run is not None and not run.has_ended)

    @action(description=words.BRING_BACK, permissions=["change"])
    def bring_back(self, request: HttpRequest, queryset: QuerySet[ScoringModel]) -> None:
        """One former version, as the next one."""
        chosen = list(queryset[:2])
        if len(chosen) != 1 or chosen[0].is_in_force:
            messages.error(request, "Choose one former version to bring it into force again.")
            return
        model = versions.bring_back(version=chosen[0], by=request.user, now=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _in_force_sentence(model))

    def get_inlines(self, request: HttpRequest, obj: ScoringModel | None) -> list[Any]:
        """Who may only read gets the rules as sentences instead of as fields."""
        return super().get_inlines(request, obj) if self._may_edit(request, obj) else []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        model = self.get_object(request, object_id) if object_id else None
        may_edit = self._may_edit(request, model)
        extra = {
            "rules_to_read": _sentences(model) if model is not None and not may_edit else [],
            "rules_title": Rule._meta.verbose_name_plural,
            "askable": _askable() if may_edit else [],
        }
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def _may_edit(self, request: HttpRequest, obj: ScoringModel | None) -> bool:
        return self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)

    # --- Who may ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only the first model is added; from then on the one in force is changed."""
        return super().has_add_permission(request) and not ScoringModel.objects.in_force().exists()

    def has_change_permission(self, request: HttpRequest, obj: ScoringModel | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_in_force)

    def has_delete_permission(self, request: HttpRequest, obj: ScoringModel | None = None) -> bool:
        return False  # scores are stamped with their version

    # --- Saving: always a new version ---

    def save_model(self, request: HttpRequest, obj: ScoringModel, form: Any, change: bool) -> None:
        """Nothing yet: the version that is being looked at stays as it is."""

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Sequence[Any], change: bool
    ) -> None:
        request.new_version = None  # type: ignore[attr-defined]
        if change and not form.has_changed() and not any(formset.has_changed() for formset in formsets):
            return
        edited: ScoringModel = form.instance
        rules = [rule for formset in formsets for rule in formset.kept()]
        model = versions.bring_into_force(
            terms=versions.Terms(
                edited.name, edited.threshold, edited.grade_a, edited.grade_b, edited.grade_c
            ),
            rules=rules,
            by=request.user,  # type: ignore[arg-type]
            now=timezone.now(),
        )
        request.new_version = model  # type: ignore[attr-defined]
        form.instance.pk = model.pk
        form.instance.version = model.version

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> str:
        model = request.new_version  # type: ignore[attr-defined]
        return f"Version {model.version} made." if model else "Nothing changed."

    def response_add(
        self, request: HttpRequest, obj: ScoringModel, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._after_save(request)

    def response_change(self, request: HttpRequest, obj: ScoringModel) -> HttpResponse:
        return self._after_save(request)

    def _after_save(self, request: HttpRequest) -> HttpResponse:
        model: ScoringModel | None = request.new_version  # type: ignore[attr-defined]
        if model is None:
            messages.info(request, "Nothing was changed, so the version in force stays.")
        else:
            messages.success(request, _in_force_sentence(model))
        if model is not None and "_continue" in request.POST:
            return redirect("admin:scoring_scoringmodel_change", model.pk)
        return redirect("admin:scoring_scoringmodel_changelist")

    # --- Rescoring all ---

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.rescore_all_view))
        return [path("rescore/", view, name="scoring_rescore_all"), *super().get_urls()]

    def rescore_all_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a run over all leads; the bar above the list shows how far it is."""
        if not request.user.has_perm("scoring.run_rescoring"):
            raise PermissionDenied
        run = rescoring.request_rescoring(by=request.user, now=timezone.now())  # type: ignore[arg-type]
        if run.rows_done:
            messages.info(request, f"All {LEADS} are being rescored already: {run.percent} % are done.")
        else:
            messages.success(request, f"All {Lead.objects.count():,} {LEADS} are being rescored.")
        return redirect("admin:scoring_scoringmodel_changelist")


@admin.register(RescoringRun)
class RescoringRunAdmin(ReadOnly, ModelAdmin):
    """The runs over all leads, to be read while they run and afterwards."""

    list_display = [
        "created_at",
        "shown_state",
        "shown_progress",
        "rows_done",
        "changed",
        "qualified",
        "scoring_model",
        "requested_by",
        "finished_at",
    ]
    list_select_related = ["scoring_model", "requested_by"]
    fields = [
        "shown_state",
        "shown_progress",
        "rows_total",
        "rows_done",
        "changed",
        "qualified",
        "error",
        "scoring_model",
        "requested_by",
        "created_at",
        "started_at",
        "finished_at",
    ]
    readonly_fields = fields

    class Media:
        css = {"all": ["leadops/scoring.css"]}

    @display(description=term("scoring.rescoringrun.state", "state"), ordering="state")
    def shown_state(self, run: RescoringRun) -> SafeString:
        state = JobState(run.state)
        return badge(state.label, STATE_COLOURS[state], title=run.error)

    @display(description=term("scoring.rescoringrun.shown_progress", "Progress"))
    def shown_progress(self, run: RescoringRun) -> SafeString:
        return format_html(
            '<progress class="lo-progress" max="100" value="{0}" aria-label="{0} %">{0} %</progress>',
            run.percent,
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse | HttpResponse:
        is_at_work = RescoringRun.jobs.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists()
        return _asking_again(super().changelist_view(request, extra_context), is_at_work=is_at_work)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        run = RescoringRun.jobs.filter(pk=object_id).first() if object_id.isdigit() else None
        response = super().change_view(request, object_id, *args, **kwargs)
        return _asking_again(response, is_at_work=run is not None and not run.has_ended)


def _sentences(model: ScoringModel) -> list[tuple[str, str, bool]]:
    """Name, sentence and use of each rule of the model."""
    rules = list(model.rules.all())
    names = activity_names(rules)
    return [(rule.name, rule.sentence(names=names), rule.is_active) for rule in rules]


def _askable() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What the fields of a rule take: the keys of activity types, and the values of what has a choice."""
    groups = list(ACTIVITY_GROUPS.items())
    types = list(ActivityType.objects.filter(is_active=True).values_list("key", "name"))
    choices = [
        (field.label, list(field.choices.choices)) for field in FIELDS.values() if field.choices is not None
    ]
    return [(Rule._meta.get_field("activity_types").verbose_name, groups + types), *choices]


def _asking_again(response: HttpResponse, *, is_at_work: bool) -> HttpResponse:
    """The browser loads the page again while a run is at work, without any script."""
    if is_at_work:
        response.headers["Refresh"] = REFRESH
    return response


def _in_force_sentence(model: ScoringModel) -> str:
    return f"“{model}” is in force. All {Lead.objects.count():,} {LEADS} are being rescored."
