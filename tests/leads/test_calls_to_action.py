from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads import calls_to_action
from leads.calls_to_action import carried, gaps
from leads.enums import Stage
from leads.models import ActivityType, CallToAction
from scoring import versions
from scoring.models import Rule
from tests import factories

pytestmark = pytest.mark.django_db


def asks_for(*keys: str) -> dict[str, Any]:
    return {"kind": "activity", "activity_types": ", ".join(keys), "at_least": 1}


@pytest.fixture
def demo() -> ActivityType:
    return factories.ActivityTypeFactory(demo_request=True)


@pytest.fixture
def chat() -> ActivityType:
    return factories.ActivityTypeFactory(key="chat", is_hand_raiser=True)


def live(kind: ActivityType, **fields: Any) -> CallToAction:
    return CallToAction.objects.create(
        **{"activity_type": kind, "kind": "button", "name": "Book a demo", "place": "/", **fields}
    )


def missing() -> dict[str, list[str]]:
    return {row.type.key: row.named_by for row in gaps(now=timezone.now())}


def test_what_a_definition_names_needs_a_live_call_to_action(demo: ActivityType) -> None:
    definition = factories.define(Stage.MARKETING_QUALIFIED, asks_for("demo_request"))

    assert missing() == {"demo_request": [str(definition)]}

    call = live(demo)
    assert missing() == {}

    call.is_live = False
    call.save()
    assert missing() == {"demo_request": [str(definition)]}


def test_any_hand_raiser_means_each_of_them(demo: ActivityType, chat: ActivityType) -> None:
    factories.define(Stage.MARKETING_QUALIFIED, asks_for("hand_raiser"))
    factories.ActivityTypeFactory(key="visit")
    live(demo)

    assert list(missing()) == ["chat"]


def test_groups_that_name_nothing_in_particular_need_nothing(demo: ActivityType) -> None:
    factories.define(Stage.MARKETING_QUALIFIED, asks_for("engagement"))
    factories.define(Stage.IDENTIFIED, asks_for("any"))

    assert carried(now=timezone.now()) == []


def test_what_only_a_rep_logs_needs_no_button() -> None:
    factories.ActivityTypeFactory(conversation=True)
    factories.ActivityTypeFactory(appointment=True)
    factories.define(Stage.SALES_QUALIFIED, asks_for("call_conversation", "first_appointment"))

    assert carried(now=timezone.now()) == []


def test_a_superseded_definition_needs_nothing(demo: ActivityType) -> None:
    factories.define(
        Stage.MARKETING_QUALIFIED, asks_for("demo_request"), superseded_at=timezone.now() - timedelta(days=1)
    )

    assert missing() == {}


def test_what_is_out_of_use_needs_nothing(demo: ActivityType) -> None:
    factories.define(Stage.MARKETING_QUALIFIED, asks_for("demo_request"))
    ActivityType.objects.update(is_active=False)

    assert missing() == {}


def test_hand_raisers_that_scoring_counts_on_need_one_too(demo: ActivityType, chat: ActivityType) -> None:
    factories.ActivityTypeFactory(key="visit")
    versions.bring_into_force(
        terms=versions.Terms("Model", 60, 80, 60, 30),
        rules=[
            Rule(name=name, points=points, **asks_for(key))
            for name, points, key in (
                ("Asked for a demo", 35, "demo_request"),
                ("Visited", 2, "visit"),
                ("Chatted too much", -5, "chat"),
            )
        ],
        by=None,
        now=timezone.now(),
    )

    assert missing() == {"demo_request": ["scoring rule “Asked for a demo”"]}


def test_counts_the_activities_of_a_month(demo: ActivityType, chat: ActivityType) -> None:
    now = timezone.now()
    for days in (1, 29, 31):
        factories.ActivityFactory(type=demo, at=now - timedelta(days=days))

    assert calls_to_action.volumes(now=now) == {demo.pk: 2}


def test_the_cost_does_not_grow_with_the_catalogue(demo: ActivityType) -> None:
    def fill(count: int, start: int) -> None:
        for place in range(start, start + count):
            kind = factories.ActivityTypeFactory(key=f"raise_{place}", is_hand_raiser=True)
            live(kind, name=f"Button {place}")

    factories.define(Stage.MARKETING_QUALIFIED, asks_for("hand_raiser"))
    fill(2, 0)
    with CaptureQueriesContext(connection) as few:
        gaps(now=timezone.now())
    fill(25, 2)
    with CaptureQueriesContext(connection) as many:
        gaps(now=timezone.now())

    assert len(many) == len(few) <= 6


def test_the_list_of_activity_types_warns(client: Any, demo: ActivityType, chat: ActivityType) -> None:
    factories.define(Stage.MARKETING_QUALIFIED, asks_for("demo_request", "chat"))
    live(chat)
    client.force_login(factories.UserFactory(role="revops"))

    page = client.get(reverse("admin:leads_activitytype_changelist")).content.decode()

    assert page.count("Nobody can do this") == 1


def test_marketing_keeps_the_register(client: Any, demo: ActivityType) -> None:
    client.force_login(factories.UserFactory(role="marketing"))
    add = reverse("admin:leads_calltoaction_add")
    typed = {
        "activity_type": demo.pk,
        "kind": "button",
        "name": "Book a demo",
        "place": "/pricing",
        "is_live": "on",
    }

    client.post(add, typed)
    twice = client.post(add, typed).content.decode()

    assert CallToAction.objects.get().place == "/pricing"
    assert "This call to action is registered already." in twice


def test_a_rep_reads_it_only(client: Any, demo: ActivityType) -> None:
    call = live(demo)
    client.force_login(factories.UserFactory(role="sales_rep"))

    assert client.get(reverse("admin:leads_calltoaction_changelist")).status_code == 200
    assert client.post(reverse("admin:leads_calltoaction_change", args=[call.pk]), {}).status_code == 403


def test_revops_keeps_it_on_the_activity_type(client: Any, demo: ActivityType) -> None:
    client.force_login(factories.UserFactory(role="revops"))
    page = reverse("admin:leads_activitytype_change", args=[demo.pk])

    client.post(
        page,
        {
            "key": demo.key,
            "name": demo.name,
            "channel": "web",
            "is_active": "on",
            "calls_to_action-TOTAL_FORMS": 1,
            "calls_to_action-INITIAL_FORMS": 0,
            "calls_to_action-0-kind": "form",
            "calls_to_action-0-name": "Contact us",
            "calls_to_action-0-place": "/contact",
            "calls_to_action-0-is_live": "on",
        },
    )

    assert CallToAction.objects.get().activity_type == demo
