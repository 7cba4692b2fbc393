import pytest

from imports.addresses import read_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 Main St, Springfield, IL 62704, USA", ("Springfield", "US")),
        ("350 Fifth Ave\nNew York, NY 10118", ("New York", "US")),
        ("Mountain View CA 94043, United States", ("Mountain View", "US")),
        ("Austin, TX", ("Austin", "US")),
        ("Stephansplatz 1, A-1010 Wien", ("Wien", "AT")),
        ("D-10115 Berlin", ("Berlin", "DE")),
        ("1-1 Chiyoda, Chiyoda-ku, Tokyo 100-0001, Japan", ("Tokyo", "JP")),
        ("Av. Paulista, 1000 - São Paulo - SP, 01310-100, Brasil", ("São Paulo", "BR")),
        ("San Francisco, California, United States", ("San Francisco", "US")),
        ("200 Bay Street, Toronto, ON M5J 2J5", ("Toronto", "CA")),
        ("5 George St, Sydney NSW 2000, Australia", ("Sydney", "AU")),
        ("10 Downing Street, London SW1A 2AA", ("London", "GB")),
        ("Hauptstraße 1, D-45127 Essen, Deutschland", ("Essen", "DE")),
        ("Musterstr. 5, 10115 Berlin", ("Berlin", "")),
        ("10115 Berlin, DE", ("Berlin", "DE")),
        ("1 Rue de Rivoli, 75001 Paris, France", ("Paris", "FR")),
        ("Damrak 1, 1012 LG Amsterdam, Netherlands", ("Amsterdam", "NL")),
        ("Via Roma 1, 00184 Roma RM, Italia", ("Roma", "IT")),
        ("Munich, Bavaria, Germany", ("Munich", "DE")),
        ("Paris, France", ("Paris", "FR")),
        ("Singapore", ("", "SG")),
    ],
)
def test_finds_city_and_country(text: str, expected: tuple[str, str]) -> None:
    assert read_address(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "Remote", "Berlin", "Wilmington, DE", "Perth, WA", "Tbilisi, Georgia", "Greater Boston Area", "12 Main Street",
     "n/a", ", , ,", "a" * 5_000, "1, 2, 3", "ann@example.com", "Suite 5, Floor 3"],
)  # fmt: skip
def test_takes_nothing_that_is_not_certain(text: str) -> None:
    assert read_address(text) == ("", "")
