"""Search: what `/` and Ctrl+K find. Pages of the menu first, then people, companies and sales that one may see."""

import time
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from unfold.dataclasses import SearchResult

from leadops import menu
from leads.enums import Stage
from leads.models import Account, Contact, Lead, Opportunity
from terminology.labels import current
from terminology.term_rows import called

EACH: Final = 8  # results of a kind: the palette is for jumping, the lists are for looking around
SHORTEST: Final = 2  # letters; a single one finds everybody


@require_safe
@never_cache
def search_page(request: HttpRequest) -> HttpResponse:
    """The results as the palette (`extended`) or the small search box shows them."""
    started = time.monotonic()
    words = request.GET.get("s", "").strip()
    if len(words) < SHORTEST:
        return HttpResponse()
    extended = "extended" in request.GET
    results = pages(request, words) + (
        search(request, words) if request.user.has_perm("leads.view_lead") else []
    )
    if request.user.has_perm("terminology.view_termoverride"):
        results += terms(words)
    paginator = Paginator(results, 100)
    return TemplateResponse(
        request,
        # The newer of the two releases of Unfold has the palette only.
        ["unfold/helpers/search_results.html"] * (not extended) + ["unfold/helpers/command_results.html"],
        {
            "page_obj": paginator,
            "results": paginator.get_page(request.GET.get("page")),
            "page_counter": 0,
            "execution_time": time.monotonic() - started,
            "command_show_history": False,
        },
        headers={"HX-Trigger": "search"},
    )


def pages(request: HttpRequest, words: str) -> list[SearchResult]:
    """The entries of the person's own menu whose title holds the words."""
    return [
        SearchResult(
            title=str(item["title"]), description=group["title"], link=str(item["link"]), icon=item["icon"]
        )
        for group in menu.navigation(request)
        for item in group["items"]
        if words.casefold() in str(item["title"]).casefold()
    ]


def terms(words: str) -> list[SearchResult]:
    """What the company calls something, found also by what it called it before, or what another tool calls it."""
    return [
        SearchResult(
            title=capfirst(one.text),
            description=f"{current('menu.terms')} · “{one.by}”" if one.by else current("menu.terms"),
            link=reverse("admin:terminology_term", args=[one.key]),
            icon="translate",
        )
        for one in called(words, most=EACH)
    ]


def search(request: HttpRequest, words: str) -> list[SearchResult]:
    """Leads, contacts without a lead, accounts and opportunities, a few of each. Four queries."""
    user = request.user
    leads = Lead.objects.visible_to(user).searched(words).with_people().order_by("-pk")[:EACH]
    found = [
        SearchResult(
            title=str(lead),
            description=" · ".join(
                part
                for part in (
                    str(Stage(lead.stage).label),
                    lead.contact.title if lead.contact else "",
                    str(lead.contact.account or "") if lead.contact else "",
                )
                if part
            ),
            link=reverse("admin:leads_lead_change", args=[lead.pk]),
            icon="person_search",
        )
        for lead in leads
    ]
    shown = {lead.contact_id for lead in leads}
    contacts = Contact.objects.visible_to(user).named(words).exclude(pk__in=shown)
    accounts = Account.objects.visible_to(user).filter(name__icontains=words)
    sales = Opportunity.objects.visible_to(user).filter(name__icontains=words)
    for rows, name, icon in (
        (contacts, "leads_contact", "person"),
        (accounts, "leads_account", "domain"),
        (sales, "leads_opportunity", "handshake"),
    ):
        found += [
            SearchResult(
                title=str(row),
                description=str(row._meta.verbose_name),
                link=reverse(f"admin:{name}_change", args=[row.pk]),
                icon=icon,
            )
            for row in rows[:EACH]
        ]
    return found
