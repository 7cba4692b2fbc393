"""The JSON API: other systems record events and read today's labels, with a token."""

import logging
import re
from typing import Any, Final, NoReturn

from django.contrib.admin.views.decorators import staff_member_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.openapi.docs import Swagger
from ninja.security import HttpBearer
from pydantic import BaseModel

from intake import receipts, tokens
from intake.events import EventRefused
from intake.models import ApiToken
from intake.receipts import Answer, Request, fingerprint, refused
from intake.schemas import KEY_PATTERN, MAX_BATCH, BatchEventIn, EventIn, validated
from intake.strict_json import JsonRefused, parse, pointer
from terminology import labels
from terminology.editing import former_texts
from terminology.words import all_words

logger = logging.getLogger(__name__)

MAX_BODY: Final = 1024 * 1024  # bytes
RETRY_AFTER: Final = 2  # seconds
_KEY: Final = re.compile(KEY_PATTERN)


class RequestRefused(Exception):
    """The request as a whole can't be taken; carries its answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.content)
        self.answer = answer


class Bearer(HttpBearer):
    """`Authorization: Bearer lo_…`. A session counts for nothing here, so that no other page can use one."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        now = timezone.now()
        found = tokens.recognise(text=token, now=now)
        if found is not None:
            tokens.note_use(token=found, now=now)
        return found


class Api(NinjaAPI):
    """Answers that no proxy and no browser may keep."""

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        response = super().create_response(request, data, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


api = Api(
    title="LeadOps",
    version="1",
    description="Record what people and visitors do, and read the labels of the day. docs/api.md tells it by example.",
    urls_namespace="intake:api",
    auth=Bearer(),
    docs=Swagger(settings={"tryItOutEnabled": False}),
    docs_decorator=staff_member_required,
)


# --- What can be asked ---------------------------------------------------------------------------------------


def _takes(model: type[BaseModel], *, many: bool = False) -> dict[str, Any]:
    """The description of a body for the OpenAPI document; the bodies are read by our own reader."""
    schema = model.model_json_schema(ref_template="#/$defs/{model}")
    one = _resolved(schema, schema.pop("$defs", {}))
    body = (
        {
            "type": "object",
            "properties": {"events": {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_BATCH}},
            "required": ["events"],
            "additionalProperties": False,
        }
        if many
        else one
    )
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
    }
    return {
        "parameters": [key],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
    }


def _resolved(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with its references written out."""
    if isinstance(schema, list):
        return [_resolved(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _resolved(item, definitions) for name, item in schema.items()}


@api.post(
    "/events", url_name="events", summary="Record an event", tags=["Events"], openapi_extra=_takes(EventIn)
)
def record_event(request: HttpRequest) -> HttpResponse:
    """Records what one person or visitor did. A repeated request with the same Idempotency-Key has no second effect."""
    token = _allowed(request, "may_record_events")
    key = _key_of(request)
    value = parse(_body_of(request))
    sent = Request(validated(EventIn, value).event(), key=key, body_hash=fingerprint(value) if key else "")
    (answer,) = receipts.answer(token=token, requests=[sent], now=timezone.now())
    response = api.create_response(request, answer.content, status=answer.status)
    if answer.is_replay:
        response["Idempotent-Replayed"] = "true"
    return response


@api.post(
    "/events/batch",
    url_name="events-batch",
    summary="Record many events",
    tags=["Events"],
    openapi_extra=_takes(BatchEventIn, many=True),
)
def record_events(request: HttpRequest) -> HttpResponse:
    """Records up to 1,000 events in one go and says for each what became of it; one that is refused stops no other."""
    token = _allowed(request, "may_record_events")
    key = _key_of(request)
    events = _events_of(parse(_body_of(request)))
    sent = [_request_of(place, value, key_of_all=key) for place, value in enumerate(events)]
    answers = receipts.answer(token=token, requests=sent, now=timezone.now())
    counts: dict[str, int] = {}
    for answer in answers:
        counts[answer.outcome] = counts.get(answer.outcome, 0) + 1
    results = [_result(place, answer) for place, answer in enumerate(answers)]
    return api.create_response(request, {"counts": counts, "results": results}, status=200)


@api.get("/labels", url_name="labels", summary="Read the labels of the day", tags=["Labels"])
def read_labels(request: HttpRequest) -> HttpResponse:
    """Every label by its key: the text that the company agreed on, and the default.

    Where there are any, with the former labels and with the words of the CRM, the marketing tool and the teams.
    """
    _allowed(request, "may_read_labels")
    former, words = former_texts(keys=None), all_words()
    found = {
        term.key: {
            "label": term.text,
            "default": term.default,
            **({"former": former[term.key]} if term.key in former else {}),
            **({"words": words[term.key]} if term.key in words else {}),
        }
        for term in labels.terms(get_language() or "")
    }
    return api.create_response(request, {"labels": found}, status=200)


# --- The parts of a request ----------------------------------------------------------------------------------


def _allowed(request: HttpRequest, permission: str) -> ApiToken:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if not getattr(token, permission):
        raise RequestRefused(refused("This token may not do that. Ask RevOps to allow it.", status=403))
    return token


def _key_of(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise RequestRefused(
            refused(
                "The header Idempotency-Key takes 1 to 200 letters, digits and signs of ASCII, without blanks.",
                status=400,
            )
        )
    return key or ""


def _body_of(request: HttpRequest) -> bytes:
    """The body, once its headers say that it is JSON of a bearable size. Reads no more than that."""
    length = request.META.get("CONTENT_LENGTH") or ""
    is_chunked = "HTTP_TRANSFER_ENCODING" in request.META
    if length in ("", "0") and not is_chunked:
        raise JsonRefused("The body is empty. Send a JSON object.")
    charset = (request.content_params or {}).get("charset", "utf-8")
    if request.content_type != "application/json" or charset.lower() not in ("utf-8", "utf8"):
        raise RequestRefused(
            refused("Send JSON in UTF-8, with the header “Content-Type: application/json”.", status=415)
        )
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise RequestRefused(refused("Send the body as it is, without Content-Encoding.", status=415))
    if not length and is_chunked:
        raise RequestRefused(
            refused("Send the header Content-Length; a body in chunks is not taken.", status=411)
        )
    if length.isascii() and length.isdigit() and (len(length) > 9 or int(length) > MAX_BODY):
        _refuse_large()
    body: bytes = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        _refuse_large()
    return body


def _refuse_large() -> NoReturn:
    raise RequestRefused(
        refused(f"The body is larger than {MAX_BODY:,} bytes. Send fewer events at once.", status=413)
    )


def _events_of(value: Any) -> list[Any]:
    if not isinstance(value, dict) or not isinstance(value.get("events"), list):
        raise EventRefused("Send a JSON object with the list “events”.", pointer="/events")
    if other := next((name for name in value if name != "events"), None):
        raise EventRefused("There is no such field. Send “events” alone.", pointer=pointer(other))
    events: list[Any] = value["events"]
    if not 0 < len(events) <= MAX_BATCH:
        raise EventRefused(
            f"Send 1 to {MAX_BATCH:,} events at once; these are {len(events):,}.", pointer="/events"
        )
    return events


def _request_of(place: int, value: Any, *, key_of_all: str) -> Request:
    """One event of a batch. Its key is its own one, else that of the request with the event's place."""
    try:
        sent: BatchEventIn = validated(BatchEventIn, value)
    except EventRefused as refusal:
        return Request(None, refusal=refusal)
    key = sent.key or (f"{key_of_all}/{place}" if key_of_all else "")
    content = {name: member for name, member in value.items() if name != "key"} if key else None
    return Request(sent.event(), key=key, body_hash=fingerprint(content) if key else "")


def _result(place: int, answer: Answer) -> dict[str, Any]:
    result = {"index": place, "status": answer.status, **answer.content}
    if "error" in result:
        error = answer.content["error"]
        result["error"] = error | {"pointer": pointer("events", place) + error["pointer"]}
    return result | {"replayed": True} if answer.is_replay else result


# --- Refusals ------------------------------------------------------------------------------------------------


@api.exception_handler(RequestRefused)
def _say_refusal(request: HttpRequest, refusal: RequestRefused) -> HttpResponse:
    return _say(request, refusal.answer)


@api.exception_handler(EventRefused)
def _say_event_refused(request: HttpRequest, refusal: EventRefused) -> HttpResponse:
    return _say(request, refused(str(refusal), pointer=refusal.pointer))


@api.exception_handler(JsonRefused)
def _say_no_json(request: HttpRequest, refusal: JsonRefused) -> HttpResponse:
    place = {"line": refusal.line, "column": refusal.column} if refusal.line else {}
    return _say(request, refused(str(refusal), pointer=refusal.pointer, status=refusal.status, **place))


@api.exception_handler(AuthenticationError)
def _say_unknown(request: HttpRequest, refusal: AuthenticationError) -> HttpResponse:
    response = _say(
        request,
        refused(
            "The token is missing, wrong, expired or revoked. Send a valid one as “Authorization: Bearer lo_…”.",
            status=401,
        ),
    )
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(UnreadablePostError)
def _say_cut_off(request: HttpRequest, error: UnreadablePostError) -> HttpResponse:
    return _say(request, refused("The body broke off. Send it again.", status=400))


@api.exception_handler(OperationalError)
def _say_busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """The database is away or too busy: nothing was recorded, and the sender should come again."""
    logger.warning("The event API could not reach the database: %s", error)
    response = _say(
        request,
        refused("The database is too busy. Send the same request again in a few seconds.", status=503),
    )
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _say(request: HttpRequest, answer: Answer) -> HttpResponse:
    return api.create_response(request, answer.content, status=answer.status)
