"""Moving an opportunity: forward, back, won (the lead becomes a customer), lost (the lead ends)."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, DecimalField, ExpressionWrapper, F, Value, When

from leadops.errors import LeadOpsError
from leads import lifecycle
from leads.enums import OpportunityStage, ReasonKind
from leads.models import Opportunity, OpportunityStageSetting, Reason
from leads.words import OPPORTUNITY

# Percent; usual figures of the field, for a company that has not set its own.
DEFAULT_PROBABILITIES: Final = {
    OpportunityStage.DISCOVERY: 10,
    OpportunityStage.DEMO_SCHEDULED: 25,
    OpportunityStage.DEMO_COMPLETED: 45,
    OpportunityStage.CONTRACT_SENT: 70,
    OpportunityStage.CONTRACT_SIGNED: 90,
    OpportunityStage.WON: 100,
    OpportunityStage.LOST: 0,
}
_SIGNED: Final = (OpportunityStage.CONTRACT_SIGNED, OpportunityStage.WON)


class OpportunityRefused(LeadOpsError):
    """The opportunity can't move there; the sentence says why."""


def probabilities() -> dict[str, int]:
    """How likely each stage is won, in percent: the company's figures over the defaults. One query."""
    own = dict(OpportunityStageSetting.objects.values_list("stage", "probability"))
    return {stage.value: own.get(stage.value, chance) for stage, chance in DEFAULT_PROBABILITIES.items()}


def advance(
    *,
    opportunity: Opportunity,
    stage: OpportunityStage,
    by: User,
    now: datetime,
    signed_by: str = "",
    signed_authority: str = "",
    loss_reason: Reason | None = None,
    note: str = "",
) -> Opportunity:
    """Move an open opportunity to `stage` and return it as it then is.

    A contract that is signed or won names who signed and with what authority; a loss has its reason, and ends the lead.
    Raises `OpportunityRefused`, or the lifecycle's `StepRefused`.
    """
    if not Opportunity.objects.visible_to(by).filter(pk=opportunity.pk).exists() or not by.has_perm(
        "leads.work_lead"
    ):
        raise OpportunityRefused(f"This {OPPORTUNITY} is not yours to move. Go back to your queue.")
    with transaction.atomic():
        current: Opportunity = (
            Opportunity.objects.select_for_update(of=("self",)).select_related("lead").get(pk=opportunity.pk)
        )
        if current.stage != opportunity.stage or not current.is_open:
            raise OpportunityRefused(
                f"The {OPPORTUNITY} is already in “{OpportunityStage(current.stage).label}”. Open it again to go on."
            )
        if stage == OpportunityStage.LOST:
            _refuse_without_loss_reason(loss_reason)
            assert loss_reason is not None
            lifecycle.disqualify(lead=current.lead, by=by, now=now, reason=loss_reason, note=note)
        else:
            _sign(current, stage=stage, signed_by=signed_by, authority=signed_authority)
            current.stage = stage
            current.won_at = now if stage == OpportunityStage.WON else None
            current.save(update_fields=["stage", "won_at", "signed_by", "signed_authority"])
            if stage == OpportunityStage.WON:
                lifecycle.win(lead=current.lead, by=by, now=now, note=note)
        current.refresh_from_db()
    return current


def weighted() -> ExpressionWrapper:
    """Amount times probability as an expression on Opportunity: its part of the forecast, in its own currency.

    NULL while the amount is not known.
    """
    chances = [
        When(stage=stage, then=Value(Decimal(chance) / 100)) for stage, chance in probabilities().items()
    ]
    return ExpressionWrapper(
        F("amount") * Case(*chances, output_field=DecimalField(max_digits=3, decimal_places=2)),
        output_field=DecimalField(max_digits=14, decimal_places=2),
    )


def _sign(opportunity: Opportunity, *, stage: OpportunityStage, signed_by: str, authority: str) -> None:
    opportunity.signed_by = signed_by.strip() or opportunity.signed_by
    opportunity.signed_authority = authority.strip() or opportunity.signed_authority
    if stage in _SIGNED and not (opportunity.signed_by and opportunity.signed_authority):
        raise OpportunityRefused(
            "Say who signed the contract, and with what authority (“Managing director”)."
        )


def _refuse_without_loss_reason(reason: Reason | None) -> None:
    if reason is None or reason.kind != ReasonKind.LOSS:
        raise OpportunityRefused(f"A lost {OPPORTUNITY} needs a reason from the catalogue. Choose one.")
