"""What it costs that every label is a term: the lead list and a lead's page with 0, 100 and 5,000 texts of the company.

Naive is the same program with plain strings: a process in which `term()` gives back its default, no label is looked up
and no request asks for the stamp of the labels. Each measurement is a process of its own, as a web server has them; the
kinds take turns, so that a machine that slows down slows all of them.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from itertools import cycle, islice
from typing import Any, Final

TURNS: Final = 5
# Of each kind in a turn, after two that warm up. The quickest counts: what else the machine does slows the others.
PAGES: Final = 15
KINDS: Final = ("plain", "0", "100", "5000")


def run(*, leads: int) -> list[dict[str, Any]]:
    """Milliseconds of the processor for a page: terms beside plain strings, with the spread of the turns."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    from benchmarks.listing import _populate

    _populate(leads)
    get_user_model().objects.create_superuser("label-boss", password="not-used")
    name = str(connection.settings_dict["NAME"])
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for turn in range(TURNS):
        for kind in islice(cycle(KINDS), turn % len(KINDS), turn % len(KINDS) + len(KINDS)):
            if kind != "plain":
                _override(int(kind))
            connection.close()
            found[kind].append(_in_a_process(kind, name))
    rows = []
    for page in ("list", "change"):
        plain = [turn[page] for turn in found["plain"]]
        for kind in KINDS[1:]:
            ours = [turn[page] for turn in found[kind]]
            ratios = [ours[turn] / plain[turn] for turn in range(TURNS)]
            rows.append(
                {
                    "figure": f"{'lead list' if page == 'list' else 'lead page'}, {int(kind):,} overrides",
                    "ours": statistics.median(ours),
                    "naive": statistics.median(plain),
                    "ratio": statistics.median(plain) / statistics.median(ours),
                    "unit": "ms",
                    "note": f"turns {min(ours):.1f} to {max(ours):.1f}, plain {min(plain):.1f} to {max(plain):.1f}; "
                    f"cost {statistics.median(ratios) - 1:+.1%}",
                }
            )
    return rows


def _override(number: int) -> None:
    """Give `number` terms a text: first those of leads, then all others, then the same in more languages."""
    from django.db.models import F

    from terminology import labels
    from terminology.models import LabelVersion, TermOverride

    keys = sorted(labels.REGISTRY, key=lambda key: not key.startswith(("leads.", "stage.")))
    places = [(key, language) for language in ("", "de", "fr", "es", "it", "nl", "pt", "sv") for key in keys]
    TermOverride.objects.all().delete()
    TermOverride.objects.bulk_create(
        # As long as the default, so that the pages have one size.
        TermOverride(key=key, language=language, text=labels.REGISTRY[key].swapcase() or "-")
        for key, language in places[:number]
    )
    LabelVersion.objects.get_or_create(pk=1)
    LabelVersion.objects.filter(pk=1).update(version=F("version") + 1)


def _in_a_process(kind: str, database: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.labels", "--kind", kind, "--database", database],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


# --- In the process of one kind -----------------------------------------------------------------------------------


def measure(kind: str, database: str) -> dict[str, float]:
    """The milliseconds of the processor for each of the two pages, of the quickest round."""
    if kind == "plain":
        _use_plain_strings()
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    from leads.models import Lead

    connection.settings_dict["NAME"] = database
    if kind == "plain":
        settings.MIDDLEWARE = [
            one for one in settings.MIDDLEWARE if one != "terminology.middleware.FreshLabels"
        ]
    client = Client()
    client.force_login(get_user_model().objects.get(username="label-boss"))
    lead = Lead.objects.order_by("pk")[100]
    return {
        "list": _quickest(client, "/admin/leads/lead/"),
        "change": _quickest(client, f"/admin/leads/lead/{lead.pk}/change/"),
    }


def _use_plain_strings() -> None:
    """What the program would be without terms: to be called before any model is loaded."""
    from leadops import words
    from terminology import labels

    def plain(key: str, default: str) -> Any:
        labels.REGISTRY.setdefault(key, default)
        return default

    labels.term = plain
    labels.current = lambda key: labels.REGISTRY.get(key, "")
    words.word = plain


def _quickest(client: Any, path: str) -> float:
    times = []
    for _ in range(PAGES + 2):
        started = time.process_time()
        answer = client.get(path)
        answer.content  # noqa: B018 - the page is rendered
        times.append((time.process_time() - started) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"The page answered {answer.status_code}.")
    return min(times[2:])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--database", required=True)
    options = parser.parse_args()
    print(json.dumps(measure(options.kind, options.database)))
