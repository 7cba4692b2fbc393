"""A list on its way in: the batch, which is a job, and every row of it with what became of it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Final, Self, cast
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q
from django.urls import reverse

from imports.files.limits import UnreadableFile
from leadops.jobs import Job, JobQuerySet, JobState, Lease
from leadops.roles import ADMINISTRATOR, MARKETING, REVOPS, has_role
from leads.enums import SourceKind
from terminology.labels import labelled, term

if TYPE_CHECKING:
    from imports.reading import FileShape
    from imports.turns import Turn


class ImportKind(models.TextChoices):
    """Where the list comes from, which decides what the people on it can become."""

    PURCHASED = "purchased", term("import_kind.purchased", "Purchased list")
    EVENT = "event", term("import_kind.event", "Event list")
    PARTNER = "partner", term("import_kind.partner", "Partner list")
    CRM = "crm", term("import_kind.crm", "Export of another CRM")


SOURCE_KINDS: Final = {
    ImportKind.PURCHASED: SourceKind.PURCHASED_LIST,
    ImportKind.EVENT: SourceKind.EVENT,
    ImportKind.PARTNER: SourceKind.PARTNER,
    ImportKind.CRM: SourceKind.CRM,
}


class RowOutcome(models.TextChoices):
    """What became of a row; every row of a file ends in just one of these."""

    CREATED = "created", term("row_outcome.created", "New")
    UPDATED = "updated", term("row_outcome.updated", "Updated")
    UNCHANGED = "unchanged", term("row_outcome.unchanged", "Known, unchanged")
    MERGED = "merged", term("row_outcome.merged", "Repeated in the list")
    SUPPRESSED = "suppressed", term("row_outcome.suppressed", "Do not contact")
    REJECTED = "rejected", term("row_outcome.rejected", "Rejected")


# Of whom something stands in the database now.
TAKEN_IN: Final = (RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNCHANGED, RowOutcome.MERGED)


class ColumnRule(models.TextChoices):
    """What a list may do to a value that is known already."""

    OVERWRITE = "overwrite", term("column_rule.overwrite", "Replace what is known")
    FILL = "fill", term("column_rule.fill", "Fill blanks only")
    NEVER = "never", term("column_rule.never", "Never change known people")


class Review(models.TextChoices):
    """Whether a person has looked at a row that is not what it should be."""

    OPEN = "open", term("row_review.open", "To be looked at")
    KEPT = "kept", term("row_review.kept", "Let in")
    DROPPED = "dropped", term("row_review.dropped", "Left out")


class Phase(models.TextChoices):
    """What a running batch is at; `Job.cursor` counts the rows of the phase."""

    PREVIEWING = "previewing", term("import_phase.previewing", "Looking ahead")
    CHECKING = "checking", term("import_phase.checking", "Checking every row")
    LOADING = "loading", term("import_phase.loading", "Loading")
    FINISHING = "finishing", term("import_phase.finishing", "Finishing")
    UNDOING = "undoing", term("import_phase.undoing", "Taking back")


class FileEnd(models.TextChoices):
    """Why an uploaded file is kept no more."""

    PUT_AWAY = "put_away", term("file_end.put_away", "Put away")
    FORGOTTEN = "forgotten", term("file_end.forgotten", "Never confirmed")
    KEPT_LONG = "kept_long", term("file_end.kept_long", "Kept long enough")
    ERASED = "erased", term("file_end.erased", "Holds somebody who was erased")


def file_place(batch: "ImportBatch", name: str) -> str:
    """Where an uploaded file is kept: under a random name, out of reach of any address."""
    return f"imports/{uuid4().hex}"


_NO_FILE: Final = {
    FileEnd.PUT_AWAY: "The list was put away, so its file was deleted. Upload it again to load it.",
    FileEnd.FORGOTTEN: (
        "Nobody confirmed the list for so long that its file was deleted. Nothing of it was loaded; upload it again."
    ),
    FileEnd.KEPT_LONG: (
        "The uploaded file is not kept any more, since the list was last worked on long ago. What became of its "
        "rows is still here; to load more of it, upload it again."
    ),
    FileEnd.ERASED: (
        "Somebody on this list asked to be forgotten, so the uploaded file is gone. Upload the list again if more of "
        "it is to be loaded; nobody who was erased is taken in."
    ),
}


class ImportBatchQuerySet(JobQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All lists for those who may import, none for the others: a list is personal data of strangers."""
        return self if has_role(user, MARKETING, REVOPS, ADMINISTRATOR) else self.none()


@labelled
class ImportBatch(Job):
    """One list: the file, how it is read, what its columns mean, and what became of its rows."""

    file = models.FileField("file", upload_to=file_place, editable=False)
    # Why the file goes or has gone; set before it is deleted, so that a sweep finds what a killed process left behind.
    file_end = models.CharField(
        "the file is kept no more", max_length=9, choices=FileEnd.choices, blank=True, editable=False
    )
    # Up to when the file was looked through for people who were erased after it came.
    searched_at = models.DateTimeField("looked through at", null=True, editable=False)
    original_name = models.CharField("file name", max_length=255, editable=False)
    sha256 = models.CharField("fingerprint of the file", max_length=64, editable=False)
    shape = models.JSONField("how the file is read", default=dict, editable=False)
    mapping = models.JSONField("columns", default=dict, editable=False)

    kind = models.CharField("kind of list", max_length=10, choices=ImportKind.choices)
    source_name = models.CharField(
        "name of the list", max_length=200, help_text="Every new lead carries it as its source."
    )
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
    source = models.ForeignKey(
        "leads.Source",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="source",
    )
    country = models.CharField(
        "country",
        max_length=2,
        blank=True,
        help_text="Of phone numbers without a country code, where the row names no country.",
    )
    overwrite = models.BooleanField(
        "replace what is known",
        default=False,
        help_text="Off: the list only fills what we do not know yet.",
    )
    rules = models.JSONField(
        "rules", default=dict, editable=False
    )  # field: a ColumnRule; others: `overwrite`
    constants = models.JSONField("values for the whole file", default=dict, editable=False)  # field: text
    preset_name = models.CharField("columns taken from", max_length=200, blank=True, editable=False)
    all_or_nothing = models.BooleanField(
        "all or nothing",
        default=False,
        help_text="On: a list with one bad row is not loaded at all.",
    )
    date_order = models.CharField(
        "order of dates",
        max_length=3,
        default="dmy",
        choices=[("dmy", "Day first"), ("mdy", "Month first")],
        blank=True,  # nobody has answered yet
        editable=False,
    )
    # Dates that mean another day if day and month change places: {"column": header, "examples": [texts]}, {} for none.
    date_question = models.JSONField("dates that are not certain", default=dict, editable=False)
    dated_at = models.DateTimeField("counts as received at", null=True, blank=True, editable=False)

    preview = models.JSONField("preview", default=dict, editable=False)
    preview_mark = models.CharField("what the preview showed", max_length=64, blank=True, editable=False)
    previewed_at = models.DateTimeField("previewed at", null=True, editable=False)
    confirmed_at = models.DateTimeField("confirmed at", null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="uploaded by",
    )

    # With which code its rows were cleaned and matched (`imports.repeating`); blank where with several.
    ways = models.CharField("read by", max_length=16, blank=True, editable=False)
    phase = models.CharField(
        "phase", max_length=10, choices=Phase.choices, default=Phase.CHECKING, editable=False
    )
    created = models.PositiveIntegerField("new", default=0, editable=False)
    updated = models.PositiveIntegerField("updated", default=0, editable=False)
    unchanged = models.PositiveIntegerField("known, unchanged", default=0, editable=False)
    merged = models.PositiveIntegerField("repeated in the list", default=0, editable=False)
    suppressed = models.PositiveIntegerField("do not contact", default=0, editable=False)
    rejected = models.PositiveIntegerField("rejected", default=0, editable=False)
    # How often each reason for rejecting or leaving alone; the keys are those of `imports.reasons`.
    reasons = models.JSONField("reasons", default=dict, editable=False)
    # What a person should know of the file as a whole: sentences.
    warnings = models.JSONField("warnings", default=list, editable=False)

    undo_asked_at = models.DateTimeField("taken back at", null=True, editable=False)
    undo_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="taken back by",
    )
    undo_counts = models.JSONField(
        "what was taken back", default=dict, editable=False
    )  # people "deleted", "restored" and "kept", and why some were kept: see `imports.undo`

    # Set by the worker that runs the list.
    turn: "Turn | None" = None

    jobs: ClassVar[Any] = ImportBatchQuerySet.as_manager()
    objects: ClassVar[Any] = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        verbose_name_plural = "imports"
        ordering = ["-pk"]
        permissions = [("run_import", "Can import lists")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    rows_done=models.F("created")
                    + models.F("updated")
                    + models.F("unchanged")
                    + models.F("merged")
                    + models.F("suppressed")
                    + models.F("rejected")
                ),
                name="importbatch_outcomes_add_up",
                violation_error_message="The outcomes do not add up to the rows that are done.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_name} ({self.original_name})"

    def run(self, *, lease: Lease) -> None:
        from imports import loading, previewing, undo

        if self.phase == Phase.PREVIEWING:
            previewing.run(batch=self, lease=lease)
        elif self.phase == Phase.UNDOING:
            undo.run(batch=self, lease=lease)
        else:
            loading.load(batch=self, lease=lease)

    def take_turn(self, *, now: datetime) -> bool:
        from imports import turns

        chosen = turns.chosen(self, now=now)
        return super(ImportBatch, chosen).take_turn(now=now)

    def let_others_go(self, lease: Lease) -> None:
        """Between two transactions of a run: let lists of others go first for a moment, if it is their turn.

        Raises NotNow where the list must give its turn back, and where the worker is being stopped.
        """
        lease.let_worker_stop()
        if self.turn is not None:
            self.turn.let_others_go(lease)

    def announcement(self) -> dict[str, Any]:
        """What whoever loaded the list, or had it taken back, is told when that has ended."""
        if self.undo_asked_at is not None:
            return {
                "user_id": self.undo_asked_by_id,
                "url": reverse("imports:batch", args=[self.pk]),
                "facts": {"name": f"{self} ({Phase.UNDOING.label})"},
            }
        return {
            "user_id": self.created_by_id,
            "kind": "import_finished",
            "url": reverse("imports:batch", args=[self.pk]),
            "facts": {"name": str(self), "counts": self.counts},
        }

    def opened(self) -> BinaryIO:
        """The kept file, to be read; close it. Raises UnreadableFile where it is kept no more."""
        gone = "The uploaded file is gone from where it is kept. Upload the list again."
        if not self.has_file:
            raise UnreadableFile(f"{self.why_no_file or gone}")
        try:
            return cast(BinaryIO, self.file.open("rb"))
        except FileNotFoundError as absent:
            raise UnreadableFile(gone) from absent

    @property
    def has_file(self) -> bool:
        """Whether the uploaded file is kept, and is not about to be deleted."""
        return bool(self.file) and not self.file_end

    @property
    def why_no_file(self) -> str:
        """The sentence about why the file is kept no more and what to do; "" while it is kept."""
        return _NO_FILE[FileEnd(self.file_end)] if self.file_end else ""

    @property
    def file_shape(self) -> "FileShape":
        from imports.reading import FileShape

        return FileShape.from_json(self.shape)

    @property
    def columns(self) -> dict[str, str]:
        """Header to field, "" for a column left out, in the order of the file, which a database need not keep."""
        return {header: self.mapping.get(header, "") for header in self.shape["headers"]}

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100; a batch that checks all rows first is half done when it begins to load."""
        if self.state == JobState.DONE or not self.rows_total:
            return super().percent
        done = min(self.cursor, self.rows_total) * 100 // self.rows_total
        if self.all_or_nothing and self.phase in (Phase.CHECKING, Phase.LOADING):
            done = done // 2 if self.phase == Phase.CHECKING else 50 + done // 2
        return min(99, done)

    @property
    def is_draft(self) -> bool:
        """Whether nobody has confirmed the list yet."""
        return self.confirmed_at is None

    @property
    def is_previewing(self) -> bool:
        """Whether a worker looks at the draft, or is about to."""
        return self.is_draft and self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def is_taken_back(self) -> bool:
        """Whether the list was loaded and has been taken back."""
        return self.phase == Phase.UNDOING and self.state == JobState.DONE

    @property
    def is_refused(self) -> bool:
        """Whether the batch ended because it may only be loaded as a whole and has bad rows."""
        return (
            self.state == JobState.FAILED
            and self.all_or_nothing
            and self.phase == Phase.CHECKING
            and self.rejected > 0
        )

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome."""
        return {outcome.value: getattr(self, outcome.value) for outcome in RowOutcome}


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self if has_role(user, MARKETING, REVOPS, ADMINISTRATOR) else self.none()

    def rejected(self) -> Self:
        """What nothing became of, in the order of the file."""
        return self.filter(outcome=RowOutcome.REJECTED).order_by("number")


@labelled
class ImportRow(models.Model):
    """One row of a list: its cells as they stood in the file, and what became of it."""

    batch = models.ForeignKey(
        ImportBatch,
        on_delete=models.CASCADE,
        related_name="rows",
        verbose_name="import",
        db_index=False,  # `importrow_once` begins with it
    )
    number = models.PositiveIntegerField("row", help_text="As a spreadsheet shows it.")
    outcome = models.CharField("outcome", max_length=10, choices=RowOutcome.choices)
    # [{"field": canonical name or "", "column": header, "value": text, "sentence": what is wrong}]
    reasons = models.JSONField("reasons", default=list)
    raw = models.JSONField("cells", default=list)  # texts in the order of the shape's headers
    contact = models.ForeignKey(
        "leads.Contact",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="contact",
    )

    # What the row did, so that it can be taken back; None for nothing. `made`: model name to the id of what it made
    # (account, contact, lead, activity). `account`: the id of the account that it changed. `before` and `after`:
    # "contact.title" or "account.domain" to the value.
    changes = models.JSONField("changes", null=True)
    # What became of it when the list was taken back: {"result": "deleted" | "restored" | "kept", "why": [...]} with the
    # reasons of `leads.people.withdrawing` and `imports.undo`, which `imports.telling` tells.
    undo = models.JSONField("taken back", null=True)
    # What is unusual about the person, of `leads.normalise.MARKS`, with blanks between them.
    marks = models.CharField("marks", max_length=60, blank=True)
    review = models.CharField("review", max_length=7, choices=Review.choices, blank=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = "row of an import"
        verbose_name_plural = "rows of imports"
        ordering = ["batch", "number"]
        indexes = [
            models.Index(
                fields=["batch", "number"],
                name="importrow_rejected",
                condition=Q(outcome=RowOutcome.REJECTED.value),
            ),
            models.Index(
                fields=["batch", "number"], name="importrow_review", condition=Q(review=Review.OPEN.value)
            ),
            models.Index(
                fields=["batch", "number"],
                name="importrow_left_out",
                condition=Q(review=Review.DROPPED.value),
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="importrow_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_outcome_display()}"
