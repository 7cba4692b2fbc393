"""Who must not be written to: what headers and cells of lists say about it, in the languages that lists come in.

There are columns of those who have opted out ("Unsubscribed: yes"), columns that ask for leave ("GDPR consent: no"),
and a status that names it among others. An opt-out is heard in each of them, an opt-in in none.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from imports.mapping.keys import key_of, words_of
from imports.mapping.match import BY_PERMISSION, Match
from leads.normalise.text import fold

# A status of somebody who must not be written to, or whose mailbox takes nothing.
UNSUBSCRIBED: Final = frozenset(
    {
        "unsubscribed", "unsubscribe", "opted out", "opted-out", "opt out", "opt-out", "optout", "opted_out", "cleaned",
        "suppressed", "do not contact", "do not email", "do not mail", "do-not-contact", "dnc",
        "blacklisted", "blocklisted", "bounced", "hard bounce", "hard bounced", "hardbounce", "complained", "complaint",
        "spam complaint", "marked as spam", "reported as spam",
        "abgemeldet", "ausgetragen", "bereinigt", "gesperrt", "widerrufen", "gebounced", "werbesperre",
        "désabonné", "désabonnée", "désinscrit", "désinscrite", "nettoyé",
        "dado de baja", "dada de baja", "baja", "desuscrito", "no suscrito", "depurado", "disiscritto", "cancellato",
        "disiscritta", "eliminato", "uitgeschreven", "afgemeld", "opgeschoond", "descadastrado", "cancelado", "limpo",
        "avregistrerad", "avprenumererad", "avmeldt", "frameldt", "afmeldt", "wypisany", "wypisana", "odhlášen",
        "odhlášena", "leiratkozott", "отписан", "отписался", "отписалась", "配信停止", "退订", "已退订", "수신거부",
    }
)  # fmt: skip
# Of these, words that mean something else in other lists: an order, or a place at an event, is cancelled too.
_UNCERTAIN: Final = frozenset(
    {"cancelado", "cancellato", "eliminato", "limpo", "baja", "cleaned", "gesperrt", "bereinigt", "nettoyé", "depurado",
     "opgeschoond", "abgemeldet", "avmeldt", "frameldt", "afmeldt"}
)  # fmt: skip
# The status of all others.
SUBSCRIBED: Final = frozenset(
    {
        "subscribed", "nonsubscribed", "non-subscribed", "not subscribed", "opted in", "opted-in", "opt-in", "opt in",
        "never subscribed", "never_subscribed", "active", "unconfirmed", "abonniert", "angemeldet", "nicht abonniert",
        "abonné", "abonnée", "non abonné",
        "inscrit", "inscrite", "suscrito", "suscrita", "iscritto", "iscritta", "non iscritto", "ingeschreven",
        "geabonneerd", "aangemeld", "inscrito", "prenumererar", "abonnerer", "zapisany", "zapisana", "přihlášen",
        "feliratkozott", "подписан",
    }
)  # fmt: skip
PENDING: Final = frozenset({"pending", "ausstehend", "en attente", "pendiente", "in attesa", "pendente"})
# A plain no.
NO: Final = frozenset(
    {
        "no", "n", "false", "f", "0", "0.0", "nein", "non", "nee", "nej", "nei", "nie", "ne", "não", "nem", "ei", "nu",
        "hayır", "hayir", "nao", "falsch", "faux", "falso", "onwaar", "не", "нет", "ні", "όχι", "いいえ", "否", "不",
        "아니오", "아니요",
        "لا", "לא",
    }
)  # fmt: skip
_YES: Final = frozenset(
    {
        "yes", "y", "true", "t", "1", "1.0", "x", "ok", "okay", "ja", "j", "oui", "o", "si", "sí", "sì", "s", "sim",
        "tak", "ano", "áno", "da", "igen", "evet", "kyllä", "wahr", "vrai", "vero", "waar", "да", "так", "ναι", "はい",
        "是", "예", "네", "نعم", "כן",
    }
)  # fmt: skip
# What else is said where somebody was asked for leave.
_REFUSED: Final = frozenset(
    {
        "denied", "declined", "refused", "rejected", "withdrawn", "revoked", "objected", "objection",
        "consent withdrawn",
        "consent revoked", "einwilligung widerrufen", "widerruf", "widerspruch", "not granted", "not allowed",
        "do not allow", "disallowed", "abgelehnt", "verweigert", "widersprochen", "nicht erteilt", "refusé", "refusée",
        "retiré", "révoqué", "rifiutato", "negato", "revocato", "rechazado", "denegado", "revocado", "recusado",
        "geweigerd", "ingetrokken", "odmowa", "✗", "✘", "❌", "希望しない", "不要", "拒否", "不同意", "거부", "미동의",
    }
)  # fmt: skip
_AGREED: Final = frozenset(
    {
        "granted", "given", "consent given", "einwilligung erteilt",
        "accepted", "agreed", "allowed", "allow", "express", "implied", "consented", "confirmed",
        "erteilt", "zugestimmt", "erlaubt", "accordé", "accordée", "accepté", "accordato", "accettato", "aceptado",
        "concedido", "verleend", "✓", "✔", "✅", "☑", "希望する", "同意", "동의",
    }
)  # fmt: skip
_NOT_OPTED_OUT: Final = SUBSCRIBED | PENDING | NO | {
    "", "none", "null", "-", "–", "n/a", "nicht", "never", "not opted out", "allow", "allowed", "[]", "{}",
    "no consent",  # what Pipedrive says of everybody who has not been asked yet
}  # fmt: skip
_NO_THANKS: Final = re.compile(
    r"(?:no|nein|non|nee|nej|nie|ne|não)"
    r"(?:[,.;:!]| ?[–—-] | (?:thanks?|thank you|danke|merci|grazie|gracias|bedankt|tack|i\b))",
    re.IGNORECASE,
)

_OUT: Final = re.compile(
    r"unsubscri|\bunsub\b|\bopt(?:ed|s)?[ _-]*out|\bdo[ _-]*not[ _-]*(?:contact|e-?mail|mail|disturb|market|send)"
    r"|\bdnc\b|black[ _-]*list|block[ _-]*list|\bsuppress|\brobinson"
    r"|abgemeldet|abmeld|ausgetragen|austragung|(?:werbe|kontakt|mail|mailing|newsletter|versand)[ -]?sperre"
    r"|sperrvermerk|widerspruch|nicht (?:kontaktieren|anschreiben|mailen)"
    r"|(?:consent|permission|\bopt[ _-]*in|einwilligung|zustimmung)\b.{0,12}\b(?:withdrawn|revoked|widerrufen)"
    r"|widerrufen am|dezabon|desabonn|desinscri|\bne (?:pas|souhaite pas|veut pas|desire pas)|liste rouge"
    r"|de baja\b|no contactar|no (?:desea|quiere|enviar)|disiscri|non contattare|non desidera"
    r"|uitgeschreven|uitschrijv|afgemeld|niet (?:mailen|benaderen|contacteren)"
    r"|descadastr|nao (?:contatar|enviar|deseja)"
    r"|avregistr|avprenumer|avmeld|framel|afmeld|\bvill (?:ej|inte)|onskar (?:ej|inte)|onsker ikke|kontakta (?:ej|inte)"
    r"|wypisan|rezygnac|nie kontaktowac|odhlas|neposilat|nekontaktovat|leiratkoz|abonelikten"
    r"|отпис|не беспокоить|не писать|配信停止|受信拒否|配信不要|退订|拒收|수신 ?거부|[إا]لغاء الاشتراك"
    r"|הסרה|הוסר|απεγγραφ"
)
_LEAVE: Final = re.compile(
    r"consent|permission|\bopt(?:ed|s)?[ _-]*in\b|\bgdpr\b|\bdsgvo\b|\brgpd\b"
    r"|\b(?:may|can|could|shall) we (?:contact|e-?mail|write|send|keep|get in touch|inform)"
    r"|\b(?:agree|agrees|happy|ok|okay|wish|wants?|like) to (?:be (?:contacted|e-?mailed|informed)|receive|hear|get)"
    r"|\be?-?mail(?:ing)? ?(?:ok|okay|allowed)\b|\bcontact (?:ok|allowed)\b|\bcontactable\b"
    r"|\ballow(?:s|ed)?[ _-]*(?:marketing|e-?mail|contact|bulk)|\baccept(?:s|ed)?[ _-]*(?:marketing|e-?mail)"
    r"|\bmarketing[ _-]*(?:ok|allowed|accepted|e-?mails?|communications?|messages|agree\w*)\b"
    r"|einwillig|zustimm|erlaub|\b(?:durfen|konnen) wir|werbung|werbe(?:mail|info)|infomail|mailings? (?:ja|erwunscht)"
    r"|consentement|\baccepte\b|\bacceptez|\bautoris|souhaite (?:recevoir|etre)|\bconsenso\b|consentimiento|\bacepta"
    r"|\bautoriza|desea recibir|desidera ricevere|\baceita|deseja receber|toestemming"
    r"|wil (?:graag )?(?:mail|nieuws|informatie)"
    r"|samtyck|samtykk|\bzgod[ay]|souhlas|hozzajarul|\bizin|\bizni|\bonay|\briza\b"
    r"|соглас|メール配信|配信希望|配信可否|同意|수신 ?동의|동의|موافق|הסכמה|συγκαταθεσ|συναινεσ"
)
# Of another way than by e-mail, of one list or campaign among several, or how and when something was said.
_OTHER_WAY: Final = re.compile(
    r"newsletter|nieuwsbrief|nyhe[td]sbrev|novinek|hirlevel|bulten|рассылк|メルマガ|النشرة|ενημερωτικ"
    r"|\b(?:sms|fax|phone|calls?|calling|telefon\w*|telephone|anruf\w*|whatsapp|mobile|direct mail|postal|post)\b"
    r"|\b(?:campaign|count|rate|number|total|link|url|title|lists|types?|version|method|source|ip|double|confirm\w*|terms|"
    r"conditions|cookies?|id|doi|recording|photos?|video|filming)\b|oftax|offax|fax$|sms$"
)


@lru_cache(maxsize=4096)
def is_of_other_way(header: str) -> bool:
    """Whether a column is of another way than by e-mail, or of one campaign among several."""
    return _OTHER_WAY.search(_plain(header)) is not None


@lru_cache(maxsize=4096)
def is_out_header(header: str) -> bool:
    """Whether a column is of those who have opted out."""
    text = _plain(header)
    return _OUT.search(text) is not None and not _OTHER_WAY.search(text)


@lru_cache(maxsize=4096)
def is_leave_header(header: str) -> bool:
    """Whether a column asks for leave to write to somebody."""
    text = _plain(header)
    return _LEAVE.search(text) is not None and not _OUT.search(text) and not _OTHER_WAY.search(text)


def is_opt_out(text: str) -> bool:
    """Whether a cell of the opt-out column says that the person must not be contacted: everything but a clear no."""
    return text.strip().casefold() not in _NOT_OPTED_OUT


def is_refusal(text: str) -> bool:
    """Whether a cell of a column that asks for leave, or of a status, plainly says no; all else says nothing."""
    said = text.strip().casefold()
    return said in NO or said in UNSUBSCRIBED or said in _REFUSED or _NO_THANKS.match(said) is not None


def is_unsubscribed(text: str) -> bool:
    """Whether words beside an address say that it must not be written to, or takes nothing."""
    return text.strip(" .:!").casefold() in UNSUBSCRIBED


def asks_for_leave(texts: Sequence[str]) -> bool:
    """Whether these cells of a column with such a header are what people answered.

    "FALSE" and "0" are what a program writes for all whom nobody has asked, so they are no answer.
    """
    said = [text.strip().casefold() for text in texts]
    no = sum(map(is_refusal, said))
    yes = sum(
        word in _YES or word in _AGREED or word in SUBSCRIBED or word.startswith(("yes,", "ja,", "oui,"))
        for word in said
    )
    return no + yes >= max(1, len(said) / 2) and _OF_PROGRAMS.isdisjoint(said)


_OF_PROGRAMS: Final = frozenset({"false", "f", "0", "0.0", "falsch", "faux", "falso"})


def _plain(header: str) -> str:
    return " ".join(re.sub(r"[_\s]+", " ", fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header))).split())


# --- What a column is by that -------------------------------------------------------------------------------------

# Headers that say little alone: whether they are ours is told by the values.
_STATUS_HEADERS: Final = frozenset(
    {"status", "memberstatus", "subscriptionstatus", "emailstatus", "emailmarketingstatus", "marketingstatus",
     "subscription", "subscribed", "contactstatus", "subscriberstatus"}
)  # fmt: skip
_STATUS_WORDS: Final = frozenset(
    {"status", "statut", "stato", "estado", "stav", "durum", "статус", "ステータス", "状态"}
)


def by_permission(header: str, values: Sequence[str]) -> Match | None:
    """What a column says of who must not be written to; None where it has no values or says nothing of it."""
    if not values or is_of_other_way(header):
        return None
    words = {text.casefold() for text in values}
    is_status = key_of(header) in _STATUS_HEADERS or not _STATUS_WORDS.isdisjoint(words_of(header))
    if words <= UNSUBSCRIBED | SUBSCRIBED | PENDING and (is_status or words & UNSUBSCRIBED):
        target = "may_contact" if words <= {"active"} else "opted_out"
        return Match(target, BY_PERMISSION, "Its values say who has unsubscribed.")
    if is_status and words & UNSUBSCRIBED - _UNCERTAIN:
        return Match("may_contact", BY_PERMISSION, "Some of its values say who has unsubscribed.")
    if is_leave_header(header) and asks_for_leave(values):
        why = "A plain no in it counts as an opt-out, a yes changes nothing."
        return Match("may_contact", BY_PERMISSION, why)
    return None
