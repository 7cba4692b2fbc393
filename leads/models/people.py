"""Companies, people, who must not be contacted, and the sales teams that work them."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from leadops.records import AppendOnly
from leads.enums import EmailKind, JobFunction, Seniority
from leads.querysets import AccountQuerySet, ContactQuerySet, TeamQuerySet
from terminology.labels import labelled, term


@labelled
class Account(models.Model):
    """A company. Unique by its registrable web domain where it has one of its own."""

    name = models.CharField("name", max_length=200)
    # Set by leads.people from `name`; what two spellings of one company share.
    name_key = models.CharField("matching name", max_length=200, blank=True, editable=False)
    domain = models.CharField(
        "domain", max_length=253, blank=True, help_text="Its own web domain, such as example.com."
    )
    website = models.CharField("website", max_length=300, blank=True)
    industry = models.CharField("industry", max_length=120, blank=True)
    employees = models.PositiveIntegerField("employees", null=True, blank=True)
    country = models.CharField("country", max_length=2, blank=True, help_text="Two letters, such as DE.")
    city = models.CharField("city", max_length=120, blank=True)
    phone = models.CharField("phone", max_length=40, blank=True)
    created_at = models.DateTimeField("created at", default=timezone.now, editable=False)
    updated_at = models.DateTimeField("updated at", default=timezone.now, editable=False)

    objects = AccountQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["name_key", "updated_at"])

    class Meta:
        verbose_name = "account"
        verbose_name_plural = "accounts"
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name_key"], name="account_name_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["domain"],
                condition=~Q(domain=""),
                name="account_domain_once",
                violation_error_message="There is already an account with this domain. Open that one instead.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.domain

    def save(self, *args: Any, **kwargs: Any) -> None:
        from leads.people import account_keys

        account_keys(self)
        super().save(*args, **kwargs)


@labelled
class Contact(models.Model):
    """A person, at an account or at none yet. Unique by normalised e-mail where there is one."""

    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name="account",
    )
    first_name = models.CharField("first name", max_length=100, blank=True)
    last_name = models.CharField("last name", max_length=100, blank=True)
    # Set by leads.people: what two spellings of one name, or of one mailbox, share.
    name_key = models.CharField("matching name", max_length=201, blank=True, editable=False)
    email = models.CharField("e-mail", max_length=254, blank=True)
    email_key = models.CharField("matching e-mail", max_length=254, blank=True, editable=False)
    email_kind = models.CharField(
        "kind of e-mail", max_length=10, choices=EmailKind.choices, default=EmailKind.NONE, editable=False
    )
    phone = models.CharField("phone", max_length=40, blank=True)
    title = models.CharField("job title", max_length=200, blank=True)
    seniority = models.CharField(
        "seniority", max_length=10, choices=Seniority.choices, default=Seniority.UNKNOWN, blank=True
    )
    function = models.CharField(
        "function", max_length=12, choices=JobFunction.choices, default=JobFunction.UNKNOWN, blank=True
    )
    country = models.CharField("country", max_length=2, blank=True, help_text="Two letters, such as DE.")
    city = models.CharField("city", max_length=120, blank=True)
    linkedin_url = models.CharField("LinkedIn page", max_length=300, blank=True)
    opted_out_at = models.DateTimeField(
        "opted out at", null=True, blank=True, help_text="From this moment on nobody may contact the person."
    )
    created_at = models.DateTimeField("created at", default=timezone.now, editable=False)
    updated_at = models.DateTimeField("updated at", default=timezone.now, editable=False)

    objects = ContactQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["name_key", "email_key", "email_kind", "updated_at"],
        no_db_index=["account"],  # history is read of one person at a time
    )

    class Meta:
        verbose_name = "contact"
        verbose_name_plural = "contacts"
        ordering = ["last_name", "first_name", "pk"]
        permissions = [("erase_contact", "Can erase a person everywhere")]
        indexes = [
            models.Index(fields=["name_key"], name="contact_name_key"),
            models.Index(fields=["phone"], name="contact_phone", condition=~Q(phone="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"],
                condition=~Q(email_key=""),
                name="contact_email_once",
                violation_error_message="There is already a contact with this e-mail. Open that one instead.",
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or self.phone or "—"

    def save(self, *args: Any, **kwargs: Any) -> None:
        from leads.people import contact_keys

        contact_keys(self)
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@labelled
class Suppression(models.Model):
    """A person or a whole domain that no door lets in: an opt-out, a request to be forgotten, a competitor."""

    class Kind(models.TextChoices):
        EMAIL = "email", term("suppression_kind.email", "E-mail")
        PHONE = "phone", term("suppression_kind.phone", "Phone")
        DOMAIN = "domain", term("suppression_kind.domain", "Domain")
        # Somebody who asked to be forgotten: the value is a keyed hash, from which nobody can be read.
        ERASED = "erased", term("suppression_kind.erased", "Erased person")

    kind = models.CharField("kind", max_length=6, choices=Kind.choices, default=Kind.EMAIL)
    value = models.CharField(
        "value",
        max_length=254,
        help_text="An e-mail address, a telephone number, or a domain with all that is below it.",
    )
    reason = models.CharField("reason", max_length=200, blank=True)
    created_at = models.DateTimeField("created at", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="created by",
    )

    class Meta:
        verbose_name = "do-not-contact entry"
        verbose_name_plural = "do-not-contact list"
        ordering = ["value"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"],
                name="suppression_once",
                violation_error_message="This entry is already on the do-not-contact list.",
            )
        ]

    def __str__(self) -> str:
        return self.value

    def save(self, *args: Any, **kwargs: Any) -> None:
        from leads.people import suppression_value

        self.value = suppression_value(kind=self.kind, value=self.value)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Bring the value into its one spelling, so that a second spelling of the same entry is a duplicate."""
        from leads.people import suppression_value

        self.value = suppression_value(kind=self.kind, value=self.value)
        if fault := self.fault():
            raise ValidationError({"value": fault})

    def fault(self) -> str:
        """Why the value, in its one spelling, can hold nobody; "" where it can."""
        if self.kind == self.Kind.ERASED:
            # From the hash nobody can be read, so the list shows it and only erasing makes it.
            return (
                ""
                if self.pk
                else "Somebody is entered here by being erased, not by hand. Choose another kind."
            )
        if self.kind == self.Kind.EMAIL and not ("@" in self.value.strip("@") and "." in self.value):
            return "This is no e-mail address. Correct it, or choose another kind."
        if self.kind == self.Kind.PHONE and sum(sign.isdecimal() for sign in self.value) < 5:
            return "This is no telephone number. Write it with its country code, such as +49 30 23125000."
        if self.kind == self.Kind.DOMAIN and "." not in self.value:
            return "This is no domain. Write it such as example.com."
        return ""


@labelled
class LiftedEntry(AppendOnly):
    """A do-not-contact entry, or a person's opt-out, that somebody took off: who, why, and on what evidence."""

    kind = models.CharField("kind", max_length=6, choices=Suppression.Kind.choices)
    value = models.CharField("value", max_length=254)
    listed_because = models.CharField("was listed because", max_length=200, blank=True)
    listed_at = models.DateTimeField("was listed at")
    reason = models.CharField("lifted because", max_length=300)
    evidence = models.TextField("evidence", max_length=2000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="lifted by"
    )
    at = models.DateTimeField("lifted at")

    class Meta:
        verbose_name = "lifted entry"
        verbose_name_plural = "lifted entries"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.value


@labelled
class Team(models.Model):
    """A sales team: reps see the leads of their team that nobody owns yet."""

    name = models.CharField("name", max_length=100, unique=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = "team"
        verbose_name_plural = "teams"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


@labelled
class TeamMember(models.Model):
    """A person in a team. Leads are dealt to active members in turn."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members", verbose_name="team")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="team_memberships",
        verbose_name="person",
    )
    receives_leads = models.BooleanField(
        "receives leads", default=True, help_text="Off for a manager, or while the person is away."
    )
    last_assigned_at = models.DateTimeField("last lead at", null=True, editable=False)

    class Meta:
        verbose_name = "team member"
        verbose_name_plural = "team members"
        ordering = ["team", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"],
                name="team_member_once",
                violation_error_message="This person is already in the team.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.team})"
