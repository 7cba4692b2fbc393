"""The people of the demo and the path each of them will take; no dates, so the cast of one size is always the same."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from random import Random
from typing import Final

from demo.firms import FACTORIES, OFFICES, Account, Founder, Numbers
from demo.places import BY_CODE, COUNTRIES, Country, slug

SEED: Final = "wattlebrook"
EVENT, PURCHASED, WEBSITE = "event", "purchased", "website"
REFERRAL, PROSPECTING, PARTNER = "referral", "prospecting", "partner"


@dataclass(frozen=True, slots=True)
class Path:
    """How one kind of lead fares: how many of 240 take it, where it ends, where such people come from, how they fit.

    Good: decides, in a factory of the right size. Fair: a factory, but junior or small.
    Poor: no factory. Mixed: good and fair ones.
    """

    key: str
    weight: int
    ends_in: str
    origins: tuple[str, ...]
    fit: str = "good"


# The funnel of about six months: of 240 names some 165 are known people, 70 were handed to sales and ten pay.
PATHS: Final[tuple[Path, ...]] = (
    Path("passer_by", 19, "anonymous", (WEBSITE,)),
    Path("silent", 59, "suspect", (PURCHASED,), "mixed"),
    Path("being_called", 9, "prequalified", (PROSPECTING,)),
    Path("badge_only", 18, "identified", (EVENT,), "fair"),
    Path("reader", 14, "identified", (WEBSITE,), "fair"),
    Path("list_reader", 4, "identified", (PURCHASED,), "fair"),
    Path("passed_back_on_sight", 6, "identified", (WEBSITE, EVENT, PURCHASED)),
    Path("passed_back_after_call", 6, "identified", (EVENT, WEBSITE, PURCHASED, WEBSITE)),
    Path("reopened", 3, "prequalified", (WEBSITE,)),
    Path("fitting", 18, "prequalified", (EVENT, EVENT, WEBSITE, PARTNER)),
    Path("handed_over", 14, "marketing_qualified", (WEBSITE, EVENT, WEBSITE, PARTNER, WEBSITE, PURCHASED, REFERRAL)),
    Path("in_calling_queue", 15, "sales_accepted", (WEBSITE, EVENT, WEBSITE, REFERRAL, EVENT, PURCHASED)),
    Path("opportunity", 13, "sales_qualified", (WEBSITE, EVENT, REFERRAL, WEBSITE, EVENT, PARTNER)),
    Path("cold_call", 4, "sales_qualified", (PROSPECTING, PURCHASED, PROSPECTING)),
    Path("lost", 5, "disqualified", (WEBSITE, EVENT, WEBSITE, PURCHASED, PARTNER)),
    Path("won", 8, "customer", (WEBSITE, EVENT, REFERRAL, WEBSITE, PARTNER)),
    Path("cold_call_won", 2, "customer", (PROSPECTING, PURCHASED)),
    Path("weeded_out", 10, "disqualified", (EVENT, WEBSITE), "poor"),
    Path("refused_on_sight", 4, "disqualified", (WEBSITE, EVENT, PURCHASED)),
    Path("refused_after_call", 5, "disqualified", (EVENT, WEBSITE, WEBSITE, PURCHASED)),
    Path("wrong_person", 4, "disqualified", (PURCHASED,), "mixed"),
)  # fmt: skip
PATH: Final = {path.key: path for path in PATHS}

# Titles of people who can say yes, with the seniority that the title stands for.
DECIDING: Final = (
    ("Plant Manager", "manager"),
    ("Energy Manager", "manager"),
    ("Operations Director", "director"),
    ("Head of Engineering", "director"),
    ("Chief Operating Officer", "c_suite"),
    ("Maintenance Manager", "manager"),
    ("VP Manufacturing", "vp"),
    ("Technical Director", "director"),
    ("Director of Sustainability", "director"),
    ("Chief Financial Officer", "c_suite"),
    ("Group Energy Manager", "manager"),
    ("Director of Operations", "director"),
    ("Facilities Director", "director"),
    ("Managing Director", "c_suite"),
    ("Utilities Manager", "manager"),
    ("VP Operations", "vp"),
    ("Production Manager", "manager"),
    ("Chief Executive Officer", "c_suite"),
    ("Director of Engineering", "director"),
    ("Site Manager", "manager"),
)
WORKING: Final = (
    ("Process Engineer", "other"),
    ("Maintenance Technician", "other"),
    ("Electrical Engineer", "other"),
    ("Energy Analyst", "other"),
    ("Machine Operator", "other"),
    ("Buyer", "other"),
    ("Quality Engineer", "other"),
    ("Project Engineer", "other"),
    ("Sustainability Coordinator", "other"),
    ("Production Planner", "other"),
    ("Automation Engineer", "other"),
    ("Office Administrator", "other"),
)
OUTSIDE: Final = {
    "Consulting": (("Energy Consultant", "other"), ("Partner", "other"), ("Associate", "other")),
    "Education": (("Student", "other"), ("Research Assistant", "other"), ("Lecturer", "other")),
    "Software": (("Account Executive", "other"), ("Product Manager", "manager"), ("Sales Engineer", "other")),
}
# On a badge people write what their door says; nothing important hangs on these.
IN_THEIR_WORDS: Final = {
    "de": ("Instandhaltung", "Elektromeister", "Prozessingenieur"),
    "nl": ("Procesoperator", "Medewerker TD", "Inkoper"),
    "fr": ("Technicien de maintenance", "Acheteur industriel"),
    "it": ("Tecnico di manutenzione", "Ufficio acquisti"),
    "es": ("Técnico de mantenimiento", "Compras"),
    "pl": ("Technolog", "Specjalista ds. zakupów"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone the company will meet. `visitor` is the browser they used before they gave a name, or empty."""

    first_name: str
    last_name: str
    email: str
    phone: str
    title: str
    seniority: str
    account: Account
    origin: str
    source: str
    path: str
    rep: str
    visitor: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def fits(self) -> bool:
        """Whether the blueprint's profile is met: a manager or higher, where fifty people or more work."""
        return self.seniority != "other" and self.account.employees >= 50


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that never said who it was."""

    id: str
    country: str
    path: str = "passer_by"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody. `opted_out` are on the purchased list all the same, as happens with bought addresses."""

    people: tuple[Person, ...]
    visitors: tuple[Visitor, ...]
    opted_out: tuple[Person, ...]
    free_mailers: tuple[Person, ...]


# Where a lead came from, in marketing's own names; the first part of each tuple is the kind of source.
SOURCES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    EVENT: (("event", "Plant & Power Expo, Köln"),),
    PURCHASED: (("purchased_list", "Ledgerline: manufacturing decision makers"),),
    WEBSITE: (
        ("website", "Website"),
        ("campaign", "Guide: compressed air"),
        ("campaign", "Search ads: sub-metering"),
        ("website", "Website"),
        ("campaign", "LinkedIn: ISO 50001"),
    ),
    REFERRAL: (("referral", "Customer referral"),),
    PROSPECTING: (("prospecting", "Outbound prospecting"),),
    PARTNER: (("partner", "Partner: Heliotrope Automation"),),
}
SOURCE_KIND: Final = {name: kind for rows in SOURCES.values() for kind, name in rows}

KEY_ACCOUNT_FROM: Final = 1_000  # employees; from here on an account belongs to the key account team
MID_MARKET_REPS: Final = ("tunde", "lena")
KEY_ACCOUNT_REPS: Final = ("diego",)


@lru_cache(maxsize=4)
def cast(leads: int) -> Cast:
    """The people and visitors of a demo with `leads` leads; the same ones each time."""
    return _Casting(leads).everybody()


def shares(leads: int) -> dict[str, int]:
    """How many of `leads` take each path; they add up to `leads` (largest remainders)."""
    total = sum(path.weight for path in PATHS)
    counts = {path.key: leads * path.weight // total for path in PATHS}
    by_remainder = sorted(PATHS, key=lambda path: (-(leads * path.weight % total), -path.weight, path.key))
    for path in by_remainder[: leads - sum(counts.values())]:
        counts[path.key] += 1
    return counts


class _Casting:
    """Draws the cast. One generator of chance for everything, so the order of the calls is part of the result."""

    def __init__(self, leads: int) -> None:
        self._leads = leads
        self._rng = Random(f"{SEED} cast")
        self._numbers = Numbers()
        self._founder = Founder(rng=self._rng, numbers=self._numbers)
        self._mailboxes: dict[str, set[str]] = defaultdict(set)
        self._names: set[str] = set()
        self._shareable: dict[str, list[Account]] = defaultdict(list)
        self._countries: Iterator[Country] = self._countries_by_weight()
        self._sizes = cycle(("mid", "mid", "key"))
        self._sources = {origin: cycle(rows) for origin, rows in SOURCES.items()}
        self._trades = cycle(self._rng.sample(FACTORIES, len(FACTORIES)))
        self._offices = cycle(OFFICES)
        self._deciding = cycle(DECIDING)
        self._mid_market = cycle(MID_MARKET_REPS)
        self._key_accounts = cycle(KEY_ACCOUNT_REPS)

    def everybody(self) -> Cast:
        counts = shares(self._leads)
        visitors = tuple(
            Visitor(id=f"wb-{number:05d}{self._rng.randrange(16**4):04x}", country=next(self._countries).code)
            for number in range(1, counts["passer_by"] + 1)
        )
        people = [
            self._person(path, turn)
            for path in PATHS
            if path.key != "passer_by"
            for turn in range(counts[path.key])
        ]
        bought = sum(person.origin == PURCHASED for person in people)
        extra = PATH["silent"]
        opted_out = tuple(self._person(extra, turn) for turn in range(max(1, bought // 60)))
        free_mailers = tuple(self._person(extra, turn) for turn in range(max(1, bought // 60)))
        return Cast(tuple(people), visitors, opted_out, free_mailers)

    def _countries_by_weight(self) -> Iterator[Country]:
        deck = [country for country in COUNTRIES for _ in range(country.weight)]
        while True:
            yield from self._rng.sample(deck, len(deck))

    def _person(self, path: Path, turn: int) -> Person:
        origin = path.origins[turn % len(path.origins)]
        fit = path.fit if path.fit != "mixed" else self._rng.choice(("good", "fair", "fair"))
        account = self._account(path, fit)
        land = BY_CODE[account.country]
        first, last = self._full_name(land)
        title, seniority = self._title(fit, account, origin, land)
        city = next(town for town in land.cities if town.name == account.city)
        return Person(
            first_name=first,
            last_name=last,
            email=self._mailbox(first, last, land, account.domain),
            phone=self._numbers.next_in(city),
            title=title,
            seniority=seniority,
            account=account,
            origin=origin,
            source=next(self._sources[origin])[1],
            path=path.key,
            rep=next(self._key_accounts if account.employees >= KEY_ACCOUNT_FROM else self._mid_market),
            visitor=f"wb-p{self._rng.randrange(16**8):08x}" if origin == WEBSITE and self._rng.random() < 0.6 else "",
        )  # fmt: skip

    def _account(self, path: Path, fit: str) -> Account:
        size = {"good": lambda: next(self._sizes), "fair": lambda: "small", "poor": lambda: "tiny"}[fit]()
        shares_an_account = path.key in {"silent", "badge_only", "fitting"} and self._rng.random() < 0.3
        if shares_an_account and self._shareable[size]:
            # Taken out, so that a firm has two people and not a crowd.
            latest = min(8, len(self._shareable[size]))
            return self._shareable[size].pop(-1 - self._rng.randrange(latest))
        industry = next(self._offices) if fit == "poor" else next(self._trades)
        size = "mid" if industry == "Education" else size
        account = self._founder.found(country=next(self._countries).code, industry=industry, size=size)
        self._shareable[size].append(account)
        return account

    def _full_name(self, land: Country) -> tuple[str, str]:
        first, last = self._rng.choice(land.first_names), self._rng.choice(land.last_names)
        for _ in range(7):
            if f"{first} {last}" not in self._names:
                break
            first, last = self._rng.choice(land.first_names), self._rng.choice(land.last_names)
        self._names.add(f"{first} {last}")
        return first, last

    def _title(self, fit: str, account: Account, origin: str, land: Country) -> tuple[str, str]:
        if fit == "poor":
            return self._rng.choice(OUTSIDE[account.industry])
        if fit == "good":
            return next(self._deciding)
        if origin == EVENT and land.language in IN_THEIR_WORDS and self._rng.random() < 0.4:
            return self._rng.choice(IN_THEIR_WORDS[land.language]), "other"
        return self._rng.choice(WORKING)

    def _mailbox(self, first: str, last: str, land: Country, domain: str) -> str:
        given, family = (slug(name, language=land.language) for name in (first, last))
        taken = self._mailboxes[domain]
        local, number = f"{given}.{family}", 2
        while local in taken:
            local, number = f"{given}.{family}{number}", number + 1
        taken.add(local)
        return f"{local}@{domain}"
