"""What an agreement would do, shown before anybody signs: each app tells it for what it keeps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User

from terminology import sections
from terminology.models import Agreement
from terminology.sections import Parts

SHOWN = 25  # names on each side; the numbers say how many there are


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be looked at."""

    text: str
    url: str


@dataclass(slots=True)
class Impact:
    """One effect: how many there are now and would be, who appears, who vanishes, what is odd about it.

    The numbers count everything; the names are those that the reader may see.
    """

    title: str
    before: int | None = None
    after: int | None = None
    appears: int = 0
    vanishes: int = 0
    appearing: list[Named] = field(default_factory=list)
    vanishing: list[Named] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


# Told the sections as they are and as they would be, those that change, the reader and the moment.
Teller = Callable[..., list[Impact]]

_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Ask `teller(before, after, changed, user, now)` of every agreement."""
    if teller not in _tellers:
        _tellers.append(teller)


def impact_of(agreement: Agreement, *, user: User, now: datetime) -> list[Impact]:
    """Every effect that the agreement would have now, for the eyes of `user`."""
    before: Mapping[str, Parts] = sections.read_all()
    after = {key: sections.apply(parts, agreement.changes.get(key, {})) for key, parts in before.items()}
    changed = {key for key, changes in agreement.changes.items() if changes}
    return [
        found for teller in _tellers for found in teller(before, after, changed=changed, user=user, now=now)
    ]
