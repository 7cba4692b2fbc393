"""The editors of response times and routing in a draft agreement."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict

from handoff import words
from handoff.models import RoutingRule, ServiceLevel
from handoff.sections import MAX_HOURS
from leads.draft_forms import CriteriaForm, activity_names, askable
from leads.enums import STAGE_ORDER, Stage
from leads.models import Team
from terminology import agreements
from terminology.draft_editing import (
    DraftEditor,
    PlainForm,
    RowForm,
    RowSet,
    in_order,
    positions,
    row_set,
)
from terminology.labels import current
from terminology.sections import Parts

MAX_ROUTING_RULES: Final = 60
STEP: Final = 10  # between the positions of rules, so that one can come in between


# --- Response times -------------------------------------------------------------------------------


class ServiceLevelForm(PlainForm):
    """How soon sales reaches out in one stage; empty where nothing is promised."""

    hours = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_HOURS,
        error_messages={
            "min_value": f"Type hours from 1 to {MAX_HOURS:,}, or leave it empty.",
            "max_value": f"Type hours from 1 to {MAX_HOURS:,}, or leave it empty.",
            "invalid": "Type whole hours, or leave it empty.",
        },
    )

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage = stage
        known: Any = ServiceLevel._meta.get_field("first_response_hours")
        self.fields["hours"].label = known.verbose_name


class ServiceLevelsForm:
    """The stages in which somebody may wait for sales, and those that have a time already."""

    def __init__(self, data: QueryDict | None, *, parts: Parts) -> None:
        self.parts = parts
        shown = [stage for stage in Stage if stage in STAGE_ORDER[:-1] or stage.value in parts]
        self.stages = [
            ServiceLevelForm(
                data,
                stage=stage,
                prefix=stage.value,
                initial={"hours": parts.get(stage.value, {}).get("first_response_hours")},
            )
            for stage in shown
        ]

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.stages)

    def wishes(self) -> dict[str, Any]:
        hours = {form.stage.value: form.cleaned_data["hours"] for form in self.stages}
        return {
            stage: None if number is None else {"first_response_hours": number}
            for stage, number in hours.items()
        }


class ServiceLevelsEditor(DraftEditor):
    """By when sales reaches out, stage by stage."""

    section = "sla"
    template_name = "handoff/draft_service_levels.html"

    def form(self, data: QueryDict | None) -> ServiceLevelsForm:
        return ServiceLevelsForm(data, parts=self.parts)


# --- Routing --------------------------------------------------------------------------------------


class RoutingRuleForm(RowForm):
    """One rule: which team gets the leads that meet the criteria."""

    was = forms.CharField(required=False, widget=forms.HiddenInput)
    place = forms.IntegerField(required=False, min_value=1, max_value=999)
    name = forms.CharField(max_length=120, error_messages={"required": "Give the rule a name."})
    team = forms.ChoiceField(error_messages={"required": "Choose the team that gets them."})

    def __init__(
        self,
        data: QueryDict | None = None,
        *args: Any,
        types: Mapping[str, str],
        teams: list[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, *args, **kwargs)
        self.fields["place"].label = current("page.place")
        for name in ("name", "team"):
            known: Any = RoutingRule._meta.get_field(name)
            self.fields[name].label = known.verbose_name
        present = self.initial.get("team")
        # A team that a blueprint brings along is made with the agreement.
        offered = teams if present in (None, *teams) else [*teams, present]
        field: Any = self.fields["team"]
        field.choices = [("", "—"), *((name, name) for name in offered)]
        self.criteria = CriteriaForm(
            data, content=self.initial.get("criteria"), prefix=f"{self.prefix}-criteria", types=types
        )

    def has_changed(self) -> bool:
        return super().has_changed() or self.criteria.has_changed()

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.is_blank or self.criteria.is_valid()])

    @property
    def is_blank(self) -> bool:
        """An added rule that nobody filled in."""
        return self.empty_permitted and not self.has_changed()

    def as_part(self, *, position: int) -> dict[str, Any]:
        """The rule as agreements have it."""
        return {
            "position": position,
            "team": self.cleaned_data["team"],
            "criteria": self.criteria.content(),
        }


_RoutingRows: Final = row_set(RoutingRuleForm, base=RowSet, most=MAX_ROUTING_RULES)


class RoutingForm:
    """The rules, which are asked from the top."""

    def __init__(
        self, data: QueryDict | None, *, parts: Parts, types: Mapping[str, str], teams: list[str]
    ) -> None:
        self.parts = dict(sorted(parts.items(), key=lambda one: one[1]["position"]))
        self.rows = _RoutingRows(
            data,
            prefix="rule",
            initial=[
                {
                    "was": name,
                    "name": name,
                    "place": number,
                    "team": value["team"],
                    "criteria": value["criteria"],
                }
                for number, (name, value) in enumerate(self.parts.items(), start=1)
            ],
            form_kwargs={"types": types, "teams": teams},
        )

    def is_valid(self) -> bool:
        return self.rows.is_valid() and self._names_differ()

    def _names_differ(self) -> bool:
        seen: set[str] = set()
        clash = False
        for form in self.rows.kept():
            name = form.cleaned_data["name"]
            if name in seen:
                form.add_error("name", "There is already a rule of that name. Choose another name.")
                clash = True
            seen.add(name)
        return not clash

    def wishes(self) -> dict[str, Any]:
        places = {name: number for number, name in enumerate(self.parts, start=1)}
        rows = in_order(
            self.rows.kept(),
            place=lambda form: form.cleaned_data["place"],
            was=lambda form: places.get(form.cleaned_data["was"]),
        )
        before = [self.parts.get(form.cleaned_data["was"], {}).get("position") for form in rows]
        found = positions(before, step=STEP, first=STEP)
        return dict.fromkeys(self.parts) | {
            form.cleaned_data["name"]: form.as_part(position=position)
            for form, position in zip(rows, found, strict=True)
        }


class RoutingEditor(DraftEditor):
    """Which team gets a lead that is handed to sales."""

    section = "routing"
    template_name = "handoff/draft_routing.html"

    def form(self, data: QueryDict | None) -> RoutingForm:
        return RoutingForm(
            data,
            parts=self.parts,
            types=activity_names(lambda: agreements.content(self.agreement, "activity_types")),
            teams=list(Team.objects.order_by("name").values_list("name", flat=True)),
        )

    def more(self, form: Any) -> dict[str, Any]:
        return {"askable": askable(), "everything": words.EVERYTHING}
