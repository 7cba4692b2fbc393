"""Exports of lists: formula-safe CSV and XLSX under the labels of today, scoped, written down in the log."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import override
from import_export import resources

from leadops import workbook
from leadops.admin import scoped
from leadops.cells import csv_lines

READ_AT_ONCE: Final = 2_000  # rows held at a time, and asked of the do-not-contact list together
CONTENT_TYPES: Final = {"csv": "text/csv; charset=utf-8", "xlsx": workbook.CONTENT_TYPE}


class LabelledResource(resources.ModelResource):
    """A resource whose headers are the labels of today: `labels()` gives them by field name."""

    left_out = 0  # rows of the latest export that nobody may take out of the house

    def labels(self) -> dict[str, Any]:
        """Field name to label. Two that read the same would be one column to whoever imports the file."""
        return {name: self._meta.model._meta.get_field(name).verbose_name for name in self.get_export_order()}

    def get_export_headers(self, selected_fields: Sequence[str] | None = None) -> list[str]:
        labels = self.labels()
        fields = self.get_export_fields(selected_fields)
        return [str(labels[self.get_field_name(field)]) for field in fields]

    def fields_for(self, user: User) -> list[str]:
        """The columns that `user` may read, in order."""
        return list(self.get_export_order())

    def staying(self, *, now: datetime) -> Q:
        """Which rows stay in the house, as far as the database can tell."""
        return Q(pk__in=[])

    def leaving(self, rows: Sequence[Any], *, now: datetime) -> list[Any]:
        """Those of a few rows that may leave the house; the others are counted in `left_out`."""
        return list(rows)


def export_file(
    *, resource: LabelledResource, rows: models.QuerySet[Any], extension: str, by: User, now: datetime
) -> StreamingHttpResponse:
    """The rows as a file to download, a few at a time, and written down in the log.

    `rows` must be those that `by` may see; `extension` is one of CONTENT_TYPES. They come in the order of their keys,
    since the next few are found by the last key: no answer of the database is ever as long as the file.
    """
    with override(None):  # what is stored stands in the words of the code
        names = str(rows.model._meta.verbose_name_plural)
    entry = LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(rows.model),
        object_repr=names[:200],
        action_flag=CHANGE,
        action_time=now,
        change_message=f"Began to export as {extension.upper()}.",
    )
    lines = _lines(resource, rows, by=by, now=now, entry=entry, extension=extension)
    title = str(rows.model._meta.verbose_name_plural)
    content = (
        (line.encode() for line in csv_lines(lines))
        if extension == "csv"
        else workbook.workbook(lines, title=title)
    )
    response = StreamingHttpResponse(content, content_type=CONTENT_TYPES[extension])
    stamp = timezone.localtime(now).strftime("%Y-%m-%d-%H%M")
    response["Content-Disposition"] = (
        f'attachment; filename="{rows.model._meta.model_name}-{stamp}.{extension}"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def _lines(
    resource: LabelledResource,
    rows: models.QuerySet[Any],
    *,
    by: User,
    now: datetime,
    entry: LogEntry,
    extension: str,
) -> Iterator[list[Any]]:
    """The header and the rows. However the download ends, the log says how many rows have left."""
    chosen = resource.fields_for(by)
    fields = [resource.fields[name] for name in chosen]
    labels = resource.labels()
    number = 0
    resource.left_out = 0
    try:
        yield [str(labels[name]) for name in chosen]
        for chunk in in_pieces(resource.filter_export(rows)):
            for row in resource.leaving(chunk, now=now):
                yield [resource.export_field(field, row) for field in fields]
                number += 1
    finally:
        names = entry.object_repr
        LogEntry.objects.filter(pk=entry.pk).update(
            object_repr=f"{number} {names}"[:200],
            change_message=f"Exported {number:,} rows as {extension.upper()}.",
        )


def in_pieces(rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
    """All rows in the order of their keys, READ_AT_ONCE at a time."""
    rows = rows.order_by("pk")
    last = None
    while piece := list((rows if last is None else rows.filter(pk__gt=last))[:READ_AT_ONCE]):
        yield piece
        if len(piece) < READ_AT_ONCE:
            return
        last = piece[-1].pk


class Exports:
    """Mixed into an admin: "Export as CSV" and "Export as Excel" among the actions of its list.

    For those who have `export_permission`. What is exported are the chosen rows (or all of the list, as filtered),
    never more than `visible_to` lets through.
    """

    export_resource: type[LabelledResource]
    export_permission = "leads.export_lead"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)  # type: ignore[misc]
        if request.user.has_perm(self.export_permission):
            actions["export_as_csv"] = (export_as_csv, "export_as_csv", "Export as CSV")
            actions["export_as_excel"] = (
                export_as_excel,
                "export_as_excel",
                "Export as Excel",
            )
        return actions


def export_as_csv(
    modeladmin: Exports, request: HttpRequest, queryset: models.QuerySet[Any]
) -> StreamingHttpResponse | None:
    return _export(modeladmin, request, queryset, extension="csv")


def export_as_excel(
    modeladmin: Exports, request: HttpRequest, queryset: models.QuerySet[Any]
) -> StreamingHttpResponse | None:
    return _export(modeladmin, request, queryset, extension="xlsx")


def _export(
    modeladmin: Exports, request: HttpRequest, rows: models.QuerySet[Any], *, extension: str
) -> StreamingHttpResponse | None:
    if not request.user.has_perm(modeladmin.export_permission):
        raise PermissionDenied
    rows = scoped(rows, request)  # once more, whatever the list did
    if not rows.exists():
        messages.warning(request, "There is nothing to export. Choose rows that you can see.")
        return None
    resource = modeladmin.export_resource()
    now = timezone.now()
    # Said before the file is sent: once it is on its way, no page is told anything.
    if staying := rows.filter(resource.staying(now=now)).count():
        messages.info(request, f"{staying:,} whom nobody may contact are left out of the file.")
    return export_file(
        resource=resource, rows=rows, extension=extension, by=cast(User, request.user), now=now
    )
