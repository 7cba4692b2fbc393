from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff import routing
from handoff.models import Assignment, Notice
from leadops.records import HistoryIsWrittenOnce
from leads.enums import Stage
from leads.models import Lead, TeamMember
from tests import factories
from tests.handoff import make

pytestmark = pytest.mark.django_db


def owners(leads: list[Lead]) -> list[Any]:
    return [Lead.objects.get(pk=lead.pk).owner for lead in leads]


# --- Dealing ------------------------------------------------------------------------------------------------


def test_gives_a_lead_to_the_next_in_turn_and_writes_down_why(now: datetime, team: Any) -> None:
    rep = make.rep(team, first_name="Dana", last_name="Reyes")
    rule = make.rule(team, name="Everything else")
    lead = make.handed_over(now)

    assignment = routing.route(lead=lead, now=now)

    assert assignment is not None
    assert (lead.owner, lead.team) == (rep, team)
    assert (assignment.rule, assignment.at, assignment.by) == (rule, now, None)
    assert assignment.why == "By the rule “Everything else”: next in turn in “Sales”."
    assert Notice.objects.get().user == rep


def test_deals_in_turn_so_that_counts_differ_by_one_at_most(now: datetime, team: Any) -> None:
    reps = [make.rep(team) for _ in range(3)]
    make.rule(team)
    leads = [make.handed_over(now, hours_ago=20 - place) for place in range(11)]

    first = routing.route_waiting(now=now)

    assert first == 11
    assert owners(leads) == [reps[place % 3] for place in range(11)]
    assert Assignment.objects.count() == Notice.objects.count() == 11


def test_goes_on_where_the_run_before_stopped(now: datetime, team: Any) -> None:
    reps = [make.rep(team) for _ in range(3)]
    make.rule(team)

    # The clock of a run that had to wait is behind that of the run before it.
    for run in range(7):
        make.handed_over(now)
        routing.route_waiting(now=now - timedelta(seconds=run))

    counts = Counter(Assignment.objects.values_list("owner", flat=True))
    assert sorted(counts) == sorted(rep.pk for rep in reps)
    assert max(counts.values()) - min(counts.values()) == 1


def test_a_newcomer_gets_the_next_one(now: datetime, team: Any) -> None:
    make.rep(team)
    make.rule(team)
    routing.route(lead=make.handed_over(now), now=now)

    newcomer = make.rep(team)
    lead = make.handed_over(now)
    routing.route(lead=lead, now=now)

    assert lead.owner == newcomer


def test_the_first_rule_that_fits_decides(now: datetime, team: Any) -> None:
    big_team = factories.TeamFactory(name="Key accounts")
    big_rep, rep = make.rep(big_team), make.rep(team)
    make.rule(team, position=20)
    make.rule(big_team, make.ENTERPRISE, position=10)
    make.rule(factories.TeamFactory(), position=0, is_active=False)
    big = make.handed_over(now, contact__account__employees=5000)
    small = make.handed_over(now, contact__account__employees=50)

    routing.route_waiting(now=now)

    assert owners([big, small]) == [big_rep, rep]


def test_passes_over_those_who_receive_none_and_those_who_have_left(now: datetime, team: Any) -> None:
    away, gone, here = make.rep(team), make.rep(team), make.rep(team)
    TeamMember.objects.filter(user=away).update(receives_leads=False)
    gone.is_active = False
    gone.save()
    make.rule(team)
    leads = [make.handed_over(now) for _ in range(3)]

    routing.route_waiting(now=now)

    assert set(owners(leads)) == {here}


def test_deals_only_what_marketing_handed_over_and_nobody_has(now: datetime, team: Any) -> None:
    rep, other = make.rep(team), make.rep(team)
    make.rule(team)
    make.handed_over(now, owner=other)
    factories.LeadFactory(stage=Stage.IDENTIFIED)
    factories.LeadFactory(stage=Stage.DISQUALIFIED)

    assert routing.route_waiting(now=now) == 0

    assert not Assignment.objects.exists()
    assert not Lead.objects.filter(owner=rep).exists()


def test_deals_again_what_somebody_who_left_had_not_accepted(now: datetime, team: Any) -> None:
    gone = make.rep(team, is_active=False)
    rep = make.rep(team)
    make.rule(team)
    lead = make.handed_over(now, owner=gone)

    routing.route_waiting(now=now)

    assert owners([lead]) == [rep]


def test_a_second_run_changes_nothing(now: datetime, team: Any) -> None:
    make.rep(team)
    make.rule(team)
    lead = make.handed_over(now)
    routing.route_waiting(now=now)

    assert routing.route_waiting(now=now) == 0
    assert routing.route(lead=lead, now=now) is None

    assert Assignment.objects.count() == Notice.objects.count() == 1


def test_shows_a_lead_that_nobody_receives_to_the_manager_of_the_team(now: datetime, team: Any) -> None:
    manager = make.manager(team)
    make.rule(team)
    lead = make.handed_over(now)

    assert routing.route_waiting(now=now) == 0

    assert Lead.objects.get(pk=lead.pk).owner is None
    assert Lead.objects.visible_to(manager).filter(pk=lead.pk).exists()
    assert routing.why_waiting(lead=lead, now=now) == (
        "Nobody in “Sales” receives leads at the moment. Its manager has to switch somebody on, or give it to somebody."
    )


def test_says_why_a_lead_waits(now: datetime, team: Any) -> None:
    lead = make.handed_over(now, contact__account__employees=50)

    without_rule = routing.why_waiting(lead=lead, now=now)
    make.rule(team, make.ENTERPRISE)
    without_fitting_rule = routing.why_waiting(lead=lead, now=now)
    make.rule(team)
    make.rep(team)
    soon = routing.why_waiting(lead=lead, now=now)
    routing.route(lead=lead, now=now)

    assert without_rule == "No routing rule is in use. RevOps has to add one."
    assert (
        without_fitting_rule == "No routing rule fits this lead. RevOps has to add one for everything else."
    )
    assert soon == "The next rep of “Sales” gets it within a minute."
    assert routing.why_waiting(lead=lead, now=now) == ""


def test_nobody_gets_to_call_a_person_who_has_opted_out(now: datetime, team: Any) -> None:
    rep, manager = make.rep(team), make.manager(team)
    make.rule(team)
    lead = make.handed_over(now, team=team, contact__opted_out_at=now - timedelta(minutes=1))

    dealt = routing.route_waiting(now=now)
    with pytest.raises(routing.AssignmentRefused, match="The person has opted out"):
        routing.claim(lead=lead, by=rep, now=now)
    with pytest.raises(routing.AssignmentRefused, match="The person has opted out"):
        routing.assign(lead=lead, to=rep, by=manager, now=now)

    assert dealt == 0
    assert owners([lead]) == [None]
    assert routing.why_waiting(lead=lead, now=now) == (
        "The person has opted out and may not be contacted. Disqualify the lead."
    )


def test_deals_many_leads_in_few_statements(now: datetime, team: Any) -> None:
    for _ in range(4):
        make.rep(team)
    make.rule(team, make.ENTERPRISE)
    make.rule(team)

    def statements(leads: int) -> int:
        for _ in range(leads):
            make.handed_over(now)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert routing.route_waiting(now=now) == leads
        return len(queries)

    few, many = statements(4), statements(40)

    assert many == few


def test_an_assignment_stands_as_it_was_written(now: datetime, team: Any) -> None:
    make.rep(team)
    make.rule(team)
    assignment = routing.route(lead=make.handed_over(now), now=now)
    assert assignment is not None

    assignment.why = "Because."
    with pytest.raises(HistoryIsWrittenOnce):
        assignment.save()


# --- By hand ------------------------------------------------------------------------------------------------


def test_a_manager_gives_a_lead_to_a_rep(now: datetime, team: Any) -> None:
    manager = make.manager(team, first_name="Annika", last_name="Strand")
    rep = make.rep(team)
    lead = make.handed_over(now, team=team)

    assignment = routing.assign(lead=lead, to=rep, by=manager, now=now)

    assert (lead.owner, assignment.by, assignment.why) == (rep, manager, "Given by Annika Strand.")
    assert Notice.objects.get().user == rep


def test_a_manager_moves_a_lead_from_one_rep_to_another(now: datetime, team: Any) -> None:
    manager, first, second = make.manager(team), make.rep(team), make.rep(team)
    lead = make.handed_over(now, team=team, owner=first)

    routing.assign(lead=lead, to=second, by=manager, now=now)

    assert owners([lead]) == [second]


def test_a_manager_cannot_give_a_lead_to_another_team(now: datetime, team: Any) -> None:
    manager = make.manager(team)
    stranger = make.rep(factories.TeamFactory(), first_name="Lena", last_name="Hoff")
    lead = make.handed_over(now, team=team)

    with pytest.raises(routing.AssignmentRefused, match="Lena Hoff receives no leads in a team of yours"):
        routing.assign(lead=lead, to=stranger, by=manager, now=now)

    assert owners([lead]) == [None]


def test_a_manager_cannot_give_away_a_lead_of_another_team(now: datetime, team: Any) -> None:
    manager, rep = make.manager(team), make.rep(team)
    lead = make.handed_over(now, team=factories.TeamFactory())

    with pytest.raises(routing.AssignmentRefused, match="not your team's"):
        routing.assign(lead=lead, to=rep, by=manager, now=now)

    assert owners([lead]) == [None]


@pytest.mark.parametrize("switch", ["receives_leads", "is_active"])
def test_nobody_who_is_switched_off_is_given_a_lead(now: datetime, team: Any, switch: str) -> None:
    manager, rep = make.manager(team), make.rep(team)
    lead = make.handed_over(now, team=team)
    if switch == "receives_leads":
        TeamMember.objects.filter(user=rep).update(receives_leads=False)
    else:
        type(rep).objects.filter(pk=rep.pk).update(is_active=False)

    with pytest.raises(routing.AssignmentRefused, match="Choose an active member of your team"):
        routing.assign(lead=lead, to=rep, by=manager, now=now)

    assert not Assignment.objects.exists()


def test_a_rep_cannot_give_leads_away(now: datetime, team: Any) -> None:
    rep, other = make.rep(team), make.rep(team)
    lead = make.handed_over(now, team=team, owner=rep)

    with pytest.raises(routing.AssignmentRefused, match="Only a sales manager or RevOps"):
        routing.assign(lead=lead, to=other, by=rep, now=now)


def test_revops_gives_any_lead_to_anybody_in_sales(now: datetime, team: Any) -> None:
    revops = factories.UserFactory(role="revops")
    rep = make.rep(team)
    lead = make.handed_over(now)

    routing.assign(lead=lead, to=rep, by=revops, now=now)

    assert (lead.owner, lead.team) == (rep, team)


def test_a_manager_with_an_old_page_is_told_who_has_the_lead(now: datetime, team: Any) -> None:
    manager, first, second = (
        make.manager(team),
        make.rep(team, first_name="Dana", last_name="Reyes"),
        make.rep(team),
    )
    lead = make.handed_over(now, team=team)
    seen = Lead.objects.get(pk=lead.pk)
    routing.assign(lead=lead, to=first, by=manager, now=now)

    with pytest.raises(routing.AlreadyTaken, match="Dana Reyes has this lead by now"):
        routing.assign(lead=seen, to=second, by=manager, now=now)

    assert owners([lead]) == [first]


def test_a_lead_that_has_ended_is_not_given_away(now: datetime, team: Any) -> None:
    manager, rep = make.manager(team), make.rep(team)
    lead = factories.LeadFactory(stage=Stage.DISQUALIFIED, team=team)

    with pytest.raises(routing.AssignmentRefused, match=r"has ended .“Disqualified”.\. Reopen it"):
        routing.assign(lead=lead, to=rep, by=manager, now=now)


def test_offers_a_manager_the_active_members_of_the_team(now: datetime, team: Any) -> None:
    manager = make.manager(team, first_name="Zoe")
    rep, owner, away = make.rep(team, first_name="Ann"), make.rep(team), make.rep(team)
    TeamMember.objects.filter(user=away).update(receives_leads=False)
    make.rep(factories.TeamFactory())
    lead = make.handed_over(now, team=team, owner=owner)

    offered = [member.user for member in routing.may_receive(lead=lead, by=manager)]

    assert offered == [rep, manager]


def test_a_manager_switches_a_member_off_and_on_again(team: Any) -> None:
    manager, rep = make.manager(team), make.rep(team)
    member = TeamMember.objects.get(user=rep)

    routing.set_receiving(member=member, receives=False, by=manager)
    off = TeamMember.objects.get(pk=member.pk).receives_leads
    routing.set_receiving(member=member, receives=True, by=manager)

    assert off is False
    assert TeamMember.objects.get(pk=member.pk).receives_leads is True


def test_nobody_switches_members_of_other_teams_or_without_the_right(team: Any) -> None:
    manager, rep = make.manager(team), make.rep(team)
    stranger = TeamMember.objects.get(user=make.rep(factories.TeamFactory()))
    own = TeamMember.objects.get(user=rep)

    with pytest.raises(routing.AssignmentRefused, match="There is no such person in your teams"):
        routing.set_receiving(member=stranger, receives=False, by=manager)
    with pytest.raises(routing.AssignmentRefused, match="Only a sales manager or RevOps"):
        routing.set_receiving(member=own, receives=False, by=rep)

    assert not TeamMember.objects.filter(pk__in=[stranger.pk, own.pk], receives_leads=False).exists()


def test_somebody_who_has_left_is_not_switched_on(team: Any) -> None:
    manager = make.manager(team)
    gone = make.rep(team, first_name="Lena", last_name="Hoff", is_active=False)
    member = TeamMember.objects.select_related("user").get(user=gone)

    with pytest.raises(routing.AssignmentRefused, match="Lena Hoff can't log in any more"):
        routing.set_receiving(member=member, receives=True, by=manager)


# --- Taking -------------------------------------------------------------------------------------------------


def test_a_rep_takes_a_lead_that_nobody_has(now: datetime, team: Any) -> None:
    rep = make.rep(team, first_name="Dana", last_name="Reyes")
    lead = make.handed_over(now, team=team)

    assignment = routing.claim(lead=lead, by=rep, now=now)

    assert (lead.owner, assignment.why) == (rep, "Taken by Dana Reyes.")
    assert not Notice.objects.exists()  # she knows


def test_the_second_of_two_who_take_a_lead_is_told_who_was_faster(now: datetime, team: Any) -> None:
    first, second = make.rep(team, first_name="Dana", last_name="Reyes"), make.rep(team)
    lead = make.handed_over(now, team=team)
    seen = Lead.objects.get(pk=lead.pk)
    routing.claim(lead=lead, by=first, now=now)

    with pytest.raises(routing.AlreadyTaken, match="Dana Reyes was faster and has this lead now"):
        routing.claim(lead=seen, by=second, now=now)

    assert owners([lead]) == [first]
    assert Assignment.objects.count() == 1


def test_a_guessed_number_does_not_tell_who_has_a_lead(now: datetime, team: Any) -> None:
    owner, rep = make.rep(team), make.rep(team)
    old = make.handed_over(now, team=team, owner=owner)
    foreign = make.handed_over(now, team=factories.TeamFactory())

    for lead in (old, foreign):
        with pytest.raises(routing.AssignmentRefused, match="There is no such lead in your team"):
            routing.claim(lead=lead, by=rep, now=now)


def test_a_lead_that_marketing_still_has_cannot_be_taken(now: datetime, team: Any) -> None:
    rep = make.rep(team)
    lead = factories.LeadFactory(stage=Stage.IDENTIFIED, team=team)

    with pytest.raises(routing.AssignmentRefused, match="Marketing has not handed this lead over"):
        routing.claim(lead=lead, by=rep, now=now)

    assert owners([lead]) == [None]
