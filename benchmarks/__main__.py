"""`make bench`: each figure beside the naive way, measured in the same run on the same database.

Absolute numbers belong to the machine; the ratios are the result. Uses a database of its own, which it drops.
"""

import argparse
import os
import platform
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

PARTS: dict[str, dict[str, int]] = {
    "normalise": {"rows": 20_000},
    "cleaning": {},
    "matching": {"rows": 100_000},
    "importing": {"rows": 100_000},
    "reading": {"rows": 100_000},
    "rescoring": {"leads": 100_000},
    "moving": {"leads": 100_000},
    "listing": {"leads": 100_000},
    "browsing": {"rows": 100_000},
    "labels": {"leads": 10_000},
    "intake": {"events": 500},
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench ARGS=")
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="measure this part only; may be repeated"
    )
    parser.add_argument("--size", type=float, default=1.0, help="0.1 measures with a tenth of the rows")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.setdefault("LEADOPS_DATA_DIR", tempfile.mkdtemp(prefix="leadops-bench-"))

    import django

    django.setup()
    from django.db import connection

    # A file, as in real life: a database in memory would flatter both sides.
    connection.settings_dict.setdefault("TEST", {})["NAME"] = (
        str(Path(os.environ["LEADOPS_DATA_DIR"]) / "bench.sqlite3")
        if connection.vendor == "sqlite"
        else "test_leadops_bench"
    )
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    print(f"{connection.vendor}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    try:
        for part in options.only or PARTS:
            arguments = {key: max(100, int(value * options.size)) for key, value in PARTS[part].items()}
            show(part, arguments, import_module(f"benchmarks.{part}").run(**arguments))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def show(part: str, arguments: dict[str, int], rows: list[dict[str, Any]]) -> None:
    """Print a part's rows: {figure, ours, naive, ratio, unit, note}."""
    print(f"{part}: {', '.join(f'{value:,} {key}' for key, value in arguments.items())}")
    for row in rows:
        naive = f"{row['naive']:>12,.1f}" if row.get("naive") is not None else f"{'':>12}"
        ratio = f"{row['ratio']:>8.2f}x" if row.get("ratio") is not None else f"{'':>9}"
        print(
            f"  {row['figure']:<46}{row['ours']:>12,.1f}{naive}{ratio}  {row['unit']:<9}{row.get('note', '')}"
        )
    print(flush=True)


if __name__ == "__main__":
    main()
