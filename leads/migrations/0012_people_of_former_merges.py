"""By number and name whoever went into others before that was kept is known again, like those who went since."""

from itertools import product
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COLUMNS = ("phone", "name_key")
LONGEST = 254


def remember_people(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the keys that each merge of two people would write now, and note them for its being taken back.

    The last merge first: from what stands there, and what each merge replaced, follows what stood there before it.
    """
    Merge, Contact = apps.get_model("leads", "Merge"), apps.get_model("leads", "Contact")  # noqa: N806
    using = schema_editor.connection.alias
    merges = Merge.objects.using(using).filter(kept_contact__isnull=False, undone_at=None)
    rows: dict[int, dict[str, str]] = {}  # as they stood after the merge that is looked at
    later: dict[int, list[int]] = {}  # merges by which a merge came to belong to another row
    found: list[tuple[int, set[str]]] = []
    for pk in merges.order_by("-pk").values_list("pk", flat=True):
        merge = merges.get(pk=pk)
        if not merge.record.get("folds"):
            continue  # the person was erased
        fold = merge.record["folds"][-1]
        for earlier in fold["moved"].get("leads.merge.kept_contact", []):
            later.setdefault(earlier, []).append(pk)
        gone = {name: fold["gone"][name] for name in COLUMNS}
        after = rows.get(fold["stays"])
        if after is None:
            after = Contact.objects.using(using).filter(pk=fold["stays"]).values(*COLUMNS).first()
        if after is None:
            continue
        before = after | {name: fold["before"][name] for name in COLUMNS if name in fold["before"]}
        rows |= {fold["stays"]: before, fold["gone"]["id"]: gone}
        values = {
            _value(phone, name)
            for phone, name in product((before["phone"], gone["phone"]), (before["name_key"], gone["name_key"]))
        }
        found.append((pk, values - {"", _value(after["phone"], after["name_key"])}))
    for pk, values in reversed(found):  # of two merges that make one key it belongs to the first
        _write(apps, using, merges.get(pk=pk), values, later.get(pk, []))


def _value(phone: str, name_key: str) -> str:
    """Number and name, of numbers as lists have them; one that somebody typed in another form is left out."""
    is_plain = phone.startswith("+") and phone[1:].isdecimal()
    return f"{phone} {name_key}"[:LONGEST] if is_plain and name_key else ""


def _write(apps: Any, using: str, merge: Any, values: set[str], later: list[int]) -> None:
    keys = apps.get_model("leads", "FormerKey").objects.using(using)
    known = keys.filter(contact=merge.kept_contact_id, kind="person", value__in=values)
    fresh = sorted(values - set(known.values_list("value", flat=True)))
    ids = [keys.create(contact_id=merge.kept_contact_id, kind="person", value=value).pk for value in fresh]
    if not ids:
        return
    merge.record["former"] = [*merge.record.get("former", []), *ids]
    merge.save(update_fields=["record"])
    for other in type(merge).objects.using(using).filter(pk__in=later):
        other.record["folds"][-1]["moved"].setdefault("leads.formerkey.contact", []).extend(ids)
        other.save(update_fields=["record"])


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0011_history_without_accounts"),
    ]

    operations = [migrations.RunPython(remember_people, migrations.RunPython.noop, elidable=True)]
