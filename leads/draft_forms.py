"""The forms of the editors: one condition as a row, criteria as rows with all / any, and what stands around them."""

from collections.abc import Callable, Mapping
from itertools import product
from string import ascii_uppercase
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import capfirst

from leads import criteria
from leads.conditions import (
    ACTIVITY_GROUPS,
    FIELDS,
    AskableField,
    Condition,
    Count,
    Kind,
    Operator,
    Shape,
    operators_for,
    split_values,
)
from leads.models import CriteriaSet, Criterion
from terminology.draft_editing import PlainForm, RowForm, RowSet, row_set
from terminology.labels import term

MAX_CONDITIONS: Final = 60  # of one set; more can't be read, let alone agreed upon
# Names of groups: A, B … Z, AA, AB …; two conditions make a group, so these are enough.
GROUPS: Final = [*ascii_uppercase, *("".join(pair) for pair in product(ascii_uppercase, repeat=2))][
    : MAX_CONDITIONS // 2
]
MAX_NUMBER: Final = 32_767  # what the columns of counts and days hold

# The pages ask for these by their keys.
term("page.add_condition", "Add a condition")
term("page.in_words", "In words")
YES, NO = term("page.yes", "yes"), term("page.no", "no")
ALONE: Final = term("page.stands_alone", "stands alone")

WITHOUT_VALUE: Final = (Operator.IS_SET, Operator.IS_EMPTY)
_OF_FIELDS: Final = ("field", "operator", "value")
_OF_ACTIVITIES: Final = ("activity_types", "count", "at_least", "within_days")


def shown_value(condition: Mapping[str, Any]) -> str:
    """The value of a condition as people type it: the names of choices instead of their keys."""
    text, asked = str(condition.get("value", "")), FIELDS.get(condition.get("field", ""))
    if asked is None or not text:
        return text
    names = dict(values_to_choose(asked))
    found = [names.get(value, value) for value in split_values(text)]
    # A name with a comma in it could not be told from two names.
    return text if any("," in name for name in found) else ", ".join(found) if names else text


def values_to_choose(asked: AskableField) -> list[tuple[str, str]]:
    """The values of a field that has a choice of them, with their names; none for others."""
    if asked.shape == Shape.YES_NO:
        return [("yes", str(YES)), ("no", str(NO))]
    return [(value, str(label)) for value, label in asked.choices.choices] if asked.choices else []


def typed_value(text: str, asked: AskableField | None) -> str:
    """What is kept of a typed value: the keys of the choices that were named."""
    choices = values_to_choose(asked) if asked is not None else []
    if not choices:
        return text
    keys = {name.casefold(): value for value, name in choices} | {
        value.casefold(): value for value, _ in choices
    }
    return ", ".join(keys.get(value.casefold(), value) for value in split_values(text))


def _refuse_values(asked: AskableField, *, operator: str, typed: str) -> dict[str, str]:
    """The sentence about values that the field does not have, in the words that people chose from."""
    choices, values = dict(values_to_choose(asked)), split_values(typed)
    if not choices or not values or operator not in operators_for(asked.shape) or operator in WITHOUT_VALUE:
        return {}
    if wrong := [value for value in values if value not in choices]:
        names = ", ".join(choices.values())
        return {"value": f"“{wrong[0]}” is not a value of “{asked.label}”. Choose from: {names}."}
    if len(values) > 1 and operator not in (Operator.IN, Operator.NOT_IN):
        return {
            "value": f"“{Operator(operator).label}” takes one value. For several choose “{Operator.IN.label}”."
        }
    return {}


def askable(*, without_score: bool = False) -> dict[str, Any]:
    """What the page's script needs to offer only what fits: the fields with their operators and values."""
    return {
        name: {
            "label": str(asked.label),
            "shape": asked.shape.value,
            "operators": [operator.value for operator in operators_for(asked.shape)],
            "values": values_to_choose(asked),
        }
        for name, asked in FIELDS.items()
        if not (without_score and name.startswith("score."))
    }


class ConditionForm(RowForm):
    """One condition. What does not belong to its kind is hidden on the page, and not looked at here."""

    kind = forms.ChoiceField()
    field = forms.ChoiceField(required=False)
    operator = forms.ChoiceField(required=False)
    value = forms.CharField(required=False, max_length=500)
    activity_types = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    count = forms.ChoiceField(required=False)
    at_least = forms.IntegerField(required=False)
    within_days = forms.IntegerField(required=False)

    model: type[Condition] = Criterion
    asks_about_score = True

    def __init__(self, *args: Any, types: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.types = types
        for name in self.fields:
            known = {one.name: one for one in self.model._meta.concrete_fields}.get(name)
            if known is not None:
                self.fields[name].label = known.verbose_name
        self._offer_choices()
        self.fields["kind"].initial = Kind.FIELD.value
        self.fields["count"].initial = Count.TIMES.value
        for name in ("at_least", "within_days"):
            self.fields[name].widget.attrs |= {"min": 1, "max": MAX_NUMBER}
        self.fields["at_least"].widget.attrs["placeholder"] = "1"
        self.fields["within_days"].widget.attrs["placeholder"] = "ever"

    def _offer_choices(self) -> None:
        def offer(name: str, choices: list[tuple[str, Any]]) -> None:
            field: Any = self.fields[name]
            field.choices = choices

        score = self.asks_about_score
        offer("kind", [(key, label) for key, label in Kind.choices if score or key != Kind.SCORE])
        fields = [
            (key, asked.label) for key, asked in FIELDS.items() if score or not key.startswith("score.")
        ]
        offer("field", [("", "—"), *fields])
        offer("operator", [("", "—"), *Operator.choices])
        offer("count", list(Count.choices))
        # What the condition names already is offered too, so that saving can't lose it unseen.
        named = [key for key in (self.initial.get("activity_types") or []) if key not in ACTIVITY_GROUPS]
        gone = [(key, key.replace("_", " ")) for key in named if key not in self.types]
        offer("activity_types", [*ACTIVITY_GROUPS.items(), *self.types.items(), *gone])
        messages = self.fields["activity_types"].error_messages
        messages["invalid_choice"] = "There is no activity type “%(value)s”. Choose from the list."

    @property
    def chosen_activities(self) -> list[str]:
        """The names of what is ticked."""
        chosen = self["activity_types"].value() or []
        names = dict(self.fields["activity_types"].choices)  # type: ignore[attr-defined]
        return [str(names.get(key, key)) for key in chosen]

    @property
    def activity_choices(self) -> list[tuple[str, str, bool, bool]]:
        """Each activity type: key, name, ticked, a group of several."""
        chosen = set(self["activity_types"].value() or [])
        choices = self.fields["activity_types"].choices  # type: ignore[attr-defined]
        return [(key, str(name), key in chosen, key in ACTIVITY_GROUPS) for key, name in choices]

    def clean(self) -> dict[str, Any]:
        super().clean()
        about_activities = self.cleaned_data.get("kind") == Kind.ACTIVITY
        for name in _OF_FIELDS if about_activities else _OF_ACTIVITIES:
            self._forget(name)
        if "kind" in self.cleaned_data and not self.errors:
            self._refuse(self._about_activities() if about_activities else self._about_field())
        if not self.errors:
            self._refuse_unaskable()
        return self.cleaned_data

    def _forget(self, name: str) -> None:
        self.errors.pop(name, None)
        self.cleaned_data.pop(name, None)

    def _about_field(self) -> dict[str, str]:
        asked = FIELDS.get(self.cleaned_data["field"])
        if asked is None:
            return {"field": "Choose what is asked about."}
        operator = self.cleaned_data["operator"]
        if not operator:
            return {"operator": "Choose how it is asked about."}
        typed = typed_value(self.cleaned_data["value"], asked)
        self.cleaned_data["value"] = typed
        return _refuse_values(asked, operator=operator, typed=typed)

    def _about_activities(self) -> dict[str, str]:
        keys = self.cleaned_data["activity_types"]
        if not keys:
            return {"activity_types": "Choose at least one activity."}
        groups = [str(ACTIVITY_GROUPS[key]) for key in keys if key in ACTIVITY_GROUPS]
        if groups and len(keys) > 1:
            return {"activity_types": f"“{groups[0]}” stands alone. Take the other ticks away."}
        for name in ("at_least", "within_days"):
            number = self.cleaned_data.get(name)
            if number is not None and not 1 <= number <= MAX_NUMBER:
                return {name: f"Type a number from 1 to {MAX_NUMBER:,}."}
        return {}

    def _refuse(self, sentences: Mapping[str, str]) -> None:
        for name, sentence in sentences.items():
            self.add_error(name, sentence)

    def _refuse_unaskable(self) -> None:
        condition = self.condition()
        try:
            condition.clean_fields(exclude=self._not_here())
            condition.refuse_unaskable(known_types=self.types)
        except ValidationError as refusal:
            for name, sentences in refusal.message_dict.items():
                self.add_error(name if name in self.fields else None, sentences)

    def _not_here(self) -> list[str]:
        """The model's fields that this form does not have."""
        return [one.name for one in self.model._meta.concrete_fields if one.name not in self.fields]

    def condition(self) -> Condition:
        """The condition, unsaved."""
        found = self.cleaned_data
        return self.model.unchecked(
            {
                "kind": found["kind"],
                "field": found.get("field", ""),
                "operator": found.get("operator", ""),
                "value": found.get("value", ""),
                "activity_types": found.get("activity_types", []),
                "count": found.get("count") or Count.TIMES.value,
                "at_least": found.get("at_least") or 1,
                "within_days": found.get("within_days"),
            }
        )


def condition_initial(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a `ConditionForm` shows of a condition in its form of agreements."""
    return {
        **content,
        "value": shown_value(content),
        "activity_types": split_values(content.get("activity_types", "")),
    }


class CriterionForm(ConditionForm):
    """A condition of a set of criteria, which may stand in a group."""

    group = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, groups: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["group"]
        field.choices = [("", "—"), *((name, name) for name in GROUPS[: max(8, groups + 2)])]


class CriteriaRows(RowSet):
    """The conditions of one set. Its blank row has a mark of its own, since sets stand in rows of rows too."""

    def add_prefix(self, index: Any) -> str:
        return super().add_prefix("__row__" if index == "__prefix__" else index)


_CriterionRows: Final = row_set(CriterionForm, base=CriteriaRows, most=MAX_CONDITIONS)


class MatchForm(PlainForm):
    """Whether all conditions must be met, or any."""

    match = forms.ChoiceField(choices=CriteriaSet.Match.choices, initial=CriteriaSet.Match.ALL.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["match"].label = CriteriaSet._meta.get_field("match").verbose_name


class CriteriaForm:
    """Criteria as rows; without rows there are none."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        content: Mapping[str, Any] | None,
        prefix: str,
        types: Mapping[str, str],
    ) -> None:
        self.prefix, self.types, self.initial = prefix, types, content
        rows, match = _rows_of(content)
        self.match = MatchForm(data, prefix=prefix, initial={"match": match})
        self.rows = _CriterionRows(
            data,
            prefix=f"{prefix}-row",
            initial=rows,
            form_kwargs={"types": types, "groups": len({row["group"] for row in rows})},
        )

    def is_valid(self) -> bool:
        return all([self.match.is_valid(), self.rows.is_valid()])

    def has_changed(self) -> bool:
        return self.match.has_changed() or any(form.has_changed() for form in self.rows.forms)

    def content(self) -> dict[str, Any] | None:
        """The criteria as agreements have them, or None. Only where `is_valid()`."""
        match = self.match.cleaned_data["match"]
        other = "any" if match == "all" else "all"
        parts: list[dict[str, Any]] = []
        groups: dict[str, dict[str, Any]] = {}
        for form in self.rows.kept():
            letter, asked = form.cleaned_data.get("group", ""), form.condition().to_dict()
            if not letter:
                parts.append(asked)
            elif letter in groups:
                groups[letter]["conditions"].append(asked)
            else:
                groups[letter] = {"match": other, "conditions": [asked]}
                parts.append(groups[letter])
        return criteria.normal_content({"match": match, "conditions": parts}) if parts else None

    @property
    def in_words(self) -> list[str]:
        """Each criterion as a sentence, as it was typed; none where that can't be asked."""
        found = self.initial if not self.rows.is_bound else self.content() if self.is_valid() else None
        return criteria.sentences(dict(found), names=dict(self.types)) if found else []

    @property
    def joining(self) -> str:
        """How groups work, in the words of the page."""
        group = self.rows.empty_form.fields["group"].label
        every, some = (CriteriaSet.Match(word).label for word in ("all", "any"))
        return capfirst(
            f"{group}: conditions with the same letter count as one. "
            f"With “{every}” one of them is enough; with “{some}” all of them are needed."
        )

    @property
    def match_in_words(self) -> str:
        """How the sentences are joined."""
        chosen = self.match["match"].value()
        return str(CriteriaSet.Match(chosen).label) if chosen in CriteriaSet.Match.values else ""


def _rows_of(content: Mapping[str, Any] | None) -> tuple[list[dict[str, Any]], str]:
    """The rows of criteria, and how they are joined."""
    rows: list[dict[str, Any]] = []
    if content is None:
        return rows, CriteriaSet.Match.ALL.value
    names = iter(GROUPS)
    for part in content["conditions"]:
        group = "" if "kind" in part else next(names)
        members = [part] if "kind" in part else part["conditions"]
        rows += [{**condition_initial(member), "group": group} for member in members]
    return rows, content["match"]


def activity_names(content: Callable[[], Mapping[str, Any]]) -> dict[str, str]:
    """The names of the activity types that there will be, by key."""
    return {key: value["name"] for key, value in content().items()}
