import hashlib
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake import tokens
from intake.models import ApiToken

pytestmark = pytest.mark.django_db


def test_keeps_only_the_hash_of_a_token(issued: tuple[ApiToken, str], now: datetime) -> None:
    token, text = issued

    token.refresh_from_db()

    assert token.token_hash == hashlib.sha256(text.encode()).hexdigest()
    assert text.startswith(f"lo_{token.prefix}_")
    assert text.removeprefix(f"lo_{token.prefix}_") not in str(vars(token))
    assert token.created_at == now


def test_recognises_a_token_by_its_text(issued: tuple[ApiToken, str], now: datetime) -> None:
    token, text = issued

    assert tokens.recognise(text=text, now=now) == token


@pytest.mark.parametrize(
    "wrong", ["", "lo_", "\0", "é", "Bearer", "lo_00000000_" + "x" * 43, "' OR 1=1 --", "x" * 10_000]
)
def test_does_not_know_what_is_no_token(wrong: str, issued: tuple[ApiToken, str], now: datetime) -> None:
    assert tokens.recognise(text=wrong, now=now) is None


def test_the_right_beginning_is_not_enough(issued: tuple[ApiToken, str], now: datetime) -> None:
    _, text = issued
    last = "A" if text[-1] != "A" else "B"

    assert tokens.recognise(text=text[:-1] + last, now=now) is None


def test_asks_the_database_nothing_about_what_can_not_be_a_token(now: datetime) -> None:
    with CaptureQueriesContext(connection) as asked:
        tokens.recognise(text="x" * 55, now=now)

    assert len(asked) == 0


def test_compares_in_constant_time_whether_there_is_such_a_token_or_not(
    issued: tuple[ApiToken, str], now: datetime
) -> None:
    _, text = issued
    stranger = "lo_ffffffff_" + "x" * 43

    with patch("intake.tokens.compare_digest", wraps=tokens.compare_digest) as compared:
        tokens.recognise(text=text, now=now)
        tokens.recognise(text=stranger, now=now)

    assert compared.call_count == 2
    assert [len(call.args[1]) for call in compared.call_args_list] == [64, 64]


def test_a_revoked_token_opens_nothing(issued: tuple[ApiToken, str], now: datetime) -> None:
    token, text = issued

    number = tokens.revoke(tokens=[token], now=now)

    assert number == 1
    assert tokens.recognise(text=text, now=now) is None
    assert tokens.revoke(tokens=[token], now=now + timedelta(days=1)) == 0
    token.refresh_from_db()
    assert token.revoked_at == now


def test_a_token_expires_at_its_moment(issued: tuple[ApiToken, str], now: datetime) -> None:
    token, text = issued
    ApiToken.objects.update(expires_at=now + timedelta(hours=1))

    assert tokens.recognise(text=text, now=now + timedelta(minutes=59)) == token
    assert tokens.recognise(text=text, now=now + timedelta(hours=1)) is None


def test_notes_the_last_use_at_most_once_a_minute(issued: tuple[ApiToken, str], now: datetime) -> None:
    token, _ = issued

    for seconds in (0, 20, 59, 61, 100):
        token.refresh_from_db()
        tokens.note_use(token=token, now=now + timedelta(seconds=seconds))

    token.refresh_from_db()
    assert token.last_used_at == now + timedelta(seconds=61)
