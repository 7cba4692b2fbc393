"""Labels that would be markup, programs or formulas elsewhere are plain text wherever they go (W2 of the scenarios)."""

import csv
import json
from datetime import datetime
from io import StringIO
from typing import Any, Final

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import delivery
from handoff.models import Notice
from intake import tokens
from intake.models import ApiToken
from leadops.exports import export_file
from leadops.roles import ADMINISTRATOR
from leads.models import Contact
from leads.resources import ContactResource
from terminology import labels
from terminology.editing import rename_terms
from tests import company, factories
from tests.test_pages import EVIL, Page, shown_to

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

SHORT_EVIL = EVIL[:70]


def call(now: datetime, **texts: str) -> None:
    rename_terms(texts={key.replace("__", "."): text for key, text in texts.items()}, by=None, now=now)
    labels.refresh()


def test_an_e_mail_shows_them_as_text(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    now = timezone.now()
    here = company.found(now=now)
    call(now, notice__lead_assigned=SHORT_EVIL, stage__marketing_qualified=f"{SHORT_EVIL[:60]}2")

    notice = Notice.objects.with_subjects().get(user=here.users["sales_rep"], dedupe_key="test:sales_rep")
    letter = delivery.letter([notice], now=now)

    page = Page(letter.html)
    assert page.leaks() == []
    assert "script" not in {tag for tag, _ in page.elements}
    assert SHORT_EVIL in page.text
    assert SHORT_EVIL in letter.text
    assert "\n" not in letter.subject


# What programs fill in, half of it broken.
FILLED_IN: Final = "100 % {} {0} {x!r} %s %(name)s %d {% x %} {{ y }} \\1 \\"


def test_signs_that_programs_fill_in_break_no_page(client: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    now = timezone.now()
    here = company.found(now=now)
    rename_terms(
        texts={known.key: f"{place} {FILLED_IN}" for place, known in enumerate(labels.terms())},
        by=None,
        now=now,
    )
    client.force_login(here.users[ADMINISTRATOR])
    client.raise_request_exception = False

    answers = {name: client.get(path) for name, path in shown_to(ADMINISTRATOR, here).items()}
    sent = {name: client.post(path, follow=True) for name, path in shown_to(ADMINISTRATOR, here).items()}

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 200} == {}
    assert {name for name, answer in sent.items() if answer.status_code >= 500} == set()
    assert FILLED_IN in Page(answers["admin:leads_lead_changelist"].content.decode()).text


def test_the_header_of_an_export_is_no_formula(now: datetime) -> None:
    factories.ContactFactory()
    call(
        now,
        leads__contact__title="=HYPERLINK(1;2)",
        leads__contact__city="@SUM(1)",
        leads__contact__phone="-1+1",
    )

    answer = export_file(
        resource=ContactResource(),
        rows=Contact.objects.all(),
        extension="csv",
        by=factories.UserFactory(role="marketing"),
        now=now,
    )
    header = next(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert {"'=HYPERLINK(1;2)", "'@SUM(1)", "'-1+1"} <= set(header)


def test_the_schema_of_the_api_knows_no_label(client: Any, now: datetime) -> None:
    call(now, **{key.replace(".", "__"): f"Zed {place}" for place, key in enumerate(labels.REGISTRY)})
    client.force_login(factories.UserFactory(role="administrator"))

    schema = client.get(reverse("intake:api:openapi-json")).content.decode()

    assert json.loads(schema)["paths"]
    assert "Zed " not in schema


def test_a_page_of_labels_as_json_is_no_page(client: Any, now: datetime) -> None:
    """What the API serves is never read as markup, whatever a label holds."""
    call(now, stage__suspect=SHORT_EVIL)
    token = ApiToken(name="reader", source=factories.SourceFactory())
    text = tokens.issue(token=token, by=None, now=now)

    answer = client.get("/api/v1/labels", headers={"Authorization": f"Bearer {text}"})

    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json()["labels"]["stage.suspect"]["label"] == SHORT_EVIL
