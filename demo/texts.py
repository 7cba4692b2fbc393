"""What the demo's people did and said, in words. The facts about one person are the same in everything about them."""

import calendar
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final, TypeVar

from demo.cast import SEED, Person
from demo.places import BY_CODE

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trade:
    """How one industry talks about its energy."""

    site: str
    sites: str
    loads: tuple[str, ...]
    per_piece: str
    case_study: str


TRADES: Final[dict[str, Trade]] = {
    "Food and beverage": Trade(
        "plant",
        "plants",
        ("the chillers", "two tunnel ovens", "the pasteurisers", "the bottling hall"),
        "kilowatt-hours per tonne",
        "How a dairy took 14% off its cooling bill",
    ),
    "Plastics and rubber": Trade(
        "moulding shop",
        "moulding shops",
        ("34 moulding machines", "the material dryers", "the chilled-water loop"),
        "kilowatt-hours per kilo moulded",
        "How a moulder found €41,000 a year in its dryers",
    ),
    "Metals and foundries": Trade(
        "foundry",
        "foundries",
        ("the induction furnaces", "the holding furnace", "the dust extraction"),
        "kilowatt-hours per tonne cast",
        "How a foundry moved its melt out of the price peak",
    ),
    "Chemicals": Trade(
        "chemical works",
        "chemical works",
        ("the steam boilers", "the reactors", "the vacuum pumps"),
        "kilowatt-hours per batch",
        "How a paint works halved its weekend base load",
    ),
    "Paper and packaging": Trade(
        "mill",
        "mills",
        ("the corrugator", "the drying section", "the vacuum system"),
        "kilowatt-hours per thousand square metres",
        "How a board mill saw every steam trap for the first time",
    ),
    "Automotive parts": Trade(
        "plant",
        "plants",
        ("the press line", "the paint booth", "four screw compressors"),
        "kilowatt-hours per part",
        "How a brake maker answered its customer's CO₂ questionnaire in a day",
    ),
    "Pharmaceuticals": Trade(
        "site",
        "sites",
        ("the clean-room air handling", "the freeze dryers", "the water-for-injection plant"),
        "kilowatt-hours per batch",
        "How a tablet plant set back its air handling without touching validation",
    ),
    "Glass and ceramics": Trade(
        "glassworks",
        "glassworks",
        ("the tunnel kiln", "the melting end", "the annealing lehrs"),
        "kilowatt-hours per tonne drawn",
        "How a glassworks explained its night load to the board",
    ),
    "Machinery": Trade(
        "factory",
        "factories",
        ("the machining centres", "the hardening furnace", "the compressed-air ring"),
        "kilowatt-hours per machine hour",
        "How a pump maker switched off its idle machines",
    ),
    "Electronics": Trade(
        "factory",
        "factories",
        ("the reflow ovens", "the nitrogen supply", "the clean-room cooling"),
        "kilowatt-hours per board",
        "How a board assembler priced its nitrogen",
    ),
    "Logistics and cold storage": Trade(
        "cold store",
        "cold stores",
        ("the ammonia plant", "the blast freezers", "the dock heaters"),
        "kilowatt-hours per pallet day",
        "How a cold store shifted 30% of its load to the cheap hours",
    ),
}
# Firms without a factory of their own ask as if they had one.
_NO_FACTORY: Final = Trade(
    "office",
    "offices",
    ("the server room",),
    "kilowatt-hours per desk",
    "How a dairy took 14% off its cooling bill",
)

GUIDES: Final = (
    "Five ways to cut compressed-air losses",
    "ISO 50001 in twelve weeks",
    "The sub-metering checklist",
    "What a kilowatt-hour really costs on the night shift",
    "Energy per piece: a worked example",
    "CSRD energy figures without spreadsheets",
    "Demand charges, explained on two pages",
)
WEBINARS: Final = (
    "Reading a load curve in ten minutes",
    "From meter to board report",
    "Compressed air: the dearest utility on site",
    "Your first month with sub-meters",
)
BLOG: Final = (
    "Why your base load never sleeps",
    "Seven meters are enough to begin",
    "The Monday morning peak",
    "What auditors ask about ISO 50001 evidence",
    "Is your compressor running at night?",
)
PRODUCT_PAGES: Final = (
    ("Pricing", "/pricing"),
    ("Wattlebrook Meter Hub", "/product/meter-hub"),
    ("Load Curve", "/product/load-curve"),
    ("Compressed Air", "/product/compressed-air"),
    ("Energy per Piece", "/product/energy-per-piece"),
    ("Integrations: SAP, Modbus, OPC UA", "/product/integrations"),
)
NEWSLETTERS: Final = (
    "The base load nobody looks at",
    "Three questions for your utility",
    "A dairy, a kiln and a cold store",
    "What 400 meters taught us about compressed air",
    "Your energy review, half done already",
)
UNREACHED: Final = (
    "No answer, left a message with reception.",
    "Voicemail. Sent a short e-mail with two times for a call.",
    "In a production meeting, asked me to try again tomorrow morning.",
    "Line busy twice.",
    "Out at a supplier's until the end of the week, says the gatehouse.",
)
_NTH: Final = ("First", "Second", "Third", "Fourth", "Another")
MONTHS: Final = tuple(calendar.month_name[1:])

_SYSTEMS: Final = (
    "spreadsheets",
    "SAP and a wall of paper",
    "a SCADA from 2011",
    "monthly utility invoices",
    "Power BI",
)
_DRIVERS: Final = (
    "the ISO 50001 recertification",
    "the CSRD report",
    "a customer's CO₂ questionnaire",
    "the new tariff",
    "the third shift",
    "the energy audit",
)
_BOSSES: Final = (
    "Chief Financial Officer",
    "Managing Director",
    "Group Head of Procurement",
    "Director of Finance",
)
_COLLEAGUES: Final = ("Head of Production", "Energy Engineer", "Head of Maintenance")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true about one person's firm, in every note about it."""

    trade: Trade
    load: str
    sites: int
    meters: int
    bill: int  # thousand euros a year
    system: str
    driver: str
    boss: str  # of someone who decides alone: the colleague at their side
    boss_title: str
    price: int  # euros a year
    decides_alone: bool

    @property
    def costs(self) -> str:
        """The energy bill of a year: "€1,240,000"."""
        return euros(self.bill * 1000)

    @property
    def where(self) -> str:
        """One foundry, or 3 foundries."""
        return f"one {self.trade.site}" if self.sites == 1 else f"{self.sites} {self.trade.sites}"


def facts(person: Person) -> Facts:
    """The facts about `person`, the same each time."""
    rng = Random(f"{SEED} facts {person.email}")
    trade = TRADES.get(person.account.industry, _NO_FACTORY)
    sites = 1 + min(5, person.account.employees // 450) if person.account.employees >= 200 else 1
    meters = sites * rng.randrange(14, 46, 2)
    land = BY_CODE[person.account.country]
    others = [name for name in land.first_names if name != person.first_name]
    decides_alone = person.seniority == "c_suite"
    boss_title = rng.choice(_COLLEAGUES if decides_alone else _BOSSES)
    return Facts(
        trade=trade,
        load=rng.choice(trade.loads),
        sites=sites,
        meters=meters,
        bill=max(30, round(person.account.employees * rng.uniform(0.22, 0.45)) * 10),
        system=rng.choice(_SYSTEMS),
        driver=rng.choice(_DRIVERS),
        boss=f"{rng.choice(others)} {rng.choice(land.last_names)}",
        boss_title=boss_title,
        price=round((4_800 * sites + 85 * meters) / 100) * 100,
        decides_alone=decides_alone,
    )  # fmt: skip


def euros(amount: float) -> str:
    """€48,000."""
    return f"€{amount:,.0f}"


def _capital(text: str) -> str:
    """`text` as it begins a sentence; unlike `capitalize`, CO₂ and ISO stay as they are."""
    return text[0].upper() + text[1:]


def _turn(deck: list[T]) -> T:
    """The first card of the deck, which goes to the bottom."""
    card = deck.pop(0)
    deck.append(card)
    return card


@dataclass(frozen=True, slots=True)
class Words:
    """One entry of a timeline."""

    subject: str
    body: str = ""


class Voice:
    """Words for what anybody does on the website. Draws from the generator it is given."""

    def __init__(self, rng: Random, *, own_case_study: str = "") -> None:
        self._rng = rng
        self._pages = rng.sample(PRODUCT_PAGES, len(PRODUCT_PAGES))
        others = [trade.case_study for trade in TRADES.values() if trade.case_study != own_case_study]
        self._case_studies = [own_case_study] * bool(own_case_study) + rng.sample(others, 3)

    def web_visit(self) -> Words:
        title = self._rng.choice(BLOG)
        minutes = self._rng.randint(1, 9)
        found_by = self._rng.choice(("a search", "LinkedIn", "our newsletter"))
        return Words(f"Blog: {title}", f"{minutes} min, from {found_by}")

    def product_page_view(self) -> Words:
        title, path = _turn(self._pages)
        return Words(title, f"wattlebrook.example{path}, {self._rng.randint(1, 6)} min")

    def case_study(self) -> Words:
        return Words(_turn(self._case_studies))


class PersonVoice(Voice):
    """Words for what one person does, and for what is said about them."""

    def __init__(self, person: Person, rng: Random) -> None:
        self.facts = facts(person)
        super().__init__(rng, own_case_study=self.facts.trade.case_study)
        self._them = person
        self._guides = rng.sample(GUIDES, len(GUIDES))
        self._newsletters = rng.sample(NEWSLETTERS, len(NEWSLETTERS))
        self._webinars = rng.sample(WEBINARS, len(WEBINARS))
        self._unreached = rng.sample(UNREACHED, len(UNREACHED))
        self._calls = 0
        self._opened = ""

    # What they do.

    def email_open(self) -> Words:
        self._opened = _turn(self._newsletters)
        return Words(f"“{self._opened}”")

    def email_click(self) -> Words:
        title = self._opened or _turn(self._newsletters)
        return Words(f"“{title}”", f"On to the blog: {self._rng.choice(BLOG)}")

    def content_download(self) -> Words:
        return Words(f"“{_turn(self._guides)}”", "PDF, from the library of guides")

    def webinar(self) -> Words:
        minutes = self._rng.randint(18, 44)
        return Words(f"“{_turn(self._webinars)}”", f"Stayed {minutes} of 45 minutes")

    def event_badge_scan(self) -> Words:
        said = self._rng.choice(
            (
                "Watched the load-curve demo and asked about price",
                "Took the ISO 50001 brochure",
                "Wants to know whether we read Modbus meters",
                "Came by with a colleague from production",
                "Took part in the kilowatt-hour quiz",
                "Asked for a visit after the holidays",
                "Has sub-meters from two makers and reads them by hand",
                "Send the compressed-air guide",
                "Spoke mostly about the new tariff",
                "In a hurry, scan only",
                "",
                "",
            )
        )
        return Words("Badge scanned at our stand", said)

    def demo_request(self) -> Words:
        f = self.facts
        per = _capital(f.trade.per_piece)
        return self._rng.choice(
            (
                Words(
                    f"{per}, {f.where}",
                    f"We run {f.where} and would like to see {f.trade.per_piece}. {f.meters} meters, {f.system} today.",
                ),
                Words(
                    f"How to measure {f.load}",
                    f"Could you show us how you would measure {f.load}? We need figures for {f.driver}.",
                ),
                Words(
                    f"Meter Hub with {f.meters} meters",
                    f"Please show us the Meter Hub with {f.meters} Modbus meters. We pay near {f.costs} a year.",
                ),
                Words(
                    f"For two of us, {f.where}",
                    f"{f.boss}, our {f.boss_title}, would join. We have {f.where}.",
                ),
            )
        )

    def contact_us(self) -> Words:
        f = self.facts
        return self._rng.choice(
            (
                Words(
                    f"Price for {f.meters} meters", f"What does it cost for {f.meters} meters at {f.where}?"
                ),
                Words(
                    f"Figures for {f.driver}",
                    f"We must have figures for {f.driver}. Can somebody ring me this week?",
                ),
                Words(
                    "Meters of three makes",
                    f"We work with {f.system} today. Can you read meters of three makes? It is about {f.load}.",
                ),
                Words(
                    f"The same for {f.where}",
                    f"A supplier of ours uses Wattlebrook. We would like the same for {f.where}.",
                ),
            )
        )

    def email_reply(self) -> Words:
        f = self.facts
        return self._rng.choice(
            (
                Words(
                    "Good timing",
                    f"We talk about {f.driver} this week. Do you have something about {f.load}?",
                ),
                Words(
                    "Price list, please",
                    "Thank you, please send me the price list and one reference from our industry.",
                ),
                Words(
                    "Ring me after Wednesday",
                    f"We look at this with {f.system} today and it is not enough. Ring me after Wednesday.",
                ),
                Words(
                    f"Passed on to {f.boss}",
                    f"I have passed this on to {f.boss}, our {f.boss_title}. Please keep me in copy.",
                ),
                Words(
                    "How long does it take?",
                    f"How long does it take to connect {f.meters} meters? Ours are a mix of four makes.",
                ),
                Words(
                    f"About {f.load}",
                    f"Interesting. We tried to measure {f.load} ourselves and gave up.",
                ),
            )
        )

    # What a rep writes down.

    def no_answer(self) -> Words:
        self._calls += 1
        return Words(f"{_NTH[min(self._calls, len(_NTH)) - 1]} try", _turn(self._unreached))

    def good_call(self) -> Words:
        f = self.facts
        first = self._them.first_name
        notes = (
            f"{first} has {f.where} and about {f.meters} meters that nobody reads. Pays near {f.costs} a year; "
            f"wants 10% off {f.load}. Figures come from {f.system}. Driver: {f.driver}. "
            + (f"{first} signs." if f.decides_alone else f"{f.boss} ({f.boss_title}) signs."),
            f"25 minutes. They suspect {f.load} at weekends but cannot prove it. {f.meters} meters, {f.system}. "
            f"Must have figures for {f.driver}. Next: demo with {f.boss}, {f.boss_title}.",
            f"Wants {f.trade.per_piece} for every shift. {_capital(f.where)}, {f.meters} meters, bill near "
            f"{f.costs}. {first} drives it because of {f.driver}"
            + (" and holds the budget." if f.decides_alone else f"; {f.boss} holds the budget."),
        )
        return Words(f"{f.meters} meters, because of {f.driver}", self._rng.choice(notes))

    def short_call(self) -> Words:
        f = self.facts
        first = self._them.first_name
        notes = (
            f"Only five minutes, on the way to the shop floor. Interested because of {f.driver}. "
            f"Will send a list of meters; ring again when it is here.",
            f"Friendly, in a hurry. Asked what {f.meters} meters would cost. Wants {f.boss} in the next call.",
            f"{first} asked for a second call with the electrician present; nobody else knows the meters. "
            f"Works with {f.system} today.",
            f"Has compared two suppliers already and knows what to ask. Talks about {f.load} most of all. "
            f"Proper call agreed, one hour.",
        )
        return Words(f"Short talk about {f.driver}", self._rng.choice(notes))

    def poor_call(self, because: str) -> Words:
        f = self.facts
        first = self._them.first_name
        return {
            "authority": Words(
                "No say in energy",
                "Energy is bought and measured for the whole group, by its head office. No say here."
                if f.decides_alone
                else f"{first} collects the figures but does not decide; {f.boss} ({f.boss_title}) buys energy "
                f"for the whole group, and that contract was renewed this spring.",
            ),
            "budget": Words(
                "No budget this year",
                f"Likes it, but all spending is frozen until the new budget. {first} offers to talk again then.",
            ),
            "timing": Words(
                "Not before the new ERP",
                "They change their ERP first. Nothing else starts until that runs, in two quarters at best.",
            ),
            "need": Words(
                "No meters of their own",
                "Landlord owns the meters and passes the bill on by floor area. Nothing for them to measure.",
            ),
            "elsewhere": Words(
                "Signed elsewhere", "They signed with another supplier last month, three years."
            ),
            "reader": Words(
                "No project", f"{first} downloaded the guide for a course. No project, no plan for one."
            ),
        }[because]

    def first_appointment(self) -> Words:
        f = self.facts
        return Words(
            f"Walked through the {f.trade.site}",
            f"Two hours with {self._them.name} and the shift lead. Saw {f.load}; {f.meters} meters, none on a network. "
            f"{_capital(f.driver)} makes it urgent. {f.boss} ({f.boss_title}) came for the last half hour and asked "
            f"for an offer.",
        )

    # What a decision says.

    def answers(self, *, go_live: date) -> dict[str, str]:
        """Budget, authority, need and timing, as the rep ticks them off."""
        f, first = self.facts, self._them.first_name
        budget = f"{euros(f.price)} a year is inside the energy budget"
        return {
            "budget": f"{budget}, which {first} holds."
            if f.decides_alone
            else f"{budget}; {f.boss} has confirmed it.",
            "authority": f"{first} decides alone."
            if f.decides_alone
            else f"{f.boss}, {f.boss_title}, signs; {first} proposes.",
            "need": f"No figure per shift for {f.load}; works with {f.system}.",
            "timing": f"Live in {MONTHS[go_live.month - 1]}, in time for {f.driver}.",
        }

    def opportunity_name(self) -> str:
        f = self.facts
        return f"{self._them.account.name}: {f.meters} meters, {f.where}"
