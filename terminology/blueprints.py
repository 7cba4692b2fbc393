"""Blueprints: complete vocabularies with definitions, scoring, clocks and catalogues, from which a company starts.

A blueprint is a JSON file in the folder `blueprints`. Each app registers a loader for the sections that are its own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from django.contrib.auth.models import User
from django.db import transaction

from leadops.errors import LeadOpsError
from terminology import editing

FOLDER: Final = Path(__file__).parent / "blueprints"


class UnknownBlueprint(LeadOpsError):
    """There is no blueprint of that name."""


class Loader(Protocol):
    """Loads one section of a blueprint and returns how many rows it now has in force."""

    def __call__(self, section: Any, *, by: User | None, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a blueprint is called and says about itself."""

    name: str
    title: str
    summary: str


_loaders: dict[str, tuple[int, Loader]] = {}


def register(section: str, loader: Callable[..., int], *, order: int) -> None:
    """Let `loader` load the top-level `section` of every blueprint; lower orders are loaded first."""
    _loaders[section] = (order, loader)


def available() -> list[Blueprint]:
    """The blueprints that ship with LeadOps, by name."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        found.append(Blueprint(path.stem, content["title"], content["summary"]))
    return found


def use_blueprint(*, name: str, by: User | None, now: datetime) -> dict[str, int]:
    """Load the whole vocabulary `name`, all or nothing; returns the rows of each section.

    Loading it again, or another one over it, brings new versions of definitions and scoring into force and leaves
    people, leads and history alone. Raises `UnknownBlueprint`.
    """
    path = FOLDER / f"{name}.json"
    if not name.replace("-", "").isalnum() or not path.is_file():
        names = ", ".join(blueprint.name for blueprint in available())
        raise UnknownBlueprint(f"There is no blueprint “{name[:60]}”. Choose one of: {names}.")
    content = json.loads(path.read_text(encoding="utf-8"))
    counts = {}
    with transaction.atomic():
        for section, (_, loader) in sorted(_loaders.items(), key=lambda item: item[1][0]):
            if section in content:
                counts[section] = loader(content[section], by=by, now=now)
    return counts


def load_terms(section: dict[str, str], *, by: User | None, now: datetime) -> int:
    """Loader of the section `terms`: the blueprint's texts, and the defaults for every other term."""
    from terminology import labels

    labels.refresh()
    reset = {known.key: "" for known in labels.terms() if known.override}
    editing.rename_terms(texts=reset | section, by=by, now=now)
    return len(section)
