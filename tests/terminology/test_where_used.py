"""Where a term is used: looked up in pages, rules, lists, reports and the API, so that what is said is true."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from imports.models import ImportBatch
from leads.enums import Stage
from leads.models import CriteriaSet, Criterion, Definition
from scoring.models import Rule, ScoringModel
from terminology import labels
from terminology.editing import rename_terms
from terminology.term_rows import main_key
from terminology.where_used import where_used
from terminology.words import set_words
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

TERM = "admin:terminology_term"


@pytest.fixture
def revops(client: Any) -> Any:
    user = factories.UserFactory(role="revops")
    client.force_login(user)
    return user


def said(key: str) -> str:
    return "\n".join(f"{place.title}: {text}" for place in where_used(key) for text, _ in place.uses)


def asks(**condition: Any) -> Criterion:
    criteria = CriteriaSet.objects.create(name="Good fit")
    return Criterion.objects.create(criteria=criteria, kind="field", **condition)


def defined_by(criteria: CriteriaSet, **fields: Any) -> Definition:
    return Definition.objects.create(text="As agreed.", owner_team="marketing", criteria=criteria, **fields)


def test_names_the_definitions_and_criteria_that_ask_for_a_field(now: datetime) -> None:
    criterion = asks(field="contact.seniority", operator="in", value="c_suite, vp")
    defined_by(criterion.criteria, stage=Stage.MARKETING_QUALIFIED, version=7)

    for key in ("leads.contact.seniority", "condition_field.contact.seniority", "seniority.vp"):
        assert "Good fit: Seniority is one of" in said(key), key
        assert "MQL, version 7, in force" in said(key), key
    assert "Good fit" not in said("seniority.director")
    assert "Good fit" not in said("leads.contact.city")


def test_a_value_within_another_word_does_not_count() -> None:
    asks(field="contact.seniority", operator="in", value="vp")

    assert "Good fit" in said("seniority.vp")
    assert "Good fit" not in said("function.vp")


def test_names_the_scoring_rules_in_force(now: datetime) -> None:
    model = ScoringModel.objects.create(name="Points", version=1)
    Rule.objects.create(
        scoring_model=model,
        name="Big ones",
        points=25,
        kind="field",
        field="account.employees",
        operator="gte",
        value="500",
    )

    assert "Big ones: +25" in said("leads.account.employees")
    assert "Big ones" not in said("leads.account.industry")


def test_names_the_words_and_the_lists_of_an_import(now: datetime) -> None:
    rename_terms(texts={"leads.contact.title": "Rang"}, by=None, now=now)
    labels.refresh()
    set_words(texts={("leads.contact.title", "crm"): "Kundenrolle"})
    ImportBatch.objects.create(
        original_name="fair.csv", mapping={"Funktion": "title"}, created_by=factories.UserFactory()
    )

    text = said("leads.contact.title")

    assert "A column is recognised by the words “Rang”, “job title”, “Kundenrolle”" in text
    assert "fair.csv: the column “Funktion”" in text


def test_names_the_reports_exports_and_the_api() -> None:
    assert "Funnel: a line, counted" in said("stage.marketing_qualified")
    assert "MQL to SQL by source: a column" in said("stage.marketing_qualified")
    assert "Funnel: a line, not counted" in said("stage.suspect")
    assert "Leads: a column of CSV and XLSX" in said("leads.contact.title")
    assert "takes it as “person.title”; the name stays" in said("leads.contact.title")
    assert "takes it as “person.company”" in said("leads.account.name")
    assert "GET /api/v1/labels serves the label under “stage.suspect”" in said("stage.suspect")


def test_the_page_of_a_term_names_the_pages_where_it_is_seen(client: Any, revops: Any) -> None:
    owner = client.get(reverse(TERM, args=["leads.lead.owner"])).content.decode()
    stage = client.get(reverse(TERM, args=["stage.suspect"])).content.decode()
    menu = client.get(reverse(TERM, args=["menu.funnel"])).content.decode()

    assert "Leads: column of the list, field on the page of one" in owner
    assert "Leads: column of the list, filter of the list" in stage
    assert "Menu: Funnel" in menu


def test_every_term_has_a_page_and_every_address_on_it_opens(client: Any, revops: Any) -> None:
    keys = [key for key in labels.REGISTRY if main_key(key) == key][::9]
    asks(field="contact.seniority", operator="in", value="vp")

    urls = {
        url
        for key in [*keys, "leads.contact.seniority"]
        for place in where_used(key)
        for _, url in place.uses
    }

    for key in keys:
        assert client.get(reverse(TERM, args=[key])).status_code == 200, key
    for url in urls - {""}:
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("key", ["leads.contact.shoe_size", "leads.lead.plural", "x" * 300])
def test_what_is_no_term_has_no_page(client: Any, revops: Any, key: str) -> None:
    assert client.get(reverse(TERM, args=[key])).status_code == 404


def test_the_page_of_a_term_costs_a_bounded_number_of_queries(client: Any, revops: Any) -> None:
    address = reverse(TERM, args=["leads.contact.seniority"])

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    criterion = asks(field="contact.seniority", operator="in", value="vp")
    defined_by(criterion.criteria, stage=Stage.PREQUALIFIED, version=1)
    queries()
    few = queries()
    for _ in range(5):
        asks(field="contact.seniority", operator="in", value="vp")
    defined_by(criterion.criteria, stage=Stage.MARKETING_QUALIFIED, version=1)

    assert queries() == few
