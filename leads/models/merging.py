"""Two rows that were one person, or one company, and became one: written down so that it can be taken back."""

from django.conf import settings
from django.db import models

from leads.models.people import Account, Contact
from terminology.labels import labelled


@labelled
class Merge(models.Model):
    """One row that went into another. `record` holds all that is needed to take the two apart again."""

    kept_contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, related_name="merges", verbose_name="contact"
    )
    kept_account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, related_name="merges", verbose_name="account"
    )
    absorbed_id = models.BigIntegerField("number of the row that went")
    # {"absorbed": its columns, "before": the kept row's columns that changed, "after": the same,
    #  "moved": {model label: ids of the rows that moved}}
    record = models.JSONField("record", default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="by"
    )
    at = models.DateTimeField("at")
    probability = models.FloatField("probability", null=True)  # where the matching engine decided by itself
    undone_at = models.DateTimeField("taken back at", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="taken back by",
    )

    class Meta:
        verbose_name = "merge"
        verbose_name_plural = "merges"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kept_contact__isnull=False) ^ models.Q(kept_account__isnull=False),
                name="merge_of_one_kind",
                violation_error_message="A merge is of two contacts or of two accounts.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kept_contact or self.kept_account} ← #{self.absorbed_id}"
