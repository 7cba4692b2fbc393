import csv
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.normalise import clean_text, company_key, employees_count
from leads.normalise.text import fold


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ACME GmbH", "acme"),
        ("Acme, Inc.", "acme"),
        ("Müller & Söhne GmbH & Co. KG", "muller and sohne"),
        ("Müller und Co. KG", "muller"),
        ("Marks and Spencer plc", "marks and spencer"),
        ("Benetton Group S.p.A.", "benetton group"),
        ("BENETTON GROUP SPA", "benetton group"),
        ("Bliss Day Spa", "bliss day spa"),
        ("Koninklijke Philips Electronics , N.V.", "koninklijke philips electronics"),
        ("N.V. Philips' Gloeilampenfabrieken", "philips gloeilampenfabrieken"),
        ("Foo Sp. z o.o.", "foo"),
        ("Cemex S.A.B. de C.V.", "cemex"),
        ("ООО «Ромашка»", "ромашка"),
        ("トヨタ自動車株式会社", "トヨタ自動車"),
        ("㈱トヨタ", "トヨタ"),
        ("I.B.M. Corp.", "ibm"),
        ("AT&T Inc.", "at and t"),
        ("O’Reilly Media, Inc", "oreilly media"),
        ("The Walt Disney Company", "walt disney"),
        ("Novo Nordisk A/S", "novo nordisk"),
        ("  Acme\u00a0(UK)  Ltd. ", "acme uk"),
        ("1&1 AG", "1 and 1"),
        ("3M", "3m"),
    ],
)
def test_one_company_has_one_key(name: str, key: str) -> None:
    assert company_key(name) == key


@pytest.mark.parametrize(
    "name", ["Limited", "S.A.", "Co", "GmbH & Co. KG", "The Company", "株式会社", "Pvt Ltd", "S.p.A."]
)
def test_a_name_that_is_only_a_legal_form_keeps_a_key(name: str) -> None:
    assert company_key(name)


@settings(max_examples=600, deadline=None)
@given(st.text(max_size=25))
def test_every_name_with_a_letter_or_digit_has_a_key_and_no_other(name: str) -> None:
    key = company_key(name)

    without_apostrophes = fold(clean_text(name)).replace("ʼ", "")  # which Unicode counts as a letter
    assert bool(key) == any(map(str.isalnum, without_apostrophes))
    assert key == " ".join(key.split())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ACME GmbH & Co. KG", "Acme"),
        ("Volvo AB (publ)", "Volvo"),
        ("Gulf Trading FZ-LLC", "Gulf Trading"),
        ("Deniz Ltd. Şti.", "Deniz"),
        ("Sol Unipessoal Lda", "Sol"),
        ("Kwarc spółka z o.o.", "Kwarc"),
        ("Общество с ограниченной ответственностью «Ромашка»", "ООО Ромашка"),
        ("Товариство з обмеженою відповідальністю Київ", "ТОВ Київ"),
        ("Northwind sp. k.", "Northwind"),
        ("Northwind Sh.p.k.", "Northwind"),
        ("Northwind Společnost s ručením omezeným", "Northwind s.r.o."),
        ("Northwind plc in liquidation", "Northwind"),
        ("北风股份公司", "北风"),
    ],
)
def test_a_legal_form_says_the_same_in_full_in_short_and_not_at_all(left: str, right: str) -> None:
    assert company_key(left) == company_key(right) != ""


def test_knows_most_legal_forms_that_companies_write_behind_their_name(shared_data: Path) -> None:
    with (shared_data / "lists/company_legal_terms.csv").open(newline="", encoding="utf-8") as file:
        # One or two letters are as often the end of a name.
        terms = {row["term"] for row in csv.DictReader(file) if len(row["term"].replace(".", "")) > 2}

    known = [company_key(f"Northwind Works {term}") == "northwind works" for term in terms]

    assert len(known) > 500
    assert sum(known) / len(known) > 0.25


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["acme", "Müller", "north", "AB", "3", "the"]), min_size=1, max_size=3))
def test_the_legal_form_makes_no_difference(words: list[str]) -> None:
    name = " ".join([*words, "Widgets"])

    keys = {
        company_key(f"{name}{form}")
        for form in ("", " GmbH", ", Inc.", " Ltd", " S.A.", " & Co. KG", " B.V.", " Pty Ltd")
    }

    assert len(keys) == 1


def test_half_of_the_spellings_of_a_patent_holder_share_a_key_and_no_two_holders_do(
    shared_data: Path,
) -> None:
    with (shared_data / "dedupe/company_names_patstat_dev.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    holders = defaultdict(list)
    owners = defaultdict(set)
    for row in rows:
        holders[row["leuven_id"]].append(company_key(row["person_name"]))
        owners[company_key(row["person_name"])].add(row["leuven_id"])

    same = [len(set(keys)) < len(keys) for keys in holders.values() if len(keys) > 1]
    mixed = [key for key, ids in owners.items() if len(ids) > 1]
    pairs = [left == right for keys in holders.values() for left, right in combinations(keys, 2)]

    assert sum(same) / len(same) > 0.5
    assert len(mixed) / len(owners) < 0.02
    assert sum(pairs) / len(pairs) > 0.2


def test_nearly_every_foreign_company_loses_its_legal_form(shared_data: Path) -> None:
    with (shared_data / "dedupe/sec_foreign_companies_dev.csv").open(newline="", encoding="utf-8") as file:
        names = [row["company"] for row in csv.DictReader(file, delimiter=";")]
    endings = (
        " inc",
        " ltd",
        " corp",
        " plc",
        " sa",
        " ag",
        " nv",
        " spa",
        " as",
        " asa",
        " bv",
        " ab",
        " oyj",
        " limited",
    )

    left = [name for name in names if company_key(name).endswith(endings)]

    assert len(names) > 600
    assert len(left) < 5


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1200", 1200),
        ("1,200", 1200),
        ("1.200", 1200),
        ("1 200", 1200),
        ("1'200", 1200),
        ("250.0", 250),
        ("12,500 employees", 12500),
        ("10k", 10000),
        ("1.5k", 1500),
        ("1,5k", 1500),
        ("1.5 million", 1500000),
        ("0", 0),
        ("51-200", 51),
        ("51 – 200", 51),
        ("11 to 50", 11),
        ("501-1,000 employees", 501),
        ("1-5k", 1000),
        ("5000+", 5000),
        ("10,001+", 10001),
        (">500", 500),
        ("~300", 300),
        ("<10", 1),
        ("up to 50", 1),
        ("self-employed", 1),
        ("Nov-50", 11),
        ("10-Jan", 1),
        ("Feb-10", 2),
        ("", None),
        ("unknown", None),
        ("-5", None),
        ("2010-05-05", None),
        ("3000000000", None),
        ("9" * 5000, None),
        ("n/a", None),
    ],
)
def test_the_number_of_employees_is_the_least_that_is_certain(text: str, count: int | None) -> None:
    assert employees_count(text) == count


@settings(max_examples=400)
@given(st.text(max_size=20) | st.from_regex(r"[0-9,.' k+<>~-]{1,15}", fullmatch=True))
def test_any_text_gives_a_plausible_number_or_none(text: str) -> None:
    count = employees_count(text)

    assert count is None or 0 <= count <= 10_000_000
