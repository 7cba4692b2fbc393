"""Sources, and the page of a list: what it cost and brought, its notice, handing it back and taking it up again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from leadops.admin import ModelAdmin, badge, signed_in
from leadops.errors import LeadOpsError
from leads import handing_back, list_costs, list_notice, list_page, words
from leads.enums import ReasonKind, SourceKind
from leads.models import Reason, Source
from terminology.labels import term

TRUST_COLOURS = {1: "red", 2: "amber", 3: "slate", 4: "green"}


class HandBackForm(forms.Form):
    """Why sales does not want the list."""

    reason = forms.ModelChoiceField(
        label=words.STEP_REASON,
        queryset=Reason.objects.none(),
        widget=UnfoldAdminSelectWidget,
        error_messages={"required": "Choose a reason from the list."},
    )
    note = forms.CharField(
        label=words.STEP_NOTE,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="What is wrong with it, as marketing can take it to the vendor.",
        error_messages={"required": "Say in a few words what is wrong with the list."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = Reason.objects.filter(  # type: ignore[attr-defined]
            kind=ReasonKind.PASS_BACK, is_active=True
        )


class TakeUpForm(forms.Form):
    """What marketing has done about the list."""

    note = forms.CharField(
        label=words.STEP_NOTE, max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


class NoticeForm(forms.Form):
    """When the people of the list were told where we have them from."""

    on = forms.DateField(
        label=words.NOTICE_GIVEN_ON, widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
    )


@admin.register(Source)
class SourceAdmin(ModelAdmin):
    """Where leads come from. A list has a page of its own, with what it cost and what became of it."""

    list_display = [
        "name",
        "kind",
        "shown_trust",
        "vendor",
        "cost",
        "currency",
        "purchased_on",
        "shown_state",
    ]
    list_filter = [("kind", ChoicesDropdownFilter)]
    search_fields = ["name", "vendor"]
    change_form_template = "leads/source_change_form.html"

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return False  # the root of every lead stays

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> list[str]:
        """The date of the notice is noted on the list's page, once."""
        return ["notice_given_on"]

    @display(description=term("page.trust", "Level of trust"))
    def shown_trust(self, source: Source) -> SafeString:
        return badge(source.trust.label, TRUST_COLOURS[source.trust.value])

    @display(description=term("page.state_of_list", "State"))
    def shown_state(self, source: Source) -> SafeString | str:
        """Handed back, or how the notice stands."""
        if source.is_handed_back:
            return badge(words.HANDED_BACK, "red")
        clock = list_notice.clock(source, now=timezone.now())
        return badge(clock.sentence, clock.colour) if clock.sentence else "–"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/list/", wrap(require_safe(self.list_view)), name="leads_source_list"),
            path("<int:pk>/hand-back/", wrap(self.hand_back_view), name="leads_source_hand_back"),
            path("<int:pk>/take-up/", wrap(require_POST(self.take_up_view)), name="leads_source_take_up"),
            path("<int:pk>/notice/", wrap(require_POST(self.notice_view)), name="leads_source_notice"),
            *super().get_urls(),
        ]

    def list_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a list cost and brought, how its notice stands, and who handed it back."""
        user = signed_in(request)
        source = self._found(request, pk)
        if not (user.has_perm("leads.change_source") or handing_back.may_hand_back(user)):
            raise PermissionDenied
        now = timezone.now()
        return TemplateResponse(
            request,
            "leads/source_list.html",
            {
                **self._context(request, source),
                "title": str(source),
                "figures": list_costs.figures(source, reader=user),
                "costs": list_costs.past_costs() if source.kind == SourceKind.PURCHASED_LIST else None,
                "clock": list_notice.clock(source, now=now),
                "trust_colour": TRUST_COLOURS[source.trust.value],
                "may_hand_back": handing_back.may_hand_back(user),
                "may_take_up": source.is_handed_back and user.has_perm(handing_back.MAY_TAKE_UP),
                "may_give_notice": user.has_perm(list_notice.MAY_GIVE),
                "take_up_form": TakeUpForm(),
                "notice_form": NoticeForm(initial={"on": timezone.localdate(now).isoformat()}),
                "panels": list_page.panels(request, source),
            },
        )

    def hand_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks why and says what comes back with the list; then it is done."""
        user = signed_in(request)
        source = self._found(request, pk)
        if not handing_back.may_hand_back(user):
            raise PermissionDenied
        form = HandBackForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                done = handing_back.hand_back(source=source, by=user, now=timezone.now(), **form.cleaned_data)
            except LeadOpsError as refusal:
                form.add_error(None, str(refusal))
            else:
                told = (
                    f"“{source}” is handed back, with {done.passed_back:,} {words.LEADS}. Marketing is told."
                )
                if done.elsewhere:
                    told += f" {done.elsewhere:,} more are with other teams; their managers hand them back."
                messages.success(request, told)
                return redirect("admin:leads_source_list", source.pk)
        mine, elsewhere = handing_back.would_come_back(source=source, by=user)
        return TemplateResponse(
            request,
            "leads/source_hand_back.html",
            {
                **self._context(request, source),
                "title": f"{words.HAND_BACK}: {source}",
                "form": form,
                "mine": mine,
                "elsewhere": elsewhere,
            },
        )

    def take_up_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Marketing goes on with a list that was handed back."""
        source = self._found(request, pk)
        if not request.user.has_perm(handing_back.MAY_TAKE_UP):
            raise PermissionDenied
        form = TakeUpForm(request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else ""
        try:
            handing_back.take_up(source=source, by=signed_in(request), note=note, now=timezone.now())
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"“{source}” is taken up again: more of it may be loaded.")
        return redirect("admin:leads_source_list", source.pk)

    def notice_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note the day on which the people of the list were told."""
        source = self._found(request, pk)
        if not request.user.has_perm(list_notice.MAY_GIVE):
            raise PermissionDenied
        form = NoticeForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Write the day of the notice, such as 2026-03-31.")
            return redirect("admin:leads_source_list", source.pk)
        try:
            list_notice.give(
                source=source, on=form.cleaned_data["on"], by=signed_in(request), now=timezone.now()
            )
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The notice is noted.")
        return redirect("admin:leads_source_list", source.pk)

    def _found(self, request: HttpRequest, pk: int) -> Source:
        rows = self.get_queryset(request).select_related("handed_back_by", "handed_back_reason")
        source: Source | None = rows.filter(pk=pk).first()
        if source is None:
            raise Http404("There is no such list.")
        return source

    def _context(self, request: HttpRequest, source: Source) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "source": source}
