"""Once and the same answer: an idempotency key has one effect, and its answer is given again for 72 hours.

The receipt of an event is written in the transaction of its effect, last. Where the same key comes twice at once, the
second writer trips over the receipt of the first, is rolled back whole, and finds the first one's answer.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F

from intake.events import Event, EventRefused, Recorded, receive_events
from intake.models import MAX_KEY_LENGTH, ApiToken, Outcome, ReceivedEvent
from leads.models import Lead

KEPT_FOR: Final = timedelta(hours=72)
RACES: Final = 5  # how often a request starts again when others do the same thing at the same moment
DROPPED_AT_ONCE: Final = 5000  # rows of one statement: short locks
_STATUS: Final = {Outcome.RECORDED: 201}  # the others: 200
_MESSAGES: Final = {
    Outcome.SUPPRESSED: "This person is not contacted. Nothing was recorded.",
    Outcome.IGNORED: "Nobody knows this visitor, and anonymous visitors are not recorded here.",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One event as it was sent; `refusal` instead of `event` where its form was wrong. `key` is "" for none."""

    event: Event | None
    key: str = ""
    body_hash: str = ""
    refusal: EventRefused | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender hears: an HTTP status, and the JSON that goes with it."""

    status: int
    content: dict[str, Any]
    is_replay: bool = False

    @property
    def outcome(self) -> str:
        return str(self.content.get("outcome", "refused"))


def fingerprint(value: Any) -> str:
    """A hash that two JSON values share when they say the same, however they are spaced and ordered."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def answer(*, token: ApiToken, requests: Sequence[Request], now: datetime) -> list[Answer]:
    """Record the events and answer each, in order; those whose key was answered before have no second effect."""
    for race in range(RACES):
        try:
            with transaction.atomic():
                return _answer(token=token, requests=requests, now=now)
        except (IntegrityError, OperationalError, Lead.DoesNotExist) as clash:
            is_race = not isinstance(clash, OperationalError) or _is_deadlock(clash)
            if race == RACES - 1 or not is_race:
                raise
    raise AssertionError("unreachable")


def drop_old(*, now: datetime) -> int:
    """Delete the receipts that are older than `KEPT_FOR`. Returns how many. The activities keep their keys for ever."""
    old = ReceivedEvent.objects.filter(received_at__lt=now - KEPT_FOR).order_by("pk")
    dropped = 0
    while ids := list(old.values_list("pk", flat=True)[:DROPPED_AT_ONCE]):
        dropped += old.filter(pk__lte=ids[-1]).delete()[0]
    return dropped


def refused(sentence: str, *, pointer: str = "", status: int = 422, **more: Any) -> Answer:
    """The answer to what can't be recorded, with the place of the fault."""
    return Answer(status, {"error": {"pointer": pointer, **more, "message": sentence}})


def _answer(*, token: ApiToken, requests: Sequence[Request], now: datetime) -> list[Answer]:
    receipts = {
        receipt.idempotency_key: receipt
        for receipt in ReceivedEvent.objects.filter(
            token=token, idempotency_key__in={request.key for request in requests if request.key}
        )
    }
    answers: dict[int, Answer] = {}
    fresh: dict[int, Event] = {}
    first: dict[str, int] = {}  # where in this request a key stands for the first time
    repeated: dict[int, int] = {}
    for place, request in enumerate(requests):
        if request.event is None:
            answers[place] = refused(
                str(request.refusal), pointer=request.refusal.pointer if request.refusal else ""
            )
        elif request.key in receipts:
            answers[place] = _again(request, receipts[request.key])
        elif request.key in first:
            repeated[place] = first[request.key]
        else:
            fresh[place] = replace(request.event, key=_activity_key(token=token, key=request.key))
            if request.key:
                first[request.key] = place
    recorded = receive_events(
        events=list(fresh.values()), token_source=token.source, now=now, country=token.country
    )
    answers |= {place: _said(result) for place, result in zip(fresh, recorded, strict=True)}
    for place, before in repeated.items():
        is_same = requests[place].body_hash == requests[before].body_hash
        answers[place] = _repeated(answers[before]) if is_same else _other_body()
    _keep(token=token, requests=requests, answers={place: answers[place] for place in fresh}, now=now)
    return [answers[place] for place in range(len(requests))]


def _again(request: Request, receipt: ReceivedEvent) -> Answer:
    if request.body_hash != receipt.body_hash:
        return _other_body()
    return Answer(200, _ordered(receipt.response), is_replay=True)


def _repeated(answer: Answer) -> Answer:
    return replace(answer, status=200, is_replay=True) if answer.status < 400 else answer


def _other_body() -> Answer:
    return refused(
        "This idempotency key came before with another event. Send a new event with a new key.",
        pointer="",
        status=422,
    )


def _said(result: Recorded | EventRefused) -> Answer:
    if isinstance(result, EventRefused):
        return refused(str(result), pointer=result.pointer)
    content: dict[str, Any] = {"outcome": result.outcome.value}
    if result.activity is not None:
        content |= {
            "activity": result.activity.pk,
            "lead": result.activity.lead_id,
            "created": result.created,
        }
    else:
        content["message"] = _MESSAGES[result.outcome]
    return Answer(_STATUS.get(result.outcome, 200), content)


def _ordered(response: dict[str, Any]) -> dict[str, Any]:
    """The stored answer with its members in the order of the first one: PostgreSQL keeps none."""
    order = ("outcome", "activity", "lead", "created", "message")
    return {name: response[name] for name in order if name in response}


def _activity_key(*, token: ApiToken, key: str) -> str | None:
    """The key under which the activity stands once for ever: the sender's, told apart from those of other senders."""
    if not key:
        return None
    own = f"api:{token.pk}:{key}"
    return own if len(own) <= MAX_KEY_LENGTH else f"api:{token.pk}:{fingerprint(key)}"


def _keep(
    *, token: ApiToken, requests: Sequence[Request], answers: Mapping[int, Answer], now: datetime
) -> None:
    """Write the receipts of what had an effect, and count what may only be counted. Refusals leave no trace."""
    kept = {requests[place].key: place for place, answer in answers.items() if answer.status < 400}
    ReceivedEvent.objects.bulk_create(
        ReceivedEvent(
            token=token,
            idempotency_key=key,
            body_hash=requests[place].body_hash,
            outcome=answers[place].outcome,
            response=answers[place].content,
            received_at=now,
        )
        for key, place in sorted(kept.items())
        if key
    )
    outcomes = Counter(answer.outcome for answer in answers.values())
    if outcomes[Outcome.SUPPRESSED] or outcomes[Outcome.IGNORED]:
        ApiToken.objects.filter(pk=token.pk).update(
            suppressed_count=F("suppressed_count") + outcomes[Outcome.SUPPRESSED],
            ignored_count=F("ignored_count") + outcomes[Outcome.IGNORED],
        )


def _is_deadlock(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "40P01"  # deadlock_detected, PostgreSQL
