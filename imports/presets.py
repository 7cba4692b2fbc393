"""What is known of a list's columns beforehand: what people said of such a list, or which program made it."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format

from imports.mapping import Match
from imports.models import ImportBatch, MappingPreset
from imports.vendors import VENDORS, Vendor, plain, recognise, vendor_called
from leadops.errors import LeadOpsError

NEARLY: Final = 0.7  # share of the headers of two lists that must be the same for one to help with the other
AT_LEAST: Final = 3  # headers that they must share then: "Name, E-mail" is every list
LOOKED_AT: Final = 200  # presets that are compared, those used last; more are of lists of long ago


class PresetUnknown(LeadOpsError):
    """There is no preset of that name, or it has nothing to do with the list."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What helps with the columns of one list; both may be None."""

    vendor: Vendor | None = None  # the program that made the list
    kept: MappingPreset | None = None  # what people said of a list with these headers
    is_exact: bool = False  # whether that list had just these headers

    @property
    def name(self) -> str:
        return self.kept.name if self.kept else self.vendor.name if self.vendor else ""

    @property
    def date_order(self) -> str:
        """How dates are meant that can be read in two ways; "" where nobody has said."""
        return self.kept.date_order if self.kept else ""

    def settled(self, headers: Sequence[str], *, allowed: Iterable[str]) -> dict[str, Match]:
        """The columns that need no guess, since people have said what they are; header to `Match`."""
        if self.kept is None:
            return {}
        fields = frozenset(allowed)
        why = f"So it was set on {told_day(self.kept.used_at)}."
        by_text = {plain(header): field for header, field in self.kept.columns.items()}
        found: dict[str, Match] = {}
        for header in headers:
            field = self.kept.columns.get(header, by_text.get(plain(header)))
            if field is None or (field and field not in fields):
                continue
            found[header] = Match(field or None, 1.0 if field else 0.0, why)
        return found


def told_day(moment: datetime) -> str:
    """The day as people say it: without the year if it is this one."""
    day = timezone.localtime(moment)
    return date_format(day, "j F" if day.year == timezone.localtime().year else "j F Y")


def fingerprint(headers: Iterable[str]) -> str:
    """A digest that lists with the same headers share, in whatever order and case they stand."""
    return hashlib.sha256("\n".join(sorted(map(plain, headers))).encode()).hexdigest()


def vendor_of(batch: ImportBatch, headers: Sequence[str]) -> str:
    """Whose kind of list it is: who sold it, else the program that made it."""
    told = recognise(headers)
    return batch.vendor.strip() or (told.name if told else "")


# --- Finding ------------------------------------------------------------------------------------------------------


def find(batch: ImportBatch, headers: Sequence[str]) -> Preset:
    """What is known of a list with these headers. What people said of lists of another vendor does not count."""
    vendor = recognise(headers)
    ours = vendor_of(batch, headers)
    known = (
        MappingPreset.objects.filter(Q(vendor__iexact=ours) | Q(vendor="")) if ours else MappingPreset.objects
    )
    same = fingerprint(headers)
    texts = {plain(header) for header in headers}
    best: tuple[tuple[bool, bool, float], MappingPreset] | None = None
    for kept in known.order_by("-used_at", "-pk")[:LOOKED_AT]:
        likeness = _likeness(texts, kept)
        if kept.fingerprint != same and likeness < NEARLY:
            continue
        rank = (kept.fingerprint == same, kept.vendor.casefold() == ours.casefold(), likeness)
        if best is None or rank > best[0]:
            best = rank, kept
    if best is None:
        return Preset(vendor)
    return Preset(vendor, best[1], is_exact=best[0][0])


def _likeness(texts: set[str], kept: MappingPreset) -> float:
    """The share of headers that both lists have, 0 where these are too few to tell."""
    known = {plain(header) for header in kept.columns}
    shared = len(known & texts)
    return shared / len(known | texts) if shared >= AT_LEAST else 0.0


def called(name: str, headers: Sequence[str]) -> Preset:
    """The preset of that name, be it a program or what people have said. Raises PresetUnknown."""
    vendor = vendor_called(name)
    if vendor is not None:
        if not any(vendor.columns(headers).values()):
            raise PresetUnknown(
                f"The list has none of the columns of {vendor.name}. Choose another preset, or let them be guessed."
            )
        return Preset(vendor)
    kept = MappingPreset.objects.filter(name__iexact=name.strip()).order_by("-used_at", "-pk").first()
    if kept is None:
        raise PresetUnknown(
            f"There is no preset “{name[:60]}”. There are {_listed([*names()])}. Use one of these, “auto”, or a JSON "
            'file that gives each header its field: {"Mail": "email"}.'
        )
    if not {plain(header) for header in kept.columns} & {plain(header) for header in headers}:
        raise PresetUnknown(
            f"The list has none of the columns of the preset “{kept.name}”. Choose another preset, or let them be "
            "guessed."
        )
    return Preset(recognise(headers), kept, is_exact=kept.fingerprint == fingerprint(headers))


def names() -> list[str]:
    """The names by which a preset can be chosen: programs, then what people have said, the last used first."""
    kept = MappingPreset.objects.order_by("-used_at", "-pk").values_list("name", flat=True)[:LOOKED_AT]
    return list(dict.fromkeys([*(vendor.name for vendor in VENDORS), *kept]))


def _listed(texts: list[str]) -> str:
    shown = texts[:20]
    more = f" and {len(texts) - len(shown)} more" if len(texts) > len(shown) else ""
    return ", ".join(f"“{text}”" for text in shown) + more


def of(batch: ImportBatch) -> Preset:
    """The preset that the columns of the batch were taken from."""
    headers = batch.shape.get("headers", ())
    if not batch.preset_name:
        return Preset()
    same = fingerprint(headers)
    kept = sorted(
        MappingPreset.objects.filter(name=batch.preset_name).order_by("-used_at", "-pk")[:LOOKED_AT],
        key=lambda preset: preset.fingerprint != same,
    )
    if kept:
        return Preset(recognise(headers), kept[0], is_exact=kept[0].fingerprint == same)
    return Preset(vendor_called(batch.preset_name))


# --- Keeping ------------------------------------------------------------------------------------------------------


def remember(*, batch: ImportBatch, by: AbstractBaseUser | None, now: datetime) -> MappingPreset:
    """Keep what a person said of the columns for the next list with these headers; what was kept of it is replaced."""
    headers = batch.file_shape.headers
    said = {
        "columns": batch.columns,
        "rules": batch.rules,
        "constants": batch.constants,
        "date_order": batch.date_order if batch.date_question else "",
        "created_by_id": by.pk if by is not None else None,
        "used_at": now,
    }
    kept, _ = MappingPreset.objects.update_or_create(
        fingerprint=fingerprint(headers),
        vendor=vendor_of(batch, headers),
        defaults=said,
        create_defaults=said | {"name": free_name(batch), "created_at": now},
    )
    return kept


def is_kept(batch: ImportBatch) -> bool:
    """Whether people have said something of lists with just these headers before."""
    headers = batch.file_shape.headers
    return MappingPreset.objects.filter(
        fingerprint=fingerprint(headers), vendor=vendor_of(batch, headers)
    ).exists()


def free_name(batch: ImportBatch) -> str:
    """What the preset is called at first: like the list, unless a program is called so."""
    name = batch.source_name.strip() or batch.original_name
    return name[:200] if vendor_called(name) is None else f"{name} ({batch.original_name})"[:200]


def count_use(*, batch: ImportBatch, now: datetime) -> None:
    """Write down that a list was loaded with the preset that it names."""
    kept = of(batch).kept
    if kept is not None:
        MappingPreset.objects.filter(pk=kept.pk).update(uses=F("uses") + 1, used_at=now)
