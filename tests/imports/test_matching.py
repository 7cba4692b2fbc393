from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from imports.matching.columns import compared_columns
from imports.matching.company_names import NameWords
from imports.matching.engine import Matches, match
from imports.matching.kinds import EXPECTED, SAME, Kind
from imports.matching.lines import lines_of
from imports.matching.pairs import pairs_of
from imports.matching.records import Line
from imports.matching.values import spelling
from imports.matching.weights import of_two_people
from tests.imports.matching_truth import Scores, scored
from tests.imports.slips import MadeUp, citizens, contacts


def matched(
    rows: Sequence[Sequence[str]],
    headers: Sequence[str],
    *,
    entity: str = "person",
    ignore: Sequence[str] = (),
) -> Matches:
    sample = [dict(zip(headers, row, strict=True)) for row in rows[:100]]
    columns = compared_columns(headers, sample=sample, entity=entity, ignore=ignore)
    texts = {header: [row[place] for row in rows] for place, header in enumerate(headers)}
    return match(lines_of(columns, texts), is_company=entity == "company")


def found(
    rows: Sequence[Sequence[str]], headers: Sequence[str], **options: Any
) -> list[tuple[int, int, float, str]]:
    return list(pairs_of(matched(rows, headers, **options)))


def score(made: MadeUp, *, without: Sequence[str] = ()) -> Scores:
    pairs = found(made.rows, made.headers, ignore=without)
    return scored([(left, right, verdict) for left, right, _, verdict in pairs], made.who)


# --- Colleagues ---------------------------------------------------------------------------------------------------

COLLEAGUES = ("First name", "Last name", "E-mail", "Phone", "Job title", "Company")
FIRST = [
    "Ada",
    "Bert",
    "Carla",
    "Dirk",
    "Elke",
    "Frank",
    "Gerda",
    "Hans",
    "Ines",
    "Jonas",
    "Karl",
    "Lena",
    "Omar",
    "Petra",
    "Ravi",
    "Sofia",
    "Tim",
    "Uwe",
    "Vera",
    "Willi",
]
LAST = [
    "Ahrens",
    "Bäcker",
    "Cordes",
    "Dorn",
    "Eilers",
    "Fink",
    "Gross",
    "Haas",
    "Imhof",
    "Jung",
    "Kolb",
    "Lang",
    "Maurer",
    "Nagel",
    "Opitz",
    "Peters",
    "Quast",
    "Roth",
]
COMPANIES = [
    "Kiesel",
    "Zinnober",
    "Fjord",
    "Tarn",
    "Holm",
    "Basalt",
    "Quarz",
    "Lindwurm",
    "Adler",
    "Bussard",
    "Zeder",
    "Delta",
    "Fichte",
    "Granit",
    "Hafer",
]


def house(company: int) -> list[list[str]]:
    """Twelve people of one company, each with a name of their own and the next number of the switchboard."""
    name = COMPANIES[company]
    people = [
        (FIRST[(company * 7 + desk * 3) % len(FIRST)], LAST[(company * 5 + desk * 7) % len(LAST)])
        for desk in range(12)
    ]
    return [
        [
            first,
            last,
            f"{first.lower()}.{last.lower()}@{name.lower()}.example",
            f"+49{30 + company}2312{company:02}{desk:02}",
            ("Buyer", "Engineer", "Head of Purchasing")[desk % 3],
            f"{name} GmbH",
        ]
        for desk, (first, last) in enumerate(people)
    ]


def test_nobody_is_a_colleague_at_the_next_desk() -> None:
    rows = [row for company in range(len(COMPANIES)) for row in house(company)]

    assert [pair for pair in found(rows, COLLEAGUES) if pair[2] >= 0.5] == []


def test_among_colleagues_the_few_who_come_again_are_found() -> None:
    rows = [row for company in range(len(COMPANIES)) for row in house(company)]
    again = [[*rows[at][:2], "", rows[at][3], "Director", rows[at][5]] for at in range(0, 150, 15)]

    same = {
        (left, right) for left, right, _, verdict in found([*rows, *again], COLLEAGUES) if verdict == "same"
    }

    assert same == {(at, len(rows) + place) for place, at in enumerate(range(0, 150, 15))}


@pytest.mark.parametrize("digit", [4, 6, 8])
def test_a_slip_inside_the_number_of_one_person_speaks_for_it(digit: int) -> None:
    rows = [row for company in range(len(COMPANIES)) for row in house(company)]
    number = rows[40][3]
    slipped = number[:digit] + str((int(number[digit]) + 1) % 10) + number[digit + 1 :]
    rows.append([*rows[40][:2], "", slipped, "", ""])
    rows.append([*rows[41][:2], "", "", "", ""])

    likely = {(left, right): chance for left, right, chance, _ in found(rows, COLLEAGUES)}

    assert likely[40, len(rows) - 2] > likely.get((41, len(rows) - 1), 0.0)


def test_two_names_are_two_people_unless_what_only_one_has_says_otherwise() -> None:
    kinds = [Kind.GIVEN, Kind.FAMILY, Kind.EMAIL, Kind.PHONE, Kind.COMPANY]
    other, same = 1, SAME[Kind.EMAIL]
    levels = np.array(
        [
            [other, other, other, SAME[Kind.PHONE], SAME[Kind.COMPANY]],
            [other, other, 0, SAME[Kind.PHONE], SAME[Kind.COMPANY]],
            [other, other, same, other, other],
            [other, 0, other, other, other],
            [2, other, 0, other, other],
        ],
        np.uint8,
    )

    assert of_two_people(kinds, levels).tolist() == [True, True, False, False, False]
    assert not of_two_people([Kind.COMPANY, Kind.PHONE], levels[:, :2]).any()


# --- Another family name ------------------------------------------------------------------------------------------

FIRST_NAMES = ["Amandine", "Theodolinde", "Ekaterina", "Wilhelmine", "Gwendolyn", "Rosalinde"]
# Two of each: of two people, or of one before and after the wedding.
FAMILY_NAMES = ["Benhaddou", "Perrault", "Vogelsang", "Kirchner", "Yilmaz", "Thorsen"]
FAMILY_NAMES += ["Castellani", "Dubrowski", "Osei", "Lindqvist", "Farkas", "Zwingli"]


def with_another_family_name(kept: str, *, apart: int, seed: int) -> list[float]:
    """The probabilities of pairs with one rare first name at one company, in one town, who share `kept` too.

    `apart` is how far their numbers are from each other; with 1 they are those of two desks.
    """
    made = contacts(1_000, seed=seed)
    likely = {}
    for at, first in enumerate(FIRST_NAMES):
        *_, city, postcode = made.rows[at]
        company = f"{FAMILY_NAMES[at][::-1].title()} {first[::-1].title()} GmbH"
        pair = [
            [
                first,
                family,
                f"{first}.{family}@{company.split()[0]}.example".lower(),
                f"+49 30 8841{at}{10 + place * apart:02}",
                company,
                city,
                postcode,
            ]
            for place, family in enumerate(FAMILY_NAMES[at * 2 : at * 2 + 2])
        ]
        if kept:
            column = made.headers.index(kept)
            pair[1][column] = pair[0][column]
        likely[len(made.rows), len(made.rows) + 1] = 0.0
        made.rows.extend(pair)
    for left, right, chance, _ in found(made.rows, made.headers):
        if (left, right) in likely:
            likely[left, right] = chance
    return list(likely.values())


@pytest.mark.parametrize("seed", [21, 22])
@pytest.mark.parametrize("apart", [1, 57])
def test_whoever_shares_the_first_name_and_not_the_family_name_is_a_colleague(apart: int, seed: int) -> None:
    assert with_another_family_name("", apart=apart, seed=seed) == [0.0] * len(FIRST_NAMES)


@pytest.mark.parametrize("seed", [21, 22])
@pytest.mark.parametrize("kept", ["E-mail", "Phone"])
def test_whoever_takes_another_name_and_keeps_mailbox_or_number_may_be_one(kept: str, seed: int) -> None:
    assert min(with_another_family_name(kept, apart=57, seed=seed)) >= 0.5


def test_another_family_name_is_another_person_unless_something_of_ones_own_agrees() -> None:
    kinds = [Kind.GIVEN, Kind.FAMILY, Kind.EMAIL, Kind.PHONE, Kind.PHONE, Kind.DOMAIN, Kind.COMPANY]
    first, company, page = SAME[Kind.GIVEN], SAME[Kind.COMPANY], SAME[Kind.DOMAIN]
    levels = np.array(
        [
            [first, 1, 1, 1, 0, 0, company],
            [first, 1, 1, 1, 1, 1, company],
            [0, 1, 1, 1, 0, 0, company],
            [first, 2, 1, 1, 0, 0, company],  # Benhaddou and Benhaddou-Perrault
            [first, 0, 1, 1, 0, 0, company],
            [first, 1, 0, 1, 0, 0, company],
            [first, 1, 1, 0, 0, 0, company],
            [first, 1, 1, 1, SAME[Kind.PHONE], 0, company],
            [first, 1, SAME[Kind.EMAIL], 1, 1, 0, company],
            [first, 1, 1, 1, 0, page, company],
            [1, 1, 1, 1, 0, page, company],
        ],
        np.uint8,
    )

    assert of_two_people(kinds, levels).tolist() == [True] * 3 + [False] * 8


# --- Namesakes ----------------------------------------------------------------------------------------------------

ADDRESS, OTHER_ADDRESS = "peter.mueller@kiesel.example", "p.mueller@kiesel.example"
DESK, OTHER_DESK, SWITCHBOARD = "+49 30 231288", "+49 30 774411", "+49 30 555000"


def verdicts_on(
    one: Sequence[str], other: Sequence[str], *, names: tuple[str, str] = ("Peter", "Müller")
) -> list[str]:
    """What is said of two people of one name at one company: each as e-mail, phone, job title."""
    rows = [row for company in range(len(COMPANIES)) for row in house(company)]
    for row in rows[:3]:
        row[3] = SWITCHBOARD
    rows += [[*names, *one, "Kiesel GmbH"], [*names, *other, "Kiesel GmbH"]]
    pair = (len(rows) - 2, len(rows) - 1)
    return [verdict for left, right, _, verdict in found(rows, COLLEAGUES) if (left, right) == pair]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(["", "", ""], ["", "", ""], id="nothing else"),
        pytest.param([ADDRESS, "", ""], ["", "", ""], id="one without an address"),
        pytest.param([ADDRESS, DESK, ""], ["", "", "Buyer"], id="one with all, one with nothing"),
        pytest.param([ADDRESS, "", "Buyer"], [OTHER_ADDRESS, "", "Buyer"], id="two addresses"),
        pytest.param(
            [ADDRESS, "", ""], ["peter.mueller2@kiesel.example", "", ""], id="an address with a number"
        ),
        pytest.param(["pm@kiesel.example", "", ""], ["pm7@kiesel.example", "", ""], id="a short one"),
        pytest.param(["", DESK, ""], ["", OTHER_DESK, ""], id="two numbers"),
        pytest.param(["", SWITCHBOARD, ""], ["", SWITCHBOARD, ""], id="the number of the house"),
        pytest.param([ADDRESS, DESK, ""], [OTHER_ADDRESS, DESK, ""], id="one number, two addresses"),
        pytest.param(["", "", "Buyer"], ["", "", "Buyer"], id="a common name with one job"),
    ],
)
def test_namesakes_at_one_company_are_one_person_only_with_proof(one: list[str], other: list[str]) -> None:
    assert "same" not in verdicts_on(one, other)


def test_the_number_of_a_house_is_no_proof_where_no_first_names_are_known() -> None:
    rows = [row[1:] for company in range(len(COMPANIES)) for row in house(company)]
    for row in rows[:3]:
        row[2] = SWITCHBOARD
    rows += [
        ["Müller", "", SWITCHBOARD, "", "Kiesel GmbH"],
        ["Müller", "", SWITCHBOARD, "Buyer", "Kiesel GmbH"],
    ]

    verdicts = {(left, right): verdict for left, right, _, verdict in found(rows, COLLEAGUES[1:])}

    assert verdicts.get((len(rows) - 2, len(rows) - 1)) != "same"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param([ADDRESS, DESK, ""], [ADDRESS, OTHER_DESK, "Buyer"], id="one address"),
        pytest.param([ADDRESS, "", ""], ["peter.muellr@kiesel.example", "", ""], id="a slip in it"),
        pytest.param(["", DESK, ""], [ADDRESS, DESK, ""], id="one number"),
    ],
)
def test_namesakes_who_share_what_one_person_has_are_one(one: list[str], other: list[str]) -> None:
    assert verdicts_on(one, other) == ["same"]


@pytest.mark.parametrize(
    ("mail", "other_mail", "town", "verdict"),
    [
        ("", "", "Bruchsal", "same"),
        ("", "t@bremer.example", "Bruchsal", "same"),
        ("", "", "", "maybe"),
        ("theo@bremer.example", "t.q@bremer.example", "Bruchsal", "maybe"),
    ],
)
def test_a_name_that_is_no_chance_is_one_person_if_more_agrees_and_nothing_contradicts(
    mail: str, other_mail: str, town: str, verdict: str
) -> None:
    made = contacts(2_000, seed=11)
    name, company = ["Theodolinde", "Quastenberger"], ["Bremer Silber GmbH", town, ""]
    rows = [*made.rows, [*name, mail, "", *company], [*name, other_mail, "", *company]]

    pairs = {(left, right): verdict for left, right, _, verdict in found(rows, made.headers)}

    assert pairs[2_000, 2_001] == verdict


# --- Accuracy -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_finds_contacts_that_come_again_and_takes_no_colleague_for_another(seed: int) -> None:
    scores = score(contacts(2_000, seed=seed))

    assert scores.same.precision >= 0.999
    assert scores.same.recall >= 0.98


@pytest.mark.parametrize("seed", [1, 2])
def test_colleagues_stay_many_though_companies_are_large(seed: int) -> None:
    """Fifty people of one company agree in company, city and host: that must not be learned as being the same."""
    scores = score(contacts(2_000, seed=seed, again=0.05, people_of_a_company=50))

    assert scores.same.precision >= 0.99
    assert scores.same.recall >= 0.95


@pytest.mark.parametrize(
    "without", [[], ["soc_sec_id"], ["date_of_birth"], ["given_name"], ["suburb", "postcode"]]
)
def test_finds_citizens_whatever_column_is_missing(without: list[str]) -> None:
    scores = score(citizens(1_500, seed=4), without=without)

    assert scores.same.precision >= 0.999
    assert scores.same.f1 >= 0.99


def test_finds_hardly_anybody_twice_where_nobody_is() -> None:
    scores = score(contacts(1_500, seed=5, again=0))

    assert scores.same.found <= 1


def test_two_rows_are_enough() -> None:
    headers = ["Given name", "Surname", "Date of birth", "Phone"]
    one = ["Mathilda", "Okonkwo", "1971-06-24", "07 5550 1234"]

    assert [verdict for *_, verdict in found([one, one], headers)] == ["same"]
    assert found([one, ["Bjarne", "Lindqvist", "1980-01-02", "07 5550 9876"]], headers) == []


# --- What agreement weighs ----------------------------------------------------------------------------------------

HEADERS = ["Given name", "Surname", "Date of birth", "Street", "City"]


def bits_of(rows: Sequence[Sequence[str]], headers: Sequence[str] = HEADERS) -> float:
    """How many bits speak for the first two rows among others who are made up."""
    made = citizens(300, seed=8)
    others = [[row[0], row[1], row[2], f"{row[4]} {row[5]}", row[6]] for row in made.rows]
    matches = matched([*rows, *others], headers)
    for left, right, bits in zip(matches.left, matches.right, matches.bits, strict=True):
        if {0, 1} == {*matches.records.rows(left).tolist(), *matches.records.rows(right).tolist()}:
            return float(bits.sum())
    return -100.0


ONE = ["mathilda", "okonkwo", "1971-06-09", "14 harbour road", "bundaberg"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(["okonkwo", "mathilda", *ONE[2:]], id="names swapped"),
        pytest.param([*ONE[:2], "1971-09-06", *ONE[3:]], id="day and month swapped"),
        pytest.param(["mathlida", *ONE[1:]], id="letters swapped"),
        pytest.param([*ONE[:2], "1971-06-08", *ONE[3:]], id="a slip in the date"),
        pytest.param(["m", *ONE[1:]], id="an initial"),
        pytest.param([*ONE[:3], "14 Harbor Rd.", "Bundaberg"], id="the street written short"),
        pytest.param(["Mathilda", "OKONKWO", "9.6.1971", *ONE[3:]], id="another way of writing"),
        pytest.param(["", *ONE[1:]], id="no first name"),
    ],
)
def test_a_slip_speaks_less_than_agreement_and_still_for_being_the_same(other: list[str]) -> None:
    assert 15 < bits_of([ONE, other]) <= bits_of([ONE, [*ONE[:4], "bundaberg "]]) + 0.01


def test_a_family_is_not_one_person() -> None:
    assert bits_of([ONE, ["fatima", "okonkwo", "1999-01-30", *ONE[3:]]]) < bits_of([ONE, ONE[:]]) - 15


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    def rows(last: str) -> list[list[str]]:
        return [["ada", last, "", "", ""], ["ada", last, "", "1 hill street", ""]]

    common = [[f"x{n}", "smith", "", "", "town"] for n in range(40)]

    def weight(last: str) -> float:
        matches = matched([*rows(last), *common], HEADERS)
        pair = next(
            at for at, (a, b) in enumerate(zip(matches.left, matches.right, strict=True)) if {a, b} == {0, 1}
        )
        place = [column.kind for column in matches.records.columns].index(Kind.FAMILY)
        return float(matches.bits[pair, place])

    assert weight("quastenberger") > weight("smith") + 3


def test_what_is_expected_of_every_kind_adds_up() -> None:
    for expected in EXPECTED.values():
        assert sum(expected.m) == pytest.approx(1)
        assert sum(expected.u) == pytest.approx(1)
        assert len(expected.m) == len(expected.u)
        assert expected.m[-1] / expected.u[-1] > 1 > expected.m[0] / expected.u[0]


# --- Pairs --------------------------------------------------------------------------------------------------------


def test_gives_each_pair_once_with_the_first_row_on_the_left_and_the_surest_first() -> None:
    made = contacts(600, seed=9, again=0.5)
    made.rows.extend([made.rows[0]] * 4)

    pairs = found(made.rows, made.headers)

    assert len({(left, right) for left, right, _, _ in pairs}) == len(pairs)
    assert all(left < right for left, right, _, _ in pairs)
    assert all(one[2] >= other[2] for one, other in pairwise(pairs))


def test_words_of_one_name_that_sound_alike_make_no_pair_of_a_company_with_itself() -> None:
    rows = [["Koko Kaka Works", "Hull"], ["Koko Kaka Works", "Leeds"], ["Lala Lola", "Bath"]]

    pairs = found(rows, ["Company", "City"], entity="company")

    assert len({(left, right) for left, right, _, _ in pairs}) == len(pairs)
    assert all(left != right for left, right, _, _ in pairs)


def test_a_value_that_thousands_share_costs_no_square_and_is_told() -> None:
    made = contacts(3_000, seed=10)
    rows = [[*row[:3], "+49 30 5550000", *row[4:]] for row in made.rows]

    matches = matched(rows, made.headers)

    assert len(matches.left) < 40 * len(rows)
    assert (matches.crowds[0].key, matches.crowds[0].value) == ("Phone", "305550000")
    assert matches.crowds[0].rows > 2_500
    scores = scored([(a, b, v) for a, b, _, v in pairs_of(matches)], made.who)
    assert scores.same.f1 >= 0.95


def test_thousands_of_rows_that_say_the_same_are_pairs_with_the_first_only() -> None:
    row = ["Mathilda", "Okonkwo", "1971-06-24", "", ""]

    pairs = found([row] * 1_500, HEADERS)

    assert len(pairs) == 1_499
    assert {left for left, *_ in pairs} == {0}


def test_what_follows_from_two_sure_pairs_is_sure_unless_it_is_denied() -> None:
    made = citizens(300, seed=8)
    headers = made.headers
    middle = ["mathilda", "okonkwo", "19710609", "4711472", "14", "harbour road", "bundaberg", "4670"]
    one = ["mathilda", "okonkwo", "19710609", "4711472", "", "", "", ""]
    other = ["mathilda", "", "", "", "14", "harbour road", "bundaberg", "4670"]

    pairs = {(a, b): v for a, b, _, v in found([one, middle, other, *made.rows], headers)}

    assert pairs[0, 1] == pairs[1, 2] == "same"
    assert pairs.get((0, 2)) in {"same", None}


# --- Columns and values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.PHONE, "+49 30 231250-10", "023125010"),
        (Kind.PHONE, "000-0000", ""),
        (Kind.NUMBER, "123-45-6789", ""),
        (Kind.NUMBER, "12 34 X9", "1234X9"),
        (Kind.BIRTH, "24.06.1971", "19710624"),
        (Kind.BIRTH, "24 June 1971", "19710624"),
        (Kind.BIRTH, "19710624", "19710624"),
        (Kind.BIRTH, "1971-6-4", "19710604"),
        (Kind.STREET, "1921 E. 79th Street", "1921 e 79 st"),
        (Kind.COMPANY, "Cargill B.V., Bergen op Zoom, NL", "cargill"),
        (Kind.COMPANY, "Müller & Söhne GmbH & Co. KG", "muller and sohne"),
        (Kind.FAMILY, "O’Brien-Núñez", "obrien nunez"),
        (Kind.GIVEN, "N/A", ""),
        (Kind.EMAIL, " Ann.Lee@Example.COM ", "ann.lee@example.com"),
        (Kind.POSTCODE, "sw1a 1aa", "SW1A1AA"),
    ],
)
def test_values_have_one_spelling(kind: Kind, text: str, expected: str) -> None:
    assert spelling(kind, [text]) == [expected]


def test_a_column_says_whether_its_months_come_first() -> None:
    assert spelling(Kind.BIRTH, ["03/04/1980", "12/31/1980"]) == ["19800304", "19801231"]
    assert spelling(Kind.BIRTH, ["03/04/1980", "31/12/1980"]) == ["19800403", "19801231"]


def test_columns_are_compared_for_what_they_hold() -> None:
    headers = ["rec_id", "Name", "DOB", "SSN", "Zip code", "Favourite colour", "Mail", "Cluster"]
    sample = [
        {
            "rec_id": "1",
            "Name": "Ada Lee",
            "DOB": "1980-01-01",
            "SSN": "1",
            "Zip code": "1",
            "Mail": "a@b.example",
        }
    ]

    found = {
        column.header: column.kind for column in compared_columns(headers, sample=sample, entity="person")
    }

    assert found == {
        "Name": Kind.FAMILY,
        "DOB": Kind.BIRTH,
        "SSN": Kind.NUMBER,
        "Zip code": Kind.POSTCODE,
        "Mail": Kind.EMAIL,
    }


def test_companies_are_compared_by_what_is_the_companys() -> None:
    headers = ["Id", "Site name", "Address", "Phone", "First name", "Program Name"]

    found = {column.header: column.kind for column in compared_columns(headers, sample=[], entity="company")}

    assert found == {"Site name": Kind.COMPANY, "Address": Kind.STREET, "Phone": Kind.PHONE}


def test_a_full_name_and_a_house_number_are_taken_apart() -> None:
    columns = compared_columns(["Full name", "Address"], sample=[], entity="person")

    lines = lines_of(columns, {"Full name": ["Lee, Ada"], "Address": ["14 Harbour Road"]})

    assert [(line.kind, list(line.values)) for line in lines] == [
        (Kind.GIVEN, ["ada"]),
        (Kind.FAMILY, ["lee"]),
        (Kind.HOUSE, ["14"]),
        (Kind.STREET, ["harbour rd"]),
    ]


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("koninklijke philips electronics", "koninklijke philps electronics", 0.85, 1),
        ("hunter douglas industries", "hunterdouglasindustries", 0.85, 1),
        ("schlumberger technology", "schlumberger tech", 0.85, 1),
        ("acme international", "zenith international", 0, 0.45),
        ("first bank of boston", "first bank of austin", 0, 0.65),
    ],
)
def test_names_of_companies_share_their_rare_words(one: str, other: str, least: float, most: float) -> None:
    crowd = [f"{word} international" for word in ("alpha", "beta", "gamma", "delta", "omega")]
    crowd += [f"first bank of {town}" for town in ("hull", "leeds", "bath", "york")]
    words = NameWords([[name] for name in [*crowd, one, other]])

    assert least <= words.share(one, other) <= most


def test_nothing_is_found_in_nothing() -> None:
    assert len(pairs_of(match([Line("Name", Kind.FAMILY, ["", "", ""])]))) == 0
    assert len(pairs_of(match([Line("Name", Kind.FAMILY, [])]))) == 0
    assert len(pairs_of(match([]))) == 0
