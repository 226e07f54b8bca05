"""Every address of the site. Apps bring their own urls.py; this is the only place that sees them all."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from steppingup.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("account/", include("steppingup.accounts.urls")),
    path("", include("steppingup.web.urls")),
    path("", include("steppingup.jobs.urls")),
    path("", include("steppingup.messaging.urls")),
    path("", include("cohorts.urls")),
    path("", include("modules.urls")),
    path("", include("funding.urls")),
    path("", include("mentoring.urls")),
    path("", include("applications.urls")),
]

if settings.DEMONSTRATION:
    urlpatterns += [path("demo/", include("steppingup.accounts.demonstration_urls"))]

handler400 = "steppingup.web.errors.bad_request"
handler403 = "steppingup.web.errors.forbidden"
handler404 = "steppingup.web.errors.not_found"
handler500 = "steppingup.web.errors.server_error"
