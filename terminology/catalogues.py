"""The catalogues that people choose from, such as reasons: rows of their own tables, named in the term editor too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst

from terminology.editing import BadLabel, refuse_unseen

ROW: Final = "row:"  # what the names of the inputs begin with; the model and the row's id follow
MOST: Final = 200  # rows of one catalogue on the page; the rest is in its own list
MOST_FOUND: Final = 20


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A table whose rows people read by name."""

    model: type[Model]
    name: str  # the field that holds the name
    within: str = ""  # the field of choices within which names differ: two kinds of reasons may share one
    is_agreed: bool = False  # changed by agreements only

    @property
    def key(self) -> str:
        return f"{ROW}{self.model._meta.label_lower}"

    @property
    def most(self) -> int:
        """The most characters that a name may have."""
        found: Any = self.model._meta.get_field(self.name)
        return found.max_length or 0

    @property
    def title(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))

    @property
    def url(self) -> str:
        return reverse(f"admin:{self.model._meta.label_lower.replace('.', '_')}_changelist")

    def may_change(self, user: User) -> bool:
        """Whether the person may give its rows other names here."""
        app, _, model = self.model._meta.label_lower.partition(".")
        return not self.is_agreed and user.has_perm(f"{app}.change_{model}")

    def may_view(self, user: User) -> bool:
        app, _, model = self.model._meta.label_lower.partition(".")
        return user.has_perm(f"{app}.view_{model}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a catalogue, in a box."""

    name: str
    text: str
    was: str
    hint: str
    url: str
    most: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A catalogue with those of its rows that are on the page."""

    catalogue: Catalogue
    may_change: bool
    entries: list[Entry] = field(default_factory=list)


_catalogues: dict[str, Catalogue] = {}


def register(model: type[Model], name: str, *, within: str = "", is_agreed: bool = False) -> None:
    """Let the term editor list the rows of `model` by their field `name`."""
    found = Catalogue(model, name, within, is_agreed)
    _catalogues[found.key] = found


def catalogues(user: User) -> list[Catalogue]:
    """Those that the person may see, by title."""
    return sorted(
        (one for one in _catalogues.values() if one.may_view(user)), key=lambda catalogue: catalogue.title
    )


def shown(
    chosen: Iterable[Catalogue],
    *,
    user: User,
    words: str = "",
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> list[Shown]:
    """The catalogues with their rows, or those rows whose names hold `words`. One query for each."""
    found = []
    for one in chosen:
        rows = one.model._default_manager.all()
        if words:
            rows = rows.filter(**{f"{one.name}__icontains": words})
        entries = [_entry(one, row, typed, errors) for row in rows[: MOST_FOUND if words else MOST]]
        if entries or not words:
            found.append(Shown(one, one.may_change(user), entries))
    return found


def _entry(catalogue: Catalogue, row: Any, typed: Mapping[str, str], errors: Mapping[str, str]) -> Entry:
    name, text = f"{catalogue.key}:{row.pk}", str(getattr(row, catalogue.name))
    place = getattr(row, f"get_{catalogue.within}_display")() if catalogue.within else ""
    is_off = not getattr(row, "is_active", True)
    url = catalogue.url.removesuffix("/") + f"/{row.pk}/change/"
    return Entry(
        name=name,
        text=typed.get(name, text),
        was=text,
        hint=", ".join(filter(None, [str(place), getattr(row, "key", ""), "not in use" if is_off else ""])),
        url=url,
        most=catalogue.most,
        error=errors.get(name, ""),
    )


def rename_rows(*, texts: Mapping[str, str], was: Mapping[str, str], by: User) -> int:
    """Give rows of catalogues (`row:<model>:<id>`) other names; returns how many changed. Raises `BadLabel`."""
    changed = 0
    with transaction.atomic():
        for name, text in texts.items():
            key, _, pk = name.rpartition(":")
            catalogue = _catalogues.get(key)
            if catalogue is None or not pk.isdecimal() or len(pk) > 18 or not catalogue.may_change(by):
                raise BadLabel("You may not rename that entry here. Open the page again.", part=name)
            row: Any = catalogue.model._default_manager.select_for_update().filter(pk=pk).first()
            if row is None:
                raise BadLabel("That entry is gone. Open the page again.", part=name)
            changed += _rename(catalogue, row, text.strip(), was=was.get(name), name=name)
    return changed


def _rename(catalogue: Catalogue, row: Any, text: str, *, was: str | None, name: str) -> int:
    present = str(getattr(row, catalogue.name))
    if text == present:
        return 0
    what = f"The name of “{present}”"
    if was is not None and was != present:
        raise BadLabel(
            f"Somebody changed “{was}” to “{present}” while you typed. Save again to replace it.", part=name
        )
    if not text:
        raise BadLabel(
            f"{what} can't be empty. Type one; to stop using it, switch it off in its list.", part=name
        )
    if len(text) > catalogue.most:
        raise BadLabel(
            f"{what} has {len(text):,} characters; {catalogue.most} is the most. Shorten it.", part=name
        )
    refuse_unseen(text, what=what, part=name)
    same = catalogue.model._default_manager.filter(**{f"{catalogue.name}__iexact": text}).exclude(pk=row.pk)
    if catalogue.within:
        same = same.filter(**{catalogue.within: getattr(row, catalogue.within)})
    if same.exists():
        raise BadLabel(f"“{text}” is already the name of another entry. Choose another.", part=name)
    setattr(row, catalogue.name, text)
    try:
        row.full_clean()
    except ValidationError as clash:
        raise BadLabel(" ".join(clash.messages), part=name) from clash
    row.save(update_fields=[catalogue.name])
    return 1
