"""The whole product in one place of its own: web, worker and beat as `make run` starts them, and a real browser."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from leadops.running import free_port

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "journeys"
PASSWORD = "a good long password"
CHROMIUM = os.environ.get("LEADOPS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

WIDE = {"width": 1380, "height": 900}
PHONE = {"width": 390, "height": 844}


class Product:
    """A running LeadOps with its own folder, database and broker."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port(wished=19000 + os.getpid() % 900)
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
            "DEBUG": "1",
            "SECRET_KEY": "only-for-the-journeys",
            "LEADOPS_DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/leadops.sqlite3",
            "CELERY_BROKER_URL": "filesystem://localhost//",
            "LEADOPS_DEFAULT_COUNTRY": "DE",
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "start", "--no-demo", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        self.address = self._wait()

    def _wait(self) -> str:
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if "LeadOps is running at " in line:
                # From here on nobody reads the pipe; the product writes too little to fill it in a test's time.
                return line.split("running at ")[1].strip().removesuffix("/admin/")
        raise AssertionError("LeadOps did not start:\n" + "".join(seen))

    def run(self, program: str) -> str:
        """Run Python in the product's own environment and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", program],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine (Debian: apt-get install chromium).")
    running = Product(tmp_path_factory.mktemp("product"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine (Debian: apt-get install chromium).")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


class Desk:
    """One person at their browser. Notes what the console complains of."""

    def __init__(
        self, browser: Browser, product: Product, username: str, *, dark: bool = False, phone: bool = False
    ) -> None:
        self.name = username
        self.address = product.address
        self.context = browser.new_context(
            viewport=PHONE if phone else WIDE,
            color_scheme="dark" if dark else "light",
            base_url=product.address,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.suffix = ("-phone" if phone else "") + ("-dark" if dark else "")
        self.page.goto("/admin/login/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/admin/")
        if dark:
            self.page.evaluate("""localStorage.setItem('_x_adminTheme', '"dark"')""")

    def _listen(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def picture(self, name: str, *, full: bool = False) -> None:
        """Keep what the page looks like, for people to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_load_state("networkidle")
        self.page.screenshot(path=PICTURES / f"{name}{self.suffix}.png", full_page=full)

    def serious_faults(self) -> list[str]:
        """What axe finds on the page that keeps somebody from using it."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
            for fault in found
            if fault["impact"] in ("serious", "critical")
        ]

    def is_too_wide(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    def close(self) -> None:
        self.context.close()
