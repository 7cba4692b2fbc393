"""The agenda of the next review: what was disputed and told, what was ruled, and what the definitions leave open."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from leads import calls_to_action, kpi
from leads.challenges import ChallengeRefused, take_up
from leads.enums import ChallengeState
from leads.models import Challenge, Definition
from leads.querysets import Person
from terminology import agreements
from terminology.models import Agreement

SHOWN: Final = 200  # disputes on the page, the newest; the counts are of all
RULINGS_SHOWN: Final = 50
MAX_NOTE: Final = 4000  # characters, as the agreement's note holds them


@dataclass(slots=True)
class Point:
    """One criterion of one definition that people dispute, or the definition as such (`criterion` is empty)."""

    definition: Definition
    criterion: str
    open: int = 0
    stories: int = 0
    upheld: int = 0
    rejected: int = 0
    challenges: list[Challenge] = field(default_factory=list)

    @property
    def weight(self) -> tuple[int, int, int]:
        """What comes first: what was found right, then what is most disputed, then what is told."""
        return (self.upheld + self.open, self.upheld, self.stories)


@dataclass(slots=True)
class Agenda:
    """What both teams talk about when they next meet, of what the reader may see."""

    since: datetime | None  # when the agreement in force came into force; None: nothing is agreed yet
    agreement: Agreement | None
    points: list[Point]
    is_cut: bool  # there are more disputes than the page shows
    rulings: list[Challenge]
    gaps: list[calls_to_action.Carried]
    conflicts: list[kpi.Conflict]
    unmeasured: list[str]

    @property
    def may_be_taken_up(self) -> bool:
        """Whether any dispute waits for a draft."""
        return any(
            row.agreement is None or not row.agreement.is_open
            for point in self.points
            for row in point.challenges
        )

    @property
    def is_empty(self) -> bool:
        return not (self.points or self.gaps or self.conflicts or self.unmeasured)


def agenda(*, reader: Person, now: datetime) -> Agenda:
    """The agenda as `reader` may read it: leads that they may not see are neither named nor counted. Ten queries."""
    in_force = Agreement.objects.in_force().first()
    since = in_force.in_force_at if in_force is not None else None
    waiting = to_discuss(reader=reader, in_force=in_force)
    definitions = list(Definition.objects.in_force(now=now))
    shown = list(
        waiting.select_related("lead__contact__account", "definition", "raised_by", "ruled_by", "agreement")[
            : SHOWN + 1
        ]
    )
    ruled = Challenge.objects.visible_to(reader).exclude(state=ChallengeState.OPEN)
    if since is not None:
        ruled = ruled.filter(ruled_at__gte=since)
    return Agenda(
        since=since,
        agreement=in_force,
        points=_points(waiting, shown[:SHOWN]),
        is_cut=len(shown) > SHOWN,
        rulings=list(
            ruled.select_related("lead__contact__account", "definition", "raised_by", "ruled_by").order_by(
                "-ruled_at", "-pk"
            )[:RULINGS_SHOWN]
        ),
        gaps=calls_to_action.gaps(now=now),
        conflicts=kpi.conflicts(definitions),
        unmeasured=kpi.unmeasured(definitions),
    )


def to_discuss(*, reader: Person, in_force: Agreement | None) -> QuerySet[Challenge]:
    """Disputes for the next review: open ones, those found right, and stories, until a decided agreement answers them.

    Rulings and stories from before the present agreement (`in_force`) are over.
    """
    since = in_force.in_force_at if in_force is not None else None
    answered = Agreement.objects.filter(in_force_at__isnull=False)
    lately = Q(raised_at__gte=since) | Q(ruled_at__gte=since) if since is not None else Q()
    return (
        Challenge.objects.visible_to(reader)
        .filter(
            Q(state=ChallengeState.OPEN) | (Q(is_story=True) | Q(state=ChallengeState.UPHELD)) & lately,
        )
        .exclude(agreement__in=answered)
    )


def _points(waiting: QuerySet[Challenge], shown: Iterable[Challenge]) -> list[Point]:
    """The disputes by definition and criterion, the worst first. One query."""
    counted = (
        waiting.order_by()
        .values("definition", "criterion")
        .annotate(
            open=Count("pk", filter=Q(state=ChallengeState.OPEN)),
            stories=Count("pk", filter=Q(is_story=True)),
            upheld=Count("pk", filter=Q(state=ChallengeState.UPHELD)),
            rejected=Count("pk", filter=Q(state=ChallengeState.REJECTED)),
        )
    )
    points: dict[tuple[int, str], Point] = {}
    for challenge in shown:
        key = (challenge.definition_id, challenge.criterion)
        point = points.setdefault(key, Point(challenge.definition, challenge.criterion))
        point.challenges.append(challenge)
    for row in counted:
        if counted_point := points.get((row["definition"], row["criterion"])):
            counted_point.open, counted_point.stories = row["open"], row["stories"]
            counted_point.upheld, counted_point.rejected = row["upheld"], row["rejected"]
    return sorted(points.values(), key=lambda point: (*(-part for part in point.weight), point.criterion))


# --- The draft --------------------------------------------------------------------------------------------------------


def open_draft(*, title: str, challenges: Iterable[Challenge], by: User, now: datetime) -> Agreement:
    """A draft agreement that takes up `challenges`, with a note that sums them up.

    The note names criteria and numbers, but neither leads nor people: everybody reads it, also who may not see them.
    Raises the sentences of `agreements.draft` and `challenges.take_up`.
    """
    chosen = list(challenges)
    if not chosen:
        raise ChallengeRefused("Choose at least one dispute that the draft shall answer.")
    with transaction.atomic():
        made = agreements.draft(title=title, by=by, now=now, note=note_of(chosen))
        if not take_up(challenges=chosen, agreement=made, by=by, now=now):
            raise ChallengeRefused("Another draft has taken these up meanwhile. Open that one.")
    return made


def note_of(challenges: Iterable[Challenge]) -> str:
    """What is disputed, as lines for the note of a draft."""
    counted: dict[str, list[Challenge]] = {}
    for challenge in challenges:
        said = challenge.criterion or "the definition as such"
        counted.setdefault(f"{challenge.definition}: {said}", []).append(challenge)
    lines = ["From the review of what was disputed:"]
    for said, rows in sorted(counted.items(), key=lambda pair: -len(pair[1])):
        states = [
            f"{number} {str(state.label).lower()}"
            for state in ChallengeState
            if (number := sum(row.state == state for row in rows))
        ]
        lines.append(f"- {said} ({', '.join(states)})")
    return "\n".join(lines)[:MAX_NOTE]
