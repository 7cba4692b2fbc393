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


def form(client: Client, scoring_model: ScoringModel, **changes: Any) -> dict[str, Any]:
    """What the browser would send back from the model's page, with `changes`."""
    response = client.get(page(scoring_model))
    admin_form, (rules,) = response.context["adminform"].form, response.context["inline_admin_formsets"]
    sent: dict[str, Any] = {name: admin_form[name].value() for name in admin_form.fields}
    formset = rules.formset
    for one in [formset.management_form, *formset.initial_forms]:
        for name in one.fields:
            value = one[name].value()
            if value is not False:
                sent[f"{one.prefix}-{name}"] = "" if value is None else value
    return sent | changes


# --- Reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_the_models_and_only_some_may_change_them(
    role: str, scoring_model: ScoringModel
) -> None:
    client = as_role(role)

    listed, shown = client.get(reverse(LIST)), client.get(page(scoring_model))

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "Profile and interest v1" in listed.text
    may_change = role in ("revops", "administrator")
    assert ('name="_save"' in shown.text) == may_change
    assert ("Rescore all leads" in listed.text) == may_change


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("revops", "administrator")])
def test_who_may_not_change_the_scoring_is_refused_also_by_hand(
    role: str, scoring_model: ScoringModel, revops: Client
) -> None:
    sent = form(revops, scoring_model, name="Mine")
    client = as_role(role)

    answers = [
        client.post(page(scoring_model), sent),
        client.post(reverse("admin:scoring_rescore_all")),
        client.get(reverse("admin:scoring_scoringmodel_add")),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert ScoringModel.objects.count() == 1
    assert RescoringRun.jobs.count() == 1


def test_the_menu_leads_to_the_models(revops: Client, scoring_model: ScoringModel) -> None:
    assert f'href="{reverse(LIST)}"' in revops.get(reverse(LIST)).text


# --- Changing -----------------------------------------------------------------------------------------------


def test_saving_makes_the_next_version_and_rescores_all(revops: Client, scoring_model: ScoringModel) -> None:
    LeadFactory.create_batch(2)

    response = revops.post(
        page(scoring_model), form(revops, scoring_model, grade_a=90, **{"rules-1-points": "25"}), follow=True
    )

    newest = ScoringModel.objects.in_force().get()
    assert (newest.version, newest.grade_a) == (2, 90)
    assert list(newest.rules.values_list("name", "points")) == [("Webinars", 10), ("VP", 25)]
    assert list(scoring_model.rules.values_list("name", "points")) == [("Webinars", 10), ("VP", 15)]
    assert (make.newest_run().scoring_model, make.newest_run().state) == (newest, JobState.QUEUED)
    assert "“Profile and interest v2” is in force. All 2 leads are being rescored." in response.text


def test_a_rule_can_be_added_removed_and_switched_off(revops: Client, scoring_model: ScoringModel) -> None:
    sent = form(revops, scoring_model)
    del sent["rules-0-is_active"]
    sent |= {
        "rules-1-DELETE": "on",
        "rules-TOTAL_FORMS": 3,
        "rules-2-id": "",
        "rules-2-name": "Big",
        "rules-2-points": "20",
        "rules-2-kind": "field",
        "rules-2-field": "account.employees",
        "rules-2-operator": "gte",
        "rules-2-value": "500",
        "rules-2-count": "times",
        "rules-2-at_least": "1",
        "rules-2-max_times": "1",
        "rules-2-is_active": "on",
    }

    revops.post(page(scoring_model), sent)

    newest = ScoringModel.objects.in_force().get()
    assert list(newest.rules.values_list("name", "points", "is_active")) == [
        ("Webinars", 10, False),
        ("Big", 20, True),
    ]


def test_two_rules_may_swap_their_names_but_not_share_one(
    revops: Client, scoring_model: ScoringModel
) -> None:
    swapped = {"rules-0-name": "VP", "rules-1-name": "Webinars"}
    shared = {"rules-0-name": "VP"}

    refused = revops.post(page(scoring_model), form(revops, scoring_model, **shared))
    assert "Please correct the duplicate" in refused.text
    assert ScoringModel.objects.count() == 1
    revops.post(page(scoring_model), form(revops, scoring_model, **swapped))

    newest = ScoringModel.objects.in_force().get()
    assert list(newest.rules.values_list("name", flat=True)) == ["VP", "Webinars"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"grade_b": "95"}, "The grades must descend: A needs more points than B, and B more than C."),
        ({"rules-0-points": "0"}, "Give points from 1 to 1000, or from -1 to -1000."),
        ({"rules-0-max_times": "0"}, "Type a number from 1 to 1000."),
        (
            {"rules-0-activity_types": "teleport"},
            "There is no activity type “teleport”. Add it to the catalogue or correct it.",
        ),
        ({"rules-1-value": "boss"}, "“boss” is not a value of “Seniority”."),
        (
            {"rules-0-DELETE": "on", "rules-1-DELETE": "on"},
            "A scoring model needs at least one rule. Add one.",
        ),
    ],
)
def test_a_mistake_is_named_and_nothing_changes(
    revops: Client, scoring_model: ScoringModel, changes: dict[str, str], sentence: str
) -> None:
    response = revops.post(page(scoring_model), form(revops, scoring_model, **changes))

    assert response.status_code == 200
    assert sentence in response.text
    assert ScoringModel.objects.count() == 1
    assert RescoringRun.jobs.count() == 1


def test_what_a_rule_does_not_ask_about_is_put_back_when_its_kind_changes(
    revops: Client, scoring_model: ScoringModel
) -> None:
    as_field = {"kind": "field", "field": "account.employees", "operator": "gte", "value": "50"}
    as_activity = {"kind": "activity", "activity_types": "any", "max_times": "2"}
    changes = {f"rules-0-{name}": value for name, value in as_field.items()}
    changes |= {f"rules-1-{name}": value for name, value in as_activity.items()}

    revops.post(page(scoring_model), form(revops, scoring_model, **changes))

    first, second = ScoringModel.objects.in_force().get().rules.all()
    assert (first.activity_types, first.within_days, first.max_times) == ("", None, 1)
    assert (second.field, second.operator, second.value, second.max_times) == ("", "", "", 2)


def test_rules_are_titled_by_sentences_in_the_words_of_the_company(
    revops: Client, scoring_model: ScoringModel
) -> None:
    scoring_model.rules.update(within_days=None)

    editing, reading = (
        revops.get(page(scoring_model)).text,
        as_role("marketing").get(page(scoring_model)).text,
    )

    for text in (editing, reading):
        assert "+10 each time, 3 at the most: Webinar" in text
        assert "+15: Seniority is VP" in text
    assert 'name="rules-0-points"' in editing
    assert 'name="rules-0-points"' not in reading


def test_saving_without_a_change_keeps_the_version(revops: Client, scoring_model: ScoringModel) -> None:
    response = revops.post(page(scoring_model), form(revops, scoring_model), follow=True)

    assert "Nothing was changed, so the version in force stays." in response.text
    assert ScoringModel.objects.count() == 1


def test_the_first_model_is_added_by_hand_and_a_second_one_is_not(revops: Client) -> None:
    add = reverse("admin:scoring_scoringmodel_add")
    sent = {
        "name": "Ours",
        "threshold": "60",
        "grade_a": "80",
        "grade_b": "60",
        "grade_c": "30",
        "rules-TOTAL_FORMS": "1",
        "rules-INITIAL_FORMS": "0",
        "rules-0-name": "VP",
        "rules-0-points": "20",
        "rules-0-kind": "field",
        "rules-0-field": "contact.seniority",
        "rules-0-operator": "is",
        "rules-0-value": "vp",
        "rules-0-count": "times",
        "rules-0-at_least": "1",
        "rules-0-max_times": "1",
        "rules-0-is_active": "on",
    }

    assert revops.post(add, sent).status_code == 302

    made = ScoringModel.objects.get()
    assert (str(made), made.rules.get().name) == ("Ours v1", "VP")
    assert revops.get(add).status_code == 403


def test_a_former_version_is_read_only_and_can_come_back(
    revops: Client, scoring_model: ScoringModel, now: datetime
) -> None:
    make.model(make.rule("Other", 5, activity_types=["any"]), now=now)
    sent = form(revops, ScoringModel.objects.in_force().get(), name="Mine")
    assert revops.post(page(scoring_model), sent).status_code == 403

    chosen = {"action": "bring_back", "_selected_action": scoring_model.pk}
    response = revops.post(reverse(LIST), chosen, follow=True)

    newest = ScoringModel.objects.in_force().get()
    assert (newest.version, newest.rules.count()) == (3, 2)
    assert "“Profile and interest v3” is in force. All 0 leads are being rescored." in response.text


def test_nobody_deletes_a_model(revops: Client, scoring_model: ScoringModel) -> None:
    address = reverse("admin:scoring_scoringmodel_delete", args=[scoring_model.pk])

    assert revops.post(address, {"post": "yes"}).status_code == 403
    assert ScoringModel.objects.exists()


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
    assert "under the threshold of 60" in text
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
