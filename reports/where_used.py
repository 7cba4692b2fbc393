"""Which reports show a term."""

from collections.abc import Iterator

from django.urls import reverse

from leads import lifecycle
from leads.enums import NOT_COUNTED_STAGES, Stage
from terminology import where_used
from terminology.labels import current, term
from terminology.where_used import Use


def register() -> None:
    """Let the term editor show the reports in which a stage or a kind of source stands."""
    where_used.register("reports", _reports, title=term("menu.section.reports", "Reports"), order=50)


def _reports(key: str) -> Iterator[Use]:
    family, _, rest = key.partition(".")
    if family == "stage":
        stage = Stage(rest.partition(".")[0])
        if stage in lifecycle.stages_in_use():
            counted = "not counted" if stage in NOT_COUNTED_STAGES else "counted"
            yield f"{current('menu.funnel')}: a line, {counted}", reverse("reports:funnel")
        if stage in (Stage.MARKETING_QUALIFIED, Stage.SALES_QUALIFIED, Stage.CUSTOMER):
            name = current("menu.mql_to_sql")
            yield f"{name}: a column", reverse("reports:mql_to_sql")
    if family == "period":
        yield f"{current('menu.funnel')}: a choice of the period", reverse("reports:funnel")
