"""The agreement in force as a document: words, stages, definitions with their criteria, checklist, reasons."""

from datetime import datetime
from typing import Any

from leads import lifecycle
from leads.conditions import describe
from leads.criteria import activity_names
from leads.enums import STAGE_MEANING, STAGE_SHORT, ReasonKind, Stage
from leads.models import CriteriaSet, Definition, QualificationQuestion, Reason


def agreement(*, now: datetime) -> dict[str, Any]:
    """What the two teams agreed, as plain values: stages in use with their definition, checklist, reasons by kind."""
    definitions = {row.stage: row for row in Definition.objects.in_force(now=now).select_related("criteria")}
    return {
        "as_of": now.isoformat(),
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


def as_markdown(content: dict[str, Any]) -> str:
    """The document for people."""
    lines = ["# What marketing and sales agreed", "", f"In force on {content['as_of'][:10]}.", ""]
    for stage in content["stages"]:
        lines += [f"## {stage['name']} ({stage['short']})", "", stage["meaning"], ""]
        if definition := stage["definition"]:
            lines += [
                f"Definition, version {definition['version']} ({definition['owner_team']}): {definition['text']}",
                "",
            ]
            if definition["criteria"]:
                lines += [f"{'All' if definition['match'] == 'all' else 'Any'} of:", ""]
                lines += [*map(_criterion_line, definition["criteria"]), ""]
    lines += [
        f"## Questions before “{Stage.SALES_QUALIFIED.label}”",
        "",
        *[f"- {question}" for question in content["checklist"]],
        "",
    ]
    lines += ["## Reasons", ""]
    for kind, texts in content["reasons"].items():
        lines.append(f"- {ReasonKind(kind).label}: {'; '.join(texts) or 'none'}")
    return "\n".join(lines) + "\n"


def _criterion_line(item: dict[str, str]) -> str:
    return f"- {item['text']} ({item['group']})" if item["group"] else f"- {item['text']}"
