"""The bases that every admin page here stands on: scoped rows and choices, no leaks, sentences for clashes."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.utils import get_deleted_objects, unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin as UnfoldModelAdmin
from unfold.admin import StackedInline as UnfoldStackedInline
from unfold.admin import TabularInline as UnfoldTabularInline

from leadops.history import LogInLabels, ValuesAsLabels


def scoped(queryset: models.QuerySet[Any], request: HttpRequest) -> models.QuerySet[Any]:
    """`queryset` limited to what the person may see, where its model limits anything."""
    visible_to = getattr(queryset, "visible_to", None)
    return visible_to(request.user) if visible_to else queryset


def row_number(text: str) -> int:
    """The number of a row out of an address or a form; 0, which no row has, for what can't be one.

    `isdigit` is true of “²”, which `int` refuses, and a number beyond 64 bits is an error to SQLite.
    """
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def signed_in(request: HttpRequest) -> User:
    """The person of a request behind the login."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def badge(text: object, colour: str = "slate", *, title: object = "") -> SafeString:
    """A small coloured label; `colour` names a class of static/leadops/leadops.css, never a text that people edit."""
    safe_colour = colour if colour.isalpha() else "slate"
    return format_html('<span class="lo-badge lo-{}" title="{}">{}</span>', safe_colour, title, text)


class ModelForm(forms.ModelForm):
    """Checks the model's constraints also where they mention fields that the page does not show.

    Django skips those, and a duplicate would become a server error (docs/decisions/0004-constraints-in-forms.md).
    """

    def validate_unique(self) -> None:
        try:
            self.instance.validate_constraints()
        except ValidationError as clash:
            self.add_error(
                None,
                ValidationError(
                    [message for messages in clash.message_dict.values() for message in messages]
                ),
            )


class RowField(ModelChoiceField):
    """The choice of a row, which shows nothing as chosen where the address or the form holds no number.

    The list that is searched as one types asks the database for whatever it is given.
    """

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) and not self.is_chosen_by_text and not row_number(value):
            return None
        return super().prepare_value(value)

    @property
    def is_chosen_by_text(self) -> bool:
        """Whether rows are chosen by something else than a number."""
        assert self.queryset is not None
        key = self.queryset.model._meta.get_field(self.to_field_name or self.queryset.model._meta.pk.name)
        return not isinstance(key, models.IntegerField)


class Scoped:
    """Rows and choices limited by `visible_to`; mixed into every admin and inline."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return scoped(super().get_queryset(request), request)  # type: ignore[misc]

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Also keeps a hidden row from being chosen by its id, or shown when the form comes back with an error."""
        if "queryset" not in kwargs:
            kwargs["queryset"] = scoped(db_field.remote_field.model._default_manager.all(), request)
        kwargs.setdefault("form_class", RowField)
        found: ModelChoiceField | None = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        return found

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            kwargs["queryset"] = scoped(db_field.remote_field.model._default_manager.all(), request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class ModelAdmin(LogInLabels, Scoped, UnfoldModelAdmin):
    """The base of every admin page here."""

    form = ModelForm
    show_full_result_count = False
    list_per_page = 50
    warn_unsaved_form = True
    compressed_fields = True
    nothing_yet: ClassVar[str] = ""  # what an empty list says: a sentence

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Without filters where one of them holds a null character, which PostgreSQL takes in no text."""
        if any("\0" in text for texts in request.GET.lists() for text in (texts[0], *texts[1])):
            return HttpResponseRedirect(request.path)
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Django fills names into the title of an action; a label that people edit is not to be filled in."""
        actions: dict[str, Any] = super().get_actions(request)
        return {
            name: (function, name, str(title).replace("%", "%%") if hasattr(title, "term_key") else title)
            for name, (function, _, title) in actions.items()
        }

    def get_deleted_objects(self, objs: Iterable[models.Model], request: HttpRequest) -> tuple[Any, ...]:
        """Names only what was chosen; of what goes with it just the numbers, and nothing that is hidden goes.

        Django's own page prints the name of every row that would be deleted, whether the person may see it or not.
        """
        objs = list(objs)
        _, counts, perms_needed, protected = get_deleted_objects(objs, request, self.admin_site)
        names = [f"{obj._meta.verbose_name}: {obj}" for obj in objs]
        hidden = self._hidden_relations(objs, request)
        refusals = [f"{number} × {name} that you may not see" for name, number in hidden.items() if number]
        if protected:
            refusals.append("rows that must be kept, such as what was written down of it")
        return names, counts, perms_needed, refusals

    def _hidden_relations(self, objs: Sequence[models.Model], request: HttpRequest) -> dict[str, int]:
        """How many directly related rows of each kind the person may not see."""
        hidden: dict[str, int] = {}
        for relation in self.model._meta.related_objects:
            rows = relation.related_model._default_manager.all()
            if relation.many_to_many or not hasattr(rows, "visible_to"):
                continue
            rows = rows.filter(**{f"{relation.field.name}__in": objs})
            hidden[str(relation.related_model._meta.verbose_name_plural)] = (
                rows.count() - rows.visible_to(request.user).count()
            )
        return hidden


class HistoryModelAdmin(SimpleHistoryAdmin, ModelAdmin):
    """An admin page with field history, to be read, of the rows that the person may see and no others.

    django-simple-history shows the last known values of any id that it does not find, as if the row had been deleted.
    And its page of a former version saves what is posted there: for people who may only look, and with the former
    values of fields that no form shows, such as the stage of an opportunity.
    """

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._visible_or_404(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        self._visible_or_404(request, object_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> ValuesAsLabels:
        return ValuesAsLabels(self.model, historical_record)

    def revert_disabled(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def _visible_or_404(self, request: HttpRequest, object_id: str) -> None:
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404("There is no such row, or it is not yours.")


class TabularInline(Scoped, UnfoldTabularInline):
    """Rows of another table on a page, scoped."""

    extra = 0


class StackedInline(Scoped, UnfoldStackedInline):
    """As `TabularInline`, one below the other."""

    extra = 0


class ReadOnly:
    """An admin that shows and changes nothing: for records that are written once, and for what the system writes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
