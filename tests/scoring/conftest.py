from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from scoring.models import Rule, ScoringModel
from tests.scoring import make


@pytest.fixture
def model(db: None, now: datetime) -> Callable[..., ScoringModel]:
    """Brings a scoring model with these rules into force; each rule is a dict as `make.rule` takes it."""

    def bring(*rules: Rule | dict[str, Any], **terms: Any) -> ScoringModel:
        return make.model(*rules, now=now - timedelta(days=1), **terms)

    return bring
