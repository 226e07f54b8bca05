"""Addresses of the participant's, the line manager's and the certificates' pages; `cohorts.urls` includes them."""

from django.urls import path

from cohorts.views import certificates, manager, participant

urlpatterns = [
    path("my-programme/", participant.own_programmes, name="own_programmes"),
    path("my-programme/<int:pk>/", participant.programme, name="participant"),
    path("my-programme/<int:pk>/agreement/", participant.agreement, name="agreement"),
    path("my-programme/<int:pk>/assignment/", participant.assignment, name="assignment"),
    path("my-programme/<int:pk>/assignment/<int:day>/remove/", participant.remove_day, name="remove_day"),
    path("my-programme/<int:pk>/certificate/", participant.certificate_file, name="certificate_file"),
    path("my-team/", manager.team, name="team"),
    path("my-team/<int:pk>/", manager.managed, name="managed"),
    path("certificates/", certificates.check, name="check_certificate"),
    path("certificates/<str:serial>/", certificates.show, name="certificate"),
]
