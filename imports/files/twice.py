"""Text that was UTF-8, was taken for Windows-1252 and saved as UTF-8 so: “MÃ¼ller” for “Müller”."""

import codecs
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

# Each sign that a byte above ASCII became: what Windows-1252 or, for the five bytes that it leaves open, Latin-1 says,
# and the control characters of those who took Latin-1 for all of them.
_BYTES: Final = {
    bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(0x80, 0x100)
} | {chr(code): code for code in range(0x80, 0xA0)}


def _signs_of(first: int, last: int) -> str:
    return "".join(sorted(re.escape(sign) for sign, code in _BYTES.items() if first <= code <= last))


_LATER: Final = f"[{_signs_of(0x80, 0xBF)}]"
# The signs that the bytes of one character became.
_TWO_OF_ONE: Final = re.compile(
    f"[{_signs_of(0xC2, 0xDF)}]{_LATER}|[{_signs_of(0xE0, 0xEF)}]{_LATER}{{2}}|[{_signs_of(0xF0, 0xF4)}]{_LATER}{{3}}"
)
_UNFINISHED: Final = re.compile(f"[{_signs_of(0xC2, 0xF4)}]{_LATER}{{0,2}}\\Z")
RUN: Final = re.compile(r"[^\x00-\x7f]+")  # of signs beyond ASCII
_TWO_BEYOND: Final = re.compile(r"[^\x00-\x7f]{2}")  # found in a tenth of the time
# Of signs side by side that must come out as characters: some are beyond mending, since programs drop the bytes that
# Windows-1252 leaves open.
_MENDED_SHARE: Final = 0.7
# Blocks of Unicode in which names are written. What is spoilt comes out in one of them; what stands so on purpose, such
# as “Ö”, comes out as a sign of a script that no list is in.
_USUAL: Final = (
    (0xA0, 0x17F), (0x218, 0x21B), (0x386, 0x3CE), (0x400, 0x45F), (0x490, 0x491), (0x5D0, 0x5EA), (0x621, 0x64A),
    (0xE01, 0xE4E), (0x1E00, 0x1EFF), (0x2010, 0x2026), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x3041, 0x30FE),
    (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF01, 0xFF5E), (0xFEFF, 0xFEFF), (0x1F300, 0x1FAFF),
)  # fmt: skip


def may_be_spoilt(text: str) -> bool:
    """Whether there is anything in it that may be a character decoded twice."""
    if text.isascii() or not _TWO_BEYOND.search(text):
        return False
    return _TWO_OF_ONE.search(text) is not None


def is_spoilt(run: re.Match[str]) -> bool:
    """Whether a `RUN` of signs is characters decoded twice; some may have lost a byte."""
    found = _TWO_OF_ONE.finditer(run.string, run.start(), run.end())
    whole = sum(len(signs[0]) for signs in found if _mended_sign(signs) != signs[0])
    return whole >= _MENDED_SHARE * len(run[0])


def mended(text: str) -> str:
    """The text with each character whole that was decoded twice; all else as it is."""
    return text if text.isascii() else _TWO_OF_ONE.sub(_mended_sign, text)


def _mended_sign(found: re.Match[str]) -> str:
    """The character that these signs were, or the signs where they were none."""
    try:
        sign = bytes(map(_BYTES.__getitem__, found[0])).decode()
    except UnicodeDecodeError:
        return found[0]
    before = found.string[max(0, found.start() - 2) : found.start()]
    if sign.islower() and len(before) == 2 and before.isascii() and before.isalpha() and before.isupper():
        return found[0]  # “IRMû with a quotation mark behind it, since a word in capitals has no small letter
    code = ord(sign)
    return sign if any(first <= code <= last for first, last in _USUAL) else found[0]


class TwiceDecoder(codecs.IncrementalDecoder):
    """Decodes UTF-8, and what of it had been decoded once before."""

    def __init__(self) -> None:
        super().__init__()
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._held = ""  # the end of a block, where a character may be cut through

    def decode(self, block: "ReadableBuffer", final: bool = False) -> str:
        text = self._held + self._utf8.decode(block, final)
        cut = None if final else _UNFINISHED.search(text[-3:])
        self._held = cut[0] if cut else ""
        return mended(text[: len(text) - len(self._held)])
