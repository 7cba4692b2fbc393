"""Filling in the editors of a draft as a browser does: what stands on the page is sent back, with changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from terminology import agreements
from terminology.draft_editing import editor_page
from terminology.models import Agreement


@dataclass
class Form(HTMLParser):
    """What a browser would send of the editor's form; blank rows in templates are none of it."""

    html: str
    sent: dict[str, list[str]] = field(default_factory=dict)
    _is_inside: bool = False
    _templates: int = 0
    _select: str = ""
    _options: list[tuple[str, bool]] = field(default_factory=list)
    _textarea: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = "lo-form" in found.get("class", "")
        self._templates += tag == "template"
        name = found.get("name", "")
        if tag == "option":
            self._options.append((found.get("value", ""), "selected" in found))
        if not name or not self._is_inside or self._templates:
            return
        if tag == "select":
            self._select, self._options = name, []
        elif tag == "textarea":
            self._textarea = name
            self.sent[name] = [""]
        elif tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            self.sent.setdefault(name, []).append(
                found.get("value", "on" if found.get("type") == "checkbox" else "")
            )

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # A browser leaves the first line end out, and sends the others as two signs.
            self.sent[self._textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea" and self._textarea:
            text = self.sent[self._textarea][0].removeprefix("\n")
            self.sent[self._textarea] = [text.replace("\n", "\r\n")]
            self._textarea = ""
        elif tag == "select" and self._select:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self.sent[self._select] = chosen or [value for value, _ in self._options[:1]]
            self._select = ""


def opened(by: User, now: datetime, title: str = "Change of something") -> Agreement:
    """An empty draft."""
    return agreements.draft(title=title, by=by, now=now)


def on_page(client: Client, path: str) -> dict[str, Any]:
    """What the editor at `path` would send if nothing were touched."""
    return dict(Form(client.get(path).text).sent)


def with_row(sent: Mapping[str, Any], prefix: str, **fields: Any) -> dict[str, Any]:
    """`sent` with one more row in the set of rows `prefix`."""
    number = int(sent[f"{prefix}-TOTAL_FORMS"][0])
    row = {f"{prefix}-{number}-{name}": value for name, value in fields.items()}
    return {**sent, f"{prefix}-TOTAL_FORMS": [str(number + 1)], **row}


@dataclass
class Editor:
    """One editor's page for one person: `filled(name="New")`, then `save(...)` or `compare(...)`."""

    client: Client
    agreement: Agreement
    section: str
    part: str = ""

    @property
    def path(self) -> str:
        return editor_page(self.agreement.pk, section=self.section, part=self.part)

    def page(self) -> Any:
        return self.client.get(self.path)

    def filled(self, **changes: Any) -> dict[str, Any]:
        """The form as it stands on the page, with changes; `__` in a name stands for `-`."""
        return on_page(self.client, self.path) | {
            name.replace("__", "-"): value for name, value in changes.items()
        }

    def save(self, sent: Mapping[str, Any]) -> Any:
        return self.client.post(self.path, sent, follow=True)

    def compare(self, sent: Mapping[str, Any]) -> Any:
        return self.client.post(self.path, {**sent, "compare": "1"})

    def told(self) -> list[str]:
        """What the draft says now."""
        self.agreement.refresh_from_db()
        return [sentence for _, said in agreements.prose(self.agreement.changes) for sentence in said]

    def parts(self) -> dict[str, Any]:
        """The section as it would be with the draft in force."""
        self.agreement.refresh_from_db()
        return agreements.content(self.agreement, self.section)
