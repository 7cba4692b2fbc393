"""The addresses of the editors that change a draft agreement, beside the admin's own and guarded alike."""

from django.contrib import admin
from django.urls import path

from leads import drafts

app_name = "leads"

wrap = admin.site.admin_view

urlpatterns = [
    path("admin/agreements/<int:agreement>/stages/", wrap(drafts.StagesEditor.as_view()), name="edit_stages"),
    path(
        "admin/agreements/<int:agreement>/checklist/",
        wrap(drafts.ChecklistEditor.as_view()),
        name="edit_checklist",
    ),
    path(
        "admin/agreements/<int:agreement>/definitions/<str:part>/",
        wrap(drafts.DefinitionEditor.as_view()),
        name="edit_definition",
    ),
]
