import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override

from leads.diagram import lifecycle_svg
from leads.enums import ROUTES, Stage
from leads.management.commands.draw_lifecycle import PATH
from leads.models import StageSetting
from tests import factories


@pytest.fixture
def agreed(db: None) -> Any:
    StageSetting.objects.create(stage=Stage.SALES_ACCEPTED, in_use=False)
    factories.QualificationQuestionFactory()
    factories.ReasonFactory()
    return factories.define(
        Stage.MARKETING_QUALIFIED,
        {"kind": "field", "field": "account.employees", "operator": "gte", "value": "200"},
    )


def test_prints_the_agreement_for_people(agreed: Any) -> None:
    out = StringIO()

    call_command("export_agreement", stdout=out)

    document = out.getvalue()
    assert "### Marketing qualified lead (MQL)" in document
    assert "- Employees is at least 200" in document
    assert "- Is there a budget?" in document
    assert "Sales accepted" not in document


def test_prints_the_agreement_for_machines(agreed: Any) -> None:
    out = StringIO()

    call_command("export_agreement", format="json", stdout=out)

    content = json.loads(out.getvalue())
    mql = next(stage for stage in content["stages"] if stage["stage"] == "marketing_qualified")
    assert mql["definition"]["criteria"] == [{"group": "", "text": "Employees is at least 200"}]
    assert content["reasons"]["pass_back"] == ["Not a decision maker"]


def test_the_diagram_in_the_docs_is_that_of_the_code() -> None:
    with override(None):
        drawn = lifecycle_svg()

    assert PATH.read_text(encoding="utf-8") == drawn, "Run: manage.py draw_lifecycle"
    for transition in ROUTES:
        assert transition.value in drawn
