"""What happened to a lead, written once: stage changes, milestones, nurture programmes, qualification answers."""

from django.conf import settings
from django.db import models

from leadops.records import AppendOnly
from leads.enums import PassBackPoint, ReasonKind, Stage, Transition
from leads.models.agreement import Definition, QualificationQuestion
from leads.models.lead import Lead, Source
from leads.querysets import MilestoneQuerySet, StageChangeQuerySet
from terminology.labels import labelled
from terminology.models import Agreement


@labelled
class Reason(models.Model):
    """A reason from the catalogue, so that rejections can be compared."""

    kind = models.CharField("kind", max_length=10, choices=ReasonKind.choices)
    key = models.SlugField("key", max_length=40)
    text = models.CharField("text", max_length=120)
    needs_note = models.BooleanField("needs a note", default=False)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        verbose_name = "reason"
        verbose_name_plural = "reasons"
        ordering = ["kind", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                name="reason_once",
                violation_error_message="There is already such a reason.",
            )
        ]

    def __str__(self) -> str:
        return self.text


@labelled
class StageChange(AppendOnly):
    """One step of one lead: from where to where, by whom, why, and under which definition."""

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="stage_changes", verbose_name="lead"
    )
    transition = models.CharField("step", max_length=20, choices=Transition.choices)
    from_stage = models.CharField("from", max_length=20, choices=Stage.choices)
    to_stage = models.CharField("to", max_length=20, choices=Stage.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="by"
    )
    at = models.DateTimeField("at")
    reason = models.ForeignKey(
        Reason, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="reason"
    )
    pass_back_point = models.CharField(
        "passed back", max_length=10, choices=PassBackPoint.choices, blank=True
    )
    note = models.TextField("note", blank=True)
    score = models.IntegerField("score then", null=True)
    definition = models.ForeignKey(
        Definition, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="definition in force"
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="agreement in force"
    )
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", verbose_name="source")
    # What the rep confirmed: [{"criterion": text, "because": evidence}].
    confirmed = models.JSONField("confirmed criteria", default=list)

    objects = StageChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "stage change"
        verbose_name_plural = "stage changes"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["lead", "at"], name="stagechange_lead_at"),
            models.Index(fields=["transition", "at"], name="stagechange_transition_at"),
        ]

    def __str__(self) -> str:
        return f"{Stage(self.from_stage).label} → {Stage(self.to_stage).label}"


@labelled
class Milestone(AppendOnly):
    """The first time that a lead reached a stage. Nothing takes it away: MQL and SQL counts are made of these."""

    lead = models.ForeignKey(
        Lead,
        on_delete=models.CASCADE,
        related_name="milestones",
        verbose_name="lead",
        db_index=False,  # `milestone_once` begins with it
    )
    stage = models.CharField("stage", max_length=20, choices=Stage.choices)
    at = models.DateTimeField("at")

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = "milestone"
        verbose_name_plural = "milestones"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["stage", "at"], name="milestone_stage_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "stage"],
                name="milestone_once",
                violation_error_message="The lead has already reached this stage once.",
            )
        ]

    def __str__(self) -> str:
        return str(Stage(self.stage).label)


@labelled
class NurtureProgramme(models.Model):
    """Where passed-back leads go until they are ready."""

    name = models.CharField("name", max_length=100, unique=True)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        verbose_name = "nurture programme"
        verbose_name_plural = "nurture programmes"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@labelled
class NurtureEnrolment(models.Model):
    """A lead's time in a nurture programme."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="nurture", verbose_name="lead")
    programme = models.ForeignKey(
        NurtureProgramme, on_delete=models.PROTECT, related_name="enrolments", verbose_name="programme"
    )
    entered_at = models.DateTimeField("entered at")
    left_at = models.DateTimeField("left at", null=True, blank=True)

    class Meta:
        verbose_name = "nurture enrolment"
        verbose_name_plural = "nurture enrolments"
        ordering = ["-entered_at", "-pk"]
        indexes = [models.Index(fields=["lead", "left_at"], name="nurture_lead")]

    def __str__(self) -> str:
        return str(self.programme)


@labelled
class QualificationAnswer(models.Model):
    """What a rep found out about one question of the checklist, for one lead."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="answers", verbose_name="lead")
    question = models.ForeignKey(
        QualificationQuestion, on_delete=models.PROTECT, related_name="+", verbose_name="question"
    )
    answer = models.TextField("answer")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="by"
    )
    at = models.DateTimeField("at")

    class Meta:
        verbose_name = "qualification answer"
        verbose_name_plural = "qualification answers"
        ordering = ["question__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "question"],
                name="answer_once",
                violation_error_message="This question is already answered.",
            )
        ]

    def __str__(self) -> str:
        return self.answer
