"""What each of the five texts calls an MQL, as one definition: met by those that it means, failed part by part.

The five contradict each other (one act or several, a score or none, profile or none), so the definition is data. Each
lead here differs in one thing from one that meets its definition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from leads.criteria import as_content, conditions_of, explain, normal_content
from leads.enums import Stage, Transition
from leads.guards import definition_in_force, guards
from leads.models import ActivityType, Lead
from scoring.models import LeadScore
from terminology.blueprints import use_blueprint
from tests import factories

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Person:
    """Somebody as the definition sees them: who it is, what the score is, and what was done how many days ago."""

    did: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    score: int = 80
    seniority: str = "director"
    function: str = "operations"
    employees: int | None = 300
    country: str = "DE"


ASKED: Final = {"demo_request": (3,)}
# Three kinds of engagement, none of which is a request.
READ: Final = {"content_download": (3,), "email_click": (5,), "webinar": (10,)}
SERIES: Final = {"content_download": (9,), "email_click": (6,), "blog_view": (4,)}
VIEWS: Final = {"case_study_view": (1, 2), "product_page_view": (1, 3, 5)}

# Who meets the definition, and who fails it by one part; the names say what the text says of them.
MEANT: Final[dict[str, dict[str, Person]]] = {
    "lead-genius": {
        "fits and requests a demo": Person(ASKED),
        "fits by function and sends the contact form": Person(
            {"contact_us": (3,)}, seniority="manager", function="sales"
        ),
        "the score does not matter": Person(ASKED, score=0),
    },
    "hubspot-intent": {
        "requests a demo": Person(ASKED),
        "calls the toll-free number": Person({"inbound_call": (3,)}),
        "chats with sales": Person({"chat": (3,)}),
        "writes for sales": Person({"sales_email_request": (3,)}),
        "nobody knows who it is": Person(ASKED, score=0, seniority="unknown", employees=None, country=""),
    },
    "suspect-to-sql": {
        "engaged three ways, and scores enough": Person(READ, score=50),
        "the contact form is enough alone": Person({"contact_us": (3,)}, score=0),
        "interest in a conversation is enough alone": Person({"interest_conversation": (3,)}, score=0),
        "the profile does not matter": Person(READ, score=50, seniority="other", employees=2),
    },
    "mal-to-sql": {
        "scores enough": Person(score=60),
        "scores enough, however it came about": Person({"email_open": (1,)}, score=60, employees=None),
    },
    "c-suite": {
        "eBook, series and blog": Person(SERIES),
        "five views in the last days": Person(VIEWS),
        "asks to talk": Person(ASKED),
        "lives in a country that we serve": Person(SERIES, country="FR"),
    },
}
NOT_MEANT: Final[dict[str, dict[str, Person]]] = {
    "lead-genius": {
        "too small a company": Person(ASKED, employees=49),
        "size unknown": Person(ASKED, employees=None),
        "neither senior nor in sales or marketing": Person(ASKED, seniority="manager", function="it"),
        "no hand raised, whatever was read": Person(READ),
        "the hand was raised long ago": Person({"demo_request": (91,)}),
    },
    "hubspot-intent": {
        "another form": Person({"contact_us": (3,)}),
        "reads everything": Person(READ),
        "asked long ago": Person({"chat": (91,)}),
        "nothing done": Person(),
    },
    "suspect-to-sql": {
        "scores too little": Person(READ, score=49),
        "engaged two ways only": Person({"content_download": (3, 4, 5, 6), "webinar": (2,)}),
        "engaged three ways, one of them long ago": Person({**READ, "webinar": (61,)}),
        "one act that is not enough": Person({"content_download": (1,)}),
        "a conversation without interest": Person({"call_conversation": (1,)}),
        "the contact form, long ago": Person({"contact_us": (91,)}, score=0),
    },
    "mal-to-sql": {"scores too little": Person({**ASKED, **READ}, score=59)},
    "c-suite": {
        "no say": Person(SERIES, seniority="manager"),
        "too small a company": Person(SERIES, employees=99),
        "from elsewhere": Person(SERIES, country="BR"),
        "eBook and series, no blog": Person({"content_download": (9, 8), "email_click": (6,)}),
        "the blog was too long ago": Person({**SERIES, "blog_view": (61,)}),
        "four views only": Person({"case_study_view": (1, 2), "product_page_view": (1, 3)}),
        "five views, not in the last days": Person({**VIEWS, "case_study_view": (8, 9)}),
        "asked more than a month ago": Person({"demo_request": (31,)}),
        "not enough of it": Person(SERIES, score=59),
    },
}


def born(person: Person, *, now: datetime) -> Lead:
    contact = factories.ContactFactory(
        account=factories.AccountFactory(employees=person.employees, country=person.country),
        seniority=person.seniority,
        function=person.function,
        country=person.country,
    )
    lead: Lead = factories.LeadFactory(contact=contact)
    LeadScore.objects.update_or_create(
        lead=lead, defaults={"fit": person.score, "engagement": 0, "total": person.score, "computed_at": now}
    )
    types = {row.key: row for row in ActivityType.objects.all()}
    for key, days in person.did.items():
        kind = types.get(key) or factories.ActivityTypeFactory(key=key)  # one that this text does not know
        for ago in days:
            factories.ActivityFactory(lead=lead, type=kind, at=now - timedelta(days=ago))
    return lead


def met_by(leads: Mapping[str, Lead], *, now: datetime) -> set[str]:
    """Who passes every guard of the step to MQL, asked in one query."""
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads.values()])
    for guard in guards(Transition.QUALIFY_MARKETING, now=now):
        rows = rows.filter(guard.check)
    passing = set(rows.values_list("pk", flat=True))
    return {name for name, lead in leads.items() if lead.pk in passing}


@pytest.mark.parametrize("name", sorted(MEANT))
def test_one_definition_holds_whom_the_text_means_and_nobody_else(name: str, now: datetime) -> None:
    use_blueprint(name=name, by=None, now=now)
    meant = {said: born(person, now=now) for said, person in MEANT[name].items()}
    others = {said: born(person, now=now) for said, person in NOT_MEANT[name].items()}

    found = met_by(meant | others, now=now)

    assert found == set(meant)


@pytest.mark.parametrize("name", sorted(MEANT))
def test_for_one_lead_the_evidence_says_the_same_as_for_all(name: str, now: datetime) -> None:
    """Each criterion on its own: the definition's own way of joining them gives what the query gave."""
    use_blueprint(name=name, by=None, now=now)
    definition = definition_in_force(Stage.MARKETING_QUALIFIED, now=now)
    assert definition is not None
    assert definition.criteria is not None

    for people, expected in ((MEANT[name], True), (NOT_MEANT[name], False)):
        for said, person in people.items():
            proofs = explain(lead=born(person, now=now), criteria=definition.criteria, now=now)
            assert joined(definition.criteria, proofs) is expected, said
            assert all(proof.because for proof in proofs if proof.is_met), said


def joined(criteria: Any, proofs: Any) -> bool:
    outer, inner = (all, any) if criteria.match == "all" else (any, all)
    groups: dict[str, list[bool]] = {}
    for place, proof in enumerate(proofs):
        groups.setdefault(proof.condition.group or f"alone {place}", []).append(proof.is_met)
    return outer(inner(members) for members in groups.values())


@pytest.mark.parametrize("name", sorted(MEANT))
def test_every_part_of_the_definition_decides_somewhere(name: str, now: datetime) -> None:
    """Otherwise the leads above would leave a part of the text untested."""
    use_blueprint(name=name, by=None, now=now)
    definition = definition_in_force(Stage.MARKETING_QUALIFIED, now=now)
    assert definition is not None
    assert definition.criteria is not None
    seen: dict[str, set[bool]] = {}

    for person in [*MEANT[name].values(), *NOT_MEANT[name].values()]:
        for proof in explain(lead=born(person, now=now), criteria=definition.criteria, now=now):
            seen.setdefault(proof.text, set()).add(proof.is_met)

    assert {text for text, answers in seen.items() if answers != {True, False}} == set()


@pytest.mark.parametrize("name", sorted(MEANT))
def test_the_definition_reads_back_as_it_was_written(name: str, now: datetime) -> None:
    use_blueprint(name=name, by=None, now=now)
    definition = definition_in_force(Stage.MARKETING_QUALIFIED, now=now)
    assert definition is not None
    assert definition.criteria is not None

    content = as_content(definition.criteria)

    assert normal_content(content) == content
    assert len(list(conditions_of(content))) == definition.criteria.criteria.count()
