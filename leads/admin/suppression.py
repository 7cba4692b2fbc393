"""The do-not-contact list: entries by hand and by file, lifted with a reason and evidence, and what was lifted."""

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from leadops.admin import ModelAdmin, ReadOnly, signed_in
from leadops.errors import LeadOpsError
from leads import words
from leads.models import LiftedEntry, Suppression
from leads.people import suppressing

MOST_BYTES: Final = 10 * 1024 * 1024  # of a file of entries: some 400,000 addresses


class LiftForm(forms.Form):
    """Why an entry is lifted, and what shows that it is right."""

    reason = forms.CharField(
        label=words.LIFT_REASON, max_length=300, widget=UnfoldAdminTextInputWidget, strip=True
    )
    evidence = forms.CharField(
        label=words.LIFT_EVIDENCE,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="What shows it: when, where and how the person agreed. It is kept.",
    )


class UploadForm(forms.Form):
    """A file of addresses, numbers and domains."""

    file = forms.FileField(
        label=words.SUPPRESSION_FILE,
        widget=forms.ClearableFileInput(attrs={"class": "lo-input", "accept": ".csv,.tsv,.txt"}),
        help_text="Text or CSV, up to 10 MB, one entry in a line: an address, a telephone number or a domain.",
    )
    reason = forms.CharField(
        label=words.SUPPRESSION_REASON, max_length=200, widget=UnfoldAdminTextInputWidget, required=False
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("This file is larger than 10 MB. Split it and upload the parts.")
        return file


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    """Entered here, by lists and by people who opt out. What an entry holds is never changed, only lifted."""

    list_display = ["value", "kind", "reason", "created_at", "created_by"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    search_fields = ["value"]
    fields = ["kind", "value", "reason"]
    change_form_template = "leads/suppression_change_form.html"
    list_before_template = "leads/suppression_list_before.html"
    nothing_yet = "Nobody is on the list. Who opts out comes here by itself."

    def get_readonly_fields(self, request: HttpRequest, obj: Suppression | None = None) -> list[str]:
        return ["kind", "value"] if obj is not None else []

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Also finds an address under the spelling that somebody types."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if "@" in search_term:
            key = suppressing.suppression_value(kind=Suppression.Kind.EMAIL, value=search_term)
            found = found | queryset.filter(value=key)
        return found, may_repeat

    def has_delete_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        return False  # an entry is lifted, with a reason and evidence

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            kwargs["choices"] = [
                choice for choice in Suppression.Kind.choices if choice[0] != Suppression.Kind.ERASED
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        now = timezone.now()
        if not change:
            obj.created_by = signed_in(request)
            obj.created_at = now
        super().save_model(request, obj, form, change)
        if not change and (number := suppressing.enforce([obj], by=signed_in(request), now=now)):
            messages.info(request, f"{number:,} {words.people(number)} known here: opted out from now on.")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("upload/", wrap(self.upload_view), name="leads_suppression_upload"),
            path("<int:pk>/lift/", wrap(self.lift_view), name="leads_suppression_lift"),
            *super().get_urls(),
        ]

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """A file of entries, each of which holds from now on."""
        if not request.user.has_perm(suppressing.MAY_ADD):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            result = suppressing.take_in(
                texts=suppressing.texts_of(form.cleaned_data["file"].read()),
                reason=form.cleaned_data["reason"],
                by=signed_in(request),
                now=timezone.now(),
            )
            level = messages.WARNING if result.unreadable else messages.SUCCESS
            messages.add_message(request, level, suppressing.in_words(result))
            return redirect("admin:leads_suppression_changelist")
        return TemplateResponse(
            request,
            "leads/suppression_upload.html",
            {
                **self.admin_site.each_context(request),
                "title": str(words.UPLOAD_SUPPRESSIONS),
                "opts": self.opts,
                "form": form,
            },
        )

    def lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take one entry off the list; the page asks why and on what evidence."""
        if not request.user.has_perm(suppressing.MAY_LIFT):
            raise PermissionDenied
        entry = self.get_queryset(request).filter(pk=pk).first()
        if entry is None:
            raise Http404("There is no such entry. It may have been lifted already.")
        form = LiftForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                number = suppressing.lift(
                    entry=entry, by=signed_in(request), now=timezone.now(), **form.cleaned_data
                )
            except LeadOpsError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request,
                    f"“{entry}” was lifted, and {number:,} {words.people(number)} may be contacted again.",
                )
                return redirect("admin:leads_suppression_changelist")
        because = f"Written down as the reason: “{entry.reason}”." if entry.reason else ""
        return lift_page(request, self, form=form, what=str(entry), because=because, back=entry)


def lift_page(
    request: HttpRequest, site: Any, *, form: LiftForm, what: str, because: str, back: Any
) -> TemplateResponse:
    """The page that asks why somebody may be contacted again."""
    return TemplateResponse(
        request,
        "leads/suppression_lift.html",
        {
            **site.admin_site.each_context(request),
            "title": f"{capfirst(str(words.LIFT))}: {what}",
            "opts": site.opts,
            "form": form,
            "because": because,
            "back": back,
        },
    )


@admin.register(LiftedEntry)
class LiftedEntryAdmin(ReadOnly, ModelAdmin):
    """What was taken off the list: read here, and never changed."""

    nothing_yet = "No entry of the do-not-contact list was lifted."
    list_display = ["value", "kind", "reason", "by", "at"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    list_select_related = ["by"]
    search_fields = ["value"]
    fields = ["kind", "value", "listed_because", "listed_at", "reason", "evidence", "by", "at"]
