"""Boxes of upper apps on the pages of contacts and accounts; those of leads are in `leads.workspace`."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from leads.models import Account, Contact
from leads.workspace import Panel

Build = Callable[[HttpRequest, Contact | Account], Panel | None]
_builders: list[Build] = []


def register(build: Build) -> None:
    """Let an upper app show a box; `build` returns None where it has nothing to say of a row."""
    if build not in _builders:
        _builders.append(build)


def panels(request: HttpRequest, row: Any) -> list[Panel]:
    """The boxes for this row, in the order in which the apps came."""
    return [panel for build in _builders if (panel := build(request, row)) is not None]
