import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from leadops import hints
from leads.models import Source
from terminology import labels
from tests import factories


@pytest.fixture(autouse=True)
def _fresh_labels() -> Iterator[None]:
    """Each test starts from the default labels, since the snapshot outlives the database's rollback."""
    labels.forget()
    yield
    labels.forget()


@pytest.fixture(autouse=True)
def _broker_asked_anew() -> None:
    """A broker that one test takes away is there again for the next."""
    hints.forget()


@pytest.fixture(autouse=True)
def _only_on_postgresql(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL: SQLite has one writer at a time, so there is no race to lose.")


@pytest.fixture
def now() -> datetime:
    """A Thursday morning."""
    return datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real lists, where this machine has it."""
    folder = Path(
        os.environ.get("LEADOPS_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
    )
    if not folder.is_dir():
        pytest.skip(f"There is no folder of shared data at {folder}.")
    return folder


@pytest.fixture
def source(db: None) -> Source:
    return factories.SourceFactory()
