"""What people did: the catalogue of activity types and the activities themselves."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from leads.enums import Channel
from leads.models.lead import Lead, Source
from leads.querysets import ActivityQuerySet
from terminology.labels import labelled


@labelled
class ActivityType(models.Model):
    """A kind of activity, and what it means for the lifecycle."""

    key = models.SlugField("key", max_length=40, unique=True)
    name = models.CharField("name", max_length=100)
    channel = models.CharField("channel", max_length=8, choices=Channel.choices, default=Channel.OTHER)
    call_to_action = models.CharField(
        "call to action",
        max_length=200,
        blank=True,
        help_text="The button, form or number that brings it about.",
    )
    is_hand_raiser = models.BooleanField(
        "hand-raiser", default=False, help_text="The person asks to talk to sales."
    )
    is_engagement = models.BooleanField(
        "engagement", default=True, help_text="Counts as interest that the person showed."
    )
    is_two_way = models.BooleanField(
        "two-way", default=False, help_text="The person gave details or answered."
    )
    is_conversation = models.BooleanField(
        "conversation", default=False, help_text="A rep and the person talked."
    )
    is_appointment = models.BooleanField(
        "appointment", default=False, help_text="A first appointment that took place."
    )
    is_logged_by_reps = models.BooleanField(
        "logged by reps", default=False, help_text="Offered when a rep logs something."
    )
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        verbose_name = "activity type"
        verbose_name_plural = "activity types"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@labelled
class Activity(models.Model):
    """Something that the person or a rep did, at a moment, with a key that keeps it from being counted twice."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="activities", verbose_name="lead")
    type = models.ForeignKey(ActivityType, on_delete=models.PROTECT, related_name="+", verbose_name="type")
    at = models.DateTimeField("at")
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="source"
    )
    subject = models.CharField("subject", max_length=200, blank=True)
    body = models.TextField("note", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="logged by",
    )
    idempotency_key = models.CharField("idempotency key", max_length=200, null=True, editable=False)
    details = models.JSONField("details", default=dict, blank=True, editable=False)
    recorded_at = models.DateTimeField("recorded at", default=timezone.now, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "activity"
        verbose_name_plural = "activities"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["lead", "type", "at"], name="activity_lead_type_at")]
        # A constraint rather than `unique=True`, which would add a second (`_like`) index on PostgreSQL.
        constraints = [models.UniqueConstraint(fields=["idempotency_key"], name="activity_once_per_key")]

    def __str__(self) -> str:
        return self.subject or str(self.type)
