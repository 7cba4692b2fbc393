"""What people said the columns of a kind of file are, kept for the next file of that kind."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from terminology.labels import labelled


@labelled
class MappingPreset(models.Model):
    """A person's answers about the columns of one kind of file: found again by its headers, or chosen by name."""

    name = models.CharField("name", max_length=200)
    vendor = models.CharField("vendor", max_length=200, blank=True)
    # A digest of the file's headers, folded and sorted: the same export of next month has the same one.
    fingerprint = models.CharField("fingerprint of the headers", max_length=64, editable=False)
    columns = models.JSONField("columns", default=dict, editable=False)  # header: field, "" for one left out
    rules = models.JSONField("rules", default=dict, editable=False)  # field: a ColumnRule
    constants = models.JSONField("values for the whole file", default=dict, editable=False)  # field: text
    date_order = models.CharField("order of dates", max_length=3, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="created by",
    )
    created_at = models.DateTimeField("created at", default=timezone.now, editable=False)
    used_at = models.DateTimeField("last used at", default=timezone.now, editable=False)
    uses = models.PositiveIntegerField("times used", default=0, editable=False)

    class Meta:
        verbose_name = "column preset"
        verbose_name_plural = "column presets"
        ordering = ["-used_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint", "vendor"],
                name="preset_once_per_headers",
                violation_error_message="There is already a preset for these headers of this vendor.",
            )
        ]

    def __str__(self) -> str:
        return self.name
