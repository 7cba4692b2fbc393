"""The encodings that we read, by the names that a person may choose."""

import codecs
from dataclasses import dataclass
from typing import Final

from imports.files.limits import UnreadableFile

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
# Near twins: the wider one reads everything that the other does.
WIDER = {
    "ascii": "utf-8",
    "utf-8-sig": "utf-8",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5hkscs": "big5",
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the file's bytes become text, and how we know."""

    codec: str
    evidence: str
    is_sure: bool = True
    needs_choice: bool = False  # the guess is too weak to load names by it
    suggestions: tuple[str, ...] = ()
    readings: tuple[tuple[str, str], ...] = ()  # for the likeliest codecs a line as it would be


def codec_name(name: str) -> str:
    """The codec of ENCODINGS that a person means by `name`. Raises UnreadableFile for one we do not read."""
    if name.strip().lower() == TWICE:
        return TWICE
    try:
        found = codecs.lookup(name.strip()).name
    except LookupError:
        found = ""
    found = WIDER.get(found, found)
    if found not in ENCODINGS:
        known = ", ".join(ENCODINGS)
        raise UnreadableFile(f"“{name[:40]}” is not an encoding we read. Choose one of these: {known}.")
    return found
