"""What is unusual about a row: nobody is refused for a mark alone, but some a person should look at."""

import re
from typing import Final

from leads.normalise.email import DISPOSABLE, FREE, ROLE
from leads.normalise.given_names import GIVEN_NAMES
from leads.normalise.vocabulary import words_of

NONSENSE: Final = "nonsense"  # a name or an address that people make up
TEST: Final = "test"  # what testers leave behind
HOMOGLYPH: Final = "homoglyph"  # letters of another alphabet that look like Latin ones
SWAPPED: Final = "swapped"  # the family name stands where the first name belongs
EXAMPLE_PHONE: Final = "example_phone"  # a number that is kept for films and examples

MARKS: Final = (NONSENSE, TEST, ROLE, DISPOSABLE, FREE, HOMOGLYPH, SWAPPED, EXAMPLE_PHONE)
# Rows that are not loaded before a person has let them in.
HELD_BACK: Final = frozenset({NONSENSE, TEST})
# Rows that are loaded, and that a person should look at afterwards.
LOOKED_AT: Final = frozenset({ROLE, DISPOSABLE, HOMOGLYPH})

# Cyrillic and Greek letters that nobody can tell from Latin ones in most typefaces.
_LOOK_ALIKE: Final = "аАВеЕѕЅіІјЈкКМНоОрРсСТуУхХһԁԛԝӏҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲ"
_SOME_LOOK_ALIKE: Final = re.compile(f"[{_LOOK_ALIKE}]")
_ALL_LOOK_ALIKE: Final = re.compile(f"[{_LOOK_ALIKE}]{{3,}}")
_LATIN: Final = re.compile(r"[A-Za-z]")
_WORD: Final = re.compile(r"[^\W\d_]+")
# Cyrillic legal forms made of such letters stand in front of a Latin name lawfully: "ООО Acme".
_LEGAL_FORMS: Final = words_of("ооо оао тов зао нао пао")

# What the numbering authorities keep for drama: North America, Britain (Ofcom), France (ARCEP), Germany (BNetzA),
# Australia (ACMA).
_EXAMPLE_PHONE: Final = re.compile(
    r"\+1(?:[2-9][0-9]{2}55501[0-9]{2}|555[0-9]{7})"
    r"|\+44(?:2079460|1(?:1[3-8]|[2-6]1)4960|1914980|7700900)[0-9]{3}"
    r"|\+33(?:19900|26191|35301|46571|53649|63998)[0-9]{4}"
    r"|\+49(?:3023125|6990009|4066969|2214710|8999998)[0-9]{3}"
    r"|\+61(?:491570[0-9]{3}|[2378](?:5550|7010)[0-9]{4})"
)

_SHORTEST_MADE_UP: Final = 6  # digits; fewer are an extension
_KEYS_IN_A_ROW: Final = "01234567890123456789"


def has_homoglyph(text: str) -> bool:
    """Whether a word mixes Latin letters with others that look like them, or is made of these beside Latin words."""
    if text.isascii() or not _SOME_LOOK_ALIKE.search(text):
        return False
    words = _WORD.findall(text)
    if any(_LATIN.search(word) and _SOME_LOOK_ALIKE.search(word) for word in words):
        return True
    return _LATIN.search(text) is not None and any(
        _ALL_LOOK_ALIKE.fullmatch(word) and word.lower() not in _LEGAL_FORMS for word in words
    )


def looks_swapped(key: str, *, last_key: str) -> bool:
    """Whether the family name is a first name and the first name is none; `key` is the `person_key` of the whole name.

    One row says little (there are people called Ali Michael), a fifth of a file's rows says a great deal.
    """
    if last_key not in GIVEN_NAMES:
        return False
    first = key.removesuffix(last_key).split()
    return bool(first) and GIVEN_NAMES.isdisjoint(first)


def is_example_phone(number: str) -> bool:
    """Whether a number in E.164 is one of those kept for films, tests and examples, which ring nobody."""
    return _EXAMPLE_PHONE.fullmatch(number) is not None


def is_made_up_phone(text: str) -> bool:
    """Whether a number is one that people type to get past a form: 1234567890, 000000, 555-0100."""
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) < _SHORTEST_MADE_UP:
        return False
    return len({*digits.lstrip("0")}) <= 1 or digits in _KEYS_IN_A_ROW or digits in _KEYS_IN_A_ROW[::-1]
