"""What the two teams agreed: stages in use, definitions with their criteria, the qualification checklist."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.conditions import Condition
from leads.enums import SWITCHABLE_STAGES, KpiMeasure, OpportunityStage, OwnerTeam, Stage
from leads.querysets import DefinitionQuerySet
from terminology.labels import labelled, term
from terminology.models import Agreement


@labelled
class StageSetting(models.Model):
    """How the company uses one canonical stage. A stage without a row is in use, with its default colour."""

    stage = models.CharField("stage", max_length=20, choices=Stage.choices, unique=True)
    in_use = models.BooleanField("in use", default=True, help_text="A stage that is off is stepped over.")
    colour = models.CharField("colour", max_length=12, blank=True)
    equivalent_to = models.CharField(
        "equivalent to",
        max_length=20,
        choices=Stage.choices,
        blank=True,
        help_text="For reports that compare companies.",
    )

    class Meta:
        verbose_name = "stage setting"
        verbose_name_plural = "stages"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_use=True) | Q(stage__in=[stage.value for stage in SWITCHABLE_STAGES]),
                name="stage_can_be_switched_off",
                violation_error_message="This stage carries the lifecycle and can't be switched off.",
            )
        ]

    def __str__(self) -> str:
        return str(Stage(self.stage).label)


@labelled
class SubStatus(models.Model):
    """A finer state inside one stage, for what a company wants beyond the canonical stages."""

    stage = models.CharField("stage", max_length=20, choices=Stage.choices)
    name = models.CharField("name", max_length=80)

    class Meta:
        verbose_name = "sub-status"
        verbose_name_plural = "sub-statuses"
        ordering = ["stage", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "name"],
                name="sub_status_once",
                violation_error_message="This stage already has a sub-status of that name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


@labelled
class CriteriaSet(models.Model):
    """Conditions joined by all / any; those that share a group name are joined the other way round first."""

    class Match(models.TextChoices):
        ALL = "all", term("criteria_match.all", "All of these")
        ANY = "any", term("criteria_match.any", "Any of these")

    name = models.CharField("name", max_length=120)
    match = models.CharField("match", max_length=3, choices=Match.choices, default=Match.ALL)

    class Meta:
        verbose_name = "criteria"
        verbose_name_plural = "criteria"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


@labelled
class Criterion(Condition):
    """One testable condition of a criteria set."""

    criteria = models.ForeignKey(
        CriteriaSet, on_delete=models.CASCADE, related_name="criteria", verbose_name="criteria"
    )
    group = models.CharField(
        "group",
        max_length=40,
        blank=True,
        help_text="Criteria with the same group name are joined by the other word: any inside all, all inside any.",
    )
    position = models.PositiveSmallIntegerField("position", default=0)

    class Meta:
        verbose_name = "criterion"
        verbose_name_plural = "criteria"
        ordering = ["position", "pk"]


@labelled
class Definition(models.Model):
    """The agreed words and criteria of one stage, in versions: the newest one whose time has come is in force."""

    stage = models.CharField("stage", max_length=20, choices=Stage.choices)
    version = models.PositiveIntegerField("version", default=1)
    text = models.TextField("definition", help_text="What people read wherever the word is used.")
    owner_team = models.CharField(
        "owner", max_length=9, choices=OwnerTeam.choices, default=OwnerTeam.MARKETING
    )
    criteria = models.ForeignKey(
        CriteriaSet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="criteria",
    )
    kpi = models.CharField(
        "KPI", max_length=200, blank=True, help_text="The figure by which the owner's work here is judged."
    )
    kpi_measure = models.CharField(
        "what the KPI rewards", max_length=10, choices=KpiMeasure.choices, blank=True
    )
    incentive = models.CharField(
        "incentive",
        max_length=200,
        blank=True,
        help_text="What somebody earns by it: a bonus, a quota, nothing.",
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="definitions",
        verbose_name="agreement",
    )
    in_force_from = models.DateTimeField("in force from", default=timezone.now)
    superseded_at = models.DateTimeField("superseded at", null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="created by",
    )

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = "definition"
        verbose_name_plural = "definitions"
        ordering = ["stage", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "version"],
                name="definition_version_once",
                violation_error_message="This stage already has a definition with that version.",
            ),
            models.UniqueConstraint(
                fields=["stage"],
                condition=Q(superseded_at__isnull=True),
                name="definition_in_force_once",
                violation_error_message="This stage already has a definition in force. Supersede it first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{Stage(self.stage).label} v{self.version}"

    def is_in_force(self, *, now: datetime) -> bool:
        return self.in_force_from <= now and (self.superseded_at is None or self.superseded_at > now)


@labelled
class QualificationQuestion(models.Model):
    """One item of the checklist that makes a lead sales qualified: budget, authority, need, timing unless changed."""

    key = models.SlugField("key", max_length=40, unique=True)
    question = models.CharField("question", max_length=200)
    help = models.CharField("hint", max_length=300, blank=True)
    position = models.PositiveSmallIntegerField("position", default=0)
    is_active = models.BooleanField("asked", default=True)

    class Meta:
        verbose_name = "qualification question"
        verbose_name_plural = "qualification checklist"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.question


@labelled
class OpportunityStageSetting(models.Model):
    """How likely an opportunity in this stage is won, in percent. A stage without a row has its default."""

    stage = models.CharField("stage", max_length=16, choices=OpportunityStage.choices, unique=True)
    probability = models.PositiveSmallIntegerField("probability (%)")

    class Meta:
        verbose_name = "opportunity stage"
        verbose_name_plural = "opportunity stages"
        ordering = ["probability"]
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__lte=100),
                name="probability_is_percent",
                violation_error_message="A probability is a number from 0 to 100.",
            )
        ]

    def __str__(self) -> str:
        return f"{OpportunityStage(self.stage).label}: {self.probability} %"
