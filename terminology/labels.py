"""The lazy term: every label that a person reads has a default in code and may have an override in the database.

A term is resolved each time it is shown, from a snapshot that lives in the process. The snapshot is read again when the
version stamp in the database has moved, once per request (`terminology.middleware.FreshLabels`) and once per task.
`makemigrations` and `migrate` run without an active language; a term is then its default, so that a renamed label never
becomes a migration and an empty database is never asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from django.db import models
from django.utils.functional import lazy
from django.utils.html import escape
from django.utils.translation import get_language, gettext

MAX_LENGTH: Final = 80  # characters of a label; longer ones break lists and export headers
MAX_TEXT_LENGTH: Final = 2000  # characters of a definition or a help text

# Default text by key, in the order of registration; feeds the term editor.
REGISTRY: Final[dict[str, str]] = {}

# The company's texts by language and key; under "" those for every language without a text of its own.
_snapshot: dict[str, dict[str, str]] = {}
# The same, ready to be read: each language's own texts over those for every language.
_tables: dict[str, dict[str, str]] = {}
_nothing: Final[dict[str, str]] = {}
_version: int | None = None

ModelClass = TypeVar("ModelClass", bound=type[models.Model])


class Form(StrEnum):
    """Which text of a term a key holds."""

    LABEL = "label"
    PLURAL = "plural"
    SHORT = "short"
    HELP = "help"
    DEFINITION = "definition"


def form_of(key: str) -> Form:
    """Whether `key` is a label, or the plural, short label, help text or definition beside one.

    By its shape, not by its last word alone: a field may be called "help" or "definition".
    """
    parts = key.split(".")
    if parts[0] == "stage" and len(parts) == 3:
        return Form.DEFINITION if parts[2] == "definition" else Form.SHORT
    if len(parts) == 4 and parts[3] == "help":
        return Form.HELP
    return Form.PLURAL if len(parts) == 3 and parts[2] == "plural" else Form.LABEL


def _resolve(key: str, default: str) -> str:
    language = get_language()
    if language is None:
        return default
    text = _table(language).get(key) or (gettext(default) if default else "")
    # Django's and Unfold's templates print help texts as if they were markup; a label is plain text.
    return escape(text) if key.endswith(".help") and form_of(key) is Form.HELP else text


def _table(language: str) -> dict[str, str]:
    """The company's texts for people who read `language`: those of "de" serve "de-at" too."""
    found = _tables.get(language)
    if found is None:
        found = _tables.get(language.partition("-")[0])
    return _tables.get("", _nothing) if found is None else found


_lazy_text = lazy(_resolve, str)


def term(key: str, default: str) -> Any:
    """A label that RevOps may change: a lazy string with `default` until it is overridden under `key`.

    Typed as Any since Django's stubs take lazy strings in some places and plain ones in others.
    """
    REGISTRY.setdefault(key, default)
    text: Any = _lazy_text(key, default)
    text.term_key = key
    return text


def key_of(text: object) -> str:
    """The key of a term, or "" for any other text."""
    key: str = getattr(text, "term_key", "")
    return key


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
    """A registered label as the term editor lists it, in one language or ("") for every language."""

    key: str
    default: str
    override: str  # the language's own text, "" where it has none
    language: str = ""
    inherited: str = ""  # the company's text for every language, where `language` is one of them

    @property
    def part(self) -> str:
        """Under what the text is changed and agreed: the key, for one language "key@de"."""
        return part_of(self.key, self.language)

    @property
    def fallback(self) -> str:
        """What is shown without an override."""
        return self.inherited or self.default

    @property
    def text(self) -> str:
        return self.override or self.fallback

    @property
    def form(self) -> Form:
        return form_of(self.key)

    @property
    def max_length(self) -> int:
        return MAX_TEXT_LENGTH if self.is_prose else MAX_LENGTH

    @property
    def is_prose(self) -> bool:
        """Whether it is a sentence (help text, definition) rather than a label."""
        return self.form in (Form.HELP, Form.DEFINITION)


def part_of(key: str, language: str) -> str:
    """The one name of a term's text in a language: "key", or "key@de"."""
    return f"{key}@{language}" if language else key


def split_part(part: str) -> tuple[str, str]:
    """The key and the language of a part; the language is "" in a text for every language."""
    key, _, language = part.partition("@")
    return key, language


def terms(language: str = "") -> Iterator[Term]:
    """Every registered term with its present override, in the order of registration."""
    base = _snapshot.get("", _nothing)
    own = _snapshot.get(language, _nothing) if language else base
    for key, default in REGISTRY.items():
        yield Term(key, default, own.get(key, ""), language, base.get(key, "") if language else "")


def refresh() -> None:
    """Read the overrides again if another process has changed them. One small query when nothing changed."""
    global _snapshot, _tables, _version
    from terminology.models import LabelVersion, TermOverride

    version = LabelVersion.objects.values_list("version", flat=True).first() or 0
    if version != _version:
        snapshot: dict[str, dict[str, str]] = {"": {}}
        for language, key, text in TermOverride.objects.values_list("language", "key", "text"):
            snapshot.setdefault(language, {})[key] = text
        _tables = {language: {**snapshot[""], **texts} for language, texts in snapshot.items()}
        _snapshot = snapshot
        _version = version


def forget() -> None:
    """Drop the snapshot; the next `refresh` reads it anew. For tests, whose database is rolled back underneath."""
    global _snapshot, _tables, _version
    _snapshot, _tables, _version = {}, {}, None
