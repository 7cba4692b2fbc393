"""The verbs, without the web in front of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from intake.events import Event, EventRefused, Recorded, receive_event, receive_events
from intake.models import Outcome, Visitor
from leads.enums import Stage
from leads.models import Account, Activity, Contact, Lead, Milestone, Source, StageSetting, Suppression
from scoring.models import DirtyLead
from scoring.rescoring import rescore_dirty
from tests import factories

pytestmark = pytest.mark.django_db

INES = {"email": "ines.roth@kiesel-werke.example"}


@pytest.fixture(autouse=True)
def _types(db: None) -> None:
    factories.ActivityTypeFactory()
    factories.ActivityTypeFactory(demo_request=True)


def visit(visitor_id: str = "v-1", **fields: Any) -> Event:
    return Event(type="content_download", visitor_id=visitor_id, **fields)


def download(**fields: Any) -> Event:
    return Event(**{"type": "content_download", "person": INES, **fields})


def test_a_new_person_becomes_a_suspect_of_the_token_s_source(web: Source, now: datetime) -> None:
    event = download(
        person={
            **INES,
            "name": "Ines Roth",
            "phone": "030 901820",
            "title": "Head of Procurement",
            "company": "Kiesel-Werke GmbH",
            "employees": "1200",
        },
        subject="Guide to peak loads",
        note="First line\nsecond line",
        url="https://kiesel.example/guide",
        details={"utm_campaign": "peak"},
        at=now - timedelta(hours=2),
        key="web-1",
    )

    recorded = receive_event(event=event, token_source=web, now=now, country="DE")

    assert (recorded.outcome, recorded.created) == (Outcome.RECORDED, True)
    lead = Lead.objects.get()
    assert (recorded.lead, lead.stage, lead.source) == (lead, Stage.SUSPECT, web)
    contact = lead.contact
    assert (contact.first_name, contact.last_name, contact.phone) == ("Ines", "Roth", "+4930901820")
    assert (contact.account.name, contact.account.employees) == ("Kiesel-Werke GmbH", 1200)
    activity = Activity.objects.get()
    assert (activity.lead, activity.type.key, activity.source) == (lead, "content_download", web)
    assert (activity.at, activity.recorded_at) == (now - timedelta(hours=2), now)
    assert (activity.subject, activity.body) == ("Guide to peak loads", "First line\nsecond line")
    assert activity.details == {"utm_campaign": "peak", "url": "https://kiesel.example/guide"}
    assert activity.idempotency_key == "web-1"


def test_marks_the_lead_so_that_it_is_scored_and_identified_within_seconds(
    web: Source, now: datetime
) -> None:
    recorded = receive_event(event=download(type="demo_request"), token_source=web, now=now)

    assert recorded.lead is not None
    assert DirtyLead.objects.filter(lead=recorded.lead).exists()
    rescore_dirty(now=now + timedelta(seconds=5))
    assert Lead.objects.get().stage == Stage.IDENTIFIED
    assert not DirtyLead.objects.exists()


def test_a_known_person_keeps_lead_stage_and_source(web: Source, now: datetime) -> None:
    lead = factories.LeadFactory(stage=Stage.SALES_ACCEPTED, contact__email=INES["email"])

    recorded = receive_event(event=download(), token_source=web, now=now)

    assert (recorded.lead, recorded.created) == (lead, False)
    lead.refresh_from_db()
    assert (lead.stage, lead.source == web) == (Stage.SALES_ACCEPTED, False)
    assert Activity.objects.get().source == web


@pytest.mark.parametrize("stage", [Stage.CUSTOMER, Stage.DISQUALIFIED])
def test_an_event_of_somebody_whose_lead_has_ended_stands_with_the_latest_one(
    stage: Stage, web: Source, now: datetime
) -> None:
    contact = factories.ContactFactory(email=INES["email"])
    factories.LeadFactory(contact=contact, stage=Stage.DISQUALIFIED)
    latest = factories.LeadFactory(contact=contact, stage=stage)

    recorded = receive_event(event=download(), token_source=web, now=now)

    assert (recorded.lead, recorded.created) == (latest, False)
    latest.refresh_from_db()
    assert latest.stage == stage
    assert Lead.objects.count() == 2


def test_the_same_key_is_recorded_once_for_ever(web: Source, now: datetime) -> None:
    first = receive_event(event=download(key="web-1"), token_source=web, now=now)

    again = receive_event(event=download(key="web-1"), token_source=web, now=now + timedelta(days=400))

    assert (again.outcome, again.created) == (Outcome.REPEATED, False)
    assert (again.activity, again.lead) == (first.activity, first.lead)
    assert Activity.objects.count() == 1


# --- What is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "pointer", "sentence"),
    [
        (
            download(type="tea"),
            "/type",
            "There is no activity type “tea” in use. Known types: content_download, demo_request.",
        ),
        (
            Event(type="content_download"),
            "",
            "The event does not say who did it. Send a person, a visitor_id or both.",
        ),
        (
            download(person={"name": "Ines Roth", "company": "Kiesel-Werke"}),
            "/person",
            "The person has neither an e-mail address nor a telephone number. Send one of them.",
        ),
        (
            download(person={"email": "ines"}),
            "/person/email",
            "“ines” is not an e-mail address: it has no @ sign.",
        ),
        (
            download(person={**INES, "name": "Mickey Mouse"}),
            "/person/last_name",
            "“Mickey Mouse” is a name that",
        ),
    ],
    ids=["type", "nobody", "out of reach", "e-mail", "nonsense"],
)
def test_refuses_with_the_place_and_a_sentence(
    event: Event, pointer: str, sentence: str, web: Source, now: datetime
) -> None:
    with pytest.raises(EventRefused) as refusal:
        receive_event(event=event, token_source=web, now=now)

    assert refusal.value.pointer == pointer
    assert str(refusal.value).startswith(sentence)
    assert not Contact.objects.exists()
    assert not Activity.objects.exists()


def test_refuses_a_type_that_is_out_of_use(web: Source, now: datetime) -> None:
    factories.ActivityTypeFactory(key="fax", is_active=False)

    with pytest.raises(EventRefused, match="There is no activity type “fax” in use"):
        receive_event(event=download(type="fax"), token_source=web, now=now)


def test_refuses_the_future_but_not_a_clock_that_runs_ahead(web: Source, now: datetime) -> None:
    ahead = receive_event(event=download(at=now + timedelta(minutes=4)), token_source=web, now=now)

    assert ahead.outcome == Outcome.RECORDED
    with pytest.raises(EventRefused, match="lie in the future") as refusal:
        receive_event(event=download(at=now + timedelta(minutes=6)), token_source=web, now=now)
    assert refusal.value.pointer == "/at"


# --- People who want no contact ---------------------------------------------------------------------------------------


def test_of_a_suppressed_person_nothing_is_kept(web: Source, now: datetime) -> None:
    Suppression.objects.create(kind="domain", value="kiesel-werke.example")

    recorded = receive_event(event=download(key="web-1"), token_source=web, now=now)

    assert recorded == Recorded(Outcome.SUPPRESSED)
    assert not Contact.objects.exists()
    assert not Account.objects.exists()
    assert not Activity.objects.exists()


def test_of_a_person_who_opted_out_nothing_is_added(web: Source, now: datetime) -> None:
    factories.LeadFactory(contact__email=INES["email"], contact__opted_out_at=now, contact__title="")

    recorded = receive_event(event=download(person={**INES, "title": "CEO"}), token_source=web, now=now)

    assert recorded.outcome == Outcome.SUPPRESSED
    assert not Activity.objects.exists()
    assert Contact.objects.get().title == ""


def test_an_event_may_opt_out_and_the_next_one_does_not_opt_in(web: Source, now: datetime) -> None:
    factories.LeadFactory(contact__email=INES["email"])

    first = receive_event(event=download(person={**INES, "opted_out": "yes"}), token_source=web, now=now)
    second = receive_event(event=download(), token_source=web, now=now)

    assert (first.outcome, second.outcome) == (Outcome.SUPPRESSED, Outcome.SUPPRESSED)
    assert Contact.objects.get().opted_out_at == now
    assert Suppression.objects.get().value == INES["email"]


def test_what_a_suppressed_person_s_browser_does_is_not_recorded_either(web: Source, now: datetime) -> None:
    Suppression.objects.create(value=INES["email"])

    answers = [
        receive_event(event=event, token_source=web, now=now)
        for event in (visit(), download(visitor_id="v-1"), visit(), visit("v-2"))
    ]

    assert [answer.outcome for answer in answers] == [
        Outcome.RECORDED,
        Outcome.SUPPRESSED,
        Outcome.SUPPRESSED,
        Outcome.RECORDED,
    ]
    assert not Contact.objects.exists()
    assert Visitor.objects.get(visitor_id="v-1").lead is None


def test_a_browser_is_silent_from_the_moment_that_its_person_opts_out(web: Source, now: datetime) -> None:
    receive_event(event=download(visitor_id="v-1"), token_source=web, now=now)
    Contact.objects.update(opted_out_at=now)

    recorded = receive_event(event=visit(), token_source=web, now=now)

    assert recorded.outcome == Outcome.SUPPRESSED
    assert Activity.objects.count() == 1


# --- Visitors ---------------------------------------------------------------------------------------------------------


def test_an_unknown_visitor_becomes_one_anonymous_lead(web: Source, now: datetime) -> None:
    first = receive_event(event=visit(), token_source=web, now=now)
    second = receive_event(event=visit(), token_source=web, now=now + timedelta(days=1))

    assert (first.created, second.created) == (True, False)
    lead = Lead.objects.get()
    assert (first.lead, second.lead) == (lead, lead)
    assert (lead.stage, lead.contact, lead.source) == (Stage.ANONYMOUS, None, web)
    assert Milestone.objects.get(lead=lead).at == now
    assert DirtyLead.objects.filter(lead=lead).exists()
    assert lead.activities.count() == 2


def test_a_visitor_is_ignored_while_the_company_does_not_use_anonymous_leads(
    web: Source, now: datetime
) -> None:
    StageSetting.objects.create(stage=Stage.ANONYMOUS, in_use=False)

    unknown = receive_event(event=visit(), token_source=web, now=now)
    receive_event(event=download(visitor_id="v-1"), token_source=web, now=now)
    known = receive_event(event=visit(), token_source=web, now=now)

    assert unknown == Recorded(Outcome.IGNORED)
    assert known.outcome == Outcome.RECORDED
    assert str(Lead.objects.get().contact.email) == INES["email"]


def test_a_visitor_who_says_who_they_are_keeps_their_lead_and_history(web: Source, now: datetime) -> None:
    visited = receive_event(event=visit(), token_source=web, now=now)
    fair = factories.SourceFactory()

    recorded = receive_event(
        event=download(type="demo_request", visitor_id="v-1"),
        token_source=fair,
        now=now + timedelta(minutes=5),
    )

    lead = Lead.objects.get()
    assert (visited.lead, recorded.lead, recorded.created) == (lead, lead, False)
    assert (lead.contact.email, lead.source) == (INES["email"], web)
    assert lead.activities.count() == 2
    assert Visitor.objects.get().lead == lead
    rescore_dirty(now=now + timedelta(minutes=6))
    assert Lead.objects.get().stage == Stage.IDENTIFIED


def test_a_visitor_who_turns_out_to_be_somebody_known_hands_over_their_history(
    web: Source, now: datetime
) -> None:
    lead = factories.LeadFactory(stage=Stage.MARKETING_QUALIFIED, contact__email=INES["email"])
    receive_event(event=visit(), token_source=web, now=now)

    recorded = receive_event(event=download(visitor_id="v-1"), token_source=web, now=now)
    later = receive_event(event=visit(), token_source=web, now=now)

    assert (recorded.lead, later.lead) == (lead, lead)
    assert Lead.objects.get() == lead
    assert lead.activities.count() == 3
    assert Visitor.objects.get().lead == lead


def test_somebody_known_by_telephone_keeps_their_lead_when_their_browser_is_recognised(
    web: Source, now: datetime
) -> None:
    by_phone = {"phone": "+49 30 901820", "name": "Ines Roth"}
    known = receive_event(event=download(person=by_phone), token_source=web, now=now)
    receive_event(event=visit(), token_source=web, now=now)

    recorded = receive_event(event=download(person=by_phone, visitor_id="v-1"), token_source=web, now=now)
    later = receive_event(event=visit(), token_source=web, now=now)

    assert (recorded.lead, later.lead) == (known.lead, known.lead)
    assert Lead.objects.get().activities.count() == 4


def test_a_browser_that_two_people_share_belongs_to_the_last_who_gave_a_name(
    web: Source, now: datetime
) -> None:
    ines = receive_event(event=download(visitor_id="v-1"), token_source=web, now=now)
    otto = receive_event(
        event=download(visitor_id="v-1", person={"email": "otto.lang@kiesel-werke.example"}),
        token_source=web,
        now=now,
    )

    later = receive_event(event=visit(), token_source=web, now=now)

    assert ines.lead != otto.lead
    assert later.lead == otto.lead
    assert [lead.activities.count() for lead in (ines.lead, otto.lead)] == [1, 2]


def test_two_browsers_of_one_person_come_together(web: Source, now: datetime) -> None:
    receive_event(event=visit("phone"), token_source=web, now=now)
    receive_event(event=visit("laptop"), token_source=web, now=now)

    receive_event(event=download(visitor_id="phone"), token_source=web, now=now)
    receive_event(event=download(visitor_id="laptop"), token_source=web, now=now)

    lead = Lead.objects.get()
    assert lead.activities.count() == 4
    assert set(Visitor.objects.values_list("visitor_id", "lead")) == {("phone", lead.pk), ("laptop", lead.pk)}


def test_a_visitor_whose_anonymous_lead_was_ended_starts_anew_as_a_person(web: Source, now: datetime) -> None:
    factories.LeadFactory(anonymous=True, stage=Stage.DISQUALIFIED)
    Visitor.objects.create(visitor_id="v-1", lead=Lead.objects.get(), created_at=now)

    recorded = receive_event(event=download(visitor_id="v-1"), token_source=web, now=now)

    assert recorded.created
    assert recorded.lead.stage == Stage.SUSPECT
    assert Visitor.objects.get().lead == recorded.lead


# --- Many at once -----------------------------------------------------------------------------------------------------


def test_answers_each_event_in_order_and_lets_none_stop_another(web: Source, now: datetime) -> None:
    Suppression.objects.create(value="no@kiesel-werke.example")

    answers = receive_events(
        events=[
            download(key="a"),
            download(type="tea"),
            download(person={"email": "no@kiesel-werke.example"}),
            visit(),
            download(key="a"),
            download(),
        ],
        token_source=web,
        now=now,
    )

    assert [getattr(answer, "outcome", answer) for answer in answers][0::2] == [
        Outcome.RECORDED,
        Outcome.SUPPRESSED,
        Outcome.REPEATED,
    ]
    assert isinstance(answers[1], EventRefused)
    assert [answer.created for answer in answers if isinstance(answer, Recorded)] == [
        True,
        False,
        True,
        False,
        False,
    ]
    assert Activity.objects.count() == 3


def story(visitor: str) -> list[Event]:
    """A browser of which we know nothing, which turns out to be two people, one of them known by another browser."""
    ines, otto = INES, {"email": "otto.lang@kiesel-werke.example"}
    return [
        visit(visitor, subject="1"),
        visit("other", subject="2"),
        download(person=otto, subject="3"),
        download(person=ines, visitor_id=visitor, subject="4"),
        visit(visitor, subject="5"),
        download(person=ines, visitor_id="other", subject="6"),
        visit("other", subject="7"),
        download(person=otto, visitor_id=visitor, subject="8"),
        visit(visitor, subject="9"),
        visit("third", subject="10"),
        download(person=otto, visitor_id="fourth", subject="11"),
        visit("fourth", subject="12"),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 12])
def test_what_becomes_of_an_event_does_not_depend_on_the_others_of_its_call(
    size: int, web: Source, now: datetime
) -> None:
    events = story("v-1")

    for start in range(0, len(events), size):
        receive_events(events=events[start : start + size], token_source=web, now=now)

    whose = {
        activity.subject: activity.lead.contact.email if activity.lead.contact else None
        for activity in Activity.objects.select_related("lead__contact")
    }
    ines, otto = INES["email"], "otto.lang@kiesel-werke.example"
    assert whose == {
        **dict.fromkeys(["1", "2", "4", "5", "6", "7"], ines),
        **dict.fromkeys(["3", "8", "9", "11", "12"], otto),
        "10": None,
    }
    assert Lead.objects.count() == 3
    owners = dict(Visitor.objects.values_list("visitor_id", "lead__contact__email"))
    assert owners == {"v-1": otto, "other": ines, "third": None, "fourth": otto}
