"""The box of the lead page with its disputes, and with what it is an example of."""

from typing import Final

from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.text import capfirst

from leads import challenges
from leads.enums import STAGE_SHORT, ChallengeState, Stage
from leads.models import Challenge, DefinitionExample, Lead
from leads.review_words import called, named
from leads.workspace import Panel

_COLOURS = {
    ChallengeState.OPEN: "amber",
    ChallengeState.UPHELD: "green",
    ChallengeState.REJECTED: "slate",
}
SHOWN: Final = 20  # disputes of one lead, the newest
_title = lazy(lambda: capfirst(called("leads.challenge.plural")), str)


def panel(request: HttpRequest, lead: Lead) -> Panel | None:
    """Disputes with their rulings, examples, and the ways to add one. Two queries; None where nothing is to be said."""
    rows = list(
        Challenge.objects.filter(lead=lead)
        .select_related("definition", "raised_by", "ruled_by")
        .order_by("-pk")[:SHOWN]
    )
    examples = list(DefinitionExample.objects.filter(lead=lead))
    may_raise = challenges.may_raise(request.user)
    may_keep = request.user.has_perm("leads.add_definitionexample")
    if not (rows or examples or may_raise or may_keep):
        return None
    return Panel(
        title=_title(),
        template="leads/challenges_panel.html",
        context={
            "lead": lead,
            "rows": [(row, named(row), _COLOURS[ChallengeState(row.state)]) for row in rows],
            "examples": [(row, STAGE_SHORT[Stage(row.stage)]) for row in examples],
            "may_raise": may_raise,
            "may_keep": may_keep,
        },
        order=30,
    )
