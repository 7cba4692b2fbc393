import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.normalise.vocabulary import Vocabulary, phrases_of, spell_out, words_of

_PATTERNS = (
    r"sales; head of; co ?founders?; direct(?:or|ora)?; market\w*; \w*leiter; lead(?! gen); gerent[ea]; "
    r"vice (?:\w+ )?chair"
)
_WORDS = [
    "sales",
    "head",
    "of",
    "co",
    "founder",
    "cofounders",
    "directora",
    "marketing",
    "bauleiter",
    "lead",
    "gen",
    "gerente",
]
_TEXTS = st.lists(st.sampled_from([*_WORDS, "vice", "chair", "saleswoman", "deadhead"]), max_size=6).map(
    " ".join
)


@settings(max_examples=800)
@given(st.lists(_TEXTS, min_size=1, max_size=3).map(", ".join))
def test_a_list_finds_what_one_long_pattern_would(text: str) -> None:
    pattern = re.compile(rf"\b(?:{'|'.join(part.strip() for part in _PATTERNS.split(';'))})\b")
    vocabulary = Vocabulary()
    other = vocabulary.any_of("vice")
    words = vocabulary.any_of(_PATTERNS)

    assert words.is_in(text) == (pattern.search(text) is not None)
    assert other.is_in(text) == ("vice" in text.replace(",", "").split())


@pytest.mark.parametrize(
    ("pattern", "phrases"),
    [
        ("sales", ["sales"]),
        ("co ?founders?", ["co founders", "co founder", "cofounders", "cofounder"]),
        (
            "(?:mit|co)?grunder(?:in)?",
            ["mitgrunderin", "mitgrunder", "cogrunderin", "cogrunder", "grunderin", "grunder"],
        ),
        ("gerent[ea]", ["gerente", "gerenta"]),
        ("a(?:b(?:c|d)|e)", ["abc", "abd", "ae"]),
        (r"market\w*", []),
        ("lead(?! gen)", []),
        ("management$", []),
        ("one two three four five", []),
    ],
)
def test_a_pattern_that_ends_is_spelt_out(pattern: str, phrases: list[str]) -> None:
    assert sorted(spell_out(pattern)) == sorted(phrases)


def test_an_open_bracket_is_reported_where_the_list_is_made() -> None:
    vocabulary = Vocabulary()

    with pytest.raises(ValueError, match="has an open bracket"):
        vocabulary.any_of("direct(?:or")


def test_lists_are_written_as_running_text() -> None:
    text = "head  of;\n  sales "

    assert phrases_of(text) == {"head of", "sales"}
    assert words_of(text) == {"head", "of;", "sales"}
