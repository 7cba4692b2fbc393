"""Rescoring: the set-based engine beside the loop that one would write first, on the same leads in the same run.

`run(leads=…)` fills the present database, which must be migrated and may be thrown away, and returns its figures
as rows `{figure, ours, naive, ratio, unit, note}`.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction

from leads.criteria import compile_condition, create_set, matching_activities
from leads.enums import Channel, EmailKind, JobFunction, Seniority, SourceKind, Stage
from leads.models import Account, Activity, ActivityType, Contact, Definition, Lead, Source
from scoring import engine, rescoring, versions
from scoring.models import DirtyLead, Rule, ScoringModel

NOW: Final = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
ACTIVITIES_PER_LEAD: Final = 5
SAMPLE: Final = 300  # leads for the naive loop, which would take hours for all
LOOP: Final = f"naive: for each lead a query for each rule and a save ({SAMPLE} leads)"
ROUNDS: Final = 3  # of each measurement; the median counts
TYPES: Final = (
    "demo_request", "contact_us", "content_download", "webinar", "email_click", "email_open", "product_page_view",
    "case_study_view", "event_badge_scan", "email_reply", "unsubscribe", "call_attempt",
)  # fmt: skip
TITLES: Final = (
    "Chief Executive Officer", "VP Sales", "Head of Procurement", "Marketing Manager", "Student", "Buyer",
    "Director of Operations", "Owner", "IT Administrator", "Controller",
)  # fmt: skip
INDUSTRIES: Final = ("Software", "Manufacturing", "Retail", "Logistics", "Health care", "Education")
COUNTRIES: Final = ("DE", "US", "FR", "GB", "PL", "ES", "BR", "IN")


def run(*, leads: int) -> list[dict[str, Any]]:
    """Fill the database with `leads` leads and five times as many activities, and measure."""
    rng = random.Random(11)
    ids = populate(leads=leads, rng=rng)
    scoring_model = versions.bring_into_force(
        terms=versions.Terms("Benchmark", 60, 80, 60, 30), rules=rules(), by=None, now=NOW
    )
    define()
    rescoring.give_scores(lead_ids=ids, now=NOW)
    DirtyLead.objects.all().delete()  # marks of other benchmarks that ran before
    analyse()
    naive = SAMPLE / timed(lambda: one_by_one(scoring_model, rng.sample(ids, SAMPLE)))
    everything = leads / timed(lambda: all_leads(scoring_model, ids))
    nothing = leads / median(lambda: timed(lambda: all_leads(scoring_model, ids)))
    touch(rng.sample(ids, leads // 20))
    some = leads / timed(lambda: all_leads(scoring_model, ids))
    rescoring.rescore(
        ids, now=NOW
    )  # takes every automatic step once, so that the rest measures what comes daily
    size = min(1000, leads)
    batch = size / median(lambda: rescore_marked(rng.sample(ids, size)))
    single = 1 / median(lambda: rescore_marked(rng.sample(ids, 1)), rounds=15)
    with_steps = SAMPLE / timed(lambda: one_by_one_with_steps(scoring_model, rng.sample(ids, SAMPLE)))
    size_note = f"{leads:,} leads, {leads * ACTIVITIES_PER_LEAD:,} activities, {len(rules())} rules"
    return [
        row("rescoring all leads, every score changes", everything, naive, f"{size_note}; {LOOP}"),
        row("rescoring all leads, 5 % of the scores change", some, naive, f"{size_note}; {LOOP}"),
        row("rescoring all leads, nothing changes", nothing, naive, f"{size_note}; {LOOP}"),
        row(
            f"rescoring {size:,} marked leads, with steps",
            batch,
            with_steps,
            f"{LOOP}, and a check of each step",
        ),
        row("rescoring one marked lead, with steps", single, with_steps, f"{LOOP}, and a check of each step"),
    ]


def row(figure: str, ours: float, naive: float, note: str) -> dict[str, Any]:
    return {
        "figure": figure,
        "ours": round(ours),
        "naive": round(naive),
        "ratio": round(ours / naive, 1),
        "unit": "leads/s",
        "note": note,
    }


def timed(work: Callable[[], object]) -> float:
    """The seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(measure: Callable[[], float], *, rounds: int = ROUNDS) -> float:
    """The median of several measurements, since the machine may be busy with other things."""
    return statistics.median(measure() for _ in range(rounds))


# --- What is measured ---------------------------------------------------------------------------------------


def all_leads(scoring_model: ScoringModel, ids: Sequence[int]) -> None:
    """As a full run does it: ranges of primary keys, a transaction each."""
    for start in range(0, len(ids), rescoring.CHUNK):
        part = ids[start : start + rescoring.CHUNK]
        with transaction.atomic():
            compiled = engine.compile_model(scoring_model, now=NOW)
            engine.write_scores(compiled, chosen=range(part[0], part[-1] + 1))


def rescore_marked(ids: Sequence[int]) -> float:
    """As the clock does it every five seconds; the seconds of the rescoring, less its pause for other writers."""
    rescoring.mark_dirty(lead_ids=ids, now=NOW)
    seconds = timed(lambda: rescoring.rescore_dirty(now=NOW, batches=1))
    assert not DirtyLead.objects.exists()
    return seconds - (rescoring.BREATH.total_seconds() if connection.vendor == "sqlite" else 0)


def one_by_one(scoring_model: ScoringModel, ids: Sequence[int]) -> None:
    """What one writes first: for each lead a query for each rule, a sum, and a save."""
    loaded = list(scoring_model.rules.all())
    for lead in Lead.objects.filter(pk__in=ids).select_related("score").iterator():
        fit = engagement = 0
        for rule in loaded:
            if rule.kind == "field":
                if Lead.objects.filter(compile_condition(rule, now=NOW), pk=lead.pk).exists():
                    fit += rule.points
            else:
                done = matching_activities(rule, now=NOW).filter(lead=lead)
                number = done.values("type").distinct().count() if rule.count == "distinct" else done.count()
                engagement += rule.points * min(number // rule.at_least, rule.max_times)
        score = lead.score
        score.fit, score.engagement, score.total = fit, engagement, fit + engagement
        score.grade, score.scoring_model = scoring_model.grade_of(score.total), scoring_model
        score.save()


def one_by_one_with_steps(scoring_model: ScoringModel, ids: Sequence[int]) -> None:
    """The same after each event, when the lead may also have become ready for a step."""
    for pk in ids:
        one_by_one(scoring_model, [pk])
        rescoring.advance([pk], now=NOW)


def touch(ids: Sequence[int]) -> None:
    """Something new that these leads did."""
    kind = ActivityType.objects.get(key="event_badge_scan")
    Activity.objects.bulk_create(
        [Activity(lead_id=pk, type=kind, at=NOW, recorded_at=NOW) for pk in ids], batch_size=1000
    )


# --- The rules and the leads --------------------------------------------------------------------------------


def rules() -> list[Rule]:
    """Twenty-two rules as a company has them: seniority, function, size, country, titles; counts in windows."""
    fields = [
        ("C-suite", 20, "contact.seniority", "is", "c_suite"),
        ("VP", 15, "contact.seniority", "is", "vp"),
        ("Director", 10, "contact.seniority", "is", "director"),
        ("Marketing or sales", 10, "contact.function", "in", "marketing, sales, executive"),
        ("50 employees", 8, "account.employees", "gte", "50"),
        ("250 employees", 7, "account.employees", "gte", "250"),
        ("A country that we serve", 5, "account.country", "in", "US, GB, DE, FR, ES, PL, IT, NL, BE, AT, CH"),
        ("Business e-mail", 5, "contact.email_kind", "is", "business"),
        ("Procurement", 5, "contact.title", "contains", "procurement"),
        ("Industry", 5, "account.industry", "in", "Software, Manufacturing"),
        ("Free e-mail", -10, "contact.email_kind", "in", "free, disposable"),
        ("Student", -30, "contact.title", "contains", "student"),
    ]
    acts: list[tuple[str, int, int, list[str], str, int, int | None]] = [
        ("Asked to talk", 40, 1, ["demo_request", "contact_us"], "times", 1, 90),
        ("Downloads", 8, 4, ["content_download"], "times", 1, 60),
        ("Webinars", 12, 2, ["webinar"], "times", 1, 90),
        ("Clicks", 3, 5, ["email_click"], "times", 1, 30),
        ("Opens", 1, 3, ["email_open"], "times", 2, 30),
        ("Pages", 3, 5, ["product_page_view", "case_study_view"], "times", 1, 14),
        ("Booth", 12, 1, ["event_badge_scan"], "times", 1, 180),
        ("Replies", 8, 2, ["email_reply"], "times", 1, 60),
        ("Three kinds", 10, 1, ["engagement"], "distinct", 3, 60),
        ("Unsubscribed", -30, 1, ["unsubscribe"], "times", 1, None),
    ]
    made = [
        Rule.from_dict(
            {"kind": "field", "field": field, "operator": operator, "value": value}, name=name, points=points
        )
        for name, points, field, operator, value in fields
    ] + [
        Rule.from_dict(
            {
                "kind": "activity",
                "activity_types": keys,
                "count": count,
                "at_least": least,
                "within_days": days,
            },
            name=name,
            points=points,
            max_times=most,
        )
        for name, points, most, keys, count, least, days in acts
    ]
    return [rule for rule in made if isinstance(rule, Rule)]


def define() -> None:
    """Definitions as most companies have them: a profile, and a score with a sign of interest."""
    profile = {
        "kind": "field",
        "field": "contact.seniority",
        "operator": "in",
        "value": "c_suite, vp, director",
    }
    warm = {"kind": "score", "field": "score.total", "operator": "gte", "value": "60"}
    asked = {
        "kind": "activity",
        "activity_types": "hand_raiser",
        "count": "times",
        "at_least": 1,
        "within_days": 90,
    }
    for stage, conditions in ((Stage.PREQUALIFIED, [profile]), (Stage.MARKETING_QUALIFIED, [warm, asked])):
        Definition.objects.filter(stage=stage, superseded_at=None).update(superseded_at=NOW)
        Definition.objects.create(
            stage=stage,
            version=Definition.objects.filter(stage=stage).count() + 1,
            text="As agreed.",
            criteria=create_set(
                name=f"{stage} benchmark", content={"match": "all", "conditions": conditions}
            ),
            in_force_from=NOW - timedelta(days=1),
        )


def populate(*, leads: int, rng: random.Random) -> list[int]:
    """People, companies, leads and half a million activities per hundred thousand; returns the ids of the leads."""
    types = [
        ActivityType.objects.get_or_create(
            key=key, defaults={"name": key, "channel": Channel.WEB, "is_hand_raiser": key in TYPES[:2]}
        )[0]
        for key in TYPES
    ]
    source, _ = Source.objects.get_or_create(name="Benchmark", defaults={"kind": SourceKind.EVENT})
    number = max(1, leads // 20)
    accounts = Account.objects.bulk_create(
        (
            Account(
                name=f"Benchmark {place}",
                domain=f"benchmark-{place}.example",
                industry=rng.choice(INDUSTRIES),
                employees=rng.choice([None, 3, 12, 60, 150, 400, 3000]),
                country=rng.choice(COUNTRIES),
            )
            for place in range(number)
        ),
        batch_size=1000,
    )
    contacts = Contact.objects.bulk_create(
        (
            Contact(
                account=accounts[place % number],
                first_name="Ada",
                last_name=f"Benchmark{place}",
                email=f"ada{place}@benchmark-{place % number}.example",
                email_key=f"ada{place}@benchmark-{place % number}.example",
                email_kind=rng.choice(EmailKind.values),
                title=rng.choice(TITLES),
                seniority=rng.choice(Seniority.values),
                function=rng.choice(JobFunction.values),
                country=rng.choice(COUNTRIES),
            )
            for place in range(leads)
        ),
        batch_size=1000,
    )
    born = Lead.objects.bulk_create(
        (Lead(contact=contact, source=source, stage=Stage.IDENTIFIED) for contact in contacts),
        batch_size=1000,
    )
    ids = [lead.pk for lead in born]
    minutes = 365 * 24 * 60
    happened = (
        Activity(
            # The square gives some leads many activities and many leads few.
            lead_id=ids[int(rng.random() ** 2 * leads)],
            type=rng.choice(types),
            at=NOW - timedelta(minutes=rng.randrange(minutes)),
            recorded_at=NOW,
        )
        for _ in range(leads * ACTIVITIES_PER_LEAD)
    )
    while some := list(islice(happened, 50_000)):
        Activity.objects.bulk_create(some, batch_size=1000)
    return ids


def analyse() -> None:
    """Give the database's planner the sizes, which it would find out by itself within minutes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
