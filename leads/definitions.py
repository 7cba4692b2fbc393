"""Bringing a definition into force: the one way, for agreements. None is ever rewritten."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from leads.enums import Stage
from leads.models import CriteriaSet, Definition
from terminology.models import Agreement


def next_version(stage: Stage) -> int:
    """The number of the next definition of `stage`, counted from 1."""
    newest: int | None = Definition.objects.filter(stage=stage).aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1


def bring_into_force(
    *,
    stage: Stage,
    text: str,
    owner_team: str,
    criteria: CriteriaSet | None,
    by: User | None,
    now: datetime,
    agreement: Agreement | None = None,
    kpi: str = "",
    kpi_measure: str = "",
    incentive: str = "",
) -> Definition:
    """Make the next version of the stage's definition hold from `now`, and supersede the one before it."""
    with transaction.atomic():
        Definition.objects.filter(stage=stage, superseded_at=None).update(superseded_at=now)
        made: Definition = Definition.objects.create(
            stage=stage,
            version=next_version(stage),
            text=text,
            owner_team=owner_team,
            criteria=criteria,
            kpi=kpi,
            kpi_measure=kpi_measure,
            incentive=incentive,
            agreement=agreement,
            in_force_from=now,
            created_by=by,
        )
    return made
