import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from intake import tokens
from intake.models import ApiToken
from leads.models import Source
from tests import factories

Post = Callable[..., HttpResponse]

EVENTS = "/api/v1/events"
BATCH = "/api/v1/events/batch"


@pytest.fixture
def web(db: None) -> Source:
    return factories.SourceFactory(name="Web site", kind="website")


@pytest.fixture
def issued(web: Source, now: datetime) -> tuple[ApiToken, str]:
    """A token in force, with its text."""
    token = ApiToken(name="Web site forms", source=web, country="DE")
    return token, tokens.issue(token=token, by=None, now=now)


@pytest.fixture
def token(issued: tuple[ApiToken, str]) -> ApiToken:
    return issued[0]


@pytest.fixture
def download(db: None) -> Any:
    """The activity type `content_download`."""
    return factories.ActivityTypeFactory()


@pytest.fixture
def post(client: Client, issued: tuple[ApiToken, str], download: Any) -> Post:
    """Post a body (bytes as they are, anything else as JSON) with the token."""

    def send(body: Any, *, to: str = EVENTS, key: str | None = None, **headers: str) -> HttpResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {issued[1]}", **headers}
        if key is not None:
            sent["Idempotency-Key"] = key
        return client.post(to, data=content, content_type="application/json", headers=sent)

    return send


def event(**fields: Any) -> dict[str, Any]:
    """A body that is in order."""
    return {"type": "content_download", "person": {"email": "ines.roth@kiesel-werke.example"}, **fields}
