"""The report pages. Every number is counted over what the reader may see."""

import json
from collections.abc import Container
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.enums import Stage
from reports import words
from reports.delta import delta
from reports.funnel import Funnel, Period, funnel, mql_to_sql

PERIODS: Final = {
    "30": (words.LAST_30_DAYS, timedelta(days=30)),
    "90": (words.LAST_90_DAYS, timedelta(days=90)),
    "365": (words.LAST_12_MONTHS, timedelta(days=365)),
    "all": (words.ALL_TIME, None),
}
DEFAULT_PERIOD: Final = "365"


@require_safe
def funnel_page(request: HttpRequest) -> HttpResponse:
    """The funnel by ever reached and by now in, as a chart and as a table."""
    _refuse_without_permission(request)
    key, period = _period(request, now=timezone.now())
    found = funnel(reader=request.user, period=period)
    return _page(
        request,
        "reports/funnel.html",
        title=str(words.FUNNEL),
        chosen=key,
        funnel=found,
        chart=_chart(found),
        widest=max((row.reached for row in found.rows), default=0) or 1,
    )


@require_safe
def mql_to_sql_page(request: HttpRequest) -> HttpResponse:
    """What became of the MQLs of each source."""
    _refuse_without_permission(request)
    key, period = _period(request, now=timezone.now())
    rows = mql_to_sql(reader=request.user, period=period)
    with_mql = [row for row in rows if row.mql][:12]
    chart = {
        "labels": [row.source.name for row in with_mql],
        "datasets": [
            {
                "label": Stage.MARKETING_QUALIFIED.label,
                "data": [row.mql for row in with_mql],
                "backgroundColor": _FAINT,
            },
            {
                "label": Stage.SALES_QUALIFIED.label,
                "data": [row.sql for row in with_mql],
                "backgroundColor": _STRONG,
            },
        ],
    }
    return _page(
        request,
        "reports/mql_to_sql.html",
        title=str(words.MQL_TO_SQL),
        chosen=key,
        rows=rows,
        chart=json.dumps(chart, default=str),
        options=json.dumps(CHART_OPTIONS),
        mql_label=Stage.MARKETING_QUALIFIED.label,
        sql_label=Stage.SALES_QUALIFIED.label,
    )


@require_safe
def delta_page(request: HttpRequest) -> HttpResponse:
    """MQLs now and in the time before, cut into what people did and what another definition made of them."""
    _refuse_without_permission(request)
    now = timezone.now()
    lengths = {key: length for key, (_, length) in PERIODS.items() if length is not None}
    key = request.GET.get("period", "30")
    if key not in lengths:
        key = "30"
    middle = now - lengths[key]
    since = middle - lengths[key]
    found = delta(reader=request.user, stage=Stage.MARKETING_QUALIFIED, since=since, middle=middle, until=now)
    return _page(
        request,
        "reports/delta.html",
        title=str(words.DELTA),
        chosen=key,
        offered=lengths,
        found=found,
        since=since,
        middle=middle,
        until=now,
    )


_STRONG: Final = "#0f766e"
_FAINT: Final = "#94a3b8"
CHART_OPTIONS: Final[dict[str, Any]] = {
    "animation": False,
    "responsive": True,
    "maintainAspectRatio": False,
    "plugins": {
        "legend": {
            "display": True,
            "position": "top",
            "align": "end",
            "labels": {"color": "#7c8797", "boxWidth": 12},
        }
    },
    "scales": {
        "x": {"grid": {"display": False}, "ticks": {"color": "#7c8797"}},
        "y": {
            "beginAtZero": True,
            "grid": {"color": "rgba(124,135,151,0.2)"},
            "ticks": {"color": "#7c8797", "precision": 0},
        },
    },
}


def _chart(found: Funnel) -> dict[str, str]:
    """The chart in the form that the page's script reads; the labels are those of today."""
    content = {
        "labels": [str(row.short) for row in found.rows],
        "datasets": [
            {
                "label": str(words.EVER_REACHED),
                "data": [row.reached for row in found.rows],
                "backgroundColor": _STRONG,
            },
            {
                "label": str(words.NOW_IN),
                "data": [row.now_in for row in found.rows],
                "backgroundColor": _FAINT,
            },
        ],
    }
    return {"content": json.dumps(content), "options": json.dumps(CHART_OPTIONS)}


def _period(request: HttpRequest, *, now: datetime) -> tuple[str, Period]:
    key = request.GET.get("period", DEFAULT_PERIOD)
    if key not in PERIODS:
        key = DEFAULT_PERIOD
    length = PERIODS[key][1]
    return key, Period(since=now - length if length else None)


def _refuse_without_permission(request: HttpRequest) -> None:
    if not request.user.has_perm("reports.view_reports"):
        raise PermissionDenied


def _page(
    request: HttpRequest,
    template: str,
    *,
    chosen: str,
    offered: Container[str] = PERIODS,
    **context: Any,
) -> HttpResponse:
    periods = [(key, label, key == chosen) for key, (label, _) in PERIODS.items() if key in offered]
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "periods": periods, **context}
    )
