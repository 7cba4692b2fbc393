"""Terms as something that both teams agree on: the section `terms` of an agreement, part by part (`labels.part_of`)."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst

from terminology import editing, labels
from terminology.labels import Form, split_part, term
from terminology.languages import language_name
from terminology.sections import Contents, Item, Parts, Section, Stamp, register

KEY = "terms"


def register_section() -> None:
    """Let terms be agreed upon. They come first: what the other sections tell is told with them."""
    register(
        Section(
            key=KEY,
            title=term("menu.terms", "Terms"),
            order=0,
            read=read,
            write=write,
            from_blueprint=from_blueprint,
            check=check,
            tell=tell,
            say=say,
            is_cosmetic=is_cosmetic,
            editor="admin:terminology_draft_terms",
            reading_order=90,
            known_parts=lambda: labels.REGISTRY,
        )
    )


def read() -> Parts:
    """Every text of the company's own: part to text."""
    return dict(editing.overrides())


def write(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    """Bring the texts into force; those that are gone fall back to their defaults. Former ones stay known."""
    texts = {part: str(parts.get(part) or "") for part in changed}
    editing.rename_terms(texts=texts, by=stamp.by, now=stamp.now)


def check(parts: Parts, contents: Contents) -> None:
    """Raise `BadLabel` where one of the texts can't be a label, or two that must differ would be the same."""
    for part, text in parts.items():
        if not isinstance(text, str):
            raise editing.BadLabel(f"The text of “{part[:60]}” is no text.")
    after = editing.with_changes({}, parts)
    editing.refuse_collisions(changed=after, after=after)


def stored(parts: Parts, texts: Mapping[str, str]) -> Parts:
    """`texts` (part to text, "" for the default) as `parts` would hold them: None where a part goes."""
    after = editing.with_changes(parts, texts)
    return {part: after.get(part) for part in texts}


def from_blueprint(section: Any) -> Parts:
    """The blueprint's texts; what it does not name has its default."""
    return {part: text for part, text in section.items() if text and text != labels.REGISTRY.get(part)}


def is_cosmetic(part: str) -> bool:
    """Everything but what a stage means."""
    return labels.form_of(split_part(part)[0]) is not Form.DEFINITION


def tell(part: str, before: Any, after: Any) -> list[str]:
    """`“Job title” is now called “Position held” (before: “Role”)`."""
    key, language = split_part(part)
    name = name_of(key) + (f" in {language_name(language)}" if language else "")
    was = f" (before: “{before}”)" if before else ""
    says = labels.Term(key, "", "").is_prose
    if not after:
        return [f"{name} has its default text again{was}"]
    return [f"{name} {'now reads' if says else 'is now called'} “{after}”{was}"]


def say(part: str, value: Any) -> Item:
    """The term and what the company calls it."""
    key, language = split_part(part)
    return Item(name_of(key) + (f" in {language_name(language)}" if language else ""), value)


def name_of(key: str) -> str:
    """The term in prose, by its default and, where several have the same, by what it belongs to."""
    default = capfirst(labels.REGISTRY.get(key, key))
    base, _, _ = key.rpartition(".")
    of = capfirst(labels.REGISTRY.get(base, ""))
    match labels.form_of(key):
        case Form.SHORT:
            return f"“{default}” (short for “{of}”)"
        case Form.PLURAL:
            return f"“{default}” (several of “{of}”)"
        case Form.HELP:
            return f"The help text of “{of}”"
        case Form.DEFINITION:
            return f"The definition of “{of}”"
    if of and sum(text == labels.REGISTRY.get(key) for text in labels.REGISTRY.values()) > 1:
        return f"“{default}” ({of})"
    return f"“{default}”"
