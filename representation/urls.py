"""Addresses of representation: what leads of a plan open by a link."""

from django.urls import path

from representation.pages import leads

app_name = "representation"

urlpatterns = [path("plan/<str:token>/", leads.by_link, name="lead")]
