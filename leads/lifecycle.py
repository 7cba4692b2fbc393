"""The one door for stages: every step of every lead, from any screen, task, import or API call, goes through `_step`.

Check who may, where the lead is, the guards; change; record (`leads.recording`: StageChange, Milestone, Opportunity,
nurture); commit; tell.
`move` takes one lead and `move_many` a set, with the same guards (filters on Lead) and the same records.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import BooleanField, Case, F, Value, When
from django.db.models.functions import Coalesce
from django_fsm import ConcurrentTransition

from leadops.errors import LeadOpsError
from leadops.names import full_name
from leads import challenges, criteria, recording
from leads.enums import (
    RESTAGE_ROUTES,
    ROUTES,
    SALES_STAGES,
    STAGE_ORDER,
    PassBackPoint,
    ReasonKind,
    Stage,
    Transition,
)
from leads.guards import OTHER_OPEN_LEAD, Guard, definition_in_force, guards
from leads.models import (
    Contact,
    Lead,
    QualificationAnswer,
    QualificationQuestion,
    Reason,
    StageChange,
    StageSetting,
)
from leads.signals import stage_changed
from leads.words import LEAD, LEADS

CHUNK: Final = 2000  # leads moved per transaction by move_many: short locks, few statements
OPEN_PAGE: Final = timedelta(
    hours=8
)  # a session's length: for so long a page may still show a lead as it was

# Which permission a person needs for each step; the system (by=None) takes the automatic ones only.
_PERMISSIONS: Final[dict[Transition, tuple[str, ...]]] = {
    Transition.IDENTIFY: ("leads.market_lead", "leads.work_lead"),
    Transition.PREQUALIFY: ("leads.market_lead", "leads.work_lead"),
    Transition.QUALIFY_MARKETING: ("leads.market_lead",),
    Transition.ACCEPT: ("leads.work_lead",),
    Transition.PASS_BACK: ("leads.work_lead",),
    Transition.QUALIFY_SALES: ("leads.work_lead",),
    Transition.FAST_TRACK: ("leads.work_lead",),
    Transition.WIN: ("leads.work_lead",),
    Transition.DISQUALIFY: ("leads.work_lead", "leads.market_lead"),
    Transition.REOPEN: ("leads.work_lead", "leads.market_lead"),
    Transition.RESTAGE: (),  # nobody's step: `restage` takes it when a stage is switched off
}
# A lead that nobody owns becomes that of the person who takes one of these steps.
_TAKES_OVER: Final = (Transition.ACCEPT, Transition.FAST_TRACK)
AUTOMATIC: Final = (Transition.IDENTIFY, Transition.PREQUALIFY, Transition.QUALIFY_MARKETING)

# Of which kinds the reason of a step may be; steps that are not named take none.
_REASONS: Final[dict[Transition, tuple[ReasonKind, ...]]] = {
    Transition.PASS_BACK: (ReasonKind.PASS_BACK,),
    Transition.DISQUALIFY: (ReasonKind.DISQUALIFY, ReasonKind.LOSS),
    Transition.REOPEN: (ReasonKind.REOPEN,),
}


class StepRefused(LeadOpsError):
    """The lead can't take this step now; the sentence says why and what to do."""


class AlreadyMoved(StepRefused):
    """Somebody else moved the lead since the page was opened."""


class NotYours(StepRefused):
    """The person may not take this step, or may not see this lead."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that one lead could take next, as a button: open, or closed with reasons."""

    transition: Transition
    to_stage: Stage
    obstacles: list[str]

    @property
    def is_open(self) -> bool:
        return not self.obstacles


@dataclass(slots=True)
class Moved:
    """What `move_many` did: the ids that moved, and the sentence for each that did not."""

    moved: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)

    def sentences(self) -> list[tuple[str, int]]:
        """Why leads did not move and how many each, the most frequent sentence first."""
        return Counter(self.refused.values()).most_common()


Way = tuple[frozenset[Stage], Stage]  # from any of these stages to that one


# --- The diagram, with the company's switched-off stages stepped over -----------------------------


def stages_in_use() -> list[Stage]:
    """The stages that the company uses, in order, `disqualified` last. One query."""
    off = set(StageSetting.objects.filter(in_use=False).values_list("stage", flat=True))
    return [stage for stage in (*STAGE_ORDER, Stage.DISQUALIFIED) if stage not in off]


def route(transition: Transition, *, in_use: Sequence[Stage]) -> Way | None:
    """From where to where `transition` leads now; None while its target is switched off.

    A step that starts from a switched-off stage starts also from the nearest stage in use before it. Leads that were in
    a stage when it was switched off may still leave it. `restage` has no route of this kind.
    """
    plain = ROUTES.get(transition)
    if plain is None or plain.target not in in_use:
        return None
    sources = set(plain.sources)
    for source in plain.sources:
        if source in STAGE_ORDER and source not in in_use and transition != Transition.IDENTIFY:
            earlier = [stage for stage in STAGE_ORDER[: STAGE_ORDER.index(source)] if stage in in_use]
            sources.update(earlier[-1:])
    return frozenset(sources), plain.target


def steps_with_reason() -> list[Transition]:
    """The steps that ask for a reason from the catalogue."""
    return list(_REASONS)


def opportunity_stage(*, in_use: Sequence[Stage]) -> Stage:
    """The stage at which an opportunity is born: sales qualified, or the last sales stage in use before it."""
    return next(stage for stage in reversed(SALES_STAGES) if stage in in_use)


def way_back(stage: Stage, *, in_use: Sequence[Stage]) -> Stage | None:
    """Where the leads of `stage` go when it is switched off: the nearest stage before it in use, or None to stay."""
    return next((earlier for earlier in RESTAGE_ROUTES.get(stage, ()) if earlier in in_use), None)


# --- One lead -------------------------------------------------------------------------------------


def move(
    *,
    lead: Lead,
    transition: Transition,
    by: User | None,
    now: datetime,
    reason: Reason | None = None,
    note: str = "",
    point: str = "",
    confirmed: Sequence[Mapping[str, Any]] = (),
) -> StageChange:
    """Take one step with one lead and return its record. `by` is None for the system.

    `lead` is as the caller saw it: if its stage has changed meanwhile, `AlreadyMoved` says who was first. Raises
    `StepRefused` (a sentence) when a guard fails, `NotYours` when the person may not.
    """
    with transaction.atomic():
        current = _locked(lead=lead, by=by, transition=transition, now=now)
        _hold_contacts([current.contact_id], transition=transition)
        _refuse_wrong_reason(transition, reason=reason, note=note)
        if unmet := _obstacles(lead=current, transition=transition, now=now):
            raise StepRefused(" ".join(map(str, unmet)))
        _step(
            ids=[current.pk],
            one=current,
            transition=transition,
            target=ROUTES[transition].target,
            by=by,
            now=now,
            reason=reason,
            note=note,
            point=point,
            confirmed=confirmed,
        )
        change: StageChange = StageChange.objects.filter(lead=current).order_by("-pk")[0]
    lead.refresh_from_db()
    change.lead = lead
    return change


def accept(*, lead: Lead, by: User, now: datetime, confirmed: Iterable[int], note: str = "") -> StageChange:
    """Take the lead into the calling queue; the rep confirms or disputes each criterion of the MQL definition.

    `confirmed` holds the ids of the criteria that the rep ticked. Where a dispute is open the criterion needs no tick,
    and the record says so; but something must be confirmed. A lead without an owner becomes the rep's own.
    """
    definition = definition_in_force(Stage.MARKETING_QUALIFIED, now=now)
    evidence = (
        criteria.explain(lead=lead, criteria=definition.criteria, now=now)
        if definition and definition.criteria
        else []
    )
    ticked = set(confirmed)
    disputed = challenges.open_on(lead, definition=definition)
    unticked = [proof for proof in evidence if proof.is_met and proof.condition.pk not in ticked]
    doubted = [proof for proof in unticked if challenges.as_criterion(proof) in disputed]
    waits = lead.stage == Stage.MARKETING_QUALIFIED
    if waits and doubted and len(doubted) == sum(proof.is_met for proof in evidence):
        raise StepRefused("You confirm nothing and dispute the rest. Confirm what holds, or pass it back.")
    open_ones = [proof.text for proof in unticked if proof not in doubted]
    if open_ones and waits:
        raise StepRefused(
            f"Confirm each criterion, or pass the {LEAD} back. Not confirmed yet: {'; '.join(open_ones)}."
        )
    return move(
        lead=lead,
        transition=Transition.ACCEPT,
        by=by,
        now=now,
        note=note,
        confirmed=[
            {"criterion": proof.text, "because": proof.because}
            for proof in evidence
            if proof.condition.pk in ticked
        ]
        + [{"criterion": proof.text, "because": proof.because, "disputed": True} for proof in doubted],
    )


def pass_back(
    *, lead: Lead, by: User, now: datetime, reason: Reason, point: PassBackPoint, note: str = ""
) -> StageChange:
    """Give the lead back to marketing, with the reason; it enters a nurture programme and stays in its MQL cohort."""
    return move(
        lead=lead, transition=Transition.PASS_BACK, by=by, now=now, reason=reason, note=note, point=point
    )


def disqualify(*, lead: Lead, by: User, now: datetime, reason: Reason, note: str = "") -> StageChange:
    """End the lead, with the reason; an open opportunity is lost for the same reason."""
    return move(lead=lead, transition=Transition.DISQUALIFY, by=by, now=now, reason=reason, note=note)


def reopen(*, lead: Lead, by: User, now: datetime, reason: Reason, note: str = "") -> StageChange:
    """Take a disqualified lead up again, with the reason."""
    return move(lead=lead, transition=Transition.REOPEN, by=by, now=now, reason=reason, note=note)


def qualify_sales(*, lead: Lead, by: User, now: datetime, note: str = "") -> StageChange:
    """Make the lead sales qualified: the conversation is logged and the checklist complete. Makes the opportunity."""
    return move(lead=lead, transition=Transition.QUALIFY_SALES, by=by, now=now, note=note)


def fast_track(*, lead: Lead, by: User, now: datetime, note: str = "") -> StageChange:
    """The prospecting bypass: a completed first appointment makes a lead sales qualified. Makes the opportunity."""
    return move(lead=lead, transition=Transition.FAST_TRACK, by=by, now=now, note=note)


def win(*, lead: Lead, by: User, now: datetime, note: str = "") -> StageChange:
    """The opportunity was won: the lead is a customer. Called by `leads.opportunities.advance`."""
    return move(lead=lead, transition=Transition.WIN, by=by, now=now, note=note)


def answer(*, lead: Lead, answers: Mapping[QualificationQuestion, str], by: User, now: datetime) -> int:
    """Keep what a rep found out for the qualification checklist, and return how many answers stand.

    A blank answer removes the one before. Raises `NotYours`.
    """
    _refuse_invisible(lead=lead, by=by, now=now)
    if not by.has_perm("leads.work_lead"):
        raise NotYours("Only sales may answer the qualification checklist.")
    with transaction.atomic():
        for question, text in answers.items():
            if text.strip():
                QualificationAnswer.objects.update_or_create(
                    lead=lead, question=question, defaults={"answer": text.strip(), "by": by, "at": now}
                )
            else:
                QualificationAnswer.objects.filter(lead=lead, question=question).delete()
    return QualificationAnswer.objects.filter(lead=lead).count()


def steps(*, lead: Lead, user: User, now: datetime) -> list[Step]:
    """What can be done with the lead next by this user, each with what stands in the way.

    Winning is not among them: it goes by the opportunity.
    """
    in_use = stages_in_use()
    found = []
    for transition in Transition:
        if transition == Transition.WIN or not _may(user, transition):
            continue
        way = route(transition, in_use=in_use)
        if way is None or lead.stage not in way[0]:
            continue
        found.append(Step(transition, way[1], _unmet(lead=lead, transition=transition, now=now)))
    return found


def obstacles(*, lead: Lead, transition: Transition, user: User, now: datetime) -> list[str]:
    """What keeps this user from taking one step with the lead now, as sentences; empty where nothing does."""
    if not _may(user, transition):
        return [_not_your_role(transition)]
    return _obstacles(lead=lead, transition=transition, now=now)


def _not_your_role(transition: Transition) -> str:
    if transition == Transition.RESTAGE:
        return f"Only LeadOps takes this step, when the stage of the {LEAD} is switched off."
    return f"Your role does not allow the step “{transition.label}”. Ask your manager to take it."


def _may(user: User, transition: Transition) -> bool:
    return any(user.has_perm(name) for name in _PERMISSIONS[transition])


def _locked(*, lead: Lead, by: User | None, transition: Transition, now: datetime) -> Lead:
    """The lead's row as it is now, held until the end of the transaction; refuses those who may not and stale pages."""
    if by is not None:
        _refuse_invisible(lead=lead, by=by, now=now)
    _refuse_strangers(by=by, transition=transition)
    current: Lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if current.stage != lead.stage:
        raise AlreadyMoved(_who_was_first(current, by=by))
    return current


def _refuse_strangers(*, by: User | None, transition: Transition) -> None:
    """Refuse a person whose role has no such step, and the system where a person must decide."""
    if by is not None and not _may(by, transition):
        raise NotYours(_not_your_role(transition))
    if by is None and transition not in AUTOMATIC:
        raise NotYours(
            _not_your_role(transition)
            if transition == Transition.RESTAGE
            else "Only a person can take this step."
        )


def _hold_contacts(contact_ids: Iterable[int | None], *, transition: Transition) -> None:
    """Hold the people of leads that are to be reopened: two ended leads of one contact must not both come back."""
    if transition == Transition.REOPEN:
        people = Contact.objects.filter(pk__in=list(contact_ids)).order_by("pk")
        list(people.select_for_update(no_key=True).values_list("pk"))


def _refuse_invisible(*, lead: Lead, by: User, now: datetime) -> None:
    if Lead.objects.visible_to(by).filter(pk=lead.pk).exists():
        return
    if told := who_took(lead_id=lead.pk, seen=lead.stage, by=by, now=now):
        raise AlreadyMoved(told)
    raise NotYours(f"This {LEAD} is not yours any more, or never was. Go back to your queue.")


def who_took(*, lead_id: int, seen: str, by: User, now: datetime) -> str:
    """Who was faster, for a person who does not see the lead any more but whose open page shows it in `seen`.

    "" where the person's teams did not lose the lead from that stage lately: guessing numbers tells nobody anything.
    """
    if seen not in Stage.values:
        return ""
    lately = StageChange.objects.filter(lead=lead_id, from_stage=seen, at__gte=now - OPEN_PAGE)
    current: Lead | None = (
        Lead.objects.filter(pk__in=lately.values("lead"), team__members__user=by.pk)
        .exclude(stage=seen)
        .first()
    )
    return _who_was_first(current, by=by) if current is not None else ""


def refuse_stale(*, lead: Lead, seen: str, by: User) -> None:
    """Refuse a step from a page that showed the lead in a stage (`seen`) that it has left. Raises `AlreadyMoved`."""
    if lead.stage != seen:
        raise AlreadyMoved(_who_was_first(lead, by=by))


def _who_was_first(lead: Lead, *, by: User | None = None) -> str:
    last = StageChange.objects.filter(lead=lead).select_related("actor").order_by("-pk").first()
    if last and last.actor and last.actor == by:
        return f"You have already done this: the {LEAD} is now “{Stage(lead.stage).label}”. Nothing was changed twice."
    who = full_name(last.actor) if last and last.actor else "LeadOps"
    where = Stage(lead.stage).label
    return (
        f"{who} was faster: the {LEAD} is now “{where}”. Nothing was changed; open the {LEAD} again to go on."
    )


def _refuse_wrong_reason(transition: Transition, *, reason: Reason | None, note: str) -> None:
    kinds = _REASONS.get(transition, ())
    if kinds and (reason is None or reason.kind not in kinds):
        raise StepRefused(f"The step “{transition.label}” needs a reason from the catalogue. Choose one.")
    if reason is not None and not kinds:
        raise StepRefused(f"The step “{transition.label}” takes no reason. Leave it out.")
    if reason is not None and reason.needs_note and not note.strip():
        raise StepRefused(f"The reason “{reason.text}” needs a note. Say in a few words what happened.")


def _obstacles(*, lead: Lead, transition: Transition, now: datetime) -> list[str]:
    way = route(transition, in_use=stages_in_use())
    if way is None:
        return [f"The stage “{ROUTES[transition].target.label}” is switched off in this company."]
    if lead.stage not in way[0]:
        return [f"A {LEAD} in “{Stage(lead.stage).label}” can't take the step “{transition.label}”."]
    return _unmet(lead=lead, transition=transition, now=now)


def _unmet(*, lead: Lead, transition: Transition, now: datetime) -> list[str]:
    """The sentences of the guards that the lead fails. One query for all guards of a step."""
    found = guards(transition, now=now)
    if not found:
        return []
    answers = Lead.objects.filter(pk=lead.pk).annotate(**_asked(found)).values_list(*_asked(found)).first()
    return [
        guard.sentence
        for guard, holds in zip(found, answers or [False] * len(found), strict=True)
        if not holds
    ]


def _asked(found: Sequence[Guard]) -> dict[str, Case]:
    return {
        f"guard_{place}": Case(
            When(guard.check, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        for place, guard in enumerate(found)
    }


# --- Many leads -----------------------------------------------------------------------------------


def steps_for_many(*, user: User) -> list[Transition]:
    """The steps that the user's role may take with several leads at once, while their target is in use. One query."""
    in_use = stages_in_use()
    return [
        transition
        for transition in ROUTES
        # Accepting asks for each criterion of each lead, and winning goes by the opportunity.
        if transition not in (Transition.ACCEPT, Transition.WIN)
        and _may(user, transition)
        and route(transition, in_use=in_use) is not None
    ]


def move_many(
    *,
    leads: Any,
    transition: Transition,
    by: User | None,
    now: datetime,
    reason: Reason | None = None,
    note: str = "",
    point: str = "",
) -> Moved:
    """Take one step with a set of leads (a queryset), with `move`'s guards and records, in a few statements a chunk.

    Returns which moved, and a sentence for each that did not. Accepting asks a person to confirm criteria lead by lead,
    so it is refused here.
    """
    if transition == Transition.ACCEPT and by is not None:
        raise StepRefused(
            "Leads are accepted one by one, since each criterion is confirmed. Open them from your queue."
        )
    _refuse_strangers(by=by, transition=transition)
    _refuse_wrong_reason(transition, reason=reason, note=note)
    return _move_set(
        leads if by is None else leads.visible_to(by),
        transition=transition,
        find_way=lambda: route(transition, in_use=stages_in_use()),
        by=by,
        now=now,
        reason=reason,
        note=note,
        point=point,
    )


def restage(*, stage: Stage, by: User | None, now: datetime) -> Moved:
    """Take every lead out of a stage that is switched off, back to the nearest stage before it that is in use.

    It is no step of a person: `by` is whoever brought the change into force, or None. Milestones stay, and none is
    given: nobody becomes an MQL because the company has changed its stages. Anonymous visitors stay where they are.
    Raises `StepRefused` while the stage is in use.
    """
    if stage in stages_in_use():
        raise StepRefused(
            f"The stage “{stage.label}” is in use, so nobody is moved out of it. Switch it off first."
        )

    def find_way() -> Way | None:
        in_use = stages_in_use()
        target = None if stage in in_use else way_back(stage, in_use=in_use)
        return (frozenset({stage}), target) if target else None

    return _move_set(
        Lead.objects.in_stage(stage),
        transition=Transition.RESTAGE,
        find_way=find_way,
        by=by,
        now=now,
        note=f"The stage “{stage.label}” was switched off.",
    )


def _move_set(
    rows: Any,
    *,
    transition: Transition,
    find_way: Callable[[], Way | None],
    by: User | None,
    now: datetime,
    reason: Reason | None = None,
    note: str = "",
    point: str = "",
) -> Moved:
    """Take the step with those of the rows that may, a transaction for each chunk.

    Of the leads only their numbers are held: the database finds out whether they may, and writes what is recorded.
    """
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    result = Moved()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with transaction.atomic():
            way = find_way()
            if way is None:
                result.refused |= dict.fromkeys(chunk, _nowhere(transition))
                continue
            passing = _pass_guards(ids=chunk, transition=transition, sources=way[0], now=now, result=result)
            if passing:
                _step(
                    ids=passing,
                    transition=transition,
                    target=way[1],
                    by=by,
                    now=now,
                    reason=reason,
                    note=note,
                    point=point,
                )
        result.moved += passing
    return result


def _nowhere(transition: Transition) -> str:
    if transition == Transition.RESTAGE:
        return f"There is no stage in use before this one, so the {LEAD} stays where it is."
    return f"The stage “{ROUTES[transition].target.label}” is switched off in this company."


def _wrong_stage(stage: str, transition: Transition) -> str:
    return f"A {LEAD} in “{Stage(stage).label}” can't take the step “{transition.label}”."


def _pass_guards(
    *, ids: Sequence[int], transition: Transition, sources: frozenset[Stage], now: datetime, result: Moved
) -> list[int]:
    """Lock `ids` and return those that may take the step; the others get their sentence in `result`."""
    locked = Lead.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    here = list(locked.values_list("pk", "stage", "contact_id"))
    elsewhere = {stage: _wrong_stage(stage, transition) for _, stage, _ in here if stage not in sources}
    result.refused |= {pk: elsewhere[stage] for pk, stage, _ in here if stage not in sources}
    _hold_contacts((contact for _, _, contact in here), transition=transition)
    passing = _meeting(
        [pk for pk, stage, _ in here if stage in sources], transition=transition, now=now, result=result
    )
    if transition != Transition.REOPEN:
        return passing
    return _one_for_each_contact(passing, {pk: contact for pk, _, contact in here}, result=result)


def _meeting(ids: Sequence[int], *, transition: Transition, now: datetime, result: Moved) -> list[int]:
    """Those of `ids` that meet every guard of the step. One query, beside what finds the guards."""
    found = guards(transition, now=now)
    if not found or not ids:
        return list(ids)
    asked = _asked(found)
    passing: list[int] = []
    # Few combinations of failures occur, so that a hundred thousand refusals share a few sentences.
    sentences: dict[tuple[bool, ...], str] = {}
    for pk, *answers in (
        Lead.objects.filter(pk__in=ids).annotate(**asked).order_by("pk").values_list("pk", *asked)
    ):
        if all(answers):
            passing.append(pk)
            continue
        failed = tuple(map(bool, answers))
        if failed not in sentences:
            sentences[failed] = " ".join(
                str(guard.sentence) for guard, holds in zip(found, failed, strict=True) if not holds
            )
        result.refused[pk] = sentences[failed]
    return passing


def _one_for_each_contact(
    ids: Sequence[int], contacts: Mapping[int, int | None], *, result: Moved
) -> list[int]:
    """Of several ended leads of one contact the first comes back, the others are refused."""
    taken: set[int | None] = set()
    passing: list[int] = []
    for pk in ids:
        if contacts[pk] in taken:
            result.refused[pk] = str(OTHER_OPEN_LEAD)
            continue
        taken.add(contacts[pk])
        passing.append(pk)
    return passing


# --- The door -------------------------------------------------------------------------------------


def _step(
    *,
    ids: Sequence[int],
    transition: Transition,
    target: Stage,
    by: User | None,
    now: datetime,
    one: Lead | None = None,
    reason: Reason | None = None,
    note: str = "",
    point: str = "",
    confirmed: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Change and record. The leads are locked, and every guard has been checked in this transaction.

    `one` is the lead where it is a single one, which the state machine then moves.
    """
    from_stage = Stage(one.stage) if one is not None else None
    if one is not None:
        _change_one(one, transition=transition, by=by, now=now)
    recording.write_changes(
        ids=ids,
        from_stage=from_stage,
        to_stage=target,
        transition=transition,
        actor_id=by.pk if by else None,
        now=now,
        reason=reason,
        note=note,
        point=point,
        confirmed=confirmed,
    )
    if one is None:
        _change_many(ids, transition=transition, target=target, by=by, now=now)
    if transition != Transition.RESTAGE:
        _follow_up(ids, transition=transition, target=target, reason=reason, now=now)
    tell = partial(
        stage_changed.send, sender=Lead, transition=transition, to_stage=target, lead_ids=list(ids)
    )
    transaction.on_commit(tell)


def _follow_up(
    ids: Sequence[int], *, transition: Transition, target: Stage, reason: Reason | None, now: datetime
) -> None:
    """What a step brings with it: the milestone, the opportunity, the nurture programme."""
    recording.write_milestones(ids=ids, stage=target, now=now)
    if target == opportunity_stage(in_use=stages_in_use()):
        recording.open_opportunities(ids=ids, now=now)
    # Where the opportunity is born before the last sales stage, a lead that has one can still be passed back.
    if transition in (Transition.DISQUALIFY, Transition.PASS_BACK):
        recording.lose_opportunities(ids=ids, reason=reason, now=now)
    recording.nurture(ids=ids, transition=transition, now=now)


def _change_one(lead: Lead, *, transition: Transition, by: User | None, now: datetime) -> None:
    """Let the state machine move the lead, and save it unless somebody was faster."""
    changed = _changed_with(transition, now=now)
    getattr(lead, transition.value)()
    if transition in _TAKES_OVER and lead.owner_id is None:
        changed["owner"] = by
    for name, value in changed.items():
        setattr(lead, name, value)
    try:
        lead.save(update_fields=["stage", *changed])
    except ConcurrentTransition as lost:
        raise AlreadyMoved(_who_was_first(Lead.objects.get(pk=lead.pk), by=by)) from lost


def _change_many(
    ids: Sequence[int], *, transition: Transition, target: Stage, by: User | None, now: datetime
) -> None:
    """Write the new stage by one conditional statement."""
    values = _changed_with(transition, now=now)
    if transition in _TAKES_OVER and by is not None:
        values["owner"] = Coalesce(F("owner"), Value(by.pk))
    changed = Lead.objects.filter(pk__in=ids).exclude(stage=target).update(stage=target.value, **values)
    if changed != len(ids):
        raise AlreadyMoved(
            f"Some of these {LEADS} were moved by somebody else at the same moment. Try again."
        )


def _changed_with(transition: Transition, *, now: datetime) -> dict[str, Any]:
    """What changes on a lead together with its stage."""
    changed: dict[str, Any] = {"stage_entered_at": now, "updated_at": now, "sub_status": None}
    if transition == Transition.PASS_BACK:
        changed |= {"owner": None, "passed_back_at": now}
    return changed
