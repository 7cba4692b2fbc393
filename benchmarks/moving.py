"""Moving many: `lifecycle.move_many` over a changed definition beside a loop of `lifecycle.move`, in the same run.

`run(leads=…)` fills the present database, which must be migrated and may be thrown away, and returns its figures
as rows `{figure, ours, naive, ratio, unit, note}`.
"""

import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction

from benchmarks.rescoring import NOW, analyse, define, populate
from leads import lifecycle
from leads.criteria import create_set
from leads.definitions import bring_into_force
from leads.enums import PassBackPoint, ReasonKind, Stage, Transition
from leads.models import Lead, NurtureProgramme, Reason, StageChange

SAMPLE: Final = 300  # leads for the naive loop
LATER: Final = NOW + timedelta(hours=1)

# What both teams agree anew: anybody with a say who did two different things within half a year.
NEW_WORDS: Final = {
    "match": "all",
    "conditions": [
        {
            "kind": "field",
            "field": "contact.seniority",
            "operator": "in",
            "value": "c_suite, vp, director, manager",
        },
        {
            "kind": "activity",
            "activity_types": "engagement",
            "count": "distinct",
            "at_least": 2,
            "within_days": 180,
        },
    ],
}


def run(*, leads: int) -> list[dict[str, Any]]:
    """Fill the database with `leads` leads and five times as many activities, change the definition, and measure."""
    rng = random.Random(7)
    ids = populate(leads=leads, rng=rng)
    define()
    bring_into_force(
        stage=Stage.MARKETING_QUALIFIED,
        text="Anybody with a say who did two different things within half a year.",
        owner_team="marketing",
        criteria=create_set(name="MQL, agreed anew", content=NEW_WORDS),
        by=None,
        now=LATER,
    )
    NurtureProgramme.objects.get_or_create(name="Monthly insights")
    analyse()
    manager, _ = get_user_model().objects.get_or_create(username="bench", defaults={"is_superuser": True})
    reason, _ = Reason.objects.get_or_create(
        kind=ReasonKind.PASS_BACK, key="bench", defaults={"text": "Not a decision maker"}
    )

    sample = rng.sample(ids, min(SAMPLE, leads))
    one_by_one = timed(lambda: _taken_back(lambda: _loop(sample, Transition.QUALIFY_MARKETING)))
    result = lifecycle.Moved()
    seconds = timed(lambda: _keep(result, _over_all(ids, Transition.QUALIFY_MARKETING)))
    handed_over = len(result.moved)

    back_sample = rng.sample(result.moved, min(SAMPLE, handed_over))
    back: dict[str, Any] = {"by": manager, "reason": reason, "point": PassBackPoint.ON_SIGHT.value}
    back_one_by_one = timed(lambda: _taken_back(lambda: _loop(back_sample, Transition.PASS_BACK, **back)))
    tracemalloc.start()
    _taken_back(lambda: _over_all(result.moved, Transition.PASS_BACK, **back))
    megabytes = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    back_seconds = timed(lambda: _over_all(result.moved, Transition.PASS_BACK, **back))
    assert StageChange.objects.filter(transition=Transition.PASS_BACK).count() == handed_over
    return [
        row(
            "a changed definition over all leads",
            leads / seconds,
            len(sample) / one_by_one,
            f"{handed_over:,} meet it, {len(result.refused):,} are told why not; {seconds:,.1f} s; "
            f"naive: `move` for each of {len(sample)}, "
            f"which makes {one_by_one / len(sample) * leads:,.0f} s for all by the rule of three",
        ),
        row(
            "passing all of those back",
            handed_over / back_seconds,
            len(back_sample) / back_one_by_one,
            f"{back_seconds:,.1f} s; naive: {len(back_sample)}, "
            f"which makes {back_one_by_one / len(back_sample) * handed_over:,.0f} s for all",
        ),
        {
            "figure": "memory of Python while it passes them back",
            "ours": megabytes,
            "unit": "MB",
            "note": f"at the peak, for {handed_over:,} leads",
        },
    ]


def row(figure: str, ours: float, naive: float, note: str) -> dict[str, Any]:
    return {
        "figure": figure,
        "ours": round(ours),
        "naive": round(naive),
        "ratio": round(ours / naive, 1),
        "unit": "leads/s",
        "note": note,
    }


def timed(work: Callable[[], object]) -> float:
    """The seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _taken_back(work: Callable[[], object]) -> None:
    """Do `work` and roll it back, so that what comes after meets the same leads."""
    with transaction.atomic():
        work()
        transaction.set_rollback(True)


def _keep(result: lifecycle.Moved, made: lifecycle.Moved) -> None:
    result.moved, result.refused = made.moved, made.refused


def _over_all(ids: Sequence[int], transition: Transition, **more: Any) -> lifecycle.Moved:
    """As the product does it: one call over the set."""
    chosen = Lead.objects.filter(pk__gte=min(ids), pk__lte=max(ids))
    if transition == Transition.PASS_BACK:
        chosen = chosen.filter(stage=Stage.MARKETING_QUALIFIED)
    return lifecycle.move_many(leads=chosen, transition=transition, now=LATER, **{"by": None, **more})


def _loop(ids: Sequence[int], transition: Transition, **more: Any) -> None:
    """What one writes first: each lead fetched and moved by itself."""
    for pk in ids:
        try:
            lifecycle.move(
                lead=Lead.objects.get(pk=pk), transition=transition, now=LATER, **{"by": None, **more}
            )
        except lifecycle.StepRefused:
            continue
