"""Every address of the site. Apps bring their own urls.py; this is the only place that sees them all."""

from functools import partial

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from steppingup.site import errors, health

urlpatterns = [
    *(path(address, view, name=address.replace("/", "_")) for address, view in health.ADDRESSES.items()),
    path("admin/", admin.site.urls),
    path("account/", include("steppingup.accounts.urls")),
    path("", include("steppingup.site.urls")),
    path("", include("steppingup.jobs.urls")),
    path("", include("steppingup.calendars.urls")),
    path("", include("cohorts.urls")),
    path("", include("modules.urls")),
    path("", include("funding.urls")),
    path("", include("mentoring.urls")),
    path("", include("representation.urls")),
    path("", include("applications.urls")),
]

if settings.DEMONSTRATION:
    urlpatterns += [path("demo/", include("steppingup.demo.urls"))]

handler400 = partial(errors.page, status=400)
handler403 = partial(errors.page, status=403)
handler404 = partial(errors.page, status=404)
handler429 = partial(errors.page, status=429)  # allauth looks for it
handler500 = errors.server_error
