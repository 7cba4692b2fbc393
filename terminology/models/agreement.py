"""Agreements: changes to what marketing and sales agreed, with who drafted, disputed and signed them."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leadops.names import full_name
from leadops.records import AppendOnly
from terminology.labels import labelled, term


class AgreementState(models.TextChoices):
    DRAFT = "draft", term("agreement_state.draft", "Draft")
    PROPOSED = "proposed", term("agreement_state.proposed", "Proposed")
    SIGNED = "signed", term("agreement_state.signed", "Signed by both")
    IN_FORCE = "in_force", term("agreement_state.in_force", "In force")
    SUPERSEDED = "superseded", term("agreement_state.superseded", "Superseded")
    WITHDRAWN = "withdrawn", term("agreement_state.withdrawn", "Withdrawn")


# Not decided yet: can still be changed, signed or withdrawn.
OPEN_STATES = (AgreementState.DRAFT, AgreementState.PROPOSED, AgreementState.SIGNED)


class Side(models.TextChoices):
    """The two parties of an agreement."""

    MARKETING = "marketing", term("side.marketing", "Marketing")
    SALES = "sales", term("side.sales", "Sales")


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def still_open(self) -> Self:
        """Drafted, proposed or signed, and not in force yet."""
        return self.filter(state__in=OPEN_STATES)

    def in_force(self) -> Self:
        """The one that is in force, or none."""
        return self.filter(state=AgreementState.IN_FORCE)


@labelled
class Agreement(models.Model):
    """A change to terms, definitions, scoring, response times or routing.

    `changes` is `{section: {part: {"before": value or null, "after": value or null}}}`: of each part that changes, what
    it was when it was drafted and what it shall be (`terminology.sections`). `document` is everything that was agreed
    once this one had come into force, `{section: {part: value}}`.
    """

    title = models.CharField("title", max_length=120)
    note = models.TextField(
        "why", max_length=4000, blank=True, help_text="Both teams read this before they sign."
    )
    state = models.CharField(
        "state", max_length=10, choices=AgreementState.choices, default=AgreementState.DRAFT, editable=False
    )
    version = models.PositiveIntegerField("version", null=True, unique=True, editable=False)
    changes = models.JSONField("changes", default=dict, editable=False)
    revision = models.PositiveIntegerField("revision", default=1, editable=False)
    comes_into_force_at = models.DateTimeField(
        "comes into force at", null=True, blank=True, help_text="Empty: as soon as both have signed."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="drafted by",
    )
    created_at = models.DateTimeField("drafted at", default=timezone.now, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="proposed by",
    )
    proposed_at = models.DateTimeField("proposed at", null=True, editable=False)
    in_force_at = models.DateTimeField("in force since", null=True, editable=False)
    superseded_at = models.DateTimeField("superseded at", null=True, editable=False)
    rolls_back = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="rolled_back_by",
        verbose_name="rolls back",
    )
    document = models.JSONField("document", null=True, editable=False)
    content_hash = models.CharField("content hash", max_length=64, blank=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "agreement"
        verbose_name_plural = "agreements"
        ordering = ["-pk"]
        permissions = [
            ("propose_agreement", "Can draft and propose agreements"),
            ("sign_for_marketing", "Can sign for marketing"),
            ("sign_for_sales", "Can sign for sales"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=AgreementState.IN_FORCE.value),
                name="agreement_in_force_once",
                violation_error_message="There is already an agreement in force.",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["in_force", "superseded"], version__isnull=False, in_force_at__isnull=False
                )
                | (~Q(state__in=["in_force", "superseded"]) & Q(version__isnull=True)),
                name="agreement_version_once_in_force",
                violation_error_message="Only what has come into force has a version.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (v{self.version})" if self.version else self.title

    @property
    def is_open(self) -> bool:
        """Whether it is still undecided: a draft, proposed, or signed and waiting for its date."""
        return self.state in OPEN_STATES


@labelled
class Signature(models.Model):
    """One side's signature under what an agreement says now. A changed agreement loses its signatures."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, related_name="signatures", verbose_name="agreement"
    )
    side = models.CharField("for", max_length=9, choices=Side.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="signed by"
    )
    at = models.DateTimeField("signed at")
    content_hash = models.CharField("content hash", max_length=64)

    class Meta:
        verbose_name = "signature"
        verbose_name_plural = "signatures"
        ordering = ["side"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "side"],
                name="signature_once_per_side",
                violation_error_message="This side has already signed.",
            ),
            models.UniqueConstraint(
                fields=["agreement", "user"],
                name="signature_once_per_person",
                violation_error_message="One person can't sign for both sides.",
            ),
        ]

    def __str__(self) -> str:
        return f"{Side(self.side).label}: {full_name(self.user)}"


class EntryKind(models.TextChoices):
    """What happened to an agreement."""

    DRAFTED = "drafted", term("agreement_entry.drafted", "Drafted")
    CHANGED = "changed", term("agreement_entry.changed", "Changed")
    COMMENT = "comment", term("agreement_entry.comment", "Comment")
    PROPOSED = "proposed", term("agreement_entry.proposed", "Proposed")
    SIGNED = "signed", term("agreement_entry.signed", "Signed")
    OVERTAKEN = "overtaken", term("agreement_entry.overtaken", "Overtaken")
    WITHDRAWN = "withdrawn", term("agreement_entry.withdrawn", "Withdrawn")
    IN_FORCE = "in_force", term("agreement_entry.in_force", "Came into force")
    SUPERSEDED = "superseded", term("agreement_entry.superseded", "Superseded")


@labelled
class AgreementEntry(AppendOnly):
    """One line of an agreement's story: a comment, a change, a signature. Written once."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="entries", verbose_name="agreement"
    )
    kind = models.CharField("what", max_length=10, choices=EntryKind.choices)
    at = models.DateTimeField("at")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="by"
    )
    text = models.TextField("text", max_length=4000, blank=True)
    revision = models.PositiveIntegerField("revision", default=1)

    class Meta:
        verbose_name = "entry"
        verbose_name_plural = "entries"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(EntryKind(self.kind).label)


@labelled
class AgreementPolicy(models.Model):
    """What the company lets happen without signatures. One row."""

    labels_need_signatures = models.BooleanField(
        "labels need both signatures",
        default=False,
        help_text="If not, a new label is in force as soon as it is saved. Definitions always need both.",
    )

    class Meta:
        verbose_name = "rules of signing"
        verbose_name_plural = "rules of signing"

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)
