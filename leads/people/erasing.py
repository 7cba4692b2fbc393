"""Forgetting one person: what is known of them goes everywhere, what happened stays without them.

Their rows are emptied or go. Then every text and every JSON column of every table is searched for their addresses,
numbers and names, whichever app it belongs to, so that a note about them in another place goes too. Counts, steps,
moments and who did what remain. A keyed hash remembers them on the do-not-contact list.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from leadops.errors import LeadOpsError
from leads.models import (
    Activity,
    Challenge,
    Contact,
    DefinitionExample,
    FormerKey,
    Lead,
    LiftedEntry,
    Merge,
    Opportunity,
    QualificationAnswer,
    StageChange,
    Suppression,
)
from leads.people.spelling import erased_hash, mailbox_of, number_of
from leads.signals import person_erased

MAY_ERASE: Final = "leads.erase_contact"
GONE: Final = "[erased]"
REASON: Final = "Erased at the person's wish"
LONGEST_REASON: Final = 150  # characters; with what stands before it, it fits the entries of the hashes
AT_ONCE: Final = 500  # rows that are rewritten together
SHORTEST: Final = (
    6  # characters; a shorter text would be found in words that have nothing to do with the person
)
_OF_PERSON: Final = ("first_name", "last_name", "email", "phone", "title", "city", "linkedin_url", "country")
# What holds no text of people, or is not ours to rewrite.
_LEFT_ALONE: Final = {
    "auth.permission",
    "auth.group",
    "auth.user",
    "contenttypes.contenttype",
    "sessions.session",
}


class ErasingRefused(LeadOpsError):
    """Nobody is erased; the sentence says what to do."""


@dataclass(slots=True)
class Erased:
    """What forgetting a person did."""

    contacts: int = 0
    leads: int = 0
    rows: int = 0  # in which a text about the person was taken out, beside the person's own
    hashes: int = 0


@dataclass(frozen=True, slots=True)
class Stays:
    """How much of what happened with a person stays without them."""

    leads: int
    steps: int
    activities: int


@dataclass(slots=True)
class _Known:
    """By what a person is to be found."""

    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)  # of the names, each by itself, without particles

    def add(self, columns: dict[str, Any]) -> None:
        """Take up what one state of the person's row says."""
        country = columns.get("country") or ""
        for name in ("email", "email_key"):
            if text := columns.get(name):
                self.emails |= {text, mailbox_of(text)}
        if text := columns.get("phone"):
            self.phones |= {text, number_of(text, country=country)}
        if text := columns.get("linkedin_url"):
            self.links.add(text)
        first, last = columns.get("first_name") or "", columns.get("last_name") or ""
        self.words.update(word for word in re.split(r"[^\w'’-]+", f"{first} {last}") if len(word) > 2)
        if first and last:
            self.names |= {f"{first} {last}", f"{last} {first}", f"{last}, {first}", f"{last},{first}"}

    def texts(self, *, with_names: bool) -> list[str]:
        """What is searched for, the longest first, so that no half of an address stays."""
        bare = {number.removeprefix("+") for number in self.phones}
        found = self.emails | self.phones | bare | self.links | (self.names if with_names else set())
        return sorted({text for text in found if len(text) >= SHORTEST}, key=lambda text: (-len(text), text))


def foresee(contact: Contact) -> Stays:
    """What would stay of this person's leads if the person were erased."""
    of_person = {"lead__contact": contact}
    return Stays(
        leads=Lead.objects.filter(contact=contact).count(),
        steps=StageChange.objects.filter(**of_person).count(),
        activities=Activity.objects.filter(**of_person).count(),
    )


def is_forgotten(contact: Contact) -> bool:
    """Whether the row was emptied already: nothing of it says who it was."""
    return contact.opted_out_at is not None and not any(getattr(contact, name) for name in _OF_PERSON)


def erase(
    *, contact: Contact | None, address: str = "", reason: str = "", by: User | None, now: datetime
) -> Erased:
    """Forget `contact`, or somebody of whom only the `address` (or number) is known.

    `reason` is kept, so it names nobody. `by` is None for the command line; anybody else has to say one.
    Raises `ErasingRefused`.
    """
    reason = " ".join(reason.split())
    _refuse(contact=contact, address=address, reason=reason, by=by)
    result = Erased()
    with transaction.atomic():
        known = _Known()
        if address:
            known.add({"email": address.strip()} if "@" in address else {"phone": address.strip()})
        ids: list[int] = []
        if contact is not None:
            current = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
            if is_forgotten(current) and by is not None:
                raise ErasingRefused("Somebody else has erased this person already. Nothing was changed.")
            ids = _all_that_is_known(current, known)
        _refuse_telling(reason, known)
        leads = list(Lead.objects.filter(contact__in=ids).values_list("pk", flat=True))
        others = _namesakes(contact) if contact is not None else False
        texts = known.texts(with_names=not others)
        _empty(ids, leads, now=now)
        person_erased.send(sender=Contact, contact_ids=ids, lead_ids=leads, texts=texts, now=now)
        result.rows = sum(_scrub(model, texts) for model in apps.get_models() if _is_searched(model))
        result.hashes = _remember(known, reason=reason, by=by, now=now)
        result.contacts, result.leads = int(contact is not None), len(leads)
        if by is not None and contact is not None:
            _log(contact.pk, reason=reason, by=by, now=now)
    return result


def _refuse(*, contact: Contact | None, address: str, reason: str, by: User | None) -> None:
    if by is not None and not by.has_perm(MAY_ERASE):
        raise ErasingRefused("Your role does not erase people. Ask RevOps or an administrator.")
    if by is not None and not reason:
        raise ErasingRefused("Say why the person is erased, such as the date of the request.")
    if len(reason) > LONGEST_REASON:
        raise ErasingRefused(f"The reason has {len(reason):,} characters; {LONGEST_REASON} is the most.")
    if contact is None and len(address.strip()) < SHORTEST:
        raise ErasingRefused("Say whom: the number of the row, an e-mail address or a telephone number.")


def _refuse_telling(reason: str, known: "_Known") -> None:
    """Refuse a reason from which one could tell who it was: it stays in the log when the person is gone."""
    told = next(
        (
            word
            for word in sorted(known.words)
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", reason, re.IGNORECASE)
        ),
        "",
    )
    told = told or next((text for text in known.texts(with_names=True) if text.lower() in reason.lower()), "")
    if told or "@" in reason:
        raise ErasingRefused(
            f"The reason is kept, so it must not tell who it was. Leave “{told or '@'}” out, and write the date or the "
            "number of the request instead."
        )


def _log(pk: int, *, reason: str, by: User, now: datetime) -> None:
    """Who erased somebody, when and why; of the person only the number of the emptied row."""
    LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(Contact),
        object_id=str(pk),
        object_repr=f"#{pk}",
        action_flag=CHANGE,
        action_time=now,
        change_message=f"Erased the person. {reason}",
    )


def _all_that_is_known(contact: Contact, known: _Known) -> list[int]:
    """Gather every state of the row and of those that went into it; their numbers."""
    ids = {contact.pk}
    known.add(vars(contact))
    for former in FormerKey.objects.filter(contact=contact):
        if former.kind in (FormerKey.Kind.EMAIL, FormerKey.Kind.PHONE):
            known.add({former.kind: former.value})
    # Who was taken apart again is somebody else, who stays.
    for merge in Merge.objects.filter(kept_contact=contact, undone_at=None):
        for fold in merge.record.get("folds", []):
            if fold.get("model") == "leads.contact":
                known.add(fold["gone"])
                ids.add(fold["gone"]["id"])
    history: Any = Contact.history.model
    for row in history.objects.filter(id__in=ids).values(*_OF_PERSON):
        known.add(row)
    return sorted(ids)


def _namesakes(contact: Contact) -> bool:
    """Whether somebody else has the same name, who would lose it wherever it is found."""
    if not contact.name_key:
        return False
    return Contact.objects.filter(name_key=contact.name_key).exclude(pk=contact.pk).exists()


def _empty(ids: Sequence[int], leads: Sequence[int], *, now: datetime) -> None:
    """Take out of the person's own rows all that is of the person."""
    blank: dict[str, Any] = dict.fromkeys(_OF_PERSON, "")
    history: Any = Contact.history.model
    history.objects.filter(id__in=ids).update(**blank, account=None, history_change_reason=None)
    Contact.objects.filter(pk__in=ids).update(
        **blank,
        name_key="",
        email_key="",
        email_kind="none",
        seniority="unknown",
        function="unknown",
        account=None,
        opted_out_at=now,
        updated_at=now,
    )
    history.objects.filter(id__in=ids).update(seniority="unknown", function="unknown")
    FormerKey.objects.filter(contact__in=ids).delete()
    # What a merge would need to be taken back is the person; that there was one stays.
    apart = Q(absorbed_id__in=ids, kept_account=None, undone_at__isnull=False)
    Merge.objects.filter(Q(kept_contact__in=ids) | apart).update(record={})
    activities = Activity.objects.filter(lead__in=leads)
    activities.update(subject="", body="", details={})
    StageChange.objects.filter(lead__in=leads).update(note="")
    QualificationAnswer.objects.filter(lead__in=leads).update(answer=GONE)
    Challenge.objects.filter(lead__in=leads).update(evidence=GONE, ruling="")
    DefinitionExample.objects.filter(lead__in=leads).update(why="")
    signed: dict[str, Any] = {"name": GONE, "signed_by": "", "signed_authority": ""}
    Opportunity.objects.filter(lead__in=leads).update(**signed)
    Opportunity.history.model.objects.filter(lead_id__in=leads).update(**signed)
    for model, pks in ((Contact, ids), (Lead, leads)):
        entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(model), object_id__in=[str(pk) for pk in pks]
        )
        entries.update(object_repr=GONE)


def _remember(known: _Known, *, reason: str, by: User | None, now: datetime) -> int:
    """Put the hashes on the do-not-contact list, and take the open entries off it; how many hashes are new."""
    mailboxes = {mailbox_of(text) for text in known.emails}
    numbers = {number_of(text) for text in known.phones}
    open_ones = Q(kind=Suppression.Kind.EMAIL, value__in=mailboxes | known.emails) | Q(
        kind=Suppression.Kind.PHONE, value__in=numbers
    )
    Suppression.objects.filter(open_ones).delete()
    LiftedEntry.objects.filter(open_ones).update(value=GONE)
    hashes = {erased_hash("email", value) for value in mailboxes}
    hashes |= {erased_hash("phone", value) for value in numbers}
    there = Suppression.objects.filter(kind=Suppression.Kind.ERASED, value__in=hashes)
    fresh = hashes - set(there.values_list("value", flat=True))
    because = f"{REASON}: {reason}" if reason else REASON
    Suppression.objects.bulk_create(
        Suppression(kind=Suppression.Kind.ERASED, value=value, reason=because, created_at=now, created_by=by)
        for value in sorted(fresh)
    )
    return len(fresh)


# --- Everywhere -----------------------------------------------------------------------------------------------------


def _is_searched(model: type[models.Model]) -> bool:
    """Whether the table holds texts of ours."""
    return model._meta.managed and not model._meta.proxy and model._meta.label_lower not in _LEFT_ALONE


def text_columns(model: type[models.Model]) -> list[Any]:
    """The columns in which somebody may have written something."""
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField)
        and not column.choices
        and not column.primary_key
    ]


def _scrub(model: type[models.Model], texts: Sequence[str]) -> int:
    """Take `texts` out of every column of one table; in how many rows. One search per column."""
    changed: set[Any] = set()
    for column in text_columns(model):
        for pk, value in list(mentioning(model, column.name, texts).values_list("pk", column.name)):
            model._base_manager.filter(pk=pk).update(**{column.name: _without(value, texts)})
            changed.add(pk)
    return len(changed)


def mentioning(model: type[models.Model], name: str, texts: Sequence[str]) -> models.QuerySet[Any]:
    """The rows of a table in whose column `name` one of `texts` stands, in whatever case. One search."""
    is_json = isinstance(model._meta.get_field(name), models.JSONField)
    asked = Q()
    for text in texts:
        for spelt in _spelt(text) if is_json else [text]:
            asked |= Q(**{f"{'searched' if is_json else name}__icontains": spelt})
    rows = model._base_manager.all()
    if not asked:
        return rows.none()
    return (rows.annotate(searched=Cast(name, TextField())) if is_json else rows).filter(asked)


def _spelt(text: str) -> list[str]:
    """A text as it may stand in stored JSON."""
    return list(dict.fromkeys([json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]]))


def _without(value: Any, texts: Iterable[str]) -> Any:
    """The value without `texts`, in whatever case they stand there."""
    if isinstance(value, str):
        for text in texts:
            value = "".join(_cut(value, text))
        return value
    if isinstance(value, dict):
        return {_without(key, texts): _without(one, texts) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, texts) for one in value]
    return value


def _cut(value: str, text: str) -> Iterator[str]:
    folded, wanted, start = value.lower(), text.lower(), 0
    if len(folded) != len(value):  # a letter that is two in small: the places no longer agree
        yield value.replace(text, GONE)
        return
    while (place := folded.find(wanted, start)) >= 0:
        yield value[start:place]
        yield GONE
        start = place + len(wanted)
    yield value[start:]
