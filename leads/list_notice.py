"""The clock of Art. 14 GDPR: people whose details we did not get from themselves are told so within a month."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from leadops.errors import LeadOpsError
from leadops.log import write_log
from leads.models import Source

LONGEST: Final = timedelta(days=30)  # never more than a month, whatever month it is
SHOWN_BEFORE: Final = timedelta(days=14)  # from here on marketing's first page names the list
MAY_GIVE: Final = "leads.change_source"
NOT_TOLD: Final = (
    "The people of this list have not been told within a month where we have their details from, so nobody contacts "
    "them. Give the notice, and note its date on the page of the list."
)


class NoticeRefused(LeadOpsError):
    """The notice can't be noted; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How the notice of one list stands on a day."""

    due_on: date | None
    given_on: date | None
    days_left: int = 0

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.given_on is None and self.days_left < 0

    @property
    def colour(self) -> str:
        """A class of static/leadops/leadops.css."""
        if self.given_on is not None:
            return "green"
        return "red" if self.is_overdue else "amber" if self.days_left <= SHOWN_BEFORE.days else "slate"

    @property
    def sentence(self) -> str:
        """The state in a few words; "" where no notice is needed."""
        if self.given_on is not None:
            return f"Notice given on {date_format(self.given_on, 'j M Y')}"
        if self.due_on is None:
            return ""
        days = abs(self.days_left)
        if not days:
            return "Notice due today"
        spoken = f"{days} day{'' if days == 1 else 's'}"
        return f"Notice overdue by {spoken}" if self.is_overdue else f"Notice due in {spoken}"


def due_on(*, arrived_at: datetime) -> date:
    """The last day for the notice: a calendar month after the first rows, and never more than 30 days."""
    start = timezone.localdate(arrived_at)
    year, month = start.year + start.month // 12, start.month % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return min(date(year, month, min(start.day, last)), start + LONGEST)


def clock(source: Source, *, now: datetime) -> Clock:
    """How the notice of `source` stands at `now`."""
    left = (source.notice_due_on - timezone.localdate(now)).days if source.notice_due_on else 0
    return Clock(source.notice_due_on, source.notice_given_on, left)


def overdue(*, now: datetime, prefix: str = "") -> Q:
    """The sources whose people should have been told by now; `prefix` leads to the source ("source__")."""
    return Q(
        **{f"{prefix}notice_given_on__isnull": True, f"{prefix}notice_due_on__lt": timezone.localdate(now)}
    )


def waiting(*, now: datetime) -> list[tuple[Source, Clock]]:
    """The lists whose notice is due soon or overdue, the most urgent first. One query."""
    rows = Source.objects.filter(
        notice_given_on=None, notice_due_on__lte=timezone.localdate(now) + SHOWN_BEFORE
    )
    return [(source, clock(source, now=now)) for source in rows.order_by("notice_due_on", "name")[:10]]


def give(*, source: Source, on: date, by: User, now: datetime) -> None:
    """Note that the people of the list were told on a day. Raises `NoticeRefused`."""
    if not by.has_perm(MAY_GIVE):
        raise NoticeRefused("Your role does not note notices. Ask marketing.")
    if on > timezone.localdate(now):
        raise NoticeRefused("This day has not come yet. Note the notice when it is given.")
    if on < timezone.localdate(source.created_at):
        raise NoticeRefused(
            "On this day the list was not here yet. Write the day on which its people were told."
        )
    with transaction.atomic():
        if not Source.objects.filter(pk=source.pk, notice_given_on=None).update(notice_given_on=on):
            raise NoticeRefused("The notice of this list is noted already. Nothing was changed.")
        write_log(source, f"Notice under Art. 14 given on {on.isoformat()}.", by_id=by.pk, now=now)
    source.notice_given_on = on


def not_told(source: Any, *, now: datetime) -> str:
    """The sentence about a lead of `source` whom nobody may contact for want of the notice; "" where one may."""
    return NOT_TOLD if source is not None and clock(source, now=now).is_overdue else ""
