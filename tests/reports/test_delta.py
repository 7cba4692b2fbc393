"""MQLs fell by so many: how much is behaviour, and how much another definition."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from leads import lifecycle
from leads.enums import Stage, Transition
from leads.models import Lead
from reports.delta import delta
from terminology import agreements, sections
from tests import factories

pytestmark = pytest.mark.django_db

MQL = Stage.MARKETING_QUALIFIED
MONTH = timedelta(days=30)


def employees(at_least: int) -> dict[str, Any]:
    condition = {"kind": "field", "field": "account.employees", "operator": "gte", "value": str(at_least)}
    return {
        "text": f"{at_least} employees or more.",
        "owner_team": "marketing",
        "kpi": "",
        "kpi_measure": "",
        "incentive": "",
        "criteria": {"match": "all", "conditions": [condition]},
    }


def agree(at_least: int, at: datetime) -> None:
    agreements.bring_in_unsigned(
        title=f"From {at_least}",
        changes={"definitions": {MQL.value: employees(at_least)}},
        why="",
        by=None,
        now=at,
    )


def leads_with(*sizes: int, at: datetime) -> None:
    """People of companies of these sizes come in, and become MQLs where the definition of the day is met."""
    ids = [
        factories.LeadFactory(
            stage=Stage.IDENTIFIED, contact__account__employees=size, created_at=at, stage_entered_at=at
        ).pk
        for size in sizes
    ]
    lifecycle.move_many(
        leads=Lead.objects.filter(pk__in=ids), transition=Transition.QUALIFY_MARKETING, by=None, now=at
    )


def told(now: datetime) -> Any:
    reader = factories.UserFactory(role="marketing")
    return delta(reader=reader, stage=MQL, since=now - 2 * MONTH, middle=now - MONTH, until=now)


def test_a_fall_is_cut_into_behaviour_and_redefinition(now: datetime) -> None:
    agree(100, now - 3 * MONTH)
    leads_with(150, 300, 500, 900, at=now - MONTH - timedelta(days=5))
    agree(400, now - MONTH - timedelta(days=1))
    leads_with(150, 300, 500, at=now - timedelta(days=5))

    found = told(now)

    assert (found.earlier, found.later, found.difference) == (4, 1, -3)
    assert (found.split.under_old, found.split.under_new) == (3, 1)
    assert (found.split.redefinition, found.split.behaviour) == (-2, -1)
    assert [(row.definition.version, row.earlier, row.later) for row in found.versions] == [
        (1, 4, 0),
        (2, 0, 1),
    ]
    assert found.versions[1].definition.agreement.title == "From 400"


def test_without_a_new_definition_everything_is_behaviour(now: datetime) -> None:
    agree(100, now - 3 * MONTH)
    leads_with(150, 300, at=now - MONTH - timedelta(days=5))
    leads_with(150, at=now - timedelta(days=5))

    found = told(now)

    assert (found.difference, found.share, found.split) == (-1, -0.5, None)


def test_another_text_for_the_same_criteria_redefines_nothing(now: datetime) -> None:
    agree(100, now - 3 * MONTH)
    agreements.bring_in_unsigned(
        title="Words",
        changes={"definitions": {MQL.value: employees(100) | {"text": "Large enough."}}},
        why="",
        by=None,
        now=now - MONTH,
    )

    assert told(now).split is None
    assert sections.section("definitions").read()[MQL.value]["text"] == "Large enough."


def test_counts_only_what_the_reader_may_see(now: datetime) -> None:
    agree(100, now - 3 * MONTH)
    leads_with(150, at=now - timedelta(days=5))
    rep = factories.UserFactory(role="sales_rep")

    found = delta(reader=rep, stage=MQL, since=now - 2 * MONTH, middle=now - MONTH, until=now)

    assert (found.later, found.versions) == (0, [])


def test_the_page_says_it_in_words(now: datetime, client: Any) -> None:
    client.force_login(factories.UserFactory(role="marketing"))

    answer = client.get("/admin/reports/delta/?period=nonsense")

    assert answer.status_code == 200
    assert "the whole difference is what people did" in answer.text
