"""Lines without quotes are divided in a short way: the strict reader must find the same in them."""

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imports.files import decoding, textfiles
from imports.files.dialects import Dialect
from imports.files.limits import MAX_CELL, UnreadableFile
from imports.files.records import Record
from imports.files.textfiles import read_records

PIECES = st.sampled_from(
    [
        "a", "Ödön", "x y", " ", "  ", "\t", "\xa0", "\x1a", "\u200b", "\ufeff", "\x1c", "\u2028", "\x85",
        ",", ",", ";", "|", ":", '"', '""', "'", "\\", '\\"', "\n", "\n", "\r\n", "\r", "\r\r\n",
        "#N/A", "4.9E+11", "#", "E+",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=60).map("".join)
DIALECTS = st.builds(
    Dialect,
    delimiter=st.sampled_from([",", ";", "\t", "|", ":", " ", "\x1f"]),
    quote=st.sampled_from(['"', "'"]),
    escape=st.sampled_from(["", "\\"]),
    has_sep_line=st.booleans(),
    width=st.integers(0, 4),
)


def records_of(text: str, dialect: Dialect) -> tuple[list[Record], str]:
    found: list[Record] = []
    try:
        found.extend(read_records(io.BytesIO(text.encode()), codec="utf-8", dialect=dialect))
    except UnreadableFile as refusal:
        return found, str(refusal)
    return found, ""


def agree(text: str, dialect: Dialect) -> None:
    short = records_of(text, dialect)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textfiles, "LONGEST_PLAIN_LINE", -1)
        assert records_of(text, dialect) == short


@given(text=TEXTS, dialect=DIALECTS)
@example(text='a,b\n"c\nd,e\nf,g\n', dialect=Dialect(width=2))
@example(text='a,"b\nc,d\ne,"f\ng,h\n', dialect=Dialect(width=2))
@example(text='a,b\n"c,d\r\ne",f\r\n\r\n \r\ng,h', dialect=Dialect(width=2))
def test_short_way_and_strict_reader_agree(text: str, dialect: Dialect) -> None:
    agree(text, dialect)


@pytest.mark.parametrize("size", [MAX_CELL - 3, MAX_CELL, MAX_CELL + 1, 200_000])
def test_agree_on_long_lines(size: int) -> None:
    agree("a,b\n" + "x" * size + ",c\nd,e\n", Dialect(width=2))
    agree("a,b\n" + "x," * (size // 2) + "c\nd,e\n", Dialect(width=2))


def test_agree_where_a_quoted_cell_goes_over_blocks() -> None:
    rows = [f'{n},"a note\nof two lines {n}",plain\n{n},b,c\n' for n in range(5_000)]
    assert sum(map(len, rows)) > 2 * decoding.BLOCK
    agree("".join(rows), Dialect(width=3))
    records, refusal = records_of("".join(rows), Dialect(width=3))
    assert not refusal
    assert [record.number for record in records] == list(range(1, 10_001))
