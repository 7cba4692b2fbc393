from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from leads import criteria
from leads.conditions import describe
from leads.models import ActivityType, CriteriaSet, Criterion, Lead, Source
from tests import factories

pytestmark = pytest.mark.django_db


def condition(**content: Any) -> Criterion:
    made = Criterion.from_dict({"kind": "field", **content})
    assert isinstance(made, Criterion)
    return made


def who(one: Criterion, now: datetime) -> set[int]:
    return set(Lead.objects.filter(criteria.compile_condition(one, now=now)).values_list("pk", flat=True))


@pytest.fixture
def boss(db: None) -> Lead:
    return factories.LeadFactory()


@pytest.fixture
def nobody(db: None) -> Lead:
    """A lead of which next to nothing is known."""
    contact = factories.ContactFactory(
        account=None, title="", seniority="unknown", function="unknown", country=""
    )
    return factories.LeadFactory(contact=contact)


@pytest.mark.parametrize(
    ("field", "operator", "value", "boss_meets", "nobody_meets"),
    [
        ("contact.seniority", "in", "c_suite, vp", True, False),
        ("contact.seniority", "not_in", "c_suite, vp", False, True),
        ("contact.seniority", "is_set", "", True, False),
        ("contact.seniority", "is_empty", "", False, True),
        ("contact.title", "contains", "operating", True, False),
        ("contact.title", "is", "chief operating officer", True, False),
        ("contact.country", "is_not", "DE", False, True),
        ("contact.country", "in", "de, at", True, False),
        ("contact.has_phone", "is", "no", True, True),
        ("account.employees", "gte", "200", True, False),
        ("account.employees", "lte", "419", False, False),
        ("account.employees", "gte", "420.5", False, False),
        ("account.employees", "lte", "420.5", True, False),
        ("account.employees", "is", "420", True, False),
        ("account.employees", "is", "420.5", False, False),
        ("account.employees", "is_not", "420.5", True, True),
        ("account.employees", "lte", "1e30", True, False),
        ("account.employees", "is_empty", "", False, True),
        ("source.kind", "is", "event", True, True),
    ],
)
def test_asks_a_field(
    boss: Lead,
    nobody: Lead,
    now: datetime,
    field: str,
    operator: str,
    value: str,
    boss_meets: bool,
    nobody_meets: bool,
) -> None:
    found = who(condition(field=field, operator=operator, value=value), now)

    assert (boss.pk in found, nobody.pk in found) == (boss_meets, nobody_meets)


def test_counts_activities_in_a_window(boss: Lead, now: datetime) -> None:
    kind = factories.ActivityTypeFactory(key="case_study_view")
    for days in (1, 3, 30):
        factories.ActivityFactory(lead=boss, type=kind, at=now - timedelta(days=days))

    def meets(**more: Any) -> bool:
        return boss.pk in who(
            condition(**({"kind": "activity", "activity_types": "case_study_view"} | more)), now
        )

    assert meets(at_least=3)
    assert meets(at_least=2, within_days=7)
    assert not meets(at_least=3, within_days=7)
    assert not meets(at_least=2, count="distinct", activity_types="any")


def test_counts_different_kinds(boss: Lead, now: datetime) -> None:
    for key in ("case_study_view", "webinar", "webinar"):
        factories.ActivityFactory(lead=boss, type=factories.ActivityTypeFactory(key=key), at=now)

    def meets(at_least: int) -> bool:
        asked = condition(kind="activity", activity_types="engagement", count="distinct", at_least=at_least)
        return boss.pk in who(asked, now)

    assert meets(2)
    assert not meets(3)


def test_does_not_look_into_the_future(boss: Lead, now: datetime) -> None:
    factories.ActivityFactory(
        lead=boss, type=factories.ActivityTypeFactory(demo_request=True), at=now + timedelta(hours=1)
    )
    asked = condition(kind="activity", activity_types="hand_raiser")

    assert boss.pk not in who(asked, now)
    assert boss.pk in who(asked, now + timedelta(hours=2))


def test_joins_groups_by_the_other_word(boss: Lead, nobody: Lead, now: datetime) -> None:
    """A hand-raiser, or fit together with interest."""
    factories.ActivityFactory(lead=boss, at=now)
    factories.ActivityFactory(lead=nobody, type=factories.ActivityTypeFactory(demo_request=True), at=now)
    cold = factories.LeadFactory()

    made = criteria.create_set(
        name="MQL",
        content={
            "match": "any",
            "conditions": [
                {"kind": "activity", "activity_types": "hand_raiser"},
                {
                    "match": "all",
                    "conditions": [
                        {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "c_suite"},
                        {"kind": "activity", "activity_types": "engagement"},
                    ],
                },
            ],
        },
    )

    found = set(Lead.objects.filter(criteria.compile_set(made, now=now)).values_list("pk", flat=True))
    assert found == {boss.pk, nobody.pk}
    assert cold.pk not in found


def test_an_empty_set_is_met_by_nobody(boss: Lead, now: datetime) -> None:
    empty = CriteriaSet.objects.create(name="empty")

    assert not criteria.meets(lead=boss, criteria=empty, now=now)


def test_shows_the_evidence_for_each_criterion(boss: Lead, now: datetime) -> None:
    kind = factories.ActivityTypeFactory(key="webinar", name="Webinar attended")
    factories.ActivityFactory(lead=boss, type=kind, at=now - timedelta(days=2))
    made = criteria.create_set(
        name="MQL",
        content={
            "match": "all",
            "conditions": [
                {"kind": "field", "field": "contact.seniority", "operator": "in", "value": "c_suite, vp"},
                {"kind": "field", "field": "account.employees", "operator": "gte", "value": "500"},
                {"kind": "activity", "activity_types": "webinar", "within_days": 30},
            ],
        },
    )

    proofs = criteria.explain(lead=boss, criteria=made, now=now)

    assert [(proof.text, proof.is_met, proof.because) for proof in proofs] == [
        ("Seniority is one of C-suite or VP", True, "C-suite"),
        ("Employees is at least 500", False, "420"),
        ("Webinar attended within 30 days", True, "Webinar attended on 10 Mar 2026"),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            {"field": "contact.shoe_size", "operator": "is", "value": "43"},
            "There is no field “contact.shoe_size”",
        ),
        (
            {"field": "account.employees", "operator": "contains", "value": "4"},
            "“Employees” can be asked with",
        ),
        ({"field": "account.employees", "operator": "gte", "value": "many"}, "“many” is not a number"),
        ({"field": "account.employees", "operator": "gte", "value": "NaN"}, "“NaN” is not a number"),
        (
            {"field": "contact.seniority", "operator": "in", "value": "boss"},
            "“boss” is not a value of “Seniority”",
        ),
        ({"field": "contact.title", "operator": "is", "value": " "}, "Type a value"),
        ({"kind": "activity", "activity_types": ""}, "Name at least one activity"),
        ({"kind": "activity", "activity_types": "moon_landing"}, "There is no activity type “moon_landing”"),
        ({"kind": "activity", "activity_types": "hand_raiser, webinar"}, "stands alone"),
    ],
)
def test_refuses_a_condition_that_can_not_be_asked(content: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        condition(**content)

    assert sentence in str(refusal.value)


def test_reads_in_the_words_of_today(now: datetime) -> None:
    ActivityType.objects.create(key="product_page_view", name="Product page")
    asked = condition(kind="activity", activity_types="product_page_view", at_least=3, within_days=7)

    assert (
        describe(asked, names={"product_page_view": "Product page"})
        == "At least 3 times of Product page within 7 days"
    )


def test_works_without_a_source_name_clash(now: datetime) -> None:
    """Two sources that differ in case are asked for as one name."""
    fair = factories.SourceFactory(name="Spring Fair")
    lead = factories.LeadFactory(source=fair)
    Source.objects.create(name="Other", kind="event")

    assert lead.pk in who(condition(field="source.name", operator="is", value="spring fair"), now)
