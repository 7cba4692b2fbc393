"""Rows taken apart without a parser are what the parser makes of them."""

import io
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from imports.files import workbooks
from imports.files.packages import Package
from imports.files.records import Record
from imports.files.usual import leaving_usual
from imports.files.workbooks import Workbook
from imports.reading import UnreadableFile
from tests.imports.hostile import sheet_xml, workbook

TEXTS = [
    "Ann",
    " Lee ",
    "Größe",
    "李",
    "a_x000D_b",
    "&amp;&lt;",
    "&#65;",
    "#N/A",
    "1.2E+05",
    "\u200bx",
    "x > y",
    "",
]
STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs>'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="22"/></cellXfs>'
)


def a_cell(rng: Random, reference: str) -> str:
    style = rng.choice(["", "", ' s="1"', ' s="2"', ' s="3"', ' s="4"'])
    number = rng.choice(["7", "123", "36526", "36526.25", "0.5", "1e16", "-4", "x", "99999999999999999"])
    text = rng.choice(TEXTS)
    return rng.choice(
        [
            f'<c r="{reference}"{style} t="s"><v>{rng.randrange(len(TEXTS))}</v></c>',
            f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>',
            f'<c r="{reference}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>',
            f'<c r="{reference}"{style}><v>{number}</v></c>',
            f'<c r="{reference}"{style} t="n"><v>{number}</v></c>',
            f'<c r="{reference}" t="str"><f>A1&amp;B1</f><v>{text}</v></c>',
            f'<c r="{reference}" t="b"><v>1</v></c>',
            f'<c r="{reference}" t="e"><v>#REF!</v></c>',
            f'<c r="{reference}" t="d"><v>2026-03-01T00:00:00Z</v></c>',
            f'<c r="{reference}"{style}/>',
            f'<c r="{reference}"{style} t="inlineStr" />',
            f'<c r="{reference}"><v></v></c>',
        ]
    )


def a_sheet(seed: int) -> bytes:
    """Some hundred rows as programs write them, some with what few programs write."""
    rng = Random(seed)
    rows = []
    number = 0
    for _ in range(rng.choice([3, 40, 1500])):
        number += rng.choice([1, 1, 1, 2, 7])
        letters = [letter for letter in "ABCDEFGH" if rng.random() < 0.8]
        cells = "".join(a_cell(rng, f"{letter}{number}") for letter in letters)
        attributes = rng.choice(["", ' spans="1:8"', ' ht="15" customHeight="1" x14ac:dyDescent="0.25"'])
        rows.append(f'<row r="{number}"{attributes}>{cells}</row>')
    unusual = [
        '<row r="{}"><c r="A{}"><is><r><t>rich</t></r></is></c></row>', "<!-- </row> --><row><c><v>5</v></c></row>",
        '<row r="{}"><c r="B{}" cm="1"><v>5</v></c></row>', "<row/>",
        '<row r="{}"><c r="A{}" t="s"><v> 1 </v></c></row>',
        '<row r="{}"><c r="A{}"><f t="shared" si="0">x</f><v>3</v></c></row>\n', "<?pi </row>?>",
    ]  # fmt: skip
    for _ in range(rng.choice([0, 1, 3])):
        at = rng.randrange(len(rows))
        rows[at] = rows[at] + rng.choice(unusual).replace("{}", str(number + 1))
    tail = rng.choice(["", "<pageMargins/>", '<hyperlinks><hyperlink ref="A1"/></hyperlinks>'])
    xml = sheet_xml("".join(rows), before=rng.choice(["", '<dimension ref="A1:ZZ99"/>']))
    xml = xml.replace("</sheetData>", f"</sheetData>{tail}")
    xml = xml.replace("<worksheet ", '<worksheet xmlns:x14ac="http://x14ac.example" ', 1)
    shapes = ["<si><t>{}</t></si>", '<si><t xml:space="preserve">{}</t></si>', "<si><r><t>{}</t></r></si>"]
    items = "".join(rng.choice(shapes).format(text) for text in TEXTS)
    texts = f'<?xml version="1.0"?><sst xmlns="x" count="{len(TEXTS)}">{items}</sst>'
    return workbook(xml, texts_xml=texts, styles=STYLES)


def told(content: bytes) -> list[Record] | str:
    """All records, or the sentence with which the file is refused."""
    try:
        book = Workbook(Package(io.BytesIO(content)))
        return [record for sheet in book.sheets for record in book.records(sheet)]
    except UnreadableFile as refused:
        return str(refused)


def by_parser(blocks: Iterator[bytes], **_: object) -> Iterator[bytes]:
    return blocks


def assert_both_tell_the_same(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(content)
    with monkeypatch.context() as patched:
        patched.setattr(workbooks, "leaving_usual", by_parser)
        expected = told(content)
    assert found == expected


@pytest.mark.parametrize("seed", range(60))
def test_both_ways_tell_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_both_tell_the_same(a_sheet(seed), monkeypatch)


@pytest.mark.parametrize("seed", range(80))
def test_both_ways_tell_the_same_of_damaged_sheets(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(seed)
    number = 2
    rows = "".join(
        f'<row r="{n}">{a_cell(rng, f"A{n}")}{a_cell(rng, f"B{n}")}</row>' for n in range(number, 12)
    )
    xml = bytearray(sheet_xml(rows).encode())
    for _ in range(rng.randint(1, 4)):
        xml[rng.randrange(len(xml))] = rng.choice(b'0123456789<>/"=crtvis A\xff&;')

    assert_both_tell_the_same(workbook(bytes(xml), texts=["Ann"] * 20, styles=STYLES), monkeypatch)


def test_both_ways_tell_the_same_of_real_workbooks(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = sorted((shared_data / "csv_acid").glob("*/*.xlsx"))

    for path in paths:
        assert_both_tell_the_same(path.read_bytes(), monkeypatch)
    assert len(paths) > 20


def test_usual_rows_do_not_reach_the_parser() -> None:
    xml = sheet_xml("".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 50)))
    taken: list[str] = []

    def read(text: str, _: bool) -> bool:
        taken.append(text)
        return True

    left = b"".join(
        leaving_usual(
            iter([xml.encode()]),
            opening=workbooks.SHEET_OPENING,
            closing=b"</row>",
            read=read,
            is_between=lambda: True,
        )
    )

    assert b"<row" not in left
    assert left.endswith(b"<sheetData></sheetData></worksheet>")
    assert "".join(taken).count("<row ") == 49


def test_the_store_of_texts_gives_the_same_beyond_what_it_keeps_as_strings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c></row>' for n in range(1, 401))
    content = workbook(sheet_xml(rows), texts=[f"Ann {n}" for n in range(400)])
    expected = told(content)

    monkeypatch.setattr(workbooks, "FIRST_TEXTS", 7)

    assert told(content) == expected
