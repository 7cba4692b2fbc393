import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

PEOPLE = [
    ["Given name", "Surname", "Date of birth", "Suburb", "Phone"],
    ["Mathilda", "Okonkwo", "1971-06-24", "Bundaberg", "07 5550 1234"],
    ["Bjarne", "Lindqvist", "1980-01-02", "Cairns", "07 5550 9876"],
    ["Mathlida", "Okonkwo", "1971-06-24", "Bundaburg", "07 5550 1234"],
    ["Siobhan", "Featherstone", "1990-11-30", "Perth", "08 5550 5555"],
]


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def run(tmp_path: Path, *arguments: str) -> tuple[dict[str, Any], list[list[str]]]:
    out = StringIO()
    pairs = tmp_path / "pairs.csv"
    call_command("match_file", *arguments, "--out", str(pairs), "--json", stdout=out)
    with pairs.open(encoding="utf-8", newline="") as file:
        return json.loads(out.getvalue()), list(csv.reader(file))


def test_writes_the_pairs_of_one_file_with_rows_counted_from_one(tmp_path: Path) -> None:
    path = write(tmp_path / "people.csv", PEOPLE)

    told, (header, *pairs) = run(tmp_path, str(path), "--entity", "person")

    assert header == ["left_row", "right_row", "probability", "decision"]
    assert [(left, right, decision) for left, right, _, decision in pairs] == [("1", "3", "same")]
    assert (told["rows"], told["pairs"]) == (4, 1)
    assert told["compared"]["Date of birth"] == "birth date"


def test_finds_pairs_between_two_files_and_none_within_one(tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", [*PEOPLE, PEOPLE[4]])
    other = write(
        tmp_path / "other.csv",
        [["Birthday", "Full name", "City"], ["24.06.1971", "Okonkwo, Mathilda", "Bundaberg"]],
    )

    told, (_, *pairs) = run(tmp_path, str(one), str(other), "--entity", "person")

    assert {(left, right) for left, right, _, _ in pairs} == {("1", "1"), ("3", "1")}
    assert told["rows"] == 6


def test_an_ignored_column_is_not_compared(tmp_path: Path) -> None:
    path = write(tmp_path / "people.csv", PEOPLE)

    told, _ = run(tmp_path, str(path), "--entity", "person", "--ignore", "Phone", "--ignore", "Suburb")

    assert set(told["compared"]) == {"Given name", "Surname", "Date of birth"}


def test_numbers_of_rows_are_not_compared(tmp_path: Path) -> None:
    rows = [["rec_id", "unique_id", "cluster", "True Id", "leuven_id", *PEOPLE[0]]]
    rows += [[f"r{n}", str(n), str(n % 2), "7", "8", *row] for n, row in enumerate(PEOPLE[1:])]
    path = write(tmp_path / "people.csv", rows)

    told, (_, *pairs) = run(tmp_path, str(path), "--entity", "person")

    assert set(told["compared"]) == set(PEOPLE[0])
    assert len(pairs) == 1


def test_threshold_is_the_lowest_probability_that_is_written(tmp_path: Path) -> None:
    path = write(tmp_path / "people.csv", PEOPLE)

    _, (_, *all_pairs) = run(tmp_path, str(path), "--entity", "person", "--threshold", "0")
    _, (_, *sure) = run(tmp_path, str(path), "--entity", "person", "--threshold", "0.5")

    assert len(all_pairs) >= len(sure) == 1
    assert float(sure[0][2]) >= 0.5


def test_gives_the_same_pairs_each_time(tmp_path: Path) -> None:
    path = write(tmp_path / "people.csv", PEOPLE)

    assert (
        run(tmp_path, str(path), "--entity", "person")[1] == run(tmp_path, str(path), "--entity", "person")[1]
    )


@pytest.mark.parametrize(
    ("rows", "options", "sentence"),
    [
        (
            [["Colour", "Weight"], ["red", "3"], ["blue", "4"]],
            [],
            "No column can be compared. Name the columns",
        ),
        (
            PEOPLE,
            ["--ignore", "Telefon"],
            "There is no column “Telefon” that could be ignored. There are: “Given name”",
        ),
        ([], [], "This file is empty."),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, rows: list[list[str]], options: list[str], sentence: str) -> None:
    path = write(tmp_path / "list.csv", rows)

    with pytest.raises(CommandError, match=sentence) as refused:
        run(tmp_path, str(path), "--entity", "person", *options)

    assert refused.value.returncode == 1


def test_says_that_a_file_is_not_there_or_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"cannot be read: No such file or directory\. Check the path"):
        run(tmp_path, str(tmp_path / "away.csv"), "--entity", "person")

    path = write(tmp_path / "people.csv", PEOPLE)
    with pytest.raises(CommandError, match=r"cannot be written: Is a directory\. Choose another file"):
        call_command("match_file", str(path), "--entity", "person", "--out", str(tmp_path))


def test_a_list_without_duplicates_has_none(tmp_path: Path) -> None:
    path = write(tmp_path / "people.csv", [PEOPLE[0], PEOPLE[1], PEOPLE[2], PEOPLE[4]])

    told, pairs = run(tmp_path, str(path), "--entity", "person")

    assert told["pairs"] == 0
    assert len(pairs) == 1


def test_one_row_has_no_pair(tmp_path: Path) -> None:
    path = write(tmp_path / "people.csv", PEOPLE[:2])

    told, _ = run(tmp_path, str(path), "--entity", "person")

    assert (told["rows"], told["pairs"]) == (1, 0)
