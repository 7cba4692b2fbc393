"""What people who log in are called."""

from django.contrib.auth.models import AbstractUser


def full_name(user: AbstractUser) -> str:
    """First and last name as pages and messages show it; the username where there is none."""
    return user.get_full_name() or user.get_username()
