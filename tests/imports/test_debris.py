import pytest

from imports.mapping import to_raw
from imports.mapping.debris import mended


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Smith &amp; Sons", "Smith & Sons"), ("J&ouml;rg", "Jörg"), ("O&#39;Neil", "O'Neil"),
        ("J=C3=B6rg=20M=C3=BCller", "Jörg Müller"), ("=E5=B1=B1=E7=94=B0", "山田"),
        ('="0123"', "0123"), ("MÃ¼ller", "Müller"), ("Dâ€™Arcy", "D’Arcy"), ("Ð˜Ð²Ð°Ð½", "Иван"),
        ("CafÃ© crÃ¨me", "Café crème"),
    ],
)  # fmt: skip
def test_what_a_program_has_spoilt_is_made_whole(text: str, expected: str) -> None:
    assert mended(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "AT&T",
        "R&D;",
        "B&B Hotel",
        "a=b",
        "x=C3",
        "=20",
        "SÃO PAULO",
        "Müller",
        "Ärzte",
        "Â",
        "Müller Ã¼ber",
        "&bogus;",
    ],
)
def test_what_is_not_certain_stays(text: str) -> None:
    assert mended(text) == text


def test_rows_are_made_whole() -> None:
    cells = {"Name": "JÃ¶rg MÃ¼ller", "Company": "Roth &amp; Co", "Site": "https://kiesel.example/?a=1&b=2"}
    mapping = {"Name": "full_name", "Company": "company", "Site": "website"}

    assert to_raw(cells, mapping) == {
        "full_name": "Jörg Müller", "company": "Roth & Co", "website": "https://kiesel.example/?a=1&b=2",
    }  # fmt: skip
