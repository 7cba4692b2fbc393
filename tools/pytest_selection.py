"""A pytest plugin of `make test`: which tests must not run beside others, and which ask a database nothing.

Adds the mark `serial` by a test's folder and other marks, and the option `--only-database`.
"""

from pathlib import Path

import pytest

FOLDERS = {"faults", "journeys"}  # they kill processes or drive a browser, which two cores feel
MARKS = {"faults", "browser"}
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "admin_client", "admin_user"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-database", action="store_true", help="leave out the tests that would run the same without one"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    tests = Path(config.rootpath) / "tests"
    for item in items:
        folder = item.path.relative_to(tests).parts[0] if item.path.is_relative_to(tests) else ""
        if folder in FOLDERS or any(item.get_closest_marker(mark) for mark in MARKS):
            item.add_marker("serial")
    if config.getoption("--only-database"):
        without = [item for item in items if not needs_database(item)]
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if needs_database(item)]


def needs_database(item: pytest.Item) -> bool:
    if any(item.get_closest_marker(mark) for mark in ("django_db", "faults", "postgres")):
        return True
    return not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
