"""What the lead page shows above its form: stage path, person, next steps, panels of other apps, timeline."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils.text import capfirst

from leadops.admin import signed_in
from leadops.names import full_name
from leads import challenges, lifecycle, list_notice, wording
from leads.criteria import Evidence, explain
from leads.enums import STAGE_SHORT, Stage, Transition
from leads.models import (
    Account,
    Activity,
    ActivityType,
    Contact,
    Lead,
    Milestone,
    Opportunity,
    QualificationAnswer,
    StageChange,
    StageSetting,
)
from leads.normalise import COUNTRY_NAMES

TIMELINE_LENGTH: Final = 60  # entries on the page; the rest is in the lists of activities and stage changes

# Colours of static/leadops/leadops.css, for stages whose colour the company has not set.
STAGE_COLOURS: Final = {
    Stage.ANONYMOUS: "slate",
    Stage.SUSPECT: "slate",
    Stage.IDENTIFIED: "sky",
    Stage.PREQUALIFIED: "cyan",
    Stage.MARKETING_QUALIFIED: "amber",
    Stage.SALES_ACCEPTED: "violet",
    Stage.SALES_QUALIFIED: "indigo",
    Stage.CUSTOMER: "green",
    Stage.DISQUALIFIED: "rose",
}

# The steps that lead on; their buttons stand out.
MAIN_STEPS: Final = (
    Transition.IDENTIFY,
    Transition.PREQUALIFY,
    Transition.QUALIFY_MARKETING,
    Transition.ACCEPT,
    Transition.QUALIFY_SALES,
    Transition.FAST_TRACK,
)


@dataclass(frozen=True, slots=True)
class Panel:
    """A box of an upper app on the lead page."""

    title: Any
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50


_panels: list[tuple[int, Callable[[HttpRequest, Lead], Panel | None]]] = []


def register_panel(build: Callable[[HttpRequest, Lead], Panel | None], *, order: int = 50) -> None:
    """Let an upper app show a box on the lead page; `build` returns None where it has nothing to say."""
    if all(known is not build for _, known in _panels):
        _panels.append((order, build))
        _panels.sort(key=lambda pair: pair[0])


def panels(request: HttpRequest, lead: Lead) -> list[Panel]:
    """The boxes of the upper apps for this lead, in order."""
    return [panel for _, build in _panels if (panel := build(request, lead)) is not None]


_columns: list[tuple[Callable[[Lead], Any], str]] = []


def register_column(column: Callable[[Lead], Any], *, related: str) -> None:
    """Let an upper app add a column to the lead list; `related` is what it reads, fetched in the list's own query."""
    if all(known is not column for known, _ in _columns):
        _columns.append((column, related))


def columns() -> list[Callable[[Lead], Any]]:
    """The columns of the upper apps, in the order of their registration."""
    return [column for column, _ in _columns]


def column_relations() -> list[str]:
    """What the lead list fetches for those columns."""
    return [related for _, related in _columns]


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage on the path at the top of the page."""

    stage: Stage
    label: Any
    short: Any
    meaning: Any
    page: str  # of the definition in force, "" while there is none
    colour: str
    reached_at: datetime | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline: an activity or a stage change."""

    at: datetime
    icon: str
    title: str
    text: str
    who: str
    colour: str = ""
    tags: tuple[str, ...] = ()


_CHANNEL_ICONS: Final = {
    "web": "language",
    "email": "mail",
    "phone": "call",
    "chat": "chat",
    "event": "event_available",
    "webinar": "smart_display",
    "social": "share",
    "meeting": "groups",
    "other": "bolt",
}


def stage_colours() -> dict[str, str]:
    """The colour of each stage: the company's, or the default. One query."""
    own = dict(StageSetting.objects.exclude(colour="").values_list("stage", "colour"))
    return {stage.value: own.get(stage.value, STAGE_COLOURS[stage]) for stage in Stage}


def path(lead: Lead) -> list[Stop]:
    """The stages in use with the moment the lead first reached each. A disqualified lead shows where it ended."""
    reached = dict(Milestone.objects.filter(lead=lead).values_list("stage", "at"))
    colours = stage_colours()
    shown = [
        stage
        for stage in lifecycle.stages_in_use()
        if not (stage == Stage.DISQUALIFIED and lead.stage != stage)
        and not (stage == Stage.ANONYMOUS and stage not in reached and lead.stage != stage)
        and not (stage == Stage.SUSPECT and stage not in reached and lead.stage != stage)
    ]
    return [
        Stop(
            stage=stage,
            label=stage.label,
            short=STAGE_SHORT[stage],
            meaning=wording.meaning(stage),
            page=wording.page_of(stage),
            colour=colours[stage],
            reached_at=reached.get(stage),
            is_current=lead.stage == stage,
        )
        for stage in shown
    ]


def timeline(lead: Lead) -> list[Entry]:
    """Activities and stage changes of the lead, newest first. Two queries."""
    activities = Activity.objects.filter(lead=lead).select_related("type", "by", "source")[:TIMELINE_LENGTH]
    changes = StageChange.objects.filter(lead=lead).select_related("actor", "reason", "definition")[
        :TIMELINE_LENGTH
    ]
    entries = [_activity_entry(row) for row in activities] + [_change_entry(row) for row in changes]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:TIMELINE_LENGTH]


def _activity_entry(row: Activity) -> Entry:
    title = str(row.type)
    return Entry(
        at=row.at,
        icon=_CHANNEL_ICONS.get(row.type.channel, "bolt"),
        title=title,
        text="\n".join(part for part in (row.subject if row.subject != title else "", row.body) if part),
        who=_name(row.by),
        tags=("hand-raiser",) if row.type.is_hand_raiser else (),
    )


def _change_entry(row: StageChange) -> Entry:
    facts = [str(row.reason)] if row.reason else []
    if row.pass_back_point:
        facts.append(str(row.get_pass_back_point_display()).lower())
    if row.score is not None:
        facts.append(f"score {row.score}")
    if row.definition is not None:
        facts.append(f"definition v{row.definition.version}")
    confirmed = [f"{'✗' if item.get('disputed') else '✓'} {item['criterion']}" for item in row.confirmed]
    return Entry(
        at=row.at,
        icon="flag",
        title=f"{Transition(row.transition).label} → {Stage(row.to_stage).label}",
        text="\n".join(part for part in (row.note, *confirmed) if part),
        who=_name(row.actor) or "LeadOps",
        colour=STAGE_COLOURS[Stage(row.to_stage)],
        tags=tuple(facts),
    )


def _name(user: Any) -> str:
    return full_name(user) if user else ""


def agreement(lead: Lead, *, now: datetime) -> dict[str, Any]:
    """The MQL definition in force with each criterion and its evidence for this lead: what a rep is asked to trust."""
    definition = lifecycle.definition_in_force(Stage.MARKETING_QUALIFIED, now=now)
    proofs: list[Evidence] = (
        explain(lead=lead, criteria=definition.criteria, now=now)
        if definition is not None and definition.criteria is not None and lead.contact_id
        else []
    )
    return {"definition": definition, "evidence": proofs}


@dataclass(frozen=True, slots=True)
class Fact:
    """A line about the person or the company; an empty value is shown as not known, since that is worth knowing."""

    label: Any
    value: Any
    href: str = ""
    is_external: bool = False


def facts(lead: Lead) -> list[Fact]:
    """What a rep wants to know before calling, missing profile data included."""
    contact = lead.contact
    if contact is None:
        return []
    account = contact.account
    labels = {field.name: field.verbose_name for field in Contact._meta.fields}
    company = {field.name: field.verbose_name for field in Account._meta.fields}
    country = COUNTRY_NAMES.get(contact.country, contact.country)
    place = ", ".join(part for part in (contact.city, country) if part)
    linkedin = contact.linkedin_url if contact.linkedin_url.startswith("https://") else ""
    return [
        Fact(labels["email"], contact.email, f"mailto:{contact.email}" if contact.email else ""),
        Fact(labels["phone"], contact.phone, f"tel:{contact.phone}" if contact.phone else ""),
        Fact(labels["seniority"], contact.get_seniority_display() if contact.seniority != "unknown" else ""),
        Fact(labels["function"], contact.get_function_display() if contact.function != "unknown" else ""),
        Fact(labels["city"], place),
        *([Fact(labels["linkedin_url"], "Open", linkedin, True)] if linkedin else []),
        Fact(company["industry"], account.industry if account else ""),
        Fact(company["employees"], f"{account.employees:,}" if account and account.employees else ""),
        Fact(
            Lead._meta.get_field("source").verbose_name, f"{lead.source} ({lead.source.get_kind_display()})"
        ),
    ]


def context(request: HttpRequest, lead: Lead, *, now: datetime) -> dict[str, Any]:
    """Everything the workspace template shows, in a bounded number of queries."""
    may_log = request.user.has_perm("leads.log_activity")
    return {
        "lead": lead,
        "contact": lead.contact,
        "account": lead.contact.account if lead.contact else None,
        "stage_label": Stage(lead.stage).label,
        "path": path(lead),
        "main_steps": MAIN_STEPS,
        "steps": lifecycle.steps(lead=lead, user=signed_in(request), now=now),
        "agreement": agreement(lead, now=now),
        "answers": QualificationAnswer.objects.filter(lead=lead).select_related("question"),
        "facts": facts(lead),
        "list_warning": list_notice.not_told(lead.source, now=now),
        "opportunity": getattr(lead, "opportunity", None),
        "opportunity_name": capfirst(Opportunity._meta.verbose_name),
        "opportunity_labels": {field.name: field.verbose_name for field in Opportunity._meta.fields},
        "nurture": lead.nurture.filter(left_at=None).select_related("programme").first(),
        "panels": panels(request, lead),
        "timeline": timeline(lead),
        "log_types": ActivityType.objects.filter(is_logged_by_reps=True, is_active=True) if may_log else [],
        "may_work": request.user.has_perm("leads.work_lead"),
        "may_dispute": challenges.may_raise(request.user),
        "now": now,
    }
