"""Two people, or two companies, beside each other: each field, what speaks for and against, what hangs on either."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count
from django.utils.text import capfirst

from imports import words
from imports.deciding import label_of
from imports.duplicates import NOT_WORTH_SAYING
from imports.models import MatchedEntity, PossibleDuplicate
from leads.models import Account, Activity, Contact, FormerKey, Lead, Opportunity
from leads.normalise import COUNTRY_NAMES
from leads.people import ACCOUNT_CHOICES, CONTACT_CHOICES, walled

# How strongly a comparison speaks, by the binary logarithm of its Bayes factor: 6 is 64 to 1, 3 is 8 to 1.
STRONGLY: Final = 6.0
CLEARLY: Final = 3.0
# What the search calls otherwise than the page.
_PLACES: Final = {"company": "account"}


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both."""

    name: str
    label: str
    left: str
    right: str
    can_be_chosen: bool  # both have something, and not the same
    takes_right: bool  # what stands in the merged row unless somebody chooses
    verdict: str  # what the comparison says, in words
    colour: str

    @property
    def differs(self) -> bool:
        return bool(self.left and self.right and self.left.casefold() != self.right.casefold())


@dataclass(frozen=True, slots=True)
class Side:
    """What hangs on one of the two."""

    pk: int
    name: str
    is_walled: bool
    created_at: Any
    activities: int
    people: int
    leads: list[Lead]
    opportunities: int
    formerly: list[str]


def lines(pair: PossibleDuplicate) -> list[Line]:
    """The fields of the pair in the order of the form. The pair comes with its rows, contacts with their accounts."""
    left, right = sides_of(pair)
    choices = CONTACT_CHOICES if pair.entity == MatchedEntity.PERSON else ACCOUNT_CHOICES
    evidence = {_PLACES.get(fact.get("field"), fact.get("field")): fact for fact in pair.evidence}
    found = []
    for name, columns in choices.items():
        texts = [_shown(row, name) for row in (left, right)]
        if not any(texts):
            continue
        is_blank = getattr(left, columns[0]) in ("", None)
        verdict, colour = _verdict(evidence.get(name, {}), *texts)
        found.append(
            Line(
                name=name,
                label=capfirst(label_of(pair.entity, name)),
                left=texts[0],
                right=texts[1],
                can_be_chosen=all(texts) and texts[0] != texts[1],
                takes_right=is_blank and bool(texts[1]),
                verdict=verdict,
                colour=colour,
            )
        )
    return found


def sides_of(pair: PossibleDuplicate) -> tuple[Any, Any]:
    """The two rows."""
    if pair.entity == MatchedEntity.PERSON:
        return pair.left_contact, pair.right_contact
    return pair.left_account, pair.right_account


def both_sides(pair: PossibleDuplicate, *, user: Any) -> list[Side]:
    """What hangs on the two and the person may know of, in a fixed number of queries."""
    rows = sides_of(pair)
    ids = [row.pk for row in rows]
    is_person = pair.entity == MatchedEntity.PERSON
    path = "contact" if is_person else "contact__account"
    leads = list(
        Lead.objects.visible_to(user)
        .filter(**{f"{path}__in": ids})
        .select_related("source", "owner", "contact")
        .order_by("-pk")[:200]
    )
    activities = _by(Activity.objects.visible_to(user).filter(**{f"lead__{path}__in": ids}), f"lead__{path}")
    sales = _by(Opportunity.objects.visible_to(user).filter(**{f"lead__{path}__in": ids}), f"lead__{path}")
    contacts = (
        _by(Contact.objects.visible_to(user).filter(account__in=ids), "account") if not is_person else {}
    )
    owner = "contact" if is_person else "account"
    former: dict[int, list[str]] = {}
    keys = FormerKey.objects.filter(**{f"{owner}__in": ids}).exclude(kind=FormerKey.Kind.PERSON)
    for pk, value in keys.values_list(owner, "value"):
        former.setdefault(pk, []).append(value)
    out = walled(list(rows)) if is_person else set()
    return [
        Side(
            pk=row.pk,
            name=str(row),
            is_walled=row.pk in out,
            created_at=row.created_at,
            activities=activities.get(row.pk, 0),
            people=contacts.get(row.pk, 0),
            leads=[lead for lead in leads if _belongs(lead, row, is_person=is_person)],
            opportunities=sales.get(row.pk, 0),
            formerly=former.get(row.pk, []),
        )
        for row in rows
    ]


def _belongs(lead: Lead, row: Contact | Account, *, is_person: bool) -> bool:
    if is_person:
        return lead.contact_id == row.pk
    return lead.contact is not None and lead.contact.account_id == row.pk


def _by(rows: Any, path: str) -> Mapping[int, int]:
    return dict(rows.order_by().values_list(path).annotate(number=Count("pk")))


def _shown(row: Any, name: str) -> str:
    """The value of a field as people read it."""
    value = getattr(row, name)
    if name == "country":
        return COUNTRY_NAMES.get(value, value)
    return "" if value is None else str(value)


def _verdict(fact: Mapping[str, Any], left: str, right: str) -> tuple[str, str]:
    """What the search made of the field, in words, and a colour."""
    weight = float(fact.get("weight") or 0)
    if not (left and right):
        return "", "slate"
    if abs(weight) < NOT_WORTH_SAYING:
        return ("", "slate") if left.casefold() == right.casefold() else (str(words.DIFFERS), "slate")
    degree = 2 if abs(weight) >= STRONGLY else 1 if abs(weight) >= CLEARLY else 0
    said = words.SPEAKS_FOR if weight > 0 else words.SPEAKS_AGAINST
    colour = ("sky", "teal", "green") if weight > 0 else ("amber", "orange", "red")
    return str(said[degree]), colour[degree]


def short_evidence(pair: PossibleDuplicate) -> tuple[list[str], list[str]]:
    """For the list: the labels of the fields that speak for the two being one, and against it; the weightiest first."""
    speaking: tuple[list[str], list[str]] = ([], [])
    for fact in pair.evidence:
        weight = float(fact.get("weight") or 0)
        name = _PLACES.get(fact.get("field", ""), fact.get("field", ""))
        if abs(weight) >= NOT_WORTH_SAYING:
            speaking[weight < 0].append(label_of(pair.entity, name))
    return speaking[0][:4], speaking[1][:3]
