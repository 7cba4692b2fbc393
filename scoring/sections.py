"""What can be agreed about scoring: the model with its threshold and grades, and each rule."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from leads.conditions import describe
from leads.criteria import catalogue_names
from scoring import versions
from scoring.models import Grade, Rule, ScoringModel
from scoring.versions import ModelRefused, Terms
from terminology.labels import current, term
from terminology.sections import Contents, Item, Parts, Section, Stamp, arrow, register

MODEL: Final = "model"
RULE: Final = "rule:"  # the name of the rule follows


def register_section() -> None:
    """Tell what can be agreed here, after the activity types that rules name."""
    register(
        Section(
            "scoring", term("section.scoring", "Scoring"), 40,
            read=read_scoring, write=write_scoring, check=check_scoring, tell=tell_scoring,
            say=say_scoring, from_blueprint=scoring_from_blueprint, count=lambda parts: len(rules_of(parts)),
            editor="scoring:edit_scoring", known_parts=lambda: (MODEL,),
        )
    )  # fmt: skip


def read_scoring() -> Parts:
    model = ScoringModel.objects.in_force().first()
    return {} if model is None else parts_of(model)


def parts_of(model: ScoringModel) -> Parts:
    """What one version of the model says."""
    rules = model.rules.filter(is_active=True)
    return {MODEL: _model_part(model)} | {f"{RULE}{rule.name}": _rule_part(rule) for rule in rules}


def _model_part(model: ScoringModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "threshold": model.threshold,
        "grades": {"A": model.grade_a, "B": model.grade_b, "C": model.grade_c},
    }


def _rule_part(rule: Rule) -> dict[str, Any]:
    return {
        "position": rule.position,
        "points": rule.points,
        "max_times": rule.max_times,
        "condition": rule.to_dict(),
    }


def write_scoring(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    """The next version of the model; every lead is rescored. Without a model nothing is scored any more."""
    if MODEL not in parts:
        ScoringModel.objects.in_force().update(superseded_at=stamp.now)
        return
    versions.bring_into_force(terms=terms_of(parts), rules=rules_of(parts), by=stamp.by, now=stamp.now)


def terms_of(parts: Parts) -> Terms:
    """What the model is beside its rules."""
    model = parts[MODEL]
    grades = model["grades"]
    return Terms(model["name"], model["threshold"], grades["A"], grades["B"], grades["C"])


def rules_of(parts: Parts) -> list[Rule]:
    """The rules of the section, unsaved and unchecked, in their order."""
    named = [(key.removeprefix(RULE), value) for key, value in parts.items() if key.startswith(RULE)]
    return [_rule(name, value) for name, value in sorted(named, key=lambda one: one[1]["position"])]


def _rule(name: str, value: Mapping[str, Any]) -> Rule:
    return Rule.unchecked(
        value["condition"],
        name=name,
        points=value["points"],
        max_times=value.get("max_times", 1),
        position=value.get("position", 0),
    )


def _refuse_unusable(rule: Rule, *, known_types: Collection[str]) -> None:
    try:
        rule.clean_fields(exclude=["scoring_model"])
        rule.refuse_unaskable(known_types=known_types)
    except ValidationError as refusal:
        raise ModelRefused(f"The rule “{rule.name}” can't be used. {' '.join(refusal.messages)}") from refusal


def scoring_from_blueprint(section: Mapping[str, Any]) -> Parts:
    """Raises `ModelRefused` where a rule's `kind` contradicts its condition or its points."""
    parts: Parts = {MODEL: {name: section[name] for name in ("name", "threshold", "grades")}}
    for place, row in enumerate(section["rules"]):
        key = f"{RULE}{row['name']}"
        if key in parts:
            raise ModelRefused(f"Two rules are called “{row['name']}”. Give one of them another name.")
        rule = _rule(row["name"], {**row, "position": place})
        versions.refuse_wrong_kind(rule, kind=row["kind"])
        parts[key] = _rule_part(rule)
    return parts


def check_scoring(parts: Parts, contents: Contents) -> None:
    if MODEL not in parts:
        if parts:
            raise ModelRefused("These rules belong to no scoring model. Give it a name and a threshold.")
        return
    rules = rules_of(parts)
    types = contents("activity_types")
    for rule in rules:
        _refuse_unusable(rule, known_types=types)
    versions.refuse_unusable(terms=terms_of(parts), rules=rules)


def tell_scoring(part: str, before: Any, after: Any) -> list[str]:
    if part == MODEL:
        return _tell_model(before, after)
    name = part.removeprefix(RULE)
    if after is None:
        return [f"Rule “{name}”: no longer counts ({before['points']:+d})"]
    names = catalogue_names()
    asked = _asked(after, names)
    if before is None:
        return [f"Rule “{name}”: new, {after['points']:+d}{_often(after)}: {asked}"]
    found = []
    if before["points"] != after["points"]:
        found.append(arrow("points", f"{before['points']:+d}", f"{after['points']:+d}"))
    if before["max_times"] != after["max_times"]:
        found.append(arrow("at most times", str(before["max_times"]), str(after["max_times"])))
    if before["condition"] != after["condition"]:
        found.append(f"{_asked(before, names)} → {asked}")
    if not found and before["position"] != after["position"]:
        return []  # its place says nothing to the score; it moves when another rule comes or goes
    return [f"Rule “{name}”: {'; '.join(found)}"] if found else []


def say_scoring(part: str, value: Any) -> Item:
    if part == MODEL:
        grades = ", ".join(f"{Grade(grade).label}: {points}" for grade, points in value["grades"].items())
        threshold = capfirst(current("scoring.scoringmodel.threshold"))
        grade = capfirst(current("scoring.leadscore.grade"))
        return Item(value["name"], "", (f"{threshold}: {value['threshold']}", f"{grade}: {grades}"))
    names = catalogue_names()
    return Item(part.removeprefix(RULE), f"{value['points']:+d}{_often(value)}: {_asked(value, names)}")


def _tell_model(before: Any, after: Any) -> list[str]:
    if after is None:
        return ["No scoring any more"]
    if before is None:
        return [f"New scoring model “{after['name']}” with the threshold {after['threshold']}"]
    found = []
    if before["name"] != after["name"]:
        found.append(f"Scoring model “{before['name']}” → “{after['name']}”")
    if before["threshold"] != after["threshold"]:
        found.append(f"Scoring: {arrow('threshold', str(before['threshold']), str(after['threshold']))}")
    found += [
        f"Scoring: {arrow(f'grade {grade} from', str(before['grades'][grade]), str(points))}"
        for grade, points in after["grades"].items()
        if before["grades"][grade] != points
    ]
    return found


def _often(value: Mapping[str, Any]) -> str:
    return f" each time, {value['max_times']} at the most" if value["max_times"] > 1 else ""


def _asked(value: Mapping[str, Any], names: dict[str, str]) -> str:
    return describe(Rule.unchecked(value["condition"]), names=names)
