"""Which columns of lists, and which presets of columns, a term names."""

from collections.abc import Iterator

from django.urls import reverse

from imports.models import ImportBatch, MappingPreset
from terminology import where_used
from terminology.where_used import Use

LATEST = 5  # lists that are named; their page lists all


def register() -> None:
    """Let the term editor show under which words lists bring a field."""
    where_used.register("imports", _columns, title=ImportBatch._meta.verbose_name_plural, order=40)


def _columns(key: str) -> Iterator[Use]:
    from imports.drafting import TERMS, known_labels, other_words  # brings all that reads files

    fields = [name for name, term in TERMS.items() if term == key]
    if not fields:
        return
    known, others = known_labels(), other_words()
    for name in fields:
        words = ", ".join(f"“{text}”" for text in dict.fromkeys([*known[name], *others.get(name, ())]))
        yield f"A column is recognised by the words {words}", reverse("imports:upload")
    batches = ImportBatch.objects.only("pk", "mapping", "original_name").order_by("-pk")[:200]
    filled = [batch for batch in batches if any(name in batch.mapping.values() for name in fields)]
    for batch in filled[:LATEST]:
        header = next(header for header, name in batch.mapping.items() if name in fields)
        yield f"{batch.original_name}: the column “{header}”", reverse("imports:batch", args=[batch.pk])
    if len(filled) > LATEST:
        yield f"and {len(filled) - LATEST} more lists", reverse("admin:imports_importbatch_changelist")
    presets = MappingPreset.objects.only("pk", "name", "columns")[:200]
    using = [preset for preset in presets if any(name in preset.columns.values() for name in fields)]
    for preset in using[:LATEST]:
        header = next(header for header, name in preset.columns.items() if name in fields)
        page = reverse("admin:imports_mappingpreset_change", args=[preset.pk])
        yield f"Preset {preset.name}: the column “{header}”", page
    if len(using) > LATEST:
        yield f"and {len(using) - LATEST} more presets", reverse("admin:imports_mappingpreset_changelist")
