"""`import_list FILE`: the whole import in the foreground."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.text import capfirst

from imports import drafting, presets, steering
from imports.answers import AnswerRefused, constants_of, rules_of
from imports.cleaning import label_of
from imports.lookahead import Ahead, look_ahead
from imports.models import ImportBatch, ImportKind, RowOutcome
from imports.results import Result, extension_of, rejects_file, result_file
from imports.sources import require_source
from imports.vendors import vendor_called
from leadops.commands import JsonCommand
from leadops.errors import LeadOpsError
from leadops.jobs import JobState
from leads.normalise import COUNTRY_NAMES, country_code

LOOK_AGAIN: Final = 0.5  # seconds between two looks at a list that a worker has taken meanwhile


class ImportFailed(LeadOpsError):
    """The list was taken in and could not be loaded."""


class RejectsUnwritable(LeadOpsError):
    """The file of the rejected rows could not be written."""


class Command(JsonCommand):
    help = "Import a list of people and wait until it is loaded."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="a CSV, TSV, XLSX, XLS or ODS file")
        parser.add_argument(
            "--kind", required=True, choices=ImportKind.values, help="where the list comes from"
        )
        parser.add_argument(
            "--source", required=True, help="the name of the list, which becomes the leads' source"
        )
        parser.add_argument("--vendor", default="", help="who sold the list (purchased lists)")
        parser.add_argument("--cost", type=_money, help="what it cost, such as 1200")
        parser.add_argument("--currency", default="", help="three letters, such as EUR")
        parser.add_argument(
            "--effort-hours", type=_money, help="our own hours for buying, cleaning and loading it"
        )
        parser.add_argument(
            "--terms", default="", help="what the vendor allows, such as one year, e-mail only"
        )
        parser.add_argument("--basis", default="", help="the lawful basis (purchased lists)")
        parser.add_argument(
            "--purchased-on", type=date.fromisoformat, help="such as 2026-03-01 (purchased lists)"
        )
        parser.add_argument(
            "--mapping",
            default="auto",
            help='"auto", the name of a preset such as hubspot, or a JSON file that gives each header its field: '
            '{"Mail": "email"}',
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="a value for all rows that have none, such as country=DE; repeat it for more",
        )
        parser.add_argument(
            "--rule",
            action="append",
            default=[],
            metavar="FIELD=RULE",
            help="what the list may do to a known value: overwrite, fill or never, such as title=never; repeat it "
            "for more",
        )
        parser.add_argument(
            "--dates",
            default="",
            choices=list(drafting.DATE_ORDERS),
            help="how 03/04/2026 is meant: dmy (3 April) or mdy (4 March), where the file does not tell",
        )
        parser.add_argument("--sheet", default="", help="which sheet of a workbook")
        parser.add_argument(
            "--encoding", default="", help="such as utf-8 or cp1252, where it is not found rightly"
        )
        parser.add_argument(
            "--country", default="", help="two letters; of phone numbers without a country code"
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="replace what is known, instead of filling blanks"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would become of the rows, and write nothing"
        )
        parser.add_argument("--all-or-nothing", action="store_true", help="load nothing if one row is bad")
        parser.add_argument(
            "--rejects", type=Path, help="write the rejected rows into this file, CSV or XLSX"
        )

    def perform(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        if options["rejects"]:
            extension_of(options["rejects"])  # refused before anything is loaded
            _require_writable(options["rejects"])
        batch = ImportBatch(
            kind=options["kind"],
            source_name=options["source"],
            vendor=options["vendor"],
            cost=options["cost"],
            effort_hours=options["effort_hours"],
            terms=options["terms"],
            currency=options["currency"].upper(),
            basis=options["basis"],
            purchased_on=options["purchased_on"],
            country=options["country"].upper(),
            overwrite=options["overwrite"],
            all_or_nothing=options["all_or_nothing"],
        )
        _require_sense(batch)
        constants = constants_of(_pairs(options["set"], "--set"), kind=batch.kind)
        rules = rules_of(_pairs(options["rule"], "--rule"))
        try:
            file = options["file"].open("rb")
        except OSError as absent:
            raise ImportFailed(
                f"“{options['file']}” cannot be read: {absent.strerror}. Check the path."
            ) from absent
        with file:
            load = self._look_ahead if options["dry_run"] else self._load
            found = load(batch, file, {**options, "constants": constants, "rules": rules})
        return found | {"seconds": round(time.monotonic() - started, 3)} | _told_of_columns(batch)

    def _load(self, batch: ImportBatch, file: BinaryIO, options: Mapping[str, Any]) -> dict[str, Any]:
        drafting.take_in(
            file=file,
            name=options["file"].name,
            batch=batch,
            by=None,
            now=timezone.now(),
            reading=_reading(options),
        )
        try:
            _say(batch, file, options)
            batch.save()
            steering.begin(batch=batch, now=timezone.now())
        except LeadOpsError:
            batch.file.delete(save=False)
            batch.delete()
            raise
        _run_to_the_end(batch)
        if options["rejects"]:
            path = options["rejects"]
            _write(
                path,
                result_file(batch, which=Result.REJECTED, extension=extension_of(path)),
                instead=f"{batch.rows_done:,} rows are done and stay so. The page of import {batch.pk} has the file.",
            )
        if batch.state != JobState.DONE:
            raise ImportFailed(batch.error or "The import was stopped. What is loaded stays.")
        return _result(batch.pk, batch.rows_done, batch.counts, batch.reasons)

    def _look_ahead(self, batch: ImportBatch, file: BinaryIO, options: Mapping[str, Any]) -> dict[str, Any]:
        batch.source = require_source(batch)
        drafting.look_at(batch, file=file, name=options["file"].name, reading=_reading(options))
        _say(batch, file, options)
        drafting.require_columns(batch, batch.columns)
        now = timezone.now()
        ahead = Ahead()
        rejected: list[tuple[list[str], int, list[dict[str, str]]]] = []
        cleaner = drafting.cleaner(batch, now=now)
        for sum_so_far, decided in look_ahead(batch, file=file, cleaner=cleaner, now=now):
            ahead = sum_so_far
            if options["rejects"]:
                rejected += [
                    (row.cells, row.number, [reason.to_json() for reason in reasons])
                    for row, outcome, reasons, _ in decided
                    if outcome == RowOutcome.REJECTED
                ]
        if options["rejects"]:
            path = options["rejects"]
            _write(
                path,
                rejects_file(batch.shape["headers"], rejected, extension=extension_of(path)),
                instead="Make room or name another place, then run it again.",
            )
        return _result(None, ahead.rows, ahead.counts, ahead.reasons) | {"dry_run": True}


_SAID: Final = frozenset(
    {"source_name", "vendor", "cost", "currency", "basis", "purchased_on", "terms", "effort_hours"}
)


def _require_sense(batch: ImportBatch) -> None:
    """Raises ImportFailed where the options say what the page would not take either: too long a text, no country."""
    blank = {name for name in _SAID if not getattr(batch, name)}
    try:
        batch.clean_fields(exclude={field.name for field in batch._meta.fields} - _SAID | blank)
    except ValidationError as wrong:
        labels = {field.name: str(field.verbose_name) for field in batch._meta.fields}
        found = [
            f"{capfirst(labels[name])}: {' '.join(messages)}" for name, messages in wrong.message_dict.items()
        ]
        raise ImportFailed(" ".join(found)) from wrong
    if batch.country and country_code(batch.country) not in COUNTRY_NAMES:
        raise ImportFailed(f"“{batch.country}” is no country. Write two letters, such as DE.")
    batch.country = country_code(batch.country)


def _money(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as wrong:
        raise ValueError(text) from wrong


def _reading(options: Mapping[str, Any]) -> dict[str, str]:
    return {name: options[name] for name in ("encoding", "sheet") if options[name]}


def _pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """Field to text, of "country=DE"."""
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not value.strip():
            raise AnswerRefused(
                f"“{text}” says nothing. Write a field and its value, as in {option} {EXAMPLES[option]}."
            )
        found[name.strip()] = value.strip()
    return found


EXAMPLES: Final = {"--set": "country=DE", "--rule": "title=overwrite"}


def _say(batch: ImportBatch, file: BinaryIO, options: Mapping[str, Any]) -> None:
    """Put on the batch what the options say of the columns. Raises ColumnsRefused, PresetUnknown or DatesUnclear."""
    _require_encoding(batch)
    chosen = options["mapping"]
    if chosen != "auto":
        if (found := _mapping(chosen)) is not None:
            drafting.choose_columns(batch, found, file=file)
            batch.preset_name = ""
        else:
            drafting.use_called(batch, chosen, file=file)
    batch.constants = {**batch.constants, **options["constants"]}
    batch.rules = {**batch.rules, **options["rules"]}
    drafting.answer_dates(batch, options["dates"])
    try:
        drafting.require_dates(batch)
    except drafting.DatesUnclear as unclear:
        raise drafting.DatesUnclear(f"{unclear} Add --dates dmy or --dates mdy.") from unclear


def _require_encoding(batch: ImportBatch) -> None:
    """Raises ImportFailed where the encoding must be chosen."""
    shape = batch.file_shape
    if question := shape.encoding_question:
        raise ImportFailed(
            f"{question} Name the right one with --encoding, such as --encoding {shape.encoding}."
        )


def _mapping(path: str) -> dict[str, str] | None:
    """Header to field, from a JSON file; None where there is no such file, so that it is the name of a preset."""
    if vendor_called(path) is not None:
        return None  # also where a folder happens to be called so
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not path.endswith(".json"):
            return None
        raise drafting.ColumnsRefused(_no_mapping(path)) from None
    except (OSError, ValueError, RecursionError) as unreadable:
        raise drafting.ColumnsRefused(_no_mapping(path)) from unreadable
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise drafting.ColumnsRefused(
            f"“{path}” must hold one JSON object that gives each header its field, as texts."
        )
    return found


def _no_mapping(path: str) -> str:
    return (
        f'“{path}” is no mapping. Use “auto”, or a JSON file that gives each header its field: {{"Mail": "email"}}, or '
        f"the name of a preset: {', '.join(presets.names()[:20])}."
    )


def _run_to_the_end(batch: ImportBatch) -> None:
    """Perform the batch here; where a worker was faster, wait for it, and take over if it dies."""
    while not batch.has_ended:
        if not batch.perform(now=timezone.now()):
            time.sleep(LOOK_AGAIN)
        batch.refresh_from_db()


def _require_writable(path: Path) -> None:
    """Raises RejectsUnwritable for a place that takes no file. A file that is there stays as it is."""
    was_there = path.exists()
    try:
        path.open("ab").close()
    except OSError as refused:
        raise RejectsUnwritable(
            f"“{path}” cannot be written: {refused.strerror}. Nothing was loaded; name another place with --rejects."
        ) from refused
    if not was_there:
        path.unlink()


def _write(path: Path, pieces: Iterable[bytes], *, instead: str) -> None:
    """Raises RejectsUnwritable, which says what to do `instead`; then no half of a file is left."""
    try:
        with path.open("wb") as out:
            out.writelines(pieces)
    except OSError as refused:
        if path.is_file():
            path.unlink()
        raise RejectsUnwritable(
            f"The rejected rows could not be written to “{path}”: {refused.strerror}. {instead}"
        ) from refused


def _result(
    pk: int | None, rows: int, counts: Mapping[str, int], reasons: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "batch": pk,
        "rows": rows,
        **{outcome: counts.get(outcome, 0) for outcome in RowOutcome.values},
        "reasons": dict(_told_reasons(reasons)),
    }


def _told_reasons(reasons: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    for key, count in Counter(reasons).most_common():
        name, _, sentence = key.partition("\t")
        label = label_of(name)
        yield (f"{label}: {sentence}" if label else sentence), count


def _told_of_columns(batch: ImportBatch) -> dict[str, Any]:
    shape = batch.shape
    return {
        "encoding": shape["encoding"],
        "delimiter": shape["delimiter"],
        "header_row": shape["header_row"],
        "columns": {header: target for header, target in batch.columns.items() if target},
        "ignored": drafting.left_out(batch),
    }
