"""The page of one definition: what was agreed, who owns it, what shows it, what carries it, and who doubts it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from leads import calls_to_action, kpi
from leads.conditions import ACTIVITY_GROUPS, Kind, split_values
from leads.criteria import activity_names, as_content, compile_set, sentences
from leads.enums import OPEN_STAGES, STAGE_SHORT, ChallengeState, Stage
from leads.models import ActivityType, Challenge, Criterion, Definition, DefinitionExample, Lead
from leads.querysets import Person
from leads.words import LEADS

COUNTED: Final = 10_000  # leads, the newest; so that the page stays quick with a million
SHOWN: Final = 20  # examples of one definition
DISPUTES_SHOWN: Final = 6  # the newest; the agenda has them all


@dataclass(frozen=True, slots=True)
class Fit:
    """Of the newest `COUNTED` leads that the reader may see, and of those in the stage: how many meet the criteria."""

    open: int
    meeting: int
    in_stage: int
    in_stage_meeting: int


def context(*, definition: Definition, reader: Person, now: datetime) -> dict[str, Any]:
    """Everything that the page shows, in a bounded number of queries."""
    in_force = list(Definition.objects.in_force(now=now))
    is_in_force = any(row.pk == definition.pk for row in in_force)
    carried = [
        row
        for row in (calls_to_action.carried(now=now) if is_in_force else [])
        if definition.pk in row.definition_ids
    ]
    volumes = calls_to_action.volumes(now=now) if carried else {}
    conditions = list(definition.criteria.criteria.all()) if definition.criteria else []
    found = fit(definition, reader=reader, now=now)
    examples = (
        DefinitionExample.objects.visible_to(reader)
        .filter(stage=definition.stage)
        .select_related("lead__contact__account", "added_by")
    )
    disputes = (
        Challenge.objects.visible_to(reader)
        .filter(definition=definition, state=ChallengeState.OPEN)
        .select_related("lead__contact__account", "raised_by")
    )
    return {
        "definition": definition,
        "stage": Stage(definition.stage),
        "short": STAGE_SHORT[Stage(definition.stage)],
        "is_in_force": is_in_force,
        "match": definition.criteria.match if definition.criteria else "",
        "match_label": definition.criteria.get_match_display() if definition.criteria else "",
        "criteria": criteria_sentences(definition, conditions),
        "fit": found,
        "counted": COUNTED,
        "examples": list(examples.filter(is_counter_example=False)[:SHOWN]),
        "counter_examples": list(examples.filter(is_counter_example=True)[:SHOWN]),
        "carried": [(row, volumes.get(row.type.pk, 0)) for row in carried],
        "disputes": list(disputes[:DISPUTES_SHOWN]),
        "disputes_number": disputes.count(),
        "versions": list(
            Definition.objects.filter(stage=definition.stage).exclude(pk=definition.pk).order_by("-version")
        ),
        "conflicts": [
            conflict
            for conflict in kpi.conflicts(in_force)
            if definition.pk in (conflict.first.pk, conflict.second.pk)
        ],
        "warnings": warnings(definition, conditions=conditions, found=found, now=now)
        + [sentence for row in in_force if row.pk == definition.pk for sentence in kpi.unmeasured([row])],
    }


def criteria_sentences(definition: Definition, conditions: list[Criterion]) -> list[str]:
    """The criteria as people read them, one a line. One query where activities are named."""
    if definition.criteria is None:
        return []
    return sentences(as_content(definition.criteria), names=activity_names(conditions))


def fit(definition: Definition, *, reader: Person, now: datetime) -> Fit | None:
    """How the leads stand to the criteria now; None for a definition without any. Four queries."""
    if definition.criteria is None:
        return None
    meets = compile_set(definition.criteria, now=now)
    running = Lead.objects.visible_to(reader).filter(stage__in=OPEN_STAGES)
    there = running.filter(stage=definition.stage)
    return Fit(*_counts(running, meets), *_counts(there, meets))


def _counts(rows: Any, meets: Q) -> tuple[int, int]:
    """How many of the newest `rows` there are, and how many of these meet it."""
    newest = rows.order_by("-pk").values("pk")[:COUNTED]
    return newest.count(), Lead.objects.filter(meets, pk__in=newest).count()


def warnings(
    definition: Definition, *, conditions: list[Criterion], found: Fit | None, now: datetime
) -> list[str]:
    """What is wrong with the definition as it stands, with the numbers. One query where activities are named."""
    if definition.criteria is None:
        return []
    said = []
    if found is not None and found.open and not found.meeting:
        said.append(f"None of the {found.open:,} open {LEADS} that you see meets it. Is it too strict?")
    if found is not None and found.open > 1 and found.meeting == found.open:
        said.append(f"Every one of the {found.open:,} open {LEADS} that you see meets it. Is it too loose?")
    if found is not None and found.in_stage > found.in_stage_meeting:
        gone = found.in_stage - found.in_stage_meeting
        said.append(
            f"{gone:,} of the {found.in_stage:,} that are there now do not meet it any more; "
            "they came in by a former version, or what showed it is too long ago."
        )
    keys = {
        key
        for row in conditions
        if row.kind == Kind.ACTIVITY
        for key in split_values(row.activity_types)
        if key not in ACTIVITY_GROUPS
    }
    in_use = dict(ActivityType.objects.filter(key__in=keys).values_list("key", "is_active")) if keys else {}
    said += [
        f"It asks for “{key}”, which is not in the catalogue any more. Nobody can do that."
        for key in sorted(keys)
        if not in_use.get(key)
    ]
    return said
