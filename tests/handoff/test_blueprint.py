from datetime import datetime

import pytest

from handoff import routing
from handoff.models import RoutingRule, ServiceLevel
from leads.enums import Stage
from leads.models import CriteriaSet, Team
from terminology import blueprints
from tests import factories
from tests.handoff import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [blueprint.name for blueprint in blueprints.available()])
def test_every_blueprint_brings_rules_and_response_times(now: datetime, name: str) -> None:
    counts = blueprints.use_blueprint(name=name, by=None, now=now)

    assert counts["routing"] == RoutingRule.objects.in_use().count() > 0
    assert counts["sla"] == ServiceLevel.objects.count() > 0
    assert RoutingRule.objects.in_use().last().criteria is None  # what no other rule takes is taken


def test_rules_stand_in_the_order_of_the_blueprint_and_decide_so(now: datetime) -> None:
    blueprints.use_blueprint(name="hubspot-intent", by=None, now=now)
    for team in Team.objects.all():
        make.rep(team)

    large = make.handed_over(now, contact__account__employees=900)
    small = make.handed_over(now, contact__account__employees=5)
    unknown = make.handed_over(now, contact__account=None)
    routing.route_waiting(now=now)

    for lead in (large, small, unknown):
        lead.refresh_from_db()
    assert [str(lead.team) for lead in (large, small, unknown)] == [
        "Enterprise sales",
        "Small business sales",
        "Sales",
    ]


def test_loading_again_or_another_one_leaves_one_set_of_rules_in_use(now: datetime) -> None:
    own = make.rule(factories.TeamFactory(), name="Our own rule")
    blueprints.use_blueprint(name="hubspot-intent", by=None, now=now)
    blueprints.use_blueprint(name="hubspot-intent", by=None, now=now)

    names = list(RoutingRule.objects.in_use().values_list("name", flat=True))
    sets = CriteriaSet.objects.filter(name__startswith="Routing: ").count()
    blueprints.use_blueprint(name="suspect-to-sql", by=None, now=now)

    assert names == ["Large companies", "Small companies", "Everything else"]
    assert sets == 2
    assert [rule.name for rule in RoutingRule.objects.in_use()] == ["Everything else"]
    assert RoutingRule.objects.filter(pk=own.pk, is_active=False).exists()
    assert list(ServiceLevel.objects.values_list("stage", "first_response_hours")) == [
        (Stage.MARKETING_QUALIFIED.value, 8)
    ]
