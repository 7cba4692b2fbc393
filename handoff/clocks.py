"""How long a lead has waited and by when somebody is to reach out. Plain hours: nights and Sundays count."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery

from handoff.models import ServiceLevel
from leads.enums import Channel
from leads.models import Activity, Lead

SOON: Final = timedelta(hours=1)  # what is due within the hour is shown as urgent

# On these a person is reached out to; a note that a rep leaves to colleagues is no response.
OUTWARD_CHANNELS: Final = (
    Channel.PHONE,
    Channel.EMAIL,
    Channel.CHAT,
    Channel.SOCIAL,
    Channel.MEETING,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """The wait of one lead in its present stage."""

    since: datetime
    due_at: datetime | None
    responded_at: datetime | None
    now: datetime

    @property
    def is_running(self) -> bool:
        """Whether a response is still owed."""
        return self.due_at is not None and self.responded_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_running and self.due_at is not None and self.due_at < self.now

    @property
    def is_soon(self) -> bool:
        return self.is_running and self.due_at is not None and self.now <= self.due_at < self.now + SOON

    @property
    def text(self) -> str:
        """The state of the clock in a few words: "due in 3 h 20 min", "2 h late", "waiting for 4 days"."""
        if self.responded_at is not None:
            return f"reached out after {spoken(self.responded_at - self.since)}"
        if self.due_at is None:
            return f"waiting for {spoken(self.now - self.since)}"
        if self.due_at < self.now:
            return f"{spoken(self.now - self.due_at)} late"
        return f"due in {spoken(self.due_at - self.now)}"

    @property
    def waiting(self) -> str:
        """How long the lead has been in its stage."""
        return spoken(self.now - self.since)


def spoken(span: timedelta) -> str:
    """A span of time as people say it: "less than a minute", "12 min", "3 h 20 min", "2 days 4 h", "9 days"."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days >= 3:
        return f"{days} days"
    if days:
        return f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    return f"{minutes} min" if minutes else "less than a minute"


def hours_by_stage() -> dict[str, int]:
    """Within how many hours each stage asks for a response; stages without a response time are left out. One query."""
    return dict(ServiceLevel.objects.values_list("stage", "first_response_hours"))


def due_at(lead: Lead, *, hours: dict[str, int]) -> datetime | None:
    """The moment by which somebody is to reach out, or None for a stage without a response time."""
    within = hours.get(lead.stage)
    return None if within is None else lead.stage_entered_at + timedelta(hours=within)


def with_response(leads: QuerySet[Lead]) -> QuerySet[Any]:
    """`leads` with `responded_at`: when a person first reached out since the lead came into its stage."""
    first = (
        Activity.objects.filter(
            lead=OuterRef("pk"),
            by__isnull=False,
            at__gte=OuterRef("stage_entered_at"),
            type__channel__in=OUTWARD_CHANNELS,
        )
        .order_by("at")
        .values("at")[:1]
    )
    return leads.annotate(responded_at=Subquery(first))


def clock(lead: Any, *, hours: dict[str, int], now: datetime) -> Clock:
    """The clock of a lead that comes from `with_response`."""
    return Clock(
        since=lead.stage_entered_at,
        due_at=due_at(lead, hours=hours),
        responded_at=lead.responded_at,
        now=now,
    )
