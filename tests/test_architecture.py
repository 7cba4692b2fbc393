"""Keeps the direction of imports and of foreign keys (docs/architecture.md), and the one door for stages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent

# From the bottom to the top; an app imports from those below it only. The three in the middle do not know each other.
LEVELS = {
    "leadops": 0,
    "terminology": 1,
    "leads": 2,
    "scoring": 3,
    "imports": 4,
    "intake": 4,
    "handoff": 4,
    "reports": 5,
    "demo": 6,
}


def sources() -> Iterator[Path]:
    for app in LEVELS:
        yield from sorted((ROOT / app).rglob("*.py"))


def imported_apps(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in names:
            if (app := name.split(".")[0]) in LEVELS:
                yield app, node.lineno


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_app_imports_only_from_the_apps_below_it(path: Path) -> None:
    app = path.relative_to(ROOT).parts[0]

    wrong = [
        f"line {line}: {other}"
        for other, line in imported_apps(path)
        if other != app and LEVELS[other] >= LEVELS[app]
    ]

    assert not wrong


def test_foreign_keys_point_to_the_same_app_or_below() -> None:
    wrong = [
        f"{field} -> {field.related_model._meta.label}"
        for app in LEVELS
        if apps.is_installed(app)
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model._meta.app_label in LEVELS
        and LEVELS[field.related_model._meta.app_label] > LEVELS[app]
    ]

    assert not wrong


def test_nobody_but_the_lifecycle_writes_a_stage() -> None:
    """`protected=True` does not see `update()` and `bulk_update()`."""
    past_the_door = re.compile(r"\.update\([^)]*\bstage=|bulk_update\([^)]*[\"']stage[\"']")

    wrong = [
        f"{path.relative_to(ROOT)}: {match.group(0)[:60]}"
        for path in sources()
        if path != ROOT / "leads" / "lifecycle.py" and "migrations" not in path.parts
        for match in past_the_door.finditer(path.read_text(encoding="utf-8"))
    ]

    assert not wrong


def test_nothing_catches_every_exception() -> None:
    broad = re.compile(r"except\s*:|except\s+\(?\s*(Exception|BaseException)\b")

    found = [
        str(path.relative_to(ROOT))
        for path in sources()
        for _ in broad.finditer(path.read_text(encoding="utf-8"))
    ]

    # A job that crashed is given back, and the exception goes on its way.
    assert found == ["leadops/jobs.py"]
