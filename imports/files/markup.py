"""Lists in markup: in which encoding a web page or an XML spreadsheet is written, and its text block by block."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from imports.files.decoding import find_encoding, read_blocks
from imports.files.encodings import ENCODINGS, Encoding, codec_name
from imports.files.limits import UnreadableFile

HEAD: Final = 8 * 1024  # bytes in which markup says how it is encoded; browsers look at the first kilobyte

_CLAIM: Final = re.compile(
    rb"<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']?(?P<xml>[\w.:-]{2,40})"
    rb"|<meta\b[^>]{0,400}?\bcharset\s*=\s*[\"']?\s*(?P<html>[\w.:-]{2,40})",
    re.IGNORECASE,
)


def find_markup_encoding(file: BinaryIO, *, chosen: str = "") -> Encoding:
    """The encoding of a file in markup: as chosen, as its bytes show, else as it says itself.

    What the bytes show (a byte order mark, zeros, letters that only UTF-8 writes so) comes first, because programs that
    write a list into a page seldom adapt what the page says. Raises UnreadableFile.
    """
    found = find_encoding(file, chosen=chosen)
    if chosen or found.codec.startswith("utf"):
        return found
    file.seek(0)
    claim = _CLAIM.search(file.read(HEAD))
    if not claim:
        return found
    name = (claim["xml"] or claim["html"]).decode("ascii", "replace")
    try:
        codec = codec_name(name)
        if codec.startswith("utf"):  # it would have been seen; every second file can be read as UTF-16
            return found
        said = find_encoding(file, chosen=codec)
    except UnreadableFile:  # an encoding that we do not know, or one that does not fit
        return found
    return replace(said, evidence=f"The file says that it is written in {ENCODINGS[said.codec]}.")


def markup_blocks(file: BinaryIO, *, codec: str) -> Iterator[str]:
    """The text of the file, decoded block by block, without byte order mark. Raises UnreadableFile."""
    is_begun = False
    for text in read_blocks(file, codec=codec):
        if not is_begun:
            text = text.lstrip(
                "\ufeff \t\r\n"
            )  # an XML declaration must stand first, and PHP often puts a line above
        is_begun = is_begun or bool(text)
        if text:
            yield text
