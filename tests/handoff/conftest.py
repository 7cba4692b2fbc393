from collections.abc import Iterator
from typing import Any

import pytest

from handoff import hints
from tests import factories


@pytest.fixture(autouse=True)
def _quiet_hints() -> Iterator[None]:
    """Each test starts as if no message had been sent."""
    hints.routing.forget()
    hints.mail.forget()
    yield
    hints.routing.forget()
    hints.mail.forget()


@pytest.fixture
def team(db: None) -> Any:
    return factories.TeamFactory(name="Sales")
