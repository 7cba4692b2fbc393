"""Letting one row go up in another of its model, and taking the two apart again.

Everything that points to the row that goes is turned to the one that stays, whichever app it belongs to: the models are
asked what points at them, so a new table takes part by itself. A row that could not stand beside one of the row that
stays (its score, the answer to the same question) is taken out, and kept in the record. Nothing cascades: what was
overlooked would be a broken foreign key, and the database refuses that.

A fold, as it stands in `Merge.record`:
{"model": label, "stays": id, "gone": columns, "before": columns of the staying row that were changed, "after": the same
columns then, "moved": {"label.field": ids}, "removed": [{"model": label, "row": columns}],
"changed": [{"model": label, "id": id, "before": columns, "after": columns}]}
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q

from leads.models import Account, Contact, Lead, Merge

IDS_AT_ONCE: Final = 900  # parameters of one statement; older builds of SQLite take 999
# Columns that say one thing; the first is the one that a person knows.
TOGETHER: Final = (
    ("email", "email_key", "email_kind"),
    ("title", "seniority", "function"),
    ("first_name", "last_name", "name_key"),
    ("name", "name_key"),
    ("owner_id", "team_id"),
)
_GONE: Final = "-"
_MADE: Final = "+"

Fold = dict[str, Any]


def fold(
    *,
    stays: Any,
    gone: Any,
    values: Mapping[str, Any],
    by: User | None,
    now: datetime,
    why: str,
    giving_way: Iterable[Any] = (),
) -> Fold:
    """Turn to `stays` all that points to `gone`, delete `gone`, and write `values` into `stays`. Both rows are held.

    `values` has columns (`account_id`, not `account`). `why` stands in the field histories. Rows of `stays` that are
    `giving_way` are taken out first, so that those of `gone` find their place.
    """
    record: Fold = {
        "model": gone._meta.label_lower,
        "stays": stays.pk,
        "gone": columns(gone),
        "before": {},
        "after": {},
        "moved": {},
        "removed": [],
        "changed": [],
    }
    remove(giving_way, record=record)
    for field in pointing_at(type(gone)):
        _turn(field, stays=stays, gone=gone, record=record, by=by, now=now, why=why)
    write_history([gone], kind=_GONE, by=by, now=now, why=why)
    rows = type(gone)._base_manager
    rows.filter(pk=gone.pk)._raw_delete(rows.db)
    change(stays, values, record=record, by=by, now=now, why=why)
    return record


def change(
    row: Any, values: Mapping[str, Any], *, record: Fold, by: User | None, now: datetime, why: str
) -> None:
    """Write those of `values` that differ into the staying row, and note what stood there."""
    fresh = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not fresh:
        return
    record["before"] |= columns(row, fresh)
    put(row, fresh)
    record["after"] |= columns(row, fresh)
    if set(fresh) - _untold(type(row)):
        write_history([row], by=by, now=now, why=why)


def put(row: Any, values: Mapping[str, Any]) -> None:
    """Write columns of one row, past `save`, so that what is restored is what stood there to the letter."""
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    for name, value in values.items():
        setattr(row, name, value)


def remove(rows: Iterable[Any], *, record: Fold) -> None:
    """Take rows out that could not stand beside others, and keep them in the record."""
    for row in rows:
        noted = columns(row)
        for field in row._meta.concrete_fields:
            # Turned a moment ago, by another column that pointed to the same row: noted as it was before that.
            turned = record["moved"].get(f"{row._meta.label_lower}.{field.name}", [])
            if row.pk in turned:
                turned.remove(row.pk)
                noted[field.attname] = record["gone"]["id"]
        record["removed"].append({"model": row._meta.label_lower, "row": noted})
        manager = type(row)._base_manager
        manager.filter(pk=row.pk)._raw_delete(manager.db)


def pointing_at(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    """The foreign keys that point to `model`, hidden ones as well. Field histories stay as they were written."""
    for relation in model._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if (
            relation.auto_created
            and not relation.concrete
            and isinstance(field, models.ForeignKey)
            and getattr(field, "db_constraint", True)
        ):
            yield field


def _turn(
    field: models.ForeignKey,
    *,
    stays: Any,
    gone: Any,
    record: Fold,
    by: User | None,
    now: datetime,
    why: str,
) -> None:
    rows = field.model._base_manager
    mine = rows.filter(**{field.name: gone.pk})
    remove(list(mine.filter(pk__in=_clashing(field, stays=stays.pk, gone=gone.pk))), record=record)
    ids = list(mine.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    record["moved"].setdefault(f"{field.model._meta.label_lower}.{field.name}", []).extend(ids)
    mine.update(**{field.name: stays.pk})
    _note_moved(field.model, ids, by=by, now=now, why=why)


def _note_moved(model: type[Any], ids: Sequence[int], *, by: User | None, now: datetime, why: str) -> None:
    if hasattr(model, "history"):
        for some in in_parts(ids):
            write_history(list(model._base_manager.filter(pk__in=some)), by=by, now=now, why=why)


def _clashing(field: models.ForeignKey, *, stays: int, gone: int) -> set[int]:
    """The rows of the one that goes which a constraint would not let stand beside those of the one that stays."""
    model = field.model
    rows = model._base_manager.all()
    if field.primary_key:
        return set(rows.filter(**{field.name: gone}).values_list("pk", flat=True))
    found: set[int] = set()
    for names, condition in _unique(model):
        if field.name not in names:
            continue
        others = [name for name in names if name != field.name]
        taken = {
            tuple(key) for _, *key in rows.filter(condition, **{field.name: stays}).values_list("pk", *others)
        }
        if taken:
            candidates = rows.filter(condition, **{field.name: gone}).values_list("pk", *others)
            found |= {pk for pk, *key in candidates if tuple(key) in taken and None not in key}
    return found


def _unique(model: type[models.Model]) -> Iterator[tuple[tuple[str, ...], Q]]:
    """What the database holds to be there once: the fields together, and for which rows."""
    yield from (((field.name,), Q()) for field in model._meta.concrete_fields if field.unique)
    yield from ((tuple(names), Q()) for names in model._meta.unique_together)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            yield tuple(constraint.fields), constraint.condition or Q()


# --- Taking apart ---------------------------------------------------------------------------------------------


def unfold(record: Fold, *, by: User | None, now: datetime, why: str) -> tuple[Any, list[str]]:
    """Make the row that went again, with its number and all that pointed to it; give the staying row its values back.

    Returns the row, and the columns of the staying row that somebody has changed since and that keep what they have.
    The staying row is held.
    """
    model = apps.get_model(record["model"])
    back = _made_again(record["model"], record["gone"])
    if back is None:
        raise LookupError(f"{record['model']} {record['gone']} can't stand again: what it needs is gone.")
    stays = model._base_manager.get(pk=record["stays"])
    left, is_changed = _put_back(stays, record)
    if is_changed:
        write_history([stays], by=by, now=now, why=why)
    model._base_manager.bulk_create([back])
    write_history([back], kind=_MADE, by=by, now=now, why=why)
    for place, ids in record["moved"].items():
        _turn_back(place, ids, record=record, by=by, now=now, why=why)
    for removed in record["removed"]:
        row = _made_again(removed["model"], removed["row"])
        if row is not None:
            type(row)._base_manager.bulk_create([row], ignore_conflicts=True)
    for changed in record["changed"]:
        row = apps.get_model(changed["model"])._base_manager.filter(pk=changed["id"]).first()
        if row is not None:
            _put_back(row, changed)
    return back, left


def _turn_back(
    place: str, ids: Sequence[int], *, record: Fold, by: User | None, now: datetime, why: str
) -> None:
    label, _, name = place.rpartition(".")
    model = apps.get_model(label)
    turned: list[int] = []
    for some in in_parts(ids):
        rows = model._base_manager.filter(pk__in=some, **{name: record["stays"]})
        turned += rows.values_list("pk", flat=True)
        rows.update(**{name: record["gone"]["id"]})
    _note_moved(model, turned, by=by, now=now, why=why)
    if model is Contact:
        _tell_later_merges(set(ids) - set(turned), account=record)


def _tell_later_merges(missing: set[int], *, account: Fold) -> None:
    """People of the account that goes apart who went into others meanwhile come back to it when they come back."""
    for merge in Merge.objects.filter(kept_contact__isnull=False, undone_at=None, absorbed_id__in=missing):
        for one in merge.record["folds"]:
            if one["model"] == "leads.contact" and one["gone"]["account_id"] == account["stays"]:
                one["gone"]["account_id"] = account["gone"]["id"]
        merge.save(update_fields=["record"])


def _put_back(row: Any, record: Mapping[str, Any]) -> tuple[list[str], bool]:
    """Give columns their former values where they still hold what they were given; which did not, and if any did.

    What belongs together (an address and its key) goes back together or not at all.
    """
    present = columns(row, record["after"])
    left = {name for name, value in record["after"].items() if present[name] != value}
    for together in TOGETHER:
        if left.intersection(together):
            left |= set(together) & set(record["after"])
    former = {name: value for name, value in record["before"].items() if name not in left}
    if former:
        put(row, _standing_on(_read(former, model=type(row)), model=type(row), pk=row.pk))
    return [name for name in record["after"] if name in left], bool(former)


def _made_again(label: str, values: Mapping[str, Any]) -> Any:
    """The row as it stood, unsaved; None where something that it can't be without is gone."""
    model = apps.get_model(label)
    read = _standing_on(_read(values, model=model), model=model, pk=values.get("id"))
    needed = [field.attname for field in model._meta.concrete_fields if not field.null]
    return None if any(read.get(name, "") is None for name in needed) else model(**read)


def _standing_on(values: dict[str, Any], *, model: type[Any], pk: Any) -> dict[str, Any]:
    """The columns with foreign keys to what is there now; None for what is gone."""
    found = dict(values)
    for field in model._meta.concrete_fields:
        key = values.get(field.attname)
        if isinstance(field, models.ForeignKey) and key is not None:
            found[field.attname] = standing(field.related_model, key, of=pk if model is Contact else None)
    return found


def standing(model: Any, pk: Any, *, of: int | None = None) -> Any:
    """The row with this key, or that into which it went since; None where there is none.

    A contact (`of`) that gets the account into which its own went is noted there, to go back with the others.
    """
    if model._base_manager.filter(pk=pk).exists():
        return pk
    kept = {Account: "kept_account", Contact: "kept_contact"}.get(model)
    if kept is None:
        return None
    later = Merge.objects.filter(**{f"{kept}__isnull": False}, undone_at=None, absorbed_id=pk)
    merge = later.order_by("-pk").first()
    if merge is None:
        return None
    if model is Account and of is not None:
        merge.record["folds"][-1]["moved"].setdefault("leads.contact.account", []).append(of)
        merge.save(update_fields=["record"])
    return merge.kept_account_id or merge.kept_contact_id


# --- Columns and histories ------------------------------------------------------------------------------------


def columns(row: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The row's columns (or some of them) as JSON holds them; `_read` gives each back to the letter."""
    wanted = None if names is None else set(names)
    return {
        field.attname: _plain(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if wanted is None or field.attname in wanted
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read(values: Mapping[str, Any], *, model: type[Any]) -> dict[str, Any]:
    """The columns as Python has them. One that the table has lost since is left out."""
    known = {field.attname: field for field in model._meta.concrete_fields}
    return {name: known[name].to_python(value) for name, value in values.items() if name in known}


def in_parts(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in parts that fit into one statement."""
    every = sorted(ids)
    for start in range(0, len(every), IDS_AT_ONCE):
        yield every[start : start + IDS_AT_ONCE]


def _untold(model: type[Any]) -> set[str]:
    """The columns that the field history of the model leaves out."""
    if not hasattr(model, "history"):
        return set()
    told = {field.attname for field in model.history.model.tracked_fields}
    return {field.attname for field in model._meta.concrete_fields} - told


def write_history(rows: Sequence[Any], *, by: User | None, now: datetime, why: str, kind: str = "~") -> None:
    """A line in the field history of each row, for models that have one."""
    if not rows or not hasattr(type(rows[0]), "history"):
        return
    history = type(rows[0]).history.model
    history.objects.bulk_create(
        [
            history(
                history_date=now,
                history_type=kind,
                history_user=by,
                history_change_reason=why,
                **{field.attname: getattr(row, field.attname) for field in history.tracked_fields},
            )
            for row in rows
        ],
        batch_size=100,
    )


def leads_of(*, contacts: Iterable[int] = (), accounts: Iterable[int] = ()) -> list[int]:
    """The leads of these people and of everybody at these companies."""
    found = {
        *Lead.objects.filter(contact__in=list(contacts)).values_list("pk", flat=True),
        *Lead.objects.filter(contact__account__in=list(accounts)).values_list("pk", flat=True),
    }
    return sorted(found)
