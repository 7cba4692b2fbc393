"""What a stage's word means, wherever a template shows the word."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from leads import wording
from leads.enums import STAGE_SHORT, Stage

register = template.Library()


@register.filter
def stage_title(stage: str) -> str:
    """The stage's full name with its agreed definition, for a hover."""
    return wording.title(stage)


@register.filter
def stage_short(stage: str) -> Any:
    """The stage's short name."""
    return STAGE_SHORT[Stage(stage)]


@register.simple_tag
def stage_link(stage: str, word: object = "") -> SafeString:
    """The stage's short name (or another `word` for it) with its agreed definition on a hover and behind a link."""
    text = word or STAGE_SHORT[Stage(stage)]
    if page := wording.page_of(stage):
        return format_html('<a class="lo-word" href="{}" title="{}">{}</a>', page, wording.title(stage), text)
    return format_html('<span class="lo-word" title="{}">{}</span>', wording.title(stage), text)


@register.filter
def at_key(numbers: dict[Any, Any], key: Any) -> Any:
    """What a mapping holds at `key`, or 0."""
    return numbers.get(key, 0)
