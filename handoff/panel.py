"""The box of the lead page that says who has the lead, since when and why, and by when somebody is to reach out."""

from django.http import HttpRequest
from django.utils import timezone

from handoff import clocks, routing, words
from handoff.models import Assignment
from leadops.admin import signed_in
from leads.enums import SALES_STAGES
from leads.models import Lead, TeamMember
from leads.workspace import Panel


def ownership(request: HttpRequest, lead: Lead) -> Panel | None:
    """Owner, team, the last assignment and the clock; to take or to give the lead where the person may."""
    now = timezone.now()
    user = signed_in(request)
    timed = clocks.with_response(Lead.objects.filter(pk=lead.pk)).get()
    with_sales = lead.stage in SALES_STAGES
    may_give = lead.is_open and user.has_perm("leads.assign_lead")
    return Panel(
        title=words.OWNERSHIP,
        template="handoff/panel.html",
        context={
            "lead": lead,
            "labels": {name: Lead._meta.get_field(name).verbose_name for name in ("owner", "team")},
            "assignment": Assignment.objects.filter(lead=lead).select_related("owner", "by").first(),
            "clock": clocks.clock(timed, hours=clocks.hours_by_stage(), now=now) if with_sales else None,
            "waiting_because": routing.why_waiting(lead=lead, now=now)
            if lead.owner is None or not lead.owner.is_active
            else "",
            "may_take": with_sales
            and lead.owner_id is None
            and user.has_perm("leads.work_lead")
            and TeamMember.objects.filter(team=lead.team_id, user_id=user.pk).exists(),
            "candidates": routing.may_receive(lead=lead, by=user) if may_give else [],
        },
        order=10,
    )
