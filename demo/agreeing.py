"""What the demo company has agreed on since it began, and what it is arguing about now."""

from datetime import datetime, timedelta
from typing import Any, Final

from leads.enums import Stage
from terminology import agreements, sections
from terminology.models import Agreement, Side

MQL: Final = Stage.MARKETING_QUALIFIED.value
DAY: Final = timedelta(days=1)
SIX_HOURS: Final = {"first_response_hours": 6}
HIGHER: Final = 70  # points, instead of 60


def agree(*, users: dict[str, Any], now: datetime) -> None:
    """An agreement that both signed some weeks ago, and one that marketing has signed and sales has not."""
    at = now - 48 * DAY
    faster = _draft(
        users["annika"],
        title="Answer before the end of the day",
        note="Whoever asks in the morning hears from us the same day. Reps have tried it for two weeks and it works.",
        section="sla",
        parts={MQL: SIX_HOURS},
        at=at,
    )
    _say(faster, users["marco"], "If the answer is there by five, I can promise it on the form.", at + DAY)
    faster = _propose(faster, users["annika"], at + DAY)
    _sign(faster, Side.SALES, users["annika"], at + DAY)
    _sign(faster, Side.MARKETING, users["marco"], at + 2 * DAY)

    at = now - 3 * DAY
    fewer = _draft(
        users["marco"],
        title="Fewer MQLs, better ones",
        note="A third of what we hand over comes back. With ten points more we hand over less, and what sales wants.",
        section="definitions",
        parts={MQL: _with_threshold(HIGHER)},
        at=at,
    )
    fewer = _propose(fewer, users["marco"], at)
    _sign(fewer, Side.MARKETING, users["marco"], at)
    _say(
        fewer,
        users["tunde"],
        "Look at who would vanish before you sign: two of mine that became customers had 62.",
        at + DAY,
    )
    _say(fewer, users["annika"], "Then let us look at the list together on Tuesday.", at + 2 * DAY)


def _with_threshold(points: int) -> dict[str, Any]:
    """The definition in force with another number of points."""
    present = sections.section("definitions").read()[MQL]
    conditions = [
        {**row, "value": str(points)} if row.get("field") == "score.total" else row
        for row in present["criteria"]["conditions"]
    ]
    text = present["text"].replace("60", str(points))
    return {**present, "text": text, "criteria": {**present["criteria"], "conditions": conditions}}


def _draft(
    user: Any, *, title: str, note: str, section: str, parts: dict[str, Any], at: datetime
) -> Agreement:
    made = agreements.draft(title=title, note=note, by=user, now=at)
    return agreements.put(
        agreement=made, section=section, parts=parts, by=user, revision=made.revision, now=at
    )


def _propose(agreement: Agreement, user: Any, at: datetime) -> Agreement:
    return agreements.propose(agreement=agreement, by=user, revision=agreement.revision, now=at)


def _sign(agreement: Agreement, side: Side, user: Any, at: datetime) -> None:
    agreements.sign(
        agreement=agreement, side=side, by=user, content_hash=agreements.hash_of(agreement), now=at
    )


def _say(agreement: Agreement, user: Any, text: str, at: datetime) -> None:
    agreements.comment(agreement=agreement, by=user, text=text, now=at)
