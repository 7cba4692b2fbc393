"""The lazy term: every label that a person reads has a default in code and may have an override in the database.

A term is resolved each time it is shown, from a snapshot that lives in the process. The snapshot is read again when the
version stamp in the database has moved, once per request (`terminology.middleware.FreshLabels`) and once per task.
`makemigrations` and `migrate` run without an active language; a term is then its default, so that a renamed label never
becomes a migration and an empty database is never asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import models
from django.utils.functional import lazy
from django.utils.html import escape
from django.utils.translation import get_language, gettext

MAX_LENGTH: Final = 80  # characters of a label; longer ones break lists and export headers
MAX_TEXT_LENGTH: Final = 2000  # characters of a definition or a help text

# Default text by key, in the order of registration; feeds the term editor.
REGISTRY: Final[dict[str, str]] = {}

_snapshot: dict[str, str] = {}
_version: int | None = None

ModelClass = TypeVar("ModelClass", bound=type[models.Model])


def _resolve(key: str, default: str) -> str:
    if get_language() is None:
        return default
    text = _snapshot.get(key) or (gettext(default) if default else "")
    # Django's and Unfold's templates print help texts as if they were markup; a label is plain text.
    return escape(text) if key.endswith(".help") else text


_lazy_text = lazy(_resolve, str)


def term(key: str, default: str) -> Any:
    """A label that RevOps may change: a lazy string with `default` until it is overridden under `key`.

    Typed as Any since Django's stubs take lazy strings in some places and plain ones in others.
    """
    REGISTRY.setdefault(key, default)
    return _lazy_text(key, default)


def current(key: str) -> str:
    """The label of `key` as it stands now, or "" for a key that nobody registered or gave a text."""
    return _resolve(key, REGISTRY.get(key, ""))


def labelled(model: ModelClass) -> ModelClass:
    """Class decorator: make a model's names, its fields' labels and their help texts terms.

    Keys: `<app>.<model>`, `<app>.<model>.plural`, `<app>.<model>.<field>` and `<app>.<model>.<field>.help`. Migrations
    see the defaults, since Django keeps the original names (`_verbose_name`, `original_attrs`) beside these.
    """
    meta = model._meta
    base = f"{meta.app_label}.{meta.model_name}"
    singular, plural = str(meta.verbose_name), str(meta.verbose_name_plural)
    meta.verbose_name = term(base, singular)
    meta.verbose_name_plural = term(f"{base}.plural", plural)
    for field in (*meta.local_fields, *meta.local_many_to_many):
        if field.auto_created:
            continue
        field.verbose_name = term(f"{base}.{field.name}", str(field.verbose_name))
        if field.help_text:
            field.help_text = term(f"{base}.{field.name}.help", str(field.help_text))
    return model


@dataclass(frozen=True, slots=True)
class Term:
    """A registered label as the term editor lists it."""

    key: str
    default: str
    override: str

    @property
    def text(self) -> str:
        return self.override or self.default

    @property
    def max_length(self) -> int:
        return MAX_TEXT_LENGTH if self.is_prose else MAX_LENGTH

    @property
    def is_prose(self) -> bool:
        """Whether it is a sentence (help text, definition) rather than a label."""
        return self.key.endswith((".help", ".definition"))


def terms() -> Iterator[Term]:
    """Every registered term with its present override, in the order of registration."""
    for key, default in REGISTRY.items():
        yield Term(key, default, _snapshot.get(key, ""))


def refresh() -> None:
    """Read the overrides again if another process has changed them. One small query when nothing changed."""
    global _snapshot, _version
    from terminology.models import LabelVersion, TermOverride

    version = LabelVersion.objects.values_list("version", flat=True).first() or 0
    if version != _version:
        _snapshot = dict(TermOverride.objects.filter(language="").values_list("key", "text"))
        _version = version


def forget() -> None:
    """Drop the snapshot; the next `refresh` reads it anew. For tests, whose database is rolled back underneath."""
    global _snapshot, _version
    _snapshot, _version = {}, None
