import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from imports.reading import UnreadableFile, inspect, rows
from tests.imports import markup
from tests.imports.hostile import REFUSED_TEXTS, REFUSED_WORKBOOKS, cut_in_half, sheet_xml, workbook
from tests.imports.otherbooks import HOSTILE

PEOPLE = (
    "Name,Email,Company\r\n"
    + "".join(f'"Ann {n}",ann{n}@example.com,"Lee, Fox ""{n}"""\r\n' for n in range(12))
    + "Zoë,zoe@example.com,Größe\r\n"
).encode()


def walk(content: bytes) -> int:
    """Reads the whole file as an import does and gives the number of its rows."""
    file = io.BytesIO(content)
    shape = inspect(file, name="list")
    return sum(1 for _ in rows(file, shape=shape))


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        walk(content)
    return str(refused.value)


@pytest.mark.parametrize(
    ("make", "sentence"), REFUSED_WORKBOOKS.items(), ids=lambda item: getattr(item, "__name__", "")
)
def test_refuses_a_workbook_that_no_honest_program_writes(make: Callable[[], bytes], sentence: str) -> None:
    assert sentence in refusal(make())


@pytest.mark.parametrize("kind", REFUSED_TEXTS)
def test_refuses_what_is_no_list(kind: str) -> None:
    make, sentence = REFUSED_TEXTS[kind]

    assert sentence in refusal(make())


def test_every_refusal_is_a_whole_sentence_that_says_what_to_do() -> None:
    makers = [make for make, _ in REFUSED_TEXTS.values() if len(make()) < 1_000_000]

    for text in [refusal(make()) for make in makers] + [refusal(cut_in_half())]:
        assert text[0].isupper()
        assert text.endswith(".")
        assert any(f"{verb} " in text for verb in DEMANDS), text


DEMANDS = (
    "Choose", "Save", "Upload", "Unpack", "Export", "Open", "Add", "Check", "Keep", "Put", "Type", "Delete", "Shorten",
    "Split", "close",
)  # fmt: skip


def test_nothing_of_a_foreign_file_is_shown() -> None:
    secret = '<!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/hostname">]>'

    sentence = refusal(workbook(sheet_xml(head=secret)))

    assert "hostname" not in sentence
    assert "etc" not in sentence


def read_or_refused(content: bytes) -> str:
    """The sentence with which the file is refused, "" when its rows were read."""
    try:
        assert walk(content) > 0
    except UnreadableFile as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_text_file_is_read_or_refused(seed: int) -> None:
    rng = Random(seed)
    content = bytearray(PEOPLE)
    for _ in range(rng.randint(1, 6)):
        content[rng.randrange(len(content))] = rng.choice(b"\",;\t|'\\\n\r\x00\xff\xc3\x80 =#")

    assert read_or_refused(bytes(content))[-1:] in {"", "."}


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_workbook_is_read_or_refused(seed: int) -> None:
    rng = Random(seed)
    xml = bytearray(sheet_xml().encode())
    for _ in range(rng.randint(1, 4)):
        xml[rng.randrange(len(xml))] = rng.choice(b'0123456789<>/"=crtv \x00\xff&;')

    assert read_or_refused(workbook(bytes(xml)))[-1:] in {"", "."}


def test_a_workbook_cut_anywhere_is_refused() -> None:
    whole = workbook()

    for length in range(30, len(whole) - 1, 61):
        assert "damaged or cut off" in refusal(whole[:length])


MOST_MEMORY = 200.0  # MiB


@pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="Only Linux tells how much memory was used."
)
def test_every_hostile_file_is_refused_with_little_memory() -> None:
    """How long it takes is measured by `make bench ARGS="--only reading"`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.imports.measured"], check=True, capture_output=True, text=True
    )
    found: dict[str, tuple[float, float, str]] = json.loads(done.stdout)

    assert len(found) >= 30
    assert {name: memory for name, (_, memory, _) in found.items() if memory > MOST_MEMORY} == {}
    for make, sentence in (*HOSTILE.items(), *markup.HOSTILE.items()):
        assert sentence in found[make.__name__][2]
        assert bool(sentence) == bool(found[make.__name__][2])
