import logging
import socket
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from kombu import pools

from handoff import hints, notices, tasks
from handoff.models import Notice, NoticeKind
from leadops import hints as leadops_hints
from leadops import jobs
from leadops.celery import app
from leadops.jobs import RESEND_AFTER, JobState
from leads import lifecycle
from leads.enums import PassBackPoint, Stage, Transition
from leads.models import Lead
from leads.signals import stage_changed
from tests import factories
from tests.handoff import make


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """The messages that were sent: the task's name, and the seconds that it is to wait."""
    messages: list[tuple[str, float]] = []
    for task in (tasks.route_waiting, tasks.deliver):
        monkeypatch.setattr(
            task,
            "apply_async",
            lambda countdown=0, name=task.name: messages.append(
                (name.removeprefix("handoff.tasks."), countdown)
            ),
        )
    return messages


# --- How many messages ------------------------------------------------------------------------------------------------


def test_a_burst_is_one_message_at_once_and_one_after_it(sent: list[Any]) -> None:
    for _ in range(1000):
        hints.routing.send()

    assert sent == [("route_waiting", 0), ("route_waiting", leadops_hints.GAP)]


def test_each_quiet_moment_is_followed_by_a_message_at_once(sent: list[Any]) -> None:
    for moment in (10.0, 10.5, 11.2, 13.0):
        with mock.patch.object(leadops_hints, "monotonic", return_value=moment):
            hints.routing.send()

    assert sent == [
        ("route_waiting", 0),
        ("route_waiting", leadops_hints.GAP),
        ("route_waiting", 0),
        ("route_waiting", 0),
    ]


def test_a_broker_that_did_not_answer_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = mock.Mock(side_effect=ConnectionRefusedError)
    monkeypatch.setattr(tasks.route_waiting, "apply_async", asked)
    monkeypatch.setattr(tasks.deliver, "apply_async", asked)

    asked_at = []
    for moment, hint in (
        (10.0, hints.routing),
        (11.5, hints.routing),
        (11.5, hints.mail),
        (26.0, hints.mail),
    ):
        with mock.patch.object(leadops_hints, "monotonic", return_value=moment):
            before = asked.call_count
            hint.send()
            asked_at += [moment] * (asked.call_count - before)

    assert asked_at == [10.0, 26.0]


@pytest.mark.django_db
def test_a_commit_that_moves_many_leads_asks_once(
    sent: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    factories.define(
        Stage.MARKETING_QUALIFIED,
        {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "c_suite"},
    )
    for _ in range(5):
        factories.LeadFactory()

    with django_capture_on_commit_callbacks(execute=True):
        moved = lifecycle.move_many(
            leads=Lead.objects.all(), transition=Transition.QUALIFY_MARKETING, by=None, now=timezone.now()
        )

    assert len(moved.moved) == 5
    assert sent == [("route_waiting", 0)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("transition", "to_stage", "asks"),
    [
        (Transition.QUALIFY_MARKETING, Stage.MARKETING_QUALIFIED, 1),
        (Transition.PASS_BACK, Stage.IDENTIFIED, 1),
        (Transition.IDENTIFY, Stage.IDENTIFIED, 0),
        (Transition.ACCEPT, Stage.SALES_ACCEPTED, 0),
        (Transition.DISQUALIFY, Stage.DISQUALIFIED, 0),
    ],
)
def test_asks_only_when_somebody_has_to_be_told(
    sent: list[Any], transition: Transition, to_stage: Stage, asks: int
) -> None:
    stage_changed.send(sender=Lead, transition=transition, to_stage=to_stage, lead_ids=[1])

    assert len(sent) == asks


@pytest.mark.django_db
def test_asks_for_the_e_mail_when_the_notice_is_committed_and_not_before(
    sent: list[Any], team: Any, django_capture_on_commit_callbacks: Any
) -> None:
    rep = make.rep(team)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        notices.notify(user=rep, kind=NoticeKind.JOB_ENDED, dedupe_key="x", now=timezone.now())
        assert sent == []

    assert sent == [("deliver", 0)]


# --- A broker that is away --------------------------------------------------------------------------------------------


@pytest.fixture(
    params=["amqp://guest:guest@127.0.0.1:{port}//", "redis://127.0.0.1:{port}/0"], ids=["amqp", "redis"]
)
def no_broker(request: pytest.FixtureRequest) -> Iterator[None]:
    """Celery's broker at a port where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    before = {name: app.conf[name] for name in ("broker_url", "broker_transport_options")}
    app.conf.update(broker_url=request.param.format(port=port), broker_transport_options={})
    _reconnect()
    yield
    app.conf.update(**before)
    _reconnect()


def _reconnect() -> None:
    """Forget the connections to the broker of before."""
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


@pytest.mark.django_db
def test_without_a_broker_the_page_works_the_rows_wait_and_the_sweep_sends_later(
    no_broker: None,
    team: Any,
    client: Any,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    rep = make.rep(team)
    marketer = factories.UserFactory(role="marketing")
    lead = make.handed_over(timezone.now(), owner=rep, team=team)
    reason = factories.ReasonFactory()
    client.force_login(rep)

    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            reverse("admin:leads_lead_step", args=[lead.pk, "pass_back"]),
            {"seen": lead.stage, "reason": reason.pk, "point": PassBackPoint.ON_SIGHT.value, "note": ""},
        )
    with django_capture_on_commit_callbacks(execute=True):
        tasks.route_waiting()  # beat asks for it every half minute
    notice = Notice.objects.get()
    waiting = (notice.user, notice.state, len(mail.outbox))
    leadops_hints.forget()  # the quarter of a minute in which the broker is left alone has passed
    with mock.patch("leadops.tasks.run_job.delay") as again:
        jobs.sweep(now=timezone.now() + RESEND_AFTER * 2)
    notice.perform(now=timezone.now())

    assert response.status_code == 302
    assert Lead.objects.get(pk=lead.pk).stage == Stage.IDENTIFIED
    assert "The broker is away (OperationalError)" in caplog.text
    assert waiting == (marketer, JobState.QUEUED, 0)
    again.assert_called_once_with("handoff.Notice", notice.pk)
    assert [letter.to for letter in mail.outbox] == [[marketer.email]]
