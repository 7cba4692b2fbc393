"""The one door for people: whoever comes by list, form, API or hand is normalised, matched, created or merged here.

`clean` turns the texts of one row into a `Person` or says what is wrong with it. `receive_many` takes cleaned people in
a few statements per chunk and says for each what became of it; `receive` is the same for one, and `Foresight` tells
beforehand and writes nothing. `recognise_visitor` is for visitors who say who they are.
"""

from leads.people.keys import account_keys, contact_keys, suppression_keys, suppression_value
from leads.people.person import Person, PersonRefused, Problem, clean
from leads.people.reception import Foresight, Outcome, Received, receive, receive_many
from leads.people.visitors import recognise_visitor
from leads.people.wall import walled

__all__ = [
    "Foresight",
    "Outcome",
    "Person",
    "PersonRefused",
    "Problem",
    "Received",
    "account_keys",
    "clean",
    "contact_keys",
    "receive",
    "receive_many",
    "recognise_visitor",
    "suppression_keys",
    "suppression_value",
    "walled",
]
