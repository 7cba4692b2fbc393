"""`manage.py demo`: what it prints, and when it refuses."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from demo.company import USERS
from demo.performing import DemoRefused, perform
from leads.models import Lead, Team

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_the_command_prints_counts_and_logins_as_one_json_object(settings: Any) -> None:
    settings.DEBUG = True
    out = StringIO()

    call_command("demo", leads=12, json=True, stdout=out)

    printed = json.loads(out.getvalue())
    assert printed["leads"] == Lead.objects.count() >= 12
    assert printed["skipped"] == []
    assert [login.split()[0] for login in printed["logins"]] == [colleague.username for colleague in USERS]
    name, password = printed["logins"][0].split()[:2]
    assert authenticate(username=name, password=password) is not None


def test_the_command_is_refused_without_debug_unless_the_password_is_known(settings: Any) -> None:
    settings.DEBUG = False

    with pytest.raises(CommandError, match="made only with DEBUG=1") as refusal:
        call_command("demo", leads=4)

    assert refusal.value.returncode == 1
    assert not get_user_model().objects.exists()
    call_command("demo", leads=4, known_password=True, stdout=StringIO())
    assert get_user_model().objects.filter(username="rita").exists()


def test_the_demo_leaves_no_trace_where_a_user_has_one_of_its_names() -> None:
    get_user_model().objects.create_user("lena")

    with pytest.raises(DemoRefused, match="There are users of these names already: lena"):
        perform(leads=4, password="open sesame for all", now=NOW)

    assert list(get_user_model().objects.values_list("username", flat=True)) == ["lena"]
    assert not Team.objects.exists()


def test_a_demo_without_leads_is_refused(settings: Any) -> None:
    settings.DEBUG = True

    with pytest.raises(CommandError, match="A demo needs at least one lead"):
        call_command("demo", leads=0)
