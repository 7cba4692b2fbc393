"""Disputing a lead against a definition: one person says why it does not hold, the definition's owner rules.

What is open, and the stories worth telling, are the agenda of the next review (`leads.agenda`). A dispute stops
nothing: the lead can be accepted, passed back or ended meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.urls import reverse

from leadops.errors import LeadOpsError
from leadops.names import full_name
from leadops.roles import ADMINISTRATOR, REVOPS, SALES_MANAGER, has_role
from leads.criteria import Evidence, explain
from leads.enums import ChallengeState, OwnerTeam, Stage
from leads.models import Challenge, Definition, Lead, Milestone, StageChange
from leads.review_words import AS_SUCH
from leads.signals import challenge_raised, challenge_ruled
from leads.words import LEAD, LEADS
from terminology import agreements
from terminology.beside import Card
from terminology.impact import SHOWN, Named
from terminology.models import Agreement

MAY_RAISE: Final = ("leads.work_lead", "leads.market_lead")
MAX_EVIDENCE: Final = 2000  # characters, as the fields hold them
MAX_CRITERION: Final = 300


class ChallengeRefused(LeadOpsError):
    """The dispute, the ruling or the taking up can't stand as it is; the sentence says what to do."""


class AlreadyRuled(ChallengeRefused):
    """Somebody else ruled since the page was opened."""


@dataclass(frozen=True, slots=True)
class Disputable:
    """A definition that a lead can be disputed against, with its criteria as they stand for that lead."""

    definition: Definition
    evidence: Sequence[Evidence]


# --- What can be disputed ---------------------------------------------------------------------------------------------


def definitions_of(lead: Lead, *, now: datetime) -> list[Definition]:
    """The definitions that the lead answers to, the nearest first. Three queries.

    That of the stage where it is, the one under which it took its last step, and that of the stages where both teams
    have a say (marketing and sales qualified, accepted) as far as the lead has come.
    """
    reached = set(Milestone.objects.filter(lead=lead).values_list("stage", flat=True)) | {lead.stage}
    in_force = {row.stage: row for row in Definition.objects.in_force(now=now).select_related("criteria")}
    last = (
        StageChange.objects.filter(lead=lead, definition__isnull=False)
        .select_related("definition__criteria")
        .order_by("-at", "-pk")
        .first()
    )
    came_in_by = last.definition if last is not None else None
    stages = [lead.stage, Stage.SALES_QUALIFIED, Stage.SALES_ACCEPTED, Stage.MARKETING_QUALIFIED]
    found = [in_force.get(stage) for stage in stages if stage in reached]
    if came_in_by is not None:
        found.insert(1, came_in_by)
    unique = {row.pk: row for row in found if row is not None}
    return list(unique.values())


def disputable(lead: Lead, *, now: datetime) -> list[Disputable]:
    """Each definition that the lead answers to, with its criteria in today's words and what shows them."""
    return [
        Disputable(
            definition,
            explain(lead=lead, criteria=definition.criteria, now=now)
            if definition.criteria is not None and lead.contact_id
            else [],
        )
        for definition in definitions_of(lead, now=now)
    ]


def may_raise(user: User | AnonymousUser) -> bool:
    """Whether the person's role disputes leads at all: those who work them, and those who hand them over."""
    return any(user.has_perm(name) for name in MAY_RAISE)


def raise_challenge(
    *,
    lead: Lead,
    by: User,
    criterion: str,
    evidence: str,
    is_story: bool,
    now: datetime,
    definition: Definition | None = None,
) -> Challenge:
    """Dispute that `lead` meets `definition` (that of its stage, unless another is named), and tell the owner's team.

    `criterion` is one of the definition's, in the words of the day; "" disputes the definition as such. Raises
    `ChallengeRefused`.
    """
    _refuse_invisible(lead=lead, by=by)
    if not may_raise(by):
        raise ChallengeRefused(
            f"Only sales and marketing dispute {LEADS}. Tell the {LEAD}'s owner what you know."
        )
    known = definitions_of(lead, now=now)
    if definition is None:
        definition = known[0] if known else None
    if definition is None or definition not in known:
        raise ChallengeRefused(
            f"There is no such definition that this {LEAD} answers to. Open the {LEAD} again and choose one."
        )
    if not evidence.strip():
        raise ChallengeRefused("Say what you know: a dispute needs evidence.")
    try:
        with transaction.atomic():
            raised: Challenge = Challenge.objects.create(
                lead=lead,
                definition=definition,
                criterion=criterion.strip()[:MAX_CRITERION],
                evidence=evidence.strip()[:MAX_EVIDENCE],
                is_story=is_story,
                raised_by=by,
                raised_at=now,
            )
            challenge_raised.send(sender=Challenge, challenge=raised, now=now)
    except IntegrityError as clash:
        raise ChallengeRefused("This is disputed already, and the ruling is awaited.") from clash
    return raised


# --- Ruling -----------------------------------------------------------------------------------------------------------


def may_rule(user: User, challenge: Challenge) -> bool:
    """Whether the person speaks for the definition's owner, and did not raise the dispute."""
    if challenge.raised_by_id == user.pk:
        return False
    if has_role(user, REVOPS, ADMINISTRATOR):
        return True
    if challenge.definition.owner_team == OwnerTeam.SALES:
        return has_role(user, SALES_MANAGER)
    return user.has_perm("leads.market_lead")


def rule(*, challenge: Challenge, by: User, upheld: bool, ruling: str, now: datetime) -> Challenge:
    """Decide a dispute with a sentence, once for ever, and tell who raised it. Raises `ChallengeRefused`.

    Of two who rule at the same moment one is heard; the other gets `AlreadyRuled` with what was decided.
    """
    _refuse_invisible(lead=challenge.lead, by=by)
    if challenge.raised_by_id == by.pk:
        raise ChallengeRefused("Nobody rules on their own dispute. Ask a colleague of the owner's team.")
    if not may_rule(by, challenge):
        team = OwnerTeam(challenge.definition.owner_team).label
        raise ChallengeRefused(f"“{team}” owns this definition and rules on it. Leave it to them.")
    if not ruling.strip():
        raise ChallengeRefused("Say why: whoever raised it reads your sentence.")
    state = ChallengeState.UPHELD if upheld else ChallengeState.REJECTED
    with transaction.atomic():
        won = Challenge.objects.filter(pk=challenge.pk, state=ChallengeState.OPEN).update(
            state=state, ruled_by=by, ruled_at=now, ruling=ruling.strip()[:MAX_EVIDENCE]
        )
        ruled: Challenge = Challenge.objects.select_related(
            "lead", "definition", "raised_by", "ruled_by"
        ).get(pk=challenge.pk)
        if won:
            challenge_ruled.send(sender=Challenge, challenge=ruled, now=now)
    if not won:
        raise AlreadyRuled(_who_ruled(ruled, by=by))
    return ruled


def _who_ruled(challenge: Challenge, *, by: User) -> str:
    label = ChallengeState(challenge.state).label
    if challenge.ruled_by == by:
        return f"You have already ruled: {label}. Nothing was changed twice."
    who = challenge.ruled_by
    name = full_name(who) if who else "Somebody"
    return f"{name} ruled first: {label}. Nothing was changed; read their sentence below."


def _refuse_invisible(*, lead: Lead, by: User) -> None:
    if not Lead.objects.visible_to(by).filter(pk=lead.pk).exists():
        raise ChallengeRefused(f"This {LEAD} is not yours any more, or never was. Go back to your queue.")


# --- Taking up --------------------------------------------------------------------------------------------------------


def take_up(*, challenges: Iterable[Challenge], agreement: Agreement, by: User, now: datetime) -> int:
    """Note that the draft `agreement` answers these disputes, and return how many it now takes up.

    Those that `by` may not see, or that another undecided draft has taken up, stay as they are. Raises
    `ChallengeRefused`.
    """
    if not by.has_perm("terminology.propose_agreement"):
        raise ChallengeRefused(
            "Your role does not draft agreements. Ask RevOps, marketing or a sales manager."
        )
    if not agreement.is_open:
        raise ChallengeRefused("This agreement is decided already. Open a new draft.")
    elsewhere = Agreement.objects.still_open().exclude(pk=agreement.pk).values("pk")
    with transaction.atomic():
        taken: int = (
            Challenge.objects.visible_to(by)
            .filter(pk__in=[row.pk for row in challenges])
            .exclude(agreement__in=elsewhere)
            .update(agreement=agreement)
        )
        if taken:
            agreements.comment(
                agreement=agreement, by=by, now=now, text=f"Takes up {taken} of what was disputed."
            )
    return taken


def card(agreement: Agreement, user: User) -> Card | None:
    """The disputes that an agreement takes up, as far as `user` sees them, for the agreement's page."""
    rows = Challenge.objects.visible_to(user).filter(agreement=agreement).select_related("lead__contact")
    links = [
        Named(
            f"{row.lead}: {row.criterion or AS_SUCH}", reverse("admin:leads_challenge_change", args=[row.pk])
        )
        for row in rows[:SHOWN]
    ]
    return Card(Challenge._meta.verbose_name_plural, links) if links else None


# --- The accept step --------------------------------------------------------------------------------------------------


def open_on(lead: Lead, *, definition: Definition | None) -> dict[str, Challenge]:
    """The open disputes of a lead about one definition, by criterion. One query."""
    if definition is None:
        return {}
    rows = Challenge.objects.filter(lead=lead, definition=definition, state=ChallengeState.OPEN)
    return {row.criterion: row for row in rows.select_related("raised_by")}


def as_criterion(proof: Evidence) -> str:
    """The criterion of `proof` as a challenge keeps it."""
    return proof.text[:MAX_CRITERION]
