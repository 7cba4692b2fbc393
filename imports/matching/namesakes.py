"""Two rows of one name at one company: one person, or two who are called the same?

Name and company together weigh more than anything else that a list of business contacts has, and still two people of a
large company may share them. Weights alone do not say so: they take each column for itself, and a list has a few of a
company's people, not all. So such rows are "the same" only if something that one person has proves it (mailbox,
telephone number, birth date, number of identity, page), or if the name is so rare in the list that it is no chance,
something else agrees, and no address or number contradicts.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from imports.matching.kinds import SAME, Kind
from imports.matching.records import Column, Floats, Ints, Levels, Records
from imports.matching.weights import OF_ONE, Weights

UNPROVED_AT_MOST: Final = 0.8  # likely, and for a person to decide
CONTRADICTED_AT_MOST: Final = 0.5  # as likely two as one
RARE_NAME: Final = 16.0  # log2 of the pairs of different people of which one agrees in both names: 65,000
OWN_NUMBER: Final = 2  # as many may have the number of one person: the two rows themselves

# From which level on a column is something else that agrees.
_AGREES: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        Kind.EMAIL: 2,
        Kind.PHONE: 2,
        Kind.BIRTH: 2,
        Kind.STREET: SAME[Kind.STREET] - 1,
        Kind.PLACE: SAME[Kind.PLACE] - 1,
        Kind.POSTCODE: SAME[Kind.POSTCODE] - 1,
        Kind.TITLE: SAME[Kind.TITLE],
    }
)
_CONTRADICTS: Final = frozenset({Kind.EMAIL, Kind.PHONE, Kind.DOMAIN})  # where they differ
_A_SLIP_OR_SAME: Final = {Kind.GIVEN: SAME[Kind.GIVEN] - 1, Kind.FAMILY: SAME[Kind.FAMILY] - 1}
_DIGITS: Final = re.compile(r"\d+")

Bools = npt.NDArray[np.bool_]


def most_likely(
    columns: Sequence[Column],
    left: Ints,
    right: Ints,
    levels: Levels,
    bits: Floats,
    *,
    weights: Weights,
    is_own: Mapping[int, Bools],
) -> Floats:
    """The highest probability that each pair may have: 1 but for namesakes.

    `bits` are the weights of the levels, rareness included. `is_own` says for each place of a column of telephone
    numbers whether the left one's is that of one person.
    """
    found = np.ones(len(left))
    kinds = [column.kind for column in columns]
    companies = [place for place, kind in enumerate(kinds) if kind is Kind.COMPANY]
    if not companies or not {Kind.GIVEN, Kind.FAMILY} & {*kinds}:
        return found
    at = np.flatnonzero((levels[:, companies] > 1).any(axis=1))
    some, sums = levels[at], bits[at]
    numbered = _numbered(columns, left[at], right[at], some)
    proved, alike, against = (np.zeros(len(at), bool) for _ in range(3))
    by_phone, other_address = np.zeros(len(at), bool), numbered.copy()
    for place, kind in enumerate(kinds):
        level = some[:, place]
        if kind in OF_ONE:
            proved |= (level >= OF_ONE[kind]) & ~(numbered & (kind is Kind.EMAIL))
        if kind is Kind.PHONE:
            by_phone |= (level == SAME[kind]) & is_own[place][at]
        if kind in _AGREES:
            alike |= level >= _AGREES[kind]
        if kind in _CONTRADICTS:
            against |= level == 1
        if kind is Kind.EMAIL:
            other_address |= level == 1
    against |= numbered
    rare = _is_rare(kinds, some, sums, weights)
    most = np.where(against, CONTRADICTED_AT_MOST, UNPROVED_AT_MOST)
    most[by_phone & other_address] = UNPROVED_AT_MOST
    most[proved | (by_phone & (~other_address | rare)) | (rare & alike & ~against)] = 1.0
    found[at] = most
    return found


def _numbered(columns: Sequence[Column], left: Ints, right: Ints, levels: Levels) -> Bools:
    """Whose addresses differ in nothing but a number before the @: so a company tells its namesakes apart."""
    found = np.zeros(len(left), bool)
    for place, column in enumerate(columns):
        if column.kind is not Kind.EMAIL:
            continue
        for pair in np.flatnonzero((levels[:, place] > 1) & (levels[:, place] < SAME[Kind.EMAIL])).tolist():
            texts = (column.texts[column.codes[record[pair]]].partition("@") for record in (left, right))
            (one, _, host), (other, _, other_host) = texts
            found[pair] |= host == other_host and _DIGITS.sub("", one) == _DIGITS.sub("", other)
    return found


def _is_rare(kinds: Sequence[Kind], levels: Levels, bits: Floats, weights: Weights) -> Bools:
    """Where first and family name agree, and together so seldom that two different people hardly share them."""
    total = np.zeros(len(levels))
    both = np.ones(len(levels), bool)
    for kind, least in _A_SLIP_OR_SAME.items():
        places = [place for place, one in enumerate(kinds) if one is kind]
        agree = levels[:, places] >= least
        both &= agree.any(axis=1)
        # A weight is log2(m / u); what different people do is u alone.
        seldom = [
            bits[:, place] - np.log2(np.append(1.0, weights.m[place]))[levels[:, place]] for place in places
        ]
        total += np.where(agree, np.stack(seldom, axis=1), 0.0).max(axis=1) if places else 0.0
    rare: Bools = both & (total >= RARE_NAME)
    return rare


def strangers(records: Records) -> dict[int, Ints]:
    """For each column of telephone numbers (by place) how many with each record's number share neither of its names."""
    given, family = (
        columns[0].codes if (columns := records.of_kind(kind)) else np.arange(len(records))
        for kind in (Kind.GIVEN, Kind.FAMILY)
    )
    found: dict[int, Ints] = {}
    for place, column in enumerate(records.columns):
        if column.kind is Kind.PHONE:
            phone = column.codes
            # All with the number, without those who share the first name, or the last.
            found[place] = _sharing(phone) - _sharing(phone, given) - _sharing(phone, family)
            found[place] += _sharing(phone, given, family)
    return found


def own_numbers(records: Records, left: Ints, right: Ints, others: Mapping[int, Ints]) -> dict[int, Bools]:
    """For each column of telephone numbers (by place) whether no stranger but the right record has the left one's.

    `others` is what `strangers` says of the records.
    """
    is_stranger = np.ones(len(left), bool)
    for kind in (Kind.GIVEN, Kind.FAMILY):
        for column in records.of_kind(kind)[:1]:
            is_stranger &= column.codes[left] != column.codes[right]
    found: dict[int, Bools] = {}
    for place, counts in others.items():
        phone = records.columns[place].codes
        found[place] = counts[left] <= np.where(is_stranger & (phone[left] == phone[right]), 1, 0)
    return found


def _sharing(*codes: Ints) -> Ints:
    """How many records have the same codes as each."""
    together = np.zeros(len(codes[0]), np.int64)
    counts = np.zeros(0, np.int64)
    for code in codes:
        _, together, counts = np.unique(
            together * (int(code.max(initial=0)) + 1) + code, return_inverse=True, return_counts=True
        )
    shared: Ints = counts[together]
    return shared
