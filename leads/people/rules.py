"""What people on their way in may do to values that are known already, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

OVERWRITE: Final = "overwrite"
FILL: Final = "fill"
NEVER: Final = "never"
# Columns of a list that are told under another name: whatever a list calls them, they end in these.
_ALSO: Final = {
    "first_name": ("full_name",),
    "last_name": ("full_name",),
    "phone": ("mobile",),
    "name": ("company",),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """For each field (named as in `imports.mapping`) whether a known value is replaced, only filled, or left alone.

    Fields that are not named are filled, or replaced with `overwrite`. Whoever is new is taken as they come. An e-mail
    address and a company's domain are what a row is known by, so these are never replaced.
    """

    overwrite: bool = False
    by_field: Mapping[str, str] = field(default_factory=dict)

    @property
    def only_fill(self) -> bool:
        """Whether no rule lets a known value be replaced."""
        return not self.overwrite and OVERWRITE not in self.by_field.values()

    def said(self, name: str) -> str:
        """The rule that was given for a column of contact or account; "" for none."""
        if not self.by_field:
            return ""
        for key in (name, *_ALSO.get(name, ())):
            if key in self.by_field:
                return self.by_field[key]
        return ""

    def allow(self, name: str, *, is_known: bool) -> bool:
        """Whether a value of the person's row may be written, where another one `is_known` or none."""
        said = self.said(name)
        if not is_known:
            return said != NEVER
        return said == OVERWRITE if said else self.overwrite
