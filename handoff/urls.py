from django.contrib import admin
from django.urls import path

from handoff import drafts, views

app_name = "handoff"

wrap = admin.site.admin_view

urlpatterns = [
    path("admin/my-queue/", wrap(views.my_queue), name="my_queue"),
    path("admin/my-queue/<int:pk>/take/", wrap(views.take), name="take"),
    path("admin/my-queue/<int:pk>/give/", wrap(views.give), name="give"),
    path("admin/my-team/", wrap(views.my_team), name="my_team"),
    path("admin/my-team/<int:pk>/switch/", wrap(views.switch), name="switch"),
    path("admin/notices/", wrap(views.notice_list), name="notices"),
    path("admin/notices/read/", wrap(views.read_notices), name="read_notices"),
    path("admin/notices/<int:pk>/open/", wrap(views.open_notice), name="open_notice"),
    path(
        "admin/agreements/<int:agreement>/response-times/",
        wrap(drafts.ServiceLevelsEditor.as_view()),
        name="edit_service_levels",
    ),
    path(
        "admin/agreements/<int:agreement>/routing/",
        wrap(drafts.RoutingEditor.as_view()),
        name="edit_routing",
    ),
]
