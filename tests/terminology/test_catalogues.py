"""Reasons, activity types and other catalogues, renamed where all other words are."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.enums import ReasonKind
from leads.models import QualificationQuestion, Reason
from terminology.models import TermOverride
from tests import factories

pytestmark = pytest.mark.django_db

EDITOR = "admin:terminology_termoverride_changelist"
REASONS = {"group": "row:leads.reason"}


@pytest.fixture
def revops(client: Any) -> Any:
    user = factories.UserFactory(role="revops")
    client.force_login(user)
    return user


@pytest.fixture
def reason() -> Reason:
    return Reason.objects.create(kind=ReasonKind.PASS_BACK, key="no_budget", text="No budget")


def box(row: Any) -> str:
    return f"row:{row._meta.label_lower}:{row.pk}"


def test_lists_the_rows_with_their_kind(client: Any, revops: Any, reason: Reason) -> None:
    page = client.get(reverse(EDITOR), REASONS).content.decode()

    assert f'name="{box(reason)}" value="No budget"' in page
    assert "Pass back, no_budget" in page
    assert reverse("admin:leads_reason_change", args=[reason.pk]) in page


def test_finds_a_row_by_its_name(client: Any, revops: Any, reason: Reason) -> None:
    page = client.get(reverse(EDITOR), {"q": "budg"}).content.decode()

    assert f'name="{box(reason)}"' in page


def test_renames_what_was_typed(client: Any, revops: Any, reason: Reason) -> None:
    answer = client.post(
        reverse(EDITOR) + "?group=row:leads.reason",
        {box(reason): "No money", f"was:{box(reason)}": "No budget"},
        follow=True,
    )

    reason.refresh_from_db()
    assert "1 entry of a catalogue is renamed." in answer.content.decode()
    assert reason.text == "No money"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "can&#x27;t be empty"),
        ("   ", "can&#x27;t be empty"),
        ("x" * 10_000, "has 10,000 characters; 120 is the most"),
        ("No\u202emoney", "holds a character that can&#x27;t be seen"),
        ("too early", "“too early” is already the name of another entry"),
    ],
)
def test_refuses_a_name_with_a_sentence_and_changes_nothing(
    client: Any, revops: Any, reason: Reason, text: str, sentence: str
) -> None:
    Reason.objects.create(kind=ReasonKind.PASS_BACK, key="too_early", text="Too early")
    Reason.objects.create(kind=ReasonKind.LOSS, key="no_money", text="No money")

    answer = client.post(
        reverse(EDITOR) + "?group=row:leads.reason", {box(reason): text, "term:stage.suspect": "Cold name"}
    )

    reason.refresh_from_db()
    assert answer.content.decode().count(sentence) >= 2  # above the page and under the box
    assert reason.text == "No budget"
    assert not TermOverride.objects.exists()


def test_a_reason_of_another_kind_may_have_the_same_name(client: Any, revops: Any, reason: Reason) -> None:
    Reason.objects.create(kind=ReasonKind.LOSS, key="no_money", text="No money")

    client.post(reverse(EDITOR), {box(reason): "No money"})

    reason.refresh_from_db()
    assert reason.text == "No money"


def test_says_what_somebody_else_called_it_meanwhile(client: Any, revops: Any, reason: Reason) -> None:
    answer = client.post(reverse(EDITOR), {box(reason): "No money", f"was:{box(reason)}": "Broke"})

    assert "Somebody changed “Broke” to “No budget” while you typed." in answer.content.decode()


def test_what_both_teams_sign_is_not_renamed_here(client: Any, revops: Any) -> None:
    question = QualificationQuestion.objects.create(key="need", question="Is there a need?")

    page = client.get(reverse(EDITOR), {"group": "row:leads.qualificationquestion"}).content.decode()
    answer = client.post(reverse(EDITOR), {box(question): "Need?"})

    question.refresh_from_db()
    assert "Both teams sign these" in page
    assert "You may not rename that entry here." in answer.content.decode()
    assert question.question == "Is there a need?"


@pytest.mark.parametrize(
    "name", ["row:auth.user:1", "row:leads.reason:x", "row:leads.reason:" + "9" * 30, "row:"]
)
def test_other_tables_are_out_of_reach(client: Any, revops: Any, name: str) -> None:
    answer = client.post(reverse(EDITOR), {name: "Mine"})

    assert "You may not rename that entry here." in answer.content.decode()


def test_whoever_may_not_change_a_catalogue_reads_it(client: Any, reason: Reason) -> None:
    client.force_login(factories.UserFactory(role="marketing"))

    page = client.get(reverse(EDITOR), REASONS).content.decode()
    client.post(reverse(EDITOR), {box(reason): "Mine"})

    reason.refresh_from_db()
    assert "No budget" in page
    assert reason.text == "No budget"


def test_a_longer_catalogue_costs_no_more_queries(client: Any, revops: Any, reason: Reason) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(EDITOR), REASONS).status_code == 200
        return len(asked)

    queries()
    few = queries()
    for number in range(30):
        Reason.objects.create(kind=ReasonKind.LOSS, key=f"key{number}", text=f"Reason {number}")

    assert queries() == few
