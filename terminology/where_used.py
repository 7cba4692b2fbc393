"""Where a term is seen and what mentions it: each app says it of its own pages, lists and rules."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

# A text and the address of the page that shows it, "" where there is none.
Use = tuple[str, str]
Finder = Callable[[str], Iterable[Use]]


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place, with the uses found there."""

    title: Any
    uses: list[Use]


_finders: dict[str, tuple[int, Any, Finder]] = {}


def register(name: str, find: Finder, *, title: Any, order: int = 50) -> None:
    """Let `find` say where a term is used, by its key. A second one of the same name takes its place."""
    _finders[name] = (order, title, find)


def where_used(key: str) -> list[Place]:
    """Every place where the term `key` is seen or mentioned, without those where it is not."""
    ordered = sorted(_finders.values(), key=lambda finder: finder[0])
    found = [Place(title, list(dict.fromkeys(find(key)))) for _, title, find in ordered]
    return [place for place in found if place.uses]
