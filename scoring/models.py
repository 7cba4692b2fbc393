"""The scoring model and its rules, the score of each lead, marks of leads to be rescored, and full runs."""

from collections.abc import Collection
from typing import Any, Final, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from leadops.jobs import Job, Lease
from leads.conditions import Condition, Kind, describe
from leads.models import Lead
from leads.querysets import OfLeadQuerySet
from terminology.labels import labelled, term

MAX_POINTS: Final = 1000  # of one rule, up or down; a slip of the keyboard must not decide alone
MAX_TIMES: Final = 1000
MAX_RULES: Final = 200  # of one model; keeps the statement within what SQLite takes


class RuleKind(models.TextChoices):
    """What a rule speaks about; it follows from the rule's condition and the sign of its points."""

    FIT = "fit", term("rule_kind.fit", "Fit")
    ENGAGEMENT = "engagement", term("rule_kind.engagement", "Engagement")
    NEGATIVE = "negative", term("rule_kind.negative", "Negative")


class Grade(models.TextChoices):
    A = "A", term("grade.a", "A")
    B = "B", term("grade.b", "B")
    C = "C", term("grade.c", "C")
    D = "D", term("grade.d", "D")


class ScoringModelQuerySet(models.QuerySet["ScoringModel"]):
    def in_force(self) -> Self:
        """The one model by which leads are scored now, or none."""
        return self.filter(superseded_at=None)


@labelled
class ScoringModel(models.Model):
    """One version of how the company scores its leads. A version is never changed, only replaced by the next."""

    name = models.CharField("name", max_length=120)
    version = models.PositiveIntegerField("version", unique=True, editable=False)
    threshold = models.IntegerField(
        "threshold", default=60, help_text="From this many points on a lead is worth a call."
    )
    grade_a = models.IntegerField("A from", default=80)
    grade_b = models.IntegerField("B from", default=60)
    grade_c = models.IntegerField("C from", default=30)
    in_force_from = models.DateTimeField("in force from", default=timezone.now, editable=False)
    superseded_at = models.DateTimeField("replaced at", null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="made by",
    )

    objects = ScoringModelQuerySet.as_manager()

    class Meta:
        verbose_name = "scoring model"
        verbose_name_plural = "scoring models"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                Case(When(superseded_at__isnull=True, then=Value(1))),
                name="scoring_model_in_force_once",
                violation_error_message="There is already a scoring model in force. Change that one.",
            ),
            models.CheckConstraint(
                condition=Q(grade_a__gt=F("grade_b"), grade_b__gt=F("grade_c")),
                name="scoring_grades_descend",
                violation_error_message="The grades must descend: A needs more points than B, and B more than C.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}" if self.version else self.name

    @property
    def is_in_force(self) -> bool:
        return self.superseded_at is None

    def grade_of(self, total: int) -> str:
        """The grade of `total` points."""
        if total >= self.grade_a:
            return Grade.A.value
        if total >= self.grade_b:
            return Grade.B.value
        return Grade.C.value if total >= self.grade_c else Grade.D.value


@labelled
class Rule(Condition):
    """Points for one condition.

    A condition about what we know counts once. A condition about what they did counts *times*: the number of
    matching activities (or of different types among them), divided by `at_least` and rounded down, but
    `max_times` at the most. With `max_times` 1 that is the plain "points once the condition is met"; with
    `at_least` 1 it is "points for each, up to". Only activities of the last `within_days` days count, the
    moment exactly so long ago included.

    Points may be negative, and so may a total: it is always the sum of its reasons. Rules about fields add up
    to the fit, rules about activities to the engagement, negative ones included.
    """

    scoring_model = models.ForeignKey(
        ScoringModel, on_delete=models.CASCADE, related_name="rules", verbose_name="scoring model"
    )
    name = models.CharField("name", max_length=120)
    points = models.IntegerField("points")
    max_times = models.PositiveSmallIntegerField(
        "at most times", default=1, help_text="How often repeated activities earn the points."
    )
    position = models.PositiveSmallIntegerField("position", default=0, editable=False)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        verbose_name = "scoring rule"
        verbose_name_plural = "scoring rules"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scoring_model", "name"],
                name="scoring_rule_name_once",
                violation_error_message="There is already a rule of that name in this model. Choose another name.",
            ),
            models.CheckConstraint(
                condition=~Q(points=0) & Q(points__gte=-MAX_POINTS, points__lte=MAX_POINTS),
                name="scoring_rule_points_bounded",
                violation_error_message=f"Give points from 1 to {MAX_POINTS}, or from -1 to -{MAX_POINTS}.",
            ),
            models.CheckConstraint(
                condition=Q(max_times__gte=1, max_times__lte=MAX_TIMES),
                name="scoring_rule_times_bounded",
                violation_error_message=f"A rule counts from 1 to {MAX_TIMES} times.",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.ACTIVITY.value) | Q(kind=Kind.FIELD.value, max_times=1),
                name="scoring_rule_counts_activities",
                violation_error_message="Only activities can count several times; set “at most times” to 1.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule_kind(self) -> RuleKind:
        """Negative for negative points; else fit for what we know, engagement for what they did."""
        if self.points < 0:
            return RuleKind.NEGATIVE
        return RuleKind.ENGAGEMENT if self.kind == Kind.ACTIVITY else RuleKind.FIT

    @property
    def most(self) -> int:
        """The points that the rule brings at the most (for a negative rule: takes)."""
        return self.points * self.max_times

    def sentence(self, *, names: dict[str, str] | None = None) -> str:
        """The rule in today's words: "+12 each time, 4 at the most: Webinar within 90 days"."""
        often = f" each time, {self.max_times} at the most" if self.max_times > 1 else ""
        return f"{self.points:+d}{often}: {describe(self, names=names)}"

    def refuse_unaskable(self, *, known_types: Collection[str] | None = None) -> None:
        """Refuse, beside what no condition can ask, a rule about the score itself and points that count for nothing."""
        errors: dict[str, Any] = {}
        if self.kind == Kind.SCORE or self.field.startswith("score."):
            place = "field" if self.field.startswith("score.") else "kind"
            errors[place] = (
                "A rule makes the score, so it can't ask about it. Ask about a field or an activity."
            )
        elif self.points is not None and (self.points == 0 or abs(self.points) > MAX_POINTS):
            errors["points"] = f"Give points from 1 to {MAX_POINTS}, or from -1 to -{MAX_POINTS}."
        elif self.kind != Kind.ACTIVITY and self.max_times != 1:
            errors["max_times"] = "Only activities can count several times; type 1."
        elif not 1 <= (self.max_times or 0) <= MAX_TIMES:
            errors["max_times"] = f"Type a number from 1 to {MAX_TIMES}."
        if errors:
            raise ValidationError(errors)
        super().refuse_unaskable(known_types=known_types)

    def copy(self) -> "Rule":
        """The same rule, unsaved and of no model yet."""
        names = [
            field.name for field in self._meta.concrete_fields if field.name not in ("id", "scoring_model")
        ]
        return Rule(**{name: getattr(self, name) for name in names})


@labelled
class LeadScore(models.Model):
    """What a lead scores: a narrow row beside each lead, from its birth on, written only when it changes."""

    lead = models.OneToOneField(
        Lead, on_delete=models.CASCADE, primary_key=True, related_name="score", verbose_name="lead"
    )
    fit = models.IntegerField("fit", default=0)
    engagement = models.IntegerField("engagement", default=0)
    total = models.IntegerField("score", default=0)
    grade = models.CharField("grade", max_length=1, choices=Grade.choices, blank=True)
    # No index: nobody looks scores up by model, and each index makes every write of a score dearer.
    scoring_model = models.ForeignKey(
        ScoringModel,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name="scoring model",
    )
    computed_at = models.DateTimeField("since", default=timezone.now)

    objects = OfLeadQuerySet.as_manager()

    class Meta:
        verbose_name = "lead score"
        verbose_name_plural = "lead scores"
        indexes = [models.Index(fields=["-total", "lead"], name="leadscore_total")]
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("fit") + F("engagement")),
                name="leadscore_adds_up",
                violation_error_message="A score is the sum of fit and engagement.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.grade}".strip()


class DirtyLead(models.Model):
    """The mark of a lead whose score may be out of date, set in the transaction that touched the lead."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="+")
    marked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.lead_id}"


@labelled
class RescoringRun(Job):
    """Rescoring every lead, by primary-key ranges: after a change of the rules, every night, or when somebody asks."""

    changed = models.PositiveIntegerField("scores changed", default=0, editable=False)
    qualified = models.PositiveIntegerField("handed to sales", default=0, editable=False)
    scoring_model = models.ForeignKey(
        ScoringModel,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="scoring model",
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="asked for by",
    )

    class Meta:
        verbose_name = "rescoring run"
        verbose_name_plural = "rescoring runs"
        ordering = ["-pk"]
        permissions = [("run_rescoring", "Can rescore all leads")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def run(self, *, lease: Lease) -> None:
        """Rescore every lead from the cursor on, each chunk in its own transaction with the cursor."""
        from scoring import rescoring

        rescoring.walk(run=self, lease=lease, clock=timezone.now)
