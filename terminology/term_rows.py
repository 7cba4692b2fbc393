"""What the term editor lists: terms with all that stands beside them, grouped by where people see them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from django.apps import apps
from django.db.models import Model
from django.utils.text import capfirst

from terminology import labels
from terminology.editing import former_texts, shape_of
from terminology.labels import Form, Term
from terminology.models import WordUse
from terminology.words import USES, all_words, words_for

FIELD: Final = "term:"  # what the names of the inputs begin with; the part follows
WAS: Final = "was:"  # what stood in the box when the page was made
WORD: Final = "word:"  # the use and the key follow

EVERYWHERE: Final = "Everywhere"
PAGES: Final = "Words on pages"
CHOICES: Final = "Lists to choose from"

# Families of terms that are seen on many pages, in the order of the editor.
_FAMILIES: Final = {
    "stage": "Stages",
    "transition": "Steps",
    "opportunity_stage": "Sales stages",
    "menu": "Menu and names of pages",
}
# Families that are neither a model's nor the choices of a field.
_LISTS: Final = {
    "condition_field": (CHOICES, "What criteria ask about"),
    "activity_group": (CHOICES, "Groups of activities"),
    "imports.target": (PAGES, "Columns of a list"),
    "period": (PAGES, "Periods of reports"),
    "filter": (PAGES, "Filters of lists"),
    "page": (PAGES, "Headings and buttons"),
    "home": (PAGES, "Home"),
    "report": (PAGES, "Reports"),
    "import": (PAGES, "Import of a list"),
    "import_step": (PAGES, "Steps of an import"),
}
_OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that are seen together."""

    key: str
    section: str
    title: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One text in a box."""

    term: Term
    typed: str
    error: str = ""
    in_force: str = ""  # what is in force, where this is a draft that says something else

    @property
    def name(self) -> str:
        return f"{FIELD}{self.term.part}"

    @property
    def was(self) -> str:
        return f"{WAS}{self.term.part}"

    @property
    def shape(self) -> str:
        """What the labels have in common from which this one must differ."""
        return ".".join(shape_of(self.term.key) or ())

    @property
    def title(self) -> str:
        return _CELL_TITLES[self.term.form]


_CELL_TITLES: Final = {
    Form.LABEL: "Our label",
    Form.PLURAL: "Several of them",
    Form.SHORT: "Short",
    Form.HELP: "Help text",
    Form.DEFINITION: "Definition",
}


@dataclass(frozen=True, slots=True)
class WordCell:
    """Another word for the term, in a box."""

    use: str
    title: Any
    name: str
    text: str
    was: str


@dataclass(frozen=True, slots=True)
class Row:
    """A term with its plural, short label, help text or definition, other words and former labels."""

    label: Cell
    place: str = ""  # the title of its group
    beside: list[Cell] = field(default_factory=list)
    prose: list[Cell] = field(default_factory=list)
    words: list[WordCell] = field(default_factory=list)
    former: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.label.term.key

    @property
    def looks(self) -> str:
        """As what the label is mostly seen: "badge", "button" or "head"."""
        first, _, rest = self.key.partition(".")
        if first == "transition":
            return "button"
        return "head" if apps.is_installed(first) and rest else "badge"

    @property
    def has_definition(self) -> bool:
        """Whether it says what a stage means, which both teams sign."""
        return any(cell.term.form is Form.DEFINITION for cell in self.prose)

    @property
    def is_own(self) -> bool:
        """Whether the company has a text of its own here."""
        return any(cell.term.override for cell in (self.label, *self.beside, *self.prose))

    @property
    def said(self) -> str:
        """The other words in one line: `In the CRM “Account”, Sales says “Logo”`."""
        return ", ".join(f"{word.title} “{word.text}”" for word in self.words if word.text)


# --- Groups ---------------------------------------------------------------------------------------


def main_key(key: str) -> str:
    """The key of the term beside which the text of `key` stands; `key` itself for a label."""
    return key if labels.form_of(key) is Form.LABEL else key.rpartition(".")[0]


def group_of(key: str) -> str:
    """The group of a term: its model for fields, its family for stages, steps and choices."""
    first, _, rest = key.partition(".")
    if not apps.is_installed(first):
        return first
    second = rest.partition(".")[0]
    if second in apps.all_models.get(first, {}):
        return f"{first}.{second}"
    return f"{first}.{second}" if f"{first}.{second}" in _LISTS else _OTHER


def groups(keys: Iterable[str]) -> list[tuple[str, list[Group]]]:
    """The groups with the number of their terms, under the section where people see them."""
    counts: dict[str, int] = {}
    for key in keys:
        if main_key(key) == key:
            counts[group_of(key)] = counts.get(group_of(key), 0) + 1
    titles = _choice_titles()
    found = [_group(key, number, titles) for key, number in counts.items()]
    sections: dict[str, list[Group]] = {EVERYWHERE: []}
    for config in apps.get_app_configs():
        sections[str(config.verbose_name)] = []
    sections |= {PAGES: [], CHOICES: []}
    order = [*_FAMILIES]
    for group in sorted(
        found, key=lambda group: (order.index(group.key) if group.key in order else len(order), group.title)
    ):
        sections[group.section].append(group)
    return [(section, members) for section, members in sections.items() if members]


def title_of(key: str) -> str:
    """What people call the group `key`."""
    return _group(key, 0, _choice_titles()).title


def _group(key: str, count: int, titles: Mapping[str, str]) -> Group:
    if key in _FAMILIES:
        return Group(key, EVERYWHERE, _FAMILIES[key], count)
    if key in _LISTS:
        return Group(key, *_LISTS[key], count)
    if key == _OTHER:
        return Group(key, PAGES, "Other buttons and words", count)
    if "." in key:
        app, _, model = key.partition(".")
        if model in apps.all_models.get(app, {}):
            found = apps.get_model(key)
            section = str(apps.get_app_config(app).verbose_name)
            return Group(key, section, capfirst(str(found._meta.verbose_name)), count)
    if key in titles:
        return Group(key, CHOICES, titles[key], count)
    return Group(key, PAGES, capfirst(key.replace("_", " ")), count)


def _choice_titles() -> dict[str, str]:
    """The name of each family of choices: the field that has them, with its model where several are called so."""
    named: dict[str, tuple[str, str]] = {}
    for family, model, chosen in choice_fields():
        named.setdefault(
            family, (capfirst(str(chosen.verbose_name)), capfirst(str(model._meta.verbose_name)))
        )
    often = [name for name, _ in named.values()]
    return {
        family: name if often.count(name) == 1 else f"{name} ({model})"
        for family, (name, model) in named.items()
    }


def choice_fields() -> Iterator[tuple[str, type[Model], Any]]:
    """Every field whose choices are terms: (family, model, field)."""
    for model in apps.get_models():
        if model.__name__.startswith("Historical"):
            continue
        for found in model._meta.local_fields:
            for _, label in found.flatchoices:
                if key := labels.key_of(label):
                    yield key.partition(".")[0], model, found
                    break


# --- Rows -----------------------------------------------------------------------------------------


def rows_of(
    keys: list[str],
    *,
    terms: Mapping[str, Term],
    typed: Mapping[str, str],
    typed_words: Mapping[str, str],
    errors: Mapping[str, str],
    in_force: Mapping[str, Term] = MappingProxyType({}),
) -> list[Row]:
    """The rows of the main terms `keys`, with what was typed in their boxes. Two queries, however many rows.

    `in_force` has the terms as they are, where `terms` are those of a draft.
    """
    beside: dict[str, list[Term]] = {}
    for one in terms.values():
        if (main := main_key(one.key)) != one.key:
            beside.setdefault(main, []).append(one)
    every = [key for main in keys for key in [main, *(one.key for one in beside.get(main, ()))]]
    former = former_texts(keys=every)
    words = words_for(keys=keys)

    def cell(one: Term) -> Cell:
        now = in_force[one.key].text if one.key in in_force else one.text
        return Cell(
            one, typed.get(one.part, one.override), errors.get(one.part, ""), now if now != one.text else ""
        )

    titles = _choice_titles()
    return [
        Row(
            label=cell(terms[key]),
            place=_group(group_of(key), 0, titles).title,
            beside=[cell(one) for one in beside.get(key, ()) if not one.is_prose],
            prose=[cell(one) for one in beside.get(key, ()) if one.is_prose],
            words=[_word(use, key, words=words.get(key, {}), typed=typed_words) for use in USES],
            former=[
                text
                for one in [terms[key], *beside.get(key, ())]
                if not one.is_prose
                for text in former.get(one.key, ())
            ][:4],
        )
        for key in keys
    ]


def _word(use: WordUse, key: str, *, words: Mapping[str, str], typed: Mapping[str, str]) -> WordCell:
    name, text = f"{WORD}{use.value}:{key}", words.get(use.value, "")
    return WordCell(use.value, use.label, name, typed.get(name, text), text)


def found_by(words: str, *, terms: Iterable[Term]) -> list[str]:
    """The main terms that hold all of `words`: in keys, defaults, labels, former labels or other words. Two queries."""
    known = list(terms)
    texts: dict[str, list[str]] = {}
    for one in known:
        texts.setdefault(main_key(one.key), []).append(
            f"{one.key} {one.default} {one.inherited} {one.override}"
        )
    for key, former in former_texts(keys=None).items():
        texts.setdefault(main_key(key), []).extend(former)
    for key, others in all_words().items():
        texts.setdefault(key, []).extend(others.values())
    wanted = words.casefold().split()
    return [
        one.key
        for one in known
        if main_key(one.key) == one.key
        and all(word in " ".join(texts[one.key]).casefold() for word in wanted)
    ]


@dataclass(frozen=True, slots=True)
class Called:
    """A term that was found by something it is or was called."""

    key: str
    text: str
    by: str  # the former label or other word by which it was found; "" for its label


def called(words: str, *, most: int) -> list[Called]:
    """The terms whose label, former label or other word begins with `words`, a few. Two queries."""
    wanted = words.casefold()
    former, others = former_texts(keys=None), all_words()
    found = []
    for one in labels.terms():
        if one.form is not Form.LABEL:
            continue
        names = [one.text, *former.get(one.key, ()), *others.get(one.key, {}).values()]
        if name := next((name for name in names if name.casefold().startswith(wanted)), ""):
            found.append(Called(one.key, one.text, "" if name == one.text else name))
    # What is called so no more comes first: its label would be found by itself.
    return sorted(found, key=lambda one: (not one.by, one.text.casefold()))[:most]


def shapes_of(rows: Iterable[Row], terms: Mapping[str, Term]) -> dict[str, dict[str, str]]:
    """For the page's own check: shape to (part to the text that is shown), for the shapes on the page."""
    wanted = {cell.shape for row in rows for cell in (row.label, *row.beside) if cell.shape}
    found: dict[str, dict[str, str]] = {shape: {} for shape in wanted}
    for one in terms.values():
        shape = ".".join(shape_of(one.key) or ())
        if shape in found:
            found[shape][one.part] = one.text
    return found
