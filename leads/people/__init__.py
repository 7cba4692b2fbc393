"""The one door for people: whoever comes by list, form, API or hand is normalised, matched, created or merged here.

`clean` turns the texts of one row into a `Person` or says what is wrong with it. `admit_many` takes cleaned people in,
in a few statements per chunk, and says for each what became of it and what it changed; `receive_many` and `receive`
answer with the saved objects, and `Foresight` tells beforehand and writes nothing. `recognise_visitor` is for visitors
who say who they are. `merge_contacts` and `merge_accounts` make one of two rows that are one, and `undo_merge` takes it
back.
"""

from leads.people.arrivals import REPEATED, Arrival, Outcome, Received
from leads.people.changes import ACCOUNT_FIELDS, CONTACT_FIELDS, Changes
from leads.people.keys import account_keys, contact_keys, suppression_keys, suppression_value
from leads.people.merging import (
    ACCOUNT_CHOICES,
    CONTACT_CHOICES,
    Choices,
    MergeRefused,
    merge_accounts,
    merge_contacts,
    merge_that_took,
    starting_again,
)
from leads.people.person import Person, PersonRefused, Problem, clean
from leads.people.reception import Foresight, admit_many, receive, receive_many
from leads.people.rules import Rules
from leads.people.spelling import mailbox_key
from leads.people.suppressing import SuppressionRefused, lift, lift_opt_out, suppress
from leads.people.undoing import Undone, UndoRefused, changed_since, undo_merge
from leads.people.visitors import recognise_visitor
from leads.people.wall import enforce_on, suppressed_among, walled, why_walled

__all__ = [
    "ACCOUNT_CHOICES",
    "ACCOUNT_FIELDS",
    "CONTACT_CHOICES",
    "CONTACT_FIELDS",
    "REPEATED",
    "Arrival",
    "Changes",
    "Choices",
    "Foresight",
    "MergeRefused",
    "Outcome",
    "Person",
    "PersonRefused",
    "Problem",
    "Received",
    "Rules",
    "SuppressionRefused",
    "UndoRefused",
    "Undone",
    "account_keys",
    "admit_many",
    "changed_since",
    "clean",
    "contact_keys",
    "enforce_on",
    "lift",
    "lift_opt_out",
    "mailbox_key",
    "merge_accounts",
    "merge_contacts",
    "merge_that_took",
    "receive",
    "receive_many",
    "recognise_visitor",
    "starting_again",
    "suppress",
    "suppressed_among",
    "suppression_keys",
    "suppression_value",
    "undo_merge",
    "walled",
    "why_walled",
]
