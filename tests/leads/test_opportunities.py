from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from leads import opportunities
from leads.enums import Stage
from leads.models import Opportunity, OpportunityStageSetting
from tests import factories

pytestmark = pytest.mark.django_db


def opportunity(amount: str | None) -> Opportunity:
    lead = factories.LeadFactory(stage=Stage.SALES_QUALIFIED)
    return Opportunity.objects.create(
        lead=lead, name="Northwind", amount=None if amount is None else Decimal(amount), currency="EUR"
    )


def weighted(row: Opportunity) -> Any:
    return Opportunity.objects.annotate(part=opportunities.weighted()).get(pk=row.pk).part


def test_the_forecast_is_amount_times_probability() -> None:
    assert weighted(opportunity("2500.00")) == Decimal("250.00")
    assert weighted(opportunity(None)) is None


def test_the_companys_own_probability_counts() -> None:
    row = opportunity("2500.00")
    OpportunityStageSetting.objects.create(stage="discovery", probability=40)

    assert weighted(row) == Decimal("1000.00")


def test_the_list_shows_the_part_in_the_forecast(client: Any) -> None:
    opportunity("2500.00")
    client.force_login(factories.UserFactory(role="revops"))

    assert "250.00" in client.get(reverse("admin:leads_opportunity_changelist")).content.decode()
