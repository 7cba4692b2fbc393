"""The forms of a dispute, of its ruling, and of the draft that comes out of a review."""

from collections.abc import Sequence
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from leads.challenges import MAX_EVIDENCE, Disputable, as_criterion
from leads.models import Challenge, Definition
from leads.review_words import AS_SUCH


def key_of(definition: Definition, criterion_id: int | None = None) -> str:
    """How a form and an address name a criterion of a definition, or (without one) the definition as such."""
    return f"{definition.pk}-{criterion_id or 0}"


class ChallengeForm(forms.Form):
    """Which criterion does not hold, and what shows it."""

    about = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": "Choose what does not hold."}
    )
    evidence = forms.CharField(
        max_length=MAX_EVIDENCE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        error_messages={"required": "Say what you know: a dispute needs evidence."},
    )
    is_story = forms.BooleanField(required=False)

    def __init__(self, *args: Any, found: Sequence[Disputable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("evidence", "is_story"):
            column: Any = Challenge._meta.get_field(name)
            self.fields[name].label, self.fields[name].help_text = column.verbose_name, column.help_text
        self.fields["about"].label = Challenge._meta.get_field("criterion").verbose_name
        # (definition, its words) by the key that the form sends back.
        self.subjects: dict[str, tuple[Definition, str]] = {}
        for one in found:
            for proof in one.evidence:
                self.subjects[key_of(one.definition, proof.condition.pk)] = (
                    one.definition,
                    as_criterion(proof),
                )
            self.subjects[key_of(one.definition)] = (one.definition, "")
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            (key, words or AS_SUCH) for key, (_, words) in self.subjects.items()
        ]
        self.groups = [
            (
                one.definition,
                [
                    (key_of(one.definition, proof.condition.pk), proof.text, proof.because, proof.is_met)
                    for proof in one.evidence
                ],
                key_of(one.definition),
            )
            for one in found
        ]

    @property
    def chosen(self) -> str:
        """What is ticked when the page is shown."""
        wanted = self["about"].value() or ""
        return wanted if wanted in self.subjects else next(iter(self.subjects), "")


class RulingForm(forms.Form):
    """The owner's sentence, and which way it goes."""

    ruling = forms.CharField(
        max_length=MAX_EVIDENCE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        error_messages={"required": "Say why: whoever raised it reads your sentence."},
    )
    decision = forms.ChoiceField(
        choices=[("uphold", "uphold"), ("reject", "reject")],
        error_messages={
            "required": "Choose whether it is upheld or rejected.",
            "invalid_choice": "Choose whether it is upheld or rejected.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ruling"].label = Challenge._meta.get_field("ruling").verbose_name


class DraftForm(forms.Form):
    """What the draft that takes up some disputes is called, and which."""

    title = forms.CharField(
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        error_messages={"required": "Give the draft a title."},
    )
    challenges = forms.ModelMultipleChoiceField(
        queryset=Challenge.objects.none(),
        error_messages={
            "required": "Choose at least one dispute that the draft shall answer.",
            "invalid_choice": "One of these disputes is answered already, or is not yours to see. Load the page again.",
            "invalid_pk_value": "One of these disputes is answered already, or is not yours to see. "
            "Load the page again.",
        },
    )

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["challenges"].queryset = offered  # type: ignore[attr-defined]
