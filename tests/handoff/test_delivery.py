import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from handoff import delivery, notices, tasks
from handoff.models import Notice, NoticeKind
from leadops import jobs
from leadops.jobs import LEASE, MAX_ATTEMPTS, JobState
from leads import people
from leads.models import Contact, Lead, Suppression
from leads.people import erasing
from terminology import labels
from terminology.editing import rename_terms
from tests import factories
from tests.handoff import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(team: Any) -> Any:
    return make.rep(team, first_name="Dana", email="dana@leadops.example")


@pytest.fixture
def lead(rep: Any) -> Lead:
    contact = factories.ContactFactory(
        first_name="Ada", last_name="O'Neil", title="COO", account__name="Northwind & Sons"
    )
    return make.handed_over(timezone.now(), owner=rep, contact=contact)


def states() -> list[tuple[str, bool]]:
    return [(row.state, row.mailed_at is not None) for row in Notice.objects.order_by("pk")]


def test_sends_a_letter_in_text_and_html_with_a_link_that_works(rep: Any, lead: Lead, settings: Any) -> None:
    settings.LEADOPS = {**settings.LEADOPS, "SITE_URL": "https://leadops.example.com/"}
    make.notice(rep, now=timezone.now(), lead=lead)

    tasks.deliver()

    (letter,) = mail.outbox
    html = str(letter.alternatives[0].content)
    link = f"https://leadops.example.com/admin/leads/lead/{lead.pk}/change/"
    assert isinstance(letter, EmailMultiAlternatives)
    assert (letter.to, letter.subject) == (["dana@leadops.example"], "A new lead for you: Ada O'Neil")
    assert letter.body.startswith("Hello Dana,\n")
    assert "Ada O'Neil (COO, Northwind & Sons): “Marketing qualified lead”, now with you." in letter.body
    assert "Ada O&#x27;Neil (COO, Northwind &amp; Sons)" in html
    assert link in letter.body
    assert f'href="{link}"' in html
    assert states() == [(JobState.DONE, True)]


def test_is_written_with_the_labels_of_the_moment_it_is_sent(rep: Any, lead: Lead) -> None:
    make.notice(rep, now=timezone.now(), lead=lead)
    rename_terms(
        texts={"stage.marketing_qualified": "Hot enquiry", "notice.lead_assigned": "Somebody for you"},
        by=None,
        now=timezone.now(),
    )
    labels.forget()  # as in a worker that has not looked since

    tasks.deliver()

    (letter,) = mail.outbox
    assert letter.subject == "Somebody for you: Ada O'Neil"
    assert "“Hot enquiry”, now with you." in letter.body


def test_sends_each_notice_once_however_often_it_is_asked_to(rep: Any, lead: Lead) -> None:
    notice = make.notice(rep, now=timezone.now(), lead=lead)

    tasks.deliver()
    tasks.deliver()
    assert not notice.perform(now=timezone.now())
    jobs.sweep(now=timezone.now() + timedelta(hours=1))

    assert len(mail.outbox) == 1


def test_what_waits_for_one_person_goes_out_in_one_letter(team: Any, rep: Any, lead: Lead) -> None:
    now = timezone.now()
    other = make.rep(team)
    for _ in range(3):
        make.notice(rep, now=now, lead=make.handed_over(now, owner=rep))
    make.notice(other, now=now, lead=make.handed_over(now, owner=other))

    tasks.deliver()

    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        ([rep.email], "3 × A new lead for you"),
        ([other.email], mail.outbox[1].subject),
    ]
    assert mail.outbox[0].body.count("/admin/leads/lead/") == 3
    assert states() == [(JobState.DONE, True)] * 4


def test_a_flood_is_cut_into_letters_of_bearable_length(rep: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "LETTER_LENGTH", 4)
    for _ in range(6):
        make.notice(
            rep, now=timezone.now(), kind=NoticeKind.JOB_ENDED, facts={"state": "done", "name": "Work"}
        )

    tasks.deliver()

    assert [letter.body.count("Work: done.") for letter in mail.outbox] == [4, 2]


@pytest.mark.parametrize("case", ["read", "old", "gone", "no address", "left"])
def test_sends_nothing_that_is_no_news_to_the_person(team: Any, rep: Any, lead: Lead, case: str) -> None:
    now = timezone.now()
    old = now - timedelta(days=4)
    make.notice(rep, now=old if case == "old" else now, lead=lead, read_at=now if case == "read" else None)
    if case == "gone":
        Lead.objects.filter(pk=lead.pk).update(owner=make.rep(team))
    if case == "no address":
        type(rep).objects.filter(pk=rep.pk).update(email="")
    if case == "left":
        type(rep).objects.filter(pk=rep.pk).update(is_active=False)

    tasks.deliver()

    assert mail.outbox == []
    assert states() == [(JobState.DONE, False)]


def test_a_name_with_a_line_break_cannot_add_a_header(rep: Any) -> None:
    contact = factories.ContactFactory(first_name="Ada\r\nBcc: all@x.example", last_name="K")
    make.notice(rep, now=timezone.now(), lead=make.handed_over(timezone.now(), owner=rep, contact=contact))

    tasks.deliver()

    assert mail.outbox[0].subject == "A new lead for you: Ada Bcc: all@x.example K"
    assert mail.outbox[0].recipients() == [rep.email]


# --- Faults -----------------------------------------------------------------------------------------------------------


class Server:
    """A mail server that is away, or refuses, until it is told otherwise."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.failure: Exception | None = None
        self.asked = 0
        real = mail.EmailMultiAlternatives.send

        def send(message: Any, *args: Any, **kwargs: Any) -> int:
            self.asked += 1
            if self.failure is not None:
                raise self.failure
            return real(message, *args, **kwargs)

        monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    return Server(monkeypatch)


def test_a_mail_server_that_is_away_for_two_hours_loses_nothing(
    team: Any, rep: Any, lead: Lead, server: Server, now: datetime
) -> None:
    with time_machine.travel(now, tick=False) as clock:
        other = make.rep(team)
        make.notice(rep, now=now, lead=lead)
        make.notice(rep, now=now, lead=lead)
        make.notice(other, now=now, lead=make.handed_over(now, owner=other))
        server.failure = ConnectionRefusedError("nobody there")

        for _ in range(0, 120, 5):
            tasks.deliver()
            clock.shift(timedelta(minutes=5))
        asked_while_away = server.asked
        server.failure = None
        clock.shift(timedelta(hours=1))
        tasks.deliver()

    assert 3 <= asked_while_away <= 12  # one letter asks for all, and less often as time goes by
    assert [letter.to for letter in mail.outbox] == [[rep.email], [other.email]]
    assert states() == [(JobState.DONE, True)] * 3
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}


def test_an_address_that_is_refused_is_parked_with_a_sentence_and_holds_nobody_up(
    team: Any, rep: Any, lead: Lead, server: Server
) -> None:
    notice = make.notice(rep, now=timezone.now(), lead=lead)
    server.failure = smtplib.SMTPRecipientsRefused({rep.email: (550, b"No such user")})

    tasks.deliver()
    server.failure = None
    other = make.rep(team)
    make.notice(other, now=timezone.now(), lead=make.handed_over(timezone.now(), owner=other))
    tasks.deliver()

    notice.refresh_from_db()
    assert notice.state == JobState.FAILED
    assert notice.error.startswith("The mail server does not take e-mails for this person's address.")
    assert [letter.to for letter in mail.outbox] == [[other.email]]


def test_a_passing_refusal_is_tried_again(rep: Any, lead: Lead, server: Server) -> None:
    make.notice(rep, now=timezone.now(), lead=lead)
    server.failure = smtplib.SMTPRecipientsRefused({rep.email: (451, b"Try later")})

    tasks.deliver()

    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == (JobState.QUEUED, 0)
    assert notice.run_after > timezone.now()


def test_a_worker_killed_while_it_sends_leaves_nothing_behind(
    rep: Any, now: datetime, server: Server
) -> None:
    facts = {"state": "done", "name": "Work"}
    for _ in range(3):
        make.notice(rep, now=now, kind=NoticeKind.JOB_ENDED, facts=facts)

    # What a kill leaves: three claimed rows and a lease that nobody prolongs.
    with time_machine.travel(now, tick=False), mock.patch.object(jobs.Lease, "crash"):
        server.failure = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            tasks.deliver()
        assert set(Notice.objects.values_list("state", flat=True)) == {JobState.RUNNING}
    server.failure = None
    with time_machine.travel(now + LEASE / 2, tick=False):
        tasks.deliver()
        assert mail.outbox == []  # it may still be at work
    with time_machine.travel(now + LEASE + timedelta(seconds=1), tick=False):
        tasks.deliver()

    assert len(mail.outbox) == 1
    assert mail.outbox[0].body.count("Work: done.") == 3
    assert states() == [(JobState.DONE, True)] * 3


def test_a_letter_that_cannot_be_written_is_given_up_and_others_go_on(
    team: Any, rep: Any, now: datetime
) -> None:
    broken = make.notice(rep, now=now, kind=NoticeKind.JOB_ENDED, facts={"state": "no such state"})
    other = make.rep(team)
    make.notice(other, now=now, kind=NoticeKind.JOB_ENDED, facts={"state": "done", "name": "Work"})

    with time_machine.travel(now, tick=False) as clock:
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(ValueError, match="no such state"):
                tasks.deliver()
            clock.shift(timedelta(minutes=1))
        tasks.deliver()

    broken.refresh_from_db()
    assert broken.state == JobState.FAILED
    assert [letter.to for letter in mail.outbox] == [[other.email]]


def test_writes_no_name_and_no_address_into_the_log(
    rep: Any, lead: Lead, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    make.notice(rep, now=timezone.now(), lead=lead)
    server.failure = smtplib.SMTPServerDisconnected("dana@leadops.example Ada O'Neil")

    with caplog.at_level(logging.DEBUG):
        tasks.deliver()

    assert "The mail server is away (SMTPServerDisconnected)" in caplog.text
    assert "Ada" not in caplog.text
    assert "dana@" not in caplog.text


def test_deliver_next_says_whether_there_was_anything(rep: Any, lead: Lead) -> None:
    make.notice(rep, now=timezone.now(), lead=lead)

    assert notices.deliver_next(now=timezone.now()) is True
    assert notices.deliver_next(now=timezone.now()) is False


# --- People whom nobody may contact any more ------------------------------------------------------------------------


def opted_out(lead: Lead) -> None:
    lead.contact.opted_out_at = timezone.now()
    lead.contact.save()


def listed(lead: Lead) -> None:
    people.suppress(
        kind="email", value=lead.contact.email.upper(), reason="Asked by mail", by=None, now=timezone.now()
    )


def listed_past_the_door(lead: Lead) -> None:
    Suppression.objects.create(kind="domain", value=lead.contact.email.rpartition("@")[2])


def erased(lead: Lead) -> None:
    erasing.erase(contact=lead.contact, by=None, now=timezone.now())


@pytest.mark.parametrize("kind", [NoticeKind.LEAD_ASSIGNED, NoticeKind.LEAD_HANDED_OVER])
@pytest.mark.parametrize("happens", [opted_out, listed, listed_past_the_door, erased])
def test_sends_nobody_to_a_person_whom_nobody_may_contact_any_more(
    rep: Any, lead: Lead, kind: NoticeKind, happens: Callable[[Lead], None]
) -> None:
    notice = make.notice(rep, now=timezone.now(), lead=lead, kind=kind)
    happens(lead)

    tasks.deliver()

    notice.refresh_from_db()
    assert mail.outbox == []
    assert (notice.state, notice.mailed_at, notice.withdrawn_at is not None) == (JobState.DONE, None, True)


def test_withdraws_one_of_several_and_sends_the_others(rep: Any, lead: Lead) -> None:
    other = make.handed_over(
        timezone.now(), owner=rep, contact=factories.ContactFactory(first_name="Bo", last_name="Alm")
    )
    first = make.notice(rep, now=timezone.now(), lead=lead)
    make.notice(rep, now=timezone.now(), lead=other)
    opted_out(lead)

    tasks.deliver()

    (letter,) = mail.outbox
    assert letter.subject == "A new lead for you: Bo Alm"
    assert "O'Neil" not in letter.body
    assert states() == [(JobState.DONE, False), (JobState.DONE, True)]
    first.refresh_from_db()
    assert first.withdrawn_at is not None


def test_work_that_is_left_to_do_is_still_told(rep: Any, lead: Lead) -> None:
    """A ruling is owed whoever the lead is about, and it invites nobody to call."""
    facts = {"by": "Kim", "defines": "marketing_qualified", "version": 1, "criterion": "Fit"}
    make.notice(rep, now=timezone.now(), lead=lead, kind=NoticeKind.CHALLENGED, facts=facts)
    erased(lead)

    tasks.deliver()

    (letter,) = mail.outbox
    assert "of Somebody who was erased. Rule on it." in letter.body
    assert "O'Neil" not in f"{letter.subject} {letter.body}"


def test_the_app_says_that_there_is_nothing_to_do(rep: Any, lead: Lead) -> None:
    notice = make.notice(rep, now=timezone.now(), lead=lead)
    opted_out(lead)
    tasks.deliver()
    rows = Notice.objects.filter(pk=notice.pk).with_subjects()

    (shown,) = notices.in_words(rows.all(), now=timezone.now())
    Contact.objects.update(opted_out_at=None)
    (later,) = notices.in_words(rows.all(), now=timezone.now())

    assert shown.text.endswith("Nobody may contact this person any more, so there is nothing to do.")
    assert "Reach out" not in shown.text
    assert "Not e-mailed: on " in later.text
