"""Who may send events, which event was answered how, and which browser belongs to which lead."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from leads.models import Lead, Source
from leads.normalise import country_code
from terminology.labels import labelled, term

MAX_KEY_LENGTH: Final = 200  # characters of an idempotency key that a sender chooses
MAX_VISITOR_ID_LENGTH: Final = 100


class Outcome(models.TextChoices):
    """What became of an event that was not refused."""

    RECORDED = "recorded", term("event_outcome.recorded", "Recorded")
    # Its key was recorded before; nothing has changed.
    REPEATED = "repeated", term("event_outcome.repeated", "Repeated")
    # The person wants no contact; nothing is kept.
    SUPPRESSED = "suppressed", term("event_outcome.suppressed", "Suppressed")
    # By an unknown visitor, while the company does not use anonymous leads.
    IGNORED = "ignored", term("event_outcome.ignored", "Ignored")


@labelled
class ApiToken(models.Model):
    """The right of one other system to talk to the API. Only a SHA-256 of the token is kept."""

    name = models.CharField(
        "name", max_length=100, help_text="The system that uses it, such as “Web site forms”."
    )
    # The readable beginning of the token, by which it is found and told from others; the rest is the secret.
    prefix = models.CharField("begins with", max_length=8, editable=False)
    token_hash = models.CharField("hash", max_length=64, editable=False)
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="source",
        help_text="The source of the leads that come to be by this token, and of its activities.",
    )
    country = models.CharField(
        "country of phone numbers",
        max_length=2,
        blank=True,
        help_text="Two letters, such as DE: for numbers without a prefix, where the event names no country.",
    )
    may_record_events = models.BooleanField("may record events", default=True)
    may_read_labels = models.BooleanField("may read labels", default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="made by",
    )
    created_at = models.DateTimeField("made at", default=timezone.now, editable=False)
    expires_at = models.DateTimeField(
        "expires at", null=True, blank=True, help_text="Empty: it does not expire."
    )
    revoked_at = models.DateTimeField("revoked at", null=True, editable=False)
    last_used_at = models.DateTimeField("last used at", null=True, editable=False)
    # Of these events nothing but the number is kept.
    suppressed_count = models.PositiveBigIntegerField(
        "events of suppressed people", default=0, editable=False
    )
    ignored_count = models.PositiveBigIntegerField("ignored events", default=0, editable=False)

    class Meta:
        verbose_name = "API token"
        verbose_name_plural = "API tokens"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prefix"],
                name="api_token_prefix_once",
                violation_error_message="Two tokens were made with the same beginning. Make the token again.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Bring the country into its two letters, or say that there is no such country."""
        super().clean()
        if self.country:
            code = country_code(self.country)
            if not code:
                raise ValidationError(
                    {"country": f"“{self.country}” is no country. Type its two letters, such as DE."}
                )
            self.country = code

    def is_in_force(self, *, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


@labelled
class ReceivedEvent(models.Model):
    """An event that came with an idempotency key, and its answer: the same key gets the same answer for 72 hours.

    Written in the transaction of the event's effect. Of the event itself only a hash is kept.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+", verbose_name="token")
    # The sender's key; the events of a batch that only has one for all are told apart by "/<place>" after it.
    idempotency_key = models.CharField("idempotency key", max_length=MAX_KEY_LENGTH + 10)
    body_hash = models.CharField("hash of the event", max_length=64)
    outcome = models.CharField("outcome", max_length=10, choices=Outcome.choices)
    response = models.JSONField("answer")
    received_at = models.DateTimeField("received at")

    class Meta:
        verbose_name = "received event"
        verbose_name_plural = "received events"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["received_at"], name="receivedevent_received_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["token", "idempotency_key"],
                name="received_event_once_per_key",
                violation_error_message="There is already an event with this key.",
            )
        ]

    def __str__(self) -> str:
        return self.idempotency_key


@labelled
class Visitor(models.Model):
    """A browser, under the id that the web site gave it, and the lead of whoever sits in front of it.

    `lead` is empty where that is a person who wants no contact: what the browser does is then not recorded.
    """

    visitor_id = models.CharField("visitor id", max_length=MAX_VISITOR_ID_LENGTH)
    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, null=True, related_name="visitors", verbose_name="lead"
    )
    created_at = models.DateTimeField("first seen at")

    class Meta:
        verbose_name = "visitor"
        verbose_name_plural = "visitors"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visitor_id"],
                name="visitor_once",
                violation_error_message="There is already a visitor with this id.",
            )
        ]

    def __str__(self) -> str:
        return self.visitor_id
