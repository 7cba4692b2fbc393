"""People who are not people: what is typed to get past a form, and what testers leave behind."""

import re
from functools import lru_cache
from typing import Final

from leads.normalise.marks import NONSENSE, TEST
from leads.normalise.person import person_key
from leads.normalise.text import shown
from leads.normalise.vocabulary import phrases_of, words_of

# Names that stand for nobody, as `person_key` writes them. Cartoon names that real people bear too (Charlie Brown,
# Lisa Simpson, Peter Parker) are not here, and neither are John and Jane Doe: there are people called so.
_NOBODIES: Final = phrases_of(
    """
    any body; average joe; bart simpson; bat man; bilbo baggins; bugs bunny; captain america; daffy duck;
    daisy duck; darth vader; dein name; donald duck; elmer fudd; erika mustermann; first last;
    first name; first name last name; firstname lastname; fname lname; foo bar; fred flintstone;
    frodo baggins; hans wurst; homer simpson; i dont know; iron man; joe bloggs;
    lara croft; lieschen muller; lorem ipsum; luke skywalker; max musterfrau; max mustermann; mickey maus;
    mickey mouse; micky maus; micky mouse; minnie maus; minnie mouse; mr bean; mr nobody; my name;
    name surname; no body; no name; no one; nom prenom; nombre apellido; none of your business;
    not applicable; not available; not provided; otto normalverbraucher; porky pig; prenom nom;
    santa claus; scooby doo; sherlock holmes; some body; some one; spider man; sponge bob;
    spongebob squarepants; super man; tweety bird; vorname nachname; wile coyote; wile e coyote;
    winnie pooh; winnie the pooh; wonder woman; yogi bear; your name
    """
)
_ONE_WORD_NOBODIES: Final = words_of("anonymous batman firstname mustermann spiderman spongebob superman")
# Not first names; family names of real people some of them (Null, Sample, Fake, Demo), and then harmless.
_TEST_WORDS: Final = words_of(
    """
    abc anonymous blabla bogus demo dummy example fake fakename firstname fname foo foobar lastname lname
    lorem nachname nobody nobodys noname none nospam null probe prueba sample spam surname tba tbd test
    teste tester testing testname testperson testuser undefined unknown username vorname
    """
)
_LOOKS_LIKE_TEST: Final = "looks like a test entry"
_EMPTY_WORDS: Final = frozenset({"na", "nn", "nd", "no", "nil"})  # "Na Li" is a person, "NA NA" is nobody
_NOT_AVAILABLE: Final = frozenset({"n a", "n a n a"})
_NUMBERED_TEST: Final = re.compile(r"(?:test|demo|user|dummy|fake|sample)[0-9]+")

_ROWS: Final = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "abcdefghij",
)


def _runs(length: int) -> frozenset[str]:
    """All runs of neighbouring keys of this length, in both directions."""
    rows = [direction for row in _ROWS for direction in (row, row[::-1])]
    return frozenset(row[at : at + length] for row in rows for at in range(len(row) - length + 1))


_NAMES_BY_CHANCE: Final = frozenset({"wert", "trew", "fed"})
_KEYS_IN_A_ROW: Final = frozenset().union(*(_runs(length) for length in range(4, 11))) - _NAMES_BY_CHANCE
_THREE_KEYS: Final = _runs(3) - _NAMES_BY_CHANCE
_BLOCK_AGAIN: Final = re.compile(r"([a-z]{3,5})\1+[a-z]?")
# A word of one letter only, or four of one letter in a row; "iii" is a number.
_ONE_LETTER_AGAIN: Final = re.compile(r"\b(?!iii\b)([^\W\d_])\1\1+\b|([^\W\d_])\2\2\2")
_NO_VOWEL: Final = re.compile(r"[bcdfghjklmnpqrstvwxz]+")
_LONGEST_WITHOUT_VOWEL: Final = 5  # letters that Czech and Croatian names can have
_LINK: Final = re.compile(r"https?:|www\.|\.(?:com|ru|net)/", re.IGNORECASE)
WORDS_REMEMBERED: Final = 16_384  # names are made of few words, which come again and again
_WORD: Final = re.compile(r"[^\W_]+")

_MADE_UP_MAILBOXES: Final = words_of(
    """
    asdf asdfasdf dontemailme fake foo mickeymouse nobody noemail nomail none noone nospam notanemail
    notreal qwerty
    """
)
_MADE_UP_BOTH: Final = _TEST_WORDS | _MADE_UP_MAILBOXES | {"email", "mail", "no", "na"}


def looks_like_nonsense(first: str, last: str, email: str) -> str:
    """Why this is probably nobody, as a sentence; "" when nothing speaks against the person.

    For a pile that a person reviews, never for a silent drop. Short names (Ng, Bo, Xu) and family names such as Null or
    Sample are let through.
    """
    return find_nonsense(first, last, email, key=person_key(first, last))[1]


def find_nonsense(first: str, last: str, email: str, *, key: str) -> tuple[str, str]:
    """The mark (nonsense or test) and the sentence, as `looks_like_nonsense`; two blanks when nothing is wrong.

    `key` is the `person_key` of the name.
    """
    name = f"{first} {last}".strip()
    if fault := _fault_of_name(name, key):
        return TEST if fault == _LOOKS_LIKE_TEST else NONSENSE, f"{shown(name)} {fault}."
    if email and _is_made_up(email):
        return NONSENSE if "test" not in email else TEST, f"{shown(email)} is an address that people make up."
    return "", ""


def _fault_of_name(name: str, key: str) -> str:
    """What is wrong with the name, as the end of a sentence; `key` is its `person_key`."""
    return "" if _is_ordinary(name, key) else _fault_looked_for(name, key)


def _fault_looked_for(name: str, key: str) -> str:
    words = _WORD.findall(key)
    if not words:
        return ""
    if key in _NOBODIES or words[0] in _ONE_WORD_NOBODIES:
        return "is a name that people give when they do not want to give theirs"
    if ("." in name or ":" in name) and _LINK.search(name):
        return "holds a web address instead of a name"
    if not words[0].isalpha() and not any(letter.isalpha() for letter in key):
        return "is not a name: it has no letter"
    if _is_test(words) or key in _NOT_AVAILABLE:
        return _LOOKS_LIKE_TEST
    if any(map(_repeats_one_letter, words)) or (
        len(words) > 1 and len({*words}) == 1 and len({*words[0]}) == 1
    ):
        return "repeats one letter"
    if any(map(_is_keys_at_random, words)) or (len(words) > 1 and _THREE_KEYS.issuperset(words)):
        return "looks like keys pressed at random"
    return ""


def _is_ordinary(name: str, key: str) -> bool:
    """Whether none of the faults can be found: a short way past them for all but a few names."""
    return (
        key not in _NOBODIES
        and "." not in name
        and ":" not in name
        and not any(map(_is_suspicious, key.split()))
    )


@lru_cache(maxsize=WORDS_REMEMBERED)
def _is_suspicious(word: str) -> bool:
    """Whether a word of a name can be part of any fault; the faults themselves are told apart later."""
    return (
        not word.isalpha()
        or len({*word}) == 1
        or word in _TEST_WORDS
        or word in _EMPTY_WORDS
        or word in _ONE_WORD_NOBODIES
        or word in _THREE_KEYS
        or _repeats_one_letter(word)
        or _are_keys_at_random(word)
    )


def _is_test(words: list[str]) -> bool:
    if words[0] in _TEST_WORDS or (not words[0].isalpha() and _NUMBERED_TEST.fullmatch(words[0])):
        return True
    return len(words) > 1 and all(word in _EMPTY_WORDS or word in _TEST_WORDS for word in words)


@lru_cache(maxsize=WORDS_REMEMBERED)
def _repeats_one_letter(word: str) -> bool:
    return _ONE_LETTER_AGAIN.search(word) is not None


@lru_cache(maxsize=WORDS_REMEMBERED)
def _is_keys_at_random(word: str) -> bool:
    return _are_keys_at_random(word)


def _are_keys_at_random(word: str) -> bool:
    """As `_is_keys_at_random`, for words that hardly ever come again."""
    if word in _KEYS_IN_A_ROW:
        return True
    if len(word) <= _LONGEST_WITHOUT_VOWEL:  # and too short for a block twice
        return False
    if _NO_VOWEL.fullmatch(word):
        return True
    block = _BLOCK_AGAIN.fullmatch(word)
    return block is not None and (block[1][:3] in _THREE_KEYS or len(set(block[1])) == 1)


def _is_made_up(email: str) -> bool:
    local, _, domain = email.lower().rpartition("@")
    local = local.replace(".", "").replace("-", "").rstrip("0123456789")
    if local in _MADE_UP_MAILBOXES or _are_keys_at_random(local):
        return True
    if local not in _MADE_UP_BOTH and not domain.startswith(local):
        return False
    name = domain.partition(".")[0].rstrip("0123456789")
    if local in _MADE_UP_BOTH and name in _MADE_UP_BOTH:
        return True
    return local == name and len(set(local)) == 1  # a@a.com, xxx@xxx.com
