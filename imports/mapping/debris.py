"""Cells that a program on the way has spoilt, made whole where the text that was meant is certain."""

import html
import re
from typing import Final

from imports.files import twice

_ENTITY: Final = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{2,6}|#[xX][0-9A-Fa-f]{2,6});")
# Letters beyond ASCII as mail programs write them: "M=C3=BCller"; what stands for a sign of ASCII comes with them.
_QUOTED: Final = re.compile(r"(?:=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3})+")
_QUOTED_SIGN: Final = re.compile(r"=(2[0-9A-F]|3[A-F]|5F)")
_BYTES: Final = re.compile(r"=([0-9A-F]{2})")


def may_be_spoilt(texts: str) -> bool:
    """Whether any of these texts, one behind the other, has signs of it: asked of each row, so it is quick."""
    return "=" in texts or ("&" in texts and ";" in texts) or twice.may_be_spoilt(texts)


def mended(text: str) -> str:
    """The text without ="…" around it, marks of HTML ("&amp;"), of mail ("=C3=BC") or of UTF-8 read wrongly ("Ã¼").

    What is not wholly such stays as it is.
    """
    if text.startswith('="') and text.endswith('"'):  # keeps a spreadsheet from taking a text for a number
        text = text[2:-1]
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if "=" in text and _QUOTED.search(text):
        text = _QUOTED_SIGN.sub(lambda found: chr(int(found[1], 16)), _QUOTED.sub(_unquoted, text))
    if twice.may_be_spoilt(text) and all(map(twice.is_spoilt, twice.RUN.finditer(text))):
        text = twice.mended(text)
    return text


def _unquoted(found: re.Match[str]) -> str:
    try:
        return bytes(int(byte, 16) for byte in _BYTES.findall(found[0])).decode()
    except UnicodeDecodeError:
        return found[0]
