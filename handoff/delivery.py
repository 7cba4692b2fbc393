"""The e-mail of notices: one letter with everything that waits for a person, sent by one of its notices.

A letter goes out once. Only where a worker is killed after the mail server took it and before the rows say so, it goes
out a second time: no mail server can take part in our transaction.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Final

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from handoff import notices
from handoff.models import Notice
from leadops.errors import LeadOpsError
from leadops.jobs import LEASE, JobState, Lease, NotNow
from terminology import labels

logger = logging.getLogger(__name__)

LETTER_LENGTH: Final = 50  # notices in one e-mail; the others follow in the next
NEWS_FOR: Final = timedelta(days=3)  # what is older stands in the app, but is no news to anybody's mailbox
SERVER_TIMEOUT: Final = 10  # seconds: less than a lease, or a second worker would send the letter too
RETRY_AFTER: Final = timedelta(
    minutes=1
)  # the first pause while the mail server is away; it grows with the letter's age
RETRY_AT_MOST: Final = timedelta(hours=1)


class MailRefused(LeadOpsError):
    """The mail server does not take e-mails for this person."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail ready to be sent."""

    subject: str
    text: str
    html: str


def send(*, notice: Notice, lease: Lease) -> None:
    """E-mail the notice and what else waits for the same person. Called by the notice's job.

    What invites to contact somebody whom nobody may contact any more is withdrawn instead.
    """
    labels.refresh()
    now = timezone.now()
    if notice.carried_by_id is not None:  # the worker that carried it was killed; it travels by itself now
        Notice.objects.filter(pk=notice.pk).update(carried_by=None)
    carried = _take_along(notice, now=now)
    news = notices.withdraw_walled(rows=_news([notice, *carried], now=now), now=now)
    if news:
        _post(news, notice=notice, now=now)
        Notice.objects.filter(pk__in=[row.pk for row in news]).update(mailed_at=timezone.now())
    _carried(notice).update(state=JobState.DONE, lease_until=None, finished_at=timezone.now())
    lease.advance(rows_done=1)


def letter(rows: Sequence[Notice], *, now: datetime) -> Letter:
    """The notices of one person (from `with_subjects`) as an e-mail, in the words of this moment."""
    shown = notices.in_words(rows, now=now)
    lines = [{"notice": line, "url": notices.absolute(line.url)} for line in shown]
    context: dict[str, Any] = {
        "user": rows[0].user,
        "lines": lines,
        "all_url": notices.absolute(reverse("handoff:notices")),
    }
    return Letter(
        subject=_subject(rows, shown),
        text=render_to_string("email/notices.txt", context),
        html=render_to_string("email/notices.html", context),
    )


def _subject(rows: Sequence[Notice], shown: Sequence[notices.Shown]) -> str:
    titles = {line.title for line in shown}
    if len(rows) == 1:
        subject = f"{shown[0].title}: {rows[0].lead}" if rows[0].lead else shown[0].title
    elif len(titles) == 1:
        subject = f"{len(rows)} × {titles.pop()}"
    else:
        subject = f"{len(rows)} notices for you"
    return " ".join(subject.split())  # a name may hold a line break, which would end the header


def _take_along(notice: Notice, *, now: datetime) -> list[Notice]:
    """Claim the other notices that wait for the same person, as `Job.perform` claims one."""
    waiting = Notice.objects.claimable(now=now).filter(user=notice.user_id).exclude(pk=notice.pk)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[: LETTER_LENGTH - 1])
    if ids:
        Notice.objects.claimable(now=now).filter(pk__in=ids).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            lease_number=F("lease_number") + 1,
            lease_until=now + LEASE,
            started_at=now,
            carried_by=notice,
        )
    return list(_carried(notice).order_by("pk"))


def _carried(notice: Notice) -> Any:
    """The notices that this one has claimed and not yet finished with."""
    return Notice.objects.filter(carried_by=notice, state=JobState.RUNNING)


def _news(rows: Sequence[Notice], *, now: datetime) -> list[Notice]:
    """Those worth an e-mail: fresh, not read in the app meanwhile, about leads that the person still sees."""
    user = rows[0].user
    if not user.is_active or not user.email:
        return []
    wanted = Notice.objects.visible_to(user).unread().filter(created_at__gte=now - NEWS_FOR, mailed_at=None)
    return list(wanted.filter(pk__in=[row.pk for row in rows]).with_subjects().order_by("pk"))


def _post(rows: Sequence[Notice], *, notice: Notice, now: datetime) -> None:
    """Hand the letter to the mail server. Raises `MailRefused`, or `NotNow` while the server is away."""
    ready = letter(rows, now=now)
    message = EmailMultiAlternatives(
        subject=ready.subject,
        body=ready.text,
        to=[rows[0].user.email],
        headers={"Auto-Submitted": "auto-generated"},  # keeps holiday replies away
        connection=get_connection(timeout=SERVER_TIMEOUT),
    )
    message.attach_alternative(ready.html, "text/html")
    try:
        message.send()
    except (SMTPException, OSError) as failure:
        if _is_final(failure):
            _carried(notice).update(state=JobState.QUEUED, lease_until=None, carried_by=None)
            raise MailRefused(
                "The mail server does not take e-mails for this person's address. "
                "An administrator has to correct the address on the person's page."
            ) from failure
        again_at = now + min(max(RETRY_AFTER, (now - notice.created_at) / 2), RETRY_AT_MOST)
        logger.warning(
            "The mail server is away (%s); e-mails wait until %s.",
            type(failure).__name__,
            again_at.isoformat(),
        )
        _wait(notice, until=again_at)
        raise NotNow(again_at=again_at) from failure


def _is_final(failure: Exception) -> bool:
    """Whether the server has refused for good (5xx); all else may pass."""
    if isinstance(failure, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in failure.recipients.values())
    return isinstance(failure, SMTPResponseException) and failure.smtp_code in range(550, 560)


def _wait(notice: Notice, *, until: datetime) -> None:
    """Let every other letter wait too, rather than have each of them find out that the server is away."""
    _carried(notice).update(
        state=JobState.QUEUED, lease_until=None, run_after=until, attempts=F("attempts") - 1, carried_by=None
    )
    Notice.objects.filter(state=JobState.QUEUED, run_after__lt=until).update(run_after=until)
