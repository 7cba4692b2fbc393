"""The editors of response times and routing in a draft."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from handoff import hints
from handoff.models import RoutingRule, ServiceLevel
from leads.criteria import create_set
from leads.enums import Stage
from leads.models import Team
from terminology import agreements
from tests.drafting import Editor, opened, with_row
from tests.factories import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

LARGE = {"kind": "field", "field": "account.employees", "operator": "gte", "value": "1000"}
ROW = LARGE | {"count": "times", "at_least": "", "group": ""}


@pytest.fixture
def revops() -> User:
    return UserFactory(role="revops")


@pytest.fixture
def _rules() -> None:
    key, others = TeamFactory(name="Key accounts"), TeamFactory(name="Everybody")
    large = create_set(name="Routing: Large", content={"match": "all", "conditions": [LARGE]})
    RoutingRule.objects.create(name="Large", position=10, team=key, criteria=large)
    RoutingRule.objects.create(name="Everything else", position=20, team=others)
    ServiceLevel.objects.create(stage=Stage.MARKETING_QUALIFIED, first_response_hours=8)


@pytest.fixture
def editor(_rules: None, client: Client, revops: User, now: datetime) -> Callable[[str], Editor]:
    client.force_login(revops)
    draft = opened(revops, now)
    return lambda section: Editor(client, draft, section)


# --- Response times -------------------------------------------------------------------------------


def test_what_nobody_touched_leaves_the_draft_empty(editor: Callable[[str], Editor]) -> None:
    for section in ("sla", "routing"):
        one = editor(section)
        assert "Nothing was changed." in one.save(one.filled()).text
        assert one.told() == []


def test_response_times_are_set_changed_and_taken_back(editor: Callable[[str], Editor]) -> None:
    one = editor("sla")

    one.save(one.filled(marketing_qualified__hours="2", sales_accepted__hours="24"))
    told = one.told()
    one.save(one.filled(marketing_qualified__hours=""))

    assert told == ["MQL: first response within 8 h → 2 h", "SAL: new: first response within 24 h"]
    assert one.told() == ["MQL: no response time any more", "SAL: new: first response within 24 h"]
    assert ServiceLevel.objects.get().first_response_hours == 8


@pytest.mark.parametrize("typed", ["0", "-1", "8761", "9" * 40, "soon", "1.5"])
def test_a_time_that_is_none_is_refused_and_kept(editor: Callable[[str], Editor], typed: str) -> None:
    one = editor("sla")

    answer = one.save(one.filled(marketing_qualified__hours=typed))

    assert "leave it empty." in answer.text
    assert f'value="{typed}"' in answer.text
    assert one.told() == []


# --- Routing --------------------------------------------------------------------------------------


def test_a_rule_gets_another_team_and_other_criteria(editor: Callable[[str], Editor]) -> None:
    one = editor("routing")
    sent = one.filled(**{"rule-0-team": "Everybody", "rule-0-criteria-row-0-value": "500"})

    one.save(sent)

    assert one.told() == [
        "Rule “Large”: Employees is at least 1000 → 500",
        "Rule “Large”: team Key accounts → Everybody",
    ]


def test_a_rule_comes_in_between_without_moving_the_others(editor: Callable[[str], Editor]) -> None:
    one = editor("routing")
    sent = with_row(one.filled(), "rule", name="Swiss", place="2", team="Everybody")
    sent |= {
        "rule-2-criteria-match": "all",
        "rule-2-criteria-row-TOTAL_FORMS": "0",
        "rule-2-criteria-row-INITIAL_FORMS": "0",
    }
    sent = with_row(
        {**sent, "rule-2-criteria-row-TOTAL_FORMS": ["0"]},
        "rule-2-criteria-row",
        **ROW | {"field": "account.country", "operator": "is", "value": "CH"},
    )

    one.save(sent)

    rows = sorted(one.parts().items(), key=lambda row: row[1]["position"])
    assert [name for name, _ in rows] == ["Large", "Swiss", "Everything else"]
    assert "Rule “Swiss”: new, to Everybody: new: Country of the company is CH" in one.told()


def test_a_rule_is_removed(editor: Callable[[str], Editor]) -> None:
    one = editor("routing")

    one.save(one.filled(**{"rule-0-DELETE": "on"}))

    assert one.told() == ["Rule “Large”: no longer in use"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rule-0-name": ""}, "Give the rule a name."),
        ({"rule-0-name": "Everything else"}, "There is already a rule of that name. Choose another name."),
        ({"rule-0-name": "x" * 121}, "Ensure this value has at most 120 characters"),
        ({"rule-0-team": ""}, "Choose the team that gets them."),
        ({"rule-0-team": "Nobody"}, "Nobody is not one of the available choices."),
        ({"rule-0-criteria-row-0-value": "many"}, "“many” is not a number."),
        ({"rule-0-criteria-row-TOTAL_FORMS": "x"}, "Part of the page did not arrive"),
    ],
)
def test_says_what_is_wrong_with_a_rule(
    editor: Callable[[str], Editor], changes: dict[str, str], sentence: str
) -> None:
    one = editor("routing")

    answer = one.save(one.filled() | changes)

    assert sentence in answer.text
    assert one.told() == []


def test_rules_and_conditions_are_added_without_a_script(editor: Callable[[str], Editor]) -> None:
    one = editor("routing")

    with_rule = one.client.post(one.path, {**one.filled(), "add": "rule"}).text
    with_condition = one.client.post(one.path, {**one.filled(), "add": "rule-1-criteria-row"}).text

    assert 'name="rule-2-name"' in with_rule
    assert 'name="rule-1-criteria-row-0-kind"' in with_condition


def test_leads_that_no_rule_fitted_are_looked_at_again_at_once(
    editor: Callable[[str], Editor],
    revops: User,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(hints.routing, "send", lambda: sent.append("routing"))
    Team.objects.create(name="Swiss")
    part = {"position": 5, "team": "Swiss", "criteria": None}

    with django_capture_on_commit_callbacks(execute=True):
        agreements.bring_in_unsigned(
            title="Swiss first", changes={"routing": {"Swiss": part}}, why="", by=revops, now=now
        )

    assert sent == ["routing"]
