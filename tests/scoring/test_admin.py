"""The pages of scoring, as each role sees them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leadops.jobs import JobState
from leads.models import Lead
from scoring import rescoring
from scoring.models import RescoringRun, ScoringModel
from tests.factories import ActivityFactory, LeadFactory, TeamFactory, UserFactory
from tests.scoring import make

pytestmark = pytest.mark.django_db

ROLES = ["sales_rep", "sales_manager", "marketing", "revops", "administrator", "read_only"]
LIST = "admin:scoring_scoringmodel_changelist"


def as_role(role: str, **more: Any) -> Client:
    client = Client()
    client.force_login(UserFactory(role=role, **more))
    return client


@pytest.fixture
def revops() -> Client:
    return as_role("revops")


@pytest.fixture
def scoring_model(now: datetime) -> ScoringModel:
    make.kind("webinar", name="Webinar")
    return make.model(
        make.rule("Webinars", 10, 3, activity_types=["webinar"], within_days=30),
        make.rule("VP", 15, field="contact.seniority", operator="is", value="vp"),
        now=now,
    )


def page(scoring_model: ScoringModel) -> str:
    return reverse("admin:scoring_scoringmodel_change", args=[scoring_model.pk])


# --- Reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_the_models_and_some_may_propose_others(
    role: str, scoring_model: ScoringModel
) -> None:
    client = as_role(role)

    listed, shown = client.get(reverse(LIST)), client.get(page(scoring_model))

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "Profile and interest v1" in listed.text
    assert 'name="_save"' not in shown.text
    may_propose = role not in ("sales_rep", "read_only")
    assert ("Propose a change" in listed.text, "Propose a change" in shown.text) == (may_propose, may_propose)
    assert ("Rescore all leads" in listed.text) == (role in ("revops", "administrator"))


@pytest.mark.parametrize("role", ROLES)
def test_nobody_changes_the_scoring_past_an_agreement(role: str, scoring_model: ScoringModel) -> None:
    client = as_role(role)

    answers = [
        client.post(page(scoring_model), {"name": "Mine", "threshold": "1"}),
        client.post(reverse("admin:scoring_scoringmodel_add"), {"name": "Mine"}),
        client.post(reverse("admin:scoring_scoringmodel_delete", args=[scoring_model.pk]), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert ScoringModel.objects.get().name == "Profile and interest"
    assert RescoringRun.jobs.count() == 1


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("revops", "administrator")])
def test_who_may_not_rescore_all_is_refused_also_by_hand(role: str, scoring_model: ScoringModel) -> None:
    answer = as_role(role).post(reverse("admin:scoring_rescore_all"))

    assert answer.status_code == 403
    assert RescoringRun.jobs.count() == 1


def test_the_menu_leads_to_the_models(revops: Client, scoring_model: ScoringModel) -> None:
    assert f'href="{reverse(LIST)}"' in revops.get(reverse(LIST)).text


def test_rules_are_told_as_sentences_in_the_words_of_the_company(
    revops: Client, scoring_model: ScoringModel
) -> None:
    scoring_model.rules.update(within_days=None)

    for client in (revops, as_role("marketing")):
        text = client.get(page(scoring_model)).text
        assert "+10 each time, 3 at the most: Webinar" in text
        assert "+15: Seniority is VP" in text


# --- Rescoring all ------------------------------------------------------------------------------------------


def test_rescore_all_is_a_post_and_shows_how_far_it_is(revops: Client, scoring_model: ScoringModel) -> None:
    LeadFactory.create_batch(4)
    make.newest_run().perform(now=make.newest_run().run_after)
    assert revops.get(reverse("admin:scoring_rescore_all")).status_code == 405

    asked = revops.post(reverse("admin:scoring_rescore_all"), follow=True)
    assert "All 4 leads are being rescored." in asked.text
    RescoringRun.jobs.filter(pk=make.newest_run().pk).update(
        state=JobState.RUNNING, rows_total=4, rows_done=1, changed=1
    )
    running = revops.get(reverse(LIST))

    assert "1 of 4 leads are rescored, 1 scores changed." in running.text
    assert '<progress class="lo-progress" max="100" value="25"' in running.text
    assert running.headers["Refresh"] == "2"


def test_rescore_all_needs_a_token(scoring_model: ScoringModel) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory(role="revops"))

    assert client.post(reverse("admin:scoring_rescore_all")).status_code == 403
    assert RescoringRun.jobs.count() == 1


def test_a_second_click_says_how_far_the_run_is(revops: Client, scoring_model: ScoringModel) -> None:
    RescoringRun.jobs.update(state=JobState.RUNNING, rows_total=4, rows_done=2)

    response = revops.post(reverse("admin:scoring_rescore_all"), follow=True)

    assert "All leads are being rescored already: 50 % are done." in response.text
    assert RescoringRun.jobs.count() == 1


def test_a_page_without_a_run_at_work_does_not_ask_again(revops: Client, scoring_model: ScoringModel) -> None:
    make.newest_run().perform(now=make.newest_run().run_after)

    response = revops.get(reverse(LIST))

    assert "Refresh" not in response.headers
    assert "0 leads, 0 scores changed, 0 handed to sales." in response.text


@pytest.mark.parametrize(("role", "status"), [("revops", 200), ("administrator", 200), ("sales_rep", 403)])
def test_runs_are_read_by_those_who_configure(role: str, status: int, scoring_model: ScoringModel) -> None:
    client, run = as_role(role), make.newest_run()

    listed = client.get(reverse("admin:scoring_rescoringrun_changelist"))
    shown = client.get(reverse("admin:scoring_rescoringrun_change", args=[run.pk]))

    assert (listed.status_code, shown.status_code) == (status, status)
    if status == 200:
        assert listed.headers["Refresh"] == shown.headers["Refresh"] == "2"
        assert 'name="_save"' not in shown.text


# --- On the pages of leads ----------------------------------------------------------------------------------


@pytest.fixture
def lead(scoring_model: ScoringModel, now: datetime) -> Lead:
    made: Lead = LeadFactory(contact__seniority="vp", team=TeamFactory())
    rescoring.rescore([made.pk], now=now)
    return made


def test_the_lead_page_shows_score_grade_and_reasons(lead: Lead) -> None:
    client = as_role("sales_rep", team=lead.team)

    text = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).text

    assert '<span class="lo-number-value">15</span>' in text
    assert "under threshold (60)" in text
    assert '<span class="lo-points">+15</span>' in text
    assert "Webinar within 30 days" in text
    assert "Scored by “Profile and interest”, version 1." in text
    assert "The lists still show" not in text


def test_the_lead_page_says_when_the_lists_are_behind(lead: Lead) -> None:
    ActivityFactory(lead=lead, type=make.kind("webinar"))
    client = as_role("revops")

    text = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).text

    assert '<span class="lo-number-value">25</span>' in text
    assert "The lists still show 15; they follow with the next rescoring." in text


def test_the_name_of_a_rule_is_text_and_nothing_else(lead: Lead, now: datetime) -> None:
    make.model(
        make.rule("<script>alert(1)</script>", 5, field="contact.seniority", operator="is", value="vp"),
        now=now,
    )

    text = as_role("revops").get(reverse("admin:leads_lead_change", args=[lead.pk])).text

    assert "<script>alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_lead_list_shows_and_sorts_by_score(
    lead: Lead, now: datetime, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    others = LeadFactory.create_batch(10, contact__seniority="manager")
    rescoring.rescore([other.pk for other in others], now=now)
    client = as_role("revops")
    address = reverse("admin:leads_lead_changelist")
    columns = client.get(address).context["cl"].list_display
    place = [getattr(column, "__name__", column) for column in columns].index("score_column")

    with django_assert_max_num_queries(20):
        response = client.get(address, {"o": str(place)})

    assert response.context["cl"].result_list[0].pk == lead.pk
    assert '15 <span class="lo-badge lo-slate"' in response.text


@pytest.mark.parametrize("number", ["²", "9" * 30, "x"])
def test_a_run_that_is_no_number_leads_back_with_a_sentence(revops: Client, number: str) -> None:
    answer = revops.get(reverse("admin:scoring_rescoringrun_change", args=[number]), follow=True)

    assert answer.status_code == 200
    assert "doesn’t exist" in answer.text
