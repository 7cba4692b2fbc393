"""Agreements: the one way in which what marketing and sales agreed is changed.

A draft collects changes; it is proposed, discussed, signed for marketing and for sales, and comes into force, at once
or at its date, in one transaction that writes every section. Whoever changes it takes its signatures away. All doors
take the same lock, so that of people who sign, change and propose at one moment each sees what the one before did.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from leadops.errors import LeadOpsError
from leadops.names import full_name
from leadops.roles import MARKETING, SALES_MANAGER, SALES_REP, has_role
from terminology import sections
from terminology.models import (
    Agreement,
    AgreementEntry,
    AgreementPolicy,
    AgreementState,
    EntryKind,
    Side,
    Signature,
)
from terminology.sections import Changes, Parts, Stamp
from terminology.signals import came_into_force, proposed

MAX_TITLE: Final = 120
MAX_TEXT: Final = 4000  # characters of a note or a comment
PROPOSE: Final = "terminology.propose_agreement"
SIGN: Final = {
    Side.MARKETING: "terminology.sign_for_marketing",
    Side.SALES: "terminology.sign_for_sales",
}


class AgreementRefused(LeadOpsError):
    """The step can't be taken; the sentence says why and what to do."""


class DraftMoved(AgreementRefused):
    """Somebody else changed the agreement since the page was opened; the sentence says who and what."""


# --- What an agreement says -----------------------------------------------------------------------


def content(agreement: Agreement, section: str) -> Parts:
    """The section `section` as it would be with the agreement in force."""
    known = sections.section(section)
    return sections.apply(known.read(), agreement.changes.get(section, {}))


def prose(changes: Changes) -> list[tuple[str, list[str]]]:
    """What changes, as people read it: `(title of the section, its sentences)`, only where there are any."""
    found = []
    for one in sections.sections():
        told = _told(one.key, changes.get(one.key, {}))
        if told:
            found.append((str(one.title), told))
    return found


def _told(section: str, changes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    known = sections.section(section)
    return [
        sentence
        for part in sections.ordered_changes(known, changes)
        for sentence in known.tell(part, changes[part]["before"], changes[part]["after"])
    ]


def hash_of(agreement: Agreement) -> str:
    """The SHA-256 of what is signed: title, reason, changes and date."""
    moment = agreement.comes_into_force_at
    return _digest(
        {
            "title": agreement.title,
            "note": agreement.note,
            "changes": agreement.changes,
            "comes_into_force_at": moment.isoformat() if moment else None,
        }
    )


def _digest(value: Any) -> str:
    return sha256(
        json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def document_hash(document: dict[str, Any]) -> str:
    """The SHA-256 of everything that was agreed, as `export_agreement --format json` prints it under `content`."""
    return _digest(document)


# --- Drafting -------------------------------------------------------------------------------------


def draft(*, title: str, by: User | None, now: datetime, note: str = "") -> Agreement:
    """A new, empty draft. Raises `AgreementRefused` for a title that is blank or too long."""
    title, note = _checked_text(title, note)
    with transaction.atomic():
        made: Agreement = Agreement.objects.create(title=title, note=note, created_by=by, created_at=now)
        _note(made, EntryKind.DRAFTED, by=by, now=now)
    return made


def put(
    *, agreement: Agreement, section: str, parts: Mapping[str, Any], by: User, revision: int, now: datetime
) -> Agreement:
    """Write into the draft what `parts` of `section` shall be (None: there shall be no such part).

    What equals the rule in force leaves the draft. An agreement that was proposed or signed is a draft again, without
    signatures. Raises `DraftMoved` where `revision` is not the agreement's any more, and what the section refuses.
    """
    return put_all(agreement=agreement, changes={section: parts}, by=by, revision=revision, now=now)


def put_all(
    *,
    agreement: Agreement,
    changes: Mapping[str, Mapping[str, Any]],
    by: User | None,
    revision: int,
    now: datetime,
) -> Agreement:
    """As `put`, for several sections: `{section: {part: value or None}}`."""
    with transaction.atomic():
        found = _held(agreement)
        _refuse_closed(found)
        _refuse_moved(found, revision=revision, by=by)
        told = []
        for section in (one for one in sections.sections() if one.key in changes):
            told += _put_section(found, section, changes[section.key])
        if not told:
            return found
        _drop_signatures(found)
        found.state, found.revision = AgreementState.DRAFT, found.revision + 1
        found.save(update_fields=["changes", "state", "revision"])
        _note(found, EntryKind.CHANGED, by=by, now=now, text="\n".join(told))
    return found


def _put_section(agreement: Agreement, section: sections.Section, wished: Mapping[str, Any]) -> list[str]:
    """Take the wishes of one section into `agreement.changes`; returns what changed in the draft, as sentences."""
    key = section.key
    current = section.read()
    drafted = sections.apply(current, agreement.changes.get(key, {}))
    after = sections.apply(current, {part: {"after": value} for part, value in wished.items()})
    # What the draft says of other parts stays.
    untouched = {
        part: change for part, change in agreement.changes.get(key, {}).items() if part not in wished
    }
    after = sections.apply(after, untouched)
    if after == drafted:
        return []
    changes = sections.differences(current, after)
    agreement.changes = {name: found for name, found in agreement.changes.items() if name != key}
    if changes:
        agreement.changes |= {key: changes}
    section.check(after, partial(content, agreement))
    return _told(key, sections.differences(drafted, after)) or [str(section.title)]


def describe(
    *,
    agreement: Agreement,
    title: str,
    note: str,
    comes_into_force_at: datetime | None,
    by: User,
    revision: int,
    now: datetime,
) -> Agreement:
    """Give the draft another title, reason or date. They are signed too, so signatures are lost."""
    title, note = _checked_text(title, note)
    with transaction.atomic():
        found = _held(agreement)
        _refuse_closed(found)
        _refuse_moved(found, revision=revision, by=by)
        if (found.title, found.note, found.comes_into_force_at) == (title, note, comes_into_force_at):
            return found
        _refuse_past(comes_into_force_at, now=now)
        found.title, found.note, found.comes_into_force_at = title, note, comes_into_force_at
        _drop_signatures(found)
        found.state, found.revision = AgreementState.DRAFT, found.revision + 1
        found.save(update_fields=["title", "note", "comes_into_force_at", "state", "revision"])
        _note(found, EntryKind.CHANGED, by=by, now=now, text="Title, reason or date")
    return found


def comment(*, agreement: Agreement, by: User, text: str, now: datetime) -> AgreementEntry:
    """Say something about the agreement. A comment changes nothing, so signatures stay."""
    text = text.strip()
    if not text:
        raise AgreementRefused("The comment is empty. Type what you want to say.")
    if len(text) > MAX_TEXT:
        raise AgreementRefused(
            f"The comment has {len(text):,} characters; {MAX_TEXT:,} is the most. Shorten it."
        )
    return _note(agreement, EntryKind.COMMENT, by=by, now=now, text=text)


# --- Proposing and signing ------------------------------------------------------------------------


def propose(*, agreement: Agreement, by: User, revision: int, now: datetime) -> Agreement:
    """Put the draft before both teams. Raises `AgreementRefused` where there is nothing to agree on."""
    with transaction.atomic():
        found = _held(agreement)
        _refuse_closed(found)
        _refuse_moved(found, revision=revision, by=by)
        if found.state != AgreementState.DRAFT:
            raise AgreementRefused("It is proposed already. Sign it, or change it to make it a draft again.")
        if not found.changes:
            raise AgreementRefused("The draft changes nothing yet. Add a change first.")
        _refuse_past(found.comes_into_force_at, now=now)
        found.state, found.proposed_by, found.proposed_at = AgreementState.PROPOSED, by, now
        found.save(update_fields=["state", "proposed_by", "proposed_at"])
        _note(found, EntryKind.PROPOSED, by=by, now=now)
        proposed.send(sender=Agreement, agreement=found, by=by, now=now)
    return found


def side_of(user: User) -> Side | None:
    """The team that a person belongs to by their role, or None (RevOps, administrators)."""
    if has_role(user, SALES_REP, SALES_MANAGER):
        return Side.SALES
    return Side.MARKETING if has_role(user, MARKETING) else None


def obstacle_to_sign(agreement: Agreement, *, side: Side, by: User) -> str:
    """Why `by` can't sign for `side` now, as a sentence; "" where they can."""
    if agreement.state != AgreementState.PROPOSED:
        return "Only what is proposed can be signed."
    if not by.has_perm(SIGN[side]):
        return f"You don't sign for “{side.label}”. Ask one of its signatories."
    if by.pk == agreement.proposed_by_id and side_of(by) not in (side, None):
        return f"You proposed this, so somebody of “{side.label}” has to sign for it."
    for signature in agreement.signatures.all():
        if signature.side == side:
            return f"It is signed for “{side.label}” already."
        if signature.user_id == by.pk:
            return f"You have signed for “{Side(signature.side).label}”. Somebody else has to sign for “{side.label}”."
    return ""


def sign(*, agreement: Agreement, side: Side, by: User, content_hash: str, now: datetime) -> Agreement:
    """Sign for one side what the agreement says, of which `content_hash` is the hash that the person saw.

    With the second signature it comes into force, unless its date is still to come. Raises `AgreementRefused`.
    """
    with transaction.atomic():
        found = _held(agreement)
        if refusal := obstacle_to_sign(found, side=side, by=by):
            raise AgreementRefused(refusal)
        if hash_of(found) != content_hash:
            raise DraftMoved("It was changed since you opened the page. Read what it says now, then sign.")
        Signature.objects.create(agreement=found, side=side, user=by, at=now, content_hash=content_hash)
        _note(found, EntryKind.SIGNED, by=by, now=now, text=str(side.label))
        if Signature.objects.filter(agreement=found).count() == len(Side):
            found.state = AgreementState.SIGNED
            found.save(update_fields=["state"])
            if found.comes_into_force_at is None or found.comes_into_force_at <= now:
                _enact(found, by=by, now=now)
    return found


def withdraw(*, agreement: Agreement, by: User, now: datetime) -> Agreement:
    """End an agreement that is not in force. It stays to be read."""
    with transaction.atomic():
        found = _held(agreement)
        _refuse_closed(found)
        _drop_signatures(found)
        found.state = AgreementState.WITHDRAWN
        found.save(update_fields=["state"])
        _note(found, EntryKind.WITHDRAWN, by=by, now=now)
    return found


def roll_back(*, agreement: Agreement, by: User, now: datetime) -> Agreement:
    """Propose to bring back what held before `agreement`. Both sides sign that too: neither undoes it alone.

    What was changed again since is left as it is, and named in the note. Raises `AgreementRefused` where nothing
    is left.
    """
    if agreement.state not in (AgreementState.IN_FORCE, AgreementState.SUPERSEDED):
        raise AgreementRefused("Only what has come into force can be rolled back. Withdraw it instead.")
    wished: dict[str, dict[str, Any]] = {}
    left: list[str] = []
    for key, changes in agreement.changes.items():
        current = sections.section(key).read()
        for part, change in changes.items():
            if current.get(part) == change["after"]:
                wished.setdefault(key, {})[part] = change["before"]
            else:
                section = sections.section(key)
                left += section.tell(part, change["after"], current.get(part)) or [str(section.title)]
    if not wished:
        raise AgreementRefused("All of it was changed again since, so there is nothing to roll back.")
    note = f"Brings back what held before version {agreement.version}."
    if left:
        note += " Changed again since, and left as it is: " + "; ".join(left)
    with transaction.atomic():
        made = draft(title=f"Roll back: {agreement.title}"[:MAX_TITLE], note=note[:MAX_TEXT], by=by, now=now)
        made.rolls_back = agreement
        made.save(update_fields=["rolls_back"])
        made = put_all(agreement=made, changes=wished, by=by, revision=made.revision, now=now)
        return propose(agreement=made, by=by, revision=made.revision, now=now)


# --- Coming into force ----------------------------------------------------------------------------


def in_force() -> Agreement | None:
    """The agreement in force, or None before the first."""
    found: Agreement | None = Agreement.objects.in_force().first()
    return found


def bring_due_into_force(*, now: datetime) -> int:
    """Bring what is signed and due into force, the earliest date first; returns how many."""
    due = Agreement.objects.filter(state=AgreementState.SIGNED, comes_into_force_at__lte=now)
    done = 0
    for one in due.order_by("comes_into_force_at", "pk"):
        try:
            with transaction.atomic():
                found = _held(one)
                if found.state == AgreementState.SIGNED:
                    _enact(found, by=None, now=now)
                    done += found.state == AgreementState.IN_FORCE
        except LeadOpsError as refusal:
            # What it needs has gone meanwhile. The next one must not wait for it.
            with transaction.atomic():
                found = _held(one)
                contents = {key: sections.section(key).read() for key in found.changes}
                _send_back(found, contents, why=f"It could not come into force. {refusal}", now=now)
    return done


def bring_in_unsigned(
    *, title: str, changes: Mapping[str, Mapping[str, Any]], why: str, by: User | None, now: datetime
) -> Agreement:
    """Bring `{section: {part: value or None}}` into force without signatures, which its story then says for ever.

    For a company's starting point, and for whoever runs the server.
    """
    with transaction.atomic():
        made = draft(title=title, by=by, now=now, note=why)
        made = put_all(agreement=made, changes=changes, by=by, revision=made.revision, now=now)
        _enact(_held(made), by=by, now=now)
        made.refresh_from_db()
    return made


def _enact(agreement: Agreement, *, by: User | None, now: datetime) -> None:
    """Write every section, or make the agreement a draft again where the rules underneath have changed since."""
    contents = {key: sections.section(key).read() for key in agreement.changes}
    if _overtaken(agreement, contents):
        _send_back(agreement, contents, why="What it changes is not as it was when it was drafted.", now=now)
        return
    stamp = Stamp(agreement=agreement, by=by, now=now)
    for one in sections.sections():
        changes = agreement.changes.get(one.key)
        if changes:
            parts = sections.apply(contents[one.key], changes)
            one.check(parts, partial(content, agreement))
            one.write(parts, changed=set(changes), stamp=stamp)
    for before in Agreement.objects.in_force():
        before.state, before.superseded_at = AgreementState.SUPERSEDED, now
        before.save(update_fields=["state", "superseded_at"])
        _note(before, EntryKind.SUPERSEDED, by=by, now=now, text=agreement.title)
    newest = Agreement.objects.aggregate(newest=Max("version"))["newest"] or 0
    agreement.state, agreement.version, agreement.in_force_at = AgreementState.IN_FORCE, newest + 1, now
    agreement.document = sections.read_all()
    agreement.content_hash = document_hash(agreement.document)
    agreement.save(update_fields=["state", "version", "in_force_at", "document", "content_hash"])
    _note(agreement, EntryKind.IN_FORCE, by=by, now=now)
    _overtake_others(agreement, now=now)
    came_into_force.send(
        sender=Agreement, agreement=agreement, sections=set(agreement.changes), by=by, now=now
    )


def _overtaken(agreement: Agreement, contents: Mapping[str, Parts]) -> bool:
    return any(
        contents[key].get(part) != change["before"]
        for key, changes in agreement.changes.items()
        for part, change in changes.items()
    )


def _overtake_others(agreement: Agreement, *, now: datetime) -> None:
    """Open agreements that change the same parts are compared with the new rules, and have to be signed again."""
    for other in Agreement.objects.still_open().exclude(pk=agreement.pk):
        contents = {key: sections.section(key).read() for key in other.changes}
        if _overtaken(other, contents):
            _send_back(
                other, contents, why=f"“{agreement.title}” came into force and changes the same.", now=now
            )


def _send_back(agreement: Agreement, contents: Mapping[str, Parts], *, why: str, now: datetime) -> None:
    """Make it a draft against the rules as they are now; what they say already leaves it."""
    agreement.changes = {
        key: found
        for key, changes in agreement.changes.items()
        if (found := sections.differences(contents[key], sections.apply(contents[key], changes)))
    }
    _drop_signatures(agreement)
    agreement.state, agreement.revision = AgreementState.DRAFT, agreement.revision + 1
    agreement.save(update_fields=["changes", "state", "revision"])
    text = f"{why} Read the differences again, then propose it again."
    _note(agreement, EntryKind.OVERTAKEN, by=None, now=now, text=text)


# --- Common ---------------------------------------------------------------------------------------


def labels_need_signatures() -> bool:
    """Whether the company wants both signatures under new labels too."""
    return AgreementPolicy.objects.filter(labels_need_signatures=True).exists()


def _held(agreement: Agreement) -> Agreement:
    """The agreement as it is now, held until the end of the transaction, as is every other: one lock for all doors."""
    AgreementPolicy.objects.get_or_create(pk=1)
    AgreementPolicy.objects.select_for_update().get(pk=1)
    found: Agreement = Agreement.objects.get(pk=agreement.pk)
    return found


def _drop_signatures(agreement: Agreement) -> None:
    Signature.objects.filter(agreement=agreement).delete()


def _note(
    agreement: Agreement, kind: EntryKind, *, by: User | None, now: datetime, text: str = ""
) -> AgreementEntry:
    entry: AgreementEntry = AgreementEntry.objects.create(
        agreement=agreement, kind=kind, by=by, at=now, text=text, revision=agreement.revision
    )
    return entry


def _checked_text(title: str, note: str) -> tuple[str, str]:
    title, note = title.strip(), note.strip()
    if not title:
        raise AgreementRefused("The agreement needs a title. Say in a few words what it is about.")
    if len(title) > MAX_TITLE:
        raise AgreementRefused(f"The title has {len(title)} characters; {MAX_TITLE} is the most. Shorten it.")
    if len(note) > MAX_TEXT:
        raise AgreementRefused(
            f"The reason has {len(note):,} characters; {MAX_TEXT:,} is the most. Shorten it."
        )
    return title, note


def _refuse_closed(agreement: Agreement) -> None:
    if not agreement.is_open:
        state = AgreementState(agreement.state).label
        raise AgreementRefused(f"It is “{state}” and stands as it is. Open a new draft to change something.")


def _refuse_past(moment: datetime | None, *, now: datetime) -> None:
    if moment is not None and moment <= now:
        raise AgreementRefused(
            "Its date has passed. Choose a later one, or none to start with the signatures."
        )


def _refuse_moved(agreement: Agreement, *, revision: int, by: User | None) -> None:
    if agreement.revision == revision:
        return
    since = agreement.entries.filter(kind__in=[EntryKind.CHANGED, EntryKind.OVERTAKEN], revision__gt=revision)
    said = []
    for entry in since.select_related("by"):
        who = full_name(entry.by) if entry.by else "LeadOps"
        said.append(f"{who}, {entry.at:%d %b %H:%M}: {entry.text.replace(chr(10), '; ')}")
    raise DraftMoved(
        f"It was changed since you opened the page, so nothing was saved. {' | '.join(said)}. "
        "Open it again and make your change there."
    )
