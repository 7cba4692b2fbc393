"""Random leads and rules with all kinds of gaps and edges, from a seeded source."""

import random
from datetime import datetime, timedelta
from typing import Any

from leads.enums import EmailKind, JobFunction, Seniority, SourceKind, Stage
from leads.models import Account, Activity, ActivityType, Contact, Lead, Source
from scoring.models import Rule
from tests.scoring import make

KEYS = ("demo_request", "content_download", "email_click", "webinar", "call_attempt")
TITLES = (
    "",
    "Chief Operating Officer",
    "chief marketing officer",
    "VP 100% Growth",
    "Student_aide",
    "Müller-Chef",
)
INDUSTRIES = ("", "Software", "software", "Oil & Gas", "Retail")
COUNTRIES = ("", "DE", "US", "de")

CHOICES: dict[str, list[str]] = {
    "contact.seniority": Seniority.values,
    "contact.function": JobFunction.values,
    "contact.email_kind": EmailKind.values,
    "source.kind": SourceKind.values,
}
TEXTS: dict[str, tuple[str, ...]] = {
    "contact.title": ("chief", "CHIEF MARKETING OFFICER", "100%", "t_a", "müller", "Müller-Chef", "o"),
    "contact.country": ("DE", "us", "FR"),
    "account.industry": ("SOFTWARE", "oil & gas", "Retail"),
    "account.country": ("DE", "us", "FR"),
    "account.domain": ("company-1.example", "COMPANY-2.example", ".example"),
    "source.name": ("Source event", "source referral"),
}


def populate(rng: random.Random, *, now: datetime) -> list[Lead]:
    """Forty leads: some anonymous, some without account or phone, with no, few or many activities around every edge."""
    for key in KEYS:
        make.kind(key, is_hand_raiser=key == "demo_request", is_engagement=key != "call_attempt")
    types = list(ActivityType.objects.order_by("pk"))
    sources = Source.objects.bulk_create(
        Source(name=f"Source {kind}", kind=kind) for kind in SourceKind.values
    )
    accounts = Account.objects.bulk_create(
        Account(
            name=f"Company {place}",
            industry=rng.choice(INDUSTRIES),
            employees=rng.choice([None, 0, 1, 49, 50, 51, 200, 5000]),
            country=rng.choice(COUNTRIES),
            domain=f"company-{place}.example",
        )
        for place in range(10)
    )
    contacts = Contact.objects.bulk_create(
        Contact(
            account=rng.choice([None, *accounts]),
            last_name=f"Person {place}",
            title=rng.choice(TITLES),
            seniority=rng.choice(["", *Seniority.values]),
            function=rng.choice(["", *JobFunction.values]),
            email_kind=rng.choice(EmailKind.values),
            country=rng.choice(COUNTRIES),
            phone=rng.choice(["", "+12025550123"]),
        )
        for place in range(34)
    )
    leads = Lead.objects.bulk_create(
        [Lead(contact=contact, source=rng.choice(sources), stage=Stage.IDENTIFIED) for contact in contacts]
        + [Lead(contact=None, source=rng.choice(sources), stage=Stage.ANONYMOUS) for _ in range(6)]
    )
    edges = [timedelta(0), *(timedelta(days=days) for days in (1, 7, 30, 90))]
    instants = [
        *(now - edge for edge in edges),
        *(now - edge - timedelta(microseconds=1) for edge in edges),
        now + timedelta(microseconds=1),
        now + timedelta(minutes=3),
        now - timedelta(days=400),
    ]
    Activity.objects.bulk_create(
        Activity(lead=lead, type=rng.choice(types), at=rng.choice(instants))
        for lead in leads
        for _ in range(rng.choice([0, 0, 1, 2, 5, 12]))
    )
    return list(Lead.objects.select_related("contact__account", "source").order_by("pk"))


def rules(rng: random.Random) -> list[Rule]:
    """Up to twenty rules of all kinds, some of them switched off."""
    made = []
    for place in range(rng.choice([0, 1, 3, 8, 20])):
        is_about_activities = rng.random() < 0.5
        made.append(
            make.rule(
                f"Rule {place}",
                rng.choice([1, 5, 25, 40, -3, -30, 1000, -1000]),
                rng.choice([1, 1, 2, 5]) if is_about_activities else 1,
                **(_activity_condition(rng) if is_about_activities else _field_condition(rng)),
            )
        )
        made[-1].is_active = rng.random() < 0.9
    return made


def _activity_condition(rng: random.Random) -> dict[str, Any]:
    named = rng.choice([["hand_raiser"], ["engagement"], ["any"], rng.sample(KEYS, rng.randrange(1, 5))])
    count = rng.choice(["times", "distinct"])
    most = len(named) if count == "distinct" and named[0] in KEYS else 4
    return {
        "activity_types": named,
        "count": count,
        "at_least": rng.randrange(1, most + 1),
        "within_days": rng.choice([None, 1, 7, 30, 90]),
    }


def _field_condition(rng: random.Random) -> dict[str, Any]:
    field = rng.choice([*CHOICES, *TEXTS, "account.employees", "contact.has_phone"])
    known = ["is_set", "is_empty"]
    if field == "contact.has_phone":
        return {"field": field, "operator": "is", "value": rng.choice(["yes", "no"])}
    if field == "account.employees":
        operator = rng.choice(["is", "is_not", "gte", "lte", *known])
        return {"field": field, "operator": operator, "value": rng.choice(["0", "1", "50", " 51 ", "200"])}
    values = list(CHOICES.get(field) or TEXTS[field])
    operators = ["is", "is_not", "in", "not_in", *known, *(["contains"] if field in TEXTS else [])]
    operator = rng.choice(operators)
    if operator in ("in", "not_in"):
        return {"field": field, "operator": operator, "value": ", ".join(rng.sample(values, 2))}
    return {"field": field, "operator": operator, "value": rng.choice(values)}
