"""The editors of stages, definitions and the checklist in a draft agreement."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, QueryDict
from django.utils.text import capfirst, slugify

from leads.draft_forms import CriteriaForm, activity_names, askable
from leads.enums import STAGE_ORDER, STAGE_SHORT, SWITCHABLE_STAGES, KpiMeasure, OwnerTeam, Stage
from leads.models import Criterion, Definition, QualificationQuestion, StageSetting
from leads.sections import SectionRefused
from leads.workspace import STAGE_COLOURS
from terminology import agreements
from terminology.draft_editing import (
    DraftEditor,
    PlainForm,
    ProseField,
    RowForm,
    in_order,
    name_parts,
    positions,
    row_set,
)
from terminology.labels import current, term
from terminology.sections import Parts

MAX_TEXT: Final = 4000  # characters of a definition; it is read on a hover
MAX_QUESTIONS: Final = 40
STAGES: Final = (*STAGE_ORDER, Stage.DISQUALIFIED)

# The pages ask for these by their keys.
term("page.add_question", "Add a question")
ALWAYS: Final = term("page.always_in_use", "always in use")
AS_IT_IS: Final = term("page.default_colour", "as it comes")

# What colours are called; the keys are classes of static/leadops/leadops.css.
COLOURS: Final = {
    name: term(f"colour.{name}", name)
    for name in (
        "slate", "sky", "cyan", "teal", "blue", "amber", "orange", "violet", "indigo", "green", "red", "rose",
    )
}  # fmt: skip


# --- A definition ---------------------------------------------------------------------------------


class WordsForm(PlainForm):
    """What people read of a definition, and who answers for it."""

    text = ProseField(
        rows=5,
        max_length=MAX_TEXT,
        error_messages={"required": "Write what people shall read wherever the word is used."},
    )
    owner_team = forms.ChoiceField(choices=OwnerTeam.choices)
    kpi = forms.CharField(required=False, max_length=200)
    kpi_measure = forms.ChoiceField(required=False, choices=[("", "—"), *KpiMeasure.choices])
    incentive = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            known = Definition._meta.get_field(name)
            field.label, field.help_text = known.verbose_name, known.help_text  # type: ignore[union-attr]


class DefinitionForm:
    """Text and criteria of one stage, which are changed together."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        stage: Stage,
        value: Mapping[str, Any] | None,
        types: Mapping[str, str],
    ) -> None:
        self.stage = stage
        self.words = WordsForm(data, initial=dict(value or {}))
        self.criteria = CriteriaForm(
            data, content=value["criteria"] if value else None, prefix="criteria", types=types
        )

    def is_valid(self) -> bool:
        return all([self.words.is_valid(), self.criteria.is_valid()])

    def wishes(self) -> dict[str, Any]:
        return {self.stage.value: {**self.words.cleaned_data, "criteria": self.criteria.content()}}


class DefinitionEditor(DraftEditor):
    """What a stage means: the text beside the rule that the software tests."""

    section = "definitions"
    template_name = "leads/draft_definition.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["part"] not in Stage.values:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def title(self) -> str:
        return capfirst(f"{Definition._meta.verbose_name}: {Stage(self.part).label}")

    def form(self, data: QueryDict | None) -> DefinitionForm:
        types = activity_names(lambda: agreements.content(self.agreement, "activity_types"))
        return DefinitionForm(data, stage=Stage(self.part), value=self.parts.get(self.part), types=types)

    def doubts(self, before: Parts, after: Parts) -> list[str]:
        """Text and rule are changed together, or somebody says that the other one still holds."""
        was, will = before.get(self.part), after.get(self.part)
        if was is None or will is None:
            return []
        text, rule = was["text"] != will["text"], was["criteria"] != will["criteria"]
        criteria = Criterion._meta.verbose_name_plural
        if rule and not text:
            return [
                f"The {criteria} change and the text stays. Read whether the text still says what is tested."
            ]
        if text and not rule:
            return [f"The text changes and the {criteria} stay. Look whether they still test what it says."]
        return []

    def more(self, form: Any) -> dict[str, Any]:
        return {"askable": askable(), "short": STAGE_SHORT[Stage(self.part)]}


name_parts("definitions", lambda part: STAGE_SHORT[Stage(part)] if part in Stage.values else "")


# --- Stages ---------------------------------------------------------------------------------------


class StageForm(PlainForm):
    """How the company uses one stage."""

    in_use = forms.BooleanField(required=False)
    colour = forms.ChoiceField(required=False)
    equivalent_to = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage = stage
        for name, field in self.fields.items():
            field.label = StageSetting._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        self.can_be_off = stage in SWITCHABLE_STAGES
        if not self.can_be_off:
            del self.fields["in_use"]
        self._offer("colour", [("", AS_IT_IS), *COLOURS.items()])
        others = [(one.value, one.label) for one in STAGES if one != stage]
        self._offer("equivalent_to", [("", "—"), *others])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        present = self.initial.get(name) or ""
        # What is kept already is offered too, so that saving can't lose it unseen.
        field.choices = choices if present in dict(choices) else [*choices, (present, present)]

    @property
    def example(self) -> str:
        """The colour that the stage's badge has."""
        colour = str(self["colour"].value() or "") or STAGE_COLOURS[self.stage]
        return colour if colour in COLOURS else "slate"

    def value(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {
            "in_use": found.get("in_use", False) if self.can_be_off else True,
            "colour": found["colour"],
            "equivalent_to": found["equivalent_to"],
        }


_UNTOUCHED: Final = {"in_use": True, "colour": "", "equivalent_to": ""}


class StagesForm:
    """All stages, one form each."""

    def __init__(self, data: QueryDict | None, *, parts: Parts) -> None:
        self.parts = parts
        self.stages = [
            StageForm(data, stage=stage, prefix=stage.value, initial=parts.get(stage.value, _UNTOUCHED))
            for stage in STAGES
        ]

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.stages)

    def wishes(self) -> dict[str, Any]:
        """A stage without settings that nobody touched goes on without."""
        values = {form.stage.value: form.value() for form in self.stages}
        return {stage: value for stage, value in values.items() if stage in self.parts or value != _UNTOUCHED}


class StagesEditor(DraftEditor):
    """Which stages the company uses, and how they look."""

    section = "stages"
    template_name = "leads/draft_stages.html"

    def form(self, data: QueryDict | None) -> StagesForm:
        return StagesForm(data, parts=self.parts)


# --- The checklist --------------------------------------------------------------------------------


class QuestionForm(RowForm):
    """One question of the checklist."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    place = forms.IntegerField(required=False, min_value=1, max_value=999)
    question = forms.CharField(
        max_length=200, error_messages={"required": "Type the question, or remove the row."}
    )
    help = forms.CharField(required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].label = current("page.place")
        for name in ("question", "help"):
            self.fields[name].label = QualificationQuestion._meta.get_field(name).verbose_name  # type: ignore[union-attr]


_QuestionRows: Final = row_set(QuestionForm, most=MAX_QUESTIONS)


class ChecklistForm:
    """The questions that a rep answers before a lead is sales qualified."""

    def __init__(self, data: QueryDict | None, *, parts: Parts) -> None:
        self.parts = dict(sorted(parts.items(), key=lambda one: one[1]["position"]))
        self.rows = _QuestionRows(
            data,
            prefix="question",
            initial=[
                {"key": key, "place": number, "question": value["question"], "help": value["help"]}
                for number, (key, value) in enumerate(self.parts.items(), start=1)
            ],
        )

    def is_valid(self) -> bool:
        return self.rows.is_valid()

    def wishes(self) -> dict[str, Any]:
        places = {key: number for number, key in enumerate(self.parts, start=1)}
        rows = in_order(
            [form.cleaned_data for form in self.rows.kept()],
            place=lambda row: row["place"],
            was=lambda row: places.get(row["key"]),
        )
        keys = self._keys(rows)
        before = [self.parts[key]["position"] if key in self.parts else None for key in keys]
        return dict.fromkeys(self.parts) | {
            key: {"position": position, "question": row["question"], "help": row["help"]}
            for key, row, position in zip(keys, rows, positions(before), strict=True)
        }

    def _keys(self, rows: list[dict[str, Any]]) -> list[str]:
        """The key of each row; a new question gets one of its own, unless it was asked before in the same words."""
        known = dict(QualificationQuestion.objects.values_list("key", "question"))
        keys: list[str] = []
        for row in rows:
            key = row["key"] if row["key"] in self.parts else _new_key(row["question"], known, taken=keys)
            if key in keys:
                raise SectionRefused(f"“{row['question']}” stands there twice. Remove one of the two.")
            keys.append(key)
        return keys


def _new_key(question: str, known: Mapping[str, str], *, taken: list[str]) -> str:
    base = slugify(question)[:34].strip("-") or "question"
    number, key = 1, base
    while key in taken or (key in known and known[key] != question):
        number += 1
        key = f"{base}-{number}"
    return key


class ChecklistEditor(DraftEditor):
    """What a rep has to know before a lead is sales qualified."""

    section = "checklist"
    template_name = "leads/draft_checklist.html"

    def form(self, data: QueryDict | None) -> ChecklistForm:
        return ChecklistForm(data, parts=self.parts)
