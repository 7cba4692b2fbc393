"""The two messages of the hand-off: deal what waits, and send the e-mails that wait."""

from typing import Final

from leadops.hints import Hint

routing: Final = Hint("handoff.tasks.route_waiting")
mail: Final = Hint("handoff.tasks.deliver")
