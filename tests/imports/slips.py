"""People who are made up, some of them written twice with the slips that typists make."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SYLLABLES = "ka lo mi ra ne to su ber gar wen dal fin hol mar tes vin chi ol ri an do pel".split()  # noqa: SIM905
_LETTERS = "aeinrstlod"


@dataclass(frozen=True)
class MadeUp:
    """A list: its header, its rows, and for each row who it is."""

    headers: list[str]
    rows: list[list[str]]
    who: list[int]


def contacts(count: int, *, seed: int, again: float = 0.15, people_of_a_company: int = 5) -> MadeUp:
    """Business contacts: name, e-mail made of it, phone, company, city, postcode. `again` of them come again."""
    dice = random.Random(seed)
    firsts = [_word(dice, 2).title() for _ in range(300)]
    lasts = [_word(dice, dice.choice((2, 3))).title() for _ in range(2_000)]
    cities = [_word(dice, 3).title() for _ in range(200)]
    companies = [
        f"{_word(dice, 3).title()} {_word(dice, 2).title()} {dice.choice(('GmbH', 'Ltd', 'Inc.'))}"
        for _ in range(max(3, count // people_of_a_company))
    ]

    def person() -> list[str]:
        first, last, company = dice.choice(firsts), dice.choice(lasts), dice.choice(companies)
        host = company.split()[0].lower()
        return [
            first,
            last,
            f"{first}.{last}@{host}.example".lower(),
            f"+49 30 {dice.randrange(10**7):07}",
            company,
            dice.choice(cities),
            f"{dice.randrange(1_000, 99_999):05}",
        ]

    headers = ["First name", "Last name", "E-mail", "Phone", "Company", "City", "Zip"]
    return _written(dice, headers, person, count, again)


def citizens(count: int, *, seed: int, again: float = 0.3) -> MadeUp:
    """Inhabitants with a birth date, a number of identity and an address, who move and whose names are swapped."""
    dice = random.Random(seed)
    firsts = [_word(dice, 2) for _ in range(300)]
    lasts = [_word(dice, dice.choice((2, 3))) for _ in range(1_500)]
    streets = [f"{_word(dice, 3)} {dice.choice(('street', 'place', 'road'))}" for _ in range(800)]
    places = [_word(dice, 3) for _ in range(300)]

    def person() -> list[str]:
        return [
            dice.choice(firsts),
            dice.choice(lasts),
            f"{dice.randrange(1920, 2005)}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}",
            f"{dice.randrange(10**6, 10**7)}",
            f"{dice.randrange(1, 300)}",
            dice.choice(streets),
            dice.choice(places),
            f"{dice.randrange(1_000, 9_999)}",
        ]

    headers = [
        "given_name", "surname", "date_of_birth", "soc_sec_id", "street_number", "address_1", "suburb", "postcode",
    ]  # fmt: skip
    return _written(dice, headers, person, count, again)


def _written(
    dice: random.Random, headers: list[str], person: Callable[[], list[str]], count: int, again: float
) -> MadeUp:
    rows: list[tuple[int, list[str]]] = []
    who = 0
    while len(rows) < count:
        row = person()
        rows.append((who, row))
        while dice.random() < again and len(rows) < count:
            rows.append((who, with_slips(dice, row)))
        who += 1
    dice.shuffle(rows)
    return MadeUp(headers, [row for _, row in rows], [who for who, _ in rows])


def with_slips(dice: random.Random, row: Sequence[str]) -> list[str]:
    """The row as somebody else types it: blanks, slips, and at times the names swapped."""
    again = [_slip(dice, cell) if dice.random() < 0.15 else cell for cell in row]
    again = ["" if dice.random() < 0.1 else cell for cell in again]
    if dice.random() < 0.05:
        again[0], again[1] = again[1], again[0]
    return again


def _slip(dice: random.Random, text: str) -> str:
    if len(text) < 3:
        return text
    at = dice.randrange(len(text) - 1)
    kind = dice.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    letter = dice.choice("0123456789") if text[at].isdigit() else dice.choice(_LETTERS)
    return text[:at] + letter + text[at + (kind == 2) :]


def _word(dice: random.Random, syllables: int) -> str:
    return "".join(dice.choice(_SYLLABLES) for _ in range(syllables))
