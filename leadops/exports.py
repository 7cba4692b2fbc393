"""Exports of lists: formula-safe CSV and XLSX under the labels of today, scoped, written down in the log."""

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import override
from import_export import resources
from import_export.formats import base_formats
from tablib import Dataset

from leadops.admin import scoped
from leadops.cells import BYTE_ORDER_MARK, safe_cell, safe_text

# What no XML file, and so no workbook, can hold.
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class _Safe:
    """Makes every cell of a data set safe, headers too, before a format writes it."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> Any:
        return super().export_data(_safe_dataset(dataset), **kwargs)  # type: ignore[misc]


def _safe_dataset(dataset: Dataset) -> Dataset:
    headers = [safe_text(str(header)) for header in dataset.headers or ()]
    return Dataset(
        *[[safe_cell(value) for value in row] for row in dataset], headers=headers, title=dataset.title
    )


class SafeCSV(_Safe, base_formats.CSV):
    """CSV in UTF-8 with a byte order mark, without which spreadsheets misread it."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> str:
        return f"{BYTE_ORDER_MARK}{super().export_data(dataset, **kwargs)}"


class SafeXLSX(_Safe, base_formats.XLSX):
    """A workbook in which every text is a text: no formula, and no sign that a workbook cannot hold."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell

        workbook = Workbook(write_only=True)
        sheet = workbook.create_sheet(_sheet_name(dataset.title))
        safe = _safe_dataset(dataset)
        for values in (safe.headers or (), *safe):
            cells = []
            for value in values:
                if isinstance(value, str):
                    cell = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub("", value))
                    cell.data_type = "s"  # whatever the text looks like
                else:
                    cell = WriteOnlyCell(sheet, value=_local(value))
                cells.append(cell)
            sheet.append(cells)
        file = BytesIO()
        workbook.save(file)
        return file.getvalue()


def _sheet_name(title: str | None) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title or "")[:31].strip() or "Export"


def _local(value: Any) -> Any:
    """A workbook has no time zones: a moment is written as it reads on the clock of this installation."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None)
    return value


FORMATS: Final[dict[str, type[Any]]] = {"csv": SafeCSV, "xlsx": SafeXLSX}


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


def export_file(
    *,
    resource: LabelledResource,
    rows: models.QuerySet[Any],
    extension: str,
    by: User,
    now: datetime,
) -> HttpResponse:
    """The rows as a file to download, written down in the log.

    `rows` must be those that `by` may see; `extension` is one of FORMATS.
    """
    dataset = resource.export(queryset=rows)
    dataset.title = str(rows.model._meta.verbose_name_plural)
    writer = FORMATS[extension]()
    response = HttpResponse(writer.export_data(dataset), content_type=writer.get_content_type())
    stamp = timezone.localtime(now).strftime("%Y-%m-%d-%H%M")
    response["Content-Disposition"] = (
        f'attachment; filename="{rows.model._meta.model_name}-{stamp}.{extension}"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    with override(None):  # what is stored stands in the words of the code
        names = str(rows.model._meta.verbose_name_plural)
    LogEntry.objects.create(
        user_id=by.pk,
        content_type=ContentType.objects.get_for_model(rows.model),
        object_repr=f"{len(dataset)} {names}"[:200],
        action_flag=CHANGE,
        action_time=now,
        change_message=f"Exported {len(dataset):,} rows as {extension.upper()}.",
    )
    return response


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
) -> HttpResponse | None:
    return _export(modeladmin, request, queryset, extension="csv")


def export_as_excel(
    modeladmin: Exports, request: HttpRequest, queryset: models.QuerySet[Any]
) -> HttpResponse | None:
    return _export(modeladmin, request, queryset, extension="xlsx")


def _export(
    modeladmin: Exports, request: HttpRequest, rows: models.QuerySet[Any], *, extension: str
) -> HttpResponse | None:
    if not request.user.has_perm(modeladmin.export_permission):
        raise PermissionDenied
    rows = scoped(rows, request)  # once more, whatever the list did
    if not rows.exists():
        messages.warning(request, "There is nothing to export. Choose rows that you can see.")
        return None
    resource = modeladmin.export_resource()
    response = export_file(
        resource=resource,
        rows=rows,
        extension=extension,
        by=cast(User, request.user),
        now=timezone.now(),
    )
    if resource.left_out:
        messages.info(request, f"{resource.left_out:,} on the do-not-contact list were left out of the file.")
    return response
