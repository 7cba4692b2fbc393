"""The addresses of the import pages. They stand beside the admin's own, so that they look and are guarded alike."""

from django.urls import path

from imports import batch_views, duplicate_views, review, views

app_name = "imports"

urlpatterns = [
    path("admin/imports/list/", views.upload, name="upload"),
    path("admin/imports/list/<int:pk>/", batch_views.batch_page, name="batch"),
    path("admin/imports/list/<int:pk>/columns/", views.columns, name="columns"),
    path("admin/imports/list/<int:pk>/preview/", batch_views.preview, name="preview"),
    path("admin/imports/list/<int:pk>/cancel-preview/", batch_views.cancel_preview, name="cancel_preview"),
    path("admin/imports/list/<int:pk>/confirm/", batch_views.confirm, name="confirm"),
    path("admin/imports/list/<int:pk>/progress/", batch_views.progress, name="progress"),
    path("admin/imports/list/<int:pk>/<slug:which>-rows.<slug:extension>", batch_views.result, name="result"),
    path("admin/imports/list/<int:pk>/take-back/", batch_views.take_back, name="undo"),
    path("admin/imports/list/<int:pk>/pause/", batch_views.pause, name="pause"),
    path("admin/imports/list/<int:pk>/resume/", batch_views.resume, name="resume"),
    path("admin/imports/list/<int:pk>/stop/", batch_views.stop, name="stop"),
    path("admin/imports/list/<int:pk>/start-again/", batch_views.start_again, name="start_again"),
    path("admin/imports/review/", review.review, name="review"),
    path("admin/imports/duplicates/", duplicate_views.listing, name="duplicates"),
    path("admin/imports/duplicates/<int:pk>/", duplicate_views.pair_page, name="duplicate"),
    path("admin/imports/duplicates/<int:pk>/take-back/", duplicate_views.take_back, name="take_back"),
    path("admin/imports/duplicates/search/", duplicate_views.search, name="search_duplicates"),
    path(
        "admin/imports/duplicates/search/<int:pk>/", duplicate_views.search_progress, name="search_progress"
    ),
    path("admin/imports/merges/", duplicate_views.merges, name="merges"),
    path("admin/imports/merges/<int:pk>/undo/", duplicate_views.undo_merge, name="undo_merge"),
]
