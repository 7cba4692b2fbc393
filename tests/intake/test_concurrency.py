"""Many requests at the same moment, on a database that lets them (C3 and C4 of the reliability scenarios)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from intake import tokens
from intake.models import ApiToken, ReceivedEvent, Visitor
from leads.models import Account, Activity, Contact, Lead
from tests import factories
from tests.intake.conftest import BATCH, EVENTS, event

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def text(transactional_db: None, now: Any) -> str:
    factories.ActivityTypeFactory()
    token = ApiToken(name="Web site", source=factories.SourceFactory(name="Web site"))
    return tokens.issue(token=token, by=None, now=now)


def at_once(number: int, send: Callable[[Client, int], Any]) -> list[Any]:
    """What `send` returns in `number` threads that start at the same moment."""
    start = Barrier(number)

    def one(place: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return send(Client(), place)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(one, range(number)))


def poster(text: str, body: Callable[[int], Any], *, to: str = EVENTS, key: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {text}"} | ({"Idempotency-Key": key} if key else {})
    return lambda client, place: client.post(
        to, data=body(place), content_type="application/json", headers=headers
    )


def test_fifty_events_of_one_new_person_make_one_lead(text: str) -> None:
    person = {"email": "ines.roth@kiesel-werke.example", "company": "Kiesel-Werke"}

    answers = at_once(50, poster(text, lambda place: event(person=person, subject=str(place))))

    assert Counter(answer.status_code for answer in answers) == {201: 50}
    assert (Contact.objects.count(), Account.objects.count(), Lead.objects.count()) == (1, 1, 1)
    assert set(Activity.objects.values_list("subject", flat=True)) == {str(place) for place in range(50)}
    assert sum(answer.json()["created"] for answer in answers) == 1


def test_one_key_twenty_times_has_one_effect_and_equal_answers(text: str) -> None:
    answers = at_once(20, poster(text, lambda place: event(), key="form-17"))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert len({answer.content for answer in answers}) == 1
    assert (Activity.objects.count(), Lead.objects.count(), ReceivedEvent.objects.count()) == (1, 1, 1)


def test_one_key_with_twenty_bodies_takes_one_and_refuses_the_others(text: str) -> None:
    answers = at_once(20, poster(text, lambda place: event(subject=str(place)), key="form-17"))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 19}
    (taken,) = (place for place, answer in enumerate(answers) if answer.status_code == 201)
    assert Activity.objects.get().subject == str(taken)


def test_twenty_events_of_one_new_visitor_make_one_anonymous_lead(text: str) -> None:
    answers = at_once(20, poster(text, lambda place: {"type": "content_download", "visitor_id": "v-1"}))

    assert Counter(answer.status_code for answer in answers) == {201: 20}
    assert (Visitor.objects.count(), Lead.objects.count(), Activity.objects.count()) == (1, 1, 20)


def test_a_visitor_who_says_twenty_times_at_once_who_they_are_is_one_lead(text: str) -> None:
    visit = {"type": "content_download", "visitor_id": "v-1"}
    at_once(1, poster(text, lambda place: visit))

    answers = at_once(20, poster(text, lambda place: visit if place % 2 else event(visitor_id="v-1")))

    assert Counter(answer.status_code for answer in answers) == {201: 20}
    lead = Lead.objects.get()
    assert lead.contact.email == "ines.roth@kiesel-werke.example"
    assert lead.activities.count() == 21


def test_batches_that_name_the_same_people_in_other_orders_all_get_through(text: str) -> None:
    people = [f"p{number}@firm{number % 7}.example" for number in range(40)]

    def batch(place: int) -> dict[str, Any]:
        order = people[place:] + people[:place]
        return {"events": [event(person={"email": email}, visitor_id=email) for email in order]}

    answers = at_once(8, poster(text, batch, to=BATCH))

    assert [answer.status_code for answer in answers] == [200] * 8
    assert [answer.json()["counts"] for answer in answers] == [{"recorded": 40}] * 8
    assert (Contact.objects.count(), Lead.objects.count(), Activity.objects.count()) == (40, 40, 320)
