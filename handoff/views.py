"""My queue and the notices, and what people do there. Whatever changes something is a POST."""

from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from handoff import my_day, notices, routing
from handoff.models import Notice, NoticeQuerySet
from leadops.admin import row_number
from leadops.errors import LeadOpsError
from leadops.names import full_name
from leads.models import Lead, Team, TeamMember
from leads.words import LEAD, LEADS
from terminology.labels import current

PAGE_LENGTH: Final = 50  # notices on a page; older ones are a link away

Request = Any  # an HttpRequest whose user is known; the stubs leave open that it is anonymous


def _only(request: Request, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


@require_safe
def my_queue(request: Request) -> HttpResponse:
    """The list that a rep works through."""
    _only(request, "leads.work_lead")
    return TemplateResponse(
        request,
        "handoff/my_queue.html",
        {
            **admin.site.each_context(request),
            "title": current("menu.my_queue"),
            "queue": my_day.my_queue(user=request.user, now=timezone.now()),
        },
    )


@require_POST
def take(request: Request, pk: int) -> HttpResponse:
    """Take a lead that nobody has."""
    _only(request, "leads.work_lead")
    # Not limited to what the person sees: who comes too late is told by `claim` who was faster.
    lead = Lead.objects.filter(pk=pk).first()
    if lead is None:
        messages.error(request, f"There is no such {LEAD} in your team. Go back to your queue.")
        return redirect("handoff:my_queue")
    try:
        routing.claim(lead=lead, by=request.user, now=timezone.now())
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        return redirect("handoff:my_queue")
    messages.success(request, f"{lead} is yours now.")
    return redirect("admin:leads_lead_change", lead.pk)


@require_POST
def give(request: Request, pk: int) -> HttpResponse:
    """Give a lead to a person of the manager's teams."""
    _only(request, "leads.assign_lead")
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    lead.owner_id = row_number(request.POST.get("seen", "")) or None
    to = _person(request.POST.get("to", ""))
    page = redirect("admin:leads_lead_change", lead.pk)
    if to is None:
        messages.error(request, f"Choose to whom you give the {LEAD}.")
        return page
    try:
        routing.assign(lead=lead, to=to, by=request.user, now=timezone.now())
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        return page
    messages.success(request, f"{lead} is now with {full_name(to)}.")
    return page


@require_safe
def my_team(request: Request) -> HttpResponse:
    """Who receives leads, and how many each has."""
    _only(request, "leads.change_teammember")
    stages, teams = my_day.my_teams(user=request.user)
    return TemplateResponse(
        request,
        "handoff/my_team.html",
        {
            **admin.site.each_context(request),
            "title": current("menu.my_team"),
            "stages": stages,
            "teams": teams,
        },
    )


@require_POST
def switch(request: Request, pk: int) -> HttpResponse:
    """Let a member of the team receive leads, or not."""
    _only(request, "leads.change_teammember")
    teams = Team.objects.visible_to(request.user)
    member = get_object_or_404(TeamMember.objects.select_related("user", "team"), pk=pk, team__in=teams)
    receives = request.POST.get("receives") == "yes"
    try:
        routing.set_receiving(member=member, receives=receives, by=request.user)
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        return redirect("handoff:my_team")
    name = full_name(member.user)
    if receives:
        messages.success(request, f"{name} receives {LEADS} again.")
    else:
        messages.success(request, f"{name} receives no {LEADS} now. Switch it on again when they are back.")
    return redirect("handoff:my_team")


def _person(text: str) -> Any:
    return get_user_model().objects.filter(pk=row_number(text)).first()


@require_safe
def notice_list(request: Request) -> HttpResponse:
    """What the person was told, the newest first; older ones by keyset."""
    _only(request, "handoff.view_notice")
    rows = _mine(request).with_subjects()
    if before := row_number(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-pk")[: PAGE_LENGTH + 1])
    shown = notices.in_words(page[:PAGE_LENGTH], now=timezone.now())
    return TemplateResponse(
        request,
        "handoff/notices.html",
        {
            **admin.site.each_context(request),
            "title": current("menu.notices"),
            "notices": shown,
            "newest": shown[0].id if shown else 0,
            "has_unread": any(not row.is_read for row in shown),
            "older_url": f"{reverse('handoff:notices')}?before={shown[-1].id}"
            if len(page) > PAGE_LENGTH
            else "",
        },
    )


@require_POST
def read_notices(request: Request) -> HttpResponse:
    """Mark everything up to the newest notice that the page showed as read."""
    _only(request, "handoff.view_notice")
    up_to = request.POST.get("up_to", "")
    notices.mark_read(user=request.user, now=timezone.now(), up_to=row_number(up_to) if up_to else None)
    return redirect("handoff:notices")


@require_POST
def open_notice(request: Request, pk: int) -> HttpResponse:
    """Mark a notice as read and show what it is about."""
    _only(request, "handoff.view_notice")
    notice = _mine(request).filter(pk=pk).first()
    if notice is None:
        raise Http404("There is no such notice, or it is not yours.")
    _mine(request).filter(pk=pk, read_at=None).update(read_at=timezone.now())
    return redirect(notices.page_of(notice))


def _mine(request: HttpRequest) -> NoticeQuerySet:
    return Notice.objects.visible_to(request.user)
