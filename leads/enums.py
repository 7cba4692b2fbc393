"""The canonical names (docs/glossary.md). Code, addresses and the database use the values; people read the labels."""

from dataclasses import dataclass
from typing import Final

from django.db import models

from terminology.labels import term


class Stage(models.TextChoices):
    """Where a lead is. Moves only through `leads.lifecycle`."""

    ANONYMOUS = "anonymous", term("stage.anonymous", "Marketing anonymous lead")
    SUSPECT = "suspect", term("stage.suspect", "Suspect")
    IDENTIFIED = "identified", term("stage.identified", "Marketing identified lead")
    PREQUALIFIED = "prequalified", term("stage.prequalified", "Pre-qualified lead")
    MARKETING_QUALIFIED = "marketing_qualified", term("stage.marketing_qualified", "Marketing qualified lead")
    SALES_ACCEPTED = "sales_accepted", term("stage.sales_accepted", "Sales accepted lead")
    SALES_QUALIFIED = "sales_qualified", term("stage.sales_qualified", "Sales qualified lead")
    CUSTOMER = "customer", term("stage.customer", "Customer")
    DISQUALIFIED = "disqualified", term("stage.disqualified", "Disqualified")


_SHORT = {
    Stage.ANONYMOUS: "Anonymous",
    Stage.SUSPECT: "Suspect",
    Stage.IDENTIFIED: "MIL",
    Stage.PREQUALIFIED: "Pre-qualified",
    Stage.MARKETING_QUALIFIED: "MQL",
    Stage.SALES_ACCEPTED: "SAL",
    Stage.SALES_QUALIFIED: "SQL",
    Stage.CUSTOMER: "Customer",
    Stage.DISQUALIFIED: "Disqualified",
}
_MEANING = {
    Stage.ANONYMOUS: "Somebody had contact with our marketing; we do not know who it is.",
    Stage.SUSPECT: "A cold name, purchased or researched, with no two-way communication. Not counted as a lead.",
    Stage.IDENTIFIED: "A person who gave us contact details for something of value, or who answered.",
    Stage.PREQUALIFIED: "Fits the ideal customer profile.",
    Stage.MARKETING_QUALIFIED: "Meets the criteria that both teams agreed on, and is handed to sales.",
    Stage.SALES_ACCEPTED: "A rep has confirmed the criteria one by one and will call.",
    Stage.SALES_QUALIFIED: "A rep has spoken with them and the qualification checklist is complete.",
    Stage.CUSTOMER: "A paying customer.",
    Stage.DISQUALIFIED: "Ended, with a reason.",
}
STAGE_SHORT: Final = {stage: term(f"stage.{stage.value}.short", text) for stage, text in _SHORT.items()}
STAGE_MEANING: Final = {
    stage: term(f"stage.{stage.value}.definition", text) for stage, text in _MEANING.items()
}

# The path that a lead takes, in order; `disqualified` may come after any of them.
STAGE_ORDER: Final = (
    Stage.ANONYMOUS,
    Stage.SUSPECT,
    Stage.IDENTIFIED,
    Stage.PREQUALIFIED,
    Stage.MARKETING_QUALIFIED,
    Stage.SALES_ACCEPTED,
    Stage.SALES_QUALIFIED,
    Stage.CUSTOMER,
)
OPEN_STAGES: Final = STAGE_ORDER[:-1]
EARLY_STAGES: Final = (
    Stage.SUSPECT,
    Stage.IDENTIFIED,
    Stage.PREQUALIFIED,
)  # known people, not yet handed over
SALES_STAGES: Final = (Stage.MARKETING_QUALIFIED, Stage.SALES_ACCEPTED, Stage.SALES_QUALIFIED)
# Anonymous visitors and suspects are not leads in any count (docs/glossary.md).
NOT_COUNTED_STAGES: Final = (Stage.ANONYMOUS, Stage.SUSPECT)
SWITCHABLE_STAGES: Final = (
    Stage.ANONYMOUS,
    Stage.PREQUALIFIED,
    Stage.SALES_ACCEPTED,
    Stage.SALES_QUALIFIED,
)


class Transition(models.TextChoices):
    """A step between stages, under the name that a button carries."""

    IDENTIFY = "identify", term("transition.identify", "Identify")
    PREQUALIFY = "prequalify", term("transition.prequalify", "Pre-qualify")
    QUALIFY_MARKETING = "qualify_marketing", term("transition.qualify_marketing", "Hand to sales")
    ACCEPT = "accept", term("transition.accept", "Accept")
    PASS_BACK = "pass_back", term("transition.pass_back", "Pass back")
    QUALIFY_SALES = "qualify_sales", term("transition.qualify_sales", "Qualify")
    FAST_TRACK = "fast_track", term("transition.fast_track", "Fast-track")
    WIN = "win", term("transition.win", "Win")
    DISQUALIFY = "disqualify", term("transition.disqualify", "Disqualify")
    REOPEN = "reopen", term("transition.reopen", "Reopen")
    RESTAGE = "restage", term("transition.restage", "Stage switched off")


@dataclass(frozen=True, slots=True)
class Route:
    """From where to where a transition leads when every stage is in use."""

    sources: tuple[Stage, ...]
    target: Stage


# The diagram of docs/architecture.md, written once; the FSM, the guards and docs/lifecycle.svg are made from it.
ROUTES: Final[dict[Transition, Route]] = {
    Transition.IDENTIFY: Route((Stage.ANONYMOUS, Stage.SUSPECT), Stage.IDENTIFIED),
    Transition.PREQUALIFY: Route((Stage.SUSPECT, Stage.IDENTIFIED), Stage.PREQUALIFIED),
    Transition.QUALIFY_MARKETING: Route(EARLY_STAGES, Stage.MARKETING_QUALIFIED),
    Transition.ACCEPT: Route((Stage.MARKETING_QUALIFIED,), Stage.SALES_ACCEPTED),
    Transition.PASS_BACK: Route((Stage.MARKETING_QUALIFIED, Stage.SALES_ACCEPTED), Stage.IDENTIFIED),
    Transition.QUALIFY_SALES: Route((Stage.SALES_ACCEPTED,), Stage.SALES_QUALIFIED),
    Transition.FAST_TRACK: Route((*EARLY_STAGES, Stage.MARKETING_QUALIFIED), Stage.SALES_QUALIFIED),
    Transition.WIN: Route((Stage.SALES_QUALIFIED,), Stage.CUSTOMER),
    Transition.DISQUALIFY: Route(OPEN_STAGES, Stage.DISQUALIFIED),
    Transition.REOPEN: Route((Stage.DISQUALIFIED,), Stage.IDENTIFIED),
}


def _ways_back(stage: Stage) -> tuple[Stage, ...]:
    """The stages before `stage`, nearest first, down to the nearest that can't be switched off."""
    ways: list[Stage] = []
    for earlier in reversed(STAGE_ORDER[: STAGE_ORDER.index(stage)]):
        ways.append(earlier)
        if earlier not in SWITCHABLE_STAGES:
            return tuple(ways)
    return ()


# Where `restage` may take the leads of a stage that the company switches off: the nearest of these that is in use. It
# is no step of a person. An anonymous visitor has nowhere to go back to and stays until the person is known.
RESTAGE_ROUTES: Final[dict[Stage, tuple[Stage, ...]]] = {
    stage: ways for stage in SWITCHABLE_STAGES if (ways := _ways_back(stage))
}


class SourceKind(models.TextChoices):
    PURCHASED_LIST = "purchased_list", term("source_kind.purchased_list", "Purchased list")
    EVENT = "event", term("source_kind.event", "Event")
    REFERRAL = "referral", term("source_kind.referral", "Referral")
    WEBSITE = "website", term("source_kind.website", "Website")
    CAMPAIGN = "campaign", term("source_kind.campaign", "Campaign")
    PROSPECTING = "prospecting", term("source_kind.prospecting", "Prospecting")
    PARTNER = "partner", term("source_kind.partner", "Partner")
    CRM = "crm", term("source_kind.crm", "Other CRM")


class Trust(models.IntegerChoices):
    """How far what a source says of people is to be believed, before they have done anything."""

    LOWEST = 1, term("trust.lowest", "Lowest")
    LOW = 2, term("trust.low", "Low")
    FAIR = 3, term("trust.fair", "Fair")
    HIGH = 4, term("trust.high", "High")


# A name that was bought has asked for nothing; somebody who came, or was sent by a friend, has.
SOURCE_TRUST: Final[dict[SourceKind, Trust]] = {
    SourceKind.PURCHASED_LIST: Trust.LOWEST,
    SourceKind.PROSPECTING: Trust.LOW,
    SourceKind.CRM: Trust.LOW,
    SourceKind.PARTNER: Trust.FAIR,
    SourceKind.CAMPAIGN: Trust.FAIR,
    SourceKind.EVENT: Trust.HIGH,
    SourceKind.WEBSITE: Trust.HIGH,
    SourceKind.REFERRAL: Trust.HIGH,
}
# Kinds whose people we did not get from themselves: they must be told where we have them from (GDPR, Art. 14).
NOT_FROM_THE_PERSON: Final = (SourceKind.PURCHASED_LIST, SourceKind.PARTNER)


class ReasonKind(models.TextChoices):
    PASS_BACK = "pass_back", term("reason_kind.pass_back", "Pass back")
    DISQUALIFY = "disqualify", term("reason_kind.disqualify", "Disqualification")
    REOPEN = "reopen", term("reason_kind.reopen", "Reopening")
    LOSS = "loss", term("reason_kind.loss", "Loss")


class PassBackPoint(models.TextChoices):
    """When a lead was passed back: the two blame different things (the definition, or the talk)."""

    ON_SIGHT = "on_sight", term("pass_back_point.on_sight", "On sight")
    AFTER_CALL = "after_call", term("pass_back_point.after_call", "After the call")


class Channel(models.TextChoices):
    WEB = "web", term("channel.web", "Web")
    EMAIL = "email", term("channel.email", "E-mail")
    PHONE = "phone", term("channel.phone", "Phone")
    CHAT = "chat", term("channel.chat", "Chat")
    EVENT = "event", term("channel.event", "Event")
    WEBINAR = "webinar", term("channel.webinar", "Webinar")
    SOCIAL = "social", term("channel.social", "Social")
    MEETING = "meeting", term("channel.meeting", "Meeting")
    OTHER = "other", term("channel.other", "Other")


class Seniority(models.TextChoices):
    C_SUITE = "c_suite", term("seniority.c_suite", "C-suite")
    VP = "vp", term("seniority.vp", "VP")
    DIRECTOR = "director", term("seniority.director", "Director")
    MANAGER = "manager", term("seniority.manager", "Manager")
    OTHER = "other", term("seniority.other", "Other")
    UNKNOWN = "unknown", term("seniority.unknown", "Unknown")


class JobFunction(models.TextChoices):
    EXECUTIVE = "executive", term("function.executive", "Executive")
    SALES = "sales", term("function.sales", "Sales")
    MARKETING = "marketing", term("function.marketing", "Marketing")
    IT = "it", term("function.it", "IT")
    ENGINEERING = "engineering", term("function.engineering", "Engineering")
    FINANCE = "finance", term("function.finance", "Finance")
    OPERATIONS = "operations", term("function.operations", "Operations")
    HR = "hr", term("function.hr", "People")
    LEGAL = "legal", term("function.legal", "Legal")
    PROCUREMENT = "procurement", term("function.procurement", "Procurement")
    PRODUCT = "product", term("function.product", "Product")
    SUPPORT = "support", term("function.support", "Support")
    OTHER = "other", term("function.other", "Other")
    UNKNOWN = "unknown", term("function.unknown", "Unknown")


class EmailKind(models.TextChoices):
    BUSINESS = "business", term("email_kind.business", "Business")
    FREE = "free", term("email_kind.free", "Free mail")
    ROLE = "role", term("email_kind.role", "Role address")
    DISPOSABLE = "disposable", term("email_kind.disposable", "Throw-away")
    NONE = "none", term("email_kind.none", "No e-mail")


class OwnerTeam(models.TextChoices):
    MARKETING = "marketing", term("owner_team.marketing", "Marketing")
    SALES = "sales", term("owner_team.sales", "Sales")


class KpiMeasure(models.TextChoices):
    """What a figure rewards; two that reward different things pull the teams apart."""

    COUNT = "count", term("kpi_measure.count", "How many")
    CONVERSION = "conversion", term("kpi_measure.conversion", "How many of them get on")
    REVENUE = "revenue", term("kpi_measure.revenue", "Revenue")
    SPEED = "speed", term("kpi_measure.speed", "How fast")
    COST = "cost", term("kpi_measure.cost", "What each one costs")


class CallToActionKind(models.TextChoices):
    """By what somebody raises a hand."""

    BUTTON = "button", term("call_to_action_kind.button", "Button")
    FORM = "form", term("call_to_action_kind.form", "Form")
    PHONE = "phone", term("call_to_action_kind.phone", "Telephone number")
    CHAT = "chat", term("call_to_action_kind.chat", "Chat")
    EMAIL = "email", term("call_to_action_kind.email", "E-mail address")
    IN_PERSON = "in_person", term("call_to_action_kind.in_person", "In person")


class ChallengeState(models.TextChoices):
    OPEN = "open", term("challenge_state.open", "Open")
    UPHELD = "upheld", term("challenge_state.upheld", "Upheld")
    REJECTED = "rejected", term("challenge_state.rejected", "Rejected")


class OpportunityStage(models.TextChoices):
    DISCOVERY = "discovery", term("opportunity_stage.discovery", "Discovery")
    DEMO_SCHEDULED = "demo_scheduled", term("opportunity_stage.demo_scheduled", "Demo scheduled")
    DEMO_COMPLETED = "demo_completed", term("opportunity_stage.demo_completed", "Demo completed")
    CONTRACT_SENT = "contract_sent", term("opportunity_stage.contract_sent", "Contract sent")
    CONTRACT_SIGNED = "contract_signed", term("opportunity_stage.contract_signed", "Contract signed")
    WON = "won", term("opportunity_stage.won", "Closed won")
    LOST = "lost", term("opportunity_stage.lost", "Closed lost")


OPEN_OPPORTUNITY_STAGES: Final = tuple(OpportunityStage)[:-2]
