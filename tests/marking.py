"""Labels that can be told from every other text, and a reader that finds labels left as the code has them."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any, Final

from terminology import labels
from terminology.editing import rename_terms

MARK: Final = re.compile(r"zq(\d+)x", re.IGNORECASE)
# What a text may carry besides its label: a colon, an asterisk, quotation marks, a count in front or behind.
_SIGNS: Final = r"[\s.,:;*?!…«»“”„\"'()\[\]←→·+–—✓×%]"
_AROUND: Final = re.compile(rf"^(?:{_SIGNS}|\d+(?!\w))+|(?:{_SIGNS}|(?<!\w)\d+)+$")
# An address; the key of a term; the name of a permission, which Django keeps in the database as it was made.
_NO_LABEL: Final = re.compile(r"https?://|/[\w/-]+/|[a-z_]+(?:\.[a-z_0-9]+)+$|[^|]+ \| [^|]+ \| Can ")
_BLANKS: Final = re.compile(r"\s+")
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)s|\{\w*\}")
# Names that are one word, and mean our own things wherever they stand in a sentence.
OUR_WORDS: Final = re.compile(
    r"\b(lead|leads|opportunity|opportunities|prequalified|pre-qualified|mql|mqls|sal|sals|sql|sqls|mil|mils)\b"
)
OUR_APPS: Final = ("terminology", "leads", "scoring", "imports", "intake", "handoff")
# Elements whose text nobody reads, or that hold what a person has typed.
_UNREAD: Final = frozenset({"script", "style", "textarea", "code"})
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
# Under these keys of a JSON object stand names that programs compare.
FOR_PROGRAMS: Final = frozenset(
    {"shape", "operators", "content", "owner_team", "stage", "side", "key", "state", "match", "content_hash"}
)
_SAID: Final = frozenset(
    {"title", "aria-label", "aria-description", "placeholder", "alt", "data-label", "label"}
)


def mark(place: int) -> str:
    """A label that is no word of any language, and no part of another mark."""
    return f"Zq{place}x"


def mark_all(*, by: Any, now: datetime) -> dict[str, str]:
    """Give every registered term a mark of its own, through the door for labels. Returns mark by key."""
    texts = {
        known.key: " ".join([mark(place), *_PLACEHOLDER.findall(known.default)])
        for place, known in enumerate(labels.terms())
    }
    rename_terms(texts=texts, by=by, now=now)
    labels.refresh()
    return texts


def plain(text: str) -> str:
    """`text` without what stands around a label, blanks collapsed, in small letters."""
    return _AROUND.sub("", _BLANKS.sub(" ", text).strip()).casefold()


@dataclass
class Reader(HTMLParser):
    """What a person can read on a page: texts of elements, and of the attributes that are shown or spoken."""

    html: str
    # Classes whose elements are left out with all that they hold.
    without: frozenset[str] = frozenset()
    texts: list[str] = field(default_factory=list)
    _open: list[tuple[str, bool]] = field(default_factory=list)
    _json: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.html)
        self.close()

    @property
    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        classes = set(known.get("class", "").split())
        silent = (
            self._is_silent
            or tag in _UNREAD
            or "material-symbols-outlined" in classes
            or bool(self.without & classes)
        )
        if not silent:
            self._hear(tag, known)
        if tag == "script" and known.get("type") == "application/json":
            self._json = True
        if tag not in _VOID:
            self._open.append((tag, silent))

    def _hear(self, tag: str, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            if name in _SAID or (
                name == "value" and tag == "input" and attributes.get("type") in ("submit", "button", "reset")
            ):
                self.texts.append(value)
            elif (
                name == "data-inline-formset"
            ):  # but for this text, names for Django's script, and its own words
                self.texts.append(json.loads(value)["options"]["addText"])
            elif name.startswith("data-") and value[:1] in "[{":
                self.texts += _texts_of_json(value)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if self._json:
            self.texts += _texts_of_json(data)
            self._json = False
        if data.strip() and not self._is_silent:
            self.texts.append(data)


def _texts_of_json(text: str) -> Iterator[str]:
    try:
        yield from texts_in(json.loads(text))
    except ValueError:
        return


def texts_in(value: Any) -> Iterator[str]:
    """Every text that a JSON value shows. Keys are names for programs, and so is the first of two in a choice."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in FOR_PROGRAMS:
                yield from texts_in(item)
    elif isinstance(value, list):
        is_choices = bool(value) and all(isinstance(item, list) and len(item) == 2 for item in value)
        for item in value:
            yield from texts_in(item[1] if is_choices else item)


# Labels of two words that are everyday English too; in the middle of a sentence they are no label.
IN_PROSE: Final = frozenset(
    {
        "drafted by",
        "proposed by",
        "in force since",
        "in force from",
        "e-mail",
        "at least",
        "two-way",
        "not before",
        "signed by",
        "in use",
        "what went wrong",
        "made by",
    }
)


def is_name(key: str) -> bool:
    """Whether the term names a thing of ours that sentences speak of: a model, a field, a stage, a step, a kind."""
    first = key.split(".")[0]
    return first in {
        *OUR_APPS,
        "stage",
        "opportunity_stage",
        "transition",
        "source_kind",
        "import_kind",
        "seniority",
    }


class Defaults:
    """The texts that the code gives to terms, and where they are found again."""

    def __init__(self, registry: dict[str, str]) -> None:
        self._whole: dict[str, str] = {}
        self._several: dict[str, str] = {}
        for key, default in registry.items():
            text = plain(default)
            self._whole.setdefault(text, key)
            if is_name(key) and re.search(r"[\s-]", text) and text not in IN_PROSE:
                self._several.setdefault(text, key)
        self._whole.pop("", None)
        longest_first = sorted(self._several, key=len, reverse=True)
        self._inside = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")

    def left_in(self, texts: Iterable[str], *, but_not: Iterable[str] = ()) -> dict[str, str]:
        """The texts that are a default or name one, each with what was found in it, without those allowed here."""
        allowed = {plain(text) for text in but_not}
        found: dict[str, str] = {}
        for text in texts:
            words = plain(text)
            if words in allowed or _NO_LABEL.match(text.strip()):
                continue
            if words in self._whole:
                found[_shown(text)] = self._whole[words]
            elif self._several and (inside := self._inside.search(words)):
                found[_shown(text)] = self._several[inside.group()]
            elif ours := OUR_WORDS.search(words):
                found[_shown(text)] = f"the word “{ours.group()}”"
        return found


def _shown(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()[:160]
