"""The opportunity: a forecast sale, born when a lead becomes sales qualified."""

from decimal import Decimal

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from leads.enums import OPEN_OPPORTUNITY_STAGES, OpportunityStage
from leads.models.lead import Lead
from leads.models.record import Reason
from leads.querysets import OpportunityQuerySet
from terminology.labels import labelled


@labelled
class Opportunity(models.Model):
    """A possible sale. Its stage moves through `leads.opportunities`."""

    lead = models.OneToOneField(
        Lead, on_delete=models.PROTECT, related_name="opportunity", verbose_name="lead"
    )
    name = models.CharField("name", max_length=200)
    stage = models.CharField(
        "stage",
        max_length=16,
        choices=OpportunityStage.choices,
        default=OpportunityStage.DISCOVERY,
        editable=False,
    )
    amount = models.DecimalField("amount", max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField("currency", max_length=3, blank=True, help_text="Three letters, such as EUR.")
    expected_close_on = models.DateField("expected close", null=True, blank=True)
    signed_by = models.CharField("signed by", max_length=200, blank=True)
    signed_authority = models.CharField(
        "authority", max_length=200, blank=True, help_text="With what authority the person signed."
    )
    loss_reason = models.ForeignKey(
        Reason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="loss reason",
    )
    created_at = models.DateTimeField("created at", default=timezone.now, editable=False)
    won_at = models.DateTimeField("won at", null=True, editable=False)
    lost_at = models.DateTimeField("lost at", null=True, editable=False)

    objects = OpportunityQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "opportunity"
        verbose_name_plural = "opportunities"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=Decimal(0)),
                name="opportunity_amount_not_negative",
                violation_error_message="An amount can't be negative.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_OPPORTUNITY_STAGES
