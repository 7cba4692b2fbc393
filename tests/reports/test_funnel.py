from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import lifecycle
from leads.enums import PassBackPoint, Stage, Transition
from leads.models import Lead, Milestone, StageChange, StageSetting
from reports.funnel import Period, funnel, mql_to_sql
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Any:
    return factories.UserFactory(role="marketing")


def been(lead: Lead, *stages: Stage, at: datetime) -> Lead:
    for stage in stages:
        Milestone.objects.get_or_create(lead=lead, stage=stage, defaults={"at": at})
    return lead


def by_stage(reader: Any, period: Period | None = None) -> dict[str, Any]:
    return {row.stage.value: row for row in funnel(reader=reader, period=period or Period()).rows}


def test_ever_reached_and_now_in_are_different_facts(now: datetime, reader: Any) -> None:
    returned = been(factories.LeadFactory(stage=Stage.IDENTIFIED), Stage.MARKETING_QUALIFIED, at=now)
    been(factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED), Stage.IDENTIFIED, at=now)

    rows = by_stage(reader)

    assert returned.stage == Stage.IDENTIFIED
    assert (rows["marketing_qualified"].reached, rows["marketing_qualified"].now_in) == (2, 1)
    assert (rows["identified"].reached, rows["identified"].now_in) == (2, 1)


def test_a_lead_that_skipped_a_stage_is_not_lost(now: datetime, reader: Any) -> None:
    bypass = been(factories.LeadFactory(stage=Stage.SALES_QUALIFIED), Stage.SUSPECT, at=now)
    StageChange.objects.create(
        lead=bypass,
        transition=Transition.FAST_TRACK,
        from_stage="suspect",
        to_stage="sales_qualified",
        at=now,
        source=bypass.source,
    )

    found = funnel(reader=reader, period=Period())
    rows = {row.stage.value: row for row in found.rows}

    assert found.fast_tracked == 1
    assert rows["marketing_qualified"].reached == 0
    assert (rows["suspect"].went_on, rows["suspect"].share) == (1, 1.0)
    assert rows["sales_qualified"].reached == 1


def test_suspects_and_visitors_are_no_leads(now: datetime, reader: Any) -> None:
    factories.LeadFactory(stage=Stage.SUSPECT)
    factories.LeadFactory(anonymous=True)
    factories.LeadFactory(stage=Stage.IDENTIFIED)

    assert funnel(reader=reader, period=Period()).leads == 1


def test_a_stage_that_is_switched_off_leaves_the_report_whole(now: datetime, reader: Any) -> None:
    StageSetting.objects.create(stage=Stage.SALES_QUALIFIED, in_use=False)
    been(factories.LeadFactory(stage=Stage.CUSTOMER), Stage.SALES_ACCEPTED, at=now)

    rows = by_stage(reader)

    assert "sales_qualified" not in rows
    assert rows["sales_accepted"].share == 1.0


def test_counts_only_what_the_reader_may_see(now: datetime) -> None:
    team = factories.TeamFactory()
    rep = factories.UserFactory(role="sales_rep", team=team)
    factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, owner=rep)
    factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, owner=factories.UserFactory(role="sales_rep"))

    assert by_stage(rep)["marketing_qualified"].reached == 1
    assert sum(row.mql for row in mql_to_sql(reader=rep, period=Period())) == 1


def test_a_period_takes_the_leads_that_were_born_in_it(now: datetime, reader: Any) -> None:
    factories.LeadFactory(created_at=now - timedelta(days=40))
    factories.LeadFactory(created_at=now - timedelta(days=4))

    rows = by_stage(reader, Period(since=now - timedelta(days=30)))

    assert rows["identified"].reached == 1


def test_mql_to_sql_follows_each_source(now: datetime, reader: Any) -> None:
    bought = factories.SourceFactory(purchased=True, name="Plant managers 2026")
    fair = factories.SourceFactory(name="Spring fair")
    for _ in range(2):
        been(factories.LeadFactory(source=bought, stage=Stage.MARKETING_QUALIFIED), Stage.SUSPECT, at=now)
    been(
        factories.LeadFactory(source=bought, stage=Stage.SALES_QUALIFIED),
        Stage.MARKETING_QUALIFIED,
        at=now,
    )
    factories.LeadFactory(source=fair, stage=Stage.SALES_QUALIFIED)

    rows = {row.source.name: row for row in mql_to_sql(reader=reader, period=Period())}

    assert (rows["Plant managers 2026"].mql, rows["Plant managers 2026"].sql) == (3, 1)
    assert rows["Plant managers 2026"].share == pytest.approx(1 / 3)
    assert rows["Plant managers 2026"].cost_per_sql == 1200.0
    assert (rows["Spring fair"].mql, rows["Spring fair"].bypass, rows["Spring fair"].share) == (0, 1, None)


def test_a_passed_back_lead_stays_in_its_mql_cohort(now: datetime, reader: Any) -> None:
    team = factories.TeamFactory()
    rep = factories.UserFactory(role="sales_rep", team=team)
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)
    lifecycle.pass_back(
        lead=lead, by=rep, now=now, reason=factories.ReasonFactory(), point=PassBackPoint.ON_SIGHT
    )

    (row,) = mql_to_sql(reader=reader, period=Period())

    assert (row.mql, row.passed_back) == (1, 1)


def test_the_reports_cost_the_same_for_any_number_of_leads(now: datetime, reader: Any) -> None:
    factories.LeadFactory.create_batch(3)
    with CaptureQueriesContext(connection) as few:
        funnel(reader=reader, period=Period())
        mql_to_sql(reader=reader, period=Period())
    factories.LeadFactory.create_batch(30)
    with CaptureQueriesContext(connection) as many:
        funnel(reader=reader, period=Period())
        mql_to_sql(reader=reader, period=Period())

    assert len(many) <= len(few) <= 14
