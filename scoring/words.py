"""Words of the score's pages."""

from typing import Final

from terminology.labels import term

PANEL: Final = term("scoring.panel", "Score")
COLUMN: Final = term("leads.lead.shown_score", "Score")
IN_FORCE: Final = term("model_state.in_force", "In force")
REPLACED: Final = term("model_state.replaced", "Replaced")
BRING_BACK: Final = term("page.bring_back", "Propose again")

# The pages ask for these by their keys.
term("page.rescore_all", "Rescore all leads")
term("page.would_add", "What would add points")
