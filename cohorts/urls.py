"""Addresses of programmes, of a participant's programme, of a manager's team, and of certificates."""

from django.urls import include, path

from cohorts.views import programmes

app_name = "cohorts"

urlpatterns = [
    path("programmes/", programmes.programme_list, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme_page, name="programme"),
    path("programmes/<slug:slug>/partners/", programmes.PartnerDirectory.as_view(), name="partners"),
    path("programmes/<slug:slug>/documents/<int:pk>/", programmes.document, name="document"),
    path("", include("cohorts.running_urls")),
]
