"""Bytes as text: which encoding a file is in, how we know, and its lines, one after the other."""

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from imports.files.codepages import lead_over, ranked_code_pages, readability
from imports.files.encodings import ENCODINGS, TWICE, Encoding, codec_name
from imports.files.limits import MAX_RECORD, UnreadableFile
from imports.files.twice import RUN, TwiceDecoder, is_spoilt, mended

BLOCK: Final = 64 * 1024  # bytes read at a time
SAMPLE_BYTES: Final = (
    32 * 1024
)  # of lines with accents, to find the code page; more tells no more and takes seconds
_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SURE_SCORE: Final = (
    0.85  # of 1: how well the accented letters must make sense for Windows-1252 not to be a guess
)
CLEAR_SCORE: Final = 0.75  # of 1: how well the accented letters must make sense for a guess to be taken
CLEAR_LEAD: Final = 0.06  # by how much the guess must be better than the next that reads the file differently
# Control characters that no list holds: bytes of Windows-1252 that a program took for Latin-1. Browsers read them so.
_CONTROLS = re.compile("[\x80-\x9f]")
_AS_WESTERN = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}


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
    ranked = [codec for codec in ranked_code_pages(sample)[:8] if not _first_fault(file, codec)]
    if ranked:
        codec = ranked[0]
        text = sample.decode(codec, "ignore")
        # A near twin that reads the file alike is no rival.
        rivals = [other for other in ranked[1:] if sample.decode(other, "ignore") != text]
        lead = min((lead_over(sample, codec, other) for other in rivals), default=1.0)
        score = readability(sample, codec)
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


# --- Text decoded twice -----------------------------------------------------------------------------------------------

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


# --- Blocks and lines -------------------------------------------------------------------------------------------------


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
