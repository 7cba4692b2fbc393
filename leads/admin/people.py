"""Accounts, contacts and teams."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from leadops.admin import ModelAdmin, ModelForm, TabularInline, signed_in
from leadops.errors import LeadOpsError
from leadops.exports import Exports
from leads import people, words
from leads.admin.merged import MergedModelAdmin
from leads.admin.suppression import LiftForm, lift_page
from leads.models import Account, Contact, Team, TeamMember
from leads.people import erasing, suppressing
from leads.resources import ContactResource


@admin.register(Account)
class AccountAdmin(MergedModelAdmin):
    list_display = ["name", "domain", "industry", "employees", "country", "city"]
    search_fields = ["name", "domain"]
    fieldsets = [
        (None, {"fields": ["name", "domain", "website", "industry", "employees", "phone", "country", "city"]})
    ]

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        """A domain that is on the do-not-contact list holds the people of the company from now on."""
        super().save_model(request, obj, form, change)
        if change and "domain" in form.changed_data:
            of_it = obj.contacts.select_related("account")
            if number := people.enforce_on(of_it, by=signed_in(request), now=timezone.now()):
                messages.warning(
                    request,
                    f"“{obj.domain}” is on the do-not-contact list: {number:,} {words.people(number)} of it may not be "
                    "contacted from now on.",
                )


class ContactForm(ModelForm):
    """Asks the do-not-contact list: nobody who is on it is entered by hand, or given back an address that is."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("opted_out_at") or self.instance.opted_out_at:
            return given
        named = ("email", "phone", "account", "country")
        typed = Contact(**{name: given[name] for name in named if given.get(name)})
        if why := people.why_walled(typed):
            raise ValidationError(f"{why} Nobody may contact this person, so nothing was saved.")
        return given


@admin.register(Contact)
class ContactAdmin(Exports, MergedModelAdmin):
    form = ContactForm
    export_resource = ContactResource
    list_display = ["__str__", "title", "account", "email", "phone", "country"]
    list_filter = [("seniority", ChoicesDropdownFilter), ("function", ChoicesDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["account"]
    search_fields = ["first_name", "last_name", "email", "account__name"]
    autocomplete_fields = ["account"]
    fieldsets = [
        (None, {"fields": ["first_name", "last_name", "email", "phone", "account", "linkedin_url"]}),
        (words.CONTACT_ROLE, {"fields": ["title", "seniority", "function", "country", "city"]}),
        (words.CONTACT_PERMISSION, {"fields": ["opted_out_at"]}),
    ]

    change_form_template = "leads/contact_change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Contact | None = None) -> list[str]:
        """Anybody who works with people may note an opt-out; it is lifted on its own page, with a reason."""
        return ["opted_out_at"] if obj is not None and obj.opted_out_at is not None else []

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "opted_out_at" in form.changed_data and obj.opted_out_at is not None:
            suppressing.enter(obj, by=signed_in(request), now=obj.opted_out_at)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/lift/", wrap(self.lift_view), name="leads_contact_lift"),
            path("<int:pk>/erase/", wrap(self.erase_view), name="leads_contact_erase"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        contact = context.get("original")
        context["lo_is_forgotten"] = contact is not None and erasing.is_forgotten(contact)
        return super().render_change_form(request, context, *args, **kwargs)

    def _asked_for(self, request: HttpRequest, pk: int, *, permission: str) -> Contact:
        """The contact of a page of its own, for who may do it there and may see the row."""
        if not request.user.has_perm(permission):
            raise PermissionDenied
        contact: Contact | None = self.get_queryset(request).filter(pk=pk).first()
        if contact is None:
            raise Http404("There is no such row, or it is not yours.")
        return contact

    def erase_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget a person everywhere; the page says what goes and what stays, and asks why."""
        contact = self._asked_for(request, pk, permission=erasing.MAY_ERASE)
        if erasing.is_forgotten(contact):
            messages.info(request, "This person has been erased already. Nothing is known of them any more.")
            return redirect("admin:leads_contact_changelist")
        form = EraseForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                erasing.erase(contact=contact, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
            except LeadOpsError as refusal:
                form.add_error(None, str(refusal))
            else:
                # Without the name, which would stay in the session.
                messages.success(request, "The person was erased, and no list brings them back.")
                return redirect("admin:leads_contact_changelist")
        return TemplateResponse(
            request,
            "leads/contact_erase.html",
            {
                **self.admin_site.each_context(request),
                "title": str(words.ERASE),
                "opts": self.opts,
                "form": form,
                "contact": contact,
                "stays": erasing.foresee(contact),
            },
        )

    def lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let somebody be contacted again who had opted out; the page asks why and on what evidence."""
        contact = self._asked_for(request, pk, permission=suppressing.MAY_LIFT)
        form = LiftForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                suppressing.lift_opt_out(
                    contact=contact, by=signed_in(request), now=timezone.now(), **form.cleaned_data
                )
            except LeadOpsError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"{contact} may be contacted again.")
                return redirect("admin:leads_contact_change", contact.pk)
        return lift_page(
            request, self, form=form, what=str(contact), because=people.why_walled(contact), back=contact
        )


class EraseForm(forms.Form):
    """Why somebody is erased."""

    reason = forms.CharField(
        label=words.ERASING_REASON,
        max_length=erasing.LONGEST_REASON,
        widget=UnfoldAdminTextInputWidget,
        strip=True,
        help_text="The date or the number of the request. It is kept, so it must not tell who it was.",
    )


class TeamMemberInline(TabularInline):
    model = TeamMember
    fields = ["user", "receives_leads", "last_assigned_at"]
    readonly_fields = ["last_assigned_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TeamMember]:
        return super().get_queryset(request).select_related("user", "team")


@admin.register(Team)
class TeamAdmin(ModelAdmin):
    list_display = ["name"]
    search_fields = ["name"]
    inlines = [TeamMemberInline]
