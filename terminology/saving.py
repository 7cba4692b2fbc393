"""What becomes of the words that somebody typed: some are in force at once, others go into a draft for both teams."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from leadops.errors import LeadOpsError
from leadops.names import full_name
from terminology import agreements, labels, term_section
from terminology.catalogues import rename_rows
from terminology.editing import BadLabel, fallback, overrides, rename_terms
from terminology.labels import split_part
from terminology.models import Agreement, TermOverride
from terminology.words import Place, set_words

CHANGE: Final = "terminology.change_termoverride"


class MayNotChange(LeadOpsError):
    """The person may neither change words nor draft an agreement about them."""


class WordsMoved(LeadOpsError):
    """Somebody else changed the same words since the page was opened."""

    def __init__(self, sentence: str, *, parts: list[str]) -> None:
        super().__init__(sentence)
        self.parts = parts


@dataclass(frozen=True, slots=True)
class Saved:
    """How many texts are in force, how many wait in `draft`, and how many of them are what a stage means."""

    in_force: int = 0
    drafted: int = 0
    drafted_definitions: int = 0
    words: int = 0
    rows: int = 0
    draft: Agreement | None = None


def save_texts(
    *,
    texts: Mapping[str, str],
    was: Mapping[str, str],
    words: Mapping[Place, str],
    rows: Mapping[str, str],
    into: Agreement | None,
    by: User,
    now: datetime,
) -> Saved:
    """Save `texts` (part to text), other `words`, and the names of `rows` of catalogues, all or nothing.

    What may change by itself is in force at once: labels, unless the company wants signatures under them too. The rest,
    and everything of a person who may only propose, goes into the draft `into`, or into a new one. `was` is what stood
    in the boxes: raises `WordsMoved` where somebody else changed one of them meanwhile. Raises `BadLabel`,
    `MayNotChange` and what agreements refuse.
    """
    with transaction.atomic():
        before = overrides()
        changed = {part: text for part, text in texts.items() if _differs(part, text, before)}
        _refuse_moved(changed, was=was, before=before)
        may_change = by.has_perm(CHANGE)
        all_signed = not may_change or agreements.labels_need_signatures()
        signed = {part for part in changed if all_signed or not term_section.is_cosmetic(part)}
        at_once = {part: text for part, text in changed.items() if part not in signed}
        if words and not may_change:
            raise MayNotChange(
                "You may not change the other words. Ask RevOps, and leave those boxes as they are."
            )
        # The draft first: agreements take their lock before that of the labels, here as when they come into force.
        draft = (
            put_into_draft(
                texts={part: changed[part] for part in changed if part in signed}, into=into, by=by, now=now
            )
            if signed
            else None
        )
        in_force = rename_terms(texts=at_once, by=by, now=now) if at_once else 0
        return Saved(
            in_force=in_force,
            drafted=len(signed),
            drafted_definitions=sum(not term_section.is_cosmetic(part) for part in signed),
            words=set_words(texts=words) if words else 0,
            rows=rename_rows(texts=rows, was=was, by=by) if rows else 0,
            draft=draft,
        )


def put_into_draft(
    *,
    texts: Mapping[str, str],
    into: Agreement | None,
    by: User,
    now: datetime,
    revision: int | None = None,
) -> Agreement:
    """Let the draft `into`, or a new one, say `texts` (part to text; "" for the default). Nothing is in force by it."""
    if not by.has_perm(agreements.PROPOSE):
        raise MayNotChange(
            "This needs the signatures of both teams, and you may not draft an agreement. "
            "Ask RevOps or a manager to draft it."
        )
    if into is None:
        into = agreements.draft(title=f"Words, {now:%-d %B %Y}", by=by, now=now)
    parts = agreements.content(into, term_section.KEY)
    wished = term_section.stored(parts, texts)
    return agreements.put(
        agreement=into,
        section=term_section.KEY,
        parts=wished,
        by=by,
        revision=into.revision if revision is None else revision,
        now=now,
    )


def _differs(part: str, text: str, before: Mapping[str, str]) -> bool:
    """Whether somebody typed something else than what is there: another text, or the default where there is one."""
    key, _ = split_part(part)
    if key not in labels.REGISTRY:
        raise BadLabel(f"There is no term “{part[:60]}”. Choose one from the list of terms.", part=part)
    stored = before.get(part, "")
    typed = text.replace("\r\n", "\n")
    return typed != stored and (bool(stored) or typed != fallback(part, before))


def _refuse_moved(texts: Mapping[str, str], *, was: Mapping[str, str], before: Mapping[str, str]) -> None:
    moved = [
        part for part in texts if part in was and was[part].replace("\r\n", "\n") != before.get(part, "")
    ]
    if not moved:
        return
    key, language = split_part(moved[0])
    row = TermOverride.objects.filter(key=key, language=language).select_related("changed_by").first()
    who = full_name(row.changed_by) if row and row.changed_by else "Somebody"
    more = f" So {'was' if len(moved) == 2 else 'were'} {len(moved) - 1} more." if len(moved) > 1 else ""
    text = before.get(moved[0]) or fallback(moved[0], before)
    raise WordsMoved(
        f"{term_section.name_of(key)} was changed by {who} to “{text}” while you typed.{more} Nothing was saved. "
        "Your text still stands in the box: save again to put it in its place.",
        parts=moved,
    )
