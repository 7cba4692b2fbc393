from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from handoff import notices
from handoff.models import Notice, NoticeKind
from leads import challenges
from leads.enums import Stage
from leads.models import Challenge, Definition
from tests import factories

pytestmark = pytest.mark.django_db

AT_THE_TOP = {"kind": "field", "field": "contact.seniority", "operator": "is", "value": "c_suite"}


@pytest.fixture
def team() -> Any:
    return factories.TeamFactory()


@pytest.fixture
def rep(team: Any) -> Any:
    return factories.UserFactory(role="sales_rep", team=team, first_name="Dana", last_name="Reyes")


@pytest.fixture
def agreed(db: None) -> Definition:
    return factories.define(Stage.MARKETING_QUALIFIED, AT_THE_TOP)


@pytest.fixture
def raised(agreed: Definition, rep: Any, team: Any, now: datetime) -> Any:
    def raise_it(**fields: Any) -> Challenge:
        lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=team, owner=rep)
        return challenges.raise_challenge(
            **{
                "lead": lead,
                "by": rep,
                "criterion": "Seniority is C-suite",
                "evidence": "She is the assistant.",
                "is_story": False,
                "now": now,
                **fields,
            }
        )

    return raise_it


def told() -> set[Any]:
    return {notice.user for notice in Notice.objects.filter(kind=NoticeKind.CHALLENGED)}


def sentence(notice: Notice, now: datetime) -> str:
    (shown,) = notices.in_words(Notice.objects.filter(pk=notice.pk).with_subjects(), now=now)
    return shown.text


def test_marketing_is_told_of_a_dispute_about_its_definition(raised: Any, now: datetime) -> None:
    marketer = factories.UserFactory(role="marketing")
    factories.UserFactory(role="marketing", is_active=False)
    factories.UserFactory(role="revops")

    challenge = raised()

    assert told() == {marketer}
    notice = Notice.objects.get()
    assert sentence(notice, now).startswith(
        "Dana Reyes disputes “Seniority is C-suite” (Marketing qualified lead v1) of Ada Keller"
    )
    assert notices.page_of(notice) == reverse("admin:leads_challenge_change", args=[challenge.pk])


def test_the_managers_of_the_lead_are_told_of_one_about_sales_definition(raised: Any, team: Any) -> None:
    Definition.objects.update(owner_team="sales")
    manager = factories.UserFactory(role="sales_manager", team=team)
    factories.UserFactory(role="sales_manager", team=factories.TeamFactory())
    factories.UserFactory(role="marketing")

    raised()

    assert told() == {manager}


def test_revops_is_told_where_there_is_nobody_else(raised: Any) -> None:
    revops = factories.UserFactory(role="revops")

    raised()

    assert told() == {revops}


def test_whoever_raised_it_is_not_told_of_it(raised: Any) -> None:
    own, colleague = (factories.UserFactory(role="marketing") for _ in range(2))

    raised(by=own)

    assert told() == {colleague}


def test_whoever_raised_it_is_told_what_was_ruled(raised: Any, rep: Any, now: datetime) -> None:
    marketer = factories.UserFactory(role="marketing", first_name="Ana", last_name="Lind")
    challenge = raised(criterion="")

    challenges.rule(challenge=challenge, by=marketer, upheld=True, ruling="We will ask for C-suite.", now=now)

    notice = Notice.objects.get(kind=NoticeKind.CHALLENGE_RULED)
    assert notice.user == rep
    said = sentence(notice, now)
    assert "“The definition as such” (Marketing qualified lead v1): Upheld." in said
    assert said.endswith("Ana Lind: “We will ask for C-suite.”")


def test_what_is_taken_back_is_told_to_nobody(raised: Any) -> None:
    factories.UserFactory(role="marketing")

    with transaction.atomic():
        raised()
        transaction.set_rollback(True)

    assert not Notice.objects.exists()
