"""The engine: the same points as an independent executor, in one statement that writes only what changed."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Activity
from scoring import engine
from scoring.models import LeadScore, ScoringModel
from tests.factories import AccountFactory, ActivityFactory, ContactFactory, LeadFactory
from tests.scoring import executor, make, world

pytestmark = pytest.mark.django_db

Model = Callable[..., ScoringModel]


def write(scoring_model: ScoringModel, chosen: engine.Chosen, now: datetime) -> int:
    return engine.write_scores(engine.compile_model(scoring_model, now=now), chosen=chosen)


@pytest.mark.parametrize("seed", range(40))
def test_gives_every_lead_the_points_of_an_independent_executor(seed: int, now: datetime) -> None:
    rng = random.Random(seed)
    leads = world.populate(rng, now=now)
    scoring_model = make.model(*world.rules(rng), now=now)

    write(scoring_model, [lead.pk for lead in leads], now)

    rules = list(scoring_model.rules.all())
    for lead in leads:
        activities = list(Activity.objects.filter(lead=lead).select_related("type"))
        fit, engagement = executor.score(lead, rules, activities, now)
        row = make.scored(lead)
        assert (row.fit, row.engagement, row.total) == (fit, engagement, fit + engagement)
        assert row.grade == scoring_model.grade_of(fit + engagement)
        assert row.scoring_model == scoring_model


def test_scores_a_range_of_keys_as_it_scores_a_list(now: datetime) -> None:
    rng = random.Random(7)
    leads = world.populate(rng, now=now)
    scoring_model = make.model(*world.rules(rng), make.rule("Last", 7, activity_types=["any"]), now=now)
    ids = [lead.pk for lead in leads]

    write(scoring_model, ids, now)
    assert write(scoring_model, range(ids[0], ids[-1] + 1), now) == 0
    LeadScore.objects.all().delete()
    write(scoring_model, range(ids[3], ids[10]), now)

    assert list(LeadScore.objects.order_by("pk").values_list("lead_id", flat=True)) == ids[3:10]


def test_writes_only_the_rows_that_differ(model: Model, now: datetime) -> None:
    kind = make.kind("webinar")
    leads = LeadFactory.create_batch(5)
    ids = [lead.pk for lead in leads]
    scoring_model = model(make.rule("Webinar", 10, activity_types=["webinar"]))
    assert write(scoring_model, ids, now) == 5
    before = make.scored(leads[0]).computed_at

    ActivityFactory(lead=leads[2], type=kind, at=now)
    later = now + timedelta(minutes=1)

    assert write(scoring_model, ids, later) == 1
    assert make.scored(leads[2]).computed_at == later
    assert make.scored(leads[0]).computed_at == before
    assert write(scoring_model, ids, later) == 0


def test_writes_a_row_again_when_only_its_model_is_older(model: Model, now: datetime) -> None:
    lead = LeadFactory()
    write(model(make.rule("Anything", 10, activity_types=["any"])), [lead.pk], now)

    newer = model(make.rule("Anything else", 10, activity_types=["any"]))

    assert write(newer, [lead.pk], now) == 1
    assert make.scored(lead).scoring_model == newer


def test_needs_one_statement_for_a_thousand_leads_and_twenty_rules(model: Model, now: datetime) -> None:
    make.kind("webinar")
    leads = LeadFactory.create_batch(20, contact__account=AccountFactory())
    rules = [make.rule(f"Rule {place}", 5, activity_types=["webinar"]) for place in range(10)]
    rules += [
        make.rule(f"Size {place}", 5, field="account.employees", operator="gte", value="10")
        for place in range(10)
    ]
    compiled = engine.compile_model(model(*rules), now=now)

    with CaptureQueriesContext(
        connection,
    ) as statements:
        engine.write_scores(compiled, chosen=[lead.pk for lead in leads] + list(range(10**6, 10**6 + 980)))

    assert len(statements) == 1
    assert make.scored(leads[0]).total == 50


def test_takes_as_many_rules_as_a_model_may_hold(model: Model, now: datetime) -> None:
    lead = ActivityFactory(lead=LeadFactory(contact__account__employees=50), at=now).lead
    rules = [make.rule(f"Did {place}", 1, activity_types=["any"]) for place in range(100)]
    rules += [
        make.rule(f"Size {place}", 2, field="account.employees", operator="gte", value=str(place))
        for place in range(100)
    ]

    write(model(*rules), [lead.pk], now)

    row = make.scored(lead)
    assert (row.fit, row.engagement) == (2 * 51, 100)


def test_joins_leads_and_activities_only_after_the_activities_are_grouped(
    model: Model, now: datetime
) -> None:
    make.kind("webinar")
    scoring_model = model(
        make.rule("Webinar", 10, activity_types=["webinar"]),
        make.rule("Title", 10, field="contact.title", operator="contains", value="chief"),
    )

    with CaptureQueriesContext(connection) as statements:
        write(scoring_model, [LeadFactory().pk], now)

    (sql,) = [query["sql"] for query in statements if "WITH fit" in query["sql"]]
    activities = sql[sql.index("engagement (lead_id, points) AS (") : sql.index("added (lead_id")]
    assert activities.count("JOIN") == 0
    assert 'GROUP BY "leads_activity"."lead_id"' in activities or "GROUP BY 1" in activities


def test_does_nothing_for_no_leads(model: Model, now: datetime) -> None:
    scoring_model = model(make.rule("Anything", 10, activity_types=["any"]))

    assert write(scoring_model, [], now) == 0
    assert write(scoring_model, range(5, 5), now) == 0


def test_ignores_a_rule_whose_activity_type_is_gone(model: Model, now: datetime) -> None:
    kind = make.kind("webinar")
    scoring_model = model(make.rule("Webinar", 10, activity_types=["webinar"]))
    kind.delete()
    lead = ActivityFactory(at=now).lead

    write(scoring_model, [lead.pk], now)

    assert make.scored(lead).total == 0
    assert engine.count_times(engine.compile_model(scoring_model, now=now), lead=lead) == {
        scoring_model.rules.get().pk: 0
    }


def test_lets_a_total_fall_below_nought(model: Model, now: datetime) -> None:
    lead = LeadFactory(contact=ContactFactory(seniority="other"))
    scoring_model = model(
        make.rule("Not senior", -15, field="contact.seniority", operator="is", value="other")
    )

    write(scoring_model, [lead.pk], now)

    row = make.scored(lead)
    assert (row.total, row.grade) == (-15, "D")
