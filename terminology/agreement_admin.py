"""The pages of agreements: what is in force, what is drafted, its differences and effects, signing, discussion."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from leadops.admin import ModelAdmin, signed_in
from leadops.errors import LeadOpsError
from terminology import agreements, beside, sections
from terminology.document import as_markdown, document
from terminology.impact import impact_of
from terminology.labels import current, term
from terminology.models import Agreement, AgreementEntry, AgreementState, EntryKind, Side

LONG: Final = 12  # changes of a section, or lines of an entry: more are folded away

# The colour of each state's badge, a class of static/leadops/leadops.css.
COLOURS = {
    AgreementState.DRAFT: "slate",
    AgreementState.PROPOSED: "amber",
    AgreementState.SIGNED: "blue",
    AgreementState.IN_FORCE: "green",
    AgreementState.SUPERSEDED: "slate",
    AgreementState.WITHDRAWN: "slate",
}

# The pages ask for these by their keys.
for _key, _text in {
    "menu.agreements": "Agreements",
    "page.change_more": "Change something",
    "page.comment": "Comment",
    "page.discussion": "Discussion",
    "page.on_their_way": "On their way",
    "page.new_agreement": "New draft",
    "page.propose": "Propose",
    "page.roll_back": "Roll back",
    "page.say_something": "Your comment",
    "page.signatures": "Signatures",
    "page.what_changes": "What changes",
    "page.what_it_does": "What it does",
    "page.what_was": "What was",
    "page.what_we_agreed": "What marketing and sales agreed",
    "page.withdraw": "Withdraw",
}.items():
    term(_key, _text)


class AgreementForm(forms.ModelForm):
    """Title, reason and date of a draft."""

    class Meta:
        model = Agreement
        fields = ["title", "note", "comes_into_force_at"]
        widgets = {
            "title": forms.TextInput(attrs={"class": "lo-input"}),
            "note": forms.Textarea(attrs={"class": "lo-input", "rows": 4}),
            "comes_into_force_at": forms.DateTimeInput(
                attrs={"class": "lo-input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
        }


@admin.register(Agreement)
class AgreementAdmin(ModelAdmin):
    """Every page is its own; the admin gives addresses and permissions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(agreements.PROPOSE))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what was agreed, and what was not, stays to be read

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        doors: dict[str, Callable[..., HttpResponse]] = {
            "describe": self.describe_view,
            "propose": self.propose_view,
            "sign": self.sign_view,
            "comment": self.comment_view,
            "withdraw": self.withdraw_view,
            "roll-back": self.roll_back_view,
        }
        return [
            path("", wrap(self.list_view), name="terminology_agreement_changelist"),
            path("add/", wrap(self.draft_view), name="terminology_agreement_add"),
            path("in-force/", wrap(self.in_force_view), name="terminology_agreement_in_force"),
            path("<int:pk>/change/", wrap(self.page_view), name="terminology_agreement_change"),
            path("<int:pk>/history/", wrap(self.history_page), name="terminology_agreement_history"),
            path("<int:pk>/document/", wrap(self.document_view), name="terminology_agreement_document"),
            path(
                "<int:pk>/document.<str:form>",
                wrap(self.download_view),
                name="terminology_agreement_download",
            ),
            *(
                path(
                    f"<int:pk>/{name}/",
                    wrap(require_POST(view)),
                    name=f"terminology_agreement_{name.replace('-', '_')}",
                )
                for name, view in doors.items()
            ),
        ]

    # --- Reading ----------------------------------------------------------------------------------

    def list_view(self, request: HttpRequest) -> HttpResponse:
        """What is in force, what is on its way, and what was."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = Agreement.objects.select_related("created_by", "proposed_by").defer("document")
        rows = list(found.prefetch_related("signatures__user"))
        return self._page(
            request,
            "terminology/agreements.html",
            title=current("menu.agreements"),
            present=next((one for one in rows if one.state == AgreementState.IN_FORCE), None),
            open_ones=[_row(one) for one in rows if one.is_open],
            past=[
                _row(one)
                for one in rows
                if one.state in (AgreementState.SUPERSEDED, AgreementState.WITHDRAWN)
            ],
            may_draft=self.has_add_permission(request),
        )

    def page_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One agreement: what it changes, what that does, who signed, what was said."""
        found = self._agreement(request, pk)
        return self._shown(request, found)

    def history_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An agreement's history stands on its page."""
        found = self._agreement(request, pk)
        return redirect(reverse("admin:terminology_agreement_change", args=[found.pk]) + "#story-title")

    def _shown(
        self, request: HttpRequest, found: Agreement, *, form: AgreementForm | None = None, said: str = ""
    ) -> HttpResponse:
        user, now = signed_in(request), timezone.now()
        may_change = found.is_open and user.has_perm(agreements.PROPOSE)
        return self._page(
            request,
            "terminology/agreement.html",
            title=found.title,
            agreement=found,
            colour=COLOURS[AgreementState(found.state)],
            changes=_changes(found, may_change=may_change),
            editors=_editors(found) if may_change else [],
            effects=impact_of(found, user=user, now=now) if found.is_open and found.changes else [],
            cards=beside.cards(found, user=user),
            sides=[_signing(found, side, user) for side in Side],
            content_hash=agreements.hash_of(found),
            story=[_told(entry) for entry in found.entries.select_related("by")],
            may_change=may_change,
            is_draft=found.state == AgreementState.DRAFT,
            may_comment=user.has_perm("terminology.add_agreemententry"),
            may_roll_back=found.state in (AgreementState.IN_FORCE, AgreementState.SUPERSEDED)
            and bool(found.changes)
            and user.has_perm(agreements.PROPOSE),
            form=form or AgreementForm(instance=found),
            said=said,
            comment_kind=EntryKind.COMMENT,
        )

    # --- Changing ---------------------------------------------------------------------------------

    def draft_view(self, request: HttpRequest) -> HttpResponse:
        """GET asks what the draft is about; POST opens it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = AgreementForm(request.POST or None)
        del form.fields["comes_into_force_at"]
        if request.method == "POST" and form.is_valid():
            try:
                made = agreements.draft(
                    title=form.cleaned_data["title"],
                    note=form.cleaned_data["note"],
                    by=signed_in(request),
                    now=timezone.now(),
                )
            except LeadOpsError as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("admin:terminology_agreement_change", made.pk)
        return self._page(
            request, "terminology/agreement_new.html", title=current("page.new_agreement"), form=form
        )

    def describe_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Another title, reason or date."""
        found = self._changeable(request, pk)
        form = AgreementForm(request.POST, instance=Agreement.objects.get(pk=pk))
        if not form.is_valid():
            return self._shown(request, found, form=form)
        return self._do(
            request,
            found,
            lambda: agreements.describe(
                agreement=found,
                title=form.cleaned_data["title"],
                note=form.cleaned_data["note"],
                comes_into_force_at=form.cleaned_data["comes_into_force_at"],
                by=signed_in(request),
                revision=_number(request, "revision"),
                now=timezone.now(),
            ),
            done="Saved.",
            form=form,
        )

    def propose_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put it before both teams."""
        found = self._changeable(request, pk)
        return self._do(
            request,
            found,
            lambda: agreements.propose(
                agreement=found,
                by=signed_in(request),
                revision=_number(request, "revision"),
                now=timezone.now(),
            ),
            done="It is proposed. Each side can read and sign it now.",
        )

    def sign_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sign for one side what was read."""
        found = self._agreement(request, pk)
        if request.POST.get("side") not in Side.values:
            raise Http404("There is no such side.")
        side = Side(request.POST["side"])
        if not signed_in(request).has_perm(agreements.SIGN[side]):
            raise PermissionDenied
        return self._do(
            request,
            found,
            lambda: agreements.sign(
                agreement=found,
                side=side,
                by=signed_in(request),
                content_hash=request.POST.get("content_hash", ""),
                now=timezone.now(),
            ),
            done=lambda signed: (
                f"Signed for “{side.label}”. Version {signed.version} is in force from now on."
                if signed.state == AgreementState.IN_FORCE
                else f"Signed for “{side.label}”."
            ),
        )

    def comment_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say something."""
        found = self._agreement(request, pk)
        if not request.user.has_perm("terminology.add_agreemententry"):
            raise PermissionDenied
        text = request.POST.get("text", "").replace("\x00", "")  # PostgreSQL takes no such sign
        return self._do(
            request,
            found,
            lambda: agreements.comment(agreement=found, by=signed_in(request), text=text, now=timezone.now()),
            done="",
            said=text,
        )

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End it."""
        found = self._changeable(request, pk)
        return self._do(
            request,
            found,
            lambda: agreements.withdraw(agreement=found, by=signed_in(request), now=timezone.now()),
            done="It is withdrawn. It stays here to be read.",
        )

    def roll_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Propose to bring back what held before."""
        found = self._changeable(request, pk)
        try:
            made = agreements.roll_back(agreement=found, by=signed_in(request), now=timezone.now())
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:terminology_agreement_change", found.pk)
        messages.success(request, "The way back is proposed. It holds as soon as both sides have signed it.")
        return redirect("admin:terminology_agreement_change", made.pk)

    # --- The document -----------------------------------------------------------------------------

    def in_force_view(self, request: HttpRequest) -> HttpResponse:
        """The document of what is in force, or of what holds while nothing was agreed yet."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._document_page(request, agreements.in_force())

    def document_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The document of one version, to be read and printed."""
        found = self._agreement(request, pk)
        if found.document is None:
            raise Http404("Only what has come into force is a document.")
        return self._document_page(request, found)

    def _document_page(self, request: HttpRequest, found: Agreement | None) -> HttpResponse:
        return self._page(
            request,
            "terminology/agreement_document.html",
            title=current("page.what_we_agreed"),
            agreement=found,
            document=document(now=timezone.now(), agreement=found),
            signatures=list(found.signatures.select_related("user")) if found else [],
        )

    def download_view(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        """The document as Markdown or JSON."""
        found = self._agreement(request, pk)
        if found.document is None or form not in ("md", "json"):
            raise Http404("Only what has come into force is a document, as md or json.")
        content = document(now=timezone.now(), agreement=found)
        name = f"{slugify(str(self.opts.verbose_name)) or 'agreement'}-v{found.version}.{form}"
        answer = (
            JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
            if form == "json"
            else HttpResponse(as_markdown(content), content_type="text/markdown; charset=utf-8")
        )
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    # --- Common -----------------------------------------------------------------------------------

    def _agreement(self, request: HttpRequest, pk: int) -> Agreement:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found: Agreement = get_object_or_404(Agreement.objects.prefetch_related("signatures__user"), pk=pk)
        return found

    def _changeable(self, request: HttpRequest, pk: int) -> Agreement:
        if not request.user.has_perm(agreements.PROPOSE):
            raise PermissionDenied
        return self._agreement(request, pk)

    def _do(
        self,
        request: HttpRequest,
        found: Agreement,
        step: Callable[[], Any],
        *,
        done: str | Callable[[Any], str],
        form: AgreementForm | None = None,
        said: str = "",
    ) -> HttpResponse:
        """Take the step and show the page again; a refusal comes with what was typed."""
        try:
            result = step()
        except LeadOpsError as refusal:
            messages.error(request, str(refusal))
            return self._shown(request, self._agreement(request, found.pk), form=form, said=said)
        if why := _sent_back(found, result):
            messages.warning(request, f"It is a draft again. {why}")
            return redirect("admin:terminology_agreement_change", found.pk)
        told = done(result) if callable(done) else done
        if told:
            messages.success(request, told)
        return redirect("admin:terminology_agreement_change", found.pk)

    def _page(self, request: HttpRequest, template: str, *, title: str, **context: Any) -> HttpResponse:
        return TemplateResponse(
            request,
            template,
            {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context},
        )


def _row(agreement: Agreement) -> dict[str, Any]:
    return {
        "agreement": agreement,
        "colour": COLOURS[AgreementState(agreement.state)],
        "changes": sum(len(changes) for changes in agreement.changes.values()),
        "signatures": list(agreement.signatures.all()),
    }


def _changes(agreement: Agreement, *, may_change: bool) -> list[dict[str, Any]]:
    """What changes by section, each with the address of the page that edits it."""
    found = []
    for section in sections.in_reading_order():
        changes = agreement.changes.get(section.key, {})
        lines = [
            {
                "sentences": section.tell(part, changes[part]["before"], changes[part]["after"]),
                "editor": _editor(agreement, section, part) if may_change else "",
            }
            for part in sections.ordered_changes(section, changes)
        ]
        lines = [line for line in lines if line["sentences"]]
        if lines:
            editor = "" if section.edits_parts or not may_change else _editor(agreement, section)
            found.append(
                {
                    "title": section.title,
                    "lines": lines,
                    "editor": editor,
                    "is_long": len(lines) > LONG,
                }
            )
    return found


def _told(entry: AgreementEntry) -> dict[str, Any]:
    """An entry of the story; a long list of changes is folded away behind its length, what people said never is."""
    lines = entry.text.splitlines()
    is_long = entry.kind != EntryKind.COMMENT and len(lines) > LONG
    return {"entry": entry, "is_long": is_long, "lines": len(lines)}


def _editors(agreement: Agreement) -> list[dict[str, str]]:
    """The sections that can be changed in this draft, by their pages."""
    found = []
    for section in sections.in_reading_order():
        for part in section.parts_to_edit() if section.edits_parts else [None]:
            address = _editor(agreement, section, part)
            if address:
                name = section.name_part(part) if part else str(section.title)
                found.append({"name": name, "url": address})
    return found


def _editor(agreement: Agreement, section: sections.Section, part: str | None = None) -> str:
    if not section.editor:
        return ""
    more = [part] if section.edits_parts and part else []
    try:
        return reverse(section.editor, args=[agreement.pk, *more])
    except NoReverseMatch:
        return ""


def _signing(agreement: Agreement, side: Side, user: User) -> dict[str, Any]:
    signature = next((one for one in agreement.signatures.all() if one.side == side), None)
    return {
        "side": side,
        "signature": signature,
        "may_sign": user.has_perm(agreements.SIGN[side]),
        "obstacle": "" if signature else agreements.obstacle_to_sign(agreement, side=side, by=user),
    }


def _sent_back(before: Agreement, after: Any) -> str:
    """Why the step ended with a draft to be signed again, though it was taken; "" where it did not."""
    if not isinstance(after, Agreement) or after.state != AgreementState.DRAFT or after.state == before.state:
        return ""
    entry = after.entries.filter(kind=EntryKind.OVERTAKEN, revision=after.revision).last()
    return entry.text if entry else ""


def _number(request: HttpRequest, name: str) -> int:
    try:
        return int(request.POST.get(name, ""))
    except ValueError:
        return 0
