"""Names of people."""

import re
from functools import lru_cache
from typing import Final

from leads.normalise import name_words
from leads.normalise.asian_names import VIETNAMESE_FAMILY_NAMES, end_of_family_name
from leads.normalise.given_names import CYRILLIC_GIVEN_NAMES, GIVEN_NAMES
from leads.normalise.text import clean_text, fold
from leads.normalise.title import OTHER, read_title

NAMES_REMEMBERED: Final = 32_768  # the parts of names come again and again; about 6 MB

_APOSTROPHES: Final = "'’‘ʼ`´"
_NOT_KEY: Final = re.compile(rf"[{_APOSTROPHES}.,]")
_TO_BLANK: Final = re.compile(r"[\s\-‐‑–—_/]+")

_ASCII_KEY: Final = str.maketrans("-_/", "   ", "'`.,")

_TITLE_PHRASES: Final = re.compile(
    r"^(?:(?:mr|herr|m)\.? (?:and|und|&|et) (?:mrs|ms|frau|mme)\.?|the (?:rt\.? |right )?hon(?:ou?rable|\.)?|"
    r"(?:his|her) excellency|prof\.? (?:dr\.?)+|lt\.? (?:gen|col|cmdr)\.?|maj\.? gen\.?|"
    r"(?:de|den) heer|z\. ?hd\.?|c/o|"
    r"(?:us )?mag(?:istrate)?[- ]judge|[a-z]+ secretary of state)(?=\s|$)",
    re.IGNORECASE,
)
_NICKNAME: Final = re.compile(
    r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^”]*”|«[^»]*»|(?<!\w)'\w[^']*\w'(?!\w))\s*"
)
_NICKNAME_FIRST: Final = re.compile(r"^[\"“]([^\"“”]+)[\"”]\s*")  # the only first name there is
_NOT_NAME: Final = re.compile(r"[®™©*\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+")

# A name in quotes from end to end, and what stands behind a name: "Ann Lee | Acme", "Ann Lee @ Acme", "Ann Lee – Acme".
_QUOTED: Final = re.compile(r"(?P<open>['\"“„‘«])(?P<name>[^'\"“”„‘’«»]+(?:['’][^'\"“”„‘’«»]+)*)['\"”“‘’»]")
_BEHIND: Final = re.compile(r"(?<=[^\W\d_] )(?:[|@•·–—]|at (?=[A-Z])).*$")
# The same where more stands around the sign than a name with a loose hyphen has.
_FAR_BEHIND: Final = re.compile(r"(?<=[^\W\d_]) (?:/ .+|- \S+ .+|\+\d)$")
_LABEL: Final = re.compile(
    r"^(?:attn|att|attention|contact|kontakt|name|owner|ansprechpartner(?:in)?)\.?: *", re.IGNORECASE
)
_PRONOUNS: Final = re.compile(
    r"[ ,|–-]+(?:she|he|they|sie|er|elle|il|ella)/(?:her|him|they|them|ihr|ihm|iel|elle|il|elles?)(?:/\w+)?$",
    re.IGNORECASE,
)
_GUARD: Final = re.compile(r"^['’](?=[A-ZÀ-Þ])")  # makes a text of a cell; a "'t" is written small
_LOOSE_HYPHEN: Final = re.compile(r"(?<=\w) - (?=\w+$)")  # "Ann Lee - Fox"
_MAILBOX: Final = re.compile(r"([^\W\d_]{2,})[._]([^\W\d_]{2,})")  # "ann.lee"
_IN_CAPITALS: Final = re.compile(r"[^\W\d_]{3,}(?:[-'’][^\W\d_]{2,})*")

_WORD: Final = re.compile(r"[^\s\-‐‑–—]+")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?")
_NO_VOWEL: Final = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{2}")
# Two consonants that are a name or a form of address, not initials.
_NOT_INITIALS: Final = frozenset({"NG", "MR", "MS", "DR", "ST", "SR", "JR", "TH", "SZ"})
_ELIDED: Final = re.compile(rf"([dlo])[{_APOSTROPHES}](?=[^\W\d_]{{2}})", re.IGNORECASE)


def person_key(first: str, last: str) -> str:
    """The name for matching: "first last" without case, accents, apostrophes, dots; hyphens are blanks."""
    return f"{_key_of_part(first)} {_key_of_part(last)}".strip()


@lru_cache(maxsize=NAMES_REMEMBERED)
def _key_of_part(part: str) -> str:
    name = fold(part)
    if name.isascii():
        return " ".join(name.translate(_ASCII_KEY).split())
    return " ".join(_TO_BLANK.sub(" ", _NOT_KEY.sub("", name)).split())


@lru_cache(maxsize=NAMES_REMEMBERED)
def tidy_name(text: str) -> str:
    """The name without stray blanks; ALL CAPITALS and all small letters are put right, mixed case is left alone.

    "MCDONALD" is "McDonald", "o'brien" "O'Brien", "anne-marie" "Anne-Marie", "VAN DER BERG" "van der Berg".
    """
    if text.isascii() and text.isalpha() and text.istitle():
        return text
    text = clean_text(text)
    if text.swapcase().istitle():  # "jOHN": the key for capitals was held down
        text = text.lower()
    if not (text.isupper() or text.islower()):
        return text
    if _NO_VOWEL.fullmatch(text) and text not in _NOT_INITIALS:
        return text
    words = text.split(" ")
    last = len(words) - 1
    return " ".join(_tidy_word(word, is_first=at == 0, is_last=at == last) for at, word in enumerate(words))


def _tidy_word(word: str, *, is_first: bool, is_last: bool) -> str:
    small = word.lower().replace("i̇", "i")  # İ keeps its dot as a mark of its own
    if not is_last and small in name_words.PARTICLES and not (is_first and small in name_words.ARTICLES):
        return small
    if is_last and not is_first and small in name_words.ROMAN:
        return word.upper()
    if _INITIALS.fullmatch(word):
        return "".join(map(str.title, small))
    if _NO_VOWEL.fullmatch(word) and word not in _NOT_INITIALS:
        return word
    return _WORD.sub(lambda part: _capital(part[0]), small)


def _capital(small: str) -> str:
    if len(small) > 3 and small.startswith("mc"):
        return "Mc" + small[2:].capitalize()
    if found := _ELIDED.match(small):
        return small[0].upper() + small[1] + small[found.end() :].capitalize()
    if small[0] in _APOSTROPHES:
        return small
    return small[0].title() + small[1:]


# Middle names made of the father's, which in Russian and Ukrainian lists end what the family name has begun.
_PATRONYMIC: Final = re.compile(r"[а-яёіїє]+(?:ович|евич|ьич|йович|овна|евна|ична|івна|ївна)")
_EAST_ASIAN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_FOREIGN_IN_JAPAN: Final = re.compile(
    r"[\u30a0-\u30ff]+"
)  # the script of names from elsewhere, in their own order
_HONORARY: Final = re.compile(r"h\.? ?c\.? +(?=\w{2})", re.IGNORECASE)  # "Dr. h. c."
_NUMBERED: Final = re.compile(r"^\d{1,4}[.)]\s+(?=[^\W\d_])")


def split_name(full: str) -> tuple[str, str]:
    """(first names, family name) of a name written in one cell, in the writer's own case.

    Understands "Family, First", "FAMILY First", particles ("van der", "de la"), two family names joined by "y", the
    family name in front in Japanese, Chinese and Korean script, before a Russian first name or patronymic, and of
    Vietnamese names with their accents. Middle names and initials stay with the first. Forms of address (Dr., Mrs),
    suffixes (Jr., III, PhD), nicknames and what stands beside the name ("| Acme", ", CEO") have no place in either part
    and are left out. One word is a first name, unless a form of address stands before it.
    """
    text, title = _without_titles(_without_asides(full))
    parts = _parts_of(text)
    if len(parts) > 1 and _is_job_behind(parts[0], parts[1]):
        parts = parts[:1]
    if len(parts) > 1:
        family, _ = _without_titles(" ".join(_without_suffixes(parts[0].split(" "))))
        first, _ = _without_titles(parts[1])
        return " ".join(_without_titles_behind(_without_suffixes(first.split(" ")))), family
    words = _without_suffixes(parts[0].split(" ")) if parts else []
    if len(words) < 2:
        word = " ".join(words)
        if not word.isascii() and (at := end_of_family_name(word)):
            return word[at:], word[:at]
        return ("", word) if title and title not in name_words.TITLES_OF_FIRST_NAMES else (word, "")
    if not text.isascii() and _has_family_name_first(words):
        return " ".join(words[1:]), words[0]
    if len(words) > 2 and words[0].isupper() and _is_job(words[0]):
        words = words[1:]
    if at := _end_of_capitals(words):
        return " ".join(words[at:]), " ".join(words[:at])
    at = _start_of_family_name(words)
    return " ".join(words[:at]), " ".join(words[at:])


def _is_job_behind(name: str, text: str) -> bool:
    """Whether it is a job that stands behind the comma of "Ann Lee, CEO", and not the first names of "Lee, Ann"."""
    words = name.split(" ")
    if len(words) < 2 or not _is_job(text):
        return False
    return text.isupper() or " " in text or _plain(words[0]) in GIVEN_NAMES


def _is_job(text: str) -> bool:
    """Whether it is a job title that tells a level or a field, and no name."""
    return read_title(text) != (OTHER, OTHER) and _plain(text.split(" ")[0]) not in GIVEN_NAMES


def words_of_name(full: str) -> list[str]:
    """The words of a whole name in one cell, without forms of address, suffixes, nicknames and what stands behind.

    Of "Family, First" the first word keeps its comma.
    """
    text, _ = _without_titles(_without_asides(full))
    return _without_suffixes(", ".join(_parts_of(text)).split())


def _parts_of(text: str) -> list[str]:
    """What stands between the commas of a name, without suffixes: "Lee, Ann, Jr." has two parts."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return parts[:1] + [part for part in parts[1:] if not _is_all_suffixes(part)]


def _without_asides(full: str) -> str:
    """The cell without what is no word of a name: numbering, signs, nicknames, quotes, and what stands behind it."""
    text = _NUMBERED.sub("", _NOT_NAME.sub("", clean_text(full)))
    text = _bare(text.strip(" ,;"))
    text = _NICKNAME_FIRST.sub(r"\1 ", text)
    return _NICKNAME.sub(" ", text).strip(" ,")


def bare_parts(first: str, last: str) -> tuple[str, str]:
    """First names and family name of columns of their own, without what stands there beside a name: "Lee, MBA 🚀"."""
    if first.isalpha() and last.isalpha():
        return first, last
    return _bare_first(first), _bare_last(last)


@lru_cache(maxsize=NAMES_REMEMBERED)
def _bare_first(text: str) -> str:
    bare = _without_signs(text)
    return _without_titles(bare)[0] or bare or text


@lru_cache(maxsize=NAMES_REMEMBERED)
def _bare_last(text: str) -> str:
    parts = [part.strip() for part in _without_signs(text).split(",") if part.strip()]
    words = [part for part in parts[1:] if not _is_all_suffixes(part)]
    return ", ".join([" ".join(_without_suffixes(parts[0].split(" "))), *words]) if parts else text


def _without_signs(text: str) -> str:
    return " ".join(_NICKNAME.sub(" ", _GUARD.sub("", _NOT_NAME.sub("", text))).split())


def _bare(text: str) -> str:
    """The name without quotes around it and without what stands behind it."""
    if text.isascii() and text.replace(" ", "").isalpha() and " at " not in text:
        return text
    if quoted := _QUOTED.fullmatch(text):
        text = quoted["name"].strip()
    text = _PRONOUNS.sub("", _LABEL.sub("", _GUARD.sub("", text)))
    if " " in text.partition(" / ")[0].partition(" - ")[0]:
        text = _FAR_BEHIND.sub("", text)
    if found := _MAILBOX.fullmatch(text):
        return f"{found[1]} {found[2]}"
    return _LOOSE_HYPHEN.sub("-", _BEHIND.sub("", text)).strip()


def _end_of_capitals(words: list[str]) -> int:
    """How many words at the beginning are a family name in capitals before first names that are not, as in France; 0
    where they are not, or are a first name themselves."""
    at = 0
    while at < len(words) and words[at].isupper() and _IN_CAPITALS.fullmatch(words[at]):
        at += 1
    rest = words[at:]
    if not at or not rest or any(word.isupper() or word.islower() for word in rest):
        return 0
    return at if _plain(words[0]) not in GIVEN_NAMES else 0


def _has_family_name_first(words: list[str]) -> bool:
    """Whether script, accents or forms tell that the family name stands in front of the others."""
    if len(words) == 2 and all(map(_EAST_ASIAN.fullmatch, words)):
        return not all(map(_FOREIGN_IN_JAPAN.fullmatch, words))
    small = [word.lower() for word in words]
    if small[0] in VIETNAMESE_FAMILY_NAMES:
        return small[-1] not in VIETNAMESE_FAMILY_NAMES
    if len(words) == 3:
        return _PATRONYMIC.fullmatch(small[2]) is not None
    return len(words) == 2 and small[1] in CYRILLIC_GIVEN_NAMES and small[0] not in CYRILLIC_GIVEN_NAMES


def _plain(word: str) -> str:
    return fold(word).replace(".", "")


def _without_titles(text: str) -> tuple[str, str]:
    """The text without the forms of address in front, and the last of these as a plain word ("" if there was none)."""
    title = ""
    while True:
        if found := _TITLE_PHRASES.match(text):
            title, text = "excellency", text[found.end() :].lstrip()
            continue
        word, _, rest = text.partition(" ")
        if title and (found := _HONORARY.match(text)):
            text = text[found.end() :]
            continue
        plain = _plain(word)
        names_after = len(rest.partition(",")[0].split())
        is_title = _is_title(word, plain) or (bool(title) and plain in name_words.AFTER_DOCTOR)
        if not is_title and not (plain in name_words.TITLES_BEFORE_TWO and names_after >= 2):
            return text, title
        title, text = plain, rest


def _without_titles_behind(words: list[str]) -> list[str]:
    """First names without the titles at their end, where lists with the family name in front have them: "Hans Dr."."""
    while len(words) > 1 and _is_title(words[-1], plain := _plain(words[-1])):
        if not words[-1].endswith(".") and plain not in {"dr", "prof"}:
            break
        words = words[:-1]
    return words


def _is_title(word: str, plain: str) -> bool:
    if plain in name_words.TITLES or plain.startswith("dipl-"):
        return True
    if "." not in word:
        return False
    first, *others = [part for part in fold(word).split(".") if part] or [""]
    if others:  # "Dr.rer.nat."
        return first in name_words.TITLES and name_words.AFTER_DOCTOR.issuperset(others)
    return plain in name_words.TITLES_WITH_DOT


def _is_all_suffixes(part: str) -> bool:
    plain = _plain(part).replace(" ", "")
    return plain in name_words.SUFFIXES or all(
        _is_suffix(word) or word in name_words.SUFFIXES_IN_CAPITALS for word in part.split(" ")
    )


def _is_suffix(word: str) -> bool:
    plain = _plain(word)
    return plain in name_words.SUFFIXES or plain.startswith("dipl-")


def _without_suffixes(words: list[str]) -> list[str]:
    """The words without the suffixes at the end; two words at least are left where there were two names."""
    while len(words) > 1:
        word = words[-1]
        plain = _plain(word)
        if (len(words) > 2 and word.replace(".", "") in name_words.SUFFIXES_IN_CAPITALS) or (
            plain in name_words.SUFFIXES and (len(words) > 2 or plain not in name_words.GENERATION_OR_NAME)
        ):
            words = words[:-1]
        else:
            break
    return words


def _start_of_family_name(words: list[str]) -> int:
    """The index of the word with which the family name begins; 1 at least."""
    end = len(words) - 1
    if end >= 3 and _plain(words[end - 1]) in name_words.JOINING:
        return _start_of_particles(words, end - 2)
    for at in range(end - 1, 0, -1):
        # Further left a particle opens a family name of several words ("von Bergen Wessels"), if written small.
        is_particle = words[at] in name_words.IRISH_PARTICLES or (
            _plain(words[at]) in name_words.OPENING_PARTICLES and (at == end - 1 or words[at].islower())
        )
        if is_particle and not (at < end - 1 and _plain(words[at + 1]) in name_words.DEVOTIONAL):
            return _start_of_particles(words, at)
    return end


def _start_of_particles(words: list[str], at: int) -> int:
    while at > 1 and _plain(words[at - 1]) in name_words.OPENING_PARTICLES:
        at -= 1
    return at
