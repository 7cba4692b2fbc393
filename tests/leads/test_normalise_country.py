import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.normalise import COUNTRY_NAMES, country_code
from leads.normalise.country import _ROWS, _key


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("DEU", "DE"),
        ("Deutschland", "DE"),
        ("Germany (DE)", "DE"),
        ("DE - Germany", "DE"),
        ("ESPAÑA", "ES"),
        ("Espana", "ES"),
        ("Kingdom of Spain", "ES"),
        ("Österreich", "AT"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("England", "GB"),
        ("The Netherlands", "NL"),
        ("Holland", "NL"),
        ("EL", "GR"),
        ("Østrig", "AT"),
        ("Birleşik Arap Emirlikleri", "AE"),
        ("Соединенные Штаты", "US"),
        ("アメリカ合衆国", "US"),
        ("Szwajcaria", "CH"),
        ("المغرب", "MA"),
        ("New York", "US"),
        ("washington, d.c.", "US"),
        ("Ontario", "CA"),
        ("Georgia", "GE"),
        ("CA", "CA"),
        ("Korea, Republic of", "KR"),
        ("Democratic People's Republic of Korea", "KP"),
        ("Republic of the Congo", "CG"),
        ("DR Congo", "CD"),
        ("Côte d’Ivoire", "CI"),
        ("St. Lucia", "LC"),
        ("Türkiye", "TR"),
        ("日本", "JP"),
        ("Россия", "RU"),
        ("NA", "NA"),
    ],
)
def test_knows_a_country_by_code_name_and_nickname(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text", ["", "n/a", "Atlantis", "Bavaria", "Berlin, Germany", "XX", "Europe", "-", "1"]
)
def test_says_nothing_about_what_is_no_country(text: str) -> None:
    assert country_code(text) == ""


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ("ČR|Č.R.|čr|Czech Rep.|Rép. tchèque|Tschech. Rep.|Česká rep.|Czechia (ČR)|ČR - Česko", "CZ"),
        ("Slovak Rep.|Slovenská republika|République slovaque|Slovensko (SR)", "SK"),
        ("BRD|D|D-|RFA|BR Deutschland|Bundesrep. Deutschland|Fed. Rep. of Germany", "DE"),
        ("A|A-|Österr.|Republik Österreich", "AT"),
        ("CH|CH-|Schweiz/CH|CH / Suisse|Die Schweiz|Schweizerische Eidgenossenschaft", "CH"),
        ("NL-|Holland|Pays-Bas|Pays Bas|Les Pays-Bas|Niederl.|The Netherlands", "NL"),
        ("UK|U.K.|U. K.|G.B.|Great Britain|Gt. Britain|Gr. Britain|Ver. Königreich|Velká Británie", "GB"),
        ("USA|U.S.A.|U. S. A.|EUA|EE. UU.|EE.UU.|США|ABD|Stati Uniti d'America", "US"),
        ("España|Espana|E", "ES"),
        ("F|Rép. française|FRANCE", "FR"),
        ("I|Repubblica Italiana", "IT"),
        ("B|Belg.", "BE"),
        ("Rep. of Ireland|Republik Irland", "IE"),
        ("Russian Fed.|РФ", "RU"),
        ("VR China|P.R. China|P. R. China", "CN"),
        ("S. Korea|Rep. of Korea", "KR"),
        ("S. Africa", "ZA"),
    ],
)
def test_knows_the_usual_abbreviations(texts: str, code: str) -> None:
    assert {text: country_code(text) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), code)


def test_an_abbreviation_takes_no_code_from_another_country() -> None:
    assert [country_code(text) for text in ("CR", "cr", "SR", "AUS", "EU", "RU")] == [
        "CR", "CR", "SR", "AU", "", "RU",
    ]  # fmt: skip
    codes: dict[str, set[str]] = {}
    for code, three, names in _ROWS:
        for name in (code, three, *names.split("; ")):
            codes.setdefault(_key(name), set()).add(code)
    assert {name: found for name, found in codes.items() if len(found) > 1} == {}


def test_every_country_is_known_by_its_name() -> None:
    # 249 of ISO 3166-1 and Kosovo.
    assert len(COUNTRY_NAMES) == 250

    assert {country_code(name): code for code, name in COUNTRY_NAMES.items()} == {
        code: code for code in COUNTRY_NAMES
    }


def test_every_region_with_phone_numbers_is_a_country() -> None:
    # Ascension and Tristan da Cunha have a numbering plan, but no country code of their own.
    assert phonenumbers.SUPPORTED_REGIONS - set(COUNTRY_NAMES) == {"AC", "TA"}


@given(st.text(max_size=30))
def test_any_text_is_a_country_or_none(text: str) -> None:
    assert country_code(text) in {*COUNTRY_NAMES, ""}
