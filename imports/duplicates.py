"""The search for people, or companies, that are in the database twice.

Everybody's keys are held as numbers; the texts are read again a chunk of pairs at a time, so that memory hardly grows
with the database. What a person may have to decide becomes a `PossibleDuplicate`. Two people are merged without asking
only on proof: the same name, and the same phone number or LinkedIn page that nobody else has, with nothing against it.

A search may be killed anywhere: the pairs that were judged are behind its cursor, and a pair that is known already,
open or decided, is never written or merged again.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from imports.models import (
    DuplicateSearch,
    ImportBatch,
    ImportRow,
    MatchedEntity,
    PossibleDuplicate,
    RowOutcome,
)
from leadops.jobs import Lease
from leads.models import Account, Contact
from leads.people.merging import MergeRefused, merge_contacts

if TYPE_CHECKING:
    # numpy is loaded by who searches, not by every web process.
    from imports.matching.population import Judge, Population
    from imports.matching.records import Ints

READ_AT_ONCE: Final = 5_000  # rows of one query while everybody's keys are taken
PAIRS_AT_ONCE: Final = 4_000  # judged and written in one transaction
MAYBE_FROM: Final = 0.5  # the probability from which a person is asked: more likely than not
CERTAIN_FROM: Final = 0.99  # below it nobody is merged without being asked, whatever they share
OWN_NUMBER: Final = 2  # as many may have the phone number of one person: the two rows themselves
CROWDS_TOLD: Final = 20
NOT_WORTH_SAYING: Final = 0.5  # the binary logarithm of a Bayes factor under which a comparison says nothing

_LINKEDIN: Final = re.compile(r"linkedin\.com/(?:in|pub)/([^/?#\s]+)", re.IGNORECASE)


def start_search(
    *,
    by: User | None,
    now: datetime,
    entity: str = MatchedEntity.PERSON,
    batch: ImportBatch | None = None,
) -> DuplicateSearch:
    """A search that waits for a worker: over everybody, or for the people of a list.

    One over everybody that has not begun or is under way is not started twice.
    """
    if batch is None:
        running = DuplicateSearch.objects.under_way().filter(entity=entity, batch=None).first()
        if running is not None:
            return running
    search = DuplicateSearch.objects.create(entity=entity, batch=batch, created_by=by)
    search.enqueue(now=now)
    return search


def latest_search(entity: str = MatchedEntity.PERSON) -> DuplicateSearch | None:
    """The last search over everybody, whose row is its progress."""
    return DuplicateSearch.objects.filter(entity=entity, batch=None).first()


def run_search(*, search: DuplicateSearch, lease: Lease) -> None:
    """Bring the search from where it is to its end. Raises LeaseLost or NotNow."""
    side = _COMPANIES if search.entity == MatchedEntity.COMPANY else _PEOPLE
    wanted = _wanted(search)
    if wanted is not None and not len(wanted):
        return
    population = _population(side, lease)
    left, right, crowded = population.pairs(wanted)
    rest = left > search.cursor
    lease.advance(
        rows_total=search.rows_done + int(rest.sum()),
        left_out=_told(side, crowded[:CROWDS_TOLD]),
    )
    if not rest.any():
        return
    judge = _judge(side, population, left, right, wanted)
    left, right = left[rest], right[rest]
    start = 0
    while start < len(left):
        lease.advance()
        end = _end_of_chunk(left, start)
        _judge_chunk(side, search, lease, judge, left[start:end], right[start:end])
        start = end


# --- What is compared ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Side:
    """How people, or companies, are compared."""

    model: type[Contact] | type[Account]
    columns: tuple[tuple[str, str], ...]  # name, as the model or its account has it; kind
    fields: tuple[str, ...]  # what is read for each column
    pair: tuple[str, str]  # the foreign keys of a possible duplicate
    keys: Callable[[], list[tuple[str, Callable[[Sequence[str]], Iterable[str]]]]]

    def rows(self, condition: Q) -> list[tuple[int, tuple[str, ...]]]:
        """Primary key and texts, in the order of the keys."""
        found = self.model._default_manager.filter(condition).order_by("pk").values_list("pk", *self.fields)
        return [(pk, tuple(text or "" for text in texts)) for pk, *texts in found]

    def spelt(self, rows: Sequence[tuple[int, tuple[str, ...]]]) -> list[tuple[str, ...]]:
        """The texts of the rows as they are compared."""
        from imports.matching.kinds import Kind
        from imports.matching.values import spelling

        by_column = zip(*(texts for _, texts in rows), strict=True) if rows else iter(())
        columns = [
            [_page(text) for text in texts] if name == "linkedin_url" else spelling(Kind[kind], texts)
            for (name, kind), texts in zip(self.columns, by_column, strict=False)
        ]
        return list(zip(*columns, strict=True))


def _page(text: str) -> str:
    found = _LINKEDIN.search(text)
    return found[1].casefold() if found else ""


def _keys_of_people() -> list[tuple[str, Callable[[Sequence[str]], Iterable[str]]]]:
    from imports.matching.blocking import skeleton
    from imports.matching.population import some

    def mailbox(values: Sequence[str]) -> Iterator[str]:
        box = values[2].partition("@")[0]
        return some(box if len(box) > 5 else "")

    def names(values: Sequence[str]) -> Iterator[str]:
        words = sorted(f"{values[0]} {values[1]}".split())
        return some(" ".join(words) if len(words) > 1 else "")

    return [
        ("phone", lambda values: some(values[3])),
        ("linkedin_url", lambda values: some(values[8])),
        ("last_name", names),
        ("last_name", lambda values: some(skeleton(values[0]), skeleton(values[1]))),
        ("last_name", lambda values: some(values[0][:1], "".join(sorted(values[1])))),
        ("company", lambda values: some(values[4], skeleton(values[1])[:4])),
        ("company", lambda values: some(values[4], values[0])),
        ("city", lambda values: some(values[6], values[1])),
        ("email", mailbox),
    ]


def _keys_of_companies() -> list[tuple[str, Callable[[Sequence[str]], Iterable[str]]]]:
    from imports.matching.blocking import skeleton
    from imports.matching.population import some

    def words(values: Sequence[str]) -> Iterator[str]:
        yield from {skeleton(word) for word in values[0].split() if len(word) > 3}

    return [
        ("name", lambda values: some(values[0])),
        ("name", lambda values: some("".join(sorted(values[0].replace(" ", ""))))),
        ("name", lambda values: some(skeleton(values[0])[:6] if len(values[0]) > 5 else "")),
        ("name", words),
        ("phone", lambda values: some(values[2])),
        ("domain", lambda values: some(values[1].partition(".")[0] if len(values[1]) > 6 else "")),
    ]


_PEOPLE: Final = _Side(
    Contact,
    (
        ("first_name", "GIVEN"),
        ("last_name", "FAMILY"),
        ("email", "EMAIL"),
        ("phone", "PHONE"),
        ("company", "COMPANY"),
        ("title", "TITLE"),
        ("city", "PLACE"),
        ("country", "REGION"),
        ("linkedin_url", "DOMAIN"),
    ),
    (
        "first_name", "last_name", "email_key", "phone", "account__name", "title", "city", "country", "linkedin_url",
        "email_kind",
    ),
    ("left_contact_id", "right_contact_id"),
    _keys_of_people,
)  # fmt: skip
_COMPANIES: Final = _Side(
    Account,
    (("name", "COMPANY"), ("domain", "DOMAIN"), ("phone", "PHONE"), ("city", "PLACE"), ("country", "REGION")),
    ("name", "domain", "phone", "city", "country"),
    ("left_account_id", "right_account_id"),
    _keys_of_companies,
)


def _wanted(search: DuplicateSearch) -> "Ints | None":
    """The numbers of who came or was changed with the list; None for everybody."""
    import numpy as np

    if search.batch_id is None:
        return None
    contacts = ImportRow.objects.filter(
        batch=search.batch_id,
        outcome__in=[RowOutcome.CREATED, RowOutcome.UPDATED],
        contact__isnull=False,
    )
    of = "contact__account" if search.entity == MatchedEntity.COMPANY else "contact"
    found = contacts.order_by().values_list(of, flat=True).distinct()
    return np.fromiter((number for number in found.iterator(chunk_size=READ_AT_ONCE) if number), np.int64)


# --- Reading ------------------------------------------------------------------------------------------------------


def _population(side: _Side, lease: Lease) -> "Population":
    from imports.matching.kinds import Kind
    from imports.matching.population import Population

    population = Population([(name, Kind[kind]) for name, kind in side.columns], side.keys())
    last = 0
    while rows := side.rows(Q(pk__in=_next_numbers(side, last))):
        for (number, _), values in zip(rows, side.spelt(rows), strict=True):
            population.add(number, values)
        last = rows[-1][0]
        lease.advance()
    return population


def _next_numbers(side: _Side, last: int) -> Any:
    return side.model._default_manager.filter(pk__gt=last).order_by("pk").values("pk")[:READ_AT_ONCE]


def _read(side: _Side, numbers: Iterable[int]) -> list[tuple[int, tuple[str, ...]]]:
    wanted = sorted(numbers)
    return [
        row
        for start in range(0, len(wanted), READ_AT_ONCE)
        for row in side.rows(Q(pk__in=wanted[start : start + READ_AT_ONCE]))
    ]


def _judge(
    side: _Side, population: "Population", left: "Ints", right: "Ints", wanted: "Ints | None"
) -> "Judge":
    import numpy as np

    from imports.matching.population import Judge, sampled, spread

    one, other = sampled(left, right)
    rows = _read(side, {*one.tolist(), *other.tolist(), *spread(population.numbers)})
    places = {number: place for place, (number, _) in enumerate(rows)}
    pairs = [
        (places[a], places[b])
        for a, b in zip(one.tolist(), other.tolist(), strict=True)
        if a in places and b in places
    ]
    at = np.array(pairs, np.int64).reshape(-1, 2)
    count = len(population)
    possible = count * (count - 1) / 2 if wanted is None else float(len(wanted)) * count
    return Judge(
        population.columns,
        population.census(),
        sample=side.spelt(rows),
        left=at[:, 0],
        right=at[:, 1],
        pairs=len(left),
        pairs_possible=max(possible, 1.0),
    )


def _told(side: _Side, crowded: Sequence[Any]) -> list[dict[str, Any]]:
    """The keys that too many share, with the value of one of them."""
    shown = dict(_read(side, {crowd.member for crowd in crowded}))
    names = [name for name, _ in side.columns]
    return [
        {
            "field": crowd.key,
            "value": shown[crowd.member][names.index(crowd.key)],
            "rows": crowd.members,
        }
        for crowd in crowded
        if crowd.member in shown
    ]


# --- Deciding -----------------------------------------------------------------------------------------------------


def _end_of_chunk(left: "Ints", start: int) -> int:
    """Where the chunk ends: all pairs of one on the left are in one, since the cursor is their number."""
    end = min(start + PAIRS_AT_ONCE, len(left))
    while end < len(left) and left[end] == left[end - 1]:
        end += 1
    return end


def _judge_chunk(
    side: _Side, search: DuplicateSearch, lease: Lease, judge: "Judge", left: "Ints", right: "Ints"
) -> None:
    import numpy as np

    rows = _read(side, {*left.tolist(), *right.tolist()})
    texts = dict(rows)
    places = {number: place for place, (number, _) in enumerate(rows)}
    decided = _known_pairs(side, left)
    pairs = [
        pair
        for pair in zip(left.tolist(), right.tolist(), strict=True)
        if pair not in decided and pair[0] in places and pair[1] in places
    ]
    found: list[PossibleDuplicate] = []
    if pairs:
        spelt = side.spelt(rows)
        at = np.array([(places[a], places[b]) for a, b in pairs], np.int64)
        judged = judge.judge(spelt, at[:, 0], at[:, 1])
        gone: set[int] = set()
        for place in np.flatnonzero(judged.probability >= MAYBE_FROM).tolist():
            one, other = pairs[place]
            if one in gone or other in gone:
                continue
            chance = float(judged.probability[place])
            levels = judged.levels[place].tolist()
            is_certain = side is _PEOPLE and _is_certain(
                levels, texts[one], texts[other], chance, judge, spelt[places[one]]
            )
            if is_certain and _merge(search, lease, one, other, chance):
                gone.add(other)
                continue
            evidence = _evidence(side, texts[one], texts[other], levels, judged.bits[place].tolist())
            found.append(
                PossibleDuplicate(
                    entity=search.entity,
                    **dict(zip(side.pair, (one, other), strict=True)),
                    probability=round(chance, 6),
                    evidence=evidence,
                    is_contested=any(fact["weight"] <= -NOT_WORTH_SAYING for fact in evidence),
                    search=search,
                )
            )
        found = [
            pair
            for pair in found
            if getattr(pair, side.pair[0]) not in gone and getattr(pair, side.pair[1]) not in gone
        ]
    with transaction.atomic():
        lease.advance(
            cursor=int(left[-1]),
            rows_done=search.rows_done + len(left),
            maybe=search.maybe + len(found),
        )
        PossibleDuplicate.objects.bulk_create(found, batch_size=500, ignore_conflicts=True)


def _known_pairs(side: _Side, left: "Ints") -> set[tuple[int, int]]:
    """Pairs with one of these on the left, whether a person decided on them or not."""
    first, second = side.pair
    numbers = sorted({*left.tolist()})
    return {
        pair
        for start in range(0, len(numbers), READ_AT_ONCE)
        for pair in PossibleDuplicate.objects.filter(
            **{f"{first}__in": numbers[start : start + READ_AT_ONCE]}
        ).values_list(first, second)
    }


# Levels of agreement (imports.matching.kinds.EXPECTED).
_SLIP_IN_FIRST: Final = 5
_SAME_FIRST: Final = 6
_SLIP_IN_LAST: Final = 3
_SAME_LAST: Final = 4
_SAME_PHONE: Final = 3
_SAME_PAGE: Final = 3
_DIFFERENT: Final = 1


def _is_certain(
    levels: Sequence[int],
    one: Sequence[str],
    other: Sequence[str],
    chance: float,
    judge: "Judge",
    spelt: Sequence[str],
) -> bool:
    """Whether two people may be merged without asking: see the head of this module."""
    first, last, email, phone, company, _, _, country, page = levels
    if chance < CERTAIN_FROM or first < _SLIP_IN_FIRST or last < _SLIP_IN_LAST:
        return False
    if first < _SAME_FIRST and last < _SAME_LAST:
        return False
    has_own_page = page == _SAME_PAGE and judge.shared_by("linkedin_url", spelt[8]) <= OWN_NUMBER
    has_own_phone = phone == _SAME_PHONE and judge.shared_by("phone", spelt[3]) <= OWN_NUMBER
    if not (has_own_page or (has_own_phone and company != _DIFFERENT)):
        return False
    if _DIFFERENT in (country, page if has_own_phone else 0):
        return False
    # Two addresses of one kind at different domains belong to two people until somebody says otherwise.
    hosts = one[2].rpartition("@")[2], other[2].rpartition("@")[2]
    return not (email and all(hosts) and hosts[0] != hosts[1] and one[9] == other[9])


def _merge(search: DuplicateSearch, lease: Lease, kept: int, absorbed: int, chance: float) -> bool:
    """Merge two people; False where they can't be, so that a person looks at them."""
    try:
        with transaction.atomic():
            merge_contacts(
                kept=Contact.objects.get(pk=kept),
                absorbed=Contact.objects.get(pk=absorbed),
                by=None,
                now=timezone.now(),
                probability=round(chance, 6),
            )
            lease.advance(same=search.same + 1)
    except (MergeRefused, Contact.DoesNotExist):
        return False
    return True


def _evidence(
    side: _Side, one: Sequence[str], other: Sequence[str], levels: Sequence[int], bits: Sequence[float]
) -> list[dict[str, Any]]:
    """What speaks for and against, the weightiest first."""
    found = [
        {"field": name, "left": one[place], "right": other[place], "weight": round(bits[place], 2)}
        for place, (name, _) in enumerate(side.columns)
        if levels[place]
    ]
    return sorted(found, key=lambda fact: (-abs(fact["weight"]), fact["field"]))
