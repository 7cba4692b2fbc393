"""Editing a draft in the browser: rows come and go without a request, and only what fits a condition is offered."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import PASSWORD, Desk, Product

pytestmark = pytest.mark.browser

START = f"""
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone
from terminology.blueprints import use_blueprint
use_blueprint(name="mal-to-sql", by=None, now=timezone.now())
user = get_user_model().objects.create_user("mona", "mona@leadops.example", {PASSWORD!r}, first_name="Mona",
                                            last_name="Feld", is_staff=True)
user.groups.add(Group.objects.get(name="marketing"))
"""
EDITORS = ("stages", "checklist", "scoring", "response-times", "routing")


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Product]:
    running = Product(tmp_path_factory.mktemp("editors"))
    running.run(START)
    yield running
    running.stop()


def test_a_marketer_drafts_another_mql_without_typing_a_key(office: Product, chromium: Browser) -> None:
    desk = Desk(chromium, office, "mona")
    page = desk.page
    page.goto("/admin/leads/definition/")
    page.get_by_role("button", name="Propose a change").click()
    rows = page.locator("[data-condition]")
    expect(rows).to_have_count(1)

    page.get_by_role("button", name="+ Add a condition").click()
    rows.nth(1).get_by_label("Field").select_option(label="Seniority")
    rows.nth(1).get_by_label("Operator").select_option(label="is one of")
    rows.nth(1).get_by_label("C-suite").check()
    rows.nth(1).get_by_label("VP").check()
    expect(rows.nth(1).get_by_label("Operator").locator("option[value=gte]")).to_be_disabled()
    page.get_by_role("button", name="+ Add a condition").click()
    rows.nth(2).get_by_label("About").select_option(label="Something they did")
    expect(rows.nth(2).get_by_label("Field")).to_be_hidden()
    rows.nth(2).locator("summary").click()
    rows.nth(2).get_by_label("any hand-raiser").check()
    expect(rows.nth(2).locator("summary")).to_have_text("any hand-raiser")
    page.get_by_role("textbox", name="Definition").fill("60 points, somebody who decides, and a hand raised.")
    page.get_by_role("button", name="Look at the differences").click()

    expect(page.locator("#differences")).to_contain_text(
        "MQL: new: Seniority is one of C-suite or VP; Any hand-raiser"
    )
    assert desk.serious_faults() == []
    desk.picture("draft-editor", full=True)
    rows.nth(2).get_by_label("Remove").check()
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("MQL: new: Seniority is one of C-suite or VP").first).to_be_visible()
    assert desk.complaints == []
    desk.close()


def test_every_editor_fits_a_phone_in_the_dark(office: Product, chromium: Browser) -> None:
    desk = Desk(chromium, office, "mona", dark=True, phone=True)
    desk.page.goto("/admin/scoring/scoringmodel/")
    desk.page.get_by_role("button", name="Propose a change").click()
    draft = desk.page.url.removesuffix("scoring/")

    for name in (*EDITORS, "definitions/marketing_qualified"):
        desk.page.goto(f"{draft}{name}/")
        assert not desk.is_too_wide(), name
        assert desk.serious_faults() == [], name
        desk.picture(f"draft-{name.split('/')[0]}")

    assert desk.complaints == []
    desk.close()
