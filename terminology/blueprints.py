"""Blueprints: complete vocabularies with definitions, scoring, clocks and catalogues, from which a company starts.

A blueprint is a JSON file in the folder `blueprints`, read by the sections that the apps register.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from leadops.errors import LeadOpsError
from terminology import sections
from terminology.agreements import MAX_TEXT, MAX_TITLE, bring_in_unsigned, draft, put_all
from terminology.models import Agreement
from terminology.sections import Parts

FOLDER: Final = Path(__file__).parent / "blueprints"


class UnknownBlueprint(LeadOpsError):
    """There is no blueprint of that name."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a blueprint is called and says about itself."""

    name: str
    title: str
    summary: str


def available() -> list[Blueprint]:
    """The blueprints that ship with LeadOps, by name."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        found.append(Blueprint(path.stem, content["title"], content["summary"]))
    return found


def use_blueprint(*, name: str, by: User | None, now: datetime) -> dict[str, int]:
    """Bring the whole vocabulary `name` into force at once, all or nothing; returns the rows of each section.

    This is a company's starting point, or the word of whoever runs the server; it needs no signatures and its
    agreement says so. People, leads and history stay as they are. Raises `UnknownBlueprint`.
    """
    blueprint, parts = read(name)
    bring_in_unsigned(
        title=f"Blueprint: {blueprint.title}"[:MAX_TITLE],
        changes=_wishes(parts),
        why="Loaded without signatures.",
        by=by,
        now=now,
    )
    return {key: sections.section(key).count(found) for key, found in parts.items()}


def draft_blueprint(*, name: str, by: User, now: datetime) -> Agreement:
    """A draft that brings the vocabulary `name` in over what is in force, to be read and signed. Raises as above."""
    blueprint, parts = read(name)
    with transaction.atomic():
        made = draft(
            title=f"Blueprint: {blueprint.title}"[:MAX_TITLE],
            note=blueprint.summary[:MAX_TEXT],
            by=by,
            now=now,
        )
        return put_all(agreement=made, changes=_wishes(parts), by=by, revision=made.revision, now=now)


def read(name: str) -> tuple[Blueprint, dict[str, Parts]]:
    """The blueprint `name` and what it says: `{section: parts}`. Raises `UnknownBlueprint`."""
    names = [path.stem for path in sorted(FOLDER.glob("*.json"))]
    if name not in names:
        raise UnknownBlueprint(f"There is no blueprint “{name[:60]}”. Choose one of: {', '.join(names)}.")
    path = FOLDER / f"{name}.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    parts: dict[str, Parts] = {}
    for section in (one for one in sections.sections() if one.key in content):
        parts[section.key] = section.from_blueprint(content[section.key])
    return Blueprint(name, content["title"], content["summary"]), parts


def _wishes(parts: Mapping[str, Parts]) -> dict[str, Parts]:
    """The sections of a blueprint as wishes: what it says, and None for every part that it does not have."""
    return {key: dict.fromkeys(sections.section(key).read()) | found for key, found in parts.items()}
