"""Who called what how, and when: the changes of labels, and the way back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from terminology import labels, term_section
from terminology.editing import fallback, overrides
from terminology.labels import part_of
from terminology.languages import language_name
from terminology.models import FormerLabel


@dataclass(frozen=True, slots=True)
class Change:
    """One label was given another text."""

    pk: int
    part: str
    name: str  # the term in prose
    before: str
    after: str
    at: datetime
    by: Any
    is_latest: bool
    is_undone: bool  # what it was before is what it is now


@dataclass(frozen=True, slots=True)
class Save:
    """What one person changed in one go."""

    at: datetime
    by: Any
    changes: list[Change]

    @property
    def undoable(self) -> list[int]:
        """The rows that "Undo all" takes back: those that nobody changed again."""
        return [change.pk for change in self.changes if change.is_latest and not change.is_undone]


def changes(*, key: str = "") -> QuerySet[FormerLabel]:
    """The changes of labels, newest first; of one term and what stands beside it where `key` is given."""
    rows = FormerLabel.objects.filter(key__in=list(labels.REGISTRY)).select_related("replaced_by")
    if key:
        beside = [other for other in labels.REGISTRY if other == key or other.startswith(f"{key}.")]
        rows = rows.filter(key__in=[other for other in beside if _stands_beside(other, key)])
    return rows.order_by("-replaced_at", "-pk")


def _stands_beside(other: str, key: str) -> bool:
    return other == key or (
        labels.form_of(other) is not labels.Form.LABEL and other.rpartition(".")[0] == key
    )


def saves(rows: Sequence[FormerLabel]) -> list[Save]:
    """`rows`, newest first, as people made them: all that was saved in one go together. Two queries."""
    now = overrides()
    after = _texts_after(rows)
    found: list[Save] = []
    for row in rows:
        part = part_of(row.key, row.language)
        present = now.get(part) or fallback(part, now)
        text = after.get(row.pk)
        name = term_section.name_of(row.key)
        change = Change(
            pk=row.pk,
            part=part,
            name=f"{name} in {language_name(row.language)}" if row.language else name,
            before=row.text,
            after=present if text is None else text,
            at=row.replaced_at,
            by=row.replaced_by,
            is_latest=text is None,
            is_undone=row.text == present,
        )
        if found and (found[-1].at, found[-1].by) == (row.replaced_at, row.replaced_by):
            found[-1].changes.append(change)
        else:
            found.append(Save(row.replaced_at, row.replaced_by, [change]))
    return found


def _texts_after(rows: Iterable[FormerLabel]) -> dict[int, str | None]:
    """What each change made of its label: the text that the next change replaced, or None where there is no next."""
    later = (
        FormerLabel.objects.filter(key=OuterRef("key"), language=OuterRef("language"))
        .filter(
            Q(replaced_at__gt=OuterRef("replaced_at"))
            | Q(replaced_at=OuterRef("replaced_at"), pk__gt=OuterRef("pk"))
        )
        .order_by("replaced_at", "pk")
        .values("text")[:1]
    )
    pks = [row.pk for row in rows]
    return dict(
        FormerLabel.objects.filter(pk__in=pks).annotate(after=Subquery(later)).values_list("pk", "after")
    )


def texts_before(pks: Iterable[int]) -> dict[str, str]:
    """What the changes `pks` replaced: part to text, ready for `rename_terms`. The oldest of a part wins."""
    rows = FormerLabel.objects.filter(pk__in=list(pks), key__in=list(labels.REGISTRY))
    return {part_of(row.key, row.language): row.text for row in rows.order_by("-replaced_at", "-pk")}
