"""Taking back what a list made of people and companies, as far as nobody has gone on from there since.

Whoever the list made goes, with the lead and all that hangs on it. Whoever was known gets back the values that the list
replaced. What somebody has changed or worked since stays as it is, and the answer says why. The one door for this: no
row is deleted or put back elsewhere. A do-not-contact entry stays whatever happens, since nobody takes back an opt-out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from django.contrib.auth.models import User
from django.db import models, router, transaction

from leads.enums import EARLY_STAGES
from leads.history import delete_with_history, update_with_history
from leads.models import (
    Account,
    Activity,
    Challenge,
    Contact,
    DefinitionExample,
    Lead,
    Merge,
    NurtureEnrolment,
    Opportunity,
    QualificationAnswer,
    StageChange,
)
from leads.people.keys import account_keys, contact_keys
from leads.people.wall import as_person, suppressed_among
from leads.signals import leads_touched

Result = Literal["deleted", "restored", "kept"]

# Why something stays. One that begins with CHANGED goes on with the name of the field: "changed:contact.title".
WORKED: Final = "worked"
MERGED: Final = "merged"
OPTED_OUT: Final = "opted_out"
CHANGED: Final = "changed:"

# What follows from other columns, or says nothing about the person.
_NOT_COMPARED: Final = frozenset(
    {"id", "name_key", "email_key", "email_kind", "created_at", "updated_at", "opted_out_at"}
)
# What is derived from a value goes with it: the title of today is not left beside the seniority of a former one.
_DERIVED: Final = {"seniority": "title", "function": "title"}
# Whose lead has one of these has been worked by somebody, or is spoken of.
_WORK: Final[tuple[type[models.Model], ...]] = (
    Opportunity,
    QualificationAnswer,
    NurtureEnrolment,
    Challenge,
    DefinitionExample,
)


@dataclass(slots=True)
class Change:
    """What a list did to one value: what it was before, and what the list left there."""

    before: Any
    after: Any


@dataclass(slots=True)
class Brought:
    """What a list did of one person. `values` by the names of the contact's fields; of somebody whom the list made
    those that it set later on.
    """

    contact_id: int
    has_made: bool = False  # the contact
    lead_ids: list[int] = field(default_factory=list)  # that it made
    activity_ids: list[int] = field(default_factory=list)  # that it made
    values: dict[str, Change] = field(default_factory=dict)
    stays: list[str] = field(default_factory=list)  # why the person can't go, whatever is found here


@dataclass(slots=True)
class Withdrawn:
    """What became of a person: `why` says for which reasons the person stays, or something of them."""

    result: Result
    why: list[str] = field(default_factory=list)


# --- People -------------------------------------------------------------------------------------------------------


def withdraw_people(
    *, people: Sequence[Brought], by: User | None, now: datetime, is_foresight: bool = False
) -> list[Withdrawn]:
    """Take back what a list did of these people. Answers in their order; with `is_foresight` nothing is written.

    Some two dozen statements whatever the number of people; give at most a few thousand.
    """
    with transaction.atomic():
        withdrawal = _Withdrawal(people, is_foresight=is_foresight)
        answers = [withdrawal.decide(one) for one in people]
        if not is_foresight:
            withdrawal.write(by=by, now=now)
    return answers


class _Withdrawal:
    """People whose list is taken back: what is known of them now, and what is to be written."""

    def __init__(self, people: Sequence[Brought], *, is_foresight: bool) -> None:
        made = [one.contact_id for one in people if one.has_made]
        lead_ids = {pk for one in people for pk in one.lead_ids}
        self.contacts: dict[int, Contact] = {
            row.pk: row for row in _held(Contact, [one.contact_id for one in people], when=not is_foresight)
        }
        self.births = _births(Contact, made)
        self.merged = set(
            Merge.objects.filter(kept_contact_id__among=made, undone_at=None).values_list(
                "kept_contact", flat=True
            )
        )
        self.leads_of: dict[int, set[int]] = {}
        for contact_id, pk in Lead.objects.filter(contact_id__among=made).values_list("contact", "pk"):
            self.leads_of.setdefault(contact_id, set()).add(pk)
        self.worked = _worked(
            lead_ids.union(*self.leads_of.values()),
            own_activities={pk for one in people for pk in one.activity_ids},
        )
        self.remembered = _remembered(
            row.pk for row in self.contacts.values() if row.opted_out_at is not None
        )
        # To be written.
        self.gone_contacts: list[int] = []
        self.gone_leads: list[int] = []
        self.gone_activities: list[int] = []
        self.restored: dict[int, Contact] = {}
        self.restored_fields: set[str] = set()

    def decide(self, one: Brought) -> Withdrawn:
        contact = self.contacts.get(one.contact_id)
        if contact is None:
            return Withdrawn("kept", [MERGED])
        return self._decide_made(one, contact) if one.has_made else self._decide_known(one, contact)

    def _decide_made(self, one: Brought, contact: Contact) -> Withdrawn:
        """The person goes as a whole or stays as a whole."""
        why = [*one.stays]
        leads = self.leads_of.get(contact.pk, set())
        if not leads.issubset(one.lead_ids) or not self.worked.isdisjoint(leads):
            why.append(WORKED)
        if contact.pk in self.merged:
            why.append(MERGED)
        if contact.opted_out_at is not None and contact.pk not in self.remembered:
            why.append(OPTED_OUT)
        why += _changed("contact", contact, self.births.get(contact.pk, {}), one.values)
        if why:
            return Withdrawn("kept", list(dict.fromkeys(why)))
        self.gone_contacts.append(contact.pk)
        self.gone_leads += leads
        return Withdrawn("deleted")

    def _decide_known(self, one: Brought, contact: Contact) -> Withdrawn:
        """What can be put back is; the rest stays."""
        put_back, why = _put_back("contact", contact, one.values)
        if put_back:
            self.restored[contact.pk] = contact
            self.restored_fields |= put_back
        for pk in one.lead_ids:
            if pk in self.worked:
                why.append(WORKED)
            else:
                self.gone_leads.append(pk)
        self.gone_activities += one.activity_ids
        return Withdrawn("kept", why) if why else Withdrawn("restored")

    def write(self, *, by: User | None, now: datetime) -> None:
        kept = list(Activity.objects.filter(pk__among=self.gone_activities).values_list("lead", flat=True))
        Activity.objects.filter(pk__among=self.gone_activities).delete()
        _drop_dependents(Lead, self.gone_leads)
        gone = Lead.objects.filter(pk__among=self.gone_leads)
        gone._raw_delete(gone.db)
        _remove(Contact, self.gone_contacts, by=by, now=now)
        for contact in self.restored.values():
            contact.updated_at = max(contact.updated_at, now)
            contact_keys(contact)
        update_with_history(
            rows=list(self.restored.values()),
            fields=[*sorted(self.restored_fields), "name_key", "updated_at"],
            by=by,
            at=now,
        )
        _touch(
            [*kept, *Lead.objects.filter(contact_id__among=list(self.restored)).values_list("pk", flat=True)]
        )


def _worked(lead_ids: Iterable[int], *, own_activities: set[int]) -> set[int]:
    """Which of the leads somebody has done something with: a person, or whoever came to us by themselves.

    That the scoring moved a lead among the early stages is nobody's work.
    """
    ids = list(lead_ids)
    found = set(
        Lead.objects.filter(pk__among=ids)
        .exclude(owner=None, stage__in=[stage.value for stage in EARLY_STAGES])
        .values_list("pk", flat=True)
    )
    found |= set(
        StageChange.objects.filter(lead_id__among=ids).exclude(actor=None).values_list("lead", flat=True)
    )
    for model in _WORK:
        found |= set(model._default_manager.filter(lead_id__among=ids).values_list("lead", flat=True))
    activities = Activity.objects.filter(lead_id__among=ids).order_by().values_list("pk", "lead")
    return found | {lead_id for pk, lead_id in activities if pk not in own_activities}


def _remembered(contact_ids: Iterable[int]) -> set[int]:
    """Which of these people the do-not-contact list knows, so that they need no row of their own to be left alone."""
    contacts = list(Contact.objects.filter(pk__among=list(contact_ids)).select_related("account"))
    return {contacts[place].pk for place in suppressed_among([as_person(row) for row in contacts])}


# --- Companies ----------------------------------------------------------------------------------------------------


def withdraw_accounts(
    *,
    made: Mapping[int, Mapping[str, Change]],
    changed: Mapping[int, Mapping[str, Change]],
    by: User | None,
    now: datetime,
) -> dict[int, list[str]]:
    """Take back what a list did of these companies; for each that stays against its will, why.

    `made` and `changed` have the fields that the list changed by the account's id; of one that it made those that it
    set later on. A company that it made and somebody else has come to use stays, and that needs no reason.
    """
    with transaction.atomic():
        accounts = {row.pk: row for row in _held(Account, [*made, *changed], when=True)}
        used = set(Contact.objects.filter(account_id__among=list(made)).values_list("account", flat=True))
        merged = set(
            Merge.objects.filter(kept_account_id__among=list(made), undone_at=None).values_list(
                "kept_account", flat=True
            )
        )
        births = _births(Account, list(made))
        kept: dict[int, list[str]] = {}
        gone: list[int] = []
        for pk, values in made.items():
            if pk not in accounts or pk in used:
                continue
            why = _changed("account", accounts[pk], births.get(pk, {}), values)
            if why := ([MERGED] if pk in merged else []) + why:
                kept[pk] = why
            else:
                gone.append(pk)
        restored: list[Account] = []
        fields: set[str] = set()
        for pk, values in changed.items():
            if pk not in accounts:
                continue
            put_back, why = _put_back("account", accounts[pk], values)
            if why:
                kept[pk] = why
            if put_back:
                fields |= put_back
                restored.append(accounts[pk])
        _remove(Account, gone, by=by, now=now)
        for account in restored:
            account.updated_at = max(account.updated_at, now)
            account_keys(account)
        update_with_history(
            rows=restored, fields=[*sorted(fields | {"name_key"}), "updated_at"], by=by, at=now
        )
        _touch(
            Lead.objects.filter(contact__account_id__among=[row.pk for row in restored]).values_list(
                "pk", flat=True
            )
        )
    return kept


# --- Both ---------------------------------------------------------------------------------------------------------


def _held(model: type[Any], ids: Iterable[int], *, when: bool) -> Any:
    """The rows in one order and, `when` they are to be written, held against edits and new rows that name them."""
    rows = model.objects.filter(pk__among=set(ids)).order_by("pk")
    return rows.select_for_update() if when else rows


def _births(model: type[Any], ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What stood in the rows when they were made."""
    return {row["id"]: row for row in model.history.filter(id__among=ids, history_type="+").values()}


def _column(name: str) -> str:
    return "account_id" if name == "account" else name


def _changed(kind: str, row: Any, birth: Mapping[str, Any], later: Mapping[str, Change]) -> list[str]:
    """The fields of a row that are not as the list left them."""
    as_left = dict(birth) | {_column(name): change.after for name, change in later.items()}
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in _NOT_COMPARED]
    found = [name for name in names if name in as_left and getattr(row, name) != as_left[name]]
    return [
        f"{CHANGED}{kind}.{name.removesuffix('_id')}" for name in found if _DERIVED.get(name) not in found
    ]


def _put_back(kind: str, row: Any, values: Mapping[str, Change]) -> tuple[set[str], list[str]]:
    """Set the former values where the list's still stand: the names of the fields set, and why others are not."""
    done: set[str] = set()
    why: list[str] = []
    for name in sorted(values, key=lambda name: name in _DERIVED):
        change, present = values[name], getattr(row, _column(name))
        if f"{CHANGED}{kind}.{_DERIVED.get(name)}" in why:
            continue
        if present == change.before:
            continue
        if present != change.after:
            why.append(f"{CHANGED}{kind}.{name}")
            continue
        setattr(row, _column(name), change.before)
        done.add(name)
    return done, why


def _remove(model: type[Any], ids: Sequence[int], *, by: User | None, now: datetime) -> None:
    """Delete rows with history, and what belongs to them."""
    _drop_dependents(model, ids)
    delete_with_history(model=model, ids=ids, by=by, at=now)


def _drop_dependents(model: type[Any], ids: Sequence[int]) -> None:
    """Delete, or let go of, the rows of other tables that refer to rows that are about to be deleted.

    A statement for each table. Django would read every row first, and tell the history of each by itself.
    """
    if not ids:
        return
    using = router.db_for_write(model)
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        rows = relation.related_model._base_manager.using(using)
        if relation.on_delete is models.CASCADE:
            rows.filter(**{f"{relation.field.attname}__among": ids}).delete()
        elif relation.on_delete is models.SET_NULL:
            rows.filter(**{f"{relation.field.attname}__among": ids}).update(**{relation.field.name: None})


def _touch(lead_ids: Iterable[int]) -> None:
    if found := sorted(set(lead_ids)):
        leads_touched.send(sender=Lead, lead_ids=found)
