"""What a list leaves behind as files: all rows are there, no cell runs, and read again they are what they were."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from imports.models import ImportBatch, ImportRow
from imports.reading import inspect, rows
from imports.results import CONTENT_TYPES, Result, UnknownFormat, extension_of, fitted, result_file
from leadops import workbook
from leadops.cells import plain_text
from leads.models import Suppression
from tests import factories
from tests.imports.lists import HEADERS, csv_file, loaded, person, taken_in

pytestmark = pytest.mark.django_db

NASTY = [
    "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "'=quoted", "''twice", "＝1+1", "\tTab", "+49 30 23125001", "-5",
    "_x000D_ is no line end", "two\nlines", "<b>&amp;</b>", "Zoë 山田 🙂", "a;b,c|d", 'say "so"', "007", "1e5", "",
    "_x005F_", "%s {0} \\n", "TRUE", "2026-03-12",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def batch(now: datetime) -> ImportBatch:
    """A list with odd cells in a column that is left out, and some rows that are rejected, suppressed or repeated."""
    Suppression.objects.create(kind="domain", value="wall.example")
    headers = [*HEADERS, "Odd"]
    found = [[*person(number), text] for number, text in enumerate(NASTY)]
    found += [[*person(number, e_mail="nobody"), text] for number, text in enumerate(NASTY, start=100)]
    found += [[*person(0), "again"], [*person(200, e_mail="ada@wall.example"), "walled"]]
    return loaded(csv_file(found, headers=headers), now=now)


def content(batch: ImportBatch, which: Result, extension: str) -> bytes:
    return b"".join(result_file(batch, which=which, extension=extension))


def table(data: bytes, extension: str) -> list[dict[str, str]]:
    """The rows as the product reads them when the file is uploaded again, without the guarding quotes."""
    shape = inspect(BytesIO(data), name=f"list.{extension}")
    return [
        {header: plain_text(text) for header, text in row.values.items()}
        for row in rows(BytesIO(data), shape=shape)
    ]


@pytest.mark.parametrize("extension", CONTENT_TYPES)
@pytest.mark.parametrize("which", [Result.ACCEPTED, Result.REJECTED, Result.ALL])
def test_each_row_is_there_and_read_again_it_is_what_it_was(
    batch: ImportBatch, which: Result, extension: str
) -> None:
    outcomes = {
        Result.ACCEPTED: {"created", "updated", "unchanged", "merged"},
        Result.REJECTED: {"rejected"},
        Result.ALL: {"created", "updated", "unchanged", "merged", "rejected", "suppressed"},
    }[which]
    wanted = ImportRow.objects.filter(batch=batch, outcome__in=outcomes).order_by("number")

    found = table(content(batch, which, extension), extension)

    headers = batch.shape["headers"]
    assert [[row[header] for header in headers] for row in found] == [
        fitted(row.raw, len(headers)) for row in wanted
    ]
    assert [row["Row"] for row in found] == [str(row.number) for row in wanted]
    assert len(found) > 20


def test_all_rows_say_what_became_of_them(batch: ImportBatch) -> None:
    found = {row["Row"]: row for row in table(content(batch, Result.ALL, "csv"), "csv")}

    assert {row["Outcome"] for row in found.values()} == {
        "New",
        "Rejected",
        "Repeated in the list",
        "Do not contact",
    }
    rejected = next(row for row in found.values() if row["Outcome"] == "Rejected")
    assert rejected["Remarks"].startswith("E-mail: “nobody” is not an e-mail address: it has no @ sign.")


@pytest.mark.parametrize("which", list(Result))
def test_no_cell_of_a_workbook_runs(batch: ImportBatch, which: Result) -> None:
    sheet = load_workbook(BytesIO(content(batch, which, "xlsx"))).active

    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    types = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in types
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    assert not [text for text in texts if text.startswith(("=", "@", "\t"))]


def test_payloads_that_run_in_spreadsheets_are_harmless_and_unharmed(
    now: datetime, shared_data: Path
) -> None:
    payloads = json.loads(
        (shared_data / "security" / "csv_formula_payloads_dev.json").read_text(encoding="utf-8")
    )
    texts = [item if isinstance(item, str) else next(iter(item.values())) for item in payloads]
    found = [[*person(number), text] for number, text in enumerate(texts)]
    batch = loaded(csv_file(found, headers=[*HEADERS, "Odd"]), now=now)
    raw = [row.raw[-1] for row in ImportRow.objects.filter(batch=batch).order_by("number")]

    for extension in CONTENT_TYPES:
        back = table(content(batch, Result.ALL, extension), extension)
        assert [row["Odd"] for row in back] == raw


def test_an_accepted_file_uploaded_again_changes_nothing(batch: ImportBatch, now: datetime) -> None:
    for extension in CONTENT_TYPES:
        file = BytesIO(content(batch, Result.ACCEPTED, extension))
        again = loaded(file, name=f"again.{extension}", now=now)

        assert (again.created, again.updated, again.rejected) == (0, 0, 0)
        assert again.unchanged == batch.created


def test_a_workbook_goes_on_in_a_second_sheet_when_the_first_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS_OF_SHEET", 3)
    lines = [["Name", "When"], *([f"n{number}", number] for number in range(7))]

    book = load_workbook(BytesIO(b"".join(workbook.workbook(lines, title="all: [of] them?"))))

    assert book.sheetnames == ["all   of  them", "all   of  them 2", "all   of  them 3"]
    assert [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets] == [
        [["Name", "When"], ["n0", 0], ["n1", 1], ["n2", 2]],
        [["Name", "When"], ["n3", 3], ["n4", 4], ["n5", 5]],
        [["Name", "When"], ["n6", 6]],
    ]


def test_a_workbook_holds_every_sign_numbers_and_moments(now: datetime) -> None:
    every = "".join(map(chr, range(1, 32))) + "_x0001_ <&> " + "￾" + "🙂"
    data = b"".join(workbook.workbook([["Text", "Number", "Moment"], [every, 1.5, now]], title="odd"))

    sheet = load_workbook(BytesIO(data)).active
    assert sheet is not None
    assert sheet["B2"].value == 1.5
    assert sheet["C2"].is_date
    (row,) = rows(BytesIO(data), shape=inspect(BytesIO(data), name="odd.xlsx"))
    assert plain_text(row.values["Text"]) == every.strip()
    assert ZipFile(BytesIO(data)).testzip() is None


def test_memory_does_not_grow_with_the_rows() -> None:
    """Half a million rows pass through in pieces, none of which waits for the last row."""
    read = 0

    def counted() -> Any:
        nonlocal read
        for number in range(20_000):
            read = number
            yield ["Ada", "Roth", number]

    pieces = workbook.workbook(counted(), title="many")
    next(pieces)
    assert read < 10_000
    assert max(len(piece) for piece in pieces) < 1_000_000


def test_the_names_of_files_say_how_they_are_written() -> None:
    assert [extension_of(Path(name)) for name in ("out.csv", "OUT.XLSX", "out")] == ["csv", "xlsx", "csv"]
    with pytest.raises(UnknownFormat, match=r"Give the file a name that ends in \.csv or \.xlsx\."):
        extension_of(Path("out.pdf"))


def test_files_are_downloaded_and_never_opened_in_the_browser(client: Client, batch: ImportBatch) -> None:
    client.force_login(factories.UserFactory(role="marketing"))

    for which in Result:
        for extension, kind in CONTENT_TYPES.items():
            answer = client.get(reverse("imports:result", args=[batch.pk, which.value, extension]))
            assert answer["Content-Type"] == kind
            assert (
                answer["Content-Disposition"] == f'attachment; filename="{which}-rows-{batch.pk}.{extension}"'
            )
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert b"".join(answer.streaming_content)
    for which, extension in (("other", "csv"), ("all", "pdf")):
        assert client.get(reverse("imports:result", args=[batch.pk, which, extension])).status_code == 404


def test_a_list_that_is_not_loaded_has_no_files(client: Client, now: datetime) -> None:
    client.force_login(factories.UserFactory(role="marketing"))
    draft = taken_in(csv_file([person(1)]), now=now)

    assert client.get(reverse("imports:result", args=[draft.pk, "all", "csv"])).status_code == 404
