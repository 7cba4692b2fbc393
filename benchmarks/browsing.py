"""How long the pages of those who work take while a list is loaded, beside the same pages when nothing else happens.

One process asks for one page after the other, as somebody who never pauses; another one loads the list, on the same
database. Both have a core of their own where there are two.
"""

import statistics
import tempfile
import time
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from benchmarks.importing import messy_list, started
from benchmarks.listing import populate
from leads.models import Lead

LEADS: Final = 20_000
IDLE_SECONDS: Final = 15


def run(*, rows: int) -> list[dict[str, Any]]:
    """Milliseconds: the 95th of a hundred pages, and the middle one; naive are the same pages without a list."""
    populate(LEADS)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("bench-browser", password="not-used"))
    pages = [
        "/admin/leads/lead/",
        "/admin/leads/lead/?stage__exact=suspect",
        f"/admin/leads/lead/{Lead.objects.order_by('-pk').values_list('pk', flat=True)[0]}/change/",
    ]
    for page in pages:
        client.get(page)
    until = time.perf_counter() + IDLE_SECONDS
    idle = _times(client, pages, while_=lambda: time.perf_counter() < until)
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(messy_list(rows, seed="browsing"))
        file.flush()
        connection.close()
        with started("load", file.name) as process:
            busy = _times(client, pages, while_=lambda: process.poll() is None)
            _, complaint = process.communicate()
    if process.returncode:
        raise RuntimeError(complaint)
    return [
        _row("page while a list is loaded, 95th of 100", _p95(busy), _p95(idle), f"{len(busy):,} pages"),
        _row("page while a list is loaded, median", statistics.median(busy), statistics.median(idle), ""),
    ]


def _times(client: Client, pages: list[str], *, while_: Any) -> list[float]:
    times: list[float] = []
    while while_():
        page = pages[len(times) % len(pages)]
        began = time.perf_counter()
        answer = client.get(page)
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{page} answered {answer.status_code}.")
    return times


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _row(figure: str, ours: float, naive: float, note: str) -> dict[str, Any]:
    return {
        "figure": figure,
        "ours": ours,
        "naive": naive,
        "ratio": ours / naive,
        "unit": "ms",
        "note": f"naive: nothing else happens. {note}".strip(),
    }
