"""Lists whose duplicates are known: how well the matching finds them."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from imports.matching.files import match_files


@dataclass(frozen=True)
class Truth:
    """A list whose rows say which of them are one, and the columns that must not be looked at."""

    file: str
    entity: str
    ignore: tuple[str, ...]
    cluster: Callable[[dict[str, str]], str]


TRUTHS = {
    "febrl1": Truth("febrl1.csv", "person", ("rec_id",), lambda row: row["rec_id"].split("-")[1]),
    "febrl3": Truth("febrl3.csv", "person", ("rec_id",), lambda row: row["rec_id"].split("-")[1]),
    "splink_fake_1000": Truth(
        "splink_fake_1000.csv", "person", ("unique_id", "cluster"), lambda row: row["cluster"]
    ),
    "company_names": Truth(
        "company_names_patstat_dev.csv",
        "company",
        ("person_id", "leuven_id"),
        lambda row: row["leuven_id"],
    ),
    "chicago_sites": Truth(
        "chicago_sites_dev.csv", "company", ("Id", "True Id", "Source"), lambda row: row["True Id"]
    ),
}


@dataclass(frozen=True)
class Score:
    """Pairs found, of them right, and how many there are."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 0.0


@dataclass(frozen=True)
class Scores:
    """For the pairs that are "same", for these and "maybe", and the companies or people found whole."""

    same: Score
    all: Score
    whole: float  # share of those with several rows that "same" joins without a row too many or too few


def clusters_of(rows: Sequence[dict[str, str]], truth: Truth) -> list[int]:
    numbers: dict[str, int] = {}
    return [numbers.setdefault(truth.cluster(row), len(numbers)) for row in rows]


def measured(path: Path, truth: Truth) -> Scores:
    """How well the duplicates of the file are found."""
    with path.open(encoding="utf-8", newline="") as file:
        clusters = clusters_of(list(csv.DictReader(file)), truth)
    found = match_files(path, None, entity=truth.entity, ignore=truth.ignore, threshold=0.1)
    return scored([(left, right, verdict) for left, right, _, verdict in found.pairs], clusters)


def scored(pairs: Sequence[tuple[int, int, str]], clusters: Sequence[int]) -> Scores:
    sizes: dict[int, int] = {}
    for cluster in clusters:
        sizes[cluster] = sizes.get(cluster, 0) + 1
    true = sum(size * (size - 1) // 2 for size in sizes.values())
    same = [(left, right) for left, right, verdict in pairs if verdict == "same"]
    right = sum(clusters[one] == clusters[other] for one, other in same)
    right_of_all = sum(clusters[one] == clusters[other] for one, other, _ in pairs)
    return Scores(
        Score(len(same), right, true),
        Score(len(pairs), right_of_all, true),
        _whole(same, clusters, sizes),
    )


def _whole(same: Sequence[tuple[int, int]], clusters: Sequence[int], sizes: dict[int, int]) -> float:
    parent = list(range(len(clusters)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for one, other in same:
        parent[root(one)] = root(other)
    groups: dict[int, list[int]] = {}
    for row in range(len(clusters)):
        groups.setdefault(root(row), []).append(row)
    several = [cluster for cluster, size in sizes.items() if size > 1]
    found = sum(
        len(group) > 1
        and len({clusters[row] for row in group}) == 1
        and len(group) == sizes[clusters[group[0]]]
        for group in groups.values()
    )
    return found / len(several) if several else 0.0


def pairs_within(clusters: Sequence[int]) -> set[tuple[int, int]]:
    """All pairs of rows of one cluster."""
    groups: dict[int, list[int]] = {}
    for row, cluster in enumerate(clusters):
        groups.setdefault(cluster, []).append(row)
    return {pair for group in groups.values() for pair in combinations(group, 2)}
