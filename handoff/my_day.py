"""A rep's day as a list: who is new, whom to call, what is being negotiated, and what nobody has taken yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.urls import reverse

from handoff import clocks, routing, words
from handoff.clocks import Clock
from leadops.names import full_name
from leads import lifecycle
from leads.conditions import FIELDS
from leads.enums import (
    OPEN_OPPORTUNITY_STAGES,
    SALES_STAGES,
    STAGE_SHORT,
    Stage,
)
from leads.models import Activity, Lead, Team, TeamMember
from leads.workspace import stage_colours

SECTION_LENGTH: Final = 50  # leads shown per section; nobody works through more in a day
GRADE_COLOURS: Final = {"A": "green", "B": "teal", "C": "amber", "D": "slate"}


@dataclass(frozen=True, slots=True)
class Row:
    """One lead of the list with everything that is shown of it."""

    lead: Any
    name: str
    title: str
    company: str
    url: str
    stage_short: Any
    stage_label: Any
    stage_colour: str
    clock: Clock
    score: int | None
    grade_label: str
    grade_colour: str
    why: str  # the last sign of interest
    why_at: datetime | None
    opportunity: Any
    may_take: bool = False
    has_opted_out: bool = False
    waiting_because: str = ""


@dataclass(slots=True)
class Section:
    """A part of the list, the most urgent first."""

    key: str
    title: Any
    hint: Any
    rows: list[Row] = field(default_factory=list)
    has_more: bool = False
    all_url: str = ""

    @property
    def shared_reason(self) -> str:
        """Why all the leads of the section wait, where it is the same for each of several."""
        reasons = {row.waiting_because for row in self.rows}
        return reasons.pop() if len(reasons) == 1 and len(self.rows) > 1 else ""

    @property
    def count(self) -> str:
        """The number of leads, as far as they were counted."""
        return f"{len(self.rows)}+" if self.has_more else str(len(self.rows))


@dataclass(slots=True)
class Queue:
    """The whole list of one person."""

    sections: list[Section]
    now: datetime

    @property
    def overdue(self) -> int:
        """How many of the shown leads should have been answered by now."""
        return sum(row.clock.is_overdue for section in self.sections for row in section.rows)

    @property
    def total(self) -> int:
        return sum(len(section.rows) for section in self.sections)

    @property
    def is_empty(self) -> bool:
        return not any(section.rows for section in self.sections)


def my_queue(*, user: User, now: datetime) -> Queue:
    """The user's own leads with sales, by stage, then those of the user's teams that nobody has. Bounded queries."""
    own = Lead.objects.visible_to(user).filter(owner_id=user.pk)
    negotiating = Q(stage=Stage.SALES_QUALIFIED) | Q(opportunity__stage__in=OPEN_OPPORTUNITY_STAGES)
    sections = [
        (
            Section(
                "new",
                words.NEW,
                words.NEW_HINT,
            ),
            own.in_stage(Stage.MARKETING_QUALIFIED),
        ),
        (
            Section(
                "call",
                words.CALL,
                words.CALL_HINT,
            ),
            own.in_stage(Stage.SALES_ACCEPTED).exclude(negotiating),
        ),
        (
            Section(
                "opportunities",
                words.OPPORTUNITIES,
                words.OPPORTUNITIES_HINT,
            ),
            own.in_stage(*SALES_STAGES).filter(negotiating),
        ),
        (
            Section(
                "free",
                words.FREE,
                words.FREE_HINT,
            ),
            Lead.objects.visible_to(user).unassigned().in_stage(*SALES_STAGES),
        ),
    ]
    found = [_fetch(leads) for _, leads in sections]
    describe = _describer(user, [lead for leads in found for lead in leads], free=found[-1], now=now)
    for (section, _), leads in zip(sections, found, strict=True):
        section.rows = [describe(lead) for lead in leads[:SECTION_LENGTH]]
        section.has_more = len(leads) > SECTION_LENGTH
        section.all_url = _list_url(section.key)
    return Queue([section for section, _ in sections], now)


def _list_url(key: str) -> str:
    """The lead list with all the leads of a section."""
    stage = {
        "new": Stage.MARKETING_QUALIFIED,
        "call": Stage.SALES_ACCEPTED,
        "opportunities": Stage.SALES_QUALIFIED,
    }
    whose = "whose=nobody" if key == "free" else "whose=mine"
    only = f"&stage__exact={stage[key].value}" if key in stage else ""
    return f"{reverse('admin:leads_lead_changelist')}?{whose}{only}"


def _fetch(leads: Any) -> list[Any]:
    """One more than is shown, with everything that a row shows but the activities: one query."""
    also = ["opportunity", *(["score"] if "score.total" in FIELDS else [])]
    interest = (
        Activity.objects.filter(lead=OuterRef("pk"), type__is_engagement=True)
        .order_by("-at", "-pk")
        .values("pk")
    )
    rows = clocks.with_response(leads.with_people().select_related(*also))
    rows = rows.annotate(interest_id=Subquery(interest[:1]))
    # First those who have not heard from us, the longest wait on top; then those whom we reached longest ago.
    rows = rows.order_by(F("responded_at").asc(nulls_first=True), "stage_entered_at", "pk")
    return list(rows[: SECTION_LENGTH + 1])


def _describer(user: User, leads: Sequence[Any], *, free: Iterable[Any], now: datetime) -> Any:
    """A function that makes a lead a row; everything that it needs for all of them is read here."""
    interests = Activity.objects.select_related("type").in_bulk(
        [lead.interest_id for lead in leads if lead.interest_id]
    )
    hours = clocks.hours_by_stage()
    colours = stage_colours()
    free_ids = [lead.pk for lead in free]
    reasons = routing.reasons_for_waiting(lead_ids=free_ids, now=now)
    takeable = (
        set(user.team_memberships.values_list("team", flat=True))
        if free_ids and user.has_perm("leads.work_lead")
        else set()
    )

    def describe(lead: Any) -> Row:
        contact = lead.contact
        score = getattr(lead, "score", None)
        interest = interests.get(lead.interest_id)
        opted_out = contact is not None and contact.opted_out_at is not None
        return Row(
            lead=lead,
            name=str(contact or lead),
            title=contact.title if contact else "",
            company=str(contact.account or "") if contact else "",
            url=reverse("admin:leads_lead_change", args=[lead.pk]),
            stage_short=STAGE_SHORT[Stage(lead.stage)],
            stage_label=Stage(lead.stage).label,
            stage_colour=colours[lead.stage],
            clock=clocks.clock(lead, hours=hours, now=now),
            score=score.total if score and score.grade else None,
            grade_label=str(score.get_grade_display()) if score else "",
            grade_colour=GRADE_COLOURS.get(score.grade if score else "", "slate"),
            why=_why(interest),
            why_at=interest.at if interest else None,
            opportunity=getattr(lead, "opportunity", None),
            may_take=lead.owner_id is None and lead.team_id in takeable and not opted_out,
            has_opted_out=opted_out,
            waiting_because=reasons.get(lead.pk, ""),
        )

    return describe


def _why(interest: Activity | None) -> str:
    """The last sign of interest in a few words."""
    if interest is None:
        return ""
    name = str(interest.type)
    return f"{name}: {interest.subject}" if interest.subject and interest.subject != name else name


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of a team as the manager sees them."""

    member: TeamMember
    name: str
    stages: list[int]  # open leads in each of the sales stages in use

    @property
    def is_receiving(self) -> bool:
        return self.member.receives_leads and self.member.user.is_active


@dataclass(frozen=True, slots=True)
class TeamDay:
    """A team with who receives leads and how many each has."""

    team: Team
    colleagues: list[Colleague]
    waiting: int  # leads of the team that nobody has


def my_teams(*, user: User) -> tuple[list[Any], list[TeamDay]]:
    """The short names of the sales stages in use, and the teams of `user` with their members. Five queries."""
    in_use = [stage for stage in lifecycle.stages_in_use() if stage in SALES_STAGES]
    teams = list(Team.objects.visible_to(user).order_by("name"))
    counts: dict[tuple[int, str], int] = {
        (owner, stage): number
        for owner, stage, number in Lead.objects.filter(
            stage__in=in_use, owner__team_memberships__team__in=teams
        )
        .order_by()
        .values_list("owner", "stage")
        .annotate(number=Count("pk", distinct=True))
    }
    free = dict(
        Lead.objects.filter(stage__in=in_use, owner=None, team__in=teams)
        .order_by()
        .values_list("team")
        .annotate(Count("pk"))
    )
    members = (
        TeamMember.objects.filter(team__in=teams)
        .select_related("user")
        .order_by("-user__is_active", "-receives_leads", "user__first_name", "pk")
    )
    colleagues: dict[int, list[Colleague]] = {}
    for member in members:
        name = full_name(member.user)
        numbers = [counts.get((member.user_id, stage.value), 0) for stage in in_use]
        colleagues.setdefault(member.team_id, []).append(Colleague(member, name, numbers))
    return (
        [STAGE_SHORT[stage] for stage in in_use],
        [TeamDay(team, colleagues.get(team.pk, []), free.get(team.pk, 0)) for team in teams],
    )
