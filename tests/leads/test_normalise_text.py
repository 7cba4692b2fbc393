import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.normalise import clean_text, clean_texts
from leads.normalise.text import fold


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Ann   Lee ", "Ann Lee"),
        ("Ann\tLee\r\nBerlin", "Ann Lee Berlin"),
        ("Ann\u00a0Lee\u202f\u3000", "Ann Lee"),
        ("An\x00n\x07 L\x7fee", "Ann Lee"),
        ("\ufeffAnn\u200b Le\u00ade\u2060", "Ann Lee"),
        ("Ann \u202eeeL\u202c", "Ann eeL"),
        ("\u2066Ann\u2069 \u200eLee\u200f", "Ann Lee"),
        ("Jose\u0301", "José"),
        ("\ud800Ann", "Ann"),
        ("A\u200dn\u200cn", "Ann"),
        ("\u3164\u2800", ""),
        ("", ""),
    ],
)
def test_what_nobody_sees_is_gone(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize("text", ["می\u200cخواهم", "क्\u200dष", "👩\u200d💻", "O’Brien & Söhne", "株式会社"])
def test_what_shapes_letters_stays(text: str) -> None:
    assert clean_text(text) == text


@settings(max_examples=800)
@given(st.text(max_size=40))
def test_cleaning_leaves_printable_normal_text_and_does_it_once_for_all(text: str) -> None:
    clean = clean_text(text)

    assert clean_text(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert clean == " ".join(clean.split())
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in clean)


@settings(max_examples=500)
@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("MÜLLER", "muller"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("ŞİŞLİ", "sisli"),
        ("ﬁne", "fine"),
    ],
)
def test_folding_takes_case_and_accents_away(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_naughty_strings_come_out_fit_for_a_database(shared_data: Path) -> None:
    strings = json.loads((shared_data / "strings/naughty_dev.json").read_text())

    clean = [clean_text(text) for text in strings]

    assert len(clean) > 200
    assert all("\x00" not in text and text.encode() for text in clean if text)


@settings(max_examples=800)
@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.text(st.sampled_from("aé| \u0301\u200b\xa0\t\n\x1f\u3164ſ"), max_size=6) | st.text(max_size=9),
    )
)
def test_a_row_at_once_is_its_texts_one_by_one(texts: dict[str, str]) -> None:
    assert clean_texts(texts) == {name: clean_text(text) for name, text in texts.items()}
