"""How fast a file becomes rows, and how much memory that takes, beside openpyxl, python-calamine and `csv.reader`."""

import csv
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any, Final

import openpyxl
from python_calamine import CalamineWorkbook

from imports.reading import inspect
from imports.reading import rows as rows_of

HEADERS: Final = (
    "First Name", "Last Name", "Email", "Phone", "Job Title", "Company", "Website", "Street", "City", "Postcode",
    "Country", "Employees", "Industry", "Created", "Note",
)  # fmt: skip


def run(*, rows: int) -> list[dict[str, Any]]:
    """Rows a second of processor time, and peak memory in MiB above that of an interpreter with the libraries."""
    with tempfile.TemporaryDirectory() as folder:
        workbook, text = Path(folder, "list.xlsx"), Path(folder, "list.csv")
        _write(workbook, text, rows)
        ours, theirs = _seconds(lambda: _ours(workbook)), _seconds(lambda: _openpyxl(workbook))
        whole = _seconds(lambda: _with_look(workbook))
        calamine = _seconds(lambda: _calamine(workbook))
        plain, bare = _seconds(lambda: _ours(text)), _seconds(lambda: _bare_csv(text))
        peaks = {name: _peak(name, workbook) for name in ("_ours", "_openpyxl", "_calamine")}
    dearest, cost = max(_refusals().items(), key=lambda item: item[1])
    return [
        _rate("XLSX, beside openpyxl", rows, ours, theirs),
        _rate("XLSX, beside calamine", rows, ours, calamine, note="calamine has it all in memory"),
        _rate("XLSX, looked at and read, beside openpyxl", rows, whole, theirs),
        _rate("CSV, beside a bare csv.reader", rows, plain, bare, note="ours checks each row"),
        _memory("XLSX, memory, beside openpyxl", peaks["_ours"], peaks["_openpyxl"]),
        _memory("XLSX, memory, beside calamine", peaks["_ours"], peaks["_calamine"]),
        {
            "figure": "the dearest hostile file, until it is refused",
            "ours": cost,
            "unit": "s",
            "note": dearest,
        },
    ]


def _refusals() -> dict[str, float]:
    """Seconds of processor time that each hostile file of the tests takes, by its name."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.imports.measured"], check=True, capture_output=True, text=True
    )
    return {name: seconds for name, (seconds, _, _) in json.loads(done.stdout).items()}


def _rate(figure: str, rows: int, ours: float, theirs: float, note: str = "") -> dict[str, Any]:
    found = {"figure": figure, "ours": rows / ours, "naive": rows / theirs, "ratio": theirs / ours}
    return found | {"unit": "rows/s", "note": note}


def _memory(figure: str, ours: float, theirs: float) -> dict[str, Any]:
    return {"figure": figure, "ours": ours, "naive": theirs, "ratio": theirs / max(ours, 0.1), "unit": "MiB"}


def _write(workbook: Path, text: Path, rows: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Leads")
    with text.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for line in _lines(rows):
            sheet.append(line)
            writer.writerow(line)
    book.save(workbook)


def _lines(rows: int) -> Iterator[list[Any]]:
    """People with texts, numbers and a moment, some of them without a note."""
    yield list(HEADERS)
    dice = random.Random(7)
    for number in range(rows):
        company = number // 5
        yield [
            dice.choice(["Ann", "José", "Maria", "Łukasz"]),
            f"Person{number}",
            f"p{number}@company{company}.example",
            f"+44 20 7946 {number % 10_000:04}",
            dice.choice(["VP Sales", "CEO", "Buyer"]),
            f"Company {company} GmbH",
            f"https://www.company{company}.example",
            f"{number % 200} High Street",
            dice.choice(["London", "Berlin", "Paris"]),
            10_000 + number % 80_000,
            "GB",
            dice.choice([5, 50, 500]),
            dice.choice(["Software", "Retail"]),
            datetime(2026, 1, 1) + timedelta(minutes=number),  # noqa: DTZ001  (a cell has no time zone)
            f"met at booth {number % 17}" if number % 3 else None,
        ]


def _ours(path: Path) -> None:
    with path.open("rb") as file:
        shape = inspect(file, name=path.name) if path.suffix == ".csv" else _shape(path)
        for _ in rows_of(file, shape=shape):
            pass


_SHAPES: dict[Path, Any] = {}


def _shape(path: Path) -> Any:
    """How the workbook is read, found once and kept, as it is kept with a list."""
    if path not in _SHAPES:
        with path.open("rb") as file:
            _SHAPES[path] = inspect(file, name=path.name)
    return _SHAPES[path]


def _with_look(path: Path) -> None:
    _SHAPES.clear()
    _ours(path)


def _openpyxl(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    for _ in book.worksheets[0].iter_rows(values_only=True):
        pass
    book.close()


def _calamine(path: Path) -> None:
    for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows():
        pass


def _bare_csv(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass


def _seconds(work: Callable[[], None]) -> float:
    """The better of two runs, in processor time."""
    found = []
    for _ in range(2):
        started = process_time()
        work()
        found.append(process_time() - started)
    return min(found)


_CHILD: Final = """
import sys
from pathlib import Path
import django
django.setup()
from benchmarks import reading
def peak():  # of this program; what getrusage says begins with the memory of the one that started it
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
before = peak()
getattr(reading, sys.argv[1])(Path(sys.argv[2]))
print(peak() - before)
"""


def _peak(name: str, path: Path) -> float:
    """By how many MiB the memory of a fresh process grew."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, name, str(path)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)
