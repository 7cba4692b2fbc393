"""Why a lead scores what it scores: reasons that add up to the score that the engine writes."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scoring import engine
from scoring.explaining import explain
from scoring.models import ScoringModel
from tests.factories import ActivityFactory, LeadFactory
from tests.scoring import make, world

pytestmark = pytest.mark.django_db

Model = Callable[..., ScoringModel]


@pytest.mark.parametrize("seed", range(100, 112))
def test_the_reasons_add_up_to_what_the_engine_writes(seed: int, now: datetime) -> None:
    rng = random.Random(seed)
    leads = world.populate(rng, now=now)
    scoring_model = make.model(*world.rules(rng), now=now)
    engine.write_scores(engine.compile_model(scoring_model, now=now), chosen=[lead.pk for lead in leads])

    for lead in rng.sample(leads, 12):
        found = explain(lead, now=now)
        row = make.scored(lead)
        assert sum(reason.points for reason in found.reasons) == found.total == row.total
        assert (found.fit, found.engagement, found.grade) == (row.fit, row.engagement, row.grade)


def test_each_reason_names_its_rule_its_points_and_the_evidence(model: Model, now: datetime) -> None:
    kind = make.kind("webinar", name="Webinar")
    lead = LeadFactory(contact__seniority="c_suite", contact__account__employees=12)
    for days in (1, 2, 3):
        ActivityFactory(lead=lead, type=kind, at=now - timedelta(days=days))
    model(
        make.rule("C-suite", 25, field="contact.seniority", operator="is", value="c_suite"),
        make.rule("Webinars", 10, 2, activity_types=["webinar"], within_days=30),
        make.rule("Small company", -20, field="account.employees", operator="lte", value="19"),
    )

    found = explain(lead, now=now)

    assert [(reason.rule.name, reason.points, reason.because) for reason in found.reasons] == [
        ("C-suite", 25, "C-suite"),
        ("Webinars", 20, "2 × +10: Webinar on 11 Mar 2026; Webinar on 10 Mar 2026; Webinar on 09 Mar 2026"),
        ("Small company", -20, "12"),
    ]
    assert (found.total, found.fit, found.engagement, found.grade) == (25, 5, 20, "D")


def test_says_what_would_add_points_dearest_first(model: Model, now: datetime) -> None:
    make.kind("webinar", name="Webinar")
    lead = LeadFactory(contact__seniority="manager")
    model(
        make.rule("VP", 15, field="contact.seniority", operator="is", value="vp"),
        make.rule("Webinars", 10, 3, activity_types=["webinar"], within_days=30),
        make.rule("Free mail", -10, field="contact.email_kind", operator="is", value="free"),
        make.rule("Manager", 5, field="contact.seniority", operator="is", value="manager"),
    )

    found = explain(lead, now=now)

    assert [(item.rule.name, item.points, item.text) for item in found.missing] == [
        ("Webinars", 30, "Webinar within 30 days"),
        ("VP", 15, "Seniority is VP"),
    ]


def test_leaves_out_a_rule_that_is_switched_off(model: Model, now: datetime) -> None:
    lead = LeadFactory(contact__seniority="vp")
    off = make.rule("VP", 15, field="contact.seniority", operator="is", value="vp")
    off.is_active = False
    model(off)

    found = explain(lead, now=now)

    assert (found.total, found.reasons, found.missing) == (0, [], [])


def test_is_nought_without_a_scoring_model(now: datetime) -> None:
    found = explain(LeadFactory(), now=now)

    assert (found.scoring_model, found.total, found.grade, found.reasons) == (None, 0, "", [])


def test_asks_no_more_for_thirty_rules_that_do_not_count_than_for_three(model: Model, now: datetime) -> None:
    make.kind("webinar")
    lead = LeadFactory()

    def queries(number: int) -> int:
        model(*[make.rule(f"Rule {place}", 5, activity_types=["webinar"]) for place in range(number)])
        with CaptureQueriesContext(connection) as asked:
            explain(lead, now=now)
        return len(asked)

    assert queries(30) == queries(3) <= 7
