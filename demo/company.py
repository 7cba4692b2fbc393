"""The demo company: Wattlebrook Software of Rotterdam, which measures the energy of factories. Wholly invented.

`story(leads, today=...)` is what happened to its leads; `event_list` and `purchased_list` are the files it imported.
"""

from dataclasses import dataclass
from typing import Final

from demo.cast import Cast, Person, Visitor, cast, shares
from demo.lists import event_list, purchased_list
from demo.story import Arrival, Automatic, Decision, Event, Story, story

__all__ = [
    "COMPANY",
    "DEFAULT_LEADS",
    "TEAMS",
    "USERS",
    "Arrival",
    "Automatic",
    "Cast",
    "Colleague",
    "Decision",
    "Event",
    "Person",
    "Story",
    "Visitor",
    "cast",
    "event_list",
    "purchased_list",
    "shares",
    "story",
]

COMPANY: Final = "Wattlebrook Software"
MAIL_DOMAIN: Final = "wattlebrook.example"
DEFAULT_LEADS: Final = 240

MID_MARKET: Final = "Sales"
KEY_ACCOUNTS: Final = "Key accounts"
TEAMS: Final = (MID_MARKET, KEY_ACCOUNTS)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who works at the demo company and can log in. `role` is one of leadops/roles.py."""

    username: str
    first_name: str
    last_name: str
    job: str
    role: str
    team: str = ""
    signs_for: str = ""  # the group that lets them sign agreements

    @property
    def email(self) -> str:
        """Their address at the company."""
        return f"{self.username}@{MAIL_DOMAIN}"


USERS: Final = (
    Colleague("rita", "Rita", "Moreira", "RevOps lead", "revops"),
    Colleague(
        "marco",
        "Marco",
        "Bellandi",
        "Marketing manager",
        "marketing",
        signs_for="marketing_signatory",
    ),
    Colleague("yuki", "Yuki", "Tanemura", "Marketing specialist", "marketing"),
    Colleague(
        "annika",
        "Annika",
        "Strandell",
        "Sales manager",
        "sales_manager",
        signs_for="sales_signatory",
    ),
    Colleague("tunde", "Tunde", "Adebanjo", "Sales rep, mid-market", "sales_rep", MID_MARKET),
    Colleague("lena", "Lena", "Hofmeister", "Sales rep, mid-market", "sales_rep", MID_MARKET),
    Colleague("diego", "Diego", "Fuentealba", "Sales rep, key accounts", "sales_rep", KEY_ACCOUNTS),
    Colleague("priya", "Priya", "Raghunathan", "Chief executive", "read_only"),
    Colleague("omar", "Omar", "Benslimane", "Systems administrator", "administrator"),
)
