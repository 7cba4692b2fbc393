"""The lead list: ours beside a ModelAdmin of the first day with the same columns and filters, on the same rows."""

import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from leads.enums import EARLY_STAGES, SALES_STAGES, Stage
from leads.models import Account, Contact, Lead, Source
from leads.signals import leads_created

ROUNDS = 5


def run(*, leads: int) -> list[dict[str, Any]]:
    """Milliseconds a page, and queries, for the list's pages; naive is the plain ModelAdmin."""
    populate(leads)
    boss = get_user_model().objects.create_superuser("bench-boss", password="not-used")
    with override_settings(ROOT_URLCONF="benchmarks.urls"):
        client = Client()
        client.force_login(boss)
        rows = []
        for figure, query in (
            ("list, first page", ""),
            ("list, page 500", f"?p={min(500, leads // 60)}"),
            ("list, one stage", f"?stage__exact={Stage.MARKETING_QUALIFIED.value}"),
            ("list, search a whole e-mail address", f"?q=p{leads // 2}@firm7.example"),
        ):
            ours, our_queries = _measure(lambda query=query: client.get(f"/admin/leads/lead/{query}"))
            naive, their_queries = _measure(lambda query=query: client.get(f"/stock/leads/lead/{query}"))
            rows.append(
                {
                    "figure": figure,
                    "ours": ours,
                    "naive": naive,
                    "ratio": naive / ours,
                    "unit": "ms",
                    "note": f"{our_queries} queries against {their_queries}",
                }
            )
    return rows


def _measure(page: Callable[[], Any]) -> tuple[float, int]:
    """The median time in milliseconds of a warm page, and its number of queries."""
    with CaptureQueriesContext(connection) as queries:
        answer = page()
    number = len(queries)  # asked at once: the next request empties the log
    if answer.status_code != 200:
        raise RuntimeError(f"The page answered {answer.status_code}.")
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        page()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), number


def populate(leads: int) -> None:
    """Leads of `leads` people at a fiftieth as many companies, over the stages as in a living system."""
    random.seed(7)
    now = timezone.now()
    Account.objects.bulk_create(
        [
            Account(name=f"Firm {n}", name_key=f"firm {n}", domain=f"listed-firm{n}.example")
            for n in range(max(10, leads // 50))
        ]
    )
    accounts = list(Account.objects.filter(domain__startswith="listed-firm").values_list("pk", flat=True))
    sources = [
        Source.objects.get_or_create(name=f"Listed source {n}", defaults={"kind": "event"})[0]
        for n in range(12)
    ]
    owners = [get_user_model().objects.create(username=f"bench-rep{n}", is_staff=True) for n in range(12)]
    stages = [*EARLY_STAGES * 6, *SALES_STAGES * 2, Stage.CUSTOMER, Stage.DISQUALIFIED]
    for start in range(0, leads, 5000):
        people = Contact.objects.bulk_create(
            [
                Contact(
                    first_name=random.choice(_FIRST),
                    last_name=random.choice(_LAST),
                    email=f"p{n}@firm{n % 997}.example",
                    email_key=f"p{n}@firm{n % 997}.example",
                    account_id=random.choice(accounts),
                    title="Plant manager",
                )
                for n in range(start, min(start + 5000, leads))
            ]
        )
        born = Lead.objects.bulk_create(
            [
                Lead(
                    contact=person,
                    source=random.choice(sources),
                    stage=random.choice(stages).value,
                    owner=random.choice(owners),
                    created_at=now - timedelta(minutes=random.randrange(500_000)),
                )
                for person in people
            ]
        )
        leads_created.send(sender=Lead, lead_ids=[lead.pk for lead in born])


_FIRST = [
    "Ada",
    "Bela",
    "Carla",
    "Dina",
    "Emil",
    "Femi",
    "Gita",
    "Hugo",
    "Ines",
    "Jonas",
    "Kemal",
    "Lena",
    "Mina",
    "Nils",
]
_LAST = [
    "Adler",
    "Brandt",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haas",
    "Ivanov",
    "Jansen",
    "Keller",
    "Lopez",
]
