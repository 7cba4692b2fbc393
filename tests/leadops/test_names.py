"""What people who log in are called."""

from pathlib import Path

from django.contrib.auth.models import User
from django.template import Context, Template

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def _shown(user: User | None) -> str:
    return Template("{% load names %}{{ user|full_name }}").render(Context({"user": user}))


def test_a_template_shows_the_full_name_or_else_the_username_escaped() -> None:
    assert _shown(User(username="noor", first_name="Noor", last_name="Haddad")) == "Noor Haddad"
    assert _shown(User(username="noor")) == "noor"
    assert _shown(User(username="x", first_name="<b>", last_name="B")) == "&lt;b&gt; B"
    assert _shown(None) == ""


def test_no_template_puts_the_name_together_by_itself() -> None:
    found = [path.name for path in TEMPLATES.rglob("*.*") if "get_full_name" in path.read_text("utf-8")]

    assert found == []
