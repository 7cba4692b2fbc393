from django.contrib import admin
from django.urls import path

from reports import palette, views

app_name = "reports"

urlpatterns = [
    path("admin/reports/funnel/", admin.site.admin_view(views.funnel_page), name="funnel"),
    path("admin/reports/mql-to-sql/", admin.site.admin_view(views.mql_to_sql_page), name="mql_to_sql"),
    path("admin/reports/delta/", admin.site.admin_view(views.delta_page), name="delta"),
    # Stands before the admin's own search, which keeps results for five minutes whatever changes meanwhile.
    path("admin/search/", admin.site.admin_view(palette.search_page), name="search"),
]
