"""What kind of file somebody uploaded, by its content; its name may say anything."""

import re
from typing import BinaryIO, Final

from imports.files.books import PROTECTED
from imports.files.limits import MIB, UnreadableFile

_AGAIN: Final = "Save it as CSV or XLSX and upload it again."
_IMAGE: Final = (
    "This file is an image, not a list. Type the list into a spreadsheet, save it as CSV or XLSX "
    "and upload that."
)
_PROGRAM: Final = "This file is a program, not a list. Choose the file with the list and upload that."


def _packed(how: str) -> str:
    return f"This file is packed ({how}). Unpack it and upload the CSV or XLSX file inside."


# What a file begins with, and what to say of it.
_SIGNATURES: Final = (
    (b"%PDF", f"This file is a PDF, not a list. {_AGAIN}"),
    (b"\x89PNG", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"GIF87a", _IMAGE),
    (b"GIF89a", _IMAGE),
    (b"II*\0", _IMAGE),
    (b"MM\0*", _IMAGE),
    (b"\x1f\x8b", _packed("gzip")),
    (b"BZh9", _packed("bzip2")),
    (b"\xfd7zXZ", _packed("xz")),
    (b"7z\xbc\xaf\x27\x1c", _packed("7-Zip")),
    (b"Rar!\x1a", _packed("RAR")),
    (b"SQLite format 3", "This file is a database, not a list. Export the table as CSV and upload that."),
    (b"{\\rtf", f"This file is a text document (RTF), not a list. Put the list into a sheet. {_AGAIN}"),
    (b"\x7fELF", _PROGRAM),
    (b"MZ\x90", _PROGRAM),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_HTML = re.compile(
    rb"(?:<\?xml[^>]*+>\s*+)?(?:<!--(?>.*?-->)\s*+)*+"
    rb"<(?:!doctype html|html|head|body|table|thead|tbody|tr|meta|link|title|div|span|center|font|form|h[1-6]|p|br|"
    rb"script|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_SPREADSHEET_OF_2003: Final = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet|Excel\.Sheet")
_WEB_ARCHIVE: Final = re.compile(rb"\AMIME-Version:.{0,1000}multipart/related", re.IGNORECASE | re.DOTALL)
_VCARD: Final = re.compile(rb"^BEGIN:VCARD\s*$", re.IGNORECASE | re.MULTILINE)
_LDIF: Final = re.compile(rb"^dn::? ", re.IGNORECASE | re.MULTILINE)
_JSON = re.compile(rb"\s*(?:\{\s*\"|\[\s*\{\s*\").{0,200}?\"\s*:", re.DOTALL)
# Streams in the container of old Office files, and what to say of each; the first one found counts.
_STREAMS: Final = {
    "EncryptedPackage": PROTECTED,
    "WordDocument": f"This file is a Word document, not a list. Put the list into a sheet. {_AGAIN}",
    "PowerPoint Document": f"This file is a presentation, not a list. Put the list into a sheet. {_AGAIN}",
    "Workbook": "",  # an XLS file
    "Book": "",
}


def kind_of_file(file: BinaryIO) -> str:
    """What the file is: text ("csv"), or a workbook ("xlsx", "ods", "xls", "xml", "html").

    Raises UnreadableFile for all else. What is packed like a workbook is looked at no further than its first part.
    """
    file.seek(0)
    head = file.read(4096)
    for signature, sentence in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableFile(sentence)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        raise UnreadableFile(_IMAGE)
    if head.startswith(_OLE):
        if sentence := _old_office_file(file):
            raise UnreadableFile(sentence)
        return "xls"
    if head.startswith(_ZIP):
        return "ods" if b"application/vnd.oasis.opendocument" in head[:200] else "xlsx"
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> str:
    """A web page, an XML spreadsheet, or text in lines. Refuses text that has another structure of its own."""
    text = head.replace(b"\0", b"")  # UTF-16 shows its letters so
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        text = text.removeprefix(mark)
    text = text.lstrip()
    if _HTML.match(text):
        return "html"
    if text.startswith((b"<?xml", b"<Workbook")):
        if _SPREADSHEET_OF_2003.search(text):
            return "xml"
        raise UnreadableFile("This file is XML, not a list. Export the list as CSV or XLSX and upload that.")
    if _WEB_ARCHIVE.match(text):
        raise UnreadableFile(f"This file is a web archive (MHTML). Open it in a spreadsheet. {_AGAIN}")
    if _VCARD.search(text[:1_000]):  # below a title too
        raise UnreadableFile(
            "This file holds contact cards (vCard). Export the contacts as CSV and upload that."
        )
    if _LDIF.search(text) and b"\nobjectclass:" in text.lower():
        raise UnreadableFile(
            "This file holds entries of a directory (LDIF). Export the contacts as CSV and upload that."
        )
    if _JSON.match(text):
        raise UnreadableFile("This file is JSON, not a list. Export the list as CSV or XLSX and upload that.")
    return "csv"


def _old_office_file(file: BinaryIO) -> str:
    """What to say of the container of old Office files, by the names of the streams inside; "" for a workbook."""
    found = set()
    tail = b""
    file.seek(0)
    while block := file.read(MIB):
        found |= {name for name in _STREAMS if name.encode("utf-16-le") in tail + block}
        tail = block[-64:]
    for name, sentence in _STREAMS.items():
        if name in found:
            return sentence
    return f"This file is of an old Office program and holds no list. {_AGAIN}"
