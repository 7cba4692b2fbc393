"""The pages that change one section of a draft agreement, and the button that opens one from what is in force.

Each app serves the editors of its own sections: a `DraftEditor` with its form and template.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final, Protocol

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_POST

from leadops.admin import ReadOnly, signed_in
from leadops.errors import LeadOpsError
from terminology import agreements, sections
from terminology.agreements import MAX_TITLE, PROPOSE, AgreementRefused
from terminology.labels import current, term
from terminology.models import Agreement, AgreementState, EntryKind
from terminology.sections import Parts

MAX_ROWS: Final = 200  # of one list on an editor's page; more is a slip or an attack
MAX_POSITION: Final = 32_000  # of a row; the columns hold little more
TOLD: Final = 5  # sentences of a message; all of them stand on the agreement's page

# The pages ask for these by their keys.
term("page.save_in_draft", "Save in the draft")
term("page.look_at_differences", "Look at the differences")
term("page.differences", "What differs from what is in force")
term("page.propose_change", "Propose a change")
term("page.new_draft", "a new one")
term("page.which_draft", "Draft")
term("page.remove", "Remove")
term("page.place", "Place")


# --- Forms ----------------------------------------------------------------------------------------


class DraftForm(Protocol):
    """What an editor fills from a section's content and reads its wishes from."""

    def is_valid(self) -> bool: ...

    def wishes(self) -> Mapping[str, Any]:
        """What the parts shall be, None for those that shall go. Only where `is_valid()`. Raises LeadOpsError."""
        ...


class PlainForm(forms.Form):
    """A form in the look of our pages, without colons after its labels."""

    use_required_attribute = False  # a blank row that nobody filled in is no mistake

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                field.widget.attrs.setdefault("class", "lo-input")


class ProseField(forms.CharField):
    """Text of several lines, with the line ends that are kept, not those that a browser sends."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class RowSet(forms.BaseFormSet):
    """Rows that people add and remove, with whole sentences for what is wrong with all of them."""

    default_error_messages = {
        "missing_management_form": "Part of the page did not arrive, so nothing was saved. Load the page again.",
        "too_many_forms": f"These are more than {MAX_ROWS} rows. Leave some out.",
    }

    def kept(self) -> list[Any]:
        """The forms that are neither removed nor blank, in the order of the page. Only where the set is valid."""
        return [form for form in self.forms if form not in self.deleted_forms and form.has_changed_at_all()]

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = current("page.remove")


class RowForm(PlainForm):
    """One row of a `RowSet`."""

    def has_changed_at_all(self) -> bool:
        """Whether the row says anything: an added row that nobody filled in does not."""
        return bool(self.cleaned_data)


def row_set(form: type[RowForm], *, base: type[RowSet] = RowSet, most: int = MAX_ROWS) -> type[RowSet]:
    """A set of rows of `form`, which starts with those that there are."""
    found: Any = forms.formset_factory(
        form, formset=base, extra=0, can_delete=True, max_num=most, absolute_max=most + 1, validate_max=True
    )
    rows: type[RowSet] = found
    return rows


def with_one_more(data: QueryDict, prefix: str) -> QueryDict:
    """What was typed, with one more blank row in the set of rows `prefix`."""
    found, name = data.copy(), f"{prefix}-TOTAL_FORMS"
    number = found.get(name, "")
    if number.isdecimal() and len(number) < 6:
        found[name] = str(int(number) + 1)
    return found


def in_order(
    rows: list[Any], *, place: Callable[[Any], int | None], was: Callable[[Any], int | None]
) -> list[Any]:
    """`rows` by the places that people typed. New ones and those that moved up stand before whoever has the place."""

    def rank(numbered: tuple[int, Any]) -> tuple[int, int, int]:
        number, row = numbered
        wanted, before = place(row), was(row)
        if wanted is None:
            return (MAX_ROWS * 1000, 0, number)
        moved = 0 if wanted == before else (1 if before is not None and wanted > before else -1)
        return (wanted, moved, number)

    return [row for _, row in sorted(enumerate(rows), key=rank)]


def positions(before: Sequence[int | None], *, step: int = 1, first: int = 0) -> list[int]:
    """A rising position for each row, given those that the rows have (None: new), with as few changes as needed."""
    kept: list[int] = []
    for place, position in enumerate(before):
        last = kept[-1] if kept else None
        if position is None or (last is not None and position <= last):
            following = next((one for one in before[place + 1 :] if one is not None), None)
            position = _between(last, following, step=step, first=first)
        kept.append(position)
    counted = [first + number * step for number in range(len(before))]
    changes = [sum(new != old for new, old in zip(found, before, strict=True)) for found in (kept, counted)]
    return kept if changes[0] <= changes[1] and max(kept, default=0) <= MAX_POSITION else counted


def _between(last: int | None, following: int | None, *, step: int, first: int) -> int:
    """A free position after `last` and, where there is room, before `following`."""
    low = -1 if last is None else last
    if following is not None and following - low > 1:
        return low + min(step, (following - low) // 2)
    return first if last is None else last + step


# --- Editing --------------------------------------------------------------------------------------


class DraftEditor(View):
    """GET shows the section as the draft has it. POST saves it in the draft, shows the differences, or adds a row."""

    http_method_names = ["get", "head", "post"]
    section: ClassVar[str]
    template_name: ClassVar[str]

    agreement: Agreement
    parts: Parts  # the section as it would be with the agreement in force
    part: str  # the one part that is edited, "" for all of them

    def form(self, data: QueryDict | None) -> DraftForm:
        """The form, filled from `self.parts` or with what was typed."""
        raise NotImplementedError

    def title(self) -> str:
        return str(sections.section(self.section).title)

    def more(self, form: Any) -> dict[str, Any]:
        """What the template needs beside the form."""
        return {}

    def doubts(self, before: Parts, after: Parts) -> list[str]:
        """What should be looked at again, as sentences: `before` is in force, `after` would be. Refuses nothing."""
        return []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(PROPOSE):
            raise PermissionDenied
        self.agreement = get_object_or_404(Agreement, pk=kwargs["agreement"])
        self.part = kwargs.get("part", "")
        self.parts = agreements.content(self.agreement, self.section)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.agreement.is_open:
            state = AgreementState(self.agreement.state).label
            messages.error(
                request, f"It is “{state}” and stands as it is. Open a new draft to change something."
            )
            return redirect(agreement_page(self.agreement))
        return self._page(self.form(None), wishes={})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if prefix := request.POST.get("add"):
            form = self.form(with_one_more(request.POST, prefix))
            return self._page(form, shows_errors=False)
        form = self.form(request.POST)
        if not form.is_valid():
            return self._page(form, refusal="Nothing was saved yet. Correct what is marked below.")
        try:
            wishes = form.wishes()
            if "compare" in request.POST:
                self._check(wishes)
                return self._page(form, wishes=wishes, is_compared=True)
            return self._save(wishes)
        except LeadOpsError as refusal:
            return self._page(form, refusal=str(refusal))

    def _save(self, wishes: Mapping[str, Any]) -> HttpResponse:
        was = self.agreement.state
        saved = agreements.put(
            agreement=self.agreement,
            section=self.section,
            parts=wishes,
            by=signed_in(self.request),
            revision=self._revision(),
            now=timezone.now(),
        )
        if saved.revision == self.agreement.revision:
            messages.info(self.request, "Nothing was changed.")
            return redirect(agreement_page(saved))
        entry = saved.entries.filter(kind=EntryKind.CHANGED, revision=saved.revision).last()
        told = entry.text.split("\n") if entry else []
        more = f"; and {len(told) - TOLD} more" if len(told) > TOLD else ""
        messages.success(self.request, f"In the draft “{saved.title}”: {'; '.join(told[:TOLD])}{more}.")
        for doubt in self.doubts(sections.section(self.section).read(), self._after(wishes)):
            messages.warning(self.request, doubt)
        if was != AgreementState.DRAFT:
            messages.warning(
                self.request,
                "It is a draft again, without signatures. Propose it when it says what you mean.",
            )
        return redirect(agreement_page(saved))

    def _revision(self) -> int:
        typed = self.request.POST.get("revision", "")
        if not typed.isdecimal() or len(typed) > 9:
            raise AgreementRefused(
                "Part of the page did not arrive, so nothing was saved. Load the page again."
            )
        return int(typed)

    def _after(self, wishes: Mapping[str, Any]) -> Parts:
        return sections.apply(self.parts, {part: {"after": value} for part, value in wishes.items()})

    def _check(self, wishes: Mapping[str, Any]) -> None:
        section = sections.section(self.section)
        section.check(self._after(wishes), partial(agreements.content, self.agreement))

    def _differences(self, before: Parts, after: Parts) -> list[str]:
        """What would differ from what is in force, as sentences; on a page about one part, only of that part."""
        changes = sections.differences(before, after)
        if self.part:
            changes = {part: change for part, change in changes.items() if part == self.part}
        return [sentence for _, told in agreements.prose({self.section: changes}) for sentence in told]

    def _page(
        self,
        form: Any,
        *,
        refusal: str = "",
        wishes: Mapping[str, Any] | None = None,
        is_compared: bool = False,
        shows_errors: bool = True,
    ) -> HttpResponse:
        differences, doubts = None, []
        if wishes is not None:
            before, after = sections.section(self.section).read(), self._after(wishes)
            differences, doubts = self._differences(before, after), self.doubts(before, after)
        return TemplateResponse(
            self.request,
            self.template_name,
            {
                **admin.site.each_context(self.request),
                "title": self.title(),
                "agreement": self.agreement,
                "agreement_page": agreement_page(self.agreement),
                "state": AgreementState(self.agreement.state).label,
                "is_draft": self.agreement.state == AgreementState.DRAFT,
                # What was typed on an old page stays there, and is not taken for a change of the new one.
                "revision": self.request.POST.get("revision", self.agreement.revision),
                "form": form,
                "refusal": refusal,
                "differences": differences,
                "doubts": doubts,
                "is_compared": is_compared,
                "shows_errors": shows_errors,
                **self.more(form),
            },
        )


def agreement_page(agreement: Agreement) -> str:
    """The page of the agreement."""
    try:
        return reverse("admin:terminology_agreement_change", args=[agreement.pk])
    except NoReverseMatch:
        return reverse("admin:index")


def editor_page(agreement_id: int, *, section: str, part: str = "") -> str:
    """The page that edits the section in the agreement, or "" where none does."""
    known = sections.section(section)
    try:
        return reverse(known.editor, args=[agreement_id, part] if known.edits_parts else [agreement_id])
    except NoReverseMatch:
        return ""


# --- From what is in force ------------------------------------------------------------------------


@require_POST
def propose_change(request: HttpRequest) -> HttpResponse:
    """Open a draft, or take the one that was chosen, and go to the editor of a section."""
    if not request.user.has_perm(PROPOSE):
        raise PermissionDenied
    key, part = request.POST.get("section", ""), request.POST.get("part", "")
    try:
        section = sections.section(key)
    except KeyError:
        raise Http404 from None
    name = _part_names[key](part) if key in _part_names else section.title
    if not name or not editor_page(0, section=key, part=part):
        raise Http404
    chosen = request.POST.get("agreement", "")
    try:
        if chosen:
            found = Agreement.objects.filter(
                pk=int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0
            ).first()
            if found is None:
                raise AgreementRefused("This draft is gone. Choose another one, or a new draft.")
        else:
            found = agreements.draft(
                title=f"Change of {name}"[:MAX_TITLE], by=signed_in(request), now=timezone.now()
            )
    except LeadOpsError as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:index")
    return redirect(editor_page(found.pk, section=key, part=part))


_part_names: dict[str, Callable[[str], Any]] = {}


def name_parts(section: str, name: Callable[[str], Any]) -> None:
    """Let drafts about one part of `section` be titled with its name: "Change of MQL"; "" for what is no part."""
    _part_names[section] = name


class ChangedByAgreement(ReadOnly):
    """An admin of what is in force: to be read, with a button that proposes a change."""

    section: str
    list_before_template = "terminology/propose_change.html"
    change_form_outer_before_template = "terminology/propose_change.html"

    def part_of(self, obj: Any) -> str:
        """The part of the section that `obj` is, where the section is edited part by part."""
        return ""

    def parts_to_choose(self) -> list[tuple[str, Any]]:
        """The parts to choose from on the list, with their names; the first one is offered."""
        return []

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, self._with_proposal(request, extra_context))  # type: ignore[misc]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        obj = self.get_object(request, object_id) if object_id else None  # type: ignore[attr-defined]
        context = self._with_proposal(request, extra_context, obj)
        return super().changeform_view(request, object_id, form_url, context)  # type: ignore[misc]

    def _with_proposal(
        self, request: HttpRequest, extra_context: dict[str, Any] | None, obj: Any = None
    ) -> dict[str, Any]:
        return {
            **(extra_context or {}),
            "proposal": proposal(
                request,
                section=self.section,
                part=self.part_of(obj) if obj is not None else "",
                parts=[] if obj is not None else self.parts_to_choose(),
            ),
        }


def proposal(
    request: HttpRequest, *, section: str, part: str = "", parts: list[tuple[str, Any]] | None = None
) -> dict[str, Any] | None:
    """What `terminology/propose_change.html` shows, or None for who may not propose. One query."""
    if not request.user.has_perm(PROPOSE):
        return None
    drafts = Agreement.objects.still_open().order_by("-pk")[:50]
    return {"section": section, "part": part, "parts": parts or [], "drafts": drafts}
