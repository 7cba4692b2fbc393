"""The address of the editor that changes the scoring in a draft agreement."""

from django.contrib import admin
from django.urls import path

from scoring import drafts

app_name = "scoring"

urlpatterns = [
    path(
        "admin/agreements/<int:agreement>/scoring/",
        admin.site.admin_view(drafts.ScoringEditor.as_view()),
        name="edit_scoring",
    ),
]
