"""The marks that matching must reach on lists whose duplicates are known."""

from pathlib import Path

import pytest

from tests.imports.matching_truth import TRUTHS, measured


@pytest.mark.parametrize("name", ["febrl1", "febrl3"])
def test_finds_people_with_slips_of_typing(shared_data: Path, name: str) -> None:
    same = measured(shared_data / "dedupe" / TRUTHS[name].file, TRUTHS[name]).same

    assert same.f1 >= 0.995
    assert same.precision >= 0.999


def test_finds_people_with_blanks_and_wrong_dates(shared_data: Path) -> None:
    scores = measured(shared_data / "dedupe" / "splink_fake_1000.csv", TRUTHS["splink_fake_1000"])

    assert scores.same.f1 >= 0.83
    assert scores.same.precision >= 0.99
    assert scores.all.f1 >= 0.83


def test_finds_organisations_by_name_address_and_phone(shared_data: Path) -> None:
    scores = measured(shared_data / "dedupe" / "chicago_sites_dev.csv", TRUTHS["chicago_sites"])

    assert scores.same.f1 >= 0.85
    assert scores.same.precision >= 0.95


def test_finds_companies_by_their_names_alone(shared_data: Path) -> None:
    scores = measured(shared_data / "dedupe" / "company_names_patstat_dev.csv", TRUTHS["company_names"])

    assert scores.same.precision >= 0.99
    assert scores.same.recall >= 0.60
    assert scores.all.precision >= 0.99
    assert scores.whole >= 0.5
