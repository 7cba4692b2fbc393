"""The first page after the login, by role: a rep's queue, marketing's inbox, the manager's team, RevOps' agreement."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from handoff import my_day
from imports.models import ImportBatch
from leadops.jobs import JobState
from leadops.names import full_name
from leadops.roles import ADMINISTRATOR, MARKETING, REVOPS, SALES_MANAGER, SALES_REP, has_role
from leads import lifecycle, list_notice
from leads.enums import STAGE_SHORT, Stage, Transition
from leads.models import Definition, Lead, Milestone, Source, StageChange
from reports import words
from reports.funnel import Period, funnel
from terminology.labels import current
from terminology.models import TermOverride

LATELY: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Card:
    """A number with its name, and where it leads."""

    title: Any
    number: int
    hint: Any = ""
    url: str = ""
    is_alarming: bool = False


@dataclass(slots=True)
class Home:
    """What the page shows; a part that is empty is left out."""

    greeting: str
    cards: list[Card] = field(default_factory=list)
    queue: Any = None
    passed_back: list[StageChange] = field(default_factory=list)
    notices: list[tuple[Source, list_notice.Clock]] = field(default_factory=list)
    imports: list[ImportBatch] = field(default_factory=list)
    team: list[dict[str, Any]] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    funnel: Any = None
    widest: int = 1


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback: adds `home` to the index page's context."""
    context["home"] = home(request)
    context["title"] = current("menu.home")
    return context


def home(request: HttpRequest) -> Home:
    """The home page of the person's strongest role."""
    user: Any = request.user
    found = Home(greeting=user.first_name or user.get_username())
    if has_role(user, SALES_REP):
        found.queue = my_day.my_queue(user=user, now=timezone.now())
    elif has_role(user, SALES_MANAGER):
        _for_manager(found, user)
    elif has_role(user, MARKETING):
        _for_marketing(found, user)
    elif has_role(user, REVOPS, ADMINISTRATOR):
        _for_revops(found, user)
    if found.queue is None and user.has_perm("reports.view_reports"):
        found.funnel = funnel(reader=user, period=Period())
        found.widest = max((row.reached for row in found.funnel.rows), default=0) or 1
    return found


def _leads(**filters: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return f"{reverse('admin:leads_lead_changelist')}?{query}"


def _for_manager(found: Home, user: Any) -> None:
    mine = Lead.objects.visible_to(user)
    waiting = mine.in_stage(Stage.MARKETING_QUALIFIED)
    nobody = waiting.unassigned().count()
    found.cards = [
        Card(
            words.UNASSIGNED,
            nobody,
            url=_leads(stage__exact=Stage.MARKETING_QUALIFIED.value, whose="nobody"),
            is_alarming=nobody > 0,
        ),
        Card(
            STAGE_SHORT[Stage.MARKETING_QUALIFIED],
            waiting.count(),
            url=_leads(stage__exact="marketing_qualified"),
        ),
        Card(
            STAGE_SHORT[Stage.SALES_ACCEPTED],
            mine.in_stage(Stage.SALES_ACCEPTED).count(),
            url=_leads(stage__exact="sales_accepted"),
        ),
        Card(
            STAGE_SHORT[Stage.SALES_QUALIFIED],
            mine.in_stage(Stage.SALES_QUALIFIED).count(),
            url=_leads(stage__exact="sales_qualified"),
        ),
    ]
    counts = {
        f"in_{stage.value}": Count("owned_leads", filter=Q(owned_leads__stage=stage))
        for stage in (Stage.MARKETING_QUALIFIED, Stage.SALES_ACCEPTED, Stage.SALES_QUALIFIED)
    }
    members = (
        get_user_model()
        .objects.filter(
            team_memberships__team__members__user=user, team_memberships__receives_leads=True, is_active=True
        )
        .distinct()
    )
    found.team = [
        {
            "name": full_name(member),
            "numbers": [getattr(member, name) for name in counts],
        }
        for member in get_user_model()
        .objects.filter(pk__in=members)
        .annotate(**counts)
        .order_by("first_name")
    ]


def _for_marketing(found: Home, user: Any) -> None:
    since = timezone.now() - LATELY
    mine = Lead.objects.visible_to(user)
    fresh = Milestone.objects.visible_to(user).filter(at__gte=since)
    found.cards = [
        Card(
            words.NEW_LEADS,
            mine.filter(created_at__gte=since).count(),
            words.LATELY,
            _leads(),
        ),
        Card(
            STAGE_SHORT[Stage.MARKETING_QUALIFIED],
            fresh.filter(stage=Stage.MARKETING_QUALIFIED).count(),
            words.LATELY,
            _leads(stage__exact="marketing_qualified"),
        ),
        Card(
            STAGE_SHORT[Stage.SALES_QUALIFIED],
            fresh.filter(stage=lifecycle.opportunity_stage(in_use=lifecycle.stages_in_use())).count(),
            words.LATELY,
            _leads(stage__exact="sales_qualified"),
        ),
        Card(
            words.PASSED_BACK,
            StageChange.objects.visible_to(user)
            .filter(transition=Transition.PASS_BACK, at__gte=since)
            .count(),
            words.LATELY,
        ),
    ]
    found.passed_back = list(
        StageChange.objects.visible_to(user)
        .filter(transition=Transition.PASS_BACK)
        .select_related("lead__contact__account", "reason", "actor", "source")[:8]
    )
    found.notices = list_notice.waiting(now=timezone.now())
    found.imports = list(ImportBatch.objects.select_related("source").order_by("-pk")[:5])


def _for_revops(found: Home, user: Any) -> None:
    failed = ImportBatch.objects.filter(state=JobState.FAILED).count()
    found.cards = [
        Card(
            words.DEFINITIONS,
            Definition.objects.in_force(now=timezone.now()).count(),
            url=reverse("admin:leads_definition_changelist"),
        ),
        Card(
            words.TERMS,
            TermOverride.objects.count(),
            url=reverse("admin:terminology_termoverride_changelist"),
        ),
        Card(
            words.FAILED_IMPORTS,
            failed,
            url=reverse("admin:imports_importbatch_changelist"),
            is_alarming=failed > 0,
        ),
        Card(
            words.UNASSIGNED,
            nobody := Lead.objects.visible_to(user).in_stage(Stage.MARKETING_QUALIFIED).unassigned().count(),
            url=_leads(stage__exact="marketing_qualified", whose="nobody"),
            is_alarming=nobody > 0,
        ),
    ]
    found.definitions = list(Definition.objects.in_force(now=timezone.now()).order_by("pk"))
