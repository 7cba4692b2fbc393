from itertools import combinations

import pytest

from leads import kpi
from leads.enums import KpiMeasure, OwnerTeam, Stage
from leads.models import Definition


def definition(stage: Stage, team: OwnerTeam, measure: str, **fields: str) -> Definition:
    return Definition(stage=stage, owner_team=team, kpi_measure=measure, **fields)


def marketing(measure: str, **fields: str) -> Definition:
    return definition(Stage.MARKETING_QUALIFIED, OwnerTeam.MARKETING, measure, **fields)


def sales(measure: str, **fields: str) -> Definition:
    return definition(Stage.SALES_QUALIFIED, OwnerTeam.SALES, measure, **fields)


PULLING = [
    ("count", "conversion"),
    ("count", "revenue"),
    ("count", "cost"),
    ("speed", "conversion"),
    ("speed", "revenue"),
    ("cost", "conversion"),
    ("cost", "revenue"),
]


@pytest.mark.parametrize(("one", "other"), PULLING)
def test_names_each_pair_that_pulls_apart_whichever_team_has_which(one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        (found,) = kpi.conflicts([sales(second), marketing(first)])

        assert (found.first.kpi_measure, found.second.kpi_measure) == (first, second)
        assert found.sentence.startswith("Marketing is judged on “MQL” by “")
        assert found.sentence.endswith(".")


def test_no_other_pair_is_a_conflict() -> None:
    quiet = [
        (one, other)
        for one, other in combinations(KpiMeasure.values, 2)
        if not kpi.conflicts([marketing(one), sales(other)])
    ]

    assert {frozenset(pair) for pair in quiet} == {
        frozenset({"conversion", "revenue"}),
        frozenset({"count", "speed"}),
        frozenset({"speed", "cost"}),
    }
    assert all(not kpi.conflicts([marketing(measure), sales(measure)]) for measure in KpiMeasure.values)


def test_one_team_may_balance_figures_of_its_own() -> None:
    own = definition(Stage.IDENTIFIED, OwnerTeam.MARKETING, "count")

    assert kpi.conflicts([own, marketing("conversion")]) == []


def test_what_has_no_measure_pulls_nowhere() -> None:
    assert kpi.conflicts([marketing(""), sales("count"), marketing("elsewhere")]) == []


def test_says_what_somebody_earns_by_it() -> None:
    (found,) = kpi.conflicts([marketing("count", incentive="50 EUR a piece"), sales("conversion")])

    assert found.sentence.startswith(
        "Marketing is judged on “MQL” by “How many” (earning “50 EUR a piece”), "
        "Sales is judged on “SQL” by “How many of them get on”. "
    )


def test_an_incentive_without_a_measure_is_said() -> None:
    (said,) = kpi.unmeasured(
        [marketing("", incentive="A bonus"), sales("count", incentive="Quota"), sales("")]
    )

    assert said.startswith("“MQL” carries an incentive (“A bonus”), but not what its KPI rewards.")
