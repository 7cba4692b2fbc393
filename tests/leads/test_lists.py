"""The list as a thing: what it cost and brought, the notice to its people, handing it back and taking it up again."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from handoff import routing
from handoff.models import Notice, RoutingRule
from imports.models import ImportBatch
from imports.sources import SourceRefused, require_source, source_of
from leads import handing_back, lifecycle, list_costs, list_notice
from leads.enums import SourceKind, Stage, Transition, Trust
from leads.handing_back import HandBackRefused
from leads.lifecycle import StepRefused
from leads.models import Lead, Source, StageChange
from tests import factories
from tests.imports.lists import csv_file, loaded, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(now: datetime) -> Source:
    made: Source = factories.SourceFactory(purchased=True, name="Listworks May", created_at=now)
    return made


# --- Trust and cost -----------------------------------------------------------------------------------------------


def test_a_purchased_list_is_trusted_least() -> None:
    by_trust = sorted(SourceKind, key=lambda kind: Source(kind=kind).trust)

    assert by_trust[0] == SourceKind.PURCHASED_LIST
    assert Source(kind=SourceKind.PURCHASED_LIST).trust is Trust.LOWEST
    assert [kind for kind in SourceKind if Source(kind=kind).trust is Trust.LOWEST] == [
        SourceKind.PURCHASED_LIST
    ]


def test_says_plainly_that_nothing_is_known_yet() -> None:
    assert list_costs.past_costs().sentences == [
        "Nothing of the kind “Purchased list” has a price yet, so what one SQL of it costs is not known."
    ]


def test_adds_price_and_time_by_currency(settings: Any) -> None:
    settings.LEADOPS = {**settings.LEADOPS, "HOURLY_COST": "EUR=50", "DEFAULT_CURRENCY": "EUR"}
    first = factories.SourceFactory(purchased=True, cost=1000, currency="EUR", effort_hours=4)
    second = factories.SourceFactory(purchased=True, cost=600, currency="", effort_hours=None)
    dollars = factories.SourceFactory(purchased=True, cost=900, currency="USD", effort_hours=2)
    factories.SourceFactory(purchased=True, cost=None)
    factories.SourceFactory(cost=9999, currency="EUR")  # an event
    for one, stage in [
        (first, "suspect"),
        (first, "sales_qualified"),
        (second, "sales_qualified"),
        (dollars, "suspect"),
    ]:
        factories.LeadFactory(source=one, stage=Stage(stage))

    found = list_costs.past_costs()

    assert [
        (past.currency, past.spent, past.lists, past.leads, past.sqls, past.per_sql) for past in found.past
    ] == [
        ("EUR", Decimal(1800), 2, 3, 2, Decimal("900.00")),
        ("USD", Decimal(900), 1, 1, 0, None),
    ]
    assert found.sentences == [
        "“Purchased list” has cost us EUR 900.00 for each SQL so far (2 × “Purchased list”, 3 leads, 2 SQL).",
        "“Purchased list” has cost us USD 900.00 so far, and brought not one SQL (1 × “Purchased list”, "
        "1 leads, 0 SQL). Our own time is not in it, since no hourly cost in USD is set.",
        "Not counted, for want of a price: 1 × “Purchased list”.",
    ]


def test_counts_in_few_queries_whatever_there_is(django_assert_num_queries: Any) -> None:
    for _ in range(5):
        factories.LeadFactory(source=factories.SourceFactory(purchased=True))

    with django_assert_num_queries(4):
        list_costs.past_costs()


def test_the_upload_page_warns_with_our_own_figures(client: Client, source: Source) -> None:
    factories.LeadFactory(source=source, stage=Stage.SALES_QUALIFIED)
    client.force_login(factories.UserFactory(role="marketing"))

    page = client.get(reverse("imports:upload")).content.decode()

    assert "EUR 1,200.00 for each SQL so far" in page
    assert "lowest" in page


# --- Doors --------------------------------------------------------------------------------------------------------


def batch_of(**fields: Any) -> ImportBatch:
    return ImportBatch(
        **{
            "kind": "purchased",
            "source_name": "June list",
            "vendor": "Listworks",
            "purchased_on": date(2026, 3, 1),
            "basis": "Legitimate interest",
            **fields,
        }
    )


@pytest.mark.parametrize("lacking", ["source_name", "vendor", "purchased_on", "basis"])
def test_a_purchased_list_without_its_papers_is_refused(lacking: str) -> None:
    with pytest.raises(SourceRefused):
        require_source(batch_of(**{lacking: None if lacking == "purchased_on" else " "[:0]}))


def test_terms_and_effort_are_kept_with_the_source(now: datetime) -> None:
    made = source_of(batch_of(terms="One year, e-mail only", effort_hours=Decimal("7.5")), now=now)

    assert (made.terms, made.effort_hours) == ("One year, e-mail only", Decimal("7.5"))
    assert made.notice_due_on == date(2026, 4, 11)


@pytest.mark.parametrize(
    ("kind", "has_clock"), [("purchased", True), ("partner", True), ("event", False), ("crm", False)]
)
def test_the_clock_runs_for_lists_that_are_not_from_the_person(
    now: datetime, kind: str, has_clock: bool
) -> None:
    assert bool(source_of(batch_of(kind=kind), now=now).notice_due_on) is has_clock


def test_a_second_import_does_not_put_the_notice_off(now: datetime) -> None:
    first = source_of(batch_of(), now=now).notice_due_on

    assert source_of(batch_of(), now=now + timedelta(days=20)).notice_due_on == first


@pytest.mark.parametrize(
    ("arrived", "due"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 2, 10), date(2026, 3, 10)),
        (date(2026, 3, 12), date(2026, 4, 11)),  # 30 days, although the month is longer
        (date(2026, 12, 5), date(2027, 1, 4)),
    ],
)
def test_a_month_is_never_longer_than_the_law_says(arrived: date, due: date) -> None:
    at = timezone.make_aware(datetime(arrived.year, arrived.month, arrived.day, 12))  # noqa: DTZ001

    assert list_notice.due_on(arrived_at=at) == due


# --- The notice ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "sentence", "colour", "may_go"),
    [
        (0, "Notice due in 30 days", "slate", True),
        (20, "Notice due in 10 days", "amber", True),
        (28, "Notice due in 2 days", "amber", True),
        (29, "Notice due in 1 day", "amber", True),
        (30, "Notice due today", "amber", True),
        (31, "Notice overdue by 1 day", "red", False),
    ],
)
def test_after_thirty_days_without_notice_nobody_is_handed_over(
    now: datetime, source: Source, days: int, sentence: str, colour: str, may_go: bool
) -> None:
    factories.define(
        Stage.MARKETING_QUALIFIED, {"kind": "activity", "activity_types": "engagement", "at_least": 1}
    )
    Source.objects.filter(pk=source.pk).update(notice_due_on=list_notice.due_on(arrived_at=now))
    source.refresh_from_db()
    at = now + timedelta(days=days)
    lead = factories.LeadFactory(source=source, stage=Stage.SUSPECT)
    factories.ActivityFactory(lead=lead, type=factories.ActivityTypeFactory(is_engagement=True), at=at)

    clock = list_notice.clock(source, now=at)
    moved = lifecycle.move_many(
        leads=Lead.objects.all(), transition=Transition.QUALIFY_MARKETING, by=None, now=at
    )

    assert (clock.sentence, clock.colour) == (sentence, colour)
    assert bool(moved.moved) is may_go
    if not may_go:
        assert moved.refused[lead.pk] == list_notice.NOT_TOLD
        marketing = factories.UserFactory(role="marketing")
        list_notice.give(source=source, on=timezone.localdate(at), by=marketing, now=at)
        again = lifecycle.move_many(
            leads=Lead.objects.all(), transition=Transition.QUALIFY_MARKETING, by=None, now=at
        )
        assert again.moved == [lead.pk]


def test_an_overdue_list_is_dealt_to_nobody_and_accepted_by_nobody(now: datetime, source: Source) -> None:
    team = factories.TeamFactory()
    rep = factories.UserFactory(role="sales_rep", team=team)
    RoutingRule.objects.create(name="All", team=team)
    Source.objects.filter(pk=source.pk).update(notice_due_on=timezone.localdate(now) - timedelta(days=1))
    lead = factories.LeadFactory(source=source, stage=Stage.MARKETING_QUALIFIED)
    other = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED)

    assert routing.route_waiting(now=now) == 1

    other.refresh_from_db()
    assert other.owner == rep
    assert routing.why_waiting(lead=lead, now=now) == list_notice.NOT_TOLD
    Lead.objects.filter(pk=lead.pk).update(owner=rep)
    with pytest.raises(StepRefused, match="where we have their details from"):
        lifecycle.accept(lead=Lead.objects.get(pk=lead.pk), by=rep, now=now, confirmed=[])


def test_marketing_sees_on_its_first_page_what_is_due(client: Client) -> None:
    today = timezone.localdate()
    for days, name in [(8, "Soon"), (-3, "Late"), (25, "Far")]:
        factories.SourceFactory(
            purchased=True, name=f"{name} list", notice_due_on=today + timedelta(days=days)
        )
    factories.SourceFactory(name="Told list", notice_due_on=today, notice_given_on=today)
    client.force_login(factories.UserFactory(role="marketing"))

    page = client.get(reverse("admin:index")).content.decode()

    assert "Notice due in 8 days" in page
    assert '<span class="lo-badge lo-red">Notice overdue by 3 days</span>' in page
    assert "Far list" not in page
    assert "Told list" not in page


def test_the_notice_is_noted_once_with_its_day(client: Client, source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(
        notice_due_on=timezone.localdate(), created_at=timezone.now() - timedelta(days=9)
    )
    client.force_login(factories.UserFactory(role="marketing"))
    page = reverse("admin:leads_source_notice", args=[source.pk])
    today = timezone.localdate()

    for day in (
        "",
        "31.12.",
        (today + timedelta(days=2)).isoformat(),
        (today - timedelta(days=30)).isoformat(),
    ):
        client.post(page, {"on": day})
        source.refresh_from_db()
        assert source.notice_given_on is None
    client.post(page, {"on": (today - timedelta(days=2)).isoformat()})
    client.post(page, {"on": today.isoformat()})

    source.refresh_from_db()
    assert source.notice_given_on == today - timedelta(days=2)
    assert LogEntry.objects.filter(object_id=str(source.pk)).count() == 1


# --- Handing back -------------------------------------------------------------------------------------------------


@pytest.fixture
def sold(source: Source) -> dict[str, Any]:
    """A list of which sales has something in every state, in two teams."""
    here, there = factories.TeamFactory(), factories.TeamFactory()
    manager = factories.UserFactory(role="sales_manager", team=here)
    rep = factories.UserFactory(role="sales_rep", team=here)
    leads = {
        stage: factories.LeadFactory(source=source, stage=stage, team=here, owner=rep)
        for stage in (Stage.SUSPECT, Stage.MARKETING_QUALIFIED, Stage.SALES_ACCEPTED, Stage.SALES_QUALIFIED)
    }
    other = factories.LeadFactory(source=source, stage=Stage.MARKETING_QUALIFIED, team=there)
    unrelated = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, team=here, owner=rep)
    factories.NurtureProgrammeFactory()
    return {
        "manager": manager, "rep": rep, "leads": leads, "other": other, "unrelated": unrelated,
        "reason": factories.ReasonFactory(text="Wrong people"), "marketing": factories.UserFactory(role="marketing"),
    }  # fmt: skip


def stage_of(lead: Lead) -> str:
    return Lead.objects.values_list("stage", flat=True).get(pk=lead.pk)


def test_a_list_goes_back_whole_with_its_reason(now: datetime, source: Source, sold: dict[str, Any]) -> None:
    done = handing_back.hand_back(
        source=source, by=sold["manager"], reason=sold["reason"], note="All students", now=now
    )

    leads = sold["leads"]
    assert (done.passed_back, done.freed, done.elsewhere) == (2, 1, 1)
    assert stage_of(leads[Stage.MARKETING_QUALIFIED]) == stage_of(leads[Stage.SALES_ACCEPTED]) == "identified"
    assert stage_of(leads[Stage.SALES_QUALIFIED]) == "sales_qualified"
    assert stage_of(sold["other"]) == stage_of(sold["unrelated"]) == "marketing_qualified"
    suspect = Lead.objects.get(pk=leads[Stage.SUSPECT].pk)
    assert (suspect.owner, suspect.team, suspect.stage) == (None, None, "suspect")
    changes = StageChange.objects.filter(transition="pass_back")
    assert {(change.reason, change.note, change.actor) for change in changes} == {
        (sold["reason"], "All students", sold["manager"])
    }
    source.refresh_from_db()
    assert (source.handed_back_at, source.handed_back_by, source.handed_back_note) == (
        now,
        sold["manager"],
        "All students",
    )
    notice = Notice.objects.get(user=sold["marketing"])
    assert (notice.kind, notice.facts["leads"], notice.facts["reason"]) == (
        "list_handed_back",
        2,
        "Wrong people",
    )
    assert (
        LogEntry.objects.get(object_id=str(source.pk)).change_message
        == "Handed back to marketing: Wrong people. All students"
    )


def test_handing_back_twice_changes_nothing(now: datetime, source: Source, sold: dict[str, Any]) -> None:
    by = {"source": source, "by": sold["manager"], "reason": sold["reason"], "now": now}
    handing_back.hand_back(**by, note="All students")

    with pytest.raises(HandBackRefused, match="already"):
        handing_back.hand_back(**by, note="Again")

    source.refresh_from_db()
    assert source.handed_back_note == "All students"
    assert Notice.objects.filter(kind="list_handed_back").count() == 1


@pytest.mark.parametrize("role", ["sales_rep", "marketing", "read_only"])
def test_only_who_answers_for_sales_hands_back(
    now: datetime, source: Source, sold: dict[str, Any], role: str
) -> None:
    with pytest.raises(HandBackRefused, match="role"):
        handing_back.hand_back(
            source=source, by=factories.UserFactory(role=role), reason=sold["reason"], note="No", now=now
        )

    source.refresh_from_db()
    assert source.handed_back_at is None


def test_a_note_and_a_reason_of_the_catalogue_are_asked_for(
    now: datetime, source: Source, sold: dict[str, Any]
) -> None:
    other = factories.ReasonFactory(disqualify=True)
    for reason, note in [(sold["reason"], "  "), (other, "No")]:
        with pytest.raises(HandBackRefused):
            handing_back.hand_back(source=source, by=sold["manager"], reason=reason, note=note, now=now)
    assert not StageChange.objects.exists()


def test_nothing_more_is_loaded_until_marketing_takes_it_up(
    now: datetime, source: Source, sold: dict[str, Any]
) -> None:
    handing_back.hand_back(source=source, by=sold["manager"], reason=sold["reason"], note="Students", now=now)
    more = {"kind": "purchased", "source_name": source.name}

    with pytest.raises(SourceRefused, match="handed the list “Listworks May” back: Wrong people"):
        loaded(csv_file([person(1)]), now=now, **more)
    with pytest.raises(HandBackRefused, match="role"):
        handing_back.take_up(source=source, by=sold["manager"], note="Replaced", now=now)
    with pytest.raises(HandBackRefused, match="what has been done"):
        handing_back.take_up(source=source, by=sold["marketing"], note=" ", now=now)
    handing_back.take_up(source=source, by=sold["marketing"], note="Vendor replaced it", now=now)

    assert loaded(csv_file([person(1)]), now=now, **more).created == 1
    told = Notice.objects.get(user=sold["manager"], kind="list_taken_up")
    assert told.facts["note"] == "Vendor replaced it"
    with pytest.raises(HandBackRefused, match="not handed back"):
        handing_back.take_up(source=source, by=sold["marketing"], note="Again", now=now)


# --- The page -----------------------------------------------------------------------------------------------------


def test_the_page_tells_what_became_of_the_list(
    client: Client, now: datetime, sold: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    batch = loaded(
        csv_file([person(1), person(2), person(3, e_mail="x@")]),
        now=now,
        kind="purchased",
        source_name="June",
        cost=600,
        currency="EUR",
        terms="One year",
    )
    assert batch.source is not None
    factories.LeadFactory(source=batch.source, stage=Stage.SALES_QUALIFIED)
    client.force_login(sold["marketing"])

    with django_assert_max_num_queries(30):
        page = client.get(reverse("admin:leads_source_list", args=[batch.source.pk])).content.decode()

    for text in ("One year", "EUR 600.00", "Lowest", "list.csv", "Notice "):
        assert text in page
    assert "Hand the list back" not in page


@pytest.mark.parametrize(
    ("role", "stands_there"), [("marketing", True), ("sales_manager", True), ("sales_rep", False)]
)
def test_the_menu_leads_those_to_the_lists_who_buy_them_or_hand_them_back(
    client: Client, role: str, stands_there: bool
) -> None:
    client.force_login(factories.UserFactory(role=role))

    home = client.get(reverse("admin:index")).content.decode()

    assert (f'href="{reverse("admin:leads_source_changelist")}"' in home) is stands_there


def test_a_source_has_a_button_to_its_page(client: Client, source: Source) -> None:
    client.force_login(factories.UserFactory(role="sales_manager"))

    form = client.get(reverse("admin:leads_source_change", args=[source.pk])).content.decode()

    address = reverse("admin:leads_source_list", args=[source.pk])
    assert f'<a class="lo-button" href="{address}">Page of the list</a>' in form


def test_a_manager_hands_back_on_the_page(client: Client, source: Source, sold: dict[str, Any]) -> None:
    client.force_login(sold["manager"])
    page = reverse("admin:leads_source_hand_back", args=[source.pk])

    shown = client.get(page).content.decode()
    without = client.post(page, {"note": "Students"}).content.decode()
    answer = client.post(
        page, {"reason": sold["reason"].pk, "note": "Students"}, follow=True
    ).content.decode()

    assert "2 leads that your side holds will go back to marketing" in shown
    assert "Choose a reason from the list." in without
    assert "is handed back, with 2 leads. Marketing is told. 1 more are with other teams" in answer
    assert "Handed back: Wrong people" in answer


def test_the_mark_is_on_every_page_where_the_list_shows(
    client: Client, now: datetime, source: Source, sold: dict[str, Any]
) -> None:
    handing_back.hand_back(source=source, by=sold["manager"], reason=sold["reason"], note="Students", now=now)
    client.force_login(factories.UserFactory(role="administrator"))

    for page in (
        reverse("admin:leads_source_changelist"),
        reverse("admin:leads_source_change", args=[source.pk]),
        reverse("admin:leads_source_list", args=[source.pk]),
        reverse("admin:leads_lead_change", args=[sold["leads"][Stage.SUSPECT].pk]),
    ):
        assert "Handed back" in client.get(page).content.decode(), page


def test_a_manager_is_not_told_what_each_costs(client: Client, source: Source, sold: dict[str, Any]) -> None:
    figures = list_costs.figures(source, reader=sold["manager"])

    assert figures.leads == 4
    assert figures.spent is None
    assert list_costs.figures(source, reader=sold["marketing"]).leads == 5
