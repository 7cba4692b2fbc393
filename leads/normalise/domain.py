"""Web domains: what of a URL, host or mail domain somebody registered, offline by the Public Suffix List."""

import re
from functools import cache, lru_cache
from typing import Final

import idna
from publicsuffixlist import PublicSuffixList

from leads.normalise.email import BUSINESS, is_disposable_domain, is_free_domain, kind_of_domain
from leads.normalise.vocabulary import words_of

DOMAINS_REMEMBERED: Final = 65_536  # a list names each company a few times; about 12 MB

_SCHEME: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:/+|https?[:/]+|//|mailto:)", re.IGNORECASE)
_END_OF_HOST: Final = re.compile(r"[/?#\\\s,;|]")
_PORT: Final = re.compile(r":[0-9]*")
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+")
_LONGEST_HOST: Final = 253  # octets, RFC 1035
_DOTS: Final = str.maketrans("。．｡", "...")

# Names that only mean something inside one network (RFC 6761, 6762, 7686, 8375, ICANN's "internal").
_LOCAL_TOP_LEVELS: Final = words_of("alt arpa internal invalid lan local localhost onion")
# A path below these is somebody's page there: a company's profile is not the company's domain.
_SHARED_SITES: Final = words_of(
    """
    about.me amazon.com behance.net bit.ly crunchbase.com facebook.com fb.com github.com glassdoor.com
    goo.gl google.com instagram.com kununu.com linkedin.com linktr.ee medium.com pinterest.com reddit.com
    t.co t.me telegram.me tiktok.com trustpilot.com twitter.com vimeo.com vk.com wikipedia.org x.com
    xing.com yelp.com youtu.be youtube.com
    """
)


@cache
def _suffixes() -> PublicSuffixList:
    """The list that comes with the package, read at the first use (0.15 s)."""
    return PublicSuffixList()


@lru_cache(maxsize=DOMAINS_REMEMBERED)
def registrable_domain(text: str) -> str:
    """The domain that somebody registered, in lower case and Unicode, from a URL, a host or an e-mail address.

    "" where there is none: an IP address, a bare public suffix ("co.uk"), a name inside a network, anything else.
    """
    return _registrable(text if _HOST.fullmatch(text) else _host(text))


def company_domain(*, email: str, website: str) -> str:
    """The domain that stands for the company: that of the website, else of the e-mail address, else "".

    Pages on a shared site (a LinkedIn profile) and free or throw-away mail say nothing about the company.
    """
    domain = _website_domain(website)
    if domain or not email:
        return domain
    domain = email.rpartition("@")[2]
    return registrable_domain(domain) if kind_of_domain(domain) == BUSINESS else ""


@lru_cache(maxsize=DOMAINS_REMEMBERED)
def _website_domain(website: str) -> str:
    if not website:
        return ""
    domain = registrable_domain(website)
    if is_free_domain(domain) or is_disposable_domain(domain):
        return ""
    return "" if domain in _SHARED_SITES and _has_path(website) else domain


def _without_scheme(text: str) -> str:
    text = text.strip()
    found = _SCHEME.match(text)
    return text[found.end() :] if found else text


def _has_path(website: str) -> bool:
    rest = _without_scheme(website)
    return bool(rest.partition("/")[2].strip("/ "))


def _host(text: str) -> str:
    """The host part in lower case, without scheme, user, port, path and closing dot."""
    rest = _without_scheme(text)
    rest = _END_OF_HOST.split(rest, maxsplit=1)[0].rpartition("@")[2]
    name, colon, port = rest.partition(":")
    if colon and not _PORT.fullmatch(colon + port):
        return ""  # an IPv6 address, or no host at all
    return name.translate(_DOTS).removesuffix(".").lower()


def _registrable(host: str) -> str:
    if len(host) > _LONGEST_HOST:
        return ""
    if not host.isascii() or "xn--" in host:
        host = _in_unicode(host)
    elif not _HOST.fullmatch(host):
        return ""
    top_level = host.rpartition(".")[2]
    if top_level.isdigit() or top_level in _LOCAL_TOP_LEVELS:
        return ""
    return _suffixes().privatesuffix(host) or ""


def _in_unicode(host: str) -> str:
    """The one spelling of an international name: xn--mnchen-3ya.de and MÜNCHEN.de are münchen.de; "" if it is none."""
    try:
        return idna.decode(idna.encode(host, uts46=True))
    except (idna.IDNAError, UnicodeError):
        return ""
