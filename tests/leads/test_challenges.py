from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads import challenges, lifecycle
from leads.challenges import AlreadyRuled, ChallengeRefused
from leads.enums import ChallengeState, PassBackPoint, Stage, Transition
from leads.lifecycle import StepRefused
from leads.models import Challenge, Definition, DefinitionExample, Lead, StageChange
from terminology import agreements
from tests import factories
from tests.leads.test_races import at_once

pytestmark = pytest.mark.django_db

AT_THE_TOP = {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "c_suite"}
IN_GERMANY = {"kind": "field", "field": "contact.country", "operator": "is", "value": "DE"}
SECRET = "Quetzalcoatl"


@pytest.fixture
def team() -> Any:
    return factories.TeamFactory()


@pytest.fixture
def rep(team: Any) -> Any:
    return factories.UserFactory(role="sales_rep", team=team, first_name="Dana", last_name="Reyes")


@pytest.fixture
def marketer() -> Any:
    return factories.UserFactory(role="marketing", first_name="Ana", last_name="Lind")


@pytest.fixture
def agreed(db: None) -> Definition:
    return factories.define(Stage.MARKETING_QUALIFIED, AT_THE_TOP, IN_GERMANY)


@pytest.fixture
def lead(agreed: Definition, rep: Any, team: Any) -> Lead:
    made: Lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)
    return made


def dispute(lead: Lead, by: Any, **fields: Any) -> Challenge:
    return challenges.raise_challenge(
        **{
            "lead": lead,
            "by": by,
            "criterion": "Seniority is C-suite",
            "evidence": "She is the assistant.",
            "is_story": False,
            "now": timezone.now(),
            **fields,
        }
    )


def page_of(lead: Lead) -> str:
    return reverse("admin:leads_lead_change", args=[lead.pk])


# --- Raising --------------------------------------------------------------------------------------


def test_is_raised_against_the_definition_of_the_stage(lead: Lead, rep: Any, agreed: Definition) -> None:
    raised = dispute(lead, rep)

    assert (raised.definition, raised.state, raised.raised_by) == (agreed, ChallengeState.OPEN, rep)


def test_a_lead_that_went_on_still_answers_to_what_it_came_in_by(
    lead: Lead, rep: Any, agreed: Definition, now: datetime
) -> None:
    lifecycle.pass_back(
        lead=lead, by=rep, now=now, reason=factories.ReasonFactory(), point=PassBackPoint.ON_SIGHT
    )
    newer = factories.define(Stage.SALES_QUALIFIED, AT_THE_TOP)
    Lead.objects.filter(pk=lead.pk).update(owner=rep)

    known = challenges.definitions_of(Lead.objects.get(pk=lead.pk), now=timezone.now())

    assert known == [agreed]
    with pytest.raises(ChallengeRefused, match="no such definition"):
        dispute(lead, rep, definition=newer)


def test_needs_evidence(lead: Lead, rep: Any) -> None:
    with pytest.raises(ChallengeRefused, match="a dispute needs evidence"):
        dispute(lead, rep, evidence="  \n ")


def test_the_same_is_not_disputed_twice_while_it_is_open(lead: Lead, rep: Any, marketer: Any) -> None:
    first = dispute(lead, rep)

    with pytest.raises(ChallengeRefused, match="disputed already, and the ruling is awaited"):
        dispute(lead, rep)

    challenges.rule(challenge=first, by=marketer, upheld=False, ruling="She signs.", now=timezone.now())
    assert dispute(lead, rep).pk != first.pk


def test_nobody_disputes_what_they_may_not_see(lead: Lead) -> None:
    stranger = factories.UserFactory(role="sales_rep")

    with pytest.raises(ChallengeRefused, match="not yours"):
        dispute(lead, stranger)


def test_who_only_reads_does_not_dispute(lead: Lead) -> None:
    reader = factories.UserFactory(role="read_only")

    with pytest.raises(ChallengeRefused, match="Only sales and marketing"):
        dispute(lead, reader)


def test_nothing_can_be_disputed_while_nothing_is_agreed(rep: Any, team: Any) -> None:
    lead = factories.LeadFactory(team=team, owner=rep)

    with pytest.raises(ChallengeRefused, match="no such definition"):
        dispute(lead, rep)


# --- Ruling ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "role", "may"),
    [
        ("marketing", "marketing", True),
        ("marketing", "sales_manager", False),
        ("marketing", "sales_rep", False),
        ("marketing", "revops", True),
        ("marketing", "administrator", True),
        ("marketing", "read_only", False),
        ("sales", "marketing", False),
        ("sales", "sales_manager", True),
        ("sales", "sales_rep", False),
        ("sales", "revops", True),
        ("sales", "administrator", True),
        ("sales", "read_only", False),
    ],
)
def test_the_owners_team_rules(lead: Lead, rep: Any, team: Any, owner: str, role: str, may: bool) -> None:
    Definition.objects.update(owner_team=owner)
    raised = dispute(lead, rep)
    judge = factories.UserFactory(role=role, team=team)
    Lead.objects.filter(pk=lead.pk).update(owner=judge if role == "sales_rep" else rep)

    assert challenges.may_rule(judge, raised) == may
    if may:
        ruled = challenges.rule(challenge=raised, by=judge, upheld=True, ruling="True.", now=timezone.now())
        assert (ruled.state, ruled.ruled_by, ruled.ruling) == (ChallengeState.UPHELD, judge, "True.")
    else:
        with pytest.raises(ChallengeRefused, match="Leave it to them"):
            challenges.rule(challenge=raised, by=judge, upheld=True, ruling="True.", now=timezone.now())


def test_nobody_rules_on_their_own(lead: Lead, marketer: Any) -> None:
    raised = dispute(lead, marketer)

    with pytest.raises(ChallengeRefused, match="Nobody rules on their own dispute"):
        challenges.rule(challenge=raised, by=marketer, upheld=True, ruling="Yes.", now=timezone.now())


def test_a_ruling_needs_a_sentence(lead: Lead, rep: Any, marketer: Any) -> None:
    raised = dispute(lead, rep)

    with pytest.raises(ChallengeRefused, match="Say why"):
        challenges.rule(challenge=raised, by=marketer, upheld=True, ruling=" ", now=timezone.now())
    raised.refresh_from_db()
    assert raised.state == ChallengeState.OPEN


def test_the_second_to_rule_is_told_who_was_first(lead: Lead, rep: Any, marketer: Any) -> None:
    raised = dispute(lead, rep)
    seen = Challenge.objects.get(pk=raised.pk)
    other = factories.UserFactory(role="marketing")
    challenges.rule(challenge=raised, by=marketer, upheld=True, ruling="True.", now=timezone.now())

    with pytest.raises(AlreadyRuled, match="Ana Lind ruled first: Upheld"):
        challenges.rule(challenge=seen, by=other, upheld=False, ruling="No.", now=timezone.now())
    with pytest.raises(AlreadyRuled, match="You have already ruled"):
        challenges.rule(challenge=seen, by=marketer, upheld=False, ruling="No.", now=timezone.now())
    raised.refresh_from_db()
    assert (raised.state, raised.ruling) == (ChallengeState.UPHELD, "True.")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_rule_at_once_one_is_heard(now: datetime) -> None:
    team = factories.TeamFactory()
    rep = factories.UserFactory(role="sales_rep", team=team)
    factories.define(Stage.MARKETING_QUALIFIED, AT_THE_TOP)
    judges = [factories.UserFactory(role="marketing") for _ in range(2)]
    for _ in range(20):
        lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)
        raised = dispute(lead, rep)

        outcomes = at_once(
            *(
                lambda judge=judge, place=place, raised=raised: challenges.rule(
                    challenge=Challenge.objects.get(pk=raised.pk),
                    by=judge,
                    upheld=bool(place),
                    ruling=f"{judge.pk}",
                    now=timezone.now(),
                )
                for place, judge in enumerate(judges)
            )
        )

        stands = Challenge.objects.get(pk=raised.pk)
        assert sorted(isinstance(outcome, AlreadyRuled) for outcome in outcomes) == [False, True]
        assert stands.ruling == str(stands.ruled_by_id)


# --- Taking up ------------------------------------------------------------------------------------


def test_a_draft_takes_up_what_no_other_draft_has(lead: Lead, rep: Any, marketer: Any) -> None:
    now = timezone.now()
    raised = dispute(lead, rep)
    first, second = (agreements.draft(title=title, by=marketer, now=now) for title in ("One", "Two"))

    assert challenges.take_up(challenges=[raised], agreement=first, by=marketer, now=now) == 1
    assert challenges.take_up(challenges=[raised], agreement=second, by=marketer, now=now) == 0

    raised.refresh_from_db()
    assert raised.agreement == first


def test_what_one_may_not_see_is_not_taken_up(lead: Lead, rep: Any) -> None:
    now = timezone.now()
    raised = dispute(lead, rep)
    elsewhere = factories.UserFactory(role="sales_manager", team=factories.TeamFactory())
    draft = agreements.draft(title="Ours", by=elsewhere, now=now)

    assert challenges.take_up(challenges=[raised], agreement=draft, by=elsewhere, now=now) == 0


def test_who_may_not_draft_takes_nothing_up(lead: Lead, rep: Any, marketer: Any) -> None:
    now = timezone.now()
    raised = dispute(lead, rep)
    draft = agreements.draft(title="Theirs", by=marketer, now=now)

    with pytest.raises(ChallengeRefused, match="does not draft agreements"):
        challenges.take_up(challenges=[raised], agreement=draft, by=rep, now=now)


# --- The lead page and the accept step ------------------------------------------------------------


def test_a_rep_disputes_a_criterion_from_the_lead_page(client: Any, lead: Lead, rep: Any) -> None:
    client.force_login(rep)
    criterion = lead.milestones and challenges.disputable(lead, now=timezone.now())[0]
    proof = criterion.evidence[0]
    about = f"{criterion.definition.pk}-{proof.condition.pk}"
    address = reverse("admin:leads_challenge_raise", args=[lead.pk])

    shown = client.get(page_of(lead)).content.decode()
    form = client.get(f"{address}?about={about}").content.decode()
    answer = client.post(
        address, {"about": about, "evidence": "She is the assistant.", "is_story": "on"}, follow=True
    )

    assert f"{address}?about={about}" in shown
    assert f'value="{about}" checked' in form
    assert "C-suite" in form  # what LeadOps knows of it
    raised = Challenge.objects.get()
    assert (raised.criterion, raised.is_story) == (proof.text, True)
    page = answer.content.decode()
    assert "You are told when it is ruled on." in page
    assert "She is the assistant." in page


def test_what_was_typed_comes_back_with_what_is_missing(client: Any, lead: Lead, rep: Any) -> None:
    client.force_login(rep)
    address = reverse("admin:leads_challenge_raise", args=[lead.pk])

    for typed in ({}, {"about": "9-9", "evidence": "x"}, {"about": "\0", "evidence": "\0"}):
        answer = client.post(address, typed)
        assert answer.status_code == 200
    assert "Choose what does not hold." in client.post(address, {}).content.decode()
    assert not Challenge.objects.exists()


def test_disputing_from_the_accept_step_leads_back_to_it(
    client: Any, lead: Lead, rep: Any, agreed: Definition
) -> None:
    client.force_login(rep)
    first, second = agreed.criteria.criteria.all()
    step = reverse("admin:leads_lead_step", args=[lead.pk, Transition.ACCEPT.value])
    about = f"{agreed.pk}-{first.pk}"

    asked = client.get(step).content.decode()
    back = client.post(
        reverse("admin:leads_challenge_raise", args=[lead.pk]),
        {"about": about, "evidence": "She is the assistant.", "back": "accept"},
    )
    after = client.get(step).content.decode()
    client.post(step, {"seen": lead.stage, "confirmed": [second.pk]})

    assert f"?about={about}&amp;back=accept" in asked
    assert back.headers["Location"] == step
    assert "Disputed" in after
    change = StageChange.objects.get(lead=lead)
    assert [row.get("disputed", False) for row in change.confirmed] == [False, True]
    assert "✗ " in client.get(page_of(lead)).content.decode()


def test_a_lead_of_which_all_is_disputed_is_not_accepted(lead: Lead, rep: Any) -> None:
    now = timezone.now()
    for proof in challenges.disputable(lead, now=now)[0].evidence:
        dispute(lead, rep, criterion=challenges.as_criterion(proof))

    with pytest.raises(StepRefused, match="You confirm nothing and dispute the rest"):
        lifecycle.accept(lead=lead, by=rep, now=now, confirmed=[])


def test_what_was_ruled_needs_its_tick_again(lead: Lead, rep: Any, marketer: Any, agreed: Definition) -> None:
    now = timezone.now()
    first, second = challenges.disputable(lead, now=now)[0].evidence
    raised = dispute(lead, rep, criterion=challenges.as_criterion(first))
    challenges.rule(challenge=raised, by=marketer, upheld=False, ruling="She signs.", now=now)

    with pytest.raises(StepRefused, match="Confirm each criterion"):
        lifecycle.accept(lead=lead, by=rep, now=now, confirmed=[second.condition.pk])


# --- The page of a dispute ------------------------------------------------------------------------


def test_the_owner_rules_on_its_page(client: Any, lead: Lead, rep: Any, marketer: Any) -> None:
    raised = dispute(lead, rep)
    client.force_login(marketer)
    page = reverse("admin:leads_challenge_change", args=[raised.pk])
    rule = reverse("admin:leads_challenge_rule", args=[raised.pk])

    asked = client.get(page).content.decode()
    empty = client.post(rule, {"decision": "uphold", "ruling": ""}, follow=True).content.decode()
    unclear = client.post(rule, {"decision": "perhaps", "ruling": "So."}, follow=True).content.decode()
    done = client.post(rule, {"decision": "uphold", "ruling": "True, sorry."}, follow=True).content.decode()
    again = client.post(rule, {"decision": "reject", "ruling": "No."}, follow=True).content.decode()

    assert rule in asked
    assert "Say why" in empty
    assert "Choose whether it is upheld or rejected." in unclear
    assert "Dana Reyes is told." in done
    assert "True, sorry." in done
    assert rule not in done
    assert "You have already ruled: Upheld." in again


def test_whoever_raised_it_is_not_asked_to_rule(client: Any, lead: Lead, marketer: Any) -> None:
    raised = dispute(lead, marketer)
    client.force_login(marketer)

    page = client.get(reverse("admin:leads_challenge_change", args=[raised.pk])).content.decode()
    refused = client.post(
        reverse("admin:leads_challenge_rule", args=[raised.pk]),
        {"decision": "uphold", "ruling": "Yes."},
        follow=True,
    ).content.decode()

    assert "nobody rules on their own" in page
    assert "Nobody rules on their own dispute." in refused
    raised.refresh_from_db()
    assert raised.state == ChallengeState.OPEN


# --- Who sees what --------------------------------------------------------------------------------


@pytest.fixture
def hidden(agreed: Definition) -> Challenge:
    """A dispute and an example about a lead of another team, under a name that must show nowhere."""
    other = factories.UserFactory(role="sales_rep", team=factories.TeamFactory())
    contact = factories.ContactFactory(last_name=SECRET)
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, contact=contact, owner=other)
    DefinitionExample.objects.create(
        stage=Stage.MARKETING_QUALIFIED, lead=lead, why=f"{SECRET} shows it", added_at=timezone.now()
    )
    return dispute(lead, other, evidence=f"{SECRET} told me.", is_story=True)


@pytest.mark.parametrize("role", ["sales_rep", "sales_manager"])
def test_nobody_sees_what_is_about_leads_that_are_not_theirs(
    client: Any, team: Any, hidden: Challenge, role: str
) -> None:
    client.force_login(factories.UserFactory(role=role, team=team))
    example = DefinitionExample.objects.get()

    for address in (
        reverse("admin:leads_challenge_changelist"),
        reverse("admin:leads_challenge_agenda"),
        reverse("admin:leads_definitionexample_changelist"),
        reverse("admin:leads_definition_change", args=[hidden.definition_id]),
        f"{reverse('admin:leads_challenge_changelist')}?q={SECRET[:6]}",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode().replace(f'value="{SECRET[:6]}"', "")
    for address, there in (
        ("admin:leads_challenge_change", hidden.pk),
        ("admin:leads_definitionexample_change", example.pk),
    ):
        answers = [client.get(reverse(address, args=[pk]), follow=True) for pk in (there, 987654)]
        assert answers[0].status_code == answers[1].status_code
        assert SECRET not in answers[0].content.decode()
    rule = reverse("admin:leads_challenge_rule", args=[hidden.pk])
    assert client.post(rule, {"decision": "uphold", "ruling": "x"}).status_code == 404
    raise_it = reverse("admin:leads_challenge_raise", args=[hidden.lead_id])
    assert client.get(raise_it).status_code == 404
    assert client.post(raise_it, {}).status_code == 404


def test_who_only_reads_sees_no_form(client: Any, lead: Lead, rep: Any) -> None:
    raised = dispute(lead, rep)
    client.force_login(factories.UserFactory(role="read_only"))

    page = client.get(page_of(lead)).content.decode()

    assert reverse("admin:leads_challenge_change", args=[raised.pk]) in page
    assert reverse("admin:leads_challenge_raise", args=[lead.pk]) not in page
    assert client.get(reverse("admin:leads_challenge_raise", args=[lead.pk])).status_code == 403


def test_the_lead_page_costs_the_same_for_many_disputes(client: Any, lead: Lead, rep: Any) -> None:
    client.force_login(rep)
    dispute(lead, rep, criterion="One")
    client.get(page_of(lead))
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(lead))
    for place in range(15):
        dispute(lead, rep, criterion=f"Another {place}")
    with CaptureQueriesContext(connection) as many:
        client.get(page_of(lead))

    assert len(many) == len(few)


def test_a_lead_is_kept_as_an_example(client: Any, lead: Lead, team: Any) -> None:
    manager = factories.UserFactory(role="sales_manager", team=team)
    client.force_login(manager)
    add = reverse("admin:leads_definitionexample_add")
    typed = {"stage": lead.stage, "lead": lead.pk, "is_counter_example": "on", "why": "Looks like one."}

    link = client.get(page_of(lead)).content.decode()
    form = client.get(f"{add}?lead={lead.pk}&stage={lead.stage}").content.decode()
    client.post(add, typed)
    twice = client.post(add, typed).content.decode()

    assert f"{add}?lead={lead.pk}&amp;stage={lead.stage}" in link
    assert str(lead.contact) in form
    kept = DefinitionExample.objects.get()
    assert (kept.added_by, kept.is_counter_example) == (manager, True)
    assert "This lead is already an example for that stage." in twice
    assert "Looks like one." in client.get(page_of(lead)).content.decode()


def test_a_hidden_lead_does_not_become_an_example(client: Any, team: Any, hidden: Challenge) -> None:
    client.force_login(factories.UserFactory(role="sales_manager", team=team))

    answer = client.post(
        reverse("admin:leads_definitionexample_add"),
        {"stage": "customer", "lead": hidden.lead_id, "why": "Mine now."},
    )

    assert SECRET not in answer.content.decode()
    assert DefinitionExample.objects.count() == 1


@pytest.mark.parametrize("name", ["challenge", "definition", "lead"])
@pytest.mark.parametrize("number", ["²", "٣", "9" * 30, "x"])
def test_what_is_no_number_of_a_row_leads_back_with_a_sentence(client: Any, name: str, number: str) -> None:
    client.force_login(factories.UserFactory(role="administrator"))

    answer = client.get(reverse(f"admin:leads_{name}_change", args=[number]), follow=True)

    assert answer.status_code == 200
    assert "doesn’t exist" in answer.content.decode()


@pytest.mark.parametrize("number", ["x", "²", "9" * 30, "-1"])
def test_an_example_of_no_lead_asks_for_the_lead(client: Any, number: str) -> None:
    client.force_login(factories.UserFactory(role="administrator"))
    add = reverse("admin:leads_definitionexample_add")

    form = client.get(add, {"lead": number, "stage": "customer"})
    refused = client.post(add, {"lead": number, "stage": "customer", "why": "Looks like one."})

    assert form.status_code == refused.status_code == 200
    assert form.context["adminform"].form["lead"].value() is None
    assert refused.context["adminform"].form.errors["lead"]
    assert not DefinitionExample.objects.exists()
