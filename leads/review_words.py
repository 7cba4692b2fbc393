"""Words of the pages about disputes, examples, calls to action and the review, as templates and messages use them."""

from typing import Any, Final

from terminology.labels import current, term

AGENDA: Final = term("menu.agenda", "Agenda of the review")
DISPUTE: Final = term("page.dispute", "Dispute")
DISPUTED: Final = term("page.disputed", "Disputed")
AS_SUCH: Final = term("page.definition_as_such", "The definition as such")
UPHOLD: Final = term("page.uphold", "Uphold")
REJECT: Final = term("page.reject", "Reject")
RULE: Final = term("page.rule", "Rule on it")
RULINGS: Final = term("page.rulings", "What was ruled")
NO_CALL: Final = term("page.no_call_to_action", "Nobody can do this")
PULL_APART: Final = term("page.pull_apart", "Figures that pull the teams apart")
OPEN_DRAFT: Final = term("page.open_draft", "Open a draft from these")
LIVE_CALLS: Final = term("page.live_calls", "Live calls to action")
VOLUME: Final = term("page.volume", "Last 30 days")
WHO_MEETS_IT: Final = term("page.who_meets_it", "Who meets it now")
FORMER_VERSIONS: Final = term("page.other_versions", "Other versions")
COUNTER_EXAMPLES: Final = term("page.counter_examples", "Counter-examples")
TAKE_AWAY: Final = term("page.take_away", "Take away")
KEEP_AS_EXAMPLE: Final = term("page.keep_as_example", "Keep as an example")


def called(key: str) -> str:
    """What the thing `key` ("leads.lead") is called now, within a sentence."""
    return current(key)


def named(challenge: Any) -> str:
    """What a challenge is about: its criterion, or the definition as such."""
    return str(challenge.criterion or AS_SUCH)
