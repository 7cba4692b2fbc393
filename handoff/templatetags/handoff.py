from typing import Any

from django import template

from handoff.bell import unread_count

register = template.Library()


@register.inclusion_tag("handoff/_bell.html", takes_context=True)
def notice_bell(context: template.Context) -> dict[str, Any]:
    """The bell of the header with the number of unread notices; nothing for those who get no notices."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.has_perm("handoff.view_notice"):
        return {"is_shown": False}
    return {"is_shown": True, "unread": unread_count(request)}
