"""Putting people on the do-not-contact list, and taking an entry off it: with the right, a reason and evidence."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction

from leadops.errors import LeadOpsError
from leads.history import update_with_history
from leads.models import Contact, LiftedEntry, Suppression
from leads.people.keys import suppression_value
from leads.people.wall import as_person, enforce, keys_of, kind_of, opt_out_values, why_walled

AT_ONCE: Final = 1_000  # entries of one transaction
MAY_LIFT: Final = "leads.delete_suppression"
MAY_ADD: Final = "leads.add_suppression"
SHOWN: Final = 5  # unreadable lines that are repeated
_LONGEST_REASON: Final = 200
_LONGEST_VALUE: Final = 254


class SuppressionRefused(LeadOpsError):
    """The entry can't be made or lifted; the sentence says what to do."""


@dataclass(slots=True)
class Added:
    """What came of a file of entries."""

    added: int = 0
    known: int = 0
    opted_out: int = 0  # people who are known here and were opted out by it
    unreadable: int = 0
    examples: list[int] = field(
        default_factory=list
    )  # lines of the first unreadable ones: never the text, which may name a person


# --- On -------------------------------------------------------------------------------------------


def suppress(*, kind: str, value: str, reason: str, by: User | None, now: datetime) -> Suppression:
    """Put one address, number or domain on the list, and opt out whom it holds. Raises `SuppressionRefused`."""
    entry = Suppression(kind=kind, value=suppression_value(kind=kind, value=value))
    if fault := entry.fault():
        raise SuppressionRefused(fault)
    with transaction.atomic():
        made, is_new = Suppression.objects.get_or_create(
            kind=kind,
            value=entry.value,
            defaults={"reason": reason[:_LONGEST_REASON], "created_at": now, "created_by": by},
        )
        if is_new:
            enforce([made], by=by, now=now)
    return made


def take_in(*, texts: Iterable[str], reason: str, by: User | None, now: datetime) -> Added:
    """Put each of `texts`, the lines of a file, on the list: an address, a number or a domain each, as its look says.

    Blank ones are passed over.
    """
    result = Added()
    waiting: list[Suppression] = []
    for line, text in enumerate(texts, start=1):
        if not text.strip():
            continue
        entry = _entry_of(text)
        if entry is None:
            result.unreadable += 1
            if len(result.examples) < SHOWN:
                result.examples.append(line)
            continue
        entry.reason, entry.created_at, entry.created_by = reason[:_LONGEST_REASON], now, by
        waiting.append(entry)
        if len(waiting) == AT_ONCE:
            _add(waiting, result, by=by, now=now)
            waiting = []
    _add(waiting, result, by=by, now=now)
    return result


def _add(entries: Sequence[Suppression], result: Added, *, by: User | None, now: datetime) -> None:
    unique = {(entry.kind, entry.value): entry for entry in entries}
    with transaction.atomic():
        there = set(
            Suppression.objects.filter(value__in={value for _, value in unique}).values_list("kind", "value")
        )
        fresh = [entry for key, entry in unique.items() if key not in there]
        Suppression.objects.bulk_create(fresh, ignore_conflicts=True)
        result.opted_out += enforce(fresh, by=by, now=now)
    result.added += len(fresh)
    result.known += len(entries) - len(fresh)


def _entry_of(text: str) -> Suppression | None:
    """The entry that a text is by its look; None where it is none, such as the heading of a column."""
    text = text.strip()
    local, at, _ = text.rpartition("@")
    if at and local.strip():
        kind = Suppression.Kind.EMAIL
    elif not at and sum(sign.isalpha() for sign in text) == 0:
        kind = Suppression.Kind.PHONE
    else:
        kind = Suppression.Kind.DOMAIN
    entry = Suppression(kind=kind, value=suppression_value(kind=kind, value=text))
    return None if entry.fault() or len(entry.value) > _LONGEST_VALUE or " " in entry.value else entry


def texts_of(content: bytes) -> Iterator[str]:
    """The first cell with a text in each line of a text file or CSV, in UTF-8 or else cp1252; "" for a blank line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    delimiter = max(",;\t", key=text[:10_000].count)
    for row in csv.reader(text.splitlines(), delimiter=delimiter):
        yield next((cell for cell in row if cell.strip()), "")


def enter(contact: Contact, *, by: User | None, now: datetime) -> None:
    """Put somebody on the list who opted out at `now`: by the mailbox, else by the number."""
    for value in opt_out_values(as_person(contact))[:1]:
        suppress(kind=kind_of(value), value=value, reason="Opted out", by=by, now=now)


def in_words(result: Added) -> str:
    """What came of a file of entries, for whoever gave it."""
    told = f"{result.added:,} new on the do-not-contact list, {result.known:,} known already."
    if result.opted_out:
        who = "person was" if result.opted_out == 1 else "people were"
        told += f" {result.opted_out:,} known {who} opted out by it."
    if result.unreadable == 1:
        told += f" Line {result.examples[0]:,} is no address, number or domain and was left out."
    elif result.unreadable:
        lines = ", ".join(f"{line:,}" for line in result.examples)
        more = " and others" if result.unreadable > len(result.examples) else ""
        told += (
            f" {result.unreadable:,} lines are no address, number or domain and were left out: {lines}{more}."
        )
    return told


def register_opt_outs(values: Iterable[str], *, reason: str, by: User | None, now: datetime) -> None:
    """Enter mailboxes and numbers that a list says have opted out, and opt out whom these hold, however they are known.

    In one order, so that two lists never deadlock.
    """
    entries = [
        Suppression(
            kind=kind_of(value),
            value=value,
            reason=reason[:_LONGEST_REASON],
            created_at=now,
            created_by_id=by.pk if by is not None else None,
        )
        for value in sorted(values)
    ]
    if entries:
        Suppression.objects.bulk_create(entries, ignore_conflicts=True)
        enforce(entries, by=by, now=now)


# --- Off ------------------------------------------------------------------------------------------


def lift(*, entry: Suppression, by: User, reason: str, evidence: str, now: datetime) -> int:
    """Take one entry off the list and write down who did it, why, and on what evidence.

    Lets those be contacted again whom just this entry had opted out; how many they were. Somebody who opted out at
    another moment, or whom another entry holds, stays out. Raises `SuppressionRefused`.
    """
    _refuse_unproven(by=by, reason=reason, evidence=evidence)
    with transaction.atomic():
        gone, _ = Suppression.objects.filter(pk=entry.pk).delete()
        if not gone:
            raise SuppressionRefused("Somebody else has lifted this entry already. Nothing was changed.")
        _write_down(
            kind=entry.kind, value=entry.value, because=entry.reason, listed_at=entry.created_at,
            by=by, reason=reason, evidence=evidence, now=now,
        )  # fmt: skip
        key = (entry.kind, entry.value)
        opted_out = Contact.objects.select_for_update(of=("self",)).filter(opted_out_at=entry.created_at)
        free = [
            contact
            for contact in opted_out.select_related("account").order_by("pk")
            if key in keys_of(contact) and not why_walled(contact)
        ]
        _let_in(free, by=by, now=now)
    return len(free)


def lift_opt_out(*, contact: Contact, by: User, reason: str, evidence: str, now: datetime) -> None:
    """Let a person be contacted again who had opted out, with the entries of the address and the number.

    An entry for the whole domain stays, and so does the person's opt-out then. Raises `SuppressionRefused`.
    """
    _refuse_unproven(by=by, reason=reason, evidence=evidence)
    with transaction.atomic():
        current: Contact = (
            Contact.objects.select_for_update(of=("self",)).select_related("account").get(pk=contact.pk)
        )
        held_by = set(keys_of(current))
        entries = [
            entry
            for entry in Suppression.objects.filter(value__in=[value for _, value in held_by])
            if (entry.kind, entry.value) in held_by
        ]
        if wide := [entry for entry in entries if entry.kind == Suppression.Kind.DOMAIN]:
            raise SuppressionRefused(
                f"The whole domain “{wide[0].value}” is on the do-not-contact list. Lift that entry first."
            )
        if current.opted_out_at is None and not entries:
            raise SuppressionRefused("This person may be contacted already. Nothing was changed.")
        for entry in entries:
            _write_down(
                kind=entry.kind, value=entry.value, because=entry.reason, listed_at=entry.created_at,
                by=by, reason=reason, evidence=evidence, now=now,
            )  # fmt: skip
        if not entries and current.opted_out_at is not None:
            _write_down(
                kind=Suppression.Kind.EMAIL, value=current.email_key or current.phone or f"#{current.pk}",
                because="", listed_at=current.opted_out_at, by=by, reason=reason, evidence=evidence, now=now,
            )  # fmt: skip
        Suppression.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
        _let_in([current], by=by, now=now)


def _let_in(contacts: Sequence[Contact], *, by: User, now: datetime) -> None:
    for contact in contacts:
        contact.opted_out_at = None
        contact.updated_at = max(contact.updated_at, now)
    update_with_history(rows=contacts, fields=["opted_out_at", "updated_at"], by=by, at=now)


def _refuse_unproven(*, by: User, reason: str, evidence: str) -> None:
    if not by.has_perm(MAY_LIFT):
        raise SuppressionRefused(
            "Your role does not lift entries. Ask RevOps, and say what shows that it is right."
        )
    if not reason.strip() or not evidence.strip():
        raise SuppressionRefused(
            "Say why the entry is lifted and what shows it, such as the date and place of the person's consent."
        )


def _write_down(
    *,
    kind: str,
    value: str,
    because: str,
    listed_at: datetime,
    by: User,
    reason: str,
    evidence: str,
    now: datetime,
) -> None:
    LiftedEntry.objects.create(
        kind=kind,
        value=value,
        listed_because=because,
        listed_at=listed_at,
        reason=reason.strip()[:300],
        evidence=evidence.strip()[:2000],
        by=by,
        at=now,
    )
