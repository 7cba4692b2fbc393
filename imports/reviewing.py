"""The review pile: rows that a person decides on, because they look like nobody or are no address of a person.

Rows that look like nobody (`HELD_BACK`) are rejected when the list is loaded and wait here; whoever lets one in sends
it through the one door for people, as if it had been loaded with the others. Rows that are only unusual (`LOOKED_AT`)
are loaded and wait here to be kept or left out. What was left out can be let in again at any time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from imports import loading
from imports.cleaning import Reason
from imports.drafting import cleaner
from imports.models import ImportBatch, ImportRow, Review, RowOutcome
from imports.piling import pile
from imports.reading import Row
from imports.reasons import reason_keys
from leadops.errors import LeadOpsError
from leadops.jobs import JobState
from leads import lifecycle, models
from leads.enums import ReasonKind, Stage, Transition
from leads.models import Lead, StageChange

DECIDED_AT_ONCE: Final = 500  # rows of one decision
NOT_A_PERSON: Final = "not_a_person"  # the keys of the reasons in the blueprints
ENDED_BY_MISTAKE: Final = "ended_by_mistake"
# Until then nobody in sales works on the lead, and marketing may take it away again.
_NOT_WITH_SALES: Final = (Stage.SUSPECT, Stage.IDENTIFIED, Stage.PREQUALIFIED)


class NoReason(LeadOpsError):
    """Nothing in the catalogue says why a row is left out, or let in again."""


@dataclass(slots=True)
class Decided:
    """What a decision did: rows by outcome that were let in or kept, rows left out, and what could not be done."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    dropped: int = 0
    sentences: Counter[str] = field(default_factory=Counter)


# --- Decisions ----------------------------------------------------------------------------------------------------


def let_in(*, rows: Iterable[int], by: User, now: datetime) -> Decided:
    """Load the held-back rows of these, as the rest of their list was loaded, and keep the others. By their ids."""
    return _let_in(rows, Review.OPEN, by=by, now=now)


def let_in_again(*, rows: Iterable[int], by: User, now: datetime) -> Decided:
    """Let in rows that were left out: what was held back is loaded, and a lead that leaving out ended is reopened."""
    return _let_in(rows, Review.DROPPED, by=by, now=now)


def _let_in(rows: Iterable[int], review: Review, *, by: User, now: datetime) -> Decided:
    decided = Decided()
    for batch, waiting in _claimed(rows, review, by=by):
        with transaction.atomic():
            found = _held(batch, waiting, review)
            held = [row for row in found if row.outcome == RowOutcome.REJECTED]
            kept = [row for row in found if row.outcome != RowOutcome.REJECTED]
            people = [row.contact_id for row in kept if row.contact_id is not None]
            if people and review == Review.DROPPED:
                _reopen(batch, people, by=by, now=now, decided=decided)
            ImportRow.objects.filter(pk__in=[row.pk for row in kept]).update(review=Review.KEPT)
            decided.kept += len(kept)
            if held:
                _load(batch, held, by=by, now=now, decided=decided)
    return decided


def leave_out(*, rows: Iterable[int], by: User, now: datetime) -> Decided:
    """Leave these rows out: what was held back stays out, and the leads that the others made are disqualified."""
    decided = Decided()
    for batch, waiting in _claimed(rows, Review.OPEN, by=by):
        with transaction.atomic():
            found = _held(batch, waiting, Review.OPEN)
            people = [row.contact_id for row in found if row.contact_id is not None]
            if people:
                _disqualify(batch, people, by=by, now=now, decided=decided)
            ImportRow.objects.filter(pk__in=[row.pk for row in found]).update(review=Review.DROPPED)
            decided.dropped += len(found)
    return decided


def _claimed(rows: Iterable[int], review: Review, *, by: User) -> list[tuple[ImportBatch, list[int]]]:
    """The rows that are still as the person saw them, by batch."""
    ids: defaultdict[int, list[int]] = defaultdict(list)
    there = pile(user=by, review=review).filter(pk__in=list(rows)[:DECIDED_AT_ONCE])
    for pk, batch_id in there.values_list("pk", "batch"):
        ids[batch_id].append(pk)
    batches = ImportBatch.objects.select_related("source", "created_by").in_bulk(ids)
    return [(batches[batch_id], found) for batch_id, found in sorted(ids.items())]


def _held(batch: ImportBatch, ids: Sequence[int], review: Review) -> list[ImportRow]:
    """Those of the rows that nobody has decided on since. The batch is held: of two who decide one is first."""
    # A write and not only a lock, since SQLite knows no locks on rows.
    at_rest = ImportBatch.objects.filter(pk=batch.pk, state=JobState.DONE, undo_asked_at=None)
    if not at_rest.update(rows_done=F("rows_done")):
        return []  # it is being taken back
    return list(ImportRow.objects.filter(pk__in=ids, review=review).order_by("number"))


def _load(
    batch: ImportBatch, held: Sequence[ImportRow], *, by: User, now: datetime, decided: Decided
) -> None:
    """Send rows through the door and write down what became of them, so that the outcomes still add up."""
    clean = cleaner(batch, now=now)
    cleaned = [(row, clean.clean(_as_read(batch, row), is_let_in=True)) for row in held]
    for _, wrong in cleaned:
        if wrong.person is None:
            decided.sentences[" ".join(reason.sentence for reason in wrong.reasons)] += 1
    good = [(row, fit) for row, fit in cleaned if fit.person is not None]
    placed = loading.take_in(batch, [fit for _, fit in good], by=by, now=now)
    moved: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for (row, fit), (_, outcome, reasons, contact_id, changes) in zip(good, placed, strict=True):
        left.update(reason_keys(RowOutcome.REJECTED, [Reason(**reason) for reason in row.reasons]))
        moved[outcome] += 1
        row.outcome, row.contact_id, row.changes = outcome, contact_id, changes
        row.reasons = [reason.to_json() for reason in reasons]
        row.marks, row.review = " ".join(fit.marks), Review.KEPT
    ImportRow.objects.bulk_update(
        [row for row, _ in good], ["outcome", "contact", "changes", "reasons", "marks", "review"]
    )
    decided.outcomes.update(moved)
    _move_counts(batch, moved, left=left)


def _as_read(batch: ImportBatch, row: ImportRow) -> Row:
    headers = batch.shape["headers"]
    return Row(row.number, dict(zip(headers, row.raw, strict=False)), extra=tuple(row.raw[len(headers) :]))


def _move_counts(batch: ImportBatch, moved: Mapping[str, int], *, left: Mapping[str, int]) -> None:
    """Take rows from the rejected ones to their new outcomes; the reasons they were rejected for count no more."""
    batch.refresh_from_db(fields=["reasons"])
    reasons = {key: rest for key, count in batch.reasons.items() if (rest := count - left.get(key, 0)) > 0}
    ImportBatch.objects.filter(pk=batch.pk).update(
        rejected=F("rejected") - sum(moved.values()),
        reasons=reasons,
        **{outcome: F(outcome) + count for outcome, count in moved.items()},
    )


def _disqualify(
    batch: ImportBatch, contacts: Sequence[int], *, by: User, now: datetime, decided: Decided
) -> None:
    reason = _reason_for_leaving_out()
    if reason is None:
        raise NoReason(
            "The catalogue has no reason for leaving somebody out. Add one for disqualification, such as “Not a real "
            "person”, and try again."
        )
    leads = Lead.objects.open().filter(contact__in=contacts, source=batch.source_id)
    moved = lifecycle.move_many(
        leads=leads.filter(stage__in=_NOT_WITH_SALES),
        transition=Transition.DISQUALIFY,
        by=by,
        now=now,
        reason=reason,
    )
    decided.sentences.update(dict(moved.sentences()))
    if at_work := leads.exclude(pk__in=moved.moved).filter(~Q(stage__in=_NOT_WITH_SALES)).count():
        decided.sentences["Sales works on this one already, so it stays as it is."] += at_work


def _reason_for_leaving_out() -> models.Reason | None:
    reasons = models.Reason.objects.filter(kind=ReasonKind.DISQUALIFY, is_active=True, needs_note=False)
    return reasons.filter(key=NOT_A_PERSON).first() or reasons.first()


def _reopen(
    batch: ImportBatch, contacts: Sequence[int], *, by: User, now: datetime, decided: Decided
) -> None:
    """Reopen the leads of the list that leaving out has ended; one that ended for another reason stays ended."""
    last = StageChange.objects.filter(lead=OuterRef("pk")).order_by("-pk")
    ended = Lead.objects.filter(contact__in=contacts, source=batch.source_id, stage=Stage.DISQUALIFIED)
    ended = ended.annotate(
        ended_from=Subquery(last.values("from_stage")[:1]), ended_for=Subquery(last.values("reason")[:1])
    ).filter(ended_from__in=_NOT_WITH_SALES, ended_for=_reason_for_leaving_out())
    if not ended.exists():
        return
    reasons = models.Reason.objects.filter(kind=ReasonKind.REOPEN, is_active=True)
    reason = reasons.filter(key=ENDED_BY_MISTAKE).first() or reasons.first()
    if reason is None:
        raise NoReason(
            "The catalogue has no reason for letting somebody in again. Add one for reopening, such as “Was ended by "
            "mistake”, and try again."
        )
    moved = lifecycle.move_many(
        leads=ended,
        transition=Transition.REOPEN,
        by=by,
        now=now,
        reason=reason,
        note=f"Was left out of “{batch.source_name}” and is let in again.",
    )
    decided.sentences.update(dict(moved.sentences()))


def shown(row: ImportRow, batch: ImportBatch) -> dict[str, str]:
    """Who a row is about, from its cells: name, address, company and the rest in short."""
    by_target = {
        target: text.strip()
        for (_, target), text in zip(batch.columns.items(), row.raw, strict=False)
        if target and text.strip()
    }
    name = (
        by_target.get("full_name")
        or by_target.get("family_first")
        or " ".join(by_target[part] for part in ("first_name", "last_name") if part in by_target)
    )
    return {
        "name": name,
        "email": by_target.get("email", ""),
        "company": by_target.get("company", ""),
        "title": by_target.get("title", ""),
        "phone": by_target.get("phone", "") or by_target.get("mobile", ""),
    }
