"""What keeps a definition honest: leads that show it, calls to action that carry it, challenges that question it."""

from django.conf import settings
from django.db import models

from leads.enums import CallToActionKind, ChallengeState, Stage
from leads.models.activity import ActivityType
from leads.models.agreement import Definition
from leads.models.lead import Lead
from leads.querysets import OfLeadQuerySet
from terminology.labels import labelled
from terminology.models import Agreement


@labelled
class DefinitionExample(models.Model):
    """A real lead that shows what a stage means, or what it does not mean."""

    stage = models.CharField("stage", max_length=20, choices=Stage.choices)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="examples", verbose_name="lead")
    is_counter_example = models.BooleanField("counter-example", default=False)
    why = models.CharField("why", max_length=300)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="added by",
    )
    added_at = models.DateTimeField("added at", editable=False)

    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = "example"
        verbose_name_plural = "examples"
        ordering = ["stage", "is_counter_example", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "lead"],
                name="definition_example_once",
                violation_error_message="This lead is already an example for that stage.",
            )
        ]

    def __str__(self) -> str:
        return self.why


@labelled
class CallToAction(models.Model):
    """The real button, form, number or chat by which people do what an activity type stands for."""

    activity_type = models.ForeignKey(
        ActivityType, on_delete=models.CASCADE, related_name="calls_to_action", verbose_name="activity type"
    )
    kind = models.CharField("kind", max_length=9, choices=CallToActionKind.choices)
    name = models.CharField("name", max_length=120, help_text="What it says, such as “Book a demo”.")
    place = models.CharField(
        "where", max_length=300, help_text="The page, the number, the stand at the fair."
    )
    is_live = models.BooleanField("live", default=True)
    checked_on = models.DateField("last tried on", null=True, blank=True)

    class Meta:
        verbose_name = "call to action"
        verbose_name_plural = "calls to action"
        ordering = ["activity_type__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity_type", "name", "place"],
                name="call_to_action_once",
                violation_error_message="This call to action is registered already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


@labelled
class Challenge(models.Model):
    """A person disputes that a lead meets a definition; the definition's owner rules."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="challenges", verbose_name="lead")
    definition = models.ForeignKey(
        Definition, on_delete=models.PROTECT, related_name="challenges", verbose_name="definition"
    )
    criterion = models.CharField(
        "criterion",
        max_length=300,
        blank=True,
        help_text="In the words of the day. Empty: the definition as such.",
    )
    evidence = models.TextField("evidence", max_length=2000)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="raised by"
    )
    raised_at = models.DateTimeField("raised at")
    state = models.CharField(
        "state", max_length=8, choices=ChallengeState.choices, default=ChallengeState.OPEN
    )
    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="ruled by",
    )
    ruled_at = models.DateTimeField("ruled at", null=True)
    ruling = models.TextField("ruling", max_length=2000, blank=True)
    is_story = models.BooleanField(
        "for the next review", default=False, help_text="A story worth telling when both teams meet."
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="draft that takes it up",
    )

    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = "challenge"
        verbose_name_plural = "challenges"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "-id"], name="challenge_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "definition", "criterion"],
                condition=models.Q(state="open"),
                name="challenge_open_once",
                violation_error_message="This is disputed already, and the ruling is awaited.",
            )
        ]

    def __str__(self) -> str:
        return self.criterion or str(self.definition)
