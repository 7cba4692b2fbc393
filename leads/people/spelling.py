"""The many ways to spell one mailbox, and the one under which the do-not-contact list knows it."""

import hashlib
import hmac
import re
import unicodedata
from functools import cache
from typing import Final

from django.conf import settings

from leadops.errors import LeadOpsError
from leads import normalise

# Google's own rules: dots in the name mean nothing, and both domains lead to one mailbox.
GMAIL: Final = "gmail.com"
GOOGLE_HOSTS: Final = frozenset({GMAIL, "googlemail.com"})
_AROUND_THE_AT: Final = re.compile(r"\s*@\s*")
_BROKEN: Final = re.compile(r"[\r\n\0]")
_LONGEST_DOMAIN: Final = 253
# Letters that look like a Latin one, small or great: addresses are kept in small letters. Cyrillic, Greek and Turkish;
# Armenian and those of phonetic script; small capitals; Cherokee.
_LOOK_ALIKE_PAIRS: Final = (
    "аaвbеeѕsіiјjкkмmнhоoрpсcтtуyхxһhԁdԛqԝwӏlүyѵvԍgαaβbεeζzηhιiκkμmνnοoρpτtυyχxϲcıi"
    "օoոnսuհhցgզqɑaɡgɩiıi"
    "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz"
    "ꭰdꭱrꭲtꭵiꭺaꭻjꭼeꮃwꮇmꮋhꮐgꮓzꮢrꮥsꮩvꮪsꮮlꮯcꮲpꮶkᏼb"
)
# Signs that only choose among the looks of the one before, and show nothing themselves.
_UNSEEN: Final = dict.fromkeys([*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
_DOTTED: Final = "i\u0307"  # what becomes of the great i with a dot of Turkish in small letters
_LOOK_ALIKES: Final = {
    ord(sign): latin
    for other, latin in zip(_LOOK_ALIKE_PAIRS[::2], _LOOK_ALIKE_PAIRS[1::2], strict=True)
    for sign in (other, other.upper())
    if not sign.isascii()
}


def read_address(text: str) -> str:
    """`normalise_email`, and where that refuses or keeps look-alikes: once more, straightened.

    Takes what can mean one address only: full-width and other compatibility forms of plain signs, blanks around the @
    or in the domain, a dot at the end of the domain. Raises InvalidEmail with the sentence about the text as it stands.
    """
    try:
        address = normalise.normalise_email(text)
    except LeadOpsError as refusal:
        plain = straightened(text)
        # What is no plain text even then, or has a line break inside, was not typed as an address.
        if plain == text or _BROKEN.search(text.strip()) or not plain.rpartition("@")[0].isascii():
            raise
        try:
            return normalise.normalise_email(plain)
        except LeadOpsError:
            raise refusal from None
    if address.isascii():
        return address
    return _plain_local(address)


def straightened(text: str) -> str:
    """The text with compatibility forms made plain, and no blanks or closing dots where an address has none."""
    text = normalise.clean_text(unicodedata.normalize("NFKC", text).translate(_UNSEEN))
    local, at, host = _AROUND_THE_AT.sub("@", text).rpartition("@")
    host, bracket, rest = host.partition(">")
    return f"{local}{at}{''.join(host.split()).rstrip('.')}{bracket}{rest}"


def _plain_local(address: str) -> str:
    local, at, host = address.rpartition("@")
    plain = unicodedata.normalize("NFKC", local).translate(_UNSEEN).lower()
    return f"{plain}{at}{host}" if plain.isascii() else address


def mailbox_key(address: str) -> str:
    """What all spellings of one mailbox share: no plus-tag anywhere, no dots where the provider ignores them.

    For addresses as `normalise_email` returns them.
    """
    if not address.isascii():
        address = _plain_local(address)
    local, at, host = address.rpartition("@")
    if "+" in local:
        local = local.partition("+")[0] or local
    if host in GOOGLE_HOSTS:
        local, host = local.replace(".", "") or local, GMAIL
    return f"{local}{at}{host}"


def looks_like(address: str) -> str:
    """The plain address that nobody can tell this one from by its look; "" for one in plain letters or in others.

    Whoever writes a Cyrillic "і" into an address that must not be written to shall not get past the list with it.
    """
    if address.isascii():
        return ""
    plain = (
        unicodedata.normalize("NFKC", address).translate(_UNSEEN | _LOOK_ALIKES).lower().replace(_DOTTED, "i")
    )
    return plain if plain.isascii() else ""


def mailboxes_of(address: str) -> list[str]:
    """The mailboxes under which an entry may hold an address: as it is spelt, its own, and that which it looks like."""
    found = [address, mailbox_key(address)]
    if look := looks_like(address):
        found.append(mailbox_key(look))
    return found


def mailbox_of(text: str) -> str:
    """The mailbox that a person's text names, whatever way it is spelt; what is no address is its own key."""
    try:
        return mailbox_key(read_address(text))
    except LeadOpsError:
        return "".join(straightened(text).casefold().split())


def host_of(text: str) -> str:
    """The host that a text names, in lower case and Unicode: of `www.Firm.example.`, `@firm.example` or a page."""
    text = "".join(normalise.clean_text(unicodedata.normalize("NFKC", text)).split()).rstrip(".").lower()
    host = text.rpartition("//")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    host = host.strip(".").removeprefix("www.")
    if "xn--" in host or not host.isascii():
        # The registrable part comes back in Unicode; what stands before it is kept.
        known = normalise.registrable_domain(host)
        labels = host.split(".")[: -len(known.split("."))] if known else []
        host = ".".join([*labels, known]) if known else host
    return host[:_LONGEST_DOMAIN]


def hosts_above(host: str) -> list[str]:
    """The host and every name above it that somebody can own: mail.firm.example, firm.example."""
    parts = host.split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]


def number_of(text: str, *, country: str = "") -> str:
    """The telephone number in E.164, else its digits."""
    if text.startswith("+") and text[1:].isdecimal() and text.isascii():
        return text
    try:
        return normalise.normalise_phone(text, country=country or settings.LEADOPS["DEFAULT_COUNTRY"])
    except LeadOpsError:
        return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdecimal())


@cache
def _hash_key(configured: str, secret: str) -> bytes:
    return hashlib.sha256(f"leads.suppression:{configured or secret}".encode()).digest()


def erased_hash(kind: str, value: str) -> str:
    """What is kept of somebody who was erased: a keyed hash of the mailbox or the number, from which nobody is read.

    `kind` is "email" or "phone"; `value` as `mailbox_key` or `number_of` returns it.
    """
    key = _hash_key(settings.LEADOPS["ERASED_KEY"], settings.SECRET_KEY)
    return hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()
