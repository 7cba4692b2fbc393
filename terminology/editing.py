"""Changing terms: the one way a label is renamed, reset or loaded in bulk."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from leadops.errors import LeadOpsError
from terminology import labels
from terminology.models import FormerLabel, LabelVersion, TermOverride

# Bidirectional controls and invisible characters make two labels that look alike differ, or turn a page around.
_UNSEEN: Final = {"Cc", "Cf", "Co", "Cs"}
_ALLOWED_UNSEEN: Final = {"\u200d"}  # joins emoji


class BadLabel(LeadOpsError):
    """A label that can't be used."""


def rename_terms(*, texts: Mapping[str, str], by: User | None, now: datetime) -> int:
    """Give each term of `texts` (key to text) its new text; an empty text resets it to the default.

    Returns how many changed. The former text stays known as an import header. Raises `BadLabel` for a text that is too
    long, holds unseen characters, or is already another field's label in the same model; then nothing changes.
    """
    before = {known.key: known for known in labels.terms()}
    wanted = {key: _checked(key=key, text=text) for key, text in texts.items()}
    changed = {key: text for key, text in wanted.items() if key not in before or text != before[key].override}
    if not changed:
        return 0
    after = {key: known.text for key, known in before.items()}
    after |= {key: text or labels.REGISTRY.get(key, "") for key, text in changed.items()}
    _refuse_collisions(changed=changed, after=after)
    with transaction.atomic():
        FormerLabel.objects.bulk_create(
            FormerLabel(key=key, text=before[key].text, replaced_at=now, replaced_by=by)
            for key in changed
            if key in before and before[key].text
        )
        TermOverride.objects.filter(key__in=[key for key, text in changed.items() if not text]).delete()
        TermOverride.objects.bulk_create(
            [
                TermOverride(key=key, text=text, changed_at=now, changed_by=by)
                for key, text in changed.items()
                if text
            ],
            update_conflicts=True,
            unique_fields=["key", "language"],
            update_fields=["text", "changed_at", "changed_by"],
        )
        LabelVersion.objects.get_or_create(pk=1)
        LabelVersion.objects.filter(pk=1).update(version=F("version") + 1)
        transaction.on_commit(labels.refresh)
    return len(changed)


def former_texts(*, keys: Iterable[str]) -> dict[str, list[str]]:
    """The former texts of each of `keys`, newest first."""
    found: dict[str, list[str]] = {}
    for key, text in FormerLabel.objects.filter(key__in=list(keys)).values_list("key", "text"):
        found.setdefault(key, []).append(text)
    return found


def _checked(*, key: str, text: str) -> str:
    if key not in labels.REGISTRY:
        raise BadLabel(f"There is no term “{key[:60]}”. Choose one from the list of terms.")
    text = unicodedata.normalize("NFC", text).strip()
    known = labels.Term(key, labels.REGISTRY[key], "")
    if len(text) > known.max_length:
        raise BadLabel(
            f"The label for “{known.default}” has {len(text):,} characters; {known.max_length} is the most. Shorten it."
        )
    unseen = [sign for sign in text if unicodedata.category(sign) in _UNSEEN and sign not in _ALLOWED_UNSEEN]
    if any(sign not in "\n\r" or not known.is_prose for sign in unseen):
        raise BadLabel(
            f"The label for “{known.default}” holds a character that can't be seen. Type it again without it."
        )
    return "" if text == known.default else text


def _refuse_collisions(*, changed: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Two fields of one model, or two stages, may not read the same: import headers and reports would be ambiguous."""
    for key in changed:
        group = _siblings(key)
        if group is None:
            continue
        text = after[key].casefold()
        for other in group:
            if other != key and after.get(other, "").casefold() == text:
                raise BadLabel(
                    f"“{after[key]}” is already the label of “{labels.REGISTRY[other]}”. "
                    "Two fields may not share a label; choose another."
                )


def _siblings(key: str) -> list[str]:
    """The keys whose texts may not equal that of `key`: fields of one model, full names or short names of stages."""
    shape = _shape(key)
    return [other for other in labels.REGISTRY if shape is not None and _shape(other) == shape]


def _shape(key: str) -> tuple[str, ...] | None:
    """What the labels that must differ from each other have in common; None where texts may repeat."""
    parts = key.split(".")
    if parts[-1] in {"help", "definition", "plural"}:
        return None
    if parts[0] == "stage":
        return ("stage", *parts[2:])
    return tuple(parts[:2]) if len(parts) == 3 else None
