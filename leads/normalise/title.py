"""Job titles: how senior a person is, and what they work on.

Titles repeat a great deal within a list, so each distinct one is read once and remembered.
"""

import re
from functools import lru_cache
from typing import Final

from leads.normalise import title_words as words
from leads.normalise.text import clean_text, fold
from leads.normalise.vocabulary import first_in

TITLES_REMEMBERED: Final = 16_384

C_SUITE: Final = "c_suite"
VP: Final = "vp"
DIRECTOR: Final = "director"
MANAGER: Final = "manager"
OTHER: Final = "other"
UNKNOWN: Final = "unknown"
EXECUTIVE: Final = "executive"

_ABBREVIATION: Final = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?")  # "V.P.", "C.E.O"
_BREAK: Final = re.compile(r"[,;:|/()\[\]•·]|\s[-–—]+\s|[–—]")
_NOT_WORD: Final = re.compile(r"[^\w,]+|_")
_BLANKS: Final = re.compile(r"\s*,[\s,]*|\s+")

_VICE: Final = re.compile(r"\b(?:vice president\w*|vicepresident\w*|vizeprasident\w*|vice prasident\w*)\b")
_PRESIDENT: Final = re.compile(r"\bpresident[ea]?\b(?P<rest>.*)")
# A president leads the house when nothing narrows it down ("President and CEO"; not "President, Retail").
_PRESIDENT_ALONE: Final = re.compile(
    r"$| and\b|, (?:and )?(?:c[a-z]{1,2}o|chief|founder|cofounder|(?:co )?owner)\b|"
    r" (?:ceo|directeur|director|at|emeritus)\b"
)
_BEFORE_PRESIDENT: Final = re.compile(
    r"(?:^|,|\b(?:and|founder|former|acting|interim|co|ceo|owner|company))\s*$"
)

_MANAGING_DIRECTOR: Final = re.compile(r"\bmanaging director\b(?P<rest>.*)")
# One of a part of the house ("Managing Director, Ecommerce") directs; one of a place or of the company leads.
_OF_A_PART: Final = re.compile(
    r"(?:,| of| for| head)\s.*\b(?:banking|consulting|credit|data|development|digital|\w*commerce|engineering|equity|"
    r"finance|healthcare|hr|insurance|investments?|marketing|markets|operations?|people|products?|research|risk|sales|"
    r"services?|solutions|strategy|technology|wealth)\b"
)
_HEAD_AT_START: Final = re.compile(
    r"head(?:$|,| (?!barista|chef|coach|cook|gardener|hunter|nurse|teacher|waiter|of\b))"
)
# German puts the field in front ("Vertriebsleiter"); a team, a project or a shop is led by a manager.
_LEITER: Final = re.compile(r"\b(?!beg|ableit|einleit|anleit|halbleit)(\w+?)leit(?:er|erin|ung)\b")
_LED_BY_A_MANAGER: Final = re.compile(r"(?:bau|filial|gruppen?|markt|montage|projekt|schicht|team)s?$")
_NO_MANAGER: Final = re.compile(
    r"\bleads?(?:hip)? (?:gen|generation|magnet|management)\w*|"
    r"\bmanage(?:ment|r) (?:consult\w*|trainee|assistant|associate|accountant|level)"
)
_HEADS_A_PART: Final = re.compile(
    r"\b(?:general manager|gm|managing director|executive director|president)\b(?: of|,| for)? (?P<part>.+)"
)


def seniority(title: str) -> str:
    """c_suite, vp, director, manager, other, or unknown where there is no title (values of `leads.enums.Seniority`).

    The highest level named wins ("VP, Director of Content" is vp); who assists or reports to someone does not have
    their level. Founders, owners, board members and managing directors are c_suite, heads of something directors, team
    leads managers.
    """
    return read_title(title)[0]


def job_function(title: str) -> str:
    """What the person works on, as a value of `leads.enums.JobFunction`; other for a title that does not say.

    Founders, owners, chief executives and general managers of the whole house are executive. What stands before the
    first comma is read first: "VP Sales, Financial Services" sells. No title is unknown.
    """
    return read_title(title)[1]


@lru_cache(maxsize=TITLES_REMEMBERED)
def read_title(title: str) -> tuple[str, str]:
    """The level and the function, as `seniority` and `job_function`."""
    text = _normal_form(title)
    if text.replace(",", "") in words.NO_TITLE or not any(map(str.isalpha, text)):
        return UNKNOWN, UNKNOWN
    # Looking for a word first costs a tenth of what a pattern does, and most titles have none of these.
    present = {*text.replace(",", "").split()}
    if not words.BEHALF.isdisjoint(present):
        text = words.ON_BEHALF.sub(" assistant ", text)
        text = words.TO_A_CHIEF.sub("", text).rstrip(" ,")
    if not words.OFFICES.isdisjoint(present):
        text = words.OFFICE_OF.sub(" assistant ", text)
    without_vice = _VICE.sub("", text) if "president" in text or "prasident" in text else text
    return _level_of(text, without_vice), _function_of(text, without_vice)


def _normal_form(title: str) -> str:
    """Folded words with one blank between them; what separates the parts of a title is ", "."""
    text = fold(clean_text(title)).replace("'s ", " ").replace("’s ", " ").replace(" & ", " and ")
    letters = text.replace(" ", "")
    if letters.isalnum():
        return text
    if letters.replace(",", "").isalnum():  # nothing but parts between commas
        return ", ".join(filter(None, map(str.strip, text.split(","))))
    if "." in text:
        text = _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), text)
    text = _NOT_WORD.sub(" ", _BREAK.sub(",", text.replace("&", " and ")))
    return _BLANKS.sub(lambda found: ", " if "," in found[0] else " ", text).strip(" ,")


def _level_of(text: str, without_vice: str) -> str:
    if words.FOUNDER.is_in(text):
        return C_SUITE
    if words.LEARNING.is_in(text):
        return OTHER
    if _is_c_suite(without_vice):
        return C_SUITE
    if without_vice != text or words.VP.is_in(text):
        return VP
    if _is_director(text):
        return DIRECTOR
    return MANAGER if _is_manager(text) else OTHER


def _is_c_suite(text: str) -> bool:
    if _is_chief(text) or words.BOARD.is_in(text) or _is_owner(text) or text == "md":
        return True
    if "managing director" in text and (found := _MANAGING_DIRECTOR.search(text)):
        return not _OF_A_PART.match(found["rest"])
    president = _PRESIDENT.search(text) if "president" in text else None
    if president is None or not _PRESIDENT_ALONE.match(president["rest"]):
        return False
    return _BEFORE_PRESIDENT.search(text[: president.start()]) is not None


def _is_chief(text: str) -> bool:
    if "chief" in text:
        text = words.NOT_CHIEF.sub("", text)
    return words.CHIEF.is_in(text)


def _is_owner(text: str) -> bool:
    if "owner" in text:
        text = words.NOT_OWNER.sub("", text)
    return words.OWNER.is_in(text)


def _is_director(text: str) -> bool:
    if words.DIRECTOR.is_in(text) or _HEAD_AT_START.match(text):
        return True
    if "president" in text and _PRESIDENT.search(text):
        return True
    return "leit" in text and any(not _LED_BY_A_MANAGER.search(found[1]) for found in _LEITER.finditer(text))


def _is_manager(text: str) -> bool:
    if "leit" in text and _LEITER.search(text):
        return True
    if "lead" in text or "manage" in text:
        text = _NO_MANAGER.sub("", text)
    return words.MANAGER.is_in(text)


def _function_of(text: str, without_vice: str) -> str:
    if words.EXECUTIVE.is_in(without_vice) or words.BOARD.is_in(without_vice) or _is_owner(text):
        part = _HEADS_A_PART.search(text)
        return (_function_of_part(part["part"]) if part else "") or EXECUTIVE
    return next(filter(None, map(_function_of_part, text.split(", "))), OTHER)


@lru_cache(maxsize=TITLES_REMEMBERED)
def _function_of_part(part: str) -> str:
    if "personal " in part:
        part = words.PERSONAL.sub("", part)
    return first_in(part, words.FUNCTIONS, vocabulary=words.VOCABULARY)
