"""Tables of text with lines of dashes between the rows: Markdown, and what databases print."""

import re
from collections.abc import Iterator
from typing import Final

# "|---|:--:|", "+-----+----+", "----,----": nothing but dashes, and signs between them.
_RULE: Final = re.compile(r"\s*[|+]?\s*:?[-=]+:?(?:\s*[|+,;\t]\s*:?[-=]+:?)*+\s*[|+]?\s*")
_DASHES: Final = ("--", "==", ":-", "-:")  # a lone dash is a cell that is left blank


def is_rule(line: str) -> bool:
    """Whether the line is one of dashes that divides rows of several cells."""
    bare = line.strip()
    return (
        bare[:1] in {"|", "+", ":", "-", "="}
        and (any(sign in bare for sign in _DASHES) or bare[0] == bare[-1] == "|")
        and any(sign in line for sign in "|+,;\t")
        and _RULE.fullmatch(line) is not None
    )


def undrawn(lines: Iterator[str]) -> Iterator[str]:
    """The lines, those of dashes as blank ones, without the signs that are drawn at both edges of the table."""
    for line in lines:
        bare = line.strip()
        if is_rule(line):
            yield "\n"
        elif len(bare) > 1 and bare[0] == bare[-1] == "|" and not bare.endswith("\\|"):
            yield bare[1:-1] + "\n"
        else:
            yield line
