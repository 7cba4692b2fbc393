"""Which scoring rules in force mention a term."""

from collections.abc import Iterator

from django.urls import reverse

from leads.where_used import conditions_about
from scoring.models import Rule
from terminology import where_used
from terminology.where_used import Use


def register() -> None:
    """Let the term editor show the rules that ask for a field."""
    where_used.register("scoring", _rules, title=Rule._meta.verbose_name_plural, order=30)


def _rules(key: str) -> Iterator[Use]:
    rules = Rule.objects.filter(scoring_model__superseded_at=None, is_active=True)
    for rule in conditions_about(key, rules.order_by("position")):
        yield (
            f"{rule.name}: {rule.points:+d}",
            reverse("admin:scoring_scoringmodel_change", args=[rule.scoring_model_id]),
        )
