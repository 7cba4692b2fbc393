"""What a column without a header may be by the words in it: names of people, companies, job titles.

Only asked in lists without any header: a column "Speaker" holds names too, and they are not those of the row's person.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from imports.mapping.match import Match
from leads.normalise import has_legal_form, read_title
from leads.normalise.name_order import is_name_with_given

_NAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .,'’-])*")
_NOT_TELLING: Final = frozenset({"other", "unknown"})
# Shares of the values. There are more first names than we know, and many companies leave out their legal form.
_ALL: Final = 0.9
_MOST: Final = 0.6
_SOME: Final = 0.3
_HARDLY_ANY: Final = 0.1
_CONFIDENCE: Final = 0.6


def by_words(values: Sequence[str]) -> Iterator[Match]:
    """What most of the values are, where no header says it."""
    if len(values) < 2 or len(set(values)) <= len(values) / 2:
        return
    companies, titles = _share(values, has_legal_form), _share(values, _is_title)
    if companies >= _SOME:
        yield Match("company", _CONFIDENCE, "Many of its values end in a legal form, as companies do.")
    elif titles >= _MOST:
        yield Match("title", _CONFIDENCE, "Most of its values are job titles.")
    elif companies > _HARDLY_ANY or titles > _SOME or _share(values, _is_name) < _ALL:
        return
    elif _share(values, _is_whole) >= _ALL and _share(values, is_name_with_given) >= _SOME:
        yield Match("full_name", _CONFIDENCE, "Its values look like names of people.")
    elif _share(values, _is_whole) <= _HARDLY_ANY and _share(values, is_name_with_given) >= _MOST:
        yield Match("first_name", _CONFIDENCE, "Its values look like first names.")


def beside_first_names(
    headers: Sequence[str], *, found: Mapping[str, Match], values: Mapping[str, Sequence[str]], first: str
) -> str:
    """The column beside that of the first names whose values can be family names, right of it or left; "" for none."""
    at = headers.index(first)
    for place in (at + 1, at - 1):
        header = headers[place] if 0 <= place < len(headers) else ""
        is_free = header in values and not (header in found and found[header].target)
        if is_free and values[header] and _share(values[header], _is_name) >= _ALL:
            return header
    return ""


def _share(values: Sequence[str], is_one: Callable[[str], bool]) -> float:
    return sum(map(is_one, values)) / len(values)


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def _is_whole(text: str) -> bool:
    """Whether it can be a first and a family name."""
    return 2 <= len(text.split()) <= 4


def _is_title(text: str) -> bool:
    return not _NOT_TELLING.issuperset(read_title(text))
