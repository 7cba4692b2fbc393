"""Pairs of people, or of companies, that may be the same; and the search that finds them."""

from typing import Any, ClassVar, Final, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from imports.models.batch import ImportBatch, ImportRow
from leadops.jobs import Job, JobQuerySet, Lease
from leadops.roles import ADMINISTRATOR, MARKETING, REVOPS, SALES_MANAGER, has_role
from leads.models import Contact
from terminology.labels import labelled, term

SURE_FROM: Final = 0.95  # the probability from which pairs may be merged without looking at each


class MatchedEntity(models.TextChoices):
    """What is compared."""

    PERSON = "person", term("matched_entity.person", "Person")
    COMPANY = "company", term("matched_entity.company", "Company")


class Decision(models.TextChoices):
    """What became of a pair that may be the same."""

    OPEN = "open", term("duplicate_decision.open", "To be decided")
    SAME = "same", term("duplicate_decision.same", "Same")
    DIFFERENT = "different", term("duplicate_decision.different", "Different")


def _entity(label: str) -> "models.CharField[str, str]":
    return models.CharField(label, max_length=7, choices=MatchedEntity.choices, default=MatchedEntity.PERSON)


def _of_list(related_name: str) -> "models.ForeignKey[ImportBatch | None, ImportBatch | None]":
    return models.ForeignKey(
        ImportBatch,
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        related_name=related_name,
        verbose_name="import",
    )


class PairsJob(Job):
    """Work on pairs that may be the same."""

    # Each job has these two in its own words (`_entity`, `_of_list`).
    entity: "models.CharField[str, str]"
    batch: "models.ForeignKey[ImportBatch | None, ImportBatch | None]"  # only pairs with somebody of it; None for all
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="started by",
    )

    class Meta(Job.Meta):
        abstract = True
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{MatchedEntity(self.entity).label} {self.pk}"


class DuplicateSearchQuerySet(JobQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if has_role(user, MARKETING, REVOPS, ADMINISTRATOR) else self.none()


@labelled
class DuplicateSearch(PairsJob):
    """A run of the matching engine over what a list brought, or over everybody."""

    entity = _entity("searches for")
    batch = _of_list("duplicate_searches")
    same = models.PositiveIntegerField("merged", default=0, editable=False)
    maybe = models.PositiveIntegerField("to be decided", default=0, editable=False)
    # Values that so many rows share that they say nothing; what was left out is told, not hidden.
    left_out = models.JSONField("shared by too many", default=list, editable=False)

    jobs: ClassVar[Any] = DuplicateSearchQuerySet.as_manager()
    objects: ClassVar[Any] = DuplicateSearchQuerySet.as_manager()

    class Meta(PairsJob.Meta):
        verbose_name = "search for duplicates"
        verbose_name_plural = "searches for duplicates"

    def run(self, *, lease: Lease) -> None:
        from imports.duplicates import run_search

        run_search(search=self, lease=lease)


class PossibleDuplicateQuerySet(models.QuerySet["PossibleDuplicate"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All pairs for those who import lists; for a sales manager those of two people whom the manager may see.

        Companies belong to no team, so that a manager does not decide about them.
        """
        if has_role(user, MARKETING, REVOPS, ADMINISTRATOR):
            return self
        if not has_role(user, SALES_MANAGER):
            return self.none()
        seen = Contact.objects.visible_to(user).values("pk")
        return self.filter(entity=MatchedEntity.PERSON, left_contact__in=seen, right_contact__in=seen)

    def sure(self) -> Self:
        """Pairs that are as good as proved: very likely, and nothing that was compared speaks against it.

        Two companies with a domain each, as plants with a number in their name have, are two until somebody says
        otherwise, however alike the domains are.
        """
        two_domains = Q(left_account__domain__gt="", right_account__domain__gt="")
        return self.filter(probability__gte=SURE_FROM, is_contested=False).exclude(two_domains)

    def of_list(self, batch: ImportBatch, entity: str) -> Self:
        """Pairs with somebody, or some company, of the list."""
        rows = ImportRow.objects.filter(batch=batch)
        if entity == MatchedEntity.PERSON:
            sides = ("contact", "left_contact"), ("contact", "right_contact")
        else:
            sides = ("contact__account", "left_account"), ("contact__account", "right_account")
        found = Q(search__batch=batch)
        for path, side in sides:
            found |= Q(Exists(rows.filter(**{path: OuterRef(side)})))
        return self.filter(found)

    def open(self) -> Self:
        """What a person still has to decide, the surest first. Two that went into one meanwhile are no pair."""
        is_one = Q(left_contact=F("right_contact")) | Q(left_account=F("right_account"))
        return self.filter(decision=Decision.OPEN).exclude(is_one).order_by("-probability", "pk")


@labelled
class PossibleDuplicate(models.Model):
    """Two people, or two companies, that may be one; the older is on the left."""

    entity = models.CharField("what", max_length=7, choices=MatchedEntity.choices)
    left_contact = models.ForeignKey(
        "leads.Contact",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name="first contact",
    )
    right_contact = models.ForeignKey(
        "leads.Contact",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name="second contact",
    )
    left_account = models.ForeignKey(
        "leads.Account",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name="first account",
    )
    right_account = models.ForeignKey(
        "leads.Account",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name="second account",
    )
    probability = models.FloatField("probability")  # 0 to 1, of being the same
    # Why: [{"field": canonical name, "left": text, "right": text, "weight": log2 of the Bayes factor}]
    evidence = models.JSONField("evidence", default=list)
    # Whether any of the evidence speaks against it: such a pair is merged by nobody who does not look at it.
    is_contested = models.BooleanField("something speaks against it", default=False, editable=False)
    search = models.ForeignKey(
        DuplicateSearch,
        on_delete=models.SET_NULL,
        null=True,
        related_name="pairs",
        verbose_name="search",
    )
    decision = models.CharField("decision", max_length=9, choices=Decision.choices, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="decided by",
    )
    decided_at = models.DateTimeField("decided at", null=True)
    found_at = models.DateTimeField("found at", default=timezone.now)
    merge = models.ForeignKey(
        "leads.Merge", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="merge"
    )

    objects = PossibleDuplicateQuerySet.as_manager()

    class Meta:
        verbose_name = "possible duplicate"
        verbose_name_plural = "possible duplicates"
        ordering = ["-probability", "pk"]
        permissions = [("decide_duplicates", "Can decide whether two entries are one")]
        indexes = [
            models.Index(fields=["-probability", "id"], name="duplicate_open", condition=Q(decision="open"))
        ]
        constraints = [
            models.UniqueConstraint(fields=["left_contact", "right_contact"], name="duplicate_people_once"),
            models.UniqueConstraint(
                fields=["left_account", "right_account"], name="duplicate_companies_once"
            ),
        ]

    def __str__(self) -> str:
        left = self.left_contact or self.left_account
        right = self.right_contact or self.right_account
        return f"{left} / {right}"


class MergeRunQuerySet(JobQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All for those who import lists, their own for sales managers."""
        if has_role(user, MARKETING, REVOPS, ADMINISTRATOR):
            return self
        return self.filter(created_by=user.pk) if has_role(user, SALES_MANAGER) else self.none()


@labelled
class MergeRun(PairsJob):
    """A merging of all pairs that are surely the same, among those that whoever asked for it may see."""

    entity = _entity("merges")
    batch = _of_list("merge_runs")
    merged = models.PositiveIntegerField("merged", default=0, editable=False)
    refused = models.PositiveIntegerField("left for a person", default=0, editable=False)
    # Why pairs were left: sentence to number.
    refusals = models.JSONField("why", default=dict, editable=False)

    jobs: ClassVar[Any] = MergeRunQuerySet.as_manager()
    objects: ClassVar[Any] = MergeRunQuerySet.as_manager()

    class Meta(PairsJob.Meta):
        verbose_name = "merging of duplicates"
        verbose_name_plural = "mergings of duplicates"

    def run(self, *, lease: Lease) -> None:
        from imports.merging import run

        run(merge_run=self, lease=lease)

    def announcement(self) -> dict[str, Any]:
        """What whoever started it is told when it has ended."""
        return {
            "user_id": self.created_by_id,
            "url": reverse("imports:duplicates"),
            "facts": {"name": str(self), "counts": {"merged": self.merged, "refused": self.refused}},
        }
