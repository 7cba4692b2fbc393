"""Merging two people, or two companies, that are one. `leads.people.undoing` takes it back.

The kept row keeps its values; blanks are filled from the one that goes, and for single fields the caller may choose
that one's value. All that belonged to either belongs to the kept row afterwards: leads, activities, rows of imports,
and what other apps hang on them. Field histories of both stay. What the row that goes was known by (e-mail, domain,
company name) is kept as a former key, so that a list that still has it finds the kept row.

Two leads that have ended stay two: each was a cycle of its own. Where both people have an open lead, it was one cycle
all along, and a contact can have only one: the one that is further goes on, the other goes up in it with everything
that happened. The lead is then as old as the older of the two and has that one's source, its root; of each stage that
either reached the earlier moment stands, so that every count of milestones has the person once, and from when it was
true.

Whoever must not be contacted stays so: where one of the two has opted out or stands on the do-not-contact list, the
merged person has opted out.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal

from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connections, router, transaction

from leadops.errors import LeadOpsError
from leadops.names import full_name
from leads.enums import EARLY_STAGES, STAGE_ORDER, Seniority, Stage
from leads.models import Account, Contact, FormerKey, Lead, Merge, Milestone, NurtureEnrolment, Opportunity
from leads.people.folding import Fold, columns, fold, leads_of, put
from leads.people.former import person_value
from leads.people.person import name_key_of
from leads.people.spelling import number_of
from leads.people.wall import enforce_on, walled
from leads.signals import leads_touched
from leads.words import CONTACT, LEAD, LEADS, OPPORTUNITY

Choices = Mapping[str, Literal["kept", "absorbed"]]

# What can be chosen, and the columns that go with it.
CONTACT_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "email": ("email", "email_key", "email_kind"),
    "phone": ("phone",),
    "title": ("title", "seniority", "function"),
    "account": ("account_id",),
    "country": ("country",),
    "city": ("city",),
    "linkedin_url": ("linkedin_url",),
}
ACCOUNT_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "name": ("name", "name_key"),
    "domain": ("domain",),
    "website": ("website",),
    "industry": ("industry",),
    "employees": ("employees",),
    "country": ("country",),
    "city": ("city",),
    "phone": ("phone",),
}
UNKNOWN: Final = Seniority.UNKNOWN.value  # so is a job function that no title tells
TRIES: Final = 3  # where another process wrote about the same people at the same moment


class MergeRefused(LeadOpsError):
    """The two can't be merged as they are; the sentence says why and what to do."""


def merge_contacts(
    *,
    kept: Contact,
    absorbed: Contact,
    by: User | None,
    now: datetime,
    probability: float | None = None,
    choices: Choices | None = None,
) -> Merge:
    """Let the contact `absorbed` go up in `kept`, and return the record, by which `undo_merge` takes it back.

    `choices` names fields of CONTACT_CHOICES whose value is taken from the absorbed contact although the kept one has
    its own. `by` is None and `probability` given where the matching engine decides. Raises `MergeRefused` where one of
    the two is gone already, and where both have an open lead with an opportunity.
    """
    return starting_again(lambda: _merge_contacts(kept.pk, absorbed.pk, by, now, probability, choices or {}))


def merge_accounts(
    *,
    kept: Account,
    absorbed: Account,
    by: User | None,
    now: datetime,
    probability: float | None = None,
    choices: Choices | None = None,
) -> Merge:
    """Let the account `absorbed` go up in `kept` with its people; see `merge_contacts`, and ACCOUNT_CHOICES."""
    return starting_again(lambda: _merge_accounts(kept.pk, absorbed.pk, by, now, probability, choices or {}))


def starting_again(merge: Callable[[], Merge]) -> Merge:
    """In a transaction; once more where a row was written at the same moment that points to the one that goes."""
    if connections[router.db_for_write(Contact)].in_atomic_block:
        return merge()  # the caller's transaction is lost with a clash, and only the caller can start again
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return merge()
        except (IntegrityError, OperationalError) as clash:
            deadlock = getattr(clash.__cause__, "sqlstate", "") == "40P01"
            if attempt == TRIES - 1 or not (isinstance(clash, IntegrityError) or deadlock):
                raise
    raise AssertionError("unreachable")


def _merge_contacts(
    kept_id: int,
    absorbed_id: int,
    by: User | None,
    now: datetime,
    probability: float | None,
    choices: Choices,
) -> Merge:
    kept, absorbed = _both(Contact, kept_id, absorbed_id)
    leads = Lead.objects.select_for_update().filter(contact__in=[kept_id, absorbed_id]).order_by("pk")
    running = [lead for lead in leads if lead.is_open]
    values = _values(kept, absorbed, CONTACT_CHOICES, choices, fit=_names_that_fit(kept, absorbed, choices))
    values["name_key"] = name_key_of(
        values.get("first_name", kept.first_name), values.get("last_name", kept.last_name)
    )
    out = [row.opted_out_at for row in (kept, absorbed) if row.opted_out_at is not None]
    # An address that is not the kept contact's any more must go on to hold.
    leaving = [absorbed, kept] if "email" in values else [absorbed]
    values["opted_out_at"] = min(out) if out else (now if walled(leaving) else None)
    values["created_at"] = min(kept.created_at, absorbed.created_at)
    former = _former(
        kept, absorbed, values, {FormerKey.Kind.EMAIL: "email_key", FormerKey.Kind.PHONE: "phone"}
    )
    former += _formerly_without_address(kept, absorbed, values)
    why = f"#{absorbed_id} → #{kept_id}"
    folds = [_fold_leads(running, by=by, now=now, why=why)] if len(running) == 2 else []
    folds.append(fold(stays=kept, gone=absorbed, values=_dated(values, kept, now), by=by, now=now, why=why))
    written = _remember([FormerKey(contact=kept, kind=kind, value=value) for kind, value in former])
    leads_touched.send(sender=Lead, lead_ids=leads_of(contacts=[kept_id]))
    return Merge.objects.create(
        kept_contact=kept,
        absorbed_id=absorbed_id,
        record={
            "folds": folds,
            "former": written,
            "opted_out": columns(kept, ["opted_out_at"])["opted_out_at"],
        },
        by=by,
        at=now,
        probability=probability,
    )


def _merge_accounts(
    kept_id: int,
    absorbed_id: int,
    by: User | None,
    now: datetime,
    probability: float | None,
    choices: Choices,
) -> Merge:
    kept, absorbed = _both(Account, kept_id, absorbed_id)
    values = _values(kept, absorbed, ACCOUNT_CHOICES, choices, fit=set(ACCOUNT_CHOICES))
    if kept.name == kept.domain and absorbed.name != absorbed.domain and "name" not in choices:
        values |= {
            "name": absorbed.name,
            "name_key": absorbed.name_key,
        }  # born of a row that only had the domain
    values["created_at"] = min(kept.created_at, absorbed.created_at)
    known_by = {FormerKey.Kind.DOMAIN: "domain", FormerKey.Kind.COMPANY: "name_key"}
    former = _former(kept, absorbed, values, known_by)
    why = f"#{absorbed_id} → #{kept_id}"
    folds = [fold(stays=kept, gone=absorbed, values=_dated(values, kept, now), by=by, now=now, why=why)]
    written = _remember([FormerKey(account=kept, kind=kind, value=value) for kind, value in former])
    _opt_out_people(kept, record=folds[0], by=by, now=now)
    leads_touched.send(sender=Lead, lead_ids=leads_of(accounts=[kept_id]))
    return Merge.objects.create(
        kept_account=kept,
        absorbed_id=absorbed_id,
        record={"folds": folds, "former": written},
        by=by,
        at=now,
        probability=probability,
    )


def _opt_out_people(account: Account, *, record: Fold, by: User | None, now: datetime) -> None:
    """Whoever is at a company whose domain is listed may not be contacted; noted, so that it goes with the merge."""
    people = list(Contact.objects.filter(account=account, opted_out_at=None).select_related("account"))
    held = walled(people)
    enforce_on([person for person in people if person.pk in held], by=by, now=now)
    record["changed"] += [
        {
            "model": Contact._meta.label_lower,
            "id": pk,
            "before": {"opted_out_at": None},
            "after": {"opted_out_at": now.isoformat()},
        }
        for pk in sorted(held)
    ]


# --- The two rows -----------------------------------------------------------------------------------------------


def _both(model: type[Any], kept_id: int, absorbed_id: int) -> tuple[Any, Any]:
    """The two rows, held in one order whichever way they are named, so that two merges never wait crosswise."""
    if kept_id == absorbed_id:
        raise MergeRefused("Both are the same entry already. Choose two different ones.")
    rows = model.objects.select_for_update().filter(pk__in=[kept_id, absorbed_id]).order_by("pk")
    found = {row.pk: row for row in rows}
    for pk in (kept_id, absorbed_id):
        if pk not in found:
            raise MergeRefused(_gone(model, pk))
    return found[kept_id], found[absorbed_id]


def merge_that_took(model: type[Any], pk: int) -> Merge | None:
    """The merge in which this contact or account went up, if it did and that was not taken back."""
    field = "kept_contact" if model is Contact else "kept_account"
    merges = Merge.objects.filter(**{f"{field}__isnull": False}, absorbed_id=pk, undone_at=None)
    return merges.select_related(field, "by").order_by("-pk").first()


def _gone(model: type[Any], pk: int) -> str:
    merge = merge_that_took(model, pk)
    if merge is None:
        return "One of the two is not there any more. Nothing was merged; go back to the list."
    who = full_name(merge.by) if merge.by else "LeadOps"
    into = merge.kept_contact or merge.kept_account
    return f"{who} was faster: one of the two has gone into {into} (#{into.pk if into else ''}) already."


def _values(
    kept: Any, absorbed: Any, fields: Mapping[str, tuple[str, ...]], choices: Choices, *, fit: set[str]
) -> dict[str, Any]:
    """The columns of the kept row that get the absorbed one's value: blank ones, and those that were chosen."""
    if unknown := set(choices) - set(fields):
        raise ValueError(f"There is nothing to choose for {', '.join(sorted(unknown))}.")
    values: dict[str, Any] = {}
    for name, together in fields.items():
        offered, present = getattr(absorbed, together[0]), getattr(kept, together[0])
        fills = present in ("", None) and name in fit and choices.get(name) != "kept"
        if offered not in ("", None) and (fills or choices.get(name) == "absorbed"):
            values |= {
                column: getattr(absorbed, column)
                for column in together
                # A title that says nothing of the rank takes none away.
                if getattr(absorbed, column) != UNKNOWN or choices.get(name) == "absorbed"
            }
    return values


def _names_that_fit(kept: Contact, absorbed: Contact, choices: Choices) -> set[str]:
    """The fields that may be filled: a part of a name only beside one that agrees, so that nobody gets another's."""
    fit = set(CONTACT_CHOICES)
    for part, other in (("first_name", "last_name"), ("last_name", "first_name")):
        mine, theirs = getattr(kept, other), getattr(absorbed, other)
        if mine and theirs and name_key_of(mine, "") != name_key_of(theirs, ""):
            fit.discard(part)
    return fit


def _dated(values: dict[str, Any], row: Any, now: datetime) -> dict[str, Any]:
    return values | {"updated_at": max(row.updated_at, now)}


def _former(
    kept: Any, absorbed: Any, values: Mapping[str, Any], known_by: Mapping[FormerKey.Kind, str]
) -> list[tuple[FormerKey.Kind, str]]:
    """By what either was known and the merged row is not: kind and value."""
    found: list[tuple[FormerKey.Kind, str]] = []
    for kind, column in known_by.items():
        final = values.get(column, getattr(kept, column))
        found += [
            (kind, value)
            for value in dict.fromkeys([getattr(kept, column), getattr(absorbed, column)])
            if value and value != final
        ]
    return found


def _formerly_without_address(
    kept: Contact, absorbed: Contact, values: Mapping[str, Any]
) -> list[tuple[FormerKey.Kind, str]]:
    """Under which number and name either may be brought again by a row without an address, and the merged one is not.

    Also the number of the one with the name of the other: that was one person all along.
    """
    phone, country = values.get("phone", kept.phone), values.get("country", kept.country)
    final = person_value(number_of(phone, country=country), values["name_key"])
    numbers = [number_of(row.phone, country=row.country) for row in (kept, absorbed) if row.phone]
    names = [row.name_key for row in (kept, absorbed)]
    found = dict.fromkeys(person_value(number, name) for number in numbers for name in names)
    return [(FormerKey.Kind.PERSON, value) for value in found if value not in ("", final)]


def _remember(keys: list[FormerKey]) -> list[int]:
    """Write the former keys that are not there yet, and return the ids of the new ones."""
    fresh = []
    for key in keys:
        key_values = {"contact": key.contact, "account": key.account, "kind": key.kind, "value": key.value}
        if not FormerKey.objects.filter(**key_values).exists():
            key.save()
            fresh.append(key.pk)
    return fresh


# --- Two open leads ---------------------------------------------------------------------------------------------


def further(first: Lead, second: Lead) -> tuple[Lead, Lead]:
    """Of two open leads the one that goes on, and the one that goes up in it: by stage, then by age."""
    place = STAGE_ORDER.index
    ordered = sorted((first, second), key=lambda lead: (-place(Stage(lead.stage)), lead.created_at, lead.pk))
    return ordered[0], ordered[1]


def _fold_leads(running: list[Lead], *, by: User | None, now: datetime, why: str) -> Fold:
    stays, gone = further(*running)
    if Opportunity.objects.filter(lead__in=[stays.pk, gone.pk]).count() == 2:
        raise MergeRefused(
            f"Both have an open {LEAD} with an {OPPORTUNITY}, and a {CONTACT} can have one open {LEAD} at a time. "
            f"End one of the two {LEADS} first (#{stays.pk}, #{gone.pk}); it keeps its {OPPORTUNITY}."
        )
    older = min(stays, gone, key=lambda lead: (lead.created_at, lead.pk))
    backs = [lead.passed_back_at for lead in (stays, gone) if lead.passed_back_at is not None]
    values: dict[str, Any] = {
        "source_id": older.source_id,
        "created_at": older.created_at,
        "passed_back_at": max(backs, default=None),
        "updated_at": max(stays.updated_at, now),
    }
    if stays.owner_id is None and gone.owner_id is not None:
        values |= {"owner_id": gone.owner_id, "team_id": gone.team_id or stays.team_id}
    elif stays.team_id is None:
        values["team_id"] = gone.team_id
    record = fold(
        stays=stays,
        gone=gone,
        values=values,
        by=by,
        now=now,
        why=why,
        giving_way=_later_milestones(stays, gone),
    )
    _end_nurture(stays, record=record, now=now)
    return record


def _later_milestones(stays: Lead, gone: Lead) -> list[Milestone]:
    """The milestones of the staying lead that the other reached before it; the other's later ones give way anyway."""
    first = dict(Milestone.objects.filter(lead=gone).values_list("stage", "at"))
    own = Milestone.objects.filter(lead=stays)
    return [
        milestone for milestone in own if milestone.stage in first and first[milestone.stage] < milestone.at
    ]


def _end_nurture(stays: Lead, *, record: Fold, now: datetime) -> None:
    """A lead is in one nurture programme at a time, and in none once sales works it."""
    running = list(NurtureEnrolment.objects.filter(lead=stays, left_at=None).order_by("entered_at", "pk"))
    for enrolment in running if stays.stage not in EARLY_STAGES else running[1:]:
        note = {"model": enrolment._meta.label_lower, "id": enrolment.pk, "before": {"left_at": None}}
        put(enrolment, {"left_at": now})
        record["changed"].append(note | {"after": columns(enrolment, ["left_at"])})
