"""One step with the leads that are ticked in the list."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from leads.enums import Stage, Transition
from leads.models import Lead, StageChange
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/leads/lead/"


@pytest.fixture
def team() -> Any:
    return factories.TeamFactory()


@pytest.fixture
def rep(client: Any, team: Any) -> Any:
    user = factories.UserFactory(role="sales_rep", team=team)
    client.force_login(user)
    return user


def chosen(*leads: Lead, **typed: Any) -> dict[str, Any]:
    return {"action": "take_step", "_selected_action": [lead.pk for lead in leads], **typed}


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_asks_which_step_and_offers_what_the_role_may_take(client: Any, rep: Any, team: Any) -> None:
    leads = factories.LeadFactory.create_batch(2, team=team)

    page = client.post(LIST, chosen(*leads)).content.decode()

    assert "2 leads" in page
    assert f'value="{Transition.DISQUALIFY.value}"' in page
    assert all(
        f'value="{step.value}"' not in page
        for step in (Transition.QUALIFY_MARKETING, Transition.ACCEPT, Transition.WIN, Transition.RESTAGE)
    )
    assert not StageChange.objects.exists()


def test_moves_those_that_may_and_says_why_the_others_stay(client: Any, rep: Any, team: Any) -> None:
    ready = factories.LeadFactory.create_batch(2, team=team)
    visited = factories.ActivityTypeFactory(appointment=True)
    for lead in ready:
        factories.ActivityFactory(lead=lead, type=visited, at=timezone.now() - timedelta(days=1))
    quiet = factories.LeadFactory(team=team)

    answer = client.post(LIST, chosen(*ready, quiet, step="fast_track"))

    assert answer.status_code == 302
    assert said(answer) == [
        "2 leads: now “Sales qualified lead”.",
        "1 lead not moved: No completed first appointment is logged. "
        "Log it first; it is what allows the short path.",
    ]
    assert set(Lead.objects.in_stage(Stage.SALES_QUALIFIED)) == set(ready)


def test_passing_back_asks_for_reason_and_moment_and_keeps_what_is_ticked(
    client: Any, rep: Any, team: Any
) -> None:
    leads = factories.LeadFactory.create_batch(2, stage=Stage.MARKETING_QUALIFIED, team=team)
    reason = factories.ReasonFactory()

    refused = client.post(LIST, chosen(*leads, step="pass_back", reason=reason.pk))
    without = client.post(LIST, chosen(*leads, step="pass_back", point="on_sight"))
    taken = client.post(LIST, chosen(*leads, step="pass_back", reason=reason.pk, point="on_sight"))

    assert "Say when." in refused.content.decode()
    assert all(f'value="{lead.pk}"' in refused.content.decode() for lead in leads)
    assert said(without) == ["The step “Pass back” needs a reason from the catalogue. Choose one."]
    assert said(taken) == ["2 leads: now “Marketing identified lead”."]
    assert set(StageChange.objects.values_list("reason", "pass_back_point", "actor")) == {
        (reason.pk, "on_sight", rep.pk)
    }


def test_a_lead_of_another_team_is_not_moved(client: Any, rep: Any, team: Any) -> None:
    hidden = factories.LeadFactory(team=factories.TeamFactory())
    own = factories.LeadFactory(team=team)
    reason = factories.ReasonFactory(disqualify=True)

    client.post(LIST, chosen(own, hidden, step="disqualify", reason=reason.pk))

    hidden.refresh_from_db()
    own.refresh_from_db()
    assert (own.stage, hidden.stage) == (Stage.DISQUALIFIED, Stage.IDENTIFIED)


@pytest.mark.parametrize("step", ["accept", "win", "restage", "nonsense", ""])
def test_a_step_that_is_not_for_many_is_refused_with_a_sentence(
    client: Any, rep: Any, team: Any, step: str
) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team)

    answer = client.post(LIST, chosen(lead, step=step))

    assert answer.status_code == 200
    assert "lo-error" in answer.content.decode()
    assert not StageChange.objects.exists()


def test_who_only_reads_is_not_offered_it(client: Any) -> None:
    lead = factories.LeadFactory()
    client.force_login(factories.UserFactory(role="read_only"))

    page = client.get(LIST).content.decode()
    client.post(LIST, chosen(lead, step="disqualify", reason=factories.ReasonFactory(disqualify=True).pk))

    assert "take_step" not in page
    lead.refresh_from_db()
    assert lead.stage == Stage.IDENTIFIED


def test_everything_that_the_filter_found_moves_with_one_click(client: Any, rep: Any, team: Any) -> None:
    leads = factories.LeadFactory.create_batch(60, team=team)
    reason = factories.ReasonFactory(disqualify=True)

    answer = client.post(
        f"{LIST}?stage__exact=identified",
        chosen(leads[0], select_across="1", step="disqualify", reason=reason.pk),
    )

    assert said(answer) == ["60 leads: now “Disqualified”."]
