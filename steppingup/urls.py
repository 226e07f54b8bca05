"""Every address of the site. Apps bring their own urls.py; this is the only place that sees them all."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from steppingup.site import health

urlpatterns = [
    *(path(address, view, name=view.__name__) for address, view in health.ADDRESSES.items()),
    path("admin/", admin.site.urls),
    path("account/", include("steppingup.accounts.urls")),
    path("", include("steppingup.site.urls")),
    path("", include("steppingup.jobs.urls")),
    path("", include("cohorts.urls")),
    path("", include("modules.urls")),
    path("", include("funding.urls")),
    path("", include("mentoring.urls")),
    path("", include("applications.urls")),
]

if settings.DEMONSTRATION:
    urlpatterns += [path("demo/", include("steppingup.demo.urls"))]

handler400 = "steppingup.site.errors.bad_request"
handler403 = "steppingup.site.errors.forbidden"
handler404 = "steppingup.site.errors.not_found"
handler429 = "steppingup.site.errors.too_many_requests"  # allauth looks for it
handler500 = "steppingup.site.errors.server_error"
