"""Every address of the site. Apps bring their own urls.py; this is the only place that sees them all."""

from django.contrib import admin
from django.urls import include, path

from steppingup.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
]
