"""Changing how leads are scored: a new version of the model, in force at once, and a run over every lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from leadops.errors import LeadOpsError
from scoring.models import MAX_RULES, Rule, RuleKind, ScoringModel
from scoring.rescoring import lock_model, request_rescoring


class ModelRefused(LeadOpsError):
    """The scoring model can't be brought into force as it is; the sentence says what to mend."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a scoring model is beside its rules."""

    name: str
    threshold: int
    grade_a: int
    grade_b: int
    grade_c: int


def bring_into_force(
    *, terms: Terms, rules: Sequence[Rule], by: AbstractBaseUser | None, now: datetime
) -> ScoringModel:
    """Make the next version of the scoring model from copies of `rules`, in force at once, and rescore every lead.

    The version before is superseded and kept as it was. Raises `ModelRefused`; then nothing changes.
    """
    if len(rules) > MAX_RULES:
        raise ModelRefused(
            f"A scoring model holds at most {MAX_RULES} rules, and these are {len(rules)}. Leave some out."
        )
    _refuse_same_names(rules)
    with transaction.atomic():
        before = lock_model()
        if before is not None:
            before.superseded_at = now
            before.save(update_fields=["superseded_at"])
        newest = ScoringModel.objects.aggregate(newest=Max("version"))["newest"] or 0
        model = ScoringModel(
            name=terms.name,
            version=newest + 1,
            threshold=terms.threshold,
            grade_a=terms.grade_a,
            grade_b=terms.grade_b,
            grade_c=terms.grade_c,
            in_force_from=now,
            created_by=by,  # type: ignore[misc]
        )
        _check(model)
        model.save()
        copies = [rule.copy() for rule in rules]
        for position, rule in enumerate(copies):
            rule.scoring_model, rule.position = model, position
        Rule.objects.bulk_create(copies)
        request_rescoring(by=by, now=now)
    return model


def bring_back(*, version: ScoringModel, by: AbstractBaseUser | None, now: datetime) -> ScoringModel:
    """Bring a former version's rules into force again, as the next version."""
    terms = Terms(version.name, version.threshold, version.grade_a, version.grade_b, version.grade_c)
    return bring_into_force(terms=terms, rules=list(version.rules.all()), by=by, now=now)


def load_scoring(section: Mapping[str, Any], *, by: AbstractBaseUser | None, now: datetime) -> int:
    """Loader of a blueprint's section `scoring`: the next version of the model. Returns its number of rules.

    Raises `ModelRefused` for a rule that can't be asked or whose `kind` contradicts its condition or its
    points.
    """
    rules = [_rule_of(row) for row in section["rules"]]
    grades = section["grades"]
    terms = Terms(section["name"], section["threshold"], grades["A"], grades["B"], grades["C"])
    bring_into_force(terms=terms, rules=rules, by=by, now=now)
    return len(rules)


def _rule_of(row: Mapping[str, Any]) -> Rule:
    try:
        rule = Rule.from_dict(
            row["condition"], name=row["name"], points=row["points"], max_times=row.get("max_times", 1)
        )
    except ValidationError as refusal:
        raise ModelRefused(
            f"The rule “{row['name']}” can't be used. {' '.join(refusal.messages)}"
        ) from refusal
    assert isinstance(rule, Rule)
    if rule.rule_kind != row["kind"]:
        raise ModelRefused(
            f"The rule “{rule.name}” is called {RuleKind(row['kind']).label}, but its condition and points make it "
            f"{rule.rule_kind.label}. Correct one of the two."
        )
    return rule


def _refuse_same_names(rules: Sequence[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            raise ModelRefused(f"Two rules are called “{rule.name}”. Give one of them another name.")
        seen.add(rule.name)


def _check(model: ScoringModel) -> None:
    try:
        model.full_clean()
    except ValidationError as refusal:
        raise ModelRefused(" ".join(refusal.messages)) from refusal
