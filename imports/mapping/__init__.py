"""Which column of a list is which field, and what a row says by that.

`match_columns` recognises a column by the label that the company uses now or used before, by the field's own name, by
the spellings of the programs that lists come from, by what its cells look like, and at last by a typing error away from
one of these. Each field is given to one column. A person sees the result with the reason for each, and may correct it;
`missing` says what keeps a mapping from being used. `to_raw` makes fields of the cells of one row.
"""

from imports.mapping.cells import to_raw
from imports.mapping.checking import missing
from imports.mapping.columns import match_columns
from imports.mapping.fields import FIELDS, JOINED, PARTS, TARGETS, Target, current_labels
from imports.mapping.mailboxes import addresses_in, further_addresses
from imports.mapping.match import Match
from imports.mapping.permissions import is_opt_out
from imports.mapping.scientific import has_lost_digits, is_scientific
from imports.mapping.spellings import field_of_header, is_known_header

__all__ = [
    "FIELDS",
    "JOINED",
    "PARTS",
    "TARGETS",
    "Match",
    "Target",
    "addresses_in",
    "current_labels",
    "field_of_header",
    "further_addresses",
    "has_lost_digits",
    "is_known_header",
    "is_opt_out",
    "is_scientific",
    "match_columns",
    "missing",
    "to_raw",
]
