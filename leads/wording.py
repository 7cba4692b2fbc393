"""What a stage's word means today: the definition in force, for every place that shows the word."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from leadops.per_request import once
from leads.enums import STAGE_MEANING, Stage
from leads.models import Definition


@dataclass(frozen=True, slots=True)
class Wording:
    """The definition of one stage that is in force, as far as a hover and a link need it."""

    definition_id: int
    version: int
    text: str


def texts_in_force(*, now: datetime) -> dict[str, Wording]:
    """The words of the definitions in force, by stage. One query, and one only within a request."""
    return once("leads.texts_in_force", lambda: _texts_in_force(now))


def _texts_in_force(now: datetime) -> dict[str, Wording]:
    rows = Definition.objects.in_force(now=now).order_by("version")
    return {
        stage: Wording(pk, version, text)
        for pk, stage, version, text in rows.values_list("pk", "stage", "version", "text")
    }


def meaning(stage: str, *, now: datetime | None = None) -> str:
    """What the stage means: the agreed text, or what its word means in general while nothing is agreed."""
    known = texts_in_force(now=now or timezone.now()).get(stage)
    return known.text if known is not None else str(STAGE_MEANING[Stage(stage)])


def title(stage: str, *, now: datetime | None = None) -> str:
    """The stage's full name with what it means, for a hover."""
    return f"{Stage(stage).label}: {meaning(stage, now=now)}"


def page_of(stage: str, *, now: datetime | None = None) -> str:
    """The page of the stage's definition in force, or "" while there is none."""
    known = texts_in_force(now=now or timezone.now()).get(stage)
    return reverse("admin:leads_definition_change", args=[known.definition_id]) if known is not None else ""
