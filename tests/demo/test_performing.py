"""The demo company as it stands after the main job has run: does what came out match the story that went in?"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.core import mail
from django.db import transaction
from django.db.models import Count

from demo.cast import KEY_ACCOUNT_FROM, PATH
from demo.company import KEY_ACCOUNTS, USERS, Story, story
from demo.performing import FRESH, DemoRefused, Performed, perform
from handoff.models import Assignment, Notice
from imports.models import ImportBatch
from leadops.jobs import JobState
from leadops.roles import has_role
from leads.agenda import agenda
from leads.enums import OpportunityStage, SourceKind, Stage, Transition
from leads.models import (
    Activity,
    Contact,
    DefinitionExample,
    Lead,
    Milestone,
    Opportunity,
    QualificationAnswer,
    StageChange,
    Suppression,
    Team,
)
from scoring.models import DirtyLead, LeadScore

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PASSWORD = "open sesame for all"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def performed(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Performed]:
    """Half of the usual demo, made once for this page and rolled back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield perform(leads=120, password=PASSWORD, now=NOW)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def told() -> Story:
    return story(120, today=NOW.date())


@pytest.fixture
def leads(performed: Performed) -> dict[str, Lead]:
    rows = Lead.objects.exclude(contact=None).select_related("contact__account", "owner", "team", "source")
    return {lead.contact.email_key: lead for lead in rows}


def test_the_rules_refuse_no_decision_of_the_story(performed: Performed) -> None:
    assert performed.skipped == []


def test_every_stage_holds_several_leads(performed: Performed) -> None:
    assert set(performed.stages) == {stage.value for stage in Stage}
    assert min(performed.stages.values()) >= 4
    assert sum(performed.stages.values()) == performed.counts["leads"] == Lead.objects.count()
    assert 120 <= performed.counts["leads"] <= 125


def test_each_lead_ends_where_its_path_leads(leads: dict[str, Lead], told: Story) -> None:
    ends = {person.email: PATH[person.path].ends_in for person in told.people}

    assert {email: leads[email].stage for email in ends} == ends


def test_the_steps_that_need_no_person_are_taken_when_the_story_expects_them(
    leads: dict[str, Lead], told: Story
) -> None:
    taken: dict[tuple[str, str], list[datetime]] = {}
    for change in StageChange.objects.filter(actor=None).select_related("lead__contact"):
        taken.setdefault((change.lead.contact.email_key, change.transition), []).append(change.at)

    on_time = [
        step
        for step in told.automatic
        if any(
            timedelta() <= at - step.at < timedelta(minutes=1)
            for at in taken.get((step.email, step.transition), ())
        )
    ]

    # The last raised hands are moved to this morning, and one or the other scores enough before it raises its hand.
    assert {(step.email, step.transition) for step in told.automatic} <= set(taken)
    assert len(on_time) / len(told.automatic) > 0.93


def test_nothing_lies_in_the_future_and_the_past_is_half_a_year(performed: Performed) -> None:
    for model, name in (
        (Activity, "at"),
        (StageChange, "at"),
        (Milestone, "at"),
        (Assignment, "at"),
        (Notice, "created_at"),
        (Lead, "created_at"),
        (Contact, "created_at"),
        (Contact.history.model, "history_date"),
        (Opportunity.history.model, "history_date"),
    ):
        moments = model.objects.order_by(name).values_list(name, flat=True)

        assert moments.last() <= NOW, model
        assert moments.first() < NOW - timedelta(days=80), model
    assert Milestone.objects.earliest("at").at < NOW - timedelta(days=160)


def test_the_lists_went_through_the_import_with_one_outcome_for_each_row(performed: Performed) -> None:
    batches = {batch.kind: batch for batch in ImportBatch.objects.all()}

    bought, event = batches["purchased"], batches["event"]

    assert bought.state == event.state == JobState.DONE
    for batch in (bought, event):
        assert sum(batch.counts.values()) == batch.rows_done == batch.rows_total
    assert (bought.rejected, bought.suppressed, bought.merged) == (3, 1, 2)
    assert bought.created > 35
    assert event.unchanged + event.updated == 3, "three visitors of the show were bought before"
    assert bought.mapping["SIC_DESC"] == "industry"
    assert event.dated_at == event.confirmed_at


def test_nobody_who_opted_out_became_a_lead(leads: dict[str, Lead], told: Story) -> None:
    unwanted = {person.email for person in told.opted_out}

    assert unwanted == set(Suppression.objects.values_list("value", flat=True))
    assert unwanted.isdisjoint(leads)


def test_bought_names_are_suspects_unless_they_did_something(leads: dict[str, Lead]) -> None:
    bought = [lead for lead in leads.values() if lead.source.kind == SourceKind.PURCHASED_LIST]

    idle = [lead for lead in bought if not lead.activities.exists()]

    assert len(idle) > 20
    assert {lead.stage for lead in idle} == {Stage.SUSPECT}


def test_visitors_keep_what_they_did_before_they_gave_a_name(leads: dict[str, Lead], told: Story) -> None:
    known = [person for person in told.people if person.visitor]
    before = Counter(event.visitor for event in told.events if event.visitor and not event.email)

    assert len(known) > 10
    for person in known:
        first_seen = Milestone.objects.get(lead=leads[person.email], stage=Stage.ANONYMOUS)
        moments = list(leads[person.email].activities.order_by("at").values_list("at", flat=True))

        assert len(moments) > before[person.visitor]
        assert first_seen.at <= moments[before[person.visitor]]


def test_large_firms_are_dealt_to_the_key_account_team(leads: dict[str, Lead]) -> None:
    dealt = Assignment.objects.exclude(rule=None).select_related("team", "lead__contact__account")

    assert dealt.count() > 30
    for assignment in dealt:
        is_large = assignment.lead.contact.account.employees >= KEY_ACCOUNT_FROM
        assert (assignment.team.name == KEY_ACCOUNTS) == is_large


def test_every_rep_has_a_queue_that_can_be_worked(performed: Performed) -> None:
    in_queue = Lead.objects.in_stage(Stage.MARKETING_QUALIFIED, Stage.SALES_ACCEPTED)

    by_owner = dict(in_queue.values_list("owner__username").annotate(many=Count("pk")).order_by())

    assert set(by_owner) == {"tunde", "lena", "diego"}
    assert all(3 <= many <= 15 for many in by_owner.values()), by_owner


def test_a_few_leads_came_in_within_the_last_hours(performed: Performed) -> None:
    fresh = StageChange.objects.filter(
        transition=Transition.QUALIFY_MARKETING, at__gt=NOW - timedelta(hours=8)
    )

    assert sorted(NOW - change.at for change in fresh) == list(FRESH)[: fresh.count()]
    assert fresh.count() == 4, "four of the seven who wait"
    assert Notice.objects.filter(read_at=None, created_at__gt=NOW - timedelta(hours=8)).count() >= 4


def test_decisions_are_taken_by_whoever_has_the_lead(performed: Performed) -> None:
    accepted = StageChange.objects.filter(transition=Transition.ACCEPT).select_related("actor")

    assert accepted.count() > 25
    for change in accepted:
        given = Assignment.objects.filter(lead=change.lead, at__lte=change.at).latest("at")
        assert change.actor == given.owner
        assert change.confirmed, "a rep confirms each criterion"
        assert change.score >= 60


def test_an_opportunity_has_its_checklist_amount_and_history(performed: Performed) -> None:
    for opportunity in Opportunity.objects.select_related("lead"):
        asked = QualificationAnswer.objects.filter(lead=opportunity.lead)
        dates = list(opportunity.history.order_by("history_date").values_list("history_date", flat=True))

        assert asked.count() == 4
        assert opportunity.amount >= 4_800
        assert opportunity.currency == "EUR"
        assert dates[0] >= opportunity.created_at
        assert dates[-1] < NOW - timedelta(hours=12)
    stages = Counter(Opportunity.objects.values_list("stage", flat=True))
    assert set(stages) == {stage.value for stage in OpportunityStage}
    won = Opportunity.objects.filter(stage=OpportunityStage.WON)
    assert all(row.signed_by and row.signed_authority for row in won)


def test_scores_are_of_today_and_nothing_is_left_to_do(performed: Performed) -> None:
    assert LeadScore.objects.count() == Lead.objects.count()
    assert not DirtyLead.objects.exists()
    handed_over = LeadScore.objects.filter(lead__stage=Stage.MARKETING_QUALIFIED)
    assert min(handed_over.values_list("total", flat=True)) >= 60
    assert Notice.objects.exclude(state=JobState.DONE).count() == 0


def test_there_is_something_to_talk_about_at_the_next_review(performed: Performed) -> None:
    found = agenda(reader=get_user_model().objects.get(username="rita"), now=NOW)

    assert sum(point.open for point in found.points) == 2
    assert {challenge.state for challenge in found.rulings} == {"upheld", "rejected"}
    assert [row.type.key for row in found.gaps] == ["contact_us"]
    assert DefinitionExample.objects.count() == 2


def test_no_letter_leaves_and_the_mail_settings_are_as_before(performed: Performed) -> None:
    assert mail.outbox == []
    assert "dummy" not in settings.EMAIL_BACKEND


def test_everybody_can_log_in_with_the_role_that_the_story_gives_them(performed: Performed) -> None:
    for colleague in USERS:
        user = authenticate(username=colleague.username, password=PASSWORD)

        assert user is not None, colleague
        assert user.is_staff
        assert not user.is_superuser
        assert has_role(user, colleague.role)
    manager = get_user_model().objects.get(username="annika")
    assert Lead.objects.visible_to(manager).filter(stage=Stage.MARKETING_QUALIFIED).count() == 7
    assert Team.objects.visible_to(manager).count() == 2


def test_a_second_demo_is_refused_with_the_reason(performed: Performed) -> None:
    with pytest.raises(DemoRefused, match="There are people in this database already"):
        perform(leads=20, password=PASSWORD, now=NOW)
