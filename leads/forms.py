"""The forms of the steps that people take with a lead: one for each, with the sentences they may be refused with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from leads import challenges, lifecycle, words
from leads.criteria import Evidence
from leads.enums import (
    OPEN_OPPORTUNITY_STAGES,
    OpportunityStage,
    PassBackPoint,
    ReasonKind,
    Stage,
    Transition,
)
from leads.models import (
    ActivityType,
    Lead,
    Opportunity,
    QualificationAnswer,
    QualificationQuestion,
    Reason,
    StageChange,
)


class StepForm(forms.Form):
    """A step that needs nothing but an optional note. Knows in which stage the person saw the lead."""

    seen = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=words.STEP_NOTE,
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    transition: Transition

    def __init__(self, *args: Any, lead: Lead, transition: Transition, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"seen": lead.stage}, **kwargs})
        self.lead, self.transition, self.now = lead, transition, now

    def take(self, *, by: Any) -> StageChange:
        """Take the step through the lifecycle. Raises its sentences."""
        lifecycle.refuse_stale(lead=self.lead, seen=self.cleaned_data["seen"], by=by)
        return self.perform(by=by)

    def perform(self, *, by: Any) -> StageChange:
        return lifecycle.move(
            lead=self.lead, transition=self.transition, by=by, now=self.now, note=self.cleaned_data["note"]
        )


class AcceptForm(StepForm):
    """The MQL criteria one by one: the rep ticks each that holds."""

    confirmed = forms.MultipleChoiceField(
        label=words.STEP_CRITERIA, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evidence: Sequence[Evidence] = []
        definition = lifecycle.definition_in_force(Stage.MARKETING_QUALIFIED, now=self.now)
        self.definition = definition
        if definition is not None and definition.criteria is not None:
            self.evidence = lifecycle.criteria.explain(
                lead=self.lead, criteria=definition.criteria, now=self.now
            )
        # Each criterion with its name in the address of a dispute, and the dispute about it that is open.
        disputed = challenges.open_on(self.lead, definition=definition)
        self.rows = [
            (proof, f"{definition.pk}-{proof.condition.pk}", disputed.get(challenges.as_criterion(proof)))
            for proof in self.evidence
            if definition is not None
        ]
        self.fields["confirmed"].choices = [(proof.condition.pk, proof.text) for proof in self.evidence]  # type: ignore[attr-defined]

    def perform(self, *, by: Any) -> StageChange:
        return lifecycle.accept(
            lead=self.lead,
            by=by,
            now=self.now,
            confirmed=[int(pk) for pk in self.cleaned_data["confirmed"]],
            note=self.cleaned_data["note"],
        )


class ReasonForm(StepForm):
    """A step that needs a reason from the catalogue."""

    reason = forms.ModelChoiceField(
        label=words.STEP_REASON,
        queryset=Reason.objects.none(),
        widget=UnfoldAdminSelectWidget,
        error_messages={"required": "Choose a reason from the list."},
    )
    field_order = ["seen", "reason", "note"]

    kinds: Sequence[ReasonKind] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = Reason.objects.filter(kind__in=self.kinds, is_active=True)  # type: ignore[attr-defined]

    def perform(self, *, by: Any) -> StageChange:
        return lifecycle.move(
            lead=self.lead,
            transition=self.transition,
            by=by,
            now=self.now,
            reason=self.cleaned_data["reason"],
            note=self.cleaned_data["note"],
        )


class PassBackForm(ReasonForm):
    """Also asks when: on sight blames the definition, after the call blames the talk."""

    point = forms.ChoiceField(
        label=words.WHEN,
        choices=PassBackPoint.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say when."},
    )
    field_order = ["seen", "point", "reason", "note"]
    kinds = (ReasonKind.PASS_BACK,)

    def perform(self, *, by: Any) -> StageChange:
        return lifecycle.pass_back(
            lead=self.lead,
            by=by,
            now=self.now,
            reason=self.cleaned_data["reason"],
            point=PassBackPoint(self.cleaned_data["point"]),
            note=self.cleaned_data["note"],
        )


class DisqualifyForm(ReasonForm):
    kinds = (ReasonKind.DISQUALIFY,)


class ReopenForm(ReasonForm):
    kinds = (ReasonKind.REOPEN,)


class QualifyForm(StepForm):
    """The qualification checklist, with the answers given so far."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = dict(QualificationAnswer.objects.filter(lead=self.lead).values_list("question_id", "answer"))
        self.questions = list(QualificationQuestion.objects.filter(is_active=True))
        for question in self.questions:
            self.fields[f"question_{question.pk}"] = forms.CharField(
                label=question.question,
                help_text=question.help,
                initial=given.get(question.pk, ""),
                required=False,
                max_length=2000,
                widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
            )
        self.order_fields(["seen", *(f"question_{question.pk}" for question in self.questions), "note"])

    def perform(self, *, by: Any) -> StageChange:
        self.keep_answers(by=by)
        return lifecycle.qualify_sales(lead=self.lead, by=by, now=self.now, note=self.cleaned_data["note"])

    def keep_answers(self, *, by: Any) -> None:
        """Keep what was typed, whether or not the step can be taken yet."""
        answers = {question: self.cleaned_data[f"question_{question.pk}"] for question in self.questions}
        lifecycle.answer(lead=self.lead, answers=answers, by=by, now=self.now)


FORMS: dict[Transition, type[StepForm]] = {
    Transition.ACCEPT: AcceptForm,
    Transition.PASS_BACK: PassBackForm,
    Transition.QUALIFY_SALES: QualifyForm,
    Transition.DISQUALIFY: DisqualifyForm,
    Transition.REOPEN: ReopenForm,
}


class LogForm(forms.Form):
    """A call, a meeting or a note that a rep logs on a lead."""

    type = forms.ModelChoiceField(
        label=words.LOG_TYPE,
        queryset=ActivityType.objects.none(),
        widget=UnfoldAdminSelectWidget,
        error_messages={"required": "Say what it was."},
    )
    at = forms.SplitDateTimeField(label=words.LOG_AT, required=False, widget=UnfoldAdminSplitDateTimeWidget)
    subject = forms.CharField(
        label=words.LOG_SUBJECT, required=False, max_length=200, widget=UnfoldAdminTextInputWidget
    )
    body = forms.CharField(
        label=words.LOG_BODY,
        required=False,
        max_length=10_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = ActivityType.objects.filter(is_logged_by_reps=True, is_active=True)  # type: ignore[attr-defined]

    def clean_at(self) -> datetime:
        return self.cleaned_data["at"] or timezone.now()


class OpportunityForm(forms.Form):
    """Moves an opportunity; asks who signed when it is signed or won, and why when it is lost."""

    seen = forms.CharField(widget=forms.HiddenInput)
    stage = forms.ChoiceField(label=words.NEW_STAGE, widget=UnfoldAdminSelectWidget)
    signed_by = forms.CharField(
        label=words.SIGNED_BY, required=False, max_length=200, widget=UnfoldAdminTextInputWidget
    )
    signed_authority = forms.CharField(
        label=words.SIGNED_AUTHORITY, required=False, max_length=200, widget=UnfoldAdminTextInputWidget
    )
    loss_reason = forms.ModelChoiceField(
        label=words.LOSS_REASON,
        queryset=Reason.objects.none(),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        label=words.STEP_NOTE,
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, opportunity: Opportunity, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"seen": opportunity.stage}, **kwargs})
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            (stage.value, stage.label)
            for stage in (*OPEN_OPPORTUNITY_STAGES, OpportunityStage.WON, OpportunityStage.LOST)
            if stage != opportunity.stage
        ]
        self.fields["loss_reason"].queryset = Reason.objects.filter(kind=ReasonKind.LOSS, is_active=True)  # type: ignore[attr-defined]
