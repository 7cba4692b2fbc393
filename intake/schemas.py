"""The form of what the API takes. Field names are neutral and fixed; what people call things is served by `/labels`."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from intake.events import MAX_SUBJECT_LENGTH, Event, EventRefused
from intake.models import MAX_KEY_LENGTH, MAX_VISITOR_ID_LENGTH
from intake.strict_json import pointer

MAX_BATCH: Final = 1000  # events of one request
MAX_NOTE_LENGTH: Final = 10_000
MAX_URL_LENGTH: Final = 2000
MAX_DETAILS_LENGTH: Final = 16_000  # characters of `details` as JSON
MAX_EMPLOYEES: Final = 10_000_000  # more than the largest employer has
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)  # before, somebody's clock or format is wrong
KEY_PATTERN: Final = (
    f"[!-~]{{1,{MAX_KEY_LENGTH}}}"  # printable ASCII without blanks, as a header can carry it
)


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise PydanticCustomError(
            "moment", "Send date and time as text, such as “2026-03-12T09:30:00+01:00”."
        )
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError(
            "moment", "This is no date and time in ISO 8601, such as “2026-03-12T09:30:00+01:00”."
        ) from None
    if moment.tzinfo is None:
        raise PydanticCustomError(
            "moment", "The offset from UTC is missing. Add it, such as “+01:00” or “Z”."
        )
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = datetime.min.replace(tzinfo=UTC)
    if moment < EARLIEST:
        raise PydanticCustomError("moment", f"The moment lies before {EARLIEST:%Y}. Correct its year.")
    return moment


def _address(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        parts = urlsplit(value)
        is_page = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_page = False
    if not is_page or not value.isprintable() or " " in value:
        raise PydanticCustomError(
            "address", "This is no address of a web page. Begin it with https:// or http://."
        )
    return value


def _details(value: Any) -> Any:
    if isinstance(value, dict):
        if "url" in value:
            raise PydanticCustomError("details", "Send “url” beside “details” and not in it.")
        if len(json.dumps(value, ensure_ascii=False)) > MAX_DETAILS_LENGTH:
            raise PydanticCustomError(
                "details", f"“details” is too long: {MAX_DETAILS_LENGTH} characters of JSON are the most."
            )
    return value


def _text(longest: int) -> Any:
    return Annotated[str | None, Field(max_length=longest)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class PersonIn(_Strict):
    """Who did it. An e-mail address or a telephone number is needed; `null` is the same as a field left out."""

    email: _text(254) = None  # type: ignore[valid-type]
    name: _text(200) = Field(None, description="Full name, where first and last name are not known apart.")  # type: ignore[valid-type]
    first_name: _text(100) = None  # type: ignore[valid-type]
    last_name: _text(100) = None  # type: ignore[valid-type]
    phone: _text(60) = None  # type: ignore[valid-type]
    title: _text(200) = None  # type: ignore[valid-type]
    company: _text(200) = None  # type: ignore[valid-type]
    website: _text(300) = None  # type: ignore[valid-type]
    industry: _text(120) = None  # type: ignore[valid-type]
    employees: Annotated[int | None, Field(ge=0, le=MAX_EMPLOYEES)] = None
    country: _text(60) = Field(None, description="ISO 3166 code or English name.")  # type: ignore[valid-type]
    city: _text(120) = None  # type: ignore[valid-type]
    linkedin_url: _text(300) = None  # type: ignore[valid-type]
    opted_out: bool = Field(
        False, description="true: the person wants no contact. Nothing takes it back here."
    )

    def texts(self) -> dict[str, str]:
        """What was sent, as the texts that the door for people takes."""
        sent = self.model_dump(exclude_none=True, exclude_defaults=True)
        return {name: "yes" if value is True else str(value) for name, value in sent.items()}


class EventIn(_Strict):
    """Something that a person or a visitor did."""

    type: Annotated[str, Field(min_length=1, max_length=40, description="Key of an activity type.")]
    person: PersonIn | None = None
    visitor_id: Annotated[str, StringConstraints(pattern=f"^[!-~]{{1,{MAX_VISITOR_ID_LENGTH}}}$")] | None = (
        Field(None, description="The web site's id of the browser: letters, digits and signs, no blanks.")
    )
    at: Annotated[
        datetime | None,
        BeforeValidator(lambda value: None if value is None else _moment(value)),
        WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
    ] = Field(None, description="When, with offset from UTC. Left out: now.")
    subject: _text(MAX_SUBJECT_LENGTH) = None  # type: ignore[valid-type]
    note: _text(MAX_NOTE_LENGTH) = None  # type: ignore[valid-type]
    url: Annotated[str | None, Field(max_length=MAX_URL_LENGTH), BeforeValidator(_address)] = None
    details: Annotated[dict[str, Any] | None, BeforeValidator(_details)] = Field(
        None, description="Anything else, as a JSON object."
    )

    def event(self) -> Event:
        return Event(
            type=self.type,
            at=self.at,
            person=self.person.texts() if self.person else {},
            visitor_id=self.visitor_id or "",
            subject=self.subject or "",
            note=self.note or "",
            url=self.url or "",
            details=self.details or {},
        )


class BatchEventIn(EventIn):
    """An event of a batch, with an idempotency key of its own."""

    key: Annotated[str, StringConstraints(pattern=f"^{KEY_PATTERN}$")] | None = None


def validated(model: type[EventIn], value: Any) -> Any:
    """`value` as an object of `model`. Raises `EventRefused` with the place and a sentence for the first fault."""
    try:
        return model.model_validate(value)
    except ValidationError as invalid:
        fault = invalid.errors(include_url=False)[0]
        raise EventRefused(_sentence(fault), pointer=pointer(*fault["loc"])) from invalid


_SENTENCES: Final = {
    "missing": "This field is required.",
    "extra_forbidden": "There is no such field. Leave it out, or put it into “details”.",
    "string_type": "Send text here.",
    "string_too_short": "This must not be empty.",
    "string_too_long": "This text is too long: {max_length} characters are the most.",
    "string_pattern_mismatch": "Send letters, digits and signs of ASCII here, without blanks and not too many.",
    "int_type": "Send a whole number here.",
    "bool_type": "Send true or false here.",
    "dict_type": "Send a JSON object here.",
    "model_type": "Send a JSON object here.",
    "greater_than_equal": "This number is too small: {ge} is the least.",
    "less_than_equal": "This number is too large: {le} is the most.",
}


def _sentence(fault: ErrorDetails) -> str:
    sentence = _SENTENCES.get(fault["type"])
    return sentence.format_map(fault.get("ctx", {})) if sentence else fault["msg"]
