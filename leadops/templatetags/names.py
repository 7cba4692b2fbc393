"""What people who log in are called, in templates: `{{ batch.created_by|full_name }}`."""

from django import template
from django.contrib.auth.models import AbstractUser

from leadops import names

register = template.Library()


@register.filter
def full_name(user: AbstractUser | None) -> str:
    """First and last name, or the username; "" for nobody. Plain text, so that the template escapes it."""
    return names.full_name(user) if user is not None else ""
