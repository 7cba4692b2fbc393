"""A list before it is loaded: taken in, its columns named. Nothing here touches a person."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.files import File
from django.utils import timezone

from imports import mapping as columns
from imports import moments, presets
from imports.answers import constants_of, rules_of
from imports.cleaning import Cleaner
from imports.further import further_columns
from imports.models import ImportBatch, ImportKind, file_place
from imports.reading import FileShape, inspect, rows
from imports.sources import require_source
from leadops.errors import LeadOpsError
from leadops.jobs import JobState
from leadops.room import told_when_full
from terminology.editing import former_texts, texts_in_every_language
from terminology.words import words_for

BLOCK: Final = 1024 * 1024  # bytes read at a time


class ListRefused(LeadOpsError):
    """The list can't be taken in as it is."""


class ColumnsRefused(LeadOpsError):
    """The columns do not make people."""


class DatesUnclear(ColumnsRefused):
    """Dates of the list can be read in two ways, and nobody has said how they are meant."""


class PreviewOutdated(LeadOpsError):
    """What was previewed is not what would be loaded."""


class AlreadyConfirmed(LeadOpsError):
    """Somebody has confirmed, stopped or restarted the list already."""


# --- Taking in ----------------------------------------------------------------------------------------------------


def take_in(
    *,
    file: BinaryIO,
    name: str,
    batch: ImportBatch,
    by: AbstractBaseUser | None,
    now: datetime,
    reading: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """Keep a file as a new batch, look at it and guess its columns. `batch` is new and holds what was said of the list.

    `reading` overrules what `reading.inspect` finds (encoding, sheet, delimiter, header_row). The batch is paused until
    somebody confirms it. Raises UnreadableFile, SourceRefused or NoRoomLeft; then nothing is kept.
    """
    require_source(batch)
    look_at(batch, file=file, name=name, reading=reading)
    file.seek(0)
    batch.created_by_id = by.pk if by is not None else None
    batch.created_at = now
    batch.state = JobState.PAUSED
    batch.file.name = file_place(batch, "list")
    with told_when_full():
        try:
            batch.file.name = batch.file.storage.save(batch.file.name, File(file))
            batch.save()
        finally:
            if batch.pk is None:  # without its row nobody would ever find the file, or the part of it, again
                batch.file.delete(save=False)
    return batch


def look_at(
    batch: ImportBatch, *, file: BinaryIO, name: str, reading: Mapping[str, Any] | None = None
) -> None:
    """Set how the file is read, its fingerprint and the guessed columns on the batch, without saving it."""
    shape = inspect(file, name=name, max_bytes=settings.LEADOPS["UPLOAD_MAX_BYTES"], **(reading or {}))
    batch.original_name = name[:255]
    batch.sha256 = fingerprint(file)
    batch.shape = shape.to_json()
    batch.country = batch.country or settings.LEADOPS["DEFAULT_COUNTRY"]
    preset = presets.find(batch, shape.headers)
    use(batch, preset, shape=shape)
    _look_at_dates(batch, file=file, shape=shape, answered=preset.date_order)
    batch.rows_total = shape.row_count
    _forget_preview(batch)


def read_again(*, batch: ImportBatch, reading: Mapping[str, Any]) -> None:
    """Read the kept file in another way, and guess its columns anew. Raises UnreadableFile; then nothing changes."""
    require_draft(batch)
    with batch.opened() as file:
        look_at(batch, file=file, name=batch.original_name, reading=reading)
    save_draft(batch)


def fingerprint(file: BinaryIO) -> str:
    """The SHA-256 of a file, read from its beginning."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


# --- Columns ------------------------------------------------------------------------------------------------------

# The term behind the label of each field; former labels of it are known as headers too.
TERMS: Final[dict[str, str]] = {
    **{name: f"leads.contact.{name}" for name in ("email", "first_name", "last_name", "phone", "title")},
    **{name: f"leads.contact.{name}" for name in ("country", "city", "linkedin_url")},
    **{name: f"leads.account.{name}" for name in ("website", "domain", "industry", "employees")},
    "company": "leads.account.name",
    **{
        name: f"imports.target.{name}"
        for name in (
            "full_name",
            "family_first",
            "middle_name",
            "mobile",
            "phone_country",
            "phone_area",
            "address",
            "note",
        )
    },
    **{name: f"imports.target.{name}" for name in ("opted_out", "may_contact", "attended_at")},
}

# What a file never sets, whoever uploads it: who works a lead, where it stands, what it scores, who may log in.
_PROTECTED: Final = frozenset(
    {
        "id", "recordid", "leadid", "contactid", "accountid", "pk", "uuid", "owner", "leadowner", "contactowner",
        "accountowner", "companyowner", "ownerid", "assignedto", "salesrep", "team", "stage", "leadstage",
        "lifecyclestage", "status", "leadstatus", "substatus", "score", "leadscore", "grade", "rating", "createdby",
        "createdat", "createdate", "createddate", "updatedat", "modifiedby", "isstaff", "issuperuser", "isactive",
        "password", "permissions", "groups", "role", "optedin", "optin", "consent", "optintime", "optinip",
        "confirmtime", "confirmip", "memberrating", "memberstatus", "marketingcontactstatus", "marketingstatus",
        "emailoptin", "marketingoptin", "doubleoptin", "subscribed", "createdtime", "modifiedtime", "modifieddate",
        "lastmodified", "lastmodifieddate", "orderid", "attendeeid", "assignee", "reportsto",
    }
)  # fmt: skip
# Words that make any header one of these.
_PROTECTED_WORDS: Final = frozenset(
    {"owner", "stage", "lifecyclestage", "score", "consent", "optin", "owneralias"}
)


def known_labels() -> dict[str, list[str]]:
    """For each field its label now, then those of other languages and the former ones."""
    keys = list(TERMS.values())
    spoken, former = texts_in_every_language(keys=keys), former_texts(keys=keys)
    return {
        name: list(dict.fromkeys([*texts, *spoken.get(TERMS[name], ()), *former.get(TERMS[name], ())]))
        for name, texts in columns.current_labels().items()
    }


def other_words() -> dict[str, list[str]]:
    """For each field what the CRM, the marketing tool and the teams call it."""
    words = words_for(keys=TERMS.values())
    return {name: list(words[key].values()) for name, key in TERMS.items() if key in words}


def matches(batch: ImportBatch, shape: FileShape, preset: presets.Preset) -> dict[str, columns.Match]:
    """What each column looks like, and why."""
    allowed = targets_for(batch.kind)
    found = columns.match_columns(
        shape.headers,
        sample=shape.sample_values,
        labels=known_labels(),
        words=other_words(),
        settled=preset.settled(shape.headers, allowed=allowed),
        vendor=preset.vendor,
    )
    return {
        header: match if match.target in allowed else columns.Match(None, 0.0, match.why)
        for header, match in found.items()
    }


def use(batch: ImportBatch, preset: presets.Preset, *, shape: FileShape) -> None:
    """Set the columns as the preset says and as the others look, with what was said of such a list, without saving.

    Values for the whole file are each list's own: they are only taken where the preset is chosen by name.
    """
    found = matches(batch, shape, preset)
    batch.mapping = {header: match.target or "" for header, match in found.items()}
    batch.preset_name = preset.name
    if preset.kept is not None:
        batch.rules = batch.rules or preset.kept.rules


def use_called(batch: ImportBatch, name: str, *, file: BinaryIO) -> None:
    """Take the columns from the preset of that name ("" for no preset), without saving. Raises PresetUnknown."""
    shape = batch.file_shape
    preset = presets.called(name, shape.headers) if name else presets.Preset(presets.recognise(shape.headers))
    batch.rules = {} if preset.kept is None else preset.kept.rules
    batch.constants = {} if preset.kept is None else preset.kept.constants
    use(batch, preset, shape=shape)
    _look_at_dates(batch, file=file, shape=shape, answered=preset.date_order)


def choose_preset(*, batch: ImportBatch, name: str) -> None:
    """Take the columns of a draft from the preset of that name, or guess them anew for "". Raises PresetUnknown."""
    require_draft(batch)
    with batch.opened() as file:
        use_called(batch, name, file=file)
    _forget_preview(batch)
    save_draft(batch)


def targets_for(kind: str) -> frozenset[str]:
    """The fields that a column of such a list can be. Only an event has a moment at which people were there."""
    return frozenset(columns.TARGETS) - (set() if kind == ImportKind.EVENT else {"attended_at"})


def set_columns(
    *,
    batch: ImportBatch,
    mapping: Mapping[str, str],
    date_order: str = "",
    constants: Mapping[str, str] | None = None,
    rules: Mapping[str, str] | None = None,
) -> None:
    """Say what each column is: header to field, "" for one left out. Raises ColumnsRefused with all that is wrong.

    `constants` (field to text) are values for the whole file, `rules` (field to `ColumnRule`) what it may do to known
    values; None leaves them as they are. Raises AnswerRefused, and DatesUnclear where `date_order` is needed.
    """
    require_draft(batch)
    if constants is not None:
        batch.constants = constants_of(constants, kind=batch.kind)
    if rules is not None:
        batch.rules = rules_of(rules)
    with batch.opened() as file:
        choose_columns(batch, mapping, file=file)
    answer_dates(batch, date_order)
    _forget_preview(batch)
    save_draft(batch)


def choose_columns(batch: ImportBatch, mapping: Mapping[str, str], *, file: BinaryIO) -> None:
    """Set what each column is on the batch, without saving it. Raises ColumnsRefused."""
    shape = batch.file_shape
    headers = shape.headers
    if unknown := [header for header in mapping if header not in headers]:
        raise ColumnsRefused(
            f"The list has no column “{unknown[0][:60]}”. Choose among the columns of the file."
        )
    chosen = {header: mapping.get(header, "") for header in headers}
    require_columns(batch, chosen)
    batch.mapping = chosen
    _look_at_dates(batch, file=file, shape=shape)


def answer_dates(batch: ImportBatch, date_order: str) -> None:
    """Set how the dates are meant, "dmy" or "mdy", without saving; anything else is no answer."""
    if date_order in DATE_ORDERS:
        batch.date_order = date_order


def require_columns(batch: ImportBatch, mapping: Mapping[str, str]) -> None:
    """Raises ColumnsRefused for columns that do not make people."""
    sentences = columns.missing(mapping, labels=known_labels())
    if question := batch.file_shape.encoding_question:
        sentences.insert(
            0, f"{question} Choose the encoding in which the names look right, and read the file again."
        )
    sentences += [
        f"“{columns.TARGETS[target].label}” is only taken from event lists. Leave the column “{header}” out."
        for header, target in mapping.items()
        if target in columns.TARGETS and target not in targets_for(batch.kind)
    ]
    if sentences:
        raise ColumnsRefused(" ".join(sentences))


def remember_columns(*, batch: ImportBatch, by: AbstractBaseUser, now: datetime) -> None:
    """Keep what a person said of the columns for the next list with these headers, if they said more than was found."""
    shape = batch.file_shape
    fresh = matches(batch, shape, presets.Preset(presets.recognise(shape.headers)))
    has_corrected = batch.mapping != {header: match.target or "" for header, match in fresh.items()}
    if not (has_corrected or batch.rules or batch.constants or batch.date_question) and not presets.is_kept(
        batch
    ):
        return
    batch.preset_name = presets.remember(batch=batch, by=by, now=now).name
    save_draft(batch)


def left_out(batch: ImportBatch) -> list[str]:
    """The headers of the columns that are not taken."""
    return [header for header, target in batch.columns.items() if not target]


def protected(batch: ImportBatch) -> list[str]:
    """Of the columns left out those that no file may set: owner, stage, score, ids, accounts."""
    return protected_among(left_out(batch))


def protected_among(headers: Iterable[str]) -> list[str]:
    """Of these headers those of what no file may set."""
    return [header for header in headers if _is_protected(header)]


def _is_protected(header: str) -> bool:
    words = [word for word in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", header) if word]
    small = [word.casefold() for word in words]
    return "".join(small) in _PROTECTED or not _PROTECTED_WORDS.isdisjoint(small)


DATE_ORDERS: Final = {"dmy": "Day first: 31/12/2026", "mdy": "Month first: 12/31/2026"}
_MONTH_FIRST_COUNTRIES: Final = frozenset({"US", "CA", "PH"})
DATES_LOOKED_AT: Final = 100_000  # rows; half a second of reading


def usual_order(country: str) -> str:
    """How 03/04/2026 is mostly meant in a country."""
    return "mdy" if country in _MONTH_FIRST_COUNTRIES else "dmy"


def _look_at_dates(
    batch: ImportBatch, *, file: BinaryIO, shape: FileShape, answered: str | None = None
) -> None:
    """Set how the dates of the list are meant: as a day above 12 tells, else as was answered; "" where nobody knows.

    Without `answered` an answer given for the same column stands.
    """
    header = next((header for header, target in batch.columns.items() if target == "attended_at"), None)
    if header is None:
        batch.date_order, batch.date_question = usual_order(batch.country), {}
        return
    file.seek(0)
    looked_at = islice(rows(file, shape=shape), DATES_LOOKED_AT)
    is_day_first, examples = moments.look_at_order(row.values[header] for row in looked_at)
    if is_day_first is not None:
        batch.date_order, batch.date_question = "dmy" if is_day_first else "mdy", {}
    elif not examples:
        batch.date_order, batch.date_question = usual_order(batch.country), {}
    else:
        if answered is None:
            answered = batch.date_order if batch.date_question.get("column") == header else ""
        batch.date_order, batch.date_question = answered, {"column": header, "examples": examples}


def require_dates(batch: ImportBatch) -> None:
    """Raises DatesUnclear where a person must say how the dates are meant, and has not."""
    if batch.date_question and batch.date_order not in DATE_ORDERS:
        text = batch.date_question["examples"][0]
        day, month = (moments.told(text, is_day_first=is_first) for is_first in (True, False))
        raise DatesUnclear(
            f"Dates such as “{text}” in the column “{batch.date_question['column']}” can be read in two ways. Say "
            f"whether the day stands first ({day}) or the month ({month})."
        )


def cleaner(batch: ImportBatch, *, now: datetime) -> Cleaner:
    """What turns the batch's rows into people."""
    return Cleaner(
        mapping={header: target for header, target in batch.columns.items() if target},
        country=batch.country,
        is_day_first=batch.date_order != "mdy",
        zone=timezone.get_default_timezone(),
        now=now,
        constants=batch.constants,
        further=further_columns(batch),
    )


def mark(batch: ImportBatch, *, sha256: str) -> str:
    """A fingerprint of all that decides what a batch does: the file, how it is read, what its columns mean, and where
    its people go. Fields stand under their names, so a renamed label changes nothing.
    """
    shape = {
        name: value
        for name, value in batch.shape.items()
        if name not in {"sample", "notes", "encoding_evidence"}
    }
    cost = "" if batch.cost is None else f"{batch.cost:.2f}"
    decides = [
        sha256, shape, batch.mapping, batch.kind, batch.source_name, batch.vendor, cost, batch.currency, batch.basis,
        batch.purchased_on, batch.country, batch.overwrite, batch.all_or_nothing, batch.date_order, batch.rules,
        batch.constants, batch.terms, None if batch.effort_hours is None else f"{batch.effort_hours:.2f}",
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(decides, sort_keys=True, default=str).encode()).hexdigest()


# --- Drafts -------------------------------------------------------------------------------------------------------

_OF_DRAFT: Final = (
    "sha256", "shape", "mapping", "preset_name", "rules", "constants", "date_order", "date_question", "country",
    "rows_total", "preview", "preview_mark", "previewed_at",
)  # fmt: skip


def require_draft(batch: ImportBatch) -> None:
    """Raises AlreadyConfirmed where the list is no draft, or is being looked ahead at."""
    if not batch.is_draft or batch.state != JobState.PAUSED:
        raise AlreadyConfirmed(
            "This list has been confirmed or stopped already. Upload it again to load it anew."
        )


def _forget_preview(batch: ImportBatch) -> None:
    batch.preview, batch.preview_mark, batch.previewed_at = {}, "", None


def save_draft(batch: ImportBatch) -> None:
    """Save what the steps change, if the batch still is a draft: a page of yesterday must not change a running list."""
    changed = ImportBatch.jobs.filter(pk=batch.pk, confirmed_at=None, state=JobState.PAUSED).update(
        **{name: getattr(batch, name) for name in _OF_DRAFT}
    )
    if not changed:
        raise AlreadyConfirmed(
            "This list has been confirmed or stopped already. Upload it again to load it anew."
        )
