"""Which pairs are worth comparing: those that share a key, of several kinds, so that an error in one does no harm.

A key that many rows share ("Smith" in a list of a million, the switchboard's number) would make the square of their
number in pairs. In such a bucket each row is compared with its neighbours in the order of the names only, and the
bucket is told (`Crowd`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from imports.matching.kinds import Kind
from imports.matching.records import Column, Ints, Records

LARGEST_BUCKET: Final = 300  # records that are all compared with each other: 45,000 pairs
NEIGHBOURS: Final = 12  # how many of the following rows each is compared with in a larger bucket
PAIRS_PER_RECORD: Final = 40  # of one key, on the average; the largest buckets give way first
PAIRS_AT_LEAST: Final = 300_000  # of one key, so that small files are compared in full
CROWDS_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Key:
    """What two records must share to be compared: a number for each record, 0 where it has none."""

    name: str
    records: Ints
    codes: Ints
    told: Callable[[int], str]  # the value of one of the records, as a person reads it


@dataclass(frozen=True, slots=True)
class Crowd:
    """A value that so many rows share that not all of them were compared with each other."""

    key: str
    value: str
    rows: int


def candidates(records: Records, *, is_company: bool) -> tuple[Ints, Ints, list[Crowd]]:
    """Pairs (left, right) of records that share a key, each once, left before right; and the crowds."""
    count = len(records)
    order = _order_by_name(records)
    codes: list[Ints] = []
    crowds: list[Crowd] = []
    for key in _company_keys(records) if is_company else _person_keys(records):
        found = np.unique(_pairs_of(key, records, order, crowds))
        codes.append(found)
    together = np.unique(np.concatenate(codes)) if codes else np.zeros(0, np.int64)
    crowds.sort(key=lambda crowd: (-crowd.rows, crowd.key, crowd.value))
    return together // max(count, 1), together % max(count, 1), crowds[:CROWDS_TOLD]


# --- Keys ---------------------------------------------------------------------------------------------------------

_VOWELS: Final = re.compile(r"(?<!^)[aeiouyhw ]+")
_DOUBLED: Final = re.compile(r"(.)\1+")
_SOUNDS: Final = str.maketrans("cqszxdvbg", "kkssstfpk")


def skeleton(text: str) -> str:
    """The consonants as they sound, which most slips leave alone: "Thompson" and "Tompsen" are "tmpsn"."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", text).translate(_SOUNDS))


def _whole(text: str) -> str:
    return text


def _initial(text: str) -> str:
    return text[:1]


def _first_four(text: str) -> str:
    return text.replace(" ", "")[:4]


def _letters(text: str) -> str:
    """The letters in their order of the alphabet: two that were swapped make no difference."""
    return "".join(sorted(text.replace(" ", "")))


def _year(text: str) -> str:
    return text[:4]


def _month_and_day(text: str) -> str:
    return text[4:8]


def _mailbox(text: str) -> str:
    name = text.partition("@")[0]
    return name if len(name) > 4 else ""


def _start_of_mailbox(text: str) -> str:
    return text[:5] if "@" in text[5:] else ""


def _host(text: str) -> str:
    return text.rpartition("@")[2]


def _of(records: Records, *parts: tuple[Kind, Callable[[str], str]]) -> Iterator[Key]:
    """The keys that are made of these parts of a record, one for each choice of columns of those kinds."""
    choices: list[list[tuple[Column, Callable[[str], str]]]] = [[]]
    for kind, part in parts:
        choices = [[*choice, (column, part)] for choice in choices for column in records.of_kind(kind)]
    everyone = np.arange(len(records), dtype=np.int64)
    for choice in choices:
        code = np.zeros(len(records), np.int64)
        known = np.ones(len(records), bool)
        for column, part in choice:
            codes = column.codes_of(part)
            known &= codes > 0
            code = code * (int(codes.max(initial=0)) + 1) + codes
        yield Key(
            " + ".join(column.name for column, _ in choice),
            everyone[known],
            code[known],
            lambda record, choice=choice: " ".join(  # type: ignore[misc]
                part(column.texts[column.codes[record]]) for column, part in choice
            ),
        )


def _person_keys(records: Records) -> Iterator[Key]:
    given, family, birth, place, post = Kind.GIVEN, Kind.FAMILY, Kind.BIRTH, Kind.PLACE, Kind.POSTCODE
    for parts in (
        [(Kind.EMAIL, _whole)],
        [(Kind.PHONE, _whole)],
        [(Kind.NUMBER, _whole)],
        [(Kind.EMAIL, _mailbox)],
        [(birth, _whole)],
        [(Kind.STREET, _whole), (Kind.HOUSE, _whole)],
        [(Kind.STREET, _whole), (post, _whole)],
        [(Kind.STREET, _letters), (given, _initial)],
        [(post, _whole), (Kind.HOUSE, _whole)],
        [(family, _letters), (given, _initial)],
        [(family, skeleton), (given, skeleton)],
        [(given, _whole), (post, _whole)],
        [(family, _whole), (post, _whole)],
        [(given, _whole), (place, _first_four)],
        [(family, _whole), (place, _first_four)],
        [(given, _whole), (birth, _year)],
        [(family, _whole), (birth, _year)],
        [(given, _first_four), (birth, _month_and_day)],
        [(family, _first_four), (birth, _month_and_day)],
        [(place, _first_four), (birth, _month_and_day)],
        [(place, _whole), (birth, _year)],
        [(Kind.EMAIL, _start_of_mailbox), (Kind.EMAIL, _host)],
        [(Kind.EMAIL, _start_of_mailbox), (birth, _year)],
        [(Kind.EMAIL, _host), (birth, _year)],
        [(Kind.NUMBER, _first_four), (birth, _year)],
        [(Kind.NUMBER, _letters), (given, _initial)],
        [(given, _whole), (Kind.COMPANY, _first_four)],
        [(family, _whole), (Kind.COMPANY, _first_four)],
    ):
        yield from _of(records, *parts)
    yield from _names_in_any_order(records)
    if not records.of_kind(given) or len({column.kind for column in records.columns}) < 3:
        yield from _of(records, (family, _whole))
        yield from _of(records, (family, skeleton))


def _names_in_any_order(records: Records) -> Iterator[Key]:
    """Given and family name as one bag of words, since lists swap them."""
    columns = records.of_kind(Kind.GIVEN, Kind.FAMILY)
    if len(columns) < 2:
        return
    numbers: dict[str, int] = {}
    names = zip(*(column.texts[column.codes] for column in columns), strict=True)
    sorted_names = [" ".join(sorted(" ".join(name).split())) for name in names]
    codes = np.fromiter((numbers.setdefault(name, len(numbers)) for name in sorted_names), np.int64)
    known = np.flatnonzero(np.fromiter((" " in name for name in sorted_names), bool))
    yield Key(
        " + ".join(column.name for column in columns),
        known,
        codes[known],
        lambda record: sorted_names[record],
    )


def _company_keys(records: Records) -> Iterator[Key]:
    for parts in (
        [(Kind.COMPANY, _whole)],
        [(Kind.COMPANY, _letters)],
        [(Kind.COMPANY, _start_of_name)],
        [(Kind.COMPANY, _start_of_skeleton)],
        [(Kind.PHONE, _whole)],
        [(Kind.NUMBER, _whole)],
        [(Kind.DOMAIN, _whole)],
        [(Kind.EMAIL, _whole)],
        [(Kind.STREET, _whole), (Kind.HOUSE, _whole)],
        [(Kind.STREET, _whole), (Kind.POSTCODE, _whole)],
        [(Kind.POSTCODE, _whole), (Kind.HOUSE, _whole)],
        [(Kind.STREET, _first_four), (Kind.HOUSE, _whole)],
    ):
        yield from _of(records, *parts)
    for column in records.of_kind(Kind.COMPANY):
        yield _words(column, _whole)
        yield _words(column, skeleton)


def _start_of_name(text: str) -> str:
    return text.replace(" ", "")[:6]


def _start_of_skeleton(text: str) -> str:
    return skeleton(text)[:5]


def _words(column: Column, part: Callable[[str], str]) -> Key:
    """Each word of three letters and more of a name."""
    numbers: dict[str, int] = {}
    words = [
        [numbers.setdefault(part(word), len(numbers)) for word in set(text.split()) if len(word) > 2]
        for text in column.texts
    ]
    pairs = [(record, code) for record, value in enumerate(column.codes) for code in words[value]]
    texts = list(numbers)
    found = np.array(pairs, np.int64).reshape(-1, 2)
    by_record = dict(pairs)
    return Key(column.name, found[:, 0], found[:, 1], lambda record: texts[by_record[record]])


# --- Pairs --------------------------------------------------------------------------------------------------------


def _pairs_of(key: Key, records: Records, order: Ints, crowds: list[Crowd]) -> Ints:
    """The pairs of one key, each as left * number of records + right."""
    if not len(key.records):
        return np.zeros(0, np.int64)
    by_code = np.lexsort((order[key.records], key.codes))
    rows, codes = key.records[by_code], key.codes[by_code]
    starts = np.flatnonzero(np.append(True, np.diff(codes) != 0))
    sizes = np.diff(np.append(starts, len(codes)))
    limit = _largest(sizes, len(records))
    found: list[Ints] = []
    for size in np.unique(sizes[sizes > 1]):
        members = rows[starts[sizes == size][:, None] + np.arange(size)]
        if size <= limit:
            left, right = np.triu_indices(size, 1)
            found.append(_coded(members[:, left].ravel(), members[:, right].ravel(), records))
            continue
        crowds += (Crowd(key.name, key.told(int(bucket[0])), int(size)) for bucket in members)
        found += (
            _coded(members[:, :-step].ravel(), members[:, step:].ravel(), records)
            for step in range(1, min(NEIGHBOURS, size - 1) + 1)
        )
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _largest(sizes: Ints, count: int) -> int:
    """The size up to which buckets are compared in full, so that the pairs stay within what is allowed."""
    allowed = max(PAIRS_AT_LEAST, PAIRS_PER_RECORD * count)
    ordered = np.sort(sizes[sizes <= LARGEST_BUCKET])
    pairs = np.cumsum(ordered * (ordered - 1) // 2)
    within = int(np.searchsorted(pairs, allowed, side="right"))
    return int(ordered[within - 1]) if within else 0


def _coded(left: Ints, right: Ints, records: Records) -> Ints:
    first, second = np.minimum(left, right), np.maximum(left, right)
    differ = first != second  # two words of one name can have one key
    if records.is_between:
        differ = records.side[first] != records.side[second]
    return first[differ] * len(records) + second[differ]


def _order_by_name(records: Records) -> Ints:
    """The place of each record in the order of names, then of all the rest: who stands near may be the same."""
    kinds = (Kind.COMPANY, Kind.FAMILY, Kind.GIVEN, Kind.EMAIL, Kind.BIRTH, Kind.POSTCODE)
    keys: list[Ints] = []
    for column in _ranked(records.columns, kinds):
        places = np.empty(len(column.texts), np.int64)
        places[np.argsort(column.texts.astype(str), kind="stable")] = np.arange(len(column.texts))
        keys.append(places[column.codes])
    order = np.lexsort(list(reversed(keys))) if keys else np.arange(len(records))
    places = np.empty(len(records), np.int64)
    places[order] = np.arange(len(records))
    return places


def _ranked(columns: Sequence[Column], kinds: Sequence[Kind]) -> Iterable[Column]:
    for kind in kinds:
        yield from (column for column in columns if column.kind is kind)
