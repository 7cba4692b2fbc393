"""Two rows that were one person, or one company, and became one: written down so that it can be taken back."""

from django.conf import settings
from django.db import models

from leads.models.people import Account, Contact
from leads.querysets import MergeQuerySet
from terminology.labels import labelled, term


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
    # {"folds": of `leads.people.folding`, in the order in which they were done: the open lead of two contacts first,
    #  then the row itself; "former": ids of the FormerKeys that were written; "opted_out": when the merged person had
    #  opted out then; "left": columns that undoing left as they were}
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

    objects = MergeQuerySet.as_manager()

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


@labelled
class FormerKey(models.Model):
    """What a row that went into another was known by: whoever brings it again means the row that stays."""

    class Kind(models.TextChoices):
        EMAIL = "email", term("former_key_kind.email", "E-mail")
        PHONE = "phone", term("former_key_kind.phone", "Phone")
        DOMAIN = "domain", term("former_key_kind.domain", "Domain")
        # Number and name together: what somebody without an address is known by.
        PERSON = "person", term("former_key_kind.person", "Phone and name")
        COMPANY = "company", term("former_key_kind.company", "Name of the company")

    kind = models.CharField("kind", max_length=7, choices=Kind.choices)
    value = models.CharField(
        "value", max_length=254
    )  # as the column that it stood in: e-mail key, domain, name key
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, related_name="former_keys", verbose_name="contact"
    )
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, null=True, related_name="former_keys", verbose_name="account"
    )

    class Meta:
        verbose_name = "former key"
        verbose_name_plural = "former keys"
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "value"], name="former_key_value")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact__isnull=False) ^ models.Q(account__isnull=False),
                name="former_key_of_one",
                violation_error_message="A former key belongs to a contact or to an account.",
            ),
            models.UniqueConstraint(fields=["contact", "kind", "value"], name="former_key_once_per_contact"),
            models.UniqueConstraint(fields=["account", "kind", "value"], name="former_key_once_per_account"),
        ]

    def __str__(self) -> str:
        return self.value
