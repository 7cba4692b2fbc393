import time
from pathlib import Path
from typing import Any

import pytest

from intake.strict_json import MAX_DEPTH, JsonRefused, parse, pointer


def refusal(body: bytes) -> JsonRefused:
    with pytest.raises(JsonRefused) as caught:
        parse(body)
    return caught.value


def test_reads_what_json_says() -> None:
    body = '{"a": [1, -2.5e3, true, null, "ü \\ud83d\\ude00 \\n"], "b": {}}'.encode()

    assert parse(body) == {"a": [1, -2500.0, True, None, "ü 😀 \n"], "b": {}}


def test_says_line_and_column_of_a_slip() -> None:
    found = refusal('{"type": "visit",\n "person": {"ü": 1,}}'.encode())

    assert (found.status, found.line, found.pointer) == (400, 2, "")
    assert f"at line 2, column {found.column}: " in str(found)
    assert str(found).endswith("Correct it and send it again.")


@pytest.mark.parametrize(
    ("body", "status", "pointer_", "sentence"),
    [
        (b'{"a": {"b": 1, "b": 2}}', 422, "/a/b", "The name “b” stands twice in one object. Send it once."),
        (b'{"a": [0, NaN]}', 400, "/a/1", "NaN is not JSON. Send a number or null."),
        (b'{"a": -Infinity}', 400, "/a", "-Infinity is not JSON. Send a number or null."),
        (b'{"a": 1e400}', 422, "/a", "The number is too large to be stored. Send a smaller one."),
        (b'{"a": 9223372036854775808}', 422, "/a", "The number is too large to be stored. Send it as text."),
        (
            b'{"a": -' + b"9" * 5000 + b"}",
            422,
            "/a",
            "The number is too large to be stored. Send it as text.",
        ),
        (
            b'{"a/b": ["\\u0000"]}',
            422,
            "/a~1b/0",
            "The text holds the character U+0000, which can't be stored.",
        ),
        (b'{"a": "\\ud83d"}', 422, "/a", "The text holds half of a surrogate pair (U+D83D)"),
        (b'{"\\udc00": 1}', 422, "", "The text holds half of a surrogate pair (U+DC00)"),
    ],
    ids=[
        "twice",
        "nan",
        "infinity",
        "overflow",
        "65 bits",
        "5000 digits",
        "nul",
        "surrogate",
        "surrogate name",
    ],
)
def test_refuses_what_could_not_be_stored_as_sent(
    body: bytes, status: int, pointer_: str, sentence: str
) -> None:
    found = refusal(body)

    assert (found.status, found.pointer) == (status, pointer_)
    assert str(found).startswith(sentence)


def test_takes_the_largest_numbers_of_64_bits() -> None:
    assert parse(b"[9223372036854775807, -9223372036854775808]") == [2**63 - 1, -(2**63)]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is empty. Send a JSON object."),
        (b" \n", "The body is empty. Send a JSON object."),
        (b"\xef\xbb\xbf{}", "The body begins with a byte order mark. Leave it out."),
        (b"\xff\xfe{\x00}\x00", "The body is not UTF-8 at line 1, column 1. Encode it as UTF-8."),
        (b'{\n"a": "\xc3\xbc\xff"}', "The body is not UTF-8 at line 2, column 8. Encode it as UTF-8."),
    ],
    ids=["nothing", "blanks", "BOM", "UTF-16", "Latin-1"],
)
def test_refuses_what_is_not_utf_8(body: bytes, sentence: str) -> None:
    found = refusal(body)

    assert (found.status, str(found)) == (400, sentence)


def test_takes_as_many_levels_as_it_says_and_no_more() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH

    found = refusal(b"\n [" + deepest + b"]")

    assert parse(deepest) is not None
    assert (found.status, found.line, found.column) == (400, 2, 2 + MAX_DEPTH)
    assert str(found) == (
        f"The body nests deeper than 32 levels at line 2, column {2 + MAX_DEPTH}. Send it flatter."
    )


def test_brackets_in_texts_are_no_levels() -> None:
    body = b'["' + b"[{" * 100 + b'\\"", "\\\\"]'

    assert parse(body) == ["[{" * 100 + '"', "\\"]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'"' + b'\\"' * 500_000,
        b'["a",' * 40 + b'"a",' * 250_000,
        b"[" * 40 + b"\\" * 1_000_000,
        b'["' + b"\\u0000" * 170_000 + b'"]',
        b"[" + b"1e999," * 170_000 + b"1]",
        b'{"a":1,' * 31 + b'"b":2' + b"}" * 10,
    ],
    ids=["brackets", "quotes", "texts", "backslashes", "escapes", "overflows", "unclosed"],
)
def test_refuses_a_hostile_body_of_a_megabyte_without_sweat(body: bytes) -> None:
    started = time.process_time()

    found = refusal(body)

    assert found.status in (400, 422)
    # A hundred times what it takes: only a runaway (quadratic time, a deep stack) comes near.
    assert time.process_time() - started < 5


def test_reads_the_json_test_suite(shared_data: Path) -> None:
    """nst/JSONTestSuite: `y_` is JSON, `n_` is not, and about `i_` a reader may decide."""
    wrong = []
    files = sorted((shared_data / "json_acid").glob("*.json"))
    for path in files:
        verdict: Any = "read"
        try:
            parse(path.read_bytes())
        except JsonRefused as found:
            verdict = found.status
        expected = {"y": ("read", 422), "n": (400,), "i": ("read", 400, 422)}[path.name[0]]
        if verdict not in expected:
            wrong.append((path.name, verdict))

    assert len(files) > 150
    assert not wrong


def test_only_repeated_names_and_null_characters_are_refused_of_what_the_suite_calls_json(
    shared_data: Path,
) -> None:
    refused = set()
    for path in (shared_data / "json_acid").glob("y_*.json"):
        try:
            parse(path.read_bytes())
        except JsonRefused:
            refused.add(path.name)

    assert refused <= {
        "y_object_duplicated_key.json",
        "y_object_duplicated_key_and_value.json",
        "y_string_null_escape.json",
        "y_object_escaped_null_in_key.json",
    }


def test_a_pointer_escapes_its_signs() -> None:
    assert pointer("events", 3, "a/b~c") == "/events/3/a~1b~0c"
