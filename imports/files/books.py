"""What workbooks of all kinds have in common: sheets with rows, and what is said of a workbook that can't be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from imports.files.limits import MAX_CELL, MAX_COLUMNS, UnreadableFile
from imports.files.records import Record

DAMAGED: Final = (
    "This workbook is damaged or cut off. Open it in a spreadsheet, save it again and upload it again."
)
PROTECTED: Final = "This workbook is protected by a password. Save it without one and upload it again."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet of a workbook; `part` says where it is inside."""

    name: str
    part: str
    is_hidden: bool


class Book:
    """A workbook that was looked through: its sheets, and their rows as a person sees them.

    Raises UnreadableFile, on opening or while reading, for whatever is no honest workbook.
    """

    kind: str  # of `FileShape`
    sheets: list[Sheet]

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name. Raises UnreadableFile with the names there are."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        names = ", ".join(f"“{sheet.name}”" for sheet in self.sheets[:20])
        raise UnreadableFile(f"The file has no sheet “{name[:40]}”. Choose one of these: {names}.")

    def require_sheets(self) -> None:
        """Raises UnreadableFile for a workbook with nothing to read."""
        if not self.sheets:
            raise UnreadableFile(
                "This workbook has no sheet with cells. Save the list as a sheet and upload it again."
            )

    def count_rows(self, sheet: Sheet) -> int:
        """How many rows of the sheet have content."""
        raise NotImplementedError

    def records(self, sheet: Sheet) -> Iterator[Record]:
        """The rows of the sheet that have content, with the numbers that the spreadsheet shows."""
        raise NotImplementedError


# --- What is said -------------------------------------------------------------------------------------------------


def too_big(what: str) -> UnreadableFile:
    return UnreadableFile(f"This workbook {what}. Save the sheet with the list as CSV and upload that.")


def far_out(sheet: str, cell: str) -> UnreadableFile:
    return UnreadableFile(
        f"Sheet “{sheet}” has a value in cell {cell}, right of the {MAX_COLUMNS} columns that a list may have. "
        "Delete what stands there, or keep only the columns you need, and upload the file again."
    )


def too_long(where: str) -> UnreadableFile:
    return UnreadableFile(
        f"{where} is longer than {MAX_CELL:,} characters, more than a cell can hold. "
        "Shorten it and upload the file again."
    )


def column_name(column: int) -> str:
    """The column's name in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
