from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.enums import Stage
from leads.models import Definition
from terminology import agreements, sections
from tests import factories

pytestmark = pytest.mark.django_db

ADD = "admin:leads_definition_add"


@pytest.fixture
def revops(client: Any) -> Any:
    user = factories.UserFactory(role="revops")
    client.force_login(user)
    return user


@pytest.fixture
def agreed() -> Definition:
    return factories.define(
        Stage.MARKETING_QUALIFIED,
        {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "c_suite"},
    )


def test_the_next_version_takes_the_place_of_the_one_in_force(
    client: Any, revops: Any, agreed: Definition
) -> None:
    now = timezone.now()
    parts = sections.section("definitions").read()[agreed.stage]

    agreements.bring_in_unsigned(
        title="Another text",
        changes={
            "definitions": {agreed.stage: {**parts, "text": "A C-suite title and one sign of interest."}}
        },
        why="",
        by=revops,
        now=now,
    )

    agreed.refresh_from_db()
    made = Definition.objects.in_force(now=now).get(stage=agreed.stage)
    assert (made.version, made.created_by, made.text) == (
        2,
        revops,
        "A C-suite title and one sign of interest.",
    )
    assert agreed.superseded_at == made.in_force_from


def test_nobody_adds_a_definition_past_an_agreement(client: Any, revops: Any, agreed: Definition) -> None:
    sent = {"stage": agreed.stage, "text": "Mine.", "owner_team": "marketing", "criteria": agreed.criteria_id}

    assert client.post(reverse(ADD), sent).status_code == 403
    assert Definition.objects.get() == agreed


def test_a_definition_is_not_rewritten(client: Any, revops: Any, agreed: Definition) -> None:
    page = reverse("admin:leads_definition_change", args=[agreed.pk])

    assert client.get(page).status_code == 200
    assert client.post(page, {"stage": agreed.stage, "text": "Something else."}).status_code == 403

    agreed.refresh_from_db()
    assert agreed.text == "As agreed."
