import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from leadops import policy_reports
from leadops.policy_reports import MAX_BODY, MAX_IN_A_MINUTE, MAX_KINDS, budget, counts

ADDRESS = "/csp-report"


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    budget.refill()
    counts.clear()
    yield
    budget.refill()
    counts.clear()


def report(**fields: Any) -> bytes:
    """A report as Chromium and Firefox send it to `report-uri`."""
    return json.dumps(
        {
            "csp-report": {
                "document-uri": "https://leadops.example/admin/leads/lead/7/change/?secret=1",
                "effective-directive": "script-src-elem",
                "blocked-uri": "https://evil.example/run.js?who=ines",
                **fields,
            }
        }
    ).encode()


def send(body: bytes, *, client: Client | None = None, kind: str = "application/csp-report") -> Any:
    return (client or Client()).generic("POST", ADDRESS, body, content_type=kind)


def test_writes_down_the_directive_and_the_host_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger=policy_reports.__name__):
        answer = send(report(), client=Client(enforce_csrf_checks=True))

    assert answer.status_code == 204
    assert caplog.messages == [
        "The content security policy stopped script-src-elem from evil.example (1 times)."
    ]
    assert "secret" not in caplog.text
    assert "ines" not in caplog.text


def test_takes_the_newer_form_too() -> None:
    body = {"effectiveDirective": "img-src", "blockedURL": "http://[2001:db8::1]:8080/a"}
    reports = [{"type": "csp-violation", "body": body}, {"type": "deprecation", "body": {}}]

    answer = send(json.dumps(reports).encode(), kind="application/reports+json")

    assert answer.status_code == 204
    assert dict(counts) == {("img-src", "[2001:db8::1]"): 1}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"blocked-uri": "inline"}, ("script-src-elem", "inline")),
        ({"blocked-uri": "eval"}, ("script-src-elem", "eval")),
        ({"blocked-uri": "https://ines:geheim@evil.example:8443/"}, ("script-src-elem", "evil.example")),
        ({"blocked-uri": "https://x\ny INFO forged/"}, ("script-src-elem", "other")),
        ({"blocked-uri": "https://[broken"}, ("script-src-elem", "other")),
        ({"blocked-uri": {"a": 1}}, ("script-src-elem", "other")),
        ({"effective-directive": "x\n2026 ERROR forged"}, ("other", "evil.example")),
        ({"effective-directive": None, "violated-directive": "img-src 'self'"}, ("img-src", "evil.example")),
    ],
)
def test_keeps_only_what_can_be_nothing_else(fields: dict[str, Any], kept: tuple[str, str]) -> None:
    assert send(report(**fields)).status_code == 204
    assert dict(counts) == {kept: 1}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[]", b"3", b"null", b'{"csp-report": 1}', b'[{"type": "csp-violation", "body": 1}]', b"["
     * 4000],
)  # fmt: skip
def test_refuses_what_is_no_report_with_a_sentence(body: bytes) -> None:
    answer = send(body)

    assert answer.status_code == 400
    assert answer.content.decode() == "This is no report about the content security policy."
    assert not counts


def test_reads_no_more_than_a_report_can_have() -> None:
    answer = send(report(sample="x" * MAX_BODY))

    assert answer.status_code == 413
    assert answer.content.decode() == "A report has 8192 bytes at the most."


def test_reads_so_many_in_a_minute_and_no_more() -> None:
    statuses = [send(report()).status_code for _ in range(MAX_IN_A_MINUTE + 5)]

    assert statuses == [204] * MAX_IN_A_MINUTE + [429] * 5
    assert counts.total() == MAX_IN_A_MINUTE


def test_counts_so_many_kinds_and_no_more() -> None:
    for place in range(MAX_KINDS):
        counts["img-src", f"host-{place}.example"] = 1

    send(report())

    assert len(counts) == MAX_KINDS + 1
    assert counts["other", "other"] == 1


def test_takes_only_posts_and_every_page_names_the_address(client: Client) -> None:
    answer = client.get(ADDRESS)

    assert answer.status_code == 405
    assert f"report-uri {ADDRESS}" in answer.headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_report_asks_nothing_of_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        send(report())
