"""API tokens, which RevOps makes and revokes, and the events that came with an idempotency key."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from intake import tokens, words
from intake.models import ApiToken, ReceivedEvent
from leadops.admin import ModelAdmin, ReadOnly, badge, signed_in
from terminology.labels import term


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """A token is shown once, when it is made; from then on it can only be revoked."""

    list_display = ["name", "shown_beginning", "source", "shown_state", "last_used_at", "created_by"]
    list_select_related = ["source", "created_by"]
    search_fields = ["name", "prefix"]
    actions = ["revoke_chosen"]
    actions_submit_line = ["revoke_this"]
    fields = [
        "name",
        "source",
        "country",
        "may_record_events",
        "may_read_labels",
        "expires_at",
    ]
    _facts = [
        "shown_beginning",
        "created_at",
        "created_by",
        "last_used_at",
        "revoked_at",
        "suppressed_count",
        "ignored_count",
    ]
    readonly_fields = _facts

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> list[Any]:
        return self.fields if obj is None else [*self.fields, *self._facts]

    @display(description=term("intake.apitoken.prefix", "begins with"))
    def shown_beginning(self, token: ApiToken) -> str:
        return f"lo_{token.prefix}_…"

    @display(description=term("intake.apitoken.state", "State"))
    def shown_state(self, token: ApiToken) -> SafeString:
        if token.revoked_at is not None:
            return badge(words.REVOKED, "rose")
        is_in_force = token.is_in_force(now=timezone.now())
        return badge(words.IN_FORCE, "green") if is_in_force else badge(words.EXPIRED, "amber")

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False  # it is revoked; what it did stays traceable

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        text = tokens.issue(token=obj, by=signed_in(request), now=timezone.now())
        messages.warning(request, f"The token is {text} – copy it now, it is not shown again.")

    @admin.action(
        description=term("intake.revoke_chosen", "Revoke the chosen tokens"), permissions=["change"]
    )
    def revoke_chosen(self, request: HttpRequest, chosen: QuerySet[ApiToken]) -> None:
        number = tokens.revoke(tokens=chosen, now=timezone.now())
        for token in chosen:
            self.log_change(request, token, "Revoked.")
        messages.info(request, f"{number} tokens revoked. Requests with them are refused from now on.")

    @action(description=term("intake.revoke", "Revoke"), permissions=["change"])
    def revoke_this(self, request: HttpRequest, token: ApiToken) -> None:
        tokens.revoke(tokens=[token], now=timezone.now())
        self.log_change(request, token, "Revoked.")
        messages.info(request, f"“{token}” is revoked. Requests with it are refused from now on.")


@admin.register(ReceivedEvent)
class ReceivedEventAdmin(ReadOnly, ModelAdmin):
    list_display = ["received_at", "token", "idempotency_key", "outcome"]
    list_filter = [("outcome", ChoicesDropdownFilter), ("token", RelatedDropdownFilter)]
    list_filter_submit = True
    list_select_related = ["token"]
    search_fields = ["idempotency_key"]
    search_help_text = term("intake.search", "The key of an event. Keys are kept for 72 hours.")
    fields = ["received_at", "token", "idempotency_key", "outcome", "response"]
