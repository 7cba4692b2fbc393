"""Each of the five vocabularies, from a cold name to a paying customer, by the pages on which people work.

What somebody does on the web is told to the product; what the software does by itself is waited for; everything else a
rep clicks. A picture of each last page is kept.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from leads.enums import OPEN_OPPORTUNITY_STAGES, STAGE_ORDER, OpportunityStage, Stage
from terminology.labels import REGISTRY
from tests.journeys.conftest import PASSWORD, ROOT, Desk, Product

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # milliseconds: a busy machine is no fault

NAMES: Final = ("c-suite", "hubspot-intent", "lead-genius", "mal-to-sql", "suspect-to-sql")

REP: Final = f"""
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from leads.models import Team, TeamMember
team, _ = Team.objects.get_or_create(name="Sales")
user = get_user_model().objects.create_user("stella", "stella@leadops.example", {PASSWORD!r},
                                            first_name="Stella", last_name="Brandt", is_staff=True)
user.groups.add(Group.objects.get(name="sales_rep"))
TeamMember.objects.create(team=team, user=user, receives_leads=True)
"""

# A cold name does what every one of the five texts takes for interest, and the software draws its conclusions.
INTEREST: Final = """
from datetime import timedelta
from django.utils import timezone
from leads import activities, people
from leads.enums import Stage
from leads.models import ActivityType, Contact, Lead, Source, Team
from scoring import rescoring
from terminology.blueprints import use_blueprint
now = timezone.now()
use_blueprint(name="{name}", by=None, now=now)
source, _ = Source.objects.get_or_create(name="Congress in May", defaults={{"kind": "event"}})
person = people.clean({{"email": "ines.roth@{name}.example", "first_name": "Ines", "last_name": "Roth",
                       "title": "Director of Sales", "company": "{name} Works", "employees": "150",
                       "country": "DE"}}, country="DE")
lead = people.receive(person=person, source=source, by=None, now=now, stage=Stage.SUSPECT).lead
Lead.objects.filter(pk=lead.pk).update(team=Team.objects.get(name="Sales"))
did = ["content_download", "email_reply", "email_click", "content_download", "demo_request"]
for minutes, key in enumerate(reversed(did), 1):
    activities.record(lead=lead, type=ActivityType.objects.get(key=key), at=now - timedelta(minutes=minutes), now=now)
rescoring.rescore([lead.pk], now=timezone.now())
print(lead.pk, Lead.objects.get(pk=lead.pk).stage)
"""

STORY: Final = """
import json
from leads.models import Lead, Milestone, Opportunity, StageChange
lead = Lead.objects.get(pk={pk})
print(json.dumps({{
    "stage": lead.stage,
    "steps": list(StageChange.objects.filter(lead=lead).order_by("pk").values_list("transition", flat=True)),
    "reached": sorted(Milestone.objects.filter(lead=lead).values_list("stage", flat=True)),
    "sale": Opportunity.objects.get(lead=lead).stage,
    "signed": Opportunity.objects.get(lead=lead).signed_by,
    "confirmed": [change.confirmed for change in StageChange.objects.filter(lead=lead, transition="accept")],
}}))
"""


class Vocabulary:
    """A blueprint's file, as far as people read it on the pages."""

    def __init__(self, name: str) -> None:
        path = ROOT / "terminology" / "blueprints" / f"{name}.json"
        self.content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.in_use = [Stage(row["stage"]) for row in self.content["stages"] if row["in_use"]]

    def word(self, key: str) -> str:
        text: str = self.content["terms"].get(key) or str(REGISTRY[key])
        return text

    def path(self) -> list[str]:
        """The names at the top of the page of somebody who was a suspect first, and never an anonymous visitor."""
        return [self.word(f"stage.{stage}.short") for stage in STAGE_ORDER[1:] if stage in self.in_use]

    def activity(self, key: str) -> str:
        name: str = next(row["name"] for row in self.content["activity_types"] if row["key"] == key)
        return name


@pytest.fixture(scope="module")
def own_product(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of its own, since the words change under everybody's hands here."""
    running = Product(tmp_path_factory.mktemp("blueprints"))
    running.run(REP)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def stella(own_product: Product, chromium: Browser) -> Iterator[Desk]:
    desk = Desk(chromium, own_product, "stella")
    yield desk
    desk.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_cold_name_becomes_a_customer_in_the_words_of(
    name: str, own_product: Product, stella: Desk
) -> None:
    words = Vocabulary(name)
    pk, stage = own_product.run(INTEREST.format(name=name)).split()
    assert stage == Stage.MARKETING_QUALIFIED

    page = stella.page
    page.goto(f"/admin/leads/lead/{pk}/change/")
    expect(page.locator(".lo-path .lo-stop-name")).to_have_text(words.path())
    if Stage.SALES_ACCEPTED in words.in_use:
        accept(page, words)
    log_the_conversation(page, words)
    if Stage.SALES_QUALIFIED in words.in_use:
        qualify(page, words)
    win(page, words)
    expect(page.locator(".lo-current")).to_have_text(
        re.compile(re.escape(words.word("stage.customer.short")))
    )
    stella.picture(f"blueprint-{name}", full=True)

    story = json.loads(own_product.run(STORY.format(pk=pk)))
    assert (story["stage"], story["sale"], story["signed"]) == ("customer", "won", "Eva Roth")
    assert story["steps"] == steps_of(words)
    assert set(story["reached"]) == {"suspect", "identified", *after_identified(words)}
    assert all(story["confirmed"]), "the rep confirmed criteria, and they are on record"
    assert stella.serious_faults() == []
    assert stella.complaints == []


def accept(page: Page, words: Vocabulary) -> None:
    """Confirm the criteria that are met, one by one."""
    page.get_by_role("link", name=words.word("transition.accept"), exact=True).click()
    boxes = page.locator("input[name=confirmed]:not([disabled])")
    expect(boxes.first).to_be_visible()
    for box in boxes.all():
        box.check()
    page.locator("form.lo-form button.lo-primary").click()
    expect(page.get_by_text(f"now “{words.word('stage.sales_accepted')}”")).to_be_visible()


def log_the_conversation(page: Page, words: Vocabulary) -> None:
    page.select_option("#log-type", label=words.activity("call_conversation"))
    page.fill("#log-subject", "First talk")
    page.fill("#log-body", "They want to begin before the summer.")
    page.get_by_role("button", name=words.word("page.log_button")).click()
    expect(page.get_by_text("They want to begin before the summer.")).to_be_visible()


def qualify(page: Page, words: Vocabulary) -> None:
    """Answer the company's own checklist."""
    # The step is offered before the checklist is complete, with three dots after its name.
    label = re.compile(rf"^{re.escape(words.word('transition.qualify_sales'))}( …)?$")
    page.get_by_role("link", name=label).click()
    for question in words.content["checklist"]:
        page.get_by_label(question["question"]).fill("Yes: agreed with the board in February.")
    page.locator("form.lo-form button.lo-primary").click()
    expect(page.get_by_text(f"now “{words.word('stage.sales_qualified')}”")).to_be_visible()


def win(page: Page, words: Vocabulary) -> None:
    """Take the sale through every stage; whoever signs is named."""
    for stage in (*OPEN_OPPORTUNITY_STAGES[1:], OpportunityStage.WON):
        page.get_by_role("link", name=words.word("page.move_on")).click()
        page.select_option("select[name=stage]", stage.value)
        if stage in (OpportunityStage.CONTRACT_SIGNED, OpportunityStage.WON):
            page.fill("input[name=signed_by]", "Eva Roth")
            page.fill("input[name=signed_authority]", "Managing director")
        page.locator("form.lo-form button.lo-primary").click()
        shown = page.locator("section[aria-labelledby=opportunity-title]")
        expect(shown.get_by_text(words.word(f"opportunity_stage.{stage}"), exact=True)).to_be_visible()


def after_identified(words: Vocabulary) -> list[str]:
    return [stage.value for stage in STAGE_ORDER[3:] if stage in words.in_use]


def steps_of(words: Vocabulary) -> list[str]:
    """The steps from a suspect to a customer, over the stages that are off."""
    names = {
        Stage.PREQUALIFIED: "prequalify",
        Stage.MARKETING_QUALIFIED: "qualify_marketing",
        Stage.SALES_ACCEPTED: "accept",
        Stage.SALES_QUALIFIED: "qualify_sales",
        Stage.CUSTOMER: "win",
    }
    return ["identify", *(names[stage] for stage in STAGE_ORDER[3:] if stage in words.in_use)]
