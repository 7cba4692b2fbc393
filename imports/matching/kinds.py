"""What a column that is compared holds, how finely two values of it are told apart, and what is expected before a look.

For each kind: the levels of agreement from "different" up to "the same", `m` (how often two rows of one person, or of
one company, reach each level) and `u` (how often two rows of different ones do). They stand in where a file is too
small to learn from, and pull what is learned towards them; a file of a thousand rows overrules them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Kind(StrEnum):
    """What a compared column holds."""

    GIVEN = "given name"
    FAMILY = "family name"
    EMAIL = "e-mail"
    PHONE = "phone"
    BIRTH = "birth date"
    NUMBER = "identifying number"
    HOUSE = "house number"
    STREET = "street"
    PLACE = "place"
    POSTCODE = "postcode"
    REGION = "region"
    COMPANY = "company"
    DOMAIN = "domain"
    TITLE = "job title"


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a kind before a file is seen; the levels go from different to the same."""

    m: tuple[float, ...]
    u: tuple[float, ...]

    @property
    def levels(self) -> int:
        return len(self.m)


# The shares of `m` follow what typists do (a slip in one of ten to fifteen fields, an old value in one of ten);
# those of `u` what a few thousand names, places and numbers drawn at random do.
EXPECTED: Final[Mapping[Kind, Expected]] = MappingProxyType(
    {
        # different, alike, short form, swapped with the family name, a slip, the same
        Kind.GIVEN: Expected(
            (0.06, 0.04, 0.05, 0.03, 0.10, 0.72), (0.9585, 0.025, 0.01, 0.0005, 0.002, 0.004)
        ),
        # different, alike, a slip, the same
        Kind.FAMILY: Expected((0.06, 0.04, 0.12, 0.78), (0.972, 0.022, 0.003, 0.003)),
        # different, alike, the same mailbox elsewhere, a slip, the same
        Kind.EMAIL: Expected((0.14, 0.04, 0.04, 0.08, 0.70), (0.9965, 0.002, 0.0009, 0.0001, 0.0005)),
        # different, a slip, the same
        Kind.PHONE: Expected((0.20, 0.05, 0.75), (0.998, 0.0005, 0.0015)),
        # different, the same year or near, two parts of three, a slip or swapped, the same
        Kind.BIRTH: Expected((0.04, 0.03, 0.05, 0.10, 0.78), (0.94, 0.05, 0.0065, 0.003, 0.0005)),
        # different, two slips, a slip, the same
        Kind.NUMBER: Expected((0.03, 0.02, 0.10, 0.85), (0.9988, 0.001, 0.0001, 0.0001)),
        # different, a slip, the same
        Kind.HOUSE: Expected((0.12, 0.13, 0.75), (0.87, 0.11, 0.02)),
        # different, alike, nearly the same, the same
        Kind.STREET: Expected((0.12, 0.08, 0.15, 0.65), (0.975, 0.02, 0.003, 0.002)),
        Kind.PLACE: Expected((0.10, 0.05, 0.15, 0.70), (0.955, 0.015, 0.005, 0.025)),
        # different, a slip, the same
        Kind.POSTCODE: Expected((0.10, 0.12, 0.78), (0.975, 0.015, 0.01)),
        # different, the same
        Kind.REGION: Expected((0.08, 0.92), (0.75, 0.25)),
        # different, alike, much alike, nearly the same, the same
        Kind.COMPANY: Expected((0.07, 0.08, 0.10, 0.15, 0.60), (0.994688, 0.005, 0.0003, 0.00001, 0.000002)),
        Kind.DOMAIN: Expected((0.10, 0.05, 0.85), (0.9945, 0.0005, 0.005)),
        # different, alike, the same
        Kind.TITLE: Expected((0.40, 0.20, 0.40), (0.90, 0.07, 0.03)),
    }
)
SAME: Final = {kind: expected.levels for kind, expected in EXPECTED.items()}  # level 0 is "not known"
