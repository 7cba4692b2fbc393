"""The checklist that makes a lead sales qualified: the company's own questions, with answers that are kept."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from leads import lifecycle
from leads.enums import PassBackPoint, Stage, Transition
from leads.lifecycle import StepRefused
from leads.models import Lead, QualificationAnswer, QualificationQuestion
from terminology import blueprints, sections
from terminology.sections import Stamp
from tests import factories

pytestmark = pytest.mark.django_db

ICP_CALIBRATION = {
    "segment": {"position": 0, "question": "Which segment of our profile are they in?", "help": ""},
    "use_case": {
        "position": 1,
        "question": "Which of our use cases do they have?",
        "help": "In their words.",
    },
}


@pytest.fixture
def lead() -> Lead:
    team = factories.TeamFactory()
    rep = factories.UserFactory(role="sales_rep", team=team)
    made: Lead = factories.LeadFactory(stage=Stage.SALES_ACCEPTED, team=team, owner=rep)
    factories.ActivityFactory(lead=made, type=factories.ActivityTypeFactory(conversation=True))
    return made


def calibrate() -> None:
    checklist = sections.section("checklist")
    changed = {*checklist.read(), *ICP_CALIBRATION}
    checklist.write(ICP_CALIBRATION, changed=changed, stamp=Stamp(None, None, timezone.now()))


@pytest.mark.parametrize("name", ["mal-to-sql", "c-suite"])
def test_budget_authority_need_and_timing_are_the_default(name: str) -> None:
    _, parts = blueprints.read(name)

    keys = set(parts["checklist"])

    assert {"budget", "authority", "need"} <= keys
    assert keys & {"timing", "timeline", "time", "timeframe"}


def test_a_company_asks_its_own_calibration_instead(lead: Lead) -> None:
    factories.QualificationQuestionFactory(key="budget", question="Is there a budget?")

    calibrate()

    assert list(QualificationQuestion.objects.filter(is_active=True).values_list("key", flat=True)) == [
        "segment",
        "use_case",
    ]
    first = QualificationQuestion.objects.get(key="segment")
    lifecycle.answer(lead=lead, answers={first: "Manufacturers"}, by=lead.owner, now=timezone.now())
    with pytest.raises(StepRefused, match="checklist is not complete"):
        lifecycle.qualify_sales(lead=lead, by=lead.owner, now=timezone.now())

    second = QualificationQuestion.objects.get(key="use_case")
    lifecycle.answer(lead=lead, answers={second: "Energy"}, by=lead.owner, now=timezone.now())
    lifecycle.qualify_sales(lead=lead, by=lead.owner, now=timezone.now())
    assert Lead.objects.get(pk=lead.pk).stage == Stage.SALES_QUALIFIED


def test_answers_show_on_the_lead_page_and_stay_when_it_is_passed_back(client: Any, lead: Lead) -> None:
    calibrate()
    rep = lead.owner
    client.force_login(rep)
    step = reverse("admin:leads_lead_step", args=[lead.pk, Transition.QUALIFY_SALES.value])
    field = f"question_{QualificationQuestion.objects.get(key='segment').pk}"
    client.post(step, {"seen": lead.stage, field: "Manufacturers", "keep": "1"})
    lead = Lead.objects.get(pk=lead.pk)

    lifecycle.pass_back(
        lead=lead,
        by=rep,
        now=timezone.now(),
        reason=factories.ReasonFactory(),
        point=PassBackPoint.AFTER_CALL,
    )
    client.force_login(factories.UserFactory(role="marketing"))
    page = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()

    assert QualificationAnswer.objects.get().answer == "Manufacturers"
    assert "Which segment of our profile are they in?" in page
    assert "Manufacturers" in page


def test_a_question_that_is_asked_no_more_keeps_its_answer(client: Any, lead: Lead) -> None:
    question = factories.QualificationQuestionFactory(key="budget", question="Is there a budget?")
    lifecycle.answer(lead=lead, answers={question: "40,000"}, by=lead.owner, now=timezone.now())

    calibrate()
    client.force_login(lead.owner)
    page = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()

    assert "Is there a budget?" in page
    assert "40,000" in page
