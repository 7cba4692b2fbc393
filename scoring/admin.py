"""The pages of scoring: the model with its rules, its former versions, and the runs over all leads."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.decorators import action, display

from leadops.admin import ModelAdmin, ReadOnly, badge, row_number, signed_in
from leadops.errors import LeadOpsError
from leadops.jobs import JobState
from leads.criteria import activity_names
from leads.models import Lead
from leads.words import LEADS
from scoring import drafts, rescoring, words
from scoring.models import RescoringRun, Rule, ScoringModel
from terminology.agreements import PROPOSE
from terminology.draft_editing import ChangedByAgreement, editor_page
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


@admin.register(ScoringModel)
class ScoringModelAdmin(ChangedByAgreement, ModelAdmin):
    """The version in force and the former ones, to be read; what changes them is an agreement."""

    section = "scoring"
    list_display = [
        "shown_version",
        "shown_status",
        "shown_rules",
        "threshold",
        "in_force_from",
        "superseded_at",
    ]
    fields = [("name", "threshold"), ("grade_a", "grade_b", "grade_c")]
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

    def has_propose_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PROPOSE)

    @action(description=words.BRING_BACK, permissions=["propose"])
    def bring_back(self, request: HttpRequest, queryset: QuerySet[ScoringModel]) -> HttpResponse | None:
        """A draft that says what one former version said."""
        chosen = list(queryset[:2])
        if len(chosen) != 1 or chosen[0].is_in_force:
            messages.error(request, "Choose one former version to propose it again.")
            return None
        try:
            made = drafts.draft_former(version=chosen[0], by=signed_in(request), now=timezone.now())
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
            return None
        messages.success(request, f"The draft “{made.title}” says what that version said. Look, then save.")
        return redirect(editor_page(made.pk, section=self.section))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        model = self.get_object(request, object_id) if object_id else None
        extra = {
            "rules_to_read": _sentences(model) if model is not None else [],
            "rules_title": Rule._meta.verbose_name_plural,
        }
        answer: HttpResponse = super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **extra}
        )
        return answer

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
        is_at_work = RescoringRun.jobs.under_way().exists()
        return _asking_again(super().changelist_view(request, extra_context), is_at_work=is_at_work)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        run = RescoringRun.jobs.filter(pk=row_number(object_id)).first()
        response = super().change_view(request, object_id, *args, **kwargs)
        return _asking_again(response, is_at_work=run is not None and not run.has_ended)


def _sentences(model: ScoringModel) -> list[tuple[str, str, bool]]:
    """Name, sentence and use of each rule of the model."""
    rules = list(model.rules.all())
    names = activity_names(rules)
    return [(rule.name, rule.sentence(names=names), rule.is_active) for rule in rules]


def _asking_again(response: HttpResponse, *, is_at_work: bool) -> HttpResponse:
    """The browser loads the page again while a run is at work, without any script."""
    if is_at_work:
        response.headers["Refresh"] = REFRESH
    return response
