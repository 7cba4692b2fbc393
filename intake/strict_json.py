"""JSON as RFC 8259 writes it and nothing else, with the place of every fault.

Python's reader also takes NaN, repeated names, half surrogate pairs and numbers that overflow, and runs out of stack on
deep nesting. What it takes quietly is refused here: it would be stored as something else than was sent, or not at all.
"""

import json
import re
from dataclasses import dataclass
from math import isinf
from typing import Any, Final, NoReturn

from leadops.errors import LeadOpsError

MAX_DEPTH: Final = 32  # arrays and objects within each other
_LONGEST_INTEGER: Final = 19  # digits; more does not fit into 64 bits

# A text (also one that never ends), or a bracket. Possessive, so that no body makes it look twice at a character.
_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|([\[{])|([\]}])', re.DOTALL)
_NOT_TEXT: Final = re.compile("[\x00\ud800-\udfff]")


class JsonRefused(LeadOpsError):
    """The body is no JSON, or none that can be stored as it is. `status` is 400 for the first and 422 for the second.

    `pointer` (RFC 6901) names the fault where the body has a structure; `line` and `column`, counted from 1, where not.
    """

    def __init__(
        self, sentence: str, *, status: int = 400, pointer: str = "", line: int = 0, column: int = 0
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.pointer = pointer
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class _Fault:
    """Stands in the tree where the reader met something that it can't say the place of."""

    sentence: str
    status: int


def parse(body: bytes) -> Any:
    """The value of `body`. Raises `JsonRefused`."""
    text = _decoded(body)
    _refuse_deep(text)
    reading = _Reading()
    try:
        value = json.JSONDecoder(
            object_pairs_hook=reading.object,
            parse_float=reading.float,
            parse_int=reading.integer,
            parse_constant=reading.constant,
        ).decode(text)
    except json.JSONDecodeError as error:
        raise JsonRefused(
            f"The body is not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}. "
            "Correct it and send it again.",
            line=error.lineno,
            column=error.colno,
        ) from error
    # Only an escape can bring a character that a text may not hold; raw ones are refused above.
    if reading.has_faults or "\\u" in text:
        _refuse_faults(value, ())
    return value


def pointer(*steps: str | int) -> str:
    """The JSON pointer (RFC 6901) to the place that `steps` lead to: "/person/email"."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _decoded(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = body[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        raise JsonRefused(
            f"The body is not UTF-8 at line {line}, column {column}. Encode it as UTF-8.",
            line=line,
            column=column,
        ) from error
    if text.startswith("\ufeff"):
        raise JsonRefused("The body begins with a byte order mark. Leave it out.", line=1, column=1)
    if not text.strip(" \t\r\n"):
        raise JsonRefused("The body is empty. Send a JSON object.", line=1, column=1)
    return text


def _refuse_deep(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match[1]:
            depth += 1
            if depth > MAX_DEPTH:
                line, column = _place(text, match.start())
                raise JsonRefused(
                    f"The body nests deeper than {MAX_DEPTH} levels at line {line}, column {column}. Send it flatter.",
                    line=line,
                    column=column,
                )
        elif match[2]:
            depth -= 1


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


class _Reading:
    """The hooks of one run of the reader; they leave a fault in the tree, since they don't know where they are."""

    def __init__(self) -> None:
        self.has_faults = False

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
            found[twice] = self._fault(
                f"The name “{twice[:40]}” stands twice in one object. Send it once.", 422
            )
        return found

    def float(self, text: str) -> Any:
        number = float(text)
        if isinf(number):
            return self._fault("The number is too large to be stored. Send a smaller one.", 422)
        return number

    def integer(self, text: str) -> Any:
        if len(text) < _LONGEST_INTEGER:
            return int(text)
        if len(text) > _LONGEST_INTEGER + 1 or not -(2**63) <= int(text) < 2**63:
            return self._fault("The number is too large to be stored. Send it as text.", 422)
        return int(text)

    def constant(self, name: str) -> Any:
        return self._fault(f"{name} is not JSON. Send a number or null.", 400)

    def _fault(self, sentence: str, status: int) -> _Fault:
        self.has_faults = True
        return _Fault(sentence, status)


def _refuse_faults(value: Any, path: tuple[str | int, ...]) -> None:
    """Raise for the first fault in the tree. It is at most `MAX_DEPTH` deep."""
    if isinstance(value, _Fault):
        raise JsonRefused(value.sentence, status=value.status, pointer=pointer(*path))
    if isinstance(value, str):
        if (found := _NOT_TEXT.search(value)) is not None:
            _refuse_character(found[0], path)
    elif isinstance(value, dict):
        for name, member in value.items():
            if (found := _NOT_TEXT.search(name)) is not None:
                _refuse_character(found[0], path)
            _refuse_faults(member, (*path, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            _refuse_faults(member, (*path, place))


def _refuse_character(character: str, path: tuple[str | int, ...]) -> NoReturn:
    kind = (
        "the character U+0000" if character == "\0" else f"half of a surrogate pair (U+{ord(character):04X})"
    )
    raise JsonRefused(
        f"The text holds {kind}, which can't be stored. Leave it out.", status=422, pointer=pointer(*path)
    )
