"""XML of workbooks as nearly all programs write it, taken apart without an XML parser.

A parser calls Python some five times for each cell, and that is most of the time a workbook takes. Rows and texts in
the usual shape are taken apart by one regular expression instead, which matches nothing but well-formed XML (it only
lets control characters pass); whatever it does not match goes to the parser, so that both give the same, and errors
come from the parser alone.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from imports.files.limits import MIB

HEAD_WITHIN: Final = (
    256 * 1024
)  # bytes before the first row; those of a wide sheet with many column styles have 50 kB
LONGEST: Final = 1 * MIB  # bytes of a row that are waited for

# XML allows ">" in a text.
_TEXT: Final = "[^<]*+"
# Column, attributes, text (of an "inlineStr" only), value; a formula stands before its value.
CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"((?: s="[0-9]{1,6}")?+(?: t="[A-Za-z]{1,9}")?+)'
    rf'(?:(?<= t="inlineStr")><is><t(?: xml:space="preserve")?+>({_TEXT})</t></is></c>'
    rf"|>(?:<f>{_TEXT}</f>)?+(?:<v>({_TEXT})</v>|<v ?/>)</c>| ?/>|></c>)"
)
CELL_STEP: Final = 5  # of what `CELL.split` gives: what stands between, and the four groups
ROW_START: Final = '<row r="'
# What follows the number of a row; the tails of a sheet are few.
ROW_TAIL: Final = re.compile(r'"(?: [A-Za-z][A-Za-z0-9:]*="[^"<>&\x00-\x1f]*+")*+ ?>')
_ITEM: Final = re.compile(rf'<si><t(?: xml:space="preserve")?+>({_TEXT})</t></si>')
_ENTITY: Final = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_LOOSE_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_OTHER_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
SHEET_OPENING: Final = re.compile(rb"<sheetData>")
TEXTS_OPENING: Final = re.compile(rb"<sst(?: [^<>]*)?>")


def leaving_usual(
    blocks: Iterator[bytes],
    *,
    opening: re.Pattern[bytes],
    closing: bytes,
    read: Callable[[str, bool], bool],
    is_between: Callable[[], bool],
) -> Iterator[bytes]:
    """What of the blocks is left for the parser: all but the items that `read` takes.

    Items (rows, texts) follow the tag `opening` and each ends with `closing`. `read` gets whole items, and whether
    their texts may hold escapes or invisible signs, and takes all or says False; `is_between` tells whether the parser
    stands between two items.
    """
    held = b""
    for block in blocks:
        held += block
        found = opening.search(held)
        if found or len(held) > HEAD_WITHIN:
            break
    else:
        found = None
    if not found:
        yield held
        yield from blocks
        return
    head, held = held[: found.end()], held[found.end() :]
    yield head
    # In a comment or an instruction the opening would be none.
    if b"<!" in head or head.count(b"<?") > 1 or _OTHER_ENCODING.search(head) or not is_between():
        yield held
        yield from blocks
        return
    while True:
        cut = held.rfind(closing) + len(closing)
        if cut >= len(closing):
            items, held = held[:cut], held[cut:]
            if _taken(items, read):
                yield b""  # the caller hands out what was read
            else:
                yield items
                if b"<!" in items or b"<?" in items or not is_between():
                    break
        elif len(held) > LONGEST:
            break
        block = next(blocks, b"")
        if not block:
            break
        held += block
    yield held
    yield from blocks


def _taken(items: bytes, read: Callable[[str, bool], bool]) -> bool:
    try:
        text = items.decode()
    except UnicodeDecodeError:
        return False
    # A parser makes line feeds of carriage returns, and refuses NUL and the end of a section that was never begun.
    if b"\r" in items or b"\0" in items or (b"]" in items and b"]]>" in items):
        return False
    has_entities = b"&" in items
    if has_entities and _LOOSE_AMPERSAND.search(text):
        return False
    return read(
        text,
        has_entities
        or (b"_" in items and b"_x" in items)  # single bytes are found ten times as fast as pairs
        or (b"\xe2" in items and (b"\xe2\x80" in items or b"\xe2\x81" in items))
        or (b"\xef" in items and b"\xef\xbb" in items),
    )


def split_texts(items: str) -> list[str] | None:
    """The texts of `<si>` items, escaped signs resolved; None if one of them is unusual."""
    parts = _ITEM.split(items)
    if any(parts[::2]):
        return None
    texts = parts[1::2]
    if "&" in items:
        try:
            return [resolved(text) if "&" in text else text for text in texts]
        except ValueError:
            return None
    return texts


def resolved(text: str) -> str:
    """The text with its entities resolved. Raises ValueError for a sign that XML forbids."""
    return _ENTITY.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
        return chr(code)
    raise ValueError(code)
