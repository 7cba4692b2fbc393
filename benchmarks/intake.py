"""The event API: events a second, one by one and in batches, beside views that only insert.

Both sides answer the same client through the same middleware, and both commit each request. The naive single view is
told the id of the lead: it parses the body and inserts one activity. The naive batch view inserts all its activities in
one statement. Ours also finds the person, keeps the key, and marks the lead.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from intake import tokens
from intake.models import ApiToken
from leadops.urls import urlpatterns as product
from leads import people
from leads.models import Activity, ActivityType, Contact, Lead, Source

PEOPLE = 200  # known ones, whose events come in turn
ROUNDS = 3  # ours and the naive way take turns, so that a busy moment of the machine meets both
BATCHES = (100, 1000)

_numbers = count()


def run(*, events: int) -> list[dict[str, Any]]:
    """Events a second for `events` single requests, and for as many events and more in batches."""
    send, leads = _prepare()
    with override_settings(ROOT_URLCONF="benchmarks.intake"):
        known = _rates(
            events,
            ours=lambda number: send("/api/v1/events", _event(number % PEOPLE), key=_key()),
            naive=lambda number: send(
                "/naive/one", {**_event(number % PEOPLE), "lead": leads[number % PEOPLE]}
            ),
        )
        new = _rates(
            events // 2,
            ours=lambda number: send("/api/v1/events", _event(f"new-{next(_numbers)}"), key=_key()),
            naive=lambda number: send("/naive/new", _event(f"naive-{next(_numbers)}")),
        )
        rows = [
            _row("one event of a known person", *known, note="naive: one INSERT, the lead's id given"),
            _row("one event of a new person", *new, note="naive: get_or_create twice, one INSERT"),
        ]
        for size in BATCHES:
            batch = _rates(
                max(2, 2 * events // size),
                ours=lambda number, size=size: send("/api/v1/events/batch", _batch(size)),
                naive=lambda number, size=size: send("/naive/many", _batch(size, leads)),
                each=size,
            )
            gain = batch[0] / known[0]
            note = f"naive: bulk_create; {gain:.0f}x our single events"
            rows.append(_row(f"batch of {size:,}, known people", *batch, note=note))
    return rows


def _row(figure: str, ours: float, naive: float, *, note: str) -> dict[str, Any]:
    return {
        "figure": f"intake, {figure}",
        "ours": ours,
        "naive": naive,
        "ratio": ours / naive,
        "unit": "events/s",
        "note": note,
    }


def _prepare() -> tuple[Callable[..., None], list[int]]:
    """A function that sends, and the leads of the known people."""
    now = timezone.now()
    source = Source.objects.create(name="Bench web site", kind="website")
    ActivityType.objects.get_or_create(key="bench_visit", defaults={"name": "Visit"})
    token = ApiToken(name="Bench", source=source)
    headers = {"Authorization": f"Bearer {tokens.issue(token=token, by=None, now=now)}"}
    received = people.receive_many(
        people=[people.clean(_person(number), country="US") for number in range(PEOPLE)],
        source=source,
        by=None,
        now=now,
    )
    client = Client()

    def send(address: str, body: Any, *, key: str = "") -> None:
        answer = client.post(
            address,
            data=json.dumps(body).encode(),
            content_type="application/json",
            headers=headers | ({"Idempotency-Key": key} if key else {}),
        )
        if answer.status_code not in (200, 201) or answer.json().get("counts", {}).get("refused"):
            raise RuntimeError(f"{address} answered {answer.status_code}: {answer.content[:300]!r}")

    return send, [one.lead.pk for one in received if one.lead]


def _rates(
    requests: int, *, ours: Callable[[int], None], naive: Callable[[int], None], each: int = 1
) -> tuple[float, float]:
    """Events a second of both, over `requests` each; a first one warms up."""
    spent = {ours: 0.0, naive: 0.0}
    ours(0)
    naive(0)
    share = max(1, requests // ROUNDS)
    for _ in range(ROUNDS):
        for way in (ours, naive):
            started = time.perf_counter()
            for number in range(share):
                way(number)
            spent[way] += time.perf_counter() - started
    done = share * ROUNDS * each
    return done / spent[ours], done / spent[naive]


def _key() -> str:
    return f"bench-{next(_numbers)}"


def _person(who: object) -> dict[str, str]:
    return {
        "email": f"p{who}@firm{who}.example",
        "first_name": "Ada",
        "last_name": "Keller",
        "company": f"Firm {who}",
        "title": "Head of Procurement",
    }


def _event(who: object) -> dict[str, Any]:
    return {
        "type": "bench_visit",
        "person": _person(who),
        "subject": "Guide to peak loads",
        "url": "https://www.example.com/guide",
        "details": {"utm_campaign": "spring"},
    }


def _batch(size: int, leads: list[int] | None = None) -> dict[str, Any]:
    more: Iterator[dict[str, Any]] = (
        {"key": _key()} if leads is None else {"lead": leads[number % PEOPLE]} for number in range(size)
    )
    return {"events": [{**_event(number % PEOPLE), **extra} for number, extra in enumerate(more)]}


# --- The naive way ----------------------------------------------------------------------------------------------------


def _activity(event: dict[str, Any], lead_id: int, now: datetime) -> Activity:
    kind = ActivityType.objects.get(key=event["type"])
    return Activity(
        lead_id=lead_id,
        type=kind,
        at=now,
        subject=event["subject"],
        details=event["details"],
        recorded_at=now,
    )


@csrf_exempt
def _insert_one(request: HttpRequest) -> JsonResponse:
    event = json.loads(request.body)
    activity = _activity(event, event["lead"], timezone.now())
    activity.save()
    return JsonResponse({"activity": activity.pk})


@csrf_exempt
def _insert_new(request: HttpRequest) -> JsonResponse:
    event = json.loads(request.body)
    person = event["person"]
    contact, _ = Contact.objects.get_or_create(
        email=person["email"], defaults={"first_name": person["first_name"], "last_name": person["last_name"]}
    )
    lead, _ = Lead.objects.get_or_create(
        contact=contact, defaults={"source": Source.objects.get(name="Bench web site"), "stage": "suspect"}
    )
    activity = _activity(event, lead.pk, timezone.now())
    activity.save()
    return JsonResponse({"activity": activity.pk})


@csrf_exempt
def _insert_many(request: HttpRequest) -> JsonResponse:
    events = json.loads(request.body)["events"]
    now = timezone.now()
    kinds = {
        kind.key: kind for kind in ActivityType.objects.filter(key__in={event["type"] for event in events})
    }
    rows = [
        Activity(
            lead_id=event["lead"],
            type=kinds[event["type"]],
            at=now,
            subject=event["subject"],
            details=event["details"],
            recorded_at=now,
        )
        for event in events
    ]
    return JsonResponse({"activities": [row.pk for row in Activity.objects.bulk_create(rows)]})


urlpatterns = [
    path("naive/one", _insert_one),
    path("naive/new", _insert_new),
    path("naive/many", _insert_many),
    *product,
]
