"""The sections of a vocabulary: what can be agreed, how it is read, written and told apart.

Each app registers the sections that are its own. A section's content is `{part: value}`: a part is what changes by
itself (one term, the definition of one stage, one scoring rule), its value is plain JSON. Blueprints, agreements,
their differences, their documents and rolling back all speak this one form.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.contrib.auth.models import User

from terminology.models import Agreement

Parts = dict[str, Any]
# {section: {part: {"before": value or None, "after": value or None}}}; None: there is no such part.
Changes = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Under what a section is written: the agreement that says so, who brought it into force, and when."""

    agreement: Agreement | None
    by: User | None
    now: datetime


# Any section as it will be, by its key.
Contents = Callable[[str], Parts]


@dataclass(frozen=True, slots=True)
class Item:
    """One part in the document: its name, its text, and what belongs to it line by line."""

    name: str
    text: str = ""
    lines: tuple[str, ...] = ()


class Writer(Protocol):
    """Brings `parts`, the whole section, into force; only the parts named in `changed` differ from what is."""

    def __call__(self, parts: Parts, *, changed: set[str], stamp: Stamp) -> None: ...


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing that can be agreed."""

    key: str  # also its key in a blueprint's file
    title: Any  # a term
    order: int  # lower ones are written first and shown first
    read: Callable[[], Parts]
    write: Writer
    # What a blueprint's file says, as parts.
    from_blueprint: Callable[[Any], Parts]
    # Raises LeadOpsError with a sentence where the parts can't be brought into force as they are, beside the other
    # sections as they will be.
    check: Callable[[Parts, Contents], None]
    # What one change says to people, as sentences without a full stop: "MQL: Score at least 60 → 70".
    tell: Callable[[str, Any, Any], list[str]]
    # One part as the document shows it; None where it says nothing to people.
    say: Callable[[str, Any], Item | None]
    # The parts whose order does not follow from their positions or names, in the order in which people read them.
    known_parts: Callable[[], Iterable[str]] = tuple
    # How many things people would say these parts are.
    count: Callable[[Parts], int] = len
    # Whether a part may change without signatures where the company says so.
    is_cosmetic: Callable[[str], bool] = lambda part: False
    # Its place among what people read, where that is another than the order in which it is written.
    reading_order: int = 0
    # The address of the page that edits the section in a draft: a URL name that takes the agreement's id, and
    # (where `edits_parts`) the part. "" where only blueprints change it.
    editor: str = ""
    edits_parts: bool = False
    # Where `edits_parts`: the parts that there could be, and what each is called.
    parts_to_edit: Callable[[], list[str]] = list
    name_part: Callable[[str], str] = str


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Let `section` be agreed upon; a second one of the same key takes its place."""
    _sections[section.key] = section


def sections() -> list[Section]:
    """All that can be agreed, in the order in which it is written and shown."""
    return sorted(_sections.values(), key=lambda section: (section.order, section.key))


def in_reading_order() -> list[Section]:
    """As `sections`, but what the teams agreed stands before catalogues and words."""
    return sorted(
        _sections.values(), key=lambda section: (section.reading_order or section.order, section.key)
    )


def section(key: str) -> Section:
    """The section `key`. Raises KeyError."""
    return _sections[key]


def read_all() -> dict[str, Parts]:
    """Everything that is in force now: `{section: {part: value}}`."""
    return {one.key: one.read() for one in sections()}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The parts in which two contents of a section differ: `{part: {"before", "after"}}`."""
    return {
        part: {"before": before.get(part), "after": after.get(part)}
        for part in [*before, *(part for part in after if part not in before)]
        if before.get(part) != after.get(part)
    }


def apply(parts: Mapping[str, Any], changes: Mapping[str, Mapping[str, Any]]) -> Parts:
    """`parts` with one section's changes made."""
    after = {**parts, **{part: change["after"] for part, change in changes.items()}}
    return {part: value for part, value in after.items() if value is not None}


def ordered(section: Section, parts: Mapping[str, Any]) -> list[str]:
    """The parts as people read them, by the section's own order, by position, by name.

    The order of a JSON object says nothing: PostgreSQL does not keep it.
    """
    known = {part: place for place, part in enumerate(section.known_parts())}

    def place(part: str) -> tuple[int, int, str]:
        value = parts[part]
        position = value.get("position", -1) if isinstance(value, dict) else -1
        return known.get(part, len(known)), position, part

    return sorted(parts, key=place)


def ordered_changes(section: Section, changes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The parts that change: first, in order, those that there are; then those that are new."""
    there = {part: change["before"] for part, change in changes.items() if change["before"] is not None}
    new = {part: change["after"] for part, change in changes.items() if change["before"] is None}
    return ordered(section, there) + ordered(section, new)


def arrow(name: str, before: str, after: str) -> str:
    """How a value is said to change: "threshold 60 → 70"."""
    return f"{name} {before} → {after}"
