"""Making, recognising and revoking API tokens.

A token reads `lo_<prefix>_<secret>`: the prefix finds the row, the SHA-256 of the whole proves it. The secret has 256
bits from the system's generator, so that a plain hash of it can't be guessed back.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from django.contrib.auth.models import User
from django.db.models import Q

from intake.models import ApiToken

NOTED_EVERY: Final = timedelta(minutes=1)  # a busy token does not write its row with every request
_FORM: Final = re.compile(r"lo_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_NO_HASH: Final = "0" * 64


def issue(*, token: ApiToken, by: User | None, now: datetime) -> str:
    """Save the new `token` and return its text: the only time that anybody sees it."""
    token.prefix = secrets.token_hex(4)
    text = f"lo_{token.prefix}_{secrets.token_urlsafe(32)}"
    token.token_hash = _hash(text)
    token.created_by = by
    token.created_at = now
    token.save()
    return text


def recognise(*, text: str, now: datetime) -> ApiToken | None:
    """The token in force whose text this is, or None. One query, none for what can't be a token."""
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    token: ApiToken | None = ApiToken.objects.filter(prefix=form[1]).select_related("source").first()
    # Compared also where there is no such token, so that the time tells nothing about prefixes.
    is_right = compare_digest(_hash(text), token.token_hash if token else _NO_HASH)
    return token if token is not None and is_right and token.is_in_force(now=now) else None


def note_use(*, token: ApiToken, now: datetime) -> None:
    """Keep when the token was last used, to the minute."""
    if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def revoke(*, tokens: Iterable[ApiToken], now: datetime) -> int:
    """Close the door for `tokens`, from the next request on. Returns how many were still open."""
    return ApiToken.objects.filter(pk__in=[token.pk for token in tokens], revoked_at=None).update(
        revoked_at=now
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
