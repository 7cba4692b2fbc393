"""Changing terms: the one way a label is renamed, reset or loaded in bulk.

A text is named by its *part*: the key of the term, or for one language "key@de" (`labels.part_of`).
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from leadops.errors import LeadOpsError
from terminology import labels
from terminology.labels import Form, part_of, split_part
from terminology.languages import language_name, languages
from terminology.models import FormerLabel, LabelVersion, TermOverride

# Bidirectional controls and invisible characters make two labels that look alike differ, or turn a page around.
_UNSEEN: Final = {"Cc", "Cf", "Co", "Cs"}
_ALLOWED_UNSEEN: Final = {"\u200d"}  # joins emoji
# Letters that are seen as a blank, though Unicode calls them letters and signs.
_BLANK: Final = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}


class BadLabel(LeadOpsError):
    """A label that can't be used; `part` says which, where it is one of several."""

    def __init__(self, sentence: str, *, part: str = "") -> None:
        super().__init__(sentence)
        self.part = part


def rename_terms(*, texts: Mapping[str, str], by: User | None, now: datetime) -> int:
    """Give each term of `texts` (part to text) its new text; an empty text resets it to the default.

    Returns how many changed. The former text stays known as an import header. Raises `BadLabel` for a text that is too
    long, holds unseen characters, or is already another field's label in the same model; then nothing changes.
    """
    with transaction.atomic():
        # Two people who save at once come one after the other, so that their labels are compared with each other.
        LabelVersion.objects.select_for_update().get_or_create(pk=1)
        before = overrides()
        after = with_changes(before, texts)
        changed = {part: after.get(part, "") for part in texts if after.get(part, "") != before.get(part, "")}
        if not changed:
            return 0
        refuse_collisions(changed=changed, after=after)
        _write(changed, before=before, by=by, now=now)
    return len(changed)


def overrides() -> dict[str, str]:
    """The company's texts as the database has them: part to text. Terms that no longer exist are left out."""
    return {
        part_of(key, language): text
        for key, language, text in TermOverride.objects.values_list("key", "language", "text")
        if key in labels.REGISTRY
    }


def with_changes(before: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    """`before` (part to text) with `texts` put in, as they would be stored: no part that says the same as its default.

    Raises `BadLabel` where one of `texts` can't be a label.
    """
    after = {**before, **{part: checked(part=part, text=text) for part, text in texts.items()}}
    return {
        part: text
        for part, text in after.items()
        # A text that was there already stays, though the one for every language may have become the same.
        if text and (part not in texts or text != fallback(part, after))
    }


def fallback(part: str, parts: Mapping[str, str]) -> str:
    """What is shown where `part` has no text: for one language that for every language, else the default."""
    key, language = split_part(part)
    return (parts.get(key, "") if language else "") or labels.REGISTRY[key]


def checked(*, part: str, text: str) -> str:
    """`text` as it would be stored under `part`. Raises `BadLabel` with a sentence where it can't be a label."""
    key, language = split_part(part)
    if key not in labels.REGISTRY:
        raise BadLabel(f"There is no term “{part[:60]}”. Choose one from the list of terms.")
    if language and language not in languages():
        raise BadLabel(
            f"LeadOps does not speak “{language[:20]}” here. Add it to LEADOPS_LANGUAGES, or choose another language."
        )
    known = labels.Term(key, labels.REGISTRY[key], "")
    if text and not text.strip():
        raise BadLabel(_only_blanks(f"The label for “{known.default}”"), part=part)
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if text == known.default:  # whatever it is like: it goes back to the default
        return text
    if len(text) > known.max_length:
        raise BadLabel(
            f"The label for “{known.default}” has {len(text):,} characters; {known.max_length} is the most. "
            "Shorten it.",
            part=part,
        )
    refuse_unseen(text, what=f"The label for “{known.default}”", part=part, may_break_lines=known.is_prose)
    return text


def refuse_unseen(text: str, *, what: str, part: str = "", may_break_lines: bool = False) -> None:
    """Raise `BadLabel` where `text` holds what nobody sees: controls, turned directions, or nothing but blanks."""
    unseen = [sign for sign in text if unicodedata.category(sign) in _UNSEEN and sign not in _ALLOWED_UNSEEN]
    if any(sign != "\n" or not may_break_lines for sign in unseen):
        raise BadLabel(f"{what} holds a character that can't be seen. Type it again without it.", part=part)
    if text and all(
        sign in _BLANK or sign in _ALLOWED_UNSEEN or unicodedata.category(sign) in {"Zs", "Mn"}
        for sign in text
    ):
        raise BadLabel(_only_blanks(what), part=part)


def _only_blanks(what: str) -> str:
    return f"{what} shows nothing but blanks. Type a word, or leave the box empty for the default."


def _write(changed: Mapping[str, str], *, before: Mapping[str, str], by: User | None, now: datetime) -> None:
    parts = {part: split_part(part) for part in changed}
    FormerLabel.objects.bulk_create(
        FormerLabel(
            key=key,
            language=language,
            text=before.get(part) or fallback(part, before),
            replaced_at=now,
            replaced_by=by,
        )
        for part, (key, language) in parts.items()
    )
    for language in {language for _, language in parts.values()}:
        gone = [key for part, (key, own) in parts.items() if own == language and not changed[part]]
        TermOverride.objects.filter(language=language, key__in=gone).delete()
    TermOverride.objects.bulk_create(
        [
            TermOverride(key=key, language=language, text=changed[part], changed_at=now, changed_by=by)
            for part, (key, language) in parts.items()
            if changed[part]
        ],
        update_conflicts=True,
        unique_fields=["key", "language"],
        update_fields=["text", "changed_at", "changed_by"],
    )
    LabelVersion.objects.filter(pk=1).update(version=F("version") + 1)
    transaction.on_commit(labels.refresh)


def former_texts(*, keys: Iterable[str] | None) -> dict[str, list[str]]:
    """The former texts of each of `keys` (None: of all), in all languages, newest first, each once."""
    rows = FormerLabel.objects.all() if keys is None else FormerLabel.objects.filter(key__in=list(keys))
    found: dict[str, list[str]] = {}
    for key, text in rows.values_list("key", "text"):
        texts = found.setdefault(key, [])
        if text and text not in texts:
            texts.append(text)
    return found


def texts_in_every_language(*, keys: Iterable[str]) -> dict[str, list[str]]:
    """The company's texts for each of `keys` that are in force in any language."""
    found: dict[str, list[str]] = {}
    for key, text in TermOverride.objects.filter(key__in=list(keys)).values_list("key", "text"):
        found.setdefault(key, []).append(text)
    return found


# --- Labels that must differ --------------------------------------------------------------------------------------


def refuse_collisions(*, changed: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Raise `BadLabel` where a changed text would be the same as that of a sibling, in any language.

    Two fields of one model, or two stages, may not read the same: import headers and reports would be ambiguous.
    `after` are all overrides as they would be (part to text), `changed` those that were not so before.
    """
    spoken = {""} | {split_part(part)[1] for part in after}
    for language in sorted(spoken):
        keys = {
            key
            for key, own in map(split_part, changed)
            # A text for every language is read in each language that has none of its own.
            if own == language or (not own and part_of(key, language) not in after)
        }
        texts = {key: shown_text(key, language, after) for key in labels.REGISTRY}
        _refuse_collisions(changed=keys, after=texts, language=language)


def shown_text(key: str, language: str, parts: Mapping[str, str]) -> str:
    """What people who read `language` would see for `key` with the overrides `parts`."""
    return parts.get(part_of(key, language)) or fallback(part_of(key, language), parts)


def _refuse_collisions(*, changed: Iterable[str], after: Mapping[str, str], language: str = "") -> None:
    """The same in one language, of keys and the texts that are shown."""
    shapes = {shape for key in changed if (shape := shape_of(key)) is not None}
    taken: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for key in labels.REGISTRY:
        if (shape := shape_of(key)) in shapes and shape is not None:
            taken.setdefault((shape, after.get(key, "").casefold()), []).append(key)
    for key in changed:
        shape = shape_of(key)
        others = taken[shape, after[key].casefold()] if shape is not None else []
        if other := next((other for other in others if other != key), None):
            where = f" in {language_name(language)}" if language else ""
            raise BadLabel(
                f"“{after[key]}” is already the label of “{labels.REGISTRY[other]}”{where}. "
                f"Two {_many(key)} may not share a label; choose another.",
                part=part_of(key, language),
            )


def _many(key: str) -> str:
    return "fields" if key.count(".") == 2 and not key.startswith("stage.") else "of a kind"


def shape_of(key: str) -> tuple[str, ...] | None:
    """What labels that must differ from each other have in common; None where texts may repeat.

    Fields of one model; full names or short names of stages; the steps; the choices of one list.
    """
    parts = key.split(".")
    form = labels.form_of(key)
    if form in (Form.HELP, Form.DEFINITION, Form.PLURAL):
        return None
    if parts[0] == "stage":
        return ("stage", form.value)
    if len(parts) == 3:
        return (parts[0], parts[1])
    return (parts[0],) if len(parts) == 2 and parts[0] in _FAMILIES else None


# Lists from which people choose: two entries that read alike could not be told apart.
_FAMILIES: Final = frozenset(
    {
        "transition", "opportunity_stage", "source_kind", "channel", "seniority", "function", "email_kind",
        "operator", "import_kind", "row_outcome", "agreement_state", "call_to_action_kind", "challenge_state",
        "kpi_measure", "menu",
    }
)  # fmt: skip
