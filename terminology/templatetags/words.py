"""Labels in templates: `{{ "leads.lead.plural"|word|capfirst }}`."""

from django import template

from terminology import labels

register = template.Library()


@register.filter
def word(key: str) -> str:
    """The label of the term `key` as it stands now. Plain text, so that the template escapes it."""
    return labels.current(key)
