"""The lead: one qualification cycle of one contact, or of an anonymous visitor."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import RETURN_VALUE, ConcurrentTransitionMixin, FSMField, FSMFieldMixin, transition

from leads.enums import (
    OPEN_STAGES,
    RESTAGE_ROUTES,
    ROUTES,
    SOURCE_TRUST,
    STAGE_ORDER,
    SWITCHABLE_STAGES,
    SourceKind,
    Stage,
    Transition,
    Trust,
)
from leads.models.agreement import SubStatus
from leads.models.people import Contact, Team
from leads.querysets import LeadQuerySet, SourceQuerySet
from terminology.labels import labelled


@labelled
class Source(models.Model):
    """The root of a lead: the list, event, campaign or person it came from. Set at birth and never overwritten."""

    name = models.CharField("name", max_length=200, unique=True)
    kind = models.CharField("kind", max_length=14, choices=SourceKind.choices)
    vendor = models.CharField("vendor", max_length=200, blank=True)
    cost = models.DecimalField("cost", max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField("currency", max_length=3, blank=True, help_text="Three letters, such as EUR.")
    basis = models.CharField(
        "lawful basis", max_length=200, blank=True, help_text="Why we may hold these people's details."
    )
    purchased_on = models.DateField("purchased on", null=True, blank=True)
    terms = models.CharField(
        "terms",
        max_length=500,
        blank=True,
        help_text="What the vendor allows: for how long, how often, for what.",
    )
    effort_hours = models.DecimalField(
        "effort in hours",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Our own time for buying, cleaning and loading the list.",
    )
    # Who is on a list that we did not get from the person must be told where we have it from (GDPR, Art. 14).
    notice_due_on = models.DateField("notice due on", null=True, blank=True)
    notice_given_on = models.DateField("notice given on", null=True, blank=True)
    handed_back_at = models.DateTimeField("handed back at", null=True, editable=False)
    handed_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="handed back by",
    )
    handed_back_reason = models.ForeignKey(
        "leads.Reason",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="handed back because",
    )
    handed_back_note = models.TextField("note on handing back", blank=True, editable=False)
    created_at = models.DateTimeField("created at", default=timezone.now, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = "source"
        verbose_name_plural = "sources"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def trust(self) -> Trust:
        """How far what it says of people is to be believed."""
        return SOURCE_TRUST[SourceKind(self.kind)]

    @property
    def is_handed_back(self) -> bool:
        """Whether sales has handed the whole list back and marketing has not taken it up again."""
        return self.handed_back_at is not None


class FreshState(models.Model):
    """Reads a protected FSM field again without switching its protection off.

    django-fsm-2 4.2.4 unprotects the field of the whole class while it refreshes and leaves it so when the row is gone;
    dropping the value first keeps the descriptor content, since it only refuses to *over*write.
    """

    class Meta:
        abstract = True

    def refresh_from_db(self, using: Any = None, fields: Any = None, from_queryset: Any = None) -> None:
        states = [
            field.attname
            for field in self._meta.concrete_fields
            if isinstance(field, FSMFieldMixin) and field.protected
        ]
        for name in states:
            self.__dict__.pop(name, None)
        # A state is always read along: an object without it would ask for it, and then refuse to be given it.
        wanted = None if fields is None else [*fields, *(name for name in states if name not in fields)]
        models.Model.refresh_from_db(self, using=using, fields=wanted, from_queryset=from_queryset)
        self._update_initial_state()  # type: ignore[attr-defined]


def _starts(name: Transition) -> list[str]:
    """The stages that `name` may start from, with those that it starts from while a later one is switched off."""
    sources = set(ROUTES[name].sources)
    for source in ROUTES[name].sources:
        position = STAGE_ORDER.index(source) if source in STAGE_ORDER else 0
        # Step back over switched-off stages to the nearest one that can't be switched off.
        while source in SWITCHABLE_STAGES and position > 0 and name != Transition.IDENTIFY:
            position -= 1
            source = STAGE_ORDER[position]
            sources.add(source)
    return [stage.value for stage in Stage if stage in sources]


@labelled
class Lead(FreshState, ConcurrentTransitionMixin, models.Model):
    """One qualification cycle. The row is narrow: what is known of the person stays on Contact and Account."""

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="leads", verbose_name="contact"
    )
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="leads", verbose_name="source")
    stage = FSMField("stage", max_length=20, choices=Stage.choices, default=Stage.ANONYMOUS, protected=True)
    sub_status = models.ForeignKey(
        SubStatus,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="sub-status",
        db_index=False,  # `lead_sub_status` leaves out the many that have none; so do those of team and owner
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name="team",
        db_index=False,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_leads",
        verbose_name="owner",
        db_index=False,
    )
    stage_entered_at = models.DateTimeField("in this stage since", default=timezone.now, editable=False)
    passed_back_at = models.DateTimeField("passed back at", null=True, editable=False)
    created_at = models.DateTimeField("created at", default=timezone.now, editable=False)
    updated_at = models.DateTimeField("updated at", default=timezone.now, editable=False)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = "lead"
        verbose_name_plural = "leads"
        ordering = ["-pk"]
        indexes = [
            # Ids ascend, although lists begin with the newest: both databases read an index backwards as well, and
            # new rows go to its end.
            models.Index(fields=["stage", "id"], name="lead_stage"),
            models.Index(
                fields=["owner", "stage", "id"], name="lead_owner_stage", condition=Q(owner__isnull=False)
            ),
            models.Index(
                fields=["team", "stage", "id"], name="lead_team_stage", condition=Q(team__isnull=False)
            ),
            models.Index(
                fields=["sub_status"], name="lead_sub_status", condition=Q(sub_status__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(stage__in=[stage.value for stage in OPEN_STAGES]),
                name="lead_open_once_per_contact",
                violation_error_message="This contact already has an open lead. Work on that one, or end it first.",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values),
                name="lead_stage_known",
                violation_error_message="There is no such stage.",
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=False)
                | Q(stage__in=[Stage.ANONYMOUS.value, Stage.DISQUALIFIED.value]),
                name="lead_known_has_contact",
                violation_error_message="Only an anonymous lead can be without a contact. Choose the contact.",
            ),
        ]
        permissions = [
            ("work_lead", "Can accept, pass back and qualify leads (sales)"),
            ("market_lead", "Can identify, pre-qualify and hand over leads (marketing)"),
            ("log_activity", "Can log calls and notes"),
            ("assign_lead", "Can give leads to reps"),
            ("export_lead", "Can export leads"),
        ]

    def __str__(self) -> str:
        return str(self.contact) if self.contact_id else f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    # The transitions set the stage and nothing else. Guards, records and messages are in leads.lifecycle, their caller.

    @transition(field=stage, source=_starts(Transition.IDENTIFY), target=Stage.IDENTIFIED.value)
    def identify(self) -> None: ...

    @transition(field=stage, source=_starts(Transition.PREQUALIFY), target=Stage.PREQUALIFIED.value)
    def prequalify(self) -> None: ...

    @transition(
        field=stage, source=_starts(Transition.QUALIFY_MARKETING), target=Stage.MARKETING_QUALIFIED.value
    )
    def qualify_marketing(self) -> None: ...

    @transition(field=stage, source=_starts(Transition.ACCEPT), target=Stage.SALES_ACCEPTED.value)
    def accept(self) -> None: ...

    @transition(field=stage, source=_starts(Transition.PASS_BACK), target=Stage.IDENTIFIED.value)
    def pass_back(self) -> None: ...

    @transition(field=stage, source=_starts(Transition.QUALIFY_SALES), target=Stage.SALES_QUALIFIED.value)
    def qualify_sales(self) -> None: ...

    @transition(field=stage, source=_starts(Transition.FAST_TRACK), target=Stage.SALES_QUALIFIED.value)
    def fast_track(self) -> None: ...

    @transition(field=stage, source=_starts(Transition.WIN), target=Stage.CUSTOMER.value)
    def win(self) -> None: ...

    @transition(field=stage, source=_starts(Transition.DISQUALIFY), target=Stage.DISQUALIFIED.value)
    def disqualify(self) -> None: ...

    @transition(field=stage, source=_starts(Transition.REOPEN), target=Stage.IDENTIFIED.value)
    def reopen(self) -> None: ...

    @transition(
        field=stage,
        source=[stage.value for stage in RESTAGE_ROUTES],
        target=RETURN_VALUE(*{way.value for ways in RESTAGE_ROUTES.values() for way in ways}),
    )
    def restage(self, to: Stage) -> str:
        return to.value
