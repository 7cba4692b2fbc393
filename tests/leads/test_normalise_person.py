import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.normalise import bare_parts, looks_like_nonsense, person_key, split_name, tidy_name
from leads.normalise.nonsense import _fault_looked_for, _is_ordinary


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("MCDONALD", "McDonald"),
        ("jOHN", "John"),
        ("aNNE-mARIE", "Anne-Marie"),
        ("o'brien", "O'Brien"),
        ("O’NEILL", "O’Neill"),
        ("d'angelo", "D'Angelo"),
        ("anne-marie", "Anne-Marie"),
        ("MÜLLER-LÜDENSCHEIDT", "Müller-Lüdenscheidt"),
        ("VAN DER BERG", "van der Berg"),
        ("de la cruz", "de la Cruz"),
        ("LE BON", "Le Bon"),
        ("van", "Van"),
        ("NG", "Ng"),
        ("JD", "JD"),
        ("J.R.", "J.R."),
        ("ROBERT SMITH III", "Robert Smith III"),
        ("ST. JOHN", "St. John"),
        ("İSMAİL", "Ismail"),
        ("ВАН", "Ван"),
        ("  ann \u00a0 maria ", "Ann Maria"),
        ("mari'", "Mari'"),
        ("李小龙", "李小龙"),
        ("", ""),
    ],
)
def test_shouted_and_mumbled_names_are_put_right(text: str, tidy: str) -> None:
    assert tidy_name(text) == tidy


@pytest.mark.parametrize(
    "name",
    ["deShawn", "McDonald", "van der Berg", "MacLeod", "DiCaprio", "O'Brien", "bell hooks Jr", "LaToya"],
)
def test_a_name_in_mixed_case_is_left_alone(name: str) -> None:
    assert tidy_name(name) == name


@settings(max_examples=500)
@given(st.text(st.sampled_from("abcdmovXYZNÉéßñŁЖж'’-. 李"), max_size=25))
def test_a_name_is_tidied_once_for_all_and_keeps_its_letters(name: str) -> None:
    tidy = tidy_name(name)

    assert tidy_name(tidy) == tidy
    assert person_key(tidy, "") == person_key(name, "")


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Ann Lee", "Ann", "Lee"),
        ("Lee, Ann", "Ann", "Lee"),
        ("'Ann Lee'", "Ann", "Lee"),
        ("“Lee, Ann”", "Ann", "Lee"),
        ("*Ann Lee*", "Ann", "Lee"),
        ("Ann Lee, PMP®, CSM", "Ann", "Lee"),
        ("Ann Lee [External]", "Ann", "Lee"),
        ("Ann Lee | Acme", "Ann", "Lee"),
        ("Ann Lee @ Acme Corp", "Ann", "Lee"),
        ("Ann Lee – Head of Sales", "Ann", "Lee"),
        ("Ann Lee - Fox", "Ann", "Lee-Fox"),
        ("ann.lee", "ann", "lee"),
        ("DUPONT Jean-Pierre", "Jean-Pierre", "DUPONT"),
        ("PÉREZ GARCÍA María", "María", "PÉREZ GARCÍA"),
        ("JP Morgan", "JP", "Morgan"),
        ("ANNA Schmidt", "ANNA", "Schmidt"),
        ("ANN LEE FOX", "ANN LEE", "FOX"),
        ("Seán Ó Súilleabháin", "Seán", "Ó Súilleabháin"),
        ("Flannery O. Connor", "Flannery O.", "Connor"),
        ("Siobhán O'Brien", "Siobhán", "O'Brien"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Juan de la Vega", "Juan", "de la Vega"),
        ("María del Carmen García", "María del Carmen", "García"),
        ("Juan Velásquez y García", "Juan", "Velásquez y García"),
        ("Mary Ann Smith", "Mary Ann", "Smith"),
        ("John A. Smith", "John A.", "Smith"),
        ("Dr. Ann Lee", "Ann", "Lee"),
        ("Prof. Dr. med. Anna Schmidt", "Anna", "Schmidt"),
        ("Dipl.-Ing. Karl Huber", "Karl", "Huber"),
        ("Mr. Lee", "", "Lee"),
        ("Dame Mary", "Mary", ""),
        ("Ann Lee, PhD", "Ann", "Lee"),
        ("John Smith Jr.", "John", "Smith"),
        ("Smith, John, Jr.", "John", "Smith"),
        ("Smith Jr., John", "John", "Smith"),
        ("John Smith III, MBA", "John", "Smith"),
        ("Benjamin (Ben) Franklin", "Benjamin", "Franklin"),
        ('Benjamin "Ben" Franklin', "Benjamin", "Franklin"),
        ("John King", "John", "King"),
        ("Jack Ma", "Jack", "Ma"),
        ("Van Nguyen", "Van", "Nguyen"),
        ("Sam Smith 😊", "Sam", "Smith"),
        ("Ann", "Ann", ""),
        ("", "", ""),
        (" , ", "", ""),
    ],
)
def test_a_full_name_comes_apart_where_a_person_would_part_it(full: str, first: str, last: str) -> None:
    assert split_name(full) == (first, last)


@settings(max_examples=500)
@given(st.text(max_size=40))
def test_any_text_comes_apart_without_stray_blanks(full: str) -> None:
    first, last = split_name(full)

    assert first == first.strip()
    assert last == last.strip()


def test_parts_nine_of_ten_names_of_a_hard_public_set(shared_data: Path) -> None:
    cases = json.loads((shared_data / "names/person_names_dev.json").read_text())
    expected = [
        (" ".join(filter(None, [case.get("first"), case.get("middle")])), case.get("last", ""))
        for case in cases
    ]

    right = [split_name(case["input"]) == parts for case, parts in zip(cases, expected, strict=True)]

    assert len(right) > 100
    assert sum(right) / len(right) > 0.90


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Ann", "Lee"), ("ANN", "  lee ")),
        (("José", "Núñez"), ("Jose\u0301", "Nunez")),
        (("Anne-Marie", "O’Brien"), ("Anne Marie", "OBrien")),
        (("Łukasz", "Straße"), ("Lukasz", "STRASSE")),
        (("J.", "Lee"), ("J", "Lee")),
    ],
)
def test_spellings_of_one_name_share_a_key(left: tuple[str, str], right: tuple[str, str]) -> None:
    assert person_key(*left) == person_key(*right)
    assert person_key("Ann", "Lee") == "ann lee"


@pytest.mark.parametrize(
    ("first", "last", "email", "why"),
    [
        (
            "Mickey",
            "Mouse",
            "",
            "“Mickey Mouse” is a name that people give when they do not want to give theirs.",
        ),
        (
            "MAX",
            "Mustermann",
            "",
            "“MAX Mustermann” is a name that people give when they do not want to give theirs.",
        ),
        ("test", "test", "", "“test test” looks like a test entry."),
        ("Test1", "Lead", "", "“Test1 Lead” looks like a test entry."),
        ("N/A", "N/A", "", "“N/A N/A” looks like a test entry."),
        ("xxx", "Lee", "", "“xxx Lee” repeats one letter."),
        ("X", "X", "", "“X X” repeats one letter."),
        ("Asdf", "Lee", "", "“Asdf Lee” looks like keys pressed at random."),
        ("qwerty", "uiop", "", "“qwerty uiop” looks like keys pressed at random."),
        ("sdfsdf", "Lee", "", "“sdfsdf Lee” looks like keys pressed at random."),
        ("asd", "qwe", "", "“asd qwe” looks like keys pressed at random."),
        ("Ann", "Kjhgfdcvb", "", "“Ann Kjhgfdcvb” looks like keys pressed at random."),
        ("123", "456", "", "“123 456” is not a name: it has no letter."),
        ("Win at www.example.com", "", "", "“Win at www.example.com” holds a web address instead of a name."),
        ("Ann", "Lee", "test@test.com", "“test@test.com” is an address that people make up."),
        ("Ann", "Lee", "asdf@gmail.com", "“asdf@gmail.com” is an address that people make up."),
        ("Ann", "Lee", "a@a.com", "“a@a.com” is an address that people make up."),
    ],
)
def test_says_why_somebody_is_nobody(first: str, last: str, email: str, why: str) -> None:
    assert looks_like_nonsense(first, last, email) == why


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Bo", "Ng"),
        ("Xu", "Li"),
        ("Na", "Li"),
        ("Jennifer", "Null"),
        ("Zoltán", "Test"),
        ("Eleni", "Demo"),
        ("Jo", "Wert"),
        ("Aaron", "Aas"),
        ("Wolfgang", "Schwertfeger"),
        ("Karel", "Vlk"),
        ("Robert", "Smith III"),
        ("Charlie", "Brown"),
        ("小龙", "李"),
        ("", ""),
        ("", "Lee"),
        ("Ann", ""),
        ("Fatima", "Assad"),
        ("Mimi", "Lala"),
        ("J", "K"),
        ("Tim", "Tamtam"),
        ("Ann", "-"),
    ],
)
def test_real_names_raise_no_alarm(first: str, last: str) -> None:
    assert looks_like_nonsense(first, last, "") == ""
    assert looks_like_nonsense(first, last, "info@example.com") == ""


def test_hardly_anybody_on_real_lists_is_called_nobody(shared_data: Path) -> None:
    people = []
    with (shared_data / "dedupe/febrl3.csv").open(newline="") as file:
        rows = csv.DictReader(file, skipinitialspace=True)
        people += [(row["given_name"].strip(), row["surname"].strip(), "") for row in rows]
    with (shared_data / "dedupe/splink_fake_1000.csv").open(newline="") as file:
        people += [(row["first_name"], row["surname"], row["email"]) for row in csv.DictReader(file)]
    with (shared_data / "import_files/b2b_contact_list_dev.csv").open(
        newline="", encoding="utf-8-sig"
    ) as file:
        people += [(row["GivenName"], row["Surname"], row["EmailAddress"]) for row in csv.DictReader(file)]

    alarms = [person for person in people if looks_like_nonsense(*person)]

    assert len(people) > 8_000
    assert len(alarms) / len(people) < 0.001


_PARTS = st.one_of(
    st.sampled_from(
        [
            *[
                "ann",
                "test",
                "demo",
                "asdf",
                "qwe",
                "na",
                "no",
                "aaa",
                "iii",
                "batman",
                "mickey",
                "mouse",
                "mr",
                "bean",
                "i",
                "dont",
                "know",
                "o'x",
                "J.",
                "müller",
                "1",
                "x",
            ]
        ]
    ),
    st.text(st.sampled_from("aàbqwertyxz1.:/'-"), max_size=8),
)


@settings(max_examples=1_500, deadline=None)
@given(st.lists(_PARTS, max_size=3), st.lists(_PARTS, max_size=2))
def test_the_short_way_past_the_faults_overlooks_none(first: list[str], last: list[str]) -> None:
    name, key = f"{' '.join(first)} {' '.join(last)}".strip(), person_key(" ".join(first), " ".join(last))

    assert not _is_ordinary(name, key) or _fault_looked_for(name, key) == ""


@pytest.mark.parametrize(
    ("first", "last", "bare"),
    [
        ("Ann", "Lee, MBA", ("Ann", "Lee")),
        ("Dr. Ann", "Lee Jr.", ("Ann", "Lee")),
        ("Ann 🚀", "Lee, PMP®, CSM", ("Ann", "Lee")),
        ("Ann (Annie)", "Lee [External]", ("Ann", "Lee")),
        ("'Ann", "'Lee", ("Ann", "Lee")),
        ("Jan", "van der Berg", ("Jan", "van der Berg")),
        ("Gerard", "'t Hooft", ("Gerard", "'t Hooft")),
        ("John", "King", ("John", "King")),
        ("Dr.", "MBA", ("Dr.", "MBA")),
        ("", "O'Brien, Ann", ("", "O'Brien, Ann")),
        ("🚀", "Lee", ("🚀", "Lee")),
    ],
)
def test_what_stands_beside_a_name_in_its_own_column_is_left_out(
    first: str, last: str, bare: tuple[str, str]
) -> None:
    assert bare_parts(first, last) == bare


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("山田 太郎", ("太郎", "山田")), ("鈴木　花子", ("花子", "鈴木")), ("김 민수", ("민수", "김")),
        ("ジョン スミス", ("ジョン", "スミス")), ("李小龙", ("小龙", "李")), ("田中 Maria", ("田中", "Maria")),
        ("Иванов Иван Иванович", ("Иван Иванович", "Иванов")), ("Иван Иванович Иванов", ("Иван Иванович", "Иванов")),
        ("Петрова Анна", ("Анна", "Петрова")), ("Анна Петрова", ("Анна", "Петрова")),
        ("Роман Павел", ("Роман", "Павел")), ("Милан Петрович", ("Милан", "Петрович")),
    ],
)  # fmt: skip
def test_the_family_name_stands_in_front_where_script_or_forms_tell(
    full: str, parts: tuple[str, str]
) -> None:
    assert split_name(full) == parts


@pytest.mark.parametrize("full", ["1. Ann Lee", "12) Ann Lee", "Ann Lee;"])
def test_numbers_of_a_list_and_signs_at_the_end_are_no_name(full: str) -> None:
    assert split_name(full) == ("Ann", "Lee")


@pytest.mark.parametrize("full", ["Shri Rajesh Sharma", "Smt. Rajesh Sharma"])
def test_indian_forms_of_address_are_no_name(full: str) -> None:
    assert split_name(full) == ("Rajesh", "Sharma")


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Ing. Karel Novák, CSc.", "Karel", "Novák"),
        ("doc. RNDr. Eva Malá, Ph.D.", "Eva", "Malá"),
        ("mgr inż. Jan Kowalski", "Jan", "Kowalski"),
        ("prof. dr hab. Anna Nowak", "Anna", "Nowak"),
        ("Mag. Eva Gruber", "Eva", "Gruber"),
        ("Mag Gruber", "Mag", "Gruber"),
        ("Herr Prof. Dr. Dr. h. c. mult. Karl Huber", "Karl", "Huber"),
        ("Dr. H. Huber", "H.", "Huber"),
        ("Dr. rer. nat. Uwe Klein", "Uwe", "Klein"),
        ("Dr.rer.nat. Uwe Klein", "Uwe", "Klein"),
        ("Dipl.-Kfm. Uwe Klein", "Uwe", "Klein"),
        ("Uwe Klein, Dipl.-Inf.", "Uwe", "Klein"),
        ("Klein, Uwe Prof. Dr.", "Uwe", "Klein"),
        ("Avv. Marco Rossi", "Marco", "Rossi"),
        ("Sig.ra Anna Rossi", "Anna", "Rossi"),
        ("Eng. João Costa", "João", "Costa"),
        ("Mevr. Anna Bakker", "Anna", "Bakker"),
        ("De heer Jan Bakker", "Jan", "Bakker"),
        ("Ann Lee B.A.", "Ann", "Lee"),
    ],
)
def test_degrees_and_forms_of_address_of_many_countries_are_no_name(full: str, first: str, last: str) -> None:
    assert split_name(full) == (first, last)


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Ann Lee, CEO", "Ann", "Lee"),
        ("Ann Lee, Head of Sales", "Ann", "Lee"),
        ("CEO Ann Lee", "Ann", "Lee"),
        ("van der Berg, Anna", "Anna", "van der Berg"),
        ("De Souza, Dean", "Dean", "De Souza"),
        ("DUPONT Jean", "Jean", "DUPONT"),
        ("Ann Lee / Northwind", "Ann", "Lee"),
        ("Ann Lee - Northwind Works Ltd", "Ann", "Lee"),
        ("Ann Lee - Fox", "Ann", "Lee-Fox"),
        ("Ann Lee she/her", "Ann", "Lee"),
        ("Eva Klein (sie/ihr)", "Eva", "Klein"),
        ("Attn: Ann Lee", "Ann", "Lee"),
        ("Surname: Lee", "Surname:", "Lee"),
        ("z. Hd. Eva Klein", "Eva", "Klein"),
        ("c/o Ann Lee", "Ann", "Lee"),
        ("Ann Lee +1", "Ann", "Lee"),
    ],
)
def test_jobs_companies_and_remarks_beside_a_name_are_no_name(full: str, first: str, last: str) -> None:
    assert split_name(full) == (first, last)
