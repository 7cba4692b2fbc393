"""Under what name the API knows a term."""

from collections.abc import Iterator

from django.urls import reverse

from intake.events import PERSON_FIELDS
from terminology import where_used
from terminology.where_used import Use


def register() -> None:
    """Let the term editor show the name in the API, which stays whatever the label is."""
    where_used.register("api", _api, title="API", order=70)


def _api(key: str) -> Iterator[Use]:
    tokens = reverse("admin:intake_apitoken_changelist")
    model, _, field = key.rpartition(".")
    name = {"leads.account.name": "company"}.get(key, field)
    if model in ("leads.contact", "leads.account") and name in PERSON_FIELDS:
        yield f"POST /api/v1/events takes it as “person.{name}”; the name stays", tokens
    yield f"GET /api/v1/labels serves the label under “{key}”", tokens
