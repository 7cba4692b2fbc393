from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leadops import per_request
from leads import challenges, definition_page, wording
from leads.enums import Stage
from leads.models import ActivityType, CallToAction, Definition, DefinitionExample
from terminology.models import Agreement
from tests import factories

pytestmark = pytest.mark.django_db

AT_THE_TOP = {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "c_suite"}
ASKED_FOR_A_DEMO = {"kind": "activity", "activity_types": "demo_request", "at_least": 1, "within_days": 90}
IN_GERMANY = {"kind": "field", "field": "contact.country", "operator": "is", "value": "DE"}


@pytest.fixture
def revops(client: Any) -> Any:
    user = factories.UserFactory(role="revops")
    client.force_login(user)
    return user


@pytest.fixture
def agreed(db: None) -> Definition:
    factories.ActivityTypeFactory(demo_request=True)
    return factories.define(
        Stage.MARKETING_QUALIFIED,
        AT_THE_TOP,
        ASKED_FOR_A_DEMO,
        text="At the top of the company, and asked for a demo.",
        kpi="MQLs a month",
        kpi_measure="count",
        incentive="50 EUR a piece",
    )


def page_of(definition: Definition) -> str:
    return reverse("admin:leads_definition_change", args=[definition.pk])


def seen(definition: Definition, reader: Any) -> dict[str, Any]:
    return definition_page.context(definition=definition, reader=reader, now=timezone.now())


def test_reads_like_a_page(client: Any, revops: Any, agreed: Definition) -> None:
    Definition.objects.update(agreement=Agreement.objects.create(title="Autumn review"))
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED)
    for is_counter, why in ((False, "Asked twice."), (True, "Only a student.")):
        DefinitionExample.objects.create(
            stage=agreed.stage,
            lead=lead if is_counter else factories.LeadFactory(),
            is_counter_example=is_counter,
            why=why,
            added_at=timezone.now(),
        )
    challenges.raise_challenge(
        lead=lead, by=revops, criterion="", evidence="An intern.", is_story=False, now=timezone.now()
    )

    page = client.get(page_of(agreed)).content.decode()

    for words in (
        "At the top of the company, and asked for a demo.",
        "Seniority is C-suite",
        "Demo request within 90 days",
        "MQLs a month",
        "50 EUR a piece",
        "Autumn review",
        "Asked twice.",
        "Only a student.",
        "An intern.",
        "Nobody can do this",
        reverse("admin:leads_lead_change", args=[lead.pk]),
    ):
        assert words in page
    assert "<textarea" not in page


def test_a_rep_reads_it_with_own_leads_only(client: Any, agreed: Definition) -> None:
    rep = factories.UserFactory(role="sales_rep", team=factories.TeamFactory())
    client.force_login(rep)
    factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED)
    mine = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, owner=rep)

    page = client.get(page_of(agreed))

    assert page.status_code == 200
    assert seen(agreed, rep)["fit"].in_stage == 1
    assert reverse("admin:leads_definitionexample_add") not in page.content.decode()
    assert mine.pk


def test_counts_who_meets_it_and_who_is_there(revops: Any) -> None:
    definition = factories.define(Stage.MARKETING_QUALIFIED, IN_GERMANY)
    for stage, country in (
        (Stage.MARKETING_QUALIFIED, "DE"),
        (Stage.MARKETING_QUALIFIED, "FR"),
        (Stage.IDENTIFIED, "DE"),
        (Stage.DISQUALIFIED, "DE"),
    ):
        factories.LeadFactory(stage=stage, contact=factories.ContactFactory(country=country))

    found = seen(definition, revops)

    assert found["fit"] == definition_page.Fit(open=3, meeting=2, in_stage=2, in_stage_meeting=1)
    assert found["warnings"] == [
        "1 of the 2 that are there now do not meet it any more; "
        "they came in by a former version, or what showed it is too long ago."
    ]


def test_warns_of_what_nobody_meets_and_of_what_everybody_meets(revops: Any) -> None:
    factories.LeadFactory.create_batch(3)
    strict = factories.define(
        Stage.MARKETING_QUALIFIED,
        {"kind": "field", "field": "contact.country", "operator": "is", "value": "XX"},
    )
    loose = factories.define(Stage.SALES_ACCEPTED, AT_THE_TOP)

    assert seen(strict, revops)["warnings"] == [
        "None of the 3 open leads that you see meets it. Is it too strict?"
    ]
    assert seen(loose, revops)["warnings"] == [
        "Every one of the 3 open leads that you see meets it. Is it too loose?"
    ]


def test_warns_of_activities_that_are_gone(revops: Any, agreed: Definition) -> None:
    ActivityType.objects.update(is_active=False)

    assert seen(agreed, revops)["warnings"] == [
        "It asks for “demo_request”, which is not in the catalogue any more. Nobody can do that."
    ]


def test_warns_where_two_figures_pull_apart(client: Any, revops: Any, agreed: Definition) -> None:
    other = factories.define(Stage.SALES_QUALIFIED, AT_THE_TOP, kpi_measure="conversion", owner_team="sales")

    for definition in (agreed, other):
        page = client.get(page_of(definition)).content.decode()
        assert "each of them lowers the other team" in page
    Definition.objects.filter(pk=other.pk).update(superseded_at=timezone.now())
    assert "each of them lowers the other team" not in client.get(page_of(agreed)).content.decode()


def test_shows_by_what_each_hand_raiser_is_carried(client: Any, revops: Any, agreed: Definition) -> None:
    demo = ActivityType.objects.get(key="demo_request")
    CallToAction.objects.create(activity_type=demo, kind="button", name="Book a demo", place="/pricing")
    factories.ActivityFactory(type=demo)

    page = client.get(page_of(agreed)).content.decode()

    assert "Button: Book a demo · /pricing" in page
    assert "Nobody can do this" not in page


def test_a_superseded_version_says_so_and_the_versions_lead_to_each_other(
    client: Any, revops: Any, agreed: Definition
) -> None:
    Definition.objects.filter(pk=agreed.pk).update(superseded_at=timezone.now())
    newer = factories.define(agreed.stage, AT_THE_TOP, version=2)

    old, new = (client.get(page_of(one)).content.decode() for one in (agreed, newer))

    assert "Superseded" in old
    assert page_of(newer) in old
    assert page_of(agreed) in new
    assert "Nobody can do this" not in old


def test_the_page_costs_the_same_for_much_that_hangs_on_it(
    client: Any, revops: Any, agreed: Definition
) -> None:
    def fill(count: int) -> None:
        for place in range(count):
            lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED)
            DefinitionExample.objects.create(
                stage=agreed.stage, lead=lead, why="So.", added_at=timezone.now(), added_by=revops
            )
            challenges.raise_challenge(
                lead=lead, by=revops, criterion=f"{place}", evidence="No.", is_story=False, now=timezone.now()
            )

    fill(2)
    client.get(page_of(agreed))
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(agreed))
    fill(15)
    with CaptureQueriesContext(connection) as many:
        client.get(page_of(agreed))

    assert len(many) == len(few) <= 40


# --- The word, wherever it is used ----------------------------------------------------------------


def test_the_agreed_text_stands_behind_the_word_on_every_page(
    client: Any, revops: Any, agreed: Definition
) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED)
    said = "Marketing qualified lead: At the top of the company, and asked for a demo."

    for address in (
        reverse("admin:leads_lead_changelist"),
        reverse("admin:leads_lead_change", args=[lead.pk]),
        reverse("reports:funnel"),
        reverse("reports:mql_to_sql"),
    ):
        page = client.get(address).content.decode()
        assert f'title="{said}"' in page, address
    for address in (reverse("admin:leads_lead_change", args=[lead.pk]), reverse("reports:funnel")):
        assert f'href="{page_of(agreed)}"' in client.get(address).content.decode()


def test_a_queue_shows_it_too(client: Any, agreed: Definition) -> None:
    rep = factories.UserFactory(role="sales_rep", team=factories.TeamFactory())
    client.force_login(rep)
    factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, owner=rep)

    page = client.get(reverse("handoff:my_queue")).content.decode()

    assert 'title="Marketing qualified lead: At the top of the company, and asked for a demo."' in page


def test_without_an_agreement_the_word_means_what_it_means_in_general(db: None) -> None:
    assert wording.meaning(Stage.CUSTOMER) == "A paying customer."
    assert wording.page_of(Stage.CUSTOMER) == ""


def test_a_new_definition_shows_at_once(client: Any, revops: Any, agreed: Definition) -> None:
    factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED)
    client.get(reverse("admin:leads_lead_changelist"))
    now = timezone.now()
    Definition.objects.filter(pk=agreed.pk).update(superseded_at=now)
    factories.define(agreed.stage, AT_THE_TOP, version=2, text="Newly agreed.", in_force_from=now)

    assert "Newly agreed." in client.get(reverse("admin:leads_lead_changelist")).content.decode()


def test_the_texts_are_read_once_in_a_request_and_each_time_outside(agreed: Definition) -> None:
    now = timezone.now() + timedelta(seconds=1)
    with CaptureQueriesContext(connection) as outside:
        for _ in range(3):
            wording.texts_in_force(now=now)
    per_request._begin()
    with CaptureQueriesContext(connection) as inside:
        for _ in range(3):
            wording.title(Stage.MARKETING_QUALIFIED, now=now)
    per_request.forget()

    assert (len(outside), len(inside)) == (3, 1)
