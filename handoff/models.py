"""Who gets a lead and why, what people are told, and how fast an answer is due."""

from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from leadops.jobs import Job, JobQuerySet, JobState, Lease
from leadops.names import full_name
from leadops.records import AppendOnly
from leads.enums import Stage
from leads.models import CriteriaSet, Lead, StageChange, Team
from leads.querysets import OfLeadQuerySet, Person, lead_visibility, sees_everything
from terminology.labels import labelled, term


class RoutingRuleQuerySet(models.QuerySet["RoutingRule"]):
    def in_use(self) -> Self:
        """The rules that decide, in the order in which they are asked."""
        return self.filter(is_active=True).order_by("position", "pk")


@labelled
class RoutingRule(models.Model):
    """Which team gets a lead that sales has to work. The rules are asked in order, and the first that fits decides."""

    position = models.PositiveSmallIntegerField("position", default=0, help_text="The lowest is asked first.")
    name = models.CharField("name", max_length=120)
    criteria = models.ForeignKey(
        CriteriaSet,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="criteria",
        help_text="Empty: every lead.",
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name="team")
    is_active = models.BooleanField("in use", default=True)

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "routing rule"
        verbose_name_plural = "routing rules"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="routing_rule_name_once",
                violation_error_message="There is already a rule of that name. Choose another name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class AssignmentQuerySet(OfLeadQuerySet):
    pass


@labelled
class Assignment(AppendOnly):
    """A lead was given to a person: when, by whom or by which rule, and why. Written once."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="assignments", verbose_name="lead")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="owner"
    )
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="team"
    )
    rule = models.ForeignKey(
        RoutingRule, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="rule"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="by"
    )
    at = models.DateTimeField("at")
    why = models.TextField("why")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "assignment"
        verbose_name_plural = "assignments"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.lead} → {full_name(self.owner)}"


@labelled
class ServiceLevel(models.Model):
    """How soon sales reaches out to a lead that has come into a stage. Plain hours, nights and Sundays included."""

    stage = models.CharField("stage", max_length=20, choices=Stage.choices, unique=True)
    first_response_hours = models.PositiveSmallIntegerField(
        "first response within (hours)", validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = "response time"
        verbose_name_plural = "response times"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_response_hours__gte=1),
                name="service_level_some_time",
                violation_error_message="Give at least one hour.",
            )
        ]

    def __str__(self) -> str:
        return f"{Stage(self.stage).label}: {self.first_response_hours} h"


class NoticeKind(models.TextChoices):
    """What a notice is about; the labels are its headlines."""

    LEAD_ASSIGNED = "lead_assigned", term("notice.lead_assigned", "A new lead for you")
    LEAD_HANDED_OVER = "lead_handed_over", term("notice.lead_handed_over", "Your lead is ready for sales")
    LEAD_PASSED_BACK = "lead_passed_back", term("notice.lead_passed_back", "A lead came back")
    CHALLENGED = "challenged", term("notice.challenged", "A lead is disputed")
    CHALLENGE_RULED = "challenge_ruled", term("notice.challenge_ruled", "Your dispute was ruled on")
    LIST_HANDED_BACK = "list_handed_back", term("notice.list_handed_back", "Sales hands a list back")
    LIST_TAKEN_UP = "list_taken_up", term("notice.list_taken_up", "A list is taken up again")
    TO_SIGN = "to_sign", term("notice.to_sign", "An agreement waits for your signature")
    IN_FORCE = "in_force", term("notice.in_force", "A new agreement is in force")
    IMPORT_FINISHED = "import_finished", term("notice.import_finished", "An import has ended")
    JOB_ENDED = "job_ended", term("notice.job_ended", "Work in the background has ended")


class NoticeQuerySet(JobQuerySet):
    """A person's own notices; also answers the questions about jobs."""

    def visible_to(self, user: Person) -> Self:
        """The user's own notices, without those about leads that have become somebody else's."""
        if not user.is_active:
            return self.none()
        mine = self.filter(user_id=user.pk)
        if sees_everything(user):
            return mine
        return mine.filter(Q(lead=None) | lead_visibility(user, prefix="lead__"))

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def with_subjects(self) -> Self:
        """With everything that the sentence of a notice names, in the same query."""
        return self.select_related("user", "lead__contact__account", "change__reason", "change__actor")


@labelled
class Notice(Job):
    """Something a person should know. The row is what the bell shows; its job is the e-mail about it.

    It holds facts, never text: what people read is put together with the labels of the day (`handoff.notices`).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", verbose_name="for"
    )
    kind = models.CharField("about", max_length=16, choices=NoticeKind.choices)
    # One fact makes one notice for a person, however often it is reported.
    dedupe_key = models.CharField("fact", max_length=150, editable=False)
    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, null=True, related_name="notices", verbose_name="lead"
    )
    change = models.ForeignKey(
        StageChange, on_delete=models.CASCADE, null=True, related_name="notices", verbose_name="stage change"
    )
    url = models.CharField("page", max_length=300, blank=True)
    facts = models.JSONField("facts", default=dict)
    read_at = models.DateTimeField("read at", null=True)
    mailed_at = models.DateTimeField("e-mailed at", null=True)
    # Not e-mailed, since nobody may contact the person of the lead any more; in the app it says so.
    withdrawn_at = models.DateTimeField("withdrawn at", null=True)
    # Several notices that wait at the same moment go out in one e-mail, which one of them sends.
    carried_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="carried", verbose_name="e-mailed with"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "notice"
        verbose_name_plural = "notices"
        ordering = ["-pk"]
        default_manager_name = "objects"
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_user"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["run_after"],
                name="notice_to_mail",
                condition=Q(state__in=[JobState.QUEUED.value, JobState.RUNNING.value]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"],
                name="notice_once_per_fact",
                violation_error_message="The person has been told of this already.",
            )
        ]

    def __str__(self) -> str:
        return str(NoticeKind(self.kind).label)

    def run(self, *, lease: Lease) -> None:
        """E-mail the notice, together with the others that wait for the same person."""
        from handoff import delivery

        delivery.send(notice=self, lease=lease)
