"""The columns left out of a mapping in which people have further e-mail addresses."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from imports.kinds import EMAIL, MAX_LOOK, kind_of
from imports.mapping.cells import ADDRESS, AROUND_THE_AT
from imports.mapping.keys import AROUND, words_of
from imports.mapping.spellings import ANOTHERS, spellings

# Words that make a column another address of the same person, beside those around the name of any field.
_SECOND: Final = AROUND | frozenset(
    {
        "second", "secondary", "third", "alternate", "alternative", "other", "another", "additional", "further",
        "old", "previous", "former", "personal", "private", "privat", "zweite", "weitere", "andere", "autre",
        "secundario", "otro", "altra", *"123456789",
    }
)  # fmt: skip


def further_addresses(
    headers: Iterable[str],
    *,
    mapping: Mapping[str, str | None],
    sample: Sequence[Mapping[str, str]],
    kinds: Mapping[str, str],
) -> tuple[str, ...]:
    """The columns left out of the `mapping` in which people have further e-mail addresses, by their headers or values.

    Not a column of somebody else's addresses (the owner's, an assistant's), nor one with the same address in most rows.
    `kinds` has what is known of a column's values beyond the `sample` (of `imports.kinds`).
    """
    return tuple(
        header
        for header in headers
        if not mapping.get(header)
        and _has_addresses(header, [text for row in sample if (text := row.get(header))], kinds.get(header))
    )


def _has_addresses(header: str, values: Sequence[str], kind: str | None) -> bool:
    words = words_of(header)
    if not ANOTHERS.isdisjoint(words):
        return False
    target, _ = spellings().get("".join(word for word in words if word not in _SECOND), ("", 0.0))
    is_named = target == "email" or kind == EMAIL
    if not values:
        return is_named
    # A note that speaks of an address is none, unless the header says so.
    count = sum(kind_of(text) == EMAIL or (is_named and bool(ADDRESS.search(text))) for text in values)
    is_varied = len(set(values)) > len(values) / 2  # as in `by_content`
    return count >= 0.7 * len(values) and is_varied and (is_named or len(values) > 1)


def addresses_in(text: str) -> list[str]:
    """The e-mail addresses in a cell; the cell itself if it has an @ and nothing that is one plainly."""
    if "@" not in text or len(text) > MAX_LOOK:
        return []
    found = ADDRESS.findall(AROUND_THE_AT.sub("@", unicodedata.normalize("NFKC", text)))
    return [one.lstrip("'’") for one in dict.fromkeys(found)] or [text]
