"""An agreement from draft to roll back, told by those who make it: disputed, changed, signed by both, printed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import PASSWORD, Desk, Product

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # milliseconds: a busy machine is no fault

# Somebody of a company of that size asks for something on the website.
COMES = """
from django.utils import timezone
from leads import people
from leads.enums import Stage
from leads.models import Source
def come(name, size):
    source, _ = Source.objects.get_or_create(name="Website", defaults={"kind": "website"})
    person = people.clean({"email": f"kim@{name.lower()}.example", "first_name": "Kim", "last_name": name,
                           "company": f"{name} Works", "employees": str(size)}, country="DE")
    people.receive(person=person, source=source, by=None, now=timezone.now(), stage=Stage.IDENTIFIED)
"""
MIDDLE = COMES + 'come("Middle", 600)'

PEOPLE = f"""{COMES}
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from leads.models import Team, TeamMember
from terminology import agreements
from terminology.blueprints import use_blueprint
User = get_user_model()
use_blueprint(name="mal-to-sql", by=None, now=timezone.now())
condition = {{"kind": "field", "field": "account.employees", "operator": "gte", "value": "1000"}}
agreements.bring_in_unsigned(
    title="The first words", why="So that there is something to argue about.", by=None, now=timezone.now(),
    changes={{"definitions": {{"marketing_qualified": {{
        "text": "A company of at least 1000 people.", "owner_team": "marketing", "kpi": "", "kpi_measure": "",
        "incentive": "", "criteria": {{"match": "all", "conditions": [condition]}}}}}}}})
team, _ = Team.objects.get_or_create(name="Sales")
for username, first, last, *groups in [
    ("rhea", "Rhea", "Oduya", "revops"), ("mats", "Mats", "Lind", "marketing", "marketing_signatory"),
    ("sofia", "Sofia", "Reis", "sales_manager", "sales_signatory"), ("theo", "Theo", "Vogt", "sales_rep"),
]:
    user = User.objects.create_user(username, f"{{username}}@leadops.example", {PASSWORD!r},
                                    first_name=first, last_name=last, is_staff=True)
    user.groups.add(*Group.objects.filter(name__in=groups))
    if groups[0].startswith("sales"):
        TeamMember.objects.create(team=team, user=user, receives_leads=groups[0] == "sales_rep")
come("Small", 150)
come("Large", 900)
"""

# Who has become an MQL by now, once every lead was looked at by the rules in force.
MQLS = """
import json
from django.utils import timezone
from leads.models import Lead
from scoring import rescoring
rescoring.rescore(Lead.objects.all(), now=timezone.now())
print(json.dumps(sorted(Lead.objects.filter(stage="marketing_qualified").values_list("contact__last_name", flat=True))))
"""


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Product]:
    """A product of its own: what is agreed in it is nobody else's business."""
    running = Product(tmp_path_factory.mktemp("agreement"))
    running.run(PEOPLE)
    yield running
    running.stop()


def agreed(product: Product) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        product.run(
            "import json; from terminology.models import Agreement; from leads.models import Definition\n"
            "one = Agreement.objects.in_force().get()\n"
            "rule = Definition.objects.get(stage='marketing_qualified', superseded_at=None)\n"
            "print(json.dumps({'version': one.version, 'title': one.title, 'hash': one.content_hash,"
            " 'asks': rule.criteria.criteria.get().value, 'text': rule.text}))"
        )
    )
    return found


def mqls(product: Product) -> list[str]:
    found: list[str] = json.loads(product.run(MQLS))
    return found


def test_draft_dispute_change_sign_twice_guard_and_roll_back(
    office: Product, chromium: Browser, tmp_path: Path
) -> None:
    rhea = Desk(chromium, office, "rhea")
    draft = revops_drafts(rhea)
    the_rep_disputes_it(Desk(chromium, office, "theo"), draft)
    revops_changes_it(rhea, draft)
    both_sign(office, chromium, draft)

    assert agreed(office)["asks"] == "400"
    assert mqls(office) == ["Large"]  # the guard is the signed text
    the_document_is_printed(office, rhea, tmp_path)
    both_sign(office, chromium, revops_rolls_back(rhea, draft))

    back = agreed(office)
    assert (back["asks"], back["text"]) == ("1000", "A company of at least 1000 people.")
    office.run(MIDDLE)
    assert mqls(office) == ["Large"]  # who got there stays; nobody new does
    assert rhea.complaints == []
    rhea.close()


def revops_drafts(desk: Desk) -> str:
    page = desk.page
    page.goto("/admin/terminology/agreement/")
    page.get_by_role("link", name="New draft").click()
    page.fill("#id_title", "Smaller companies too")
    page.fill("#id_note", "Nobody has a thousand people.")
    page.get_by_role("button", name="New draft").click()
    expect(page.get_by_text("Choose below what to change.")).to_be_visible()
    draft = page.url
    page.get_by_role("link", name="Marketing qualified lead (MQL)").click()
    write(page, text="A company of at least 100 people.", number="100")
    page.get_by_role("button", name="Save in the draft").last.click()
    expect(page.get_by_text(re.compile("MQL: Employees is at least 1000 → 100")).first).to_be_visible()
    expect(page.get_by_role("heading", name="What it does")).to_be_visible()
    desk.picture("agreement-1-draft", full=True)
    assert desk.serious_faults() == []
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("It is proposed.")).to_be_visible()
    return draft


def write(page: Page, *, text: str, number: str) -> None:
    page.fill("[name=text]", text)
    page.fill("[name=criteria-row-0-value]", number)
    page.get_by_role("button", name="Look at the differences").click()
    expect(page.locator("#differences")).to_contain_text(f"→ {number}")


def the_rep_disputes_it(desk: Desk, draft: str) -> None:
    page = desk.page
    page.goto(draft)
    page.get_by_label("Your comment").fill("Companies of 150 people never buy. Make it 400.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".lo-said")).to_contain_text("Make it 400")
    expect(page.get_by_role("button", name=re.compile("^Sign"))).to_have_count(0)
    assert desk.complaints == []
    desk.close()


def revops_changes_it(desk: Desk, draft: str) -> None:
    page = desk.page
    page.goto(draft)
    expect(page.locator(".lo-said")).to_contain_text("Make it 400")
    page.locator(".lo-change a").first.click()
    expect(page.get_by_text("Saving makes it a draft again and takes its signatures away.")).to_be_visible()
    write(page, text="A company of at least 400 people.", number="400")
    page.get_by_role("button", name="Save in the draft").last.click()
    expect(page.get_by_text(re.compile("MQL: Employees is at least 1000 → 400")).first).to_be_visible()
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("It is proposed.")).to_be_visible()


def both_sign(office: Product, chromium: Browser, draft: str) -> None:
    for username, side in (("mats", "Marketing"), ("sofia", "Sales")):
        desk = Desk(chromium, office, username)
        page = desk.page
        page.goto("/admin/notices/")
        expect(page.get_by_text("waits for your signature").first).to_be_visible()
        page.goto(draft)
        page.get_by_role("button", name=f"Sign for {side}").click()
        expect(page.get_by_text(f"Signed for “{side}”.").first).to_be_visible()
        assert desk.complaints == []
        if username == "sofia":
            expect(page.get_by_text("is in force from now on")).to_be_visible()
            desk.picture("agreement-2-in-force", full=True)
            assert desk.serious_faults() == []
        desk.close()


def the_document_is_printed(office: Product, desk: Desk, folder: Path) -> None:
    page = desk.page
    page.goto("/admin/terminology/agreement/in-force/")
    found = agreed(office)
    expect(page.get_by_text(found["hash"])).to_be_visible()
    expect(page.get_by_text(re.compile("Sofia Reis"))).to_be_visible()
    desk.picture("agreement-3-document", full=True)
    assert desk.serious_faults() == []
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    paper = page.pdf(path=folder / "agreement.pdf")
    assert paper.startswith(b"%PDF")
    page.emulate_media(media="screen")


def revops_rolls_back(desk: Desk, draft: str) -> str:
    page = desk.page
    page.goto(draft)
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("The way back is proposed.")).to_be_visible()
    expect(page.get_by_text(re.compile("MQL: Employees is at least 400 → 1000")).first).to_be_visible()
    return page.url
