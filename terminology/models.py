"""What a company calls things: overrides of labels, the labels of former days, and the stamp that says they moved."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from terminology.labels import MAX_TEXT_LENGTH, labelled


@labelled
class TermOverride(models.Model):
    """The company's own text for one term, with who set it and when."""

    key = models.CharField("term", max_length=150, unique=True)
    text = models.TextField("text", max_length=MAX_TEXT_LENGTH)
    changed_at = models.DateTimeField("changed at", default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="changed by",
    )

    class Meta:
        verbose_name = "term"
        verbose_name_plural = "terms"
        ordering = ["key"]
        permissions = [("use_blueprint", "Can load a blueprint")]

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


@labelled
class FormerLabel(models.Model):
    """A text that a term once had: still accepted as an import header and in search."""

    key = models.CharField("term", max_length=150)
    text = models.TextField("former text", max_length=MAX_TEXT_LENGTH)
    replaced_at = models.DateTimeField("replaced at", default=timezone.now)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="replaced by",
    )

    class Meta:
        verbose_name = "former label"
        verbose_name_plural = "former labels"
        ordering = ["-replaced_at", "-pk"]
        indexes = [models.Index(fields=["key"], name="formerlabel_key")]

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


class LabelVersion(models.Model):
    """One row that counts changes of labels; every process compares its number with the one it has read."""

    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.version)
