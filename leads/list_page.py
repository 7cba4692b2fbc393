"""What upper apps show on the page of a list, such as the imports by which its rows came."""

from collections.abc import Callable

from django.http import HttpRequest

from leads.models import Source
from leads.workspace import Panel

_panels: list[tuple[int, Callable[[HttpRequest, Source], Panel | None]]] = []


def register_panel(build: Callable[[HttpRequest, Source], Panel | None], *, order: int = 50) -> None:
    """Let an upper app show a box on the page of a list; `build` returns None where it has nothing to say."""
    if all(known is not build for _, known in _panels):
        _panels.append((order, build))
        _panels.sort(key=lambda pair: pair[0])


def panels(request: HttpRequest, source: Source) -> list[Panel]:
    """The boxes of the upper apps for this list, in order."""
    return [panel for _, build in _panels if (panel := build(request, source)) is not None]
