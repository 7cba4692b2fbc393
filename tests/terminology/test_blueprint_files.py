"""The five blueprints as files: complete, consistent, and in the one form that the loaders read. Needs no database."""

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from leads.conditions import ACTIVITY_GROUPS, split_values
from leads.enums import (
    SWITCHABLE_STAGES,
    Channel,
    EmailKind,
    JobFunction,
    KpiMeasure,
    OwnerTeam,
    ReasonKind,
    Seniority,
    Stage,
    Transition,
)
from leads.models import Criterion
from terminology.editing import _refuse_collisions
from terminology.labels import REGISTRY

FOLDER: Final = Path(__file__).parents[2] / "terminology" / "blueprints"
NAMES: Final = ("c-suite", "hubspot-intent", "lead-genius", "mal-to-sql", "suspect-to-sql")
STAGES: Final = tuple(stage.value for stage in Stage)
DEFINED_STAGES: Final = ("prequalified", "marketing_qualified", "sales_accepted", "sales_qualified")
COLOURS: Final = {
    "slate",
    "sky",
    "cyan",
    "teal",
    "amber",
    "orange",
    "violet",
    "indigo",
    "green",
    "red",
    "rose",
    "blue",
}
FLAGS: Final = ("is_hand_raiser", "is_engagement", "is_two_way", "is_conversation", "is_appointment")
COMMON_ACTIVITIES: Final = {
    "web_visit", "email_open", "email_click", "content_download", "demo_request", "contact_us", "event_badge_scan",
    "call_conversation", "call_attempt", "first_appointment", "email_reply", "note",
}  # fmt: skip
SCORES: Final = ("score.total", "score.fit", "score.engagement")

# The most characters that the database holds of each.
LONGEST: Final = {
    "label": 80,
    "prose": 2000,
    "activity": 100,
    "call_to_action": 200,
    "reason": 120,
    "question": 200,
    "help": 300,
    "kpi": 200,
}


def blueprint(name: str) -> dict[str, Any]:
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text, object_pairs_hook=_without_repeats)
    return content


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object, unless a key stands twice in it: JSON would quietly keep the last one only."""
    assert len(dict(pairs)) == len(pairs), f"a key stands twice among {[key for key, _ in pairs]}"
    return dict(pairs)


def conditions_of(criteria: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    for part in criteria["conditions"] if criteria else ():
        yield from part.get("conditions", [part])


def definition(content: dict[str, Any], stage: str) -> dict[str, Any]:
    return next(row for row in content["definitions"] if row["stage"] == stage)


def in_use(content: dict[str, Any]) -> set[str]:
    return {row["stage"] for row in content["stages"] if row["in_use"]}


def check_keys(row: dict[str, Any], *keys: str) -> None:
    assert list(row) == list(keys), f"{row} should have just {keys}, in this order"


def check_text(text: Any, longest: int) -> None:
    assert isinstance(text, str)
    assert text.strip() == text != "", f"“{text}” is empty or has blanks around it"
    assert len(text) <= longest, f"“{text}” has {len(text)} characters"
    assert text.isprintable(), f"“{text}” holds a character that can't be seen"
    assert not set(text) & set("<>{}"), f"“{text}” is not plain text"


def check_condition(condition: dict[str, Any], activities: set[str]) -> None:
    """Fails unless the condition has one of the three forms and everything that it names exists."""
    if condition["kind"] == "activity":
        check_keys(condition, "kind", "activity_types", "count", "at_least", "within_days")
        named = condition["activity_types"]
        if isinstance(named, str):
            assert named in ACTIVITY_GROUPS
        else:
            assert named
            assert len(set(named)) == len(named)
            assert set(named) <= activities, f"{set(named) - activities} are not in the catalogue"
            assert condition["count"] == "times" or condition["at_least"] <= len(named)
        assert condition["count"] in ("times", "distinct")
        assert type(condition["at_least"]) is int
        assert condition["at_least"] >= 1
        days = condition["within_days"]
        assert days is None or (type(days) is int and days > 0)
        return
    check_keys(condition, "kind", "field", "operator", "value")
    assert isinstance(condition["value"], str)
    assert len(condition["value"]) <= 500
    if condition["kind"] == "score":
        assert condition["field"] in SCORES
        assert condition["operator"] in ("gte", "lte")
        assert int(condition["value"]) >= 0
        return
    assert condition["kind"] == "field"
    Criterion.from_dict(condition)  # raises ValidationError, with the sentence that an admin form would show
    values = listed(condition)
    if condition["field"].endswith(".country"):
        assert all(len(value) == 2 and value.isupper() for value in values)


def check_criteria(criteria: dict[str, Any], activities: set[str]) -> None:
    """Fails unless the criteria are conditions and groups of conditions, two levels at most."""
    check_keys(criteria, "match", "conditions")
    assert criteria["match"] in ("all", "any")
    assert criteria["conditions"]
    for part in criteria["conditions"]:
        if "conditions" not in part:
            check_condition(part, activities)
            continue
        check_keys(part, "match", "conditions")
        assert {part["match"], criteria["match"]} == {"all", "any"}, "a group joins by the other word"
        assert len(part["conditions"]) > 1
        for condition in part["conditions"]:
            check_condition(condition, activities)


def listed(condition: dict[str, Any]) -> list[str]:
    """The values that the condition compares with."""
    if condition["operator"] in ("in", "not_in"):
        return split_values(condition["value"])
    return [condition["value"]]


def is_met(condition: dict[str, Any], facts: dict[str, Any]) -> bool:
    """Whether a field condition holds for `facts`, a value for each field."""
    fact, values = facts[condition["field"]], listed(condition)
    match condition["operator"]:
        case "is" | "in":
            return fact in values
        case "is_not" | "not_in":
            return fact not in values
        case "gte":
            return bool(fact >= int(values[0]))
        case "lte":
            return bool(fact <= int(values[0]))
        case "contains":
            return values[0].casefold() in fact.casefold()
    raise AssertionError(f"{condition['operator']} is not asked in a fit rule of any blueprint")


def profiles(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """People of every combination of what the fit rules ask about, all from a bought list."""
    rules = [rule["condition"] for rule in content["scoring"]["rules"] if rule["kind"] == "fit"]
    asked = [rule for rule in rules if rule["field"] == "account.employees"]
    sizes = sorted({int(rule["value"]) for rule in asked} | {1, 10_000_000})
    countries = [
        value for rule in rules if rule["field"] == "account.country" for value in listed(rule)[:1]
    ] or ["US"]
    for seniority, function, email_kind, size, country in product(
        Seniority.values, JobFunction.values, EmailKind.values, sizes, countries
    ):
        yield {
            "contact.seniority": seniority,
            "contact.function": function,
            "contact.email_kind": email_kind,
            "contact.title": "",
            "account.employees": size,
            "account.country": country,
            "source.kind": "purchased_list",
        }


def best_fit(content: dict[str, Any]) -> int:
    """The most points that a profile alone can bring."""
    rules = [rule for rule in content["scoring"]["rules"] if rule["kind"] == "fit"]
    return max(
        sum(rule["points"] for rule in rules if is_met(rule["condition"], facts))
        for facts in profiles(content)
    )


def activities_of(condition: dict[str, Any], content: dict[str, Any]) -> set[str]:
    """The keys that an activity condition names, with a group spelled out."""
    named = condition["activity_types"]
    if not isinstance(named, str):
        return set(named)
    return {row["key"] for row in content["activity_types"] if named == "any" or row[f"is_{named}"]}


def test_there_is_one_file_for_each_source_text() -> None:
    found = sorted(path.stem for path in FOLDER.iterdir())

    assert found == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_blueprint_has_every_section_and_no_other(name: str) -> None:
    content = blueprint(name)

    check_keys(
        content, "name", "title", "summary", "terms", "stages", "activity_types", "reasons", "nurture_programmes",
        "checklist", "definitions", "scoring", "sla", "routing",
    )  # fmt: skip
    assert content["name"] == name
    check_text(content["title"], LONGEST["label"])
    check_text(content["summary"], 400)


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_is_listed_in_order_with_a_colour_of_its_own(name: str) -> None:
    stages = blueprint(name)["stages"]

    assert tuple(row["stage"] for row in stages) == STAGES
    for row in stages:
        check_keys(row, "stage", "in_use", "colour", "equivalent_to")
        assert type(row["in_use"]) is bool
        assert row["equivalent_to"] in ("", *STAGES)
    assert {row["colour"] for row in stages} <= COLOURS
    assert len({row["colour"] for row in stages}) == len(stages)


@pytest.mark.parametrize("name", NAMES)
def test_only_stages_that_can_be_stepped_over_are_switched_off(name: str) -> None:
    content = blueprint(name)

    assert set(STAGES) - in_use(content) <= {stage.value for stage in SWITCHABLE_STAGES}


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_has_a_full_name_a_short_one_and_a_meaning(name: str) -> None:
    terms = blueprint(name)["terms"]

    for stage in STAGES:
        check_text(terms[f"stage.{stage}"], LONGEST["label"])
        check_text(terms[f"stage.{stage}.short"], 16)
        check_text(terms[f"stage.{stage}.definition"], LONGEST["prose"])
    for ending in ("", ".short"):
        texts = [terms[f"stage.{stage}{ending}"].casefold() for stage in STAGES]
        assert len(set(texts)) == len(texts), "two stages share a name"


@pytest.mark.parametrize("name", NAMES)
def test_every_term_names_something_and_no_two_fields_of_a_model_share_a_label(name: str) -> None:
    terms = blueprint(name)["terms"]

    assert set(terms) <= set(REGISTRY), f"{set(terms) - set(REGISTRY)} are no terms"
    for key, text in terms.items():
        check_text(text, LONGEST["prose" if key.endswith((".definition", ".help")) else "label"])
    _refuse_collisions(changed=terms, after=REGISTRY | terms)
    steps = [
        terms.get(f"transition.{step.value}", REGISTRY[f"transition.{step.value}"]) for step in Transition
    ]
    assert len({step.casefold() for step in steps}) == len(steps), "two buttons read the same"


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_of_activities_is_complete_and_its_flags_are_true_to_each_other(name: str) -> None:
    rows = blueprint(name)["activity_types"]

    assert 10 <= len(rows) <= 16
    keys = [row["key"] for row in rows]
    assert len(set(keys)) == len(keys)
    assert set(keys) >= COMMON_ACTIVITIES
    assert len({row["name"].casefold() for row in rows}) == len(rows)
    for row in rows:
        check_keys(row, "key", "name", "channel", "call_to_action", *FLAGS)
        assert row["key"].replace("_", "").isalnum()
        assert row["key"] == row["key"].lower()
        assert len(row["key"]) <= 40
        check_text(row["name"], LONGEST["activity"])
        assert row["channel"] in Channel.values
        assert all(type(row[flag]) is bool for flag in FLAGS)
        assert not row["is_appointment"] or row["is_conversation"], (
            f"{row['key']}: an appointment is a conversation"
        )
        assert not row["is_conversation"] or row["is_two_way"], f"{row['key']}: a conversation has two sides"
        assert not row["is_hand_raiser"] or row["is_engagement"], f"{row['key']}: who asks shows interest"
        assert not row["is_hand_raiser"] or row["call_to_action"], (
            f"{row['key']}: a hand-raiser needs its button"
        )
        if row["call_to_action"]:
            check_text(row["call_to_action"], LONGEST["call_to_action"])
    by_key = {row["key"]: row for row in rows}
    assert not any(by_key[key][flag] for key in ("call_attempt", "note") for flag in FLAGS)


def test_an_activity_means_the_same_in_every_blueprint() -> None:
    meanings: dict[str, set[tuple[Any, ...]]] = {}
    for name in NAMES:
        for row in blueprint(name)["activity_types"]:
            meanings.setdefault(row["key"], set()).add((row["channel"], *(row[flag] for flag in FLAGS)))

    assert not {key: found for key, found in meanings.items() if len(found) > 1}


@pytest.mark.parametrize("name", NAMES)
def test_there_are_reasons_for_every_kind_and_only_other_is_open_ended(name: str) -> None:
    rows = blueprint(name)["reasons"]

    for row in rows:
        check_keys(row, "kind", "key", "text", "needs_note")
        check_text(row["text"], LONGEST["reason"])
        assert len(row["key"]) <= 40
    assert {row["kind"] for row in rows} == set(ReasonKind.values)
    for kind, (fewest, most) in {
        "pass_back": (6, 9),
        "disqualify": (5, 8),
        "reopen": (3, 4),
        "loss": (5, 7),
    }.items():
        keys = [row["key"] for row in rows if row["kind"] == kind]
        assert fewest <= len(keys) <= most
        assert len(set(keys)) == len(keys)
        assert keys[-1] == "other"
    assert all(row["needs_note"] is True for row in rows if row["key"] == "other")


def test_a_reason_reads_the_same_in_every_blueprint_so_that_figures_can_be_compared() -> None:
    texts: dict[str, set[tuple[str, bool]]] = {}
    for name in NAMES:
        for row in blueprint(name)["reasons"]:
            texts.setdefault(row["key"], set()).add((row["text"], row["needs_note"]))

    assert not {key: found for key, found in texts.items() if len(found) > 1}


@pytest.mark.parametrize("name", NAMES)
def test_the_checklist_and_the_nurture_programmes_are_there(name: str) -> None:
    content = blueprint(name)

    assert len(content["checklist"]) >= 3
    assert len({row["key"] for row in content["checklist"]}) == len(content["checklist"])
    for row in content["checklist"]:
        check_keys(row, "key", "question", "help")
        check_text(row["question"], LONGEST["question"])
        check_text(row["help"], LONGEST["help"])
        assert row["question"].endswith("?")
    assert content["nurture_programmes"]
    for programme in content["nurture_programmes"]:
        check_text(programme, 100)


def test_a_question_of_the_checklist_reads_the_same_in_every_blueprint() -> None:
    questions: dict[str, set[str]] = {}
    for name in NAMES:
        for row in blueprint(name)["checklist"]:
            questions.setdefault(row["key"], set()).add(row["question"])

    assert not {key: found for key, found in questions.items() if len(found) > 1}


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_in_use_that_needs_a_definition_has_one(name: str) -> None:
    content = blueprint(name)
    activities = {row["key"] for row in content["activity_types"]}

    assert [row["stage"] for row in content["definitions"]] == [
        stage for stage in DEFINED_STAGES if stage in in_use(content)
    ]
    for row in content["definitions"]:
        said = [key for key in ("kpi", "kpi_measure", "incentive") if key in row]
        check_keys(row, "stage", "text", "owner_team", *said, "criteria")
        check_text(row["text"], LONGEST["prose"])
        for key in set(said) - {"kpi_measure"}:
            check_text(row[key], LONGEST["kpi"])
        assert ("kpi" in row) == ("kpi_measure" in row), "a figure says what it rewards"
        assert row.get("kpi_measure", "count") in KpiMeasure.values
        assert row["owner_team"] in OwnerTeam.values
        if row["criteria"] is None:
            assert row["stage"] == "sales_qualified", f"{row['stage']} needs criteria"
        else:
            check_criteria(row["criteria"], activities)


def test_each_text_says_by_which_figure_its_mql_is_judged() -> None:
    judged = {name: definition(blueprint(name), "marketing_qualified")["kpi_measure"] for name in NAMES}

    assert judged == {
        "lead-genius": "count",
        "hubspot-intent": "conversion",
        "suspect-to-sql": "count",
        "mal-to-sql": "cost",
        "c-suite": "revenue",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_rep_who_accepts_confirms_the_very_criteria_that_made_the_lead_an_mql(name: str) -> None:
    content = blueprint(name)
    if "sales_accepted" not in in_use(content):
        assert name == "suspect-to-sql", "the other four texts have a step of acceptance"
        return

    accepted, qualified = (definition(content, stage) for stage in ("sales_accepted", "marketing_qualified"))

    assert accepted["criteria"] == qualified["criteria"]


@pytest.mark.parametrize("name", NAMES)
def test_a_definition_that_names_a_group_of_activities_finds_them_in_the_catalogue(name: str) -> None:
    content = blueprint(name)
    asked = [
        condition
        for row in content["definitions"]
        for condition in conditions_of(row["criteria"])
        if condition["kind"] == "activity" and isinstance(condition["activity_types"], str)
    ]

    for condition in asked:
        found = activities_of(condition, content)
        assert len(found) >= (condition["at_least"] if condition["count"] == "distinct" else 1)


@pytest.mark.parametrize("name", NAMES)
def test_scoring_has_rules_of_every_kind_and_grades_in_order(name: str) -> None:
    content = blueprint(name)
    activities = {row["key"] for row in content["activity_types"]}
    scoring = content["scoring"]

    check_keys(scoring, "name", "threshold", "grades", "rules")
    assert list(scoring["grades"]) == ["A", "B", "C"]
    assert scoring["grades"]["A"] > scoring["grades"]["B"] > scoring["grades"]["C"] > 0
    assert scoring["threshold"] == scoring["grades"]["B"], "a lead of grade B or better is worth a call"
    assert 10 <= len(scoring["rules"]) <= 18
    assert {rule["kind"] for rule in scoring["rules"]} == {"fit", "engagement", "negative"}
    assert len({rule["name"].casefold() for rule in scoring["rules"]}) == len(scoring["rules"])
    for rule in scoring["rules"]:
        check_keys(rule, "name", "points", "kind", "max_times", "condition")
        check_text(rule["name"], LONGEST["label"])
        check_condition(rule["condition"], activities)
        assert type(rule["points"]) is int
        assert (rule["points"] < 0) == (rule["kind"] == "negative")
        assert rule["points"] != 0
        asks_about = {"fit": ("field",), "engagement": ("activity",), "negative": ("field", "activity")}[
            rule["kind"]
        ]
        assert rule["condition"]["kind"] in asks_about
        # What a rule counts more than once is single activities: how often "five views" were met would be a riddle.
        assert rule["max_times"] == 1 or (
            rule["max_times"] > 1 and rule["kind"] == "engagement" and rule["condition"]["at_least"] == 1
        )
    assert any(rule["max_times"] > 1 for rule in scoring["rules"])


@pytest.mark.parametrize("name", NAMES)
def test_a_definition_by_score_asks_for_the_threshold_of_the_scoring(name: str) -> None:
    content = blueprint(name)

    asked = {
        int(condition["value"])
        for condition in conditions_of(definition(content, "marketing_qualified")["criteria"])
        if condition["kind"] == "score"
    }

    assert asked == (
        {content["scoring"]["threshold"]} if name in ("mal-to-sql", "suspect-to-sql", "c-suite") else set()
    )


@pytest.mark.parametrize("name", NAMES)
def test_nobody_from_a_bought_list_reaches_the_threshold_by_profile_alone(name: str) -> None:
    content = blueprint(name)

    best = best_fit(content)

    assert 0 < best < content["scoring"]["threshold"]


@pytest.mark.parametrize("name", NAMES)
def test_interest_alone_can_reach_the_threshold(name: str) -> None:
    scoring = blueprint(name)["scoring"]

    most = sum(
        rule["points"] * rule["max_times"] for rule in scoring["rules"] if rule["kind"] == "engagement"
    )

    assert most >= scoring["threshold"]


@pytest.mark.parametrize("name", ["hubspot-intent", "lead-genius"])
def test_where_one_act_decides_nothing_else_reaches_the_threshold(name: str) -> None:
    content = blueprint(name)
    deciding = {
        key
        for condition in conditions_of(definition(content, "marketing_qualified")["criteria"])
        if condition["kind"] == "activity"
        for key in activities_of(condition, content)
    }
    rules = content["scoring"]["rules"]

    by_reading = sum(
        rule["points"] * rule["max_times"]
        for rule in rules
        if rule["kind"] == "engagement" and not deciding & activities_of(rule["condition"], content)
    )

    assert by_reading > 0
    assert best_fit(content) + by_reading < content["scoring"]["threshold"]


@pytest.mark.parametrize("name", NAMES)
def test_clocks_run_on_stages_in_use_and_every_lead_finds_a_team(name: str) -> None:
    content = blueprint(name)
    activities = {row["key"] for row in content["activity_types"]}

    assert content["sla"]
    for row in content["sla"]:
        check_keys(row, "stage", "first_response_hours")
        assert row["stage"] in in_use(content)
        assert type(row["first_response_hours"]) is int
        assert row["first_response_hours"] > 0
    assert len({row["stage"] for row in content["sla"]}) == len(content["sla"])
    for row in content["routing"]:
        check_keys(row, "name", "team", "criteria")
        check_text(row["name"], LONGEST["label"])
        check_text(row["team"], 100)
        if row["criteria"] is not None:
            check_criteria(row["criteria"], activities)
    assert [row["criteria"] for row in content["routing"]].index(None) == len(content["routing"]) - 1


def test_the_texts_contradict_each_other_and_the_blueprints_keep_it_so() -> None:
    on = {name: in_use(blueprint(name)) for name in NAMES}

    assert "sales_qualified" not in on["hubspot-intent"]
    assert all("sales_qualified" in on[name] for name in NAMES if name != "hubspot-intent")
    assert "sales_accepted" not in on["suspect-to-sql"]
    kinds = {
        name: {
            row["kind"]
            for row in conditions_of(definition(blueprint(name), "marketing_qualified")["criteria"])
        }
        for name in NAMES
    }
    assert kinds == {
        "lead-genius": {"field", "activity"},
        "hubspot-intent": {"activity"},
        "suspect-to-sql": {"score", "activity"},
        "mal-to-sql": {"score"},
        "c-suite": {"field", "activity", "score"},
    }
