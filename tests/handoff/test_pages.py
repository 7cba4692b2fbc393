from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from handoff.models import Assignment, Notice, RoutingRule, ServiceLevel
from leads.enums import Stage
from leads.models import Lead, TeamMember
from terminology.editing import rename_terms
from tests import factories
from tests.handoff import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(team: Any) -> Any:
    return make.rep(team, first_name="Dana", last_name="Reyes")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- The work list ----------------------------------------------------------------------------------------------------


def test_my_queue_shows_a_lead_with_one_button(team: Any, rep: Any) -> None:
    now = timezone.now()
    ServiceLevel.objects.create(stage=Stage.MARKETING_QUALIFIED, first_response_hours=4)
    contact = factories.ContactFactory(
        first_name="Ada", last_name="Keller", title="COO", account__name="Northwind"
    )
    lead = make.handed_over(now, hours_ago=6, owner=rep, contact=contact)

    page = text_of(signed_in(rep).get(reverse("handoff:my_queue")))

    assert "Ada Keller" in page
    assert "COO · Northwind" in page
    assert "2 h late" in page
    assert "1 lead should have heard from you by now." in page
    assert page.count(f'class="lo-button lo-primary" href="/admin/leads/lead/{lead.pk}/change/"') == 1


def test_my_queue_says_so_when_nothing_waits(rep: Any) -> None:
    page = text_of(signed_in(rep).get(reverse("handoff:my_queue")))

    assert "Nothing waits for you." in page


def test_my_queue_wears_the_labels_of_the_day(rep: Any) -> None:
    now = timezone.now()
    make.handed_over(now, owner=rep)
    rename_terms(
        texts={"queue.new": "Fresh <b>enquiries</b>", "stage.marketing_qualified.short": "Hot one"},
        by=None,
        now=now,
    )

    page = text_of(signed_in(rep).get(reverse("handoff:my_queue")))

    assert "Fresh &lt;b&gt;enquiries&lt;/b&gt;" in page
    assert "Hot one" in page


def test_my_queue_is_for_those_who_work_leads(team: Any) -> None:
    reader = factories.UserFactory(role="read_only")

    assert signed_in(reader).get(reverse("handoff:my_queue")).status_code == 403
    assert Client().get(reverse("handoff:my_queue")).status_code == 302


def test_shows_each_text_as_text(rep: Any) -> None:
    now = timezone.now()
    contact = factories.ContactFactory(
        first_name="<script>alert(1)</script>", title="<img src=x>", account=None
    )
    lead = make.handed_over(now, owner=rep, contact=contact)
    make.notice(rep, now=now, lead=lead)

    for name in ("handoff:my_queue", "handoff:notices"):
        page = text_of(signed_in(rep).get(reverse(name)))
        assert "<script>alert" not in page
        assert "<img src=x>" not in page


# --- Taking and giving ------------------------------------------------------------------------------------------------


def test_a_rep_takes_a_lead_from_the_list(team: Any, rep: Any) -> None:
    lead = make.handed_over(timezone.now(), team=team)

    response = signed_in(rep).post(reverse("handoff:take", args=[lead.pk]), follow=True)

    assert Lead.objects.get(pk=lead.pk).owner == rep
    assert messages_of(response) == [f"{lead} is yours now."]
    assert response.redirect_chain[-1][0] == f"/admin/leads/lead/{lead.pk}/change/"


def test_the_slower_of_two_reads_who_was_faster(team: Any, rep: Any) -> None:
    slower = make.rep(team)
    lead = make.handed_over(timezone.now(), team=team)
    signed_in(rep).post(reverse("handoff:take", args=[lead.pk]))

    response = signed_in(slower).post(reverse("handoff:take", args=[lead.pk]), follow=True)

    assert messages_of(response) == ["Dana Reyes was faster and has this lead now. Choose another one."]
    assert Lead.objects.get(pk=lead.pk).owner == rep


def test_a_number_that_does_not_exist_and_one_that_is_hidden_look_the_same(team: Any, rep: Any) -> None:
    hidden = make.handed_over(timezone.now(), team=factories.TeamFactory())
    client = signed_in(rep)

    answers = [
        messages_of(client.post(reverse("handoff:take", args=[pk]), follow=True))
        for pk in (hidden.pk, 999_999)
    ]

    assert answers[0] == answers[1] == ["There is no such lead in your team. Go back to your queue."]


def test_a_manager_gives_a_lead_from_its_page(team: Any, rep: Any) -> None:
    manager = make.manager(team)
    lead = make.handed_over(timezone.now(), team=team)
    client = signed_in(manager)

    page = text_of(client.get(reverse("admin:leads_lead_change", args=[lead.pk])))
    response = client.post(reverse("handoff:give", args=[lead.pk]), {"to": rep.pk, "seen": ""}, follow=True)

    assert f'<option value="{rep.pk}">Dana Reyes (Sales)</option>' in page
    assert messages_of(response) == [f"{lead} is now with Dana Reyes."]
    assert Lead.objects.get(pk=lead.pk).owner == rep


def test_giving_from_an_old_page_changes_nothing_and_says_so(team: Any, rep: Any) -> None:
    manager, other = make.manager(team), make.rep(team)
    lead = make.handed_over(timezone.now(), team=team, owner=rep)

    response = signed_in(manager).post(
        reverse("handoff:give", args=[lead.pk]), {"to": other.pk, "seen": ""}, follow=True
    )

    assert messages_of(response) == [
        "Dana Reyes has this lead by now. Look at it again before you give it away."
    ]
    assert Lead.objects.get(pk=lead.pk).owner == rep


@pytest.mark.parametrize("to", ["", "abc", "99999999", "-1"])
def test_giving_to_nobody_says_what_to_do(team: Any, to: str) -> None:
    manager = make.manager(team)
    lead = make.handed_over(timezone.now(), team=team)

    response = signed_in(manager).post(reverse("handoff:give", args=[lead.pk]), {"to": to}, follow=True)

    assert messages_of(response) == ["Choose to whom you give the lead."]


def test_a_rep_may_not_give_and_a_manager_not_reach_another_teams_lead(team: Any, rep: Any) -> None:
    manager = make.manager(team)
    own = make.handed_over(timezone.now(), team=team)
    foreign = make.handed_over(timezone.now(), team=factories.TeamFactory())

    by_rep = signed_in(rep).post(reverse("handoff:give", args=[own.pk]), {"to": rep.pk})
    by_manager = signed_in(manager).post(reverse("handoff:give", args=[foreign.pk]), {"to": rep.pk})

    assert (by_rep.status_code, by_manager.status_code) == (403, 404)
    assert not Assignment.objects.exists()


def test_the_lead_page_says_who_has_it_since_when_and_why(team: Any, rep: Any) -> None:
    now = timezone.now()
    ServiceLevel.objects.create(stage=Stage.MARKETING_QUALIFIED, first_response_hours=4)
    lead = make.handed_over(now, hours_ago=1.5, owner=rep, team=team)
    Assignment.objects.create(lead=lead, owner=rep, team=team, at=now, why="Given by Annika Strand.")

    page = text_of(signed_in(rep).get(reverse("admin:leads_lead_change", args=[lead.pk])))

    assert "Who has it" in page
    assert "Given by Annika Strand." in page
    assert "due in 2 h 2" in page  # 2 h 29 min, or 30 where the clock has not ticked
    assert "Take this lead" not in page
    assert "Give to" not in page


# --- Who receives leads -----------------------------------------------------------------------------------------------


def test_a_manager_switches_a_rep_off_and_reads_what_it_means(team: Any, rep: Any) -> None:
    manager = make.manager(team)
    make.handed_over(timezone.now(), owner=rep, team=team)
    make.handed_over(timezone.now(), team=team)
    member = TeamMember.objects.get(user=rep)
    client = signed_in(manager)

    page = text_of(client.get(reverse("handoff:my_team")))
    response = client.post(reverse("handoff:switch", args=[member.pk]), {"receives": "no"}, follow=True)

    assert '<td class="lo-team-number" data-label="MQL">1</td>' in page
    assert "1 lead of this team has no owner." in page
    assert messages_of(response) == [
        "Dana Reyes receives no leads now. Switch it on again when they are back."
    ]
    assert not TeamMember.objects.get(pk=member.pk).receives_leads


def test_the_team_page_is_the_managers_and_shows_own_teams_only(team: Any, rep: Any) -> None:
    stranger = make.rep(factories.TeamFactory(name="Elsewhere"))
    client = signed_in(make.manager(team))

    page = text_of(client.get(reverse("handoff:my_team")))
    switched = client.post(
        reverse("handoff:switch", args=[TeamMember.objects.get(user=stranger).pk]), {"receives": "no"}
    )

    assert "Elsewhere" not in page
    assert switched.status_code == 404
    assert signed_in(rep).get(reverse("handoff:my_team")).status_code == 403


def test_says_once_why_all_of_them_wait(team: Any) -> None:
    manager = make.manager(team)
    make.rule(team)
    for _ in range(3):
        make.handed_over(timezone.now(), team=team)

    page = text_of(signed_in(manager).get(reverse("handoff:my_queue")))

    assert page.count("receives leads at the moment") == 1


# --- Notices and the bell ---------------------------------------------------------------------------------------------


def test_the_bell_counts_what_is_unread_and_is_seen_on_every_page(rep: Any) -> None:
    now = timezone.now()
    for _ in range(3):
        make.notice(rep, now=now, lead=make.handed_over(now, owner=rep))
    make.notice(rep, now=now, read_at=now)
    client = signed_in(rep)

    for url in (reverse("handoff:my_queue"), reverse("admin:leads_lead_changelist")):
        page = text_of(client.get(url))
        assert "Notices, 3 unread" in page
        assert '<span class="lo-bell-count" aria-hidden="true">3</span>' in page


def test_there_is_no_bell_for_those_who_get_no_notices() -> None:
    reader = factories.UserFactory(role="read_only")

    page = text_of(signed_in(reader).get(reverse("admin:leads_lead_changelist")))

    assert "lo-bell" not in page


def test_opening_a_notice_marks_it_as_read_and_shows_the_lead(rep: Any) -> None:
    now = timezone.now()
    lead = make.handed_over(now, owner=rep)
    notice = make.notice(rep, now=now, lead=lead)

    response = signed_in(rep).post(reverse("handoff:open_notice", args=[notice.pk]))

    assert response.headers["Location"] == f"/admin/leads/lead/{lead.pk}/change/"
    assert Notice.objects.get().read_at is not None


def test_marks_as_read_what_the_page_showed_and_nothing_newer(rep: Any) -> None:
    now = timezone.now()
    first, second = make.notice(rep, now=now), make.notice(rep, now=now)
    other = make.notice(factories.UserFactory(role="marketing"), now=now)

    signed_in(rep).post(reverse("handoff:read_notices"), {"up_to": first.pk})

    assert set(Notice.objects.unread()) == {second, other}


@pytest.mark.parametrize("number", ["²", "9" * 30, "x"])
def test_what_is_no_number_of_a_row_breaks_no_page(team: Any, rep: Any, number: str) -> None:
    manager = factories.UserFactory(role="sales_manager", team=team)
    lead = make.handed_over(timezone.now(), team=team, owner=rep)
    notice = make.notice(rep, now=timezone.now(), lead=lead)
    give = reverse("handoff:give", args=[lead.pk])

    pages = [
        signed_in(rep).get(reverse("handoff:notices"), {"before": number}),
        signed_in(rep).post(reverse("handoff:read_notices"), {"up_to": number}, follow=True),
        signed_in(manager).post(give, {"to": number, "seen": number}, follow=True),
        signed_in(manager).post(give, {"to": rep.pk, "seen": number}, follow=True),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200, 200]
    notice.refresh_from_db()
    assert notice.read_at is None


def test_nobody_reads_or_opens_the_notices_of_others(team: Any, rep: Any) -> None:
    now = timezone.now()
    contact = factories.ContactFactory(first_name="Hidden", last_name="Person")
    notice = make.notice(rep, now=now, lead=make.handed_over(now, owner=rep, contact=contact))
    other = signed_in(make.rep(team))

    page = text_of(other.get(reverse("handoff:notices")))
    opened = other.post(reverse("handoff:open_notice", args=[notice.pk]))

    assert "Hidden" not in page
    assert opened.status_code == 404
    assert Notice.objects.get().read_at is None


def test_a_notice_about_a_lead_that_went_to_somebody_else_is_gone(team: Any, rep: Any) -> None:
    now = timezone.now()
    contact = factories.ContactFactory(first_name="Moved", last_name="On")
    lead = make.handed_over(now, owner=rep, team=team, contact=contact)
    notice = make.notice(rep, now=now, lead=lead)
    Lead.objects.filter(pk=lead.pk).update(owner=make.rep(team))
    client = signed_in(rep)

    page = text_of(client.get(reverse("handoff:notices")))

    assert "Moved" not in page
    assert "Nothing to tell you." in page
    assert client.post(reverse("handoff:open_notice", args=[notice.pk])).status_code == 404


def test_older_notices_are_a_page_away(rep: Any) -> None:
    now = timezone.now()
    rows = [
        make.notice(
            rep, now=now, url="/admin/", facts={"state": "done", "name": f"list {place}"}, kind="job_ended"
        )
        for place in range(53)
    ]
    client = signed_in(rep)

    first = text_of(client.get(reverse("handoff:notices")))
    second = text_of(client.get(f"{reverse('handoff:notices')}?before={rows[3].pk}"))

    assert "list 52: done." in first
    assert "list 2: done." not in first
    assert f"?before={rows[3].pk}" in first
    assert "list 2: done." in second


# --- GET changes nothing ----------------------------------------------------------------------------------------------


def test_get_never_changes_anything(team: Any, rep: Any) -> None:
    now = timezone.now()
    manager = make.manager(team)
    lead = make.handed_over(now - timedelta(hours=2), team=team)
    notice = make.notice(manager, now=now, lead=lead)
    client = signed_in(manager)

    answers = {
        url: client.get(url).status_code
        for url in (
            reverse("handoff:take", args=[lead.pk]),
            reverse("handoff:give", args=[lead.pk]),
            reverse("handoff:read_notices"),
            reverse("handoff:open_notice", args=[notice.pk]),
            reverse("handoff:my_queue"),
            reverse("handoff:notices"),
            reverse("admin:leads_lead_change", args=[lead.pk]),
        )
    }

    assert list(answers.values()) == [405, 405, 405, 405, 200, 200, 200]
    assert Lead.objects.get(pk=lead.pk).owner is None
    assert Notice.objects.get().read_at is None
    assert not Assignment.objects.exists()


def test_a_post_without_its_token_is_refused(team: Any, rep: Any) -> None:
    lead = make.handed_over(timezone.now(), team=team)
    client = Client(enforce_csrf_checks=True)
    client.force_login(rep)

    assert client.post(reverse("handoff:take", args=[lead.pk])).status_code == 403
    assert Lead.objects.get(pk=lead.pk).owner is None


# --- The admin's own pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "rules", "levels", "assignments"),
    [
        ("sales_rep", 403, 403, 403),
        ("sales_manager", 200, 200, 200),
        ("marketing", 200, 200, 200),
        ("revops", 200, 200, 200),
        ("administrator", 200, 200, 200),
        ("read_only", 403, 403, 403),
    ],
)
def test_each_role_reaches_its_own_pages(role: str, rules: int, levels: int, assignments: int) -> None:
    client = signed_in(factories.UserFactory(role=role))

    found = [
        client.get(reverse(f"admin:handoff_{model}_changelist")).status_code
        for model in ("routingrule", "servicelevel", "assignment")
    ]

    assert found == [rules, levels, assignments]


def test_rules_and_response_times_change_by_agreement_alone(team: Any) -> None:
    rule = make.rule(team, name="Everything")
    client = signed_in(factories.UserFactory(role="revops"))

    answers = [
        client.post(reverse("admin:handoff_routingrule_add"), {"name": "Mine", "team": team.pk}),
        client.post(reverse("admin:handoff_routingrule_change", args=[rule.pk]), {"name": "Mine"}),
        client.post(reverse("admin:handoff_routingrule_delete", args=[rule.pk]), {"post": "yes"}),
        client.post(reverse("admin:handoff_servicelevel_add"), {"stage": "marketing_qualified"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]
    assert RoutingRule.objects.get().name == "Everything"


def test_assignments_are_only_read_and_only_those_of_visible_leads(team: Any, rep: Any) -> None:
    now = timezone.now()
    manager = make.manager(team)
    mine = make.handed_over(now, owner=rep, team=team)
    foreign = make.handed_over(now, team=factories.TeamFactory(), contact__last_name="Elsewhere")
    rows = [Assignment.objects.create(lead=lead, owner=rep, at=now, why="Test.") for lead in (mine, foreign)]
    client = signed_in(manager)

    page = text_of(client.get(reverse("admin:handoff_assignment_changelist")))

    assert "Elsewhere" not in page
    assert str(mine) in page
    assert client.get(reverse("admin:handoff_assignment_change", args=[rows[1].pk])).status_code == 302
    assert client.post(reverse("admin:handoff_assignment_delete", args=[rows[0].pk])).status_code == 403
    assert client.get(reverse("admin:handoff_assignment_add")).status_code == 403
