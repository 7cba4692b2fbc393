"""docs/configuration.md and the programs that read the environment name the same variables."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def documented() -> set[str]:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return set(re.findall(r"^`([A-Z_]+)`\n:", text, re.MULTILINE))


def test_describes_every_variable_that_is_read_and_no_other() -> None:
    settings = (ROOT / "leadops" / "settings.py").read_text(encoding="utf-8")
    read_by_settings = set(re.findall(r"""env\.\w+\(\s*["']([A-Z_]+)["']""", settings))
    tests = (ROOT / "tools" / "test_everywhere.py").read_text(encoding="utf-8")
    read_by_tests = set(re.findall(r"""["'](LEADOPS_[A-Z_]+)["']""", tests)) - {
        "LEADOPS_TEST_BROKERS",  # these two are told to the tests, not asked of a person
        "LEADOPS_TEST_DATABASE",
    }

    assert len(read_by_settings) > 20
    assert documented() == read_by_settings | read_by_tests


def start_with(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the checks of a program that sees this environment and nothing else; it stands above the file `.env`."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", *options],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LEADOPS_DATA_DIR": os.environ["LEADOPS_DATA_DIR"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_refuses_to_start_without_a_secret_where_debug_is_off() -> None:
    run = start_with(DEBUG="0", SECRET_KEY="")

    assert run.returncode != 0
    assert (
        "SECRET_KEY is not set. Put a long random text into the environment variable SECRET_KEY" in run.stderr
    )


def test_refuses_the_secret_that_everybody_knows_where_debug_is_off() -> None:
    run = start_with(DEBUG="0", SECRET_KEY="django-insecure-only-for-a-laptop")

    assert run.returncode != 0
    assert "SECRET_KEY is not set." in run.stderr


def test_says_nothing_against_good_settings_of_a_server(tmp_path: Path) -> None:
    run = start_with(
        "--deploy",
        "--fail-level",
        "WARNING",
        DEBUG="0",
        SECRET_KEY=secrets.token_urlsafe(60),
        ALLOWED_HOSTS="leadops.example.com",
        LEADOPS_DATA_DIR=str(tmp_path),
    )

    assert (run.returncode, run.stdout, run.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


def test_warns_of_a_server_without_https(tmp_path: Path) -> None:
    run = start_with(
        "--deploy",
        "--fail-level",
        "WARNING",
        DEBUG="0",
        SECRET_KEY=secrets.token_urlsafe(60),
        SECURE_SSL_REDIRECT="0",
        LEADOPS_DATA_DIR=str(tmp_path),
    )

    assert run.returncode != 0
    assert "SECURE_SSL_REDIRECT setting is not set to True" in run.stderr
