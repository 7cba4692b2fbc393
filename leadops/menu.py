"""The sidebar: every app registers its own entries, and a person sees those that their permissions open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.html import escape

from leadops.words import word

# The sections in the order in which they stand, under the names that `register` takes, with what people read.
SECTIONS: Final[dict[str, Any]] = {
    "Work": word("menu.section.work", "Work"),
    "People": word("menu.section.people", "People"),
    "Lists": word("menu.section.lists", "Lists"),
    "Reports": word("menu.section.reports", "Reports"),
    "Agreement": word("menu.section.agreement", "Agreement"),
    "Set-up": word("menu.section.set_up", "Set-up"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    section: str
    title: str | Promise
    url_name: str
    icon: str  # a name of the Material Symbols font that Unfold ships
    permission: str | tuple[str, ...]  # "leads.view_lead", of several any; "" for everybody who may log in
    badge: Callable[[HttpRequest], Any] | None = None
    order: int = 0


_entries: list[Entry] = []


def register(
    *,
    section: str,
    title: str | Promise,
    url_name: str,
    icon: str,
    permission: str | tuple[str, ...],
    badge: Callable[[HttpRequest], Any] | None = None,
    order: int = 0,
) -> None:
    """Add an entry to the sidebar. `title` is a term or a text; registering a URL twice replaces the first."""
    _entries[:] = [entry for entry in _entries if entry.url_name != url_name]
    _entries.append(Entry(section, title, url_name, icon, permission, badge, order))


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar in Unfold's form, for the person of `request`."""
    groups = []
    for section, title in SECTIONS.items():
        items = [
            {
                "title": escape(str(entry.title)),  # Unfold prints it as if it were markup
                "icon": entry.icon,
                "link": reverse_lazy(entry.url_name),
                **({"badge": badge} if entry.badge and (badge := entry.badge(request)) else {}),
            }
            for entry in sorted(_entries, key=lambda entry: entry.order)
            if entry.section == section and _may_open(entry, request)
        ]
        if items:
            groups.append({"title": str(title), "separator": True, "collapsible": False, "items": items})
    return groups


def _may_open(entry: Entry, request: HttpRequest) -> bool:
    wanted = (entry.permission,) if isinstance(entry.permission, str) else entry.permission
    return any(not name or request.user.has_perm(name) for name in wanted)
