"""How big a file may be, why, and the error that says so."""

from typing import Final

from leadops.errors import LeadOpsError

MIB: Final = 1024 * 1024

MAX_UPLOAD: Final = 200 * MIB  # bytes; a list of a million people as CSV has 140 MB
MAX_ROWS: Final = (
    1_048_576  # data rows; the height of a spreadsheet, so that a person can still open the file
)
MAX_COLUMNS: Final = 500  # the widest export of a CRM we met has 212; beyond this a person cannot map columns
MAX_CELL: Final = 32_767  # characters; what a spreadsheet keeps in one cell
MAX_RECORD: Final = 4_000_000  # characters of one row; 500 columns of 8,000 each

MAX_PARTS: Final = 1_000  # files inside an XLSX; one of 300 sheets with drawings has about as many
MAX_UNPACKED: Final = (
    500 * MIB
)  # bytes of all parts of an XLSX together; a million rows of 12 columns have 430 MB
MAX_RATIO: Final = 100  # unpacked to packed; sheets of real lists have 5 to 30
RATIO_FLOOR: Final = (
    50 * MIB
)  # unpacked bytes below which the ratio is not looked at: small sheets compress well
MAX_SHARED_TEXT: Final = 200 * MIB  # bytes of the text table of an XLSX, kept in memory while rows are read
MAX_TOKEN: Final = 2 * MIB  # bytes of one XML tag; a real one has a few hundred


class UnreadableFile(LeadOpsError):
    """The file cannot be read as a list; `str(error)` says what it is and what to do."""
