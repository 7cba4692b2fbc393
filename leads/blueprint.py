"""Loads the sections of a blueprint that belong to leads: stages, catalogues, checklist, definitions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model

from leads.criteria import create_set
from leads.definitions import bring_into_force, next_version
from leads.enums import STAGE_SHORT, Stage
from leads.models import (
    ActivityType,
    Definition,
    NurtureProgramme,
    QualificationQuestion,
    Reason,
    StageSetting,
)
from terminology import blueprints

By = User | None


def register() -> None:
    """Tell the blueprints which sections are loaded here; definitions come after the activity types that they name."""
    blueprints.register("stages", load_stages, order=10)
    blueprints.register("activity_types", load_activity_types, order=10)
    blueprints.register("reasons", load_reasons, order=10)
    blueprints.register("nurture_programmes", load_nurture_programmes, order=10)
    blueprints.register("checklist", load_checklist, order=10)
    blueprints.register("definitions", load_definitions, order=20)


def load_stages(section: list[Mapping[str, Any]], *, by: By, now: datetime) -> int:
    return _upsert(StageSetting, section, unique=["stage"])


def load_activity_types(section: list[Mapping[str, Any]], *, by: By, now: datetime) -> int:
    """Types that the blueprint does not know stay, for the sake of their activities, but are no longer offered."""
    rows = [
        {
            **row,
            "is_active": True,
            "is_logged_by_reps": row["is_conversation"] or row["is_appointment"] or row["key"] in _REP_LOG,
        }
        for row in section
    ]
    ActivityType.objects.exclude(key__in=[row["key"] for row in section]).update(is_active=False)
    return _upsert(ActivityType, rows, unique=["key"])


# What a rep notes by hand beside conversations and appointments.
_REP_LOG = ("call_attempt", "note", "email_reply")


def load_reasons(section: list[Mapping[str, Any]], *, by: By, now: datetime) -> int:
    wanted = {(row["kind"], row["key"]) for row in section}
    gone = [reason.pk for reason in Reason.objects.all() if (reason.kind, reason.key) not in wanted]
    Reason.objects.filter(pk__in=gone).update(is_active=False)
    return _upsert(Reason, [{**row, "is_active": True} for row in section], unique=["kind", "key"])


def load_nurture_programmes(section: list[str], *, by: By, now: datetime) -> int:
    NurtureProgramme.objects.exclude(name__in=section).update(is_active=False)
    return _upsert(NurtureProgramme, [{"name": name, "is_active": True} for name in section], unique=["name"])


def load_checklist(section: list[Mapping[str, Any]], *, by: By, now: datetime) -> int:
    QualificationQuestion.objects.exclude(key__in=[row["key"] for row in section]).update(is_active=False)
    rows = [{**row, "position": place, "is_active": True} for place, row in enumerate(section)]
    return _upsert(QualificationQuestion, rows, unique=["key"])


def load_definitions(section: list[Mapping[str, Any]], *, by: By, now: datetime) -> int:
    """Each definition as a new version in force from now; the versions before are superseded, never changed."""
    Definition.objects.filter(superseded_at=None).update(superseded_at=now)
    for row in section:
        stage = Stage(row["stage"])
        name = f"{STAGE_SHORT[stage]} v{next_version(stage)}"
        bring_into_force(
            stage=stage,
            text=row["text"],
            owner_team=row["owner_team"],
            criteria=create_set(name=name, content=row["criteria"]) if row.get("criteria") else None,
            by=by,
            now=now,
        )
    return len(section)


def _upsert(model: type[Model], rows: Iterable[Mapping[str, Any]], *, unique: list[str]) -> int:
    """Write catalogue rows by their keys, in one statement; returns how many."""
    objects = [model(**row) for row in rows]
    for row in objects:
        row.clean_fields()
    changed = sorted({name for row in rows for name in row} - set(unique)) or unique
    model._default_manager.bulk_create(
        objects, update_conflicts=True, unique_fields=unique, update_fields=changed
    )
    return len(objects)
