"""How well and how fast duplicates are found.

The lists with a known truth are those of the folder of shared data; where it is not there, they are left out. Speed is
measured on people who are made up, a sixth of whom come again with slips. Naive is what a person would write first:
exact name and birth date, or names that are the same after case and blanks.
"""

import csv
import os
import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from imports.matching.files import match_files
from tests.imports.matching_truth import TRUTHS, Scores, clusters_of, measured, scored
from tests.imports.slips import contacts

_SHARED = Path(os.environ.get("LEADOPS_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
_NAIVE = {
    "febrl1": ("given_name", "surname", "date_of_birth"),
    "febrl3": ("given_name", "surname", "date_of_birth"),
    "splink_fake_1000": ("first_name", "surname", "dob"),
    "company_names": ("person_name",),
    "chicago_sites": ("Site name", "Address"),
}


def run(*, rows: int) -> list[dict[str, Any]]:
    """Accuracy of "same" in percent beside exact agreement; rows a second at a twentieth and at all of the rows."""
    found = [figure for name in TRUTHS for figure in _accuracy(name)]
    for count in (max(100, rows // 20), rows):
        seconds, scores = _timed(count)
        found.append(
            {
                "figure": f"rows compared, {count:,} contacts",
                "ours": count / seconds,
                "unit": "rows/s",
                "note": f"F1 {scores.same.f1:.4f}, precision {scores.same.precision:.4f}",
            }
        )
    found.append(
        {
            "figure": "memory of the process at its most",
            "ours": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "unit": "MiB",
        }
    )
    return found


def _accuracy(name: str) -> list[dict[str, Any]]:
    truth = TRUTHS[name]
    path = _SHARED / "dedupe" / truth.file
    if not path.is_file():
        return []
    scores = measured(path, truth)
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    naive = _exact(lines, _NAIVE[name], clusters_of(lines, truth))
    same, both = scores.same, scores.all
    note = (
        f"precision {same.precision:.4f}, recall {same.recall:.4f}; with maybe F1 {both.f1:.4f}, "
        f"precision {both.precision:.4f}; {100 * scores.whole:.0f} % of the groups whole"
    )
    return [
        {
            "figure": f"{name}: F1 of same",
            "ours": 100 * same.f1,
            "naive": 100 * naive.same.f1,
            "ratio": same.f1 / naive.same.f1 if naive.same.f1 else None,
            "unit": "%",
            "note": note,
        }
    ]


def _exact(lines: Sequence[dict[str, str]], columns: Sequence[str], clusters: Sequence[int]) -> Scores:
    groups: dict[tuple[str, ...], list[int]] = {}
    for row, line in enumerate(lines):
        key = tuple(" ".join(line[column].casefold().split()) for column in columns)
        if all(key):
            groups.setdefault(key, []).append(row)
    pairs = [
        (one, other, "same")
        for group in groups.values()
        for place, one in enumerate(group)
        for other in group[place + 1 :]
    ]
    return scored(pairs, clusters)


def _timed(count: int) -> tuple[float, Scores]:
    made = contacts(count, seed=3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([made.headers, *made.rows])
        started = perf_counter()
        found = match_files(path, None, entity="person", ignore=(), threshold=0.1)
        seconds = perf_counter() - started
    return seconds, scored([(one, other, verdict) for one, other, _, verdict in found.pairs], made.who)
