"""How headers are compared: without case, accents and punctuation, and without the words around what they name."""

import re
from itertools import dropwhile
from typing import Final

from leads.normalise.text import fold

# Words around the name of a field that say whose it is and change nothing.
AROUND: Final = frozenset(
    {
        "person", "contact", "lead", "leads", "attendee", "customer", "prospect", "participant", "registrant",
        "delegate", "subscriber", "member", "guest", "user", "buyer", "primary", "preferred", "main",
        "default", "work", "business", "office", "direct", "mailing", "billing", "home", "value", "1", "your",
        "the", "of", "organization", "organisation", "company", "account", "emails", "phones", "current",
        "new", "geschaftlich", "geschaftliche", "dienstlich", "dienstliche", "beruflich", "professionnel",
        "professionnelle", "empresa", "trabajo", "lavoro", "arbeit", "besucher", "teilnehmer", "kontakt",
        "please", "enter", "zakelijk", "visitor", "original", "desc", "txt",
        "corporativo", "profissional", "profesional", "aziendale", "firmowy", "sluzbowy", "firemni", "pracovni",
        "speaker", "exhibitor", "recipient", "asker", "invitee", "corporate", "professional",
    }
)  # fmt: skip
# How databases that allow no long names write the words of a header.
_SHORTENED: Final = {
    "nm": "name",
    "nbr": "number",
    "cd": "code",
    "addr": "address",
    "ctry": "country",
    "desg": "designation",
}
_OF_QUESTION: Final = frozenset({"what", "whats", "s", "is", "are", "the", "your"})

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CUSTOM = re.compile(r"__c$", re.IGNORECASE)  # Salesforce's mark of a custom field
_WORD = re.compile(r"[^\W_]+")
_FIRST_OF_SEVERAL = re.compile(r"(?<=[a-z])1$")  # "Company1"


def words_of(text: str) -> list[str]:
    """The words of a header, however they are divided: "Work E-mail", "work_e_mail" and "WorkEMail" have the same."""
    return _WORD.findall(fold(_CAMEL.sub(" ", _CUSTOM.sub("", text.strip()))))


def key_of(text: str) -> str:
    """Letters and digits only: "E-mail Address", "email_address" and "EmailAddress" are the same."""
    return "".join(_WORD.findall(fold(_CUSTOM.sub("", text.strip()))))


def keys_of(text: str) -> list[str]:
    """The key of the header, then of what is left without numbering and without the words around it.

    A form asks "What's your e-mail address?" where a list says "E-mail address".
    """
    words = words_of(text)
    if words and words[0] in {"what", "whats"}:
        words = list(dropwhile(_OF_QUESTION.__contains__, words))
    words = [_SHORTENED.get(word, word) for word in (_FIRST_OF_SEVERAL.sub("", word) for word in words)]
    plain = "".join(word for word in words if word not in {"1", "value"})
    inner = "".join(without_around(words))
    return list(dict.fromkeys((key_of(text), plain, inner)))


def without_around(words: list[str]) -> list[str]:
    """The words without those at both ends that say whose something is; one at least is left."""
    first = 0
    last = len(words)
    while first < last - 1 and words[first] in AROUND:
        first += 1
    while last > first + 1 and words[last - 1] in AROUND:
        last -= 1
    if last > first + 1 and words[last - 1 : last + 1] in (["in", "your"], ["at", "your"], ["in", "the"]):
        last -= 1  # "Role in your company"
    return words[first:last]
