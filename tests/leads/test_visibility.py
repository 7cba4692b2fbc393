"""Nobody reaches another's lead by its id, on any way (the leaks S1 to S9 of the reliability study)."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.urls import reverse

from leadops.roles import ROLES
from leads.enums import Stage, Transition
from leads.models import Account, Activity, Contact, Lead, Milestone, Opportunity, StageChange
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "Quetzalcoatl"


@pytest.fixture
def team() -> Any:
    return factories.TeamFactory()


@pytest.fixture
def rep(client: Any, team: Any) -> Any:
    user = factories.UserFactory(role="sales_rep", team=team)
    client.force_login(user)
    return user


@pytest.fixture
def hidden() -> Lead:
    """Another rep's lead, with everything that hangs on it, under a name that must show nowhere."""
    other = factories.UserFactory(role="sales_rep")
    account = factories.AccountFactory(name=f"{SECRET} Industries")
    contact = factories.ContactFactory(
        account=account, last_name=SECRET, email=f"{SECRET}@secret.example".lower()
    )
    lead = factories.LeadFactory(contact=contact, owner=other, stage=Stage.SALES_QUALIFIED)
    factories.ActivityFactory(lead=lead, subject=f"Call with {SECRET}")
    Opportunity.objects.create(lead=lead, name=f"{SECRET} deal")
    StageChange.objects.create(
        lead=lead,
        transition="accept",
        from_stage="marketing_qualified",
        to_stage="sales_accepted",
        at=lead.created_at,
        source=lead.source,
    )
    return lead


def row_of(model: Any, lead: Lead) -> Any:
    return {
        Lead: lead,
        Contact: lead.contact,
        Account: lead.contact.account,
        Opportunity: lead.opportunity,
        Activity: lead.activities.get(),
        StageChange: lead.stage_changes.get(),
    }[model]


PEOPLE = [Lead, Contact, Account, Opportunity, Activity, StageChange]


@pytest.mark.parametrize("model", PEOPLE)
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_a_page_by_id_answers_as_if_there_were_nothing(
    client: Any, rep: Any, hidden: Lead, model: Any, page: str
) -> None:
    name = f"admin:leads_{model._meta.model_name}_{page}"

    there = client.get(reverse(name, args=[row_of(model, hidden).pk]), follow=True)
    not_there = client.get(reverse(name, args=[987654]), follow=True)

    assert there.status_code == not_there.status_code
    assert SECRET.lower() not in there.content.decode().lower()


@pytest.mark.parametrize("model", PEOPLE)
def test_lists_and_their_search_do_not_show_it(client: Any, rep: Any, hidden: Lead, model: Any) -> None:
    url = reverse(f"admin:leads_{model._meta.model_name}_changelist")

    for query in ({}, {"q": SECRET[:8]}):
        assert SECRET.lower() not in client.get(url, query).content.decode().lower()


def test_the_palette_does_not_find_it(client: Any, rep: Any, hidden: Lead) -> None:
    for query in ({"s": SECRET[:6]}, {"s": SECRET[:6], "extended": "1"}):
        assert SECRET not in client.get("/admin/search/", query).content.decode()


def test_the_palette_forgets_at_once_what_one_may_not_see_any_more(client: Any, rep: Any) -> None:
    lead = factories.LeadFactory(contact=factories.ContactFactory(last_name=SECRET), owner=rep)
    assert SECRET in client.get("/admin/search/", {"s": SECRET, "extended": "1"}).content.decode()

    Lead.objects.filter(pk=lead.pk).update(owner=factories.UserFactory())

    assert SECRET not in client.get("/admin/search/", {"s": SECRET, "extended": "1"}).content.decode()


def test_autocomplete_does_not_offer_it(client: Any, rep: Any, hidden: Lead) -> None:
    answer = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "leads", "model_name": "contact", "field_name": "account", "term": SECRET[:5]},
    )

    assert SECRET not in answer.content.decode()


def test_a_form_that_comes_back_does_not_show_a_posted_id(
    client: Any, rep: Any, hidden: Lead, team: Any
) -> None:
    mine = factories.LeadFactory(owner=rep)
    url = reverse("admin:leads_contact_change", args=[mine.contact_id])

    answer = client.post(url, {"account": hidden.contact.account_id, "country": "too long"})

    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()


def test_a_foreign_id_is_not_linked(client: Any, rep: Any, hidden: Lead) -> None:
    mine = factories.LeadFactory(owner=rep)
    url = reverse("admin:leads_contact_change", args=[mine.contact_id])

    client.post(
        url,
        {
            "first_name": "Ada",
            "seniority": "other",
            "function": "other",
            "account": hidden.contact.account_id,
        },
    )

    assert Contact.objects.get(pk=mine.contact_id).account == mine.contact.account


@pytest.mark.parametrize("transition", list(Transition))
def test_no_step_can_be_taken(client: Any, rep: Any, hidden: Lead, transition: Transition) -> None:
    url = reverse("admin:leads_lead_step", args=[hidden.pk, transition.value])

    assert client.post(url, {"seen": hidden.stage}).status_code == 404
    assert Lead.objects.get(pk=hidden.pk).stage == Stage.SALES_QUALIFIED


def test_nothing_can_be_logged_or_moved(client: Any, rep: Any, hidden: Lead) -> None:
    call = factories.ActivityTypeFactory(conversation=True)

    assert (
        client.post(reverse("admin:leads_lead_log", args=[hidden.pk]), {"type": call.pk}).status_code == 404
    )
    assert (
        client.post(
            reverse("admin:leads_opportunity_move", args=[hidden.opportunity.pk]), {"stage": "won"}
        ).status_code
        == 404
    )


def test_bulk_actions_do_not_reach_it(client: Any, rep: Any, hidden: Lead) -> None:
    client.post(
        reverse("admin:leads_contact_changelist"),
        {"action": "delete_selected", "_selected_action": [hidden.contact_id], "post": "yes"},
    )

    assert Contact.objects.filter(pk=hidden.contact_id).exists()


def test_filters_can_not_be_used_as_an_oracle(client: Any, rep: Any, hidden: Lead) -> None:
    for lookup in (
        "owner__password__startswith",
        "contact__email__startswith",
        "contact__account__name__startswith",
    ):
        answer = client.get(reverse("admin:leads_lead_changelist"), {lookup: "Q"})
        assert answer.status_code in (302, 400)


def test_delete_pages_name_nothing_but_what_was_chosen(client: Any, hidden: Lead) -> None:
    client.force_login(factories.UserFactory(is_superuser=True))

    page = client.get(reverse("admin:leads_team_delete", args=[factories.TeamFactory().pk])).content.decode()
    contact = client.get(
        reverse("admin:leads_account_delete", args=[hidden.contact.account_id])
    ).content.decode()

    assert SECRET not in page
    assert f"{SECRET}@" not in contact
    assert f"Ada {SECRET}" not in contact


def test_no_admin_page_uses_raw_ids() -> None:
    """The raw-id widget prints the name of any row whose id is posted."""
    with_raw_ids = [type(page).__name__ for page in admin.site._registry.values() if page.raw_id_fields]

    assert not with_raw_ids
    assert ForeignKeyRawIdWidget is not None


def test_a_manager_sees_the_teams_leads_and_no_others(team: Any, hidden: Lead) -> None:
    manager = factories.UserFactory(role="sales_manager", team=team)
    rep = factories.UserFactory(role="sales_rep", team=team)
    owned = factories.LeadFactory(owner=rep)
    waiting = factories.LeadFactory(team=team)

    assert set(Lead.objects.visible_to(manager)) == {owned, waiting}


def test_a_rep_sees_own_leads_and_the_teams_unowned_ones(team: Any, rep: Any, hidden: Lead) -> None:
    mine = factories.LeadFactory(owner=rep)
    free = factories.LeadFactory(team=team)
    factories.LeadFactory(team=team, owner=factories.UserFactory(role="sales_rep", team=team))
    factories.LeadFactory()

    assert set(Lead.objects.visible_to(rep)) == {mine, free}
    assert set(Milestone.objects.visible_to(rep)) == set(Milestone.objects.filter(lead__in=[mine, free]))


@pytest.mark.parametrize("role", [*ROLES, None])
def test_who_has_no_role_or_left_sees_nothing(role: str | None, hidden: Lead) -> None:
    person = factories.UserFactory(role=role, is_active=role is None)

    for model in (Lead, Contact, Account, Opportunity, Activity):
        assert not model.objects.visible_to(person).exists()
