"""Notes which of the pairs that are known have something that speaks against them."""

from typing import Any

from django.db import migrations

CHUNK = 2_000  # pairs of one statement
NOT_WORTH_SAYING = 0.5  # as when the pairs were found


def mark_contested(apps: Any, schema_editor: Any) -> None:
    pairs = apps.get_model("imports", "PossibleDuplicate").objects.using(schema_editor.connection.alias)
    contested: list[int] = []
    for pk, evidence in pairs.values_list("pk", "evidence").iterator(CHUNK):
        if any(float(fact.get("weight") or 0) <= -NOT_WORTH_SAYING for fact in evidence):
            contested.append(pk)
    for start in range(0, len(contested), CHUNK):
        pairs.filter(pk__in=contested[start : start + CHUNK]).update(is_contested=True)


class Migration(migrations.Migration):
    dependencies = [("imports", "0007_merge_runs")]

    operations = [migrations.RunPython(mark_contested, migrations.RunPython.noop, elidable=True)]
