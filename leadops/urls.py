"""The addresses: the admin is the application; each app adds its own by `include` under a name in a string."""

from importlib.util import find_spec

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from leadops import policy_reports


def healthy(request: HttpRequest) -> HttpResponse:
    """Answers a load balancer without a login and without touching a row."""
    return HttpResponse("ok", content_type="text/plain")


# An app that has a module `urls` serves pages outside its model admins.
app_urls = [
    path("", include(f"{config.name}.urls"))
    for config in apps.get_app_configs()
    if config.name in {"terminology", "leads", "scoring", "imports", "intake", "handoff", "reports"}
    and find_spec(f"{config.name}.urls")
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", healthy),
    path("csp-report", policy_reports.receive),
    *app_urls,
    path("admin/", admin.site.urls),
]
