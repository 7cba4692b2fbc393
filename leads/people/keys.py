"""What saved rows are matched by, set whenever one is saved by any way, and the forms of a do-not-contact entry."""

from leadops.errors import LeadOpsError
from leads import normalise
from leads.enums import EmailKind
from leads.models import Account, Contact, Suppression
from leads.people.person import company_key_of, name_key_of
from leads.people.spelling import host_of, mailbox_key, mailbox_of, number_of


def contact_keys(contact: Contact) -> None:
    """Set what a contact is matched by from what a person typed. What is no address is its own key, lower-cased."""
    contact.name_key = name_key_of(contact.first_name, contact.last_name)
    if not contact.email:
        contact.email_key, contact.email_kind = "", EmailKind.NONE
        return
    try:
        contact.email_key = normalise.normalise_email(contact.email)
    except LeadOpsError:
        contact.email_key = contact.email.strip().casefold()
    contact.email_kind = normalise.email_kind(contact.email_key)


def account_keys(account: Account) -> None:
    """Set what an account is matched by."""
    account.name_key = company_key_of(account.name)
    account.domain = normalise.registrable_domain(account.domain) if account.domain else ""


def suppression_value(*, kind: str, value: str) -> str:
    """The normal form of a do-not-contact entry: what evasions by case, blanks, dots, tags or Unicode come back to."""
    if kind == Suppression.Kind.DOMAIN:
        return host_of(value)
    if kind == Suppression.Kind.PHONE:
        return number_of(value)
    if kind == Suppression.Kind.ERASED:
        return value
    return mailbox_of(value)


def suppression_keys(email: str) -> list[str]:
    """The forms of one mailbox that an entry may have: as all its spellings share it, and as it is spelt."""
    return list(dict.fromkeys([mailbox_key(email), email]))
