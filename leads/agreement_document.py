"""The agreement in force for machines: the document, and beside it stages, definitions, checklist and reasons."""

from datetime import datetime
from typing import Any

from leads import lifecycle
from leads.conditions import describe
from leads.criteria import activity_names
from leads.enums import STAGE_MEANING, STAGE_SHORT, ReasonKind
from leads.models import CriteriaSet, Definition, QualificationQuestion, Reason
from terminology.document import document


def agreement(*, now: datetime) -> dict[str, Any]:
    """`terminology.document` with stages in use and their definitions, the checklist, and reasons by kind."""
    definitions = {row.stage: row for row in Definition.objects.in_force(now=now).select_related("criteria")}
    return document(now=now) | {
        "stages": [
            {
                "stage": stage.value,
                "name": str(stage.label),
                "short": str(STAGE_SHORT[stage]),
                "meaning": str(STAGE_MEANING[stage]),
                "definition": _definition(definitions[stage]) if stage in definitions else None,
            }
            for stage in lifecycle.stages_in_use()
        ],
        "checklist": list(
            QualificationQuestion.objects.filter(is_active=True).values_list("question", flat=True)
        ),
        "reasons": {
            kind.value: list(Reason.objects.filter(kind=kind, is_active=True).values_list("text", flat=True))
            for kind in ReasonKind
        },
    }


def _definition(definition: Definition) -> dict[str, Any]:
    return {
        "version": definition.version,
        "text": definition.text,
        "owner_team": definition.owner_team,
        "in_force_from": definition.in_force_from.isoformat(),
        "match": definition.criteria.match if definition.criteria else None,
        "criteria": _criteria(definition.criteria) if definition.criteria else [],
    }


def _criteria(criteria: CriteriaSet) -> list[dict[str, str]]:
    rows = list(criteria.criteria.all())
    names = activity_names(rows)
    return [{"group": row.group, "text": describe(row, names=names)} for row in rows]
