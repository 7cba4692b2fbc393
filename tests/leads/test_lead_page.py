from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads import lifecycle
from leads.enums import Stage, Transition
from leads.models import Activity, Contact, Lead, Opportunity, QualificationAnswer, StageChange
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return factories.TeamFactory()


@pytest.fixture
def rep(client: Any, team: Any) -> Any:
    user = factories.UserFactory(role="sales_rep", team=team, first_name="Dana", last_name="Reyes")
    client.force_login(user)
    return user


def page_of(lead: Lead) -> str:
    return reverse("admin:leads_lead_change", args=[lead.pk])


def step_of(lead: Lead, transition: Transition) -> str:
    return reverse("admin:leads_lead_step", args=[lead.pk, transition.value])


def test_shows_who_where_and_what_next(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    factories.ActivityFactory(lead=lead, subject="Five ways to cut energy costs")

    page = client.get(page_of(lead)).content.decode()

    assert str(lead.contact) in page
    assert "Chief Operating Officer" in page
    assert "Five ways to cut energy costs" in page
    assert step_of(lead, Transition.ACCEPT) in page
    assert 'aria-current="step"' in page


def test_the_page_costs_the_same_for_a_long_history(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    factories.ActivityFactory.create_batch(2, lead=lead)
    client.get(page_of(lead))
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(lead))
    factories.ActivityFactory.create_batch(40, lead=lead)
    with CaptureQueriesContext(connection) as many:
        client.get(page_of(lead))

    assert len(many) == len(few) <= 60


def test_the_list_costs_the_same_for_many_leads(client: Any, rep: Any, team: Any) -> None:
    factories.LeadFactory.create_batch(2, team=team)
    client.get(reverse("admin:leads_lead_changelist"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("admin:leads_lead_changelist"))
    factories.LeadFactory.create_batch(30, team=team)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("admin:leads_lead_changelist"))

    assert len(many) == len(few) <= 25


def test_accepts_with_every_criterion_ticked(client: Any, rep: Any, team: Any) -> None:
    definition = factories.define(
        Stage.MARKETING_QUALIFIED,
        {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "c_suite"},
    )
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    criterion = definition.criteria.criteria.get()

    refused = client.post(step_of(lead, Transition.ACCEPT), {"seen": lead.stage})
    accepted = client.post(
        step_of(lead, Transition.ACCEPT), {"seen": lead.stage, "confirmed": [criterion.pk]}, follow=True
    )

    assert "Confirm each criterion, or pass the lead back" in refused.content.decode()
    assert "now “Sales accepted lead”" in accepted.content.decode()
    assert Lead.objects.get(pk=lead.pk).owner == rep


def test_looking_at_a_step_changes_nothing(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)

    for transition in (Transition.ACCEPT, Transition.PASS_BACK, Transition.DISQUALIFY):
        assert client.get(step_of(lead, transition)).status_code == 200

    assert Lead.objects.get(pk=lead.pk).stage == Stage.MARKETING_QUALIFIED
    assert not StageChange.objects.exists()


def test_a_step_from_a_stale_page_is_told_and_changes_nothing(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    client.post(step_of(lead, Transition.ACCEPT), {"seen": lead.stage})

    again = client.post(step_of(lead, Transition.ACCEPT), {"seen": Stage.MARKETING_QUALIFIED.value})

    assert "You have already done this: the lead is now “Sales accepted lead”" in again.content.decode()
    assert StageChange.objects.count() == 1


def test_passing_back_asks_for_when_and_why(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)
    reason = factories.ReasonFactory()

    refused = client.post(step_of(lead, Transition.PASS_BACK), {"seen": lead.stage})
    client.post(
        step_of(lead, Transition.PASS_BACK),
        {"seen": lead.stage, "reason": reason.pk, "point": "on_sight", "note": "Intern."},
    )

    assert "Choose a reason from the list." in refused.content.decode()
    assert "Say when." in refused.content.decode()
    assert StageChange.objects.get().reason == reason


def test_answers_are_kept_even_when_the_lead_is_not_ready(client: Any, rep: Any, team: Any) -> None:
    question = factories.QualificationQuestionFactory()
    lead = factories.LeadFactory(stage=Stage.SALES_ACCEPTED, team=team, owner=rep)

    answer = client.post(
        step_of(lead, Transition.QUALIFY_SALES),
        {"seen": lead.stage, f"question_{question.pk}": "40,000 are set aside", "keep": "1"},
        follow=True,
    )

    assert "The answers are kept." in answer.content.decode()
    assert QualificationAnswer.objects.get().answer == "40,000 are set aside"
    assert Lead.objects.get(pk=lead.pk).stage == Stage.SALES_ACCEPTED


def test_logs_a_call(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(team=team)
    call = factories.ActivityTypeFactory(conversation=True)

    client.post(
        reverse("admin:leads_lead_log", args=[lead.pk]),
        {"type": call.pk, "subject": "Intro", "body": "Wants a demo."},
    )

    written = Activity.objects.get()
    assert (written.by, written.type, written.body) == (rep, call, "Wants a demo.")


def test_logging_asks_what_it_was(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(team=team)

    answer = client.post(reverse("admin:leads_lead_log", args=[lead.pk]), {"subject": "Intro"}, follow=True)

    assert "Say what it was." in answer.content.decode()
    assert client.get(reverse("admin:leads_lead_log", args=[lead.pk])).status_code == 405


def test_an_opportunity_is_won_by_name_and_makes_a_customer(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.SALES_QUALIFIED, team=team, owner=rep)
    opportunity = Opportunity.objects.create(lead=lead, name="Northwind")
    move = reverse("admin:leads_opportunity_move", args=[opportunity.pk])

    refused = client.post(move, {"seen": "discovery", "stage": "won"})
    client.post(
        move,
        {
            "seen": "discovery",
            "stage": "won",
            "signed_by": "Ada Keller",
            "signed_authority": "Managing director",
        },
    )

    assert "Say who signed the contract" in refused.content.decode()
    assert Lead.objects.get(pk=lead.pk).stage == Stage.CUSTOMER


def test_a_lost_opportunity_ends_the_lead_with_its_reason(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(stage=Stage.SALES_QUALIFIED, team=team, owner=rep)
    opportunity = Opportunity.objects.create(lead=lead, name="Northwind")
    reason = factories.ReasonFactory(loss=True)
    move = reverse("admin:leads_opportunity_move", args=[opportunity.pk])

    refused = client.post(move, {"seen": "discovery", "stage": "lost"})
    client.post(move, {"seen": "discovery", "stage": "lost", "loss_reason": reason.pk})

    assert "A lost opportunity needs a reason" in refused.content.decode()
    assert Lead.objects.get(pk=lead.pk).stage == Stage.DISQUALIFIED
    opportunity.refresh_from_db()
    assert (opportunity.stage, opportunity.loss_reason) == ("lost", reason)


def test_the_timeline_is_in_order(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(team=team)
    for days, subject in ((3, "first"), (2, "second"), (1, "third")):
        factories.ActivityFactory(
            lead=lead, subject=f"the {subject} thing", at=timezone.now() - timedelta(days=days)
        )

    page = client.get(page_of(lead)).content.decode()

    assert page.index("the third thing") < page.index("the second thing") < page.index("the first thing")


def test_a_colleague_who_was_too_late_is_told_who_has_the_lead(client: Any, rep: Any, team: Any) -> None:
    first = factories.UserFactory(role="sales_rep", team=team, first_name="Noor", last_name="Haddad")
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    lifecycle.accept(lead=lead, by=first, now=timezone.now(), confirmed=[])

    answer = client.post(step_of(lead, Transition.ACCEPT), {"seen": Stage.MARKETING_QUALIFIED}, follow=True)

    assert "Noor Haddad was faster: the lead is now “Sales accepted lead”." in answer.content.decode()
    assert StageChange.objects.filter(lead=lead).count() == 1


@pytest.mark.parametrize("seen", [Stage.SALES_ACCEPTED, Stage.IDENTIFIED, "\0", ""])
def test_a_guessed_number_does_not_tell_who_has_the_lead(client: Any, rep: Any, team: Any, seen: str) -> None:
    first = factories.UserFactory(role="sales_rep", team=team)
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)
    lifecycle.accept(lead=lead, by=first, now=timezone.now(), confirmed=[])

    answer = client.post(step_of(lead, Transition.ACCEPT), {"seen": seen})

    assert answer.status_code == 404


def test_another_team_does_not_learn_who_has_the_lead(client: Any, rep: Any) -> None:
    elsewhere = factories.TeamFactory()
    first = factories.UserFactory(role="sales_rep", team=elsewhere)
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=elsewhere)
    lifecycle.accept(lead=lead, by=first, now=timezone.now(), confirmed=[])

    answer = client.post(step_of(lead, Transition.ACCEPT), {"seen": Stage.MARKETING_QUALIFIED})

    assert answer.status_code == 404


def test_those_who_may_export_find_it_in_the_list(client: Any, team: Any) -> None:
    lead = factories.LeadFactory(team=team)
    client.force_login(factories.UserFactory(role="sales_manager", team=team))

    answer = client.post(
        reverse("admin:leads_lead_changelist"), {"action": "export_as_csv", "_selected_action": [lead.pk]}
    )

    assert answer.headers["Content-Type"].startswith("text/csv")
    assert str(lead.contact.last_name) in b"".join(answer.streaming_content).decode()


def test_a_rep_may_not_export(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(team=team)

    answer = client.post(
        reverse("admin:leads_lead_changelist"),
        {"action": "export_as_csv", "_selected_action": [lead.pk]},
        follow=True,
    )

    assert lead.contact.email not in answer.content.decode()


def test_a_rep_may_not_lift_an_opt_out(client: Any, rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(team=team)
    Contact.objects.filter(pk=lead.contact.pk).update(opted_out_at=timezone.now())

    client.post(
        reverse("admin:leads_contact_change", args=[lead.contact.pk]),
        {
            "first_name": "Ada",
            "seniority": "other",
            "function": "other",
            "opted_out_at_0": "",
            "opted_out_at_1": "",
        },
    )

    assert Contact.objects.get(pk=lead.contact.pk).opted_out_at is not None
