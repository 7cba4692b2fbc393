"""What a step leaves behind: stage changes, milestones, opportunities, nurture programmes. Called by `leads.lifecycle`.

A set of leads is written as one lead is: what is the same for all is a constant of the statement, what differs (stage,
score, source) is read from the leads by the database. Nothing here asks whether a step may be taken.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connections, models, router
from django.db.models import Case, F, QuerySet, Value, When
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from leads.conditions import FIELDS
from leads.enums import ROUTES, SALES_STAGES, OpportunityStage, Stage, Transition
from leads.models import (
    Definition,
    Lead,
    Milestone,
    NurtureEnrolment,
    NurtureProgramme,
    Opportunity,
    Reason,
    StageChange,
)
from terminology.models import Agreement

_NOT_LOST: Final = [
    stage for stage in OpportunityStage if stage not in (OpportunityStage.WON, OpportunityStage.LOST)
]


def write_changes(
    *,
    ids: Sequence[int],
    from_stage: Stage | None,
    to_stage: Stage,
    transition: Transition,
    actor_id: int | None,
    now: datetime,
    reason: Reason | None = None,
    note: str = "",
    point: str = "",
    confirmed: Sequence[Any] = (),
) -> None:
    """One StageChange for each lead, stamped with the definition and the agreement in force.

    `from_stage` is None while the leads still stand where they come from, which may be different stages.
    """
    definitions = {row.stage: row.pk for row in Definition.objects.in_force(now=now)}
    agreement = Agreement.objects.in_force().values_list("pk", flat=True).first()
    score = FIELDS.get("score.total")  # where an app that keeps scores is installed
    _insert(
        StageChange,
        Lead.objects.filter(pk__in=ids).order_by("pk"),
        {
            "lead_id": F("pk"),
            "transition": transition.value,
            "from_stage": F("stage") if from_stage is None else from_stage.value,
            "to_stage": to_stage.value,
            "actor_id": actor_id,
            "at": now,
            "reason_id": reason.pk if reason else None,
            "pass_back_point": str(point),
            "note": note,
            "score": F(score.path) if score else None,
            "definition_id": _definition(definitions, to_stage=to_stage, from_stage=from_stage),
            "agreement_id": agreement,
            "source_id": F("source_id"),
            "confirmed": list(confirmed),
        },
    )


def _definition(definitions: dict[str, int], *, to_stage: Stage, from_stage: Stage | None) -> Any:
    """The definition under which a step is taken: that of the stage it leads to, or else of the one it leaves."""
    if to_stage in definitions or from_stage is not None or not definitions:
        return definitions.get(to_stage) or definitions.get(from_stage or "")
    return Case(
        *(When(stage=stage, then=Value(pk)) for stage, pk in definitions.items()),
        output_field=models.BigIntegerField(),
    )


def write_milestones(*, ids: Sequence[int], stage: Stage, now: datetime) -> None:
    """The first time that each lead reached `stage`; who was there before keeps the earlier moment."""
    _insert(
        Milestone,
        Lead.objects.filter(pk__in=ids).order_by("pk"),
        {"lead_id": F("pk"), "stage": stage.value, "at": now},
        once=True,
    )


def open_opportunities(*, ids: Sequence[int], now: datetime) -> None:
    """A forecast sale for each lead that has none; one that was lost before is taken up again."""
    currency = settings.LEADOPS["DEFAULT_CURRENCY"]
    born = []
    for lead in Lead.objects.filter(pk__in=ids, opportunity=None).select_related("contact__account"):
        account = lead.contact.account if lead.contact else None
        name = str(account or lead)[:200]
        born.append(Opportunity(lead=lead, name=name, currency=currency, created_at=now))
    if born:
        bulk_create_with_history(born, Opportunity, batch_size=500)
    lost = Opportunity.objects.filter(lead__in=ids, stage=OpportunityStage.LOST)
    _put_opportunities(lost, stage=OpportunityStage.DISCOVERY, lost_at=None, reason=None)


def lose_opportunities(*, ids: Sequence[int], reason: Reason | None, now: datetime) -> None:
    """The running sales of the leads are lost, for the reason that ends the lead or gives it back."""
    running = Opportunity.objects.filter(lead__in=ids, stage__in=_NOT_LOST)
    _put_opportunities(running, stage=OpportunityStage.LOST, lost_at=now, reason=reason)


def _put_opportunities(
    rows: QuerySet[Any], *, stage: OpportunityStage, lost_at: datetime | None, reason: Reason | None
) -> None:
    found = list(rows)
    for opportunity in found:
        opportunity.stage, opportunity.lost_at, opportunity.loss_reason = stage, lost_at, reason
    if found:
        bulk_update_with_history(found, Opportunity, ["stage", "lost_at", "loss_reason"], batch_size=100)


def nurture(*, ids: Sequence[int], transition: Transition, now: datetime) -> None:
    """A lead that is passed back enters the first programme in use; one that moves on to sales, or ends, leaves it."""
    if transition == Transition.PASS_BACK:
        programme = NurtureProgramme.objects.filter(is_active=True).order_by("pk").first()
        if programme is not None:
            _insert(
                NurtureEnrolment,
                Lead.objects.filter(pk__in=ids).order_by("pk"),
                {"lead_id": F("pk"), "programme_id": programme.pk, "entered_at": now, "left_at": None},
            )
    elif ROUTES[transition].target in (*SALES_STAGES, Stage.DISQUALIFIED):
        NurtureEnrolment.objects.filter(lead__in=ids, left_at=None).update(left_at=now)


def _insert(
    model: type[models.Model], leads: QuerySet[Any], columns: dict[str, Any], *, once: bool = False
) -> None:
    """INSERT INTO the model's table SELECT `columns`, values or expressions on Lead, from `leads`. One statement.

    `once` leaves out rows that a constraint says stand already.
    """
    using = router.db_for_write(model)
    connection = connections[using]
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    asked = {f"to_{field.attname}": _expression(field, columns[field.attname]) for field in fields}
    sql, params = leads.using(using).annotate(**asked).values_list(*asked).query.sql_with_params()
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) {sql}"
            + (" ON CONFLICT DO NOTHING" if once else ""),
            params,
        )


def _expression(field: models.Field, value: Any) -> Any:
    """The value as a constant that is written as the field writes it; an expression as it is."""
    if hasattr(value, "resolve_expression"):
        return value
    return Value(value, output_field=field.target_field if isinstance(field, models.ForeignKey) else field)
