"""The languages that this copy of LeadOps speaks: one, unless the settings name more."""

from django.conf import settings
from django.utils.translation import get_language_info


def languages() -> list[str]:
    """The codes of the languages, the first of which is the one that people get who ask for none of them."""
    return list(settings.LEADOPS["LANGUAGES"])


def is_multilingual() -> bool:
    """Whether labels can differ by language."""
    return len(languages()) > 1


def language_name(code: str) -> str:
    """What the language is called in English: "German"."""
    return str(get_language_info(code)["name"])
