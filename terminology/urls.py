from django.contrib import admin
from django.urls import path

from terminology import draft_editing

app_name = "terminology"

urlpatterns = [
    path(
        "admin/agreements/propose-a-change/",
        admin.site.admin_view(draft_editing.propose_change),
        name="propose_change",
    ),
]
