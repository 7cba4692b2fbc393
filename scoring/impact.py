"""Who would meet a definition if the criteria or the scoring changed: counted by the same compiler that will decide."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.urls import reverse

from leads import criteria
from leads.conditions import ENGAGEMENT, HAND_RAISER
from leads.enums import OPEN_STAGES, STAGE_SHORT, Stage
from leads.models import ActivityType, Lead
from leads.words import LEADS
from scoring import engine
from scoring.models import ScoringModel
from scoring.sections import MODEL, rules_of, terms_of
from terminology import impact
from terminology.impact import Impact, Named
from terminology.sections import Parts

JUDGED: Final = 50_000  # open leads, the newest: about a second for each definition
LOOKED_AT: Final = 500  # of those that appear or vanish, the newest, to name some that the reader may see
# Where a condition finds the scores of a scoring that is not in force.
WHAT_IF: Final = {f"score.{name}": f"what_if_{name}" for name in ("total", "fit", "engagement")}


def register() -> None:
    """Show these effects before an agreement is signed."""
    impact.register(definitions_impact)


def definitions_impact(
    before: Mapping[str, Parts],
    after: Mapping[str, Parts],
    *,
    changed: set[str],
    user: User,
    now: datetime,
) -> list[Impact]:
    """For each definition that could be met by others than now: who meets it, who would, who appears and vanishes."""
    if not changed & {"definitions", "scoring", "activity_types"}:
        return []
    newest = Lead.objects.filter(stage__in=OPEN_STAGES).order_by("-pk")
    leads: QuerySet[Lead] = newest
    if left_out := list(newest.values_list("pk", flat=True)[JUDGED : JUDGED + 1]):
        leads = newest.filter(pk__gt=left_out[0])
    groups = _groups(after["activity_types"]) if "activity_types" in changed else {}
    paths: Mapping[str, str] = {}
    if (groups or "scoring" in changed) and MODEL in after["scoring"]:
        leads = engine.with_what_if_scores(leads, _compiled(after["scoring"], groups=groups, now=now))
        paths = WHAT_IF
    found = []
    for stage in Stage:
        was, will = (_criteria(side["definitions"], stage) for side in (before, after))
        will = _spelled_out(will, groups) if will else will
        if was is None and will is None:
            continue
        if was == will and not (paths and _asks_for_score(will)):
            continue
        meets = criteria.compile_content(was, now=now) if was else criteria.NOTHING
        would = criteria.compile_content(will, now=now, paths=paths) if will else criteria.NOTHING
        effect = _effect(stage, leads, meets=meets, would=would, user=user)
        if left_out:
            effect.sentences.append(
                f"Counted over the newest {JUDGED:,} of them, so that this page stays quick."
            )
        found.append(effect)
    return found


def _groups(types: Parts) -> dict[str, list[str]]:
    """The keys of the activity types that will be hand-raisers and engagements, where those differ from today's."""
    found = {}
    for group, flag in ((HAND_RAISER, "is_hand_raiser"), (ENGAGEMENT, "is_engagement")):
        today = dict(ActivityType.objects.values_list("key", flag))
        then = today | {key: value[flag] for key, value in types.items()}
        if {key for key, holds in today.items() if holds} != {key for key, holds in then.items() if holds}:
            found[group] = sorted(key for key, holds in then.items() if holds)
    return found


def _spelled_out(content: Mapping[str, Any], groups: Mapping[str, list[str]]) -> dict[str, Any]:
    """Criteria in which the groups of activities that will be others name their members."""
    return {
        **content,
        "conditions": [
            _named(part, groups) if "kind" in part else _spelled_out(part, groups)
            for part in content["conditions"]
        ],
    }


def _named(condition: Mapping[str, Any], groups: Mapping[str, list[str]]) -> dict[str, Any]:
    keys = groups.get(condition.get("activity_types", ""))
    return dict(condition) if keys is None else {**condition, "activity_types": ", ".join(keys)}


def _criteria(definitions: Parts, stage: Stage) -> dict[str, Any] | None:
    content: dict[str, Any] | None = definitions.get(stage.value, {}).get("criteria")
    return content


def _asks_for_score(content: Mapping[str, Any] | None) -> bool:
    return content is not None and any(
        row.field.startswith("score.") for row in criteria.conditions_of(content)
    )


def _compiled(parts: Parts, *, groups: Mapping[str, list[str]], now: datetime) -> engine.Compiled:
    parts = {
        key: {**value, "condition": _named(value["condition"], groups)} if key != MODEL else value
        for key, value in parts.items()
    }
    terms = terms_of(parts)
    model = ScoringModel(name=terms.name, grade_a=terms.grade_a, grade_b=terms.grade_b, grade_c=terms.grade_c)
    rules = rules_of(parts)
    for place, rule in enumerate(rules, start=1):
        rule.pk = place  # never saved; the engine tells rules apart by it
    return engine.compile_rules(model, rules, now=now)


def _effect(stage: Stage, leads: QuerySet[Lead], *, meets: Q, would: Q, user: User) -> Impact:
    """One pass over the open leads: each condition is computed once for each of them."""
    counts: Counter[str] = Counter()
    appearing: list[int] = []
    vanishing: list[int] = []
    rows = leads.annotate(meets=_holds(meets), would=_holds(would))
    for pk, at, is_met, would_be in rows.values_list("pk", "stage", "meets", "would").iterator():
        counts["open"] += 1
        counts["before"] += is_met
        counts["after"] += would_be
        if at == Stage.SUSPECT:
            counts["suspects"] += 1
            counts["suspects after"] += would_be
        if is_met != would_be:
            counts["appears" if would_be else "vanishes"] += 1
            named = appearing if would_be else vanishing
            if len(named) < LOOKED_AT:
                named.append(pk)
    return Impact(
        title=str(STAGE_SHORT[stage]),
        before=counts["before"],
        after=counts["after"],
        appears=counts["appears"],
        vanishes=counts["vanishes"],
        appearing=_names(appearing, user=user),
        vanishing=_names(vanishing, user=user),
        warnings=_warnings(STAGE_SHORT[stage], counts),
    )


def _holds(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _warnings(short: Any, counts: Counter[str]) -> list[str]:
    found = []
    if counts["open"] and not counts["after"]:
        found.append(
            f"None of the {counts['open']:,} open {LEADS} would meet the definition of “{short}”. "
            "Ask for less, or make sure that this is what you want."
        )
    if counts["suspects"] and counts["suspects"] == counts["suspects after"]:
        found.append(
            f"Every one of the {counts['suspects']:,} in “{STAGE_SHORT[Stage.SUSPECT]}” would meet the definition of "
            f"“{short}”: it tells nobody apart. Ask for more."
        )
    return found


def _names(ids: list[int], *, user: User) -> list[Named]:
    """The newest of the leads that the reader may see."""
    seen = Lead.objects.visible_to(user).filter(pk__in=ids).select_related("contact__account")
    return [
        Named(str(lead), reverse("admin:leads_lead_change", args=[lead.pk]))
        for lead in seen.order_by("-pk")[: impact.SHOWN]
    ]
