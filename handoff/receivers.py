"""What the hand-off listens to. A receiver only asks a worker to look; beat asks too, every half minute."""

from typing import Any

from django.db import transaction

from handoff import hints
from leads.enums import Stage, Transition


def after_stage_change(*, transition: Transition, to_stage: Stage, **kwargs: Any) -> None:
    """A lead was handed to sales, or came back."""
    if to_stage == Stage.MARKETING_QUALIFIED or transition == Transition.PASS_BACK:
        hints.routing.send()


def after_agreement(*, sections: set[str], **kwargs: Any) -> None:
    """Other rules are in force: leads that none fitted are looked at again at once."""
    if "routing" in sections:
        transaction.on_commit(hints.routing.send)
