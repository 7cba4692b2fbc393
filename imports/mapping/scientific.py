"""Numbers that a spreadsheet took for such and wrote with a power of ten."""

import re
from typing import Final

# A number that a spreadsheet wrote with a power of ten and all of its digits: 4.47712345678E+11.
_WHOLE_SCIENTIFIC: Final = re.compile(r"(?P<whole>[1-9])[.,](?P<rest>\d{8,14})[eE]\+(?P<power>\d{1,2})")
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d{1,2}")


def written_out(text: str) -> str:
    """The number in digits if none is lost, else the text as it is."""
    found = _WHOLE_SCIENTIFIC.fullmatch(text)
    if found is None or int(found["power"]) != len(found["rest"]):
        return text
    return found["whole"] + found["rest"]


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet has written the number with a power of ten."""
    return _SCIENTIFIC.fullmatch(text) is not None


def has_lost_digits(text: str) -> bool:
    """Whether a spreadsheet has rounded the number in the cell: 4.477E+11, or 16 digits and more that end in zeros."""
    if is_scientific(text):
        return written_out(text) == text
    return len(text) >= 16 and text.isdecimal() and text.endswith("0" * (len(text) - 15))
