"""What keeps the demo's definitions honest: buttons that carry them, examples, disputes and what was ruled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from leads import challenges
from leads.enums import CallToActionKind, Stage
from leads.guards import definition_in_force
from leads.models import ActivityType, CallToAction, DefinitionExample, Lead

# (activity type, kind, what it says, where). “Send an enquiry” is not live: somebody took the form off the page.
CALLS: Final = (
    (
        "demo_request",
        CallToActionKind.BUTTON,
        "Request a demo",
        "wattlebrook.example, top right of each page",
        True,
    ),
    (
        "demo_request",
        CallToActionKind.FORM,
        "See it with your own figures",
        "wattlebrook.example/product",
        True,
    ),
    ("contact_us", CallToActionKind.FORM, "Send an enquiry", "wattlebrook.example/contact", False),
    ("content_download", CallToActionKind.FORM, "Get the whitepaper", "wattlebrook.example/resources", True),
)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Doubt:
    """One dispute of the story; `ruling` is "" while nobody has ruled."""

    evidence: str
    is_story: bool = False
    as_such: bool = False
    is_upheld: bool = False
    ruling: str = ""


DOUBTS: Final = (
    Doubt(
        "Half of the points are for opening one letter from four machines: their mail filter clicks every link.",
        is_story=True,
        is_upheld=True,
        ruling="True, we have seen it in the log. Clicks within a second of delivery should earn nothing.",
    ),
    Doubt(
        "She writes her thesis about us. Friendly, informed, and nothing to buy.", is_story=True, as_such=True
    ),
    Doubt(
        "He has not heard of us, he says.",
        ruling="His assistant asked for the demo in his name, and he came. The points stand.",
    ),
    Doubt("The points are for the group. The plant itself has nine people and no budget of its own."),
)
EXAMPLES: Final = (
    (False, "Asked for a demo the day after the webcast, and signs for the plant."),
    (True, "Downloads everything and buys nothing: advises our competitors' customers."),
)


def hold(*, users: dict[str, Any], now: datetime) -> None:
    """Register calls to action, keep examples, dispute leads and rule, all before `now`."""
    types = {row.key: row for row in ActivityType.objects.all()}
    CallToAction.objects.bulk_create(
        CallToAction(
            activity_type=types[key], kind=kind, name=name, place=place, is_live=live,
            checked_on=(now - 20 * DAY).date() if live else None,
        )
        for key, kind, name, place, live in CALLS
        if key in types
    )  # fmt: skip
    with_sales = Lead.objects.in_stage(Stage.MARKETING_QUALIFIED, Stage.SALES_ACCEPTED)
    waiting = list(
        with_sales.filter(owner__isnull=False, stage_entered_at__lte=now - 2 * DAY)
        .select_related("owner")
        .order_by("pk")[: len(DOUBTS)]
    )
    for lead, doubt in zip(waiting, DOUBTS, strict=False):
        _dispute(lead, doubt, judge=users["marco"])
    became = Lead.objects.in_stage(Stage.CUSTOMER).order_by("pk")[:1]
    ended = Lead.objects.in_stage(Stage.DISQUALIFIED).filter(contact__isnull=False).order_by("pk")[:1]
    for lead, (is_counter, why) in zip([*became, *ended], EXAMPLES, strict=False):
        DefinitionExample.objects.create(
            stage=Stage.MARKETING_QUALIFIED,
            lead=lead,
            is_counter_example=is_counter,
            why=why,
            added_by=users["marco"],
            added_at=now - 9 * DAY,
        )


def _dispute(lead: Lead, doubt: Doubt, *, judge: Any) -> None:
    at = lead.stage_entered_at + HOUR
    definition = definition_in_force(Stage.MARKETING_QUALIFIED, now=at)
    criteria = [
        challenges.as_criterion(proof)
        for known in challenges.disputable(lead, now=at)
        if known.definition == definition
        for proof in known.evidence
    ]
    if definition is None or not criteria or lead.owner is None:
        return
    raised = challenges.raise_challenge(
        lead=lead,
        by=lead.owner,
        definition=definition,
        criterion="" if doubt.as_such else criteria[0],
        evidence=doubt.evidence,
        is_story=doubt.is_story,
        now=at,
    )
    if doubt.ruling:
        challenges.rule(
            challenge=raised, by=judge, upheld=doubt.is_upheld, ruling=doubt.ruling, now=at + 20 * HOUR
        )
