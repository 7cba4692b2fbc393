"""Text files as records: which encoding, which delimiter, one record after the other.

Nothing here keeps more than a block and one record in memory, and nothing changes `csv.field_size_limit`, which belongs
to the whole process. The reader runs in strict mode, so that a quote in the wrong place is noticed and never swallows
rows.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import BinaryIO, Final, NamedTuple

from charset_normalizer import from_bytes

from imports.files import languages
from imports.files.limits import MAX_CELL, MAX_RECORD, UnreadableFile
from imports.files.twice import RUN, TwiceDecoder, is_spoilt, mended
from imports.kinds import EMAIL, NUMBER, PHONE, TEXT, URL, kind_of

BLOCK: Final = 64 * 1024  # bytes read at a time
# Characters up to which a line without quotes is a record by itself, and need not go through the strict reader.
LONGEST_PLAIN_LINE: Final = MAX_CELL
SAMPLE_LINES: Final = 400  # lines looked at to find the delimiter
SAMPLE_CHARACTERS: Final = 400_000
SAMPLE_BYTES: Final = (
    32 * 1024
)  # of lines with accents, to find the code page; more tells no more and takes seconds

# The full-width signs are those of Chinese and Japanese keyboards; the ideographic comma (、) stands inside values.
DELIMITERS: Final = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "pipe",
    "，": "full-width comma",
    "；": "full-width semicolon",
}
_FULL_WIDTH: Final = "，；"
_OTHER_DELIMITERS: Final = {
    " ": "blanks",
    ":": "colons",
    "^": "carets (^)",
    "~": "tildes (~)",
    "\x1f": "unit separators",
}

# Text that was UTF-8, was taken for Windows-1252 and saved as UTF-8 so.
TWICE: Final = "utf-8-twice"
# What a person may choose, by the name that Python's codecs give it. Codecs that transform rather than decode (rot13,
# unicode_escape, utf-7) are left out on purpose.
ENCODINGS: Final = {
    "utf-8": "Unicode (UTF-8)",
    TWICE: "Unicode (UTF-8), decoded twice (“Ã¼” for “ü”)",
    "utf-16": "Unicode (UTF-16)",
    "utf-16-le": "Unicode (UTF-16, little-endian)",
    "utf-16-be": "Unicode (UTF-16, big-endian)",
    "utf-32": "Unicode (UTF-32)",
    "utf-32-le": "Unicode (UTF-32, little-endian)",
    "utf-32-be": "Unicode (UTF-32, big-endian)",
    "cp1252": "Western European (Windows-1252)",
    "iso8859-1": "Western European (ISO 8859-1)",
    "iso8859-15": "Western European (ISO 8859-15)",
    "mac-roman": "Western European (Mac Roman)",
    "cp850": "Western European (DOS 850)",
    "cp437": "Western European (DOS 437)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859-2": "Central European (ISO 8859-2)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "iso8859-5": "Cyrillic (ISO 8859-5)",
    "cp866": "Cyrillic (DOS 866)",
    "cp1253": "Greek (Windows-1253)",
    "iso8859-7": "Greek (ISO 8859-7)",
    "cp1254": "Turkish (Windows-1254)",
    "iso8859-9": "Turkish (ISO 8859-9)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1257": "Baltic (Windows-1257)",
    "cp932": "Japanese (Shift-JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "gb18030": "Chinese, simplified (GB 18030)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean (EUC-KR)",
}
_CODE_PAGES = [codec for codec in ENCODINGS if not codec.startswith("utf")]
# Near twins: the wider one reads everything that the other does.
_WIDER = {
    "ascii": "utf-8",
    "utf-8-sig": "utf-8",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5hkscs": "big5",
}
_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = (
    "cp1250", "mac-roman", "cp932", "cp1251", "iso8859-7", "cp1254", "cp949", "gb18030", "big5", "euc_jp", "koi8-r",
    "cp850", "cp1253", "cp1255", "cp1256", "cp1257", "iso8859-2", "cp866", "iso8859-5",
)  # fmt: skip

REGULAR: Final = (
    0.8  # of the rows that must have the same number of cells where the list is part of the file only
)
_TELLING_KINDS: Final = frozenset({EMAIL, PHONE, URL})  # which no sentence with commas is taken apart into

SURE_SCORE: Final = (
    0.85  # of 1: how well the accented letters must make sense for Windows-1252 not to be a guess
)
CLEAR_SCORE: Final = 0.75  # of 1: how well the accented letters must make sense for a guess to be taken
CLEAR_LEAD: Final = 0.06  # by how much the guess must be better than the next that reads the file differently

_SEP_LINE = re.compile(r'"?sep=(?P<delimiter>[^\w\s"]|\t)"?[\r\n]*', re.IGNORECASE)
MANGLED_NUMBER: Final = re.compile(r"-?\d(?:[.,]\d+)?E\+\d{2,3}")
# Signs that `str.strip` leaves at the edge of a cell: zero-width blanks, direction marks, byte order mark, end-of-file.
INVISIBLE = "\u200b\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufeff\x1a"
# Control characters that no list holds: bytes of Windows-1252 that a program took for Latin-1. Browsers read them so.
_CONTROLS = re.compile("[\x80-\x9f]")
_AS_WESTERN = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_ANY_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_EDGES = INVISIBLE + " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2000\u2001\u2002\u2003\u2009\u202f\u3000"
SPREADSHEET_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)


class Record(NamedTuple):
    """One row of the file, its cells stripped."""

    number: int  # as the spreadsheet shows it, from 1
    cells: list[str]
    problem: str  # a sentence, or ""
    flaws: dict[int, str] | None  # cell index: sentence


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the file's bytes become text, and how we know."""

    codec: str
    evidence: str
    is_sure: bool = True
    needs_choice: bool = False  # the guess is too weak to load names by it
    suggestions: tuple[str, ...] = ()
    readings: tuple[tuple[str, str], ...] = ()  # for the likeliest codecs a line as it would be


@dataclass(frozen=True, slots=True)
class Dialect:
    """How lines become cells."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""  # "\\" where quotes inside a cell are written so
    has_sep_line: bool = False  # a first line "sep=;", which spreadsheets do not show
    is_wrapped: bool = False  # lines stand wholly in one quoted cell, and the list is the text inside
    width: int = 0  # cells that most rows have


def strip(text: str) -> str:
    """The cell without blanks and invisible signs at its edges."""
    text = text.strip()
    if text and (text[0] in INVISIBLE or text[-1] in INVISIBLE):
        return text.strip(_EDGES)
    return text


def codec_name(name: str) -> str:
    """The codec of ENCODINGS that a person means by `name`. Raises UnreadableFile for one we do not read."""
    if name.strip().lower() == TWICE:
        return TWICE
    try:
        found = codecs.lookup(name.strip()).name
    except LookupError:
        found = ""
    found = _WIDER.get(found, found)
    if found not in ENCODINGS:
        known = ", ".join(ENCODINGS)
        raise UnreadableFile(f"“{name[:40]}” is not an encoding we read. Choose one of these: {known}.")
    return found


# --- Encoding -----------------------------------------------------------------------------------------------------


def find_encoding(file: BinaryIO, *, chosen: str = "") -> Encoding:
    """The encoding of the file: as chosen, by byte order mark, strict UTF-8, UTF-16 by its zeros, else a code page.

    Every byte is decoded once, so what is returned reads the file to its end. Raises UnreadableFile for a file that is
    not text, that holds NUL characters, or that the chosen encoding does not fit.
    """
    if chosen:
        return _chosen_encoding(file, codec_name(chosen))
    file.seek(0)
    head = file.read(BLOCK)
    for mark, codec in _BOMS:
        if head.startswith(mark):
            _require_decodable(file, codec, why=f"begins with the byte order mark of {ENCODINGS[codec]}, but")
            evidence = f"The file begins with the byte order mark of {ENCODINGS[codec]}."
            return _as_utf8(file, evidence=evidence) if codec == "utf-8" else Encoding(codec, evidence)
    if b"\0" in head and (codec := _wide_codec(head)):
        _require_decodable(file, codec, why=f"looks like {ENCODINGS[codec]}, but")
        return Encoding(codec, f"The zeros between the letters show {ENCODINGS[codec]}.")
    if _is_binary(head):
        raise UnreadableFile(
            "This file is not text but program code or packed content, so it is not a list. "
            "Save the list as CSV or XLSX and upload it again."
        )
    if (line := _first_fault(file, "utf-8")) == 0:
        if _is_ascii(file):
            return Encoding(
                "utf-8", "The file holds plain unaccented letters, which every encoding writes alike."
            )
        return _as_utf8(file, evidence="Every character of the file is valid UTF-8.")
    return _code_page(file, line=line)


def _chosen_encoding(file: BinaryIO, codec: str) -> Encoding:
    if line := _first_fault(file, codec, counts_nul=True):
        raise UnreadableFile(
            f"The file is not in {ENCODINGS[codec]}: line {line} cannot be read so. "
            "Choose another encoding, or leave the choice to us."
        )
    return Encoding(codec, "You chose it.")


def _require_decodable(file: BinaryIO, codec: str, *, why: str) -> None:
    if line := _first_fault(file, codec):
        raise UnreadableFile(
            f"The file {why} line {line} cannot be read so; it is damaged or was joined from two files. "
            "Save it again as “CSV UTF-8” and upload it again."
        )


def _first_fault(file: BinaryIO, codec: str, *, counts_nul: bool = False) -> int:
    """The first line that `codec` cannot decode, 0 for none.

    A NUL character raises UnreadableFile, or with `counts_nul` is a fault like the others.
    """
    file.seek(0)
    decoder = _decoder(codec)
    line = 1
    while True:
        block = file.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as fault:
            before = bytes(fault.object[: fault.start])
            return line + (before.count(b"\n") or before.count(b"\r"))
        if counts_nul and "\0" in text:
            return line
        _refuse_nul(text, line=line)
        if not block:
            return 0
        line += text.count("\n") or text.count("\r")


def _is_ascii(file: BinaryIO) -> bool:
    file.seek(0)
    while block := file.read(BLOCK):
        if not block.isascii():
            return False
    return True


def _refuse_nul(text: str, *, line: int) -> None:
    if "\0" not in text:
        return
    before = text[: text.index("\0")]
    raise UnreadableFile(
        f"Line {line + (before.count(chr(10)) or before.count(chr(13)))} holds a NUL character, which no list has; "
        "the file is damaged. Open it in a spreadsheet, save it as CSV and upload it again."
    )


def _decoder(codec: str) -> codecs.IncrementalDecoder:
    if codec == TWICE:
        return TwiceDecoder()
    return codecs.getincrementaldecoder("utf-8-sig" if codec == "utf-8" else codec)("strict")


def _wide_codec(head: bytes) -> str:
    """UTF-16 or UTF-32 without a byte order mark, seen by where the zero bytes are; "" if it is neither."""
    size = len(head) - len(head) % 4
    if size < 4:
        return ""
    zeros = [head[:size][place::4].count(0) / (size / 4) for place in range(4)]
    # Nearly all letters are in the first 65,536 of Unicode, so UTF-32 has two zeros for each.
    if min(zeros[2:]) > 0.95 and zeros[0] < 0.1:
        return "utf-32-le"
    if min(zeros[:2]) > 0.95 and zeros[3] < 0.1:
        return "utf-32-be"
    # Line ends, delimiters, digits have their zero on one side only, in every language.
    first, second = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if second > 0.02 and first < second / 10:
        return "utf-16-le"
    if first > 0.02 and second < first / 10:
        return "utf-16-be"
    return ""


def _is_binary(head: bytes) -> bool:
    strange = sum(head.count(code) for code in (*range(1, 9), *range(14, 26), 28, 29, 30, 31, 127))
    return strange + head.count(0) > len(head) / 50


def _code_page(file: BinaryIO, *, line: int) -> Encoding:
    """The most plausible code page of a file that is not Unicode, Windows-1252 unless it makes no sense."""
    sample = _accented_lines(file)
    ranked = [codec for codec in _ranked_code_pages(sample)[:8] if not _first_fault(file, codec)]
    if ranked:
        codec = ranked[0]
        text = sample.decode(codec, "ignore")
        # A near twin that reads the file alike is no rival.
        rivals = [other for other in ranked[1:] if sample.decode(other, "ignore") != text]
        lead = min((_lead(sample, codec, other) for other in rivals), default=1.0)
        score = _score(sample, codec)
        if codec == "cp1252" and score >= SURE_SCORE and lead >= CLEAR_LEAD:
            return Encoding(
                codec,
                f"Line {line} is not valid UTF-8; read as {ENCODINGS[codec]} its accented letters make sense.",
            )
        return Encoding(
            codec,
            f"Line {line} is not valid UTF-8. {ENCODINGS[codec]} is our best guess: look at the preview, and "
            "choose another encoding if names look wrong.",
            is_sure=False,
            needs_choice=score < CLEAR_SCORE or lead < CLEAR_LEAD,
            suggestions=tuple(rivals[:4]),
            readings=tuple(
                (other, _first_accented(sample.decode(other, "ignore"))) for other in (codec, *rivals[:3])
            ),
        )
    raise UnreadableFile(
        f"Line {line} is not valid UTF-8, and no other encoding fits. Choose the encoding of the file, or save it as "
        "“CSV UTF-8” and upload it again."
    )


def _first_accented(text: str) -> str:
    """A line of the text in which the encoding shows, shortened around its first accent."""
    line = next((line for line in text.splitlines() if not line.isascii()), "")
    return _around(line, next((at for at, sign in enumerate(line) if not sign.isascii()), 0))


def _around(line: str, at: int) -> str:
    return line[max(0, at - 20) : at + 40].strip(" \t\r\n")


def _accented_lines(file: BinaryIO) -> bytes:
    """Up to SAMPLE_BYTES of the lines that are not plain ASCII."""
    file.seek(0)
    found = bytearray()
    while len(found) < SAMPLE_BYTES and (block := file.readline(BLOCK)):
        if not block.isascii():
            found += block
    return bytes(found[:SAMPLE_BYTES])


def _ranked_code_pages(sample: bytes) -> list[str]:
    """The code pages in which the sample makes sense, best first."""
    scores = {codec: _score(sample, codec) for codec in (*_GUESSES, "cp1252")}
    for rank, match in enumerate(from_bytes(sample, steps=3, cp_isolation=_CODE_PAGES)):
        if rank == 5:
            break
        codec = codecs.lookup(match.encoding).name
        codec = _WIDER.get(codec, codec)
        if codec in ENCODINGS and codec not in scores:
            scores[codec] = _score(sample, codec) - rank / 100
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


def _score(sample: bytes, codec: str) -> float:
    """How well the sample reads in that encoding, 0 to about 1: by neighbours and by the letters of languages."""
    fit = _plausibility(sample, codec)
    if fit <= 0.5:
        return 0.0
    return fit * languages.likelihood(sample.decode(codec, "ignore")) + _COMMONER.get(codec, 0.0)


def _lead(sample: bytes, codec: str, other: str) -> float:
    """How much better than the other the encoding reads the lines, all of them or those in which the two differ."""
    lines = b"\n".join(
        line for line in sample.splitlines() if line.decode(codec, "ignore") != line.decode(other, "ignore")
    )
    return max(_score(part, codec) - _score(part, other) for part in (sample, lines))


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


# --- Text decoded twice -------------------------------------------------------------------------------------------

# Of all runs of signs beyond ASCII, from which on the whole file was decoded twice.
_SPOILT_SHARE: Final = 0.5


def _as_utf8(file: BinaryIO, *, evidence: str) -> Encoding:
    """The encoding of a file in UTF-8 with accents, which may have been decoded twice on its way."""
    sample = _accented_lines(file).decode("utf-8-sig", "ignore")
    runs = list(RUN.finditer(sample))
    spoilt = [run for run in runs if is_spoilt(run)]
    if not spoilt:
        return Encoding("utf-8", evidence)
    line, at = _line_around(sample, spoilt[0].start())
    before = _around(line, at)
    after = mended(before)
    readings = ((TWICE, after), ("utf-8", before))
    if len(spoilt) >= _SPOILT_SHARE * len(runs):
        return Encoding(
            TWICE,
            f"The file is valid UTF-8, but its text was decoded twice before: “{before}” is mended to “{after}”. "
            f"Choose {ENCODINGS['utf-8']} if it is meant as it stands.",
            is_sure=False,
            suggestions=("utf-8",),
            readings=readings,
        )
    # Cell by cell, where that is certain (`imports.mapping`).
    return Encoding(
        "utf-8", f"{evidence} Some of its text was decoded twice before: “{before}” is read as “{after}”."
    )


def _line_around(text: str, at: int) -> tuple[str, int]:
    """The line of the text that holds this place, and the place in it."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    return text[start:].splitlines()[0], at - start


# --- Lines --------------------------------------------------------------------------------------------------------


def read_blocks(file: BinaryIO, *, codec: str) -> Iterator[str]:
    """The file's text, block by block as it comes, with its line ends. Raises UnreadableFile."""
    file.seek(0)
    decoder = _decoder(codec)
    line = 1
    is_begun = False
    while True:
        block = file.read(BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError:
            raise UnreadableFile(
                f"After line {line} the file is no longer in {ENCODINGS[codec]}. Choose its encoding and try again."
            ) from None
        _refuse_nul(text, line=line)
        line += text.count("\n") or text.count("\r")
        if not is_begun and text:
            is_begun = True
            text = text.removeprefix("\ufeff")
        yield text.translate(_AS_WESTERN) if _CONTROLS.search(text) else text
        if not block:
            return


def read_lines(file: BinaryIO, *, codec: str) -> Iterator[str]:
    """The file's lines with their ends (LF, CR or CRLF), one after the other. Raises UnreadableFile."""
    held = ""
    line = 1
    for text in read_blocks(file, codec=codec):
        text = held + text
        # A carriage return at the very end may be the first half of CRLF.
        cut = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
        held = text[cut:]
        if len(held) > MAX_RECORD:
            raise UnreadableFile(
                f"Line {line + text.count(chr(10), 0, cut)} is longer than {MAX_RECORD:,} characters, which no list "
                "has. Check that the file is a list with one person to a line."
            )
        for found in io.StringIO(text[:cut], newline=""):
            line += 1
            yield found
    if held:
        yield from io.StringIO(held, newline="")


# --- Delimiter ----------------------------------------------------------------------------------------------------


def find_dialect(file: BinaryIO, *, codec: str, delimiter: str = "") -> Dialect:
    """The delimiter and quoting of the file, by which reading its first lines come out most regular.

    `delimiter` overrides the choice. A file of one column gets a delimiter that does not occur in it.
    """
    lines: list[str] = []
    size = 0
    for line in islice(read_lines(file, codec=codec), SAMPLE_LINES):
        lines.append(line)
        size += len(line)
        if size > SAMPLE_CHARACTERS:
            break
    sep_line = _SEP_LINE.fullmatch(lines[0]) if lines else None
    if sep_line:
        lines = lines[1:]
        delimiter = delimiter or sep_line["delimiter"]
    inside = list(_unwrapped(iter(lines))) if any(line.startswith('"') for line in lines) else lines
    if inside != lines:
        best, _ = _best_dialect(inside, delimiter=delimiter)
        if _is_list_inside(lines, inside, best):
            return replace(best, has_sep_line=bool(sep_line), is_wrapped=True)
    text = "".join(lines)
    best, best_score = _best_dialect(lines, delimiter=delimiter)
    if not delimiter:
        _refuse_other_delimiters(lines, best_score)
    if best.width == 1 and not delimiter:
        unused = next((sign for sign in DELIMITERS if sign not in text), ",")
        best = Dialect(unused, width=1)
    return replace(best, has_sep_line=bool(sep_line))


def _best_dialect(lines: Sequence[str], *, delimiter: str) -> tuple[Dialect, float]:
    """By which reading the lines come out most regular, and how regular that is."""
    best, best_score = Dialect(delimiter or ","), -1.0
    for candidate in _candidates("".join(lines), delimiter=delimiter):
        width, score = _regularity(lines, candidate)
        if score > best_score:
            best, best_score = replace(candidate, width=width), score
    return best, best_score


def _candidates(text: str, *, delimiter: str) -> Iterator[Dialect]:
    for sign in [delimiter] if delimiter else DELIMITERS:
        if sign not in text and not delimiter:
            continue
        yield Dialect(sign)
        if '\\"' in text:
            yield Dialect(sign, escape="\\")
        near = re.escape(sign)
        if re.search(rf"(?:^|{near})'[^'\r\n]*{near}[^'\r\n]*'(?:{near}|[\r\n]|$)", text, re.MULTILINE):
            yield Dialect(sign, quote="'")


def _try(lines: Sequence[str], dialect: Dialect) -> tuple[list[list[str]], int]:
    reader = _csv_reader(iter(lines), dialect)
    records: list[list[str]] = []
    faults = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return records, faults
        except csv.Error:
            faults += 1
            continue
        if any(cells):
            records.append(cells)


def _regularity(lines: Sequence[str], dialect: Dialect) -> tuple[int, float]:
    """The width that most records have, and how regular the table is with it: 0 for one column, about 1 at best."""
    records, faults = _try(lines, dialect)
    if not records:
        return 0, 0.0
    width, count = _usual_width(records)
    share = 1.0
    if width == 1:
        # Notes above and below a short list can be longer than the list. A sign that divides more rows goes before.
        share = 1 / len(records)
        records = _longest_run(records)
        if not records:
            return 1, 0.0
        width, count = _usual_width(records)
        if count < REGULAR * len(records) or not _is_table(records, lines, dialect):
            return 1, 0.0
    if dialect.delimiter in _FULL_WIDTH and len(records[0]) != width:
        return 1, 0.0  # a sign inside of texts
    marks = [_neatness(cell.strip()) for cells in records[:100] for cell in cells[:50]]
    regular = count / (len(records) + 3 * faults)
    return width, share * regular * (sum(marks) / len(marks)) * (1 - 1 / width)


def _usual_width(records: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many cells most records have, and how many records these are."""
    widths = Counter(len(cells) for cells in records)
    return max(widths.items(), key=lambda item: (item[1], item[0]))


def _longest_run(records: Sequence[list[str]]) -> list[list[str]]:
    """The longest run of at least two records with several cells each."""
    best: list[list[str]] = []
    for is_row, run in groupby(records, key=lambda cells: len(cells) > 1):
        if is_row and len(found := list(run)) > max(1, len(best)):
            best = found
    return best


def _is_table(records: Sequence[list[str]], lines: Sequence[str], dialect: Dialect) -> bool:
    """Whether these few records are rows of a table and not sentences with commas in them."""
    if any(kind_of(cell.strip()) in _TELLING_KINDS for cells in records for cell in cells):
        return True
    between = f"{dialect.quote}{dialect.delimiter}{dialect.quote}"
    return any(between in line for line in lines)


def _refuse_other_delimiters(lines: Sequence[str], best_score: float) -> None:
    """Refuses a table whose cells are plainly divided by a sign that we do not try, such as a blank."""
    lines = list(dict.fromkeys(lines))  # a sentence that comes again and again is no table
    for sign, name in _OTHER_DELIMITERS.items():
        width, score = _regularity(lines, Dialect(sign))
        if width >= 4 and len(lines) >= 5 and score > 0.6 and score > best_score + 0.2:
            raise UnreadableFile(
                f"The cells of this file seem to be divided by {name}. Open it in a spreadsheet with that delimiter, "
                "save it as CSV and upload it again."
            )


def _neatness(cell: str) -> float:
    """1 for a cell that looks like one value, less for one that looks like several or holds stray quotes."""
    if kind_of(cell) != TEXT:
        return 1.0
    if cell[:1] in "\"'" or cell[-1:] in "\"'" or any(sign in cell for sign in ";\t|"):
        return 0.4
    return 0.9 if "," not in cell else 0.8


# --- Lines in one quoted cell -------------------------------------------------------------------------------------

# Delimiters behind the cell are those of columns that are blank.
_WRAPPED_LINE: Final = re.compile(r'"(?P<inside>(?:[^"]++|"")*+)"[,;\t ]*+(?P<end>[\r\n]*+)')
LINES_OF_CELL: Final = 50  # up to which a quoted cell is followed that may be a whole line

WRAPPED_SHARE: Final = (
    0.6  # of lines with several cells inside that must have as many as the list; others are notes
)


def _unwrapped(lines: Iterator[str]) -> Iterator[str]:
    """The lines; those that stand wholly in one quoted cell as the text inside. As many come out as go in."""
    returned: deque[str] = deque()
    while line := returned.popleft() if returned else next(lines, ""):
        if not line.startswith('"'):
            yield line
            continue
        taken = [line]
        quotes = line.count('"')
        while quotes % 2 and len(taken) < LINES_OF_CELL:
            following = returned.popleft() if returned else next(lines, "")
            if not following:
                break
            taken.append(following)
            quotes += following.count('"')
        if found := _WRAPPED_LINE.fullmatch("".join(taken)):
            yield from io.StringIO(found["inside"].replace('""', '"') + found["end"], newline="")
        else:
            yield line
            returned.extendleft(reversed(taken[1:]))


def _is_list_inside(lines: Sequence[str], inside: Sequence[str], dialect: Dialect) -> bool:
    """Whether the list is the text inside of cells that hold a whole line, and not a list with such cells."""
    records, _ = _try(inside, dialect)
    table = _longest_run(records)
    if dialect.width < 2 or not table or len(table[0]) != dialect.width:
        return False
    wrapped = [line for line in dict.fromkeys(lines) if _WRAPPED_LINE.fullmatch(line)]
    widths = [len(cells) for line in wrapped for cells in _try(list(_unwrapped(iter([line]))), dialect)[0]]
    several = [width for width in widths if width > 1]
    fitting = several.count(dialect.width)
    # Of a list with both, most lines in one cell must be rows; notes below a list are such cells too.
    has_others = any(
        line == text and dialect.delimiter in line for line, text in zip(lines, inside, strict=True)
    )
    if fitting < max(2, WRAPPED_SHARE * len(several), len(widths) / 2 if has_others else 0):
        return False
    # Programs that put only some lines into one cell do so because of the quotes inside; “Doe, John” alone is a row of
    # which the rest is blank.
    has_cells = [_has_cell_inside(line, dialect.delimiter) for line in wrapped]
    if has_others and not all(has_cells):
        return False
    if sum(len(cells) == dialect.width for cells in table) < WRAPPED_SHARE * len(table):
        return False
    kinds = {kind_of(cell.strip()) for cells in table[1:] for cell in cells}
    if any(has_cells) or not _TELLING_KINDS.isdisjoint(kinds):
        return True
    # “1,5” and “Doe, John” are values of a list with one column, and a lone cell above them is its header.
    parted = [line for line in wrapped if dialect.delimiter in line]
    is_values = kinds == {NUMBER} or (dialect.delimiter == "," and all(", " in line for line in parted))
    return not is_values and len(records[0]) == dialect.width


def _has_cell_inside(line: str, sign: str) -> bool:
    """Whether a line in one cell has no other cells and holds a quoted cell that stands beside a delimiter."""
    return line.rstrip(" \r\n").endswith('"') and (f'""{sign}' in line or f'{sign}""' in line)


# --- Records ------------------------------------------------------------------------------------------------------


def _csv_reader(lines: Iterator[str], dialect: Dialect, *, strict: bool = True) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape or None,
        doublequote=True,
        skipinitialspace=True,  # `, "a, b"` is a quoted cell to every person, and cells are stripped anyway
        strict=strict,
    )


class _Source:
    """Feeds lines to the reader, remembers those of the record at hand and takes lines back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.next_line = ""  # taken from `lines` by somebody who wanted to see it
        self.returned: deque[str] = deque()
        self.line = 0  # lines given so far
        self.begin()

    def begin(self) -> None:
        """A new record begins with the next line."""
        self.taken: list[str] = []
        self.size = 0
        self.is_returned = False

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> str:
        if self.returned:
            line = self.returned.popleft()
            self.is_returned = True
        elif self.next_line:
            line, self.next_line = self.next_line, ""
        else:
            line = next(self.lines)
        self.line += 1
        self.taken.append(line)
        self.size += len(line)
        if self.size > MAX_RECORD:
            raise _open_quote(self.first_line)
        return line

    @property
    def first_line(self) -> int:
        return self.line - len(self.taken) + 1

    def take_back(self) -> None:
        """All lines of the record but the first will be given again."""
        self.returned.extendleft(reversed(self.taken[1:]))
        self.line -= len(self.taken) - 1
        del self.taken[1:]


def _open_quote(line: int) -> UnreadableFile:
    return UnreadableFile(
        f"The quote opened in line {line} is never closed. "
        "Add the closing quote, or remove the stray one, and upload the file again."
    )


def read_records(file: BinaryIO, *, codec: str, dialect: Dialect) -> Iterator[Record]:
    """Every row of the file, blank ones as no cells. Numbers count as a spreadsheet does: a quoted cell with line
    breaks is one row, a `sep=` line is none.

    Raises UnreadableFile for a quote that is never closed and for a cell of more than MAX_CELL characters. A quote in
    the wrong place inside one row is that row's problem.
    """
    lines = read_lines(file, codec=codec)
    if dialect.has_sep_line:
        next(lines, None)
    if dialect.is_wrapped:
        lines = _unwrapped(lines)
    source = _Source(lines)
    source.line = int(dialect.has_sep_line)
    reader = _csv_reader(source, dialect)
    number = 0
    delimiter, quote, escape = dialect.delimiter, dialect.quote, dialect.escape or dialect.quote
    # Of blanks between blanks the strict reader has its own idea.
    longest = -1 if delimiter == " " else LONGEST_PLAIN_LINE
    while True:
        if not source.returned:
            # Most lines are a record without any quote: they are divided eight times as fast as the reader can.
            for line in lines:
                if quote in line or escape in line or len(line) > longest or _is_odd(line):
                    source.next_line = line
                    break
                source.line += 1
                number += 1
                bare = line.rstrip("\r\n")
                cells = list(map(str.strip, bare.split(delimiter))) if bare else []
                flaws = find_flaws(cells) if "#" in line or "E+" in line else None
                yield Record(number, cells, "", flaws)
            else:
                return
        source.begin()
        problem = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells, problem = _recovered(source, dialect, error)
        number += 1
        taken = source.taken
        if len(taken) > 1 and not problem and _swallows_rows(taken, dialect):
            problem = (
                f"The quote opened in line {source.first_line} is closed in line {source.line}, and the lines between "
                "look like rows of their own. Remove the stray quote."
            )
            source.take_back()
            cells = _leniently(taken[0], dialect)
        elif source.is_returned and not problem and "".join(taken).count(dialect.quote) % 2:
            problem = f"A stray quote stands in line {source.first_line}. Remove it."
        raw = taken[0]
        if len(raw) > MAX_CELL or len(taken) > 1:
            _refuse_long_cells(cells, line=source.first_line)
        if _ANY_INVISIBLE.search(raw) or len(taken) > 1:
            cells = [strip(cell) for cell in cells]
        else:
            cells = [cell.strip() for cell in cells]
        flaws = find_flaws(cells) if "#" in raw or "E+" in raw or len(taken) > 1 else None
        yield Record(number, cells, problem, flaws)


def _is_odd(line: str) -> bool:
    """Whether a line holds invisible signs, which have to go from the edges of its cells."""
    return "\x1a" in line if line.isascii() else _ANY_INVISIBLE.search(line) is not None


def find_flaws(cells: Sequence[str]) -> dict[int, str] | None:
    """What a spreadsheet has spoilt in cells written as text: error values and rounded numbers."""
    found = {}
    for index, cell in enumerate(cells):
        if cell in SPREADSHEET_ERRORS:
            found[index] = error_sentence(cell)
        elif "E+" in cell and MANGLED_NUMBER.fullmatch(cell):
            found[index] = (
                f"{cell} is a number that a spreadsheet has rounded. Format the column as text and export it again."
            )
    return found or None


def error_sentence(value: str) -> str:
    """What to say of a cell that holds a spreadsheet's error value."""
    return f"{value} is the error of a formula, not a value. Correct the formula or empty the cell."


def _recovered(source: _Source, dialect: Dialect, error: csv.Error) -> tuple[list[str], str]:
    """The cells and the problem of a record that the strict reader refused."""
    taken = source.taken
    if "end of data" in str(error):
        raise _open_quote(source.first_line)
    if "field limit" in str(error):
        raise _too_long(source.first_line)
    raw = "".join(taken)
    if (cells := _mended(raw, dialect)) is not None:
        return cells, ""
    line = source.first_line
    if len(taken) > 1 and any(len(_leniently(other, dialect)) == dialect.width for other in taken[1:]):
        source.take_back()
        return _leniently(taken[0], dialect), (
            f"The quote opened in line {line} is not closed in its row. Add the closing quote, or remove the stray one."
        )
    return _leniently(raw, dialect), (
        f"A quote in line {line} stands in the wrong place, so the cells cannot be told apart. "
        "Write a quote inside a cell as two quotes."
    )


def _mended(raw: str, dialect: Dialect) -> list[str] | None:
    """The cells of a record that only has blanks after closing quotes, or apostrophes inside single quotes, or None."""
    near = re.escape(dialect.delimiter)
    mended = re.sub(rf"{dialect.quote}[ \t\xa0]+(?={near}|[\r\n]*$)", dialect.quote, raw)
    if dialect.quote == "'":
        mended = re.sub(r"(?<=\w)'(?=\w)", "\u2019", mended)
    if mended == raw:
        return None
    try:
        found = list(_csv_reader(iter(io.StringIO(mended, newline="")), dialect))
    except csv.Error:
        return None
    if len(found) != 1:
        return None
    return [cell.replace("\u2019", "'") for cell in found[0]] if dialect.quote == "'" else found[0]


def _leniently(raw: str, dialect: Dialect) -> list[str]:
    try:
        found = list(_csv_reader(iter(io.StringIO(raw, newline="")), dialect, strict=False))
    except csv.Error:
        return [raw[:MAX_CELL]]
    return [cell[:MAX_CELL] for cells in found for cell in cells]


def _swallows_rows(taken: Sequence[str], dialect: Dialect) -> bool:
    """Whether a record of several lines is really several rows between two stray quotes: each line has all cells."""
    least = 3 if dialect.width == 2 else 2  # two lines of one comma each may well be a note
    if dialect.width < 2 or len(taken) < least:
        return False
    return all(line.count(dialect.delimiter) == dialect.width - 1 for line in taken)


def _refuse_long_cells(cells: Sequence[str], *, line: int) -> None:
    if max(map(len, cells), default=0) > MAX_CELL:
        raise _too_long(line)


def _too_long(line: int) -> UnreadableFile:
    return UnreadableFile(
        f"A cell that begins in line {line} is longer than {MAX_CELL:,} characters. If a quote is opened there and not "
        "closed, close it; otherwise shorten the text. Then upload the file again."
    )
