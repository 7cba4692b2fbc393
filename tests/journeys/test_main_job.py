"""The main job, told by four people at four browsers: from a vocabulary and a bought list to a sale in the funnel."""

import json
import re
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import PASSWORD, Desk, Product

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)  # milliseconds: a busy machine is no fault

PEOPLE = f"""
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from leads.models import Team, TeamMember
User = get_user_model()
team, _ = Team.objects.get_or_create(name="Sales")
for username, first, last, role in [
    ("rana", "Rana", "Aziz", "revops"), ("milan", "Milan", "Kovac", "marketing"),
    ("stella", "Stella", "Brandt", "sales_rep"), ("bosse", "Bosse", "Lindqvist", "sales_manager"),
]:
    user = User.objects.create_user(username, f"{{username}}@leadops.example", {PASSWORD!r},
                                    first_name=first, last_name=last, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    if role.startswith("sales"):
        TeamMember.objects.create(team=team, user=user, receives_leads=role == "sales_rep")
"""

BOUGHT_LIST = """Full Name;Position;E-Mail Address;Company Name;Direct Phone;Head Count;Country
Ines Roth;Chief Operating Officer;ines.roth@kieselwerke.example;Kieselwerke GmbH;030 901820;1,200;Germany
JONAS WEBER;VP Operations;jonas.weber@aurora-mills.example;Aurora Mills AG;030 901821;640;Germany
Pia Costa;Plant Manager;pia.costa@castellan.example;Castellan Paper;;310;Germany
Pia Costa;Plant Manager;PIA.COSTA@castellan.example;Castellan Paper;030 901822;310;Germany
Mickey Mouse;CEO;mickey@castellan.example;Castellan Paper;;310;Germany
Emil Haas;Energy Engineer;not-an-address;Nordwind Logistik;;90;Germany
"""

WHAT_INES_DID = ["content_download", "demo_request", "email_click", "content_download"]


def until(what: Callable[[], Any], *, seconds: float = 45) -> Any:
    """What `what` gives once it gives something. Work in the background takes its time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.5)
    raise AssertionError("It did not come about in time.")


@pytest.fixture(scope="module")
def staffed(product: Product) -> Product:
    product.run(PEOPLE)
    return product


def test_a_bought_list_becomes_a_sale(staffed: Product, chromium: Browser, tmp_path: Path) -> None:
    term = revops_sets_the_words(staffed, chromium)
    token = revops_makes_a_token(staffed, chromium)
    marketing_loads_the_list(staffed, chromium, tmp_path, term=term)
    ines_shows_interest(staffed, token)
    the_rep_takes_her_to_an_opportunity(staffed, chromium, term=term)
    the_manager_reads_the_funnel(staffed, chromium)


def revops_sets_the_words(product: Product, chromium: Browser) -> str:
    desk = Desk(chromium, product, "rana")
    page = desk.page
    page.goto("/admin/terminology/termoverride/blueprints/")
    desk.picture("01-blueprints")
    page.locator("form:has(input[value='mal-to-sql']) button").click()
    expect(page.get_by_text("The blueprint is in force")).to_be_visible()

    page.goto("/admin/terminology/termoverride/?q=job+title")
    page.locator("[name='term:leads.contact.title']").fill("Position held")
    page.get_by_role("button", name="Save the words").click()
    expect(page.get_by_text("1 label is in force on every page")).to_be_visible()
    desk.picture("02-terms")

    page.goto("/admin/leads/contact/")
    assert desk.serious_faults() == []
    desk.close()
    return "Position held"


def revops_makes_a_token(product: Product, chromium: Browser) -> str:
    desk = Desk(chromium, product, "rana")
    made = product.run(
        "from django.utils import timezone; from leads.models import Source\n"
        "from intake import tokens; from intake.models import ApiToken\n"
        "source = Source.objects.create(name='Website', kind='website')\n"
        "token = ApiToken(name='Website', source=source)\n"
        "print(tokens.issue(token=token, by=None, now=timezone.now()))"
    )
    desk.page.goto("/admin/intake/apitoken/")
    expect(desk.page.get_by_text("Website").first).to_be_visible()
    desk.picture("03-tokens")
    assert made not in desk.page.content()
    desk.close()
    return made


def marketing_loads_the_list(product: Product, chromium: Browser, folder: Path, *, term: str) -> None:
    file = folder / "plant-managers.csv"
    file.write_text(BOUGHT_LIST, encoding="cp1252")
    desk = Desk(chromium, product, "milan")
    page = desk.page
    page.goto("/admin/imports/list/")
    page.set_input_files("input[type=file]", file)
    page.select_option("#id_kind", "purchased")
    page.fill("#id_source_name", "Plant managers 2026")
    page.get_by_role("button", name="Upload and look at the columns").click()
    expect(page.get_by_text(re.compile("vendor", re.IGNORECASE)).first).to_be_visible()
    page.set_input_files("input[type=file]", file)
    page.fill("#id_vendor", "Listworks")
    page.fill("#id_purchased_on", "2026-03-02")
    page.fill("#id_basis", "Legitimate interest, assessed in March")
    page.fill("#id_cost", "1200")
    expect(page.locator("#id_source_name")).to_have_value("Plant managers 2026")
    desk.picture("04-upload", full=True)
    page.get_by_role("button", name="Upload and look at the columns").click()

    expect(page.get_by_role("heading", name="What is in which column?")).to_be_visible()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Position"))
    expect(row.locator("select[data-target]")).to_have_value("title")
    expect(row.locator("select[data-target] option:checked")).to_have_text(re.compile(term, re.IGNORECASE))
    desk.picture("05-columns")
    assert desk.serious_faults() == []
    page.get_by_role("button", name="Preview").click()

    expect(page.get_by_role("heading", name=re.compile("What will become of"))).to_be_visible()
    desk.picture("06-preview")
    assert desk.serious_faults() == []
    if page.locator("#id_accepts_many_bad").count():
        page.check("#id_accepts_many_bad")
    page.get_by_role("button", name="Load the list").click()

    # Nobody reloads: the page follows the work and shows its end by itself.
    expect(page.get_by_role("link", name="See its leads")).to_have_class(
        re.compile("lo-primary"), timeout=60_000
    )
    desk.picture("07-loaded")
    assert desk.serious_faults() == []
    counts = _counts_of_the_batch(product)
    assert (counts["created"], counts["merged"], counts["rejected"]) == (3, 1, 2)
    assert counts["stages"] == ["suspect"]
    desk.close()


def _counts_of_the_batch(product: Product) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        product.run(
            "import json; from imports.models import ImportBatch; from leads.models import Lead\n"
            "b = ImportBatch.jobs.latest('pk')\n"
            "print(json.dumps({name: getattr(b, name) for name in "
            "('state', 'created', 'updated', 'unchanged', 'merged', 'suppressed', 'rejected')} | "
            "{'stages': sorted(set(Lead.objects.filter(source=b.source).values_list('stage', flat=True)))}))"
        )
    )
    return found


def ines_shows_interest(product: Product, token: str) -> None:
    for place, kind in enumerate(WHAT_INES_DID):
        body = {
            "type": kind,
            "person": {"email": "Ines.Roth@kieselwerke.example"},
            "subject": f"Interest {place}",
        }
        request = urllib.request.Request(
            f"{product.address}/api/v1/events",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": f"ines-{place}",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 201

    program = (
        "from leads.models import Lead\n"
        "print(Lead.objects.filter(stage='marketing_qualified', owner__username='stella').count())"
    )
    until(lambda: product.run(program) == "1", seconds=60)


def the_rep_takes_her_to_an_opportunity(product: Product, chromium: Browser, *, term: str) -> None:
    desk = Desk(chromium, product, "stella")
    page = desk.page
    page.goto("/admin/")
    expect(page.get_by_role("link", name="Ines Roth", exact=True)).to_be_visible()
    desk.picture("08-queue")
    assert desk.serious_faults() == []
    page.get_by_role("link", name=re.compile("Open")).first.click()

    expect(page.get_by_role("heading", name="Next step")).to_be_visible()
    desk.picture("09-lead")
    assert desk.serious_faults() == []
    page.locator(".lo-steps").get_by_role("link", name=re.compile("^Accept")).click()
    expect(page.get_by_text("Confirm what you see")).to_be_visible()
    for box in page.locator("input[name=confirmed]:not([disabled])").all():
        box.check()
    desk.picture("10-accept")
    page.locator("form.lo-form button.lo-primary").click()
    expect(page.get_by_text("now “")).to_be_visible()

    page.select_option("#log-type", label="Qualification call held")
    page.fill("#log-subject", "First talk")
    page.fill(
        "#log-body", "Compressed air costs them 300,000 a year. Wants a pilot in Essen before the summer."
    )
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text("Wants a pilot in Essen")).to_be_visible()

    steps = page.locator(".lo-steps")
    steps.get_by_role("link", name=re.compile("^Qualif|^Make|^SQL", re.IGNORECASE)).first.click()
    expect(page.get_by_role("button", name="Keep the answers only")).to_be_visible()
    for box in page.locator("textarea[name^=question_]").all():
        box.fill("Yes: agreed with the board in February.")
    desk.picture("11-qualify", full=True)
    page.locator("form.lo-form button.lo-primary").click()
    expect(page.get_by_role("link", name="Move on")).to_be_visible()
    desk.picture("12-opportunity")

    for path in ("/admin/leads/contact/", "/admin/leads/opportunity/", "/admin/notices/"):
        page.goto(path)
        assert desk.serious_faults() == [], path
    page.goto("/admin/leads/contact/")
    expect(page.get_by_text(re.compile(term, re.IGNORECASE)).first).to_be_visible()
    assert desk.complaints == []
    desk.close()


def the_manager_reads_the_funnel(product: Product, chromium: Browser) -> None:
    desk = Desk(chromium, product, "bosse")
    page = desk.page
    page.goto("/admin/")
    desk.picture("13-manager")
    assert desk.serious_faults() == []
    page.goto("/admin/reports/funnel/?period=all")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Sales qualified lead"))
    expect(row.get_by_role("cell").first).to_have_text("1")
    desk.picture("14-funnel", full=True)
    assert desk.serious_faults() == []
    page.goto("/admin/reports/mql-to-sql/?period=all")
    expect(page.get_by_text("Plant managers 2026").first).to_be_visible()
    desk.picture("15-mql-to-sql")
    assert desk.serious_faults() == []
    assert desk.complaints == []
    desk.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_reads_well_on_a_phone_and_in_the_dark(staffed: Product, chromium: Browser, dark: bool) -> None:
    """Every page of a rep's and a marketer's day at 390 pixels: nothing sticks out, and axe finds nothing serious."""
    pages = {
        "stella": ["/admin/", "/admin/leads/lead/", "/admin/notices/", "/admin/reports/funnel/"],
        "milan": [
            "/admin/",
            "/admin/imports/list/",
            "/admin/imports/importbatch/",
            "/admin/reports/mql-to-sql/",
        ],
        "rana": [
            "/admin/",
            "/admin/terminology/termoverride/",
            "/admin/leads/definition/",
            "/admin/scoring/scoringmodel/",
        ],
    }
    faults = []
    for username, paths in pages.items():
        desk = Desk(chromium, staffed, username, phone=True, dark=dark)
        for path in paths:
            desk.page.goto(path)
            desk.picture(f"phone-{username}{path.removeprefix('/admin').rstrip('/').replace('/', '-')}")
            faults += [f"{path}: {fault}" for fault in desk.serious_faults()]
            if desk.is_too_wide():
                faults.append(f"{path}: wider than the screen")
        faults += desk.complaints
        desk.close()

    assert faults == []


def test_the_palette_and_the_slash_find_people_and_pages(staffed: Product, chromium: Browser) -> None:
    desk = Desk(chromium, staffed, "milan")
    page = desk.page
    page.goto("/admin/")

    page.keyboard.press("Control+k")
    page.locator("#search-input-command").fill("funn")
    page.locator("#search-input-command").press("e")
    expect(page.locator("#command-results-list").get_by_text("Funnel").first).to_be_visible()
    desk.picture("16-palette")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.goto("/admin/reports/funnel/")
    page.keyboard.press("/")

    expect(page.locator("#search-input-command")).to_be_visible()
    desk.close()
