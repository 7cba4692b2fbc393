"""Where a term of ours is used: in definitions and criteria, on the lead's page, in exports."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from leads.conditions import FIELDS, split_values
from leads.enums import STAGE_SHORT, Stage
from leads.models import (
    ActivityType,
    Contact,
    CriteriaSet,
    Criterion,
    Definition,
    Lead,
    NurtureProgramme,
    QualificationQuestion,
    Reason,
    StageSetting,
    SubStatus,
)
from leads.words import LEADS
from terminology import catalogues, labels, where_used
from terminology.where_used import Use


def register() -> None:
    """Let the term editor list our catalogues, and show where words of leads are used."""
    where_used.register("definitions", _definitions, title=Definition._meta.verbose_name_plural, order=10)
    where_used.register("criteria", _criteria, title=CriteriaSet._meta.verbose_name_plural, order=20)
    for model, name, within in (
        (ActivityType, "name", ""),
        (Reason, "text", "kind"),
        (NurtureProgramme, "name", ""),
        (SubStatus, "name", "stage"),
    ):
        catalogues.register(model, name, within=within)
    catalogues.register(QualificationQuestion, "question", is_agreed=True)
    where_used.register("lead_page", _lead_page, title=LEADS, order=5)
    where_used.register("exports", _exports, title="Exports", order=60)


def conditions_about(key: str, conditions: QuerySet[Any]) -> list[Any]:
    """Those of `conditions` that ask about the field of the term `key`, or name the choice that it labels."""
    value = key.partition(".")[2]
    asked = Q(field__in=_names_of(key))
    choice = Q(field__in=_fields_choosing(key), value__contains=value) if value else Q(pk__in=[])
    return [
        row
        for row in conditions.filter(asked | choice)
        if row.field in _names_of(key) or value in split_values(row.value)
    ]


def _names_of(key: str) -> list[str]:
    """The askable fields that the term `key` names: by itself, or as the label of the model's field."""
    return [
        name
        for name, known in FIELDS.items()
        if labels.key_of(known.label) == key or _field_key(known.path) == key
    ]


def _field_key(path: str) -> str:
    """The term of the field at the end of `path`, a way from Lead in ORM notation."""
    field = get_fields_from_path(Lead, path)[-1]
    return f"{field.model._meta.label_lower}.{field.name}"


def _fields_choosing(key: str) -> list[str]:
    return [
        name
        for name, known in FIELDS.items()
        if known.choices is not None
        and any(labels.key_of(label) == key for _, label in known.choices.choices)
    ]


def _definitions(key: str) -> Iterator[Use]:
    """The definitions in force of the stage, and those whose criteria ask for the term."""
    in_force = Definition.objects.in_force(now=timezone.now()).order_by("stage")
    stage = _stage_of(key)
    if stage is not None:
        wanted = in_force.filter(stage=stage.value)
    else:
        sets = {criterion.criteria_id for criterion in conditions_about(key, Criterion.objects.all())}
        wanted = in_force.filter(criteria__in=sets)
    for row in wanted:
        yield (
            f"{STAGE_SHORT[Stage(row.stage)]}, version {row.version}, in force",
            reverse("admin:leads_definition_change", args=[row.pk]),
        )


def _criteria(key: str) -> Iterator[Use]:
    """The sets of criteria with what each asks for."""
    for criterion in conditions_about(key, Criterion.objects.select_related("criteria").order_by("criteria")):
        yield (
            f"{criterion.criteria.name}: {criterion}",
            reverse("admin:leads_criteriaset_change", args=[criterion.criteria_id]),
        )


def _lead_page(key: str) -> Iterator[Use]:
    """The stage on the path of a lead, the steps as its buttons."""
    listed = reverse("admin:leads_lead_changelist")
    stage = _stage_of(key)
    if stage is not None:
        off = StageSetting.objects.filter(stage=stage.value, in_use=False).exists()
        if off:
            yield "The stage is switched off", reverse("admin:leads_stagesetting_changelist")
        else:
            yield (
                "The path of stages, the badge in the list, the history",
                f"{listed}?stage__exact={stage.value}",
            )
    if key.startswith("transition."):
        yield "A button on the page of one, and the steps of its history", listed


def _exports(key: str) -> Iterator[Use]:
    from leads.resources import ContactResource, LeadResource

    for model, resource in ((Lead, LeadResource()), (Contact, ContactResource())):
        columns: Mapping[str, Any] = resource.labels()
        if any(labels.key_of(label) == key for label in columns.values()):
            name = capfirst(str(model._meta.verbose_name_plural))
            yield (
                f"{name}: a column of CSV and XLSX",
                reverse(f"admin:leads_{model._meta.model_name}_changelist"),
            )


def _stage_of(key: str) -> Stage | None:
    parts = key.split(".")
    return Stage(parts[1]) if parts[0] == "stage" and len(parts) > 1 and parts[1] in Stage.values else None
