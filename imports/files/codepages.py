"""Which code page a text without Unicode is in: by the neighbours of its letters and by language."""

import codecs
import unicodedata
from typing import Final

from charset_normalizer import from_bytes

from imports.files import languages
from imports.files.encodings import ENCODINGS, WIDER

_CODE_PAGES = [codec for codec in ENCODINGS if not codec.startswith("utf")]
_GUESSES = (
    "cp1250", "mac-roman", "cp932", "cp1251", "iso8859-7", "cp1254", "cp949", "gb18030", "big5", "euc_jp", "koi8-r",
    "cp850", "cp1253", "cp1255", "cp1256", "cp1257", "iso8859-2", "cp866", "iso8859-5",
)  # fmt: skip


def ranked_code_pages(sample: bytes) -> list[str]:
    """The code pages in which the sample makes sense, best first."""
    scores = {codec: readability(sample, codec) for codec in (*_GUESSES, "cp1252")}
    for rank, match in enumerate(from_bytes(sample, steps=3, cp_isolation=_CODE_PAGES)):
        if rank == 5:
            break
        codec = codecs.lookup(match.encoding).name
        codec = WIDER.get(codec, codec)
        if codec in ENCODINGS and codec not in scores:
            scores[codec] = readability(sample, codec) - rank / 100
    return sorted((codec for codec in scores if scores[codec] > 0.4), key=lambda codec: -scores[codec])


# Of two readings that are equally good the one of the commoner programs is likelier. Hebrew and Arabic, which know no
# capitals, read as Russian in capitals or in small letters.
_COMMONER: Final = {
    "cp1252": 0.07,
    "cp850": -0.02,
    "mac-roman": -0.02,
    "koi8-r": -0.15,
    "iso8859-5": -0.15,
    "cp866": -0.1,
}


def readability(sample: bytes, codec: str) -> float:
    """How well the sample reads in that encoding, 0 to about 1: by neighbours and by the letters of languages."""
    fit = _plausibility(sample, codec)
    if fit <= 0.5:
        return 0.0
    return fit * languages.likelihood(sample.decode(codec, "ignore")) + _COMMONER.get(codec, 0.0)


def lead_over(sample: bytes, codec: str, other: str) -> float:
    """How much better than the other the encoding reads the lines, all of them or those in which the two differ."""
    lines = b"\n".join(
        line for line in sample.splitlines() if line.decode(codec, "ignore") != line.decode(other, "ignore")
    )
    return max(readability(part, codec) - readability(part, other) for part in (sample, lines))


# Letters of Windows-1252 that Western European names hardly have, but that misread ones often show.
_RARE_WESTERN = frozenset("šžŠŽþÞðÐýÝŸÿìÌõÕÈÊËÏÙÛÀ")
_FINE_SIGNS = frozenset("’‘“”–—…€£§°©®™·•«»¿¡ºª½¼¾²³\xa0´")
_APART = frozenset(
    "€£§©¢¥¤²³¹¼½¾±¬¦"
)  # signs that never touch a letter, but stand where a misread letter was


def _plausibility(sample: bytes, codec: str) -> float:
    """How well the non-ASCII signs sit among their neighbours, 0 to 1; 0 if the bytes are not in this encoding."""
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError as fault:
        if fault.end < len(sample) - 4:  # the sample may end inside a letter
            return 0.0
        text = sample[: fault.start].decode(codec)
    marks = []
    for at, sign in enumerate(text):
        if not sign.isascii():
            marks.append(_fit(text[at - 1] if at else " ", sign, text[at + 1 : at + 2] or " ", codec=codec))
            if len(marks) == 5000:
                break
    return sum(marks) / len(marks) if marks else 0.0


def _fit(before: str, sign: str, after: str, *, codec: str) -> float:
    category = unicodedata.category(sign)
    if category in {"Cc", "Cn", "Co", "Cs"}:
        return 0.0
    if not sign.isalpha():
        if sign in _APART and (before.isalpha() or after.isalpha()):
            return 0.2
        inside = before.isalpha() and after.isalpha()
        return 1.0 if sign in _FINE_SIGNS and (not inside or sign == "’") else 0.2
    if "\uff61" <= sign <= "\uff9f":  # half-width katakana: what other bytes become when read as Shift-JIS
        return 0.3
    script = _script(sign)
    neighbours = [near for near in (before, after) if near.isalpha()]
    if any(_script(near) != script for near in neighbours):
        return 0.0
    # Accented Latin letters come one by one; three in a row are another alphabet, misread.
    if script == "LATIN" and len(neighbours) == 2 and not (before + after).isascii():
        return 0.0 if not before.isascii() and not after.isascii() else 0.9
    if codec in _WESTERN:
        if sign in "œŒ" and after not in "uUiIdDsS":
            return 0.3
        if "ß" not in before + sign + after and any(not near.isascii() for near in neighbours):
            return 0.6
    if category == "Lo":
        return 1.0 if codec not in _COMMON_SIGNS or _is_common(sign, codec) else 0.6
    if sign.isupper() and (before.islower() or (after.islower() and before.isalpha())):
        return 0.0
    if codec == "cp1252" and sign in _RARE_WESTERN and not (sign in "õÕ" and after in "eE"):
        return 0.5
    return 1.0


_WESTERN = {"cp1252", "mac-roman", "cp850"}  # whose languages hardly ever put two such letters side by side
# For the encodings of East Asia, in which nearly all bytes mean something: where the common signs stand.
_COMMON_SIGNS = {
    "cp932": ("shift_jis", 0x82, 0x97),
    "euc_jp": ("shift_jis", 0x82, 0x97),
    "gb18030": ("gb2312", 0xA4, 0xD7),
    "big5": ("big5", 0xA4, 0xC6),
}


def _is_common(sign: str, codec: str) -> bool:
    standard, first, last = _COMMON_SIGNS[codec]
    try:
        return first <= sign.encode(standard)[0] <= last
    except UnicodeEncodeError:
        return False


def _script(letter: str) -> str:
    if letter.isascii():
        return "LATIN"
    name = unicodedata.name(letter, "").partition(" ")[0]
    return "CJK" if name in {"HIRAGANA", "KATAKANA", "IDEOGRAPHIC"} else name.partition("-")[0]
