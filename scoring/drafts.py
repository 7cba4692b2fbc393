"""The editor of the scoring model in a draft agreement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.http import QueryDict
from django.utils.text import capfirst

from leads.conditions import Condition, Kind
from leads.draft_forms import ConditionForm, activity_names, askable, condition_initial
from scoring.models import MAX_POINTS, MAX_RULES, MAX_TIMES, Rule, ScoringModel
from scoring.sections import MODEL, RULE, parts_of
from scoring.versions import ModelRefused, Terms, refuse_unusable
from terminology import agreements
from terminology.agreements import MAX_TITLE
from terminology.draft_editing import DraftEditor, PlainForm, in_order, positions, row_set
from terminology.labels import current, term
from terminology.models import Agreement
from terminology.sections import Parts

LIMIT: Final = 1_000_000  # of a threshold or a grade; no model adds up to more
_GRADES: Final = {"A": "grade_a", "B": "grade_b", "C": "grade_c"}

# The pages ask for these by their keys.
term("page.add_rule", "Add a rule")


_POINTS: Final = f"Give points from 1 to {MAX_POINTS}, or from -1 to -{MAX_POINTS}."
_TIMES: Final = f"Type a number from 1 to {MAX_TIMES}."


class ModelForm(PlainForm):
    """The model beside its rules."""

    name = forms.CharField(max_length=120, error_messages={"required": "Give the model a name."})
    threshold = forms.IntegerField(min_value=-LIMIT, max_value=LIMIT)
    grade_a = forms.IntegerField(min_value=-LIMIT, max_value=LIMIT)
    grade_b = forms.IntegerField(min_value=-LIMIT, max_value=LIMIT)
    grade_c = forms.IntegerField(min_value=-LIMIT, max_value=LIMIT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            known: Any = ScoringModel._meta.get_field(name)
            field.label, field.help_text = known.verbose_name, known.help_text
            if name != "name":
                field.error_messages["required"] = "Type a number."

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            found = self.cleaned_data
            if not found["grade_a"] > found["grade_b"] > found["grade_c"]:
                self.add_error(
                    "grade_a", "The grades must descend: A needs more points than B, and B more than C."
                )
        return self.cleaned_data


class RuleForm(ConditionForm):
    """One rule: points for a condition."""

    was = forms.CharField(required=False, widget=forms.HiddenInput)
    place = forms.IntegerField(required=False, min_value=1, max_value=9999)
    name = forms.CharField(max_length=120, error_messages={"required": "Give the rule a name."})
    points = forms.IntegerField(
        min_value=-MAX_POINTS,
        max_value=MAX_POINTS,
        error_messages={
            "required": "Type how many points it gives or takes.",
            "min_value": _POINTS,
            "max_value": _POINTS,
        },
    )
    max_times = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_TIMES,
        error_messages={"min_value": _TIMES, "max_value": _TIMES},
    )

    model = Rule
    asks_about_score = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].label = current("page.place")
        self.fields["max_times"].widget.attrs["placeholder"] = "1"

    def clean(self) -> dict[str, Any]:
        # Only what they did can count several times; the page hides the box for everything else.
        if self.cleaned_data.get("kind") != Kind.ACTIVITY:
            self._forget("max_times")
        return super().clean()

    def condition(self) -> Condition:
        found: Any = super().condition()
        found.name, found.points = self.cleaned_data["name"], self.cleaned_data["points"]
        found.max_times = self._times()
        rule: Condition = found
        return rule

    def _times(self) -> int:
        times: int | None = self.cleaned_data.get("max_times")
        return 1 if times is None else times

    def as_part(self, *, position: int) -> dict[str, Any]:
        """The rule as agreements have it."""
        return {
            "position": position,
            "points": self.cleaned_data["points"],
            "max_times": self._times(),
            "condition": self.condition().to_dict(),
        }


_RuleRows: Final = row_set(RuleForm, most=MAX_RULES)


class ScoringForm:
    """The model and its rules."""

    def __init__(self, data: QueryDict | None, *, parts: Parts, types: Mapping[str, str]) -> None:
        self.parts, self.types = parts, types
        named = {key: value for key, value in parts.items() if key.startswith(RULE)}
        self.rules = dict(sorted(named.items(), key=lambda one: one[1]["position"]))
        self.model = ModelForm(data, prefix="model", initial=_model_initial(parts.get(MODEL)))
        self.rows = _RuleRows(
            data,
            prefix="rule",
            initial=[
                {
                    **condition_initial(value["condition"]),
                    "was": key.removeprefix(RULE),
                    "name": key.removeprefix(RULE),
                    "place": number,
                    "points": value["points"],
                    "max_times": value["max_times"],
                }
                for number, (key, value) in enumerate(self.rules.items(), start=1)
            ],
            form_kwargs={"types": types},
        )

    def is_valid(self) -> bool:
        return all([self.model.is_valid(), self.rows.is_valid()]) and self._names_differ()

    def _names_differ(self) -> bool:
        seen: set[str] = set()
        for form in self.rows.kept():
            name = form.cleaned_data["name"]
            if name in seen:
                form.add_error("name", f"Two rules are called “{name}”. Give one of them another name.")
            seen.add(name)
        return not any(form.errors for form in self.rows.kept())

    def wishes(self) -> dict[str, Any]:
        """Raises `ModelRefused` for a model that could not be brought into force."""
        places = {key.removeprefix(RULE): number for number, key in enumerate(self.rules, start=1)}
        forms_in_order = in_order(
            self.rows.kept(),
            place=lambda form: form.cleaned_data["place"],
            was=lambda form: places.get(form.cleaned_data["was"]),
        )
        before = [self._position(form) for form in forms_in_order]
        found = self.model.cleaned_data
        refuse_unusable(
            terms=Terms(found["name"], found["threshold"], *(found[name] for name in _GRADES.values())),
            rules=[form.condition() for form in forms_in_order],
        )
        return {
            **dict.fromkeys(self.rules),
            MODEL: {
                "name": found["name"],
                "threshold": found["threshold"],
                "grades": {grade: found[name] for grade, name in _GRADES.items()},
            },
            **{
                f"{RULE}{form.cleaned_data['name']}": form.as_part(position=position)
                for form, position in zip(forms_in_order, positions(before), strict=True)
            },
        }

    def _position(self, form: RuleForm) -> int | None:
        rule = self.rules.get(f"{RULE}{form.cleaned_data['was']}")
        return rule["position"] if rule else None


def _model_initial(value: Mapping[str, Any] | None) -> dict[str, Any]:
    if value is None:
        blank = ScoringModel(name="")
        return {name: getattr(blank, name) for name in ("threshold", *_GRADES.values())}
    grades = {name: value["grades"][grade] for grade, name in _GRADES.items()}
    return {"name": value["name"], "threshold": value["threshold"], **grades}


def draft_former(*, version: ScoringModel, by: User, now: datetime) -> Agreement:
    """A draft that brings back what `version` said. Raises `ModelRefused` where that is what is in force."""
    title = f"{version._meta.verbose_name}: back to {version}"
    with transaction.atomic():
        made = agreements.draft(title=capfirst(title)[:MAX_TITLE], by=by, now=now)
        wishes = dict.fromkeys(agreements.content(made, "scoring")) | parts_of(version)
        made = agreements.put(
            agreement=made, section="scoring", parts=wishes, by=by, revision=made.revision, now=now
        )
        if not made.changes:
            raise ModelRefused(
                f"“{version}” says the same as what is in force, so there is nothing to propose."
            )
    return made


class ScoringEditor(DraftEditor):
    """What gives and takes points, and from how many points on a lead is worth a call."""

    section = "scoring"
    template_name = "scoring/draft_scoring.html"

    def form(self, data: QueryDict | None) -> ScoringForm:
        types = activity_names(lambda: agreements.content(self.agreement, "activity_types"))
        return ScoringForm(data, parts=self.parts, types=types)

    def more(self, form: Any) -> dict[str, Any]:
        return {"askable": askable(without_score=True)}
