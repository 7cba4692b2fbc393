"""The box of a list's page with the imports by which its rows came, and what became of them."""

from typing import Any, Final

from django.db.models import Sum
from django.http import HttpRequest

from imports.models import ImportBatch, RowOutcome
from leads.models import Source
from leads.workspace import Panel

SHOWN: Final = 20  # imports of one list, the newest; the sums are of all


def panel(request: HttpRequest, source: Source) -> Panel | None:
    """Rows by outcome over all imports of the list, and the newest of them. Two queries; None where there are none.

    The rows are told to everybody who may open the page; the imports are links for those who may see them.
    """
    loaded = ImportBatch.objects.filter(source=source).exclude(confirmed_at=None)
    sums: dict[str, Any] = loaded.aggregate(**{outcome.value: Sum(outcome.value) for outcome in RowOutcome})
    if sums[RowOutcome.CREATED] is None:
        return None
    return Panel(
        title=ImportBatch._meta.verbose_name_plural,
        template="imports/list_panel.html",
        context={
            "counts": [(outcome.label, sums[outcome.value]) for outcome in RowOutcome],
            "batches": list(
                loaded.visible_to(request.user).select_related("created_by").order_by("-pk")[:SHOWN]
            ),
        },
        order=10,
    )
