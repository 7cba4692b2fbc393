"""Whether a mapping can be used."""

from collections.abc import Iterable, Mapping

from imports.mapping.fields import JOINED, NAMES, OPT_OUTS, TARGETS, label_of


def missing(
    mapping: Mapping[str, str | None], *, labels: Mapping[str, Iterable[str]] | None = None
) -> list[str]:
    """What keeps a mapping (header to field name, "" or None for a column left out) from being used, as sentences."""
    labels = labels or {}
    sentences = []
    columns: dict[str, list[str]] = {}
    for header, target in mapping.items():
        if target:
            columns.setdefault(target, []).append(header)
    for target, headers in columns.items():
        if target not in TARGETS:
            sentences.append(
                f"“{target}” is not a field of an import. Choose another for the column “{headers[0]}”."
            )
        elif len(headers) > 1 and target not in JOINED and target not in OPT_OUTS:  # one is enough to say no
            names = " and ".join(f"“{header}”" for header in headers)
            sentences.append(f"The columns {names} are both {label_of(target, labels)}. Keep one of them.")
    for part, whole in (("middle_name", "first_name"), ("phone_area", "phone")):
        if part in columns and whole not in columns:
            sentences.append(
                f"The column “{columns[part][0]}” is only a part of {label_of(whole, labels)}, which no column holds. "
                "Choose that column too, or leave this one out."
            )
    if not columns.keys() & (NAMES | {"email", "phone", "mobile"}):
        sentences.append(
            f"No column says who the people are. Choose the column for {label_of('email', labels)}, "
            f"{label_of('full_name', labels)}, {label_of('last_name', labels)} or {label_of('phone', labels)}."
        )
    return sentences
