"""The one door for stages: every step of every lead, from any screen, task, import or API call, goes through `_step`.

Check who may, where the lead is, the guards; change; record (StageChange, Milestone, Opportunity, nurture);
commit; tell.
`move` takes one lead and `move_many` a set, with the same guards (filters on Lead) and the same records.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import BooleanField, Case, Value, When
from django_fsm import ConcurrentTransition

from leadops.errors import LeadOpsError
from leads import criteria
from leads.conditions import FIELDS
from leads.enums import (
    ROUTES,
    SALES_STAGES,
    STAGE_ORDER,
    OpportunityStage,
    PassBackPoint,
    ReasonKind,
    Stage,
    Transition,
)
from leads.guards import OTHER_OPEN_LEAD, Guard, definition_in_force, guards
from leads.models import (
    Contact,
    Definition,
    Lead,
    Milestone,
    NurtureEnrolment,
    NurtureProgramme,
    Opportunity,
    QualificationAnswer,
    QualificationQuestion,
    Reason,
    StageChange,
    StageSetting,
)
from leads.signals import stage_changed

CHUNK: Final = 1000  # leads moved per transaction by move_many: short locks, few statements
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
}
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


# --- The diagram, with the company's switched-off stages stepped over -----------------------------


def stages_in_use() -> list[Stage]:
    """The stages that the company uses, in order, `disqualified` last. One query."""
    off = set(StageSetting.objects.filter(in_use=False).values_list("stage", flat=True))
    return [stage for stage in (*STAGE_ORDER, Stage.DISQUALIFIED) if stage not in off]


def route(transition: Transition, *, in_use: Sequence[Stage]) -> tuple[frozenset[Stage], Stage] | None:
    """From where to where `transition` leads now; None while its target is switched off.

    A step that starts from a switched-off stage starts also from the nearest stage in use before it. Leads that were in
    a stage when it was switched off may still leave it.
    """
    plain = ROUTES[transition]
    if plain.target not in in_use:
        return None
    sources = set(plain.sources)
    for source in plain.sources:
        if source in STAGE_ORDER and source not in in_use and transition != Transition.IDENTIFY:
            earlier = [stage for stage in STAGE_ORDER[: STAGE_ORDER.index(source)] if stage in in_use]
            sources.update(earlier[-1:])
    return frozenset(sources), plain.target


def opportunity_stage(*, in_use: Sequence[Stage]) -> Stage:
    """The stage at which an opportunity is born: sales qualified, or the last sales stage in use before it."""
    return next(stage for stage in reversed(SALES_STAGES) if stage in in_use)


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
        _hold_contacts([current], transition=transition)
        _refuse_wrong_reason(transition, reason=reason, note=note)
        if unmet := _obstacles(lead=current, transition=transition, now=now):
            raise StepRefused(" ".join(unmet))
        (change,) = _step(
            leads=[current],
            transition=transition,
            by=by,
            now=now,
            reason=reason,
            note=note,
            point=point,
            confirmed=list(confirmed),
        )
    lead.refresh_from_db()
    return change


def accept(*, lead: Lead, by: User, now: datetime, confirmed: Iterable[int], note: str = "") -> StageChange:
    """Take the lead into the calling queue; the rep confirms each criterion of the MQL definition.

    `confirmed` holds the ids of the criteria that the rep ticked. A lead without an owner becomes the rep's own.
    """
    definition = definition_in_force(Stage.MARKETING_QUALIFIED, now=now)
    evidence = (
        criteria.explain(lead=lead, criteria=definition.criteria, now=now)
        if definition and definition.criteria
        else []
    )
    ticked = set(confirmed)
    open_ones = [proof.text for proof in evidence if proof.is_met and proof.condition.pk not in ticked]
    if open_ones and lead.stage == Stage.MARKETING_QUALIFIED:
        raise StepRefused(
            f"Confirm each criterion, or pass the lead back. Not confirmed yet: {'; '.join(open_ones)}."
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
        ],
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
    return f"Your role does not allow the step “{transition.label}”. Ask your manager to take it."


def _may(user: User, transition: Transition) -> bool:
    return any(user.has_perm(name) for name in _PERMISSIONS[transition])


def _locked(*, lead: Lead, by: User | None, transition: Transition, now: datetime) -> Lead:
    """The lead's row as it is now, held until the end of the transaction; refuses those who may not and stale pages."""
    if by is None and transition not in AUTOMATIC:
        raise NotYours("Only a person can take this step.")
    if by is not None:
        _refuse_invisible(lead=lead, by=by, now=now)
        if not _may(by, transition):
            raise NotYours(_not_your_role(transition))
    current: Lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if current.stage != lead.stage:
        raise AlreadyMoved(_who_was_first(current, by=by))
    return current


def _hold_contacts(leads: Iterable[Lead], *, transition: Transition) -> None:
    """Hold the people of leads that are to be reopened: two ended leads of one contact must not both come back."""
    if transition == Transition.REOPEN:
        people = Contact.objects.filter(pk__in=[lead.contact_id for lead in leads]).order_by("pk")
        list(people.select_for_update(no_key=True).values_list("pk"))


def _refuse_invisible(*, lead: Lead, by: User, now: datetime) -> None:
    if Lead.objects.visible_to(by).filter(pk=lead.pk).exists():
        return
    if told := who_took(lead_id=lead.pk, seen=lead.stage, by=by, now=now):
        raise AlreadyMoved(told)
    raise NotYours("This lead is not yours any more, or never was. Go back to your queue.")


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
        return f"You have already done this: the lead is now “{Stage(lead.stage).label}”. Nothing was changed twice."
    who = (last.actor.get_full_name() or last.actor.get_username()) if last and last.actor else "LeadOps"
    where = Stage(lead.stage).label
    return f"{who} was faster: the lead is now “{where}”. Nothing was changed; open the lead again to go on."


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
        return [f"A lead in “{Stage(lead.stage).label}” can't take the step “{transition.label}”."]
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
    if by is None and transition not in AUTOMATIC:
        raise NotYours("Only a person can take this step.")
    if by is not None and not _may(by, transition):
        raise NotYours(_not_your_role(transition))
    _refuse_wrong_reason(transition, reason=reason, note=note)
    rows = leads if by is None else leads.visible_to(by)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    result = Moved()
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            chunk = _pass_guards(
                ids=ids[start : start + CHUNK], transition=transition, now=now, result=result
            )
            if chunk:
                _step(
                    leads=chunk,
                    transition=transition,
                    by=by,
                    now=now,
                    reason=reason,
                    note=note,
                    point=point,
                    confirmed=[],
                )
                result.moved += [lead.pk for lead in chunk]
    return result


def _pass_guards(*, ids: Sequence[int], transition: Transition, now: datetime, result: Moved) -> list[Lead]:
    """The locked leads of `ids` that may take the step; the others get their sentence in `result`."""
    way = route(transition, in_use=stages_in_use())
    if way is None:
        sentence = f"The stage “{ROUTES[transition].target.label}” is switched off in this company."
        result.refused |= dict.fromkeys(ids, sentence)
        return []
    locked = {lead.pk: lead for lead in Lead.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    _hold_contacts(locked.values(), transition=transition)
    found = guards(transition, now=now)
    asked = _asked(found)
    passing: list[Lead] = []
    coming_back: set[int | None] = set()  # contacts of whom an earlier lead of the set is reopened
    for pk, *answers in (
        Lead.objects.filter(pk__in=list(locked)).annotate(**asked).values_list("pk", *asked).order_by("pk")
    ):
        lead = locked[pk]
        if lead.stage not in way[0]:
            result.refused[pk] = (
                f"A lead in “{Stage(lead.stage).label}” can't take the step “{transition.label}”."
            )
        elif not all(answers):
            result.refused[pk] = " ".join(
                guard.sentence for guard, holds in zip(found, answers, strict=True) if not holds
            )
        elif transition == Transition.REOPEN and lead.contact_id in coming_back:
            result.refused[pk] = OTHER_OPEN_LEAD
        else:
            passing.append(lead)
            coming_back.add(lead.contact_id)
    return passing


# --- The door -------------------------------------------------------------------------------------


def _step(
    *,
    leads: Sequence[Lead],
    transition: Transition,
    by: User | None,
    now: datetime,
    reason: Reason | None,
    note: str,
    point: str,
    confirmed: list[Mapping[str, Any]],
) -> list[StageChange]:
    """Change and record. The leads are locked, and every guard has been checked in this transaction."""
    before = {lead.pk: Stage(lead.stage) for lead in leads}
    target = ROUTES[transition].target
    _change(leads=leads, transition=transition, by=by, now=now)
    changes = _record(
        leads=leads,
        before=before,
        transition=transition,
        target=target,
        by=by,
        now=now,
        reason=reason,
        note=note,
        point=point,
        confirmed=confirmed,
    )
    if target == opportunity_stage(in_use=stages_in_use()):
        _open_opportunities(leads=leads, now=now)
    # Where the opportunity is born before the last sales stage, a lead that has one can still be passed back.
    if transition in (Transition.DISQUALIFY, Transition.PASS_BACK):
        _lose_opportunities(leads=leads, reason=reason, now=now)
    _nurture(leads=leads, transition=transition, now=now)
    tell = partial(
        stage_changed.send,
        sender=Lead,
        transition=transition,
        to_stage=target,
        lead_ids=[lead.pk for lead in leads],
    )
    transaction.on_commit(tell)
    return changes


def _change(*, leads: Sequence[Lead], transition: Transition, by: User | None, now: datetime) -> None:
    """Write the new stage: by the state machine for one lead, by one conditional statement for many."""
    owner: dict[str, Any] = {"owner": None} if transition == Transition.PASS_BACK else {}
    passed_back = {"passed_back_at": now} if transition == Transition.PASS_BACK else {}
    if len(leads) == 1:
        lead = leads[0]
        getattr(lead, transition.value)()
        lead.stage_entered_at = lead.updated_at = now
        lead.sub_status = None
        if transition in (Transition.ACCEPT, Transition.FAST_TRACK) and lead.owner_id is None:
            owner = {"owner": by}
        for name, value in (owner | passed_back).items():
            setattr(lead, name, value)
        try:
            lead.save(
                update_fields=["stage", "stage_entered_at", "updated_at", "sub_status", *owner, *passed_back]
            )
        except ConcurrentTransition as lost:
            raise AlreadyMoved(_who_was_first(Lead.objects.get(pk=lead.pk), by=by)) from lost
        return
    target = ROUTES[transition].target
    changed = (
        Lead.objects.filter(pk__in=[lead.pk for lead in leads])
        .exclude(stage=target)
        .update(
            stage=target.value, stage_entered_at=now, updated_at=now, sub_status=None, **owner, **passed_back
        )
    )
    if changed != len(leads):
        raise AlreadyMoved("Some of these leads were moved by somebody else at the same moment. Try again.")


def _record(
    *,
    leads: Sequence[Lead],
    before: Mapping[int, Stage],
    transition: Transition,
    target: Stage,
    by: User | None,
    now: datetime,
    reason: Reason | None,
    note: str,
    point: str,
    confirmed: list[Mapping[str, Any]],
) -> list[StageChange]:
    scores = _scores(leads)
    definitions = {row.stage: row for row in Definition.objects.in_force(now=now)}
    changes: list[StageChange] = StageChange.objects.bulk_create(
        StageChange(
            lead=lead,
            transition=transition,
            from_stage=before[lead.pk],
            to_stage=target,
            actor=by,
            at=now,
            reason=reason,
            pass_back_point=point,
            note=note,
            score=scores.get(lead.pk),
            definition=definitions.get(target) or definitions.get(before[lead.pk]),
            source_id=lead.source_id,
            confirmed=list(confirmed),
        )
        for lead in leads
    )
    Milestone.objects.bulk_create(
        [Milestone(lead=lead, stage=target, at=now) for lead in leads], ignore_conflicts=True
    )
    return changes


def _scores(leads: Sequence[Lead]) -> dict[int, int]:
    """The present scores, where an app that keeps them is installed."""
    known = FIELDS.get("score.total")
    if known is None:
        return {}
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads]).exclude(**{known.path: None})
    return dict(rows.values_list("pk", known.path))


def _open_opportunities(*, leads: Sequence[Lead], now: datetime) -> None:
    people = Lead.objects.filter(pk__in=[lead.pk for lead in leads], opportunity=None).select_related(
        "contact__account"
    )
    currency = settings.LEADOPS["DEFAULT_CURRENCY"]
    for lead in people:
        account = lead.contact.account if lead.contact else None
        # One by one, so that each has its history; a step of this kind is taken by a person, seldom by many.
        Opportunity.objects.create(
            lead=lead, name=str(account or lead)[:200], currency=currency, created_at=now
        )
    # A lead that was won or lost before and comes again takes its opportunity up again.
    for opportunity in Opportunity.objects.filter(lead__in=leads, stage=OpportunityStage.LOST):
        opportunity.stage, opportunity.lost_at, opportunity.loss_reason = (
            OpportunityStage.DISCOVERY,
            None,
            None,
        )
        opportunity.save(update_fields=["stage", "lost_at", "loss_reason"])


def _lose_opportunities(*, leads: Sequence[Lead], reason: Reason | None, now: datetime) -> None:
    open_ones = Opportunity.objects.filter(lead__in=leads).exclude(
        stage__in=[OpportunityStage.WON, OpportunityStage.LOST]
    )
    for opportunity in open_ones:
        opportunity.stage, opportunity.lost_at, opportunity.loss_reason = OpportunityStage.LOST, now, reason
        opportunity.save(update_fields=["stage", "lost_at", "loss_reason"])


def _nurture(*, leads: Sequence[Lead], transition: Transition, now: datetime) -> None:
    """A lead that is passed back enters the first programme in use; one that moves on to sales, or ends, leaves it."""
    if transition == Transition.PASS_BACK:
        programme = NurtureProgramme.objects.filter(is_active=True).order_by("pk").first()
        if programme is not None:
            NurtureEnrolment.objects.bulk_create(
                NurtureEnrolment(lead=lead, programme=programme, entered_at=now) for lead in leads
            )
    elif ROUTES[transition].target in (*SALES_STAGES, Stage.DISQUALIFIED):
        NurtureEnrolment.objects.filter(lead__in=leads, left_at=None).update(left_at=now)
