"""Changing how leads are scored: a new version of the model, in force at once, and a run over every lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    refuse_unusable(terms=terms, rules=rules)
    with transaction.atomic():
        before = lock_model()
        if before is not None:
            before.superseded_at = now
            before.save(update_fields=["superseded_at"])
        newest = ScoringModel.objects.aggregate(newest=Max("version"))["newest"] or 0
        model = _unsaved(terms)
        model.version, model.in_force_from, model.created_by = newest + 1, now, by  # type: ignore[assignment]
        model.save()
        copies = [rule.copy() for rule in rules]
        places = [rule.position for rule in copies]
        # Places that say an order are kept, gaps and all: an agreement about one rule says nothing of the others.
        keeps = places == sorted(set(places))
        for position, rule in enumerate(copies):
            rule.scoring_model, rule.position = model, rule.position if keeps else position
        Rule.objects.bulk_create(copies)
        request_rescoring(by=by, now=now)
    return model


def refuse_wrong_kind(rule: Rule, *, kind: str) -> None:
    """Refuse a rule that calls itself something else than its condition and points make it. Raises `ModelRefused`."""
    if rule.rule_kind != kind:
        raise ModelRefused(
            f"The rule “{rule.name}” is called {RuleKind(kind).label}, but its condition and points make it "
            f"{rule.rule_kind.label}. Correct one of the two."
        )


def refuse_unusable(*, terms: Terms, rules: Sequence[Rule]) -> None:
    """Refuse a model that could not be brought into force. Raises `ModelRefused`."""
    if len(rules) > MAX_RULES:
        raise ModelRefused(
            f"A scoring model holds at most {MAX_RULES} rules, and these are {len(rules)}. Leave some out."
        )
    _refuse_same_names(rules)
    model = _unsaved(terms)
    try:
        model.clean_fields(exclude=["version"])
        for check in (one for one in model._meta.constraints if one.name == "scoring_grades_descend"):
            check.validate(ScoringModel, model)
    except ValidationError as refusal:
        raise ModelRefused(" ".join(refusal.messages)) from refusal


def _unsaved(terms: Terms) -> ScoringModel:
    return ScoringModel(
        name=terms.name,
        threshold=terms.threshold,
        grade_a=terms.grade_a,
        grade_b=terms.grade_b,
        grade_c=terms.grade_c,
    )


def _refuse_same_names(rules: Sequence[Rule]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            raise ModelRefused(f"Two rules are called “{rule.name}”. Give one of them another name.")
        seen.add(rule.name)
