"""The addresses of the import pages. They stand beside the admin's own, so that they look and are guarded alike."""

from django.urls import path

from imports.pages import batch, duplicates, review, steps

app_name = "imports"

urlpatterns = [
    path("admin/imports/list/", steps.upload, name="upload"),
    path("admin/imports/list/<int:pk>/", batch.batch_page, name="batch"),
    path("admin/imports/list/<int:pk>/columns/", steps.columns, name="columns"),
    path("admin/imports/list/<int:pk>/preview/", batch.preview, name="preview"),
    path("admin/imports/list/<int:pk>/cancel-preview/", batch.cancel_preview, name="cancel_preview"),
    path("admin/imports/list/<int:pk>/confirm/", batch.confirm, name="confirm"),
    path("admin/imports/list/<int:pk>/progress/", batch.progress, name="progress"),
    path("admin/imports/list/<int:pk>/<slug:which>-rows.<slug:extension>", batch.result, name="result"),
    path("admin/imports/list/<int:pk>/take-back/", batch.take_back, name="undo"),
    path("admin/imports/list/<int:pk>/pause/", batch.pause, name="pause"),
    path("admin/imports/list/<int:pk>/resume/", batch.resume, name="resume"),
    path("admin/imports/list/<int:pk>/stop/", batch.stop, name="stop"),
    path("admin/imports/list/<int:pk>/start-again/", batch.start_again, name="start_again"),
    path("admin/imports/review/", review.review, name="review"),
    path("admin/imports/duplicates/", duplicates.listing, name="duplicates"),
    path("admin/imports/duplicates/<int:pk>/", duplicates.pair_page, name="duplicate"),
    path("admin/imports/duplicates/<int:pk>/take-back/", duplicates.take_back, name="take_back"),
    path("admin/imports/duplicates/search/", duplicates.search, name="search_duplicates"),
    path("admin/imports/duplicates/search/<int:pk>/", duplicates.search_progress, name="search_progress"),
    path("admin/imports/duplicates/merging/<int:pk>/", duplicates.merging_progress, name="merging_progress"),
    path("admin/imports/duplicates/merging/<int:pk>/stop/", duplicates.stop_merging, name="stop_merging"),
    path("admin/imports/merges/", duplicates.merges, name="merges"),
    path("admin/imports/merges/<int:pk>/undo/", duplicates.undo_merge, name="undo_merge"),
]
