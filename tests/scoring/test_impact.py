"""What an agreement would do to the leads, before anybody signs."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from leads.enums import Stage
from leads.models import Lead
from scoring import rescoring
from terminology import agreements, blueprints, sections
from terminology.impact import impact_of
from tests import factories
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MQL = Stage.MARKETING_QUALIFIED.value
DEMO = {"kind": "activity", "activity_types": "demo_request", "at_least": 1}


@pytest.fixture
def revops() -> User:
    return UserFactory(role="revops")


@pytest.fixture
def leads(now: datetime) -> dict[str, Lead]:
    """A vocabulary, and three people: one asked for a demo, one is a VP of a large company, one is cold."""
    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now)
    nobody = {"contact__seniority": "unknown", "contact__account": None}
    asked = factories.LeadFactory(stage=Stage.IDENTIFIED, **nobody)
    factories.ActivityFactory(lead=asked, type=factories.ActivityType.objects.get(key="demo_request"), at=now)
    large = factories.LeadFactory(
        stage=Stage.IDENTIFIED, contact__seniority="vp", contact__account__employees=900
    )
    cold = factories.LeadFactory(stage=Stage.SUSPECT, **nobody)
    rescoring.rescore(Lead.objects.all(), now=now)
    return {"asked": asked, "large": large, "cold": cold}


def draft_of(by: User, now: datetime, section: str, parts: dict[str, Any]) -> agreements.Agreement:
    made = agreements.draft(title="Change", by=by, now=now)
    return agreements.put(
        agreement=made, section=section, parts=parts, by=by, revision=made.revision, now=now
    )


def asking(*conditions: dict[str, Any], match: str = "all") -> dict[str, Any]:
    present = sections.section("definitions").read()[MQL]
    return {MQL: {**present, "criteria": {"match": match, "conditions": list(conditions)}}}


def test_names_who_appears_and_who_vanishes(leads: dict[str, Lead], revops: User, now: datetime) -> None:
    reach = {"kind": "score", "field": "score.total", "operator": "gte", "value": "1"}
    made = draft_of(revops, now, "definitions", asking(DEMO))
    wide = draft_of(revops, now, "definitions", asking(reach))

    (narrow,) = impact_of(made, user=revops, now=now)
    (broad,) = impact_of(wide, user=revops, now=now)

    assert (narrow.title, narrow.before, narrow.after) == ("MQL", 0, 1)
    assert [named.text for named in narrow.appearing] == [str(leads["asked"])]
    assert (narrow.appears, narrow.vanishes) == (1, 0)
    assert broad.after == Lead.objects.filter(score__total__gte=1).count()


def test_a_change_of_scoring_shows_in_the_definitions_that_ask_for_the_score(
    leads: dict[str, Lead], revops: User, now: datetime
) -> None:
    parts = sections.section("scoring").read()
    rule = {
        "position": 99,
        "points": 90,
        "max_times": 1,
        "condition": {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "vp"},
    }
    made = draft_of(revops, now, "scoring", {"rule:A VP is enough": rule})

    found = {one.title: one for one in impact_of(made, user=revops, now=now)}

    assert (found["MQL"].before, found["MQL"].after) == (0, 1)
    assert [named.text for named in found["MQL"].appearing] == [str(leads["large"])]
    assert sections.section("scoring").read() == parts


def test_what_would_be_is_what_comes(leads: dict[str, Lead], revops: User, now: datetime) -> None:
    parts = sections.section("scoring").read()
    doubled = {
        part: {**value, "points": value["points"] * 3} for part, value in parts.items() if part != "model"
    }
    made = draft_of(revops, now, "scoring", doubled)
    (found,) = [one for one in impact_of(made, user=revops, now=now) if one.title == "MQL"]

    agreements.bring_in_unsigned(title="The same", changes={"scoring": doubled}, why="Now.", by=None, now=now)
    rescoring.rescore(Lead.objects.all(), now=now)

    assert found.after == Lead.objects.filter(score__total__gte=60).count() > 0


@pytest.mark.usefixtures("leads")
def test_warns_of_a_definition_that_nobody_or_every_suspect_meets(revops: User, now: datetime) -> None:
    never = {"kind": "score", "field": "score.total", "operator": "gte", "value": "9999"}
    always = {"kind": "score", "field": "score.total", "operator": "gte", "value": "-999"}

    (nobody,) = impact_of(draft_of(revops, now, "definitions", asking(never)), user=revops, now=now)
    (everybody,) = impact_of(draft_of(revops, now, "definitions", asking(always)), user=revops, now=now)

    assert "None of the 3 open leads would meet the definition of “MQL”" in nobody.warnings[0]
    assert "Every one of the 1 in “Suspect” would meet" in everybody.warnings[0]


def test_names_only_those_whom_the_reader_may_see(leads: dict[str, Lead], now: datetime) -> None:
    rep = UserFactory(role="sales_rep")
    made = draft_of(UserFactory(role="revops"), now, "definitions", asking(DEMO))

    (found,) = impact_of(made, user=rep, now=now)

    assert (found.appears, found.appearing) == (1, [])


def test_counts_by_what_will_be_a_hand_raiser(leads: dict[str, Lead], revops: User, now: datetime) -> None:
    hand = {"kind": "activity", "activity_types": "hand_raiser", "at_least": 1}
    agreements.bring_in_unsigned(
        title="Hands", changes={"definitions": asking(hand)}, why="", by=None, now=now
    )
    kind = factories.ActivityType.objects.get(key="case_study_view")
    factories.ActivityFactory(lead=leads["large"], type=kind, at=now)
    present = sections.section("activity_types").read()[kind.key]
    made = draft_of(revops, now, "activity_types", {kind.key: {**present, "is_hand_raiser": True}})

    found = {one.title: one for one in impact_of(made, user=revops, now=now)}

    assert [named.text for named in found["MQL"].appearing] == [str(leads["large"])]
    assert found["MQL"].vanishes == 0
