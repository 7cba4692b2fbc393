"""Sales hands a whole list back to marketing, and marketing takes it up again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from leadops.errors import LeadOpsError
from leadops.log import write_log
from leadops.names import full_name
from leads import lifecycle
from leads.enums import PassBackPoint, ReasonKind, Stage, Transition
from leads.models import Lead, Reason, Source
from leads.signals import list_handed_back, list_taken_up
from leads.words import LEADS

MAY_HAND_BACK: Final = ("leads.work_lead", "leads.assign_lead")
MAY_TAKE_UP: Final = "leads.market_lead"
HELD_BY_SALES: Final = (Stage.MARKETING_QUALIFIED, Stage.SALES_ACCEPTED)


class HandBackRefused(LeadOpsError):
    """The list can't be handed back or taken up as it is; the sentence says why."""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """What handing a list back did."""

    passed_back: int  # leads that sales held
    freed: int  # suspects that nobody had worked, which are nobody's again
    elsewhere: int  # leads of other teams, which stay with them


def may_hand_back(user: User) -> bool:
    """Whether the person answers for what sales works: a sales manager, RevOps, an administrator."""
    return all(user.has_perm(name) for name in MAY_HAND_BACK)


def would_come_back(*, source: Source, by: User) -> tuple[int, int]:
    """How many leads `by` would pass back with the list, and how many of other teams would stay."""
    held = Lead.objects.filter(source=source).in_stage(*HELD_BY_SALES)
    mine = held.visible_to(by).count()
    return mine, held.count() - mine


def hand_back(*, source: Source, by: User, reason: Reason, note: str, now: datetime) -> HandedBack:
    """Give the whole list back: its leads that sales holds are passed back, its unworked suspects are nobody's again.

    From now on nothing more of it is loaded, until marketing takes it up. Those leads go that `by` may see; a second
    manager hands back those of another team, and the first reason stands. Raises `HandBackRefused` or `StepRefused`.
    """
    if not may_hand_back(by):
        raise HandBackRefused("Your role does not hand lists back. Ask your sales manager.")
    if reason.kind != ReasonKind.PASS_BACK or not reason.is_active:
        raise HandBackRefused("Choose a reason from the catalogue.")
    if not note.strip():
        raise HandBackRefused(
            "Say in a few words what is wrong with the list: marketing asks the vendor about it."
        )
    with transaction.atomic():
        is_first = bool(
            Source.objects.filter(pk=source.pk, handed_back_at=None).update(
                handed_back_at=now,
                handed_back_by=by,
                handed_back_reason=reason,
                handed_back_note=note.strip(),
            )
        )
        leads = Lead.objects.filter(source=source)
        moved = lifecycle.move_many(
            leads=leads.in_stage(*HELD_BY_SALES),
            transition=Transition.PASS_BACK,
            by=by,
            now=now,
            reason=reason,
            note=note.strip(),
            point=PassBackPoint.ON_SIGHT,
        )
        suspects = (
            leads.visible_to(by)
            .in_stage(Stage.SUSPECT)
            .filter(Q(owner__isnull=False) | Q(team__isnull=False))
        )
        freed = Lead.objects.filter(pk__in=list(suspects.values_list("pk", flat=True))).update(
            owner=None, team=None, updated_at=now
        )
        if not is_first and not moved.moved and not freed:
            source.refresh_from_db()
            raise HandBackRefused(f"{_who(source)} has handed this list back already. Nothing was changed.")
        write_log(source, f"Handed back to marketing: {reason.text}. {note.strip()}", by_id=by.pk, now=now)
        source.refresh_from_db()
        list_handed_back.send(sender=Source, source=source, by=by, leads=len(moved.moved), now=now)
    return HandedBack(len(moved.moved), freed, leads.in_stage(*HELD_BY_SALES).count())


def take_up(*, source: Source, by: User, note: str, now: datetime) -> None:
    """Marketing takes the list up again, so that more of it may be loaded. Raises `HandBackRefused`."""
    if not by.has_perm(MAY_TAKE_UP):
        raise HandBackRefused("Your role does not take lists up again. Ask marketing.")
    if not note.strip():
        raise HandBackRefused("Say what has been done about the list: sales reads it.")
    with transaction.atomic():
        current: Source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
        if current.handed_back_at is None:
            raise HandBackRefused("This list is not handed back any more. Nothing was changed.")
        who = current.handed_back_by
        Source.objects.filter(pk=source.pk).update(
            handed_back_at=None, handed_back_by=None, handed_back_reason=None, handed_back_note=""
        )
        write_log(source, f"Taken up again by marketing. {note.strip()}", by_id=by.pk, now=now)
        source.refresh_from_db()
        list_taken_up.send(
            sender=Source, source=source, by=by, handed_back_by=who, note=note.strip(), now=now
        )


def _who(source: Source) -> str:
    return full_name(source.handed_back_by) if source.handed_back_by else f"Somebody who worked its {LEADS}"
