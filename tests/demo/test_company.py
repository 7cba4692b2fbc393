"""The content of the demo company: does its half year make sense, and is it the same each time?"""

import csv
from collections import Counter
from datetime import UTC, date, datetime, time
from io import StringIO

import phonenumbers
import pytest

from demo import places
from demo.cast import EVENT, KEY_ACCOUNT_FROM, PATH, PURCHASED, SOURCE_KIND
from demo.company import TEAMS, USERS, Story, cast, event_list, purchased_list, shares, story
from leads.enums import NOT_COUNTED_STAGES, ROUTES, STAGE_ORDER, SourceKind, Stage, Transition

TODAY = date(2026, 11, 24)

# What moves a lead to sales or beyond, for the funnel by "ever reached".
REACHES = {
    "qualify_marketing": "marketing_qualified",
    "accept": "sales_accepted",
    "qualify_sales": "sales_qualified",
    "fast_track": "sales_qualified",
    "win": "customer",
}


@pytest.fixture(scope="module")
def told() -> Story:
    return story(240, today=TODAY)


def born(told: Story) -> dict[str, datetime]:
    """When each person is first in LeadOps under their own name."""
    first = {arrival.email: arrival.at for arrival in told.arrivals}
    for event in told.events:
        if event.email and event.type != "event_badge_scan":
            first.setdefault(event.email, event.at)
    for person in told.people:
        if person.origin in (EVENT, PURCHASED):
            first[person.email] = told.event_list_at if person.origin == EVENT else told.purchased_list_at
    return first


def walked(told: Story) -> dict[str, list[str]]:
    """The stages of each person in order; fails on any step that DESIGN's table of transitions does not have."""
    stages = {person.email: [Stage.SUSPECT.value] for person in told.people}
    steps = [(step.at, step.transition, step.email) for step in told.automatic]
    steps += [(decision.at, decision.verb, decision.email) for decision in told.decisions]
    has_opportunity: set[str] = set()
    for at, verb, email in sorted(steps):
        stage = stages[email][-1]
        if verb == "advance":
            assert email in has_opportunity, f"{email}: there is no opportunity to move on {at}"
            assert stage == Stage.SALES_QUALIFIED, f"{email}: {stage} is no place for an opportunity"
            continue
        transition = Transition.DISQUALIFY if verb == "lose" else Transition(verb)
        route = ROUTES[transition]
        assert stage in route.sources, f"{email}: {verb} on {at} is not legal from {stage}"
        stages[email].append(route.target.value)
        if verb in ("qualify_sales", "fast_track"):
            has_opportunity.add(email)
    return stages


def test_the_same_story_is_told_twice() -> None:
    first, again = story(240, today=TODAY), story(240, today=TODAY)

    assert first == again
    assert event_list(240) == event_list(240)
    assert purchased_list(240) == purchased_list(240)


def test_another_day_moves_the_moments_and_keeps_the_people() -> None:
    monday, tuesday = story(60, today=date(2026, 11, 23)), story(60, today=date(2026, 11, 24))

    assert monday.people == tuesday.people
    assert max(event.at for event in monday.events).date() == date(2026, 11, 20)
    assert max(event.at for event in tuesday.events).date() == date(2026, 11, 23)


@pytest.mark.parametrize("leads", [1, 20, 240, 3_000])
def test_has_as_many_leads_as_were_asked_for(leads: int) -> None:
    everybody = cast(leads)

    assert sum(shares(leads).values()) == leads
    assert len(everybody.people) + len(everybody.visitors) == leads


def test_repeats_no_mailbox_and_no_firm_in_a_hundred_thousand_leads() -> None:
    people = cast(100_000).people

    mailboxes = [person.email for person in people]
    domains = {person.account.domain: person.account.name for person in people}

    assert len(set(mailboxes)) == len(mailboxes) > 90_000
    assert len(set(domains.values())) > len(domains) * 0.98


def test_every_address_ends_where_nobody_can_live(told: Story) -> None:
    addresses = [person.email for person in told.people] + [colleague.email for colleague in USERS]

    assert [address for address in addresses if not address.endswith(".example")] == []
    assert all(address.isascii() and address == address.lower() for address in addresses)


def test_numbers_are_valid_and_of_the_country_they_stand_for(told: Story) -> None:
    for person in told.people:
        for number in (person.phone, person.account.phone):
            parsed = phonenumbers.parse(number)

            assert phonenumbers.is_valid_number(parsed), number
            assert phonenumbers.region_code_for_number(parsed) == person.account.country


def test_no_town_gives_one_number_to_two_people(told: Story) -> None:
    numbers = Counter(person.phone for person in told.people)

    assert [number for number, times in numbers.items() if times > 1] == []


def test_firms_lie_in_a_town_of_their_country(told: Story) -> None:
    for person in told.people:
        towns = {city.name for city in places.BY_CODE[person.account.country].cities}

        assert person.account.city in towns


def test_german_names_are_spelt_out_in_addresses() -> None:
    assert places.slug("Jürgen Böttcher", language="de", separator=".") == "juergen.boettcher"
    assert places.slug("Øystein Nygård") == "oystein-nygard"
    assert places.slug("Ní Bhriain O'Sullivan") == "ni-bhriain-osullivan"


@pytest.mark.parametrize("today", [TODAY, date(2026, 1, 1), date(2025, 3, 3), date(2026, 8, 16)])
def test_nothing_happens_at_night_on_a_sunday_or_in_the_future(today: date) -> None:
    told = story(240, today=today)
    moments = [entry.at for entry in (*told.events, *told.decisions, *told.arrivals, *told.automatic)]

    assert max(moments) < datetime.combine(today, time(), UTC)
    assert {moment.weekday() for moment in moments} == {0, 1, 2, 3, 4}
    assert min(moment.hour for moment in moments) >= 7
    assert max(moment.hour for moment in moments) < 18
    assert 160 <= (max(moments) - min(moments)).days <= 190


@pytest.mark.parametrize("today", [TODAY, date(2026, 1, 1), date(2025, 3, 3), date(2026, 8, 16)])
def test_every_decision_is_legal_and_each_lead_ends_where_its_path_leads(today: date) -> None:
    told = story(240, today=today)

    stages = walked(told)

    ends = {person.email: PATH[person.path].ends_in for person in told.people}
    assert {email: path[-1] for email, path in stages.items()} == ends


def test_the_lists_are_sorted_by_time(told: Story) -> None:
    for entries in (told.events, told.decisions, told.arrivals, told.automatic):
        moments = [entry.at for entry in entries]

        assert moments == sorted(moments)


def test_nobody_acts_under_a_name_that_is_not_known_yet(told: Story) -> None:
    first = born(told)

    for entry in (*told.decisions, *(event for event in told.events if event.type != "event_badge_scan")):
        if entry.email:
            assert entry.at >= first[entry.email], f"{entry.email} on {entry.at}"
    assert set(first) == {person.email for person in told.people}


def test_each_event_names_a_person_or_a_browser_and_has_its_own_key(told: Story) -> None:
    keys = [event.key for event in told.events]

    assert len(set(keys)) == len(keys)
    assert [event for event in told.events if not event.email and not event.visitor] == []
    assert [event for event in told.events if not event.subject or len(event.subject) > 120] == []


def test_some_people_are_visitors_before_they_give_a_name(told: Story) -> None:
    named = {event.visitor: event.email for event in told.events if event.visitor and event.email}
    before = {event.visitor for event in told.events if event.visitor and not event.email}

    known = {person.visitor: person.email for person in told.people if person.visitor}
    assert known == named
    assert before == set(known) | {visitor.id for visitor in told.visitors}


def test_calls_are_made_by_reps_and_nothing_else_is(told: Story) -> None:
    reps = {colleague.username for colleague in USERS if colleague.role == "sales_rep"}
    calls = {"call_attempt", "call_conversation", "first_appointment"}

    assert {event.by for event in told.events if event.type in calls} == reps
    assert {event.by for event in told.events if event.type not in calls} == {""}


def test_every_decision_is_taken_by_a_colleague_who_may(told: Story) -> None:
    roles = {colleague.username: colleague.role for colleague in USERS}

    for decision in told.decisions:
        allowed = {"sales_rep", "sales_manager"}
        if decision.verb == "disqualify":
            allowed.add("marketing")
        assert roles[decision.by] in allowed, decision
        needs_reason = decision.verb in ("pass_back", "disqualify", "reopen", "lose")
        assert bool(decision.reason) == needs_reason, decision


def test_a_rep_talks_before_a_lead_is_sales_qualified(told: Story) -> None:
    talked: dict[tuple[str, str], datetime] = {}
    for event in told.events:
        if event.type in ("call_conversation", "first_appointment"):
            talked.setdefault((event.email, event.type), event.at)

    for decision in told.decisions:
        if decision.verb == "qualify_sales":
            assert talked[decision.email, "call_conversation"] < decision.at
        if decision.verb == "fast_track":
            assert talked[decision.email, "first_appointment"] < decision.at
        if decision.verb in ("qualify_sales", "fast_track"):
            assert set(decision.answers) == {"budget", "authority", "need", "timing"}
            assert decision.opportunity["amount"] >= 4_800
            assert decision.opportunity["expected_close_on"] > decision.at.date()


def test_whoever_wins_says_who_signed(told: Story) -> None:
    signed = [
        decision.opportunity
        for decision in told.decisions
        if decision.verb == "win" or decision.opportunity.get("stage") == "contract_signed"
    ]

    assert len(signed) > 10
    assert all(entry["signed_by"] and entry["signed_authority"] for entry in signed)


def test_the_funnel_narrows_as_a_real_one_does(told: Story) -> None:
    stages = walked(told)
    reached = Counter(stage for path in stages.values() for stage in set(path))
    now_in = Counter(path[-1] for path in stages.values())

    assert [stage for stage in Stage if stage != Stage.ANONYMOUS and now_in[stage.value] < 5] == []
    assert len(told.visitors) >= 10
    narrowing = ["identified", "marketing_qualified", "sales_accepted", "sales_qualified", "customer"]
    counts = [reached[stage] for stage in narrowing]
    assert counts == sorted(counts, reverse=True)
    assert 0.2 < reached["marketing_qualified"] / len(told.people) < 0.45
    assert 0.3 < reached["sales_qualified"] / reached["marketing_qualified"] < 0.6
    assert list(STAGE_ORDER[:2]) == list(NOT_COUNTED_STAGES)


def test_every_rep_has_between_five_and_fifteen_leads_in_the_queue(told: Story) -> None:
    ends = walked(told)
    in_queue = Counter(
        person.rep
        for person in told.people
        if ends[person.email][-1] in (Stage.MARKETING_QUALIFIED, Stage.SALES_ACCEPTED)
    )

    assert set(in_queue) == {colleague.username for colleague in USERS if colleague.role == "sales_rep"}
    assert all(5 <= count <= 15 for count in in_queue.values()), in_queue


def test_large_firms_belong_to_the_key_account_team(told: Story) -> None:
    teams = {colleague.username: colleague.team for colleague in USERS}

    for person in told.people:
        is_key = person.account.employees >= KEY_ACCOUNT_FROM
        assert teams[person.rep] == TEAMS[1 if is_key else 0]


def test_bought_names_seldom_do_anything_and_never_raise_a_hand_first(told: Story) -> None:
    bought = [person for person in told.people if person.origin == PURCHASED]
    silent = [person for person in bought if person.path == "silent"]
    reached = walked(told)

    assert len(silent) / len(bought) > 0.6
    assert all(reached[person.email][0] == Stage.SUSPECT for person in bought)
    others = [person for person in told.people if person.origin != PURCHASED]
    share = [
        sum("marketing_qualified" in reached[person.email] for person in group) / len(group)
        for group in (bought, others)
    ]
    assert share[0] < share[1] / 2


def test_hand_overs_lie_in_every_month(told: Story) -> None:
    handed_over = [step.at.date() for step in told.automatic if step.transition == "qualify_marketing"]

    months = Counter((TODAY - day).days // 30 for day in handed_over)

    assert {0, 1, 2, 3, 4, 5} <= set(months)
    assert min(months[month] for month in range(5)) >= 3


def test_every_source_has_a_kind_of_the_catalogue(told: Story) -> None:
    kinds = {SOURCE_KIND[person.source] for person in told.people}

    assert kinds == {
        SourceKind.PURCHASED_LIST,
        SourceKind.EVENT,
        SourceKind.REFERRAL,
        SourceKind.WEBSITE,
        SourceKind.CAMPAIGN,
        SourceKind.PROSPECTING,
        SourceKind.PARTNER,
    }


def test_every_role_can_be_logged_in_as() -> None:
    roles = Counter(colleague.role for colleague in USERS)

    assert set(roles) == {"sales_rep", "sales_manager", "marketing", "revops", "administrator", "read_only"}
    assert roles["sales_rep"] == 3
    assert len({colleague.username for colleague in USERS}) == len(USERS)


def test_the_event_list_has_notes_above_a_header_with_semicolons(told: Story) -> None:
    lines = event_list(240, today=TODAY).splitlines()

    rows = list(csv.DictReader(lines[3:], delimiter=";"))

    assert lines[0].startswith("Plant & Power Expo")
    assert lines[2] == ""
    visitors = {person.email for person in told.people if person.origin == EVENT}
    assert {row["E-mail"] for row in rows} == visitors
    assert len(rows) > len(visitors), "nobody was scanned twice"
    scanned = {event.email: event.at for event in told.events if event.type == "event_badge_scan"}
    first = rows[0]
    assert first["Scanned at"] == f"{scanned[first['E-mail']]:%d.%m.%Y %H:%M}"


def test_the_purchased_list_has_the_dirt_of_a_purchased_list(told: Story) -> None:
    rows = list(csv.DictReader(StringIO(purchased_list(240, today=TODAY))))

    mailboxes = Counter(row["WORK_EMAIL"].casefold() for row in rows)
    bought = {person.email for person in told.people if person.origin == PURCHASED}
    assert bought <= set(mailboxes)
    assert {person.email for person in told.opted_out} <= set(mailboxes)
    assert [row["LAST_NAME"] for row in rows if row["FIRST_NAME"] == "Mickey"] == ["Mouse"]
    assert any(" at " in address for address in mailboxes)
    assert any(address.startswith("info@") for address in mailboxes)
    assert any(times == 2 for address, times in mailboxes.items() if address in bought)
    assert any(row["LAST_NAME"].isupper() for row in rows)
    assert any(row["DIRECT_DIAL"] == "" for row in rows)
    assert any("," in row["EMP_TOTAL"] for row in rows)


def test_the_only_free_mail_is_written_in_a_way_that_nobody_can_have(told: Story) -> None:
    text = purchased_list(240, today=TODAY)

    free = [row["WORK_EMAIL"] for row in csv.DictReader(StringIO(text)) if "gmail.com" in row["WORK_EMAIL"]]

    assert len(free) == len(told.free_mailers) == 1
    assert "-" in free[0].partition("@")[0]
