"""The addresses of the import pages. They stand beside the admin's own, so that they look and are guarded alike."""

from django.urls import path

from imports import views

app_name = "imports"

urlpatterns = [
    path("admin/imports/list/", views.upload, name="upload"),
    path("admin/imports/list/<int:pk>/", views.batch_page, name="batch"),
    path("admin/imports/list/<int:pk>/columns/", views.columns, name="columns"),
    path("admin/imports/list/<int:pk>/preview/", views.preview, name="preview"),
    path("admin/imports/list/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("admin/imports/list/<int:pk>/progress/", views.progress, name="progress"),
    path("admin/imports/list/<int:pk>/rejected-rows.csv", views.rejects, name="rejects"),
    path("admin/imports/list/<int:pk>/stop/", views.stop, name="stop"),
    path("admin/imports/list/<int:pk>/start-again/", views.start_again, name="start_again"),
]
