from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff.models import ServiceLevel
from handoff.my_day import SECTION_LENGTH, Queue, my_queue
from leads.enums import OpportunityStage, Stage
from leads.models import Lead, Opportunity
from scoring.models import LeadScore
from tests import factories
from tests.handoff import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(team: Any) -> Any:
    return make.rep(team)


def names(queue: Queue) -> dict[str, list[str]]:
    return {section.key: [row.name for row in section.rows] for section in queue.sections}


def person(first: str, last: str, **fields: Any) -> Any:
    return factories.ContactFactory(first_name=first, last_name=last, **fields)


def test_sorts_a_reps_leads_by_what_is_to_be_done(now: datetime, team: Any, rep: Any) -> None:
    make.handed_over(now, owner=rep, contact=person("Nora", "New"))
    factories.LeadFactory(stage=Stage.SALES_ACCEPTED, owner=rep, contact=person("Cal", "Call"))
    qualified = factories.LeadFactory(stage=Stage.SALES_QUALIFIED, owner=rep, contact=person("Opal", "Opp"))
    Opportunity.objects.create(lead=qualified, name="Opal", stage=OpportunityStage.DEMO_SCHEDULED)
    make.handed_over(now, team=team, contact=person("Fay", "Free"))
    factories.LeadFactory(stage=Stage.IDENTIFIED, owner=rep)
    factories.LeadFactory(stage=Stage.DISQUALIFIED, owner=rep)

    queue = my_queue(user=rep, now=now)

    assert names(queue) == {
        "new": ["Nora New"],
        "call": ["Cal Call"],
        "opportunities": ["Opal Opp"],
        "free": ["Fay Free"],
    }
    assert queue.sections[2].rows[0].opportunity.get_stage_display() == "Demo scheduled"


def test_counts_a_lead_with_an_open_opportunity_once_where_the_company_has_no_sql(
    now: datetime, rep: Any
) -> None:
    accepted = factories.LeadFactory(stage=Stage.SALES_ACCEPTED, owner=rep, contact=person("Opal", "Opp"))
    Opportunity.objects.create(lead=accepted, name="Opal")

    queue = my_queue(user=rep, now=now)

    assert names(queue) == {"new": [], "call": [], "opportunities": ["Opal Opp"], "free": []}


def test_never_shows_a_lead_of_somebody_else(now: datetime, team: Any, rep: Any) -> None:
    colleague = make.rep(team)
    for stage in (Stage.MARKETING_QUALIFIED, Stage.SALES_ACCEPTED, Stage.SALES_QUALIFIED):
        factories.LeadFactory(stage=stage, owner=colleague, team=team)
    make.handed_over(now, team=factories.TeamFactory())
    make.handed_over(now)

    assert my_queue(user=rep, now=now).is_empty


def test_shows_what_a_rep_needs_to_decide_whom_to_call(now: datetime, rep: Any) -> None:
    ServiceLevel.objects.create(stage=Stage.MARKETING_QUALIFIED, first_response_hours=4)
    contact = person("Ada", "Keller", title="Chief Operating Officer", account__name="Northwind Works")
    lead = make.handed_over(now, hours_ago=1, owner=rep, contact=contact)
    LeadScore.objects.update_or_create(
        lead=lead, defaults={"fit": 50, "engagement": 35, "total": 85, "grade": "A"}
    )
    kind = factories.ActivityTypeFactory(demo_request=True, name="Demo request")
    factories.ActivityFactory(lead=lead, at=now - timedelta(days=5))
    factories.ActivityFactory(
        lead=lead, type=kind, at=now - timedelta(hours=2), subject="From the price page"
    )

    (row,) = my_queue(user=rep, now=now).sections[0].rows

    assert (row.name, row.title, row.company) == ("Ada Keller", "Chief Operating Officer", "Northwind Works")
    assert (row.score, row.grade_label) == (85, "A")
    assert (row.why, row.why_at) == ("Demo request: From the price page", now - timedelta(hours=2))
    assert row.clock.text == "due in 3 h"


def test_puts_the_longest_wait_on_top_and_those_who_heard_from_us_below(now: datetime, rep: Any) -> None:
    ServiceLevel.objects.create(stage=Stage.MARKETING_QUALIFIED, first_response_hours=4)
    make.handed_over(now, hours_ago=1, owner=rep, contact=person("Young", "One"))
    reached = make.handed_over(now, hours_ago=30, owner=rep, contact=person("Reached", "One"))
    make.handed_over(now, hours_ago=6, owner=rep, contact=person("Late", "One"))
    attempt = factories.ActivityTypeFactory(attempt=True)
    factories.ActivityFactory(lead=reached, type=attempt, by=rep, at=now - timedelta(hours=29))

    queue = my_queue(user=rep, now=now)

    assert names(queue)["new"] == ["Late One", "Young One", "Reached One"]
    assert [row.clock.text for row in queue.sections[0].rows] == [
        "2 h late",
        "due in 3 h",
        "reached out after 1 h",
    ]
    assert queue.overdue == 1


def test_a_manager_sees_what_waits_in_the_team_and_why(now: datetime, team: Any) -> None:
    manager = make.manager(team)
    make.rule(team)
    make.handed_over(now, team=team, contact=person("Fay", "Free"))

    (row,) = my_queue(user=manager, now=now).sections[3].rows

    assert row.name == "Fay Free"
    assert row.may_take
    assert row.waiting_because.startswith("Nobody in “Sales” receives leads at the moment.")


def test_warns_of_a_person_who_has_opted_out(now: datetime, team: Any, rep: Any) -> None:
    for fields in ({"owner": rep}, {"team": team}):
        make.handed_over(now, contact__opted_out_at=now, **fields)

    queue = my_queue(user=rep, now=now)

    rows = [row for section in queue.sections for row in section.rows]
    assert [(row.has_opted_out, row.may_take) for row in rows] == [(True, False), (True, False)]
    assert rows[1].waiting_because.startswith("The person has opted out")


def test_revops_sees_what_waits_for_a_rule(now: datetime) -> None:
    revops = factories.UserFactory(role="revops")
    make.handed_over(now)

    (row,) = my_queue(user=revops, now=now).sections[3].rows

    assert row.waiting_because == "No routing rule is in use. RevOps has to add one."
    assert not row.may_take


def test_asks_the_same_number_of_questions_for_two_leads_and_for_fifty(
    now: datetime, team: Any, rep: Any
) -> None:
    make.rule(team, make.ENTERPRISE)
    make.rule(team)

    def fill(number: int) -> int:
        for _ in range(number):
            for fields in ({"owner": rep}, {"team": team}):
                lead = make.handed_over(now, **fields)
                factories.ActivityFactory(lead=lead, at=now - timedelta(hours=1))
            lead = factories.LeadFactory(stage=Stage.SALES_QUALIFIED, owner=rep)
            Opportunity.objects.create(lead=lead, name="Deal")
        fresh = type(rep).objects.get(pk=rep.pk)
        with CaptureQueriesContext(connection) as queries:
            queue = my_queue(user=fresh, now=now)
            assert all(
                str(row.company) and row.opportunity is not False for s in queue.sections for row in s.rows
            )
        return len(queries)

    few, many = fill(2), fill(20)

    assert few == many <= 18


def test_shows_fifty_of_a_section_and_says_that_there_are_more(now: datetime, rep: Any) -> None:
    account = factories.AccountFactory()
    for place in range(SECTION_LENGTH + 3):
        make.handed_over(now, hours_ago=place, owner=rep, contact__account=account)

    section = my_queue(user=rep, now=now).sections[0]

    assert len(section.rows) == SECTION_LENGTH
    assert section.count == "50+"
    assert section.all_url == "/admin/leads/lead/?whose=mine&stage__exact=marketing_qualified"


def test_survives_a_lead_without_anything_known(now: datetime, team: Any) -> None:
    contact = factories.ContactFactory(
        first_name="", last_name="", title="", account=None, email="a@x.example"
    )
    rep = make.rep(team)
    make.handed_over(now, owner=rep, contact=contact)

    (row,) = my_queue(user=rep, now=now).sections[0].rows

    assert (row.name, row.title, row.company, row.why) == ("a@x.example", "", "", "")
    assert Lead.objects.filter(owner=rep).count() == 1
