"""What the two teams agreed as a document: for people, for machines, and with the hash that both can check."""

from datetime import datetime
from typing import Any

from django.utils.text import capfirst

from leadops.names import full_name
from terminology import agreements, labels, sections
from terminology.models import Agreement, EntryKind, Side
from terminology.sections import Parts


def document(*, now: datetime, agreement: Agreement | None = None) -> dict[str, Any]:
    """What `agreement` (by default the one in force) put together as plain values.

    `{"as_of", "agreement": {…} or None, "sections": [{"key", "title", "items": [{"name", "text", "lines"}]}],
    "content": {section: {part: value}}, "content_hash"}`. Names of stages and fields are those of today.
    """
    found = agreement or agreements.in_force()
    content: dict[str, Parts] = (found.document if found else None) or sections.read_all()
    return {
        "as_of": now.isoformat(),
        "agreement": _head(found) if found else None,
        "sections": [
            {"key": one.key, "title": str(one.title), "items": _items(one, content[one.key])}
            for one in sections.in_reading_order()
            if content.get(one.key)
        ],
        "content": content,
        "content_hash": agreements.document_hash(content),
    }


def _items(section: sections.Section, parts: Parts) -> list[dict[str, Any]]:
    said = [section.say(part, parts[part]) for part in sections.ordered(section, parts)]
    return [{"name": item.name, "text": item.text, "lines": list(item.lines)} for item in said if item]


def _head(agreement: Agreement) -> dict[str, Any]:
    return {
        "version": agreement.version,
        "title": agreement.title,
        "note": agreement.note,
        "in_force_since": agreement.in_force_at.isoformat() if agreement.in_force_at else None,
        "superseded_at": agreement.superseded_at.isoformat() if agreement.superseded_at else None,
        "changes": [
            {"section": title, "sentences": told} for title, told in agreements.prose(agreement.changes)
        ],
        "signatures": [
            {
                "side": signature.side,
                "for": str(Side(signature.side).label),
                "name": full_name(signature.user),
                "at": signature.at.isoformat(),
                "content_hash": signature.content_hash,
            }
            for signature in agreement.signatures.select_related("user")
        ],
        "unsigned_because": _why_unsigned(agreement),
    }


def _why_unsigned(agreement: Agreement) -> str:
    if agreement.signatures.exists() or not agreement.version:
        return ""
    entry = agreement.entries.filter(kind=EntryKind.IN_FORCE).select_related("by").first()
    who = full_name(entry.by) if entry and entry.by else "the server's operator"
    return f"Brought into force by {who} without signatures. {agreement.note}".strip()


def as_markdown(found: dict[str, Any]) -> str:
    """The document for people, in Markdown."""
    lines = ["# What marketing and sales agreed", ""]
    head = found["agreement"]
    if head is None:
        lines += [f"As it stands on {found['as_of'][:10]}; no agreement is in force yet.", ""]
    else:
        lines += [
            f"Version {head['version']}, “{head['title']}”, in force since {head['in_force_since'][:10]}.",
            "",
        ]
        lines += [head["note"], ""] if head["note"] else []
    for section in found["sections"]:
        lines += [f"## {section['title']}", ""]
        for item in section["items"]:
            if item["lines"]:
                lines += [f"### {item['name']}", ""]
                lines += [item["text"], ""] if item["text"] else []
                lines += [*(f"- {line}" for line in item["lines"]), ""]
            else:
                lines.append(f"- {item['name']}: {item['text']}" if item["text"] else f"- {item['name']}")
        if lines[-1]:
            lines.append("")
    lines += ["## Signatures", ""]
    if head is None:
        lines.append("None.")
    else:
        lines += [
            f"- {one['for']}: {one['name']}, {one['at'][:16].replace('T', ' ')}" for one in head["signatures"]
        ]
        lines += [head["unsigned_because"]] if head["unsigned_because"] else []
    lines += [
        "",
        f"{capfirst(labels.current('terminology.agreement.content_hash'))} (SHA-256): {found['content_hash']}",
    ]
    return "\n".join(lines) + "\n"
