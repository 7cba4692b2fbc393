"""What a lead must meet for each step, as filters on Lead: the same for one lead and for a million.

`leads.lifecycle` asks these; the sentence of a guard is what a person reads when it fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q
from django.utils.text import format_lazy

from leads import criteria, list_notice
from leads.enums import OPEN_STAGES, STAGE_SHORT, OpportunityStage, SourceKind, Stage, Transition
from leads.models import Activity, Definition, Lead, QualificationAnswer, QualificationQuestion
from leads.words import CONTACT, EMAIL, LEAD, OPPORTUNITY, PHONE

OTHER_OPEN_LEAD: Final[Any] = format_lazy(
    "The {contact} already has another open {lead}. Work on that one.", contact=CONTACT, lead=LEAD
)


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that a lead must meet to take a step: a filter, and the sentence for a lead that fails it."""

    sentence: str
    check: Q


def guards(transition: Transition, *, now: datetime) -> list[Guard]:
    """What a lead must meet for `transition`, as filters on Lead: the same for one lead and for a million."""
    build = _GUARDS.get(transition)
    return build(now) if build else []


def _identify_guards(now: datetime) -> list[Guard]:
    return [
        Guard(
            f"Neither “{EMAIL}” nor “{PHONE}” is known. Add one to the {CONTACT} first.",
            Q(contact__isnull=False) & (~Q(contact__email="") | ~Q(contact__phone="")),
        ),
        Guard(
            "The person has not answered or given us details yet. Log the two-way contact first.",
            _has_activity(now, type__is_two_way=True),
        ),
    ]


def _told_guard(now: datetime) -> Guard:
    """People of a list whom nobody told in time where we have them from are not contacted (GDPR, Art. 14)."""
    return Guard(list_notice.NOT_TOLD, ~list_notice.overdue(now=now, prefix="source__"))


def _accept_guards(now: datetime) -> list[Guard]:
    return [_told_guard(now)]


def _prequalify_guards(now: datetime) -> list[Guard]:
    return [_definition_guard(Stage.PREQUALIFIED, now=now)]


def _qualify_marketing_guards(now: datetime) -> list[Guard]:
    new_interest = Activity.objects.filter(
        lead=OuterRef("pk"), type__is_engagement=True, at__gt=OuterRef("passed_back_at"), at__lte=now
    )
    return [
        Guard("The person has opted out and may not be contacted.", Q(contact__opted_out_at__isnull=True)),
        _told_guard(now),
        Guard(
            "A name from a purchased list gets here only by what the person does. Wait for a first sign of interest.",
            ~Q(source__kind=SourceKind.PURCHASED_LIST) | _has_activity(now, type__is_engagement=True),
        ),
        Guard(
            f"Sales passed this {LEAD} back, and nothing has happened since. It needs a new sign of interest.",
            Q(passed_back_at__isnull=True) | Q(Exists(new_interest)),
        ),
        _definition_guard(Stage.MARKETING_QUALIFIED, now=now),
    ]


def _qualify_sales_guards(now: datetime) -> list[Guard]:
    unanswered = QualificationQuestion.objects.filter(is_active=True).exclude(
        pk__in=QualificationAnswer.objects.filter(lead=OuterRef(OuterRef("pk"))).values("question")
    )
    found = [
        Guard(
            "No conversation is logged yet. Log the call or the meeting first.",
            _has_activity(now, type__is_conversation=True),
        ),
        Guard(
            "The qualification checklist is not complete. Answer every question first.",
            ~Q(Exists(unanswered)),
        ),
    ]
    definition = definition_in_force(Stage.SALES_QUALIFIED, now=now)
    if definition is not None and definition.criteria is not None:
        found.append(_definition_guard(Stage.SALES_QUALIFIED, now=now))
    return found


def _fast_track_guards(now: datetime) -> list[Guard]:
    return [
        Guard(
            "No completed first appointment is logged. Log it first; it is what allows the short path.",
            _has_activity(now, type__is_appointment=True),
        )
    ]


def _win_guards(now: datetime) -> list[Guard]:
    return [
        Guard(
            f"The {OPPORTUNITY} is not won yet. Close it as won first.",
            Q(opportunity__stage=OpportunityStage.WON),
        )
    ]


def _reopen_guards(now: datetime) -> list[Guard]:
    other = Lead.objects.filter(contact=OuterRef("contact"), stage__in=OPEN_STAGES)
    return [
        Guard("The person is not known, so there is nobody to qualify.", Q(contact__isnull=False)),
        Guard(OTHER_OPEN_LEAD, ~Q(Exists(other))),
    ]


_GUARDS: Final[dict[Transition, Callable[[datetime], list[Guard]]]] = {
    Transition.IDENTIFY: _identify_guards,
    Transition.PREQUALIFY: _prequalify_guards,
    Transition.QUALIFY_MARKETING: _qualify_marketing_guards,
    Transition.ACCEPT: _accept_guards,
    Transition.QUALIFY_SALES: _qualify_sales_guards,
    Transition.FAST_TRACK: _fast_track_guards,
    Transition.WIN: _win_guards,
    Transition.REOPEN: _reopen_guards,
}


def _has_activity(now: datetime, **filters: Any) -> Q:
    return Q(Exists(Activity.objects.filter(lead=OuterRef("pk"), at__lte=now, **filters)))


def definition_in_force(stage: Stage, *, now: datetime) -> Definition | None:
    """The agreed definition of `stage` at `now`, with its criteria."""
    found: Definition | None = (
        Definition.objects.in_force(now=now)
        .filter(stage=stage)
        .select_related("criteria")
        .order_by("-version")
        .first()
    )
    return found


def _definition_guard(stage: Stage, *, now: datetime) -> Guard:
    definition = definition_in_force(stage, now=now)
    short = STAGE_SHORT[stage]
    if definition is None or definition.criteria is None:
        return Guard(f"No definition of “{short}” is in force. RevOps has to write one.", criteria.NOTHING)
    return Guard(
        f"The agreed definition of “{short}” is not met.", criteria.compile_set(definition.criteria, now=now)
    )
