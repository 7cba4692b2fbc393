"""How much two values agree, as a level of their kind (`kinds.EXPECTED`): 0 not known, 1 different, the last same."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from imports.matching.company_names import NameWords
from imports.matching.kinds import SAME, Kind
from imports.matching.records import Column, Floats, Ints, Levels, Records

EXTENSION: Final = 3  # digits at the end of a number that tell the desks of a house apart
CHUNK: Final = 500_000  # pairs compared at once: some 40 MB

# Jaro-Winkler as the literature of record linkage uses it for names: 0.92 is one slip, 0.8 is alike.
NEARLY: Final = 0.92
ALIKE: Final = 0.80

Texts = npt.NDArray[Any]


def compared(
    records: Records, left: Ints, right: Ints, names: Mapping[str, NameWords]
) -> npt.NDArray[np.uint8]:
    """The levels of the pairs, one line a pair, one column for each column of the records."""
    levels = np.zeros((len(left), len(records.columns)), np.uint8)
    for at in range(0, len(left), CHUNK):
        part = slice(at, at + CHUNK)
        for place, column in enumerate(records.columns):
            levels[part, place] = _column_levels(column, left[part], right[part], names)
        _doubt_mailboxes(records, left[part], right[part], levels[part])
        _doubt_extensions(records, left[part], right[part], levels[part])
        _find_swapped(records, left[part], right[part], levels[part])
    return levels


def _column_levels(column: Column, left: Ints, right: Ints, names: Mapping[str, NameWords]) -> Levels:
    one, other = column.codes[left], column.codes[right]
    levels = np.ones(len(left), np.uint8)
    levels[one == other] = SAME[column.kind]
    levels[(one == 0) | (other == 0)] = 0
    differ = np.flatnonzero(levels == 1)
    if len(differ):
        # Two values are compared once, however many pairs have them.
        low, high = np.minimum(one[differ], other[differ]), np.maximum(one[differ], other[differ])
        pairs, inverse = np.unique(low * len(column.texts) + high, return_inverse=True)
        texts = column.texts[pairs // len(column.texts)], column.texts[pairs % len(column.texts)]
        if column.kind is Kind.COMPANY:
            found = names[column.name].levels(*texts)
        else:
            found = _LEVELS[column.kind](*texts)
        levels[differ] = found[inverse]
    return levels


def jaro_winkler(left: Texts, right: Texts) -> Floats:
    return process.cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float64)


def slips(left: Texts, right: Texts, most: int) -> npt.NDArray[np.uint8]:
    """Letters missing, extra, exchanged or swapped with a neighbour; `most` + 1 for more than `most`."""
    return process.cpdist(left, right, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)


def lengths(texts: Texts) -> Ints:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _levels(count: int, *steps: tuple[npt.NDArray[np.bool_], int]) -> Levels:
    """Level 1, and the levels of the steps that hold, the later over the earlier."""
    levels = np.ones(count, np.uint8)
    for holds, level in steps:
        levels[holds] = level
    return levels


def _given(left: Texts, right: Texts) -> Levels:
    similar, apart = jaro_winkler(left, right), slips(left, right, 2)
    shorter = np.minimum(lengths(left), lengths(right))
    short = np.fromiter(map(_is_short_form, left, right), bool, len(left))
    a_slip = ((apart == 1) | (similar >= NEARLY)) & (shorter > 2)
    return _levels(len(left), (similar >= ALIKE, 2), (short, 3), (a_slip, 5))


def _is_short_form(one: str, other: str) -> bool:
    """Whether one is an initial or the beginning of the other ("J" and "John", "Rob" and "Robert", "Ann Marie")."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return long.startswith(short)


def _family(left: Texts, right: Texts) -> Levels:
    similar, apart = jaro_winkler(left, right), slips(left, right, 2)
    long_enough = np.minimum(lengths(left), lengths(right)) > 2
    part = np.fromiter(map(_is_part, left, right), bool, len(left))
    a_slip = (apart == 1) | (similar >= NEARLY)
    return _levels(len(left), ((similar >= ALIKE) | part, 2), (a_slip & long_enough, 3))


def _is_part(one: str, other: str) -> bool:
    """Whether all words of one name are in the other ("Meier" and "Meier Schmidt")."""
    words, others = set(one.split()), set(other.split())
    return words <= others or others <= words


def _email(left: Texts, right: Texts) -> Levels:
    boxes, others = _mailboxes(left), _mailboxes(right)
    shorter = np.minimum(lengths(boxes), lengths(others))
    similar = (jaro_winkler(boxes, others) >= NEARLY) & (shorter > 4) & (jaro_winkler(left, right) >= NEARLY)
    apart = slips(left, right, 2)
    elsewhere = boxes == others
    hosts = np.fromiter((len(_host(text)) for text in left), np.int64, len(left))
    a_slip = (apart <= 2) & np.where(elsewhere, hosts >= 5 * apart, shorter >= 4 * apart)
    return _levels(len(left), (similar, 2), (elsewhere & (shorter > 5), 3), (a_slip, 4))


def _mailboxes(texts: Texts) -> Texts:
    found = np.empty(len(texts), object)
    found[:] = [_mailbox(text) for text in texts]
    return found


def _doubt_mailboxes(records: Records, left: Ints, right: Ints, levels: Levels) -> None:
    """Addresses that only repeat what the names say count as different.

    So do ann.lee@ here and ann.lee@ there, which have no more in common than the name; and jan.lee@ and jon.lee@ of a
    Jan and a Jon, where no slip was made but each has the address that belongs to the name.
    """
    names = records.of_kind(Kind.GIVEN, Kind.FAMILY)
    for place, column in enumerate(records.columns):
        if column.kind is not Kind.EMAIL:
            continue
        alike = np.flatnonzero((levels[:, place] > 1) & (levels[:, place] < SAME[Kind.EMAIL]))
        for at in alike.tolist():
            one, other = int(left[at]), int(right[at])
            box, other_box = (_mailbox(column.texts[column.codes[record]]) for record in (one, other))
            texts = [(name.texts[name.codes[one]], name.texts[name.codes[other]]) for name in names]
            if any(
                _is_in(text, box)
                and (_is_in(other_text, other_box) if text != other_text else levels[at, place] < 4)
                for text, other_text in texts
            ):
                levels[at, place] = 1


def _doubt_extensions(records: Records, left: Ints, right: Ints, levels: Levels) -> None:
    """Numbers of people that are a digit apart at their end say nothing, and with another name that they are two.

    That is how numbers of desks in one house differ. Of one person's number any digit may be the slip.
    """
    of_kind = [column.kind for column in records.columns]
    given, family = (
        [place for place, kind in enumerate(of_kind) if kind is name] for name in (Kind.GIVEN, Kind.FAMILY)
    )
    if not given:
        return
    have_other_first = (levels[:, given] == 1).all(axis=1)
    have_other_last = bool(family) & (levels[:, family] == 1).all(axis=1)
    for place, column in enumerate(records.columns):
        if column.kind is not Kind.PHONE:
            continue
        for at in np.flatnonzero(levels[:, place] == 2).tolist():
            one, other = (column.texts[column.codes[record]] for record in (int(left[at]), int(right[at])))
            is_of_one_house = one[:-EXTENSION] == other[:-EXTENSION]
            if have_other_first[at] or (is_of_one_house and have_other_last[at]):
                levels[at, place] = 1
            elif is_of_one_house:
                levels[at, place] = 0


def _mailbox(address: str) -> str:
    return address.partition("@")[0]


def _host(address: str) -> str:
    """The host up to its first dot: ends such as .com are alike without a meaning."""
    return address.partition("@")[2].partition(".")[0]


def _is_in(name: str, box: str) -> bool:
    return len(name) > 2 and name.replace(" ", "") in box


def _number(left: Texts, right: Texts) -> Levels:
    apart = slips(left, right, 2)
    long_enough = np.minimum(lengths(left), lengths(right)) > 4
    return _levels(len(left), ((apart == 2) & long_enough, 2), ((apart == 1) & long_enough, 3))


def _one_slip(left: Texts, right: Texts) -> Levels:
    apart = slips(left, right, 1)
    return _levels(len(left), (apart == 1, 2))


def _phone(left: Texts, right: Texts) -> Levels:
    shorter = np.minimum(lengths(left), lengths(right))
    ends = np.fromiter(
        (one.endswith(other) or other.endswith(one) for one, other in zip(left, right, strict=True)),
        bool,
        len(left),
    )
    a_slip = (slips(left, right, 1) == 1) & (shorter > 5)
    return _levels(len(left), (a_slip, 2), (ends & (shorter > 6), 3))


def _birth(left: Texts, right: Texts) -> Levels:
    apart = slips(left, right, 1)
    near = np.fromiter(map(_nearness, left, right), np.uint8, len(left))
    return _levels(len(left), (near == 1, 2), (near == 2, 3), ((apart == 1) | (near == 3), 4))


def _nearness(one: str, other: str) -> int:
    """3 where day and month are swapped, 2 where two parts agree or they are a month apart, 1 for two years, else 0."""
    if len(one) != 8 or len(other) != 8:
        return 0
    years = one[:4] == other[:4]
    months, days = one[4:6] == other[4:6], one[6:] == other[6:]
    if years and one[4:6] == other[6:] and one[6:] == other[4:6]:
        return 3
    if years + months + days == 2:
        return 2
    if years and abs(int(one[4:6]) * 31 + int(one[6:]) - int(other[4:6]) * 31 - int(other[6:])) <= 31:
        return 2
    return 1 if abs(int(one[:4]) - int(other[:4])) <= 1 else 0


def _place(left: Texts, right: Texts) -> Levels:
    similar, apart = jaro_winkler(left, right), slips(left, right, 2)
    part = np.fromiter(map(_is_part, left, right), bool, len(left))
    near = (similar >= NEARLY) | (apart == 1)
    return _levels(len(left), ((similar >= ALIKE) | part, 2), (near, 3))


def _street(left: Texts, right: Texts) -> Levels:
    similar = jaro_winkler(left, right)
    words = process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float64)
    alike = (similar >= ALIKE) & (words >= 75)
    near = (slips(left, right, 2) <= 2) & (np.minimum(lengths(left), lengths(right)) > 5)
    return _levels(len(left), (alike, 2), ((similar >= NEARLY) & (words >= 85) | (words == 100) | near, 3))


def _title(left: Texts, right: Texts) -> Levels:
    words = process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float64)
    return _levels(len(left), (words >= 80, 2))


def _different(left: Texts, right: Texts) -> Levels:
    return np.ones(len(left), np.uint8)


def _domain(left: Texts, right: Texts) -> Levels:
    return _levels(len(left), ((slips(left, right, 1) == 1) & (lengths(left) > 8), 2))


_LEVELS: Final[Mapping[Kind, Callable[[Texts, Texts], Levels]]] = MappingProxyType(
    {
        Kind.GIVEN: _given,
        Kind.FAMILY: _family,
        Kind.EMAIL: _email,
        Kind.PHONE: _phone,
        Kind.BIRTH: _birth,
        Kind.NUMBER: _number,
        Kind.HOUSE: _one_slip,
        Kind.STREET: _street,
        Kind.PLACE: _place,
        Kind.POSTCODE: _one_slip,
        Kind.REGION: _different,
        Kind.DOMAIN: _domain,
        Kind.TITLE: _title,
    }
)


def _find_swapped(records: Records, left: Ints, right: Ints, levels: Levels) -> None:
    """Where first and last name changed places, say so once: the given name is "swapped", the family name unknown."""
    places = {column.kind: place for place, column in reversed(list(enumerate(records.columns)))}
    if Kind.GIVEN not in places or Kind.FAMILY not in places:
        return
    given, family = places[Kind.GIVEN], places[Kind.FAMILY]
    firsts, lasts = records.columns[given], records.columns[family]
    maybe = np.flatnonzero((levels[:, given] < 3) & (levels[:, family] < 3) & (levels[:, family] > 0))
    maybe = maybe[levels[maybe, given] > 0]
    if not len(maybe):
        return
    one = firsts.texts[firsts.codes[left[maybe]]], lasts.texts[lasts.codes[left[maybe]]]
    other = lasts.texts[lasts.codes[right[maybe]]], firsts.texts[firsts.codes[right[maybe]]]
    similar = np.minimum(jaro_winkler(one[0], other[0]), jaro_winkler(one[1], other[1]))
    swapped = maybe[similar >= NEARLY]
    levels[swapped, given] = 4
    levels[swapped, family] = 0
