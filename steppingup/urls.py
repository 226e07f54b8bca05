"""Every address of the site. Apps bring their own urls.py; this is the only place that sees them all."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
]
