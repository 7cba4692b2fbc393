"""Accounts, contacts, the do-not-contact list, sources and teams."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from leadops.admin import HistoryModelAdmin, ModelAdmin, TabularInline
from leadops.exports import Exports
from leads import words
from leads.models import Account, Contact, Source, Suppression, Team, TeamMember
from leads.resources import ContactResource


@admin.register(Account)
class AccountAdmin(HistoryModelAdmin):
    list_display = ["name", "domain", "industry", "employees", "country", "city"]
    search_fields = ["name", "domain"]
    fieldsets = [
        (None, {"fields": ["name", "domain", "website", "industry", "employees", "phone", "country", "city"]})
    ]


@admin.register(Contact)
class ContactAdmin(Exports, HistoryModelAdmin):
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

    def get_readonly_fields(self, request: HttpRequest, obj: Contact | None = None) -> list[str]:
        """Anybody who works with people may note an opt-out; only who keeps the do-not-contact list may lift it."""
        is_out = obj is not None and obj.opted_out_at is not None
        return ["opted_out_at"] if is_out and not request.user.has_perm("leads.change_suppression") else []


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    list_display = ["value", "kind", "reason", "created_at", "created_by"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    search_fields = ["value"]

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)


@admin.register(Source)
class SourceAdmin(ModelAdmin):
    list_display = ["name", "kind", "vendor", "cost", "currency", "purchased_on"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    search_fields = ["name", "vendor"]

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return False  # the root of every lead stays


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
