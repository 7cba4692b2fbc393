"""Why a lead scores what it scores, in sentences that add up, and what would add points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.conditions import describe
from leads.criteria import activity_names, explain_conditions
from leads.models import Lead
from scoring import engine
from scoring.models import Rule, ScoringModel


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that gives or takes points, how often, and what shows it."""

    rule: Rule
    points: int
    times: int
    because: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A rule that would give points, as a phrase, and how many at the most."""

    rule: Rule
    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score as it is at one moment; the points of the reasons sum up to `total`."""

    scoring_model: ScoringModel | None
    total: int
    fit: int
    engagement: int
    grade: str
    reasons: list[Reason]
    missing: list[Missing]


def explain(lead: Lead, *, now: datetime) -> Explanation:
    """The score of `lead` at `now`, as the engine computes it, with a reason for each point; largest first.

    Without a scoring model in force everything is nought. About seven queries, and one more for each activity
    rule that counts.
    """
    scoring_model = ScoringModel.objects.in_force().first()
    if scoring_model is None:
        return Explanation(None, 0, 0, 0, "", [], [])
    compiled = engine.compile_model(scoring_model, now=now)
    times = engine.count_times(compiled, lead=lead)
    counting = [rule for rule in compiled.rules if times[rule.pk]]
    proofs = explain_conditions(lead=lead, conditions=counting, now=now)
    reasons = [
        Reason(
            rule=rule,
            points=rule.points * times[rule.pk],
            times=times[rule.pk],
            because=f"{times[rule.pk]} × {rule.points:+}: {proof.because}"
            if times[rule.pk] > 1
            else proof.because,
        )
        for rule, proof in zip(counting, proofs, strict=True)
    ]
    fit = sum(reason.points for reason in reasons if reason.rule.pk in compiled.fit)
    engagement = sum(reason.points for reason in reasons if reason.rule.pk not in compiled.fit)
    return Explanation(
        scoring_model=scoring_model,
        total=fit + engagement,
        fit=fit,
        engagement=engagement,
        grade=scoring_model.grade_of(fit + engagement),
        reasons=sorted(reasons, key=lambda reason: (-reason.points, reason.rule.position)),
        missing=_missing(compiled.rules, times),
    )


def _missing(rules: Sequence[Rule], times: dict[int, int]) -> list[Missing]:
    """The rules that give points and do not count yet, dearest first."""
    absent = [rule for rule in rules if not times[rule.pk] and rule.points > 0]
    names = activity_names(absent)
    found = [Missing(rule=rule, points=rule.most, text=describe(rule, names=names)) for rule in absent]
    return sorted(found, key=lambda missing: (-missing.points, missing.rule.position))
