"""What people are told: a row per person and fact, put into words when it is read or e-mailed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from handoff import clocks, hints
from handoff.models import Assignment, Notice, NoticeKind
from leadops import jobs
from leadops.jobs import JobState
from leadops.names import full_name
from leadops.roles import MARKETING
from leads.enums import ChallengeState, PassBackPoint, Stage, Transition
from leads.models import StageChange
from leads.people.erasing import is_forgotten
from leads.people.wall import walled
from leads.review_words import AS_SUCH
from leads.words import LEADS

# How far back `catch_up` looks for what nobody was told: longer than any outage of the workers.
CATCH_UP_WINDOW: Final = timedelta(days=7)
# What asks somebody to reach out to a person; the others tell of work that is left to do whoever it is about.
INVITING: Final = frozenset({NoticeKind.LEAD_ASSIGNED, NoticeKind.LEAD_HANDED_OVER})
WALLED: Final = "Nobody may contact this person any more, so there is nothing to do."


@dataclass(frozen=True, slots=True)
class New:
    """A notice about to be written. `dedupe_key` names the fact; the same fact is told a person once."""

    user_id: int
    kind: NoticeKind
    dedupe_key: str
    lead_id: int | None = None
    change_id: int | None = None
    url: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def notify(
    *,
    user: User,
    kind: NoticeKind,
    dedupe_key: str,
    now: datetime,
    lead_id: int | None = None,
    change_id: int | None = None,
    url: str = "",
    facts: dict[str, Any] | None = None,
) -> Notice:
    """Tell one person of one fact, in the app and by e-mail; telling it again changes nothing. Returns what stands."""
    new = New(user.pk, kind, dedupe_key, lead_id, change_id, url, facts or {})
    notify_many(notices=[new], now=now)
    return Notice.objects.get(dedupe_key=dedupe_key)


def notify_many(*, notices: Sequence[New], now: datetime) -> None:
    """Write notices in one statement, each fact once for ever, and ask for their e-mails on commit."""
    if not notices:
        return
    with transaction.atomic():
        Notice.objects.bulk_create(
            [
                Notice(
                    user_id=new.user_id,
                    kind=new.kind,
                    dedupe_key=new.dedupe_key,
                    lead_id=new.lead_id,
                    change_id=new.change_id,
                    url=new.url,
                    facts=new.facts,
                    run_after=now,
                    hinted_at=now,
                    created_at=now,
                    rows_total=1,
                )
                for new in notices
            ],
            ignore_conflicts=True,
        )
        transaction.on_commit(hints.mail.send)


def unread(user: User | AnonymousUser) -> int:
    """How many notices the person has not read: the number at the bell."""
    return Notice.objects.visible_to(user).unread().count() if user.is_authenticated else 0


def mark_read(*, user: User, now: datetime, up_to: int | None = None) -> int:
    """Mark the person's notices as read, up to the id `up_to` (the newest that the page showed). Returns how many."""
    rows = Notice.objects.visible_to(user).unread()
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to)
    return rows.update(read_at=now)


def deliver_next(*, now: datetime) -> bool:
    """E-mail what waits for one person. False when nothing waits any more, or when it can't be sent now."""
    notice = Notice.objects.claimable(now=now).order_by("pk").first()
    return notice is not None and notice.perform(now=now)


def withdraw_walled(*, rows: Sequence[Notice], now: datetime) -> list[Notice]:
    """Withdraw those of `rows` (from `with_subjects`) that invite to contact somebody whom nobody may contact any more.

    A rep must not be sent to a person who has opted out, was listed or erased since the notice was written. The row
    stays and says so in the app. Returns the others.
    """
    inviting = [(row, row.lead.contact) for row in rows if row.kind in INVITING and row.lead is not None]
    out = walled(list({who.pk: who for _, who in inviting if who is not None}.values()))
    withdrawn = {row.pk for row, who in inviting if who is not None and who.pk in out}
    if withdrawn:
        Notice.objects.filter(pk__in=withdrawn).update(withdrawn_at=now)
    return [row for row in rows if row.pk not in withdrawn]


# --- What nobody was told yet ---------------------------------------------------------------------------------------


def catch_up(*, now: datetime) -> None:
    """Write the notices that the facts of the last days ask for and that do not stand yet."""
    tell_owners_of_handovers(now=now)
    tell_marketing_of_pass_backs(now=now)
    tell_of_ended_jobs(now=now)


def _untold(transition: Transition, *, now: datetime) -> Any:
    return StageChange.objects.filter(
        ~Exists(Notice.objects.filter(change=OuterRef("pk"))),
        transition=transition,
        at__gte=now - CATCH_UP_WINDOW,
        at__lte=now,
    )


def tell_owners_of_handovers(*, now: datetime) -> None:
    """Tell those who already had a lead when it was handed over; whoever is dealt one is told by that."""
    dealt_since = Assignment.objects.filter(lead=OuterRef("lead"), at__gte=OuterRef("at"))
    rows = _untold(Transition.QUALIFY_MARKETING, now=now).filter(
        ~Exists(dealt_since), lead__owner__is_active=True, lead__stage=Stage.MARKETING_QUALIFIED
    )
    notify_many(
        notices=[
            New(
                user_id=change.lead.owner_id,
                kind=NoticeKind.LEAD_HANDED_OVER,
                dedupe_key=f"handed_over:{change.pk}",
                lead_id=change.lead_id,
                change_id=change.pk,
                facts={"stage": change.to_stage},
            )
            for change in rows.select_related("lead")
        ],
        now=now,
    )


def tell_marketing_of_pass_backs(*, now: datetime) -> None:
    """Tell everybody in marketing which lead came back, and why."""
    changes = list(_untold(Transition.PASS_BACK, now=now))
    if not changes:
        return
    people = list(
        get_user_model().objects.filter(groups__name=MARKETING, is_active=True).values_list("pk", flat=True)
    )
    notify_many(
        notices=[
            New(
                user_id=user_id,
                kind=NoticeKind.LEAD_PASSED_BACK,
                dedupe_key=f"passed_back:{change.pk}:{user_id}",
                lead_id=change.lead_id,
                change_id=change.pk,
            )
            for change in changes
            for user_id in people
            if user_id != change.actor_id
        ],
        now=now,
    )


def tell_of_ended_jobs(*, now: datetime) -> None:
    """Tell whoever started a piece of background work that it has ended.

    A job model asks for this by having `announcement()`: None, or a dict with `user_id`, and as wanted `kind` (a value
    of `NoticeKind`; `import_finished` for a list), `url` (the page to open) and `facts`: `name`, and `counts` by the
    names of the model's fields, whose labels they are told with.
    """
    for model in jobs.kinds():
        if not hasattr(model, "announcement"):
            continue
        ended = model.jobs.filter(
            state__in=[JobState.DONE, JobState.FAILED],
            finished_at__gte=now - CATCH_UP_WINDOW,
            finished_at__lte=now,
        )
        keys = {_end_key(job): job for job in ended}
        known = set(Notice.objects.filter(dedupe_key__in=list(keys)).values_list("dedupe_key", flat=True))
        notify_many(
            notices=[
                New(
                    user_id=said["user_id"],
                    kind=said.get("kind", NoticeKind.JOB_ENDED),
                    dedupe_key=key,
                    url=said.get("url", ""),
                    facts={"job": model._meta.label, "state": job.state, **said.get("facts", {})},
                )
                for key, job in keys.items()
                if key not in known and (said := job.announcement()) and said.get("user_id")
            ],
            now=now,
        )


def _end_key(job: jobs.Job) -> str:
    """The fact that a job ended: each further end of a job that was started again is another one."""
    return f"{job._meta.label_lower}:{job.pk}:{job.finished_at:%Y%m%d%H%M%S%f}"


# --- In words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as a person reads it, in the words of today."""

    id: int
    title: str
    text: str
    url: str
    icon: str
    colour: str  # a class of static/leadops/leadops.css
    at: datetime
    is_read: bool
    mail_error: str


_LOOKS: Final[dict[str, tuple[str, str]]] = {
    NoticeKind.LEAD_ASSIGNED: ("person_add", "amber"),
    NoticeKind.LEAD_HANDED_OVER: ("local_fire_department", "amber"),
    NoticeKind.LEAD_PASSED_BACK: ("undo", "sky"),
    NoticeKind.CHALLENGED: ("balance", "violet"),
    NoticeKind.CHALLENGE_RULED: ("gavel", "violet"),
    NoticeKind.LIST_HANDED_BACK: ("assignment_return", "red"),
    NoticeKind.LIST_TAKEN_UP: ("assignment_turned_in", "teal"),
    NoticeKind.TO_SIGN: ("signature", "violet"),
    NoticeKind.IN_FORCE: ("contract", "teal"),
    NoticeKind.IMPORT_FINISHED: ("upload_file", "teal"),
    NoticeKind.JOB_ENDED: ("task_alt", "slate"),
}


def in_words(rows: Iterable[Notice], *, now: datetime) -> list[Shown]:
    """The notices (from `with_subjects`) as people read them. One query beside theirs."""
    hours = clocks.hours_by_stage()
    return [_in_words(row, hours=hours, now=now) for row in rows]


def _in_words(notice: Notice, *, hours: dict[str, int], now: datetime) -> Shown:
    icon, colour = _LOOKS[notice.kind]
    return Shown(
        id=notice.pk,
        title=str(NoticeKind(notice.kind).label),
        text=_SENTENCES[NoticeKind(notice.kind)](notice, hours, now),
        url=page_of(notice),
        icon=icon,
        colour="red" if notice.facts.get("state") == JobState.FAILED else colour,
        at=notice.created_at,
        is_read=notice.read_at is not None,
        mail_error=notice.error,
    )


def page_of(notice: Notice) -> str:
    """The page that the notice is about, as a path."""
    if notice.url:
        return notice.url
    if notice.lead_id is not None:
        return reverse("admin:leads_lead_change", args=[notice.lead_id])
    return reverse("handoff:notices")


def absolute(path: str) -> str:
    """`path` as an address that works in an e-mail."""
    return settings.LEADOPS["SITE_URL"].rstrip("/") + path


def _who(notice: Notice) -> str:
    """The lead's person with job title and company, as far as they are known."""
    contact = notice.lead.contact if notice.lead else None
    if contact is None:
        return str(notice.lead or "")
    if is_forgotten(contact):
        return "Somebody who was erased"
    known = [part for part in (contact.title, str(contact.account or "")) if part]
    return f"{contact} ({', '.join(known)})" if known else str(contact)


def _handed(notice: Notice, ending: str, hours: dict[str, int], now: datetime) -> str:
    lead = notice.lead
    assert lead is not None
    stage = Stage(notice.facts.get("stage", lead.stage))
    sentence = f"{_who(notice)}: “{stage.label}”, {ending}."
    if lead.contact is not None and lead.contact.opted_out_at is not None:
        return f"{sentence} {WALLED}"
    if notice.withdrawn_at is not None:
        at = f"{timezone.localtime(notice.withdrawn_at):%a %d %b, %H:%M}"
        return f"{sentence} Not e-mailed: on {at} nobody could contact this person. Look at the page before you do."
    due = clocks.due_at(lead, hours=hours) if lead.stage == stage else None
    if due is None:
        return sentence
    if due < now:
        return f"{sentence} A first response is {clocks.spoken(now - due)} late."
    return f"{sentence} Reach out by {timezone.localtime(due):%a %d %b, %H:%M}."


def _assigned(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    return _handed(notice, "now with you", hours, now)


def _handed_over(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    return _handed(notice, "and you have it already", hours, now)


def _passed_back(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    change = notice.change
    assert change is not None
    actor = full_name(change.actor) if change.actor else "LeadOps"
    when = f" {str(PassBackPoint(change.pass_back_point).label).lower()}" if change.pass_back_point else ""
    note = f" “{change.note}”" if change.note else ""
    return f"{actor} passed back {_who(notice)}{when}: {change.reason}.{note}"


def _disputed(notice: Notice) -> str:
    """The criterion and the definition that a dispute is about."""
    facts = notice.facts
    return f"“{facts.get('criterion') or AS_SUCH}” ({Stage(facts['defines']).label} v{facts['version']})"


def _challenged(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    return f"{notice.facts.get('by', '')} disputes {_disputed(notice)} of {_who(notice)}. Rule on it."


def _ruled(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    facts = notice.facts
    state = ChallengeState(facts["ruled"]).label
    by = facts.get("by", "")
    return f"{_who(notice)}, {_disputed(notice)}: {state}. {by}: “{facts.get('ruling', '')}”"


def _list_handed_back(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    facts = notice.facts
    return (
        f"{facts['by']} hands “{facts['list']}” back, with {facts['leads']:,} {LEADS}: {facts['reason']}. "
        f"“{facts['note']}”"
    )


def _list_taken_up(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    facts = notice.facts
    return f"{facts['by']} has taken “{facts['list']}” up again. “{facts['note']}”"


def _to_sign(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    return f"“{notice.facts['title']}” is proposed. Read what it changes, then sign it or say what is wrong."


def _in_force(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    facts = notice.facts
    return f"“{facts['title']}” is in force as version {facts['version']}. Read what changes for you."


def _ended(notice: Notice, hours: dict[str, int], now: datetime) -> str:
    facts = notice.facts
    counts = facts.get("counts", {})
    parts = [f"{facts.get('name') or 'It'}: {str(JobState(facts['state']).label).lower()}"]
    # In the order of the fields: PostgreSQL does not keep that of a JSON object.
    labels = _field_labels(facts.get("job", ""))
    parts += [f"{counts[name]:,} {label}" for name, label in labels.items() if counts.get(name)]
    return ", ".join(parts) + "."


def _field_labels(model: str) -> dict[str, str]:
    """What the fields of a job model are called now; nothing for a model that is not installed any more."""
    try:
        fields = apps.get_model(model)._meta.fields
    except (LookupError, ValueError):
        return {}
    return {field.name: str(field.verbose_name) for field in fields}


_SENTENCES: Final[dict[NoticeKind, Callable[[Notice, dict[str, int], datetime], str]]] = {
    NoticeKind.LEAD_ASSIGNED: _assigned,
    NoticeKind.LEAD_HANDED_OVER: _handed_over,
    NoticeKind.LEAD_PASSED_BACK: _passed_back,
    NoticeKind.CHALLENGED: _challenged,
    NoticeKind.CHALLENGE_RULED: _ruled,
    NoticeKind.LIST_HANDED_BACK: _list_handed_back,
    NoticeKind.LIST_TAKEN_UP: _list_taken_up,
    NoticeKind.TO_SIGN: _to_sign,
    NoticeKind.IN_FORCE: _in_force,
    NoticeKind.IMPORT_FINISHED: _ended,
    NoticeKind.JOB_ENDED: _ended,
}
