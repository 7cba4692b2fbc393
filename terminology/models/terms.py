"""What a company calls things: overrides of labels, the labels of former days, and the stamp that says they moved."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from terminology.labels import MAX_LENGTH, MAX_TEXT_LENGTH, labelled, term


@labelled
class TermOverride(models.Model):
    """The company's own text for one term, with who set it and when."""

    key = models.CharField("term", max_length=150)
    language = models.CharField(
        "language",
        max_length=15,
        blank=True,
        help_text="Empty: for every language without a text of its own.",
    )
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
        ordering = ["key", "language"]
        permissions = [("use_blueprint", "Can load a blueprint")]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "language"],
                name="term_once_per_language",
                violation_error_message="This term already has a text in that language.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


@labelled
class FormerLabel(models.Model):
    """A text that a term once had: still accepted as an import header and in search."""

    key = models.CharField("term", max_length=150)
    language = models.CharField("language", max_length=15, blank=True)
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


class WordUse(models.TextChoices):
    """Who else has a word of their own for a term."""

    CRM = "crm", term("word_use.crm", "In the CRM")
    MARKETING_TOOL = "marketing_tool", term("word_use.marketing_tool", "In the marketing tool")
    MARKETING = "marketing", term("word_use.marketing", "Marketing says")
    SALES = "sales", term("word_use.sales", "Sales says")


@labelled
class TermWord(models.Model):
    """What another system, or one of the teams, calls a term; so both read both, and files with it are understood."""

    key = models.CharField("term", max_length=150)
    use = models.CharField("used", max_length=14, choices=WordUse.choices)
    text = models.CharField("word", max_length=MAX_LENGTH)

    class Meta:
        verbose_name = "other word"
        verbose_name_plural = "other words"
        ordering = ["key", "use"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "use"],
                name="term_word_once",
                violation_error_message="This term already has a word there.",
            )
        ]

    def __str__(self) -> str:
        return self.text


class LabelVersion(models.Model):
    """One row that counts changes of labels; every process compares its number with the one it has read."""

    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.version)
