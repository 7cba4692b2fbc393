"""Taking a merge back: the row that went stands again with its number and all that was its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import capfirst

from leadops.errors import LeadOpsError
from leadops.names import full_name
from leads.models import Account, Contact, FormerKey, Lead, Merge
from leads.people.folding import columns, leads_of, unfold
from leads.people.wall import enforce_on
from leads.signals import leads_touched, merge_undone
from leads.words import CONTACT, LEAD

# Written by LeadOps whenever a row is saved: that it moved on is no change that a person would want to hear of.
_STAMPS: Final = {"updated_at", "email_key", "email_kind", "name_key", "seniority", "function"}


class UndoRefused(LeadOpsError):
    """The merge can't be taken back as things are; the sentence says what to do first."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a merge back did."""

    merge: Merge
    row: Contact | Account  # that stands again
    # Columns of the kept row that somebody has changed since the merge, and that keep what they have.
    left: list[str]


def undo_merge(*, merge: Merge, by: User | None, now: datetime) -> Undone:
    """Take the two apart again: the row that went stands as it was, with its number, leads and all that it brought.

    The kept row gets the values back that it had, but for those that somebody has changed since: they are told in
    `left`. What has come since the merge stays with the kept row. Who has opted out since has opted out in both rows.
    Raises `UndoRefused` where it was taken back already, and where a later merge or a newer entry stands in the way.
    """
    with transaction.atomic():
        current: Merge = Merge.objects.select_for_update(of=["self"]).get(pk=merge.pk)
        kept = _held(current)
        _refuse(current)
        folds = current.record["folds"]
        if isinstance(kept, Contact):
            _keep_opt_out(kept, folds[-1]["gone"], known=current.record["opted_out"])
        why = f"#{folds[-1]['gone']['id']} ← #{kept.pk}"
        # The last first: the row itself, and then the lead that belongs to it.
        taken = [unfold(one, by=by, now=now, why=why) for one in reversed(folds)]
        FormerKey.objects.filter(pk__in=current.record["former"]).delete()
        row, left = taken[0]
        told = [name for name in left if name not in _STAMPS]
        current.record |= {"left": told}
        current.undone_at, current.undone_by = now, by
        current.save(update_fields=["record", "undone_at", "undone_by"])
        ids = [kept.pk, row.pk]
        touched = leads_of(contacts=ids) if isinstance(row, Contact) else leads_of(accounts=ids)
        # What was listed since the merge holds the row that stands again as well, and the people of both companies.
        of_both = {"pk__in": ids} if isinstance(row, Contact) else {"account__in": ids}
        enforce_on(Contact.objects.filter(**of_both).select_related("account"), by=by, now=now)
        if isinstance(row, Contact):
            row.refresh_from_db()
        leads_touched.send(sender=Lead, lead_ids=touched)
        merge_undone.send(sender=Merge, merge=current, by=by, now=now)
    merge.refresh_from_db()
    return Undone(merge=merge, row=row, left=told)


def _held(merge: Merge) -> Contact | Account:
    """The kept row, held, and its leads after it, in the order in which merging holds them."""
    if merge.kept_account is not None:
        account: Account = Account.objects.select_for_update().get(pk=merge.kept_account.pk)
        return account
    assert merge.kept_contact is not None
    contact: Contact = Contact.objects.select_for_update().get(pk=merge.kept_contact.pk)
    list(Lead.objects.select_for_update().filter(contact=contact).order_by("pk").values_list("pk"))
    return contact


def _refuse(merge: Merge) -> None:
    """Refuse what can't be taken apart without harm."""
    if not merge.record.get("folds"):
        raise UndoRefused("One of the two was erased at their own wish, so there is nobody to take apart.")
    if merge.undone_at is not None:
        who = full_name(merge.undone_by) if merge.undone_by else "LeadOps"
        raise UndoRefused(f"{who} has taken this merge back already. Nothing was changed.")
    later = Merge.objects.filter(
        kept_contact=merge.kept_contact_id, kept_account=merge.kept_account_id, undone_at=None
    )
    if newer := later.filter(pk__gt=merge.pk).order_by("-pk").first():
        raise UndoRefused(
            f"After this merge #{newer.absorbed_id} went into the same entry. Take that later merge back first, "
            "and then this one."
        )
    record = merge.record["folds"][-1]
    if merge.kept_account_id is not None:
        _refuse_taken(Account, ["domain"], record)
    else:
        _refuse_taken(Contact, ["email_key", "email"], record)
        _refuse_second_open_lead(merge)


def _refuse_taken(model: type[Any], names: list[str], record: dict[str, Any]) -> None:
    """What may stand once in the table (the first of `names`) must be free for the two rows that stand again."""
    kept = model.objects.get(pk=record["stays"])
    present, after = columns(kept, names), record["after"]
    is_given_back = names[0] in after and all(present[name] == after[name] for name in names if name in after)
    wanted = [record["gone"][names[0]], record["before"][names[0]] if is_given_back else ""]
    holders = model.objects.filter(**{f"{names[0]}__in": [value for value in wanted if value]})
    holder = holders.exclude(pk=kept.pk if is_given_back else None).first()
    if holder is not None:
        raise UndoRefused(
            f"“{getattr(holder, names[0])}” now belongs to {holder} (#{holder.pk}), and is needed where it was before "
            "the merge. Change it there first."
        )


def _refuse_second_open_lead(merge: Merge) -> None:
    """Whoever stands again must not have two open leads: one that went up in another, and one reopened since."""
    first, *rest = merge.record["folds"]
    if not rest:
        return
    moved = rest[-1]["moved"].get("leads.lead.contact", [])
    stays, gone = first["stays"], first["gone"]
    # Of the two leads one goes back to the contact that stands again, the other belongs to the kept one.
    back_open = [lead.pk for lead in Lead.objects.filter(pk__in=moved).open()]
    if gone["contact_id"] == rest[-1]["gone"]["id"]:
        clash = [pk for pk in back_open if pk != stays]
    else:
        kept_open = Lead.objects.filter(contact=rest[-1]["stays"]).exclude(pk__in=moved).open()
        clash = list(kept_open.values_list("pk", flat=True))
    if clash:
        raise UndoRefused(
            f"Another {LEAD} of the {CONTACT} was opened since (#{clash[0]}), and the {LEAD} that went would be a "
            f"second open one. End that {LEAD} first."
        )


def _keep_opt_out(kept: Contact, gone: dict[str, Any], *, known: str | None) -> None:
    """Who opted out since the merge meant the person that both rows were: both have opted out."""
    present = columns(kept, ["opted_out_at"])["opted_out_at"]
    if present is not None and present != known and gone["opted_out_at"] is None:
        gone["opted_out_at"] = present


def changed_since(undone: Undone) -> str:
    """The sentence about what the kept row keeps; "" where all went back."""
    if not undone.left:
        return ""
    model = type(undone.row)
    called = {field.attname: field.verbose_name for field in model._meta.concrete_fields}
    names = ", ".join(str(called[name]) for name in undone.left)
    return capfirst(f"{names}: changed since the merge, so that stays as it is.")
