"""Who gets a lead: dealt in turn by the rules, given by a manager, or taken by a rep. Each time one owner, one record.

Leads are dealt chunk by chunk. A chunk locks, always in this order, the people, their memberships and the leads, so
that two runs take turns instead of dealing twice, and so that nobody who was switched off is dealt a lead afterwards.
SQLite has no row locks; there the transaction itself, which is `IMMEDIATE`, is the lock.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.text import format_lazy

from handoff import hints, notices
from handoff.models import Assignment, NoticeKind, RoutingRule
from leadops.errors import LeadOpsError
from leadops.names import full_name
from leads import criteria, lifecycle, list_notice, people
from leads.enums import SALES_STAGES, Stage
from leads.models import Lead, Team, TeamMember
from leads.querysets import sees_everything
from leads.words import LEAD, LEADS

CHUNK: Final = 500  # leads dealt per transaction: the locks are short
TICK: Final = timedelta(microseconds=1)  # between two turns of one run, so that their order is kept
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
# For so long after it was taken, a rep who still sees a lead as free on an open page is told who has it.
OPEN_PAGE: Final = timedelta(hours=8)
OPTED_OUT: Final[Any] = format_lazy(
    "The person has opted out and may not be contacted. Disqualify the {lead}.", lead=LEAD
)


class AssignmentRefused(LeadOpsError):
    """The lead can't be given to this person; the sentence says why."""


class AlreadyTaken(AssignmentRefused):
    """Somebody else has the lead by now."""


# --- Dealing --------------------------------------------------------------------------------------------------------


def route(*, lead: Lead, now: datetime) -> Assignment | None:
    """Deal one lead by the rules. None where it does not wait, or waits on (`why_waiting` says for what)."""
    dealt = _deal(ids=[lead.pk], now=now)
    if dealt:
        lead.refresh_from_db()
    return dealt[0] if dealt else None


def route_waiting(*, now: datetime) -> int:
    """Deal every lead that waits for an owner, the oldest first. Returns how many got one."""
    rules = _rules()
    if not rules:
        return 0
    ids = _worth_dealing(rules, now=now)
    return sum(len(_deal(ids=ids[start : start + CHUNK], now=now)) for start in range(0, len(ids), CHUNK))


def entry_stage() -> Stage:
    """The stage in which marketing hands over: the first sales stage in use. One query."""
    in_use = lifecycle.stages_in_use()
    return next(stage for stage in SALES_STAGES if stage in in_use)


def waiting(stage: Stage | None = None) -> QuerySet[Any]:
    """The leads that wait for an owner. Whoever has opted out is nobody's to call, and so is not dealt."""
    return _without_owner(stage).filter(contact__opted_out_at=None)


def _told(leads: QuerySet[Any], *, now: datetime) -> QuerySet[Any]:
    """Those whose list needs no notice, or whose people were told in time where we have them from."""
    return leads.exclude(list_notice.overdue(now=now, prefix="source__"))


def _without_owner(stage: Stage | None = None) -> QuerySet[Any]:
    """The leads that were handed over and that nobody has, or somebody who has left."""
    rows: QuerySet[Any] = Lead.objects.in_stage(stage or entry_stage())
    return rows.filter(Q(owner=None) | Q(owner__is_active=False))


class Turns:
    """Whose turn it is in one team. Holds the locked memberships of those who receive leads."""

    def __init__(self, members: Iterable[TeamMember], *, now: datetime) -> None:
        # Those who never had one come first, then by how long ago it was.
        self._queue = deque(sorted(members, key=lambda row: (row.last_assigned_at or LONG_AGO, row.pk)))
        newest = max((row.last_assigned_at or LONG_AGO for row in self._queue), default=LONG_AGO)
        # A run that waited for the lock has an older clock than the one before it; turns still follow each other.
        self._next_at = max(now, newest + TICK)
        self.dealt: dict[int, TeamMember] = {}

    def __bool__(self) -> bool:
        return bool(self._queue)

    def next(self) -> TeamMember:
        """The member whose turn it is, who then goes to the end of the queue."""
        member = self._queue.popleft()
        member.last_assigned_at = self._next_at
        self._next_at += TICK
        self._queue.append(member)
        self.dealt[member.pk] = member
        return member


def _deal(*, ids: Sequence[int], now: datetime) -> list[Assignment]:
    """Deal those of `ids` that still wait, in one transaction with their records and notices."""
    stage = entry_stage()
    with transaction.atomic():
        rules = _rules()
        if not rules:
            return []
        turns = _locked_turns({rule.team_id for rule in rules}, now=now)
        # A lead that somebody is moving at this moment is skipped; if it still waits afterwards, the next run deals it.
        rows = (
            _with_rule(_told(waiting(stage), now=now).filter(pk__in=ids), rules, now=now)
            .exclude(rule_place=None)
            .select_related("contact__account")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("stage_entered_at", "pk")
        )
        dealt: list[tuple[Lead, TeamMember, RoutingRule]] = []
        nobody: dict[int, list[int]] = {}
        leads = list(rows)
        walled = people.walled([lead.contact for lead in leads if lead.contact is not None])
        # Whoever got past the list by another spelling is opted out now, and waits for nobody any more.
        people.enforce_on([lead.contact for lead in leads if lead.contact_id in walled], by=None, now=now)
        for lead in leads:
            if lead.contact_id in walled:
                continue
            rule = rules[lead.rule_place]
            if turn := turns.get(rule.team_id):
                dealt.append((lead, turn.next(), rule))
            elif lead.team_id != rule.team_id:
                nobody.setdefault(rule.team_id, []).append(lead.pk)
        for team_id, lead_ids in nobody.items():
            # Nobody there receives leads now, but the team's manager sees what waits.
            Lead.objects.filter(pk__in=lead_ids).update(team=team_id, updated_at=now)
        if not dealt:
            return []
        for turn in turns.values():
            for member in turn.dealt.values():
                TeamMember.objects.filter(pk=member.pk).update(last_assigned_at=member.last_assigned_at)
        return _write(
            [
                Assignment(
                    lead=lead,
                    owner_id=member.user_id,
                    team_id=rule.team_id,
                    rule=rule,
                    at=now,
                    why=f"By the rule “{rule.name}”: next in turn in “{rule.team.name}”.",
                )
                for lead, member, rule in dealt
            ],
            now=now,
        )


def _rules() -> list[RoutingRule]:
    """The rules in use with their teams and criteria. Three queries."""
    return list(
        RoutingRule.objects.in_use().select_related("team", "criteria").prefetch_related("criteria__criteria")
    )


def _with_rule(leads: QuerySet[Any], rules: Sequence[RoutingRule], *, now: datetime) -> QuerySet[Any]:
    """`leads` with `rule_place`: the place in `rules` of the first one that fits, or None."""
    if not rules:
        return leads.annotate(rule_place=Value(None, output_field=IntegerField()))
    fitting = [
        When(
            criteria.compile_set(rule.criteria, now=now) if rule.criteria else criteria.EVERYTHING,
            then=Value(place),
        )
        for place, rule in enumerate(rules)
    ]
    return leads.annotate(rule_place=Case(*fitting, default=Value(None), output_field=IntegerField()))


def _worth_dealing(rules: Sequence[RoutingRule], *, now: datetime) -> list[int]:
    """The waiting leads for which there is something to do, the oldest first; the others cost no locks."""
    staffed = set(
        TeamMember.objects.filter(
            team__in={rule.team_id for rule in rules}, receives_leads=True, user__is_active=True
        ).values_list("team", flat=True)
    )
    found = (
        _with_rule(_told(waiting(), now=now), rules, now=now)
        .exclude(rule_place=None)
        .order_by("stage_entered_at", "pk")
    )
    return [
        pk
        for pk, team_id, place in found.values_list("pk", "team", "rule_place")
        if rules[place].team_id in staffed or team_id != rules[place].team_id
    ]


def _locked_turns(team_ids: set[int], *, now: datetime) -> dict[int, Turns]:
    """Whose turn it is in each team, held until the end of the transaction."""
    # People first, as the page of a user does: two orders would be a deadlock.
    active = set(
        get_user_model()
        .objects.select_for_update(no_key=True)
        .filter(pk__in=TeamMember.objects.filter(team__in=team_ids).values("user"))
        .order_by("pk")
        .values_list("pk", "is_active")
    )
    members = TeamMember.objects.select_for_update(no_key=True).filter(team__in=team_ids).order_by("pk")
    receiving = [row for row in members if row.receives_leads and (row.user_id, True) in active]
    return {
        team_id: Turns([row for row in receiving if row.team_id == team_id], now=now) for team_id in team_ids
    }


def _write(assignments: Sequence[Assignment], *, now: datetime) -> list[Assignment]:
    """Give the locked leads to their new owners, and write down and announce each: rows in the caller's transaction."""
    given: dict[tuple[int, int | None], list[int]] = {}
    for row in assignments:
        given.setdefault((row.owner_id, row.team_id), []).append(row.lead_id)
    for (owner_id, team_id), lead_ids in given.items():
        Lead.objects.filter(pk__in=lead_ids).update(owner=owner_id, team=team_id, updated_at=now)
    written: list[Assignment] = Assignment.objects.bulk_create(assignments)
    notices.notify_many(
        notices=[
            notices.New(
                user_id=row.owner_id,
                kind=NoticeKind.LEAD_ASSIGNED,
                dedupe_key=f"assigned:{row.pk}",
                lead_id=row.lead_id,
                facts={"stage": row.lead.stage, "by": row.by_id},
            )
            for row in written
            if row.by_id != row.owner_id
        ],
        now=now,
    )
    return written


# --- By hand --------------------------------------------------------------------------------------------------------


def assign(*, lead: Lead, to: User, by: User, now: datetime) -> Assignment:
    """Give a lead to a person by hand. `lead` is as the manager saw it. Raises `AssignmentRefused` with a sentence.

    `to` must be an active member of one of the teams of `by`; whoever sees everything may choose from every team.
    """
    if not by.has_perm("leads.assign_lead"):
        raise AssignmentRefused(
            f"Only a sales manager or RevOps may give {LEADS} to people. Ask your manager."
        )
    with transaction.atomic():
        member = _locked_member(to=to, by=by, preferred_team=lead.team_id)
        current = Lead.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=lead.pk).first()
        if current is None:
            raise AssignmentRefused(
                f"There is no such {LEAD}, or it is not your team's. Go back to your queue."
            )
        _refuse_opted_out(current)
        if not current.is_open:
            raise AssignmentRefused(
                f"This {LEAD} has ended (“{Stage(current.stage).label}”). Reopen it before you give it away."
            )
        if current.owner_id == to.pk:
            raise AssignmentRefused(f"{_name(to)} already has this {LEAD}. Choose somebody else.")
        if current.owner_id != lead.owner_id:
            whose = (
                f"{_name(current.owner)} has this {LEAD}" if current.owner else f"The {LEAD} lost its owner"
            )
            raise AlreadyTaken(f"{whose} by now. Look at it again before you give it away.")
        (written,) = _write(
            [
                Assignment(
                    lead=current,
                    owner_id=to.pk,
                    team_id=member.team_id,
                    by_id=by.pk,
                    at=now,
                    why=f"Given by {_name(by)}."
                    if by.pk != to.pk
                    else f"{_name(by)} took it as the manager.",
                )
            ],
            now=now,
        )
    lead.refresh_from_db()
    return written


def claim(*, lead: Lead, by: User, now: datetime) -> Assignment:
    """Take a lead that nobody has, of one's own team. Of two who do, one gets it and the other is told who was faster.

    Raises `AlreadyTaken` or `AssignmentRefused`.
    """
    if not by.has_perm("leads.work_lead"):
        raise AssignmentRefused(f"Only sales may take {LEADS}. Ask your manager.")
    with transaction.atomic():
        mine = set(TeamMember.objects.filter(user_id=by.pk).values_list("team", flat=True))
        current = Lead.objects.select_for_update(of=("self",)).filter(pk=lead.pk, team__in=mine).first()
        if current is None:
            raise AssignmentRefused(f"There is no such {LEAD} in your team. Go back to your queue.")
        if current.owner_id is not None:
            raise _too_late(current, by=by, now=now)
        _refuse_opted_out(current)
        if current.stage not in SALES_STAGES:
            raise AssignmentRefused(
                f"Marketing has not handed this {LEAD} over (“{Stage(current.stage).label}”). "
                "Take one that waits for sales."
            )
        # Conditional, so that one wins even where the database knows no row locks.
        if not Lead.objects.filter(pk=current.pk, owner=None).update(owner=by.pk, updated_at=now):
            raise _too_late(Lead.objects.get(pk=current.pk), by=by, now=now)
        (written,) = _write(
            [
                Assignment(
                    lead=current,
                    owner_id=by.pk,
                    team_id=current.team_id,
                    by_id=by.pk,
                    at=now,
                    why=f"Taken by {_name(by)}.",
                )
            ],
            now=now,
        )
    lead.refresh_from_db()
    return written


def set_receiving(*, member: TeamMember, receives: bool, by: User) -> None:
    """Let a member of one's own teams take part in the turns, or not while away. What they have stays with them.

    Raises `AssignmentRefused`.
    """
    if not by.has_perm("leads.change_teammember"):
        raise AssignmentRefused(
            f"Only a sales manager or RevOps may say who receives {LEADS}. Ask your manager."
        )
    if not Team.objects.visible_to(by).filter(pk=member.team_id).exists():
        raise AssignmentRefused("There is no such person in your teams. Go back to your team.")
    if receives and not member.user.is_active:
        raise AssignmentRefused(f"{_name(member.user)} can't log in any more, and so receives no {LEADS}.")
    TeamMember.objects.filter(pk=member.pk).update(receives_leads=receives)
    if receives:
        transaction.on_commit(hints.routing.send)


def may_receive(*, lead: Lead, by: User) -> list[TeamMember]:
    """To whom `by` can give the lead: active members of the teams of `by` (or of all), once each. One query."""
    members = (
        _members_of(by).exclude(user=lead.owner_id).order_by("user__first_name", "user__last_name", "pk")
    )
    return list({row.user_id: row for row in members}.values())


def _members_of(by: User) -> QuerySet[TeamMember]:
    """The members whom `by` may give leads to. People who are away receive none, but a manager may take one."""
    members = TeamMember.objects.filter(user__is_active=True).select_related("user", "team")
    if not sees_everything(by):
        members = members.filter(team__members__user_id=by.pk)
    return members.filter(Q(receives_leads=True) | Q(user_id=by.pk))


def _locked_member(*, to: User, by: User, preferred_team: int | None) -> TeamMember:
    """The membership by which `to` receives the lead, held with the person until the end of the transaction."""
    get_user_model().objects.select_for_update(no_key=True).filter(pk=to.pk).first()
    found = list(
        _members_of(by).select_for_update(no_key=True, of=("self",)).filter(user_id=to.pk).order_by("pk")
    )
    if not found:
        raise AssignmentRefused(
            f"{_name(to)} receives no {LEADS} in a team of yours at the moment. Choose an active member of your team."
        )
    return next((row for row in found if row.team_id == preferred_team), found[0])


def _too_late(lead: Lead, *, by: User, now: datetime) -> AssignmentRefused:
    """What to tell somebody who wants a lead that has an owner."""
    if lead.owner_id == by.pk:
        return AlreadyTaken(f"You have this {LEAD} already. Nothing was changed.")
    if not Assignment.objects.filter(lead=lead, owner=lead.owner_id, at__gte=now - OPEN_PAGE).exists():
        # No page that is still open showed it as free: whoever asks has guessed the number.
        return AssignmentRefused(f"There is no such {LEAD} in your team. Go back to your queue.")
    return AlreadyTaken(f"{_name(lead.owner)} was faster and has this {LEAD} now. Choose another one.")


def _refuse_opted_out(lead: Lead) -> None:
    if lead.contact is not None and lead.contact.opted_out_at is not None:
        raise AssignmentRefused(OPTED_OUT)


def _name(user: Any) -> str:
    return full_name(user)


# --- Why a lead still waits -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Outlook:
    rules: Sequence[RoutingRule]
    staffed: frozenset[int]


def why_waiting(*, lead: Lead, now: datetime) -> str:
    """Why nobody has the lead yet and who can change that, as a sentence; "" for a lead that does not wait."""
    return reasons_for_waiting(lead_ids=[lead.pk], now=now).get(lead.pk, "")


def reasons_for_waiting(*, lead_ids: Sequence[int], now: datetime) -> Mapping[int, str]:
    """`why_waiting` for several leads, by id, in a fixed number of queries."""
    if not lead_ids:
        return {}
    rules = _rules()
    staffed = frozenset(
        Team.objects.filter(members__receives_leads=True, members__user__is_active=True).values_list(
            "pk", flat=True
        )
    )
    outlook = _Outlook(rules, staffed)
    rows = _with_rule(_without_owner().filter(pk__in=lead_ids), rules, now=now)
    told = set(_told(_without_owner().filter(pk__in=lead_ids), now=now).values_list("pk", flat=True))
    return {
        pk: str(OPTED_OUT)
        if opted_out_at
        else _reason(outlook, place)
        if pk in told
        else list_notice.NOT_TOLD
        for pk, place, opted_out_at in rows.values_list("pk", "rule_place", "contact__opted_out_at")
    }


def _reason(outlook: _Outlook, place: int | None) -> str:
    if not outlook.rules:
        return "No routing rule is in use. RevOps has to add one."
    if place is None:
        return f"No routing rule fits this {LEAD}. RevOps has to add one for everything else."
    team = outlook.rules[place].team
    if team.pk not in outlook.staffed:
        return (
            f"Nobody in “{team}” receives {LEADS} at the moment. "
            "Its manager has to switch somebody on, or give it to somebody."
        )
    return f"The next rep of “{team}” gets it within a minute."
