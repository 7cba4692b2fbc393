from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake import tokens
from intake.models import ApiToken, ReceivedEvent
from leads.models import Activity, Lead, StageSetting, Suppression
from terminology.editing import rename_terms
from tests import factories
from tests.intake.conftest import BATCH, EVENTS, Post, event

pytestmark = pytest.mark.django_db


def error(response: HttpResponse) -> dict[str, Any]:
    """The body of a refusal: {"pointer", "message"} and nothing beside it."""
    (name,) = response.json()
    assert name == "error"
    found: dict[str, Any] = response.json()["error"]
    assert found["message"].endswith(".")
    return found


# --- One event -------------------------------------------------------------------------------------------


def test_records_an_event_and_says_of_which_lead(post: Post) -> None:
    response = post(event(at="2026-03-12T10:00:00+01:00", subject="Guide to peak loads"))

    activity = Activity.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "outcome": "recorded",
        "activity": activity.pk,
        "lead": activity.lead_id,
        "created": True,
    }
    assert response["Cache-Control"] == "no-store"
    assert (activity.at, activity.subject) == (datetime(2026, 3, 12, 9, tzinfo=UTC), "Guide to peak loads")


def test_an_event_without_a_moment_is_of_now(post: Post, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        post(event())

    assert Activity.objects.get().at == now


def test_takes_every_field_that_it_describes(post: Post) -> None:
    response = post(
        {
            "type": "content_download",
            "person": {
                "email": "Ines.Roth@Kiesel-Werke.example",
                "name": "Ines Roth",
                "first_name": None,
                "last_name": None,
                "phone": "030 901820",
                "title": "CEO",
                "company": "Kiesel-Werke GmbH",
                "website": "https://kiesel-werke.example",
                "industry": "Manufacturing",
                "employees": 1200,
                "country": "Germany",
                "city": "Essen",
                "linkedin_url": "https://linkedin.example/in/ines",
                "opted_out": False,
            },
            "visitor_id": "GA1.2.3-4",
            "at": "2026-03-12T09:00:00Z",
            "subject": "Guide",
            "note": "First line\nsecond line",
            "url": "https://kiesel.example/guide?a=1#b",
            "details": {"utm": {"source": "x", "tags": [1, 2.5, None, True]}},
        }
    )

    assert response.status_code == 201
    contact = Lead.objects.get().contact
    assert contact.email == "ines.roth@kiesel-werke.example"
    assert (contact.first_name, contact.phone, contact.country) == ("Ines", "+4930901820", "DE")
    assert contact.account.employees == 1200
    assert Activity.objects.get().details == {
        "utm": {"source": "x", "tags": [1, 2.5, None, True]},
        "url": "https://kiesel.example/guide?a=1#b",
    }


def test_tells_a_suppressed_person_s_sender_nothing_more_than_that(post: Post, token: ApiToken) -> None:
    Suppression.objects.create(value="ines.roth@kiesel-werke.example", reason="Asked to be forgotten")

    response = post(event())

    assert (response.status_code, response.json()) == (
        200,
        {"outcome": "suppressed", "message": "This person is not contacted. Nothing was recorded."},
    )
    token.refresh_from_db()
    assert (token.suppressed_count, token.ignored_count) == (1, 0)
    assert not Activity.objects.exists()


def test_says_that_it_ignores_visitors_where_anonymous_leads_are_not_used(
    post: Post, token: ApiToken
) -> None:
    StageSetting.objects.create(stage="anonymous", in_use=False)

    response = post({"type": "content_download", "visitor_id": "v-1"})

    assert (response.status_code, response.json()) == (
        200,
        {
            "outcome": "ignored",
            "message": "Nobody knows this visitor, and anonymous visitors are not recorded here.",
        },
    )
    token.refresh_from_db()
    assert token.ignored_count == 1
    assert not Lead.objects.exists()


def test_asks_the_database_as_often_for_a_known_person_however_much_is_known(post: Post) -> None:
    for number in range(3):
        post(event(subject=str(number)))
    factories.LeadFactory.create_batch(5)

    with CaptureQueriesContext(connection) as asked:
        post(event(), key="k")

    # 14 statements; the rest are savepoints, one of them the test's own.
    real = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(real) <= 14


def test_sends_no_message_for_an_event(post: Post, messages_sent: list[Any]) -> None:
    post(event())
    post({"events": [event()] * 10}, to=BATCH)

    assert messages_sent == []


@pytest.fixture
def messages_sent(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[Any]:
    """What would have been handed to the broker."""
    sent: list[Any] = []
    monkeypatch.setattr("celery.app.task.Task.apply_async", lambda *args, **kwargs: sent.append(args))
    return sent


# --- Who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic eDp5",
        "Bearer wrong",
        "Bearer lo_00000000_" + "x" * 43,
        "Bearer \xe9\0",
    ],
)
def test_lets_nobody_in_without_a_token(header: str | None, client: Client, download: Any) -> None:
    headers = {} if header is None else {"Authorization": header}

    response = client.post(EVENTS, data=b"{}", content_type="application/json", headers=headers)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert error(response) == {
        "pointer": "",
        "message": "The token is missing, wrong, expired or revoked. Send a valid one as “Authorization: Bearer lo_…”.",
    }


def test_a_session_is_no_token(client: Client, download: Any) -> None:
    client.force_login(factories.UserFactory(role="administrator", is_superuser=True))

    assert client.post(EVENTS, data=event(), content_type="application/json").status_code == 401
    assert client.get("/api/v1/labels").status_code == 401


def test_a_token_is_refused_from_the_moment_that_it_is_revoked(
    post: Post, token: ApiToken, now: datetime
) -> None:
    before = post(event())

    tokens.revoke(tokens=[token], now=now)

    assert (before.status_code, post(event()).status_code) == (201, 401)
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(("field", "address"), [("may_record_events", EVENTS), ("may_record_events", BATCH)])
def test_a_token_without_the_right_records_nothing(
    field: str, address: str, post: Post, token: ApiToken
) -> None:
    ApiToken.objects.update(**{field: False})

    response = post(event(), to=address)

    assert response.status_code == 403
    assert error(response)["message"] == "This token may not do that. Ask RevOps to allow it."
    assert not Activity.objects.exists()


def test_needs_no_csrf_token_since_it_takes_no_session(issued: tuple[ApiToken, str], download: Any) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(
        EVENTS,
        data=event(),
        content_type="application/json",
        headers={"Authorization": f"Bearer {issued[1]}"},
    )

    assert response.status_code == 201


def test_notes_when_a_token_was_used(post: Post, token: ApiToken, now: datetime) -> None:
    with time_machine.travel(now, tick=False):
        post(event())

    token.refresh_from_db()
    assert token.last_used_at == now


# --- Many events -----------------------------------------------------------------------------------------


def test_answers_each_event_of_a_batch(post: Post) -> None:
    Suppression.objects.create(value="no@kiesel-werke.example")

    response = post(
        {
            "events": [
                event(key="a"),
                event(key="a"),
                {"type": "content_download"},
                event(person={"email": "no@kiesel-werke.example"}),
                event(persn={}),
                "not an event",
                event(key="a", subject="other"),
            ]
        },
        to=BATCH,
    )

    activity = Activity.objects.get()
    recorded = {"outcome": "recorded", "activity": activity.pk, "lead": activity.lead_id, "created": True}
    assert response.status_code == 200
    assert response.json() == {
        "counts": {"recorded": 2, "refused": 4, "suppressed": 1},
        "results": [
            {"index": 0, "status": 201, **recorded},
            {"index": 1, "status": 200, **recorded, "replayed": True},
            {
                "index": 2,
                "status": 422,
                "error": {
                    "pointer": "/events/2",
                    "message": "The event does not say who did it. Send a person, a visitor_id or both.",
                },
            },
            {
                "index": 3,
                "status": 200,
                "outcome": "suppressed",
                "message": "This person is not contacted. Nothing was recorded.",
            },
            {
                "index": 4,
                "status": 422,
                "error": {
                    "pointer": "/events/4/persn",
                    "message": "There is no such field. Leave it out, or put it into “details”.",
                },
            },
            {
                "index": 5,
                "status": 422,
                "error": {"pointer": "/events/5", "message": "Send a JSON object here."},
            },
            {
                "index": 6,
                "status": 422,
                "error": {
                    "pointer": "/events/6",
                    "message": "This idempotency key came before with another event. Send a new event with a new key.",
                },
            },
        ],
    }


@pytest.mark.parametrize(
    ("body", "pointer", "sentence"),
    [
        ([], "/events", "Send a JSON object with the list “events”."),
        ({"events": {}}, "/events", "Send a JSON object with the list “events”."),
        ({"events": []}, "/events", "Send 1 to 1,000 events at once; these are 0."),
        ({"events": [{}] * 1001}, "/events", "Send 1 to 1,000 events at once; these are 1,001."),
        ({"events": [{}], "more/less": 1}, "/more~1less", "There is no such field. Send “events” alone."),
    ],
)
def test_refuses_what_is_no_batch(body: Any, pointer: str, sentence: str, post: Post) -> None:
    response = post(body, to=BATCH)

    assert response.status_code == 422
    assert error(response) == {"pointer": pointer, "message": sentence}


def test_a_batch_of_a_thousand_asks_no_more_than_a_batch_of_ten(post: Post) -> None:
    def asked(number: int, start: int) -> int:
        people = [
            event(person={"email": f"p{start + place}@firm{start + place}.example"}, key=f"{start + place}")
            for place in range(number)
        ]
        with CaptureQueriesContext(connection) as queries:
            response = post({"events": people}, to=BATCH)
        assert response.json()["counts"] == {"recorded": number}
        return len(queries)

    few, many = asked(10, start=0), asked(1000, start=10)

    # SQLite takes a limited number of values in one statement, so that the inserts of a thousand rows are cut.
    assert many <= few + 60
    assert Lead.objects.count() == 1010


# --- Labels ----------------------------------------------------------------------------------------------


def test_serves_the_labels_of_the_day_with_their_defaults(
    client: Client, issued: tuple[ApiToken, str], now: datetime
) -> None:
    rename_terms(texts={"stage.suspect": "Cold name <b>"}, by=None, now=now)

    response = client.get("/api/v1/labels", headers={"Authorization": f"Bearer {issued[1]}"})

    labels = response.json()["labels"]
    assert response["Cache-Control"] == "no-store"
    assert labels["stage.suspect"] == {"label": "Cold name <b>", "default": "Suspect", "former": ["Suspect"]}
    assert labels["leads.lead"] == {"label": "lead", "default": "lead"}


def test_a_token_without_the_right_reads_no_labels(client: Client, issued: tuple[ApiToken, str]) -> None:
    ApiToken.objects.update(may_read_labels=False)

    assert client.get("/api/v1/labels", headers={"Authorization": f"Bearer {issued[1]}"}).status_code == 403


# --- The description -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/api/v1/openapi.json", "/api/v1/docs"])
def test_shows_its_description_to_staff_only(address: str, client: Client, db: None) -> None:
    outside = client.get(address)
    client.force_login(factories.UserFactory(role="sales_rep"))
    inside = client.get(address)

    assert outside.status_code == 302
    assert outside["Location"].startswith("/admin/login/")
    assert inside.status_code == 200


def test_its_page_loads_nothing_from_elsewhere_and_runs_no_script_in_the_page(
    client: Client, db: None
) -> None:
    client.force_login(factories.UserFactory(role="revops"))

    page = client.get("/api/v1/docs").content.decode()

    assert "//cdn" not in page
    assert 'src="http' not in page
    assert page.count("<script") == page.count('<script src="/static/') + page.count(
        'type="application/json"'
    )


def test_describes_the_fields_that_it_takes(client: Client, db: None) -> None:
    client.force_login(factories.UserFactory(role="revops"))

    paths = client.get("/api/v1/openapi.json").json()["paths"]

    body = paths["/api/v1/events"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["additionalProperties"] is False
    assert body["required"] == ["type"]
    assert "email" in str(body["properties"]["person"])
    many = paths["/api/v1/events/batch"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert many["properties"]["events"]["maxItems"] == 1000
    assert "key" in many["properties"]["events"]["items"]["properties"]


# --- Faults ----------------------------------------------------------------------------------------------


def test_tells_the_sender_to_come_again_while_the_database_is_busy(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(**kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("intake.receipts.receive_events", locked)

    response = post(event(), key="k")

    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert error(response)["message"] == (
        "The database is too busy. Send the same request again in a few seconds."
    )
    assert not ReceivedEvent.objects.exists()
