"""What other apps show beside an agreement: cards with links."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from terminology.impact import Named
from terminology.models import Agreement


@dataclass(frozen=True, slots=True)
class Card:
    """A title and what can be looked at."""

    title: Any  # a term
    links: list[Named]


Shower = Callable[[Agreement, User], Card | None]

_showers: list[Shower] = []


def register(shower: Shower) -> None:
    """Ask `shower` for a card whenever an agreement is shown; None shows nothing."""
    if shower not in _showers:
        _showers.append(shower)


def cards(agreement: Agreement, *, user: User) -> list[Card]:
    """Every card there is for the eyes of `user`."""
    return [card for shower in _showers if (card := shower(agreement, user))]
