"""The other words for a term: what the CRM, the marketing tool and each team call it."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import transaction

from terminology import labels
from terminology.editing import BadLabel, refuse_unseen
from terminology.labels import MAX_LENGTH
from terminology.models import TermWord, WordUse

# (key of the term, who uses the word)
Place = tuple[str, str]

USES: Final = tuple(WordUse)


def words_for(*, keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """The other words for each of `keys`: key to use to text."""
    found: dict[str, dict[str, str]] = {}
    for key, use, text in TermWord.objects.filter(key__in=list(keys)).values_list("key", "use", "text"):
        found.setdefault(key, {})[use] = text
    return found


def all_words() -> dict[str, dict[str, str]]:
    """The other words for every term."""
    found: dict[str, dict[str, str]] = {}
    for key, use, text in TermWord.objects.values_list("key", "use", "text"):
        found.setdefault(key, {})[use] = text
    return found


def set_words(*, texts: Mapping[Place, str]) -> int:
    """Give each place its word; an empty one takes it away. Returns how many changed. Raises `BadLabel`."""
    wanted = {place: _checked(place, text) for place, text in texts.items()}
    with transaction.atomic():
        before = words_for(keys={key for key, _ in wanted})
        changed = {
            (key, use): text
            for (key, use), text in wanted.items()
            if text != before.get(key, {}).get(use, "")
        }
        for use in {use for _, use in changed}:
            gone = [key for (key, own), text in changed.items() if own == use and not text]
            TermWord.objects.filter(use=use, key__in=gone).delete()
        TermWord.objects.bulk_create(
            [TermWord(key=key, use=use, text=text) for (key, use), text in changed.items() if text],
            update_conflicts=True,
            unique_fields=["key", "use"],
            update_fields=["text"],
        )
    return len(changed)


def _checked(place: Place, text: str) -> str:
    key, use = place
    if key not in labels.REGISTRY or use not in WordUse.values:
        raise BadLabel(f"There is no term “{key[:60]}”. Choose one from the list of terms.")
    text = " ".join(text.split())
    what = f"“{WordUse(use).label}” of “{labels.REGISTRY[key]}”"
    if len(text) > MAX_LENGTH:
        raise BadLabel(f"{what} has {len(text):,} characters; {MAX_LENGTH} is the most. Shorten it.")
    refuse_unseen(text, what=what)
    return text
