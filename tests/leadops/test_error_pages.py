"""The pages that say why there is no page: whole sentences, whatever went wrong, and a way back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults
from django.views.csrf import csrf_failure

from tests import factories


@pytest.mark.django_db
def test_a_rep_is_told_why_a_page_is_not_theirs(client: Client) -> None:
    client.force_login(factories.UserFactory(role="sales_rep"))

    answer = client.get("/admin/auth/user/")

    assert answer.status_code == 403
    text = answer.content.decode()
    assert "This page is not for your role" in text
    assert "ask whoever runs RevOps" in text
    assert f'href="{reverse("admin:index")}"' in text


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        (lambda request: defaults.bad_request(request, ValueError()), "Nothing was changed"),
        (lambda request: defaults.permission_denied(request, PermissionError()), "You are not signed in"),
        (lambda request: defaults.page_not_found(request, LookupError()), "There is nothing here"),
        (defaults.server_error, "tell whoever runs LeadOps for you"),
        (csrf_failure, "Go back, reload the page and send it again"),
    ],
)
def test_each_says_what_to_do(rf: RequestFactory, view: Callable[[Any], Any], sentence: str) -> None:
    request = rf.get("/nowhere/")
    request.user = AnonymousUser()

    text = view(request).content.decode()

    assert sentence in text
    assert "/nowhere/" not in text
    assert text.count("<h1>") == 1
    assert "leadops/error.css" in text
