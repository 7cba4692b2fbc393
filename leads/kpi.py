"""Where the figures by which two teams are judged pull them apart: a short table, each pair with its sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from leads.enums import STAGE_ORDER, STAGE_SHORT, KpiMeasure, OwnerTeam, Stage
from leads.models import Definition

# Why two measures, one for each team, work against each other. Pairs that are not named pull the same way, or apart
# from each other without harm: many and fast, getting on and revenue.
PULL_APART: Final[dict[frozenset[KpiMeasure], str]] = {
    frozenset({KpiMeasure.COUNT, KpiMeasure.CONVERSION}): (
        "Whoever is paid by the number lets weak ones through, and each of them lowers the other team's share."
    ),
    frozenset({KpiMeasure.COUNT, KpiMeasure.REVENUE}): (
        "Ten small ones count ten times for one team, and hardly at all for the other."
    ),
    frozenset({KpiMeasure.COUNT, KpiMeasure.COST}): (
        "One team wants more of them at any price, the other is judged by the price."
    ),
    frozenset({KpiMeasure.SPEED, KpiMeasure.CONVERSION}): (
        "Whoever is judged by the clock looks less closely, and the other team's share pays for it."
    ),
    frozenset({KpiMeasure.SPEED, KpiMeasure.REVENUE}): (
        "The quick ones are seldom the large ones: one team hurries past what the other needs."
    ),
    frozenset({KpiMeasure.COST, KpiMeasure.CONVERSION}): (
        "The cheapest ones seldom get on: what one team saves, the other spends on talks that lead nowhere."
    ),
    frozenset({KpiMeasure.COST, KpiMeasure.REVENUE}): (
        "The cheapest ones seldom buy much: saving on them costs the other team its sales."
    ),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two definitions of different teams whose figures pull apart, in a sentence or two."""

    first: Definition
    second: Definition
    sentence: str


def conflicts(definitions: Iterable[Definition]) -> list[Conflict]:
    """The pairs among the definitions in force that pull their owners apart, in the order of the stages.

    One team may balance two figures of its own; what is shown here sets the teams against each other.
    """
    place = {stage.value: number for number, stage in enumerate(STAGE_ORDER)}
    measured = sorted(
        (row for row in definitions if row.kpi_measure in KpiMeasure.values),
        key=lambda row: place.get(row.stage, len(place)),
    )
    found = []
    for first, second in combinations(measured, 2):
        why = PULL_APART.get(frozenset({KpiMeasure(first.kpi_measure), KpiMeasure(second.kpi_measure)}))
        if why is not None and first.owner_team != second.owner_team:
            found.append(Conflict(first, second, f"{_judged(first)}, {_judged(second)}. {why}"))
    return found


def unmeasured(definitions: Iterable[Definition]) -> list[str]:
    """A sentence for each definition by which somebody earns something while nothing says what that rewards."""
    return [
        f"“{STAGE_SHORT[Stage(row.stage)]}” carries an incentive (“{row.incentive}”), but not what its KPI rewards. "
        "Say it, so that both teams see where it leads."
        for row in definitions
        if row.incentive and not row.kpi_measure
    ]


def _judged(definition: Definition) -> str:
    team = OwnerTeam(definition.owner_team).label
    measure = KpiMeasure(definition.kpi_measure).label
    earns = f" (earning “{definition.incentive}”)" if definition.incentive else ""
    return f"{team} is judged on “{STAGE_SHORT[Stage(definition.stage)]}” by “{measure}”{earns}"
