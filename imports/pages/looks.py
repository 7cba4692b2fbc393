"""What the page of the columns shows of a list: its columns, with what they look like and what is odd about them."""

from collections.abc import Sequence
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser

from imports import drafting, presets
from imports.forms import ColumnsForm
from imports.further import asked_if_left_out
from imports.mapping import Match, has_lost_digits
from imports.models import ImportBatch
from leadops.names import full_name

SHOWN_SAMPLES: Final = 3  # values of a column
NOT_SURE: Final = 0.85  # below it a person should look at a guess


def of_columns(batch: ImportBatch, *, form: ColumnsForm, user: AbstractBaseUser) -> dict[str, Any]:
    """For the template: the columns one by one, what they were taken from, and how many want a look."""
    shape = batch.file_shape
    preset = presets.of(batch)
    found = drafting.matches(batch, shape, preset)
    protected = set(drafting.protected_among(shape.headers))
    asked = set(asked_if_left_out(batch))
    columns = []
    for header, field, rule in zip(shape.headers, form.columns(), form.rule_fields(), strict=True):
        values = [text for row in shape.sample if (text := row.values.get(header, ""))]
        match = found[header]
        is_chosen = batch.mapping.get(header, "") != (match.target or "")
        columns.append(
            {
                "header": header,
                "field": field,
                "rule": rule,
                "why": _why(match, is_chosen=is_chosen, is_protected=header in protected),
                "percent": round(match.confidence * 100) if match.target and not is_chosen else None,
                "is_sure": is_chosen or not match.target or match.confidence >= NOT_SURE,
                "samples": list(dict.fromkeys(values))[:SHOWN_SAMPLES],
                "warning": warning_of(values),
                "is_asked": header in asked,
            }
        )
    return {
        "columns": columns,
        "preset": preset,
        "preset_told": _told(preset, batch, user=user),
        "unsure": sum(not column["is_sure"] for column in columns),
        "taken": sum(bool(target) for target in batch.columns.values()),
    }


def _why(match: Match, *, is_chosen: bool, is_protected: bool) -> str:
    if is_chosen:
        return "As you chose."
    if is_protected and not match.target:
        return "No file sets this."
    return match.why


def warning_of(values: Sequence[str]) -> str:
    """What is wrong with the values of a column as a whole, as a sentence; "" for nothing."""
    lost = [text for text in values if has_lost_digits(text)]
    if not lost:
        return ""
    return (
        f"A spreadsheet has rounded {len(lost)} of {len(values)} numbers here, such as “{lost[0][:40]}”: their last "
        "digits are lost. Format the column as text in the original file and export it again."
    )


def _told(preset: presets.Preset, batch: ImportBatch, *, user: AbstractBaseUser) -> str:
    """Where the columns come from, as a sentence; "" where all of them were guessed."""
    if preset.kept is None:
        return f"Looks like an export of {preset.vendor.name}." if preset.vendor else ""
    kept = preset.kept
    who = "you" if kept.created_by_id == user.pk else full_name(kept.created_by) if kept.created_by else ""
    how = f"as {who} set them" if who else "as they were set"
    told = f"Columns {how} on {presets.told_day(kept.used_at)} for “{kept.name}”."
    new = len(
        set(batch.columns)
        - set(preset.settled(list(batch.columns), allowed=drafting.targets_for(batch.kind)))
    )
    if new:
        told += f" {new} {'is' if new == 1 else 'are'} new and {'was' if new == 1 else 'were'} guessed."
    return told
