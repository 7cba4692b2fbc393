"""Words of the queue, the team's page and the box that says who has a lead."""

from typing import Final

from terminology.labels import term

OWNERSHIP: Final = term("panel.ownership", "Who has it")
EVERYTHING: Final = term("routing.everything", "Every lead")

NEW: Final = term("queue.new", "New")
NEW_HINT: Final = term("queue.new.hint", "Handed over to you. Accept or pass back.")
CALL: Final = term("queue.call", "To call")
CALL_HINT: Final = term("queue.call.hint", "Accepted. Talk to them and qualify.")
OPPORTUNITIES: Final = term("queue.opportunities", "In negotiation")
OPPORTUNITIES_HINT: Final = term("queue.opportunities.hint", "Qualified, with an open opportunity.")
FREE: Final = term("queue.free", "Nobody has them yet")
FREE_HINT: Final = term("queue.free.hint", "In your teams, and without an owner.")

# The pages ask for these by their keys.
term("page.since", "Since")
term("page.first_response", "First response")
term("page.take", "Take")
term("page.give_to", "Give to")
term("page.give", "Give")
term("page.add_routing_rule", "Add a rule")
