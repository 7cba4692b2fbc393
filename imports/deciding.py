"""What a person decides about two people, or two companies, that may be one; and taking a decision back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from imports.models import Decision, MatchedEntity, PossibleDuplicate
from leadops.errors import LeadOpsError
from leadops.names import full_name
from leads import people
from leads.models import Account, Contact, Merge


class AlreadyDecided(LeadOpsError):
    """Somebody else decided about the pair since the page was opened, or one of the two has gone."""


@dataclass(slots=True)
class Decided:
    """What became of several pairs: how many were merged or set apart, and a sentence for each that was not."""

    done: int
    refused: list[str]


def say_same(
    *, pair: PossibleDuplicate, by: User, now: datetime, choices: people.Choices | None = None
) -> Merge:
    """Merge the two: the left one stays. `choices` says for which fields the right one's value is taken.

    Raises `AlreadyDecided`, and `MergeRefused` where they can't be merged as they are; the pair is then still open.
    """
    return people.starting_again(lambda: _say_same(pair, by, now, choices or {}))


def _say_same(pair: PossibleDuplicate, by: User, now: datetime, choices: people.Choices) -> Merge:
    with transaction.atomic():
        current = _claimed(pair, Decision.SAME, by=by, now=now)
        merged: Any = (
            (people.merge_contacts, current.left_contact, current.right_contact)
            if current.entity == MatchedEntity.PERSON
            else (people.merge_accounts, current.left_account, current.right_account)
        )
        into_one, kept, absorbed = merged
        merge: Merge = into_one(kept=kept, absorbed=absorbed, by=by, now=now, choices=choices)
        PossibleDuplicate.objects.filter(pk=current.pk).update(merge=merge)
    return merge


def say_different(*, pair: PossibleDuplicate, by: User, now: datetime) -> None:
    """Note that the two are not one: they are not asked about again. Raises `AlreadyDecided`."""
    with transaction.atomic():
        current = _claimed(pair, Decision.DIFFERENT, by=by, now=now)
        mirrored = _pairs_of(current.entity, *_two(current)).filter(decision=Decision.OPEN)
        mirrored.update(decision=Decision.DIFFERENT, decided_by=by, decided_at=now)


def take_back(*, pair: PossibleDuplicate, by: User, now: datetime) -> list[str]:
    """Open the pair again, and take the merge back if there was one. Raises `UndoRefused`.

    Returns sentences about what stays as it is.
    """
    with transaction.atomic():
        current = PossibleDuplicate.objects.select_for_update(of=["self"]).get(pk=pair.pk)
        told = []
        if current.decision == Decision.SAME and current.merge is not None:
            undone = people.undo_merge(merge=current.merge, by=by, now=now)
            told = [sentence] if (sentence := people.changed_since(undone)) else []
        _pairs_of(current.entity, *_two(PossibleDuplicate.objects.get(pk=pair.pk))).update(
            decision=Decision.OPEN, decided_by=None, decided_at=None, merge=None
        )
    return told


def merge_many(*, pairs: Iterable[PossibleDuplicate], by: User, now: datetime) -> Decided:
    """Merge pair by pair; what can't be merged stays open, with its sentence."""
    return _decided(pairs, lambda pair: say_same(pair=pair, by=by, now=now))


def part_many(*, pairs: Iterable[PossibleDuplicate], by: User, now: datetime) -> Decided:
    """Note of several pairs that they are not one."""
    return _decided(pairs, lambda pair: say_different(pair=pair, by=by, now=now))


def _decided(pairs: Iterable[PossibleDuplicate], decide: Callable[[PossibleDuplicate], object]) -> Decided:
    result = Decided(0, [])
    for pair in pairs:
        try:
            decide(pair)
        except LeadOpsError as refusal:
            result.refused.append(str(refusal))
        else:
            result.done += 1
    return result


def on_merge_undone(*, merge: Merge, by: User | None, now: datetime, **kwargs: Any) -> None:
    """Whoever takes a merge back says that the two are different: no search merges them again by itself."""
    if merge.kept_contact_id is not None:
        entity, kept = MatchedEntity.PERSON, merge.kept_contact_id
    else:
        assert merge.kept_account_id is not None
        entity, kept = MatchedEntity.COMPANY, merge.kept_account_id
    decided = {"decision": Decision.DIFFERENT, "decided_by": by, "decided_at": now, "merge": None}
    if _pairs_of(entity, kept, merge.absorbed_id).update(**decided):
        return
    left, right = sorted((kept, merge.absorbed_id))
    kind = "contact" if entity == MatchedEntity.PERSON else "account"
    PossibleDuplicate.objects.create(
        entity=entity,
        **{f"left_{kind}_id": left, f"right_{kind}_id": right},
        probability=merge.probability or 0,
        found_at=now,
        **decided,
    )


def _claimed(pair: PossibleDuplicate, decision: Decision, *, by: User, now: datetime) -> PossibleDuplicate:
    """The pair with its decision written, by a conditional statement: of two people one decides."""
    claimed = PossibleDuplicate.objects.open().filter(pk=pair.pk).order_by()
    if claimed.update(decision=decision, decided_by=by, decided_at=now):
        return PossibleDuplicate.objects.select_related(*PAIRED).get(pk=pair.pk)
    current = PossibleDuplicate.objects.select_related("decided_by").filter(pk=pair.pk).first()
    if current is None or current.decision == Decision.OPEN:
        raise AlreadyDecided("One of the two is not there any more. Nothing was changed.")
    who = full_name(current.decided_by) if current.decided_by else "Somebody"
    label = Decision(current.decision).label
    raise AlreadyDecided(f"{who} was faster and has decided: “{label}”. Nothing was changed.")


PAIRED: Final = ("left_contact", "right_contact", "left_account", "right_account")


def _two(pair: PossibleDuplicate) -> tuple[int, int]:
    """The ids of the two, whichever kind they are."""
    if pair.entity == MatchedEntity.PERSON:
        left, right = pair.left_contact_id, pair.right_contact_id
    else:
        left, right = pair.left_account_id, pair.right_account_id
    assert left is not None
    assert right is not None
    return left, right


def _pairs_of(entity: str, one: int, other: int) -> QuerySet[PossibleDuplicate]:
    """The pair of these two, whichever stands on the left."""
    kind = "contact" if entity == MatchedEntity.PERSON else "account"
    left, right = f"left_{kind}", f"right_{kind}"
    return PossibleDuplicate.objects.filter(Q(**{left: one, right: other}) | Q(**{left: other, right: one}))


def label_of(entity: str, name: str) -> str:
    """What a field of the rows that are compared is called now."""
    model: Any = Contact if entity == MatchedEntity.PERSON else Account
    return str(model._meta.get_field(name).verbose_name)
