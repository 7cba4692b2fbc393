"""What scoring shows on the pages of leads: the box on the lead page and the column of the lead list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from leadops.admin import badge
from leads.models import Lead
from leads.workspace import Panel
from scoring import words
from scoring.explaining import explain
from scoring.models import Grade, LeadScore, ScoringModel

# Colours of static/leadops/leadops.css.
GRADE_COLOURS: Final = {Grade.A: "green", Grade.B: "teal", Grade.C: "amber", Grade.D: "slate"}
MISSING_SHOWN: Final = 6  # what would add points: the dearest ones, so that the list stays advice


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of the score against what makes an A."""

    label: Any
    points: int
    percent: int


def grade_badge(grade: str) -> SafeString | str:
    """The grade as a coloured label; nothing for a lead that was never scored."""
    return badge(Grade(grade).label, GRADE_COLOURS[Grade(grade)]) if grade in Grade.values else ""


@admin.display(description=words.COLUMN, ordering="-score__total")
def score_column(lead: Lead) -> SafeString | str:
    """Points and grade, for the lead list."""
    score: LeadScore | None = getattr(lead, "score", None)
    return "—" if score is None else format_html("{} {}", score.total, grade_badge(score.grade))


def score_panel(request: HttpRequest, lead: Lead) -> Panel | None:
    """The score as it is at this moment, with every reason; None without a scoring model in force."""
    if not request.user.has_perm("scoring.view_scoringmodel"):
        return None
    found = explain(lead, now=timezone.now())
    if found.scoring_model is None:
        return None
    stored: LeadScore | None = getattr(lead, "score", None)
    return Panel(
        title=words.PANEL,
        template="scoring/score_panel.html",
        context={
            "score": found,
            "grade": grade_badge(found.grade),
            "bars": _bars(found.scoring_model, fit=found.fit, engagement=found.engagement),
            "missing": found.missing[:MISSING_SHOWN],
            # The lists show the stored score; it may be some seconds, or with a window of days some hours, behind.
            "stored": stored if stored is not None and stored.total != found.total else None,
        },
        order=10,
    )


def _bars(scoring_model: ScoringModel, *, fit: int, engagement: int) -> Sequence[Bar]:
    full = max(scoring_model.grade_a, fit, engagement, 1)
    return [
        Bar(
            label=_label(name),
            points=points,
            percent=max(0, points) * 100 // full,
        )
        for name, points in (("fit", fit), ("engagement", engagement))
    ]


def _label(name: str) -> Any:
    """What the company calls this field of a score."""
    return LeadScore._meta.get_field(name).verbose_name  # type: ignore[union-attr]
