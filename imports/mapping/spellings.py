"""The spellings by which a header is recognised, and those that say that it is no field of ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from imports.mapping.fields import FIELDS, TARGETS
from imports.mapping.keys import key_of, keys_of, words_of
from imports.mapping.match import BY_SYNONYM, BY_WEAK
from imports.vendors import Vendor
from leads.normalise.text import fold

# Headers that lists often have and that are no field of an import. Naming them keeps guesses by content or by spelling
# away from them ("County" is no misspelt country), and tells a line of headers from a line of values.
OTHER_HEADERS: Final = frozenset(
    fold(text).replace(" ", "")
    for text in (
        "id", "record id", "lead id", "contact id", "account id", "person id", "external id", "owner",
        "lead owner", "owner id", "contact owner", "account owner", "company owner", "sales rep", "status",
        "lead status", "stage", "lifecycle stage", "lead stage", "state", "state province",
        "mailing state province", "province", "county", "region", "street", "address", "address 1", "address 2",
        "street address", "zip", "zip code", "postcode", "postal code", "mailing zip postal code", "po box",
        "salutation", "prefix", "suffix", "middle initial", "gender", "birthday", "birth date",
        "age", "currency", "rating", "score", "lead score", "member rating", "tags", "type", "contact type",
        "priority", "source", "lead source", "original source", "campaign", "campaign name", "campaign id",
        "ad name", "adset name", "form name", "platform", "is organic", "department", "departments", "seniority",
        "function", "job function", "fax", "fax number", "revenue", "annual revenue", "amount", "value", "price",
        "quantity", "order", "order date", "ticket type", "attendee status", "attendee", "created", "created at",
        "created date", "create date", "created time", "creation date", "date", "time", "modified",
        "last modified", "last modified date", "updated at", "last activity", "last activity date", "last contact",
        "signup date", "sign up date", "optin time", "opt in", "opted in", "opt in time", "confirm time",
        "consent", "marketing consent", "subscribed", "newsletter", "email status", "email confidence",
        "technologies", "keywords", "seo description", "twitter", "facebook", "instagram", "skype", "xing",
        "connected on", "company linkedin url", "facebook url", "twitter url", "language", "time zone", "timezone",
        "ip", "latitude", "longitude", "number of orders", "interested", "no", "nr", "row", "email verified",
        "username id", "deal", "associated deal", "next appointment date", "stage of journey", "lead type", "list",
        "list name", "segment", "category", "product", "interest", "budget", "timeline",
    )
)  # fmt: skip
# Words that make a column another person's.
ANOTHERS: Final = frozenset(
    {
        "owner", "rep", "agent", "manager", "assistant", "assigned", "assignee", "spouse", "partner",
        "referrer", "referral", "referred", "sender", "creator", "created", "modified", "updated", "parent",
        "salesperson", "executive", "recruiter", "reports", "consultant", "dealer", "reseller", "emergency",
        "invited", "secretary", "colleague", "supervisor", "betreuer", "vertreter", "assistent", "assistentin",
        "assistenz", "sekretariat", "sekretarin",
    }
)  # fmt: skip
# Words that make a column somebody else's or something else.
_FOREIGN: Final = ANOTHERS | frozenset(
    {
        "facebook", "twitter", "instagram", "fax", "zip", "postcode", "postal", "id", "ids", "order", "invoice",
        "revenue", "amount", "price", "cost", "vat", "tax", "photo", "image", "avatar", "logo", "utm", "campaign",
        "landing", "form", "referer", "ip", "count", "total", "score", "opt", "consent", "subscribed",
        "status", "type", "category", "middle", "secondary", "alternate", "alternative", "other",
        "old", "previous", "former", "alt", *"23456789",
    }
)  # fmt: skip


@lru_cache(maxsize=4096)
def is_known_header(text: str) -> bool:
    """Whether lists use this text as a header, for a field of ours or for another."""
    return any(key in OTHER_HEADERS or key in spellings() for key in keys_of(text))


@lru_cache(maxsize=4096)
def field_of_header(text: str) -> str:
    """The field that lists mean by this header, "" for none."""
    if key_of(text) in OTHER_HEADERS:
        return ""
    return next((spellings()[key][0] for key in keys_of(text) if key in spellings()), "")


def is_foreign(header: str) -> bool:
    """Whether the header speaks of somebody or something else, so that only an exact spelling counts."""
    return not _FOREIGN.isdisjoint(words_of(header))


@lru_cache(maxsize=1)
def spellings() -> Mapping[str, tuple[str, float]]:
    """Each spelling's key with its field and how sure it is."""
    found: dict[str, tuple[str, float]] = {}
    for sure, attribute in ((BY_SYNONYM, "synonyms"), (BY_WEAK, "weak")):
        for target in FIELDS:
            for text in getattr(target, attribute):
                found.setdefault(key_of(text), (target.name, sure))
    return found


@lru_cache(maxsize=1)
def spelt_words() -> tuple[tuple[str, str], ...]:
    """Each spelling of four letters and more as words with blanks between, and its field."""
    found = {
        " ".join(words_of(text)): target.name
        for target in reversed(FIELDS)
        for text in (*target.weak, target.name, *target.synonyms)
    }
    return tuple((spelling, target) for spelling, target in found.items() if len(spelling) >= 4)


@dataclass(frozen=True, slots=True)
class Known:
    """By what the headers of one list can be recognised, beside the spellings of all lists."""

    labels: Mapping[str, Iterable[str]]  # field: its label now, then the former ones
    # By key, the field.
    current: Mapping[str, str]
    former: Mapping[str, str]
    words: Mapping[str, str]  # of other tools, and of teams
    names: Mapping[str, str]
    of_vendor: Mapping[str, str]  # header: field, "" for one left out
    vendor: str  # the program that made the list, "" where none is told
    fields_of_vendor: Mapping[
        str, str
    ]  # every header of that program, as `vendors.plain` has it, and its field


def known_spellings(
    labels: Mapping[str, Iterable[str]],
    words: Mapping[str, Iterable[str]],
    of_vendor: Mapping[str, str],
    vendor: Vendor | None,
) -> Known:
    """The labels and words turned round, so that a header's key leads to the field."""
    current: dict[str, str] = {}
    former: dict[str, str] = {}
    for target, texts in labels.items():
        if target in TARGETS:
            for place, text in enumerate(texts):
                (former if place else current).setdefault(key_of(str(text)), target)
    others = {key_of(text): target for target, texts in words.items() if target in TARGETS for text in texts}
    names = {key_of(target.name): target.name for target in FIELDS}
    fields = {text: field for field, texts in vendor.fields.items() for text in texts} if vendor else {}
    return Known(labels, current, former, others, names, of_vendor, vendor.name if vendor else "", fields)
