from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads import agenda, challenges
from leads.enums import ChallengeState, Stage
from leads.models import Challenge, Definition, Lead
from terminology.models import Agreement, AgreementState
from tests import factories

pytestmark = pytest.mark.django_db

AT_THE_TOP = {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "c_suite"}
ASKED_FOR_A_DEMO = {"kind": "activity", "activity_types": "demo_request", "at_least": 1}
AGENDA, DRAFT = "admin:leads_challenge_agenda", "admin:leads_challenge_draft"


@pytest.fixture
def team() -> Any:
    return factories.TeamFactory()


@pytest.fixture
def rep(team: Any) -> Any:
    return factories.UserFactory(role="sales_rep", team=team)


@pytest.fixture
def marketer(client: Any) -> Any:
    user = factories.UserFactory(role="marketing")
    client.force_login(user)
    return user


@pytest.fixture
def agreed(db: None) -> Definition:
    factories.ActivityTypeFactory(demo_request=True)
    return factories.define(
        Stage.MARKETING_QUALIFIED, AT_THE_TOP, ASKED_FOR_A_DEMO, kpi_measure="count", owner_team="marketing"
    )


def disputed(rep: Any, team: Any, *, criterion: str = "Seniority is C-suite", **fields: Any) -> Challenge:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)
    return challenges.raise_challenge(
        **{
            "lead": lead,
            "by": rep,
            "criterion": criterion,
            "evidence": "Not so.",
            "is_story": False,
            "now": timezone.now(),
            **fields,
        }
    )


def in_force(**fields: Any) -> Agreement:
    return Agreement.objects.create(
        **{
            "title": "What we agreed",
            "state": AgreementState.IN_FORCE,
            "version": 1,
            "in_force_at": timezone.now(),
            **fields,
        }
    )


def points(reader: Any) -> list[tuple[str, int, int, int]]:
    found = agenda.agenda(reader=reader, now=timezone.now()).points
    return [(point.criterion, point.open, point.stories, point.upheld) for point in found]


def test_puts_what_is_most_disputed_first(agreed: Definition, rep: Any, team: Any, marketer: Any) -> None:
    disputed(rep, team, criterion="Country is DE", is_story=True)
    for _ in range(2):
        disputed(rep, team)
    disputed(rep, team, criterion="")

    assert points(marketer) == [
        ("Seniority is C-suite", 2, 0, 0),
        ("Country is DE", 1, 1, 0),
        ("", 1, 0, 0),
    ]


def test_what_was_rejected_is_over_unless_it_is_a_story(
    agreed: Definition, rep: Any, team: Any, marketer: Any
) -> None:
    over, told, right = (
        disputed(rep, team, criterion=text, is_story=text == "told") for text in ("over", "told", "right")
    )
    for challenge in (over, told, right):
        challenges.rule(
            challenge=challenge,
            by=marketer,
            upheld=challenge == right,
            ruling="So it is.",
            now=timezone.now(),
        )

    found = agenda.agenda(reader=marketer, now=timezone.now())

    assert [point.criterion for point in found.points] == ["right", "told"]
    assert {row.criterion for row in found.rulings} == {"over", "told", "right"}


def test_what_a_decided_agreement_answered_is_over(
    agreed: Definition, rep: Any, team: Any, marketer: Any
) -> None:
    told, open_one = disputed(rep, team, is_story=True), disputed(rep, team, criterion="Country is DE")
    challenges.rule(challenge=told, by=marketer, upheld=True, ruling="Yes.", now=timezone.now())

    decided = in_force(in_force_at=timezone.now() + timedelta(seconds=1))
    assert points(marketer) == [("Country is DE", 1, 0, 0)]  # the open one waits for its ruling all the same

    Challenge.objects.filter(pk=open_one.pk).update(agreement=decided)
    assert points(marketer) == []


def test_a_withdrawn_draft_gives_back_what_it_took_up(
    agreed: Definition, rep: Any, team: Any, marketer: Any
) -> None:
    raised = disputed(rep, team)
    draft = agenda.open_draft(title="A better MQL", challenges=[raised], by=marketer, now=timezone.now())
    Agreement.objects.filter(pk=draft.pk).update(state=AgreementState.WITHDRAWN)

    again = agenda.open_draft(title="Once more", challenges=[raised], by=marketer, now=timezone.now())

    raised.refresh_from_db()
    assert raised.agreement == again


def test_the_agreement_names_the_disputes_that_it_takes_up_to_those_who_see_them(
    agreed: Definition, rep: Any, team: Any, marketer: Any, client: Any
) -> None:
    raised = disputed(rep, team)
    draft = agenda.open_draft(title="A better MQL", challenges=[raised], by=marketer, now=timezone.now())
    page = reverse("admin:terminology_agreement_change", args=[draft.pk])
    link = reverse("admin:leads_challenge_change", args=[raised.pk])

    seen = client.get(page).text
    client.force_login(factories.UserFactory(role="sales_rep"))
    elsewhere = client.get(page).text

    assert link in seen
    assert link not in elsewhere


def test_lists_hand_raisers_that_nobody_can_do_and_figures_that_pull_apart(
    agreed: Definition, marketer: Any, client: Any
) -> None:
    factories.define(Stage.SALES_QUALIFIED, AT_THE_TOP, kpi_measure="conversion", owner_team="sales")

    page = client.get(reverse(AGENDA)).content.decode()

    assert "Demo request" in page
    assert "Marketing is judged on “MQL” by “How many”, Sales is judged on “SQL”" in page


def test_an_empty_agenda_says_so(client: Any, marketer: Any) -> None:
    assert "Nothing to talk about." in client.get(reverse(AGENDA)).content.decode()


def test_opens_a_draft_whose_note_names_nobody(
    client: Any, agreed: Definition, rep: Any, team: Any, marketer: Any
) -> None:
    first, second = disputed(rep, team), disputed(rep, team, criterion="", evidence="Ada Keller is out.")

    page = client.get(reverse(AGENDA)).content.decode()
    client.post(reverse(DRAFT), {"title": "A better MQL", "challenges": [first.pk, second.pk]})

    draft = Agreement.objects.get(title="A better MQL")
    assert f'value="{first.pk}" checked' in page
    assert (draft.state, draft.created_by) == (AgreementState.DRAFT, marketer)
    assert "- MQL" not in draft.note  # the full name of the stage, as in every document
    assert "Marketing qualified lead v1: Seniority is C-suite (1 open)" in draft.note
    assert "The definition as such" not in draft.note
    assert "Keller" not in draft.note
    assert set(Challenge.objects.filter(agreement=draft)) == {first, second}
    assert "Takes up 2 of what was disputed." in [entry.text for entry in draft.entries.all()]
    after = client.get(reverse(AGENDA)).content.decode()
    assert f'value="{first.pk}" checked' not in after
    assert "Open a draft from these" not in after
    assert reverse("admin:terminology_agreement_change", args=[draft.pk]) in after


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": "A draft"}, "Choose at least one dispute that the draft shall answer."),
        ({"title": "A draft", "challenges": ["987654"]}, "Load the page again."),
        ({"title": "A draft", "challenges": ["one"]}, "Load the page again."),
        ({"challenges": ["{pk}"]}, "Give the draft a title."),
        ({"title": "x" * 200, "challenges": ["{pk}"]}, "at most 120 characters"),
    ],
)
def test_a_draft_from_nothing_is_refused_with_a_sentence(
    client: Any, agreed: Definition, rep: Any, team: Any, marketer: Any, typed: Any, sentence: str
) -> None:
    raised = disputed(rep, team)
    filled = {
        name: [text.format(pk=raised.pk) for text in value] if isinstance(value, list) else value
        for name, value in typed.items()
    }

    answer = client.post(reverse(DRAFT), filled, follow=True)

    assert sentence in answer.content.decode()
    assert not Agreement.objects.exists()


def test_who_may_not_draft_gets_no_button(client: Any, agreed: Definition, rep: Any, team: Any) -> None:
    raised = disputed(rep, team)
    client.force_login(rep)

    page = client.get(reverse(AGENDA)).content.decode()

    assert reverse(DRAFT) not in page
    assert client.post(reverse(DRAFT), {"title": "Mine", "challenges": [raised.pk]}).status_code == 403
    assert not Agreement.objects.exists()


def test_names_and_counts_only_what_the_reader_may_see(
    client: Any, agreed: Definition, rep: Any, team: Any
) -> None:
    disputed(rep, team)
    elsewhere = factories.TeamFactory()
    theirs = disputed(factories.UserFactory(role="sales_rep", team=elsewhere), elsewhere)
    manager = factories.UserFactory(role="sales_manager", team=team)

    (mine,) = agenda.agenda(reader=manager, now=timezone.now()).points

    assert mine.open == 1
    assert theirs not in mine.challenges
    client.force_login(manager)
    client.post(reverse(DRAFT), {"title": "Ours", "challenges": [theirs.pk]})
    assert not Agreement.objects.exists()


def test_costs_the_same_for_many_disputes(
    client: Any, agreed: Definition, rep: Any, team: Any, marketer: Any
) -> None:
    def fill(count: int) -> None:
        for place in range(count):
            raised = disputed(rep, team, criterion=f"{place % 5}")
            if place % 3 == 0:
                challenges.rule(challenge=raised, by=marketer, upheld=True, ruling="Yes.", now=timezone.now())

    fill(4)
    client.get(reverse(AGENDA))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(AGENDA))
    fill(25)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(AGENDA))

    assert len(many) == len(few) <= 30


def test_more_than_the_page_shows_is_said(
    client: Any, agreed: Definition, rep: Any, team: Any, marketer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda, "SHOWN", 2)
    for _ in range(3):
        disputed(rep, team)

    found = agenda.agenda(reader=marketer, now=timezone.now())

    assert found.is_cut
    assert (found.points[0].open, len(found.points[0].challenges)) == (3, 2)
    assert "The newest are shown." in client.get(reverse(AGENDA)).content.decode()


def test_a_lead_that_is_gone_takes_its_disputes_with_it(agreed: Definition, rep: Any, team: Any) -> None:
    raised = disputed(rep, team)

    Lead.objects.filter(pk=raised.lead_id).delete()

    assert not Challenge.objects.filter(state=ChallengeState.OPEN).exists()
