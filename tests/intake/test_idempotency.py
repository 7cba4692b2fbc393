from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError

from intake import receipts, tokens
from intake.models import ApiToken, ReceivedEvent, Visitor
from intake.tasks import drop_old_receipts
from leads.models import Activity, Contact, Lead, Source, Suppression
from tests.intake.conftest import BATCH, Post, event

pytestmark = pytest.mark.django_db


def test_a_repeated_request_gets_the_same_answer_and_has_no_second_effect(post: Post) -> None:
    first = post(event(), key="form-17")

    again = post(event(), key="form-17")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert (first.headers.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert Activity.objects.count() == 1


def test_the_same_event_spelt_otherwise_is_the_same_event(post: Post) -> None:
    post(b'{"type": "content_download", "person": {"email": "a@kiesel.example", "city": "Essen"}}', key="k")

    again = post(
        b'{"person":{"city":"\\u0045ssen","email":"a@kiesel.example"},\n"type":"content_download"}', key="k"
    )

    assert again.status_code == 200
    assert Activity.objects.count() == 1


def test_refuses_a_key_that_came_with_another_event(post: Post) -> None:
    post(event(), key="form-17")

    other = post(event(subject="Something else"), key="form-17")

    assert other.status_code == 422
    assert other.json() == {
        "error": {
            "pointer": "",
            "message": "This idempotency key came before with another event. Send a new event with a new key.",
        }
    }
    assert Activity.objects.count() == 1


def test_without_a_key_the_same_event_counts_twice(post: Post) -> None:
    post(event())
    post(event())

    assert Activity.objects.count() == 2
    assert not ReceivedEvent.objects.exists()


def test_a_refused_event_can_be_corrected_under_its_key(post: Post) -> None:
    refused = post(event(type="tea"), key="form-17")

    corrected = post(event(), key="form-17")

    assert (refused.status_code, corrected.status_code) == (422, 201)


def test_keys_of_two_tokens_do_not_meet(post: Post, web: Source, now: datetime) -> None:
    other = ApiToken(name="Webinars", source=web)
    text = tokens.issue(token=other, by=None, now=now)

    first = post(event(), key="1")
    second = post(event(), key="1", Authorization=f"Bearer {text}")

    assert (first.status_code, second.status_code) == (201, 201)
    assert Activity.objects.count() == 2


def test_a_suppressed_person_s_event_is_answered_alike_and_counted_once(post: Post, token: ApiToken) -> None:
    Suppression.objects.create(value="ines.roth@kiesel-werke.example")

    first = post(event(), key="k")
    again = post(event(), key="k")

    assert first.content == again.content
    token.refresh_from_db()
    assert token.suppressed_count == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 201, "a\tb"])
def test_refuses_a_key_that_a_header_can_not_carry_everywhere(key: str, post: Post) -> None:
    response = post(event(), key=key)

    assert response.status_code == 400
    assert response.json()["error"]["message"] == (
        "The header Idempotency-Key takes 1 to 200 letters, digits and signs of ASCII, without blanks."
    )


def test_takes_the_longest_key_and_tells_it_from_one_like_it(post: Post) -> None:
    first = post(event(), key="x" * 200)
    again = post(event(), key="x" * 200)
    other = post(event(), key="x" * 199 + "y")

    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 201]
    keys = set(Activity.objects.values_list("idempotency_key", flat=True))
    assert len(keys) == 2
    assert all(len(key) <= 200 for key in keys)


def test_a_batch_sent_again_under_its_key_has_no_second_effect(post: Post) -> None:
    body = {"events": [event(subject=str(place)) for place in range(3)] + [event(key="own")]}

    first = post(body, to=BATCH, key="nightly")
    again = post(body, to=BATCH, key="nightly")

    assert Activity.objects.count() == 4
    assert again.json()["counts"] == {"recorded": 4}
    for before, after in zip(first.json()["results"], again.json()["results"], strict=True):
        assert after == {**before, "status": 200, "replayed": True}


def test_an_event_of_a_batch_may_be_sent_again_alone(post: Post) -> None:
    post({"events": [event(key="own")]}, to=BATCH)

    alone = post(event(), key="own")

    assert alone.status_code == 200
    assert Activity.objects.count() == 1


def test_forgets_a_key_after_72_hours_but_never_records_its_event_again(post: Post, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        first = post(event(), key="old")
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        post(event(), key="young")

    with time_machine.travel(now + timedelta(hours=72, seconds=1), tick=False):
        drop_old_receipts()
        again = post(event(), key="old")

    assert set(ReceivedEvent.objects.values_list("idempotency_key", flat=True)) == {"old", "young"}
    assert again.status_code == 200
    assert again.json() == {**first.json(), "outcome": "repeated", "created": False}
    assert Activity.objects.count() == 2


def test_drops_old_keys_by_portions(token: ApiToken, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "DROPPED_AT_ONCE", 3)
    for number in range(10):
        ReceivedEvent.objects.create(
            token=token,
            idempotency_key=str(number),
            response={},
            received_at=now - timedelta(hours=80 if number % 5 else 1),
        )

    dropped = receipts.drop_old(now=now)

    assert dropped == 8
    assert set(ReceivedEvent.objects.values_list("idempotency_key", flat=True)) == {"0", "5"}


def test_starts_again_when_another_request_meets_the_same_visitor_first(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one commits between our look and our insert, which is what a unique constraint then tells us."""
    look_up = receipts.receive_events
    calls: list[int] = []

    def raced(**kwargs: Any) -> Any:
        calls.append(len(calls))
        if len(calls) == 1:
            raise IntegrityError("UNIQUE constraint failed: intake_visitor.visitor_id")
        return look_up(**kwargs)

    monkeypatch.setattr("intake.receipts.receive_events", raced)

    response = post(event(visitor_id="v-1"), key="k")

    assert response.status_code == 201
    assert len(calls) == 2
    assert (Contact.objects.count(), Lead.objects.count(), Visitor.objects.count()) == (1, 1, 1)


def test_what_fails_at_the_end_leaves_no_trace(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("intake.receipts._keep", broken)

    with pytest.raises(ZeroDivisionError):
        post(event(), key="k")

    assert not Contact.objects.exists()
    assert not Activity.objects.exists()
