from django.urls import path

from intake.api import api

app_name = "intake"

urlpatterns = [path("api/v1/", api.urls)]
