"""How Unfold, the admin's theme, is set up. Apps and pages are named by strings only."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.module_loading import import_string


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    return import_string("leadops.menu.navigation")(request)


def palette(request: HttpRequest, term: str) -> list[Any]:
    """What Ctrl+K finds beside model names: people, companies and pages that the person may see."""
    return import_string("reports.palette.search")(request, term)


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "LeadOps",
    "SITE_HEADER": "LeadOps",
    "SITE_SUBHEADER": "Marketing and sales, one language",
    "SITE_SYMBOL": "handshake",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("leadops/favicon.svg")}
    ],
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    "BORDER_RADIUS": "6px",
    "DASHBOARD_CALLBACK": "reports.home.dashboard",
    "STYLES": [
        lambda request: static("leadops/leadops.css"),
        lambda request: static("leadops/handoff.css"),
        lambda request: static("leadops/agreements.css"),
    ],
    "SCRIPTS": [lambda request: static("leadops/leadops.js")],
    "COLORS": {
        "primary": {
            "50": "oklch(97.1% .013 196)",
            "100": "oklch(93.5% .035 196)",
            "200": "oklch(88.5% .062 196)",
            "300": "oklch(80.8% .09 196)",
            "400": "oklch(70.4% .105 196)",
            "500": "oklch(60% .105 196)",
            "600": "oklch(51% .095 196)",
            "700": "oklch(44.5% .082 196)",
            "800": "oklch(38.5% .068 196)",
            "900": "oklch(33.5% .055 196)",
            "950": "oklch(25% .045 196)",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": navigation,
    },
    "COMMAND": {"search_models": False, "search_callback": "leadops.unfold.palette", "show_history": True},
}
