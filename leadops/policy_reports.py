"""What browsers tell of the content security policy: that a page wanted to do what the policy forbids.

A page of ours never does, so a report means a defect, a browser extension, or somebody's text that became a program.
Browsers send reports by themselves, without the token of a form, so the address takes them without one; it changes
nothing. Anybody can send one: few are read, and of each only the directive and the host are kept, in the log.
"""

import json
import logging
import re
import threading
from collections import Counter
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)

MAX_BODY: Final = 8 * 1024  # bytes; a report has about one thousand
MAX_IN_A_MINUTE: Final = (
    60  # reports that one process reads; a broken page sends a few each time it is opened
)
MAX_KINDS: Final = 200  # pairs of directive and host that are counted apart

_HOST: Final = re.compile(r"[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\]")
# What browsers write in the place of an address.
_NO_HOST: Final = frozenset({"inline", "eval", "wasm-eval", "data", "blob", "about", "self", "filesystem"})
_DIRECTIVES: Final = frozenset(
    f"{name}-src{part}"
    for name in ("default", "script", "style", "img", "font", "connect", "media", "object", "frame", "child", "worker",
                 "manifest", "prefetch")
    for part in ("", "-elem", "-attr")
) | {"base-uri", "form-action", "frame-ancestors", "navigate-to", "sandbox"}  # fmt: skip


class Budget:
    """So many in a minute, then no more until the next."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._until, self._left = 0.0, 0

    def take(self) -> bool:
        """Whether there was one left."""
        with self._lock:
            now = monotonic()
            if now >= self._until:
                self._until, self._left = now + 60, self._most
            self._left -= 1
            return self._left >= 0

    def refill(self) -> None:
        """Start anew. For tests."""
        self._until = 0.0


budget: Final = Budget(MAX_IN_A_MINUTE)
# Reports of this process by directive and host.
counts: Final[Counter[tuple[str, str]]] = Counter()


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Count a browser's report and write a line about it."""
    if not budget.take():
        return _refusal("Too many reports. Send the next one in a minute.", status=429)
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return _refusal(f"A report has {MAX_BODY} bytes at the most.", status=413)
    found = _violations(body)
    if not found:
        return _refusal("This is no report about the content security policy.", status=400)
    for what in found:
        known = what if what in counts or len(counts) < MAX_KINDS else ("other", "other")
        counts[known] += 1
        logger.warning("The content security policy stopped %s from %s (%d times).", *known, counts[known])
    return HttpResponse(status=204)


def _refusal(sentence: str, *, status: int) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


def _violations(body: bytes) -> list[tuple[str, str]]:
    """Directive and host of each violation, in either of the two forms that browsers send."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if isinstance(content, dict) and isinstance(content.get("csp-report"), dict):
        report = content["csp-report"]
        directive = report.get("effective-directive") or report.get("violated-directive")
        return [(_directive(directive), _host(report.get("blocked-uri")))]
    reports = content if isinstance(content, list) else []
    bodies = [
        one["body"]
        for one in reports[:10]
        if isinstance(one, dict) and one.get("type") == "csp-violation" and isinstance(one.get("body"), dict)
    ]
    return [(_directive(one.get("effectiveDirective")), _host(one.get("blockedURL"))) for one in bodies]


def _directive(value: Any) -> str:
    name = value.split(" ")[0].lower() if isinstance(value, str) else ""
    return name if name in _DIRECTIVES else "other"


def _host(value: Any) -> str:
    """Whose the stopped thing was, without its path, which may hold what is nobody's business."""
    if not isinstance(value, str):
        return "other"
    if value.lower() in _NO_HOST:
        return value.lower()
    try:
        host = urlsplit(value).netloc.rpartition("@")[2].lower()
    except ValueError:
        return "other"
    host = re.sub(r":\d+$", "", host)
    return host if _HOST.fullmatch(host) else "other"
