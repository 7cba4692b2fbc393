"""Every label and every text of a person is hostile, and a real browser opens the pages: nothing of it runs.

The policy is watched in two ways: by the browser's own event, and by the reports that it sends to `/csp-report`.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Response

from tests.journeys.conftest import CHROMIUM, PASSWORD, Desk, Product

pytestmark = pytest.mark.browser

# Breaks out of texts, attributes in either quotes, scripts, titles, and texts within programs; asks templates to count.
MARKUP: Final = """'+(window.__ran=1)+'"></script><img src=x onerror=window.__ran=1>{{7*7}}"""
LINK: Final = "javascript:window.__ran=1//<svg onload=window.__ran=1>"
WORD: Final = """Zed'+(window.__ran=1)+'"></title></script><img src=x onerror=window.__ran=1>{{7*7}}"""

# A label may have eighty characters, and the door refuses what can't be told from another one.
SEED: Final = f"""
import json
from django.contrib.auth import get_user_model
from django.utils import timezone
from terminology import labels
from terminology.editing import BadLabel, rename_terms
from tests import company
from tests.test_pages import shown_to
MARKUP, LINK, WORD = {(MARKUP, LINK, WORD)!r}
now = timezone.now()
labels.refresh()
found = company.found(now=now, word=WORD)
admin = get_user_model().objects.get(username="administrator")
admin.set_password({PASSWORD!r})
admin.save()
texts = {{
    known.key: (LINK if place % 7 == 3 else MARKUP) + str(place)
    for place, known in enumerate(labels.terms())
}}
refused = []
try:
    rename_terms(texts=texts, by=admin, now=now)
except BadLabel:
    for key, text in texts.items():
        try:
            rename_terms(texts={{key: text}}, by=admin, now=now)
        except BadLabel as refusal:
            refused.append([key, str(refusal)])
labels.refresh()
print(json.dumps({{
    "refused": refused,
    "pages": shown_to("administrator", found),
    "lead": found.lead.pk,
    "sold": found.sold.pk,
}}))
"""

LISTEN: Final = """
addEventListener('securitypolicyviolation', (event) => {
    window.__violation(`${event.effectiveDirective} of ${event.blockedURI} at ${event.sourceFile}: ${event.sample}`);
});
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of its own, since its labels are of no use to any other journey."""
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine (Debian: apt-get install chromium).")
    running = Product(tmp_path_factory.mktemp("hostile"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def seeded(hostile: Product) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(hostile.run(SEED).splitlines()[-1])
    return told


class Watch:
    """A desk at which whatever runs or breaks the policy is written down."""

    def __init__(self, browser: Browser, product: Product) -> None:
        self.found: list[str] = []
        self.reports: list[str] = []
        self.at = ""
        self.desk = Desk(browser, product, "administrator")
        self.page = self.desk.page
        self.desk.context.expose_function("__violation", self._note)
        self.desk.context.add_init_script(LISTEN)
        self.page.on("dialog", self._dialog)
        self.page.on("response", self._answer)

    def _note(self, what: str) -> None:
        self.found.append(f"{self.at}: {what}")

    def _dialog(self, dialog: Any) -> None:
        self._note(f"a dialog says {dialog.message}")
        dialog.dismiss()

    def _answer(self, response: Response) -> None:
        if response.url.endswith("/csp-report"):
            self.reports.append(f"{self.at}: {response.status}")

    def open(self, path: str) -> str:
        """The text of the page, once its scripts have run."""
        self.at = path
        answer = self.page.goto(path, wait_until="load")
        if answer is None or answer.status >= 400:
            self._note(f"answers {answer and answer.status}")
        self.look()
        return self.page.inner_text("body")

    def look(self) -> None:
        """Whether something has run by now."""
        ran = self.page.evaluate(
            "[typeof window.__ran, document.querySelectorAll('img[src=x], svg[onload]').length]"
        )
        if ran != ["undefined", 0]:
            self._note(f"ran: {ran}")


@pytest.fixture
def watch(chromium: Browser, hostile: Product, seeded: dict[str, Any]) -> Iterator[Watch]:
    watching = Watch(chromium, hostile)
    yield watching
    watching.desk.close()


# Of pages that look alike for every model these are opened: with panels, inlines, tabs and history of their own.
OPENED: Final = {
    *(
        "leads_lead",
        "leads_contact",
        "leads_opportunity",
        "leads_criteriaset",
        "leads_definition",
        "leads_team",
    ),
    *("scoring_scoringmodel", "handoff_routingrule", "leads_challenge", "auth_user"),
}


# No pages to be read, or empty as they are.
NOT_READ: Final = {
    *("admin:logout", "admin:jsi18n", "admin:login", "admin:search", "reports:search"),
    *("imports:result", "imports:progress"),
}


def is_opened(name: str, path: str) -> bool:
    """Every list, every page of the table of pages, and of the models' pages those that differ."""
    model, _, page = name.removeprefix("admin:").rpartition("_")
    if page in ("add", "delete", "history", "change"):
        return page in ("change", "history") and model in OPENED
    if name in NOT_READ:
        return False
    return not path.endswith((".json", ".md", ".csv"))


def test_no_label_and_no_text_runs_on_any_page(watch: Watch, seeded: dict[str, Any]) -> None:
    pages = {name: path for name, path in seeded["pages"].items() if is_opened(name, path)}
    shown = {name for name, path in pages.items() if "window.__ran=1" in watch.open(path)}

    for transition in ("accept", "pass_back", "disqualify", "fast_track"):
        watch.open(f"/admin/leads/lead/{seeded['lead']}/step/{transition}/")
    watch.open(f"/admin/leads/lead/{seeded['sold']}/change/")
    for detail in watch.page.locator("details").all():
        detail.evaluate("element => element.open = true")
    watch.look()
    the_palette_is_asked(watch)
    an_import_is_begun(watch, path=seeded["pages"]["imports:upload"])

    assert watch.found == []
    assert watch.reports == []
    # Not left out or mangled: the menu alone brings some on each page.
    assert set(pages) - shown == set()
    assert len(pages) > 60
    assert [complaint for complaint in watch.desk.complaints if "Content Security Policy" in complaint] == []


def the_palette_is_asked(watch: Watch) -> None:
    watch.open("/admin/")
    watch.page.keyboard.press("Control+k")
    watch.page.locator("#search-input-command").fill("Ze")
    watch.page.locator("#search-input-command").press("d")
    watch.page.locator("#command-results-list").get_by_text("window.__ran=1").first.wait_for()
    watch.look()


def an_import_is_begun(watch: Watch, *, path: str) -> None:
    """Headers and cells of the file are as hostile as the labels beside them."""
    watch.open(path)
    quoted = WORD.replace('"', '""')
    content = f'"{quoted}",E-mail,"{quoted} 2"\n"{quoted}",ines@kiesel-werke.example,"{quoted}"\n'
    watch.page.set_input_files(
        "[type=file]",
        {
            "name": "<img src=x onerror=window.__ran=1>.csv",
            "mimeType": "text/csv",
            "buffer": content.encode(),
        },
    )
    watch.page.select_option("[name=kind]", "partner")
    watch.page.fill("[name=source_name]", WORD)
    watch.page.click("form[data-upload] button[type=submit]")
    watch.page.wait_for_load_state("load")
    watch.at = "the columns of the list"
    watch.look()


def test_the_labels_are_as_hostile_as_the_editor_lets_them_be(seeded: dict[str, Any]) -> None:
    """The walk would say little if the door had refused its payloads."""
    assert seeded["refused"] == []


def test_what_runs_or_breaks_the_policy_would_be_seen(watch: Watch) -> None:
    watch.open("/admin/")
    watch.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.__ran=1><svg onload=window.__ran=1>')"
    )
    watch.page.evaluate("window.__ran = 1")
    with watch.page.expect_response(lambda response: response.url.endswith("/csp-report")) as sent:
        watch.page.evaluate(
            "document.head.append(Object.assign(document.createElement('script'), {text: '1'}))"
        )
    watch.look()

    assert sent.value.status == 204
    assert any("script-src" in what for what in watch.found)
    assert any("ran:" in what for what in watch.found)
